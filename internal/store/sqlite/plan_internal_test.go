package sqlite

import (
	"context"
	"database/sql/driver"
	"path/filepath"
	"strings"
	"testing"

	"osvitlo/internal/store"
	"osvitlo/internal/store/storetest"
)

// explain returns the query plan of the first stretch of a query, one step a line.
func explain(t *testing.T, e *Engine, c *collection, q store.Query, docs bool) string {
	t.Helper()
	plan, err := c.shape.Plan(q)
	if err != nil {
		t.Fatal(err)
	}
	var steps []string
	for i := range plan.Segments {
		sql, args := c.query(plan, &plan.Segments[i], docs, 10)
		if err := e.read(context.Background(), func(c *conn) error {
			return c.query("EXPLAIN QUERY PLAN "+sql, args, func(r []driver.Value) bool {
				steps = append(steps, r[3].(string))
				return true
			})
		}); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	return strings.Join(steps, "\n")
}

func TestEveryQueryRunsOnItsIndexAndKeysReadNothingElse(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	e, err := Open(ctx, Config{Path: filepath.Join(t.TempDir(), "t.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if err := e.Migrate(ctx, []store.Spec{storetest.Spec}); err != nil {
		t.Fatal(err)
	}
	raw, err := e.Raw(storetest.Spec)
	if err != nil {
		t.Fatal(err)
	}
	c := raw.(*collection)
	if err := c.Insert(ctx, "x", []byte(`{"town":"a","n":1,"b":true,"tags":["q"],"nums":[1]}`)); err != nil {
		t.Fatal(err)
	}
	cursor := func(q store.Query) store.Query {
		col, err := store.Open[storetest.Note](e, storetest.Spec)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Insert(ctx, "y", []byte(`{"town":"a","n":1,"b":true}`)); err != nil {
			t.Fatal(err)
		}
		q.Limit = 1
		p, err := col.Page(ctx, q)
		if err != nil || p.Next == "" {
			t.Fatal(err, p)
		}
		q.Cursor = p.Next
		return q
	}
	for _, q := range []store.Query{
		{Index: "by_n"},
		{Index: "by_n", Desc: true},
		{Index: "by_n", From: 1, To: 3},
		{Index: "by_town_n", Eq: []any{"a"}, After: 3, Desc: true},
		{Index: "by_town_n", Prefix: "Кр"},
		{Index: "by_b_town_n", Eq: []any{true}, In: []any{"a", "b"}},
		{Index: "by_street", Eq: []any{"a", 1}},
		{Index: "by_tag", Eq: []any{"a"}},
		{Index: "by_num_town", Eq: []any{1}, Prefix: "a", Desc: true},
		{Index: store.BuiltinID},
		{Index: store.BuiltinID, Prefix: "seat:", Desc: true},
		cursor(store.Query{Index: "by_b_town_n", Desc: true}),
	} {
		keys := explain(t, e, c, q, false)
		for line := range strings.Lines(keys) {
			if !strings.Contains(line, "USING COVERING INDEX") && !strings.Contains(line, "USING PRIMARY KEY") {
				t.Errorf("Keys %+v reads more than the index:\n%s", q, keys)
			}
		}
		docs := explain(t, e, c, q, true)
		if !strings.Contains(docs, "INDEX") {
			t.Errorf("Find %+v uses no index:\n%s", q, docs)
		}
		for _, plan := range []string{keys, docs} {
			if strings.Contains(plan, "TEMP B-TREE") {
				t.Errorf("%+v sorts:\n%s", q, plan)
			}
		}
		if q.Eq != nil || q.From != nil || q.Prefix != "" {
			if strings.Contains(docs, "SCAN notes") {
				t.Errorf("Find %+v scans:\n%s", q, docs)
			}
		}
	}
}
