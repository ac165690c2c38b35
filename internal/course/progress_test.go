package course

import (
	"encoding/json"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"osvitlo/internal/fault"
)

var bare = cmp.Options{cmpopts.EquateEmpty(), cmpopts.IgnoreFields(Track{}, "Doc", "Learner")}

// someMarks draws marks of one course, right and wrong ones.
func someMarks(t *rapid.T, course string) []Mark {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Mark {
		return Mark{
			Kind:     rapid.SampledFrom([]Kind{Opened, Done, Answered, Ticked, Watched, Hid}).Draw(t, "kind"),
			Course:   course,
			Lesson:   rapid.SampledFrom([]string{"l1", "l2", "l3", ""}).Draw(t, "lesson"),
			Activity: rapid.SampledFrom([]string{"read", "film", "spot", "quiz", "todo", "end", "none"}).Draw(t, "activity"),
			At:       noon.Add(-time.Duration(rapid.IntRange(0, 5).Draw(t, "at")) * time.Hour),
			Item:     rapid.SampledFrom([]string{"one", "two"}).Draw(t, "item"),
			On:       rapid.Bool().Draw(t, "on"),
			Seconds:  rapid.IntRange(0, 30).Draw(t, "seconds"),
			Answer:   json.RawMessage(rapid.SampledFrom([]string{`"a"`, `"b"`, `7`}).Draw(t, "answer")),
			Chosen:   rapid.SampledFrom([][]string{nil, {"x"}, {"y"}, {"x", "y"}}).Draw(t, "chosen"),
		}
	}), 0, 30).Draw(t, "marks")
}

func tracked(c *Course, marks []Mark) *Track {
	t := &Track{Course: c.Slug}
	for _, m := range marks {
		t.apply(c, m, noon)
	}
	return t
}

// Marks in any order, twice, and split over devices give the same progress.
func TestMarksInAnyOrderGiveTheSame(t *testing.T) {
	t.Parallel()
	c := made(t, "fraud", "ua5.3", "A1", "A1", "A2")
	rapid.Check(t, func(t *rapid.T) {
		marks := someMarks(t, "fraud")
		want := tracked(c, marks)
		again := append(append([]Mark{}, marks...), marks...)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		r.Shuffle(len(again), func(i, j int) { again[i], again[j] = again[j], again[i] })
		if d := cmp.Diff(want, tracked(c, again), bare); d != "" {
			t.Fatal("shuffled and doubled:\n", d)
		}
		cut := rapid.IntRange(0, len(marks)).Draw(t, "cut")
		a, b := tracked(c, marks[:cut]), tracked(c, marks[cut:])
		ab, ba := clone(t, a), clone(t, b)
		ab.Join(b)
		ba.Join(a)
		if d := cmp.Diff(ab, ba, bare); d != "" {
			t.Fatal("joined the other way round:\n", d)
		}
		if d := cmp.Diff(want, ab, bare); d != "" {
			t.Fatal("two devices:\n", d)
		}
		ab.Join(a)
		if d := cmp.Diff(want, ab, bare); d != "" {
			t.Fatal("joined again:\n", d)
		}
	})
}

func clone(t *rapid.T, x *Track) *Track {
	raw, err := json.Marshal(x)
	if err != nil {
		t.Fatal(err)
	}
	out := &Track{}
	if err := json.Unmarshal(raw, out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTriesKeepTheBestWhateverTheOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		try := rapid.Custom(func(t *rapid.T) Try {
			return Try{ID: rapid.StringMatching(`[a-e][a-h]`).Draw(t, "id"), At: rapid.Int64Range(1, 9).Draw(t, "at"), Score: float64(rapid.IntRange(0, 4).Draw(t, "score")) / 4}
		})
		list := rapid.SliceOfN(try, 0, 60)
		a, b, c := joinTries(nil, list.Draw(t, "a")), joinTries(nil, list.Draw(t, "b")), joinTries(nil, list.Draw(t, "c"))
		left, right := joinTries(joinTries(a, b), c), joinTries(a, joinTries(c, b))
		if len(left) > maxTries {
			t.Fatal(len(left))
		}
		// of one id with two contents the better is kept everywhere, unless it fell off the end
		if len(left) < maxTries {
			if d := cmp.Diff(left, right); d != "" {
				t.Fatal(d)
			}
		} else if left[0] != right[0] {
			t.Fatal("another best")
		}
	})
}

func TestRecordSkipsWhatDoesNotFitAndMayComeAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	l := OfDevice("key")
	marks := append(finishLesson("fraud", "l1", noon.Add(-time.Hour)),
		Mark{Kind: Done, Course: "gone", Lesson: "l1", Activity: "read", At: noon},
		Mark{Kind: Done, Course: "fraud", Lesson: "l9", Activity: "read", At: noon},
		Mark{Kind: Done, Course: "fraud", Lesson: "l1", Activity: "quiz", At: noon},
		Mark{Kind: Answered, Course: "fraud", Lesson: "l1", Activity: "quiz", Answer: json.RawMessage(`{`), At: noon},
		Mark{Kind: Answered, Course: "fraud", Lesson: "l1", Activity: "spot", Chosen: []string{"z"}, At: noon},
		Mark{Kind: Ticked, Course: "fraud", Lesson: "l1", Activity: "todo", Item: "three", At: noon},
		Mark{Kind: "dance", Course: "fraud", Lesson: "l1", Activity: "read", At: noon},
		Mark{Kind: Opened, Course: "phone", Lesson: "l1", At: noon},
	)
	got, err := r.Record(ctx, l, marks)
	must(t, err)
	want := []Skip{{6, "course.no_lesson"}, {7, "course.wants_answer"}, {8, "course.wrong_answer_form"}, {9, "course.wrong_answer_form"},
		{10, "course.no_item"}, {11, "course.unknown_mark"}, {5, "course.no_course"}}
	if got.Taken != 6 || cmp.Diff(want, got.Skipped, cmpopts.SortSlices(func(a, b Skip) bool { return a.Index < b.Index })) != "" {
		t.Fatalf("%+v", got)
	}
	track, err := r.Track(ctx, l, "fraud")
	must(t, err)
	c, _ := r.cfg.Catalogue.Course("fraud")
	if !track.Finished(c.Lessons[0]) || track.Finished(c.Lessons[1]) || track.FinishedLessons(c) != 1 {
		t.Error("the first lesson is finished and no other")
	}
	if a := track.Activity("l1", "quiz"); a.Best == nil || *a.Best != 1 || a.First.Score != 1 {
		t.Errorf("quiz %+v", a)
	}
	if track.Opened != noon.Add(-time.Hour).UnixMilli() || track.Expires == "" {
		t.Errorf("opened %d, expires %q", track.Opened, track.Expires)
	}
	_, err = r.Record(ctx, l, marks)
	must(t, err)
	again, err := r.Track(ctx, l, "fraud")
	must(t, err)
	if again.Rev != track.Rev {
		t.Error("the same upload was written again")
	}
	list, err := r.Tracks(ctx, l)
	must(t, err)
	if len(list) != 2 {
		t.Errorf("%d tracks", len(list))
	}
}

func TestRecordRefuses(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, l := range []Learner{"", "p", "x" + pupil(1)[1:], pupil(1) + "a", "p" + Learner("../../../../../../../etc/p")} {
		if _, err := r.Record(ctx, l, nil); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", l, err)
		}
	}
	if _, err := r.Record(ctx, pupil(1), make([]Mark, MaxMarks+1)); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
}

func TestTimesOfDevicesAreBounded(t *testing.T) {
	t.Parallel()
	if stamp(noon.Add(time.Hour), noon) != noon.UnixMilli() || stamp(time.Time{}, noon) != noon.Add(-MaxAge).UnixMilli() || stamp(noon.Add(-time.Hour), noon) != noon.Add(-time.Hour).UnixMilli() {
		t.Error("a time outside its bounds was taken")
	}
}

func TestManyTabsLoseNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	other, err := New(r.cfg) // another replica: no lock in common
	must(t, err)
	l := pupil(7)
	marks := append(append(finishLesson("fraud", "l1", noon), finishLesson("fraud", "l2", noon)...), finishLesson("fraud", "l3", noon)...)
	var wg sync.WaitGroup
	errs := make(chan error, len(marks))
	for i, m := range marks {
		wg.Add(1)
		go func() {
			defer wg.Done()
			s := r.Service
			if i%2 == 1 {
				s = other
			}
			_, err := s.Record(ctx, l, []Mark{m})
			errs <- err
		}()
	}
	wg.Wait()
	for range marks {
		must(t, <-errs)
	}
	track, err := r.Track(ctx, l, "fraud")
	must(t, err)
	c, _ := r.cfg.Catalogue.Course("fraud")
	if track.FinishedLessons(c) != 3 {
		t.Errorf("%d lessons finished", track.FinishedLessons(c))
	}
}

func TestSigningInBringsTheDeviceAlong(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	device, person := OfDevice("key"), pupil(1)
	_, err := r.Record(ctx, device, finishLesson("fraud", "l1", noon.Add(-2*time.Hour)))
	must(t, err)
	_, err = r.Record(ctx, person, finishLesson("fraud", "l2", noon.Add(-time.Hour)))
	must(t, err)
	o, err := r.Finish(ctx, device, "fraud", "t1", answers(r.final("fraud"), "a"))
	must(t, err)
	if !o.Passed || !o.First {
		t.Fatalf("%+v", o)
	}
	must(t, r.Say(ctx, device, "fraud", "l1", true, "добре"))
	must(t, r.Adopt(ctx, device, person))
	must(t, r.Adopt(ctx, device, person))
	track, err := r.Track(ctx, person, "fraud")
	must(t, err)
	c, _ := r.cfg.Catalogue.Course("fraud")
	if track.FinishedLessons(c) != 2 || track.Completed == 0 || track.Pending != "" || track.Expires != "" {
		t.Errorf("%d lessons, completed %d, pending %q, expires %q", track.FinishedLessons(c), track.Completed, track.Pending, track.Expires)
	}
	left, err := r.Tracks(ctx, device)
	must(t, err)
	if len(left) != 0 {
		t.Error("the device still has progress")
	}
	r.work(t)
	if n := len(r.told[TopicCompleted]); n != 2 { // of the device, of the person
		t.Fatalf("%d completions", n)
	}
	var m Completion
	must(t, json.Unmarshal(r.told[TopicCompleted][1], &m))
	if m.Person == "" || m.Course != "fraud" || m.Score != 1 || m.Lessons != 2 || m.Minutes != 15 {
		t.Errorf("%+v", m)
	}
}

func TestSweepForgetsUnusedDevices(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	_, err := r.Record(ctx, OfDevice("old"), finishLesson("fraud", "l1", noon))
	must(t, err)
	_, err = r.Record(ctx, pupil(1), finishLesson("fraud", "l1", noon))
	must(t, err)
	r.clock.pass(200 * 24 * time.Hour)
	_, err = r.Record(ctx, OfDevice("new"), finishLesson("fraud", "l1", r.clock.now()))
	must(t, err)
	r.clock.pass(201 * 24 * time.Hour)
	n, err := r.Sweep(ctx)
	must(t, err)
	if n != 1 {
		t.Errorf("%d swept", n)
	}
	if list, _ := r.Tracks(ctx, OfDevice("new")); len(list) != 1 {
		t.Error("a used device was forgotten")
	}
	if list, _ := r.Tracks(ctx, pupil(1)); len(list) != 1 {
		t.Error("a person was forgotten")
	}
}

// BenchmarkRecord is one durable mark, many learners at once (order: at least
// 1,500 a second).
func BenchmarkRecord(b *testing.B) {
	r := newRig(b)
	var mu sync.Mutex
	n := 0
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		i := 0
		mu.Lock()
		n++
		l := pupil(n)
		mu.Unlock()
		marks := append(finishLesson("fraud", "l1", noon), finishLesson("fraud", "l2", noon)...)
		for pb.Next() {
			i++
			m := marks[i%len(marks)]
			m.At = noon.Add(-MaxAge / 2).Add(time.Duration(i) * time.Second)
			if _, err := r.Record(ctx, l, []Mark{m}); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
}
