package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/report"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/store"
)

// reports are rounds with their reports.
type reports struct {
	list []*round.Round
	made *report.Report
}

func (r *reports) List() []*round.Round { return r.list }

func (r *reports) ByID(id string) (*round.Round, bool) {
	i := slices.IndexFunc(r.list, func(one *round.Round) bool { return one.ID == id })
	if i < 0 {
		return nil, false
	}
	return r.list[i], true
}

func (r *reports) Report(context.Context, string) (*report.Report, error) { return r.made, nil }

// published is a service with one open round of 12 schools, the first two of them small,
// one shut round and one open pilot.
func published(t *testing.T) *gin.Engine {
	t.Helper()
	sums := &report.Sums{}
	var members []report.Member
	one := &round.Round{Doc: store.Doc{ID: "r1"}, Year: 2025, State: round.Reported, Published: store.At(time.Date(2026, 1, 20, 9, 0, 0, 0, time.UTC)), Title: i18n.Text{UK: "Збір", EN: "Round"},
		Asked: []round.Asked{{Role: institution.Teacher, Instrument: "t"}}}
	for k := range 12 {
		id := fmt.Sprintf("s%02d", k)
		n := 12 + 9*k
		if k < 2 {
			n = 6
		}
		one.Members = append(one.Members, round.Member{Institution: id, Role: institution.Teacher, Name: i18n.Text{UK: "Школа " + id, EN: "School " + id}})
		members = append(members, report.Member{Unit: report.Unit{Institution: id, Role: "teacher"}, Frame: int64(n + 8), Path: []string{[]string{"small", "large"}[min(k/2, 1)], "city"}})
		for p := range n {
			values := map[string]float64{"knowledge": float64(p * 37 % 101)}
			if k != 3 || p < 4 { // only four of one school rated themselves
				values["edu1.1"] = float64(20 * (p % 6))
			}
			if err := sums.Add(report.Unit{Institution: id, Role: "teacher"}, values); err != nil {
				t.Fatal(err)
			}
		}
	}
	made, err := report.Build("r1", 2025, one.Published.Time, members, sums)
	if err != nil {
		t.Fatal(err)
	}
	shut, pilot := *one, *one
	shut.ID, shut.Published = "r2", store.Time{}
	pilot.ID, pilot.Pilot = "r3", true
	h := &handlers{}
	h.Rounds = &reports{list: []*round.Round{one, &shut, &pilot}, made: made}
	e := gin.New()
	for path, do := range map[string]func(*gin.Context) error{"/api/v1/rounds": h.rounds, "/api/v1/rounds/:round/figures": h.figures} {
		e.GET(path, func(c *gin.Context) {
			if err := do(c); err != nil {
				c.String(map[fault.Kind]int{fault.NotFound: http.StatusNotFound, fault.Invalid: http.StatusUnprocessableEntity}[fault.As(err).Kind], "%v", err)
			}
		})
	}
	return e
}

func ask(t *testing.T, e *gin.Engine, path string, into any) int {
	t.Helper()
	w := httptest.NewRecorder()
	e.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	if w.Code == http.StatusOK && into != nil {
		if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
			t.Fatal(err)
		}
	}
	return w.Code
}

func TestOnlyOpenedRoundsAreGiven(t *testing.T) {
	t.Parallel()
	e := published(t)
	var out struct{ Rounds []RoundInfo }
	if ask(t, e, "/api/v1/rounds", &out); len(out.Rounds) != 1 || out.Rounds[0].ID != "r1" || out.Rounds[0].Published != "2026-01-20" {
		t.Errorf("%+v", out)
	}
	for path, want := range map[string]int{"r1/figures?role=teacher": 200, "r1/figures?role=graduate": 404, "r1/figures": 404, "r2/figures?role=teacher": 404, "r3/figures?role=teacher": 404,
		"no/figures?role=teacher": 404, "r1/figures?role=teacher&limit=0": 422, "r1/figures?role=teacher&limit=501": 422, "r1/figures?role=teacher&limit=x": 422} {
		if got := ask(t, e, "/api/v1/rounds/"+path, nil); got != want {
			t.Errorf("%s answers %d, want %d", path, got, want)
		}
	}
}

func TestFiguresComeInPages(t *testing.T) {
	t.Parallel()
	e := published(t)
	var whole RoundFigures
	ask(t, e, "/api/v1/rounds/r1/figures?role=teacher", &whole)
	if len(whole.Rows) != 11 || whole.Next != "" || len(whole.Rows[0].Institutions) != 2 || whole.Rows[0].N != 12 {
		t.Fatalf("%d rows, next %q, first %+v", len(whole.Rows), whole.Next, whole.Rows[0])
	}
	for _, limit := range []int{1, 4, 11} {
		var rows []FigureRow
		q := url.Values{"role": {"teacher"}, "limit": {fmt.Sprint(limit)}}
		for range 20 {
			var out RoundFigures
			ask(t, e, "/api/v1/rounds/r1/figures?"+q.Encode(), &out)
			if len(out.Rows) > limit || out.Total.N != whole.Total.N {
				t.Fatalf("%d rows by %d, total %d", len(out.Rows), limit, out.Total.N)
			}
			rows = append(rows, out.Rows...)
			if out.Next == "" {
				break
			}
			q.Set("after", out.Next)
		}
		a, _ := json.Marshal(rows)
		if b, _ := json.Marshal(whole.Rows); string(a) != string(b) {
			t.Errorf("pages of %d are not the whole", limit)
		}
	}
}

// A figure says of whom it is, and quantiles come with enough people.
func TestAFigureSaysOfWhomItIs(t *testing.T) {
	t.Parallel()
	var out RoundFigures
	ask(t, published(t), "/api/v1/rounds/r1/figures?role=teacher", &out)
	shared := 0
	for _, row := range out.Rows {
		for name, f := range row.Figures {
			if f.N < report.K || (f.Quartiles != nil) != (f.N >= 20) || (f.Deciles != nil) != (f.N >= 100) {
				t.Errorf("%s of %v: %+v", name, row.Institutions, f)
			}
			if len(f.SharedWith) > 0 {
				shared++
			}
		}
		if row.Coverage == nil || *row.Coverage <= 0 || *row.Coverage > 1 {
			t.Errorf("coverage of %v: %v", row.Institutions, row.Coverage)
		}
	}
	if shared != 2 {
		t.Errorf("%d figures are shared", shared)
	}
}
