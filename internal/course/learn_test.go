package course

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"osvitlo/internal/course/lesson"
	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
	"osvitlo/internal/job"
	"osvitlo/internal/person"
	"osvitlo/internal/sitting"
	"osvitlo/internal/store"
)

func ids(list ...Learner) (out []person.ID) {
	for _, l := range list {
		out = append(out, l.Person())
	}
	return out
}

func TestTheFinalCheckCompletesACourseOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	l := pupil(1)
	o, err := r.Finish(ctx, l, "fraud", "t1", answers(r.final("fraud"), "b"))
	must(t, err)
	if o.Passed || o.Score != 0 {
		t.Fatalf("%+v", o)
	}
	half := answers(r.final("fraud")[:2], "a")
	if o, err = r.Finish(ctx, l, "fraud", "t2", half); err != nil || o.Passed || o.Score != 0.5 || !o.Right["f0"] || o.Right["f3"] {
		t.Fatalf("%+v %v", o, err)
	}
	for range 2 { // the same form twice
		if o, err = r.Finish(ctx, l, "fraud", "t3", answers(r.final("fraud"), "a")); err != nil || !o.Passed {
			t.Fatalf("%+v %v", o, err)
		}
		r.clock.pass(time.Minute)
	}
	if o.First {
		t.Error("completed twice")
	}
	r.work(t)
	if len(r.told[TopicCompleted]) != 1 {
		t.Errorf("told %d times", len(r.told[TopicCompleted]))
	}
	track, err := r.Track(ctx, l, "fraud")
	must(t, err)
	if track.Completed != noon.UnixMilli() || len(track.Tries) != 3 || !track.Tries[0].Passed {
		t.Errorf("%+v", track)
	}
	var wrong instrument.Value
	must(t, json.Unmarshal([]byte(`"zzz"`), &wrong))
	if _, err := r.Finish(ctx, l, "fraud", "t4", instrument.Answers{"f0": wrong}); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
	if _, err := r.Finish(ctx, l, "fraud", "", nil); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
	if _, err := r.Finish(ctx, l, "none", "t", nil); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
}

func TestAFinalCheckIsNotGuessed(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for i := range MaxTriesDay + 1 {
		_, err := r.Finish(ctx, pupil(1), "fraud", string(rune('a'+i)), answers(r.final("fraud"), "b"))
		if fault.Is(err, fault.TooMany) != (i == MaxTriesDay) {
			t.Errorf("try %d: %v", i+1, err)
		}
	}
	r.clock.pass(24*time.Hour + time.Second)
	o, err := r.Finish(ctx, pupil(1), "fraud", "z", answers(r.final("fraud"), "a"))
	if err != nil || !o.Passed {
		t.Errorf("the next day: %+v %v", o, err)
	}
}

// A crash between the completion and the outbox is mended by Settle.
func TestACompletionIsNotLost(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	_, err := r.change(ctx, pupil(1), "fraud", func(t *Track) error {
		t.Tries, t.Completed, t.Pending = []Try{{ID: "t", At: 5, Score: 1, Passed: true}}, noon.UnixMilli(), pendingCompleted
		return nil
	})
	must(t, err)
	n, err := r.Settle(ctx)
	must(t, err)
	if n != 1 {
		t.Fatalf("%d told", n)
	}
	if n, _ = r.Settle(ctx); n != 0 {
		t.Error("told again")
	}
	r.work(t)
	if len(r.told[TopicCompleted]) != 1 {
		t.Error("not told")
	}
}

func reasons(list []Next) (out []string) {
	for _, n := range list {
		out = append(out, n.Course.Slug+"/"+n.Lesson.Slug+" "+strings.TrimPrefix(n.Reason, "course.why_")+" "+n.Area+n.Level)
	}
	return out
}

func TestRecommend(t *testing.T) {
	t.Parallel()
	older := made(t, "older", "ua1.2", "A1")
	older.Audience = []string{"older"}
	courses := []*Course{made(t, "fraud", "ua5.3", "A1", "A2", "B1"), made(t, "passwords", "ua5.1", "A2", "B1"), made(t, "kids", "ua5.4", "A2"),
		made(t, "search", "ua2.1", "B1", "B2"), made(t, "phone", "ua1.1", "A1", "A2"), older}
	opened := func(c *Course, slugs ...string) *Track {
		track := &Track{Course: c.Slug}
		for _, s := range slugs {
			for _, m := range finishLesson(c.Slug, s, noon) {
				track.apply(c, m, noon)
			}
		}
		return track
	}
	known := Profile{Level: "A2", Areas: map[string]AreaProfile{"ua5": {Level: "A2", Gap: 0.7, Known: true}, "ua2": {Level: "B1", Gap: 0.4, Known: true}, "ua1": {Gap: 0.2, Known: true}}}
	for name, x := range map[string]struct {
		p      Profile
		tracks map[string]*Track
		want   []string
	}{
		"nothing known":                 {Profile{}, nil, []string{"phone/l1 start ua1", "fraud/l1 start ua5", "kids/l1 start ua5"}},
		"older":                         {Profile{Audience: []string{"older"}}, nil, []string{"older/l1 audience ua1", "phone/l1 start ua1", "fraud/l1 start ua5"}},
		"two of one area, then another": {known, nil, []string{"fraud/l2 level ua5A2", "kids/l1 level ua5A2", "search/l1 level ua2B1"}},
		"a begun course goes on":        {known, map[string]*Track{"phone": opened(courses[4], "l1")}, []string{"phone/l2 continue ua1", "fraud/l2 level ua5A2", "kids/l1 level ua5A2"}},
		"not for me": {known, map[string]*Track{"fraud": {Hidden: map[string]Flip{whole: {1, true}}}, "kids": {Hidden: map[string]Flip{"l1": {1, true}}}},
			[]string{"passwords/l1 level ua5A2", "search/l1 level ua2B1", "phone/l2 area ua1"}},
		"completed": {known, map[string]*Track{"fraud": {Completed: 5}}, []string{"kids/l1 level ua5A2", "passwords/l1 level ua5A2", "search/l1 level ua2B1"}},
		"weights":   {Profile{Level: "A2", Areas: known.Areas, Weight: map[string]float64{"ua1": 10}}, nil, []string{"phone/l2 area ua1", "fraud/l2 level ua5A2", "kids/l1 level ua5A2"}},
	} {
		got := Recommend(x.p, courses, x.tracks)
		if d := cmp.Diff(x.want, reasons(got)); d != "" {
			t.Errorf("%s (-want +got)\n%s", name, d)
		}
	}
	n, ok := Continue(courses, map[string]*Track{"phone": opened(courses[4], "l1"), "search": opened(courses[3], "l1", "l2")})
	if !ok || n.Course.Slug != "phone" || n.Lesson.Slug != "l2" || n.Done != 1 || n.All != 2 {
		t.Errorf("continue: %+v %v", n, ok)
	}
}

func TestRecommendIsDeterministicAndNeverRepeats(t *testing.T) {
	t.Parallel()
	var courses []*Course
	for i, k := range []string{"ua1.1", "ua2.1", "ua3.1", "ua4.1", "ua5.1", "ua6.1", "ua5.2"} {
		courses = append(courses, made(t, string(rune('a'+i)), k, "A1", "A2", "B1"))
	}
	rapid.Check(t, func(t *rapid.T) {
		p := Profile{Level: rapid.SampledFrom(append([]string{""}, lesson.Levels...)).Draw(t, "level"), Areas: map[string]AreaProfile{}}
		for _, a := range []string{"ua1", "ua2", "ua5"} {
			p.Areas[a] = AreaProfile{Gap: rapid.Float64Range(0, 1).Draw(t, a), Known: rapid.Bool().Draw(t, "known")}
		}
		tracks := map[string]*Track{}
		for _, c := range courses {
			marks := someMarks(t, c.Slug)
			tracks[c.Slug] = tracked(c, marks)
		}
		got := Recommend(p, courses, tracks)
		if d := cmp.Diff(reasons(got), reasons(Recommend(p, courses, tracks))); d != "" {
			t.Fatal(d)
		}
		seen := map[string]bool{}
		for _, n := range got {
			if seen[n.Course.Slug] || tracks[n.Course.Slug].Finished(n.Lesson) || tracks[n.Course.Slug].NotForMe(n.Lesson.Slug) || tracks[n.Course.Slug].NotForMe("") {
				t.Fatalf("%s/%s", n.Course.Slug, n.Lesson.Slug)
			}
			seen[n.Course.Slug] = true
		}
		if len(got) > MaxNext {
			t.Fatal(len(got))
		}
	})
}

func TestProfileOfAScore(t *testing.T) {
	t.Parallel()
	f := func(x float64) *float64 { return &x }
	p := ProfileOf(&sitting.Score{Overall: f(40), Level: "B1", Areas: []sitting.AreaScore{{ID: "ua1", Value: f(80), Word: sitting.Stronger}, {ID: "ua5", Value: f(20), Word: sitting.StartHere}, {ID: "ua2", Word: sitting.Unknown}}})
	if p.Level != "B1" || math.Abs(p.Areas["ua1"].Gap-0.1) > 1e-9 || math.Abs(p.Areas["ua5"].Gap-0.9) > 1e-9 || p.Areas["ua2"].Known || p.Areas["ua2"].Gap != 0.6 {
		t.Errorf("%+v", p)
	}
	if p = ProfileOf(nil); p.Level != "" || len(p.Areas) != 0 {
		t.Errorf("%+v", p)
	}
}

func TestMask(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"дзвоніть 067 123 45 67":           "дзвоніть […]",
		"+38 (067) 123-45-67, дякую":       "+[…], дякую",
		"картка 4444 3333 2222 1111 моя":   "картка […] моя",
		"пишіть olena@приклад.укр, чекаю":  "пишіть […] чекаю",
		"мій телеграм @olena_2":            "мій телеграм […]",
		"урок 5, завдання 3, 102 і 112":    "урок 5, завдання 3, 102 і 112",
		"у 2026 році мені було 65":         "у 2026 році мені було 65",
		"ІПН 1234567890":                   "ІПН […]",
		"":                                 "",
		"слово\n\nдругий рядок 0671234567": "слово\n\nдругий рядок […]",
	} {
		if got := Mask(in); got != want {
			t.Errorf("%q: %q, wanted %q", in, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.SampledFrom([]rune("а1234567890 -+()@.і\n"))).Draw(t, "s")
		once := Mask(s)
		if Mask(once) != once {
			t.Fatalf("%q, then %q", once, Mask(once))
		}
		run := 0
		for _, c := range once {
			if unicode.IsDigit(c) {
				if run++; run >= minDigits {
					t.Fatalf("%q keeps a number", once)
				}
			} else {
				run = 0
			}
		}
	})
}

func TestFeedback(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for i := range 3 {
		r.clock.pass(time.Minute)
		must(t, r.Say(ctx, pupil(i), "fraud", "l1", i != 1, "Пишіть на olena@example.com"))
	}
	must(t, r.Say(ctx, pupil(0), "fraud", "l1", false, "передумала")) // the last word holds
	votes, err := r.VotesOf(ctx, "fraud")
	must(t, err)
	if votes["l1"] != (Votes{Yes: 1, No: 2}) {
		t.Errorf("%+v", votes)
	}
	page, err := r.FeedbackOf(ctx, "fraud", "l1", "", 10)
	must(t, err)
	if len(page.Items) != 3 || page.Items[0].Comment != "передумала" && page.Items[0].Comment != "Пишіть на […]" || page.Items[0].Learner != "" {
		t.Errorf("%+v", page.Items[0])
	}
	if err := r.Say(ctx, pupil(1), "fraud", "l1", true, strings.Repeat("я", MaxComment+1)); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
	if err := r.Say(ctx, pupil(1), "fraud", "l7", true, ""); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
}

func TestMergedEvent(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	_, err := r.Record(ctx, pupil(1), finishLesson("fraud", "l1", noon))
	must(t, err)
	raw, err := json.Marshal(person.Event{Person: pupil(2).Person(), Other: pupil(1).Person()})
	must(t, err)
	for range 2 {
		must(t, r.Merged(ctx, job.Delivery{Topic: person.TopicMerged, Payload: raw}))
	}
	if list, _ := r.Tracks(ctx, pupil(2)); len(list) != 1 {
		t.Error("not merged")
	}
}

// bank has pairs of several competences.
func bank(t testing.TB) (out []*instrument.Item) {
	for _, x := range []struct {
		id, k string
		b     float64
	}{{"a1", "ua5.3", -2}, {"a2", "ua5.3", -1.9}, {"a3", "ua5.3", -1.0}, {"a4", "ua5.3", -0.7}, {"a5", "ua5.3", 1.5}, {"b1", "ua1.1", 0}, {"b2", "ua1.1", 0.3}, {"c1", "ua2.1", 0}} {
		out = append(out, knowledge(t, x.id, x.k, x.b))
	}
	return out
}

func TestPairsAreParallelAndForms(t *testing.T) {
	t.Parallel()
	pairs := lesson.Pairs(bank(t), []string{"ua5.3", "ua1.1", "ua2.1"}, 2)
	var got []string
	for _, p := range pairs {
		got = append(got, p.A.ID+p.B.ID)
		if p.A.Competence != p.B.Competence || math.Abs(p.A.Difficulty-p.B.Difficulty) > lesson.MaxApart {
			t.Errorf("%s and %s are not parallel", p.A.ID, p.B.ID)
		}
	}
	if d := cmp.Diff([]string{"b1b2", "a1a2", "a3a4"}, got); d != "" {
		t.Error(d)
	}
	firsts := 0
	for i := range 400 {
		before, after := Forms(pairs, pupil(i), "fraud")
		again, _ := Forms(pairs, pupil(i), "fraud")
		if len(before) != 3 || before[0] == after[0] || before[0] != again[0] {
			t.Fatal("forms")
		}
		if before[0].ID == "b1" {
			firsts++
		}
	}
	if firsts < 150 || firsts > 250 {
		t.Errorf("%d of 400 got the first item first", firsts)
	}
}

func TestAProofTakesAWeek(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	l := pupil(1)
	before, after := Forms(lesson.Pairs(bank(t), []string{"ua5.3"}, 2), l, "fraud")
	if err := r.Before(ctx, l, "fraud", before, before, nil); !fault.Is(err, fault.Invalid) {
		t.Errorf("the same items twice: %v", err)
	}
	must(t, r.Before(ctx, l, "fraud", before, after, answers(before[:1], "a")))
	if err := r.Before(ctx, l, "fraud", before, after, nil); keyOf(err) != "course.proof_taken" {
		t.Error(err)
	}
	if err := r.After(ctx, l, "fraud", after, nil); keyOf(err) != "course.proof_early" {
		t.Error(err)
	}
	_, err := r.Finish(ctx, l, "fraud", "t", answers(r.final("fraud"), "a"))
	must(t, err)
	r.clock.pass(6 * 24 * time.Hour)
	if n, _ := r.Settle(ctx); n != 0 {
		t.Error("invited early")
	}
	if err := r.After(ctx, l, "fraud", after, nil); keyOf(err) != "course.proof_early" {
		t.Error(err)
	}
	r.clock.pass(24*time.Hour + time.Minute)
	for i := range 2 {
		if n, err := r.Settle(ctx); err != nil || n != 1-i {
			t.Errorf("invited %d, %v", n, err)
		}
	}
	r.work(t)
	if len(r.told[TopicProofDue]) != 1 {
		t.Error("not invited")
	}
	if err := r.After(ctx, l, "fraud", before, nil); keyOf(err) != "course.proof_other_items" {
		t.Error(err)
	}
	must(t, r.After(ctx, l, "fraud", after, answers(after, "a")))
	p, err := r.ProofOf(ctx, l, "fraud")
	must(t, err)
	if p.Before.Score != 50 || p.After.Score != 100 || p.Purpose != sitting.PurposeProof {
		t.Errorf("%+v %+v", p.Before, p.After)
	}
	if _, err := r.Record(ctx, pupil(2), finishLesson("fraud", "l1", r.clock.now())); err != nil {
		t.Fatal(err)
	}
	if err := r.Before(ctx, pupil(2), "fraud", before, after, nil); keyOf(err) != "course.proof_late" {
		t.Error(err)
	}
	must(t, r.CountGains(ctx))
	g, err := r.GainOf(ctx, "fraud", nil)
	must(t, err)
	if g != (Gain{Verdict: TooFew}) {
		t.Errorf("a figure of one person: %+v", g)
	}
	must(t, r.Erase(ctx, ids(l)))
	if _, err := r.ProofOf(ctx, l, "fraud"); !fault.Is(err, fault.NotFound) {
		t.Error("kept")
	}
	kept := 0
	for p, err := range r.proofs.Find(ctx, store.Query{Index: store.BuiltinID}) {
		must(t, err)
		if p.Learner != "" || len(p.Before.IDs) != 0 {
			t.Errorf("an erased pair names somebody: %+v", p)
		}
		kept++
	}
	if kept != 1 {
		t.Errorf("%d pairs kept", kept)
	}
}

// simulate draws n people who chose a course because they did badly before: true
// scores N(60, 15), form reliability rho, learning adds gain to the true score.
func simulate(rnd *rand.Rand, n int, rho, gain float64) (before, after []float64) {
	sdTrue := 15.0
	sdErr := sdTrue * math.Sqrt((1-rho)/rho)
	for len(before) < n {
		truth := 60 + sdTrue*rnd.NormFloat64()
		x := truth + sdErr*rnd.NormFloat64()
		if x > 55 {
			continue
		}
		before = append(before, x)
		after = append(after, truth+gain+sdErr*rnd.NormFloat64())
	}
	return before, after
}

// Without learning, people chosen for bad results do better the second time. The
// corrected gain says 0 where the raw one says success; with learning it finds it.
func TestTheGainIsCorrectedForRegressionToTheMean(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(7, 11))
	ref := &Reference{Mean: 60, Reliability: 0.6}
	const runs = 300
	covered, raw, falsely, found := 0, 0.0, 0, 0
	for range runs {
		b, a := simulate(rnd, 80, 0.6, 0)
		g := Measure(b, a, 0, ref)
		raw += g.Raw / runs
		if g.Low <= 0 && g.High >= 0 {
			covered++
		}
		if g.Verdict == Proved {
			falsely++
		}
		b, a = simulate(rnd, 80, 0.6, 8)
		if g = Measure(b, a, 0, ref); g.Verdict == Proved && math.Abs(g.Value-8) < 8 {
			found++
		}
	}
	t.Logf("raw gain without learning %.1f points; interval covers 0 in %d of %d; proved without learning %d, with 8 points %d", raw, covered, runs, falsely, found)
	if raw < 5 {
		t.Errorf("the simulation shows no regression: %.1f", raw)
	}
	if covered < runs*91/100 || falsely > runs*5/100 || found < runs*90/100 {
		t.Errorf("covered %d, falsely %d, found %d of %d", covered, falsely, found, runs)
	}
}

func TestGainByHand(t *testing.T) {
	t.Parallel()
	before := []float64{40, 50, 40, 50, 40, 50, 40, 50, 40, 50}
	after := []float64{60, 60, 60, 60, 60, 60, 60, 60, 60, 60}
	g := Measure(before, after, 12, &Reference{Mean: 55, MeanSE: 2, Reliability: 0.5, ReliabilitySE: 0.1})
	// x̄ = 45, raw 15; chance alone 0.5·10 = 5; s(y−0.5x) = 0.5·5.27 = 2.635, /√10 = 0.8333;
	// Var = 0.6944 + 0.25·4 + 100·0.01 = 2.6944
	for name, x := range map[string][2]float64{"raw": {g.Raw, 15}, "regression": {g.Regression, 5}, "value": {g.Value, 10}, "se": {g.SE, math.Sqrt(0.25*250/9/10 + 1 + 1)}, "low": {g.Low, 10 - 2.262157*g.SE}} {
		if math.Abs(x[0]-x[1]) > 1e-4 {
			t.Errorf("%s %v, wanted %v", name, x[0], x[1])
		}
	}
	if g.Verdict != Proved || g.N != 10 || g.Lost != 12 {
		t.Errorf("%+v", g)
	}
	if g := Measure(before[:9], after[:9], 50, nil); g != (Gain{Verdict: TooFew}) {
		t.Errorf("nine people: %+v", g)
	}
	if g := Measure(before, after, 3, nil); g.Corrected || g.Verdict != NotProved || g.Lost != 0 {
		t.Errorf("without a reference: %+v", g)
	}
	if g := Measure(after, before, 0, &Reference{Mean: 60, Reliability: 0.9}); g.Verdict != Harmful {
		t.Errorf("%+v", g)
	}
}

func keyOf(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Key
	}
	return ""
}

// Two public figures never differ by one to nine people.
func TestThePublicGainMovesInSteps(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.city.at = &Standing{Release: "w-r1", People: 400, Whole: Scale{Mean: 50, SE: 1, Alpha: 0.7, Items: ladder(t)}}
	form := ladder(t)[:4]
	last := 0
	for i := range 35 {
		must(t, r.proofs.Insert(ctx, &Proof{Doc: store.Doc{ID: proofID(pupil(i), "fraud")}, Learner: pupil(i), Course: "fraud",
			Before: &Half{Score: float64(40 + i%7)}, After: &Half{Score: float64(60 + i%5)}}))
		if i%7 != 3 { // the job does not come behind every pair
			must(t, r.CountGains(ctx))
		}
		shown, err := r.PublicGain(ctx, "fraud", form)
		must(t, err)
		if d := shown.Gain.N - last; d != 0 && d < 10 {
			t.Fatalf("from %d to %d people", last, shown.Gain.N)
		}
		last = shown.Gain.N
	}
	if last != 30 {
		t.Errorf("%d people in the last figure", last)
	}
	must(t, r.Erase(ctx, ids(pupil(1))))
	must(t, r.CountGains(ctx))
	again, err := r.PublicGain(ctx, "fraud", form)
	must(t, err)
	if again.Gain.N != 30 || !again.Gain.Corrected {
		t.Error("an erasure moved the figure")
	}
	now, err := r.GainOf(ctx, "fraud", nil)
	must(t, err)
	if now.N != 35 {
		t.Errorf("an erasure took a pair out: %d", now.N)
	}
}

// The reliability of the city's areas, carried to a form of another length.
func TestReferenceFrom(t *testing.T) {
	t.Parallel()
	// alpha 0.6 of 5 items is 0.75 of 10 (Spearman–Brown: 2·0.6/1.6)
	r := ReferenceFrom(55, 1, 0.6, 5, 10, 402)
	if math.Abs(r.Reliability-0.75) > 1e-9 {
		t.Errorf("%+v", r)
	}
	// Bonett: SE(alpha) = 0.4·√(2·5/(4·400)) = 0.031623; derivative of 2a/(1+a) at 0.6 is 2/1.6² = 0.78125
	if math.Abs(r.ReliabilitySE-0.031623*0.78125) > 1e-5 {
		t.Errorf("%+v", r)
	}
	if bad := ReferenceFrom(55, 1, -0.2, 5, 10, 402); bad.Reliability != 0 || !bad.ok() {
		t.Errorf("a negative alpha: %+v", bad)
	}
}

// BenchmarkNext is what the course list and the home page ask: all progress of a
// learner and the next steps among 20 courses (order: p99 under 10 ms).
func BenchmarkNext(b *testing.B) {
	r := newRig(b)
	var courses shelf
	for i := range 20 {
		courses = append(courses, made(b, "c"+string(rune('a'+i)), "ua5.3", "A1", "A1", "A2", "A2", "B1", "B1"))
	}
	r.Service.cfg.Catalogue = courses
	l := pupil(1)
	for _, c := range courses {
		for _, s := range []string{"l1", "l2", "l3"} {
			if _, err := r.Record(ctx, l, finishLesson(c.Slug, s, noon)); err != nil {
				b.Fatal(err)
			}
		}
	}
	for b.Loop() {
		tracks, err := r.Tracks(ctx, l)
		if err != nil || len(tracks) != 20 {
			b.Fatal(err)
		}
		if got := Recommend(Profile{Level: "A2"}, courses, tracks); len(got) != 3 {
			b.Fatal(len(got))
		}
	}
}
