package store

import (
	"encoding/json"
	"testing"
)

// FuzzCursor: a cursor of anybody's making is refused or makes a plan.
func FuzzCursor(f *testing.F) {
	s, err := Compile(Spec{Name: "things", Indexes: []Index{{Name: "at", Fields: []string{"at", "n"}}}})
	if err != nil {
		f.Fatal(err)
	}
	ix := s.Index("at")
	f.Add(string(s.cursorAt(ix, false, false, []any{"2026", int64(3)}, "id")), false)
	f.Add(string(s.cursorAt(ix, true, true, []any{nil, nil}, "id")), true)
	for _, c := range []string{"", "x", "W10", "bnVsbA", "W251bGwsbnVsbCxudWxsXQ"} {
		f.Add(c, false)
	}
	f.Fuzz(func(t *testing.T, c string, desc bool) {
		_, _ = s.Plan(Query{Index: "at", Cursor: Cursor(c), Desc: desc, Limit: 5})
		p, err := s.readCursor(ix, desc, Cursor(c))
		if err != nil {
			return
		}
		last := len(p.values) - 1
		again := s.cursorAt(ix, desc, p.back, p.values[:last], p.values[last].(string))
		if _, err := s.readCursor(ix, desc, again); err != nil {
			t.Fatalf("%q is read, written as %q and refused: %v", c, again, err)
		}
	})
}

// FuzzTime: a stored time is read back as it was written.
func FuzzTime(f *testing.F) {
	for _, s := range []string{`""`, `"2026-11-21T10:14:00.000000Z"`, `"2026-11-21"`, `null`, `5`, `"0000-00-00T00:00:00.000000Z"`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var at Time
		if json.Unmarshal(raw, &at) != nil {
			return
		}
		text, err := json.Marshal(at)
		if err != nil {
			t.Fatal(err)
		}
		var again Time
		if err := json.Unmarshal(text, &again); err != nil || !again.Equal(at.Time) {
			t.Fatalf("%q is written as %s: %v", raw, text, err)
		}
	})
}
