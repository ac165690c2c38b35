package lab

import (
	"cmp"
	"slices"
	"time"
)

// MinBodies is how many institutions a published sum holds at least. With three, none of
// them can take its own number off and read the other one's; one or two would be a list of
// doors. Districts below it are joined with others.
const MinBodies = 3

// openStep is what published counts are rounded to: so a file read before and after one
// school entered its room does not tell what the room holds.
const openStep = 5

// Sum is one row of the open data: a district, or several joined.
type Sum struct {
	Districts    []string // ids, sorted
	Institutions int      // with at least one room
	Rooms        int
	Seats        int
	Computers    int // that work or can be repaired
	Old          int // of those that work
	Hours        int // in a usual week
}

// Open sums the rooms by district for everybody. district tells an institution's district;
// an institution that it does not know is left out. The rows are disjoint, there is no
// total beside them, and each holds MinBodies institutions or more; with fewer in all there
// are no rows. All counts but that of institutions are rounded to the nearest 5.
func Open(all []*Lab, district func(institution string) (string, bool), at time.Time) []Sum {
	type cell struct {
		Sum
		bodies map[string]bool
	}
	cells := map[string]*cell{}
	for _, l := range all {
		d, ok := district(l.Institution)
		if l.Gone || !ok {
			continue
		}
		c := cells[d]
		if c == nil {
			c = &cell{Sum: Sum{Districts: []string{d}}, bodies: map[string]bool{}}
			cells[d] = c
		}
		c.bodies[l.Institution] = true
		n := l.Devices(at)
		c.Rooms++
		c.Seats += l.Seats
		c.Computers += n.Work + n.Repair
		c.Old += n.Old
		c.Hours += l.Hours.Sum()
	}
	var list []Sum
	for _, c := range cells {
		c.Institutions = len(c.bodies)
		list = append(list, c.Sum)
	}
	// the smallest joins the next smallest until every row is large enough
	sort := func() {
		slices.SortFunc(list, func(a, b Sum) int {
			return cmp.Or(cmp.Compare(a.Institutions, b.Institutions), slices.Compare(a.Districts, b.Districts))
		})
	}
	sort()
	for len(list) > 1 && list[0].Institutions < MinBodies {
		list[1] = join(list[0], list[1])
		list = list[1:]
		sort()
	}
	if len(list) == 1 && list[0].Institutions < MinBodies {
		return nil
	}
	for i := range list {
		s := &list[i]
		for _, n := range []*int{&s.Rooms, &s.Seats, &s.Computers, &s.Old, &s.Hours} {
			*n = (*n + openStep/2) / openStep * openStep
		}
	}
	slices.SortFunc(list, func(a, b Sum) int { return slices.Compare(a.Districts, b.Districts) })
	return list
}

func join(a, b Sum) Sum {
	b.Districts = slices.Concat(a.Districts, b.Districts)
	slices.Sort(b.Districts)
	b.Institutions += a.Institutions
	b.Rooms += a.Rooms
	b.Seats += a.Seats
	b.Computers += a.Computers
	b.Old += a.Old
	b.Hours += a.Hours
	return b
}
