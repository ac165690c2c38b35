package answers_test

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/gin-gonic/gin"

	"osvitlo/content"
	"osvitlo/internal/audit"
	inner "osvitlo/internal/content"
	"osvitlo/internal/export"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
	"osvitlo/internal/person"
	"osvitlo/internal/sitting"
	"osvitlo/internal/store"
	"osvitlo/internal/survey"
	"osvitlo/internal/web/answers"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
	"osvitlo/locales"
)

var (
	catalogue *sitting.Catalogue
	words     *i18n.Bundle
	pages     *page.Renderer
)

func TestMain(m *testing.M) {
	gin.SetMode(gin.ReleaseMode)
	lib, problems := inner.Load(content.FS)
	if inner.Failed(problems) {
		fmt.Fprintln(os.Stderr, problems)
		os.Exit(1)
	}
	var err error
	if catalogue, err = sitting.Publish(lib.Instruments()...); err == nil {
		if words, err = i18n.Load(locales.FS); err == nil {
			pages, err = page.New(page.Options{Words: words, Sets: []page.Set{answers.Set()}})
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// hall is a source of sittings; it may break off.
type hall struct {
	list   []*sitting.Sitting
	broken int // batches before the store goes away; 0: never
	asked  int
}

func (h *hall) Catalogue() *sitting.Catalogue { return catalogue }

func (h *hall) Entries(context.Context, int64) func(yield func(sitting.Entry, error) bool) {
	return func(yield func(sitting.Entry, error) bool) {
		for _, d := range h.list {
			if !yield(sitting.Entry{ID: d.ID, Seq: d.Seq, Tally: d.Tally}, nil) {
				return
			}
		}
	}
}

func (h *hall) Many(_ context.Context, ids []string) (out []*sitting.Sitting, err error) {
	if h.asked++; h.broken > 0 && h.asked > h.broken {
		return nil, errors.New("the disk went away")
	}
	for _, d := range h.list {
		if slices.Contains(ids, d.ID) {
			out = append(out, d)
		}
	}
	return out, nil
}

func people(n int) *hall {
	h := &hall{}
	r := rand.New(rand.NewPCG(3, 3))
	pub, _ := catalogue.Current("resident-test")
	for i := range n {
		d := &sitting.Sitting{Doc: store.Doc{ID: fmt.Sprintf("018f0000-0000-7000-8000-%012d", i)}, Instrument: pub.Slug, Version: pub.Version,
			Mode: export.Modes[i%2], State: sitting.Counted, Wave: "w1", Seq: int64(i + 1), Consent: []string{sitting.ConsentStatistics},
			Respondent: sitting.Respondent{Sex: sitting.Male, District: "nove"}, Answers: instrument.Answers{}}
		for _, it := range pub.Items() {
			if it.Type == instrument.Text {
				d.Answers[it.ID] = instrument.Word(`=HYPERLINK("x";"<b>")`)
			} else if it.DontKnow && r.IntN(2) == 0 {
				d.Answers[it.ID] = instrument.DontKnow()
			}
		}
		row := sitting.Row{Wave: "w1", Instrument: pub.Slug, Role: sitting.RoleTest, State: d.State, Sex: d.Respondent.Sex, Mode: d.Mode, Evidence: sitting.EvidenceOpen,
			District: "nove", Overall: sitting.Missing}
		for a := range row.Areas {
			row.Areas[a] = sitting.Missing
		}
		d.Tally = sitting.Tally{Now: &row}.Format()
		h.list = append(h.list, d)
	}
	return h
}

type log struct {
	events []audit.Event
	broken bool
}

func (l *log) Record(_ context.Context, e audit.Event) error {
	if l.broken {
		return fault.New(fault.Unavailable, "")
	}
	if err := e.Check(); err != nil {
		return err
	}
	l.events = append(l.events, e)
	return nil
}

type waves struct{}

func (waves) Waves() []*survey.Wave {
	at := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	return []*survey.Wave{{Doc: store.Doc{ID: "w1"}, Campaign: "residents", Title: i18n.Text{UK: "осінь 2026", EN: "autumn 2026"}, Opens: store.At(at), Closes: store.At(at.AddDate(0, 1, 0))}}
}

// desk serves the routes as one role.
func desk(t *testing.T, h *hall, l *log, role person.Role) http.Handler {
	t.Helper()
	tables, err := export.NewTables(export.Config{Sittings: h, Words: words, Secret: []byte("0123456789abcdef")})
	if err != nil {
		t.Fatal(err)
	}
	hs, err := answers.New(answers.Options{Pages: pages, Words: words, Tables: tables, Waves: waves{}, Audit: l})
	if err != nil {
		t.Fatal(err)
	}
	e := gin.New()
	for _, r := range hs.Routes() {
		e.Handle(r.Method, r.Path, func(c *gin.Context) {
			a := &person.Actor{Person: "p1", Where: "web", Strong: true, Grants: []person.Grant{{Role: role}}}
			c.Set("gate.actor", a)
			if gate.Actor(c) != a {
				t.Error("the actor did not reach the gate")
			}
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
	return e
}

func get(t *testing.T, h http.Handler, to string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, to, nil))
	return w
}

func document(t *testing.T, w *httptest.ResponseRecorder) *goquery.Document {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(w.Body.String()))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// fields reads the query that a form of the page would send.
func fields(form *goquery.Selection) url.Values {
	v := url.Values{}
	form.Find("input[type=hidden], input[checked]").Each(func(_ int, s *goquery.Selection) { v.Add(s.AttrOr("name", ""), s.AttrOr("value", "")) })
	form.Find("select").Each(func(_ int, s *goquery.Selection) {
		v.Add(s.AttrOr("name", ""), s.Find("option[selected]").AttrOr("value", ""))
	})
	return v
}

func TestTheScreenAndTheFileHoldTheSame(t *testing.T) {
	t.Parallel()
	for _, lang := range i18n.Languages {
		l := &log{}
		h := desk(t, people(130), l, person.Analyst)
		var screen [][]string
		next := "/office/answers?instrument=resident-test&wave=w1&mode=self&cols=about&cols=answers&cols=free&cols=points&lang=" + lang
		var doc *goquery.Document
		for shown := 0; next != ""; shown++ {
			w := get(t, h, next)
			if w.Code != http.StatusOK || shown > 3 {
				t.Fatalf("%s: %d %.300s", next, w.Code, w.Body)
			}
			doc = document(t, w)
			if got := doc.Find("html").AttrOr("lang", ""); got != lang {
				t.Fatalf("the page speaks %q", got)
			}
			doc.Find(".os-grid-t__head").Remove() // words of the column, for telephones
			doc.Find("tbody tr").Each(func(_ int, tr *goquery.Selection) {
				var row []string
				tr.Find("th,td").Each(func(_ int, cell *goquery.Selection) {
					row = append(row, strings.ReplaceAll(cell.Text(), "\u00a0", " "))
				})
				screen = append(screen, row)
			})
			next, _ = doc.Find("a[rel=next]").Attr("href")
			if next != "" {
				next += "&lang=" + lang
			}
		}
		if len(screen) != 65 {
			t.Fatalf("%d rows on the pages", len(screen))
		}
		form := doc.Find("form").Last()
		q := fields(form)
		q.Set("reason", "analysis")
		to, _ := form.Find("button").First().Attr("formaction")
		w := get(t, h, to+"?"+q.Encode())
		if w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Content-Disposition"), "attachment") {
			t.Fatalf("%d %v", w.Code, w.Header())
		}
		file, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(w.Body.String(), "\ufeff"))).ReadAll()
		if err != nil || len(file) != 66 {
			t.Fatalf("%d lines, %v", len(file), err)
		}
		for i, row := range screen {
			for j := range row {
				if want := strings.ReplaceAll(file[i+1][j], "\u00a0", " "); row[j] != want {
					t.Fatalf("row %d column %s: screen %q, file %q", i, file[0][j], row[j], want)
				}
			}
		}
		last := l.events[len(l.events)-1]
		if last.Action != "answers.export" || last.Why != "analysis/csv" || last.Subject != "wave:w1/resident-test" || last.Actor != "p1" {
			t.Fatalf("log: %+v", last)
		}
		if l.events[0].Action != "answers.read" {
			t.Fatalf("log: %+v", l.events[0])
		}
	}
}

func TestEveryFormatAnswers(t *testing.T) {
	t.Parallel()
	h := desk(t, people(30), &log{}, person.Analyst)
	for _, f := range export.Files {
		w := get(t, h, "/office/answers."+string(f)+"?reason=quality")
		if w.Code != http.StatusOK || w.Body.Len() < 500 || w.Header().Get("Content-Type") != f.ContentType() {
			t.Errorf("%s: %d, %d bytes", f, w.Code, w.Body.Len())
		}
	}
}

func TestWithoutAReasonNoFileLeaves(t *testing.T) {
	t.Parallel()
	for _, lang := range i18n.Languages {
		l := &log{}
		h := desk(t, people(30), l, person.Analyst)
		w := get(t, h, "/office/answers.csv?mode=self&lang="+lang)
		doc := document(t, w)
		if w.Code != http.StatusUnprocessableEntity || w.Header().Get("Content-Disposition") != "" {
			t.Fatalf("%d", w.Code)
		}
		if doc.Find(`.os-error a[href="#f-reason"]`).Length() != 1 || doc.Find("#f-reason").Length() != 1 || doc.Find("#f-mode option[selected]").AttrOr("value", "") != "self" {
			t.Fatalf("%s: the page does not say which field", lang)
		}
		for _, e := range l.events {
			if e.Action == "answers.export" {
				t.Fatal("an export was written down that never was")
			}
		}
	}
}

func TestNothingLeavesWhenTheLogIsAway(t *testing.T) {
	t.Parallel()
	h := desk(t, people(30), &log{broken: true}, person.Analyst)
	for _, to := range []string{"/office/answers", "/office/answers.csv?reason=quality"} {
		if w := get(t, h, to); w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), "nove") {
			t.Errorf("%s: %d", to, w.Code)
		}
	}
}

func TestFewRowsAndOwnWordsAreForReviewers(t *testing.T) {
	t.Parallel()
	few := people(9)
	for _, to := range []string{"/office/answers", "/office/answers.csv?reason=quality"} {
		if w := get(t, desk(t, few, &log{}, person.Analyst), to); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "nove") {
			t.Errorf("analyst, %s: %d", to, w.Code)
		}
		if w := get(t, desk(t, few, &log{}, person.CDTO), to); strings.Contains(w.Body.String(), ">nove<") || strings.Contains(w.Body.String(), ",nove,") {
			t.Errorf("a CDTO sees nine people at %s", to)
		}
	}
	cdto := desk(t, people(40), &log{}, person.CDTO)
	if w := get(t, cdto, "/office/answers"); w.Code != http.StatusOK || strings.Contains(w.Body.String(), `value="free"`) {
		t.Errorf("CDTO: %d", w.Code)
	}
	for _, group := range []string{"free", "special"} {
		if w := get(t, cdto, "/office/answers?cols="+group); w.Code != http.StatusForbidden {
			t.Errorf("CDTO, %s: %d", group, w.Code)
		}
	}
	if w := get(t, desk(t, people(40), &log{}, person.Editor), "/office/answers"); w.Code != http.StatusForbidden {
		t.Errorf("editor: %d", w.Code)
	}
}

func TestWrongConditionsAreNamedAndKept(t *testing.T) {
	t.Parallel()
	h := desk(t, people(30), &log{}, person.Analyst)
	for query, field := range map[string]string{"instrument=none": "instrument", "wave=w9": "wave", "mode=fax": "mode", "state=x": "state", "cols=names": "cols", "page=-3": "page", "page=x": "page"} {
		w := get(t, h, "/office/answers?"+query)
		if w.Code != http.StatusUnprocessableEntity || document(t, w).Find(`.os-error a[href="#f-`+field+`"]`).Length() != 1 {
			t.Errorf("%s: %d", query, w.Code)
		}
	}
	if w := get(t, h, "/office/answers?state=held"); w.Code != http.StatusOK || document(t, w).Find("table").Length() != 0 {
		t.Errorf("nothing to show: %d", w.Code)
	}
	if w := get(t, h, "/office/answers?page=9999999"); w.Code != http.StatusOK {
		t.Errorf("a page behind the last one: %d", w.Code)
	}
}

func TestAFileThatBreaksOffDropsTheConnection(t *testing.T) {
	t.Parallel()
	source := people(1500)
	source.broken = 3
	server := httptest.NewServer(desk(t, source, &log{}, person.Analyst))
	defer server.Close()
	res, err := http.Get(server.URL + "/office/answers.csv?reason=quality&cols=about&cols=answers&cols=points&cols=seconds")
	if err != nil {
		return // dropped before the head: as good
	}
	defer func() { _ = res.Body.Close() }()
	buf := make([]byte, 1<<20)
	for {
		if _, err := res.Body.Read(buf); err != nil {
			if err.Error() == "EOF" && res.StatusCode == http.StatusOK {
				t.Fatal("half a file looks whole")
			}
			return
		}
	}
}
