package content_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	files "osvitlo/content"
	"osvitlo/internal/content"
	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
)

func TestContentOfThisRepository(t *testing.T) {
	t.Parallel()
	lib, problems := content.Load(files.FS)
	for _, p := range problems {
		if p.Severity == instrument.Error {
			t.Error(p)
		} else {
			t.Log(p)
		}
	}
	ours, err := lib.Framework(content.OurFramework)
	if err != nil {
		t.Fatal(err)
	}
	if len(ours.Areas) != 6 || len(ours.Competences()) != 30 || len(ours.Levels) != 6 {
		t.Errorf("%d areas, %d competences, %d levels", len(ours.Areas), len(ours.Competences()), len(ours.Levels))
	}
	test, err := lib.Current(content.FullTest)
	if err != nil {
		t.Fatal(err)
	}
	first, scored := 0, 0
	for _, it := range test.Items() {
		if it.Scored() {
			scored++
			if test.InFirst(it.ID) {
				first++
			}
		}
	}
	if scored != 30 || first != 12 {
		t.Errorf("the test has %d knowledge items, %d before the stop", scored, first)
	}
	if got := lib.Instruments(); len(got) != 9 || got[0].Slug != content.FullTest || got[8].Role != instrument.RoleRound {
		t.Errorf("instruments: %d", len(got))
	}
	for _, in := range lib.Instruments() {
		raw, err := json.Marshal(in.Public())
		if err != nil {
			t.Fatal(err)
		}
		for _, leak := range []string{`"key"`, `"explain"`, `"reason"`, `"accept"`, `"difficulty"`} {
			if strings.Contains(string(raw), leak) {
				t.Errorf("%s leaks %s", in.Slug, leak)
			}
		}
		doc, err := in.Document()
		if err != nil {
			t.Fatal(err)
		}
		again, err := instrument.FromDocument(doc, func(id string) *instrument.RespondentQuestion {
			q, _ := lib.Respondent(id)
			return q
		})
		if err != nil || again.Hash != in.Hash {
			t.Errorf("%s from its document: %v", in.Name(), err)
		}
	}
	for _, a := range ours.Areas {
		for _, level := range []string{"A1", "B2", "C1"} {
			if _, err := lib.Advice(a.ID, content.GroupOf(level)); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestLookupsThatFindNothing(t *testing.T) {
	t.Parallel()
	lib, _ := content.LoadAt(baseTree(t), day)
	for name, err := range map[string]error{
		"instrument": second(lib.Current("x")), "version": second(lib.Version("resident-test", 9)), "item": second(lib.Item("x")),
		"respondent": second(lib.Respondent("x")), "term": second(lib.Term("x")), "advice": second(lib.Advice("ua9", content.Start)),
		"advice by id": second(lib.AdviceByID("x")), "page": second(lib.Page("x")), "text": second(lib.Text("x")),
		"framework": second(lib.Framework("x")), "document": second(lib.Document("x")),
	} {
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// The day ends in Kyiv: what is valid until a day is valid through it.
func TestExpiryCountsDaysInKyiv(t *testing.T) {
	t.Parallel()
	tree := baseTree(t)
	f := tree["items/ua1.1.yaml"]
	f.Data = append(f.Data, "    valid_until: \"2026-11-21\"\n"...)
	expired := func(now time.Time) bool {
		_, problems := content.LoadAt(tree, now)
		for _, p := range problems {
			if p.Rule == "expired" {
				return true
			}
		}
		return false
	}
	if expired(time.Date(2026, 11, 21, 21, 59, 0, 0, time.UTC)) {
		t.Error("expired a minute before midnight in Kyiv")
	}
	if !expired(time.Date(2026, 11, 21, 22, 0, 0, 0, time.UTC)) {
		t.Error("not expired at midnight in Kyiv")
	}
}
