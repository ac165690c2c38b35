package instrument_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"osvitlo/internal/instrument"
)

// forbidden are the fields of a key, an explanation or anything behind them.
var forbidden = []string{"key", "explain", "reason", "accept", "can", "level", "difficulty", "tags", "value", "source", "reviews", "status"}

func walk(t *testing.T, v any, at string) {
	t.Helper()
	switch x := v.(type) {
	case map[string]any:
		for k, e := range x {
			if slices.Contains(forbidden, k) {
				t.Errorf("%s/%s leaks", at, k)
			}
			walk(t, e, at+"/"+k)
		}
	case []any:
		for _, e := range x {
			walk(t, e, at)
		}
	case string:
		if strings.Contains(x, "secret") {
			t.Errorf("%s leaks %q", at, x)
		}
	}
}

func TestPublicHasNoKeys(t *testing.T) {
	t.Parallel()
	in := sample(t, rules()...)
	raw, err := json.Marshal(in.Public())
	if err != nil {
		t.Fatal(err)
	}
	var v map[string]any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	walk(t, v, "")
	for _, k := range []string{"slug", "version", "hash", "title", "items"} {
		if _, ok := v[k]; !ok {
			t.Errorf("no %s", k)
		}
	}
	if len(v) != 5 {
		t.Errorf("%d fields at the top, the contract has 5", len(v))
	}
	if n := len(v["items"].([]any)); n != len(in.Items()) {
		t.Errorf("%d items of %d", n, len(in.Items()))
	}
}

// The order of what the public sees must say nothing about the key: over many
// items with the key in file order, no place holds the right one too often.
func TestPublicOrderDoesNotBetrayTheKey(t *testing.T) {
	t.Parallel()
	places := map[string]int{}
	const n = 2000
	for i := range n {
		it := *bank()["ordering"]
		it.ID = "o" + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + strings.Repeat("y", i/26)
		p := it.Public()
		order := ""
		for _, o := range p.Options {
			order += o.ID
		}
		places[order]++
	}
	for order, count := range places {
		if count > n/24*2 {
			t.Errorf("order %s comes %d times of %d, chance gives %d", order, count, n, n/24)
		}
	}
	if len(places) != 24 {
		t.Errorf("%d of 24 orders", len(places))
	}
}

func TestShuffleIsDeterministicAndWhole(t *testing.T) {
	t.Parallel()
	items := bank()
	rapid.Check(t, func(t *rapid.T) {
		it := items[rapid.SampledFrom([]string{"single", "multiple", "ordering", "spot", "scale"}).Draw(t, "item")]
		seed := rapid.String().Draw(t, "seed")
		a, b := instrument.ShuffledOptions(it, seed), instrument.ShuffledOptions(it, seed)
		var left, right []string
		for i := range a {
			left, right = append(left, a[i].ID), append(right, b[i].ID)
		}
		if !slices.Equal(left, right) {
			t.Fatalf("%v and %v of one seed", left, right)
		}
		if len(it.Exclusive) > 0 && left[len(left)-1] != it.Exclusive[0] {
			t.Fatalf("exclusive is not last: %v", left)
		}
		if (it.Type == instrument.Spot || it.Type == instrument.Scale) && left[0] != it.Options[0].ID {
			t.Fatalf("%s moved: %v", it.Type, left)
		}
		slices.Sort(left)
		var all []string
		for _, o := range it.Options {
			all = append(all, o.ID)
		}
		slices.Sort(all)
		if !slices.Equal(left, all) {
			t.Fatalf("%v of %v", left, all)
		}
	})
}

func TestHashAndDocument(t *testing.T) {
	t.Parallel()
	in := sample(t, rules()...)
	if len(in.Hash) != 64 || in.Hash != sample(t, rules()...).Hash {
		t.Fatalf("hash %q is not stable", in.Hash)
	}
	if in.Hash == sample(t).Hash {
		t.Fatal("rules do not change the hash")
	}
	raw, err := in.Document()
	if err != nil {
		t.Fatal(err)
	}
	again, err := instrument.FromDocument(raw, question)
	if err != nil || again.Hash != in.Hash {
		t.Fatalf("from its document: %v, %v", again, err)
	}
	if _, err := instrument.FromDocument([]byte(`{"sections":[{"id":"s","blocks":[{"item":"ghost"}]}]}`), question); err == nil {
		t.Fatal("a document without its items was accepted")
	}
	changed := bank()
	changed["single"].Key = instrument.Key{IDs: []string{"a"}}
	other := &instrument.Instrument{Slug: in.Slug, Version: 1, Role: in.Role, Title: in.Title, Summary: in.Summary, Minutes: in.Minutes,
		StopAfter: in.StopAfter, Sections: in.Sections, Rules: in.Rules}
	if f := other.Link(lookup(changed), question); len(f) > 0 {
		t.Fatal(f)
	}
	if other.Hash == in.Hash {
		t.Fatal("a changed key does not change the hash")
	}
	reviewed := bank()
	reviewed["single"].Reviews = []instrument.Review{{By: "Олена Приклад", On: "2026-11-20"}}
	if f := other.Link(lookup(reviewed), question); len(f) > 0 || other.Hash != in.Hash {
		t.Fatal("a review changes the hash")
	}
}
