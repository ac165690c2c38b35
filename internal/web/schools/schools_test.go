package schools_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/gin-gonic/gin"
	"github.com/xuri/excelize/v2"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/report"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/media/disk"
	"osvitlo/internal/person"
	"osvitlo/internal/place"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
	"osvitlo/internal/web/page"
	"osvitlo/internal/web/schools"
	"osvitlo/locales"
)

var (
	now   = time.Date(2026, 12, 21, 10, 0, 0, 0, time.UTC)
	words *i18n.Bundle
	pages *page.Renderer
)

func TestMain(m *testing.M) {
	gin.SetMode(gin.ReleaseMode)
	var err error
	if words, err = i18n.Load(locales.FS); err == nil {
		pages, err = page.New(page.Options{Words: words, Sets: []page.Set{schools.Set()}})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// town is the pages over two rounds of fourteen invented schools, some of them small.
type town struct {
	engine *gin.Engine
	rounds *round.Service
	bodies []string
}

var analyst = person.Grant{Role: person.Analyst}

func open(t testing.TB, years int, grants ...person.Grant) *town {
	t.Helper()
	ctx, dir := context.Background(), t.TempDir()
	e, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(dir, "t.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	if err := e.Migrate(ctx, append(round.Specs(), institution.Spec)); err != nil {
		t.Fatal(err)
	}
	files, err := disk.Open(filepath.Join(dir, "media"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = files.Close() })
	clock := func() time.Time { return now }
	bodies, err := institution.New(ctx, institution.Options{Engine: e, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	o := &town{}
	if o.rounds, err = round.New(ctx, round.Options{Engine: e, Media: files, Bodies: bodies, Secret: []byte(strings.Repeat("s", 32)), Known: func(string) bool { return true }, Now: clock}); err != nil {
		t.Fatal(err)
	}
	o.draw(t, bodies, years)
	hs, err := schools.New(schools.Options{Pages: pages, Words: words, Bodies: bodies, Rounds: o.rounds, Now: clock, Demo: true,
		Map:  schools.MapOptions{City: &place.City{Box: place.Box{South: 48.4, West: 32.05, North: 48.62, East: 32.5}}, Edit: func(body string) string { return "/edit/" + body }},
		Name: func(id, lang string) string { return map[string]string{"uk": "Назва ", "en": "Name "}[lang] + id }})
	if err != nil {
		t.Fatal(err)
	}
	o.engine = gin.New()
	for _, r := range hs.Routes() {
		o.engine.Handle(r.Method, r.Path, func(c *gin.Context) {
			a := &person.Actor{Person: "p1", Where: "web", Strong: true, Fresh: true, Grants: grants}
			c.Set("gate.actor", a)
			c.Request = c.Request.WithContext(i18n.NewContext(c.Request.Context(), i18n.Choose(c.Query("lang"), "", "")))
			err := r.Need.Ask(a).Err()
			if err == nil {
				err = r.Do(c)
			}
			if err != nil && !c.Writer.Written() {
				c.String(page.Status(fault.As(err).Kind), "%v", err)
			}
		})
	}
	return o
}

// draw enters the rounds. The second school of each ten is small, the third learnt.
func (o *town) draw(t testing.TB, bodies *institution.Service, years int) {
	t.Helper()
	ctx, who := context.Background(), person.Operator("test")
	teachers := []int{34, 6, 40, 25, 4, 31, 28, 120, 22, 3, 26, 30, 38, 24}
	var list []*institution.Institution
	for k, n := range teachers {
		i := &institution.Institution{Doc: store.Doc{ID: fmt.Sprintf("s%02d", k)}, Kind: institution.School, State: institution.Working, District: []string{"fortechnyi", "podilskyi"}[k%2], Source: "test",
			Names: []institution.Name{{Name: i18n.Text{UK: fmt.Sprintf("Школа %02d", k), EN: fmt.Sprintf("School %02d", k)}}}}
		if k > 1 { // two have no place on the map
			i.Point = &institution.Point{Lat: 48.45 + 0.01*float64(k), Lon: 32.2}
		}
		for y := 2024; y <= 2026; y++ {
			i.Frames = append(i.Frames, institution.Frame{Year: y, Source: "test", Count: map[institution.Role]int{institution.Teacher: n + 4, institution.Graduate: n + 9, institution.Administration: 3}})
		}
		list, o.bodies = append(list, i), append(o.bodies, i.ID)
	}
	if _, err := bodies.Seed(ctx, list); err != nil {
		t.Fatal(err)
	}
	for y := 2026 - years; y < 2026; y++ {
		sums := &report.Sums{}
		for k, n := range teachers {
			people := rand.New(rand.NewPCG(uint64(k), 3))
			add := func(role institution.Role, n int) {
				for range n {
					base := 45 + 4*float64(k%7) + 8*people.NormFloat64()
					if k%10 == 2 && y == 2025 {
						base += 14
					}
					values := map[string]float64{report.Knowledge: min(100, max(0, base+6))}
					if role != institution.Graduate {
						for _, id := range []string{"edu1.1", "edu1.2", "edu2.1", "edu2.2"} {
							values[id] = 20 * float64(int(min(5, max(0, (base+10*people.NormFloat64())/20))))
						}
					}
					if err := sums.Add(report.Unit{Institution: o.bodies[k], Role: string(role)}, values); err != nil {
						t.Fatal(err)
					}
				}
			}
			add(institution.Teacher, n)
			add(institution.Administration, 2)
			add(institution.Graduate, n+5)
		}
		opens := time.Date(y, 10, 14, 9, 0, 0, 0, i18n.Kyiv)
		r := round.Round{Doc: store.Doc{ID: fmt.Sprintf("r%d", y)}, Year: y, Title: i18n.Text{UK: "Моніторинг " + institution.YearName(y), EN: "Monitoring " + institution.YearName(y)}, Bodies: o.bodies,
			Asked: []round.Asked{{Role: institution.Administration, Instrument: "h"}, {Role: institution.Teacher, Instrument: "t"}, {Role: institution.Graduate, Instrument: "g"}},
			Opens: store.At(opens), Closes: store.At(opens.AddDate(0, 0, 20))}
		if _, err := o.rounds.Past(ctx, &who, r, sums); err != nil {
			t.Fatal(err)
		}
	}
}

func (o *town) get(t testing.TB, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	o.engine.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

func (o *town) page(t testing.TB, path string) *goquery.Document {
	t.Helper()
	w := o.get(t, path)
	if w.Code != http.StatusOK {
		t.Fatalf("%s answers %d: %s", path, w.Code, w.Body)
	}
	doc, err := goquery.NewDocumentFromReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

var rawKey = regexp.MustCompile(`schools\.[a-z]|<no value>|%!`)

func TestEveryPageInBothLanguages(t *testing.T) {
	t.Parallel()
	o := open(t, 2, analyst, person.Grant{Role: person.Coordinator, Place: "s02"}, person.Grant{Role: person.Coordinator, Place: "s04"})
	says := map[string]string{"uk": "Назва", "en": "Name"}
	for lang, word := range says {
		for _, path := range []string{
			"/office/schools?role=teacher", "/office/schools?role=teacher&view=all", "/office/schools?role=administration", "/office/schools?role=teacher&error=no&district=podilskyi",
			"/office/schools?round=r2024&role=teacher&sort=n&dir=down", "/office/schools/one/s02?role=teacher", "/office/schools/one/s04?role=teacher", "/school/results/r2025?school=s02", "/school/results/r2025?school=s04&role=teacher",
		} {
			text := o.page(t, path+"&lang="+lang).Find("main").Text()
			if bad := rawKey.FindString(text); bad != "" || !strings.Contains(text, word) {
				t.Errorf("%s in %s: %q, or no name", path, lang, bad)
			}
			if other := says[map[string]string{"uk": "en", "en": "uk"}[lang]]; strings.Contains(text, other+" ") {
				t.Errorf("%s in %s has words of the other language", path, lang)
			}
		}
		none := o.page(t, "/office/schools?role=teacher&kind=preschool&lang="+lang)
		if none.Find("table.os-heat__t").Length() != 0 || none.Find(".os-empty").Length() == 0 {
			t.Errorf("%s: a filter without groups has no empty state", lang)
		}
		for _, path := range []string{"/office/schools?role=graduate", "/office/schools/map?role=administration", "/office/schools/map?role=teacher&kind=preschool"} {
			if text := o.page(t, path+"&lang="+lang).Find("main").Text(); rawKey.MatchString(text) {
				t.Errorf("%s in %s: %s", path, lang, rawKey.FindString(text))
			}
		}
		empty := open(t, 0, analyst, person.Grant{Role: person.Coordinator, Place: "s02"})
		for _, path := range []string{"/office/schools", "/office/schools/map", "/school/results"} {
			if doc := empty.page(t, path+"?lang="+lang); rawKey.MatchString(doc.Find("main").Text()) || doc.Find("h1").Text() == "" {
				t.Errorf("%s before the first round in %s", path, lang)
			}
		}
	}
	for path, want := range map[string]int{"/office/schools?round=none": 404, "/office/schools/one/none": 404, "/office/schools?view=other": 422, "/office/schools/file/doc": 404,
		"/school/results/r2025?school=s05": 404, "/school/results": 303} {
		if w := o.get(t, path); w.Code != want {
			t.Errorf("%s answers %d, want %d", path, w.Code, want)
		}
	}
	stranger := open(t, 1, person.Grant{Role: person.Coordinator, Place: "s02"})
	if w := stranger.get(t, "/office/schools"); w.Code < 400 {
		t.Errorf("a school sees the others: %d", w.Code)
	}
}

// A small school is told with whom it is shown, and why.
func TestASmallSchoolIsToldWhy(t *testing.T) {
	t.Parallel()
	o := open(t, 2, analyst)
	doc := o.page(t, "/office/schools/one/s01?role=teacher&lang=uk")
	why := doc.Find("#why").Text()
	if !strings.Contains(why, "10") || strings.Contains(why, "Школа 01") || !strings.Contains(why, "Школа") {
		t.Errorf("%q", why)
	}
	if doc.Find("#profile table").Length() != 1 {
		t.Error("what it sees together with others is missing")
	}
	// the heads of all schools together are few in each: one line
	heads := o.page(t, "/office/schools?role=administration&lang=uk")
	if n := heads.Find("table.os-heat__t tbody tr").Length(); n < 1 || n > 2 {
		t.Errorf("28 heads stand in %d lines", n)
	}
}

// The self-rating is never without the test and the gap beside it.
func TestTheSelfRatingNeverStandsAlone(t *testing.T) {
	t.Parallel()
	o := open(t, 2, analyst)
	for _, path := range []string{"/office/schools?role=teacher&lang=en", "/office/schools?role=teacher&view=all&lang=en", "/office/schools?role=administration&lang=en"} {
		var heads []string
		o.page(t, path).Find("table.os-heat__t th.os-heat__h a").Each(func(_ int, s *goquery.Selection) { heads = append(heads, strings.TrimSpace(s.Text())) })
		if len(heads) < 4 || heads[0] != "Knowledge" || heads[1] != "Overall" || heads[2] != "Gap" {
			t.Errorf("%s: %q", path, heads)
		}
	}
	if text := o.page(t, "/office/schools/one/s02?role=teacher&lang=en").Find("#profile").Text(); !strings.Contains(text, "Gap") || !strings.Contains(text, "Knowledge") {
		t.Error("a profile without the gap")
	}
}

// screen is a heat map as a reader sees it: the cells of each line as numbers and words.
func screen(doc *goquery.Document) (lines [][]string) {
	number := func(s string) string {
		return strings.NewReplacer(",", ".", "−", "-", "+", "").Replace(strings.TrimSpace(s))
	}
	doc.Find("table.os-heat__t tbody tr, table.os-heat__t tfoot tr").Each(func(_ int, tr *goquery.Selection) {
		line := []string{plain(tr.Find("th a").Text()), plain(tr.Find("th small").Text()), number(tr.Find("td.os-heat__n b").Text())}
		tr.Find("td.os-heat__c").Each(func(_ int, td *goquery.Selection) {
			line = append(line, number(td.Find("b").Text()))
			small := td.Find("small").Not(".os-heat__chg").First().Text()
			for _, end := range strings.FieldsFunc(strings.ReplaceAll(small, "–", "…"), func(r rune) bool { return r == '…' }) {
				line = append(line, number(end))
			}
			if by := td.Find(".os-heat__chg").Contents().Last().Text(); by != "" {
				line = append(line, "moved "+number(by))
			}
		})
		lines = append(lines, append(line, plain(tr.Find("td.os-heat__w").Last().Text())))
	})
	return lines
}

func plain(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\u00a0", " ")) }

// filed is a file's table in the same form.
func filed(rows [][]string) (lines [][]string) {
	var head []string
	for _, row := range rows {
		switch {
		case len(row) > 5 && head == nil:
			head = row
		case head != nil && len(row) > 5:
			line := []string{row[0], row[1], row[3]}
			for i := 5; i < len(head)-2; i++ {
				cell := strings.ReplaceAll(row[i], ",", ".")
				switch moved := strings.HasSuffix(head[i], "зміна за рік"); {
				case moved && cell != "":
					line = append(line, "moved "+decimal(cell))
				case !moved:
					line = append(line, decimal(cell))
				}
			}
			group := "" // a sum has none
			if len(row) == len(head) {
				group = row[len(row)-1]
			}
			lines = append(lines, append(line, group))
		}
	}
	return lines
}

// decimal writes a number as the page does.
func decimal(s string) string {
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return s
	}
	return strconv.FormatFloat(x, 'f', 1, 64)
}

func TestFilesHoldWhatThePageShows(t *testing.T) {
	t.Parallel()
	o := open(t, 2, analyst)
	for _, query := range []string{"?role=teacher&lang=uk", "?role=teacher&lang=uk&district=podilskyi&sort=knowledge&dir=down", "?role=graduate&lang=uk&error=no"} {
		shown := screen(o.page(t, "/office/schools"+query))
		if len(shown) < 3 {
			t.Fatalf("%s: %d lines", query, len(shown))
		}
		sum := shown[len(shown)-1] // it has no link and no group
		sum[0], sum[len(sum)-1] = "", ""
		xlsx, err := excelize.OpenReader(o.get(t, "/office/schools/file/xlsx"+query).Body)
		if err != nil {
			t.Fatal(err)
		}
		sheet, err := xlsx.GetRows(xlsx.GetSheetName(0))
		if err != nil {
			t.Fatal(err)
		}
		r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(o.get(t, "/office/schools/file/csv"+query).Body.Bytes(), []byte("\ufeff"))))
		r.Comma, r.FieldsPerRecord = ';', -1
		comma, err := r.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for kind, rows := range map[string][][]string{"xlsx": sheet, "csv": comma} {
			have := filed(rows)
			if len(have) != len(shown) {
				t.Fatalf("%s %s has %d lines, the page %d", kind, query, len(have), len(shown))
			}
			if have[len(have)-1][0] == "" {
				t.Errorf("%s: the sum has no name", kind)
			}
			have[len(have)-1][0] = ""
			for i := range shown {
				if !slices.Equal(have[i], shown[i]) {
					t.Errorf("%s %s:\n%q\n%q", kind, query, have[i], shown[i])
				}
			}
		}
		text := pdfText(t, o.get(t, "/office/schools/file/pdf"+query).Body.Bytes())
		if text == "" {
			continue
		}
		for _, line := range shown {
			for _, cell := range line[2 : len(line)-1] {
				cell = strings.TrimPrefix(strings.TrimPrefix(cell, "moved "), "-")
				if !strings.Contains(text, strings.ReplaceAll(cell, ".", ",")) {
					t.Errorf("the PDF of %s does not have %q of %q", query, cell, line[0])
				}
			}
		}
	}
}

// pdfText reads a PDF with a reader of its own; empty where there is none.
func pdfText(t *testing.T, raw []byte) string {
	t.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Log("pdftotext (poppler-utils) is not installed: the words of the PDF were not read")
		return ""
	}
	name := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(name, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), tool, "-layout", name, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestEveryColumnSorts(t *testing.T) {
	t.Parallel()
	o := open(t, 2, analyst)
	doc := o.page(t, "/office/schools?role=teacher&lang=uk")
	links := doc.Find("table.os-heat__t thead a")
	if links.Length() < 9 {
		t.Fatalf("%d columns sort", links.Length())
	}
	links.Each(func(_ int, a *goquery.Selection) {
		href, _ := a.Attr("href")
		first := o.page(t, href)
		if n := first.Find("table.os-heat__t th[aria-sort]").Length(); n != 1 {
			t.Errorf("%s: %d columns say that they are sorted", href, n)
		}
	})
	for _, dir := range []string{"up", "down"} {
		var means []float64
		for _, line := range screen(o.page(t, "/office/schools?role=teacher&lang=uk&error=no&sort=knowledge&dir="+dir)) {
			x, err := strconv.ParseFloat(line[3], 64)
			if err != nil {
				t.Fatal(err)
			}
			means = append(means, x)
		}
		means = means[:len(means)-1] // without the sum
		if dir == "down" {
			slices.Reverse(means)
		}
		if !slices.IsSorted(means) {
			t.Errorf("%s: %v", dir, means)
		}
	}
}

// What moved is told of the school that learnt, and of nobody by chance.
func TestOnlyRealChangesAreTold(t *testing.T) {
	t.Parallel()
	o := open(t, 2, analyst)
	doc := o.page(t, "/office/schools?role=teacher&lang=en")
	doc.Find("table.os-heat__t tbody tr").Each(func(_ int, tr *goquery.Selection) {
		name, up := tr.Find("th a").Text(), tr.Find(".os-heat__tag--up").Length() > 0
		if learnt := strings.Contains(name, "02") || strings.Contains(name, "12"); up != learnt {
			t.Errorf("%s: told as risen %v", name, up)
		}
		if tr.Find(".os-heat__tag--down").Length() > 0 {
			t.Errorf("%s: told as fallen", name)
		}
	})
	if doc := o.page(t, "/office/schools?role=teacher&round=r2024&lang=en"); doc.Find(".os-heat__tag").Length() != 0 {
		t.Error("the first round tells changes")
	}
}

// The page says how its sum is made, and makes it so: a line counts by who was asked.
func TestTheSumSaysHowLinesCount(t *testing.T) {
	t.Parallel()
	o := open(t, 1, analyst)
	for lang, want := range map[string]string{"uk": "кожен рядок важить за кількістю людей", "en": "each line counts by how many people were asked"} {
		if text := plain(o.page(t, "/office/schools?role=teacher&lang="+lang).Find(".os-heat__two").Text()); !strings.Contains(text, want) {
			t.Errorf("%s: %q", lang, text)
		}
	}
}

func BenchmarkProfilePDF(b *testing.B) {
	o := open(b, 2, analyst)
	for b.Loop() {
		if w := o.get(b, "/office/schools/one/s02/pdf?role=teacher"); w.Code != http.StatusOK {
			b.Fatal(w.Code)
		}
	}
}
