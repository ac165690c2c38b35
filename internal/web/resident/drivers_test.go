package resident_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/gin-gonic/gin"

	"osvitlo/content"
	"osvitlo/internal/cityindex"
	inner "osvitlo/internal/content"
	"osvitlo/internal/i18n"
	"osvitlo/internal/scoring"
	"osvitlo/internal/sitting"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
	"osvitlo/internal/survey"
	"osvitlo/internal/web/page"
	"osvitlo/internal/web/resident"
	"osvitlo/locales"
)

// rolls is a stream of invented sittings of two waves.
type rolls []sitting.Entry

func (r rolls) Entries(_ context.Context, after int64) func(yield func(sitting.Entry, error) bool) {
	return func(yield func(sitting.Entry, error) bool) {
		for _, e := range r {
			if e.Seq > after && !yield(e, nil) {
				return
			}
		}
	}
}

func draw(list rolls, wave string, n int, growth float64) rolls {
	r := rand.New(rand.NewPCG(uint64(len(list)), 9))
	for range n {
		a := r.IntN(7)
		row := sitting.Row{Wave: wave, Instrument: "resident-test", Role: sitting.RoleTest, State: sitting.Counted, Sex: []sitting.Sex{sitting.Female, sitting.Male}[r.IntN(2)],
			Age: sitting.AgeGroups[a], Broad: sitting.Broads[min(2, a*3/7)], District: []string{"fortechnyi", "podilskyi", "nove"}[r.IntN(3)],
			Mode:     []sitting.Mode{sitting.ModeSelf, sitting.ModeSelf, sitting.ModeSelf, sitting.ModeMentor, sitting.ModePhone}[r.IntN(5)],
			Internet: []sitting.Internet{sitting.InternetYes, sitting.InternetYes, sitting.InternetHelp}[r.IntN(3)], Evidence: []sitting.Evidence{sitting.EvidenceOpen, sitting.EvidenceInvited}[r.IntN(2)]}
		score := min(100, max(0, 64+growth-6*float64(a)+12*r.NormFloat64()))
		row.Overall = sitting.ToPoints(score)
		for i := range row.Areas {
			row.Areas[i] = row.Overall
		}
		row.Level = "A1"
		for i, cut := range []float64{20, 40, 60, 75, 90} {
			if score >= cut {
				row.Level = []string{"A2", "B1", "B2", "C1", "C2"}[i]
			}
		}
		row.Low, row.Reached = row.Level, row.Level != "A1"
		list = append(list, sitting.Entry{ID: fmt.Sprint(len(list)), Seq: noon.UnixMicro() - 1_000_000 + int64(len(list)), Tally: sitting.Tally{Now: &row}.Format()})
	}
	return list
}

// figures serves the two pages over a real index.
func figures(t testing.TB, people rolls, release ...string) http.Handler {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	ctx := context.Background()
	engine, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(t.TempDir(), "t.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Close() })
	if err := engine.Migrate(ctx, slices.Concat(survey.Specs(), cityindex.Specs(), sitting.Specs())); err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return noon }
	plans, err := survey.New(ctx, engine, survey.Config{}, clock)
	if err != nil {
		t.Fatal(err)
	}
	for i, id := range []string{"w0", "w1"} {
		opens := noon.AddDate(0, -7*(1-i)-1, 0)
		w := survey.Wave{Doc: store.Doc{ID: id}, Campaign: "residents", Title: i18n.Text{UK: []string{"весна 2026", "осінь 2026"}[i], EN: []string{"spring 2026", "autumn 2026"}[i]},
			Opens: store.At(opens), Closes: store.At(opens.AddDate(0, 2, 0)),
			Sample: &survey.Sample{ID: "draw", Title: i18n.Text{UK: "Вибірка адрес", EN: "Sample of addresses"}, Drawn: "2026-01-15", Size: 900}}
		if err := plans.Add(ctx, w); err != nil {
			t.Fatal(err)
		}
	}
	lib, problems := inner.Load(content.FS)
	if inner.Failed(problems) {
		t.Fatal(problems)
	}
	src, err := content.FS.ReadFile("city/kropyvnytskyi.margins.yaml")
	if err != nil {
		t.Fatal(err)
	}
	margins, err := cityindex.ParseMargins(src)
	if err != nil {
		t.Fatal(err)
	}
	index, err := cityindex.New(ctx, cityindex.Deps{Engine: engine, Sittings: people, Waves: plans, Now: clock,
		Settings: cityindex.Settings{Demo: true, Method: "1", BasicLevel: "A2", BasicRule: 1, City: i18n.Text{UK: "Місто", EN: "City"}, Margins: margins}})
	if err != nil {
		t.Fatal(err)
	}
	for _, wave := range release {
		if _, err := index.Release(ctx, wave); err != nil {
			t.Fatal(err)
		}
	}
	catalogue, err := sitting.Publish(lib.Instruments()...)
	if err != nil {
		t.Fatal(err)
	}
	f, err := lib.Framework("ua-citizens-2021")
	if err != nil {
		t.Fatal(err)
	}
	var structure scoring.Structure
	for _, a := range f.Areas {
		one := scoring.AreaStructure{ID: a.ID}
		for _, c := range a.Competences {
			one.Competences = append(one.Competences, c.ID)
		}
		structure = append(structure, one)
	}
	sittings, err := sitting.New(ctx, engine, catalogue, plans, sitting.Config{Secret: []byte("0123456789abcdef0123456789abcdef"), Structure: structure, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	words, err := i18n.Load(locales.FS)
	if err != nil {
		t.Fatal(err)
	}
	pages, err := page.New(page.Options{Words: words, Sets: []page.Set{resident.Set()}})
	if err != nil {
		t.Fatal(err)
	}
	h, err := resident.New(resident.Options{Pages: pages, Words: words, Library: lib, Sittings: sittings, Index: index, Log: slog.New(slog.DiscardHandler), Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	e := gin.New()
	for path, do := range map[string]func(*gin.Context) error{"/index/drivers": h.DriversPage, "/index/changes": h.ChangesPage} {
		e.GET(path, func(c *gin.Context) {
			c.Request = c.Request.WithContext(i18n.NewContext(c.Request.Context(), i18n.Choose(c.Query("lang"), "", "")))
			if err := do(c); err != nil {
				c.String(http.StatusInternalServerError, "%v", err)
			}
		})
	}
	return e
}

func read(t testing.TB, h http.Handler, to string) *goquery.Document {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, to, nil))
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(w.Body.String()))
	if err != nil || w.Code != http.StatusOK {
		t.Fatalf("%s: %d %v %s", to, w.Code, err, w.Body)
	}
	text := strings.ReplaceAll(doc.Find("main").Text(), "\u00a0", " ")
	for _, bad := range []string{"drivers.", "changes.", "resident.", "NaN", "<no value>"} {
		if at := strings.Index(text, bad); at >= 0 && !strings.Contains(text[at:min(len(text), at+14)], "json") && !strings.Contains(text[at:min(len(text), at+14)], "csv") {
			t.Errorf("%s shows %q", to, text[max(0, at-40):min(len(text), at+60)])
		}
	}
	return doc
}

func TestDriversAndChangesInBothLanguages(t *testing.T) {
	t.Parallel()
	list := draw(nil, "w0", 900, -8)
	h := figures(t, draw(list, "w1", 1100, 0), "w0", "w1")
	for lang, want := range map[string][]string{"uk": {"Це зв'язок, а не причина", "вік", "зміна"}, "en": {"association, not cause", "age", "change"}} {
		doc := read(t, h, "/index/drivers?lang="+lang)
		text := doc.Find("main").Text()
		if !strings.Contains(strings.ReplaceAll(text, "\u00a0", " "), want[0]) || doc.Find("html").AttrOr("lang", "") != lang {
			t.Errorf("%s: the page does not say that it is no cause", lang)
		}
		if doc.Find("svg[role=img]").Length() < 5 || doc.Find("main table").Length() < 6 || doc.Find("a[href$='drivers.csv']").Length() != 1 {
			t.Errorf("%s: %d drawings, %d tables", lang, doc.Find("svg[role=img]").Length(), doc.Find("main table").Length())
		}
		if first := doc.Find("main section tbody tr").First().Find("th").Text(); !strings.EqualFold(first, map[string]string{"uk": "Вік", "en": "Age"}[lang]) {
			t.Errorf("%s: the strongest factor is %q", lang, first)
		}
		for _, want := range map[string][]string{"uk": {"Чи впливає спосіб відповідати", "Вибірка адрес"}, "en": {"Does the way of answering matter", "Sample of addresses"}}[lang] {
			if !strings.Contains(strings.ReplaceAll(text, "\u00a0", " "), want) {
				t.Errorf("%s: the page lacks %q", lang, want)
			}
		}
		doc = read(t, h, "/index/changes?lang="+lang)
		if !strings.Contains(doc.Find("main").Text(), want[2]) || doc.Find("svg[role=img]").Length() < 5 || doc.Find("a[href$='changes.json']").Length() != 1 {
			t.Errorf("%s: the page of changes", lang)
		}
	}
}

func TestPagesSayWhyThereIsNoFigure(t *testing.T) {
	t.Parallel()
	none := figures(t, nil)
	for _, to := range []string{"/index/drivers", "/index/changes"} {
		if doc := read(t, none, to); doc.Find("main svg").Length() != 0 || doc.Find("main p").Length() < 2 {
			t.Errorf("%s before the first release", to)
		}
	}
	first := figures(t, draw(nil, "w1", 400, 0), "w1")
	if doc := read(t, first, "/index/changes"); !strings.Contains(strings.ReplaceAll(doc.Find("main").Text(), "\u00a0", " "), "Це перша хвиля") {
		t.Error(doc.Find("main").Text())
	}
}
