package sqlite_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
	"osvitlo/internal/store/storetest"
)

const crashEnv = "OSVITLO_STORE_CRASH"

func TestMain(m *testing.M) {
	if path := os.Getenv(crashEnv); path != "" {
		if err := crashWriter(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
		return
	}
	os.Exit(m.Run())
}

// ack is what the child prints when a write was acknowledged.
type ack struct {
	ID   string `json:"id"`
	Rev  int64  `json:"rev"`
	Sum  uint32 `json:"sum"`
	Adds int64  `json:"adds"`
}

// crashWriter inserts, replaces and adds from 16 goroutines until it is killed.
func crashWriter(path string) error {
	e, err := sqlite.Open(context.Background(), sqlite.Config{Path: path, LogBytes: 1 << 20}) // so that kills meet the moving of the log, too
	if err != nil {
		return err
	}
	if err := e.Migrate(context.Background(), []store.Spec{storetest.Spec}); err != nil {
		return err
	}
	c, err := store.Open[storetest.Note](e, storetest.Spec)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	fail := make(chan error, 1)
	say := func(a ack, err error) {
		mu.Lock()
		defer mu.Unlock()
		if err == nil {
			line, _ := json.Marshal(a)
			_, err = os.Stdout.Write(append(line, '\n'))
		}
		if err != nil {
			select {
			case fail <- err:
			default:
			}
		}
	}
	for w := range 16 {
		go func() {
			r := rand.New(rand.NewPCG(uint64(w), uint64(os.Getpid())))
			for i := 0; ; i++ {
				n := note(fmt.Sprintf("%d-%d-%d", os.Getpid(), w, i), 0)
				seal(n, r)
				err := c.Insert(context.Background(), n)
				say(ack{ID: n.ID, Rev: n.Rev, Sum: sum(n)}, err)
				if i%3 == 0 && err == nil {
					seal(n, r)
					err := c.Replace(context.Background(), n)
					say(ack{ID: n.ID, Rev: n.Rev, Sum: sum(n)}, err)
				}
				if i%5 == 0 {
					got, err := c.Add(context.Background(), "count", map[string]int64{"n": 1, "place.house": 1})
					say(ack{Adds: got["n"]}, err)
				}
			}
		}()
	}
	return <-fail
}

// seal fills a note with random text and marks it with its sum.
func seal(n *storetest.Note, r *rand.Rand) {
	b := make([]byte, 500+r.IntN(20_000))
	for i := range b {
		b[i] = 'a' + byte(r.IntN(26))
	}
	n.Text = string(b)
	n.Place.House = int64(sum(n))
	n.Tags = []string{"tag", n.Text[:8]}
}

func sum(n *storetest.Note) uint32 { return crc32.ChecksumIEEE([]byte(n.Text)) }

// crash kills a writing child `times` times and checks the file after each.
func crash(t *testing.T, times int) {
	path := filepath.Join(t.TempDir(), "t.db")
	acked := map[string]ack{}
	adds := int64(0)
	r := rand.New(rand.NewPCG(uint64(times), 7))
	for round := range times {
		child := exec.Command(os.Args[0], "-test.run=^$")
		child.Env = append(os.Environ(), crashEnv+"="+path)
		child.Stderr = os.Stderr
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		got, enough := 0, 50+r.IntN(400)
		var killed time.Time
		for lines.Scan() {
			var a ack
			if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
				break // the last line may be cut by the kill
			}
			if a.ID == "" {
				adds = max(adds, a.Adds)
			} else if acked[a.ID].Rev < a.Rev {
				acked[a.ID] = a
			}
			if got++; got == enough { // in the middle of whatever the writer does
				killed = time.Now()
				if err := child.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := child.Wait(); err == nil || killed.IsZero() {
			t.Fatalf("round %d: the child ended by itself after %d writes: %v", round, got, err)
		}
		survey(t, path, acked, adds)
	}
	t.Logf("%d kills, %d acknowledged documents, %d additions", times, len(acked), adds)
}

// survey checks that every acknowledged write is there and nothing is half there.
func survey(t *testing.T, path string, acked map[string]ack, adds int64) {
	t.Helper()
	e, c := notes(t, sqlite.Config{Path: path})
	defer e.Close()
	ctx := t.Context()
	found := map[string]int64{}
	for n, err := range c.Find(ctx, store.Query{Index: store.BuiltinID}) {
		if err != nil {
			t.Fatal(err)
		}
		if n.ID == "count" {
			if *n.N < adds || *n.N != n.Place.House || n.Rev != *n.N {
				t.Fatalf("the counter holds %d and %d at revision %d, %d were acknowledged", *n.N, n.Place.House, n.Rev, adds)
			}
			continue
		}
		if n.Place.House != int64(sum(n)) || len(n.Tags) != 2 || n.Tags[1] != n.Text[:8] {
			t.Fatalf("half a document: %s", n.ID)
		}
		if a := acked[n.ID]; a.Rev > n.Rev || a.Rev == n.Rev && a.Sum != sum(n) {
			t.Fatalf("%s is at revision %d, %d was acknowledged", n.ID, n.Rev, a.Rev)
		}
		found[n.ID] = n.Rev
	}
	for id := range acked {
		if found[id] == 0 {
			t.Fatalf("the acknowledged %s is lost", id)
		}
	}
	for _, q := range []store.Query{{Index: "by_n", Eq: []any{1}}, {Index: "by_tag", Eq: []any{"tag"}}} {
		rows := 0
		for k, err := range c.Keys(ctx, q) {
			if err != nil {
				t.Fatal(err)
			}
			if k.ID != "count" {
				rows++
			}
		}
		if rows != len(found) {
			t.Fatalf("the index %s has %d rows for %d documents", q.Index, rows, len(found))
		}
	}
	var word string
	if err := bare(t, path).QueryRow("PRAGMA integrity_check").Scan(&word); err != nil || !strings.EqualFold(word, "ok") {
		t.Fatalf("integrity: %q, %v", word, err)
	}
}

func TestAcknowledgedWritesSurviveAKill(t *testing.T) {
	t.Parallel()
	crash(t, 2)
}
