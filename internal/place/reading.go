package place

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"osvitlo/internal/fault"
	"osvitlo/internal/sheet"
)

// Target is a field that a column of a file may fill.
type Target string

// The targets, in the order of pages.
const (
	ToName      Target = "name"
	ToNameEN    Target = "name_en"
	ToKind      Target = "kind"
	ToAddress   Target = "address"
	ToAddressEN Target = "address_en"
	ToDistrict  Target = "district"
	ToLat       Target = "lat"
	ToLon       Target = "lon"
	ToSummary   Target = "summary"
	ToHours     Target = "hours"
	ToPhone     Target = "phone"
	ToEmail     Target = "email"
	ToWeb       Target = "web"
	ToOffers    Target = "offers"
	ToAccess    Target = "access"
	ToNoPower   Target = "no_power"
	ToShelter   Target = "shelter"
)

// Targets lists them.
func Targets() []Target {
	return []Target{ToName, ToNameEN, ToKind, ToAddress, ToAddressEN, ToDistrict, ToLat, ToLon, ToSummary, ToHours, ToPhone, ToEmail, ToWeb, ToOffers, ToAccess, ToNoPower, ToShelter}
}

// heads are what columns are usually called, folded.
var heads = map[Target][]string{
	ToName: {"назва", "назва місця", "найменування", "назва закладу", "name", "name uk", "title", "заклад"}, ToNameEN: {"name en", "назва англійською", "english name"},
	ToKind: {"вид", "тип", "kind", "type", "категорія", "вид місця"}, ToAddress: {"адреса", "address", "address uk", "місцезнаходження", "адреса входу"}, ToAddressEN: {"address en", "адреса англійською"},
	ToDistrict: {"район", "district"}, ToLat: {"широта", "lat", "latitude", "y"}, ToLon: {"довгота", "lon", "lng", "long", "longitude", "x"},
	ToSummary: {"опис", "summary", "description", "що тут", "коротко"}, ToHours: {"години", "графік", "графік роботи", "режим роботи", "opening hours", "hours", "години роботи"},
	ToPhone: {"телефон", "phone", "tel", "контактний телефон"}, ToEmail: {"пошта", "email", "e mail", "електронна пошта", "ел пошта"}, ToWeb: {"сайт", "web", "website", "url", "веб сайт"},
	ToOffers: {"послуги", "offers", "services", "що є"}, ToAccess: {"доступність", "access", "accessibility"}, ToNoPower: {"без світла", "працює без світла", "no power", "генератор"}, ToShelter: {"укриття", "укриття поруч", "shelter"},
}

// guess finds the columns by their heads.
func guess(head []string) map[string]string {
	out := map[string]string{}
	used := map[string]bool{}
	for _, t := range Targets() {
		for _, want := range heads[t] {
			for _, h := range head {
				if sheet.Fold(h) == want && !used[h] && out[string(t)] == "" {
					out[string(t)], used[h] = h, true
				}
			}
		}
	}
	return out
}

// words people write for values, folded.
var (
	kindWords = map[string]Kind{"розумна бібліотека": SmartLibrary, "смарт бібліотека": SmartLibrary, "бібліотека": Library, "бібліотека філія": Library, "хаб": Hub, "цифровий хаб": Hub, "хаб цифрової освіти": Hub,
		"цнап": CNAP, "клуб": Club, "цифровий клуб": Club, "лабораторія": Laboratory, "цифрова лабораторія": Laboratory, "центр компетенцій": Competence, "університет": University, "інше": Other}
	offerWords = map[string]Offer{"компютер": Workplaces, "компютери": Workplaces, "робочі місця": Workplaces, "інтернет": Internet, "wi fi": Internet, "wifi": Internet, "консультація": Consultation, "консультації": Consultation,
		"курси": Course, "курс": Course, "онлайн курси": OnlineCourse, "друк": Printing, "сканер": Equipment, "обладнання": Equipment, "тест": TestHelp}
	accessWords = map[string]Access{"без сходів": Step, "пандус": Ramp, "ліфт": Lift, "туалет": Toilet, "тактильна плитка": Tactile, "жестова мова": Sign}
	yesWords    = []string{"так", "yes", "true", "1", "є", "+"}
	noWords     = []string{"ні", "no", "false", "0", "немає", "нема", "-"}
)

// reader makes places of rows.
type reader struct {
	city      *City
	districts []Named
	at        map[Target]int
	head      []string
}

func newReader(s *Service, imp *Import) *reader {
	r := &reader{city: &s.o.City, districts: s.o.Districts, at: map[Target]int{}, head: imp.Head}
	for t, column := range imp.Columns {
		if i := slices.Index(imp.Head, column); i >= 0 {
			r.at[Target(t)] = i
		}
	}
	return r
}

func (r *reader) cell(one *sheet.Row, t Target) string {
	i, ok := r.at[t]
	if !ok {
		return ""
	}
	return one.Cell(i)
}

// place makes a place of a row. Problems that are no warnings keep the row out; then
// the place is nil.
func (r *reader) place(one *sheet.Row) (*Place, []Problem) {
	var found []Problem
	wrong := false
	note := func(t Target, warn bool, key string, args map[string]any) {
		p := Problem{Row: one.N, Key: key, Args: args, Warn: warn}
		if i, ok := r.at[t]; ok {
			p.Column = r.head[i]
			p.Value = sheet.Cut(r.cell(one, t), 60)
		}
		found = append(found, p)
		wrong = wrong || !warn
	}
	if one.Broken != "" {
		return nil, []Problem{{Row: one.N, Key: one.Broken, Value: one.Text()}}
	}
	if one.Over(len(r.head)) {
		return nil, []Problem{{Row: one.N, Key: "sheet.row_cells", Value: one.Text(), Args: map[string]any{"N": len(one.Cells), "Head": len(r.head)}}}
	}
	p := &Place{Kind: Other}
	p.Name.UK, p.Name.EN = r.cell(one, ToName), r.cell(one, ToNameEN)
	p.Address.UK, p.Address.EN = r.cell(one, ToAddress), r.cell(one, ToAddressEN)
	p.Summary.UK = r.cell(one, ToSummary)
	if p.Name.UK == "" {
		note(ToName, false, "place.name", nil)
	}
	for t, text := range map[Target]string{ToName: p.Name.UK, ToAddress: p.Address.UK} {
		most := map[Target]int{ToName: maxName, ToAddress: maxAddress}[t]
		if utf8.RuneCountInString(text) > most {
			note(t, false, "place.long", map[string]any{"N": most})
		}
		if strings.ContainsRune(text, utf8.RuneError) {
			note(t, false, "place.row_letters", nil)
		}
	}
	if utf8.RuneCountInString(p.Summary.UK) > maxSummary {
		note(ToSummary, true, "place.row_cut", map[string]any{"N": maxSummary})
		p.Summary.UK = sheet.Cut(p.Summary.UK, maxSummary)
	}
	if text := r.cell(one, ToKind); text != "" {
		k := Kind(strings.ToLower(text))
		if word, ok := kindWords[sheet.Fold(text)]; ok {
			k = word
		}
		if !slices.Contains(Kinds(), k) {
			note(ToKind, false, "place.kind_unknown", nil)
		}
		p.Kind = k
	}
	r.where(one, p, note)
	r.contact(one, p, note)
	r.lists(one, p, note)
	if wrong {
		return nil, found
	}
	return p, found
}

type noter func(t Target, warn bool, key string, args map[string]any)

func (r *reader) where(one *sheet.Row, p *Place, note noter) {
	if text := r.cell(one, ToDistrict); text != "" {
		want := sheet.Fold(strings.TrimSuffix(strings.ToLower(text), "район"))
		for _, d := range r.districts {
			if want == sheet.Fold(d.ID) || want == sheet.Fold(d.Name.UK) || want == sheet.Fold(d.Name.EN) {
				p.District = d.ID
			}
		}
		if p.District == "" {
			note(ToDistrict, true, "place.row_district", nil)
		}
	}
	lat, lon := r.cell(one, ToLat), r.cell(one, ToLon)
	if lat == "" && lon == "" {
		note(ToLat, true, "place.row_no_point", nil)
		return
	}
	x, err1 := strconv.ParseFloat(strings.Replace(lat, ",", ".", 1), 64)
	y, err2 := strconv.ParseFloat(strings.Replace(lon, ",", ".", 1), 64)
	switch {
	case err1 != nil:
		note(ToLat, false, "place.row_number", nil)
	case err2 != nil:
		note(ToLon, false, "place.row_number", nil)
	default:
		at := Point{x, y}
		if bad := r.city.Check(at); len(bad) > 0 {
			note(ToLat, false, bad[0].Key, nil)
			return
		}
		p.Point = &at
		if p.District == "" {
			if id := r.city.DistrictOf(at); slices.ContainsFunc(r.districts, func(d Named) bool { return d.ID == id }) {
				p.District = id
			}
		}
	}
}

func (r *reader) contact(one *sheet.Row, p *Place, note noter) {
	p.Phone, p.Email, p.Web = r.cell(one, ToPhone), r.cell(one, ToEmail), r.cell(one, ToWeb)
	if p.Web != "" && !strings.Contains(p.Web, "://") {
		p.Web = "https://" + p.Web
	}
	if p.Phone == "" && p.Email == "" && p.Web == "" {
		return
	}
	probe := &Place{Name: p.Name, Slug: "x", Kind: Other, Phone: p.Phone, Email: p.Email, Web: p.Web}
	if probe.Name.UK == "" || utf8.RuneCountInString(probe.Name.UK) > maxName {
		probe.Name.UK = "x"
	}
	f := fault.As(probe.Check(r.city, nil))
	if f == nil {
		return
	}
	for _, bad := range f.Fields {
		switch bad.Pointer {
		case "phone":
			note(ToPhone, true, "place.row_phone", nil)
			p.Phone = ""
		case "email":
			note(ToEmail, true, "place.row_email", nil)
			p.Email = ""
		case "web":
			note(ToWeb, true, "place.row_web", nil)
			p.Web = ""
		}
	}
}

func (r *reader) lists(one *sheet.Row, p *Place, note noter) {
	if text := r.cell(one, ToHours); text != "" {
		week, ok := ParseWeek(text)
		p.Hours.Week, p.Hours.Known = week, ok
		if !ok {
			note(ToHours, true, "place.row_hours", nil)
			p.Hours = Hours{}
		} else {
			p.Hours.Sort()
			if bad := p.Hours.Check(); len(bad) > 0 {
				note(ToHours, false, bad[0].Key, bad[0].Args)
			}
		}
	}
	for _, word := range cells(r.cell(one, ToOffers)) {
		o := Offer(word)
		if known, ok := offerWords[sheet.Fold(word)]; ok {
			o = known
		}
		if !slices.Contains(Offers(), o) {
			note(ToOffers, true, "place.row_word", map[string]any{"Word": sheet.Cut(word, 40)})
		} else if !slices.Contains(p.Offers, o) {
			p.Offers = append(p.Offers, o)
		}
	}
	for _, word := range cells(r.cell(one, ToAccess)) {
		a := Access(word)
		if known, ok := accessWords[sheet.Fold(word)]; ok {
			a = known
		}
		if !slices.Contains(Accesses(), a) {
			note(ToAccess, true, "place.row_word", map[string]any{"Word": sheet.Cut(word, 40)})
		} else if !slices.Contains(p.Access, a) {
			p.Access = append(p.Access, a)
		}
	}
	for t, to := range map[Target]*Tri{ToNoPower: &p.NoPower, ToShelter: &p.Shelter} {
		word := strings.ToLower(r.cell(one, t))
		switch {
		case word == "":
		case slices.Contains(yesWords, word):
			*to = Yes
		case slices.Contains(noWords, word):
			*to = No
		default:
			note(t, true, "place.row_tri", nil)
		}
	}
}

// cells cuts a list inside a cell.
func cells(text string) (list []string) {
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || r == '|' || r == '/' }) {
		if part = strings.ToLower(strings.TrimSpace(part)); part != "" {
			list = append(list, part)
		}
	}
	return list
}
