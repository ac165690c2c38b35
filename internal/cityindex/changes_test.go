package cityindex

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"osvitlo/internal/adaptive"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/sitting"
	"osvitlo/internal/survey"
	"osvitlo/internal/weighting"
)

// twoWaves is a city that answered twice; change shifts the scores of the second wave.
func twoWaves(t testing.TB, n int, change func(*rand.Rand, *sitting.Row)) *city {
	t.Helper()
	c := newCity()
	m := testMargins(t)
	c.people(41, n, m, "w0")
	r := rand.New(rand.NewPCG(42, 7))
	for range n {
		row := person(r, m, "w1")
		if change != nil {
			change(r, row)
		}
		c.next++
		c.set(fmt.Sprintf("q%07d", len(c.ids)), sitting.Tally{Now: row}, c.next)
	}
	return c
}

func shifted10(_ *rand.Rand, row *sitting.Row) {
	if row.Overall < 0 {
		return
	}
	row.Overall = min(100*sitting.PointsScale, row.Overall+10*sitting.PointsScale)
	for i := range row.Areas {
		if row.Areas[i] >= 0 {
			row.Areas[i] = row.Overall
		}
	}
}

func bothReleased(t testing.TB, r *rig) (*Changes, map[string][]byte) {
	t.Helper()
	for _, wave := range []string{"w0", "w1"} {
		if _, err := r.Release(context.Background(), wave); err != nil {
			t.Fatal(err)
		}
	}
	files := r.download(t, "w1.1")
	var c Changes
	if err := json.Unmarshal(files[FileChanges], &c); err != nil {
		t.Fatal(err)
	}
	return &c, files
}

func (c *Changes) row(t testing.TB, family, id string) Change {
	t.Helper()
	for _, r := range c.Rows {
		if r.Family == family && r.ID == id {
			return r
		}
	}
	t.Fatalf("no %s %s among %d", family, id, len(c.Rows))
	return Change{}
}

func TestChangesSayWhatIsSeen(t *testing.T) {
	t.Parallel()
	same := newRig(t, twoWaves(t, 900, nil))
	c, files := bothReleased(t, same)
	if c.FromRelease != "w0.1" || c.ReasonCode != "" || len(c.Breaks) != 0 || c.Pairs != nil {
		t.Fatalf("%+v", c)
	}
	for _, r := range c.Rows {
		if r.Label == LabelChange {
			t.Errorf("%s %s is called a change between two draws of one city: %+v", r.Family, r.ID, r)
		}
		if r.Holm != nil && *r.Holm < *r.P {
			t.Errorf("%s %s: corrected p %v under %v", r.Family, r.ID, *r.Holm, *r.P)
		}
	}
	if report := verify(t, files, VerifyOptions{Key: same.publicKey(), Data: same.data(t)}); !report.OK() {
		t.Fatalf("%+v", report.First())
	}
	moved := newRig(t, twoWaves(t, 900, shifted10))
	c, _ = bothReleased(t, moved)
	index := c.row(t, "headline", "index")
	if index.Label != LabelChange || math.Abs(*index.Delta-9.5) > 2.5 || index.CrudeFrom == nil || *index.CrudeTo < *index.CrudeFrom {
		t.Fatalf("%+v", index)
	}
	want := weighting.Difference(weighting.Estimate{Value: *index.From, SE: *index.FromSE}, weighting.Estimate{Value: *index.To, SE: *index.ToSE})
	if math.Abs(want.SE-*index.SE) > 1e-12 || math.Abs(want.P-*index.P) > 1e-12 {
		t.Errorf("%+v is not %+v", index, want)
	}
	v := moved.Snapshot().View
	if v.Changes == nil || v.Change == nil || !v.Change.Index.Detectable || v.Change.Index.Delta != *index.Delta {
		t.Error("the page of the index tells another change")
	}
	var first Changes
	if err := json.Unmarshal(moved.download(t, "w0.1")[FileChanges], &first); err != nil {
		t.Fatal(err)
	}
	if first.ReasonCode != ReasonFirst || len(first.Rows) != 0 {
		t.Errorf("%+v", first)
	}
}

func TestABreakOfModesIsMarked(t *testing.T) {
	t.Parallel()
	r := newRig(t, twoWaves(t, 700, func(r *rand.Rand, row *sitting.Row) {
		if r.IntN(2) == 0 {
			row.Mode = sitting.ModePhone
		}
	}))
	c, _ := bothReleased(t, r)
	if !slices.Equal(c.Breaks, []string{BreakModes}) || c.row(t, "headline", "index").Delta == nil {
		t.Fatalf("%v %q", c.Breaks, c.ReasonCode)
	}
	points := r.Snapshot().View.Series
	if last := points[len(points)-1]; last.Break || !slices.Equal(last.Breaks, []string{BreakModes}) {
		t.Errorf("%+v", last)
	}
	f, err := r.Fieldwork("w1")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(f.Alerts, func(a FieldAlert) bool { return a.Kind == AlertModeShift && a.Text == "phone" }) {
		t.Errorf("%+v", f.Alerts)
	}
}

// The covariance of people in both waves is that of the stacked sample with the
// person as sampling unit.
func TestOverlapIsTheStackedSample(t *testing.T) {
	t.Parallel()
	m := testMargins(t)
	l := newLayout(testDistricts)
	r := rand.New(rand.NewPCG(5, 5))
	sums := [2]*Wave{newWave(l), newWave(l)}
	sets := [2]*rowSet{{byID: map[string]factRow{}}, {byID: map[string]factRow{}}}
	people := panel{}
	var who [2][]int
	const n = 600
	for i := range n {
		a := person(r, m, "w0")
		for a.Role != sitting.RoleTest || a.State != sitting.Counted {
			a = person(r, m, "w0")
		}
		b := *a
		b.Overall = sitting.Points(min(1_000_000, max(0, int32(a.Overall)+int32(60_000*r.NormFloat64()))))
		id := fmt.Sprint(i)
		for k, row := range []*sitting.Row{a, &b} {
			if k == 1 && i%2 == 0 { // every second one is somebody else
				row = person(r, m, "w1")
				for row.Role != sitting.RoleTest || row.State != sitting.Counted {
					row = person(r, m, "w1")
				}
			}
			_, class, _, _ := gateOf(row)
			sums[k].apply(l, row, gateTested, class, 1)
			f := factRow{class: int8(class), y: row.Overall, reached: row.Reached}
			sets[k].facts = append(sets[k].facts, f)
			sets[k].byID[id] = f
			unit := i
			if k == 1 && i%2 == 0 {
				unit = n + i
			}
			who[k] = append(who[k], unit)
		}
		if i%2 == 1 {
			people = append(people, [2]string{id, id})
		}
	}
	variant := m.Variant(m.Default)
	var frames [2]*frame
	for k := range frames {
		var err error
		if frames[k], err = newFrame(l, sums[k].weightable(), m, variant); err != nil {
			t.Fatal(err)
		}
	}
	o, err := overlapOf(context.Background(), people, "w0", "w1", frames[0], frames[1], sets[0], sets[1])
	if err != nil || o.pairs != n/2 {
		t.Fatalf("%v %v", o, err)
	}
	var d weighting.Design
	margin := weighting.Margin{Name: "wave and class"}
	y1, y2 := []float64{}, []float64{}
	for k, f := range frames {
		base := len(margin.Categories)
		for _, c := range f.scheme.Cells {
			margin.Categories = append(margin.Categories, weighting.Category{Target: c.Weight * float64(c.N)})
		}
		for i, row := range sets[k].facts {
			c := f.scheme.Of[row.class]
			d.Weights = append(d.Weights, f.scheme.Cells[c].Weight)
			margin.Of = append(margin.Of, base+c)
			d.PSUs = append(d.PSUs, who[k][i])
			v, _ := row.y.Value()
			y1, y2 = append(y1, math.NaN()), append(y2, math.NaN())
			if k == 0 {
				y1[len(y1)-1] = v
			} else {
				y2[len(y2)-1] = v
			}
		}
	}
	d.Margins = []weighting.Margin{margin}
	s, err := weighting.NewSample(d)
	if err != nil {
		t.Fatal(err)
	}
	want, err := s.Difference(weighting.Variable{Y: y1}, weighting.Variable{Y: y2})
	if err != nil {
		t.Fatal(err)
	}
	var se [2]float64
	for k, f := range frames {
		e, err := f.mean(f.field(bScore), nil)
		if err != nil {
			t.Fatal(err)
		}
		se[k] = e.SE
	}
	got := math.Sqrt(se[0]*se[0] + se[1]*se[1] - 2*o.covariance["headline/index"])
	if math.Abs(got-want.SE) > 0.004*want.SE {
		t.Errorf("SE %v, stacked %v, without overlap %v", got, want.SE, math.Hypot(se[0], se[1]))
	}
	if math.Hypot(se[0], se[1]) < want.SE*1.1 {
		t.Error("the overlap of the test does not matter")
	}
}

// panel is a list of pairs.
type panel [][2]string

func (p panel) Pairs(context.Context, string, string) func(yield func([2]string, error) bool) {
	return func(yield func([2]string, error) bool) {
		for _, x := range p {
			if !yield(x, nil) {
				return
			}
		}
	}
}

// testForms are a reference and one that shares some of its items but measures them
// on a scale of its own: θ_reference = 1.2·θ + 0.3.
func testForms(common int) *Forms {
	ref, other := map[string]adaptive.Item{}, map[string]adaptive.Item{}
	for i := range 30 {
		it := adaptive.Item{A: 0.8 + 0.05*float64(i%8), B: -2 + 4*float64(i)/29}
		ref[fmt.Sprintf("i%02d", i)] = it
		own := adaptive.Item{A: it.A * 1.2, B: (it.B + 0.5 - 0.3) / 1.2} // the own items are harder by half
		name := fmt.Sprintf("n%02d", i)
		if i%3 == 0 && common > 0 {
			name, own = fmt.Sprintf("i%02d", i), adaptive.Item{A: it.A * 1.2, B: (it.B - 0.3) / 1.2}
			common--
		}
		other[name] = own
	}
	return &Forms{Reference: Form{ID: "form-1", Items: ref}, Others: []Form{{ID: "form-2", Items: other}}}
}

func TestAFormIsLinkedByItsAnchors(t *testing.T) {
	t.Parallel()
	forms := testForms(10)
	e, linking, err := equate(forms, "form-2")
	if err != nil || e == nil {
		t.Fatalf("%+v %v", linking, err)
	}
	if math.Abs(*linking.Slope-1.2) > 1e-6 || math.Abs(*linking.Shift-0.3) > 1e-6 || linking.Anchors != 10 {
		t.Fatalf("slope %v, shift %v, %d anchors", *linking.Slope, *linking.Shift, linking.Anchors)
	}
	theta := 0.4 // on the scale of the second form
	from := sitting.ToPoints(e.from.Expected(theta))
	want := sitting.ToPoints(e.to.Expected(1.2*theta + 0.3))
	if got := e.points(from); got < want-2 || got > want+2 {
		t.Errorf("%v becomes %v, not %v", from, got, want)
	}
	if e.points(0) != 0 || e.points(1_000_000) != 1_000_000 {
		t.Error("the ends moved")
	}
	for name, f := range map[string]*Forms{"too few anchors": testForms(4), "no forms at all": nil} {
		e, linking, err := equate(f, "form-2")
		if err != nil || e != nil || linking == nil || linking.ReasonCode != ReasonNotLinked {
			t.Errorf("%s: %+v %v", name, linking, err)
		}
	}
	if e, linking, err := equate(forms, "form-1"); e != nil || linking != nil || err != nil {
		t.Error("the reference form is linked to itself")
	}
}

func TestAWaveOfAnotherFormIsReportedOnTheReference(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		forms  *Forms
		linked bool
	}{{testForms(10), true}, {testForms(3), false}} {
		r := &rig{city: twoWaves(t, 700, nil), engine: openEngine(t, Specs()...)}
		r.clock.Store(testNow.UnixMicro())
		d := r.deps(t)
		plans := testWaves()
		plans[1].Form = "form-2"
		d.Waves, d.Forms = plans, c.forms
		s, err := New(context.Background(), d)
		if err != nil {
			t.Fatal(err)
		}
		r.Service = s
		ch, files := bothReleased(t, r)
		var open OpenIndex
		if err := json.Unmarshal(files[FileIndex], &open); err != nil {
			t.Fatal(err)
		}
		link := open.Release.Linking
		data := r.data(t)
		data.Forms = c.forms
		if report := verify(t, files, VerifyOptions{Key: r.publicKey(), Data: data}); !report.OK() {
			t.Fatalf("linked %v: %+v", c.linked, report.First())
		}
		if !c.linked {
			if link.ReasonCode != ReasonNotLinked || ch.ReasonCode != ReasonNotLinked || !slices.Contains(ch.Breaks, BreakForm) || len(ch.Rows) != 0 {
				t.Errorf("%+v %+v", link, ch)
			}
			if points := r.Snapshot().View.Series; !points[1].Break {
				t.Error("the series is not broken")
			}
			continue
		}
		index := ch.row(t, "headline", "index")
		if link.Index.Value == nil || *index.To != *link.Index.Value || *index.To == *open.Release.Index.Value {
			t.Errorf("%+v %+v", index, link)
		}
		if ch.row(t, "headline", "at_least_basic").ReasonCode != ReasonNotLinked {
			t.Error("a share by the levels of another form is compared")
		}
	}
}

func TestTheSampleStandsApart(t *testing.T) {
	t.Parallel()
	c := newCity()
	m := testMargins(t)
	r := rand.New(rand.NewPCG(3, 3))
	for range 1600 {
		row := person(r, m, "w1")
		if r.IntN(3) == 0 {
			row.Evidence = sitting.EvidenceInvited
			if row.Overall > 0 { // whom the city drew score lower than who came by themselves
				row.Overall = max(0, row.Overall-8*sitting.PointsScale)
			}
		}
		c.next++
		c.set(fmt.Sprintf("q%07d", len(c.ids)), sitting.Tally{Now: row}, c.next)
	}
	g := &rig{city: c, engine: openEngine(t, Specs()...)}
	g.clock.Store(testNow.UnixMicro())
	d := g.deps(t)
	plans := testWaves()
	plans[1].Sample = &survey.Sample{ID: "draw", Title: i18n.Text{UK: "в", EN: "s"}, Drawn: "2026-10-01", Size: 900}
	d.Waves = plans
	s, err := New(context.Background(), d)
	if err != nil {
		t.Fatal(err)
	}
	g.Service = s
	if _, err := g.Release(context.Background(), ""); err != nil {
		t.Fatal(err)
	}
	files := g.download(t, "w1.1")
	var open OpenIndex
	if err := json.Unmarshal(files[FileIndex], &open); err != nil {
		t.Fatal(err)
	}
	x := open.Release.Sample
	if x == nil || x.Difference == nil || x.Difference.High > 0 || x.Invited.N+x.Others.N != open.Release.Weighted || x.Response == nil {
		t.Fatalf("%+v", x)
	}
	f, err := g.Fieldwork("w1")
	if err != nil {
		t.Fatal(err)
	}
	if f.Sample == nil || f.Sample.Difference == nil || math.Abs(f.Sample.Difference.Delta-x.Difference.Delta) > 0.02 || f.Invited < x.Invited.N {
		t.Errorf("%+v and %+v", f.Sample, x)
	}
	if report := verify(t, files, VerifyOptions{Key: g.publicKey(), Data: g.data(t)}); !report.OK() {
		t.Fatalf("%+v", report.First())
	}
}

func TestEveryTamperedChangeAndDriverIsCaught(t *testing.T) {
	t.Parallel()
	r := newRig(t, twoWaves(t, 450, shifted10))
	_, files := bothReleased(t, r)
	data := r.data(t)
	blind := VerifyOptions{IgnoreHashes: true, IgnoreSignature: true}
	for _, name := range []string{FileChanges, FileDrivers} {
		var root any
		dec := json.NewDecoder(bytes.NewReader(files[name]))
		dec.UseNumber()
		if err := dec.Decode(&root); err != nil {
			t.Fatal(err)
		}
		places, missed := numbers(nil, root), 0
		tried := 0
		for i, path := range places {
			if i%3 != 0 {
				continue // one in three says it for all, and keeps the test short
			}
			tried++
			bad := maps.Clone(files)
			bad[name] = tampered(t, files[name], path)
			if name == FileDrivers {
				var d Drivers
				if json.Unmarshal(bad[name], &d) == nil {
					bad[FileDriverCSV] = driversCSV(&d)
				}
			}
			if verify(t, bad, VerifyOptions{Key: r.publicKey()}).OK() {
				t.Errorf("%s %v: the hash does not catch it", name, path)
			}
			if !verify(t, bad, blind).OK() {
				continue
			}
			missed++
			withData := blind
			withData.Data = data
			if name == FileDrivers && verify(t, bad, withData).OK() {
				t.Errorf("%s %v: not seen with the data either", name, path)
			}
		}
		t.Logf("%s: %d numbers, %d not seen without hashes and data", name, tried, missed)
		if name == FileChanges && missed > tried/5 {
			t.Errorf("%d of %d changes of numbers pass", missed, tried)
		}
	}
}

func TestReleasesAreTheSameBytes(t *testing.T) {
	t.Parallel()
	var first map[string][]byte
	for i := range 2 {
		r := newRig(t, twoWaves(t, 800, shifted10))
		_, files := bothReleased(t, r)
		if i == 0 {
			first = files
			continue
		}
		for _, name := range []string{FileIndex, FileFigures, FileCells, FileDrivers, FileDriverCSV, FileChanges, FileReadme, FileCatalog} {
			if string(first[name]) != string(files[name]) || len(files[name]) == 0 {
				t.Errorf("%s differs between two runs", name)
			}
		}
	}
}

func TestOrderOfArrivalLeavesNoTrace(t *testing.T) {
	t.Parallel()
	m := testMargins(t)
	l := newLayout(testDistricts)
	var want []byte
	for seed := range uint64(3) {
		c := newCity()
		c.people(77, 600, m, "w1")
		ids := slices.Clone(c.ids)
		rand.New(rand.NewPCG(seed, 1)).Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
		index := &fakeIndex{entries: map[string]sitting.Entry{}}
		for i, id := range ids {
			index.put(id, int64(i+1), c.now[id])
		}
		w := newWave(l)
		rows, err := collectWith(context.Background(), index, l, "w1", [gates]int64{9999, 9999, 9999, 9999}, w)
		if err != nil {
			t.Fatal(err)
		}
		f, err := newFrame(l, w.weightable(), m, m.Variant(m.Default))
		if err != nil {
			t.Fatal(err)
		}
		d, err := driversOf(f, rows.facts, "w1", "w1.1")
		if err != nil || d.Code != "" {
			t.Fatalf("%+v %v", d, err)
		}
		body, err := jsonBody(d)
		if err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = body
		}
		if string(body) != string(want) {
			t.Fatal("the order of arrival shows in the table of drivers")
		}
	}
}

func TestAWaveWithoutRespondentsPublishesNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t, newCity())
	_, err := r.Release(context.Background(), "w1")
	if !fault.Is(err, fault.Conflict) || fault.As(err).Key != "index.release_too_few" {
		t.Fatal(err)
	}
	if len(r.Snapshot().View.Releases) != 0 || r.Snapshot().View.Drivers != nil {
		t.Error("something was published")
	}
	f, err := r.Fieldwork("w1")
	if err != nil || f.Weights != nil || f.Count.Counted != 0 || len(f.Alerts) != 0 || f.Mode.ReasonCode != ReasonTooFew {
		t.Errorf("%+v %v", f, err)
	}
	if _, err := r.Fieldwork("nowhere"); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	few := newCity()
	few.people(9, 60, testMargins(t), "w1")
	if _, err := newRig(t, few).Release(context.Background(), "w1"); !fault.Is(err, fault.Conflict) {
		t.Error(err)
	}
}
