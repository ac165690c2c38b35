package itembank

import (
	"slices"
	"testing"
	"time"

	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

func TestTheBankMeetsItsDemands(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	m := r.Machine()
	for _, d := range m.Met {
		t.Logf("%s: %d of %d", d.Demand, d.Have, d.Need)
		if !d.OK() {
			t.Errorf("%s: %d, needed %d", d.Demand, d.Have, d.Need)
		}
	}
	if len(m.Met) != 9 || m.Items < 240 {
		t.Errorf("%d demands, %d items", len(m.Met), m.Items)
	}
	if m.Dated < 50 || m.Source > m.Dated || m.Seen > m.Dated {
		t.Errorf("%d facts age, %d with a source, %d checked", m.Dated, m.Source, m.Seen)
	}
	for k, ids := range m.Failed {
		t.Errorf("%s: %v", k, ids)
	}
	sum := 0
	for i, p := range m.Places {
		sum += p.N
		if p.Uneven(m.Plain) {
			t.Errorf("place %d: %d of %d, even would be %.0f", i+1, p.N, m.Plain, p.Even)
		}
	}
	if sum != m.Plain || m.Plain == 0 {
		t.Errorf("%d places for %d items", sum, m.Plain)
	}
}

// Each check finds its mistake in an item that was good before.
func TestEachMachineCheckFindsItsMistake(t *testing.T) {
	t.Parallel()
	all := library().Items()
	good := all[slices.IndexFunc(all, func(it *instrument.Item) bool {
		return it.Type == instrument.Single && it.Scored() && len(it.Options) == 4
	})]
	if got := Marks(good, noon); len(got) != 0 {
		t.Fatalf("a good item: %v", got)
	}
	long := "слово слово слово слово слово слово слово слово слово слово слово слово слово слово слово слово слово слово"
	for _, c := range []struct {
		want  Check
		rule  string
		spoil func(*instrument.Item)
	}{
		{CheckLength, "long-sentence", func(it *instrument.Item) { it.Explain.UK = long }},
		{CheckNegative, "negative-stem", func(it *instrument.Item) {
			it.Stem.UK = "Що НЕ варто робити з точкою доступу?"
		}},
		{CheckAllOf, "all-of-the-above", func(it *instrument.Item) { it.Options[0].Text.UK = "Усе перелічене" }},
		{CheckTells, "length-tells", func(it *instrument.Item) {
			for i := range it.Options {
				if it.Options[i].Text.UK = "Ні " + it.Options[i].ID; it.Options[i].ID == it.Key.IDs[0] {
					it.Options[i].Text.UK = "Так, бо лише тоді все це справді надійно працює для всіх удома"
				}
			}
		}},
		{CheckWords, "exclamation", func(it *instrument.Item) { it.Explain.UK = "Правильно!" }},
		{CheckDates, "expired", func(it *instrument.Item) { it.ValidUntil = "2026-11-20" }},
		{CheckStructure, "options-few", func(it *instrument.Item) { it.Options = it.Options[:1]; it.Key.IDs = []string{it.Options[0].ID} }},
		{CheckStructure, "level-missing", func(it *instrument.Item) { it.Level = "" }},
	} {
		it := *good
		it.Options, it.Key.IDs = slices.Clone(good.Options), slices.Clone(good.Key.IDs)
		c.spoil(&it)
		if !slices.ContainsFunc(Marks(&it, noon), func(m Mark) bool { return m.Check == c.want && m.Rule == c.rule }) {
			t.Errorf("%s: not found by %s: %v", c.rule, c.want, Marks(&it, noon))
		}
	}
}

func TestGatheredPlacesAreUneven(t *testing.T) {
	t.Parallel()
	if (Place{N: 25, Even: 25}).Uneven(100) || (Place{N: 29, Even: 25}).Uneven(100) {
		t.Error("an even spread is called uneven")
	}
	if !(Place{N: 31, Even: 25}).Uneven(100) || !(Place{N: 19, Even: 25}).Uneven(100) {
		t.Error("a gathering is not seen")
	}
}

// Past its last day an item leaves the pool, and the version of the pool says so.
func TestAnExpiredItemLeavesThePool(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	var it *instrument.Item
	for _, x := range library().Items() {
		if x.Scored() && x.DontKnow && x.ValidUntil != "" {
			it = x
			break
		}
	}
	if it == nil {
		t.Fatal("no item has a last day")
	}
	last, err := time.ParseInLocation(time.DateOnly, it.ValidUntil, i18n.Kyiv)
	if err != nil {
		t.Fatal(err)
	}
	has := func(at time.Time) (bool, string) {
		items, version := r.Pool(at)
		return slices.ContainsFunc(items, func(p PoolItem) bool { return p.Item.ID == it.ID }), version
	}
	on, before := has(last.Add(23 * time.Hour))
	off, after := has(last.Add(24 * time.Hour))
	if !on || off || before == after {
		t.Errorf("%s, valid until %s: in the pool %v on its last day, %v on the next; versions %s and %s", it.ID, it.ValidUntil, on, off, before, after)
	}
}
