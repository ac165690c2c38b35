package demo

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"

	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/report"
	"osvitlo/internal/store"
)

// demoSource is where the frames of invented institutions come from.
const demoSource = "вигадано для показу"

// inventedSchools are names that no school of the city has. The first one is the school of
// the demo coordinator.
var inventedSchools = []i18n.Text{{UK: "Ліцей № 1 (вигаданий)", EN: "Lyceum No 1 (invented)"}, {UK: "Гімназія «Барвінок»", EN: "Barvinok gymnasium"},
	{UK: "Гімназія «Джерело»", EN: "Dzherelo gymnasium"}, {UK: "Гімназія «Обрій»", EN: "Obrii gymnasium"}, {UK: "Ліцей «Калина»", EN: "Kalyna lyceum"},
	{UK: "Ліцей «Криниця»", EN: "Krynytsia lyceum"}, {UK: "Ліцей «Зоряниця»", EN: "Zorianytsia lyceum"}, {UK: "Ліцей «Промінь»", EN: "Promin lyceum"},
	{UK: "Школа «Веселка»", EN: "Veselka school"}, {UK: "Школа «Степова»", EN: "Stepova school"}, {UK: "Гімназія «Ластівка»", EN: "Lastivka gymnasium"},
	{UK: "Гімназія «Сузір’я»", EN: "Suziria gymnasium"}, {UK: "Гімназія «Дивокрай»", EN: "Dyvokrai gymnasium"}, {UK: "Ліцей «Вежа»", EN: "Vezha lyceum"},
	{UK: "Ліцей «Дубовий гай»", EN: "Dubovyi Hai lyceum"}, {UK: "Гімназія «Пролісок»", EN: "Prolisok gymnasium"}, {UK: "Гімназія «Смерека»", EN: "Smereka gymnasium"},
	{UK: "Ліцей «Орієнтир»", EN: "Oriientyr lyceum"}, {UK: "Школа «Хутірець»", EN: "Khutirets school"}, {UK: "Гімназія «Горицвіт»", EN: "Horytsvit gymnasium"},
	{UK: "Ліцей «Світанок»", EN: "Svitanok lyceum"}, {UK: "Гімназія «Полісся»", EN: "Polissia gymnasium"}, {UK: "Ліцей «Меридіан»", EN: "Merydian lyceum"},
	{UK: "Гімназія «Любисток»", EN: "Liubystok gymnasium"}, {UK: "Гімназія «Терен»", EN: "Teren gymnasium"}, {UK: "Ліцей «Контур»", EN: "Kontur lyceum"}}

var inventedKindergartens = []i18n.Text{{UK: "Садок «Равлик»", EN: "Ravlyk kindergarten"}, {UK: "Садок «Сонечко»", EN: "Sonechko kindergarten"},
	{UK: "Садок «Їжачок»", EN: "Yizhachok kindergarten"}, {UK: "Садок «Жолудь»", EN: "Zholud kindergarten"}, {UK: "Садок «Хмаринка»", EN: "Khmarynka kindergarten"},
	{UK: "Садок «Бджілка»", EN: "Bdzhilka kindergarten"}, {UK: "Садок «Кульбаба»", EN: "Kulbaba kindergarten"}, {UK: "Садок «Горобчик»", EN: "Horobchyk kindergarten"},
	{UK: "Садок «Мурашка»", EN: "Murashka kindergarten"}, {UK: "Садок «Лелека»", EN: "Leleka kindergarten"}, {UK: "Садок «Соняшник»", EN: "Soniashnyk kindergarten"},
	{UK: "Садок «Ромашка»", EN: "Romashka kindergarten"}, {UK: "Садок «Білочка»", EN: "Bilochka kindergarten"}, {UK: "Садок «Малятко»", EN: "Maliatko kindergarten"}}

// Institutions draws the invented schools and kindergartens of the demo city with their
// frames of so many school years up to year: always the same.
func Institutions(year, years int) (list []*institution.Institution) {
	r := rand.New(rand.NewPCG(7, 2026))
	add := func(id string, kind institution.Kind, name i18n.Text, count map[institution.Role]int) {
		i := &institution.Institution{Doc: store.Doc{ID: id}, Kind: kind, State: institution.Working, Names: []institution.Name{{Name: name}},
			District: demoDistricts[r.IntN(2)].id, Source: demoSource}
		i.Point = doorOf(i)
		for y := year - years + 1; y <= year; y++ {
			f := institution.Frame{Year: y, Count: map[institution.Role]int{}, Source: demoSource}
			for _, role := range institution.RolesOf(kind) {
				if n := count[role]; n > 0 {
					f.Count[role] = max(1, n+r.IntN(5)-2)
				}
			}
			i.Frames = append(i.Frames, f)
		}
		list = append(list, i)
	}
	for k, name := range inventedSchools {
		teachers := 22 + r.IntN(45)
		if k%9 == 8 { // a village school: shown only together with others
			teachers = 8
		}
		add(fmt.Sprintf("demo-school-%d", k+1), institution.School, name, map[institution.Role]int{institution.Administration: 3 + r.IntN(3), institution.Teacher: teachers, institution.Graduate: 18 + r.IntN(40)})
	}
	for k, name := range inventedKindergartens {
		add(fmt.Sprintf("demo-garden-%d", k+1), institution.Preschool, name, map[institution.Role]int{institution.Administration: 1 + r.IntN(2), institution.Educator: 7 + r.IntN(18)})
	}
	return list
}

// doorOf invents where an institution stands: somewhere in its district, always the same.
func doorOf(i *institution.Institution) *institution.Point {
	h := fnv.New64a()
	_, _ = h.Write([]byte(i.ID)) // a hash takes everything
	r := rand.New(rand.NewPCG(h.Sum64(), 5610))
	for _, d := range demoDistricts {
		if d.id == i.District {
			far, turn := d.spread*math.Sqrt(r.Float64()), 2*math.Pi*r.Float64()
			six := func(x float64) float64 { return math.Round(x*1e6) / 1e6 }
			return &institution.Point{Lat: six(d.centre.Lat + far*math.Sin(turn)), Lon: six(d.centre.Lon + far*math.Cos(turn)/math.Cos(d.centre.Lat*math.Pi/180))}
		}
	}
	return nil
}

// EduCompetences are the competences of DigCompEdu that the ladders ask about.
func EduCompetences() (list []string) {
	for area, n := range []int{4, 3, 4, 3, 3, 5} {
		for k := range n {
			list = append(list, fmt.Sprintf("edu%d.%d", area+1, k+1))
		}
	}
	return list
}

// areaEase says what is easier and harder for teachers of the demo city, in steps.
var areaEase = [...]float64{0.35, 0.25, 0, -0.35, -0.15, -0.45}

// SchoolSums draws what people of the invented institutions answered in a school year.
// Seed is of the city; the same people of the same year answer the same.
func SchoolSums(seed uint64, list []*institution.Institution, year int) (*report.Sums, error) {
	sums := &report.Sums{}
	competences := EduCompetences()
	for k, i := range list {
		same := rand.New(rand.NewPCG(seed, uint64(k)*7919+11)) // what a school stays from year to year
		school, response := same.NormFloat64()*0.45, 0.55+0.4*same.Float64()
		trend := 0.03
		switch k % 6 {
		case 1:
			trend = 0.26 // learnt together: some five points
		case 4:
			trend = -0.16 // good people left
		}
		lean := make([]float64, len(areaEase))
		for a := range lean {
			lean[a] = areaEase[a] + same.NormFloat64()*0.15
		}
		frame, _ := i.FrameOf(year)
		r := rand.New(rand.NewPCG(seed+uint64(year), uint64(k)*104729+5))
		for n, role := range institution.RolesOf(i.Kind) {
			// mostly the same people from year to year, or every school would jump
			people := rand.New(rand.NewPCG(seed, uint64(k)*1299709+uint64(n)*15485863+3))
			for range frame.Count[role] {
				theta := school + people.NormFloat64()*0.8 + trend*float64(year-2024) + r.NormFloat64()*0.1
				values := map[string]float64{}
				for _, id := range competences {
					area := int(id[3] - '1')
					step := math.Round(2.3 + theta + lean[area] + people.NormFloat64()*0.7 + r.NormFloat64()*0.2)
					if role != institution.Graduate && r.Float64() >= 0.01 { // some leave a statement out
						values[id] = 20 * math.Max(0, math.Min(5, step))
					}
				}
				right, p := 0, 1/(1+math.Exp(-(theta*0.9+0.25)))
				for range 8 {
					if 0.8*people.Float64()+0.2*r.Float64() < 0.1+0.8*p {
						right++
					}
				}
				values["knowledge"] = float64(right) / 8 * 100
				if r.Float64() > response {
					continue
				}
				if err := sums.Add(unitOf(i, role), values); err != nil {
					return nil, err
				}
			}
		}
	}
	return sums, nil
}

func unitOf(i *institution.Institution, role institution.Role) report.Unit {
	return report.Unit{Institution: i.ID, Role: string(role)}
}
