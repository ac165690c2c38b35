package export_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"osvitlo/content"
	inner "osvitlo/internal/content"
	"osvitlo/internal/export"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
	"osvitlo/internal/sitting"
	"osvitlo/internal/store"
	"osvitlo/locales"
)

// hall is a source of submitted sittings in the order of their seq.
type hall struct {
	list      []*sitting.Sitting
	catalogue *sitting.Catalogue
	peak      int // most sittings asked for at once
}

func (h *hall) Catalogue() *sitting.Catalogue { return h.catalogue }

func (h *hall) Entries(_ context.Context, after int64) func(yield func(sitting.Entry, error) bool) {
	return func(yield func(sitting.Entry, error) bool) {
		for _, d := range h.list {
			if d.Seq > after && d.Tally != "" && !yield(sitting.Entry{ID: d.ID, Seq: d.Seq, Tally: d.Tally}, nil) {
				return
			}
		}
	}
}

func (h *hall) Many(_ context.Context, ids []string) (out []*sitting.Sitting, err error) {
	h.peak = max(h.peak, len(ids))
	for _, id := range ids {
		if i := slices.IndexFunc(h.list, func(d *sitting.Sitting) bool { return d.ID == id }); i >= 0 && !h.list[i].Erased {
			out = append(out, h.list[i])
		}
	}
	return out, nil
}

var real struct {
	catalogue *sitting.Catalogue
	words     *i18n.Bundle
}

func TestMain(m *testing.M) {
	lib, problems := inner.Load(content.FS)
	if inner.Failed(problems) {
		fmt.Fprintln(os.Stderr, problems)
		os.Exit(1)
	}
	var err error
	if real.catalogue, err = sitting.Publish(lib.Instruments()...); err == nil {
		real.words, err = i18n.Load(locales.FS)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// tabled are the instruments whose answers stand in tables: those of rounds never do.
func tabled() (list []string) {
	for _, slug := range real.catalogue.Slugs() {
		if pub, _ := real.catalogue.Current(slug); pub.Role != instrument.RoleRound {
			list = append(list, slug)
		}
	}
	return list
}

// crowd draws n people who answered at random; the texts are as bad as texts can be.
func crowd(n int, slug string) *hall {
	h := &hall{catalogue: real.catalogue}
	pub, _ := real.catalogue.Current(slug)
	r := rand.New(rand.NewPCG(7, uint64(n)))
	bad := []string{"=1+1", "+380", "-cmd|' /C calc'!A0", "@SUM(A1)", "\t=x", " =2", "звичайне; \"слово\", з 'лапками'", "`x' $S_DATE", "a\nb"}
	modes := export.Modes
	for i := range n {
		d := &sitting.Sitting{Doc: store.Doc{ID: fmt.Sprintf("018f0000-0000-7000-8000-%012d", i)}, Instrument: slug, Version: pub.Version, Role: sitting.Role(pub.Role),
			Language: "uk", Mode: modes[r.IntN(len(modes))], Evidence: sitting.EvidenceOpen, Consent: []string{sitting.ConsentStatistics},
			Disposition: sitting.Complete, State: sitting.Counted, Wave: fmt.Sprintf("w%d", r.IntN(2)+1), Seq: int64(i + 1),
			Received: store.At(time.Date(2026, 11, 21, 22, 30, 0, 0, time.UTC)), Answers: instrument.Answers{}, Spent: map[string]int{}}
		d.Submitted = d.Received
		d.Respondent = sitting.Respondent{Sex: sitting.Female, AgeGroup: sitting.AgeGroups[r.IntN(7)], District: "podilskyi", Lives: sitting.LivesCommunity}
		if r.IntN(3) == 0 {
			d.Respondent.Sex, d.Respondent.Refused = "", []string{"sex"}
		}
		overall := float64(r.IntN(101))
		d.Score = &sitting.Score{Method: 1, Overall: &overall, Level: "B1", Areas: []sitting.AreaScore{{ID: "ua2", Value: &overall}}}
		for _, it := range pub.Items() {
			switch {
			case !it.TakesAnswer() || r.IntN(6) == 0:
				continue
			case it.DontKnow && r.IntN(5) == 0:
				d.Answers[it.ID] = instrument.DontKnow()
			case it.Type == instrument.Text:
				d.Answers[it.ID] = instrument.Word(bad[r.IntN(len(bad))])
			case it.Type == instrument.Number:
				d.Answers[it.ID] = instrument.Num(3)
			case it.Type == instrument.Multiple || it.Type == instrument.Spot:
				d.Answers[it.ID] = instrument.List(it.Options[r.IntN(len(it.Options))].ID)
			case len(it.Options) > 0:
				d.Answers[it.ID] = instrument.Word(it.Options[r.IntN(len(it.Options))].ID)
			}
			d.Spent[it.ID] = r.IntN(90)
		}
		row := sitting.Row{Wave: d.Wave, Instrument: slug, Role: d.Role, State: d.State, Sex: d.Respondent.Sex, Age: d.Respondent.AgeGroup,
			District: d.Respondent.District, Mode: d.Mode, Evidence: d.Evidence, Overall: sitting.ToPoints(overall)}
		for a := range row.Areas {
			row.Areas[a] = sitting.Missing
		}
		d.Tally = sitting.Tally{Now: &row}.Format()
		h.list = append(h.list, d)
	}
	return h
}

func tables(t *testing.T, h *hall) *export.Tables {
	t.Helper()
	out, err := export.NewTables(export.Config{Sittings: h, Words: real.words, Secret: []byte("0123456789abcdef"), Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func table(t *testing.T, h *hall, q export.Query, lang string) *export.Table {
	t.Helper()
	out, err := tables(t, h).Table(q, lang)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func collect(t *testing.T, tb *export.Table, skip, limit int) (out [][]string) {
	t.Helper()
	for row, err := range tb.Rows(context.Background(), skip, limit) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, row)
	}
	return out
}

func TestPagesAndFilesHoldTheSameRows(t *testing.T) {
	t.Parallel()
	for _, slug := range tabled() {
		for _, q := range []export.Query{
			{Instrument: slug}, {Instrument: slug, Wave: "w1", Mode: sitting.ModePaper},
			{Instrument: slug, State: sitting.Counted, Groups: export.Groups},
		} {
			tb := table(t, crowd(470, slug), q, "uk")
			n, err := tb.Count(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			var screen [][]string
			for skip := 0; skip < n; skip += 50 {
				screen = append(screen, collect(t, tb, skip, 50)...)
			}
			if len(screen) != n || n == 0 {
				t.Fatalf("%v: %d rows on pages, %d counted", q, len(screen), n)
			}
			var body bytes.Buffer
			if got, err := tb.Write(context.Background(), &body, export.CSV); err != nil || got != n {
				t.Fatalf("%d rows of %d, %v", got, n, err)
			}
			file, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(body.Bytes(), []byte("\ufeff")))).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(file[0], tb.Head()) {
				t.Fatalf("head %v", file[0])
			}
			for i, row := range screen {
				if !slices.Equal(row, file[i+1]) {
					t.Fatalf("row %d: page %q, file %q", i, row, file[i+1])
				}
			}
			book := workbook(t, tb)
			for i, row := range screen {
				for j, cell := range row {
					if got := at(book, i+1, j); got != cell {
						t.Fatalf("row %d, %s: page %q, workbook %q", i, tb.Variables[j].Name, cell, got)
					}
				}
			}
		}
	}
}

func at(book [][]string, i, j int) string {
	if i < len(book) && j < len(book[i]) {
		return book[i][j]
	}
	return ""
}

func workbook(t *testing.T, tb *export.Table) [][]string {
	t.Helper()
	var body bytes.Buffer
	if _, err := tb.Write(context.Background(), &body, export.XLSX); err != nil {
		t.Fatal(err)
	}
	file, err := excelize.OpenReader(&body)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	for _, sheet := range []string{"labels", "values"} {
		if rows, err := file.GetRows(sheet); err != nil || len(rows) < 5 {
			t.Fatalf("sheet %s: %d rows, %v", sheet, len(rows), err)
		}
	}
	rows, err := file.GetRows("answers", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestNoCellRunsAsAFormula(t *testing.T) {
	t.Parallel()
	h := crowd(300, "resident-test")
	tb := table(t, h, export.Query{Instrument: "resident-test", Groups: export.Groups}, "uk")
	seen := 0
	for _, row := range collect(t, tb, 0, 0) {
		for j, cell := range row {
			if cell == "" {
				continue
			}
			if strings.ContainsRune("=+-@\t\r|", rune(strings.TrimLeft(cell, " \u00a0")[0])) {
				t.Fatalf("%s holds %q", tb.Variables[j].Name, cell)
			}
			if cell[0] == '\'' {
				seen++
			}
		}
	}
	if seen == 0 {
		t.Fatal("no text was defused: the sample shows nothing")
	}
}

func TestNobodyIsNamedAndTheSecretMatters(t *testing.T) {
	t.Parallel()
	h := crowd(30, "resident-test")
	q := export.Query{Instrument: "resident-test", Groups: export.Groups}
	first := collect(t, table(t, h, q, "uk"), 0, 0)
	other, err := export.NewTables(export.Config{Sittings: h, Words: real.words, Secret: []byte("another secret of some length")})
	if err != nil {
		t.Fatal(err)
	}
	tb, err := other.Table(q, "uk")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for i, row := range collect(t, tb, 0, 0) {
		if row[0] == first[i][0] {
			t.Fatal("the name of a row does not depend on the secret")
		}
		names[first[i][0]] = true
		for _, cell := range first[i] {
			if strings.Contains(cell, "018f0000") {
				t.Fatalf("the id of a sitting stands in %q", cell)
			}
		}
	}
	if len(names) != 30 {
		t.Fatalf("%d names of 30 rows", len(names))
	}
}

func TestWithoutConsentOrErasedIsNoRow(t *testing.T) {
	t.Parallel()
	h := crowd(20, "resident-test")
	h.list[3].Consent = nil
	h.list[4].Erased = true
	h.list[5].Seq++ // changed since the index was read; it is met again behind
	h.list[5].Tally = ""
	if got := len(collect(t, table(t, h, export.Query{Instrument: "resident-test"}, "uk"), 0, 0)); got != 17 {
		t.Fatalf("%d rows, want 17", got)
	}
}

func TestSpecialAnswersNeverStandBesideTheDistrict(t *testing.T) {
	t.Parallel()
	h := crowd(5, "resident-survey")
	has := func(tb *export.Table, source string) bool {
		return slices.ContainsFunc(tb.Variables, func(v export.Variable) bool { return v.Source == source })
	}
	usual := table(t, h, export.Query{Instrument: "resident-survey"}, "uk")
	if has(usual, "about-displaced") || !has(usual, "district") {
		t.Fatal("the usual table holds special answers, or no district")
	}
	all := table(t, h, export.Query{Instrument: "resident-survey", Groups: export.Groups}, "uk")
	if !has(all, "about-displaced") || has(all, "district") {
		t.Fatal("special answers stand beside the district")
	}
}

func TestWrongQueriesNameTheField(t *testing.T) {
	t.Parallel()
	ts := tables(t, crowd(1, "resident-test"))
	for _, q := range []export.Query{{}, {Instrument: "none"}, {Instrument: "resident-test", Mode: "fax"},
		{Instrument: "resident-test", State: "practice"}, {Instrument: "resident-test", Groups: []export.Group{"names"}}} {
		if _, err := ts.Table(q, "uk"); err == nil {
			t.Errorf("%v was taken", q)
		}
	}
	tb := table(t, crowd(1, "resident-test"), export.Query{Instrument: "resident-test"}, "uk")
	if _, err := tb.Write(context.Background(), &bytes.Buffer{}, "pdf"); err == nil {
		t.Error("a format that is none was taken")
	}
}

func TestNamesOfColumnsFitEveryProgram(t *testing.T) {
	t.Parallel()
	for _, slug := range tabled() {
		tb := table(t, crowd(1, slug), export.Query{Instrument: slug, Groups: export.Groups}, "en")
		seen := map[string]bool{}
		for _, v := range tb.Variables {
			if len(v.Name) > 32 || v.Name == "" || v.Name[0] < 'a' || v.Name[0] > 'z' || strings.Trim(v.Name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" || seen[v.Name] {
				t.Errorf("%s: name %q of %q", slug, v.Name, v.Source)
			}
			if v.Label == "" || strings.HasPrefix(v.Label, "export.") {
				t.Errorf("%s: %s has no label: %q", slug, v.Name, v.Label)
			}
			for _, code := range v.Values {
				if code.Label == "" || strings.HasPrefix(code.Label, "export.") {
					t.Errorf("%s: %s=%s has no label", slug, v.Name, code.Code)
				}
			}
			seen[v.Name] = true
		}
	}
}

func TestSyntaxLabelsEveryColumnAndCode(t *testing.T) {
	t.Parallel()
	for _, slug := range tabled() {
		for _, lang := range i18n.Languages {
			tb := table(t, crowd(1, slug), export.Query{Instrument: slug, Groups: export.Groups}, lang)
			for _, f := range []export.Format{export.SPSS, export.Stata} {
				var body bytes.Buffer
				if _, err := tb.Write(context.Background(), &body, f); err != nil {
					t.Fatal(err)
				}
				for _, v := range tb.Variables {
					want := map[export.Format]string{export.SPSS: "VARIABLE LABELS " + v.Name + "\n", export.Stata: "label variable " + v.Name + " "}[f]
					if strings.Count(body.String(), want) != 1 {
						t.Fatalf("%s %s: %q does not stand once", slug, f, want)
					}
				}
				for i, line := range strings.Split(body.String(), "\n") {
					if f == export.SPSS && len(line) > 256 {
						t.Fatalf("line %d has %d bytes", i+1, len(line))
					}
				}
			}
		}
	}
}

// TestPSPPReadsTheSyntax runs the SPSS syntax where the program is installed.
func TestPSPPReadsTheSyntax(t *testing.T) {
	t.Parallel()
	pspp, err := exec.LookPath("pspp")
	if err != nil {
		t.Skip("pspp is not installed")
	}
	for _, slug := range tabled() {
		dir := t.TempDir()
		tb := table(t, crowd(40, slug), export.Query{Instrument: slug, Groups: export.Groups}, "uk")
		for _, f := range []export.Format{export.CSV, export.SPSS} {
			var body bytes.Buffer
			if _, err := tb.Write(context.Background(), &body, f); err != nil {
				t.Fatal(err)
			}
			if f == export.SPSS {
				body.WriteString("FREQUENCIES /VARIABLES=sex /FORMAT=NOTABLE.\nDESCRIPTIVES /VARIABLES=overall version.\n")
			}
			if err := os.WriteFile(filepath.Join(dir, tb.Name()+"."+string(f)), body.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		cmd := exec.Command(pspp, "-O", "format=csv", tb.Name()+".sps")
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil || strings.Contains(string(out), "error:") || strings.Contains(string(out), "warning:") {
			t.Fatalf("%s: %v\n%.3000s", slug, err, out)
		}
		if !strings.Contains(string(out), "40") {
			t.Fatalf("%s: %s", slug, out)
		}
	}
}

func TestMemoryStaysFlat(t *testing.T) {
	h := crowd(400, "resident-test")
	few := table(t, h, export.Query{Instrument: "resident-test"}, "uk")
	if collect(t, few, 0, 0); h.peak > 200 {
		t.Fatalf("%d sittings at once", h.peak)
	}
	grown := func(n int) uint64 {
		tb := table(t, crowd(n, "resident-test"), export.Query{Instrument: "resident-test"}, "uk")
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		peak := uint64(0)
		w := watcher(func() {
			runtime.GC()
			runtime.ReadMemStats(&after)
			peak = max(peak, after.HeapAlloc-min(after.HeapAlloc, before.HeapAlloc))
		})
		if _, err := tb.Write(context.Background(), w, export.CSV); err != nil {
			t.Fatal(err)
		}
		return peak
	}
	small, large := grown(500), grown(4000)
	if large > small+4<<20 {
		t.Fatalf("500 rows hold %d bytes, 4000 hold %d", small, large)
	}
}

type watcher func()

func (w watcher) Write(p []byte) (int, error) { w(); return len(p), nil }
