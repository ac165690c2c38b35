package content

import (
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"osvitlo/internal/framework"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

// decodeItem reads an item from plain values.
func decodeItem(v any, competence string) (*instrument.Item, error) {
	raw, err := marshal(v)
	if err != nil {
		return nil, err
	}
	return instrument.DecodeItem(raw, competence)
}

// OurFramework is the framework that areas and competences of items belong to.
const OurFramework = "ua-citizens-2021"

// check reports what only the whole shows.
func (c *loader) check() {
	ours, err := c.lib.Framework(OurFramework)
	if err != nil {
		c.absent("frameworks/"+OurFramework+".yaml", "framework-missing", "the framework is missing")
		ours = nil
	}
	c.checkFrameworks(ours)
	c.checkItems(ours)
	c.checkInstruments(ours)
	if ours != nil {
		c.checkAdvice(ours)
		c.checkCourses(ours)
	}
}

// absent reports a file that must be there, unless it is there and broken, which
// was reported at its line.
func (c *loader) absent(file, rule, message string) {
	if !c.broken[file] {
		c.add(file, 1, instrument.Error, rule, message, "write the file")
	}
}

func (c *loader) checkFrameworks(ours *framework.Framework) {
	lib := c.lib
	known := func(id, entry string) bool {
		f, err := lib.Framework(id)
		if err != nil {
			return c.broken["frameworks/"+id+".yaml"] // reported at its own line
		}
		_, noArea := f.Area(entry)
		_, noCompetence := f.Competence(entry)
		_, noLevel := f.Level(entry)
		return noArea == nil || noCompetence == nil || noLevel == nil
	}
	for _, f := range lib.frameworks {
		for _, x := range append(f.Lint(), f.LintMaps(known)...) {
			c.at(f, x.Pointer, instrument.Error, x.Rule, x.Message, x.Fix)
		}
		f.Texts(func(pointer string, t i18n.Text) { c.text(f, pointer, t) })
	}
	d22, err22 := lib.Framework("digcomp-2.2")
	d30, err30 := lib.Framework("digcomp-3.0")
	if err22 != nil {
		c.absent("frameworks/digcomp-2.2.yaml", "framework-missing", "the framework is missing")
	}
	if err30 != nil {
		c.absent("frameworks/digcomp-3.0.yaml", "framework-missing", "the framework is missing")
	}
	switch {
	case lib.crosswalk == nil:
		c.absent("frameworks/crosswalk.yaml", "crosswalk-absent", "the crosswalk is missing")
	case ours != nil && err22 == nil && err30 == nil:
		for _, x := range lib.crosswalk.Lint(ours, d22, d30) {
			c.at(lib.crosswalk, x.Pointer, instrument.Error, x.Rule, x.Message, x.Fix)
		}
	}
	if lib.indicator != nil {
		for _, x := range lib.indicator.Lint(c.optionsOf) {
			c.at(lib.indicator, x.Pointer, instrument.Error, x.Rule, x.Message, x.Fix)
		}
	}
}

// optionsOf lists the option ids of a multiple item, nil if there is none.
func (c *loader) optionsOf(id string) []string {
	it, err := c.lib.Item(id)
	if err != nil || it.Type != instrument.Multiple {
		return nil
	}
	ids := make([]string, len(it.Options))
	for i, o := range it.Options {
		ids[i] = o.ID
	}
	return ids
}

func (c *loader) checkItems(ours *framework.Framework) {
	unreviewed := 0
	used := map[string]bool{}
	for _, versions := range c.lib.instruments {
		for _, in := range versions {
			for _, it := range in.Items() {
				used[it.ID] = true
			}
		}
	}
	for _, id := range sortedKeys(c.lib.items) {
		for _, it := range c.lib.items[id] {
			c.checkCompetence(it, ours)
			for i, g := range it.Glossary {
				if _, err := c.lib.Term(g); err != nil {
					c.at(it, "/glossary/"+strconv.Itoa(i), instrument.Error, "term-unknown", "«"+g+"» is not in the glossary", "add it to glossary.yaml or remove it here")
				}
			}
			if it.Picture != nil {
				if _, err := fs.Stat(c.fsys, "media/"+it.Picture.Media); err != nil {
					c.at(it, "/picture/media", instrument.Error, "picture-missing", "there is no content/media/"+it.Picture.Media, "draw it or remove picture")
				}
			}
			c.checkEnemies(it)
			if !it.Reviewed() {
				unreviewed++
			}
			if !used[it.ID] && !(c.lib.adaptive() && it.Scored()) { // an adaptive test chooses from all of them
				c.at(it, "", instrument.Note, "item-unused", "«"+it.ID+"» is in no instrument", "use it, or keep it for later")
			}
		}
	}
	if unreviewed > 0 {
		c.add("items", 1, instrument.Note, "unreviewed", strconv.Itoa(unreviewed)+" items are unreviewed: «людина ще не перевірила»",
			"a named person reads them and signs reviews:")
	}
}

func (c *loader) checkInstruments(ours *framework.Framework) {
	for _, slug := range sortedKeys(c.lib.instruments) {
		versions := c.lib.instruments[slug]
		for i, in := range versions {
			if i < len(versions)-1 && in.Retired == "" {
				c.at(in, "/version", instrument.Error, "version-retired", in.Name()+" has a newer version and no day of retirement", "add retired: \"YYYY-MM-DD\"")
			}
			c.checkInstrument(in, ours)
		}
		c.checkSpread(versions[len(versions)-1])
	}
}

func (c *loader) checkInstrument(in *instrument.Instrument, ours *framework.Framework) {
	if in.Minutes.From > in.Minutes.To {
		c.at(in, "/minutes", instrument.Error, "minutes", "minutes from is larger than to", "swap them")
	}
	if in.Framework != "" {
		if _, err := c.lib.Framework(in.Framework); err != nil && !c.broken["frameworks/"+in.Framework+".yaml"] {
			c.at(in, "/framework", instrument.Error, "framework-unknown", "there is no framework «"+in.Framework+"»", "use "+OurFramework)
		}
	}
	for i, r := range in.Rules {
		if r.SwitchTo == "" {
			continue
		}
		pointer := "/rules/" + strconv.Itoa(i) + "/switch_to"
		if r.SwitchTo == in.Slug {
			c.at(in, pointer, instrument.Error, "rule-switch", "rule «"+r.ID+"» switches to its own instrument", "name another one")
		} else if to, err := c.lib.Current(r.SwitchTo); err != nil {
			if c.brokenSlugs[r.SwitchTo] {
				continue
			}
			c.at(in, pointer, instrument.Error, "rule-switch", "there is no instrument «"+r.SwitchTo+"»", "correct the slug")
		} else if slices.ContainsFunc(to.Rules, func(x instrument.Rule) bool { return x.SwitchTo != "" }) {
			c.at(in, pointer, instrument.Error, "rule-switch", "«"+r.SwitchTo+"» switches on to another instrument: a person could go in circles",
				"switch only to an instrument without switch_to")
		}
	}
	c.findings(in, in.Reach())
	c.checkLadders(in)
	switch in.Role {
	case instrument.RoleTest:
		c.checkTest(in, ours)
	default:
		if in.StopAfter != "" {
			c.at(in, "/stop_after", instrument.Error, "stop-after", "only a test has an honest stop", "remove stop_after")
		}
		for _, it := range in.Items() {
			if it.Scored() && in.Role != instrument.RoleRound {
				c.at(in, "", instrument.Error, "role-knowledge", "«"+it.ID+"» measures knowledge, but "+in.Slug+" is not a test", "move the item to a test")
			}
		}
	}
}

// FullTest is the slug of the test that holds one item per competence.
const FullTest = "resident-test"

func (c *loader) checkTest(in *instrument.Instrument, ours *framework.Framework) {
	if in.StopAfter != "" {
		if _, ok := in.Section(in.StopAfter); !ok {
			c.at(in, "/stop_after", instrument.Error, "stop-after", "there is no section «"+in.StopAfter+"»", "name a section")
			return
		}
	}
	if in.Slug != FullTest || ours == nil {
		return
	}
	count := map[string][]string{}
	first := map[string]int{}
	for _, it := range in.Items() {
		if !it.Scored() {
			continue
		}
		count[it.Competence] = append(count[it.Competence], it.ID)
		if in.StopAfter != "" && in.InFirst(it.ID) {
			area, _, _ := strings.Cut(it.Competence, ".")
			first[area]++
		}
	}
	for _, k := range ours.Competences() {
		switch n := len(count[k.ID]); {
		case n == 0:
			c.at(in, "/sections", instrument.Error, "coverage", "no item measures «"+k.ID+"»", "add one: the test covers each competence once")
		case n > 1:
			c.at(in, "/sections", instrument.Error, "coverage", "«"+k.ID+"» is measured "+strconv.Itoa(n)+" times: "+strings.Join(count[k.ID], ", "), "keep one")
		}
	}
	if in.StopAfter == "" {
		c.at(in, "", instrument.Error, "stop-after", "the test has no honest stop", "add stop_after:")
		return
	}
	for _, a := range ours.Areas {
		if first[a.ID] != 2 {
			c.at(in, "/stop_after", instrument.Error, "first-half", "area «"+a.ID+"» has "+strconv.Itoa(first[a.ID])+" items before the stop, wanted 2",
				"move items between the halves")
		}
	}
	c.checkOrder(in)
}

// checkOrder warns where the test does not go from easy to hard (USERS 6).
func (c *loader) checkOrder(in *instrument.Instrument) {
	var halves [2][]float64
	n := 0
	for _, it := range in.Items() {
		if !it.Scored() {
			continue
		}
		if n++; n <= 3 && it.Level != "A1" && it.Level != "" {
			c.at(it, "/level", instrument.Warning, "first-three", "one of the first three items is "+it.Level, "begin with what anybody can solve: A1")
		}
		half := 1
		if in.InFirst(it.ID) {
			half = 0
		}
		halves[half] = append(halves[half], it.Difficulty)
	}
	if len(halves[0]) == 0 || len(halves[1]) == 0 {
		return
	}
	if mean(halves[0]) >= mean(halves[1]) {
		c.at(in, "/sections", instrument.Error, "easy-first", "the first half is not easier than the second", "move easy items first")
	}
	for h, list := range halves {
		for i := 1; i < len(list); i++ {
			if list[i] < list[i-1]-0.6 {
				c.at(in, "/sections", instrument.Warning, "easy-first", "half "+strconv.Itoa(h+1)+": item "+strconv.Itoa(i+1)+" is much easier than the one before it",
					"order each half from easy to hard")
			}
		}
	}
}

func mean(list []float64) float64 {
	var sum float64
	for _, x := range list {
		sum += x
	}
	return sum / float64(len(list))
}

// checkSpread warns if right answers gather at one place in the file, which
// matters where options do not move (paper, spot) and betrays the writer's habit.
func (c *loader) checkSpread(in *instrument.Instrument) {
	places, total, options := map[int]int{}, 0, 0
	for _, it := range in.Items() {
		if it.Type != instrument.Single || !it.Scored() || len(it.Key.IDs) != 1 {
			continue
		}
		total++
		options += len(it.Options)
		places[slices.IndexFunc(it.Options, func(o instrument.Option) bool { return o.ID == it.Key.IDs[0] })]++
	}
	for i := range 10 {
		// a third above what chance gives
		if total >= 8 && float64(places[i])/float64(total) > float64(total)/float64(options)+1.0/3 {
			c.at(in, "", instrument.Warning, "key-spread", strconv.Itoa(places[i])+" of "+strconv.Itoa(total)+" single items have the right option at place "+strconv.Itoa(i+1),
				"spread the right options: on paper they do not move")
		}
	}
}

func (c *loader) checkAdvice(ours *framework.Framework) {
	if len(c.lib.advice) == 0 {
		return
	}
	for _, a := range ours.Areas {
		broken := c.broken["advice/"+a.ID+".yaml"]
		for _, g := range []Group{Start, Middle, Strong} {
			if _, err := c.lib.Advice(a.ID, g); err != nil && !broken {
				c.add("advice/"+a.ID+".yaml", 1, instrument.Error, "advice-missing", "«"+a.ID+"» has no advice for «"+string(g)+"»", "write a page with group: "+string(g))
			}
		}
	}
	unreviewed := 0
	for _, a := range c.lib.advice {
		if !a.Reviewed() {
			unreviewed++
		}
	}
	if unreviewed > 0 {
		c.add("advice", 1, instrument.Note, "unreviewed", strconv.Itoa(unreviewed)+" advice pages are unreviewed: «людина ще не перевірила»",
			"a named person reads them and signs reviews:")
	}
}
