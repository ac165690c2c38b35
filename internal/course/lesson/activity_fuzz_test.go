package lesson

import (
	"encoding/json"
	"testing"
)

// FuzzActivity: an activity of anybody's making is refused, or written and read again
// as the same.
func FuzzActivity(f *testing.F) {
	for _, kind := range Types() {
		f.Add([]byte(`{"id":"a","type":"` + string(kind) + `","title":{"uk":"т","en":"t"}}`))
	}
	f.Add([]byte(`{"id":"a","type":"check","items":["x",null]}`))
	f.Add([]byte(`{"type":"none"}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var a Activity
		if json.Unmarshal(raw, &a) != nil {
			return
		}
		if a.Body == nil {
			if string(raw) != "null" {
				t.Fatalf("%q became an activity without a body", raw)
			}
			return
		}
		text, err := json.Marshal(a)
		if err != nil {
			t.Fatalf("%q is read and cannot be written: %v", raw, err)
		}
		var again Activity
		if err := json.Unmarshal(text, &again); err != nil {
			t.Fatalf("%q is written as %s and refused: %v", raw, text, err)
		}
		if second, err := json.Marshal(again); err != nil || string(second) != string(text) {
			t.Fatalf("%s is read and written as %s", text, second)
		}
	})
}
