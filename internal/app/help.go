package app

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"osvitlo/content"
	"osvitlo/internal/demo"
	"osvitlo/internal/fault"
	"osvitlo/internal/help"
	"osvitlo/internal/i18n"
	"osvitlo/internal/job"
	"osvitlo/internal/person"
	"osvitlo/internal/web"
	webhelp "osvitlo/internal/web/help"
	"osvitlo/internal/web/resident"
)

// openHelp opens the hotline with the articles that come with the program.
func (a *App) openHelp(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "app.openHelp")
	folder, err := fs.Sub(content.FS, "help")
	if err != nil {
		return err
	}
	shipped, err := help.Read(folder)
	if err != nil {
		return err
	}
	o := help.Options{Engine: a.engine, Ring: a.keys, Secret: a.secret, Shipped: shipped, Post: a.post, Letter: a.answerLetter, Texts: a.post, Log: a.log, Now: a.now}
	if a.Audit != nil {
		o.Audit = a.Audit
	}
	if a.config.City.Phone != "" { // the message says where to call
		o.Note = a.missedNote
	}
	if a.Help, err = help.New(ctx, o); err != nil {
		return err
	}
	if err := a.drawHelp(ctx); err != nil {
		return err
	}
	return a.Jobs.Add(job.Job{Name: "help", When: job.Daily(3, 35), Lease: 10 * time.Minute, Run: func(ctx context.Context, _ job.Run) error {
		_, err := a.Help.Sweep(ctx)
		return err
	}})
}

// drawHelp fills the hotline of a new demo city; hours that are set say that it was done.
func (a *App) drawHelp(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "app.drawHelp")
	if !a.Demo() || a.reading {
		return nil
	}
	set, err := a.Help.Settings(ctx)
	if err != nil || set.Known() {
		return err
	}
	who := person.Operator("demo")
	who.Person = "operator" // holds the questions that get an answer
	for _, q := range demo.HelpQuestions() {
		asked, err := a.Help.Ask(ctx, &who, q.Asking)
		if err != nil {
			return err
		}
		if q.Answer == "" || asked.State != help.Open {
			continue
		}
		if err := errors.Join(a.Help.Take(ctx, &who, asked.ID), a.Help.Answer(ctx, &who, asked.ID, q.Answer)); err != nil {
			return err
		}
	}
	for _, m := range demo.HelpMonths(uint64(a.kind.Seed), a.kind.Made.Time) {
		if err := a.Help.PutMonth(ctx, &who, m); err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return a.Help.SaveSettings(ctx, &who, demo.HelpSettings())
}

// answerLetter is the mail that brings an answer of the hotline.
func (a *App) answerLetter(lang, number, answer string) (subject, text string) {
	w := a.words.Lang(lang)
	return w.T("help.mail.subject", map[string]any{"Number": number}),
		w.T("help.mail.text", map[string]any{"Number": number, "Answer": answer, "Owner": a.notice().Owner.In(lang)})
}

// missedNote is the short message to somebody whom the hotline did not reach.
func (a *App) missedNote(lang, number string) string {
	return a.words.Lang(lang).T("help.sms.missed", map[string]any{"Number": number, "Phone": a.config.City.Phone})
}

// helpPages builds the pages of the hotline.
func (a *App) helpPages(s site) (web.Part, error) {
	names := map[string]i18n.Text{}
	if list := a.Library.Frameworks(); len(list) > 0 {
		for _, area := range list[0].Areas {
			names[area.ID] = area.Title
		}
	}
	return webhelp.New(webhelp.Options{Pages: s.pages, Words: a.words, Help: a.Help, Menu: a.desk.Menu, City: s.city, Mail: a.post.Ready, Calls: resident.Calls, OverTLS: s.overTLS, Now: a.now,
		Area: func(id, lang string) string {
			if t, ok := names[id]; ok {
				return t.In(lang)
			}
			return id
		},
		Places: func() (list []webhelp.Place) {
			for _, v := range a.Venues() {
				list = append(list, webhelp.Place{ID: v.ID, Name: v.Name})
			}
			return list
		}})
}

// callPages are a test by telephone: the residents' screens for an operator.
func (a *App) callPages(site) (web.Part, error) {
	return resident.CallPages{Handlers: a.handlers.Resident}, nil
}
