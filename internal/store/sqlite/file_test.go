package sqlite_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
	"osvitlo/internal/store/storetest"
)

func TestTheFileIsReadableWithPlainSQL(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a b?#%.db") // no name may be taken for parameters
	_, c := notes(t, sqlite.Config{Path: path})
	n := note("a", 3)
	n.Name = "Ґудзик"
	if err := c.Insert(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "copy.db")
	e, err := sqlite.Open(t.Context(), sqlite.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if err := e.Backup(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	var doc string
	var rev int64
	if err := bare(t, copied).QueryRow("SELECT doc, rev FROM notes WHERE id='a'").Scan(&doc, &rev); err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(doc), &got); err != nil || got["name"] != "Ґудзик" || rev != 1 {
		t.Fatalf("got %s, rev %d, %v", doc, rev, err)
	}
	for _, field := range []string{"_id", "rev"} {
		if _, there := got[field]; there {
			t.Fatalf("the text repeats %s: %s", field, doc)
		}
	}
}

func TestEveryConnectionIsDurable(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "t.db")
	notes(t, sqlite.Config{Path: path})
	var mode string
	var size int
	db := bare(t, path)
	if err := db.QueryRow("PRAGMA journal_mode").Scan(&mode); err != nil || mode != "wal" {
		t.Fatalf("journal mode %q, %v", mode, err)
	}
	if err := db.QueryRow("PRAGMA page_size").Scan(&size); err != nil || size != 4096 {
		t.Fatalf("page size %d, %v", size, err)
	}
}

func TestABackupIsTakenWhileWritingGoesOn(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	dir := t.TempDir()
	e, c := notes(t, sqlite.Config{Path: filepath.Join(dir, "t.db")})
	for i := range 200 {
		if err := c.Insert(ctx, note(fmt.Sprint("n", i), 200)); err != nil {
			t.Fatal(err)
		}
	}
	done := make(chan int)
	go func() {
		i := 0
		for ; ctx.Err() == nil; i++ {
			if err := c.Insert(ctx, note(fmt.Sprint("during", i), 200)); err != nil && ctx.Err() == nil {
				t.Error(err)
			}
		}
		done <- i
	}()
	copied := filepath.Join(dir, "copy.db")
	if err := e.Backup(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	stop()
	if <-done == 0 {
		t.Fatal("nothing was written beside the backup")
	}
	kind(t, e.Backup(t.Context(), copied), fault.Conflict)
	_, again := notes(t, sqlite.Config{Path: copied})
	for i := range 200 {
		if _, err := again.Get(t.Context(), fmt.Sprint("n", i)); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAReplicaOfTheVersionBeforeSurvives runs two programs on one file: the older one
// goes on writing after the newer one has added indexes, and both find everything.
func TestAReplicaOfTheVersionBeforeSurvives(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "t.db")
	older := store.Spec{Name: "notes", Indexes: []store.Index{{Name: "by_n", Fields: []string{"n"}}}}
	newer := store.Spec{Name: "notes", Indexes: append(older.Indexes[:1:1],
		store.Index{Name: "by_b", Fields: []string{"b", "f", "n"}},
		store.Index{Name: "by_tag", Fields: []string{"tags", "place.street"}, Array: true})}
	open := func(spec store.Spec) *storetest.Notes {
		e := openAt(t, path)
		if err := e.Migrate(ctx, []store.Spec{spec}); err != nil {
			t.Fatal(err)
		}
		c, err := store.Open[storetest.Note](e, spec)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	write := func(c *storetest.Notes, id string) {
		n := note(id, 5)
		yes, half := true, 0.5
		n.B, n.F, n.Tags, n.Place.Street = &yes, &half, []string{"t", "t", "u"}, "s"
		if err := c.Upsert(ctx, n); err != nil {
			t.Fatal(err)
		}
	}
	was := open(older)
	write(was, "before")
	write(was, "changed")
	is := open(newer)
	write(was, "by the older one")
	write(was, "changed")
	write(is, "by the newer one")
	late := open(newer) // a start after the overlap
	for name, c := range map[string]*storetest.Notes{"newer": is, "restarted": late} {
		for index, eq := range map[string][]any{"by_b": {true, 0.5, 1}, "by_tag": {"t", "s"}, "by_n": {1}} {
			found := 0
			for k, err := range c.Keys(ctx, store.Query{Index: index, Eq: eq}) {
				if err != nil {
					t.Fatal(err)
				}
				if found++; len(k.Values) != len(eq) {
					t.Fatalf("got %v", k)
				}
			}
			if found != 4 {
				t.Errorf("%s, %s: %d documents, want 4", name, index, found)
			}
		}
	}
	e := openAt(t, path)
	err := e.Check(ctx, []store.Spec{older})
	kind(t, err, fault.Conflict)
	if !strings.Contains(err.Error(), "index notes.by_b") {
		t.Fatalf("the message does not name what is unknown: %v", err)
	}
}

func TestANewerLayoutIsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "t.db")
	e, _ := notes(t, sqlite.Config{Path: path})
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	sqlDo(t, bare(t, path), "PRAGMA user_version=99")
	_, err := sqlite.Open(t.Context(), sqlite.Config{Path: path})
	kind(t, err, fault.Conflict)
	if !strings.Contains(err.Error(), "newer program") {
		t.Fatalf("the message does not say what to do: %v", err)
	}
}

func TestMigrationsAreRecordedInOrder(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "t.db")
	e, _ := notes(t, sqlite.Config{Path: path})
	if err := e.Migrate(t.Context(), []store.Spec{{Name: "later"}}); err != nil {
		t.Fatal(err)
	}
	rows, err := bare(t, path).Query(`SELECT seq, name, length(hash)>0, applied FROM "_migrations" ORDER BY seq`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var seq int
		var name, applied string
		var hashed bool
		if err := rows.Scan(&seq, &name, &hashed, &applied); err != nil {
			t.Fatal(err)
		}
		if names = append(names, name); seq != len(names) || !hashed || len(applied) != len(store.TimeLayout) {
			t.Fatalf("record %d: %q hash %v applied %q", seq, name, hashed, applied)
		}
	}
	want := []string{"collection notes"}
	for _, ix := range storetest.Spec.Indexes {
		want = append(want, "index notes."+ix.Name)
	}
	want = append(want, "collection later")
	if strings.Join(names, "|") != strings.Join(want, "|") {
		t.Fatalf("recorded %v", names)
	}
}

func TestCheckMissesAnIndexThatWasDropped(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"notes.by_n", "notes.by_tag.order"} {
		path := filepath.Join(t.TempDir(), "t.db")
		e, _ := notes(t, sqlite.Config{Path: path})
		if err := e.Check(t.Context(), []store.Spec{storetest.Spec}); err != nil {
			t.Fatal(err)
		}
		sqlDo(t, bare(t, path), `DROP INDEX "`+name+`"`)
		err := e.Check(t.Context(), []store.Spec{storetest.Spec})
		kind(t, err, fault.Unavailable)
		if !strings.Contains(err.Error(), name) {
			t.Fatalf("the message does not name %s: %v", name, err)
		}
	}
}
