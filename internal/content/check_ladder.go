package content

import (
	"strconv"
	"strings"

	"osvitlo/internal/framework"
	"osvitlo/internal/instrument"
)

// checkCompetence reports an item whose competence no framework holds. Items belong to
// our framework, except ladders: on those people of a profession place themselves, each
// profession by its own framework.
func (c *loader) checkCompetence(it *instrument.Item, ours *framework.Framework) {
	if it.Measures == instrument.Ladder {
		c.checkLadder(it)
		return
	}
	if ours == nil || it.Competence == "" {
		return
	}
	if _, err := ours.Competence(it.Competence); err != nil {
		c.at(it, "", instrument.Error, "competence-unknown", "«"+it.Competence+"» is not a competence of "+ours.ID, "correct it")
	}
}

// checkLadder reports a ladder whose steps are not the levels of its framework: 0 the
// lowest, one point a level. Reports add ladders up, so they must be alike.
func (c *loader) checkLadder(it *instrument.Item) {
	if it.Competence == "" {
		c.at(it, "", instrument.Error, "ladder-competence", "a ladder belongs to no competence", "put it into content/items/<competence>.yaml")
		return
	}
	f := c.lib.frameworkOf(it.Competence)
	if f == nil {
		c.at(it, "", instrument.Error, "competence-unknown", "no framework holds the competence «"+it.Competence+"»", "correct it")
		return
	}
	if len(it.Options) != len(f.Levels) {
		c.at(it, "/options", instrument.Error, "ladder-levels", "the ladder has "+strconv.Itoa(len(it.Options))+" steps, "+f.ID+" has "+strconv.Itoa(len(f.Levels))+" levels",
			"write one step for each level")
		return
	}
	for i, o := range it.Options {
		at := "/options/" + strconv.Itoa(i)
		if want := strings.ToLower(f.Levels[i].ID); o.ID != want {
			c.at(it, at+"/id", instrument.Error, "ladder-levels", "step "+strconv.Itoa(i+1)+" is «"+o.ID+"», wanted «"+want+"»", "order the steps from the lowest level")
		}
		if o.Value == nil || *o.Value != i {
			c.at(it, at, instrument.Error, "ladder-levels", "step «"+o.ID+"» lacks value: "+strconv.Itoa(i), "number the steps from 0")
		}
	}
}

// checkLadders reports an instrument whose ladders are of another framework or of the
// same competence twice: the second would be counted into the first.
func (c *loader) checkLadders(in *instrument.Instrument) {
	seen := map[string]string{}
	for _, it := range in.Items() {
		if it.Measures != instrument.Ladder {
			continue
		}
		if other, twice := seen[it.Competence]; twice {
			c.at(in, "/sections", instrument.Error, "ladder-twice", "«"+other+"» and «"+it.ID+"» are both ladders of «"+it.Competence+"»", "keep one")
		}
		seen[it.Competence] = it.ID
		if f := c.lib.frameworkOf(it.Competence); f != nil && f.ID != in.Framework {
			c.at(in, "/framework", instrument.Error, "ladder-framework", "«"+it.ID+"» is a ladder of "+f.ID+", the instrument is of «"+in.Framework+"»", "set framework: "+f.ID)
		}
		if in.Role != instrument.RoleRound {
			c.at(in, "", instrument.Error, "ladder-role", "«"+it.ID+"» is a ladder, but "+in.Slug+" is not of a round", "use it in an instrument with role: round")
		}
	}
}

// frameworkOf is the framework that holds a competence, nil if none does.
func (l *Library) frameworkOf(competence string) *framework.Framework {
	for _, f := range l.frameworks {
		if _, err := f.Competence(competence); err == nil {
			return f
		}
	}
	return nil
}
