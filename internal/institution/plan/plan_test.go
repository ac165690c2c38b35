package plan

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	files "osvitlo/content"
	"osvitlo/internal/audit"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/measure"
	"osvitlo/internal/institution/report"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/institution/selfdesc"
	"osvitlo/internal/media/disk"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
)

// log counts acts.
type log struct {
	mu   sync.Mutex
	acts []string
}

func (l *log) Record(_ context.Context, e audit.Event) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.acts = append(l.acts, e.Action)
	return nil
}

type rig struct {
	*Service
	t      *testing.T
	ctx    context.Context
	now    time.Time
	log    *log
	engine store.Engine
	said   map[string]*Described
	rounds *round.Service
	list   []*institution.Institution
}

// newRig is a city of eight schools and one where nobody answers, with the
// round of 2024. School 1 is weak in edu4.
func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{t: t, ctx: context.Background(), now: time.Date(2026, 2, 10, 9, 0, 0, 0, time.UTC), log: &log{}, said: map[string]*Described{}}
	engine, err := sqlite.Open(r.ctx, sqlite.Config{Path: filepath.Join(t.TempDir(), "a.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Close() })
	r.engine = engine
	if err := engine.Migrate(r.ctx, append(round.Specs(), institution.Spec, Spec)); err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return r.now }
	bodies, err := institution.New(r.ctx, institution.Options{Engine: engine, Districts: []string{"north"}, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 9; n++ {
		teachers := 40
		r.list = append(r.list, &institution.Institution{Doc: store.Doc{ID: fmt.Sprintf("s%d", n)}, Kind: institution.School, State: institution.Working, District: "north",
			Names: []institution.Name{{Name: i18n.Text{UK: fmt.Sprintf("Школа %d", n), EN: fmt.Sprintf("School %d", n)}}}, Frames: []institution.Frame{{Year: 2024, Count: map[institution.Role]int{institution.Teacher: teachers}}, {Year: 2025, Count: map[institution.Role]int{institution.Teacher: teachers}}}})
	}
	if _, err := bodies.Seed(r.ctx, r.list); err != nil {
		t.Fatal(err)
	}
	folder, err := disk.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = folder.Close() })
	r.rounds, err = round.New(r.ctx, round.Options{Engine: engine, Media: folder, Bodies: bodies, Secret: []byte(strings.Repeat("s", 32)), Known: func(string) bool { return true }, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	r.hold(2024, 40)
	book := &measure.Book{Version: 1, Status: "draft", Measures: []measure.Measure{
		{ID: "checks", Group: "teaching", For: []string{"school"}, When: []measure.When{{Role: "teacher", Variable: "edu4", Below: measure.Median}}},
		{ID: "share", Group: "teaching", For: []string{"school"}, When: []measure.When{{Role: "teacher", Variable: "edu1", Below: measure.Median}}},
		{ID: "wifi", Group: "network", For: []string{"school"}, When: []measure.When{{Field: "wifi", In: []string{"none"}}}},
		{ID: "measure-it", Group: "network", For: []string{"school"}, When: []measure.When{{Field: "speed-down", Missing: true}}},
		{ID: "devices", Group: "devices", For: []string{"school"}, When: []measure.When{{Field: "devices-per-100", Below: measure.Median}}},
		{ID: "garden", Group: "devices", For: []string{"preschool"}, When: []measure.When{{Field: "devices-per-100", Below: measure.Median}}},
	}}
	r.Service, err = New(r.ctx, Options{Engine: engine, Bodies: bodies, Rounds: r.rounds, Offers: book, Describes: func(id string) *Described { return r.said[id] }, Audit: r.log, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// hold enters a round in which school 1 has a mean in edu4.
func (r *rig) hold(year int, first float64) {
	r.t.Helper()
	who := person.Operator("test")
	opens := time.Date(year, 10, 1, 9, 0, 0, 0, time.UTC)
	sums := &report.Sums{}
	for k, i := range r.list {
		frame, _ := i.FrameOf(year)
		n := frame.Count[institution.Teacher] - 10
		if k == 8 {
			n = 0
		}
		for p := range n {
			spread := float64(p%5-2) * 4
			values := map[string]float64{"edu1.1": 60 + spread, "edu4.1": 60 + spread, "edu4.2": 60 + spread, "knowledge": 70 + spread}
			if k == 0 {
				values["edu4.1"], values["edu4.2"] = first+spread, first+spread
			}
			if err := sums.Add(report.Unit{Institution: i.ID, Role: "teacher"}, values); err != nil {
				r.t.Fatal(err)
			}
		}
	}
	var ids []string
	for _, i := range r.list {
		ids = append(ids, i.ID)
	}
	one := round.Round{Doc: store.Doc{ID: fmt.Sprintf("round-%d", year)}, Year: year, Title: i18n.Text{UK: "Моніторинг", EN: "Monitoring"}, Asked: []round.Asked{{Role: institution.Teacher, Instrument: "teacher-round"}}, Bodies: ids,
		Opens: store.At(opens), Closes: store.At(opens.AddDate(0, 0, 20)), Order: round.Order{Number: "1", Date: opens.AddDate(0, 0, -9).Format(time.DateOnly), Promise: true}}
	if _, err := r.rounds.Past(r.ctx, &who, one, sums); err != nil {
		r.t.Fatal(err)
	}
}

func coordinator(id, body string) *person.Actor {
	return &person.Actor{Person: person.ID(id), Strong: true, Fresh: true, Where: "web", Grants: []person.Grant{{Role: person.Coordinator, Place: body}}}
}

func (r *rig) begin(body string, from int) *Plan {
	r.t.Helper()
	p, err := r.Begin(r.ctx, coordinator("a1", body), body, from, from)
	if err != nil {
		r.t.Fatal(err)
	}
	return p
}

func (r *rig) add(p *Plan, d Draft) *Measure {
	r.t.Helper()
	if d.Status == "" {
		d.Status = Planned
	}
	m, err := r.Add(r.ctx, coordinator("a1", p.Institution), p.ID, "", d)
	if err != nil {
		r.t.Fatal(err)
	}
	return m
}

func (r *rig) describe(body string, answers selfdesc.Answers, day string) {
	book, err := selfdesc.Load(files.FS, "institutions")
	if err != nil {
		r.t.Fatal(err)
	}
	r.said[body] = &Described{Form: book.Current(), Answers: answers, Day: day}
}

var weak = Answers{Role: "teacher", Variable: "edu4"}

func TestAMeasureKeepsTheFigureItAnswers(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := r.begin("s1", 2025)
	m := r.add(p, Draft{Title: "Опитування", Answers: weak})
	f := m.Start.Figure
	if f == nil || f.Mean != 40 || f.Low >= 40 || f.High <= 40 || f.N != 30 || f.Year != 2024 || f.Day == "" || len(f.With) > 0 {
		t.Fatalf("the start is %+v", f)
	}
	if now, err := r.Now(r.ctx, p, m); err != nil || now != nil {
		t.Errorf("before the next report it says %+v, %v", now, err)
	}
	// the next report: better for certain
	r.now = time.Date(2026, 11, 10, 9, 0, 0, 0, time.UTC)
	r.hold(2025, 55)
	now, err := r.Now(r.ctx, p, m)
	if err != nil || now == nil || now.Figure.Mean != 55 || !now.Compared || !slices.Equal(now.Moved, []Moved{{"edu4", 15}}) {
		t.Fatalf("after the next report: %+v, %v", now, err)
	}
	closed, err := r.Close(r.ctx, coordinator("a1", "s1"), p.ID, map[string]string{m.ID: "Працює в усіх"})
	if err != nil || !closed.IsClosed() || closed.Measures[0].Result != "Працює в усіх" || closed.Measures[0].Outcome.Figure.Mean != 55 {
		t.Fatalf("the closed plan is %+v, %v", closed, err)
	}
	if _, err := r.Edit(r.ctx, coordinator("a1", "s1"), p.ID, m.ID, 0, m.Draft); !fault.Is(err, fault.Conflict) {
		t.Errorf("a closed plan is changed: %v", err)
	}
	if open, err := r.Reopen(r.ctx, coordinator("a1", "s1"), p.ID); err != nil || open.IsClosed() || open.Measures[0].Result == "" || open.Measures[0].Outcome != nil {
		t.Errorf("reopened: %+v, %v", open, err)
	}
	// what may be chance is not called a change
	same := r.add(p, Draft{Title: "Інше", Answers: Answers{Role: "teacher", Variable: "edu1.1"}})
	if same.Start.Figure.Year != 2025 {
		t.Errorf("a new measure starts from %+v", same.Start.Figure)
	}
	for _, a := range []Answers{{Role: "educator", Variable: "edu4"}, {Role: "teacher", Variable: "edu9"}} {
		if _, err := r.Add(r.ctx, coordinator("a1", "s1"), p.ID, "", Draft{Title: "x", Status: Planned, Answers: a}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%v: %v", a, err)
		}
	}
}

func TestNothingRealIsNotCalledAChange(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := r.begin("s1", 2025)
	m := r.add(p, Draft{Title: "Опитування", Answers: weak})
	r.now = time.Date(2026, 11, 10, 9, 0, 0, 0, time.UTC)
	r.hold(2025, 40.3)
	now, err := r.Now(r.ctx, p, m)
	if err != nil || now == nil || !now.Compared || len(now.Moved) > 0 {
		t.Errorf("%+v, %v", now, err)
	}
}

// Two editors: the second hears of it, nothing of the first is lost; those who write in
// different measures never wait.
func TestTwoEditorsNeverOverwriteEachOther(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := r.begin("s1", 2025)
	m := r.add(p, Draft{Title: "Перше"})
	first, second := m.Draft, m.Draft
	first.Owner, second.Owner = "Завуч", "Директор"
	if _, err := r.Edit(r.ctx, coordinator("a1", "s1"), p.ID, m.ID, m.Version, first); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Edit(r.ctx, coordinator("a2", "s1"), p.ID, m.ID, m.Version, second); !fault.Is(err, fault.Conflict) {
		t.Fatalf("the second editor overwrote the first: %v", err)
	}
	now, _ := r.ByID(p.ID)
	if have, _ := now.Measure(m.ID); have.Owner != "Завуч" || len(have.Acts) != 2 || have.Acts[1].By != "a1" || have.Acts[1].Fields[0] != (Was{Field: "owner", To: "Завуч"}) {
		t.Errorf("the measure is %+v", have)
	}

	// a storm: everybody adds measures and edits their own
	var wait sync.WaitGroup
	errs := make(chan error, 8)
	for n := range 8 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			a := coordinator(fmt.Sprintf("b%d", n), "s1")
			one, err := r.Add(r.ctx, a, p.ID, "", Draft{Title: fmt.Sprintf("Захід %d", n), Status: Planned})
			for k := 0; k < 3 && err == nil; k++ {
				d := one.Draft
				d.Notes = fmt.Sprint(k)
				one, err = r.Edit(r.ctx, a, p.ID, one.ID, one.Version, d)
			}
			errs <- err
		}()
	}
	wait.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
	now, _ = r.ByID(p.ID)
	for _, one := range now.Live()[1:] {
		if one.Version != 4 || one.Notes != "2" || len(one.Acts) != 4 {
			t.Errorf("%s has version %d, notes %q, %d acts", one.Title, one.Version, one.Notes, len(one.Acts))
		}
	}
	if len(now.Live()) != 9 {
		t.Errorf("%d measures, wanted 9", len(now.Live()))
	}
	// one measure, many editors: exactly one wins each version
	var wins sync.Map
	for n := range 6 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			d := first
			d.Notes = fmt.Sprint(n)
			if have, err := r.Edit(r.ctx, coordinator("c", "s1"), p.ID, m.ID, 2, d); err == nil {
				wins.Store(n, have.Version)
			} else if !fault.Is(err, fault.Conflict) {
				t.Error(err)
			}
		}()
	}
	wait.Wait()
	n := 0
	wins.Range(func(any, any) bool { n++; return true })
	if n != 1 {
		t.Errorf("%d editors of one version won", n)
	}
	// two who begin the same plan
	if have, err := r.Begin(r.ctx, coordinator("a2", "s1"), "s1", 2025, 2026); !fault.Is(err, fault.Conflict) || have.ID != p.ID {
		t.Errorf("a second plan of the same year: %v", err)
	}
}

func TestCopyTakesOnlyWhatIsNotDoneAndOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	old := r.begin("s1", 2024)
	cost := int64(12_000)
	r.add(old, Draft{Title: "Зроблене", Status: Done})
	r.add(old, Draft{Title: "Робимо", Status: Doing, Cost: &cost, Money: City, Deadline: "2025-06-01"})
	r.add(old, Draft{Title: "Відкладене", Status: Postponed, Reason: "Немає коштів", Answers: weak, Deadline: "2027-06-01"})
	out := r.add(old, Draft{Title: "Прибране"})
	a := coordinator("a1", "s1")
	if _, err := r.TakeOut(r.ctx, a, old.ID, out.ID, out.Version); err != nil {
		t.Fatal(err)
	}
	next := r.begin("s1", 2025)
	for round := range 2 {
		n, err := r.CopyFrom(r.ctx, a, next.ID, old.ID)
		if err != nil || n != 2-2*round {
			t.Fatalf("copied %d, %v", n, err)
		}
	}
	p, _ := r.ByID(next.ID)
	list := p.Live()
	if len(list) != 2 || list[0].Title != "Робимо" || list[0].Status != Doing || list[0].Deadline != "" || *list[0].Cost != cost || list[0].Acts[0].What != "copy" ||
		list[1].Status != Planned || list[1].Reason != "" || list[1].Deadline != "2027-06-01" || list[1].Start.Figure == nil {
		t.Errorf("%+v", list)
	}
	other := r.begin("s2", 2025)
	for _, c := range []struct {
		a        *person.Actor
		id, from string
		kind     fault.Kind
	}{{coordinator("a1", "s2"), other.ID, old.ID, fault.Invalid}, {a, old.ID, next.ID, fault.Invalid}, {a, next.ID, "nothing", fault.NotFound}} {
		if _, err := r.CopyFrom(r.ctx, c.a, c.id, c.from); !fault.Is(err, c.kind) {
			t.Errorf("%s from %s: %v", c.id, c.from, err)
		}
	}
}

func TestTakenOutIsPutBackAndWrittenDown(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := r.begin("s1", 2025)
	m := r.add(p, Draft{Title: "Захід"})
	a := coordinator("a1", "s1")
	gone, err := r.TakeOut(r.ctx, a, p.ID, m.ID, m.Version)
	if err != nil || !gone.Gone {
		t.Fatal(err)
	}
	if _, err := r.Edit(r.ctx, a, p.ID, m.ID, gone.Version, m.Draft); !fault.Is(err, fault.Conflict) {
		t.Errorf("what is out is edited: %v", err)
	}
	back, err := r.PutBack(r.ctx, a, p.ID, m.ID)
	if err != nil || back.Gone || len(back.Acts) != 3 {
		t.Errorf("%+v, %v", back, err)
	}
	if want := []string{"plan.begin", "plan.add", "plan.out", "plan.back"}; !slices.Equal(r.log.acts, want) {
		t.Errorf("audit has %v", r.log.acts)
	}
	for n := range maxHistory * 2 {
		d := back.Draft
		d.Title = fmt.Sprint("Захід ", n)
		if back, err = r.Edit(r.ctx, a, p.ID, m.ID, back.Version, d); err != nil {
			t.Fatal(err)
		}
	}
	if len(back.Acts) != maxHistory || back.Acts[0].What != "add" || back.Acts[maxHistory-1].Fields[0].To != back.Title {
		t.Errorf("the history holds %d acts from %q", len(back.Acts), back.Acts[0].What)
	}
	for _, stranger := range []*person.Actor{nil, coordinator("a3", "s2"), {Person: "a4", Strong: true, Fresh: true, Grants: []person.Grant{{Role: person.Analyst}}}} {
		if _, err := r.Edit(r.ctx, stranger, p.ID, m.ID, 0, m.Draft); err == nil {
			t.Error("a stranger edits")
		}
	}
	// another replica sees it
	twin, err := New(r.ctx, r.o)
	if err != nil {
		t.Fatal(err)
	}
	if same, ok := twin.In("s1", 2025); !ok || same.Rev == 0 || len(same.Live()) != 1 {
		t.Error("another replica sees no plan")
	}
}

func TestOffersComeFromFiguresTheCityAndTheSelfDescription(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ids := func(list []Proposal) (out []string) {
		for _, p := range list {
			out = append(out, p.ID+"/"+string(p.Because.Kind))
		}
		return out
	}
	p := r.begin("s1", 2025)
	got, err := r.Propose(r.ctx, p)
	if err != nil || !slices.Equal(ids(got.List), []string{"checks/figure"}) || !got.Silent || len(got.Hidden) > 0 {
		t.Fatalf("%v, %+v, %v", ids(got.List), got, err)
	}
	if b := got.List[0].Because; b.Figure.High >= b.City || b.City != 60 {
		t.Errorf("the reason is %+v", b)
	}
	strong := r.begin("s2", 2025)
	if got, _ := r.Propose(r.ctx, strong); len(got.List) > 0 {
		t.Errorf("a strong school is offered %v", ids(got.List))
	}
	// nobody answered there; the city's two weakest areas stand for its own
	small := r.begin("s9", 2025)
	got, err = r.Propose(r.ctx, small)
	if err != nil || !slices.Equal(got.Hidden, []institution.Role{institution.Teacher}) || len(got.List) == 0 || got.List[0].Because.Kind != CityWeak || got.List[0].Because.Figure != nil {
		t.Errorf("the small school: %v, %+v, %v", ids(got.List), got, err)
	}
	for n, devices := range []string{"2", "10", "20", "30", "40"} {
		r.describe(fmt.Sprintf("s%d", n+1), selfdesc.Answers{"learners": {"100"}, "devices-learners": {devices}, "wifi": {"none"}, "speed-down": {"50"}}, "2026-01-20")
	}
	got, err = r.Propose(r.ctx, p)
	if err != nil || !slices.Equal(ids(got.List), []string{"wifi/answer", "devices/number", "checks/figure"}) || got.Silent {
		t.Fatalf("%v, %v", ids(got.List), err)
	}
	if b := got.List[1].Because; b.City != 20 || *b.Number != 2 {
		t.Errorf("the reason is %+v", b)
	}
	a := coordinator("a1", "s1")
	if err := r.Refuse(r.ctx, a, p.ID, "wifi"); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Add(r.ctx, a, p.ID, "checks", Draft{Title: "Опитування", Status: Planned, Answers: weak}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Add(r.ctx, a, p.ID, "checks", Draft{Title: "Знову", Status: Planned}); !fault.Is(err, fault.Conflict) {
		t.Errorf("an offer is taken twice: %v", err)
	}
	p, _ = r.ByID(p.ID)
	if got, _ = r.Propose(r.ctx, p); !slices.Equal(ids(got.List), []string{"devices/number"}) || !slices.Equal(ids(got.Refused), []string{"wifi/answer"}) || got.Taken != 1 {
		t.Errorf("after taking and refusing: %v, %v, %d", ids(got.List), ids(got.Refused), got.Taken)
	}
	if err := r.Reconsider(r.ctx, a, p.ID, "wifi"); err != nil {
		t.Fatal(err)
	}
	p, _ = r.ByID(p.ID)
	if got, _ = r.Propose(r.ctx, p); len(got.Refused) > 0 {
		t.Error("the refusal stays")
	}
	// a measure of a field: its start and what it became
	m := r.add(p, Draft{Title: "Пристрої", Answers: Answers{Field: "devices-per-100"}})
	if m.Start.Number == nil || *m.Start.Number != 2 || m.Start.Day != "2026-01-20" {
		t.Errorf("the start is %+v", m.Start)
	}
	r.describe("s1", selfdesc.Answers{"learners": {"100"}, "devices-learners": {"25"}}, "2027-01-20")
	if now, err := r.Now(r.ctx, p, m); err != nil || now == nil || *now.Number != 25 {
		t.Errorf("now it is %+v, %v", now, err)
	}
	if list, err := r.Choices(r.ctx, "s1"); err != nil || !slices.ContainsFunc(list, func(c Choice) bool { return c.Answers == weak && c.Figure != nil }) ||
		!slices.ContainsFunc(list, func(c Choice) bool { return c.Field == "devices-per-100" && c.Number != nil }) {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestProgressCountsAndSumsMoney(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := r.begin("s1", 2025)
	big, small, free := int64(100_000), int64(2_500), int64(0)
	r.add(p, Draft{Title: "a", Deadline: "2026-01-01", Owner: "Завуч", Cost: &big, Money: City})
	r.add(p, Draft{Title: "b", Deadline: "2027-01-01", Status: Doing, Cost: &small, Money: Own})
	r.add(p, Draft{Title: "c", Status: Done, Cost: &big, Money: City})
	r.add(p, Draft{Title: "d", Status: Postponed, Reason: "x", Cost: &free, Money: None})
	list := r.Progress(2025, institution.Filter{})
	if len(list) != 9 {
		t.Fatalf("%d lines", len(list))
	}
	all, without := Total(list)
	if without != 8 || all.All != 4 || all.By[Planned] != 1 || all.By[Done] != 1 || all.Overdue != 1 || all.Ownerless != 2 || all.Undated != 1 || all.Uncosted != 0 ||
		all.Needed[2026][City] != big || all.Needed[2027][Own] != small || len(all.Needed) != 2 || all.Sum() != big+small {
		t.Errorf("%+v, %d without", all, without)
	}
	if list := r.Progress(2024, institution.Filter{}); list[0].Plan != nil {
		t.Error("a plan stands in a year that it is not for")
	}
}

func TestDraftsAreChecked(t *testing.T) {
	t.Parallel()
	big := int64(maxCost + 1)
	one := int64(1)
	for field, d := range map[string]Draft{"title": {Status: Planned}, "deadline": {Title: "x", Status: Planned, Deadline: "2026-13-01"}, "cost": {Title: "x", Status: Planned, Cost: &big},
		"money": {Title: "x", Status: Planned, Cost: &one, Money: None}, "reason": {Title: "x", Status: Postponed}, "status": {Title: "x"}, "owner": {Title: "x", Status: Planned, Owner: strings.Repeat("я", MaxShort+1)}} {
		f := fault.As(d.check())
		if f == nil || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Pointer != field {
			t.Errorf("%s: %v", field, f)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a := Answers{Role: rapid.StringMatching(`[a-eg-z]{1,9}`).Draw(t, "role"), Variable: rapid.StringMatching(`[a-z0-9.:-]{1,20}`).Draw(t, "variable")}
		if rapid.Bool().Draw(t, "field") {
			a = Answers{Field: a.Variable}
		}
		if back, ok := ParseAnswers(a.Key()); !ok || back != a {
			t.Fatalf("%q becomes %+v", a.Key(), back)
		}
	})
	if _, ok := ParseAnswers("teacher"); ok {
		t.Error("half a key is read")
	}
}

// The largest plan fits into a document of the store.
func TestTheLargestPlanFits(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := r.begin("s1", 2025)
	stored, err := r.docs.Get(r.ctx, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	long := func(n int) string { return strings.Repeat("ж", n) }
	cost := int64(maxCost)
	for range MaxMeasures {
		far := 123_456_789.125
		d := Draft{Title: long(MaxTitle), Text: long(MaxText), Goal: Goal{To: &far, From: &far, Is: &far, Year: 2026, Unit: long(MaxNumber)}, Target: long(MaxShort), Owner: long(MaxShort), Deadline: "2026-01-01", Cost: &cost, Money: City, Indicator: long(MaxShort), Status: Postponed, Reason: long(MaxText), Notes: long(MaxText)}
		m := Measure{ID: newMeasure(), Draft: d, Result: long(MaxText)}
		empty := Draft{}
		was := empty.differs(&d)
		for range maxHistory {
			m.note(Act{At: store.At(r.now), By: long(18), What: "edit", Fields: was})
		}
		stored.Measures = append(stored.Measures, m)
	}
	if err := r.docs.Replace(r.ctx, stored); err != nil {
		t.Error(err)
	}
}
