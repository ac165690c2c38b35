package person

import (
	"context"
	"slices"
	"strings"

	"osvitlo/internal/fault"
	"osvitlo/internal/person/spelling"
	"osvitlo/internal/store"
)

// PairState is what became of a suggestion.
type PairState string

// The states of a pair.
const (
	PairOpen   PairState = "open"
	PairApart  PairState = "apart" // somebody said: two people
	PairJoined PairState = "joined"
	PairGone   PairState = "gone" // one of them was erased, or they no longer look alike
)

// Pair is a suggestion that two people are one. Its id is both ids in order.
type Pair struct {
	store.Doc
	People []ID       `json:"people"`
	State  PairState  `json:"state"`
	Score  int        `json:"score"`
	Why    []string   `json:"why"` // "name", "sound", "born", "phone", as codes
	Made   store.Time `json:"made"`
	By     ID         `json:"by,omitempty"`
}

// Candidate is somebody who may be the same person.
type Candidate struct {
	Person *Person
	Score  int
	Why    []string
}

// pairLeast is the least score that is suggested: two strong signs.
const pairLeast = 5

// likeness scores two people: the same phone tail 2, the whole phone 4, a birth year
// 2 (1 beside it), a shared word of the name 2 (by its variants) or 1 (by its sound).
func likeness(a, b private) (score int, why []string) {
	switch {
	case a.Phone != "" && a.Phone == b.Phone:
		score, why = 4, append(why, "phone")
	case a.Phone != "" && b.Phone != "" && spelling.Tail(a.Phone) == spelling.Tail(b.Phone):
		score, why = 2, append(why, "tail")
	}
	switch d := a.Born - b.Born; {
	case a.Born == 0 || b.Born == 0:
	case d == 0:
		score, why = score+2, append(why, "born")
	case d == 1 || d == -1:
		score, why = score+1, append(why, "born-near")
	case d > 5 || d < -5:
		score -= 3
	}
	names, sounds := 0, 0
	theirs := spelling.Variants(b.Name)
	theirSounds := spelling.Sounds(b.Name)
	for _, keys := range spelling.Variants(a.Name) {
		if slices.ContainsFunc(theirs, func(t []string) bool {
			return slices.ContainsFunc(t, func(k string) bool { return slices.Contains(keys, k) })
		}) {
			names++
		}
	}
	for _, k := range spelling.Sounds(a.Name) {
		if slices.Contains(theirSounds, k) {
			sounds++
		}
	}
	if names > 0 {
		score, why = score+2*min(names, 2), append(why, "name")
	}
	if more := sounds - names; more > 0 {
		score, why = score+more, append(why, "sound")
	}
	return score, why
}

func pairID(a, b ID) string { return string(min(a, b)) + ":" + string(max(a, b)) }

// maxAlike bounds the people a new one is compared with.
const maxAlike = 50

// alike finds people like this one, the likest first.
func (s *Service) alike(ctx context.Context, r *record, p private) (list []Candidate, err error) {
	ids := map[string]bool{}
	var terms []string
	if tail := spelling.Tail(p.Phone); tail != "" {
		terms = append(terms, s.ring.Terms(termTail, tail)...)
	}
	for _, key := range yearSounds(p) {
		terms = append(terms, s.ring.Terms(termYear, key)...)
	}
	for _, t := range terms {
		if _, err := s.collect(ctx, indexTerms, t, 4*maxAlike, nil, ids); err != nil {
			return nil, err
		}
	}
	delete(ids, r.ID)
	near := make([]string, 0, len(ids))
	for id := range ids {
		near = append(near, id)
	}
	slices.Sort(near)
	records, err := s.people.GetMany(ctx, near[:min(len(near), 10*maxAlike)])
	if err != nil {
		return nil, err
	}
	for _, o := range records {
		if o.State != Active && o.State != Waiting {
			continue
		}
		other, err := s.unseal(o)
		if err != nil {
			return nil, err
		}
		if score, why := likeness(p, other); score >= pairLeast {
			c, err := s.clear(o)
			if err != nil {
				return nil, err
			}
			list = append(list, Candidate{Person: c, Score: score, Why: why})
		}
	}
	slices.SortFunc(list, func(a, b Candidate) int {
		if a.Score != b.Score {
			return b.Score - a.Score
		}
		return strings.Compare(string(a.Person.ID), string(b.Person.ID))
	})
	return list[:min(len(list), maxAlike)], nil
}

// suggest stores the pairs of a person with people like them.
func (s *Service) suggest(ctx context.Context, r *record, p private) ([]Candidate, error) {
	list, err := s.alike(ctx, r, p)
	if err != nil {
		return nil, err
	}
	for _, c := range list {
		pair := &Pair{Doc: store.Doc{ID: pairID(ID(r.ID), c.Person.ID)}, People: []ID{ID(r.ID), c.Person.ID},
			State: PairOpen, Score: c.Score, Why: c.Why, Made: store.At(s.now())}
		if err := s.pairs.Insert(ctx, pair); err != nil && !fault.Is(err, fault.Conflict) {
			return nil, err
		}
	}
	return list, nil
}

// visible keeps the candidates the actor may read, and writes them down.
func (s *Service) visible(ctx context.Context, a *Actor, list []Candidate) (out []Candidate, err error) {
	for _, c := range list {
		if Can(a, PersonRead, Subject{Owner: c.Person.ID, Venues: c.Person.Places}).OK() {
			if err := s.note(ctx, a, PersonRead.String(), subjectOf(c.Person.ID)); err != nil {
				return nil, err
			}
			out = append(out, c)
		}
	}
	return out, nil
}

// Alike finds people like somebody who is about to be registered, for staff to look
// before a second account is made. Only those whom the actor may read are given, and
// each is written down. Errors: Invalid, as Register.
func (s *Service) Alike(ctx context.Context, a Actor, reg Registration) (list []Candidate, err error) {
	defer fault.Wrap(&err, "person.Alike")
	if err := Can(&a, PersonRegister, At(reg.Venue)).Err(); err != nil {
		return nil, err
	}
	p := private{Born: reg.Born, Adult: reg.Adult}
	if p.Name, p.Phone, err = checkContact(reg.Name, reg.Phone, p.ages(), s.now()); err != nil {
		return nil, err
	}
	near, err := s.alike(ctx, &record{}, p)
	if err != nil {
		return nil, err
	}
	return s.visible(ctx, &a, near)
}

// OpenPairs counts the suggestions nobody has decided on, up to most.
func (s *Service) OpenPairs(ctx context.Context, a Actor, most int) (n int, err error) {
	defer fault.Wrap(&err, "person.OpenPairs")
	if err := Can(&a, PersonDuplicates, City).Err(); err != nil {
		return 0, err
	}
	for _, err := range s.pairs.Keys(ctx, store.Query{Index: indexOpen, Eq: []any{PairOpen}, Limit: most}) {
		if err != nil {
			return 0, err
		}
		n++
	}
	return n, nil
}

// PairView is an open suggestion with both people in clear text.
type PairView struct {
	Pair *Pair
	A, B *Person
}

// Duplicates lists open suggestions, the likest first, of which the actor may join
// both people. Every row shown is written into the audit log.
func (s *Service) Duplicates(ctx context.Context, a Actor, cursor store.Cursor, limit int) (list []PairView, next store.Cursor, err error) {
	defer fault.Wrap(&err, "person.Duplicates")
	if err := Can(&a, PersonDuplicates, Somewhere).Err(); err != nil {
		return nil, "", err
	}
	page, err := s.pairs.Page(ctx, store.Query{Index: indexOpen, Eq: []any{PairOpen}, Desc: true, Cursor: cursor, Limit: limit})
	if err != nil {
		return nil, "", err
	}
	for _, pair := range page.Items {
		if len(pair.People) != 2 {
			continue
		}
		view := PairView{Pair: pair}
		both := [2]*Person{}
		for i, id := range pair.People {
			r, err := s.people.Get(ctx, string(id))
			if err != nil && !fault.Is(err, fault.NotFound) {
				return nil, "", err
			}
			if err != nil || r.State != Active && r.State != Waiting || !Can(&a, PersonDuplicates, r.subject()).OK() {
				break
			}
			if both[i], err = s.clear(r); err != nil {
				return nil, "", err
			}
		}
		if both[0] == nil || both[1] == nil {
			continue
		}
		view.A, view.B = both[0], both[1]
		for _, p := range both {
			if err := s.note(ctx, &a, PersonRead.String(), subjectOf(p.ID)); err != nil {
				return nil, "", err
			}
		}
		list = append(list, view)
	}
	return list, page.Next, nil
}

// Apart says that a suggested pair are two people. Errors: NotFound.
func (s *Service) Apart(ctx context.Context, a Actor, x, y ID) (err error) {
	defer fault.Wrap(&err, "person.Apart")
	for _, id := range []ID{x, y} {
		r, err := s.follow(ctx, id)
		if err != nil {
			return err
		}
		if err := s.may(ctx, &a, PersonDuplicates, r.subject(), subjectOf(id)); err != nil {
			return err
		}
	}
	pair, err := s.pairs.Get(ctx, pairID(x, y))
	if err != nil {
		return absent(err)
	}
	pair.State, pair.By = PairApart, a.Person
	return s.pairs.Replace(ctx, pair)
}

// FindDuplicates compares everybody with people like them and stores new
// suggestions; a job runs it. It may be cut short and run again.
func (s *Service) FindDuplicates(ctx context.Context) (found int, err error) {
	defer fault.Wrap(&err, "person.FindDuplicates")
	for r, err := range s.people.Find(ctx, store.Query{Index: store.BuiltinID}) {
		if err != nil {
			return found, err
		}
		if r.State != Active && r.State != Waiting {
			continue
		}
		p, err := s.unseal(r)
		if err != nil {
			return found, err
		}
		list, err := s.suggest(ctx, r, p)
		if err != nil {
			return found, err
		}
		found += len(list)
	}
	return found, nil
}
