package institution

import (
	"context"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"osvitlo/internal/audit"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/media/disk"
	"osvitlo/internal/person"
	"osvitlo/internal/store/sqlite"
)

var noon = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

type journal struct{ acts []string }

func (j *journal) Record(_ context.Context, e audit.Event) error {
	j.acts = append(j.acts, e.Action)
	return e.Check()
}

var analyst = &person.Actor{Person: "panalystaaaaaaaaaaaaaaaaaaaa", Grants: []person.Grant{{Role: person.Analyst}}, Strong: true, Fresh: true, Where: "web"}

func open(t *testing.T) (*Service, *journal) {
	t.Helper()
	e, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "t.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	if err := e.Migrate(t.Context(), Specs()); err != nil {
		t.Fatal(err)
	}
	files, err := disk.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = files.Close() })
	log := &journal{}
	s, err := New(t.Context(), Options{Engine: e, Audit: log, Media: files, Words: map[string][]string{"fortechnyi": {"Фортечний район", "Fortechnyi district"}, "podilskyi": {"Подільський"}}, Districts: []string{"fortechnyi", "podilskyi"}, Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	return s, log
}

func school(code, name, district string) Institution {
	return Institution{Code: code, Kind: School, District: district, Names: []Name{{Name: i18n.Text{UK: name}}}}
}

func add(t *testing.T, s *Service, i Institution) *Institution {
	t.Helper()
	got, err := s.Add(t.Context(), analyst, i)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestARenamedSchoolKeepsItsNamesByDay(t *testing.T) {
	t.Parallel()
	s, log := open(t)
	one := add(t, s, school("151122", "гімназія № 9", "fortechnyi"))
	one, err := s.Rename(t.Context(), analyst, one.ID, one.Rev, Name{Name: i18n.Text{UK: "ліцей «Сузір’я»"}, From: "2026-11-01", Why: "рішення ради"})
	if err != nil {
		t.Fatal(err)
	}
	for day, want := range map[string]string{"2020-01-01": "гімназія № 9", "2026-10-31": "гімназія № 9", "2026-11-01": "ліцей «Сузір’я»", "2030-01-01": "ліцей «Сузір’я»"} {
		if got := one.NameOn(day).UK; got != want {
			t.Errorf("on %s it is %q, want %q", day, got, want)
		}
	}
	if _, err := s.Rename(t.Context(), analyst, one.ID, one.Rev, Name{Name: i18n.Text{UK: "інша"}, From: "2025-01-01"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a name from before the last one: %v", err)
	}
	if got := s.List(Filter{Words: "гімназія"}); len(got) != 1 {
		t.Errorf("the old name finds %d", len(got))
	}
	if !slices.Equal(log.acts, []string{"institution.add", "institution.rename"}) {
		t.Errorf("written down: %v", log.acts)
	}
}

func TestTwoWhoChangeOneSchool(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	one := add(t, s, school("1", "школа", "fortechnyi"))
	first, second := *one, *one
	first.Address.UK, second.Address.UK = "вул. Перша, 1", "вул. Друга, 2"
	if _, err := s.Edit(t.Context(), analyst, one.Rev, first); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Edit(t.Context(), analyst, one.Rev, second); !fault.Is(err, fault.Conflict) {
		t.Errorf("the second writer: %v", err)
	}
	if got, _ := s.ByID(one.ID); got.Address.UK != "вул. Перша, 1" {
		t.Errorf("address is %q", got.Address.UK)
	}
	mentor := &person.Actor{Person: "pm", Grants: []person.Grant{{Role: person.Mentor}}, Strong: true}
	if _, err := s.Add(t.Context(), mentor, school("2", "школа", "")); !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.NotFound) {
		t.Errorf("a mentor enters a school: %v", err)
	}
}

func TestMergersAndFrames(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	a, b := add(t, s, school("1", "школа А", "fortechnyi")), add(t, s, school("2", "школа Б", "fortechnyi"))
	if _, err := s.Merge(t.Context(), analyst, a.ID, a.ID, "", a.Rev); !fault.Is(err, fault.Invalid) {
		t.Errorf("merged into itself: %v", err)
	}
	a, err := s.SetFrame(t.Context(), analyst, a.ID, a.Rev, Frame{Year: 2025, Count: map[Role]int{Teacher: 40}, Source: "наказ"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.SetFrame(t.Context(), analyst, b.ID, 0, Frame{Year: 2025, Count: map[Role]int{Educator: 4}}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a school with kindergarten teachers: %v", err)
	}
	if n, err := s.RollOver(t.Context(), analyst, 2026); n != 1 || err != nil {
		t.Errorf("rolled over %d, %v", n, err)
	}
	if n, err := s.RollOver(t.Context(), analyst, 2026); n != 0 || err != nil {
		t.Errorf("rolled over %d again, %v", n, err)
	}
	a, _ = s.ByID(a.ID)
	if f, ok := a.FrameOf(2026); !ok || !f.Carried || f.Count[Teacher] != 40 {
		t.Errorf("frame of the next year: %+v", f)
	}
	if a, err = s.Merge(t.Context(), analyst, a.ID, b.ID, "2026-09-01", a.Rev); err != nil || a.State != Merged || a.Into != b.ID {
		t.Fatalf("%+v, %v", a, err)
	}
	if _, err := s.Merge(t.Context(), analyst, b.ID, a.ID, "", 0); !fault.Is(err, fault.Invalid) {
		t.Errorf("merged into one that is merged: %v", err)
	}
	if got := s.List(Filter{State: Working}); len(got) != 1 || got[0].ID != b.ID {
		t.Errorf("working: %d", len(got))
	}
}

func TestAnImportSaysEveryRowsFate(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	add(t, s, school("10", "школа № 10", "fortechnyi"))
	row := func(line int, pairs ...string) Row {
		r := Row{Line: line, Cells: map[string]string{}}
		for i := 0; i < len(pairs); i += 2 {
			r.Cells[pairs[i]] = pairs[i+1]
		}
		return r
	}
	rows := []Row{
		row(2, "code", "10", "name", "школа  № 10", "kind", "school", "district", "fortechnyi"),
		row(3, "code", "11", "name", "ліцей № 11", "kind", "school", "district", "podilskyi", "count_teacher", "35"),
		row(4, "code", "12", "name", "ясла", "kind", "preschool", "count_teacher", "5"),
		row(5, "code", "13", "name", "А", "kind", "school"),
		row(6, "code", "13", "name", "Б", "kind", "school"),
		row(7, "code", "14", "kind", "school"),
		row(8, "name", "школа № 10", "kind", "school", "district", "fortechnyi", "address", "вул. Нова, 3"),
		row(9, "code", "15", "name", "В", "kind", "school", "count_teacher", "багато"),
	}
	p, err := s.Plan(rows, 2026, "лист управління")
	if err != nil {
		t.Fatal(err)
	}
	want := []Fate{FateSame, FateAdd, FateFault, FateFault, FateFault, FateFault, FateFault, FateFault}
	for i, r := range p.Rows {
		if r.Fate != want[i] {
			t.Errorf("row %d: %s, want %s", r.Line, r.Fate, want[i])
		}
	}
	var at []string
	for _, f := range p.Faults {
		at = append(at, strconv.Itoa(f.Line)+" "+f.Column+" "+f.Key)
	}
	if !slices.Equal(at, []string{"4 count_teacher institution.role", "5 code institution.import_twice", "6 code institution.import_twice",
		"7 name institution.name", "8 name institution.import_same", "9 count_teacher institution.count"}) {
		t.Errorf("faults: %q", at)
	}
}

func TestWhatIsTakenOutCanBePutBack(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	one := add(t, s, school("1", "школа", ""))
	if err := s.TakeOut(t.Context(), analyst, one.ID, one.Rev); err != nil {
		t.Fatal(err)
	}
	if _, ok := s.ByID(one.ID); ok {
		t.Error("still there")
	}
	two := add(t, s, school("1", "інша", ""))
	if err := s.PutBack(t.Context(), analyst, one.ID); !fault.Is(err, fault.Invalid) {
		t.Errorf("put back beside another one with its code: %v", err)
	}
	if err := s.TakeOut(t.Context(), analyst, two.ID, 0); err != nil {
		t.Fatal(err)
	}
	if err := s.PutBack(t.Context(), analyst, one.ID); err != nil {
		t.Error(err)
	}
	if _, ok := s.ByID(one.ID); !ok {
		t.Error("not put back")
	}
}

func TestSchoolYearsBeginInSeptemberInKyiv(t *testing.T) {
	t.Parallel()
	for at, want := range map[string]int{"2026-08-31T20:59:00Z": 2025, "2026-08-31T21:00:00Z": 2026, "2027-01-10T00:00:00Z": 2026} {
		when, _ := time.Parse(time.RFC3339, at)
		if got := YearOf(when); got != want {
			t.Errorf("%s lies in %d, want %d", at, got, want)
		}
	}
	if YearName(2026) != "2026/27" || YearName(1999) != "1999/00" {
		t.Error(YearName(2026), YearName(1999))
	}
}

func TestHeadsAreGuessed(t *testing.T) {
	t.Parallel()
	got := Guess([]string{"Код ЄДЕБО", "Повна назва закладу", "Адреса", "Район", "Кількість вчителів", "Телефон"})
	want := map[string]string{"code": "Код ЄДЕБО", "name": "Повна назва закладу", "address": "Адреса", "district": "Район", "count_teacher": "Кількість вчителів"}
	for column, head := range want {
		if got[column] != head {
			t.Errorf("%s is %q, want %q", column, got[column], head)
		}
	}
	if len(got) != len(want) {
		t.Errorf("guessed %v", got)
	}
}

func TestAnyRowsMakeAPlan(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	add(t, s, school("1", "школа", "fortechnyi"))
	rapid.Check(t, func(rt *rapid.T) {
		rows := make([]Row, rapid.IntRange(0, 8).Draw(rt, "rows"))
		for i := range rows {
			rows[i] = Row{Line: i + 2, Cells: rapid.MapOf(rapid.SampledFrom(Columns()), rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"1", "school", "fortechnyi", "школа"}))).Draw(rt, "cells")}
		}
		p, err := s.Plan(rows, rapid.SampledFrom([]int{0, 2026}).Draw(rt, "year"), "")
		if err != nil {
			rt.Fatal(err)
		}
		for _, r := range p.Rows {
			faulty := slices.ContainsFunc(p.Faults, func(f Fault) bool { return f.Line == r.Line })
			if faulty != (r.Fate == FateFault) {
				rt.Fatalf("row %d is %s with faults %v", r.Line, r.Fate, p.Faults)
			}
			if r.Fate != FateFault {
				if err := r.next.Check(s.Districts()); err != nil {
					rt.Fatalf("row %d would be written: %v", r.Line, err)
				}
			}
		}
	})
}
