package course

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"osvitlo/internal/course/lesson"
	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
	"osvitlo/internal/person"
	"osvitlo/internal/sitting"
	"osvitlo/internal/store"
)

// ProofAfter is how long after completion the second half is asked: what is left
// after a week is learnt.
const ProofAfter = 7 * 24 * time.Hour

// ProofPurpose is the purpose under which its answers stand: never measurement, so
// they are never counted in the index.
const ProofPurpose = sitting.PurposeProof

// Pair is two parallel items.
type Pair = lesson.Pair

// Forms deals the pairs into the form before and the form after: a coin of the
// learner decides for each pair which comes first, so that a difference of the two
// falls on both halves alike.
func Forms(pairs []Pair, l Learner, course string) (before, after []*instrument.Item) {
	for _, p := range pairs {
		sum := sha256.Sum256([]byte("proof:" + string(l) + "\x00" + course + "\x00" + p.A.ID))
		if binary.BigEndian.Uint64(sum[:8])&1 == 0 {
			before, after = append(before, p.A), append(after, p.B)
		} else {
			before, after = append(before, p.B), append(after, p.A)
		}
	}
	return before, after
}

// Half is one half of a proof: mean score of its items in percent.
type Half struct {
	At    store.Time `json:"at"`
	Score float64    `json:"score"` // 0…100
	Items int        `json:"items"`
	IDs   []string   `json:"ids,omitempty"`
}

// Proof is before and after of one learner in one course.
type Proof struct {
	store.Doc
	Learner Learner         `json:"learner,omitempty"` // empty once erased
	Course  string          `json:"course"`
	Purpose sitting.Purpose `json:"purpose"`
	Before  *Half           `json:"before,omitempty"`
	Plan    []string        `json:"plan,omitempty"` // items of the second half
	After   *Half           `json:"after,omitempty"`
	Opens   store.Time      `json:"opens,omitzero"` // from when After is taken
	Due     string          `json:"due,omitempty"`  // when to invite; empty: not yet, or told
}

// ProofDue is the payload of TopicProofDue: the week is over. Whoever sends the
// invitation asks for the consent to contact first.
type ProofDue struct {
	Learner Learner   `json:"learner"`
	Person  person.ID `json:"person,omitempty"`
	Course  string    `json:"course"`
}

func proofID(l Learner, course string) string { return string(l) + ":" + course }

// ProofOf is the state of a learner's proof; NotFound before the first half.
func (s *Service) ProofOf(ctx context.Context, l Learner, course string) (p *Proof, err error) {
	defer fault.Wrap(&err, "course.ProofOf")
	if !l.ok() {
		return nil, badLearner()
	}
	return s.proofs.Get(ctx, proofID(l, course))
}

// Before takes the answers to the first half and remembers the items of the second,
// as Forms dealt them. It is taken once, before a lesson of
// the course is finished: Conflict "course.proof_late" or "course.proof_taken".
func (s *Service) Before(ctx context.Context, l Learner, course string, before, after []*instrument.Item, answers instrument.Answers) (err error) {
	defer fault.Wrap(&err, "course.Before")
	c, err := s.cfg.Catalogue.Course(course)
	if err != nil {
		return err
	}
	t, err := s.Track(ctx, l, course)
	if err != nil {
		return err
	}
	if t.FinishedLessons(c) > 0 || t.Completed != 0 {
		return fault.New(fault.Conflict, "course.proof_late")
	}
	h, err := s.half(before, answers)
	if err != nil {
		return err
	}
	plan := make([]string, len(after))
	for i, it := range after {
		plan[i] = it.ID
		if slices.Contains(h.IDs, it.ID) {
			return fault.New(fault.Invalid, "course.proof_same_item")
		}
	}
	if len(plan) != len(h.IDs) {
		return fault.New(fault.Invalid, "course.no_proof")
	}
	err = s.proofs.Insert(ctx, &Proof{Doc: store.Doc{ID: proofID(l, course)}, Learner: l, Course: course, Purpose: ProofPurpose, Before: h, Plan: plan})
	if fault.Is(err, fault.Conflict) {
		return fault.New(fault.Conflict, "course.proof_taken")
	}
	return err
}

// After takes the answers to the second half, from a week after completion on.
// Errors: NotFound (no first half), Invalid (other items than
// planned), Conflict "course.proof_early", "course.proof_taken".
func (s *Service) After(ctx context.Context, l Learner, course string, items []*instrument.Item, answers instrument.Answers) (err error) {
	defer fault.Wrap(&err, "course.After")
	if !l.ok() {
		return badLearner()
	}
	h, err := s.half(items, answers)
	if err != nil {
		return err
	}
	return s.changeProof(ctx, proofID(l, course), func(p *Proof) error {
		switch {
		case p.After != nil:
			return fault.New(fault.Conflict, "course.proof_taken")
		case p.Opens.IsZero() || s.now().Before(p.Opens.Time):
			return fault.New(fault.Conflict, "course.proof_early")
		}
		if !slices.Equal(h.IDs, p.Plan) {
			return fault.New(fault.Invalid, "course.proof_other_items")
		}
		p.After, p.Due = h, ""
		return nil
	})
}

func (s *Service) half(items []*instrument.Item, answers instrument.Answers) (*Half, error) {
	if len(items) == 0 {
		return nil, fault.New(fault.Invalid, "course.no_proof")
	}
	h := &Half{At: store.At(s.now()), Items: len(items)}
	for _, it := range items {
		v := answers[it.ID]
		if bad := it.Check(v); bad != nil {
			bad.Pointer = "/answers/" + it.ID + bad.Pointer
			return nil, fault.InvalidFields(*bad)
		}
		h.Score += 100 * scoreItem(it, v) / float64(len(items))
		h.IDs = append(h.IDs, it.ID)
	}
	return h, nil
}

func (s *Service) changeProof(ctx context.Context, id string, do func(*Proof) error) error {
	for range retries {
		p, err := s.proofs.Get(ctx, id)
		if err != nil {
			return err
		}
		if err := do(p); err != nil {
			return err
		}
		err = s.proofs.Replace(ctx, p)
		if err == nil || !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return fault.Newf(fault.Unavailable, "", "proof is written too often")
}

// prepareProof opens the second half a week after a completion.
func (s *Service) prepareProof(ctx context.Context, l Learner, course string) error {
	err := s.changeProof(ctx, proofID(l, course), func(p *Proof) error {
		if p.Opens.IsZero() {
			p.Opens = store.At(s.now().Add(ProofAfter))
			p.Due = p.Opens.String()
		}
		return nil
	})
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

func (s *Service) callProofs(ctx context.Context) (told int, err error) {
	now := store.At(s.now()).String()
	for p, err := range s.proofs.Find(ctx, store.Query{Index: indexDue, After: "", To: now, Limit: 1000}) {
		if err != nil {
			return told, err
		}
		if p.After == nil && p.Learner != "" {
			if err := s.tell(ctx, "course-proof:"+p.ID, TopicProofDue, ProofDue{p.Learner, p.Learner.Person(), p.Course}); err != nil {
				return told, err
			}
			told++
		}
		if err := s.changeProof(ctx, p.ID, func(p *Proof) error { p.Due = ""; return nil }); err != nil && !fault.Is(err, fault.NotFound) {
			return told, err
		}
	}
	return told, nil
}

func (s *Service) adoptProofs(ctx context.Context, from, into Learner) error {
	for p, err := range s.proofs.Find(ctx, store.Query{Index: indexLearner, Eq: []any{from}, Limit: maxTracks}) {
		if err != nil {
			return err
		}
		old := p.ID
		p.ID, p.Rev, p.Learner = proofID(into, p.Course), 0, into
		if err := s.proofs.Insert(ctx, p); err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
		if err := s.proofs.Delete(ctx, old, 0); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return nil
}

// unlinkProofs keeps finished pairs under a random id, without learner and times of
// day, and removes the others.
func (s *Service) unlinkProofs(ctx context.Context, l Learner) error {
	for p, err := range s.proofs.Find(ctx, store.Query{Index: indexLearner, Eq: []any{l}, Limit: maxTracks}) {
		if err != nil {
			return err
		}
		if p.Before != nil && p.After != nil {
			bare := &Proof{Doc: store.Doc{ID: "x" + strings.ToLower(rand.Text())}, Course: p.Course, Purpose: p.Purpose,
				Before: p.Before.bare(), After: p.After.bare()}
			if err := s.proofs.Insert(ctx, bare); err != nil {
				return err
			}
		}
		if err := s.proofs.Delete(ctx, p.ID, 0); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return nil
}

func (h *Half) bare() *Half {
	return &Half{At: store.At(h.At.Truncate(24 * time.Hour)), Score: h.Score, Items: h.Items}
}
