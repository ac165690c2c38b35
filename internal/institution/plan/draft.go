package plan

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"osvitlo/internal/fault"
	"osvitlo/internal/institution"
)

// Draft is what people write of a measure.
type Draft struct {
	Title     string  `json:"title"`
	Text      string  `json:"text,omitempty"` // how and why
	Answers   Answers `json:"answers,omitzero"`
	Goal      Goal    `json:"goal,omitzero"`    // what the figure should become, in numbers
	Target    string  `json:"target,omitempty"` // the same in words, or what has no number
	Owner     string  `json:"owner,omitempty"`  // a position, not necessarily a name
	Deadline  string  `json:"deadline,omitempty"`
	Cost      *int64  `json:"cost,omitempty"` // UAH; nil: not known
	Money     Money   `json:"money,omitempty"`
	Indicator string  `json:"indicator,omitempty"`
	Status    Status  `json:"status"`
	Reason    string  `json:"reason,omitempty"` // why it was postponed
	Notes     string  `json:"notes,omitempty"`
}

func isDay(s string) bool {
	t, err := time.Parse(time.DateOnly, s)
	return err == nil && t.Year() >= 2020 && t.Year() <= 2100
}

// check names everything that is wrong with what was written; pointers are the names of
// the form's fields.
func (d *Draft) check() error {
	var faults []fault.Field
	add := func(pointer, key string, args map[string]any) {
		faults = append(faults, fault.Field{Pointer: pointer, Key: key, Args: args})
	}
	long := func(pointer, text string, most int) {
		if utf8.RuneCountInString(text) > most {
			add(pointer, "plan.long", map[string]any{"N": most})
		}
	}
	if strings.TrimSpace(d.Title) == "" {
		add("title", "plan.title", nil)
	}
	long("title", d.Title, MaxTitle)
	long("text", d.Text, MaxText)
	long("target", d.Target, MaxShort)
	long("owner", d.Owner, MaxShort)
	if d.Deadline != "" && !isDay(d.Deadline) {
		add("deadline", "plan.day", nil)
	}
	if d.Cost != nil && (*d.Cost < 0 || *d.Cost > maxCost) {
		add("cost", "plan.cost", nil)
	}
	if d.Money != "" && !slices.Contains(Moneys(), d.Money) {
		add("money", "plan.money", nil)
	}
	if d.Money == None && d.Cost != nil && *d.Cost > 0 {
		add("money", "plan.money_none", nil)
	}
	long("indicator", d.Indicator, MaxShort)
	d.checkGoal(add)
	if !slices.Contains(Statuses(), d.Status) {
		add("status", "plan.status", nil)
	}
	if d.Status == Postponed && strings.TrimSpace(d.Reason) == "" {
		add("reason", "plan.reason", nil)
	}
	long("reason", d.Reason, MaxText)
	long("notes", d.Notes, MaxText)
	if len(faults) > 0 {
		return fault.InvalidFields(faults...)
	}
	return nil
}

// differs lists what another draft changes.
func (d *Draft) differs(next *Draft) (list []Was) {
	short := func(field, from, to string) {
		if from != to {
			list = append(list, Was{Field: field, From: cut(from), To: cut(to)})
		}
	}
	long := func(field, from, to string) {
		if from != to {
			list = append(list, Was{Field: field})
		}
	}
	short("title", d.Title, next.Title)
	long("text", d.Text, next.Text)
	short("answers", d.Answers.Key(), next.Answers.Key())
	a, b := &d.Goal, &next.Goal
	short("goal_to", exact(a.To), exact(b.To))
	if a.To != nil || b.To != nil {
		short("goal_year", schoolYear(a.Year), schoolYear(b.Year))
	}
	short("goal_from", exact(a.From), exact(b.From))
	short("goal_is", exact(a.Is), exact(b.Is))
	short("goal_unit", a.Unit, b.Unit)
	short("target", d.Target, next.Target)
	short("owner", d.Owner, next.Owner)
	short("deadline", d.Deadline, next.Deadline)
	short("cost", amount(d.Cost), amount(next.Cost))
	short("money", string(d.Money), string(next.Money))
	long("indicator", d.Indicator, next.Indicator)
	short("status", string(d.Status), string(next.Status))
	long("reason", d.Reason, next.Reason)
	long("notes", d.Notes, next.Notes)
	return list
}

func cut(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// amount writes a cost for the history.
func amount(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}

func schoolYear(y int) string {
	if y == 0 {
		return ""
	}
	return institution.YearName(y)
}
