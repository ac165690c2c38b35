package export_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"iter"
	"strings"
	"testing"
	"time"

	"osvitlo/content"
	inner "osvitlo/internal/content"
	"osvitlo/internal/export"
	"osvitlo/internal/instrument"
	"osvitlo/internal/sitting"
	"osvitlo/internal/store"
)

// shelf is a source of given sittings on the real instruments.
type shelf struct {
	list      []*sitting.Sitting
	catalogue *sitting.Catalogue
	broken    error
}

func (s shelf) Catalogue() *sitting.Catalogue { return s.catalogue }

func (s shelf) All(context.Context) iter.Seq2[*sitting.Sitting, error] {
	return func(yield func(*sitting.Sitting, error) bool) {
		for _, doc := range s.list {
			if !yield(doc, nil) {
				return
			}
		}
		if s.broken != nil {
			yield(nil, s.broken)
		}
	}
}

func stock(t *testing.T) shelf {
	t.Helper()
	lib, problems := inner.Load(content.FS)
	if inner.Failed(problems) {
		t.Fatal(problems)
	}
	catalogue, err := sitting.Publish(lib.Instruments()...)
	if err != nil {
		t.Fatal(err)
	}
	at := store.At(time.Date(2026, 11, 21, 10, 14, 33, 0, time.UTC))
	overall := 56.78125
	return shelf{catalogue: catalogue, list: []*sitting.Sitting{
		{Doc: store.Doc{ID: "one"}, Instrument: "resident-test", Version: 1, Submitted: at, Received: at, State: sitting.Counted, Wave: "w",
			Respondent: sitting.Respondent{Sex: sitting.Female, AgeGroup: sitting.Age60to69},
			Score:      &sitting.Score{Method: 1, Overall: &overall, Level: "B1", Areas: []sitting.AreaScore{{ID: "ua5", Value: &overall}}},
			Answers: instrument.Answers{"at-sign": instrument.Word("=1+1"), "scroll-page": instrument.DontKnow(),
				"save-charge": instrument.List("a", "b")}},
		{Doc: store.Doc{ID: "draft"}, Instrument: "resident-test", Version: 1},
	}}
}

func rows(t *testing.T, body []byte) []map[string]string {
	t.Helper()
	all, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(body, []byte("\ufeff")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, row := range all[1:] {
		m := map[string]string{}
		for i, cell := range row {
			m[all[0][i]] = cell
		}
		out = append(out, m)
	}
	return out
}

func TestSubmittedSittingsAreRowsAndDraftsAreNot(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	n, err := export.Sittings(context.Background(), &out, stock(t), export.Options{Format: export.CSV, Demo: true})
	if err != nil || n != 1 {
		t.Fatalf("%d rows, %v", n, err)
	}
	row := rows(t, out.Bytes())[0]
	for name, want := range map[string]string{"demo": "1", "sitting": "one", "sex": "female", "age_group": "60-69", "overall": "56.7812",
		"level": "B1", "ua5": "56.7812", "ua1": "", "submitted": "2026-11-21T10:14Z", "state": "counted"} {
		if row[name] != want {
			t.Errorf("%s is %q, want %q", name, row[name], want)
		}
	}
}

func TestAnswersAreRowsAndFormulasAreDefused(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if _, err := export.Answers(context.Background(), &out, stock(t), export.Options{Format: export.CSV}); err != nil {
		t.Fatal(err)
	}
	byColumn := map[string]map[string]string{}
	for _, row := range rows(t, out.Bytes()) {
		if row["demo"] != "0" {
			t.Errorf("demo is %q", row["demo"])
		}
		byColumn[row["column"]] = row
	}
	if got := byColumn["at-sign"]["value"]; got != "'=1+1" {
		t.Errorf("a formula came through as %q", got)
	}
	if got := byColumn["scroll-page"]; got["value"] != "dont_know" || got["score"] != "0" {
		t.Errorf("don't know: %v", got)
	}
	if len(byColumn) < 5 {
		t.Errorf("columns: %v", byColumn)
	}
}

func TestJSONLinesHoldTheSame(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if _, err := export.Sittings(context.Background(), &out, stock(t), export.Options{Format: export.NDJSON, Demo: true}); err != nil {
		t.Fatal(err)
	}
	var row map[string]string
	if err := json.Unmarshal(bytes.TrimSpace(out.Bytes()), &row); err != nil {
		t.Fatal(err)
	}
	if row["demo"] != "1" || row["overall"] != "56.7812" {
		t.Errorf("%v", row)
	}
}

func TestAFailingStoreIsNotAShortFile(t *testing.T) {
	t.Parallel()
	s := stock(t)
	s.broken = errors.New("the disk went away")
	if _, err := export.Sittings(context.Background(), &bytes.Buffer{}, s, export.Options{Format: export.CSV}); err == nil || !strings.Contains(err.Error(), "disk") {
		t.Fatalf("got %v", err)
	}
	if _, err := export.Sittings(context.Background(), &bytes.Buffer{}, s, export.Options{Format: "xlsx"}); err == nil {
		t.Fatal("an unknown format was taken")
	}
}
