package place

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io/fs"
	"strings"
	"testing"
	"time"

	"osvitlo/content"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
)

func TestWhatIsWrittenIsListedAndHiddenAtOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := named("Бібліотека «Сонячна»")
	p.Inside = Inside{Generator: "дизель 5 кВт", Shelter: "40 осіб", Links: "Starlink", Stock: "12 ноутбуків"}
	p.Inviting, p.Lead = i18n.Text{UK: "двері ліворуч"}, "u-lead"
	p = r.add(p)
	if p.Slug != "biblioteka-soniachna" {
		t.Errorf("slug %q", p.Slug)
	}
	face, ok := r.Public(p.Slug)
	if !ok || face.Name.UK != p.Name.UK || !face.Inviting.IsZero() {
		t.Fatalf("%v %+v", ok, face)
	}
	if raw, _ := json.Marshal(face); strings.Contains(string(raw), "Starlink") || strings.Contains(string(raw), "u-lead") || strings.Contains(string(raw), "дизель") {
		t.Errorf("the face tells of the inside: %s", raw)
	}
	if face, _ := r.Face(p.ID, Booking); face.Inviting.UK == "" {
		t.Error("who booked is not told the way")
	}
	if got := r.List(Filter{Words: "сонячна"}); got.Total != 1 {
		t.Errorf("not found: %+v", got)
	}
	acts := len(r.acts)
	if _, err := r.Hide(r.ctx, r.editor, p.ID, " "); !fault.Is(err, fault.Invalid) {
		t.Errorf("hidden without a reason: %v", err)
	}
	if _, err := r.Hide(r.ctx, r.editor, p.ID, "обстріл"); err != nil {
		t.Fatal(err)
	}
	if len(r.acts) != acts+1 || r.acts[acts].Action != "place.hide" {
		t.Errorf("not audited: %+v", r.acts)
	}
	if _, ok := r.Public(p.Slug); ok {
		t.Error("hidden and public")
	}
	if _, ok := r.Face(p.ID, Booking); ok {
		t.Error("hidden and shown to who booked")
	}
	var geo, table bytes.Buffer
	list := r.List(Filter{Words: "сонячна"})
	all := r.List(Filter{})
	if err := WriteGeoJSON(&geo, all.Hits); err != nil {
		t.Fatal(err)
	}
	if err := WriteCSV(&table, all.Hits); err != nil {
		t.Fatal(err)
	}
	marks, _ := r.Clusters(Filter{Box: &town.Box}, 12)
	if list.Total+all.Total+len(marks) != 0 || strings.Contains(geo.String()+table.String(), "Соняч") {
		t.Errorf("hidden and listed: %d %d %d", list.Total, all.Total, len(marks))
	}
	if _, err := r.Show(r.ctx, r.editor, p.ID); err != nil {
		t.Fatal(err)
	}
	if _, ok := r.Public(p.Slug); !ok {
		t.Error("shown again and not public")
	}
}

// Another replica sees a hidden place go at its next refresh.
func TestHidingReachesOtherReplicas(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := r.add(named("Клуб"))
	other, err := New(r.ctx, Options{Engine: r.engine, City: town, Districts: quarters, Now: r.clock})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := other.Public(p.Slug); !ok {
		t.Fatal("the other one does not know it")
	}
	r.pass(time.Second)
	if _, err := r.Hide(r.ctx, r.editor, p.ID, "безпека"); err != nil {
		t.Fatal(err)
	}
	if err := other.Refresh(r.ctx); err != nil {
		t.Fatal(err)
	}
	if _, ok := other.Public(p.Slug); ok {
		t.Error("still public on another replica")
	}
}

func TestRightsOfPlaces(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	mine, others := r.add(named("Моє")), r.add(named("Чуже"))
	lead := staff(person.VenueLead, mine.ID)
	edit := mine.Clone()
	edit.Summary.UK = "Нове"
	if _, err := r.Edit(r.ctx, lead, edit); err != nil {
		t.Errorf("the lead may not edit the own place: %v", err)
	}
	if _, err := r.Edit(r.ctx, lead, others); err == nil {
		t.Error("the lead edits another place")
	}
	if _, err := r.Add(r.ctx, lead, named("Ще")); err == nil {
		t.Error("the lead adds places")
	}
	for _, role := range []person.Role{person.Resident, person.Mentor, person.Analyst, person.HelpOperator} {
		if _, err := r.Hide(r.ctx, staff(role, mine.ID), mine.ID, "x"); err == nil {
			t.Errorf("%s hides places", role)
		}
	}
	if _, err := r.Hide(r.ctx, staff(person.CDTO, ""), others.ID, "x"); err != nil {
		t.Errorf("the CDTO may not hide: %v", err)
	}
	if _, err := r.Edit(r.ctx, r.editor, mine); !fault.Is(err, fault.Conflict) { // the revision before the lead's edit
		t.Errorf("an old revision was stored: %v", err)
	}
}

// No setting opens what would help a thief or an enemy.
func TestClassesOnlyGetStricter(t *testing.T) {
	t.Parallel()
	p := named("Місце")
	p.Inviting, p.Phone = i18n.Text{UK: "код дверей"}, "(0522) 11-22-33"
	p.Classes = map[FieldName]Class{FieldInviting: Public, FieldContact: Staff, FieldAddress: Booking}
	open := p.face(Public, Never)
	if !open.Inviting.IsZero() || open.Phone != "" || !open.Address.IsZero() || open.Point != nil {
		t.Errorf("%+v", open)
	}
	booked := p.face(Booking, Never)
	if booked.Inviting.IsZero() || booked.Phone != "" || booked.Address.IsZero() || booked.Point == nil {
		t.Errorf("%+v", booked)
	}
	if p.ClassOf("inside") != Staff || p.ClassOf("lead") != Staff {
		t.Error("an unknown field is open")
	}
}

func TestBadPlacesAreNamedFieldByField(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for name, c := range map[string]struct {
		edit func(*Place)
		key  string
	}{
		"no name":         {func(p *Place) { p.Name.UK = " " }, "place.name"},
		"unknown kind":    {func(p *Place) { p.Kind = "bar" }, "place.kind_unknown"},
		"Kyiv":            {func(p *Place) { p.Point = &Point{50.45, 30.52} }, "place.point_outside"},
		"swapped":         {func(p *Place) { p.Point = &Point{32.26, 48.51} }, "place.point_swapped"},
		"off the earth":   {func(p *Place) { p.Point = &Point{148.5, 32.2} }, "place.point_range"},
		"overlap":         {func(p *Place) { p.Hours.Week[0] = []Span{{480, 800}, {700, 900}} }, "place.hours_overlap"},
		"backwards":       {func(p *Place) { p.Hours.Week[1] = []Span{{900, 480}} }, "place.hours_order"},
		"bad day":         {func(p *Place) { p.Hours.Exceptions = []Exception{{From: "31.12.2026", To: "31.12.2026"}} }, "place.exception_day"},
		"unknown quarter": {func(p *Place) { p.District = "center" }, "place.district"},
		"mail":            {func(p *Place) { p.Email = "not a mail" }, "place.email"},
		"script":          {func(p *Place) { p.Web = "javascript:alert(1)" }, "place.web"},
		"phone":           {func(p *Place) { p.Phone = "зателефонуйте" }, "place.phone_bad"},
		"long":            {func(p *Place) { p.Summary.UK = strings.Repeat("ї", maxSummary+1) }, "place.long"},
		"slug":            {func(p *Place) { p.Slug = "../x" }, "place.slug"},
	} {
		p := named("Місце " + name)
		c.edit(p)
		_, err := r.Add(r.ctx, r.editor, p)
		f := fault.As(err)
		if f == nil || f.Kind != fault.Invalid || len(f.Fields) == 0 || f.Fields[0].Key != c.key {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := r.Add(r.ctx, r.editor, &Place{Kind: Club, Name: i18n.Text{UK: "Без точки"}}); err != nil {
		t.Errorf("a place without a point: %v", err)
	}
}

func TestOpenNow(t *testing.T) {
	t.Parallel()
	var h Hours
	h.Week, h.Known = [7][]Span{}, true
	week, ok := ParseWeek("пн, вт, чт 8.00–17.00; ср 8.00–13.00, 14.00-20.00; пт–сб 8.00–16.00")
	if !ok {
		t.Fatal("the week was not read")
	}
	h.Week = week
	h.Exceptions = []Exception{{From: "2026-12-24", To: "2026-12-26", Reason: Holiday}}
	at := func(text string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", text, i18n.Kyiv)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct {
		when string
		open bool
		next string
	}{
		{"2026-11-25 08:00", true, "2026-11-25 13:00"}, {"2026-11-25 13:00", false, "2026-11-25 14:00"}, {"2026-11-25 19:59", true, "2026-11-25 20:00"},
		{"2026-11-25 20:00", false, "2026-11-26 08:00"}, {"2026-11-29 12:00", false, "2026-11-30 08:00"}, {"2026-12-24 12:00", false, "2026-12-28 08:00"},
		{"2026-11-24 07:59", false, "2026-11-24 08:00"},
	} {
		if s := h.At(at(c.when)); s.Open != c.open || !s.Until.Equal(at(c.next)) || h.open(momentOf(at(c.when))) != c.open {
			t.Errorf("%s: %v until %s", c.when, s.Open, s.Until.In(i18n.Kyiv))
		}
	}
	// the clocks go back: 3:00 to 4:00 comes twice; opening is by the wall clock
	h.Week[6] = []Span{{8 * 60, 12 * 60}}
	if s := h.At(at("2026-10-25 01:00")); !s.Until.Equal(at("2026-10-25 08:00")) {
		t.Errorf("the long night: %s", s.Until)
	}
	if s := (&Hours{}).At(at("2026-11-25 12:00")); s.Known || s.Open {
		t.Error("unknown hours are open")
	}
	for _, bad := range []string{"25:00-26:00", "ранок", "8-", "8:00–17:00–18:00"} {
		if spans, ok := ParseSpans(bad); ok {
			t.Errorf("%q became %v", bad, spans)
		}
	}
	for _, text := range []string{"Mo-Fr 09:00-18:00", "щодня 8–20", "24/7", "пн-пт 9:00-18:00; сб, нд вихідний"} {
		if _, ok := ParseWeek(text); !ok {
			t.Errorf("%q was not read", text)
		}
	}
}

func TestListsAreFilteredAndSorted(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	a, b, c := named("Альфа"), named("Бета"), named("Єва")
	a.Point, b.Point, c.Point = &Point{48.50, 32.20}, &Point{48.52, 32.30}, nil
	a.Offers, b.Access, c.NoPower = []Offer{Internet, Printing}, []Access{Step}, Yes
	b.Hours.Week[2] = []Span{{600, 660}} // Wednesday, 10 to 11
	a.District, c.District = "fortechnyi", "nove"
	for _, p := range []*Place{c, b, a} {
		r.add(p)
	}
	names := func(f Filter) string {
		var out []string
		for _, h := range r.List(f).Hits {
			out = append(out, h.Face.Name.UK)
		}
		return strings.Join(out, " ")
	}
	for want, f := range map[string]Filter{
		"Альфа Бета Єва": {}, "Альфа": {Offers: []Offer{Printing, Internet}}, "Бета": {Access: []Access{Step}}, "Єва": {NoPower: true},
		"Бета Альфа Єва": {Near: &Point{48.52, 32.31}}, "": {Offers: []Offer{Course}}, "Бета Єва": {Skip: 1}, "Альфа Бета": {Limit: 2},
	} {
		if got := names(f); got != want {
			t.Errorf("%+v: %q, want %q", f, got, want)
		}
	}
	if got := names(Filter{Near: &Point{48.52, 32.31}, Skip: 1, Limit: 1}); got != "Альфа" {
		t.Errorf("the second nearest: %q", got)
	}
	if got := names(Filter{OpenAt: r.clock()}); got != "Бета" {
		t.Errorf("open now: %q", got)
	}
	if got := names(Filter{District: "nove"}); got != "Єва" {
		t.Errorf("district: %q", got)
	}
	if at, _, ok := r.Locate("фортечний", "uk"); !ok || at != *a.Point {
		t.Errorf("%v %v", at, ok)
	}
	if _, _, ok := r.Locate("вул. Якої Немає, 99", "uk"); ok {
		t.Error("an unknown address has a point")
	}
}

// Somebody types their own address: the street of a known place or school is near
// enough, then the district; the label says which it was.
func TestLocateByStreet(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	a := r.add(&Place{Kind: Library, Name: i18n.Text{UK: "Бібліотека"}, Address: i18n.Text{UK: "вул. Велика Перспективна, 20"}, District: "fortechnyi", Point: &Point{48.51, 32.26}, Offers: []Offer{Course}})
	r.o.Known = func() []Spot {
		return []Spot{{Name: i18n.Text{UK: "Школа"}, Address: i18n.Text{UK: "вул. Шкільна, 7"}, At: Point{48.49, 32.2}}}
	}
	for typed, want := range map[string]string{
		"вул. Велика Перспективна 41": "вул. Велика Перспективна, 20", "велика перспективна, буд. 20, кв. 3": "вул. Велика Перспективна, 20",
		"на Великій Перспективній": "вул. Велика Перспективна, 20", "Шкільна, 12": "вул. Шкільна, 7", "вул. Нова, 3, Фортечний район": "Фортечний",
		"вул. Якої Немає, 20": "", "20": "", "вул.": "", "м. Кропивницький": "",
	} {
		at, label, ok := r.Locate(typed, "uk")
		if label != want || ok != (want != "") || want == a.Address.UK && at != *a.Point {
			t.Errorf("%q is %q at %v, want %q", typed, label, at, want)
		}
	}
}

func TestOpenDataIsValid(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.add(named("Один"))
	no := named("=HYPERLINK(1)")
	no.Point = nil
	no.Hours.Week[0] = []Span{{480, 1020}}
	r.add(no)
	all := r.List(Filter{}).Hits
	var buf bytes.Buffer
	if err := WriteGeoJSON(&buf, all); err != nil {
		t.Fatal(err)
	}
	var fc struct {
		Type     string
		Features []struct {
			Type, ID string
			Geometry *struct {
				Type        string
				Coordinates []float64
			}
			Properties map[string]any
		}
	}
	if err := json.Unmarshal(buf.Bytes(), &fc); err != nil || fc.Type != "FeatureCollection" || len(fc.Features) != 2 {
		t.Fatalf("%v %+v", err, fc)
	}
	points := 0
	for _, f := range fc.Features {
		if f.Type != "Feature" || f.ID == "" || f.Properties["name_uk"] == nil {
			t.Errorf("%+v", f)
		}
		if f.Geometry != nil {
			points++
			if f.Geometry.Type != "Point" || len(f.Geometry.Coordinates) != 2 || f.Geometry.Coordinates[0] != 32.26 || f.Geometry.Coordinates[1] != 48.51 {
				t.Errorf("%+v: longitude comes first", f.Geometry)
			}
		}
	}
	if points != 1 {
		t.Errorf("%d points", points)
	}
	buf.Reset()
	if err := WriteCSV(&buf, all); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(buf.String(), "\uFEFF"))).ReadAll()
	if err != nil || len(rows) != 3 || len(rows[0]) != len(Columns()) {
		t.Fatalf("%v %v", err, rows)
	}
	if !strings.Contains(buf.String(), "'=HYPERLINK") || !strings.Contains(buf.String(), "Mo 08:00-17:00") {
		t.Error(buf.String())
	}
	buf.Reset()
	if err := WriteGeoJSON(&buf, nil); err != nil || !json.Valid(buf.Bytes()) {
		t.Error("an empty collection is no JSON")
	}
}

// However much of the list is asked for, it is the beginning of the whole order.
func TestTheNearestComeFirst(t *testing.T) {
	t.Parallel()
	s := crowded(t, 300)
	at := Point{48.5, 32.2}
	all := s.List(Filter{Near: &at}).Hits
	for i := 1; i < len(all); i++ {
		if all[i].Metres < all[i-1].Metres {
			t.Fatalf("%d: %f after %f", i, all[i].Metres, all[i-1].Metres)
		}
	}
	for _, most := range []int{1, 2, 7, 20, 299, 300, 1000} {
		for i, h := range s.List(Filter{Near: &at, Limit: most}).Hits {
			if h.Face.ID != all[i].Face.ID {
				t.Fatalf("of %d: place %d is another one", most, i)
			}
		}
	}
}

// The shipped places are the two that a file of the state names, without a point.
func TestShippedPlaces(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	sub, err := fs.Sub(content.FS, ".")
	if err != nil {
		t.Fatal(err)
	}
	list, err := Files(sub, "places")
	if err != nil || len(list) != 2 {
		t.Fatalf("%v %d", err, len(list))
	}
	for range 2 { // a second start changes nothing
		if err := r.Ship(r.ctx, list); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range list {
		f, ok := r.Public(p.Slug)
		if !ok || f.Point != nil || f.Verified || len(f.Sources) == 0 || f.Fresh != Never || f.Name.EN == "" || f.Demo {
			t.Errorf("%+v", f)
		}
	}
	if open, _ := r.Open(time.Date(2026, 11, 25, 17, 30, 0, 0, time.UTC), list[0]); !open { // Wednesday 19:30
		t.Error("the centre is open until 20:00 on Wednesdays")
	}
	q, _ := r.ByID("cnap-nove")
	edit := q.Clone()
	edit.Summary.UK = "Змінено містом"
	if _, err := r.Edit(r.ctx, r.editor, edit); err != nil {
		t.Fatal(err)
	}
	if err := r.Ship(r.ctx, list); err != nil {
		t.Fatal(err)
	}
	if f, _ := r.Public("cnap-nove"); f.Summary.UK != "Змінено містом" {
		t.Error("a start put back what the city had changed")
	}
}
