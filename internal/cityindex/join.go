package cityindex

import (
	"slices"
	"strings"

	"osvitlo/internal/sitting"
)

// ageGroup is a run of neighbouring ages of the seven that are taken as one.
type ageGroup []int

// id joins the ends of a run: 14-17 and 18-29 make 14-29, with the oldest age 60+.
func (g ageGroup) id() string {
	first, last := string(sitting.AgeGroups[g[0]]), string(sitting.AgeGroups[g[len(g)-1]])
	if len(g) == 1 {
		return first
	}
	from, _, _ := strings.Cut(first, "-")
	if strings.HasSuffix(last, "+") {
		return from + "+"
	}
	_, to, _ := strings.Cut(last, "-")
	return from + "-" + to
}

// joinAges joins ages until every group is safe, as the map of the margins says:
// the youngest group that is not safe takes in the first neighbour its ages
// name; joined groups are looked at anew. It returns ok false when even all
// ages together are not safe. Groups come in the order of age.
func joinAges(rules []JoinRule, safe func(ageGroup) bool) (groups []ageGroup, ok bool) {
	for a := range ages {
		groups = append(groups, ageGroup{a})
	}
	for {
		at := slices.IndexFunc(groups, func(g ageGroup) bool { return !safe(g) })
		if at < 0 {
			return groups, true
		}
		to := neighbour(rules, groups, at)
		if to < 0 {
			return groups, false
		}
		lo, hi := min(at, to), max(at, to)
		var joined ageGroup
		for _, g := range groups[lo : hi+1] { // what lies between goes along
			joined = append(joined, g...)
		}
		slices.Sort(joined)
		groups = slices.Replace(groups, lo, hi+1, joined)
	}
}

// neighbour finds the group to join with: by the rules of the group's ages, and
// where they name none outside it, the next younger or older group.
func neighbour(rules []JoinRule, groups []ageGroup, at int) int {
	for _, a := range groups[at] {
		for _, r := range rules {
			if r.Age != string(sitting.AgeGroups[a]) {
				continue
			}
			for _, with := range r.With {
				w := slices.Index(sitting.AgeGroups, sitting.AgeGroup(with))
				if i := slices.IndexFunc(groups, func(g ageGroup) bool { return slices.Contains(g, w) }); i >= 0 && i != at {
					return i
				}
			}
		}
	}
	switch {
	case at > 0:
		return at - 1
	case len(groups) > 1:
		return 1
	}
	return -1
}

// common merges the groups of several sexes into groups that no sex cuts
// through, so that a figure by age never splits a joined class.
func common(perSex ...[]ageGroup) []ageGroup {
	next := [ages]bool{} // age a belongs together with age a+1
	for _, groups := range perSex {
		for _, g := range groups {
			for _, a := range g[:len(g)-1] {
				next[a] = true
			}
		}
	}
	var out []ageGroup
	for a := range ages {
		if a > 0 && next[a-1] {
			out[len(out)-1] = append(out[len(out)-1], a)
			continue
		}
		out = append(out, ageGroup{a})
	}
	return out
}
