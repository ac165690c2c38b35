package place

import (
	"bytes"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"

	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/sheet"
)

const table = "Назва;Вид;Адреса;Широта;Довгота;Графік роботи;Телефон\r\n" +
	"Бібліотека «Ранок»;бібліотека;вул. Вигадана, 1;48,51;32,26;пн-пт 9:00-18:00;(0522) 11-22-33\r\n" +
	"\"Хаб; \"\"Схід\"\"\";хаб;вул. Вигадана, 2;48.52;32.27;;\r\n" +
	"Клуб без точки;клуб;вул. Вигадана, 3;;;щодня 8–20;\r\n" +
	";клуб;вул. Вигадана, 4;48.5;32.2;;\r\n" +
	"У Києві;хаб;вул. Вигадана, 5;50.45;30.52;;\r\n" +
	"Навпаки;хаб;вул. Вигадана, 6;32.26;48.51;;\r\n" +
	"Години;хаб;вул. Вигадана, 7;48.53;32.25;пн 9:00-13:00, 12:00-18:00;\r\n" +
	"Забагато;хаб;вул. Вигадана, 8;48.53;32.25;;;зайве;ще\r\n" +
	"\"Лапки не закрито;хаб;вул. Вигадана, 9;48.53;32.25;;\r\n" +
	"Бібліотека «Ранок»;бібліотека;вулиця Вигадана, 1;48.5101;32.2601;;\r\n" +
	"Останнє;хаб;вул. Вигадана, 10;48.54;32.24;колись;зателефонуйте\r\n"

func (r *rig) upload(name string, raw []byte) *Import {
	r.t.Helper()
	imp, err := r.Upload(r.ctx, r.editor, name, int64(len(raw)), bytes.NewReader(raw))
	if err != nil {
		r.t.Fatalf("%s: %v", name, err)
	}
	return imp
}

func utf16le(text string) []byte {
	b := []byte{0xFF, 0xFE}
	for _, u := range utf16.Encode([]rune(text)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return b
}

func cp1251(t *testing.T, text string) []byte {
	t.Helper()
	b, err := charmap.Windows1251.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func workbook(t *testing.T, text string) []byte {
	t.Helper()
	f := excelize.NewFile()
	n := 0
	for one, err := range sheet.ReadCSV(strings.NewReader(text), sheet.UTF8, ";") {
		if err != nil {
			t.Fatal(err)
		}
		n++
		cells := make([]any, len(one.Cells))
		for i, c := range one.Cells {
			cells[i] = c
		}
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", n), &cells); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The same table in every encoding and separator gives the same report, and each broken
// row is named with its number and what to do.
func TestADryRunNamesEveryBrokenRow(t *testing.T) {
	t.Parallel()
	commas := strings.NewReplacer("48,51", "48.51", "32,26", "32.26", ";", "\t").Replace(strings.ReplaceAll(table, `"Хаб; ""Схід"""`, `"Хаб ""Схід"""`))
	for name, raw := range map[string][]byte{
		"utf-8": []byte(table), "utf-8 with a mark": []byte("\xEF\xBB\xBF" + table), "cp1251": cp1251(t, table), "utf-16": utf16le(table),
		"utf-16 without a mark": utf16le(table)[2:], "tabs": []byte(commas), "old line ends": []byte(strings.ReplaceAll(table, "\r\n", "\n")),
	} {
		r := newRig(t)
		imp := r.upload("місця.csv", raw)
		rep := imp.Report
		if rep.Rows != 11 || rep.New != 4 || rep.Wrong != 6 || rep.Same != 1 || rep.NoPoint != 1 {
			t.Errorf("%s (%s %q): %+v", name, imp.Charset, imp.Comma, rep)
			continue
		}
		rows := map[int]string{}
		for _, p := range rep.Problems {
			rows[p.Row] += p.Key + " "
		}
		for n, want := range map[int]string{4: "place.row_no_point", 5: "place.name", 6: "place.point_outside", 7: "place.point_swapped", 8: "place.hours_overlap",
			9: "sheet.row_cells", 10: "sheet.row_quote", 11: "place.row_same", 12: "place.row_phone"} {
			if !strings.Contains(rows[n], want) {
				t.Errorf("%s: row %d: %q, want %s", name, n, rows[n], want)
			}
		}
		if len(r.All()) != 0 {
			t.Errorf("%s: a dry run wrote %d places", name, len(r.All()))
		}
	}
	r := newRig(t)
	if imp := r.upload("місця.xlsx", workbook(t, table)); imp.Format != sheet.XLSX || imp.Report.New != 5 || imp.Report.Same != 1 {
		t.Errorf("a workbook: %+v", imp.Report) // a workbook has no open quotes: that row is good
	}
}

func TestAnImportIsAppliedOnceAndUndone(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	old := named("Бібліотека «Ранок»")
	old.Address.UK, old.Point = "вул. Вигадана, 1", &Point{48.5101, 32.2601}
	old = r.add(old)
	imp := r.upload("місця.csv", []byte(table))
	if imp.Report.Twin != 2 || imp.Report.New != 3 {
		t.Fatalf("%+v", imp.Report)
	}
	imp, err := r.Reread(r.ctx, r.editor, imp.ID, imp.Charset, imp.Comma, nil, TwinsUpdate)
	if err != nil {
		t.Fatal(err)
	}
	imp, err = r.Apply(r.ctx, r.editor, imp.ID)
	if err != nil || imp.State != ImportDone || len(r.All()) != 4 {
		t.Fatalf("%v %+v, %d places", err, imp, len(r.All()))
	}
	if p, _ := r.ByID(old.ID); p.Hours.Minutes() == 0 || p.Phone == "" || !p.Confirmed.Equal(old.Confirmed.Time) {
		t.Errorf("not updated: %+v", p)
	}
	if _, err := r.Apply(r.ctx, r.editor, imp.ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("applied twice: %v", err)
	}
	for _, p := range r.All() {
		if p.Name.UK == "Останнє" { // somebody works on it before the import is undone
			q := p.Clone()
			q.Summary.UK = "Дописано людиною"
			if _, err := r.Edit(r.ctx, r.editor, q); err != nil {
				t.Fatal(err)
			}
		}
		if p.Demo || p.ID != old.ID && (p.Verified || !p.Confirmed.IsZero()) {
			t.Errorf("%s: an imported place is confirmed by nobody", p.Name.UK)
		}
	}
	if imp, err = r.Undo(r.ctx, r.editor, imp.ID); err != nil || imp.State != ImportUndone || imp.Kept != 1 {
		t.Fatalf("%v %+v", err, imp)
	}
	if p, _ := r.ByID(old.ID); p.Hours.Minutes() != 0 || p.Phone != "" {
		t.Errorf("not taken back: %+v", p)
	}
	if len(r.All()) != 2 {
		t.Errorf("%d places are left", len(r.All()))
	}
	if _, err := r.Upload(r.ctx, staff(person.VenueLead, old.ID), "x.csv", 3, strings.NewReader("a;b")); err == nil {
		t.Error("a lead of one place imports")
	}
}

func TestImportOfGeoJSON(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.add(named("Перше"))
	no := named("Друге")
	no.Point = nil
	r.add(no)
	var b bytes.Buffer
	if err := WriteGeoJSON(&b, r.List(Filter{}).Hits); err != nil {
		t.Fatal(err)
	}
	imp := r.upload("places.geojson", b.Bytes()) // our own file comes back as twins
	if imp.Format != FormatGeoJSON || imp.Report.Twin != 2 || imp.Report.New != 0 {
		t.Errorf("%+v %v", imp.Report, imp.Columns)
	}
	for name, raw := range map[string]string{"no collection": `{"a":1}`, "cut": `{"type":"FeatureCollection","features":[{"type":`, "not a list": `{"features":3}`} {
		if _, err := r.Upload(r.ctx, r.editor, name, int64(len(raw)), strings.NewReader(raw)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	lines := `{"type":"FeatureCollection","features":[{"properties":{"name":"Лінія"},"geometry":{"type":"LineString","coordinates":[[32,48],[33,49]]}}]}`
	if imp := r.upload("l.geojson", []byte(lines)); imp.Report.Wrong != 1 {
		t.Errorf("a line is a place: %+v", imp.Report)
	}
}

func TestColumnsMayBeChosen(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	imp := r.upload("a.csv", []byte("що,де\nКімната,вул. Вигадана 7\n"))
	if imp.Report.Wrong != 1 {
		t.Fatalf("%+v", imp.Report)
	}
	if _, err := r.Apply(r.ctx, r.editor, imp.ID); !fault.Is(err, fault.Invalid) {
		t.Errorf("applied without a name: %v", err)
	}
	imp, err := r.Reread(r.ctx, r.editor, imp.ID, imp.Charset, imp.Comma, map[string]string{"name": "що", "address": "де", "kind": "такого немає"}, TwinsSkip)
	if err != nil || imp.Report.New != 1 {
		t.Fatalf("%v %+v", err, imp.Report)
	}
	if imp, err = r.Apply(r.ctx, r.editor, imp.ID); err != nil || len(r.All()) != 1 {
		t.Fatalf("%v %+v", err, imp)
	}
}

// big makes a table of n rows in which every tenth is broken.
func big(t testing.TB, n int) []byte {
	var b strings.Builder
	b.WriteString("Назва;Вид;Адреса;Широта;Довгота;Графік роботи\n")
	for i := range n {
		switch {
		case i%10 == 3:
			fmt.Fprintf(&b, ";хаб;вул. Вигадана, %d;48.5;32.2;\n", i)
		case i%1000 == 7:
			fmt.Fprintf(&b, "\"Не закрито %d;хаб;;;;\n", i)
		default:
			fmt.Fprintf(&b, "Місце %d;хаб;вул. Вигадана, %d;%.5f;%.5f;пн-пт 9:00-18:00\n", i, i, 48.42+float64(i%401)*0.0004, 32.10+float64(i/401)*0.002)
		}
	}
	raw, err := charmap.Windows1251.NewEncoder().Bytes([]byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// 50,000 rows in cp1251 with broken ones are looked through, and what is
// held at a time does not grow with the file but for what twins are found by.
func TestFiftyThousandRows(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	r := newRig(t)
	defer debug.SetGCPercent(debug.SetGCPercent(100)) // the bound is for a heap that is collected as usual
	raw := big(t, 50_000)
	var most uint64
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		var m runtime.MemStats
		for {
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapAlloc)
			}
		}
	}()
	began := time.Now()
	imp := r.upload("великий.csv", raw)
	took := time.Since(began)
	close(stop)
	<-done
	t.Logf("%d rows, %.1f MB in %s, heap at most %d MB", imp.Report.Rows, float64(len(raw))/1e6, took, most>>20)
	if imp.Report.Rows < 49_000 || imp.Report.Wrong < 5_000 || imp.Report.More == 0 || len(imp.Report.Problems) != keptProblems {
		t.Errorf("%+v", imp.Report.Rows)
	}
	if most > 150<<20 {
		t.Errorf("%d MB", most>>20)
	}
}

// Whatever is uploaded, the program answers with a report or a fault of the input.
func FuzzUpload(f *testing.F) {
	f.Add([]byte(table))
	f.Add(utf16le(table))
	f.Add([]byte(`{"type":"FeatureCollection","features":[{"properties":{"name":"x","a":[1,{"b":null}]},"geometry":{"type":"Point","coordinates":[32.2,48.5]}}]}`))
	f.Add([]byte("PK\x03\x04not a zip"))
	f.Add([]byte("a;b\n\"\n\"\n;;;;\n\x00\xff"))
	s := &Service{o: Options{City: town, Districts: quarters}}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) == 0 || len(raw) > 1<<16 {
			return
		}
		imp := &Import{}
		imp.Format, imp.Charset, imp.Comma = sheet.Sniff(raw)
		var in *reader
		n := 0
		for one, err := range rows(t.Context(), bytes.NewReader(raw), imp) {
			if err != nil {
				if !fault.Is(err, fault.Invalid) {
					t.Fatalf("%v", err)
				}
				return
			}
			if in == nil {
				if takeHead(imp, one) != nil {
					return
				}
				imp.Columns["name"] = imp.Head[0]
				in = newReader(s, imp)
				continue
			}
			if n++; n > 5000 {
				t.Fatal("more rows than lines")
			}
			p, found := in.place(&one)
			if p == nil && len(found) == 0 {
				t.Fatalf("row %d is refused without a reason", one.N)
			}
			if p != nil {
				p.Slug = "x"
				if err := p.Check(&town, s.districtIDs()); err != nil {
					t.Fatalf("row %d went through and is wrong: %v", one.N, err)
				}
				if raw, err := json.Marshal(p); err != nil || len(raw) > 1<<20 {
					t.Fatalf("%v %d", err, len(raw))
				}
			}
		}
	})
}

func (s *Service) districtIDs() (ids []string) {
	for _, d := range s.o.Districts {
		ids = append(ids, d.ID)
	}
	return ids
}
