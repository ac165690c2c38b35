package mongodb

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
	"osvitlo/internal/store/storetest"
)

var update = flag.Bool("update", false, "write testdata/wire anew")

// wiretap keeps the commands that the driver sends.
type wiretap struct {
	mu  sync.Mutex
	got []bson.Raw
}

func (w *wiretap) monitor() *event.CommandMonitor {
	return &event.CommandMonitor{Started: func(_ context.Context, e *event.CommandStartedEvent) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.got = append(w.got, bytes.Clone(e.Command))
	}}
}

func (w *wiretap) take() []bson.Raw {
	w.mu.Lock()
	defer w.mu.Unlock()
	got := w.got
	w.got = nil
	return got
}

// driverOwn are the fields which the driver adds by the kind of the deployment; the
// scripted server of server_test.go holds those that matter.
var driverOwn = map[string]bool{"lsid": true, "txnNumber": true, "$clusterTime": true, "$readPreference": true, "$db": true}

// settle makes a command the same in every run: no session, cursor or time.
func settle(t *testing.T, command bson.Raw) bson.D {
	t.Helper()
	var d bson.D
	if err := bson.Unmarshal(command, &d); err != nil {
		t.Fatal(err)
	}
	out := bson.D{}
	for i, e := range d {
		switch {
		case driverOwn[e.Key]:
			continue
		case e.Key == "getMore", e.Key == "cursors":
			e.Value = "the cursor"
		case e.Key == "maxTimeMS":
			e.Value = "what is left"
		case e.Key == "documents" && d[0].Value == migrationsName:
			for _, doc := range e.Value.(bson.A) {
				fields := doc.(bson.D)
				for j := range fields {
					if fields[j].Key == "applied" {
						fields[j].Value = "now"
					}
				}
			}
		case e.Key == "dropDatabase", e.Key == "endSessions":
			return nil
		}
		if i == 0 {
			out = append(bson.D{e}, out...)
		} else {
			out = append(out, e)
		}
	}
	return out
}

func golden(t *testing.T, name string, commands []bson.Raw) {
	t.Helper()
	var text bytes.Buffer
	for _, c := range commands {
		d := settle(t, c)
		if d == nil {
			continue
		}
		line, err := bson.MarshalExtJSON(d, true, false)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Indent(&text, line, "", "  "); err != nil {
			t.Fatal(err)
		}
		text.WriteByte('\n')
	}
	path := filepath.Join("testdata", "wire", strings.ReplaceAll(name, " ", "_")+".json")
	if *update {
		if err := os.WriteFile(path, text.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, text.Bytes()) {
		t.Errorf("%s: the commands changed (-update writes them anew)\nwant %s\ngot  %s", name, want, text.Bytes())
	}
}

// step is one act on the port whose commands are pinned.
type step struct {
	name string
	act  func(t *testing.T) error
	kind fault.Kind // of the error wanted; Internal for none
}

// TestWire pins the commands of every operation of the port: filters with the revision,
// upserts, $inc, majority and journal, sort, limit, hint, projection.
func TestWire(t *testing.T) {
	uri, _ := server(t)
	tap := &wiretap{}
	e := fresh(t, uri, tap.monitor())
	ctx := context.Background() // without a deadline, which the driver would pass on
	specs := []store.Spec{storetest.Spec}
	var c store.Raw
	var typed *storetest.Notes
	body := func(s string) []byte { return []byte(s) }
	drain := func(q store.Query) func(*testing.T) error {
		return func(*testing.T) error {
			for _, err := range c.Find(ctx, q) {
				if err != nil {
					return err
				}
			}
			return nil
		}
	}
	keys := func(q store.Query) func(*testing.T) error {
		return func(*testing.T) error {
			for _, err := range c.Keys(ctx, q) {
				if err != nil {
					return err
				}
			}
			return nil
		}
	}
	turn := func(q store.Query) func(*testing.T) error { // the second page
		return func(*testing.T) error {
			q.Limit = 2
			p, err := typed.Page(ctx, q)
			if err != nil {
				return err
			}
			tap.take()
			q.Cursor = p.Next
			_, err = typed.Page(ctx, q)
			return err
		}
	}
	town := "Кропивницький"
	for _, s := range []step{
		{"open", func(*testing.T) error { return nil }, 0},
		{"migrate", func(*testing.T) error { return e.Migrate(ctx, specs) }, 0},
		{"migrate again", func(*testing.T) error { return e.Migrate(ctx, specs) }, 0},
		{"check", func(*testing.T) error { return e.Check(ctx, specs) }, 0},
		{"raw", func(*testing.T) (err error) {
			if c, err = e.Raw(storetest.Spec); err == nil {
				typed, err = store.Open[storetest.Note](e, storetest.Spec)
			}
			return err
		}, 0},
		{"ping", func(*testing.T) error { return e.Ping(ctx) }, 0},
		{"insert", func(*testing.T) error {
			return c.Insert(ctx, "a", body(`{"name":"<Ґанна> & \"Єва\"\n","town":"Кропивницький","n":1,"f":2.0,"b":true,"tags":["x","y"],"place":{"house":3},"empty":{},"list":[]}`))
		}, 0},
		{"insert taken", func(*testing.T) error { return c.Insert(ctx, "a", body(`{}`)) }, fault.Conflict},
		{"insert many", func(*testing.T) error {
			return c.InsertMany(ctx, []store.RawDoc{
				{ID: "b", Body: body(`{"n":2,"tags":["x"]}`)}, {ID: "c", Body: body(`{"n":2}`)},
				{ID: "d", Body: body(`{"town":"Кропивницький","tags":["x"]}`)}, {ID: "e", Body: body(`{"town":"Знам’янка","n":5}`)},
			})
		}, 0},
		{"get", func(*testing.T) error { _, err := c.Get(ctx, "a"); return err }, 0},
		{"get missing", func(*testing.T) error { _, err := c.Get(ctx, "z"); return err }, fault.NotFound},
		{"get many", func(*testing.T) error { _, err := c.GetMany(ctx, []string{"b", "z", "a"}); return err }, 0},
		{"replace", func(*testing.T) error { return c.Replace(ctx, "c", body(`{"n":3}`), 1) }, 0},
		{"replace stale", func(*testing.T) error { return c.Replace(ctx, "c", body(`{"n":4}`), 1) }, fault.Conflict},
		{"replace missing", func(*testing.T) error { return c.Replace(ctx, "z", body(`{}`), 1) }, fault.NotFound},
		{"upsert new", func(*testing.T) error { _, err := c.Upsert(ctx, "u", body(`{"n":7}`)); return err }, 0},
		{"upsert old", func(*testing.T) error { _, err := c.Upsert(ctx, "u", body(`{"n":8}`)); return err }, 0},
		{"add new", func(*testing.T) error {
			_, err := c.Add(ctx, "count", map[string]int64{"n": 2, "place.house": -5, "cell.0": 1})
			return err
		}, 0},
		{"add", func(*testing.T) error { _, err := c.Add(ctx, "count", map[string]int64{"n": 1}); return err }, 0},
		{"add refused", func(*testing.T) error { _, err := c.Add(ctx, "a", map[string]int64{"name": 1}); return err }, fault.Invalid},
		{"add to a double", func(*testing.T) error { _, err := c.Add(ctx, "a", map[string]int64{"f": 1}); return err }, fault.Invalid},
		{"find eq", drain(store.Query{Index: "by_town_n", Eq: []any{town}}), 0},
		{"find all eq", drain(store.Query{Index: "by_town_n", Eq: []any{town, 1}}), 0},
		{"find range", drain(store.Query{Index: "by_n", From: 1, To: 5}), 0},
		{"find after desc", drain(store.Query{Index: "by_n", After: 1, Desc: true}), 0},
		{"find prefix", drain(store.Query{Index: "by_town_n", Prefix: "Кроп"}), 0},
		{"find in", drain(store.Query{Index: "by_town_n", In: []any{"Знам’янка", town, town}}), 0},
		{"find eq in", drain(store.Query{Index: "by_town_n", Eq: []any{town}, In: []any{3, 1}, Limit: 5}), 0},
		{"find limit", drain(store.Query{Index: "by_at", Limit: 3}), 0},
		{"find time", drain(store.Query{Index: "by_at", From: store.Time{}, To: "2027"}), 0},
		{"find by id", drain(store.Query{Index: store.BuiltinID, Prefix: "a", Limit: 10}), 0},
		{"find member", drain(store.Query{Index: "by_tag", Eq: []any{"x"}}), 0},
		{"find member range", drain(store.Query{Index: "by_num_town", Eq: []any{5}, From: "a"}), 0},
		{"keys", keys(store.Query{Index: "by_n", After: 0}), 0},
		{"keys nested", keys(store.Query{Index: "by_street", Eq: []any{"Світла"}}), 0},
		{"keys member", keys(store.Query{Index: "by_num_town", Eq: []any{5}, Desc: true, Limit: 9}), 0},
		{"keys by id", keys(store.Query{Index: store.BuiltinID}), 0},
		{"page behind a missing field", turn(store.Query{Index: "by_town_n"}), 0},
		{"page behind desc", turn(store.Query{Index: "by_town_n", Desc: true}), 0},
		{"page within eq", turn(store.Query{Index: "by_tag", Eq: []any{"x"}}), 0},
		{"delete at revision", func(*testing.T) error { return c.Delete(ctx, "c", 2) }, 0},
		{"delete stale", func(*testing.T) error { return c.Delete(ctx, "a", 9) }, fault.Conflict},
		{"delete any", func(*testing.T) error { return c.Delete(ctx, "b", 0) }, 0},
		{"delete missing", func(*testing.T) error { return c.Delete(ctx, "b", 0) }, fault.NotFound},
		{"stream left early", func(t *testing.T) error {
			var docs []store.RawDoc
			for i := range docBatch + 50 {
				docs = append(docs, store.RawDoc{ID: fmt.Sprintf("s%04d", i), Body: body(`{"key":"k"}`)})
			}
			if err := c.InsertMany(ctx, docs); err != nil {
				return err
			}
			tap.take()
			for _, err := range c.Find(ctx, store.Query{Index: "by_key", Eq: []any{"k"}}) {
				return err
			}
			return nil
		}, 0},
		{"stream to the end", drain(store.Query{Index: "by_key", Eq: []any{"k"}}), 0},
	} {
		err := s.act(t)
		if s.kind == fault.Internal && err != nil || s.kind != fault.Internal && !fault.Is(err, s.kind) {
			t.Fatalf("%s: error %v, want kind %v", s.name, err, s.kind)
		}
		golden(t, s.name, tap.take())
	}
	if left, err := filepath.Glob("testdata/wire/*.json"); err != nil || len(left) != 46 {
		t.Errorf("%d golden files, %v: one step, one file", len(left), err)
	}
}

// TestDeadlineReachesTheServer holds that a server does not work for a caller who left.
func TestDeadlineReachesTheServer(t *testing.T) {
	uri, _ := server(t)
	tap := &wiretap{}
	e := fresh(t, uri, tap.monitor())
	ctx, stop := context.WithTimeout(t.Context(), 30e9)
	defer stop()
	if err := e.Migrate(ctx, []store.Spec{storetest.Spec}); err != nil {
		t.Fatal(err)
	}
	c, err := e.Raw(storetest.Spec)
	if err != nil {
		t.Fatal(err)
	}
	tap.take()
	if _, err := c.Get(ctx, "a"); !fault.Is(err, fault.NotFound) {
		t.Fatal(err)
	}
	if err := c.Insert(ctx, "a", []byte(`{}`)); err != nil {
		t.Fatal(err)
	}
	for _, command := range tap.take() {
		if ms, ok := command.Lookup("maxTimeMS").AsInt64OK(); !ok || ms < 1 || ms > 30_000 {
			t.Errorf("maxTimeMS is %d in %v", ms, command)
		}
	}
}
