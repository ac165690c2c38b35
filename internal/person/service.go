package person

import (
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"log/slog"
	"strings"
	"time"

	"osvitlo/internal/audit"
	"osvitlo/internal/fault"
	"osvitlo/internal/job"
	"osvitlo/internal/notify"
	"osvitlo/internal/person/vault"
	"osvitlo/internal/store"
)

// Auditor writes down who did what. audit.Log is one.
type Auditor interface {
	Record(ctx context.Context, e audit.Event) error
	RecordAll(ctx context.Context, events []audit.Event) error
}

// Mailer queues mails. notify.Post is one.
type Mailer interface {
	Queue(ctx context.Context, m notify.Mail) error
	Ready() bool
}

// Outbox takes named events for packages above: Topics lists them. job.Outbox is one.
type Outbox interface {
	Add(ctx context.Context, m job.Message) error
}

// Holder is another package that holds data of people. All of its calls may come
// twice for one act.
type Holder interface {
	// Name is the part's name in an export, kebab-case.
	Name() string
	// Export gives what is held about the person under any of these ids, as something
	// that becomes JSON; nil for nothing.
	Export(ctx context.Context, ids []ID) (any, error)
	// Erase removes or irreversibly unlinks it.
	Erase(ctx context.Context, ids []ID) error
}

// Sittings is what this package asks of the sittings, which are kept without persons.
type Sittings interface {
	// Opens tells whether the proof (cookie or result key) opens this sitting.
	Opens(ctx context.Context, sitting, proof string) (bool, error)
	// Export gives what is held under a sitting's id; nil when it is gone.
	Export(ctx context.Context, sitting string) (any, error)
	// Erase removes the sitting; one that is gone is no error.
	Erase(ctx context.Context, sitting string) error
}

// Config is what the service needs to know.
type Config struct {
	Ring       *vault.Ring // keys of sealed fields; from the configuration, not from the store
	Secret     []byte      // of this installation, at least 32 bytes; never changes
	Audit      Auditor
	Mail       Mailer // nil: no mail
	Texts      Texter // nil: no short messages
	Outbox     Outbox
	Sittings   Sittings      // nil: none can be attached
	Holders    []Holder      // who else holds data of people
	Fields     []Field       // what others hold about people, for the lawyer's table
	Periods    []Period      // and how long they keep it: a period for each kind of their fields
	Tombstones Tombstones    // outside the store and its backups
	Notice     Notice        // who asks, for the texts of consent
	Inactive   time.Duration // how long an unused account is kept; 0 means 3 years
	Log        *slog.Logger
	Now        func() time.Time
}

// Service is the door to everything about people. It is safe for concurrent use.
type Service struct {
	cfg  Config
	ring *vault.Ring
	now  func() time.Time
	log  *slog.Logger

	pepper, flowKey []byte   // derived from the secret
	friction        friction // wrong tries
	made            pace     // accounts that visitors made
	accountsHeld    accountCache
	step            func(name string) // of tests: called between the steps of an act

	people   *store.Collection[record, *record]
	claims   *store.Collection[claim, *claim]
	accounts *store.Collection[account, *account]
	consents *store.Collection[Entry, *Entry]
	cards    *store.Collection[card, *card]
	secrets  *store.Collection[secret, *secret]
	tickets  *store.Collection[ticket, *ticket]
	codes    *store.Collection[code, *code]
	sessions *store.Collection[session, *session]
	tokens   *store.Collection[Token, *Token]
	pairs    *store.Collection[Pair, *Pair]
	merges   *store.Collection[Merge, *Merge]
	receipts *store.Collection[receipt, *receipt]
	reports  *store.Collection[Report, *Report]
}

// New opens the collections. Errors: Invalid when a part of the configuration that
// protects people is missing.
func New(engine store.Engine, cfg Config) (s *Service, err error) {
	defer fault.Wrap(&err, "person.New")
	switch {
	case cfg.Ring == nil:
		return nil, fault.Newf(fault.Invalid, "", "people need keys for their sealed fields")
	case len(cfg.Secret) < 32:
		return nil, fault.Newf(fault.Invalid, "", "people need the secret of the installation")
	case cfg.Audit == nil || cfg.Outbox == nil || cfg.Tombstones == nil:
		return nil, fault.Newf(fault.Invalid, "", "people need the audit log, the outbox and a place for tombstones")
	}
	kinds := map[string]bool{}
	for _, p := range append(Periods(), cfg.Periods...) {
		if kinds[p.Kind] {
			return nil, fault.Newf(fault.Invalid, "", "data of the kind %s have two periods", p.Kind)
		}
		kinds[p.Kind] = true
	}
	for _, f := range cfg.Fields {
		if !kinds[f.Kind] {
			return nil, fault.Newf(fault.Invalid, "", "data of the kind %s have no period", f.Kind)
		}
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Inactive <= 0 {
		cfg.Inactive = 3 * 365 * 24 * time.Hour
	}
	s = &Service{cfg: cfg, ring: cfg.Ring, now: cfg.Now, log: cfg.Log, step: func(string) {}}
	if s.pepper, err = hkdf.Key(sha256.New, cfg.Secret, nil, "osvitlo person pepper", 32); err != nil {
		return nil, err
	}
	if s.flowKey, err = hkdf.Key(sha256.New, cfg.Secret, nil, "osvitlo person flow", 32); err != nil {
		return nil, err
	}
	open := func(f func() error) {
		if err == nil {
			err = f()
		}
	}
	open(func() (e error) { s.people, e = store.Open[record](engine, peopleSpec); return })
	open(func() (e error) { s.claims, e = store.Open[claim](engine, claimSpec); return })
	open(func() (e error) { s.accounts, e = store.Open[account](engine, accountSpec); return })
	open(func() (e error) { s.consents, e = store.Open[Entry](engine, consentSpec); return })
	open(func() (e error) { s.cards, e = store.Open[card](engine, cardSpec); return })
	open(func() (e error) { s.secrets, e = store.Open[secret](engine, secretSpec); return })
	open(func() (e error) { s.tickets, e = store.Open[ticket](engine, ticketSpec); return })
	open(func() (e error) { s.codes, e = store.Open[code](engine, codeSpec); return })
	open(func() (e error) { s.sessions, e = store.Open[session](engine, sessionSpec); return })
	open(func() (e error) { s.tokens, e = store.Open[Token](engine, tokenSpec); return })
	open(func() (e error) { s.pairs, e = store.Open[Pair](engine, pairSpec); return })
	open(func() (e error) { s.merges, e = store.Open[Merge](engine, mergeSpec); return })
	open(func() (e error) { s.receipts, e = store.Open[receipt](engine, receiptSpec); return })
	open(func() (e error) { s.reports, e = store.Open[Report](engine, reportSpec); return })
	return s, err
}

// note writes an act into the audit log. It runs before the act.
func (s *Service) note(ctx context.Context, a *Actor, action, subject string) error {
	return s.cfg.Audit.Record(ctx, event(a, action, subject))
}

func event(a *Actor, action, subject string) audit.Event {
	e := audit.Event{Actor: string(a.Person), Action: action, Subject: subject, Where: a.Where, Why: a.Why}
	switch {
	case a.Operator:
		e.Actor = "operator"
	case a.Person == "":
		e.Actor = "anonymous"
	}
	if e.Where == "" {
		e.Where = "web"
	}
	return e
}

func subjectOf(id ID) string { return "person:" + string(id) }

// may checks a right and writes the act down.
func (s *Service) may(ctx context.Context, a *Actor, act Action, over Subject, subject string) error {
	if err := Can(a, act, over).Err(); err != nil {
		return err
	}
	return s.note(ctx, a, act.String(), subject)
}

var letters32 = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// random gives n random bytes as small letters and digits 2 to 7.
func random(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails since Go 1.24
	return letters32.EncodeToString(b)
}

func newID() ID { return ID("p" + random(16)) }

// validID tells whether a text can be a person's id, so that what comes from outside
// reaches neither the store nor the log otherwise.
func validID(id ID) bool {
	if len(id) != 27 || id[0] != 'p' {
		return false
	}
	return strings.Trim(string(id[1:]), "abcdefghijklmnopqrstuvwxyz234567") == ""
}

// hashToken is how tokens of 128 random bits or more are stored.
func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

func mac(key []byte, parts ...string) string {
	h := hmac.New(sha256.New, key)
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil))
}

// absent turns a missing document into "not here".
func absent(err error) error {
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.NotFound, "person.not_here")
	}
	return err
}

// ignoreMissing is for acts that may come twice.
func ignoreMissing(err error) error {
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// retries bounds how often a change is made again after somebody else's.
const retries = 8
