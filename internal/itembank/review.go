package itembank

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
	"osvitlo/internal/person"
)

// Verdict is what a reader says about an item.
type Verdict string

// The verdicts.
const (
	Good Verdict = "good" // may be used as it is
	Mend Verdict = "mend" // needs the changes the note names
	Out  Verdict = "out"  // should not be used
)

// Verdicts lists the verdicts.
func Verdicts() []Verdict { return []Verdict{Good, Mend, Out} }

// Review is what a person signs.
type Review struct {
	Verdict Verdict
	Note    string // needed unless the verdict is Good
	Hash    string // of the words the person has read (Hash); refused when they changed meanwhile
}

// Hash is of what a reader reads: the item without its dates, status, reviews and
// enemies. A review counts for these words only.
func Hash(it *instrument.Item) string {
	c := *it
	c.Status, c.Reviews, c.CheckedOn, c.ValidUntil, c.Enemies = "", nil, "", "", nil
	raw, err := json.Marshal(&c)
	if err != nil {
		return "" // an item of the library is always written
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// Sign stores the review of the person who is signed in. Errors: Invalid, NotFound,
// Conflict (the item's words are others than those that were read), and those of
// person.Can for ContentEdit.
func (s *Service) Sign(ctx context.Context, a *person.Actor, item string, r Review) (err error) {
	defer fault.Wrap(&err, "itembank.Sign")
	it, err := s.o.Library.Item(item)
	if err != nil {
		return err
	}
	switch r.Verdict {
	case Good:
	case Mend, Out:
		if text, err := note("note", r.Note, maxNote); err == nil && text == "" {
			return fault.InvalidFields(fault.Field{Pointer: "note", Key: "itembank.review.note_missing"})
		}
	default:
		return fault.InvalidFields(fault.Field{Pointer: "verdict", Key: "page.form.choose"})
	}
	now := Hash(it)
	if r.Hash != now {
		return fault.New(fault.Conflict, "itembank.review.changed")
	}
	return s.add(ctx, a, person.ContentEdit, Event{Subject: itemPrefix + it.ID, Kind: Reviewed, Version: it.Version, Hash: now,
		Verdict: r.Verdict, Note: r.Note}, nil)
}

// Standing is what the reviews of an item's present words say.
type Standing struct {
	Good, Mend, Out int // people, each by their last word
	Older           int // reviews of other words
}

// Reviewed tells whether somebody has read the present words and found them good, and
// nobody asks for a change.
func (r Standing) Reviewed() bool { return r.Good > 0 && r.Mend == 0 && r.Out == 0 }

// Standing counts the reviews of an item.
func (s *Service) Standing(it *instrument.Item) Standing {
	var out Standing
	words := s.hash(it)
	latest := map[person.ID]Verdict{}
	for _, e := range s.now.Load().events[itemPrefix+it.ID] {
		if e.Kind != Reviewed {
			continue
		}
		if e.Hash != words {
			out.Older++
			continue
		}
		latest[e.By] = e.Verdict
	}
	for _, v := range latest {
		switch v {
		case Good:
			out.Good++
		case Mend:
			out.Mend++
		default:
			out.Out++
		}
	}
	return out
}
