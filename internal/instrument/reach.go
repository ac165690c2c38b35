package instrument

import (
	"slices"
	"strconv"
)

// Reach reports blocks that no answer can lead to: those a rule always skips or
// jumps over. A block is reachable if, for every rule that can take it off the
// path, some answer makes the rule's condition false. It is a sound warning for
// single rules; rules that exclude each other only together are not seen.
func (in *Instrument) Reach() []Finding {
	r := &Report{}
	for _, p := range in.placed {
		if !in.always(p.When) {
			continue
		}
		at := "/rules"
		for i, rule := range in.Rules {
			if rule.ID == p.ID {
				at += "/" + strconv.Itoa(i)
			}
		}
		switch p.op {
		case "skip":
			r.Error(at, "unreachable", "rule "+quote(p.ID)+" always fires: nobody can reach what it skips", "leave an answer for which it does not fire")
		case "go_to":
			if p.targets[0][0] > p.anchor+1 {
				r.Error(at, "unreachable", "rule "+quote(p.ID)+" always fires: nobody can reach what it jumps over", "leave an answer for which it does not fire")
			}
		case "switch_to":
			r.Error(at, "unreachable", "rule "+quote(p.ID)+" always fires: nobody can go on in this instrument", "leave an answer for which it does not fire")
		}
	}
	return r.Findings
}

// always tells whether a condition holds for every possible answer, given one.
func (in *Instrument) always(c Condition) bool {
	switch {
	case c.All != nil:
		for _, d := range c.All {
			if !in.always(d) {
				return false
			}
		}
		return true
	case c.Any != nil:
		if answeredEitherWay(c.Any) {
			return true
		}
		for _, d := range c.Any {
			if in.always(d) {
				return true
			}
		}
		return false
	case c.In != nil || c.NotIn != nil:
		for _, w := range in.words(c) {
			if slices.Contains(c.In, w) != (c.In != nil) || slices.Contains(c.NotIn, w) {
				return false
			}
		}
		return true
	case c.AtLeast != nil:
		it := in.byID[c.Item]
		if it == nil {
			return false
		}
		if it.Type == Scale && len(it.Options) > 0 && it.Options[0].Value != nil {
			return float64(*it.Options[0].Value) >= *c.AtLeast
		}
		return it.Min != nil && *it.Min >= *c.AtLeast
	}
	return false
}

// words lists what may be answered to the question of a leaf condition.
func (in *Instrument) words(c Condition) []string {
	var options []Option
	refuse, know := false, false
	if it := in.byID[c.Item]; it != nil {
		options, refuse, know = it.Options, it.Refuse, it.DontKnow
	} else if i, ok := in.at[c.Respondent]; ok && in.flat[i].Question != nil {
		options, refuse = in.flat[i].Question.Options, in.flat[i].Question.Refuse
	}
	var out []string
	for _, o := range options {
		out = append(out, o.ID)
	}
	if refuse {
		out = append(out, wordRefused)
	}
	if know {
		out = append(out, wordDontKnow)
	}
	return out
}

// answeredEitherWay tells whether conditions hold both answered: true and false of one question.
func answeredEitherWay(list []Condition) bool {
	said := map[string][2]bool{}
	for _, c := range list {
		if c.Answered == nil {
			continue
		}
		both := said[c.Item+"|"+c.Respondent]
		if *c.Answered {
			both[0] = true
		} else {
			both[1] = true
		}
		if both[0] && both[1] {
			return true
		}
		said[c.Item+"|"+c.Respondent] = both
	}
	return false
}
