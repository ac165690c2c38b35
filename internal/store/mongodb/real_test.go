package mongodb

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
	"osvitlo/internal/store/storetest"
)

// What stands in this file runs on a real MongoDB only: the wire peer has no plans, no
// replicas and loses concurrent updates.

// plans collects the stages and index names of a winning plan, however it is nested.
func plans(v bson.RawValue, stages, indexes map[string]bool) {
	if list, ok := v.ArrayOK(); ok {
		values, err := list.Values()
		if err != nil {
			return
		}
		for _, e := range values {
			plans(e, stages, indexes)
		}
		return
	}
	doc, ok := v.DocumentOK()
	if !ok {
		return
	}
	elements, err := doc.Elements()
	if err != nil {
		return
	}
	for _, e := range elements {
		text, _ := e.Value().StringValueOK()
		switch e.Key() {
		case "stage":
			stages[text] = true
		case "indexName":
			indexes[text] = true
		case "rejectedPlans", "slotBasedPlan":
		default:
			plans(e.Value(), stages, indexes)
		}
	}
}

// TestRealPlans holds that every form of query runs on its index alone: no scan of the
// collection, no sorting, few keys besides those returned, and no documents for Keys.
func TestRealPlans(t *testing.T) {
	uri := realServer(t)
	tap := &wiretap{}
	e := fresh(t, uri, tap.monitor())
	ctx := context.Background()
	if err := e.Migrate(ctx, []store.Spec{storetest.Spec}); err != nil {
		t.Fatal(err)
	}
	c, err := store.Open[storetest.Note](e, storetest.Spec)
	if err != nil {
		t.Fatal(err)
	}
	var notes []*storetest.Note
	for i := range 2000 {
		n := &storetest.Note{Doc: store.Doc{ID: fmt.Sprintf("n%05d", i)}, Tags: []string{"x", fmt.Sprint(i % 7)}, Nums: []int64{int64(i % 5), 9}}
		n.At = store.At(time.Unix(int64(i), 0))
		if i%4 > 0 {
			town, v, yes := fmt.Sprintf("town %d", i%10), int64(i%50), i%3 == 0
			n.Town, n.N, n.B = &town, &v, &yes
			n.Place = storetest.Place{Street: town, House: v}
		}
		notes = append(notes, n)
	}
	if err := c.InsertMany(ctx, notes); err != nil {
		t.Fatal(err)
	}
	for _, q := range []store.Query{
		{Index: "by_town_n"},
		{Index: "by_town_n", Desc: true},
		{Index: "by_town_n", Eq: []any{"town 3"}},
		{Index: "by_town_n", Eq: []any{"town 3"}, From: 5, To: 20},
		{Index: "by_town_n", Eq: []any{"town 3"}, In: []any{3, 13, 23}, Desc: true},
		{Index: "by_town_n", In: []any{"town 1", "town 2"}},
		{Index: "by_town_n", Prefix: "town"},
		{Index: "by_b_town_n", Eq: []any{true, "town 3"}, After: 7},
		{Index: "by_street", Eq: []any{"town 5"}},
		{Index: "by_at", From: store.At(time.Unix(100, 0)), Limit: 10},
		{Index: "by_tag", Eq: []any{"x"}},
		{Index: "by_num_town", Eq: []any{9}, Desc: true},
		{Index: "by_num_town", Eq: []any{9}, Prefix: "town"},
		{Index: store.BuiltinID, Prefix: "n00"},
	} {
		for _, docs := range []bool{true, false} {
			q.Limit = 40
			tap.take()
			rows := 0
			if docs {
				first, err := c.Page(ctx, q)
				if err != nil {
					t.Fatal(err)
				}
				next := q
				next.Cursor = first.Next
				page, err := c.Page(ctx, next)
				if err != nil {
					t.Fatal(err)
				}
				rows = len(first.Items) + len(page.Items)
			} else {
				for _, err := range c.Keys(ctx, q) {
					if err != nil {
						t.Fatal(err)
					}
					rows++
				}
			}
			if rows == 0 {
				t.Fatalf("%+v finds nothing: the test proves nothing", q)
			}
			for _, command := range tap.take() {
				if name(command) == "find" {
					explain(t, e, q, command, docs)
				}
			}
		}
	}
}

func explain(t *testing.T, e *Engine, q store.Query, command bson.Raw, docs bool) {
	t.Helper()
	var find bson.D
	if err := bson.Unmarshal(command, &find); err != nil {
		t.Fatal(err)
	}
	find = slices.DeleteFunc(find, func(f bson.E) bool { return driverOwn[f.Key] || f.Key == "readConcern" || f.Key == "maxTimeMS" })
	got, err := e.db.RunCommand(context.Background(), bson.D{{Key: "explain", Value: find}, {Key: "verbosity", Value: "executionStats"}}).Raw()
	if err != nil {
		t.Fatal(err)
	}
	stages, indexes := map[string]bool{}, map[string]bool{}
	plans(got.Lookup("queryPlanner", "winningPlan"), stages, indexes)
	want := hint(q.Index)
	if stages["SORT"] || stages["COLLSCAN"] || len(indexes) != 1 || !indexes[want] {
		t.Errorf("%v\nruns as %v on %v, want one scan of %s", command, stages, indexes, want)
	}
	number := func(path string) int64 {
		n, ok := got.Lookup("executionStats", path).AsInt64OK()
		if !ok {
			t.Fatalf("no %s in %v", path, got)
		}
		return n
	}
	if keys, rows := number("totalKeysExamined"), number("nReturned"); keys > rows+20 {
		t.Errorf("%v\nlooks at %d keys for %d rows", command, keys, rows)
	}
	// Whether a condition on a missing field is answered from the index depends on the
	// server's version; everything else must be.
	if !docs && !strings.Contains(command.Lookup("filter").String(), "null") && number("totalDocsExamined") > 0 {
		t.Errorf("%v\nreads %d documents for keys", command, number("totalDocsExamined"))
	}
}

// childVariable names the database that a child process of TestRealKill writes to.
const childVariable = "OSVITLO_TEST_CHILD"

// TestRealChild is the child: it writes until it is killed and tells of every
// acknowledged write.
func TestRealChild(t *testing.T) {
	name := os.Getenv(childVariable)
	if name == "" {
		t.Skip("runs as a child of TestRealKill")
	}
	e := openDatabase(t, Config{URI: realServer(t), Database: name})
	c, err := e.Raw(storetest.Spec)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	for i := 0; ; i++ {
		id := fmt.Sprintf("%d-%d", os.Getpid(), i)
		if err := c.Insert(ctx, id, whole(id)); err != nil {
			t.Fatal(err)
		}
		got, err := c.Add(ctx, "count", map[string]int64{"n": 1})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Printf("ack %s %d\n", id, got["n"])
	}
}

// whole is a document that tells whether it is complete.
func whole(id string) []byte {
	text := strings.Repeat(id+" ", 150)
	return fmt.Appendf(nil, `{"name":%q,"n":%d,"text":%q}`, id, crc32.ChecksumIEEE([]byte(text)), text)
}

// TestRealKill kills the writing program twenty times in the middle of its writes: every
// acknowledged write is there, no half document, no lost addition.
func TestRealKill(t *testing.T) {
	uri := realServer(t)
	e := fresh(t, uri, nil)
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Minute)
	defer stop()
	if err := e.Migrate(ctx, []store.Spec{storetest.Spec}); err != nil {
		t.Fatal(err)
	}
	c, err := e.Raw(storetest.Spec)
	if err != nil {
		t.Fatal(err)
	}
	total, count := 0, int64(0)
	for round := range 20 {
		acked, last := writeAndDie(t, ctx, e.db.Name())
		if len(acked) == 0 {
			t.Fatalf("round %d: nothing was acknowledged", round)
		}
		total += len(acked)
		docs, err := c.GetMany(ctx, acked)
		if err != nil {
			t.Fatal(err)
		}
		if len(docs) != len(acked) {
			t.Fatalf("round %d: %d documents of %d acknowledged", round, len(docs), len(acked))
		}
		got, err := c.Add(ctx, "count", map[string]int64{"n": 0})
		if err != nil {
			t.Fatal(err)
		}
		if count = got["n"]; count < last {
			t.Fatalf("round %d: the count is %d, %d was acknowledged", round, count, last)
		}
	}
	seen := 0
	for d, err := range c.Find(ctx, store.Query{Index: store.BuiltinID}) {
		if err != nil {
			t.Fatal(err)
		}
		if d.ID == "count" {
			continue
		}
		seen++
		if !bytes.Equal(d.Body, whole(d.ID)) {
			t.Fatalf("half a document: %s %s", d.ID, d.Body)
		}
	}
	if seen < total || count < int64(total) || count > int64(seen) {
		t.Fatalf("%d acknowledged, %d there, count %d", total, seen, count)
	}
	t.Logf("20 kills, %d acknowledged writes, %d there, count %d", total, seen, count)
}

// writeAndDie runs a child and kills it a moment after its first acknowledged write.
func writeAndDie(t *testing.T, ctx context.Context, database string) (acked []string, last int64) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.CommandContext(ctx, self, "-test.run=^TestRealChild$", "-test.timeout=2m")
	child.Env = append(os.Environ(), childVariable+"="+database)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		var id string
		var n int64
		if k, _ := fmt.Sscanf(lines.Text(), "ack %s %d", &id, &n); k != 2 || lines.Text() != fmt.Sprintf("ack %s %d", id, n) {
			continue // the line that the kill cut short was not acknowledged
		}
		if acked == nil {
			time.AfterFunc(time.Duration(50+rand.IntN(250))*time.Millisecond, func() {
				if err := child.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
					t.Error(err)
				}
			})
		}
		acked, last = append(acked, id), n
	}
	var exit *exec.ExitError
	if err := child.Wait(); !errors.As(err, &exit) || exit.Exited() {
		t.Fatalf("the child was not killed: %v", err)
	}
	return acked, last
}

// TestRealStepDown makes the primary step down three times under sixteen writers: what
// was acknowledged is there, what was not is Unavailable, and writing goes on.
func TestRealStepDown(t *testing.T) {
	uri := realServer(t)
	e := fresh(t, uri, nil)
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Minute)
	defer stop()
	if err := e.Migrate(ctx, []store.Spec{storetest.Spec}); err != nil {
		t.Fatal(err)
	}
	c, err := e.Raw(storetest.Spec)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var acked []string
	done := make(chan struct{})
	var wg sync.WaitGroup
	for w := range 16 {
		wg.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-done:
					return
				default:
				}
				id := fmt.Sprintf("w%d-%d", w, i)
				switch err := c.Insert(ctx, id, whole(id)); {
				case err == nil:
					mu.Lock()
					acked = append(acked, id)
					mu.Unlock()
				case fault.Is(err, fault.Unavailable):
				default:
					t.Error(err)
					return
				}
			}
		})
	}
	for range 3 {
		time.Sleep(2 * time.Second)
		err := e.client.Database("admin").RunCommand(ctx, bson.D{{Key: "replSetStepDown", Value: 10}, {Key: "secondaryCatchUpPeriodSecs", Value: 5}}).Err()
		if err != nil && !fault.Is(e.translate(err), fault.Unavailable) {
			t.Errorf("the primary does not step down: %v", err)
		}
	}
	time.Sleep(5 * time.Second)
	close(done)
	wg.Wait()
	before := len(acked)
	for at := 0; at < before; at += 1000 {
		part := acked[at:min(at+1000, before)]
		docs, err := c.GetMany(ctx, part)
		if err != nil {
			t.Fatal(err)
		}
		for i, d := range docs {
			if i >= len(part) || len(docs) != len(part) || !bytes.Equal(d.Body, whole(d.ID)) {
				t.Fatalf("%d of %d acknowledged documents, or half a document", len(docs), len(part))
			}
		}
	}
	if before < 100 {
		t.Fatalf("only %d writes were acknowledged", before)
	}
	t.Logf("3 step-downs, %d acknowledged writes, all there", before)
}
