package app

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"osvitlo/internal/credential"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/job"
	"osvitlo/internal/person"
	"osvitlo/internal/scoring"
	"osvitlo/internal/sitting"
	"osvitlo/internal/web"
	pages "osvitlo/internal/web/credential"
)

// openCredentials opens what issues certificates. It comes before the people, as what is
// kept of learners does, and before the courses, whose completions it hears.
func (a *App) openCredentials() (err error) {
	defer fault.Wrap(&err, "app.openCredentials")
	city, _, _ := a.city() // its colour, the one thing that can be wrong, is read by buildSite
	issuer := city.Owner
	if issuer.IsZero() {
		issuer = city.Name
	}
	a.Credentials, err = credential.New(credential.Config{Engine: a.engine, Catalogue: awards{a.Library, a.catalogue()}, Ring: a.keys, Secret: a.secret, Audit: a.Audit,
		Address: a.address, Demo: a.config.Demo, Issuer: issuer, Name: a.holderName, Now: a.now,
		Approved: a.Bank.Marked, Proctored: a.config.Proctored, LevelFrom: a.config.LevelFrom, Tests: levelTests{a}})
	if err != nil {
		return err
	}
	if err := a.Jobs.Add(job.Job{Name: "level-tests", When: job.Every(5 * time.Minute), Run: func(ctx context.Context, _ job.Run) error {
		return a.Credentials.Settle(ctx)
	}}); err != nil {
		return err
	}
	return a.Jobs.Add(job.Job{Name: "credential-keys", When: job.Every(time.Hour), Run: func(ctx context.Context, _ job.Run) error {
		return a.Credentials.Tend(ctx)
	}})
}

// address is the site as people see it. The demo knows where it listens; anywhere else
// an address that is not configured is not known.
func (a *App) address() string {
	if a.config.PublicURL != "" || !a.config.Demo {
		return a.config.PublicURL
	}
	raw, err := os.ReadFile(filepath.Join(a.config.Data, addressFile))
	if err != nil {
		return "" // nothing listens
	}
	host, port, err := net.SplitHostPort(strings.TrimSpace(string(raw)))
	if err != nil {
		return ""
	}
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// holderName is the name of a person now, for a certificate of theirs; empty for somebody
// without a name, or gone.
func (a *App) holderName(ctx context.Context, id person.ID) (string, error) {
	p, err := a.People.ByID(ctx, person.Actor{Person: id, Where: "outbox", Why: "certificate"}, id)
	switch {
	case fault.Is(err, fault.NotFound), fault.Is(err, fault.Gone):
		return "", nil
	case err != nil:
		return "", err
	}
	return p.Name, nil
}

// merged hears that two accounts became one: progress first, then certificates.
func (a *App) merged(ctx context.Context, d job.Delivery) error {
	return errors.Join(a.Courses.Merged(ctx, d), a.Packages.Merged(ctx, d), a.Events.Merged(ctx, d), a.Credentials.Merged(ctx, d), a.Staffing.Merged(ctx, d))
}

// certificateSlug is the form behind certificates of a level.
const certificateSlug = "resident-certificate"

// levelTests are the sittings behind levels, as package credential asks of them.
type levelTests struct{ a *App }

func (t levelTests) Form() (instrument string, version int, err error) {
	pub, ok := t.a.Sittings.Catalogue().Current(certificateSlug)
	if !ok {
		return "", 0, fault.New(fault.NotFound, "sitting.no_such_instrument")
	}
	return pub.Slug, pub.Version, nil
}

func (t levelTests) Open(ctx context.Context, lang string) (o credential.Opened, err error) {
	if o.Instrument, o.Version, err = t.Form(); err != nil {
		return o, err
	}
	st, err := t.a.Sittings.Start(ctx, sitting.StartRequest{Instrument: o.Instrument, Language: lang, Purpose: sitting.PurposePractice})
	o.Sitting, o.Token = st.ID, st.Token
	return o, err
}

func (t levelTests) Reopen(ctx context.Context, id string) (string, error) {
	return t.a.Sittings.Reopen(ctx, id)
}

func (t levelTests) Results(ctx context.Context, ids []string) (list []credential.LevelResult, err error) {
	docs, err := t.a.Sittings.Many(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, d := range docs {
		if d.Purpose != sitting.PurposeCertificate || d.Erased {
			continue
		}
		r := credential.LevelResult{Sitting: d.ID, Instrument: d.Instrument, Version: d.Version, Certificate: true}
		if d.Done() {
			r.At = d.Submitted.Time
			if d.Score != nil && d.Score.Posterior != nil {
				r.Level = d.Score.Posterior.Certified // METHOD §13: passed with probability 0.80
			}
		}
		list = append(list, r)
	}
	return list, nil
}

func (t levelTests) Attach(ctx context.Context, who person.ID, id string) error {
	_, access, err := t.a.Sittings.OpenLink(t.a.Sittings.LinkKey(id))
	if err != nil {
		return err
	}
	return t.a.People.Attach(ctx, person.Actor{Person: who, Where: "outbox", Why: "certificate"}, id, access.Key)
}

func (t levelTests) Erase(ctx context.Context, id string) error {
	return sitting.ForPeople(t.a.Sittings).Erase(ctx, id)
}

// watch asks whether a sitting for a certificate may go on now.
func (a *App) watch(ctx context.Context, id string) error {
	if a.Credentials == nil {
		return nil // a command that looks at answers
	}
	return a.Credentials.Watch(ctx, id)
}

// testFacts says how a test for a level went, for whoever decides about it.
func (a *App) testFacts(ctx context.Context, id, lang string) (*pages.TestFacts, error) {
	docs, err := a.Sittings.Many(ctx, []string{id})
	if err != nil || len(docs) == 0 || docs[0].Erased {
		return nil, err
	}
	d := docs[0]
	f := &pages.TestFacts{Items: len(d.Log)}
	if d.Score != nil && d.Score.Posterior != nil {
		p := d.Score.Posterior
		from := slices.IndexFunc(scoring.DefaultCutoffs().Cuts, func(x scoring.Cut) bool { return x.Level == p.Certified })
		for i, mass := range p.Mass {
			if from >= 0 && i >= from {
				f.Sure += mass
			}
		}
	}
	if d.Quality != nil {
		w := a.words.Lang(lang)
		for _, flag := range d.Quality.Flags {
			f.Flags = append(f.Flags, w.T("quality."+string(flag.Code), nil))
		}
	}
	return f, nil
}

func (a *App) credentialPages(s site) (web.Part, error) {
	return pages.New(pages.Options{Pages: s.pages, Words: a.words, Credentials: a.Credentials, Catalogue: awards{a.Library, a.catalogue()}, City: s.city,
		Address: a.address, OverTLS: s.overTLS, Menu: a.desk.Menu, Facts: a.testFacts, Now: a.now,
		Enter: a.handlers.Resident.Remember,
		Places: func() (list []pages.Place) {
			for _, v := range a.Venues() {
				list = append(list, pages.Place{ID: v.ID, Name: v.Name})
			}
			return list
		},
		Learner: func(ctx context.Context, who person.Actor, id person.ID) (*pages.Learner, error) {
			p, err := a.People.ByID(ctx, who, id)
			if err != nil {
				return nil, err
			}
			return &pages.Learner{ID: p.ID, Name: p.Name}, nil
		}})
}

// certificates is the entry of the office's menu.
var certificates = i18n.Text{UK: "Сертифікати", EN: "Certificates"}
