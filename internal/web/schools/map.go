package schools

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/institution/report"
	"osvitlo/internal/person"
	"osvitlo/internal/place"
	"osvitlo/internal/web/page"
)

// MapOptions are the ground of the map.
type MapOptions struct {
	City *place.City
	// Tiles is the address of tiles on this site; empty: the map shows the districts' lines.
	Tiles, Attribution string
	// Edit is where a point of an institution is set; empty: nowhere.
	Edit func(body string) string
}

// Spot is an institution on the map and in the list under it.
type Spot struct {
	ID, Name, Href string
	Look, Sign     string // shape and letter of its group
	Group          string
	Figure         string // the figure by which it stands in its group
	Together       string // with whom it is shown
	Address        string
	Lat, Lon       string // empty: it has no point
	Edit           string // where a reader who may sets the point
	District       string
	Place          report.Place
	at             *place.Point
}

// Sign is a line of the legend.
type Sign struct {
	Look, Sign, Text string
	N                string
}

// Ward is a district of the list.
type Ward struct {
	Name  string
	Spots []Spot
}

// MapPage is the map of institutions: a list by district, and the map over it on a tap.
type MapPage struct {
	page.Sheet
	Roles              []Tab
	Views              []Tab
	Filters            []page.Block
	Signs              []Sign
	Wards              []Ward
	Nowhere            []Spot
	Points, Box        string
	Tiles, Attribution string
	Size, Legend       string
	None               string
}

// mapKB is what the map loads when it is opened, without tiles.
const mapKB = 48

// Map is the map of institutions.
func (h *Handlers) Map(c *gin.Context) error {
	v, q, err := h.query(c)
	if err != nil {
		return err
	}
	p := &MapPage{Sheet: v.sheet(MapAddress, "schools", v.t("map.title"), page.Link{Href: Office, Text: v.t("heat.title")})}
	p.Full = true
	if len(h.reported()) == 0 {
		p.None = v.t("heat.none")
		p.Ready()
		return v.render(http.StatusOK, "schools/map", p)
	}
	s, err := v.screen(q)
	if err != nil {
		return err
	}
	p.Path, p.Kicker = s.asked.href(MapAddress), s.Title+" · "+s.Sub
	p.Lead = v.t("map.lead")
	for _, role := range roles(s.made) {
		p.Roles = append(p.Roles, Tab{v.role(role), s.asked.href(MapAddress, "role", role), role == s.asked.Role})
	}
	p.Views = v.views(s, MapAddress)
	f := v.filters(s)
	f.Action = MapAddress
	p.Filters = []page.Block{{Noprint: true, Form: f}}
	p.Legend = v.median(s)
	spots := v.spots(s)
	for _, of := range placeOrder {
		n := 0
		for i := range spots {
			n += truth(spots[i].Place == of)
		}
		p.Signs = append(p.Signs, Sign{string(of), v.t("map.sign." + string(of)), v.t("map.group." + string(of)), v.w.Int(int64(n))})
	}
	for _, one := range spots {
		if one.at == nil {
			p.Nowhere = append(p.Nowhere, one)
			continue
		}
		if n := len(p.Wards); n == 0 || p.Wards[n-1].Name != one.District {
			p.Wards = append(p.Wards, Ward{Name: one.District})
		}
		last := &p.Wards[len(p.Wards)-1]
		last.Spots = append(last.Spots, one)
	}
	if city := h.o.Map.City; city != nil && len(p.Wards) > 0 {
		b := city.Box
		p.Box, p.Points = fmt.Sprintf("%g,%g,%g,%g", b.South, b.West, b.North, b.East), MapAddress+"/points.json"
		p.Tiles, p.Attribution, p.Size = h.o.Map.Tiles, h.o.Map.Attribution, v.t("map.open", "KB", mapKB)
	}
	p.Ready()
	return v.render(http.StatusOK, "schools/map", p)
}

// spots are the institutions of a screen by district and name: those of its lines, then
// those that have none.
func (v *view) spots(s *Screen) (list []Spot) {
	add := func(id string, l *Line, why string) {
		one := Spot{ID: id, Name: v.body(s.round, id), Place: report.NotKnown, Figure: why, District: v.t("map.nodistrict"),
			Href: asked{Round: s.round.ID, Role: s.asked.Role}.href(Office + "/one/" + id)}
		if d := s.made.Members[id].District; d != "" {
			one.District = v.h.o.District(d, v.lang)
		}
		if l != nil {
			one.Place = l.Place
			if f := of(l.row, s.yard.Main, s.yard.Variables); f.known() {
				one.Figure = v.t("map.figure", "What", v.variable(s.yard.Main), "Interval", v.between(f.Low, f.High))
			}
			if others := slices.DeleteFunc(slices.Clone(l.row.Units), func(other string) bool { return other == id }); len(others) > 0 {
				one.Together = v.t("map.together", "Names", v.names(s.round, others))
			}
		}
		one.Look, one.Sign, one.Group = string(one.Place), v.t("map.sign."+string(one.Place)), v.t("map.group."+string(one.Place))
		if i, ok := v.h.o.Bodies.ByID(id); ok {
			one.Address = v.in(i.Address)
			if i.Point != nil {
				one.at = &place.Point{Lat: i.Point.Lat, Lon: i.Point.Lon}
				one.Lat, one.Lon = i.Point.Cells()
			} else if v.h.o.Map.Edit != nil && v.may(person.InstitutionEdit) {
				one.Edit = v.h.o.Map.Edit(id)
			}
		}
		list = append(list, one)
	}
	for i := range s.Lines {
		for _, id := range s.Lines[i].row.Units {
			add(id, &s.Lines[i], "")
		}
	}
	for _, id := range s.table.Cut {
		add(id, nil, v.t("map.cut"))
	}
	for _, id := range s.table.Empty {
		add(id, nil, v.t("map.empty"))
	}
	slices.SortFunc(list, func(a, b Spot) int {
		return cmp.Or(byName(a.District, b.District), byName(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// The map's answer; static/src/js/map.ts reads it.
type (
	mapAnswer struct {
		Total int            `json:"total"`
		Marks []mapMark      `json:"marks"`
		Lines [][][2]float64 `json:"lines,omitempty"`
	}
	mapMark struct {
		At    [2]float64  `json:"at"`
		N     int         `json:"n"`
		Box   *[4]float64 `json:"box,omitempty"`
		Title string      `json:"title"`
		Look  string      `json:"look,omitempty"` // of one, or of several of one group
		Sign  string      `json:"sign,omitempty"`
		Names []mapName   `json:"names,omitempty"`
	}
	mapName struct {
		ID    string `json:"id"`
		Href  string `json:"href"`
		Name  string `json:"name"`
		Where string `json:"where"`
		State string `json:"state"`
	}
)

// maxNamed bounds the institutions that one mark names.
const maxNamed = 20

// Points answers the map: marks within the box for a zoom. The filters are those of the
// list.
func (h *Handlers) Points(c *gin.Context) error {
	v, q, err := h.query(c)
	if err != nil {
		return err
	}
	box, ok := place.ParseBox(c.Query("bbox"))
	zoom, err := strconv.Atoi(c.Query("zoom"))
	if !ok || err != nil || h.o.Map.City == nil {
		return fault.InvalidFields(fault.Field{Pointer: "bbox", Key: "place.bbox"})
	}
	s, err := v.screen(q)
	if err != nil {
		return err
	}
	spots := slices.DeleteFunc(v.spots(s), func(one Spot) bool { return one.at == nil || !box.Has(*one.at) })
	out := mapAnswer{Total: len(spots), Marks: []mapMark{}}
	if c.Query("lines") != "" {
		out.Lines = h.o.Map.City.Lines()
	}
	for _, g := range place.Join(spots, func(one Spot) place.Point { return *one.at }, zoom) {
		m := mapMark{At: g.At.Pair(), N: len(g.Of), Title: v.markTitle(g.Of)}
		if len(g.Of) == 1 {
			m.Look, m.Sign = g.Of[0].Look, g.Of[0].Sign
		} else {
			low, high := (place.Point{Lat: g.Box.South, Lon: g.Box.West}).Pair(), (place.Point{Lat: g.Box.North, Lon: g.Box.East}).Pair()
			m.Box = &[4]float64{low[0], low[1], high[0], high[1]}
		}
		if len(g.Of) == 1 || zoom >= place.MaxZoom {
			for _, one := range g.Of[:min(len(g.Of), maxNamed)] {
				m.Names = append(m.Names, mapName{one.ID, one.Href, one.Name, one.Address, one.state()})
			}
		}
		out.Marks = append(out.Marks, m)
	}
	c.Header("Cache-Control", "no-store")
	c.JSON(http.StatusOK, out)
	return nil
}

// state is what stands under a name: its group and the figure.
func (s *Spot) state() string {
	parts := []string{s.Group}
	for _, part := range []string{s.Figure, s.Together} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ". ")
}

// markTitle says in words what a mark is: the name and group of one, counts of several.
func (v *view) markTitle(list []Spot) string {
	if len(list) == 1 {
		return list[0].Name + ": " + list[0].Group
	}
	var parts []string
	for _, of := range placeOrder {
		n := 0
		for i := range list {
			n += truth(list[i].Place == of)
		}
		if n > 0 {
			parts = append(parts, v.t("map.group."+string(of))+" — "+v.w.Int(int64(n)))
		}
	}
	return v.t("map.several", "N", len(list)) + ": " + strings.Join(parts, ", ")
}
