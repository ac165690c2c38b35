package content_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	files "osvitlo/content"
	"osvitlo/internal/content"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

// The bank that the adaptive test needs (CONTENT §4): its size, spread and types.
func TestTheBankIsLargeAndSpread(t *testing.T) {
	t.Parallel()
	lib, problems := content.Load(files.FS)
	if content.Failed(problems) {
		t.Fatal("the content is broken")
	}
	f, err := lib.Framework(content.OurFramework)
	if err != nil {
		t.Fatal(err)
	}
	n, early, plain := 0, 0, 0
	per, top := map[string]int{}, map[string]int{}
	for _, it := range lib.Items() {
		if !it.Scored() {
			continue
		}
		n++
		per[it.Competence]++
		if it.Level == "A1" || it.Level == "A2" || it.Level == "B1" {
			early++
		}
		if it.Level == "C2" {
			top[it.Competence[:3]]++
		}
		if it.Type == instrument.Single {
			plain++
		}
	}
	if n < 240 {
		t.Errorf("%d knowledge items, wanted 240", n)
	}
	for _, k := range f.Competences() {
		if per[k.ID] < 8 {
			t.Errorf("%s has %d items, wanted 8", k.ID, per[k.ID])
		}
	}
	for _, a := range f.Areas {
		if top[a.ID] < 2 {
			t.Errorf("%s has %d items at C2, wanted 2", a.ID, top[a.ID])
		}
	}
	if 10*early < 6*n {
		t.Errorf("%d of %d items at A1 to B1, wanted six in ten", early, n)
	}
	fraud, honest, offline := map[string]int{}, 0, 0
	scheme := 0
	places := map[int]int{}
	for _, it := range lib.Items() {
		if !it.Scored() {
			continue
		}
		seen := false
		for _, tag := range it.Tags {
			if strings.HasPrefix(tag, "fraud-") {
				fraud[tag]++
				seen = true
			}
		}
		if seen {
			scheme++
		}
		if slices.Contains(it.Tags, "look-alike") {
			honest++
		}
		if slices.Contains(it.Tags, "offline") || slices.Contains(it.Tags, "button-phone") {
			offline++
		}
		if it.Type == instrument.Single {
			places[slices.IndexFunc(it.Options, func(o instrument.Option) bool { return o.ID == it.Key.IDs[0] })]++
		}
	}
	if scheme < 40 || len(fraud) != 12 || honest < 10 || offline < 10 {
		t.Errorf("%d items on %d schemes, %d honest look-alikes, %d of button phones and offline life", scheme, len(fraud), honest, offline)
	}
	// on paper options do not move: the right one stands at each place about as often
	for place := range 4 {
		if got := places[place]; 10*got < 2*plain || 10*got > 3*plain {
			t.Errorf("%d of %d single items have the right option at place %d", got, plain, place+1)
		}
	}
	if 3*(n-plain) < n {
		t.Errorf("%d of %d items are not plain single choice, wanted a third", n-plain, n)
	}
}

func TestEnemiesAreMutual(t *testing.T) {
	t.Parallel()
	lib, _ := content.Load(files.FS)
	pairs := 0
	for _, it := range lib.Items() {
		for _, other := range lib.Enemies(it.ID) {
			pairs++
			if other == it.ID || !slices.Contains(lib.Enemies(other), it.ID) {
				t.Errorf("%s names %s, which does not answer", it.ID, other)
			}
		}
	}
	if pairs < 40 {
		t.Errorf("only %d enemies are known", pairs)
	}
	if got := lib.Enemies("no-such-item"); len(got) != 0 {
		t.Errorf("an item that is not there has enemies %v", got)
	}
}

// An item leaves the pool with the end of its last day in Kyiv.
func TestAnItemIsValidThroughItsLastDay(t *testing.T) {
	t.Parallel()
	it := &instrument.Item{ValidUntil: "2026-11-21"}
	end := time.Date(2026, 11, 22, 0, 0, 0, 0, i18n.Kyiv)
	for _, c := range []struct {
		item *instrument.Item
		at   time.Time
		want bool
	}{{it, end.Add(-time.Second), true}, {it, end, false}, {&instrument.Item{}, end, true},
		{&instrument.Item{ValidUntil: "someday"}, end, false}} {
		if got := c.item.ValidAt(c.at); got != c.want {
			t.Errorf("%q at %v: %v", c.item.ValidUntil, c.at, got)
		}
	}
}
