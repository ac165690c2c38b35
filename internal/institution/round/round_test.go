package round

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"osvitlo/internal/audit"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/report"
	"osvitlo/internal/media/disk"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
)

type rig struct {
	*Service
	bodies *institution.Service
	engine store.Engine
	clock  time.Time
	mu     sync.Mutex
	acts   []string
}

func (r *rig) Record(_ context.Context, e audit.Event) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.acts = append(r.acts, e.Action)
	return e.Check()
}

var analyst = &person.Actor{Person: "panalystaaaaaaaaaaaaaaaaaaaa", Grants: []person.Grant{{Role: person.Analyst}}, Strong: true, Fresh: true, Where: "web"}

// coordinator is of one institution.
func coordinator(body string) *person.Actor {
	return &person.Actor{Person: "pcoordinatoraaaaaaaaaaaaaaa", Grants: []person.Grant{{Role: person.Coordinator, Place: body}}, Strong: true, Fresh: true, Where: "web"}
}

func newRig(t *testing.T) *rig {
	t.Helper()
	dir := t.TempDir()
	e, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(dir, "t.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	if err := e.Migrate(t.Context(), append(Specs(), institution.Spec)); err != nil {
		t.Fatal(err)
	}
	files, err := disk.Open(filepath.Join(dir, "media"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = files.Close() })
	r := &rig{engine: e, clock: time.Date(2026, 10, 1, 9, 0, 0, 0, i18n.Kyiv)}
	now := func() time.Time { return r.clock }
	if r.bodies, err = institution.New(t.Context(), institution.Options{Engine: e, Audit: r, Now: now}); err != nil {
		t.Fatal(err)
	}
	if r.Service, err = New(t.Context(), Options{Engine: e, Media: files, Bodies: r.bodies, Secret: []byte(strings.Repeat("s", 32)), Audit: r,
		Known: func(slug string) bool { return slug == "teachers" || slug == "heads" }, Now: now}); err != nil {
		t.Fatal(err)
	}
	return r
}

// school enters a school with a number of teachers; two heads.
func (r *rig) school(t *testing.T, name string, teachers int) string {
	t.Helper()
	b, err := r.bodies.Add(t.Context(), analyst, institution.Institution{Kind: institution.School, Names: []institution.Name{{Name: i18n.Text{UK: name}}},
		Frames: []institution.Frame{{Year: 2026, Count: map[institution.Role]int{institution.Teacher: teachers, institution.Administration: 2}}}})
	if err != nil {
		t.Fatal(err)
	}
	return b.ID
}

// opened plans and opens a round of some schools.
func (r *rig) opened(t *testing.T, change func(*Round), bodies ...string) *Round {
	t.Helper()
	plan := Round{Year: 2026, Title: i18n.Text{UK: "Моніторинг 2026/27"}, Bodies: bodies,
		Asked: []Asked{{institution.Teacher, "teachers"}, {institution.Administration, "heads"}},
		Opens: store.At(r.clock), Closes: store.At(r.clock.AddDate(0, 0, 14)), Order: Order{Number: "15", Date: "2026-09-20", Promise: true}}
	change(&plan)
	one, err := r.Plan(t.Context(), analyst, plan)
	if err != nil {
		t.Fatal(err)
	}
	if one, err = r.KeepOrder(t.Context(), analyst, one.ID, one.Rev, "наказ.pdf", signed); err != nil {
		t.Fatal(err)
	}
	if one, err = r.Open(t.Context(), analyst, one.ID, one.Rev); err != nil {
		t.Fatal(err)
	}
	return one
}

// signed is the smallest file that passes for an order.
var signed = []byte("%PDF-1.4\n%%EOF\n")

func same(*Round) {}

// answer takes a code to its end.
func (r *rig) answer(ctx context.Context, code, sitting string, points float64) error {
	ticket, err := r.Find(ctx, code, "teachers")
	if err != nil {
		return err
	}
	if err := r.Bind(ctx, ticket.Key, sitting); err != nil {
		return err
	}
	return r.Take(ctx, ticket.Key, sitting, map[string]float64{"edu1.1": points})
}

func TestARoundOpensOnlyWithItsOrderAndPromise(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	body := r.school(t, "школа", 20)
	plan := Round{Year: 2026, Title: i18n.Text{UK: "Збір"}, Bodies: []string{body}, Asked: []Asked{{institution.Teacher, "teachers"}},
		Opens: store.At(r.clock), Closes: store.At(r.clock.AddDate(0, 0, 7))}
	one, err := r.Plan(t.Context(), analyst, plan)
	if err != nil {
		t.Fatal(err)
	}
	_, err = r.Open(t.Context(), analyst, one.ID, one.Rev)
	var keys []string
	for _, f := range fault.As(err).Fields {
		keys = append(keys, f.Key)
	}
	if !slices.Equal(keys, []string{"round.order", "round.order_file", "round.promise"}) {
		t.Errorf("faults %v", keys)
	}
	if _, err := r.Plan(t.Context(), coordinator(body), plan); err == nil {
		t.Error("a coordinator plans a round")
	}
	bad := plan
	bad.Asked = []Asked{{institution.Teacher, "unknown"}, {institution.Teacher, "teachers"}}
	bad.Closes = bad.Opens
	if _, err := r.Plan(t.Context(), analyst, bad); len(fault.As(err).Fields) != 3 {
		t.Errorf("faults of a bad plan: %v", err)
	}
}

func TestACodeIsOneAnswer(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	body := r.school(t, "школа", 20)
	one := r.opened(t, same, body)
	ctx := t.Context()
	codes, err := r.Codes(ctx, coordinator(body), one.ID, body, institution.Teacher, 2)
	if err != nil || len(codes) != 2 || codes[0] == codes[1] {
		t.Fatalf("%v, %v", codes, err)
	}
	if err := r.answer(ctx, codes[0].Cyrillic, "s1", 40); err != nil {
		t.Fatal(err)
	}
	// the same sitting again, by the other alphabet, in small letters
	if err := r.answer(ctx, strings.ToLower(codes[0].Latin), "s1", 60); err != nil {
		t.Errorf("the same sitting again: %v", err)
	}
	if err := r.answer(ctx, codes[0].Cyrillic, "s2", 40); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a used code: %v", err)
	}
	if _, err := r.Find(ctx, codes[1].Cyrillic, "heads"); !fault.Is(err, fault.Invalid) {
		t.Errorf("the code of a teacher for the questionnaire of heads: %v", err)
	}
	for _, bad := range []string{"", "ВКМНР-СТХБ", "ВКМНР-СТХБГД", "АОІУЕ-АОІУЕ", "BKMHP-CTXDG"} {
		if _, err := r.Find(ctx, bad, "teachers"); !fault.Is(err, fault.NotFound) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	n := 0
	for x, err := range r.rows.Find(ctx, store.Query{Index: indexUnit, Eq: []any{one.ID}}) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; x.Points["edu1.1"] != 6000 {
			t.Errorf("kept %v", x.Points)
		}
		if strings.Contains(x.ID, "s1") {
			t.Error("a row names its sitting")
		}
	}
	if n != 1 {
		t.Errorf("%d rows", n)
	}
}

func TestCodesFollowTheFrameAndTheCoordinatorsSchool(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	a, b := r.school(t, "школа А", 20), r.school(t, "школа Б", 20)
	one := r.opened(t, same, a, b)
	ctx := t.Context()
	if _, err := r.Codes(ctx, coordinator(a), one.ID, b, institution.Teacher, 5); err == nil {
		t.Error("a coordinator makes codes of another school")
	}
	two := coordinator(a)
	two.Grants = append(two.Grants, person.Grant{Role: person.Coordinator, Place: b})
	for _, body := range []string{a, b} { // a coordinator of two schools
		if _, err := r.Codes(ctx, two, one.ID, body, institution.Teacher, 30); err != nil {
			t.Error(err)
		}
	}
	_, err := r.Codes(ctx, coordinator(a), one.ID, a, institution.Teacher, 5)
	if f := fault.As(err).Fields; len(f) != 1 || f[0].Args["N"] != int64(4) {
		t.Errorf("35 codes for 20 teachers: %v", err)
	}
	if n, _ := r.Issued(ctx, one.ID, a, institution.Teacher); n != 30 {
		t.Errorf("%d codes are counted", n)
	}
	if _, err := r.Codes(ctx, coordinator(a), one.ID, a, institution.Graduate, 1); !fault.Is(err, fault.NotFound) {
		t.Errorf("a role that is not asked: %v", err)
	}
}

// A class is in the middle of it when the round closes: it finishes, nobody begins.
func TestWhatWasBegunIsEnded(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	body := r.school(t, "школа", 40)
	one := r.opened(t, same, body)
	ctx := t.Context()
	codes, err := r.Codes(ctx, analyst, one.ID, body, institution.Teacher, 3)
	if err != nil {
		t.Fatal(err)
	}
	begun, err := r.Find(ctx, codes[0].Cyrillic, "teachers")
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Bind(ctx, begun.Key, "s1"); err != nil {
		t.Fatal(err)
	}
	r.clock = r.clock.Add(time.Hour)
	if one, err = r.Service.Close(ctx, analyst, one.ID, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Find(ctx, codes[1].Cyrillic, "teachers"); !fault.Is(err, fault.Gone) {
		t.Errorf("begun after the close: %v", err)
	}
	if err := r.answer(ctx, codes[0].Cyrillic, "s1", 50); err != nil {
		t.Errorf("ended after the close: %v", err)
	}
	if _, err := r.Cut(ctx, analyst, one.ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("cut while answers may come: %v", err)
	}
	if _, err := r.Extend(ctx, analyst, one.ID, 0, r.clock.AddDate(0, 0, 3)); err != nil {
		t.Errorf("opened again within the time: %v", err)
	}
	if err := r.answer(ctx, codes[1].Cyrillic, "s2", 50); err != nil {
		t.Errorf("begun after the end was put off: %v", err)
	}
	r.clock = r.clock.AddDate(0, 0, 3).Add(Grace)
	if err := r.Take(ctx, begun.Key, "s1", nil); !fault.Is(err, fault.Gone) {
		t.Errorf("ended after the report may be cut: %v", err)
	}
}

func TestCountsAreOfADayAndOfTenAtLeast(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	body := r.school(t, "школа", 40)
	one := r.opened(t, same, body)
	ctx := t.Context()
	answer := func(role institution.Role, instrument string, from, to int) {
		codes, err := r.Codes(ctx, analyst, one.ID, body, role, to-from)
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range codes {
			ticket, err := r.Find(ctx, c.Latin, instrument)
			if err != nil {
				t.Fatal(err)
			}
			id := fmt.Sprint(role, from+i)
			if err := r.Bind(ctx, ticket.Key, id); err != nil {
				t.Fatal(err)
			}
			if err := r.Take(ctx, ticket.Key, id, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	answer(institution.Teacher, "teachers", 0, 12)
	if got, _ := r.Response(ctx, one.ID, body); !got.At.IsZero() || len(got.Lines) != 1 || !got.Lines[0].Few {
		t.Errorf("before anything was counted: %+v", got)
	}
	if err := r.Count(ctx); err != nil {
		t.Fatal(err)
	}
	answer(institution.Administration, "heads", 0, 2)
	got, _ := r.Response(ctx, one.ID, body)
	if len(got.Lines) != 2 || got.Lines[0].N != 12 || got.Lines[0].Frame != 40 || !got.Lines[1].Few {
		t.Errorf("after the count: %+v", got)
	}
	if err := r.Count(ctx); err != nil {
		t.Fatal(err)
	}
	got, _ = r.Response(ctx, one.ID, body)
	if len(got.Lines) != 1 || got.Lines[0].N != 14 || got.Lines[0].Frame != 42 || len(got.Lines[0].Roles) != 2 {
		t.Errorf("two heads beside twelve teachers: %+v", got)
	}
}

func TestAReportIsCutOnceAndTheRowsGo(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	a, b := r.school(t, "школа А", 30), r.school(t, "школа Б", 10)
	one := r.opened(t, same, a, b)
	ctx := t.Context()
	for body, n := range map[string]int{a: 25, b: 3} {
		codes, err := r.Codes(ctx, analyst, one.ID, body, institution.Teacher, n)
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range codes {
			if err := r.answer(ctx, c.Latin, body+fmt.Sprint(i), float64(20*(i%6))); err != nil {
				t.Fatal(err)
			}
		}
	}
	dropped, err := r.Codes(ctx, analyst, one.ID, a, institution.Teacher, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.answer(ctx, dropped[0].Latin, "gone", 100); err != nil {
		t.Fatal(err)
	}
	ticket, err := r.Find(ctx, dropped[0].Latin, "teachers")
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Drop(ctx, ticket.Key, "gone"); err != nil {
		t.Fatal(err)
	}
	r.clock = one.Closes.Add(Grace)
	if _, err := r.Report(ctx, one.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("a report before it is cut: %v", err)
	}
	if one, err = r.Cut(ctx, analyst, one.ID); err != nil || one.State != Reported {
		t.Fatalf("%+v, %v", one, err)
	}
	if again, err := r.Cut(ctx, analyst, one.ID); err != nil || again.Rev != one.Rev {
		t.Errorf("cut again: %v", err)
	}
	for x, err := range r.rows.Find(ctx, store.Query{Index: indexUnit, Eq: []any{one.ID}}) {
		t.Fatalf("a row is left: %+v, %v", x, err)
	}
	other, err := New(ctx, r.o) // another replica reads it from the file
	if err != nil {
		t.Fatal(err)
	}
	made, err := other.Report(ctx, one.ID)
	if err != nil {
		t.Fatal(err)
	}
	table := made.Table("teacher", report.Filter{})
	if len(table.Rows) != 1 || table.Total.N != 28 || table.Rows[0].Frame != 40 {
		t.Errorf("%+v", table)
	}
	if err := r.Drop(ctx, ticket.Key, "gone"); err != nil {
		t.Errorf("erased after the report: %v", err)
	}
}

func TestAPilotCanBeThrownAway(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	body := r.school(t, "школа", 20)
	one := r.opened(t, func(p *Round) { p.Pilot = true }, body)
	codes, err := r.Codes(t.Context(), analyst, one.ID, body, institution.Teacher, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.answer(t.Context(), codes[0].Latin, "s", 50); err != nil {
		t.Fatal(err)
	}
	if err := r.Throw(t.Context(), analyst, one.ID, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Find(t.Context(), codes[0].Latin, "teachers"); !fault.Is(err, fault.Gone) {
		t.Errorf("a code of a pilot that was thrown away: %v", err)
	}
	for x := range r.rows.Find(t.Context(), store.Query{Index: indexUnit, Eq: []any{one.ID}}) {
		t.Errorf("a row is left: %+v", x)
	}
	real := r.opened(t, same, body)
	if err := r.Throw(t.Context(), analyst, real.ID, 0); !fault.Is(err, fault.Conflict) {
		t.Errorf("a real round is thrown away: %v", err)
	}
}

// Thirty-five pupils end in one second, twenty times in a row.
func TestAWholeClassAtOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	body := r.school(t, "школа", 900)
	one := r.opened(t, same, body)
	ctx := t.Context()
	codes, err := r.Codes(ctx, analyst, one.ID, body, institution.Teacher, 700)
	if err != nil {
		t.Fatal(err)
	}
	for class := range slices.Chunk(codes, 35) {
		var wait sync.WaitGroup
		for _, c := range class {
			wait.Go(func() {
				if err := r.answer(ctx, c.Latin, c.Latin, 60); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
	}
	if err := r.Count(ctx); err != nil {
		t.Fatal(err)
	}
	if got, _ := r.Response(ctx, one.ID, body); got.Lines[0].N != 700 {
		t.Errorf("%+v", got)
	}
}

func TestASchoolRenamedInMidYearKeepsItsNameOfTheRound(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	body := r.school(t, "школа № 5", 20)
	one := r.opened(t, same, body)
	if _, err := r.bodies.Rename(t.Context(), analyst, body, 0, institution.Name{Name: i18n.Text{UK: "ліцей"}, From: "2026-10-05"}); err != nil {
		t.Fatal(err)
	}
	if m, _ := one.Member(body, institution.Teacher); m.Name.UK != "школа № 5" {
		t.Errorf("the round calls it %q", m.Name.UK)
	}
}

// Who sends thousands of wrong codes is told to wait; a school with right ones is not.
func TestWrongCodesDoNotShutTheDoor(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	body := r.school(t, "школа", 20)
	one := r.opened(t, same, body)
	codes, err := r.Codes(t.Context(), analyst, one.ID, body, institution.Teacher, 1)
	if err != nil {
		t.Fatal(err)
	}
	for range wrongPerHour {
		if _, err := r.Find(t.Context(), "BKMHP-CTXDG", "teachers"); !fault.Is(err, fault.NotFound) {
			t.Fatal(err)
		}
	}
	if _, err := r.Find(t.Context(), "BKMHP-CTXDG", "teachers"); !fault.Is(err, fault.TooMany) {
		t.Errorf("one more wrong code: %v", err)
	}
	if _, err := r.Find(t.Context(), codes[0].Latin, "teachers"); err != nil {
		t.Errorf("a right code: %v", err)
	}
	r.clock = r.clock.Add(time.Hour)
	if _, err := r.Find(t.Context(), "BKMHP-CTXDG", "teachers"); !fault.Is(err, fault.NotFound) {
		t.Errorf("an hour later: %v", err)
	}
}

// A kill between the state of a report and the end of its rows leaves some: the daily work
// takes them.
func TestRowsLeftBehindAReportAreTaken(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	body := r.school(t, "школа", 20)
	one := r.opened(t, same, body)
	r.clock = one.Closes.Add(Grace)
	if _, err := r.Cut(t.Context(), analyst, one.ID); err != nil {
		t.Fatal(err)
	}
	left := &row{Doc: store.Doc{ID: "left"}, Round: one.ID, Unit: unit(body, institution.Teacher)}
	if err := r.rows.Insert(t.Context(), left); err != nil {
		t.Fatal(err)
	}
	if err := r.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := r.rows.Get(t.Context(), "left"); !fault.Is(err, fault.NotFound) {
		t.Errorf("the row is still there: %v", err)
	}
}
