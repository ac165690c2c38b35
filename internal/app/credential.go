package app

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"osvitlo/internal/credential"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/job"
	"osvitlo/internal/person"
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
	a.Credentials, err = credential.New(credential.Config{Engine: a.engine, Catalogue: a.Library, Ring: a.keys, Secret: a.secret, Audit: a.Audit,
		Address: a.address, Demo: a.config.Demo, Issuer: issuer, Name: a.holderName, Now: a.now})
	if err != nil {
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
	return errors.Join(a.Courses.Merged(ctx, d), a.Packages.Merged(ctx, d), a.Credentials.Merged(ctx, d))
}

// certificateSittings are the finished sittings of a person in the certificate form.
func (a *App) certificateSittings(ctx context.Context, id person.ID) (list []credential.LevelResult, err error) {
	ids, err := a.People.Sittings(ctx, id)
	if err != nil {
		return nil, err
	}
	docs, err := a.Sittings.Many(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, d := range docs {
		if d.Purpose != sitting.PurposeCertificate || d.Submitted.IsZero() {
			continue
		}
		r := credential.LevelResult{Sitting: d.ID, Instrument: d.Instrument, Version: d.Version, Certificate: true,
			Watched: d.Mode == sitting.ModeMentor, At: d.Submitted.Time}
		if d.Score != nil {
			r.Level = d.Score.LevelLow // what is sure: the lower end of the range
		}
		list = append(list, r)
	}
	return list, nil
}

func (a *App) credentialPages(s site) (web.Part, error) {
	return pages.New(pages.Options{Pages: s.pages, Words: a.words, Credentials: a.Credentials, Catalogue: a.Library, City: s.city,
		Address: a.address, OverTLS: s.overTLS, Menu: a.desk.Menu, Levels: a.certificateSittings, Now: a.now,
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
