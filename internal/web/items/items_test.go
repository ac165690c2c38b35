package items

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/gin-gonic/gin"

	files "osvitlo/content"
	"osvitlo/internal/audit"
	"osvitlo/internal/content"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
	"osvitlo/internal/interchange"
	"osvitlo/internal/itembank"
	"osvitlo/internal/person"
	"osvitlo/internal/sitting"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
	"osvitlo/internal/web/page"
	"osvitlo/locales"
)

var now = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)

var shared = sync.OnceValues(func() (*content.Library, error) {
	gin.SetMode(gin.ReleaseMode)
	lib, problems := content.LoadAt(files.FS, now)
	if content.Failed(problems) {
		return nil, fmt.Errorf("%v", problems)
	}
	return lib, nil
})

// stream is a city of invented sittings.
type stream struct {
	list []*sitting.Sitting
	cat  *sitting.Catalogue
}

func (s *stream) All(context.Context) iter.Seq2[*sitting.Sitting, error] {
	return func(yield func(*sitting.Sitting, error) bool) {
		for _, x := range s.list {
			if !yield(x, nil) {
				return
			}
		}
	}
}

// crowd answers the test; the first single item has a wrong key.
func crowd(in *instrument.Instrument, n int) (list []*sitting.Sitting, bad string) {
	rng := rand.New(rand.NewPCG(4, 2))
	for _, it := range in.Items() {
		if it.Scored() && it.Type == instrument.Single && bad == "" {
			bad = it.ID
		}
	}
	for i := range n {
		doc := &sitting.Sitting{Doc: store.Doc{ID: fmt.Sprintf("s%05d", i)}, Instrument: in.Slug, Version: in.Version, Role: sitting.RoleTest, Language: "uk",
			Mode: sitting.ModeSelf, State: sitting.Counted, Submitted: store.At(now), Received: store.At(now.AddDate(0, -6*(i%2), 0)), Wave: []string{"2026-autumn", "2026-spring"}[i%2],
			Score: &sitting.Score{Form: sitting.FormFull}, Answers: instrument.Answers{}, Spent: map[string]int{}}
		doc.Respondent.Sex = []sitting.Sex{sitting.Female, sitting.Male}[rng.IntN(2)]
		theta := rng.NormFloat64()
		for _, it := range in.Items() {
			if !it.Scored() || it.Type != instrument.Single {
				continue
			}
			chance := 1 / (1 + math.Exp(-(theta - it.Difficulty)))
			if it.ID == bad {
				chance = 1 - chance
			}
			doc.Spent[it.ID] = 30
			v := it.Key.IDs[0]
			if rng.Float64() >= chance {
				for _, o := range it.Options {
					if o.ID != it.Key.IDs[0] {
						v = o.ID
					}
				}
			}
			doc.Answers[it.ID] = instrument.Word(v)
		}
		list = append(list, doc)
	}
	return list, bad
}

// journal keeps what the audit log is told, or refuses.
type journal struct {
	acts   []string
	broken error
}

func (j *journal) Record(_ context.Context, e audit.Event) error {
	j.acts = append(j.acts, e.Actor+" "+e.Action+" "+e.Subject)
	return cmp.Or(j.broken, e.Check())
}

type rig struct {
	log   *journal
	site  http.Handler
	bank  *itembank.Service
	lib   *content.Library
	bad   string
	actor person.Actor
}

func newRig(t *testing.T, people int) *rig {
	t.Helper()
	ctx := context.Background()
	lib, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	words, err := i18n.Load(locales.FS)
	if err != nil {
		t.Fatal(err)
	}
	pages, err := page.New(page.Options{Words: words, Sets: []page.Set{Set()}})
	if err != nil {
		t.Fatal(err)
	}
	e, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(t.TempDir(), "t.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	if err := e.Migrate(ctx, itembank.Specs()); err != nil {
		t.Fatal(err)
	}
	s := &stream{}
	if s.cat, err = sitting.Publish(lib.Instruments()...); err != nil {
		t.Fatal(err)
	}
	r := &rig{log: &journal{}, lib: lib, actor: person.Actor{Person: "pabcdefghijk", Grants: []person.Grant{{Role: person.Editor}}, Strong: true, Fresh: true, Where: "web"}}
	in, err := lib.Current(content.FullTest)
	if err != nil {
		t.Fatal(err)
	}
	s.list, r.bad = crowd(in, people)
	clock := func() time.Time { return now }
	if r.bank, err = itembank.New(ctx, itembank.Options{Engine: e, Library: lib, Catalogue: s.cat, Audit: r.log, Now: clock}); err != nil {
		t.Fatal(err)
	}
	if people > 0 {
		if err := r.bank.Compute(ctx, s); err != nil {
			t.Fatal(err)
		}
	}
	h, err := New(Options{Pages: pages, Words: words, Library: lib, Bank: r.bank, Catalogue: s.cat, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	g := gin.New()
	for _, route := range h.Routes() {
		g.Handle(route.Method, route.Path, func(c *gin.Context) {
			a := r.actor
			c.Set("gate.actor", &a)
			lang := c.Query("lang")
			if lang == "" {
				lang = i18n.Ukrainian
			}
			c.Request = c.Request.WithContext(i18n.NewContext(c.Request.Context(), lang))
			if err := route.Need.Ask(&a).Err(); err != nil {
				c.String(http.StatusForbidden, "refused")
				return
			}
			if err := route.Do(c); err != nil {
				status := http.StatusInternalServerError
				if f := fault.As(err); f != nil {
					status = page.Status(f.Kind)
				}
				c.String(status, "%v", err)
			}
		})
	}
	r.site = g
	return r
}

func (r *rig) do(t *testing.T, method, path string, form url.Values) (*httptest.ResponseRecorder, *goquery.Document) {
	t.Helper()
	req := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	r.site.ServeHTTP(w, req)
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(w.Body.String()))
	if err != nil {
		t.Fatal(err)
	}
	return w, doc
}

// bare are keys of messages that were not found.
var bare = regexp.MustCompile(`\b(items|itembank|resident|page)\.[a-z_]+(\.[a-z_0-9]+)*\b`)

// page reads a page that must be right, and looks for keys and ids that stand twice.
func (r *rig) page(t *testing.T, path string) *goquery.Document {
	t.Helper()
	w, doc := r.do(t, http.MethodGet, path, nil)
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", path, w.Code, w.Body.String())
	}
	check(t, path, doc)
	return doc
}

func check(t *testing.T, path string, doc *goquery.Document) {
	t.Helper()
	if key := bare.FindString(doc.Find("main").Text()); key != "" {
		t.Errorf("%s: no words for %s", path, key)
	}
	ids := map[string]bool{}
	doc.Find("[id]").Each(func(_ int, s *goquery.Selection) {
		id, _ := s.Attr("id")
		if ids[id] {
			t.Errorf("%s: the id %q stands twice", path, id)
		}
		ids[id] = true
	})
	doc.Find("table").Each(func(_ int, s *goquery.Selection) {
		if s.Find("caption").Length() != 1 || s.Find("thead th[scope=col]").Length() == 0 {
			t.Errorf("%s: a table without caption or heads", path)
		}
	})
	doc.Find("main input, main select, main textarea").Each(func(_ int, s *goquery.Selection) {
		if kind, _ := s.Attr("type"); kind == "hidden" {
			return
		}
		id, _ := s.Attr("id")
		if doc.Find(`label[for="`+id+`"]`).Length() == 0 {
			t.Errorf("%s: the field %q has no label", path, id)
		}
	})
	if n := doc.Find("h1").Length(); n != 1 {
		t.Errorf("%s: %d headings of the first rank", path, n)
	}
}

func TestTheListSearchesFiltersSortsAndPages(t *testing.T) {
	t.Parallel()
	r := newRig(t, 0)
	for _, lang := range i18n.Languages {
		doc := r.page(t, Address+"?lang="+lang)
		if n := doc.Find("table").First().Find("tbody tr").Length(); n != pageRows {
			t.Errorf("%d rows", n)
		}
		next, ok := doc.Find(`a[href*="page=2"]`).Attr("href")
		if !ok {
			t.Fatal("no next page")
		}
		if r.page(t, next+"&lang="+lang).Find("table").First().Find("tbody tr").Length() != pageRows {
			t.Error("the second page is not full")
		}
		if rows := doc.Find("#spread tbody tr").Length(); rows != 31 {
			t.Errorf("%d rows in the spread", rows)
		}
		if doc.Find("#spread .os-grid-t__bad").Length() != 0 {
			t.Error("a competence has fewer than 8 items")
		}
		if doc.Find("html").AttrOr("lang", "") != lang {
			t.Errorf("language %q", doc.Find("html").AttrOr("lang", ""))
		}
	}
	doc := r.page(t, Address+"?competence=ua5.3&level=B1&sort=level")
	n := doc.Find("table").First().Find("tbody tr").Length()
	if n == 0 || n >= pageRows {
		t.Errorf("%d rows of a competence and level", n)
	}
	if v, _ := doc.Find(`select[name=competence] option[selected]`).Attr("value"); v != "ua5.3" {
		t.Errorf("the form forgot the competence: %q", v)
	}
	if s, _ := doc.Find(`th[aria-sort]`).Attr("aria-sort"); s != "ascending" {
		t.Errorf("order %q", s)
	}
	if got := r.page(t, Address+"?q=нічогонемає"); got.Find(".os-empty").Length() != 1 {
		t.Error("no words for an empty list")
	}
	if got := r.page(t, Address+"?q=router-hours").Find(`a[href="/office/items/router-hours"]`).Length(); got != 1 {
		t.Errorf("%d links to the item", got)
	}
	if w, doc := r.do(t, http.MethodGet, Address+"?q="+strings.Repeat("я", 200), nil); w.Code != http.StatusUnprocessableEntity || doc.Find(".os-error").Length() != 1 {
		t.Errorf("a search that is too long: %d", w.Code)
	}
}

func TestEveryItemHasItsPageInBothLanguages(t *testing.T) {
	t.Parallel()
	r := newRig(t, 0)
	for i, it := range r.lib.Items() {
		lang := i18n.Languages[i%2]
		doc := r.page(t, Address+"/"+it.ID+"?lang="+lang)
		if got := strings.ReplaceAll(doc.Find("#preview .os-h1--item").Text(), "\u00a0", " "); got != strings.ReplaceAll(it.Stem.In(lang), "\u00a0", " ") {
			t.Errorf("%s: the preview asks %q", it.ID, got)
		}
		if doc.Find("#preview form").Length() != 0 {
			t.Errorf("%s: the preview can be sent", it.ID)
		}
		fields := doc.Find("#preview input, #preview select, #preview textarea").Length()
		if least := max(1, len(it.Options)); it.TakesAnswer() && fields < min(least, 2) {
			t.Errorf("%s (%s): %d fields in the preview", it.ID, it.Type, fields)
		}
		if it.Scored() && doc.Find("#key").Text() == "" {
			t.Errorf("%s: no key", it.ID)
		}
	}
	if w, _ := r.do(t, http.MethodGet, Address+"/no-such-item", nil); w.Code != http.StatusNotFound {
		t.Errorf("an unknown item: %d", w.Code)
	}
}

func TestFiguresStandInTablesBesideTheirDrawing(t *testing.T) {
	t.Parallel()
	r := newRig(t, 600)
	for _, lang := range i18n.Languages {
		doc := r.page(t, Address+"/"+r.bad+"?lang="+lang)
		if doc.Find("#curves table").Length() != 1 || doc.Find(".os-chart svg[role=img] title").Length() != 1 {
			t.Errorf("%s: %d tables and %d drawings", lang, doc.Find("#curves table").Length(), doc.Find(".os-chart svg").Length())
		}
		if doc.Find("#dif tbody tr").Length() != 5 || doc.Find("#drift tbody tr").Length() != 2 {
			t.Errorf("%s: %d groups, %d waves", lang, doc.Find("#dif tbody tr").Length(), doc.Find("#drift tbody tr").Length())
		}
		if doc.Find(".os-note--sun li").Length() == 0 {
			t.Errorf("%s: nothing is proposed", lang)
		}
		doc = r.page(t, Instruments+"/"+content.FullTest+"?lang="+lang)
		if doc.Find("#items tbody tr").Length() != 30 || doc.Find("#scales tbody tr").Length() != 7 {
			t.Errorf("%s: %d items, %d scales", lang, doc.Find("#items tbody tr").Length(), doc.Find("#scales tbody tr").Length())
		}
		r.page(t, Instruments+"?lang="+lang)
		r.page(t, Instruments+"/resident-survey?lang="+lang)
	}
	if doc := r.page(t, Address+"?state=proposed"); doc.Find(`a[href="/office/items/`+r.bad+`"]`).Length() != 1 {
		t.Error("the item is not in the list of those worth a look")
	}
}

func TestAReviewIsSignedAndARefusedOneKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	r := newRig(t, 0)
	path := Address + "/" + r.bad
	hash, _ := r.page(t, path).Find(`input[name=hash]`).Attr("value")
	for lang, say := range map[string]string{"uk": "Напишіть, що змінити", "en": "Write what to change"} {
		w, doc := r.do(t, http.MethodPost, path+"/review?lang="+lang, url.Values{"verdict": {"mend"}, "note": {" "}, "hash": {hash}})
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(strings.ReplaceAll(doc.Find(".os-error").Text(), "\u00a0", " "), say) {
			t.Errorf("%d %q", w.Code, doc.Find(".os-error").Text())
		}
		if doc.Find(`input[name=verdict][value=mend][checked]`).Length() != 1 {
			t.Error("the verdict was forgotten")
		}
		check(t, path, doc)
	}
	long := strings.Repeat("довго ", 400)
	if w, doc := r.do(t, http.MethodPost, path+"/review", url.Values{"verdict": {"good"}, "note": {long}, "hash": {hash}}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(doc.Find("textarea[name=note]").Text(), "довго довго") {
		t.Errorf("a long note: %d", w.Code)
	}
	if w, doc := r.do(t, http.MethodPost, path+"/review", url.Values{"verdict": {"good"}, "note": {"моє слово"}, "hash": {"another"}}); w.Code != http.StatusConflict || !strings.Contains(doc.Find("textarea[name=note]").Text(), "моє слово") {
		t.Errorf("other words: %d", w.Code)
	}
	w, _ := r.do(t, http.MethodPost, path+"/review", url.Values{"verdict": {"good"}, "hash": {hash}})
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != path+"?done=signed" {
		t.Fatalf("%d %s", w.Code, w.Header().Get("Location"))
	}
	doc := r.page(t, path+"?done=signed")
	if doc.Find(".os-done").Length() != 1 || doc.Find("#history tbody tr").Length() != 1 || !strings.Contains(doc.Find("#history").Text(), "…fghijk") {
		t.Errorf("%q", doc.Find("#history").Text())
	}
	if strings.Contains(doc.Text(), "pabcdefghijk") {
		t.Error("the whole number of a person stands on the page")
	}
}

func TestQuarantineAndApproval(t *testing.T) {
	t.Parallel()
	r := newRig(t, 0)
	path := Address + "/" + r.bad + "/quarantine"
	if w, _ := r.do(t, http.MethodPost, path, url.Values{"do": {"quarantine"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %d", w.Code)
	}
	if w, _ := r.do(t, http.MethodPost, path, url.Values{"do": {"quarantine"}, "reason": {"ключ"}}); w.Code != http.StatusSeeOther {
		t.Errorf("%d", w.Code)
	}
	doc := r.page(t, Address+"/"+r.bad)
	if doc.Find(".os-note--bad").Length() != 1 || doc.Find(`input[name=do][value=lift]`).Length() != 1 {
		t.Error("the page does not say that it is set aside")
	}
	if w, _ := r.do(t, http.MethodPost, path, url.Values{"do": {"lift"}, "reason": {"виправлено"}}); w.Code != http.StatusSeeOther {
		t.Errorf("%d", w.Code)
	}
	in := Instruments + "/" + content.FullTest
	w, doc := r.do(t, http.MethodPost, in+"/approve", url.Values{"version": {"1"}, "number": {"Наказ № 5"}, "dated": {"2030-01-01"}})
	if w.Code != http.StatusUnprocessableEntity || doc.Find("input[name=number]").AttrOr("value", "") != "Наказ № 5" {
		t.Errorf("a day to come: %d", w.Code)
	}
	check(t, in, doc)
	if w, _ := r.do(t, http.MethodPost, in+"/approve", url.Values{"version": {"1"}, "number": {"Наказ № 5"}, "dated": {"2026-11-20"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body.String())
	}
	if _, ok := r.bank.Approved(content.FullTest, 1); !ok {
		t.Error("not approved")
	}
	if doc := r.page(t, in); !strings.Contains(doc.Find("#approval").Text(), "Наказ") || doc.Find("#withdraw form").Length() != 1 || doc.Find("#approvals tbody tr").Length() != 1 {
		t.Error("the page does not show the document")
	}
	if w, _ := r.do(t, http.MethodPost, in+"/withdraw", url.Values{"version": {"1"}, "reason": {"помилка"}}); w.Code != http.StatusSeeOther {
		t.Errorf("%d", w.Code)
	}
	for _, bad := range []string{in + "?version=99", in + "?version=x", Instruments + "/nothing"} {
		if w, _ := r.do(t, http.MethodGet, bad, nil); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", bad, w.Code)
		}
	}
}

func TestACalibrationIsReleasedAndRecalled(t *testing.T) {
	t.Parallel()
	r := newRig(t, 0)
	for _, lang := range i18n.Languages {
		r.page(t, CalibrationPath+"?lang="+lang)
	}
	in, err := r.lib.Current(content.FullTest)
	if err != nil {
		t.Fatal(err)
	}
	s := &stream{}
	s.list, _ = crowd(in, 400)
	if _, err := r.bank.Calibrate(context.Background(), s); err != nil {
		t.Fatal(err)
	}
	for _, lang := range i18n.Languages {
		doc := r.page(t, CalibrationPath+"?lang="+lang)
		if doc.Find("#items tbody tr").Length() != 30 || doc.Find("#running .os-note").Length() != 1 {
			t.Errorf("%s: %d items", lang, doc.Find("#items tbody tr").Length())
		}
	}
	rev, _ := r.page(t, CalibrationPath).Find("input[name=rev]").Attr("value")
	if w, doc := r.do(t, http.MethodPost, CalibrationPath+"/release", url.Values{"rev": {rev + "9"}}); w.Code != http.StatusConflict || doc.Find(".os-error").Length() != 1 {
		t.Errorf("another draft: %d", w.Code)
	}
	if w, _ := r.do(t, http.MethodPost, CalibrationPath+"/release", url.Values{"rev": {rev}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body.String())
	}
	doc := r.page(t, CalibrationPath+"?done=released")
	version, _ := doc.Find("#running input[name=version]").Attr("value")
	if version != "cal-0001" || doc.Find(".os-done").Length() != 1 {
		t.Errorf("version %q", version)
	}
	if w, doc := r.do(t, http.MethodPost, CalibrationPath+"/recall", url.Values{"version": {version}, "reason": {""}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %d", w.Code)
	} else {
		check(t, CalibrationPath, doc)
	}
	if w, _ := r.do(t, http.MethodPost, CalibrationPath+"/recall", url.Values{"version": {version}, "reason": {"помилка"}}); w.Code != http.StatusSeeOther || r.bank.Running() != nil {
		t.Errorf("%d", w.Code)
	}
}

func TestItemsAreHandedOutWithWhatTheyLose(t *testing.T) {
	t.Parallel()
	r := newRig(t, 0)
	for _, lang := range i18n.Languages {
		doc := r.page(t, ExportPath+"?lang="+lang)
		if doc.Find("#qti tbody tr").Length() < 3 || doc.Find("#gift .os-tag--sun").Length() == 0 {
			t.Errorf("%s: the losses are not told", lang)
		}
		w, _ := r.do(t, http.MethodGet, ExportPath+"/file?format=gift&lang="+lang, nil)
		got, err := interchange.ImportGIFT("x", w.Body.Bytes(), lang)
		if w.Code != http.StatusOK || err != nil || len(got.Items) < 280 || !strings.Contains(w.Header().Get("Content-Disposition"), lang+".gift") {
			t.Errorf("%s: %d %v, %d items", lang, w.Code, err, len(got.Items))
		}
	}
	w, _ := r.do(t, http.MethodGet, ExportPath+"/file?format=qti&competence=ua5.3", nil)
	got, err := interchange.ImportQTI(w.Body.Bytes(), "uk")
	if err != nil || len(got.Items) < 8 || len(got.Items) > 40 {
		t.Errorf("%v, %d items", err, len(got.Items))
	}
	for _, bad := range []string{"", "?format=pdf"} {
		if w, _ := r.do(t, http.MethodGet, ExportPath+"/file"+bad, nil); w.Code != http.StatusNotFound {
			t.Errorf("%q: %d", bad, w.Code)
		}
	}
}

func TestOnlyEditorsComeIn(t *testing.T) {
	t.Parallel()
	r := newRig(t, 0)
	for _, role := range []person.Role{person.Mentor, person.Analyst, person.HelpOperator, person.Administrator} {
		r.actor.Grants = []person.Grant{{Role: role, Place: "lib-1"}}
		for _, path := range []string{Address, Address + "/" + r.bad, Instruments, CalibrationPath, ExportPath, ExportPath + "/file?format=qti"} {
			if w, _ := r.do(t, http.MethodGet, path, nil); w.Code != http.StatusForbidden {
				t.Errorf("%s sees %s: %d", role, path, w.Code)
			}
		}
	}
}

// A file with keys leaves only after the journal has taken who took it.
func TestAFileWithKeysIsWrittenToTheJournal(t *testing.T) {
	t.Parallel()
	r := newRig(t, 0)
	if w, _ := r.do(t, http.MethodGet, ExportPath+"/file?format=gift&competence=ua5.3", nil); w.Code != http.StatusOK || w.Body.Len() == 0 {
		t.Fatalf("the file: %d", w.Code)
	}
	if w, _ := r.do(t, http.MethodGet, ExportPath+"/file?format=qti", nil); w.Code != http.StatusOK {
		t.Fatalf("the package: %d", w.Code)
	}
	want := []string{"pabcdefghijk item.export items:gift/ua5.3", "pabcdefghijk item.export items:qti"}
	if !slices.Equal(r.log.acts, want) {
		t.Errorf("the journal has %q, want %q", r.log.acts, want)
	}
	if w, _ := r.do(t, http.MethodGet, ExportPath+"/file?format=gift&competence=ua9.9", nil); w.Code != http.StatusNotFound {
		t.Errorf("an unknown competence: %d", w.Code)
	}
	r.log.broken = errors.New("the journal is closed")
	w, _ := r.do(t, http.MethodGet, ExportPath+"/file?format=qti", nil)
	if w.Code == http.StatusOK || w.Header().Get("Content-Disposition") != "" {
		t.Errorf("a file left without a line in the journal: %d", w.Code)
	}
}

func TestMachineChecksStandOnThePageAsTheProgramsOwn(t *testing.T) {
	t.Parallel()
	r := newRig(t, 0)
	for _, lang := range i18n.Languages {
		doc := r.page(t, Address+"?lang="+lang)
		if n := doc.Find("#checks tbody tr").Length(); n != len(itembank.Checks()) {
			t.Errorf("%s: %d checks", lang, n)
		}
		if doc.Find("#demands tbody tr").Length() != 9 || doc.Find("#places tbody tr").Length() < 4 {
			t.Errorf("%s: %d demands, %d places", lang, doc.Find("#demands tbody tr").Length(), doc.Find("#places tbody tr").Length())
		}
		if bad := doc.Find("#checks .os-grid-t__bad, #demands .os-grid-t__bad, #places .os-grid-t__bad"); bad.Length() != 0 {
			t.Errorf("%s: the bank falls short: %s", lang, bad.Text())
		}
	}
	if text := strings.ReplaceAll(r.page(t, Address).Find("main").Text(), "\u00a0", " "); !strings.Contains(text, "Це не рецензія") {
		t.Error("the checks are not told from a review")
	}
	if got := r.page(t, Address+"/router-hours").Find(".os-facts, dl").Text(); !strings.Contains(got, "Машинна перевірка") {
		t.Error("the item does not say that it was checked by a machine")
	}
	if r.page(t, Address+"?check=tells").Find(".os-empty").Length() != 1 {
		t.Error("the list of items with a finding")
	}
}
