package lesson_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"osvitlo/internal/course/lesson"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

func TestCountWords(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]int{
		"":                         0,
		" — ":                      0,
		"Код із SMS":               3,
		"пам’ять і п’ять":          3,
		"[сайт](https://a.b/c) ні": 2,
		"102, 112":                 2,
		"- один\n- два\n\n### три": 3,
	} {
		if got := lesson.CountWords(s); got != want {
			t.Errorf("%q: %d, wanted %d", s, got, want)
		}
	}
}

const sample = `{"slug":"l","title":{"uk":"Т","en":"T"},"minutes":5,"competences":["ua5.3"],"level":"A1","goal":{"uk":"Г","en":"G"},"summary_en":"One. Two. Three.",
"activities":[
 {"id":"a","type":"text","title":{"uk":"З","en":""},"text":{"uk":"Слова.","en":""}},
 {"id":"b","type":"video","seconds":3,"transcript":{"uk":"Слова.","en":""}},
 {"id":"c","type":"imitation","kind":"page","brand":"Б","task":{"uk":"Де","en":""},"elements":[{"id":"x","kind":"field","asks":"card","text":{"uk":"К","en":""},"suspicious":true,"feedback":{"uk":"Ф","en":""}}],"feedback":{"uk":"Ф","en":""}},
 {"id":"d","type":"summary","sentences":[{"uk":"Раз.","en":""}]}],
"handout":{"uk":"Папір","en":""}}`

// What is read is written the same, so the hash of a version guards all of it.
func TestALessonIsWrittenAsItWasRead(t *testing.T) {
	t.Parallel()
	var l lesson.Lesson
	if err := json.Unmarshal([]byte(sample), &l); err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	var want, got any
	if json.Unmarshal([]byte(sample), &want) != nil || json.Unmarshal(raw, &got) != nil {
		t.Fatal("not JSON")
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if l.Activity("c") == nil || l.Activity("z") != nil || !l.Activities[2].Practice() {
		t.Error("activities")
	}
	if err := json.Unmarshal([]byte(`{"id":"x","type":"game"}`), &l.Activities[0]); err == nil {
		t.Error("an unknown type was read")
	}
}

func TestTheHashGuardsWhatMatters(t *testing.T) {
	t.Parallel()
	seal := func(change func(*lesson.Course)) string {
		var l lesson.Lesson
		if err := json.Unmarshal([]byte(sample), &l); err != nil {
			t.Fatal(err)
		}
		c := &lesson.Course{Slug: "c", Version: 1, Status: "draft", Lessons: []*lesson.Lesson{&l}, Final: &lesson.Final{Course: "c", Pass: 70}}
		change(c)
		if err := c.Seal(); err != nil {
			t.Fatal(err)
		}
		return c.Hash
	}
	same := seal(func(*lesson.Course) {})
	for name, f := range map[string]func(*lesson.Course){
		"review": func(c *lesson.Course) {
			c.Status, c.Reviews = "reviewed", []instrument.Review{{By: "Олена Приклад"}}
		},
		"valid until": func(c *lesson.Course) { c.ValidUntil = "2027-01-01" },
		"checked":     func(c *lesson.Course) { c.Lessons[0].CheckedOn = "2026-01-01" },
	} {
		if seal(f) != same {
			t.Errorf("%s makes another version", name)
		}
	}
	for name, f := range map[string]func(*lesson.Course){
		"text":    func(c *lesson.Course) { c.Lessons[0].Activities[0].Body.(*lesson.Text).Text.UK = "Інше." },
		"pass":    func(c *lesson.Course) { c.Final.Pass = 60 },
		"handout": func(c *lesson.Course) { c.Lessons[0].Handout.UK = "Інше." },
	} {
		if seal(f) == same {
			t.Errorf("%s changes nothing", name)
		}
	}
}

// Whatever a writer types, the lint answers and does not break down.
func TestLintNeverPanics(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	word := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "Код!", "5 000 грн", "bank.com", "**", "](", "#\n\n", "2025", "[a](http://x)"}))
	text := func(t *rapid.T) i18n.Text { return i18n.Text{UK: word.Draw(t, "uk"), EN: word.Draw(t, "en")} }
	rapid.Check(t, func(t *rapid.T) {
		bodies := []lesson.Body{
			&lesson.Text{Text: text(t)}, &lesson.Picture{Alt: text(t)}, &lesson.Video{Transcript: text(t), Storyboard: []lesson.Frame{{Says: text(t)}}},
			&lesson.Imitation{Brand: word.Draw(t, "brand"), Task: text(t), Elements: []lesson.Element{{Text: text(t), Feedback: text(t)}}},
			&lesson.Check{}, &lesson.Cards{Cards: []lesson.Card{{Front: text(t)}}}, &lesson.Checklist{Items: []lesson.Task{{Text: text(t)}}}, &lesson.Summary{Sentences: []i18n.Text{text(t)}},
		}
		l := &lesson.Lesson{Title: text(t), Goal: text(t), Handout: text(t), SummaryEN: word.Draw(t, "en"), ValidUntil: word.Draw(t, "until"), Level: word.Draw(t, "level")}
		for i, b := range bodies[:rapid.IntRange(1, len(bodies)).Draw(t, "n")] {
			l.Activities = append(l.Activities, lesson.Activity{ID: string(rune('a' + i)), Type: lesson.Types()[i], Body: b})
		}
		for _, f := range l.Lint(now) {
			if f.Rule == "" || f.Message == "" {
				t.Fatalf("%+v", f)
			}
		}
		(&lesson.Course{}).Fits(l)
	})
}
