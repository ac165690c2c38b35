package lab

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"pgregory.net/rapid"

	"osvitlo/internal/fault"
)

const table = "Інв. №;Найменування;К-сть, шт.;Рік придбання;Технічний стан;Примітка;МВО\r\n" +
	"101;Ноутбук Lenovo V15;12 шт.;01.09.2021;справний;біля вікна;Коваль О. І.\r\n" +
	"102;Інтерактивна дошка;1;2019 р.;потребує ремонту;\r\n" +
	";Лазерний принтер;2;;списати;\r\n" +
	"103;Телефакс;1;;;\r\n" +
	"104;Планшет;багато;2199;зник;\r\n" +
	"102;Проєктор;1;;;\r\n"

func TestATableIsTriedAddedAndTakenBack(t *testing.T) {
	t.Parallel()
	s, log := open(t)
	a := coordinator("s1")
	l, err := s.Add(t.Context(), a, room("s1", "Кабінет 12"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := charmap.Windows1251.NewEncoder().Bytes([]byte(table))
	if err != nil {
		t.Fatal(err)
	}
	imp, err := s.Upload(t.Context(), a, l.ID, "майно.csv", text)
	if err != nil {
		t.Fatal(err)
	}
	imp, trial, err := s.Try(t.Context(), a, l.ID, imp.ID)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, r := range trial.Rows {
		for _, f := range r.Faults {
			said = append(said, fmt.Sprintf("%d %s %s %s", r.N, f.Column, f.Value, f.Key))
		}
	}
	want := "5 kind Телефакс lab.row_kind, 6 count багато lab.row_count, 6 year 2199 lab.row_year, 6 condition зник lab.row_condition, 7 inventory 102 lab.row_twice"
	if got := strings.Join(said, ", "); got != want || trial.Count(FateAdd) != 3 {
		t.Fatalf("faults %s\nwanted %s; %d to add", got, want, trial.Count(FateAdd))
	}
	if x := trial.Rows[0].Line; x.Kind != Laptop || x.Count != 12 || x.Year != 2021 || x.Condition != Works || x.Inventory != "101" || x.Note != "біля вікна" {
		t.Errorf("row 2 is %+v", x)
	}
	if x := trial.Rows[1].Line; x.Kind != Screen || x.Year != 2019 || x.Condition != Repair {
		t.Errorf("row 3 is %+v", x)
	}
	if now, _ := s.ByID(l.ID); len(now.Lines) > 0 {
		t.Fatal("a dry run wrote something")
	}
	if _, err := s.Apply(t.Context(), a, l.ID, imp.ID, "something else"); !fault.Is(err, fault.Conflict) {
		t.Errorf("what nobody saw was added: %v", err)
	}
	if _, err := s.Apply(t.Context(), coordinator("s2"), l.ID, imp.ID, trial.Seen); err == nil {
		t.Error("a stranger added equipment")
	}
	if imp, err = s.Apply(t.Context(), a, l.ID, imp.ID, trial.Seen); err != nil || len(imp.Lines) != 3 {
		t.Fatalf("%+v, %v", imp, err)
	}
	if cells := imp.Rows[0].Cells; cells[5] != "біля вікна" || cells[6] != "" {
		t.Errorf("of a table that was added this is kept: %q", cells)
	}
	now, _ := s.ByID(l.ID)
	if len(now.Shown()) != 3 || log.acts[len(log.acts)-1] != "lab.equipment-import" {
		t.Errorf("%d lines, audit %v", len(now.Shown()), log.acts)
	}
	if _, err := s.Apply(t.Context(), a, l.ID, imp.ID, trial.Seen); !fault.Is(err, fault.Conflict) {
		t.Errorf("added twice: %v", err)
	}
	// the same table again: what the room has is left out, and the columns are known
	again, err := s.Upload(t.Context(), a, l.ID, "майно.csv", text)
	if err != nil || !again.Remembered {
		t.Fatalf("%+v, %v", again, err)
	}
	if _, trial, _ = s.Try(t.Context(), a, l.ID, again.ID); trial.Count(FateSame) != 3 || trial.Count(FateAdd) != 1 {
		t.Errorf("again: %d same, %d to add", trial.Count(FateSame), trial.Count(FateAdd))
	}
	// somebody mends a line of it: the whole undo is refused
	x := now.Lines[0]
	x.Count = 11
	if now, err = s.Put(t.Context(), a, l.ID, now.Rev, x); err != nil {
		t.Fatal(err)
	}
	_, err = s.Undo(t.Context(), a, l.ID, imp.ID)
	if f := fault.As(err); f == nil || f.Key != "lab.import_changed" || f.Args["N"] != 1 {
		t.Fatalf("taken back over a change: %v", err)
	}
	x.Count = 12
	if _, err = s.Put(t.Context(), a, l.ID, now.Rev, x); err != nil {
		t.Fatal(err)
	}
	if imp, err = s.Undo(t.Context(), a, l.ID, imp.ID); err != nil || imp.Done {
		t.Fatal(imp, err)
	}
	if now, _ = s.ByID(l.ID); len(now.Lines) > 0 {
		t.Errorf("%d lines stayed", len(now.Lines))
	}
	if _, trial, err = s.Try(t.Context(), a, l.ID, imp.ID); err != nil || trial.Count(FateAdd) != 3 {
		t.Errorf("after the undo the table says %+v, %v", trial, err)
	}
}

func TestColumnsAreChosenAndWorkbooksRead(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	a := coordinator("s1")
	l, err := s.Add(t.Context(), a, room("s1", "Кабінет"))
	if err != nil {
		t.Fatal(err)
	}
	f := excelize.NewFile()
	for i, row := range [][]any{{"A", "B", "C"}, {"x1", "ноутбук", 2022}, {"x2", "роутер", 2020}} {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	imp, err := s.Upload(t.Context(), a, l.ID, "b.xlsx", b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if _, trial, _ := s.Try(t.Context(), a, l.ID, imp.ID); trial.Count(FateFault) != 2 {
		t.Errorf("columns that nobody can guess: %+v", trial)
	}
	if err := s.Reread(t.Context(), a, l.ID, imp.ID, map[string]string{"kind": "B", "year": "C", "inventory": "A", "count": "no such head"}); err != nil {
		t.Fatal(err)
	}
	imp, trial, err := s.Try(t.Context(), a, l.ID, imp.ID)
	if err != nil || trial.Count(FateAdd) != 2 || trial.Rows[1].Line.Kind != Network || trial.Rows[1].Line.Count != 1 || trial.Rows[0].Line.Year != 2022 {
		t.Fatalf("%+v, %v", trial, err)
	}
	// rows without a head stand in the order of the page
	pasted, err := s.Upload(t.Context(), a, l.ID, "", []byte("Ноутбук\t3\t2021\tпрацює\tінв. 7\tбіла\nПланшет\t5\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, trial, err = s.Try(t.Context(), a, l.ID, pasted.ID); err != nil || trial.Count(FateAdd) != 2 || trial.Rows[0].N != 1 || trial.Rows[0].Line.Inventory != "інв. 7" || trial.Rows[1].Line.Count != 5 {
		t.Errorf("%+v, %v", trial, err)
	}
	if _, _, err := s.Try(t.Context(), a, l.ID, imp.ID); !fault.Is(err, fault.Gone) {
		t.Errorf("a table that another one replaced: %v", err)
	}
	for name, text := range map[string]string{"nothing": " \n", "a head alone": "Вид;Кількість\n", "features": `{"type":"FeatureCollection","features":[]}`, "a broken workbook": "PK\x03\x04nothing", "too many": strings.Repeat("ноутбук;1\n", MaxLines+1)} {
		if _, err := s.Upload(t.Context(), a, l.ID, "a", []byte(text)); !fault.Is(err, fault.Invalid) || fault.As(err).Fields[0].Pointer != "rows" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whatever stands in a table: every row is equipment that passes the check, is there
// already, or names what is wrong.
func TestEveryRowIsInOrderOrSaysWhatIsNot(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	rapid.Check(t, func(t *rapid.T) {
		imp := &Import{}
		if imp.read([]byte(rapid.String().Draw(t, "head")+"\n"+rapid.StringMatching(`(([А-яa-z0-9"., -]{0,9};){0,8}\n){0,6}`).Draw(t, "rows"))) != nil {
			return
		}
		imp.Columns = map[string]string{}
		for i, c := range Columns() {
			if i < len(imp.Head) {
				imp.Columns[c] = imp.Head[i]
			}
		}
		for _, r := range s.try(imp, &Lab{}).Rows {
			if bad := r.Line.Check(s.year()) != nil; bad && r.Fate != FateFault || (r.Fate == FateFault) != (len(r.Faults) > 0) {
				t.Fatalf("%+v", r)
			}
		}
	})
}
