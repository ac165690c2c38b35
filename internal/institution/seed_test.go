package institution

import (
	"testing"
	"testing/fstest"

	"osvitlo/content"
)

func TestTheShippedRegisterIsEnteredOnce(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	list, err := Files(content.FS, "institutions/register", []string{"fortechnyi", "podilskyi", "nove"})
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[Kind]int{}
	for _, i := range list {
		kinds[i.Kind]++
		if i.Source == "" || i.Verified != "" {
			t.Errorf("%s says source %q and verified %q: nobody has", i.Code, i.Source, i.Verified)
		}
	}
	if kinds[School] != 44 || kinds[Vocational] != 12 {
		t.Errorf("kinds %v", kinds)
	}
	if n, err := s.Seed(t.Context(), list); n != 56 || err != nil {
		t.Fatalf("entered %d, %v", n, err)
	}
	first := s.List(Filter{})[0]
	if err := s.TakeOut(t.Context(), analyst, first.ID, 0); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Seed(t.Context(), list); n != 0 || err != nil {
		t.Errorf("entered %d again, %v", n, err)
	}
	if _, ok := s.ByID(first.ID); ok {
		t.Error("what was taken out came back")
	}
}

func TestABrokenRegisterNamesItsFault(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"a field nobody knows": "institutions:\n  - {code: \"1\", kind: school, state: working, name: A, colour: red}\n",
		"a kind nobody knows":  "institutions:\n  - {code: \"1\", kind: castle, state: working, name: A}\n",
		"a code twice":         "institutions:\n  - {code: \"1\", kind: school, state: working, name: A}\n  - {code: \"1\", kind: school, state: working, name: B}\n",
		"no code":              "institutions:\n  - {kind: school, state: working, name: A}\n",
	} {
		if _, err := Files(fstest.MapFS{"institutions/register/a.yaml": {Data: []byte(text)}}, "institutions/register", nil); err == nil {
			t.Errorf("%s: no error", name)
		} else {
			t.Log(err)
		}
	}
}
