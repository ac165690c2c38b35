package instrument

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"
)

func TestAnswersAreWrittenAsTheMapWouldBe(t *testing.T) {
	t.Parallel()
	text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-z0-9<>&"\\-]{0,12}`))
	rapid.Check(t, func(t *rapid.T) {
		a := Answers{}
		for range rapid.IntRange(0, 8).Draw(t, "size") {
			var v Value
			switch rapid.IntRange(0, 6).Draw(t, "kind") {
			case 0:
				v = Word(text.Draw(t, "word"))
			case 1:
				v = List(rapid.SliceOfN(text, 0, 4).Draw(t, "list")...)
			case 2:
				v = Pairs(rapid.MapOfN(text, text, 0, 3).Draw(t, "pairs"))
			case 3:
				v = Num(rapid.Float64().Draw(t, "number"))
			case 4:
				v = Num(float64(rapid.Int64Range(-1<<60, 1<<60).Draw(t, "whole")))
			case 5:
				v = DontKnow()
			case 6:
				v = Refused()
			}
			a[text.Draw(t, "id")] = v
		}
		want, err := json.Marshal(map[string]Value(a))
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(a)
		if err != nil || string(got) != string(want) {
			t.Fatalf("%s\nwant %s (%v)", got, want, err)
		}
	})
	for _, empty := range []Answers{nil, {}} {
		want, _ := json.Marshal(map[string]Value(empty))
		if got, err := json.Marshal(empty); err != nil || string(got) != string(want) {
			t.Fatalf("%s, want %s", got, want)
		}
	}
}
