package app

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"osvitlo/internal/audit"
	"osvitlo/internal/event"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/job"
	"osvitlo/internal/notify"
	"osvitlo/internal/person"
	"osvitlo/internal/person/vault"
	"osvitlo/internal/sitting"
	"osvitlo/internal/telemetry"
)

// Files beside the store, not in it: what they prove must not lie with what it is
// proved about, and a restored backup must not bring anybody back.
const (
	keysFile  = "keys"       // demo only
	auditKey  = "audit.key"  // signs the seals
	sealsFile = "audit.seal" // heads of the chains
	stones    = "tombstones" // who was erased
)

// openRecords opens what is written down and sent: audit log, outbox, schedule, mail.
// Without keys, which only a command that looks at answers may lack, nothing is opened.
func (a *App) openRecords(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "app.openRecords")
	if err := os.MkdirAll(a.config.Data, 0o750); err != nil {
		return fault.From(err, fault.Unavailable, "")
	}
	if a.keys, err = a.ring(); err != nil || a.keys == nil {
		return err
	}
	key, err := audit.LoadKey(filepath.Join(a.config.Data, auditKey))
	if err != nil {
		return err
	}
	if a.Audit, err = audit.New(ctx, a.engine, audit.Config{Seals: filepath.Join(a.config.Data, sealsFile), Key: key, Log: a.log, Now: a.now}); err != nil {
		return err
	}
	a.closers = append(a.closers, a.Audit.Close)
	holder := job.Holder()
	if a.Outbox, err = job.NewOutbox(a.engine, holder, a.log, a.now); err != nil {
		return err
	}
	if a.Jobs, err = job.NewSchedule(a.engine, holder, a.log, a.now); err != nil {
		return err
	}
	sender, err := a.sender()
	if err != nil {
		return err
	}
	if a.post, err = notify.New(a.Outbox, a.keys, sender, a.now); err != nil || a.config.SMS.URL == "" {
		return err
	}
	gateway, err := notify.NewWebhook(notify.WebhookConfig{URL: a.config.SMS.URL, Secret: []byte(a.config.SMS.Secret.Reveal()), Now: a.now})
	if err != nil {
		return fmt.Errorf("OSVITLO_SMS_URL: %w", err)
	}
	return a.post.UseSMS(gateway)
}

// openPeople opens what knows who acts.
func (a *App) openPeople(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "app.openPeople")
	if err := a.openDrafts(ctx); err != nil {
		return err
	}
	if a.keys == nil {
		return nil
	}
	if err := a.openCredentials(); err != nil {
		return err
	}
	if err := a.openLearning(); err != nil {
		return err
	}
	if err := a.openAssets(); err != nil {
		return err
	}
	if err := a.openHelp(ctx); err != nil {
		return err
	}
	if err := a.openPlaces(ctx); err != nil {
		return err
	}
	if err := a.openServices(ctx); err != nil {
		return err
	}
	if err := a.openEvents(ctx); err != nil {
		return err
	}
	if err := a.openPackages(); err != nil {
		return err
	}
	if err := a.openStatements(); err != nil {
		return err
	}
	if err := a.openEmployers(ctx); err != nil {
		return err
	}
	a.People, err = person.New(a.engine, person.Config{
		Ring: a.keys, Secret: a.secret, Audit: a.Audit, Mail: a.post, Texts: a.post, Outbox: a.Outbox, Sittings: sitting.ForPeople(a.Sittings), Holders: []person.Holder{a.Courses, a.Events, a.Packages, a.Statements, a.Credentials, a.Staffing}, Fields: fields(), Periods: slices.Concat(periods(), event.Periods(a.keepBookings())),
		Tombstones: person.NewTombstoneFile(filepath.Join(a.config.Data, stones)), Notice: a.notice(), Log: a.log, Now: a.now,
	})
	if err != nil {
		return err
	}
	if err := a.People.CheckKeys(ctx); err != nil {
		return err
	}
	if _, err := a.People.ReplayErasures(ctx); err != nil {
		return err
	}
	return a.addJobs()
}

// tokens lets the API know who stands behind a bearer token.
type tokens struct{ people *person.Service }

// Helper reads a token of a venue, an operator or an enrolled device.
func (t tokens) Helper(ctx context.Context, token string) (*sitting.Helper, error) {
	k, err := t.people.Verify(ctx, token)
	if err != nil {
		return nil, err
	}
	kind := map[person.TokenKind]sitting.HelperKind{person.VenueToken: sitting.HelperVenue, person.OperatorToken: sitting.HelperOperator,
		person.DeviceToken: sitting.HelperDevice}[k.Kind]
	return &sitting.Helper{Kind: kind, Venue: k.Place, Person: string(k.Person), Token: k.ID[:16]}, nil
}

// NoKeysError says that names could not be sealed, and what to do.
type NoKeysError struct{}

func (NoKeysError) Error() string {
	return "OSVITLO_KEYS: без ключа імена й телефони не запечатати; створіть його командою «osvitlo keys new» / " +
		`names and phones cannot be sealed without a key; make one with "osvitlo keys new"`
}

// ring reads the keys of sealed fields. The demo makes one for itself; nil comes back
// only for commands that look at answers.
func (a *App) ring() (*vault.Ring, error) {
	text := a.config.Keys.Reveal()
	if text == "" && a.config.Demo {
		made, err := demoKey(filepath.Join(a.config.Data, keysFile))
		if err != nil {
			return nil, err
		}
		text = made
	}
	if text == "" && a.reading {
		return nil, nil
	}
	if text == "" {
		return nil, NoKeysError{}
	}
	keys, err := vault.ParseKeys(text)
	if err != nil {
		return nil, err
	}
	return vault.New(keys)
}

// NewKey makes a key as OSVITLO_KEYS takes it; its id is the day.
func NewKey(now time.Time) string {
	var b [vault.MinKey]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return "k" + now.UTC().Format("20060102") + ":" + base64.StdEncoding.EncodeToString(b[:])
}

func demoKey(name string) (string, error) {
	raw, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		var f *os.File
		if f, err = os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600); err == nil {
			raw = []byte(NewKey(time.Now()) + "\n")
			_, err = f.Write(raw)
			err = errors.Join(err, f.Sync(), f.Close())
		} else if errors.Is(err, fs.ErrExist) {
			raw, err = os.ReadFile(name) // another process was faster
		}
	}
	return strings.TrimSpace(string(raw)), fault.From(err, fault.Unavailable, "")
}

// sender is where mails go: the city's server, the operator's page in demo, or nowhere,
// and then codes by e-mail are not offered.
func (a *App) sender() (notify.Sender, error) {
	m := a.config.Mail
	switch {
	case m.Host != "":
		return notify.NewSMTP(notify.SMTPConfig{Host: m.Host, Port: m.Port, TLS: notify.TLS(m.TLS), User: m.User,
			Password: m.Password.Reveal(), From: m.From, FromName: m.FromName})
	case a.config.Demo:
		var err error
		a.Inbox, err = notify.NewInbox(a.engine, a.now)
		return a.Inbox, err
	}
	return nil, nil
}

// notice is who answers for the data, for the texts of consent.
func (a *App) notice() person.Notice {
	city, _, _ := a.city() // its colour, the one thing that can be wrong, is read by buildSite
	n := a.config.Notice
	contact := n.Contact
	if contact == "" {
		contact = city.Phone
	}
	return person.Notice{Version: n.Version, Owner: city.Owner, Processor: either(i18n.Text{UK: n.ProcessorUK, EN: n.ProcessorEN}),
		Contact: contact, CheckedBy: n.CheckedBy}
}

// addJobs lists what is done again and again for people.
func (a *App) addJobs() error {
	return errors.Join(
		a.bankJobs(),
		a.Jobs.Add(job.Job{Name: "retention", When: job.Daily(3, 30), Lease: 10 * time.Minute, Run: func(ctx context.Context, _ job.Run) error {
			if _, err := a.People.Sweep(ctx); err != nil {
				return err
			}
			if a.Inbox != nil {
				if _, err := a.Inbox.Sweep(ctx); err != nil {
					return err
				}
			}
			_, err := a.Outbox.Sweep(ctx)
			return err
		}}),
		a.Jobs.Add(job.Job{Name: "audit-prune", When: job.Daily(4, 10), Lease: 10 * time.Minute, Run: func(ctx context.Context, _ job.Run) error {
			_, err := a.Audit.Prune(ctx, a.now().Add(-person.AuditKeep))
			return err
		}}),
		a.Jobs.Add(job.Job{Name: "duplicates", When: job.Daily(2, 30), Lease: 10 * time.Minute, Run: func(ctx context.Context, _ job.Run) error {
			_, err := a.People.FindDuplicates(ctx)
			return err
		}}),
		a.Jobs.Add(job.Job{Name: "reseal", When: job.Every(time.Hour), Lease: 10 * time.Minute, Run: func(ctx context.Context, _ job.Run) error {
			_, _, err := a.Reseal(ctx)
			return err
		}}),
		a.Jobs.Add(job.Job{Name: "merges", When: job.Every(5 * time.Minute), Run: func(ctx context.Context, _ job.Run) error {
			_, err := a.People.Resume(ctx)
			return err
		}}),
		a.Jobs.Add(job.Job{Name: "erasures", When: job.Every(15 * time.Minute), Run: func(ctx context.Context, _ job.Run) error {
			_, err := a.People.ReplayErasures(ctx)
			return err
		}}),
	)
}

// showDoors publishes what is unusual at the doors, so that an operator's alarm can ring.
func (a *App) showDoors() {
	show := func(name, help string, of func(n int, high bool) float64) {
		a.metrics.Gauge(name, help, "what", func() []telemetry.Sample {
			return []telemetry.Sample{{Label: "wrong_tries", Value: of(a.People.Failed())}, {Label: "new_accounts", Value: of(a.People.Made())}}
		})
	}
	show("osvitlo_doors", "Wrong tries at the doors, and accounts that visitors made, within the last hour.", func(n int, _ bool) float64 { return float64(n) })
	show("osvitlo_doors_alert", "1 while there are more of them than people make.", func(_ int, high bool) float64 {
		if high {
			return 1
		}
		return 0
	})
}
