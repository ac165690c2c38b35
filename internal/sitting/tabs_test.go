package sitting

import (
	"testing"

	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"

	"pgregory.net/rapid"
)

// Two tabs on one sitting, in any order: whatever was acknowledged and is on the
// path is stored, unless its own writer or one who had seen it wrote over it.
func TestTwoTabsLoseNothingSilently(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	blocks := []string{"gate", "behind", "many", "last", "must", AskSex, AskAge}
	rapid.Check(t, func(t *rapid.T) {
		st, err := r.Start(ctx, StartRequest{Instrument: "poll", Language: "uk", Consent: []string{ConsentStatistics}})
		if err != nil {
			t.Fatal(err)
		}
		id, a := st.ID, Access{Token: st.Token}
		var seen [2]*View // what each tab shows
		model := map[string]instrument.Value{}
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			tab := rapid.IntRange(0, 1).Draw(t, "tab")
			if seen[tab] == nil || rapid.Bool().Draw(t, "reload") {
				if seen[tab], err = r.View(ctx, id, a); err != nil {
					t.Fatal(err)
				}
			}
			g := Given{Rev: seen[tab].Rev, Block: rapid.SampledFrom(blocks).Draw(t, "block")}
			step, err := seen[tab].Instrument.Block(g.Block)
			if err != nil {
				t.Fatal(err)
			}
			options := []string{"female", "male"}
			if g.Block == AskAge {
				options = []string{"14-17", "70+"}
			}
			if step.Item != nil {
				options = []string{step.Item.Options[0].ID, step.Item.Options[1].ID}
			}
			g.Value = instrument.Word(rapid.SampledFrom(options).Draw(t, "value"))
			if g.Block == "many" {
				w, _ := g.Value.Word()
				g.Value = instrument.List(w)
			}
			before, err := r.View(ctx, id, a)
			if err != nil {
				t.Fatal(err)
			}
			v, err := r.Answer(ctx, id, a, g)
			switch {
			case err == nil && g.Rev != before.Rev: // taken from an old page: only as no change
				if v.Rev != before.Rev {
					t.Fatalf("an old page changed the sitting")
				}
			case err == nil:
				model[g.Block] = g.Value
				seen[tab] = v
			case fault.Is(err, fault.Conflict):
				if v == nil || v.Rev != before.Rev {
					t.Fatal("a conflict does not show the stored state, or changed it")
				}
			default:
				t.Fatal(err)
			}
			now, err := r.View(ctx, id, a)
			if err != nil {
				t.Fatal(err)
			}
			for block, want := range model {
				if !now.Path.Has(block) {
					delete(model, block) // routed away by an acknowledged answer
					continue
				}
				got := now.Value(block)
				if block == AskSex || block == AskAge {
					got = instrument.Word(now.Respondent(block))
				}
				if !got.Equal(want) {
					t.Fatalf("%s is %v, acknowledged was %v", block, got, want)
				}
			}
			for item := range now.Sitting.Answers {
				if !now.Path.Has(item) {
					t.Fatalf("%s is stored off the path", item)
				}
			}
		}
	})
}

// Answers off the path never change a score.
func TestOffPathIsNeverScored(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		answers := map[string]any{"must": "x", "gate": "shut"}
		if rapid.Bool().Draw(t, "off the path") {
			answers["behind"] = rapid.SampledFrom([]string{"x", "y"}).Draw(t, "behind")
		}
		n++
		sub, err := Decode(body(answers, set("instrument", "poll"), set("version", 1)))
		out, err := r.Put(ctx, uid(n), sub, err, From{})
		if err != nil {
			t.Fatal(err)
		}
		if _, kept := out.Sitting.Answers["behind"]; kept {
			t.Fatal("kept")
		}
	})
	// a test stopped on a page: right answers behind the stop earn nothing
	base, b := start(t, r.Service, "test", ConsentStatistics)
	more, m := start(t, r.Service, "test", ConsentStatistics)
	stop := func(st instrument.Step) Given {
		if st.Block.Pause != "" {
			return Given{Stop: true}
		}
		return plain(st)
	}
	walk(t, r.Service, base, b, stop)
	walk(t, r.Service, more, m, plain)
	if _, err := r.Answer(ctx, more, m, Given{Rev: view(t, r.Service, more, m).Rev, Block: "stop", Stop: true}); err != nil {
		t.Fatal(err)
	}
	one, err := r.Submit(ctx, base, b, "")
	if err != nil {
		t.Fatal(err)
	}
	two, err := r.Submit(ctx, more, m, "")
	if err != nil || *one.Sitting.Score.Overall != *two.Sitting.Score.Overall {
		t.Fatalf("%v: %v and %v", err, *one.Sitting.Score.Overall, *two.Sitting.Score.Overall)
	}
}
