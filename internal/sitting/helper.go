package sitting

import (
	"context"
	"encoding/hex"
	"sync"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
)

// HelperKind is what kind of token a sitting came under.
type HelperKind string

// The kinds of helpers.
const (
	HelperVenue    HelperKind = "venue"    // a venue: its mentor enters, or lends its devices
	HelperOperator HelperKind = "operator" // an operator of the help line
	HelperDevice   HelperKind = "device"   // an enrolled device of a venue, where people answer by themselves
)

// Helper is the venue or operator a sitting came under: ids only, kept in the
// document and in no tally, figure or public text.
type Helper struct {
	Kind   HelperKind `json:"kind"`
	Venue  string     `json:"venue,omitempty"`  // id of the place
	Person string     `json:"person,omitempty"` // pseudonym of the operator
	// Token names the token without being it, such as the start of its hash:
	// limits go by it.
	Token string `json:"token,omitempty"`
}

// Allows tells whether a sitting may be entered in a mode: mentor, paper and
// phone by a venue, phone by an operator; self on the devices of a venue.
func (h *Helper) Allows(mode Mode) bool {
	switch {
	case h == nil:
		return mode == ModeSelf
	case h.Kind == HelperVenue:
		return mode == ModeSelf || mode == ModeMentor || mode == ModePaper || mode == ModePhone
	case h.Kind == HelperOperator:
		return mode == ModePhone
	case h.Kind == HelperDevice:
		return mode == ModeSelf
	}
	return false
}

// group is what near-identical answers are compared inside of.
func (h *Helper) group() string {
	switch {
	case h == nil:
		return ""
	case h.Venue != "":
		return "venue:" + h.Venue
	case h.Person != "":
		return "person:" + h.Person
	}
	return "token:" + h.Token
}

// From is where a sitting comes from, as the edge found it.
type From struct {
	Device  string  // value of the device cookie; empty without one
	Account string  // pseudonym of the signed-in person who answers; empty for the anonymous
	Helper  *Helper // whose token was shown; nil without one
}

// Under marks an unfinished sitting as answered on a venue's device or under an
// account, before it is submitted. Of the account only a keyed hash is kept. It
// may be called again with the same; what is given wins over what was there.
// Errors: NotFound, Gone, Conflict (submitted already), Forbidden (the token is
// not for people who answer by themselves).
func (s *Service) Under(ctx context.Context, id string, a Access, from From) (err error) {
	defer fault.Wrap(&err, "sitting.Under")
	if from.Helper == nil && from.Account == "" {
		return nil
	}
	for range 3 {
		doc, _, err := s.load(ctx, id, a)
		if err != nil {
			return err
		}
		switch {
		case doc.Done():
			return fault.New(fault.Conflict, "sitting.finished")
		case doc.Rev == 0:
			return fault.New(fault.NotFound, "sitting.nothing_answered")
		}
		helper, account := from.Helper, s.locks.accountHash(from.Account)
		switch {
		case doc.Mode != ModeSelf: // begun with somebody's help, ended by oneself
			helper = doc.Helper
		case helper != nil && !helper.Allows(doc.Mode):
			return fault.New(fault.Forbidden, "sitting.token_other_mode")
		}
		if same(doc.Helper, helper) && doc.Account == account {
			return nil
		}
		doc.Helper, doc.Account = helper, account
		if err = s.marked(ctx, doc); !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return fault.New(fault.Unavailable, "")
}

// Assist marks an unfinished sitting as entered by a helper from here on: somebody
// stopped alone and goes on by telephone, or is called by another operator. Errors:
// NotFound, Gone, Conflict (submitted already), Forbidden (not this helper's mode; a
// certificate, which is taken under watch; a round of an institution).
func (s *Service) Assist(ctx context.Context, id string, a Access, h *Helper, mode Mode) (err error) {
	defer fault.Wrap(&err, "sitting.Assist")
	for range 3 {
		doc, in, err := s.load(ctx, id, a)
		if err != nil {
			return err
		}
		switch {
		case doc.Done():
			return fault.New(fault.Conflict, "sitting.finished")
		case doc.Rev == 0:
			return fault.New(fault.NotFound, "sitting.nothing_answered")
		case h == nil || !h.Allows(mode) || doc.Purpose == PurposeCertificate || in.Role == instrument.RoleRound:
			return fault.New(fault.Forbidden, "sitting.token_other_mode")
		}
		if doc.Mode == mode && same(doc.Helper, h) {
			return nil
		}
		doc.Mode, doc.Helper = mode, h
		if err = s.marked(ctx, doc); !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return fault.New(fault.Unavailable, "")
}

// marked stores a draft of which no answer changed.
func (s *Service) marked(ctx context.Context, doc *Sitting) error {
	s.recent.drop(doc.ID, s.now())
	return s.sittings.Replace(ctx, doc)
}

func same(a, b *Helper) bool { return a == b || a != nil && b != nil && *a == *b }

func (l *locks) accountHash(person string) string {
	if person == "" {
		return ""
	}
	return hex.EncodeToString(mac(l.device, "account:"+person)[:16])
}

// evidence tells how sure it is that a person of the population answered.
func (s *Sitting) evidence() Evidence {
	switch {
	case s.Helper != nil:
		return EvidenceVenue
	case s.Account != "":
		return EvidenceAccount
	}
	return EvidenceOpen
}

// PerToken is how many new sittings a token may enter in an hour unless Config
// says otherwise: a class in minutes, a box of paper forms at 15 seconds each, a
// day's queue of a tablet that was offline.
const PerToken = 300

// tokenLimits counts new sittings per token and hour of this process, each id once.
type tokenLimits struct {
	mu   sync.Mutex
	hour int64
	ids  map[string]map[string]struct{} // by token, at most the limit of each
}

// take counts one more; over most it tells how long to wait. The same sitting sent
// twice at once is one.
func (l *tokenLimits) take(token, id string, most int, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if h := now.Unix() / 3600; h != l.hour || l.ids == nil {
		l.hour, l.ids = h, map[string]map[string]struct{}{}
	}
	taken := l.ids[token]
	if _, again := taken[id]; again {
		return 0
	}
	if len(taken) >= most {
		return time.Unix((l.hour+1)*3600, 0).Sub(now)
	}
	if taken == nil {
		taken = map[string]struct{}{}
		l.ids[token] = taken
	}
	taken[id] = struct{}{}
	return 0
}

// limit counts a new sitting of a helper. Errors: TooMany with Seconds.
func (s *Service) limit(h *Helper, id string, now time.Time) error {
	if h == nil {
		return nil
	}
	key := h.Token
	if key == "" {
		key = h.group()
	}
	if wait := s.tokens.take(key, id, s.cfg.PerToken, now); wait > 0 {
		f := fault.New(fault.TooMany, "sitting.token_busy")
		f.Args = map[string]any{"Seconds": int(wait/time.Second) + 1}
		return f
	}
	return nil
}
