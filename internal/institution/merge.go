package institution

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"osvitlo/internal/fault"
	"osvitlo/internal/person"
)

// Merge lets one institution live on in another from a day on: what it had stays under
// its own name, rounds to come ask the other one. Errors: Invalid (into itself, into one
// that is merged or closed), and as Edit.
func (s *Service) Merge(ctx context.Context, a *person.Actor, id, into, day string, rev int64) (i *Institution, err error) {
	defer fault.Wrap(&err, "institution.Merge")
	return s.change(ctx, a, "merge", id, rev, func(i *Institution) error {
		other, ok := s.ByID(into)
		if i.State == Merged || !ok || other.ID == id || other.State == Merged || other.State == Closed {
			return fault.InvalidFields(fault.Field{Pointer: "into", Key: "institution.into"})
		}
		i.State, i.Into, i.Since = Merged, into, cmp.Or(day, s.today())
		i.Mergers = append(i.Mergers, Merger{Into: into, From: i.Since})
		return nil
	})
}

// Split undoes Merge: from today the institution works on its own again; the days between
// stay known. part is how many people of a school year go with it: they become its own
// number and are taken off the other one's, both to be confirmed; a role that is not named
// keeps its numbers.
// otherRev is the other one's revision as it was looked at (0: whatever it is). Errors:
// Conflict (it is not merged, or the other one was changed), Invalid (more people than
// there are), and as Edit.
func (s *Service) Split(ctx context.Context, a *person.Actor, id string, rev, otherRev int64, year int, part map[Role]int) (i *Institution, err error) {
	defer fault.Wrap(&err, "institution.Split")
	i, ok := s.ByID(id)
	if !ok || i.State != Merged {
		return nil, fault.New(fault.Conflict, "institution.not_merged")
	}
	other, ok := s.ByID(i.Into)
	if ok && otherRev != 0 && other.Rev != otherRev {
		return nil, fault.New(fault.Conflict, "institution.changed_meanwhile")
	}
	var parted *Parted
	if len(part) > 0 && ok {
		if parted, err = Part(i, other, year, part); err != nil {
			return nil, err
		}
	}
	i, err = s.change(ctx, a, "split", id, rev, func(i *Institution) error {
		if i.State != Merged {
			return fault.New(fault.Conflict, "institution.not_merged")
		}
		i.Mergers = slices.Clone(i.Mergers)
		if n := len(i.Mergers); n == 0 || i.Mergers[n-1].Into != i.Into { // merged before this was kept
			i.Mergers = append(i.Mergers, Merger{Into: i.Into, From: i.Since})
		}
		last := &i.Mergers[len(i.Mergers)-1]
		last.To, last.Parted = s.today(), parted
		i.State, i.Into, i.Since = Working, "", s.today()
		if parted != nil {
			i.setFrame(parted.Own[1])
		}
		return nil
	})
	if err != nil || parted == nil {
		return i, err
	}
	_, err = s.change(ctx, a, "frame", other.ID, otherRev, func(b *Institution) error {
		b.setFrame(parted.Other[1])
		return nil
	})
	return i, err
}

// Part says what a split would make of the numbers of a school year. Errors: Invalid, of
// the fields "count_" and a role.
func Part(i, other *Institution, year int, part map[Role]int) (*Parted, error) {
	own, _ := i.FrameOf(year)
	have, _ := other.FrameOf(year)
	p := &Parted{Own: [2]Frame{own, {Year: year, Count: maps.Clone(own.Count), Source: other.Name().UK, Carried: true}}, Other: [2]Frame{have, {Year: year, Count: maps.Clone(have.Count), Source: have.Source, Carried: true}}}
	if p.Own[1].Count == nil {
		p.Own[1].Count = map[Role]int{}
	}
	var faults []fault.Field
	for _, role := range Roles() {
		n, asked := part[role]
		if !asked {
			continue
		}
		all, counted := have.Count[role]
		if n < 0 || counted && n > all || n > maxCount {
			faults = append(faults, fault.Field{Pointer: "count_" + string(role), Key: "institution.count", Args: map[string]any{"N": min(all, maxCount)}})
		}
		p.Own[1].Count[role] = n
		if counted {
			p.Other[1].Count[role] = all - n
		}
	}
	if len(faults) > 0 {
		return nil, fault.InvalidFields(faults...)
	}
	return p, nil
}

// Unsplit takes a split back: the institution lives on in the other one again, and both
// have the numbers they had. Errors: Conflict (it was not split off, or one of them or its
// numbers were changed since), and as Edit.
func (s *Service) Unsplit(ctx context.Context, a *person.Actor, id string, rev int64) (i *Institution, err error) {
	defer fault.Wrap(&err, "institution.Unsplit")
	i, ok := s.ByID(id)
	if !ok || !s.CanUnsplit(i) {
		return nil, fault.New(fault.Conflict, "institution.split_changed")
	}
	last := i.Mergers[len(i.Mergers)-1]
	i, err = s.change(ctx, a, "unsplit", id, rev, func(i *Institution) error {
		i.Mergers = slices.Clone(i.Mergers)
		m := &i.Mergers[len(i.Mergers)-1]
		m.To, m.Parted = "", nil
		i.State, i.Into, i.Since = Merged, m.Into, m.From
		if last.Parted != nil {
			i.backTo(last.Parted.Own)
		}
		return nil
	})
	if err != nil || last.Parted == nil {
		return i, err
	}
	_, err = s.change(ctx, a, "frame", last.Into, 0, func(b *Institution) error {
		b.backTo(last.Parted.Other)
		return nil
	})
	return i, err
}

// CanUnsplit tells whether a split can be taken back.
func (s *Service) CanUnsplit(i *Institution) bool {
	if i.State != Working || len(i.Mergers) == 0 {
		return false
	}
	last := i.Mergers[len(i.Mergers)-1]
	other, ok := s.ByID(last.Into)
	if !ok || last.To == "" || other.State == Merged || other.State == Closed {
		return false
	}
	return last.Parted == nil || i.still(last.Parted.Own) && other.still(last.Parted.Other)
}

// still tells whether the numbers are as a split left them.
func (i *Institution) still(f [2]Frame) bool {
	have, _ := i.FrameOf(f[1].Year)
	return maps.Equal(have.Count, f[1].Count)
}

func (i *Institution) backTo(f [2]Frame) {
	i.Frames = slices.DeleteFunc(slices.Clone(i.Frames), func(have Frame) bool { return have.Year == f[1].Year })
	if f[0].Year != 0 {
		i.setFrame(f[0])
	}
}

// Joined is an institution that lives or lived on in another one.
type Joined struct {
	Institution *Institution
	Merger      Merger
}

// JoinedTo lists what was merged into an institution, those split off again too. Read only.
func (s *Service) JoinedTo(id string) (list []Joined) {
	for _, i := range s.register().sorted {
		known := false
		for _, m := range i.Mergers {
			if m.Into == id {
				known, list = true, append(list, Joined{i, m})
			}
		}
		if i.Into == id && !known {
			list = append(list, Joined{i, Merger{Into: id, From: i.Since}})
		}
	}
	return list
}

// AddFrame adds the people of one institution to another one's number of a school year, to
// be confirmed there. Errors as Edit.
func (s *Service) AddFrame(ctx context.Context, a *person.Actor, from, into string, year int) (err error) {
	defer fault.Wrap(&err, "institution.AddFrame")
	other, ok := s.ByID(from)
	if !ok {
		return fault.New(fault.NotFound, "institution.gone")
	}
	more, ok := other.FrameOf(year)
	if !ok {
		return nil
	}
	_, err = s.change(ctx, a, "frame", into, 0, func(i *Institution) error {
		have, _ := i.FrameOf(year)
		f := Frame{Year: year, Count: map[Role]int{}, Source: other.Name().UK, Carried: true}
		for _, role := range RolesOf(i.Kind) {
			n, known := have.Count[role]
			m, also := more.Count[role]
			if known || also {
				f.Count[role] = min(n+m, maxCount)
			}
		}
		i.setFrame(f)
		return nil
	})
	return err
}
