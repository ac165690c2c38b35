package institution

import (
	"cmp"
	"context"

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
// stay known. Errors: Conflict (it is not merged), and as Edit.
func (s *Service) Split(ctx context.Context, a *person.Actor, id string, rev int64) (i *Institution, err error) {
	defer fault.Wrap(&err, "institution.Split")
	return s.change(ctx, a, "split", id, rev, func(i *Institution) error {
		if i.State != Merged {
			return fault.New(fault.Conflict, "institution.not_merged")
		}
		if n := len(i.Mergers); n == 0 || i.Mergers[n-1].Into != i.Into { // merged before this was kept
			i.Mergers = append(i.Mergers, Merger{Into: i.Into, From: i.Since})
		}
		i.Mergers[len(i.Mergers)-1].To = s.today()
		i.State, i.Into, i.Since = Working, "", s.today()
		return nil
	})
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
