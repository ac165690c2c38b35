package cityindex

import (
	"osvitlo/internal/weighting"
)

// Reasons why a figure is not given. The word goes into the open data beside
// the null, the code lets a program tell them apart.
const (
	ReasonTooFew     = "too_few"    // under 100 weighted people, or an empty class
	ReasonSmall      = "small"      // under 10 people behind this figure
	ReasonComplement = "complement" // held back so that a small one cannot be computed
	ReasonImprecise  = "imprecise"  // 95 % half-width over 5 points
	ReasonJoined     = "joined"     // reported together with a neighbouring group
	ReasonNobody     = "nobody"     // nobody in this group
	ReasonDominated  = "dominated"  // one answer would carry half of the figure
	ReasonNoRelease  = "no_release" // nothing has been released yet
	ReasonOneMode    = "one_mode"   // everybody answered in one way
	ReasonNotLinked  = "not_linked" // too few common items with the reference form
	ReasonFirst      = "first"      // no earlier wave to compare with
	ReasonMethod     = "method"     // the way of counting has changed
	ReasonBasic      = "basic"      // the rule of "at least basic" has changed
	ReasonOneGroup   = "one_group"  // all answers fall into one group
	ReasonMoved      = "moved"      // a group moved by fewer than 10 people since the former release
	ReasonLeft       = "not_given"  // one of the two figures is not published
	reasonTooFewText = "замало відповідей"
)

var reasonTexts = map[string]string{
	ReasonTooFew:     reasonTooFewText,
	ReasonSmall:      "приховано, щоб нікого не можна було впізнати",
	ReasonComplement: "приховано, щоб не можна було обчислити малу групу",
	ReasonImprecise:  "замало відповідей для точного показника",
	ReasonJoined:     "показано разом із сусідньою групою",
	ReasonNobody:     "немає відповідей",
	ReasonDominated:  "одна відповідь важила б забагато",
	ReasonNoRelease:  "ще немає випуску",
	ReasonOneMode:    "усі відповідали одним способом",
	ReasonNotLinked:  "завдань, спільних із взірцевою формою, замало, тому хвилі не порівнюємо",
	ReasonFirst:      "це перша хвиля",
	ReasonMethod:     "змінився спосіб обчислення",
	ReasonBasic:      "змінилося правило базового рівня",
	ReasonOneGroup:   "усі відповіді в одній групі",
	ReasonMoved:      "якась група змінилася менше ніж на 10 людей, чинна таблиця попереднього випуску",
	ReasonLeft:       "одного з двох показників немає",
}

// Mean is a mean score, 0 to 100. Value and its error are null together, with a reason.
type Mean struct {
	Value      *float64 `json:"value"`
	SE         *float64 `json:"se"`
	Low        *float64 `json:"low"`
	High       *float64 `json:"high"`
	N          *int64   `json:"n"` // null in the running figure and where it is held back
	NEffective *float64 `json:"n_effective,omitempty"`
	Reason     string   `json:"reason,omitempty"`
	ReasonCode string   `json:"reason_code,omitempty"`
}

// Share is a share of people, 0 to 1.
type Share struct {
	Share      *float64 `json:"share"`
	SE         *float64 `json:"se"`
	Low        *float64 `json:"low"`
	High       *float64 `json:"high"`
	N          *int64   `json:"n"`
	Interval   string   `json:"interval,omitempty"` // logit or beta
	Reason     string   `json:"reason,omitempty"`
	ReasonCode string   `json:"reason_code,omitempty"`
}

// Group is one row of a breakdown. Suppressed rows carry neither figure nor n.
type Group struct {
	ID string `json:"id"`
	Mean
	Suppressed bool `json:"suppressed"`
	// Includes lists the ages a joined group stands for.
	Includes []string `json:"includes,omitempty"`
	// AtLeastBasic is rounded to whole percent on purpose: unrounded it would
	// give away how many people of each class reached the level. In the breakdown
	// "age_basic" ages are joined until it can be given for all of them.
	AtLeastBasic *Share `json:"at_least_basic,omitempty"`
}

// LevelShare is the share of a level among those tested.
type LevelShare struct {
	ID string `json:"id"`
	Share
	Suppressed bool `json:"suppressed"`
}

// Alerts beside the index.
const (
	AlertBlank  = "unweightable_over_5_percent" // over 5 % of the rows have no sex or age (CONTRACT §5)
	AlertUneven = "weights_uneven"              // Kish's design effect of the weights is over 2 (METHOD §4)
)

func alertsOf(n, unweightable int64, deff *float64) (out []string) {
	if n >= weighting.MinWeighted && float64(unweightable) > blankAlert*float64(n) {
		out = append(out, AlertBlank)
	}
	if deff != nil && *deff > weighting.KishAlert {
		out = append(out, AlertUneven)
	}
	return out
}

// blankAlert is the share of rows without sex or age that is an alert.
const blankAlert = 0.05

func ptr[T any](v T) *T { return &v }

func meanOf(e weighting.Estimate) Mean {
	return Mean{Value: ptr(e.Value), SE: ptr(e.SE), Low: ptr(e.Low), High: ptr(e.High), N: ptr(e.N), NEffective: ptr(e.Neff)}
}

func shareOf(e weighting.Estimate) Share {
	return Share{Share: ptr(e.Value), SE: ptr(e.SE), Low: ptr(e.Low), High: ptr(e.High), N: ptr(e.N), Interval: string(e.Kind)}
}

func noMean(code string) Mean   { return Mean{ReasonCode: code, Reason: reasonTexts[code]} }
func noShare(code string) Share { return Share{ReasonCode: code, Reason: reasonTexts[code]} }
