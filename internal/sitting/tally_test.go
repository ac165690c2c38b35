package sitting

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func anyOf[T any](t *rapid.T, name string, list []T) T { return rapid.SampledFrom(list).Draw(t, name) }

func drawPoints(t *rapid.T, name string) Points {
	return Points(rapid.Int32Range(-1, 100*PointsScale).Draw(t, name))
}

func drawRow(t *rapid.T) *Row {
	id := rapid.StringMatching(`[a-z0-9-]{0,20}`)
	r := &Row{
		Wave: id.Draw(t, "wave"), Instrument: id.Draw(t, "instrument"), District: id.Draw(t, "district"),
		Late: rapid.Bool().Draw(t, "late"), Reached: rapid.Bool().Draw(t, "reached"), Doubtful: rapid.Bool().Draw(t, "doubtful"),
		Role:     anyOf(t, "role", []Role{RoleTest, RoleOffline, RoleSurvey}),
		State:    anyOf(t, "state", []State{Counted, Held, Unweightable, Excluded}),
		Sex:      anyOf(t, "sex", []Sex{"", Female, Male}),
		Age:      anyOf(t, "age", append([]AgeGroup{"", AgeUnder14}, AgeGroups...)),
		Broad:    anyOf(t, "broad", append([]Broad{""}, Broads...)),
		Mode:     anyOf(t, "mode", []Mode{ModeSelf, ModeMentor, ModePaper, ModePhone}),
		Internet: anyOf(t, "internet", []Internet{"", InternetYes, InternetHelp, InternetNo}),
		Evidence: anyOf(t, "evidence", []Evidence{EvidenceInvited, EvidenceVenue, EvidenceAccount, EvidenceOpen}),
		Level:    anyOf(t, "level", []string{"", "A1", "A2", "B1", "B2", "C1", "C2"}),
		Low:      anyOf(t, "low", []string{"", "A1", "A2", "B1", "B2", "C1", "C2"}),
		Overall:  drawPoints(t, "overall"),
	}
	for i := range r.Areas {
		r.Areas[i] = drawPoints(t, "area")
	}
	return r
}

func TestTallyRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var want Tally
		if rapid.Bool().Draw(t, "present") {
			want.Now = drawRow(t)
		}
		for range rapid.IntRange(0, maxPast).Draw(t, "past") {
			want.Was = append(want.Was, Past{Seq: rapid.Int64Range(0, 1<<53).Draw(t, "seq"), Row: *drawRow(t)})
		}
		text := want.Format()
		got, err := ParseTally(text)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatal(d)
		}
		if again := got.Format(); again != text {
			t.Fatalf("%q became %q", text, again)
		}
	})
}

func TestTallyRefusesNoise(t *testing.T) {
	t.Parallel()
	good := Tally{Now: &Row{Role: RoleTest, State: Counted, Mode: ModeSelf, Evidence: EvidenceOpen, Wave: "w"}}.Format()
	for _, s := range []string{"", "2", "x", "1short", good + ";1", good + "|", good + "|a:b", good[:len(good)-2],
		"1Z" + good[2:], good + "|5:" + good, "1tc---s-o--9;w;;;1;1;1;1;1;1;1", "1tc---s-o--0;w;;;1000001;1;1;1;1;1;1"} {
		if _, err := ParseTally(s); err == nil {
			t.Errorf("%q was read", s)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "noise")
		if got, err := ParseTally("1" + s); err == nil && got.Format() != "1"+s {
			t.Fatalf("%q was read as %q", s, got.Format())
		}
	})
}

// A reader that tails, at any mix of checkpoints, ends with the same sum as one that starts anew.
func TestTallyChangeIsSubtractable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var now Tally
		var seq, sum int64
		applied := map[int64]bool{}
		for step := range rapid.IntRange(1, maxPast).Draw(t, "steps") {
			if now.Now != nil {
				now.Was = append(now.Was, Past{Seq: seq, Row: *now.Now})
			}
			seq += rapid.Int64Range(1, 9).Draw(t, "gap")
			now.Now = &Row{Overall: Points(rapid.Int32Range(0, 9).Draw(t, "points"))}
			if step > 0 && rapid.Bool().Draw(t, "erased") {
				now.Now = nil
			}
			if rapid.Bool().Draw(t, "the reader looks") {
				remove, add := now.Change(func(s int64) bool { return applied[s] })
				if remove != nil {
					sum -= int64(remove.Overall)
				}
				if add != nil {
					sum += int64(add.Overall)
				}
				applied[seq] = true
			}
			if now.Now == nil {
				break
			}
		}
		remove, add := now.Change(func(s int64) bool { return applied[s] })
		if !applied[seq] {
			if remove != nil {
				sum -= int64(remove.Overall)
			}
			if add != nil {
				sum += int64(add.Overall)
			}
		}
		want := int64(0)
		if now.Now != nil {
			want = int64(now.Now.Overall)
		}
		if sum != want {
			t.Fatalf("the cells hold %d instead of %d", sum, want)
		}
	})
}
