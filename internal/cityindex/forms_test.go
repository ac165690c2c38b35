package cityindex

import (
	"testing"

	"osvitlo/content"
	inner "osvitlo/internal/content"
	"osvitlo/internal/instrument"
)

func TestFormsOfThePublishedTest(t *testing.T) {
	t.Parallel()
	lib, problems := inner.Load(content.FS)
	if inner.Failed(problems) {
		t.Fatal(problems)
	}
	var versions []*instrument.Instrument
	for _, in := range lib.Instruments() {
		if in.Slug == "resident-test" {
			versions = append(versions, in)
		}
	}
	forms := FormsOf(versions...)
	if forms == nil || forms.Reference.ID != "resident-test-1" || len(forms.Reference.Items) < 12 || !forms.Reference.Provisional {
		t.Fatalf("%+v", forms)
	}
	// A second version with the same items is linked by all of them, one to one.
	twin := forms.Reference
	twin.ID = "resident-test-9"
	forms.Others = append(forms.Others, twin)
	e, linking, err := equate(forms, "resident-test-9")
	if err != nil || e == nil || linking.Anchors != len(twin.Items) || !linking.Provisional || e.points(470_000) != 470_000 {
		t.Errorf("%+v %v", linking, err)
	}
	if FormsOf() != nil {
		t.Error("forms of nothing")
	}
}
