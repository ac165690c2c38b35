package waves_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/gin-gonic/gin"

	"osvitlo/internal/audit"
	"osvitlo/internal/cityindex"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/sitting"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
	"osvitlo/internal/survey"
	"osvitlo/internal/web/page"
	"osvitlo/internal/web/waves"
	"osvitlo/locales"
)

var (
	now   = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	words *i18n.Bundle
	pages *page.Renderer
)

func TestMain(m *testing.M) {
	gin.SetMode(gin.ReleaseMode)
	var err error
	if words, err = i18n.Load(locales.FS); err == nil {
		pages, err = page.New(page.Options{Words: words, Sets: []page.Set{waves.Set()}})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// town is a stream of invented sittings.
type town []sitting.Entry

func (t town) Entries(_ context.Context, after int64) func(yield func(sitting.Entry, error) bool) {
	return func(yield func(sitting.Entry, error) bool) {
		for _, e := range t {
			if e.Seq > after && !yield(e, nil) {
				return
			}
		}
	}
}

// people draws n sittings of a wave, by day from a moment on; the old answer with help.
func people(list town, wave string, from time.Time, seed uint64, n int) town {
	r := rand.New(rand.NewPCG(seed, 5))
	for range n {
		a := r.IntN(7)
		row := sitting.Row{Wave: wave, Instrument: "resident-test", Role: sitting.RoleTest, State: sitting.Counted,
			Sex: []sitting.Sex{sitting.Female, sitting.Male}[r.IntN(2)], Age: sitting.AgeGroups[a], Broad: sitting.Broads[min(2, a*3/7)],
			District: []string{"fortechnyi", "podilskyi", "nove"}[r.IntN(3)], Mode: sitting.ModeSelf, Internet: sitting.InternetYes, Evidence: sitting.EvidenceOpen}
		if r.IntN(5) == 0 {
			row.Mode = []sitting.Mode{sitting.ModeMentor, sitting.ModePaper, sitting.ModePhone}[r.IntN(3)]
			row.Internet = sitting.InternetHelp
		}
		if r.IntN(3) == 0 {
			row.Evidence = sitting.EvidenceInvited
		}
		score := min(100, max(0, 66-5*float64(a)+14*r.NormFloat64()))
		if row.Mode != sitting.ModeSelf {
			score = max(0, score-5)
		}
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
		seq := from.Add(time.Duration(len(list)) * 31 * time.Minute).UnixMicro()
		list = append(list, sitting.Entry{ID: fmt.Sprintf("s%06d", len(list)), Seq: seq, Tally: sitting.Tally{Now: &row}.Format()})
	}
	return list
}

type journal struct{ acts []string }

func (j *journal) Record(_ context.Context, e audit.Event) error {
	if err := e.Check(); err != nil {
		return err
	}
	j.acts = append(j.acts, e.Action+" "+e.Subject)
	return nil
}

// office is the pages over a real store.
type office struct {
	http.Handler
	plans *survey.Service
	index *cityindex.Service
	log   *journal
}

func open(t testing.TB, people town, role person.Role, plan ...survey.Wave) *office {
	t.Helper()
	ctx := context.Background()
	engine, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(t.TempDir(), "t.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Close() })
	if err := engine.Migrate(ctx, append(survey.Specs(), cityindex.Specs()...)); err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return now }
	o := &office{log: &journal{}}
	if o.plans, err = survey.New(ctx, engine, survey.Config{}, clock); err != nil {
		t.Fatal(err)
	}
	for _, w := range plan {
		if err := o.plans.Add(ctx, w); err != nil {
			t.Fatal(err)
		}
	}
	src, err := os.ReadFile("../../../content/city/kropyvnytskyi.margins.yaml")
	if err != nil {
		t.Fatal(err)
	}
	margins, err := cityindex.ParseMargins(src)
	if err != nil {
		t.Fatal(err)
	}
	if o.index, err = cityindex.New(ctx, cityindex.Deps{Engine: engine, Sittings: people, Waves: o.plans, Now: clock,
		Settings: cityindex.Settings{Demo: true, Method: "1", BasicLevel: "A2", BasicRule: 1, City: i18n.Text{UK: "Місто", EN: "City"}, Margins: margins}}); err != nil {
		t.Fatal(err)
	}
	hs, err := waves.New(waves.Options{Pages: pages, Words: words, Plans: o.plans, Index: o.index, Audit: o.log, Districts: margins.Districts, Now: clock,
		Instruments: []waves.Instrument{{Slug: "resident-test", Title: i18n.Text{UK: "Тест", EN: "Test"}}}})
	if err != nil {
		t.Fatal(err)
	}
	e := gin.New()
	for _, r := range hs.Routes() {
		e.Handle(r.Method, r.Path, func(c *gin.Context) {
			a := &person.Actor{Person: "p1", Where: "web", Strong: true, Fresh: true, Grants: []person.Grant{{Role: role}}}
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
	o.Handler = e
	return o
}

func wave(id string, from, to time.Time) survey.Wave {
	return survey.Wave{Doc: store.Doc{ID: id}, Campaign: "residents", Title: i18n.Text{UK: "хвиля " + id, EN: "wave " + id}, Opens: store.At(from), Closes: store.At(to)}
}

func two() []survey.Wave {
	w := wave("w1", now.AddDate(0, 0, -20), now.AddDate(0, 1, 0))
	w.Targets = []survey.Target{{Sex: "female", Age: "70+", N: 60}, {Sex: "male", Age: "14-17", N: 20}, {District: "nove", N: 100}}
	w.Sample = &survey.Sample{ID: "draw-1", Title: i18n.Text{UK: "Вибірка адрес", EN: "Sample of addresses"}, Drawn: "2026-10-20", Size: 700}
	return []survey.Wave{wave("w0", now.AddDate(0, -7, 0), now.AddDate(0, -6, 0)), w}
}

func full() town {
	list := people(nil, "w0", now.AddDate(0, -7, 0), 1, 700)
	return people(list, "w1", now.AddDate(0, 0, -35), 2, 800)
}

func (o *office) get(t testing.TB, to string) (*goquery.Document, int) {
	t.Helper()
	w := httptest.NewRecorder()
	o.ServeHTTP(w, httptest.NewRequest(http.MethodGet, to, nil))
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(w.Body.String()))
	if err != nil {
		t.Fatal(err)
	}
	return doc, w.Code
}

func (o *office) post(t testing.TB, to string, v url.Values) (*goquery.Document, *httptest.ResponseRecorder) {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, to, strings.NewReader(v.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	o.ServeHTTP(w, r)
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(w.Body.String()))
	if err != nil {
		t.Fatal(err)
	}
	return doc, w
}

// typed is what a browser would send of the page's form with this action.
func typed(doc *goquery.Document, action string) url.Values {
	v := url.Values{}
	doc.Find("form[action='" + action + "']").Find("input, textarea").Each(func(_ int, s *goquery.Selection) {
		name := s.AttrOr("name", "")
		switch s.AttrOr("type", "text") {
		case "checkbox":
			if _, on := s.Attr("checked"); on {
				v.Add(name, s.AttrOr("value", ""))
			}
		default:
			if goquery.NodeName(s) == "textarea" {
				v.Set(name, s.Text())
			} else {
				v.Set(name, s.AttrOr("value", ""))
			}
		}
	})
	return v
}

func TestNoWordIsMissing(t *testing.T) {
	t.Parallel()
	o := open(t, full(), person.Analyst, two()...)
	if _, err := o.index.Release(context.Background(), "w0"); err != nil {
		t.Fatal(err)
	}
	for _, lang := range i18n.Languages {
		for _, to := range []string{"", "/new", "/campaigns", "/w1", "/w0", "/w1/edit", "/w1/close", "/w0/close", "/w1/release", "/w0/release", "/w0/releases/w0.1"} {
			doc, code := o.get(t, waves.Address+to+"?lang="+lang)
			if code != http.StatusOK || doc.Find("h1").Length() != 1 || doc.Find("html").AttrOr("lang", "") != lang {
				t.Fatalf("%s in %s: %d", to, lang, code)
			}
			text := doc.Find("main").Text()
			for _, bad := range []string{"waves.", "wave.", "index.release", "NaN", "<no value>", "{{", "resident."} {
				if strings.Contains(text, bad) {
					at := strings.Index(text, bad)
					t.Errorf("%s in %s shows %q", to, lang, text[max(0, at-40):min(len(text), at+60)])
				}
			}
			ids := map[string]bool{}
			doc.Find("[id]").Each(func(_ int, s *goquery.Selection) {
				id := s.AttrOr("id", "")
				if ids[id] {
					t.Errorf("%s: id %q stands twice", to, id)
				}
				ids[id] = true
			})
		}
	}
}

func TestAWaveFromPlanToWithdrawal(t *testing.T) {
	t.Parallel()
	o := open(t, full(), person.Analyst, two()...)
	doc, _ := o.get(t, waves.Address+"/new")
	v := typed(doc, waves.Address)
	v.Set("id", "w2")
	v.Set("title_uk", "весна")
	v.Set("title_en", "spring")
	v.Set("opens", "2027-03-01")
	v.Set("last", "2027-02-01")
	v.Set("target.female.70+", "0")
	doc, w := o.post(t, waves.Address, v)
	if w.Code != http.StatusUnprocessableEntity {
		t.Fatalf("inverted dates: %d %s", w.Code, w.Body)
	}
	if got := doc.Find("input[name=title_uk]").AttrOr("value", ""); got != "весна" {
		t.Errorf("what was typed is gone: %q", got)
	}
	if doc.Find("#os-error a[href='#f-last']").Length() != 1 || doc.Find("#os-error a").Length() < 2 {
		t.Error(doc.Find("#os-error").Text())
	}
	v.Set("last", "31.03.2027")
	v.Set("target.female.70+", "40")
	if _, w = o.post(t, waves.Address, v); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/office/waves/w2?done=planned" {
		t.Fatalf("%d %s %s", w.Code, w.Header().Get("Location"), w.Body)
	}
	got, err := o.plans.Get(context.Background(), "w2")
	if err != nil || !got.Closes.Equal(survey.Day(2027, 4, 1)) || len(got.Targets) != 1 || len(got.Modes) != 4 {
		t.Fatalf("%+v %v", got, err)
	}
	// Two people edit one plan: the second one hears of it.
	doc, _ = o.get(t, waves.Address+"/w2/edit")
	v = typed(doc, waves.Address+"/w2/edit")
	v.Set("title_en", "spring 2027")
	if _, w = o.post(t, waves.Address+"/w2/edit", v); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if _, w = o.post(t, waves.Address+"/w2/edit", v); w.Code != http.StatusConflict {
		t.Fatalf("an old form: %d", w.Code)
	}
	// Extend and close the open one.
	rev := func() string {
		x, _ := o.plans.Get(context.Background(), "w1")
		return fmt.Sprint(x.Rev)
	}
	if _, w = o.post(t, waves.Address+"/w1/extend", url.Values{"rev": {rev()}, "last": {"2026-11-30"}}); w.Code != http.StatusUnprocessableEntity {
		t.Fatalf("an earlier close: %d", w.Code)
	}
	if _, w = o.post(t, waves.Address+"/w1/extend", url.Values{"rev": {rev()}, "last": {"2027-01-10"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if _, w = o.post(t, waves.Address+"/w1/close", url.Values{"rev": {rev()}}); w.Code != http.StatusUnprocessableEntity {
		t.Fatalf("closed without a tick: %d", w.Code)
	}
	if _, w = o.post(t, waves.Address+"/w1/close", url.Values{"rev": {rev()}, "sure": {"true"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	// Release twice: the second says that nothing has changed, and publishes nothing.
	for i, code := range []int{http.StatusSeeOther, http.StatusConflict} {
		if doc, w = o.post(t, waves.Address+"/w1/release", nil); w.Code != code {
			t.Fatalf("release %d: %d %s", i, w.Code, doc.Find("main").Text())
		}
	}
	if n := len(o.index.Snapshot().View.Releases); n != 1 {
		t.Fatalf("%d releases", n)
	}
	if _, w = o.post(t, waves.Address+"/w1/releases/w1.1/withdraw", url.Values{"text_uk": {"помилка"}}); w.Code != http.StatusUnprocessableEntity {
		t.Fatalf("a reason in one language: %d", w.Code)
	}
	for _, kind := range []string{"erratum", "withdraw"} {
		if _, w = o.post(t, waves.Address+"/w1/releases/w1.1/"+kind, url.Values{"text_uk": {"помилка"}, "text_en": {"mistake"}}); w.Code != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", kind, w.Code, w.Body)
		}
	}
	r := o.index.Snapshot().View.Releases[0]
	if r.Withdrawn == nil || len(r.Errata) != 1 {
		t.Fatalf("%+v", r)
	}
	want := "wave.plan wave:w2, wave.edit wave:w2, wave.edit wave:w2, wave.extend wave:w1, wave.close wave:w1, index.release wave:w1, index.release wave:w1, index.erratum release:w1.1, index.withdraw release:w1.1"
	if got := strings.Join(o.log.acts, ", "); got != want {
		t.Errorf("the log says %s", got)
	}
}

func TestFieldworkSaysWhatNeedsALook(t *testing.T) {
	t.Parallel()
	o := open(t, full(), person.CDTO, two()...)
	doc, code := o.get(t, waves.Address+"/w1?lang=en")
	text := strings.ReplaceAll(doc.Find("main").Text(), "\u00a0", " ")
	if code != http.StatusOK {
		t.Fatal(code)
	}
	for _, want := range []string{"800", "Women, 70+", "With a mentor", "Kish's design effect", "Drawn by the city", "of 700"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if doc.Find("svg[role=img]").Length() < 5 {
		t.Error("drawings are missing")
	}
	// The CDTO looks and may not act.
	if doc.Find("main a[href$='/edit'], main a[href$='/release'], main form").Length() != 0 {
		t.Error("acts are offered to somebody who may not do them")
	}
	for _, to := range []string{"/new", "/w1/edit", "/w1/release", "/campaigns"} {
		if _, code := o.get(t, waves.Address+to); code != http.StatusForbidden {
			t.Errorf("%s: %d", to, code)
		}
	}
	empty := open(t, nil, person.Analyst, two()...)
	doc, code = empty.get(t, waves.Address+"/w1")
	if code != http.StatusOK || !strings.Contains(doc.Find("main").Text(), "Відповідей ще немає") {
		t.Errorf("a wave without respondents: %d", code)
	}
	doc, _ = empty.get(t, waves.Address+"/w1/release")
	if doc.Find("main form").Length() != 0 || !strings.Contains(doc.Find("main").Text(), "Замало відповідей") {
		t.Error("a wave without respondents may be released")
	}
	none := open(t, nil, person.Analyst)
	doc, _ = none.get(t, waves.Address)
	if !strings.Contains(doc.Find("main").Text(), "Ще немає жодної хвилі") || doc.Find("main table").Length() != 0 {
		t.Error("the empty state")
	}
}
