package app

import (
	"context"
	"io/fs"
	"time"

	"osvitlo/content"
	"osvitlo/internal/fault"
	"osvitlo/internal/help"
	"osvitlo/internal/i18n"
	"osvitlo/internal/job"
	"osvitlo/internal/web"
	webhelp "osvitlo/internal/web/help"
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
	o := help.Options{Engine: a.engine, Ring: a.keys, Secret: a.secret, Shipped: shipped, Post: a.post, Letter: a.answerLetter, Log: a.log, Now: a.now}
	if a.Audit != nil {
		o.Audit = a.Audit
	}
	if a.Help, err = help.New(ctx, o); err != nil {
		return err
	}
	return a.Jobs.Add(job.Job{Name: "help", When: job.Daily(3, 35), Lease: 10 * time.Minute, Run: func(ctx context.Context, _ job.Run) error {
		_, err := a.Help.Sweep(ctx)
		return err
	}})
}

// answerLetter is the mail that brings an answer of the hotline.
func (a *App) answerLetter(lang, number, answer string) (subject, text string) {
	w := a.words.Lang(lang)
	return w.T("help.mail.subject", map[string]any{"Number": number}),
		w.T("help.mail.text", map[string]any{"Number": number, "Answer": answer, "Owner": a.notice().Owner.In(lang)})
}

// helpPages builds the pages of the hotline.
func (a *App) helpPages(s site) (web.Part, error) {
	names := map[string]i18n.Text{}
	if list := a.Library.Frameworks(); len(list) > 0 {
		for _, area := range list[0].Areas {
			names[area.ID] = area.Title
		}
	}
	return webhelp.New(webhelp.Options{Pages: s.pages, Words: a.words, Help: a.Help, Menu: a.desk.Menu, City: s.city, Mail: a.post.Ready, OverTLS: s.overTLS, Now: a.now,
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
