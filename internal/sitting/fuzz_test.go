package sitting

import (
	"strings"
	"testing"

	files "osvitlo/content"
	"osvitlo/internal/fault"
	"osvitlo/internal/sitting/jcs"
)

// Whatever is sent as a sitting: no panic, faults within bounds and with pointers,
// the hash of the canonical form whatever the spelling, and what is taken is sound.
func FuzzDecode(f *testing.F) {
	for _, name := range []string{"whole", "stopped", "survey", "offline"} {
		raw, err := files.FS.ReadFile("fixture/api/sitting-" + name + ".json")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add(body(full(12)))
	f.Add(body(map[string]any{"many": []string{"open"}, "number": 7, "pairs": map[string]string{"open": "x"}, "must": map[string]bool{"refused": true}},
		set("instrument", "poll"), set("version", 1)))
	f.Add([]byte(`{"answers":{"k11":{"dont_know":true}}}`))
	r := newRig(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		sub, err := Decode(raw)
		if err != nil {
			x := fault.As(err)
			if x.Kind != fault.Invalid || len(x.Fields) == 0 || len(x.Fields) > maxFaults {
				t.Fatalf("%v with %d fields", err, len(x.Fields))
			}
			for _, field := range x.Fields {
				if field.Key == "" || field.Pointer != "" && field.Pointer[0] != '/' {
					t.Fatalf("%+v", field)
				}
			}
		}
		if sub == nil {
			return
		}
		v, perr := jcs.Parse(raw)
		if perr != nil {
			t.Fatalf("decoded what is no JSON: %v", perr)
		}
		again, _ := Decode(v.Append(nil))
		if again == nil || again.BodyHash != sub.BodyHash {
			t.Fatal("another spelling has another hash")
		}
		doc, in, path, err := r.assemble(t.Context(), uid(1), sub, err, From{}, noon)
		if err != nil {
			return
		}
		if doc.Mode != ModeSelf || doc.Instrument != in.Slug || doc.State != "" || doc.Tally != "" || doc.Helper != nil {
			t.Fatalf("%+v", doc)
		}
		for id, v := range doc.Answers {
			it, err := in.Item(id)
			if err != nil || it.Check(v) != nil {
				t.Fatalf("%s: %v", id, v)
			}
		}
		if _, err := r.score(in, doc, path); err != nil {
			t.Fatal(err)
		}
	})
}

// A stored tally that was read is written the same; what is read is within bounds.
func FuzzParseTally(f *testing.F) {
	row := &Row{Wave: "autumn", Instrument: "test", Role: RoleTest, State: Counted, Sex: Female, Age: Age60to69, Broad: Broad60plus,
		District: "nove", Mode: ModeSelf, Internet: InternetYes, Evidence: EvidenceOpen, Level: "B1", Low: "A2", Reached: true, Overall: 512345}
	f.Add(Tally{Now: row}.Format())
	f.Add(Tally{Now: row, Was: []Past{{Seq: 7, Row: *row}}}.Format())
	f.Add(Tally{Was: []Past{{Seq: 7, Row: *row}}}.Format())
	f.Add("1")
	f.Fuzz(func(t *testing.T, text string) {
		tally, err := ParseTally(text)
		if err != nil {
			return
		}
		if len(tally.Was) > maxPast || tally.Now != nil && (tally.Now.Overall > 100*PointsScale || tally.Now.State == "") {
			t.Fatalf("%+v", tally)
		}
		second, err := ParseTally(tally.Format())
		if err != nil || second.Format() != tally.Format() {
			t.Fatalf("%q and %q: %v", tally.Format(), second.Format(), err)
		}
	})
}

// What people and strangers type and paste: codes, links, keys, cookies.
func FuzzWhatOpens(f *testing.F) {
	r := newRig(f)
	mustPut(f, r.Service, uid(1), body(full(12)))
	link := r.LinkKey(uid(1))
	for _, seed := range []string{"ВКМНРС", "bkm hpc", "B-K-M-H-P-C", link, link[:40], strings.ToUpper(uid(1)), "osvitlo_x", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if code, err := ReadCode(text); err == nil && (len(code) != CodeLetters || strings.Trim(code, string(codeLatin)) != "") {
			t.Fatalf("%q was read as %q", text, code)
		}
		if id, a, err := r.OpenLink(text); err == nil {
			if _, perr := ParseID(id); text != r.LinkKey(uid(1)) && perr == nil && r.IsKey(id, a.Key) {
				t.Fatalf("%q opens %s", text, id)
			}
		}
		if id, ok := r.TokenID(text); ok {
			t.Fatalf("%q is a cookie of %s", text, id)
		}
		if id, err := ParseID(text); err == nil && (len(id) != 36 || id != strings.ToLower(text)) {
			t.Fatalf("%q was read as %q", text, id)
		}
		if r.IsKey(uid(1), text) && text != r.locks.resultKey(uid(1)) {
			t.Fatalf("%q is a key", text)
		}
	})
}
