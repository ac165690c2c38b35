package disclosure

import "fmt"

// Change is how many persons came into a figure and left it (corrections,
// erasures) since it was last published.
type Change struct {
	Came, Went int64
}

// Step says what may happen to a public figure.
type Step int

// Outcomes of Gate.
const (
	Same Step = iota // nobody came or went: the figure stays as it is
	Wait             // a change would show 1 to 9 persons: keep the old figure
	Move             // the new figure may replace the old one
)

// Gate is the rule of time (CONTRACT §6): a public figure changes only when at
// least 10 persons came or went since its last step, and its number of persons
// then moves by 0 or by at least 10. published is the number of persons last
// shown, 0 if none; the first showing needs 10. Whether the new figure may be
// shown at all (it may have fallen under 10) is Rule.Count's to say.
func (r Rule) Gate(published int64, c Change) (Step, error) {
	if published < 0 || c.Came < 0 || c.Went < 0 || published+c.Came < c.Went {
		return Wait, fmt.Errorf("%w: %d published, %d came, %d went", ErrInput, published, c.Came, c.Went)
	}
	if c.Came+c.Went == 0 {
		return Same, nil
	}
	moved := c.Came - c.Went
	if moved < 0 {
		moved = -moved
	}
	if c.Came+c.Went < r.MinCount || moved != 0 && moved < r.MinCount || published == 0 && moved < r.MinCount {
		return Wait, nil
	}
	return Move, nil
}

// CellChange is a published cell and what happened to it since.
type CellChange struct {
	ID        string
	Published int64 // persons in the last release, 0 if it was suppressed there
	Change
}

// Release tells whether a new release may replace the last one: each cell that
// is published there differs by nobody or by at least 10 persons (CONTRACT §6).
// It names the cells that stand against it. Cells the last release suppressed
// do not: what they show now is judged inside the new release.
func (r Rule) Release(cells []CellChange) (blocked []string, err error) {
	for _, c := range cells {
		if c.Published == 0 {
			continue
		}
		step, err := r.Gate(c.Published, c.Change)
		if err != nil {
			return nil, fmt.Errorf("cell %s: %w", c.ID, err)
		}
		if step == Wait {
			blocked = append(blocked, c.ID)
		}
	}
	return blocked, nil
}
