package framework

import (
	"slices"
	"strconv"

	"osvitlo/internal/i18n"
)

// Finding is one error in a framework file, with a JSON pointer into it.
type Finding struct{ Rule, Pointer, Message, Fix string }

// Covered is how many competences of DigComp 2.2 the crosswalk must cover.
const Covered = 21

// Lint reports what a schema cannot say about a framework by itself.
func (f *Framework) Lint() []Finding {
	var out []Finding
	add := func(pointer, rule, message, fix string) { out = append(out, Finding{rule, pointer, message, fix}) }
	seen := map[string]bool{}
	once := func(pointer, id string) {
		if seen[id] {
			add(pointer+"/id", "framework-twice", "«"+id+"» stands twice", "give it its own id")
		}
		seen[id] = true
	}
	for i, a := range f.Areas {
		at := "/areas/" + strconv.Itoa(i)
		once(at, a.ID)
		for j, c := range a.Competences {
			where := at + "/competences/" + strconv.Itoa(j)
			once(where, c.ID)
			if c.Number == "" || len(c.Number) < len(a.Number)+1 || c.Number[:len(a.Number)+1] != a.Number+"." {
				add(where+"/number", "framework-number", "competence «"+c.Number+"» does not belong to area «"+a.Number+"»", "correct the number or move it")
			}
		}
	}
	last := 0
	for i, l := range f.Levels {
		at := "/levels/" + strconv.Itoa(i)
		if l.Order <= last {
			add(at+"/order", "level-order", "level «"+l.ID+"» does not stand above the one before it", "order levels from the lowest, order: 1, 2, …")
		}
		last = l.Order
	}
	return out
}

// LintMaps checks that what a framework points to exists. known tells an entry of
// another framework; a framework that is not loaded is reported once per entry.
func (f *Framework) LintMaps(known func(framework, id string) bool) []Finding {
	var out []Finding
	check := func(at string, maps []Map) {
		for i, m := range maps {
			if !known(m.Framework, m.ID) {
				out = append(out, Finding{"map-unknown", at + "/maps/" + strconv.Itoa(i),
					"«" + m.ID + "» is not in framework «" + m.Framework + "»", "correct the id"})
			}
		}
	}
	for i, a := range f.Areas {
		check("/areas/"+strconv.Itoa(i), a.Maps)
		for j, c := range a.Competences {
			check("/areas/"+strconv.Itoa(i)+"/competences/"+strconv.Itoa(j), c.Maps)
		}
	}
	for i, l := range f.Levels {
		check("/levels/"+strconv.Itoa(i), l.Maps)
	}
	return out
}

// Lint checks a crosswalk: every competence of ours has one row, every competence
// of DigComp 2.2 stands exactly once in an exact or broad row, and all exist.
func (c *Crosswalk) Lint(ours, digcomp22, digcomp30 *Framework) []Finding {
	var out []Finding
	add := func(pointer, rule, message, fix string) { out = append(out, Finding{rule, pointer, message, fix}) }
	rows, cover := map[string]bool{}, map[string]int{}
	for i, r := range c.Rows {
		at := "/rows/" + strconv.Itoa(i)
		if _, err := ours.Competence(r.UA); err != nil {
			add(at+"/ua", "crosswalk-unknown", "«"+r.UA+"» is not a competence of "+ours.ID, "correct the id")
		}
		if rows[r.UA] {
			add(at+"/ua", "crosswalk-twice", "«"+r.UA+"» has two rows", "join them")
		}
		rows[r.UA] = true
		for _, id := range r.DigComp22 {
			if _, err := digcomp22.Competence(id); err != nil {
				add(at+"/digcomp22", "crosswalk-unknown", "«"+id+"» is not a competence of "+digcomp22.ID, "correct the number")
				continue
			}
			if r.Relation == Exact || r.Relation == Broad {
				if cover[id]++; cover[id] > 1 {
					add(at+"/digcomp22", "crosswalk-cover", "DigComp 2.2 «"+id+"» is covered twice", "make one of the rows an extension")
				}
			}
		}
		for _, id := range r.DigComp30 {
			if _, err := digcomp30.Competence(id); err != nil {
				add(at+"/digcomp30", "crosswalk-unknown", "«"+id+"» is not a competence of "+digcomp30.ID, "correct the number")
			}
		}
		if (r.Relation == Exact || r.Relation == Broad) && len(r.DigComp22) == 0 {
			add(at+"/relation", "crosswalk-relation", "an "+string(r.Relation)+" row covers nothing", "name a number, or use extension")
		}
	}
	for _, k := range ours.Competences() {
		if !rows[k.ID] {
			add("/rows", "crosswalk-missing", "«"+k.ID+"» has no row", "add a row, with an empty list if it has no number")
		}
	}
	for _, k := range digcomp22.Competences() {
		if cover[k.ID] == 0 {
			add("/rows", "crosswalk-cover", "DigComp 2.2 «"+k.ID+"» is not covered", "add it to an exact or broad row")
		}
	}
	if n := len(digcomp22.Competences()); n != Covered {
		add("/frameworks", "crosswalk-size", "DigComp 2.2 has "+strconv.Itoa(Covered)+" competences, the file has "+strconv.Itoa(n), "correct digcomp-2.2.yaml")
	}
	return out
}

// Lint checks an indicator: thresholds ascend, lists are as long as said, levels
// ascend. options lists the option ids of an item, nil if there is no such item.
func (x *Indicator) Lint(options func(item string) []string) []Finding {
	var out []Finding
	add := func(pointer, rule, message, fix string) { out = append(out, Finding{rule, pointer, message, fix}) }
	for i, a := range x.Areas {
		at := "/areas/" + strconv.Itoa(i)
		if a.Basic < 1 || a.Above <= a.Basic || a.Above > a.Activities {
			add(at, "thresholds", "the thresholds of «"+a.ID+"» do not ascend: basic "+strconv.Itoa(a.Basic)+", above "+strconv.Itoa(a.Above)+
				" of "+strconv.Itoa(a.Activities), "0 < basic < above ≤ activities")
		}
		if len(a.List) != a.Activities {
			add(at+"/list", "activities", "«"+a.ID+"» lists "+strconv.Itoa(len(a.List))+" activities, "+strconv.Itoa(a.Activities)+" are said", "correct one of them")
		}
		ids := options(a.Item)
		if ids == nil {
			add(at+"/item", "indicator-item", "there is no multiple item «"+a.Item+"»", "write it, or correct the name")
			continue
		}
		for j, act := range a.List {
			if !slices.Contains(ids, act.ID) {
				add(at+"/list/"+strconv.Itoa(j), "indicator-option", "«"+act.ID+"» is not an option of «"+a.Item+"»", "correct the id")
			}
		}
	}
	return out
}

// Texts lists every human text with its pointer, for checks of language.
func (f *Framework) Texts(each func(pointer string, t i18n.Text)) {
	each("/title", f.Title)
	each("/note", f.Note)
	for i, a := range f.Areas {
		at := "/areas/" + strconv.Itoa(i)
		each(at+"/title", a.Title)
		for j, c := range a.Competences {
			each(at+"/competences/"+strconv.Itoa(j)+"/title", c.Title)
		}
	}
	for i, l := range f.Levels {
		each("/levels/"+strconv.Itoa(i)+"/title", l.Title)
		each("/levels/"+strconv.Itoa(i)+"/describe", l.Describe)
	}
}
