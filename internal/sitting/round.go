package sitting

import (
	"context"

	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
)

// Rounds are collections in institutions, where a sitting is begun with a code and belongs
// to an institution and a role. package institution/round is one.
type Rounds interface {
	// Find tells where a code leads. Errors: NotFound (no such code), Gone (its round takes
	// nobody any more), Invalid (another instrument), TooMany (too many wrong codes).
	Find(ctx context.Context, code, instrument string) (Ticket, error)
	// Bind gives a code to a sitting. Forbidden: another sitting has it.
	Bind(ctx context.Context, ticket, sitting string) error
	// Take keeps the points of a sitting, 0 to 100 by variable. The same sitting again
	// replaces what it gave. Errors: Gone (the report is cut).
	Take(ctx context.Context, ticket, sitting string, points map[string]float64) error
	// Drop forgets what a sitting gave, unless the report is cut.
	Drop(ctx context.Context, ticket, sitting string) error
}

// Ticket stands for a code without being one: it opens nothing.
type Ticket struct {
	Key   string
	Round string
}

// KnowledgePoints is the variable of the knowledge part: the mean over its items.
const KnowledgePoints = "knowledge"

// invite finds where a code leads and says what is wrong with it. Only instruments of
// rounds have codes yet.
func (s *Service) invite(ctx context.Context, r *reader, in *instrument.Instrument, code string) (Ticket, error) {
	round := in.Role == instrument.RoleRound
	switch {
	case !round && code != "":
		// Nobody issues codes for other instruments yet; one that nobody issued is a mistake.
		r.fail("/invitation", "sitting.no_such_invitation", nil)
		return Ticket{}, nil
	case !round:
		return Ticket{}, nil
	case code == "":
		r.fail("/invitation", "sitting.invitation_needed", nil)
		return Ticket{}, nil
	case s.cfg.Rounds == nil:
		r.fail("/invitation", "sitting.no_such_invitation", nil)
		return Ticket{}, nil
	}
	t, err := s.cfg.Rounds.Find(ctx, code, in.Slug)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Invalid) {
		r.fail("/invitation", "sitting.no_such_invitation", nil)
		return t, nil
	}
	return t, err
}

// bound gives the code of a sitting in a round to it, before anything is stored.
func (s *Service) bound(ctx context.Context, doc *Sitting) error {
	if doc.Invitation == "" || s.cfg.Rounds == nil {
		return nil
	}
	return s.cfg.Rounds.Bind(ctx, doc.Invitation, doc.ID)
}

// points are what a sitting gives to its round: the ladder of each competence, the other
// scales by item, and the mean of the knowledge items. A crash behind this leaves points of
// a sitting that was answered to its end; submitting it again replaces them.
func (s *Service) points(ctx context.Context, doc *Sitting, p instrument.Path) error {
	if doc.Role != RoleRound || s.cfg.Rounds == nil {
		return nil
	}
	points, sums := map[string]float64{}, map[string][2]float64{}
	for _, st := range p.Steps {
		it := st.Item
		if it == nil {
			continue
		}
		v := doc.Answers[it.ID]
		switch {
		case it.Scored():
			score := 0.0
			if !v.IsZero() {
				score, _, _ = it.Score(v)
			}
			k := sums[KnowledgePoints]
			sums[KnowledgePoints] = [2]float64{k[0] + 100*score, k[1] + 1}
		case it.Type == instrument.Scale:
			share, ok := it.Share(v)
			if !ok {
				continue
			}
			name := "item:" + it.ID
			if it.Measures == instrument.Ladder {
				name = it.Competence
			}
			k := sums[name]
			sums[name] = [2]float64{k[0] + 100*share, k[1] + 1}
		}
	}
	for name, k := range sums {
		points[name] = k[0] / k[1]
	}
	return s.cfg.Rounds.Take(ctx, doc.Invitation, doc.ID, points)
}
