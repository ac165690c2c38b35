package content

import (
	"slices"
	"strconv"

	"osvitlo/internal/instrument"
)

// Enemies lists the items that must not stand beside an item in one adaptive test,
// sorted: those it names and those that name it.
func (l *Library) Enemies(id string) []string {
	var out []string
	if versions := l.items[id]; len(versions) > 0 {
		out = append(out, versions[len(versions)-1].Enemies...)
	}
	for other, versions := range l.items {
		if other != id && slices.Contains(versions[len(versions)-1].Enemies, id) {
			out = append(out, other)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// checkEnemies reports enemies that are not there, and an item that is its own. One
// side is enough: the other follows from it (Library.Enemies).
func (c *loader) checkEnemies(it *instrument.Item) {
	for i, id := range it.Enemies {
		pointer := "/enemies/" + strconv.Itoa(i)
		other, err := c.lib.Item(id)
		switch {
		case id == it.ID:
			c.at(it, pointer, instrument.Error, "enemy-self", "«"+id+"» names itself as its enemy", "remove it here")
		case err != nil && (c.brokenItems[anyItem] || c.brokenItems[id]):
			// reported at its own line
		case err != nil:
			c.at(it, pointer, instrument.Error, "enemy-unknown", "there is no item «"+id+"»", "correct the id or remove it")
		case !it.Scored() || !other.Scored():
			c.at(it, pointer, instrument.Error, "enemy-survey", "«"+it.ID+"» and «"+id+"» cannot be enemies: only knowledge items meet in an adaptive test",
				"remove enemies:")
		}
	}
}
