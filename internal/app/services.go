package app

import (
	"context"
	"io"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"osvitlo/content"
	"osvitlo/internal/asset"
	"osvitlo/internal/demo"
	"osvitlo/internal/eservice"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/job"
	"osvitlo/internal/person"
	"osvitlo/internal/place"
	"osvitlo/internal/web"
	"osvitlo/internal/web/front"
	"osvitlo/internal/web/page"
	"osvitlo/internal/web/services"
)

// openServices opens what the city says about e-services.
func (a *App) openServices(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "app.openServices")
	o := eservice.Options{Engine: a.engine, Library: a.Library, Log: a.log, Now: a.now}
	if a.Audit != nil {
		o.Audit = a.Audit
	}
	if a.Services, err = eservice.Open(ctx, o); err != nil {
		return err
	}
	if a.Demo() && !a.reading {
		var slugs []string
		for _, in := range a.Library.Services() {
			slugs = append(slugs, in.Slug)
		}
		if err := a.Services.Ship(ctx, demo.Services(a.kind.Made.Time, slugs)); err != nil {
			return err
		}
	}
	return a.Jobs.Add(job.Job{Name: "service-use", When: job.Every(time.Hour), Run: func(ctx context.Context, _ job.Run) error { return a.Services.Flush(ctx) }})
}

// refreshServices takes over what other replicas changed and stores what was counted here.
func (a *App) refreshServices(ctx context.Context) error {
	for _, m := range a.Services.Mirrors() {
		if err := m.Refresh(ctx); err != nil {
			return err
		}
	}
	return a.Services.Flush(ctx)
}

// servicePages builds the manual and its pages of staff.
func (a *App) servicePages(s site) (web.Part, error) {
	pictures, err := fs.Sub(content.FS, "services/pictures")
	if err != nil {
		return nil, err
	}
	h, err := services.New(services.Options{Pages: s.pages, Words: a.words, Manual: a.Services, Library: a.Library, Pictures: pictures,
		Places: a.folderPlaces, Images: a.warningImages, Upload: a.warningPicture, Menu: a.desk.Menu, City: s.city, Origin: a.config.PublicURL, Demo: a.Demo(), Log: a.log, Now: a.now})
	if err != nil {
		return nil, err
	}
	a.warnings = h.Notes
	return h, nil
}

// folderPlaces are the public doors of the city for the folder without internet.
func (a *App) folderPlaces(lang string) (list []services.Place) {
	w := a.words.Lang(lang)
	for _, p := range a.Places.All() {
		f, ok := a.Places.Face(p.ID, place.Public)
		if !ok {
			continue
		}
		one := services.Place{Name: f.Name.In(lang), Address: f.Address.In(lang), Phone: f.Phone, Hours: hoursText(w, f.Hours)}
		list = append(list, one)
	}
	return list
}

// warningPicture stores a picture of a warning and opens it to everybody.
func (a *App) warningPicture(ctx context.Context, who *person.Actor, s asset.Sent, alt i18n.Text, file io.Reader) (string, error) {
	one, err := a.placePhoto(ctx, who, s, alt, file)
	if err != nil {
		return "", err
	}
	f := one.Main()
	if f == nil {
		return "", fault.InvalidFields(fault.Field{Pointer: "file", Key: "place.photo_kind"})
	}
	return asset.Path + f.Name, nil
}

// warningImages are published pictures that a warning may show.
func (a *App) warningImages(ctx context.Context, who *person.Actor) (list []services.Image, err error) {
	found, _, err := a.Assets.Find(ctx, who, asset.Filter{Kind: asset.Image, Show: asset.ShowPublished, Limit: 50})
	if err != nil {
		return nil, err
	}
	for _, one := range found {
		if f := one.Main(); f != nil {
			list = append(list, services.Image{Path: asset.Path + f.Name, Title: one.Title})
		}
	}
	return list, nil
}

// serviceAddresses are the public pages of the manual.
func (a *App) serviceAddresses() (list []string) {
	for _, e := range a.Services.Shown() {
		list = append(list, services.Address+"/"+e.Slug)
	}
	for _, w := range a.Services.Warnings() {
		list = append(list, services.WarnAddress+"/"+w.ID)
	}
	return append(list, services.Address+"/manual", services.WarnAddress)
}

// serviceCard is the picture of an instruction for sharing.
func (a *App) serviceCard(name, lang string) (front.Card, string, bool) {
	e, err := a.Services.Get(name)
	if err != nil {
		return front.Card{}, "", false
	}
	return front.Card{Over: a.words.Lang(lang).T("service.list.title", nil), Title: e.Title.In(lang), Text: e.Short.In(lang)}, eservice.HashOf(e) + strconv.FormatBool(e.Confirmed != nil), true
}

// hoursText writes a week on one line; empty where nobody has told the hours.
func hoursText(w *i18n.Localizer, h *place.Hours) string {
	if h == nil || !h.Known {
		return ""
	}
	days := []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
	var parts []string
	for i := 0; i < len(days); {
		j := i
		for j+1 < len(days) && place.WriteSpans(h.Week[j+1]) == place.WriteSpans(h.Week[i]) {
			j++
		}
		if len(h.Week[i]) > 0 {
			text := w.T("place.short."+days[i], nil)
			if j > i {
				text += i18n.EnDash + w.T("place.short."+days[j], nil)
			}
			parts = append(parts, text+" "+place.WriteSpans(h.Week[i]))
		}
		i = j + 1
	}
	return strings.Join(parts, "; ")
}

// fraud are the newest warnings as notes for other pages, once the pages are built.
func (a *App) fraud(lang string) ([]page.Note, string) {
	if a.warnings == nil {
		return nil, ""
	}
	return a.warnings(lang)
}
