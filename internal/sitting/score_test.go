package sitting

import (
	"math"
	"strings"
	"testing"
)

func TestPutScores(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	out := mustPut(t, r.Service, uid(1), body(full(30))).Sitting.Score
	if *out.Overall != 100 || out.Level != "C2" || out.Form != FormFull || len(out.Right) != 30 || len(out.Areas) != Areas {
		t.Fatalf("all right: %+v", out)
	}
	out = mustPut(t, r.Service, uid(2), body(full(0))).Sitting.Score
	if *out.Overall != 0 || out.Level != "A1" || len(out.Steps) != 3 || out.Steps[0].Page != "ua1-start" || out.Steps[2].Page != "ua4-start" {
		t.Fatalf("all wrong: %+v", out)
	}
	// two of five right in each area: 40, the lower bound of B1 is inclusive
	out = mustPut(t, r.Service, uid(3), body(full(12))).Sitting.Score
	if *out.Overall != 40 || out.Level != "B1" || out.LevelLow != "A2" || out.Areas[0].Word != Same {
		t.Fatalf("40 points: %+v", out)
	}
	if want := 100 * math.Sqrt(.4*.6/4) / math.Sqrt(6); math.Abs(*out.SEM-want) > 1e-9 {
		t.Fatalf("SEM %v, want %v", *out.SEM, want)
	}
	// one area all wrong, the others all right
	answers := full(30)
	for n := range 5 {
		answers["k5"+string(rune('1'+n))] = "b"
	}
	out = mustPut(t, r.Service, uid(4), body(answers)).Sitting.Score
	if out.Areas[4].Word != StartHere || out.Areas[0].Word != Stronger || out.Steps[0].Area != "ua5" {
		t.Fatalf("weak in one area: %+v", out)
	}
	// unanswered and not known are 0 in a whole form
	answers = full(30)
	delete(answers, "k13")
	answers["k14"] = map[string]any{"dont_know": true}
	out = mustPut(t, r.Service, uid(5), body(answers)).Sitting.Score
	if math.Abs(*out.Areas[0].Value-60) > 1e-9 || out.Asked != 30 {
		t.Fatalf("skipped items: %+v", out)
	}
	// the stop after the first half: the rest was not administered
	first := map[string]any{}
	for _, p := range fixture(t).Versions("test")[1].Items() {
		if fixture(t).Versions("test")[1].InFirst(p.ID) {
			first[p.ID] = "a"
		}
	}
	delete(first, "helped")
	stopped := mustPut(t, r.Service, uid(6), body(first)).Sitting
	out = stopped.Score
	if out.Form != FormStopped || stopped.Disposition != Partial || out.Asked != 12 || out.Areas[0].Word != Unknown || out.Areas[0].Value != nil {
		t.Fatalf("stopped: %+v", out)
	}
	if *out.Overall <= 40 || *out.Overall >= 100 || *out.Low >= *out.Overall || *out.High <= *out.Overall || *out.High-*out.Low < 2**mustPut(t, r.Service, uid(7), body(full(15))).Sitting.Score.SEM {
		t.Fatalf("a stop is no 40 of 100 and has a wider interval: %+v", out)
	}
}

func TestTallyOfASitting(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	doc := mustPut(t, r.Service, uid(1), body(full(12), about("age_group", "30-39"), about("age", 36))).Sitting
	tally, err := ParseTally(doc.Tally)
	if err != nil {
		t.Fatal(err)
	}
	want := Row{Wave: "autumn", Instrument: "test", Role: RoleTest, State: Counted, Sex: Female, Age: Age30to39, Broad: Broad35to59,
		District: "podilskyi", Mode: ModeSelf, Internet: InternetYes, Evidence: EvidenceOpen, Level: "B1", Low: "A2", Reached: true,
		Overall: 400000, Areas: [Areas]Points{400000, 400000, 400000, 400000, 400000, 400000}}
	if *tally.Now != want || len(tally.Was) != 0 {
		t.Fatalf("%+v\nwant %+v", *tally.Now, want)
	}
	if doc.Seq != noon.UnixMicro() {
		t.Fatalf("seq %d", doc.Seq)
	}
	if doc.Respondent.AgeBand != "35-39" || strings.Contains(string(mustJSON(t, doc)), "36") {
		t.Fatal("the age in years was kept")
	}
	offline := mustPut(t, r.Service, uid(2), body(map[string]any{"device": "none"}, set("instrument", "short"), set("version", 1), about("internet", "no"))).Sitting
	tally, _ = ParseTally(offline.Tally)
	if tally.Now.Overall != Missing || tally.Now.Reached || tally.Now.Role != RoleOffline {
		t.Fatalf("%+v", tally.Now)
	}
	if offline.Seq <= doc.Seq {
		t.Fatal("seq does not grow while the clock stands")
	}
	if next := r.again(t); next.seq.last != offline.Seq {
		t.Fatalf("a new start continues at %d, not %d", next.seq.last, offline.Seq)
	}
}
