package rounds

import (
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/institution"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/person"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// Calendar is the address of the department's year.
const Calendar = Rounds + "/calendar"

func (h *Handlers) calendarRoutes() []gate.Route {
	return []gate.Route{{Method: http.MethodGet, Path: Calendar, Need: gate.May(person.RoundOpen), Do: h.Calendar}}
}

// Calendar shows the school year: what is to be done, when, and how far it is.
func (h *Handlers) Calendar(c *gin.Context) error {
	v := h.see(c)
	if err := v.check(person.RoundOpen); err != nil {
		return err
	}
	now := h.o.Now()
	year := institution.YearOf(now)
	if y, err := strconv.Atoi(c.Query("year")); err == nil && y >= 2000 && y <= 2100 {
		year = y
	}
	s := v.sheet("rounds", Calendar, v.w.T("calendar.title", map[string]any{"Year": institution.YearName(year)}), v.rounds())
	s.Lead = v.w.T("calendar.lead", nil)
	g := &page.Grid{Caption: s.Title, Hidden: true, Cards: true, Empty: v.w.T("calendar.none", nil),
		Head: []page.GridHead{{Text: v.w.T("calendar.col.what", nil)}, {Text: v.w.T("calendar.col.when", nil)}, {Text: v.w.T("calendar.col.do", nil)}, {Text: v.t("col.state")}}}
	for _, d := range round.Calendar(year, h.o.Rounds.List()) {
		tag := page.Tag{Text: v.w.T("calendar.later", nil)}
		switch {
		case d.Done:
			tag = page.Tag{Text: v.w.T("calendar.done", nil), Kind: "good"}
		case !now.Before(d.Until):
			tag = page.Tag{Text: v.w.T("calendar.past", nil)}
			if d.Step == round.StepRound {
				tag.Kind = "sun"
			}
		case !now.Before(d.From):
			tag = page.Tag{Text: v.w.T("calendar.now", nil), Kind: "main"}
		}
		to := ""
		switch d.Step {
		case round.StepFrame:
			to = bodies
		case round.StepRound, round.StepGraduates:
			to = Rounds
			if d.Round != "" && d.Step == round.StepRound {
				to = Rounds + "/" + d.Round
			}
		case round.StepReport:
			if d.Round != "" {
				to = Rounds + "/" + d.Round + "/documents"
			}
		case round.StepBudget:
			to = "/office/schools/plans"
		}
		key := "calendar.step." + string(d.Step)
		g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.w.T(key, nil), Href: to}, {Text: v.w.Date(d.From) + " – " + v.w.Date(d.Until.Add(-time.Second))}, {Text: v.w.T(key+".do", nil)}, {Tag: &tag}}})
	}
	at := func(y int) page.Button {
		return page.Button{Text: institution.YearName(y), Href: Calendar + "?year=" + strconv.Itoa(y), Kind: "quiet", Small: true}
	}
	s.Blocks = []page.Block{{Grid: g}, {Small: v.w.T("calendar.mails", nil), Acts: []page.Button{at(year - 1), at(year + 1)}}}
	return v.show(http.StatusOK, s)
}
