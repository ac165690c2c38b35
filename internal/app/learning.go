package app

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"time"

	"osvitlo/content"
	"osvitlo/internal/course"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/job"
	"osvitlo/internal/notify"
	"osvitlo/internal/person"
	"osvitlo/internal/sitting"
	"osvitlo/internal/web"
	"osvitlo/internal/web/learning"
)

// openLearning opens what is kept of learners. It comes before the people: whoever holds
// data about them must be known when they are erased.
func (a *App) openLearning() (err error) {
	defer fault.Wrap(&err, "app.openLearning")
	if a.Courses, err = course.New(course.Config{Engine: a.engine, Catalogue: a.catalogue(), Outbox: a.Outbox, Heard: a.heardTrack, City: a, Log: a.log, Now: a.now}); err != nil {
		return err
	}
	return errors.Join(
		a.Outbox.Handle(person.TopicMerged, a.merged),
		a.Outbox.Handle(course.TopicCompleted, a.Credentials.Completed),
		a.Outbox.Handle(course.TopicSeat, a.heard),
		a.Outbox.Handle(course.TopicProofDue, a.invite),
		a.Jobs.Add(job.Job{Name: "courses", When: job.Every(5 * time.Minute), Run: func(ctx context.Context, _ job.Run) error {
			_, err := a.Courses.Settle(ctx)
			return err
		}}),
		a.Jobs.Add(job.Job{Name: "course-gains", When: job.Every(15 * time.Minute), Lease: 10 * time.Minute, Run: func(ctx context.Context, _ job.Run) error { return a.Courses.CountGains(ctx) }}),
		a.Jobs.Add(job.Job{Name: "course-devices", When: job.Daily(3, 50), Lease: 10 * time.Minute, Run: func(ctx context.Context, _ job.Run) error {
			_, err := a.Courses.Sweep(ctx)
			return err
		}}),
	)
}

// heard takes what courses tell while nobody acts on it: the seat stands on the learner's
// own page.
func (a *App) heard(ctx context.Context, d job.Delivery) error {
	a.log.InfoContext(ctx, "course", "topic", d.Topic)
	return nil
}

// invite asks somebody who agreed to be written to for the tasks of a week after a
// course. Everybody else finds them on the page of the course.
func (a *App) invite(ctx context.Context, d job.Delivery) error {
	var due course.ProofDue
	if err := d.Decode(&due); err != nil {
		return err
	}
	if due.Person == "" || !a.post.Ready() {
		return nil
	}
	to, err := a.writable(ctx, due.Person, "course")
	if err != nil || to == "" {
		return err
	}
	one, err := a.catalogue().Course(due.Course)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	w := a.words.Lang(i18n.Ukrainian)
	args := map[string]any{"Course": one.Title.In(i18n.Ukrainian), "Owner": a.notice().Owner.In(i18n.Ukrainian)}
	return a.post.Queue(ctx, notify.Mail{ID: d.ID, To: to, Subject: w.T("learning.mail.subject", args), Text: w.T("learning.mail.text", args),
		Lang: i18n.Ukrainian, Expires: a.now().Add(30 * 24 * time.Hour)})
}

// learningPages builds the pages of courses.
func (a *App) learningPages(s site) (web.Part, error) {
	pictures, err := fs.Sub(content.FS, "media")
	if err != nil {
		return nil, err
	}
	lessons, err := learning.New(learning.Options{Pages: s.pages, Words: a.words, Library: a.Library, Catalogue: a.catalogue(), Drafts: a.Drafts, EditorName: a.editorName, Courses: a.Courses, Credentials: adopting{a.Credentials, a.Packages}, Packages: a.packagesOf(), Score: a.scoreOf,
		Advice: a.handlers.Resident.Course, Warnings: a.fraud, Advised: a.employerAdvice, Name: a.learnerName, Pictures: pictures, Uploads: a.Assets, Menu: a.desk.Menu, City: s.city,
		Places: func() (list []learning.Place) {
			for _, v := range a.Venues() {
				list = append(list, learning.Place{ID: v.ID, Name: v.Name})
			}
			return list
		},
		Origin: a.config.PublicURL, OverTLS: s.overTLS, Log: a.log, Now: a.now})
	if err != nil {
		return nil, err
	}
	a.handlers.Resident.Learn(lessons.NextSteps, lessons.Continue)
	return lessons, nil
}

// learnerName is what a mentor calls somebody of the venue; a reading is written down.
func (a *App) learnerName(ctx context.Context, who person.Actor, id person.ID) (string, error) {
	p, err := a.People.ByID(ctx, who, id)
	switch {
	case fault.Is(err, fault.NotFound), fault.Is(err, fault.Gone):
		return "", nil // of another venue, or erased
	case err != nil:
		return "", err
	}
	return p.Name, nil
}

// sittingCookie begins the name of the cookie that opens a sitting, as web/resident sets it.
const sittingCookie = "s_"

// scoreOf is the newest result of the test that the reader may see: of the account, else
// of a sitting whose cookie this device holds. nil without one.
func (a *App) scoreOf(ctx context.Context, who person.ID, cookies []*http.Cookie) (*sitting.Score, error) {
	if who != "" {
		ids, err := a.People.Sittings(ctx, who)
		if err != nil {
			return nil, err
		}
		docs, err := a.Sittings.Many(ctx, ids)
		if err != nil {
			return nil, err
		}
		var newest *sitting.Sitting
		for _, d := range docs {
			if d.Score != nil && d.Role == sitting.RoleTest && (newest == nil || d.Seq > newest.Seq) {
				newest = d
			}
		}
		if newest != nil {
			return newest.Score, nil
		}
	}
	var ids []string
	tokens := map[string]string{}
	for _, k := range cookies {
		if id, ours := strings.CutPrefix(k.Name, sittingCookie); ours && len(ids) < sittingsLooked {
			ids, tokens[id] = append(ids, id), k.Value
		}
	}
	slices.SortFunc(ids, func(a, b string) int { return strings.Compare(b, a) }) // version 7: the newest first
	for _, id := range ids {
		out, err := a.Sittings.Result(ctx, id, sitting.Access{Token: tokens[id]})
		switch {
		case fault.Is(err, fault.Unavailable):
			return nil, err
		case err != nil: // not finished, erased, or not theirs
		case out.Sitting.Score != nil && out.Sitting.Role == sitting.RoleTest:
			return out.Sitting.Score, nil
		}
	}
	return nil, nil
}

// sittingsLooked bounds how many cookies of sittings are tried.
const sittingsLooked = 6
