package api

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"osvitlo/internal/instrument"
)

var update = flag.Bool("update", false, "write content/fixture/api anew")

// answerOf is some valid answer of an item, chosen without a look at its key: the
// examples are public.
func answerOf(it *instrument.Item, n int) (json.RawMessage, bool) {
	p := it.Public()
	ids := func(from []instrument.PublicOption) (out []string) {
		for _, o := range from {
			out = append(out, o.ID)
		}
		return out
	}
	var v instrument.Value
	switch it.Type {
	case instrument.Info:
		return nil, false
	case instrument.Single, instrument.Scale:
		v = instrument.Word(p.Options[n%len(p.Options)].ID)
	case instrument.Multiple, instrument.Spot:
		v = instrument.List(ids(p.Options)[n%len(p.Options)])
	case instrument.Ordering:
		v = instrument.List(ids(p.Options)...)
	case instrument.Matching:
		v = instrument.Pairs(map[string]string{p.Left[0].ID: p.Right[n%len(p.Right)].ID})
	case instrument.Number:
		v = instrument.Num(*it.Min)
	case instrument.Text:
		v = instrument.Word("крапка")
	}
	if n%7 == 6 && it.DontKnow {
		v = instrument.DontKnow()
	}
	if n%7 == 5 && it.Refuse {
		v = instrument.Refused()
	}
	raw, err := json.Marshal(v)
	return raw, err == nil
}

type example struct {
	file, id, instrument string
	respondent           string
	only                 func(in *instrument.Instrument, it *instrument.Item) bool
}

var examples = []example{
	{"sitting-whole.json", "0198c5a0-7f3e-7c11-9d52-3a1f0e6b8d47", "resident-test",
		`{"sex": "female", "age_group": "60-69", "age": 63, "district": "podilskyi", "lives": "community", "internet": "yes"}`, nil},
	{"sitting-stopped.json", "0198c5a0-7f3e-7c11-9d52-3a1f0e6b8d48", "resident-test",
		`{"sex": "male", "age_group": "70+", "district": null, "lives": "community", "internet": "with-help"}`,
		func(in *instrument.Instrument, it *instrument.Item) bool { return in.InFirst(it.ID) || !it.Scored() }},
	{"sitting-survey.json", "0198c5a0-7f3e-7c11-9d52-3a1f0e6b8d49", "resident-survey",
		`{"sex": null, "age_group": "30-39", "age": 34, "district": "nove", "lives": "community", "internet": "yes"}`, nil},
	{"sitting-offline.json", "8c7f5f9e-3b0f-4b5a-9d3f-2f9a5c1b7e11", "short-form",
		`{"sex": "female", "age_group": "70+", "district": "fortechnyi", "lives": "community", "internet": "no"}`, nil},
}

func writeExamples(t *testing.T, r *rig) {
	dir := filepath.Join("..", "..", "..", "content", "fixture", "api")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	save := func(file string, raw []byte) {
		var b bytes.Buffer
		if err := json.Indent(&b, bytes.TrimSpace(raw), "", "  "); err != nil {
			t.Fatal(err)
		}
		b.WriteByte('\n')
		if err := os.WriteFile(filepath.Join(dir, file), b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, e := range examples {
		in, err := r.lib.Current(e.instrument)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		fmt.Fprintf(&b, `{"instrument": %q, "version": %d, "language": "uk", "mode": "self", "purpose": "measurement",
			"campaign": null, "invitation": null, "consent": ["statistics"], "respondent": %s,
			"started_at": "2026-11-21T10:00:00Z", "submitted_at": "2026-11-21T10:14:00Z", "answers": {`, in.Slug, in.Version, e.respondent)
		comma := ""
		for n, it := range in.Items() {
			if e.only != nil && !e.only(in, it) {
				continue
			}
			if raw, ok := answerOf(it, n); ok {
				fmt.Fprintf(&b, "%s%q: %s", comma, it.ID, raw)
				comma = ", "
			}
		}
		b.WriteString("}}")
		save(e.file, b.Bytes())
		w := r.put(e.id, b.String())
		if w.Code != http.StatusCreated {
			t.Fatalf("%s: %d %s", e.file, w.Code, w.Body)
		}
		if e.file == "sitting-whole.json" {
			save("receipt.json", w.Body.Bytes())
		}
	}
	save("problem.json", r.put("0198c5a0-7f3e-7c11-9d52-3a1f0e6b8d50", faulty(t), "Accept-Language", "en").Body.Bytes())
}

// faulty is a body with three faults.
func faulty(t *testing.T) string {
	t.Helper()
	s := fixture(t, "sitting-whole.json")
	for _, change := range [][2]string{{`"language": "uk"`, `"language": "ru"`}, {`"age": 63`, `"age": 44`}, {`"mode": "self"`, `"mode": "self", "name": "x"`}} {
		if !strings.Contains(s, change[0]) {
			t.Fatalf("the example has no %s", change[0])
		}
		s = strings.Replace(s, change[0], change[1], 1)
	}
	return s
}

// The examples that the description shows are sent as they stand.
func TestExamplesAreTaken(t *testing.T) {
	r := newRig(t)
	if *update {
		writeExamples(t, r)
		t.Skip("the examples are written anew; build again, they are embedded")
	}
	t.Parallel()
	for _, e := range examples {
		w := r.put(e.id, fixture(t, e.file))
		if w.Code != http.StatusCreated {
			t.Errorf("%s: %d %s", e.file, w.Code, w.Body)
			continue
		}
		got := parse[Receipt](t, w)
		want := "counted"
		if e.file == "sitting-survey.json" {
			want = "unweightable"
		}
		if got.State != want {
			t.Errorf("%s: %s %v", e.file, got.State, got.Reasons)
		}
		switch e.file {
		case "sitting-whole.json":
			if d := differs(t, fixture(t, "receipt.json"), w.Body.String()); d != "" {
				t.Errorf("the receipt is not that of the example:\n%s", d)
			}
		case "sitting-stopped.json":
			if got.Score.Form != "stopped" || got.Score.Overall == nil || got.Score.Areas[0].Value != nil {
				t.Errorf("%+v", got.Score)
			}
		default:
			if got.Score.Overall != nil || got.Score.Form != "none" {
				t.Errorf("%+v", got.Score)
			}
		}
	}
	w := r.put("0198c5a0-7f3e-7c11-9d52-3a1f0e6b8d50", faulty(t), "Accept-Language", "en")
	if d := differs(t, fixture(t, "problem.json"), w.Body.String()); d != "" {
		t.Errorf("the problem is not that of the example:\n%s", d)
	}
}

// differs compares two JSON texts; numbers may differ in the last digits, as
// processors do.
func differs(t *testing.T, want, got string) string {
	t.Helper()
	var a, b any
	if err := json.Unmarshal([]byte(want), &a); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(got), &b); err != nil {
		t.Fatal(err)
	}
	return cmp.Diff(a, b, cmpopts.EquateApprox(1e-12, 0))
}
