package credential

import (
	"testing"

	"osvitlo/internal/course"
	"osvitlo/internal/fault"
	"osvitlo/internal/person"
)

// mentors' course: a shelf whose course is for mentors.
type mentorShelf struct{ shelf }

func (mentorShelf) Course(slug string) (*course.Course, error) {
	return &course.Course{Slug: slug, Audience: []string{"mentors"}}, nil
}

// The mentors' course gives nothing until a colleague has signed a trial lesson,
// whichever of the two comes first.
func TestNoMentorMarkWithoutATrialLesson(t *testing.T) {
	t.Parallel()
	for _, signedFirst := range []bool{false, true} {
		r := newRig(t, func(c *Config) { c.Catalogue = mentorShelf{} })
		sign := func() *Credential {
			doc, err := r.SignTrial(ctx, acts(mentor), somebody, "safety", "lib-1", "2026-11-20", Observed)
			must(t, err)
			return doc
		}
		var doc *Credential
		if signedFirst {
			if sign() != nil {
				t.Error("a certificate without the course")
			}
			doc = r.issue(t, course.OfPerson(somebody))
		} else {
			if r.issue(t, course.OfPerson(somebody)) != nil {
				t.Error("a certificate without the trial lesson")
			}
			doc = sign()
		}
		if doc == nil || doc.Course != "safety" || doc.Learner != course.OfPerson(somebody) {
			t.Fatalf("signed first %v: %+v", signedFirst, doc)
		}
		if again := sign(); again == nil || again.ID != doc.ID {
			t.Errorf("signed again: %+v", again)
		}
	}
}

func TestATrialLessonIsSignedByAnotherAndWhole(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.Catalogue = mentorShelf{} })
	if _, err := r.SignTrial(ctx, acts(somebody), somebody, "safety", "", "2026-11-20", Observed); !fault.Is(err, fault.Forbidden) {
		t.Errorf("one's own lesson: %v", err)
	}
	for _, bad := range []struct {
		day  string
		seen []string
	}{{"2026-11-20", Observed[1:]}, {"2026-11-23", Observed}, {"", Observed}, {"2020-01-01", Observed}} {
		if _, err := r.SignTrial(ctx, acts(mentor), somebody, "safety", "", bad.day, bad.seen); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	if len(r.acts) != 0 {
		t.Errorf("refused acts are in the log: %v", r.acts)
	}
	device := course.OfDevice("d")
	if r.issue(t, device) != nil {
		t.Error("a device's certificate")
	}
	must(t, r.Adopt(ctx, device, course.OfPerson(somebody)))
	doc, err := r.SignTrial(ctx, acts(mentor), somebody, "safety", "", "2026-11-20", Observed)
	must(t, err)
	if doc == nil || doc.Learner != course.OfPerson(somebody) {
		t.Errorf("what a device completed is lost: %+v", doc)
	}
	must(t, r.Erase(ctx, []person.ID{somebody}))
	if _, err := r.Trial(ctx, course.OfPerson(somebody), "safety"); !fault.Is(err, fault.NotFound) {
		t.Errorf("after erasure: %v", err)
	}
}
