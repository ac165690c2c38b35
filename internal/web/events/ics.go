package events

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/gin-gonic/gin"

	"osvitlo/internal/event"
	"osvitlo/internal/i18n"
	"osvitlo/internal/web/form"
)

// Feeds reach back a month, so that a calendar keeps what was attended, and a year ahead.
const (
	feedBack  = 31 * 24 * time.Hour
	feedAhead = 366 * 24 * time.Hour
	feedMost  = 2000
)

// Feed is the calendar of everything, of a place or of a subject.
func (h *Handlers) Feed(c *gin.Context) error {
	v := h.see(c)
	var q query
	if err := form.DecodeQuery(c.Request, &q); err != nil {
		return err
	}
	title := v.t("feed.title", "City", v.in(h.o.City.Name))
	if q.Place != "" {
		if venue, ok := h.o.Venues.Venue(q.Place); ok {
			title += ": " + v.in(venue.Name)
		}
	}
	if slices.Contains(event.Subjects(), q.Subject) {
		title += ": " + v.t("subject."+q.Subject)
	}
	list := h.o.Events.Occurrences(event.Filter{From: v.now.Add(-feedBack), To: v.now.Add(feedAhead), Place: q.Place, Subject: q.Subject,
		Audience: event.Audience(q.Audience), Kind: event.Kind(q.Kind), Limit: feedMost})
	return v.calendar(title, list)
}

// EventFeed is the calendar of one event.
func (h *Handlers) EventFeed(c *gin.Context) error {
	v := h.see(c)
	e, _, err := v.find()
	if err != nil {
		return err
	}
	return v.calendar(v.in(e.Title), e.Occurrences())
}

// calendar writes RFC 5545: each occurrence as an event of its own with times in UTC, so
// that no reader has to know our time zone or our rules. A guarded one is a whole day.
func (v *view) calendar(title string, list []*event.Occurrence) error {
	cal := ics.NewCalendarFor("osvitlo")
	cal.SetProductId("-//Osvitlo//events//UK")
	cal.SetMethod(ics.MethodPublish)
	cal.SetXWRCalName(title)
	cal.SetXWRTimezone("Europe/Kyiv")
	cal.SetXPublishedTTL("PT1H")
	origin := v.origin()
	host := "osvitlo"
	if u, err := url.Parse(origin); err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	for _, o := range list {
		f := v.h.o.Events.Public(v.ctx, o)
		e := cal.AddEvent(f.ID + "-" + f.Key + "@" + host)
		e.SetDtStampTime(f.Changed.UTC())
		e.SetLastModifiedAt(f.Changed.UTC())
		e.SetSequence(int(min(f.Rev, 1<<30)))
		e.SetSummary(line(v.in(f.Title)))
		e.SetLocation(line(v.where(&f, true)))
		e.SetURL(origin + Address + "/" + f.Slug + "/" + f.Key)
		about := v.in(f.About)
		if f.Guarded {
			about = strings.TrimSpace(v.t("fact.guarded.text") + "\n\n" + about)
		}
		if note := v.in(f.Note); note != "" {
			about = strings.TrimSpace(note + "\n\n" + about)
		}
		if about != "" {
			e.SetDescription(about)
		}
		if f.Start.IsZero() {
			day := f.Day.In(i18n.Kyiv)
			e.SetProperty(ics.ComponentPropertyDtStart, day.Format("20060102"), ics.WithValue("DATE"))
			e.SetProperty(ics.ComponentPropertyDtEnd, day.AddDate(0, 0, 1).Format("20060102"), ics.WithValue("DATE"))
		} else {
			e.SetStartAt(f.Start.UTC())
			e.SetEndAt(f.End.UTC())
			if f.Place.Lat != 0 {
				e.SetGeo(f.Place.Lat, f.Place.Lon)
			}
		}
		for _, x := range f.Subjects {
			e.AddCategory(v.t("subject." + x))
		}
		switch f.State {
		case event.Cancelled:
			e.SetStatus(ics.ObjectStatusCancelled)
		case event.Moved:
			e.SetStatus(ics.ObjectStatusTentative)
		default:
			e.SetStatus(ics.ObjectStatusConfirmed)
		}
	}
	v.c.Header("Cache-Control", "public, max-age=300")
	v.c.Header("Content-Disposition", `inline; filename="osvitlo.ics"`)
	v.c.Data(http.StatusOK, "text/calendar; charset=utf-8", []byte(cal.Serialize(ics.WithNewLineWindows)))
	return nil
}

// line keeps a text on one line.
func line(text string) string { return strings.Join(strings.Fields(text), " ") }
