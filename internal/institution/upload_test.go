package institution

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
)

const list = "Код;Назва закладу;Вид;Район;Адреса;Учителів\r\n" +
	"10;школа № 10;ЗЗСО;Фортечний район;вул. Нова, 3;40\r\n" +
	"11;ліцей № 11;ліцей;Подільський;;35\r\n" +
	"12;ясла № 2;заклад дошкільної освіти;Подільський;;\r\n" +
	"13;А;школа;;;\r\n" +
	"13;Б;школа;;;\r\n" +
	"14;В;цирк;;;\r\n" +
	"15;Г;школа;Лівобережний;;\r\n" +
	"16;Ґ;школа;;;багато\r\n" +
	"9;школа № 9;;;;\r\n"

func upload(t *testing.T, s *Service, text []byte) *Import {
	t.Helper()
	imp, err := s.Upload(t.Context(), analyst, "заклади.csv", int64(len(text)), bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return imp
}

func look(t *testing.T, s *Service, id string) (*Import, *Plan) {
	t.Helper()
	imp, plan, err := s.Look(t.Context(), analyst, id)
	if err != nil {
		t.Fatal(err)
	}
	return imp, plan
}

func TestAFileIsTriedAppliedAndTakenBack(t *testing.T) {
	t.Parallel()
	s, log := open(t)
	ten := add(t, s, school("10", "школа № 10", "fortechnyi"))
	add(t, s, school("9", "школа № 9", ""))
	text, err := charmap.Windows1251.NewEncoder().Bytes([]byte(list))
	if err != nil {
		t.Fatal(err)
	}
	imp := upload(t, s, text)
	imp, plan := look(t, s, imp.ID)
	var said []string
	for _, f := range plan.Faults {
		said = append(said, fmt.Sprintf("%d %s %s", f.Line, f.Column, f.Key))
	}
	want := "5 code institution.import_twice, 6 code institution.import_twice, 7 kind institution.kind, 8 district institution.district, 9 count_teacher institution.count"
	if got := strings.Join(said, ", "); got != want {
		t.Errorf("faults\n%s\nwant\n%s", got, want)
	}
	if plan.Count(FateAdd) != 2 || plan.Count(FateChange) != 1 || plan.Count(FateSame) != 1 {
		t.Fatalf("new %d, changed %d, same %d", plan.Count(FateAdd), plan.Count(FateChange), plan.Count(FateSame))
	}
	if c := plan.Rows[0].Changes; len(c) != 2 || c[0].Column != "address" || c[0].To != "вул. Нова, 3" || c[1].Column != "count_teacher" {
		t.Errorf("row 2 changes %+v", c)
	}
	if _, err := s.Apply(t.Context(), analyst, imp.ID, "something else"); !fault.Is(err, fault.Conflict) {
		t.Errorf("applied what nobody saw: %v", err)
	}
	if err := s.LeaveOut(t.Context(), analyst, imp.ID, []int{4}, true); err != nil {
		t.Fatal(err)
	}
	imp, plan = look(t, s, imp.ID)
	if imp, err = s.Apply(t.Context(), analyst, imp.ID, plan.Digest()); err != nil || imp.Written != 2 || imp.State != ImportDone {
		t.Fatalf("written %+v, %v", imp, err)
	}
	if _, ok := s.ByCode("12"); ok {
		t.Error("a row that was left out was written")
	}
	eleven, ok := s.ByCode("11")
	if f, _ := eleven.FrameOf(2026); !ok || eleven.Kind != School || eleven.District != "podilskyi" || f.Count[Teacher] != 35 {
		t.Errorf("row 3 became %+v", eleven)
	}
	if _, err := s.Apply(t.Context(), analyst, imp.ID, plan.Digest()); !fault.Is(err, fault.Conflict) {
		t.Errorf("applied twice: %v", err)
	}
	// the same columns are offered for the next such file
	if next := upload(t, s, text); !next.Remembered || next.Columns["name"] != "Назва закладу" {
		t.Errorf("the columns were forgotten: %+v", next)
	}
	// somebody changes one of them: the whole undo is refused
	now, _ := s.ByID(ten.ID)
	changed, err := s.Rename(t.Context(), analyst, ten.ID, now.Rev, Name{Name: i18n.Text{UK: "ліцей № 10"}, From: "2026-12-01"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Undo(t.Context(), analyst, imp.ID)
	if f := fault.As(err); f == nil || f.Key != "institution.import_changed" || f.Args["N"] != 1 {
		t.Fatalf("taken back over a change: %v", err)
	}
	if _, ok := s.ByCode("11"); !ok {
		t.Error("a refused undo took something back")
	}
	_ = changed
	if log.acts[len(log.acts)-1] != "institution.rename" {
		t.Errorf("a refused undo was written down: %v", log.acts)
	}
}

func TestAnImportIsTakenBackAsAWhole(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	ten := add(t, s, school("10", "школа № 10", "fortechnyi"))
	imp := upload(t, s, []byte(list))
	imp, plan := look(t, s, imp.ID)
	if _, err := s.Apply(t.Context(), analyst, imp.ID, plan.Digest()); err != nil {
		t.Fatal(err)
	}
	eleven, _ := s.ByCode("11")
	s.UsedBy(func(id string) bool { return id == eleven.ID })
	if _, err := s.Undo(t.Context(), analyst, imp.ID); !fault.Is(err, fault.Conflict) {
		t.Fatalf("a school that a round asks was taken out: %v", err)
	}
	s.UsedBy(nil)
	imp, err := s.Undo(t.Context(), analyst, imp.ID)
	if err != nil || imp.State != ImportUndone {
		t.Fatal(imp, err)
	}
	back, _ := s.ByID(ten.ID)
	if back.Address.UK != "" || len(back.Frames) != 0 || back.Rev != ten.Rev+2 {
		t.Errorf("taken back it is %+v", back)
	}
	if _, ok := s.ByCode("11"); ok {
		t.Error("a new school stayed")
	}
	if got := len(s.List(Filter{})); got != 1 {
		t.Errorf("%d stay", got)
	}
}

func TestAnImportIsTheRegistrarsAlone(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	imp := upload(t, s, []byte(list))
	resident := &person.Actor{Person: "presidentaaaaaaaaaaaaaaaaaaa"}
	if _, err := s.Upload(t.Context(), resident, "a.csv", 3, strings.NewReader("a;b")); !fault.Is(err, fault.Forbidden) {
		t.Errorf("upload: %v", err)
	}
	if _, _, err := s.Look(t.Context(), resident, imp.ID); !fault.Is(err, fault.Forbidden) {
		t.Errorf("look: %v", err)
	}
	if _, err := s.Apply(t.Context(), resident, imp.ID, ""); !fault.Is(err, fault.Forbidden) {
		t.Errorf("apply: %v", err)
	}
	for name, text := range map[string]string{"empty": "", "a head alone": "Код;Назва\n", "features": `{"type":"FeatureCollection","features":[]}`, "a broken workbook": "PK\x03\x04nothing"} {
		if _, err := s.Upload(t.Context(), analyst, "a", int64(len(text)), strings.NewReader(text)); !fault.Is(err, fault.Invalid) || len(fault.As(err).Fields) != 1 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTenThousandRowsTakeSeconds(t *testing.T) {
	if testing.Short() {
		t.Skip("writes ten thousand rows")
	}
	s, _ := open(t)
	var b strings.Builder
	b.WriteString("Код,Назва,Вид,Район,Учителів\n")
	for i := range MaxRows {
		fmt.Fprintf(&b, "n%d,\"Заклад № %d\",школа,Фортечний,%d\n", i, i, i%90)
	}
	begin := time.Now()
	imp := upload(t, s, []byte(b.String()))
	_, plan := look(t, s, imp.ID)
	tried := time.Since(begin)
	if plan.Count(FateAdd) != MaxRows {
		t.Fatalf("%d new, faults %+v", plan.Count(FateAdd), plan.Faults[:min(3, len(plan.Faults))])
	}
	if _, err := s.Apply(t.Context(), analyst, imp.ID, plan.Digest()); err != nil {
		t.Fatal(err)
	}
	t.Logf("tried in %v, all in %v", tried, time.Since(begin))
	if got := len(s.List(Filter{})); got != MaxRows {
		t.Errorf("%d institutions", got)
	}
}
