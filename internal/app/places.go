package app

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"osvitlo/content"
	"osvitlo/internal/asset"
	"osvitlo/internal/demo"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/place"
	"osvitlo/internal/web"
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
	return a.Places.Ship(ctx, list)
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
		Menu: a.desk.Menu, Walk: a.config.Map.Walk, Photos: a.placePhoto, Leads: a.placeLeads, Log: a.log, Now: a.now}
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
