package app

import (
	"context"
	"errors"
	"time"

	"osvitlo/internal/demo"
	"osvitlo/internal/event"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/job"
	"osvitlo/internal/place"
	"osvitlo/internal/web"
	"osvitlo/internal/web/events"
	"osvitlo/internal/web/page"
)

// eventVenues are the places as events need them: what strangers may know of those not hidden.
type eventVenues struct{ a *App }

func (v eventVenues) face(p *place.Place) event.Venue {
	f, ok := v.a.Places.Face(p.ID, place.Public)
	if !ok || p.Hidden != nil {
		return event.Venue{ID: p.ID}
	}
	inside, _ := v.a.Places.Face(p.ID, place.Booking)
	out := event.Venue{ID: p.ID, Name: f.Name, Address: f.Address, Invite: inside.Inviting, Href: "/places/" + f.Slug, Demo: f.Demo}
	if f.District != "" {
		out.District = i18n.Text{UK: v.a.Places.DistrictName(f.District, i18n.Ukrainian), EN: v.a.Places.DistrictName(f.District, i18n.English)}
	}
	if f.Point != nil {
		out.Lat, out.Lon = f.Point.Lat, f.Point.Lon
	}
	return out
}

// Venue is a place by its id; a hidden one is not there.
func (v eventVenues) Venue(id string) (event.Venue, bool) {
	p, ok := v.a.Places.ByID(id)
	if ok {
		out := v.face(p)
		return out, !out.Name.IsZero()
	}
	for _, x := range v.a.Venues() { // a venue of the settings that nobody has described yet
		if x.ID == id {
			return event.Venue{ID: x.ID, Name: x.Name}, true
		}
	}
	return event.Venue{}, false
}

// Venues lists the places that are not hidden.
func (v eventVenues) Venues() (list []event.Venue) {
	seen := map[string]bool{}
	for _, p := range v.a.Places.All() {
		seen[p.ID] = true
		if out := v.face(p); !out.Name.IsZero() {
			list = append(list, out)
		}
	}
	for _, x := range v.a.Venues() {
		if !seen[x.ID] {
			list = append(list, event.Venue{ID: x.ID, Name: x.Name})
		}
	}
	return list
}

// openEvents opens what is on and the work on it. It comes after the places and before
// the people: whoever holds data about them must be known when they are erased.
func (a *App) openEvents(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "app.openEvents")
	city := a.config.City
	phone := city.Phone
	if a.Demo() && phone == "" {
		phone = "(0522) 00-00-00"
	}
	o := event.Config{Engine: a.engine, Venues: eventVenues{a}, Outbox: a.Outbox, Ring: a.keys, Secret: a.secret, Words: a.words,
		Open: a.config.Events.Open, Keep: a.keepBookings(), Phone: phone, Origin: a.config.PublicURL, Log: a.log, Now: a.now}
	if a.post != nil {
		o.Post = a.post
	}
	if a.Audit != nil {
		o.Audit = a.Audit
	}
	if a.Events, err = event.New(ctx, o); err != nil || a.reading {
		return err
	}
	if a.Demo() {
		if err := demo.Events(ctx, a.Events, a.kind.Made.Time, a.now()); err != nil {
			return err
		}
	}
	return errors.Join(
		a.Outbox.Handle(event.TopicTell, a.Events.Tell),
		a.Outbox.Handle(event.TopicTellAll, a.Events.TellAll),
		a.Jobs.Add(job.Job{Name: "event-offers", When: job.Every(time.Minute), Run: func(ctx context.Context, _ job.Run) error {
			_, err := a.Events.Offers(ctx)
			return err
		}}),
		a.Jobs.Add(job.Job{Name: "event-reminders", When: job.Every(10 * time.Minute), Run: func(ctx context.Context, _ job.Run) error {
			_, err := a.Events.Remind(ctx)
			return err
		}}),
		a.Jobs.Add(job.Job{Name: "event-sweep", When: job.Daily(3, 20), Lease: 10 * time.Minute, Run: func(ctx context.Context, _ job.Run) error {
			_, err := a.Events.Sweep(ctx)
			return err
		}}),
	)
}

// eventPages builds the pages of what is on.
func (a *App) eventPages(s site) (web.Part, error) {
	h, err := events.New(events.Options{Pages: s.pages, Words: a.words, Events: a.Events, Venues: eventVenues{a}, Audit: a.Audit, Menu: a.desk.Menu, City: s.city,
		Origin: a.config.PublicURL, Log: a.log, Now: a.now})
	if err != nil {
		return nil, err
	}
	a.week, a.onAt = h.Week, h.At
	return h, nil
}

// thisWeek is what is on, once the pages of events are built.
func (a *App) thisWeek(lang string) ([]page.Event, string) {
	if a.week == nil {
		return nil, ""
	}
	return a.week(lang)

}

// keepBookings is how long bookings are kept after an event.
func (a *App) keepBookings() time.Duration {
	return time.Duration(a.config.Events.Keep) * 24 * time.Hour
}

// eventsAt is what is on at a place, once the pages of events are built.
func (a *App) eventsAt(place, lang string) []page.Event {
	if a.onAt == nil {
		return nil
	}
	return a.onAt(place, lang)
}
