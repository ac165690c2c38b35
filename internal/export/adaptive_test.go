package export_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"iter"
	"slices"
	"testing"
	"time"

	"osvitlo/internal/adaptive"
	"osvitlo/internal/export"
	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
	"osvitlo/internal/sitting"
	"osvitlo/internal/store"
)

// chooser is a hall whose sittings were given items of a bank.
type chooser struct {
	*hall
	bank map[string]*instrument.Item
}

func (c chooser) All(context.Context) iter.Seq2[*sitting.Sitting, error] {
	return func(yield func(*sitting.Sitting, error) bool) {
		for _, d := range c.list {
			if !yield(d, nil) {
				return
			}
		}
	}
}

func (c chooser) Given(_ context.Context, doc *sitting.Sitting) (out []*instrument.Item, _ error) {
	for _, l := range doc.Log {
		out = append(out, c.bank[l.Item])
	}
	return out, nil
}

// Answers of an adaptive test stand in the bank and not in the instrument: they are in
// the operator's file and in the table of staff all the same.
func TestAnswersOfAnAdaptiveTestAreExported(t *testing.T) {
	t.Parallel()
	pub, _ := real.catalogue.Current("resident-test") // its items serve as the bank
	src := chooser{hall: &hall{catalogue: real.catalogue}, bank: map[string]*instrument.Item{}}
	var items []*instrument.Item
	for _, it := range pub.Items() {
		if it.Scored() && it.DontKnow && it.Type == instrument.Single && len(items) < 4 {
			items = append(items, it)
			src.bank[it.ID] = it
		}
	}
	at := store.At(time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC))
	add := func(id string, reasons []string, consent ...string) {
		d := &sitting.Sitting{Doc: store.Doc{ID: id}, Instrument: "resident-express", Version: 1, Bank: "express-1", Submitted: at, Received: at, State: sitting.Practice,
			Reasons: reasons, Consent: consent, Mode: sitting.ModeSelf, Answers: instrument.Answers{}, Spent: map[string]int{items[0].ID: 12}}
		for i, it := range items[:3] {
			d.Log = append(d.Log, adaptive.Step{Item: it.ID})
			if d.Answers[it.ID] = instrument.Word(it.Key.IDs[0]); i == 2 {
				d.Answers[it.ID] = instrument.DontKnow()
			}
		}
		src.list = append(src.list, d)
	}
	add("one", []string{sitting.ReasonUncalibrated}, sitting.ConsentStatistics)
	add("certificate", []string{sitting.ReasonPurpose}, sitting.ConsentStatistics)
	add("no-consent", []string{sitting.ReasonUncalibrated})

	var out bytes.Buffer
	if _, err := export.Answers(context.Background(), &out, src, export.Options{Format: export.CSV}); err != nil {
		t.Fatal(err)
	}
	for i, it := range items[:3] {
		want, score := it.Key.IDs[0], "1"
		if i == 2 {
			want, score = "dont_know", "0"
		}
		if !slices.ContainsFunc(rows(t, out.Bytes()), func(r map[string]string) bool {
			return r["sitting"] == "one" && r["item"] == it.ID && r["value"] == want && r["score"] == score
		}) {
			t.Errorf("the file lacks the answer to %s", it.ID)
		}
	}

	tables, err := export.NewTables(export.Config{Sittings: src, Words: real.words, Secret: []byte("0123456789abcdef"), Bank: items})
	if err != nil {
		t.Fatal(err)
	}
	table, err := tables.Table(export.Query{Instrument: "resident-express", State: sitting.Practice, Groups: []export.Group{export.GroupAnswers, export.GroupPoints, export.GroupSeconds}}, "uk")
	if err != nil {
		t.Fatal(err)
	}
	if n, err := table.Count(context.Background()); err != nil || n != 1 {
		t.Fatalf("%d rows, %v: want the one with consent that tells about items", n, err)
	}
	var file bytes.Buffer
	if _, err := table.Write(context.Background(), &file, export.CSV); err != nil {
		t.Fatal(err)
	}
	all, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(file.Bytes(), []byte("\ufeff")))).ReadAll()
	if err != nil || len(all) != 2 {
		t.Fatalf("%d lines, %v", len(all), err)
	}
	cell := func(source string) string {
		i := slices.IndexFunc(table.Variables, func(v export.Variable) bool { return v.Source == source })
		if i < 0 {
			t.Fatalf("no column of %s", source)
		}
		return all[1][i]
	}
	for source, want := range map[string]string{items[0].ID: items[0].Key.IDs[0], items[2].ID: "dont_know", items[3].ID: "",
		"p." + items[1].ID: "1", "p." + items[2].ID: "0", "t." + items[0].ID: "12", "state": "practice"} {
		if got := cell(source); got != want {
			t.Errorf("%s is %q, want %q", source, got, want)
		}
	}
	for skip, want := range []int{1, 0} {
		n := 0
		for range table.Rows(context.Background(), skip, 50) {
			n++
		}
		if n != want {
			t.Errorf("%d rows behind %d", n, skip)
		}
	}

	if _, err := tables.Table(export.Query{Instrument: "resident-test", State: sitting.Practice}, "uk"); !fault.Is(err, fault.Invalid) {
		t.Errorf("practice of a fixed form: %v", err)
	}
	if slices.Contains(all[1], "one") {
		t.Error("the table names sittings")
	}
}
