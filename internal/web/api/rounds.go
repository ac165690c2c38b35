package api

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/report"
	"osvitlo/internal/institution/round"
)

// Rounds gives the reports of institutions; round.Service is one.
type Rounds interface {
	List() []*round.Round
	ByID(id string) (*round.Round, bool)
	Report(ctx context.Context, id string) (*report.Report, error)
}

// RoundInfo is a round whose figures are open.
type RoundInfo struct {
	ID         string    `json:"id"`
	SchoolYear int       `json:"school_year"` // in which it begins
	Title      i18n.Text `json:"title"`
	Roles      []string  `json:"roles"`
	Published  string    `json:"published"` // day
}

// RoundFigures are the figures of a role: one row for every block of institutions.
type RoundFigures struct {
	Round string      `json:"round"`
	Role  string      `json:"role"`
	Least int         `json:"least_people"` // of a row
	Rows  []FigureRow `json:"rows"`
	Total FigureRow   `json:"total"` // of all rows, not of this page's
	// Weighted: in the total each row counts by how many people were asked; else each person
	// who answered counts alike, since that is not known of all rows.
	Weighted bool   `json:"total_weighted"`
	Next     string `json:"next"` // "after" of the next page; empty on the last one
}

// Rows of a page.
const (
	usualRows = 100
	mostRows  = 500
)

// FigureRow is a block of institutions that are shown as one.
type FigureRow struct {
	Institutions []Named           `json:"institutions"`
	N            int64             `json:"n"`
	Coverage     *float64          `json:"coverage"` // null: nobody knows the frame
	Figures      map[string]Figure `json:"figures"`  // by competence, "knowledge", or "item:<id>"
}

// Named is an institution.
type Named struct {
	ID   string    `json:"id"`
	Name i18n.Text `json:"name"`
}

// Figure is what is known of one variable, in points of 0 to 100.
type Figure struct {
	N         int64     `json:"n"`
	Mean      *float64  `json:"mean"`
	Low       *float64  `json:"low"`
	High      *float64  `json:"high"`
	Quartiles []float64 `json:"quartiles"` // lower, median, upper; null under 20 people
	Deciles   []float64 `json:"deciles"`   // null under 100 people
	// SharedWith are the ids of the institutions that this figure is of, where too few of the
	// row answered: the rows of all of them have the same figure. Left out where it is the
	// row's own.
	SharedWith []string `json:"shared_with,omitempty"`
}

// finite keeps two decimals; what is not known is null.
func finite(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	x = math.Round(100*x) / 100
	return &x
}

func open(r *round.Round) bool {
	return r.State == round.Reported && !r.Pilot && !r.Published.IsZero()
}

// rounds lists the rounds whose figures the education department has opened.
func (h *handlers) rounds(c *gin.Context) error {
	list := []RoundInfo{}
	if h.Rounds != nil {
		for _, r := range h.Rounds.List() {
			if !open(r) {
				continue
			}
			one := RoundInfo{ID: r.ID, SchoolYear: r.Year, Title: r.Title, Published: r.Published.In(i18n.Kyiv).Format("2006-01-02"), Roles: []string{}}
			for _, a := range r.Asked {
				one.Roles = append(one.Roles, string(a.Role))
			}
			list = append(list, one)
		}
	}
	return serveNow(c, map[string]any{"rounds": list})
}

// figures gives a round's figures of a role.
func (h *handlers) figures(c *gin.Context) error {
	if h.Rounds == nil {
		return fault.New(fault.NotFound, "")
	}
	r, ok := h.Rounds.ByID(c.Param("round"))
	if !ok || !open(r) {
		return fault.New(fault.NotFound, "")
	}
	role := c.Query("role")
	made, err := h.Rounds.Report(c.Request.Context(), r.ID)
	if err != nil {
		return err
	}
	if _, ok := made.RoleOf(role); !ok {
		return fault.New(fault.NotFound, "")
	}
	limit := usualRows
	if text := c.Query("limit"); text != "" {
		if limit, err = strconv.Atoi(text); err != nil || limit < 1 || limit > mostRows {
			return fault.InvalidFields(fault.Field{Pointer: "/limit", Key: "schools.limit", Args: map[string]any{"N": mostRows}})
		}
	}
	t, names := made.Table(role, report.Filter{}), namesOf(r, role)
	out := RoundFigures{Round: r.ID, Role: role, Least: report.K, Rows: []FigureRow{}, Total: figureRow(names, &t.Total), Weighted: t.Total.Weighted}
	// rows stand by their first institution: a page goes on behind one, whatever its number
	from, _ := slices.BinarySearchFunc(t.Rows, c.Query("after"), func(row report.Row, after string) int {
		if row.Units[0] <= after {
			return -1
		}
		return 1
	})
	for i := from; i < len(t.Rows); i++ {
		if len(out.Rows) == limit {
			out.Next = t.Rows[i-1].Units[0]
			break
		}
		out.Rows = append(out.Rows, figureRow(names, &t.Rows[i]))
	}
	return serveNow(c, out)
}

// namesOf are the institutions of a round in a role by id.
func namesOf(r *round.Round, role string) map[string]i18n.Text {
	names := map[string]i18n.Text{}
	for i := range r.Members {
		if m := &r.Members[i]; m.Role == institution.Role(role) {
			names[m.Institution] = m.Name
		}
	}
	return names
}

func figureRow(names map[string]i18n.Text, row *report.Row) FigureRow {
	out := FigureRow{N: row.N, Figures: map[string]Figure{}, Institutions: []Named{}}
	if row.Frame > 0 {
		out.Coverage = finite(float64(row.N) / float64(row.Frame))
	}
	for _, id := range row.Units {
		out.Institutions = append(out.Institutions, Named{ID: id, Name: names[id]})
	}
	for name, f := range row.Cells {
		out.Figures[name] = Figure{N: f.N, Mean: finite(f.Mean), Low: finite(f.Low), High: finite(f.High), Quartiles: f.Quarter, Deciles: f.Tenth, SharedWith: row.Shared[name]}
	}
	return out
}

// serveNow serves a body that the department may shut again: it is kept for a minute.
func serveNow(c *gin.Context, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return fault.From(err, fault.Internal, "")
	}
	return staticOf(raw, cacheCurrent).serve(c)
}
