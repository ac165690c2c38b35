package instrument_test

import (
	"encoding/json"
	"net/url"
	"testing"

	"osvitlo/internal/instrument"
)

// FuzzAnswer: any raw answer to any type of item is a checked value or a fault, is
// scored between 0 and 1, and has as many cells as the item has columns.
func FuzzAnswer(f *testing.F) {
	for _, s := range []string{`"a"`, `["a","b"]`, `{"l1":"r1"}`, `3.5`, `"text"`, `{"dont_know":true}`, `{"refused":true}`, `null`, `1e999`, `["a","a"]`, `{"a":{"b":[]}}`, `"`} {
		f.Add([]byte(s))
	}
	items := sample(f).Items()
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, it := range items {
			v, wrong := it.Parse(json.RawMessage(raw))
			if wrong != nil {
				continue
			}
			if wrong := it.Check(v); wrong != nil {
				t.Fatalf("%s took %q and then refused it: %+v", it.ID, raw, wrong)
			}
			if score, _, _ := it.Score(v); !(score >= 0 && score <= 1) {
				t.Fatalf("%s: %q scores %v", it.ID, raw, score)
			}
			if len(it.Cells(v)) != len(it.Columns()) {
				t.Fatalf("%s: %d cells of %d columns", it.ID, len(it.Cells(v)), len(it.Columns()))
			}
			text, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			var again instrument.Value
			if err := json.Unmarshal(text, &again); err != nil || !again.Equal(v) {
				t.Fatalf("%s: %q is written as %s and read as %v, %v", it.ID, raw, text, again, err)
			}
		}
	})
}

// FuzzFromForm: any posted form is a checked value or a fault, and what was typed can
// be shown again.
func FuzzFromForm(f *testing.F) {
	for _, s := range []string{"answer=a", "answer=a&answer=b", "answer.l1=r1&answer.l2=r2", "answer.a=1&answer.b=2&answer.c=3", "answer=3%2C5", "dont_know=1&answer=a", "answer=@refused", "answer.=&answer=%00", "answer.a=99999999999999999999"} {
		f.Add(s)
	}
	items := sample(f).Items()
	f.Fuzz(func(t *testing.T, query string) {
		values, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		for _, it := range items {
			it.FormTyped(values, "seed")
			v, wrong := it.FromForm(values)
			if wrong != nil {
				continue
			}
			if wrong := it.Check(v); wrong != nil {
				t.Fatalf("%s took %q and then refused it: %+v", it.ID, query, wrong)
			}
			if back, wrong := it.FromForm(it.ToForm(v)); wrong != nil || !back.Equal(v) {
				t.Fatalf("%s: %q comes back from the form as %v, %+v", it.ID, query, back, wrong)
			}
		}
	})
}

// FuzzFromDocument: a kept version links whole or is refused.
func FuzzFromDocument(f *testing.F) {
	raw, err := sample(f).Document()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add([]byte(`{"instrument":{},"items":[]}`))
	f.Add([]byte(`{"slug":"x","sections":[{"id":"a","blocks":[{"item":"a","pause":"b"}]}],"rules":[{"id":"r","when":{"any":[{"any":[]}]}}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		in, err := instrument.FromDocument(raw, question)
		if err != nil {
			return
		}
		in.Path(instrument.Answers{}, instrument.Respondent{})
		in.Public()
		in.Reach()
	})
}

// FuzzFold: folding is stable and a text is its own accepted answer.
func FuzzFold(f *testing.F) {
	for _, s := range []string{"Пароль", "pаssword", "ltif", "м'ята", "@", "  a-b  ", "ЁЪЫ", "\xff", "İ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 2000 {
			return
		}
		once := instrument.Fold(s)
		if again := instrument.Fold(once); again != once {
			t.Fatalf("%q folds to %q and then to %q", s, once, again)
		}
		if len(instrument.Spellings(s)) == 0 {
			t.Fatalf("%q has no spelling", s)
		}
	})
}

// FuzzDecodeItem: an item of anybody's making is read or refused; reading it never
// leaves something that cannot be looked at.
func FuzzDecodeItem(f *testing.F) {
	for _, it := range sample(f).Items() {
		raw, err := json.Marshal(it)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add([]byte(`{"type":"single","options":[{"id":"a"}],"key":"a"}`))
	f.Add([]byte(`{"type":"number","min":5,"max":1,"key":{"min":9,"max":1}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		it, err := instrument.DecodeItem(raw, "ua1.1")
		if err != nil {
			return
		}
		known := false
		for _, kind := range instrument.Types() {
			known = known || kind == it.Type
		}
		if known {
			it.Columns()
			it.Form(instrument.Value{}, "seed")
		}
	})
}
