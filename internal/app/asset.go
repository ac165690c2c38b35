package app

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"osvitlo/internal/asset"
	"osvitlo/internal/content"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/job"
	"osvitlo/internal/web"
	"osvitlo/internal/web/assets"
)

// openAssets opens the uploaded files and the work on them.
func (a *App) openAssets() (err error) {
	defer fault.Wrap(&err, "app.openAssets")
	o := asset.Options{Engine: a.engine, Media: a.media, Film: asset.FindFilm(0), Uses: a.uses, Secret: a.secret, Log: a.log, Now: a.now}
	if a.Audit != nil {
		o.Audit = a.Audit
	}
	if a.config.ClamAV != "" {
		o.Scanner = asset.NewClamd(a.config.ClamAV, 0)
	}
	if a.Assets, err = asset.New(o); err != nil {
		return err
	}
	a.Library.Uploads(a.upload)
	return errors.Join(
		a.Jobs.Add(job.Job{Name: "media", When: job.Every(30 * time.Second), Lease: 10 * time.Minute, Run: a.Assets.Work}),
		a.Jobs.Add(job.Job{Name: "media-sweep", When: job.Daily(4, 10), Lease: 10 * time.Minute, Run: a.Assets.Sweep}),
	)
}

// uses tells which lessons and items show an uploaded file, in words of the city's own
// language: they name files of media.
func (a *App) uses(_ context.Context, one *asset.Asset) (list []string) {
	named := func(files ...string) bool {
		return slices.ContainsFunc(files, func(f string) bool {
			return f == one.Name() || slices.Contains(one.Names, strings.TrimPrefix(f, asset.Path))
		})
	}
	for _, c := range a.catalogue().Courses() {
		for _, l := range c.Lessons {
			if named(l.Pictures()...) {
				list = append(list, c.Title.In(i18n.Ukrainian)+": "+l.Title.In(i18n.Ukrainian))
			}
		}
	}
	for _, it := range a.Library.Items() {
		if it.Picture != nil && named(it.Picture.Media) {
			list = append(list, it.ID)
		}
	}
	return list
}

// upload tells the check of courses about an uploaded file.
func (a *App) upload(name string) (content.Upload, bool) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	one, err := a.Assets.Named(ctx, name)
	if err != nil {
		return content.Upload{}, false
	}
	return content.Upload{Kind: string(one.Kind), Described: one.Alt.UK != "", Published: one.Published, Subtitles: one.Subtitles(i18n.Ukrainian) != nil,
		Transcript: one.Episode != nil && one.Episode.Transcript.UK != ""}, true
}

// assetPages builds the pages of uploaded files and lets the address of media serve them.
func (a *App) assetPages(s site) (web.Part, error) {
	h, err := assets.New(assets.Options{Pages: s.pages, Words: a.words, Assets: a.Assets, Menu: a.desk.Menu})
	if err != nil {
		return nil, err
	}
	a.handlers.Resident.Uploaded(h.File)
	return h, nil
}
