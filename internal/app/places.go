package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"osvitlo/content"
	"osvitlo/internal/asset"
	"osvitlo/internal/demo"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/job"
	"osvitlo/internal/notify"
	"osvitlo/internal/person"
	"osvitlo/internal/place"
	"osvitlo/internal/web"
	"osvitlo/internal/web/events"
	"osvitlo/internal/web/places"
)

// placesFolder is where the shipped places stand in the content.
const placesFolder = "places"

// cityBox reads the bounds of the community.
func cityBox(text string) (b place.Box, err error) {
	var n [4]float64
	parts := strings.Split(text, ",")
	for i := range n {
		if i >= len(parts) {
			return b, fmt.Errorf("OSVITLO_CITY_BOX: four numbers are needed")
		}
		if n[i], err = strconv.ParseFloat(strings.TrimSpace(parts[i]), 64); err != nil || math.IsNaN(n[i]) {
			return b, fmt.Errorf("OSVITLO_CITY_BOX: %q is no number", parts[i])
		}
	}
	b = place.Box{South: n[0], West: n[1], North: n[2], East: n[3]}
	if len(parts) != 4 || b.Empty() || !(place.Point{Lat: b.South, Lon: b.West}).Valid() || !(place.Point{Lat: b.North, Lon: b.East}).Valid() {
		return b, fmt.Errorf("OSVITLO_CITY_BOX: south,west,north,east in degrees")
	}
	return b, nil
}

// insideCity names what is wrong with a point of the city's map.
func (a *App) insideCity(lat, lon float64) []fault.Field {
	if a.Places == nil {
		return nil
	}
	return a.Places.City().Check(place.Point{Lat: lat, Lon: lon})
}

// openPlaces opens the register of places and puts in what comes with the program.
func (a *App) openPlaces(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "app.openPlaces")
	o := place.Options{Engine: a.engine, Media: a.media, Log: a.log, Now: a.now}
	if a.Audit != nil {
		o.Audit = a.Audit
	}
	if o.City.Box, err = cityBox(a.config.Map.Box); err != nil {
		return err
	}
	if file := a.config.Map.Districts; file != "" {
		raw, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("OSVITLO_CITY_DISTRICTS: %w", err)
		}
		if o.City.Districts, err = place.Outlines(raw); err != nil {
			return fmt.Errorf("OSVITLO_CITY_DISTRICTS: %s: %w", file, err)
		}
	}
	for _, d := range a.margins.Districts {
		o.Districts = append(o.Districts, place.Named{ID: d.ID, Name: d.Title})
	}
	o.Known = func() (list []place.Spot) {
		if a.Institutions == nil {
			return nil
		}
		for _, i := range a.Institutions.List(institution.Filter{}) {
			if i.Point != nil && i.State == institution.Working {
				list = append(list, place.Spot{Name: i.Name(), Address: i.Address, At: place.Point{Lat: i.Point.Lat, Lon: i.Point.Lon}})
			}
		}
		return list
	}
	if a.Places, err = place.New(ctx, o); err != nil || a.reading {
		return err
	}
	list, err := place.Files(content.FS, placesFolder)
	if err != nil {
		return err
	}
	if a.Demo() {
		list = append(list, demo.Places(a.kind.Made.Time)...)
	}
	if err := a.Places.Ship(ctx, list); err != nil {
		return err
	}
	return errors.Join(
		a.Jobs.Add(job.Job{Name: "place-imports", When: job.Every(10 * time.Second), Lease: 10 * time.Minute, Run: func(ctx context.Context, _ job.Run) error { return a.Places.Work(ctx) }}),
		a.Jobs.Add(job.Job{Name: "place-reminders", When: job.Daily(9, 20), Lease: 10 * time.Minute, Run: func(ctx context.Context, _ job.Run) error {
			n, err := a.Places.Remind(ctx, a.remindLead)
			if n > 0 {
				a.log.Info("reminded of places", "count", n)
			}
			return err
		}}),
	)
}

// remindLead asks by mail whoever answers for a place, or else its leads, to look at the
// entry. Nobody without a proved address is told.
func (a *App) remindLead(ctx context.Context, due place.Due) (told bool, err error) {
	if !a.post.Ready() {
		return false, nil
	}
	ids := []person.ID{due.Place.Lead}
	if due.Place.Lead == "" {
		staff, err := a.People.StaffAt(ctx, person.Operator("place-reminder"), person.VenueLead, due.Place.ID)
		if err != nil {
			return false, err
		}
		ids = nil
		for _, one := range staff {
			ids = append(ids, one.Person.ID)
		}
	}
	key := "place.mail.stale"
	if due.Outages {
		key = "place.mail.outages"
	}
	w := a.words.Lang(i18n.Ukrainian)
	args := map[string]any{"Place": due.Place.Name.In(i18n.Ukrainian), "Address": a.config.PublicURL + places.Office + "/" + due.Place.ID}
	for _, id := range ids {
		p, err := a.People.ByID(ctx, person.Actor{Person: id, Where: "outbox", Why: "place"}, id)
		if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Gone) {
			continue
		}
		if err != nil {
			return told, err
		}
		if p.Email == "" || !p.EmailProved {
			continue
		}
		day := a.now().In(i18n.Kyiv).Format(time.DateOnly)
		err = a.post.Queue(ctx, notify.Mail{ID: "place:" + due.Place.ID + ":" + string(id) + ":" + day, To: p.Email, Subject: w.T(key+".subject", args), Text: w.T(key+".text", args),
			Lang: i18n.Ukrainian, Expires: a.now().Add(7 * 24 * time.Hour)})
		if err != nil {
			return told, err
		}
		told = true
	}
	return told, nil
}

// populated are the points where people live: of the configuration, or the demo's.
func (a *App) populated() ([]place.Populated, error) {
	file := a.config.Map.Population
	if file == "" {
		if a.Demo() {
			return demo.Population(), nil
		}
		return nil, nil
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("OSVITLO_CITY_POPULATION: %w", err)
	}
	list, err := place.Population(raw)
	if err != nil {
		return nil, fmt.Errorf("OSVITLO_CITY_POPULATION: %s: %w", file, err)
	}
	return list, nil
}

// placePages builds the list, the map and the register of places.
func (a *App) placePages(s site) (_ web.Part, err error) {
	o := places.Options{Pages: s.pages, Words: a.words, Places: a.Places, City: s.city, Origin: a.config.PublicURL, Limits: a.config.Map.Limits,
		Menu: a.desk.Menu, Walk: a.config.Map.Walk, Photos: a.placePhoto, Leads: a.placeLeads, Book: a.bookAt, Events: a.eventsAt, Log: a.log, Now: a.now}
	if a.config.Map.TilesURL != "" {
		o.Tiles, err = places.NewTiles(a.config.Map.TilesURL, a.config.Map.TilesAttribution, filepath.Join(a.config.Data, "tiles"),
			a.Places.City().Box, "osvitlo/1 (+"+a.config.PublicURL+")", a.now)
		if err != nil {
			return nil, err
		}
	}
	if o.People, err = a.populated(); err != nil {
		return nil, err
	}
	return places.New(o)
}

// bookAt is where a computer or a consultation of a place is booked; empty without one.
func (a *App) bookAt(id string) string {
	if a.Events == nil {
		return ""
	}
	var open []string
	for _, d := range a.Events.Desks(id) {
		if d.Broken == "" {
			open = append(open, d.ID)
		}
	}
	switch len(open) {
	case 0:
		return ""
	case 1:
		return events.Workplaces + "/" + open[0]
	}
	return events.Workplaces
}

// placeLeads lists the leads of a venue, who may answer for its entry.
func (a *App) placeLeads(ctx context.Context, who *person.Actor, id string) (list []places.Person) {
	staff, err := a.People.StaffAt(ctx, *who, person.VenueLead, id)
	if err != nil {
		return nil // who may not see staff chooses nobody
	}
	for _, p := range staff {
		list = append(list, places.Person{ID: p.Person.ID, Name: p.Person.Name})
	}
	return list
}

// placePhoto stores a photo of a place and opens it to everybody: whoever sends it has
// said that no people, plates or windows are on it. Its metadata stay out: pictures are
// drawn anew.
func (a *App) placePhoto(ctx context.Context, who *person.Actor, s asset.Sent, alt i18n.Text, file io.Reader) (*asset.Asset, error) {
	one, err := a.Assets.Receive(ctx, who, s, file)
	if err != nil {
		return nil, err
	}
	if one.Kind != asset.Image {
		return nil, fault.InvalidFields(fault.Field{Pointer: "file", Key: "place.photo_kind"})
	}
	if err := a.Assets.Describe(ctx, who, one.ID, alt); err != nil {
		return nil, err
	}
	if err := a.Assets.Publish(ctx, who, one.ID, true); err != nil {
		return nil, err
	}
	return a.Assets.Get(ctx, who, one.ID)
}
