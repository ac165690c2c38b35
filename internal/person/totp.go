package person

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// secret is a second factor or a passkey as stored: sealed.
type secret struct {
	store.Doc
	Person ID         `json:"person"`
	Kind   string     `json:"kind"`
	Sealed string     `json:"sealed"`
	Label  string     `json:"label,omitempty"`
	On     bool       `json:"on"`
	Made   store.Time `json:"made"`
	Used   store.Time `json:"used"`
	Step   int64      `json:"step,omitempty"` // last step of time a code was taken of
	counter
}

// Kinds of secrets.
const (
	secretTOTP    = "totp"
	secretPasskey = "passkey"
)

func totpID(id ID) string { return "totp:" + string(id) }

// TOTPKey is a new secret of an authenticator app, shown once.
type TOTPKey struct {
	Secret  string // base 32
	Address string // otpauth://… for a QR
}

const totpPeriod = 30 // seconds

// newTOTP makes a secret; on says that it counts without being confirmed first.
func (s *Service) newTOTP(ctx context.Context, id ID, issuer string, on bool) (*TOTPKey, error) {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: string(id[:9]), Period: totpPeriod, SecretSize: 20, Algorithm: otp.AlgorithmSHA1, Digits: otp.DigitsSix})
	if err != nil {
		return nil, fault.From(err, fault.Invalid, "")
	}
	docID := totpID(id)
	doc := &secret{Doc: store.Doc{ID: docID}, Person: id, Kind: secretTOTP, Sealed: s.ring.Seal([]byte(key.Secret()), "secrets:"+docID), On: on, Made: store.At(s.now())}
	return &TOTPKey{Secret: key.Secret(), Address: key.URL()}, s.secrets.Upsert(ctx, doc)
}

// ownSecrets checks that the actor may change their own ways in. Whoever has a second
// factor must have shown it: else one factor would be enough to put in another.
func (s *Service) ownSecrets(ctx context.Context, a *Actor) (*record, error) {
	r, err := s.allowed(ctx, a, a.Person, MeSecrets, MeSecrets)
	if err != nil || a.Strong {
		return r, err
	}
	for _, id := range s.aliases(r) {
		has, err := s.hasFactor(ctx, id)
		if err != nil {
			return nil, err
		}
		if has {
			return nil, WantsFactor.Err()
		}
	}
	return r, nil
}

// StartTOTP makes a secret for an authenticator app. It counts after ConfirmTOTP; an
// older one that counts stays until then. issuer is the name the app shows.
func (s *Service) StartTOTP(ctx context.Context, a Actor, issuer string) (key *TOTPKey, token string, err error) {
	defer fault.Wrap(&err, "person.StartTOTP")
	r, err := s.ownSecrets(ctx, &a)
	if err != nil {
		return nil, "", err
	}
	made, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: r.ID[:9], Period: totpPeriod, SecretSize: 20, Algorithm: otp.AlgorithmSHA1, Digits: otp.DigitsSix})
	if err != nil {
		return nil, "", fault.From(err, fault.Invalid, "")
	}
	token, err = s.cut(ctx, ticket{Kind: secretTOTP, Person: ID(r.ID)}, CeremonyLife, []byte(made.Secret()))
	return &TOTPKey{Secret: made.Secret(), Address: made.URL()}, token, err
}

// ConfirmTOTP switches the new secret on when its code is right. Errors:
// Unauthenticated (wrong code), Gone (start again).
func (s *Service) ConfirmTOTP(ctx context.Context, a Actor, token, digits string) (err error) {
	defer fault.Wrap(&err, "person.ConfirmTOTP")
	t, err := s.openTicket(ctx, secretTOTP, token)
	if err != nil {
		return err
	}
	r, err := s.ownSecrets(ctx, &a)
	if err != nil {
		return err
	}
	if string(t.Person) != r.ID {
		return fault.New(fault.NotFound, "person.ticket_unknown")
	}
	raw, err := s.ticketData(t)
	if err != nil {
		return err
	}
	step, ok := totpStep(string(raw), digits, s.now(), 0)
	if !ok {
		return fault.New(fault.Unauthenticated, "person.code_wrong")
	}
	docID := totpID(ID(r.ID))
	doc := &secret{Doc: store.Doc{ID: docID}, Person: ID(r.ID), Kind: secretTOTP, Sealed: s.ring.Seal(raw, "secrets:"+docID), On: true,
		Made: store.At(s.now()), Step: step}
	if err := s.secrets.Upsert(ctx, doc); err != nil {
		return err
	}
	s.tell(ctx, doc.Person, newTOTP, t.ID)
	if err := s.spend(ctx, t); !fault.Is(err, fault.Conflict) {
		return err
	}
	return nil
}

// totpStep finds which step of time the digits are of: this one, the one before or
// the one after (a clock that is off by half a minute), but none up to last.
func totpStep(key, digits string, now time.Time, last int64) (step int64, ok bool) {
	digits = onlyDigits(digits)
	opts := totp.ValidateOpts{Period: totpPeriod, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}
	current := now.Unix() / totpPeriod
	for _, n := range []int64{current, current - 1, current + 1} {
		want, err := totp.GenerateCodeCustom(key, time.Unix(n*totpPeriod, 0), opts)
		if err == nil && n > last && subtle.ConstantTimeCompare([]byte(want), []byte(digits)) == 1 {
			return n, true
		}
	}
	return 0, false
}

// CheckTOTP is the second factor of a session. Errors: Unauthenticated (wrong, or
// used already), TooMany, NotFound (no authenticator is set up).
func (s *Service) CheckTOTP(ctx context.Context, id ID, digits string) (err error) {
	defer fault.Wrap(&err, "person.CheckTOTP")
	r, err := s.follow(ctx, id)
	if err != nil {
		return err
	}
	doc, err := s.secrets.Get(ctx, totpID(ID(r.ID)))
	if fault.Is(err, fault.NotFound) || err == nil && !doc.On {
		return fault.New(fault.NotFound, "person.no_factor")
	}
	if err != nil {
		return err
	}
	now := s.now()
	if wait := doc.rests(now); wait > 0 {
		return tooMany(wait, "")
	}
	doc.miss(now)
	if doc.Wrong >= factorTries { // a rest, then it begins anew: staff are not locked out for good by a stranger
		doc.counter = counter{Next: store.At(now.Add(factorRest))}
	}
	if err := s.secrets.Replace(ctx, doc); err != nil {
		if fault.Is(err, fault.Conflict) {
			return tooMany(1, "")
		}
		return err
	}
	raw, err := s.ring.Open(doc.Sealed, "secrets:"+doc.ID)
	if err != nil {
		return err
	}
	step, ok := totpStep(string(raw), digits, now, doc.Step)
	if !ok {
		s.friction.failed(now)
		return fault.New(fault.Unauthenticated, "person.code_wrong")
	}
	doc.counter, doc.Step, doc.Used = counter{}, step, store.At(now)
	err = s.secrets.Replace(ctx, doc)
	if fault.Is(err, fault.Conflict) { // the same code twice at one moment: one of them counts
		return fault.New(fault.Unauthenticated, "person.code_wrong")
	}
	return err
}

// hasFactor tells whether the person has a second factor or a passkey.
func (s *Service) hasFactor(ctx context.Context, id ID) (bool, error) {
	for doc, err := range s.secrets.Find(ctx, store.Query{Index: indexPerson, Eq: []any{id}}) {
		if err != nil {
			return false, err
		}
		if doc.On {
			return true, nil
		}
	}
	return false, nil
}

// Way is a passkey or an authenticator in the list of a person's ways in.
type Way struct {
	ID    string
	Kind  string // "totp", "passkey"
	Label string
	Made  time.Time
	Used  time.Time
}

// Ways lists passkeys and authenticators of the actor.
func (s *Service) Ways(ctx context.Context, a Actor) (list []Way, err error) {
	defer fault.Wrap(&err, "person.Ways")
	r, err := s.allowed(ctx, &a, a.Person, MeRead, MeRead)
	if err != nil {
		return nil, err
	}
	for _, id := range s.aliases(r) {
		for doc, err := range s.secrets.Find(ctx, store.Query{Index: indexPerson, Eq: []any{id}}) {
			if err != nil {
				return nil, err
			}
			if doc.On {
				list = append(list, Way{ID: doc.ID, Kind: doc.Kind, Label: doc.Label, Made: doc.Made.Time, Used: doc.Used.Time})
			}
		}
	}
	return list, nil
}

// DropWay removes a passkey or an authenticator of the actor. Errors: NotFound (also
// for another person's), Conflict "person.last_factor" (staff keep one).
func (s *Service) DropWay(ctx context.Context, a Actor, wayID string) (err error) {
	defer fault.Wrap(&err, "person.DropWay")
	ways, err := s.Ways(ctx, a)
	if err != nil {
		return err
	}
	found := false
	for _, w := range ways {
		found = found || w.ID == wayID
	}
	if !found {
		return fault.New(fault.NotFound, "person.not_here")
	}
	if a.Staff() && len(ways) == 1 {
		return fault.New(fault.Conflict, "person.last_factor")
	}
	if _, err := s.ownSecrets(ctx, &a); err != nil {
		return err
	}
	if err := ignoreMissing(s.secrets.Delete(ctx, wayID, 0)); err != nil {
		return err
	}
	s.tell(ctx, a.Person, wayGone, wayID)
	return nil
}

// ResetFactors removes all passkeys and authenticators of a member of staff who lost
// them, and ends the sessions: an administrator, or the operator, after having made
// sure who asks. SignInLink and StartTOTP follow.
func (s *Service) ResetFactors(ctx context.Context, a Actor, id ID) (err error) {
	defer fault.Wrap(&err, "person.ResetFactors")
	r, err := s.follow(ctx, id)
	if err != nil {
		return err
	}
	if own, err := s.same(ctx, a.Person, r); err != nil || own {
		if err == nil {
			err = fault.New(fault.Forbidden, "person.not_oneself")
		}
		return err
	}
	if err := s.may(ctx, &a, FactorReset, r.subject(), subjectOf(ID(r.ID))); err != nil {
		return err
	}
	if err := s.dropSecrets(ctx, s.aliases(r)); err != nil {
		return err
	}
	s.tell(ctx, ID(r.ID), factorsGone, r.ID+"@"+store.At(s.now()).String())
	return s.endSessions(ctx, s.aliases(r), "")
}

func (s *Service) dropSecrets(ctx context.Context, ids []ID) error {
	for _, id := range ids {
		for k, err := range s.secrets.Keys(ctx, store.Query{Index: indexPerson, Eq: []any{id}}) {
			if err != nil {
				return err
			}
			if err := ignoreMissing(s.secrets.Delete(ctx, k.ID, 0)); err != nil {
				return err
			}
		}
	}
	return nil
}

func marshal(v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		panic("person: " + err.Error()) // only for types that cannot become JSON
	}
	return raw
}

// TOTPDigits are the code of an authenticator's secret at a moment: for the demo's door.
func TOTPDigits(secret string, at time.Time) (string, error) {
	code, err := totp.GenerateCode(secret, at)
	return code, fault.From(err, fault.Invalid, "")
}
