package storetest

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

func (s *suite) migrateTwice(t *testing.T) {
	ctx, e := s.engine(t)
	c := must(store.Open[Note](e, Spec))(t)
	notes, _ := s.fill(t, c, 15, 40)
	ok(t, e.Migrate(ctx, []store.Spec{Spec}))
	ok(t, e.Check(ctx, []store.Spec{Spec}))
	ok(t, e.Ping(ctx))
	// A new index over stored documents.
	more := store.Spec{Name: Spec.Name, Indexes: append(slices.Clone(Spec.Indexes), store.Index{Name: "by_name", Fields: []string{"name", "b"}})}
	kind(t, e.Check(ctx, []store.Spec{more}), fault.Unavailable)
	_, err := e.Raw(more)
	kind(t, err, fault.Unavailable)
	ok(t, e.Migrate(ctx, []store.Spec{more}))
	ok(t, e.Check(ctx, []store.Spec{more}))
	wide := must(store.Open[Note](e, more))(t)
	late := note("late") // written by a replica that does not know the index
	late.Name, late.B = "Ящик", ptr(true)
	ok(t, c.Insert(ctx, late))
	notes[0].Name = "Ґудзик"
	ok(t, c.Replace(ctx, notes[0]))
	notes = append(notes, late)
	for _, n := range notes {
		if n.Name == "" {
			continue
		}
		found := all(t, wide.Find(ctx, store.Query{Index: "by_name", Eq: []any{n.Name}}))
		if !slices.Contains(ids(found), n.ID) {
			t.Fatalf("%s is missing in the new index", n.ID)
		}
	}
	found := all(t, wide.Keys(ctx, store.Query{Index: "by_name", Eq: []any{"Ящик", true}}))
	if len(found) != 1 || !reflect.DeepEqual(found[0].Values, []any{"Ящик", true}) {
		t.Fatalf("got %v", found)
	}
	ok(t, e.Migrate(ctx, []store.Spec{Spec})) // the older program starts again beside it
	changed := store.Spec{Name: Spec.Name, Indexes: []store.Index{{Name: "by_n", Fields: []string{"f"}}}}
	kind(t, e.Migrate(ctx, []store.Spec{changed}), fault.Conflict)
}

func (s *suite) newerSchema(t *testing.T) {
	ctx, e := s.engine(t)
	ok(t, e.Migrate(ctx, []store.Spec{{Name: "from_the_future"}}))
	err := e.Check(ctx, []store.Spec{Spec})
	kind(t, err, fault.Conflict)
	for _, word := range []string{"from_the_future", "newer program"} {
		if !strings.Contains(err.Error(), word) {
			t.Fatalf("the message %q does not say %q", err, word)
		}
	}
}

func (s *suite) closing(t *testing.T) {
	ctx, e := s.engine(t)
	c := must(store.Open[Note](e, Spec))(t)
	ok(t, c.Insert(ctx, note("a")))
	ok(t, e.Close())
	kind(t, c.Insert(ctx, note("b")), fault.Unavailable)
	_, err := c.Get(ctx, "a")
	kind(t, err, fault.Unavailable)
	kind(t, e.Ping(ctx), fault.Unavailable)
	for _, err := range c.Find(ctx, store.Query{Index: "by_n"}) {
		kind(t, err, fault.Unavailable)
	}
	if err := e.Close(); err != nil {
		t.Fatal(fmt.Errorf("closing twice: %w", err))
	}
}
