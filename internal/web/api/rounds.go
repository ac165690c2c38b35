package api

import (
	"context"
	"encoding/json"
	"math"

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
	Total FigureRow   `json:"total"`
}

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
	t := made.Table(role, report.Filter{})
	out := RoundFigures{Round: r.ID, Role: role, Least: report.K, Rows: []FigureRow{}, Total: figureRow(r, role, &t.Total)}
	for i := range t.Rows {
		out.Rows = append(out.Rows, figureRow(r, role, &t.Rows[i]))
	}
	return serveNow(c, out)
}

func figureRow(r *round.Round, role string, row *report.Row) FigureRow {
	out := FigureRow{N: row.N, Figures: map[string]Figure{}, Institutions: []Named{}}
	if row.Frame > 0 {
		out.Coverage = finite(float64(row.N) / float64(row.Frame))
	}
	for _, id := range row.Units {
		one := Named{ID: id}
		if m, ok := r.Member(id, institution.Role(role)); ok {
			one.Name = m.Name
		}
		out.Institutions = append(out.Institutions, one)
	}
	for name, f := range row.Cells {
		out.Figures[name] = Figure{N: f.N, Mean: finite(f.Mean), Low: finite(f.Low), High: finite(f.High), Quartiles: f.Quarter, Deciles: f.Tenth}
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
