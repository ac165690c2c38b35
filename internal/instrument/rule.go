package instrument

import (
	"slices"
	"strconv"
)

// Condition asks about answers on the path so far. Exactly one test is set. A
// test on one question names Item or Respondent:
//
//	in, not_in   the chosen option (of several: any) is, or none is, in the list;
//	             the words dont_know and refused stand for those answers; both
//	             are false where nothing was answered at all
//	answered     something was answered: «не знаю», a refusal and nothing are not
//	at_least     a number, or the value of a scale's point, is at least n
//	any, all     of other conditions
type Condition struct {
	Item       string      `json:"item,omitempty"`
	Respondent string      `json:"respondent,omitempty"`
	In         []string    `json:"in,omitempty"`
	NotIn      []string    `json:"not_in,omitempty"`
	Answered   *bool       `json:"answered,omitempty"`
	AtLeast    *float64    `json:"at_least,omitempty"`
	Any        []Condition `json:"any,omitempty"`
	All        []Condition `json:"all,omitempty"`
}

// Rule is a routing declaration. Exactly one operator is set.
type Rule struct {
	ID       string    `json:"id"`
	When     Condition `json:"when"`
	Skip     []string  `json:"skip,omitempty"`      // blocks or sections left out
	GoTo     string    `json:"go_to,omitempty"`     // block or section to jump to, forward
	Require  []string  `json:"require,omitempty"`   // items that must be answered
	SwitchTo string    `json:"switch_to,omitempty"` // slug of the instrument to go on with
}

// operator is one of the closed set of things a rule may do.
type operator struct {
	name    string
	set     func(Rule) bool
	targets func(Rule) []string // blocks or sections that must lie after the question asked
	items   bool                // targets must be items
	follow  bool                // acts right after the last question asked, not at its targets
}

var operators = []operator{
	{name: "skip", set: func(r Rule) bool { return len(r.Skip) > 0 }, targets: func(r Rule) []string { return r.Skip }},
	{name: "go_to", set: func(r Rule) bool { return r.GoTo != "" }, targets: func(r Rule) []string { return []string{r.GoTo} }, follow: true},
	{name: "require", set: func(r Rule) bool { return len(r.Require) > 0 }, targets: func(r Rule) []string { return r.Require }, items: true},
	{name: "switch_to", set: func(r Rule) bool { return r.SwitchTo != "" }, targets: func(Rule) []string { return nil }, follow: true},
}

// Operators lists the names of the rule operators.
func Operators() []string {
	var names []string
	for _, o := range operators {
		names = append(names, o.name)
	}
	return names
}

// test is one of the closed set of condition tests.
type test struct {
	name string
	leaf bool // asks about one question
	set  func(Condition) bool
	true func(c Condition, seen seen) bool
}

var tests []test

func init() { // any and all call holds, which reads tests
	tests = []test{
		{"in", true, func(c Condition) bool { return c.In != nil }, func(c Condition, s seen) bool {
			return slices.ContainsFunc(s.words(c), func(w string) bool { return slices.Contains(c.In, w) })
		}},
		{"not_in", true, func(c Condition) bool { return c.NotIn != nil }, func(c Condition, s seen) bool {
			words := s.words(c)
			return len(words) > 0 && !slices.ContainsFunc(words, func(w string) bool { return slices.Contains(c.NotIn, w) })
		}},
		{"answered", true, func(c Condition) bool { return c.Answered != nil }, func(c Condition, s seen) bool {
			return s.answered(c) == *c.Answered
		}},
		{"at_least", true, func(c Condition) bool { return c.AtLeast != nil }, func(c Condition, s seen) bool {
			n, ok := s.number(c)
			return ok && n >= *c.AtLeast
		}},
		{"any", false, func(c Condition) bool { return c.Any != nil }, func(c Condition, s seen) bool {
			return slices.ContainsFunc(c.Any, func(d Condition) bool { return d.holds(s) })
		}},
		{"all", false, func(c Condition) bool { return c.All != nil }, func(c Condition, s seen) bool {
			return !slices.ContainsFunc(c.All, func(d Condition) bool { return !d.holds(s) })
		}},
	}
}

// Tests lists the names of the condition tests.
func Tests() []string {
	var names []string
	for _, t := range tests {
		names = append(names, t.name)
	}
	return names
}

func (c Condition) holds(s seen) bool {
	for _, t := range tests {
		if t.set(c) {
			return t.true(c, s)
		}
	}
	return false
}

// asks lists the block ids a condition reads.
func (c Condition) asks() []string {
	var ids []string
	if c.Item != "" {
		ids = append(ids, c.Item)
	}
	if c.Respondent != "" {
		ids = append(ids, c.Respondent)
	}
	for _, d := range append(slices.Clone(c.Any), c.All...) {
		ids = append(ids, d.asks()...)
	}
	return ids
}

// seen is what conditions may know: the answers of blocks on the path so far.
type seen struct {
	in         *Instrument
	answers    Answers
	respondent Respondent
	on         []bool // by block
}

func (s seen) visited(id string) bool {
	i, ok := s.in.at[id]
	return ok && s.on[i]
}

// words are the option ids chosen, or the words for «не знаю» and a refusal.
func (s seen) words(c Condition) []string {
	if c.Respondent != "" {
		if v := s.respondent[c.Respondent]; v != "" && s.visited(c.Respondent) {
			return []string{v}
		}
		return nil
	}
	if !s.visited(c.Item) {
		return nil
	}
	switch v := s.answers[c.Item]; v.kind {
	case kindWord:
		return []string{v.word}
	case kindList:
		return v.list
	case kindDontKnow:
		return []string{wordDontKnow}
	case kindRefused:
		return []string{wordRefused}
	}
	return nil
}

func (s seen) answered(c Condition) bool {
	if c.Respondent != "" {
		v := s.respondent[c.Respondent]
		return s.visited(c.Respondent) && v != "" && v != wordRefused
	}
	return s.visited(c.Item) && s.answers[c.Item].Answered()
}

func (s seen) number(c Condition) (float64, bool) {
	if !s.visited(c.Item) {
		return 0, false
	}
	v := s.answers[c.Item]
	if n, ok := v.Num(); ok {
		return n, true
	}
	if it := s.in.byID[c.Item]; it != nil && v.kind == kindWord {
		if o, ok := it.Option(v.word); ok && o.Value != nil {
			return float64(*o.Value), true
		}
	}
	return 0, false
}

// placedRule is a rule with its operator and places in the instrument.
type placedRule struct {
	Rule
	op      string
	anchor  int      // index of the last block it asks about
	targets [][2]int // spans of blocks
}

// place checks the rules and finds their places: forward only, so no loops.
func (in *Instrument) place(r *Report) {
	in.placed = nil
	ids := map[string]bool{}
	for i, rule := range in.Rules {
		at := "/rules/" + strconv.Itoa(i)
		if ids[rule.ID] {
			r.Error(at+"/id", "rule-twice", "rule "+quote(rule.ID)+" stands twice", "give it another id")
		}
		ids[rule.ID] = true
		var op *operator
		set := 0
		for k := range operators {
			if operators[k].set(rule) {
				op = &operators[k]
				set++
			}
		}
		if set != 1 {
			r.Error(at, "rule-operator", "rule "+quote(rule.ID)+" must do exactly one thing",
				"write one of skip, go_to, require, switch_to")
			continue
		}
		p := placedRule{Rule: rule, op: op.name, anchor: in.placeCondition(rule.When, at+"/when", r)}
		if p.anchor < 0 {
			continue
		}
		ok := true
		for _, t := range op.targets(rule) {
			span, known := in.span(t)
			switch {
			case !known:
				r.Error(at+"/"+op.name, "rule-target", "rule "+quote(rule.ID)+" names "+quote(t)+", which is not in this instrument",
					"use the id of a block or a section")
				ok = false
			case span[0] <= p.anchor:
				r.Error(at+"/"+op.name, "rule-backward", "rule "+quote(rule.ID)+" leads back to "+quote(t)+": rules go forward only",
					"name something after "+quote(in.flat[p.anchor].Block.ID()))
				ok = false
			case op.items && in.byID[t] == nil:
				r.Error(at+"/"+op.name, "rule-target", quote(t)+" is not an item and cannot be required", "name an item")
				ok = false
			case op.items && in.byID[t].Scored():
				r.Error(at+"/"+op.name, "rule-require-knowledge", quote(t)+" is a knowledge item, which is never required",
					"remove it from require")
				ok = false
			}
			p.targets = append(p.targets, span)
		}
		if ok {
			in.placed = append(in.placed, p)
		}
	}
}

func (in *Instrument) span(id string) ([2]int, bool) {
	if i, ok := in.at[id]; ok {
		return [2]int{i, i + 1}, true
	}
	s, ok := in.spans[id]
	return s, ok && s[0] < s[1]
}

// maxDepth bounds conditions inside conditions.
const maxDepth = 8

// placeCondition checks a condition and returns the index of the last block it
// asks about, or -1 after an error.
func (in *Instrument) placeCondition(c Condition, at string, r *Report) int {
	return in.placeNested(c, at, r, 0)
}

func (in *Instrument) placeNested(c Condition, at string, r *Report, depth int) int {
	if depth > maxDepth {
		r.Error(at, "condition-deep", "conditions are nested too deep", "write two rules")
		return -1
	}
	var found []test
	for _, t := range tests {
		if t.set(c) {
			found = append(found, t)
		}
	}
	if len(found) != 1 {
		r.Error(at, "condition-test", "a condition must have exactly one test", "write one of in, not_in, answered, at_least, any, all")
		return -1
	}
	if !found[0].leaf {
		if c.Item != "" || c.Respondent != "" {
			r.Error(at, "condition-question", found[0].name+" joins conditions and asks no question itself", "move item or respondent inside")
			return -1
		}
		last := -1
		for i, d := range append(slices.Clone(c.Any), c.All...) {
			n := in.placeNested(d, at+"/"+found[0].name+"/"+strconv.Itoa(i), r, depth+1)
			if n < 0 {
				return -1
			}
			last = max(last, n)
		}
		return last
	}
	if (c.Item == "") == (c.Respondent == "") {
		r.Error(at, "condition-question", "a condition asks about exactly one question", "write item: or respondent:")
		return -1
	}
	id := c.Item + c.Respondent
	i, ok := in.at[id]
	if !ok || (c.Item != "") != (in.flat[i].Item != nil) {
		r.Error(at, "condition-unknown", "the condition asks about "+quote(id)+", which is not in this instrument",
			"correct the name or add the block")
		return -1
	}
	return in.placeWords(c, at, in.flat[i], i, r)
}

// placeWords checks that the words of a leaf condition can be answered at all.
func (in *Instrument) placeWords(c Condition, at string, step Step, i int, r *Report) int {
	options := []Option(nil)
	if step.Item != nil {
		options = step.Item.Options
	} else {
		options = step.Question.Options
	}
	for _, w := range append(slices.Clone(c.In), c.NotIn...) {
		if _, known := option(options, w); !known && w != wordRefused && w != wordDontKnow {
			r.Error(at, "condition-option", quote(w)+" is not an option of "+quote(step.Block.ID()), "use one of its option ids")
			return -1
		}
	}
	if c.AtLeast != nil && (step.Item == nil || (step.Item.Type != Number && step.Item.Type != Scale)) {
		r.Error(at, "condition-number", quote(step.Block.ID())+" is neither a number nor a scale", "use in instead of at_least")
		return -1
	}
	return i
}
