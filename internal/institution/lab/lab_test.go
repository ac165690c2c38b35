package lab

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

	"osvitlo/internal/audit"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
)

var noon = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

type journal struct {
	mu   sync.Mutex
	acts []string
}

func (j *journal) Record(_ context.Context, e audit.Event) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.acts = append(j.acts, e.Action)
	return e.Check()
}

type bodies map[string]*institution.Institution

func (b bodies) ByID(id string) (*institution.Institution, bool) { i, ok := b[id]; return i, ok }

var schools = bodies{"s1": {Doc: store.Doc{ID: "s1"}}, "s2": {Doc: store.Doc{ID: "s2"}}}

func coordinator(place string) *person.Actor {
	return &person.Actor{Person: person.ID("p" + place + "aaaaaaaaaaaaaaaa"), Grants: []person.Grant{{Role: person.Coordinator, Place: place}}, Strong: true, Where: "web"}
}

var department = &person.Actor{Person: "panalystaaaaaaaaaaaaaaaaaaaa", Grants: []person.Grant{{Role: person.Analyst}}, Strong: true, Where: "web"}

func open(t testing.TB) (*Service, *journal) {
	t.Helper()
	e, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "t.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	if err := e.Migrate(t.Context(), Specs()); err != nil {
		t.Fatal(err)
	}
	log := &journal{}
	s, err := New(t.Context(), Options{Engine: e, Bodies: schools, Audit: log, Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	return s, log
}

func room(body, name string) Lab {
	return Lab{Institution: body, Name: name, Purpose: Informatics, Seats: 15, State: Good}
}

func TestTwoWhoChangeOneRoomNeverOverwriteEachOther(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	me := coordinator("s1")
	l, err := s.Add(t.Context(), me, room("s1", "Кабінет 1"))
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	results := make([]error, 12)
	for n := range results {
		wg.Go(func() {
			next := *l
			next.Name = fmt.Sprintf("Кабінет %d", n+2)
			_, results[n] = s.Edit(t.Context(), me, l.Rev, next)
		})
	}
	wg.Wait()
	won := 0
	for _, err := range results {
		switch {
		case err == nil:
			won++
		case !fault.Is(err, fault.Conflict) || fault.As(err).Key != "lab.changed_meanwhile":
			t.Errorf("%v", err)
		}
	}
	if now, _ := s.ByID(l.ID); won != 1 || now.Rev != l.Rev+1 {
		t.Errorf("%d of 12 writers won, revision %d", won, now.Rev)
	}
}

func TestWhoMayWrite(t *testing.T) {
	t.Parallel()
	s, log := open(t)
	mine, other := coordinator("s1"), coordinator("s2")
	if _, err := s.Add(t.Context(), mine, room("s2", "Чужий")); err == nil {
		t.Error("a coordinator entered a room of another school")
	}
	if _, err := s.Add(t.Context(), mine, room("gone", "Нічий")); !fault.Is(err, fault.NotFound) {
		t.Errorf("an institution that is not there: %v", err)
	}
	l, err := s.Add(t.Context(), mine, room("s1", "Мій"))
	if err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"edit": second(s.Edit(t.Context(), other, l.Rev, *l)), "out": second(s.TakeOut(t.Context(), other, l.ID, l.Rev)),
		"the department edits": second(s.Edit(t.Context(), department, l.Rev, *l)), "nobody": second(s.Look(t.Context(), nil, l.ID, l.Rev)),
	} {
		if err == nil {
			t.Errorf("%s was let through", name)
		}
	}
	r, err := s.Ask(t.Context(), mine, Request{Institution: "s1", Lab: l.ID, Kind: Laptop, What: "Ноутбуки", Why: "Немає на чому вчити", Count: 12, Priority: Urgent})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Decide(t.Context(), mine, r.ID, r.Rev, Agreed, ""); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a school agreed to its own request: %v", err)
	}
	if _, err := s.Ask(t.Context(), other, Request{Institution: "s2", Lab: l.ID, Kind: Laptop, What: "x", Why: "y", Count: 1, Priority: Usual}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a room of another school: %v", err)
	}
	if want := []string{"lab.add", "lab.ask"}; !slices.Equal(log.acts, want) {
		t.Errorf("audit: %v, want %v", log.acts, want)
	}
}

func second[T any](_ T, err error) error { return err }

func TestWhatIsTakenOutComesBack(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	me := coordinator("s1")
	l, err := s.Add(t.Context(), me, room("s1", "Кабінет"))
	if err != nil {
		t.Fatal(err)
	}
	if l, err = s.Put(t.Context(), me, l.ID, l.Rev, Line{Kind: Laptop, Count: 10, Year: 2018, Condition: Works}); err != nil {
		t.Fatal(err)
	}
	line := l.Lines[0].ID
	if l, err = s.TakeLine(t.Context(), me, l.ID, line, false); err != nil || len(l.Shown()) != 0 || l.Devices(noon).All != 0 {
		t.Fatalf("%v %+v", err, l)
	}
	if l, err = s.TakeLine(t.Context(), me, l.ID, line, true); err != nil || l.Devices(noon) != (Devices{All: 10, Work: 10, Old: 10}) {
		t.Fatalf("%v %+v", err, l.Devices(noon))
	}
	if _, err := s.TakeOut(t.Context(), me, l.ID, l.Rev); err != nil {
		t.Fatal(err)
	}
	if _, ok := s.ByID(l.ID); ok || len(s.Of("s1")) != 0 {
		t.Error("a room that was taken out is still there")
	}
	if _, err := s.Edit(t.Context(), me, 0, *l); !fault.Is(err, fault.NotFound) {
		t.Errorf("a room that was taken out was edited: %v", err)
	}
	if _, err := s.PutBack(t.Context(), me, l.ID); err != nil || len(s.Of("s1")) != 1 {
		t.Errorf("put back: %v", err)
	}
}

func TestARequestKeepsItsSteps(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	me := coordinator("s1")
	r, err := s.Ask(t.Context(), me, Request{Institution: "s1", Kind: Screen, What: "Екран", Why: "Не видно з останньої парти", Count: 1, Priority: Usual})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Withdraw(t.Context(), me, r.ID, false); err != nil {
		t.Fatal(err)
	}
	if r, err = s.Withdraw(t.Context(), me, r.ID, true); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Decide(t.Context(), department, r.ID, r.Rev, Done, ""); !fault.Is(err, fault.Conflict) {
		t.Errorf("done before it was agreed: %v", err)
	}
	if _, err := s.Decide(t.Context(), department, r.ID, r.Rev, Refused, "  "); !fault.Is(err, fault.Invalid) {
		t.Errorf("refused without a reason: %v", err)
	}
	stale := r.Rev
	if r, err = s.Decide(t.Context(), department, r.ID, r.Rev, Weighed, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Decide(t.Context(), department, r.ID, stale, Refused, "немає коштів"); !fault.Is(err, fault.Conflict) {
		t.Errorf("two decide at once: %v", err)
	}
	if _, err := s.Rewrite(t.Context(), me, r.Rev, *r); !fault.Is(err, fault.Conflict) {
		t.Errorf("rewritten while it is looked into: %v", err)
	}
	for _, to := range []Stage{Refused, Weighed, Agreed, Done} {
		if r, err = s.Decide(t.Context(), department, r.ID, r.Rev, to, "підстава"); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for _, x := range r.Steps {
		got = append(got, string(x.Stage))
	}
	if want := "asked weighed refused weighed agreed done"; strings.Join(got, " ") != want || r.Steps[2].Reason != "підстава" {
		t.Errorf("steps %v, want %s", got, want)
	}
}

func TestCheckNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		change func(*Lab)
		want   string
	}{
		{func(l *Lab) { l.Name = "" }, "name"}, {func(l *Lab) { l.Name = strings.Repeat("є", 121) }, "name"},
		{func(l *Lab) { l.Purpose = "sauna" }, "purpose"}, {func(l *Lab) { l.State = "" }, "state"},
		{func(l *Lab) { l.Seats = -1 }, "seats"}, {func(l *Lab) { l.Hours.Clubs = 85 }, "clubs"},
		{func(l *Lab) { l.Hours = Hours{40, 30, 20} }, "lessons"},
		{func(l *Lab) { l.Programs = []Program{{Name: "Редактор", Until: "завтра"}} }, "programs"},
	} {
		l := room("s1", "Кабінет")
		c.change(&l)
		err := l.Check()
		if f := fault.As(err); !fault.Is(err, fault.Invalid) || len(f.Fields) != 1 || f.Fields[0].Pointer != c.want {
			t.Errorf("want %s: %v", c.want, err)
		}
	}
	for want, x := range map[string]Line{"kind": {Count: 1, Condition: Works}, "count": {Kind: Laptop, Condition: Works}, "condition": {Kind: Laptop, Count: 1}, "year": {Kind: Laptop, Count: 1, Condition: Works, Year: 2027}} {
		err := x.Check(2026)
		if f := fault.As(err); !fault.Is(err, fault.Invalid) || len(f.Fields) != 1 || f.Fields[0].Pointer != want {
			t.Errorf("want %s: %v", want, err)
		}
	}
}

func TestProgramsAreReadAsTyped(t *testing.T) {
	t.Parallel()
	list, err := ReadPrograms("Редактор фото; 31.08.2027\n\n  Середовище Python \nАнтивірус;2026-01-31\n")
	want := []Program{{"Редактор фото", "2027-08-31"}, {"Середовище Python", ""}, {"Антивірус", "2026-01-31"}}
	if err != nil || !slices.Equal(list, want) {
		t.Fatalf("%v %v", err, list)
	}
	if again, err := ReadPrograms(WritePrograms(list)); err != nil || !slices.Equal(again, want) {
		t.Errorf("written and read again: %v %v", err, again)
	}
	l := Lab{Programs: list}
	if late := l.Lapsed(noon); len(late) != 1 || late[0].Name != "Антивірус" {
		t.Errorf("lapsed: %v", late)
	}
	for _, bad := range []string{"Редактор; колись", "; 2027-01-01"} {
		if _, err := ReadPrograms(bad); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// The open data: whatever rooms there are, each row holds three institutions or more, rows
// are disjoint, and nothing but the sums of whole rows can be had from them.
func TestOpenHoldsThreeInstitutionsInEveryRow(t *testing.T) {
	t.Parallel()
	district := func(body string) (string, bool) { return body[:1], body[:1] != "x" }
	rapid.Check(t, func(t *rapid.T) {
		var all []*Lab
		want, have := map[string]int{}, map[string]map[string]bool{}
		for n := range rapid.IntRange(0, 30).Draw(t, "rooms") {
			body := rapid.SampledFrom([]string{"a1", "a2", "a3", "a4", "b1", "b2", "b3", "c1", "c2", "d1", "x1", "x2"}).Draw(t, "body")
			seats := rapid.IntRange(0, 40).Draw(t, "seats")
			gone := rapid.Bool().Draw(t, "gone")
			all = append(all, &Lab{Doc: store.Doc{ID: fmt.Sprint(n)}, Institution: body, Seats: seats, Gone: gone})
			if d, ok := district(body); ok && !gone {
				want[d] += seats
				if have[d] == nil {
					have[d] = map[string]bool{}
				}
				have[d][body] = true
			}
		}
		institutions := 0
		for _, set := range have {
			institutions += len(set)
		}
		rows := Open(all, district, noon)
		if (institutions >= MinBodies) != (len(rows) > 0) {
			t.Fatalf("%d institutions give %d rows", institutions, len(rows))
		}
		seen := map[string]bool{}
		for _, r := range rows {
			seats, bodies := 0, 0
			for _, d := range r.Districts {
				if seen[d] {
					t.Fatalf("district %s stands in two rows", d)
				}
				seen[d] = true
				seats += want[d]
				bodies += len(have[d])
			}
			if r.Institutions < MinBodies || r.Institutions != bodies {
				t.Fatalf("%v holds %d institutions, counted %d", r.Districts, r.Institutions, bodies)
			}
			if r.Seats%5 != 0 || r.Seats-seats > 2 || seats-r.Seats > 2 {
				t.Fatalf("%v: %d seats are published as %d", r.Districts, seats, r.Seats)
			}
		}
		if len(rows) > 0 && len(seen) != len(have) {
			t.Fatalf("%d of %d districts are published", len(seen), len(have))
		}
	})
}

func TestARoomIsDueAfterAYear(t *testing.T) {
	t.Parallel()
	for day, want := range map[string]bool{"": true, "2025-11-20": true, "2025-12-01": false, "2026-11-22": false} {
		if l := (Lab{Checked: day}); l.Due(noon) != want {
			t.Errorf("checked %q: due %v", day, !want)
		}
	}
}

func TestFieldsNameOnlyStaff(t *testing.T) {
	t.Parallel()
	for _, f := range Fields() {
		if f.Stored == "" || f.What.In(i18n.English) == "" || f.Basis.UK == "" || f.Recipient.UK == "" {
			t.Errorf("%+v", f)
		}
	}
}
