package app

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"osvitlo/content"
	"osvitlo/internal/asset"
	"osvitlo/internal/course"
	"osvitlo/internal/coursepack"
	"osvitlo/internal/credential"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/job"
	"osvitlo/internal/person"
	"osvitlo/internal/web"
	"osvitlo/internal/web/learning"
	"osvitlo/internal/web/packages"
	"osvitlo/internal/xapi"
)

// openPackages opens the packages of other programs. It comes behind the courses, whose
// progress they write, and before the people, whose data they hold.
func (a *App) openPackages() (err error) {
	defer fault.Wrap(&err, "app.openPackages")
	o := coursepack.Options{Engine: a.engine, Media: a.media, Courses: a.Courses, Uses: a.packageUses, Log: a.log, Now: a.now}
	if a.Audit != nil {
		o.Audit = a.Audit
	}
	if a.config.ClamAV != "" {
		o.Scanner = asset.NewClamd(a.config.ClamAV, 0)
	}
	if a.Packages, err = coursepack.New(o); err != nil {
		return err
	}
	return a.Jobs.Add(job.Job{Name: "packages", When: job.Daily(4, 25), Lease: 10 * time.Minute, Run: a.Packages.Sweep})
}

// openStatements opens what tells of learning acts, and sends it where an LRS is set up.
func (a *App) openStatements() (err error) {
	defer fault.Wrap(&err, "app.openStatements")
	o := xapi.Options{Origin: a.address, Secret: a.secret, Courses: a.Courses, Catalogue: a.catalogue(), Agreed: a.agreedToLearning, Outbox: a.Outbox, Log: a.log, Now: a.now}
	if a.Audit != nil {
		o.Audit = a.Audit
	}
	if lrs := a.config.LRS; lrs.URL != "" {
		if o.LRS, err = xapi.NewLRS(lrs.URL, lrs.Key, lrs.Secret.Reveal(), 0); err != nil {
			return errors.New("OSVITLO_LRS_URL: " + err.Error())
		}
	}
	if a.Statements, err = xapi.New(o); err != nil {
		return err
	}
	return errors.Join(
		a.Jobs.Add(job.Job{Name: "xapi", When: job.Daily(4, 40), Lease: 10 * time.Minute, Run: a.Statements.Reconcile}),
		a.Jobs.Add(job.Job{Name: "xapi-again", When: job.Every(time.Hour), Run: a.Statements.Revive}),
	)
}

// agreedToLearning tells whether somebody agrees to a record of learning now.
func (a *App) agreedToLearning(ctx context.Context, id person.ID) (bool, error) {
	held, err := a.People.Consents(ctx, person.Actor{Person: id, Where: "outbox", Why: "xapi"}, id)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Gone) {
		return false, nil
	}
	return slices.ContainsFunc(held, func(h person.Held) bool { return h.Purpose == person.Learning && h.Given }), err
}

// packageUses tells which lessons show a package, in the city's own language.
func (a *App) packageUses(name string) (list []string) {
	for _, c := range a.catalogue().Courses() {
		for _, l := range c.Lessons {
			if slices.Contains(l.Packages(), name) {
				list = append(list, c.Title.In(i18n.Ukrainian)+": "+l.Title.In(i18n.Ukrainian))
			}
		}
	}
	return list
}

// player is the operator's H5P player; nil without one.
func (a *App) player() (fs.FS, error) {
	if a.config.H5PPlayer == "" {
		return nil, nil
	}
	root, err := os.OpenRoot(a.config.H5PPlayer)
	if err != nil {
		return nil, errors.New("OSVITLO_H5P_PLAYER: " + err.Error())
	}
	a.closers = append(a.closers, root.Close)
	player := root.FS()
	for _, name := range []string{"main.bundle.js", "frame.bundle.js", "styles/h5p.css"} {
		if _, err := fs.Stat(player, name); err != nil {
			return nil, errors.New("OSVITLO_H5P_PLAYER: у теці немає / the folder lacks " + name)
		}
	}
	return player, nil
}

func (a *App) packagePages(s site) (web.Part, error) {
	player, err := a.player()
	if err != nil {
		return nil, err
	}
	pictures, err := fs.Sub(content.FS, "media")
	if err != nil {
		return nil, err
	}
	return packages.New(packages.Options{Pages: s.pages, Words: a.words, Packages: a.Packages, Origin: a.config.PackageURL, Player: player,
		Courses: a.catalogue(), Drafts: a.Drafts, Pictures: pictures, EditorName: a.editorName, Statements: a.Statements,
		Menu: a.desk.Menu, OverTLS: s.overTLS, Now: a.now})
}

// packagesOf is what lessons show of other programs.
func (a *App) packagesOf() learning.Packages {
	return learning.Packages{Service: a.Packages, Origin: a.config.PackageURL, H5P: a.config.H5PPlayer != ""}
}

// adopting gives a device's certificates, and what its packages kept, to whoever signed in
// on it.
type adopting struct {
	*credential.Service
	packages *coursepack.Service
}

// Adopt joins both.
func (x adopting) Adopt(ctx context.Context, from, to course.Learner) error {
	return errors.Join(x.packages.Adopt(ctx, from, to), x.Service.Adopt(ctx, from, to))
}

// packagesOnly keeps the pages of the site away from the origin of packages: whatever a
// package does there, it finds nothing but packages.
func packagesOnly(origin string, site http.Handler) http.Handler {
	at, err := url.Parse(origin)
	if err != nil || at.Host == "" {
		return site
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.EqualFold(r.Host, at.Host) && !strings.HasPrefix(r.URL.Path, "/packages/") {
			http.NotFound(w, r)
			return
		}
		site.ServeHTTP(w, r)
	})
}

// heardTrack hears of progress. Courses are opened before what tells of them.
func (a *App) heardTrack(was, is *course.Track) {
	if a.Statements != nil {
		a.Statements.Heard(was, is)
	}
}
