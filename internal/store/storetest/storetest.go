// Package storetest holds the one conformance suite that every engine of the store must
// pass. It knows the port only; what belongs to one engine (crashes, full disks, query
// plans) is tested beside that engine.
//
// The suite compares streams and pages with a plain model in memory, over every index
// and every form of query. It does not measure speed.
package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// Options tell what the engine under test can be asked for.
type Options struct {
	// Concurrency runs cases in parallel and includes those with many writers. Leave it
	// out for a wire peer that serves one connection.
	Concurrency bool
	// Stream is the number of documents of the streaming case; 0 means 5,000.
	Stream int
	// Settle bounds one case; 0 means a minute.
	Settle time.Duration
}

// Note is the document of the suite.
type Note struct {
	store.Doc
	Name  string     `json:"name,omitempty"`
	Key   string     `json:"key,omitempty"` // collation key of Name
	Town  *string    `json:"town,omitempty"`
	N     *int64     `json:"n,omitempty"`
	F     *float64   `json:"f,omitempty"`
	B     *bool      `json:"b,omitempty"`
	Tags  []string   `json:"tags,omitempty"`
	Nums  []int64    `json:"nums,omitempty"`
	Place Place      `json:"place"`
	At    store.Time `json:"at"`
	Text  string     `json:"text,omitempty"`
}

// Place nests a field that is indexed by its path.
type Place struct {
	Street string `json:"street,omitempty"`
	House  int64  `json:"house,omitempty"`
}

// Spec declares every form of index the port knows.
var Spec = store.Spec{Name: "notes", Indexes: []store.Index{
	{Name: "by_key", Fields: []string{"key"}},
	{Name: "by_town_n", Fields: []string{"town", "n"}},
	{Name: "by_n", Fields: []string{"n"}},
	{Name: "by_f", Fields: []string{"f"}},
	{Name: "by_b_town_n", Fields: []string{"b", "town", "n"}},
	{Name: "by_street", Fields: []string{"place.street", "place.house"}},
	{Name: "by_at", Fields: []string{"at"}},
	{Name: "by_tag", Fields: []string{"tags"}, Array: true},
	{Name: "by_num_town", Fields: []string{"nums", "town"}, Array: true},
}}

// Notes is the typed collection of the suite.
type Notes = store.Collection[Note, *Note]

// suite is what the cases share.
type suite struct {
	open func(t testing.TB) store.Engine
	opt  Options
}

// Run runs the suite. open returns a fresh and empty engine; it closes it in t.Cleanup.
func Run(t *testing.T, open func(t testing.TB) store.Engine, opt Options) {
	if opt.Stream == 0 {
		opt.Stream = 5000
	}
	if opt.Settle == 0 {
		opt.Settle = time.Minute
	}
	s := &suite{open: open, opt: opt}
	cases := []struct {
		name string
		run  func(s *suite, t *testing.T)
	}{
		{"identity", (*suite).identity},
		{"claims", (*suite).claims},
		{"revisions", (*suite).revisions},
		{"upsert", (*suite).upsert},
		{"delete", (*suite).delete},
		{"add", (*suite).add},
		{"add refuses", (*suite).addRefuses},
		{"insert many", (*suite).insertMany},
		{"get many", (*suite).getMany},
		{"nulls and bounds", (*suite).bounds},
		{"raw rules", (*suite).rawRules},
		{"times", (*suite).times},
		{"every index", (*suite).everyIndex},
		{"after a change", (*suite).afterChange},
		{"refused queries", (*suite).refusedQueries},
		{"pages", (*suite).pages},
		{"cursors", (*suite).cursors},
		{"ukrainian order", (*suite).ukrainian},
		{"membership", (*suite).membership},
		{"streaming", (*suite).streaming},
		{"nested streams", (*suite).nested},
		{"cancel", (*suite).cancel},
		{"migrate twice", (*suite).migrateTwice},
		{"newer schema", (*suite).newerSchema},
		{"close", (*suite).closing},
	}
	if opt.Concurrency {
		cases = append(cases, []struct {
			name string
			run  func(s *suite, t *testing.T)
		}{
			{"add under 64 writers", (*suite).manyAdds},
			{"revisions under 64 writers", (*suite).manyReplaces},
			{"one claim wins", (*suite).oneClaim},
		}...)
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if opt.Concurrency {
				t.Parallel()
			}
			c.run(s, t)
		})
	}
}

// notes opens a fresh collection.
func (s *suite) notes(t testing.TB) (context.Context, *Notes) {
	t.Helper()
	ctx, e := s.engine(t)
	return ctx, must(store.Open[Note](e, Spec))(t)
}

func (s *suite) engine(t testing.TB) (context.Context, store.Engine) {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), s.opt.Settle)
	t.Cleanup(stop)
	e := s.open(t)
	ok(t, e.Migrate(ctx, []store.Spec{Spec}))
	return ctx, e
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// must returns a value or ends the test.
func must[V any](v V, err error) func(t testing.TB) V {
	return func(t testing.TB) V {
		t.Helper()
		ok(t, err)
		return v
	}
}

func kind(t testing.TB, err error, want fault.Kind) {
	t.Helper()
	if !fault.Is(err, want) {
		t.Fatalf("error %v, want kind %v", err, want)
	}
}

func note(id string) *Note { return &Note{Doc: store.Doc{ID: id}} }

func ptr[V any](v V) *V { return &v }

func id(i int) string { return fmt.Sprintf("n%05d", i) }
