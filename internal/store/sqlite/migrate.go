package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// How a file grows. Every collection and every index is one migration, recorded with a
// name and a hash in _migrations; nothing is ever changed or taken away. A new index
// goes in three steps, each harmless to repeat and to a program of the version before
// that goes on writing:
//
//  1. columns are added, and triggers that fill them when a program that does not know
//     them writes a document (its rows say in `known` how many columns it filled);
//  2. the rows that are there already are filled, some thousand in a transaction;
//  3. the index is made and recorded.
//
// A crash between the steps leaves columns without an index; the next start goes on.
// An array index is a table of its own, always kept by triggers.

// fillRows is how many rows step 2 fills while it holds the write lock.
const fillRows = 2000

// Migrate implements store.Engine.
func (e *Engine) Migrate(ctx context.Context, specs []store.Spec) (err error) {
	defer fault.Wrap(&err, "sqlite.Migrate")
	shapes := make([]*store.Shape, len(specs))
	for i, spec := range specs {
		if shapes[i], err = store.Compile(spec); err != nil {
			return err
		}
	}
	var have map[string]string
	if err := e.read(ctx, func(c *conn) (err error) { have, err = migrations(c); return err }); err != nil {
		return err
	}
	for _, s := range shapes {
		if store.CheckPresent(s.Spec, have) == nil {
			continue
		}
		if err := e.grow(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// migrations reads name and hash of everything ever applied.
func migrations(c *conn) (map[string]string, error) {
	have := map[string]string{}
	err := c.query(`SELECT name,hash FROM "_migrations"`, nil, func(r []driver.Value) bool {
		name, _ := r[0].(string)
		have[name], _ = r[1].(string)
		return true
	})
	return have, err
}

// columns reads the index columns of a table in the order they were added.
func columns(c *conn, name string) (paths []string, err error) {
	err = c.query(`SELECT path FROM "_columns" WHERE collection=? ORDER BY n`, []any{name}, func(r []driver.Value) bool {
		p, _ := r[0].(string)
		paths = append(paths, p)
		return true
	})
	return paths, err
}

func record(c *conn, m store.Migration) error {
	_, err := c.exec(`INSERT INTO "_migrations"(name,hash,applied) VALUES(?,?,?)`, m.Name, m.Hash, store.At(time.Now()).String())
	return err
}

// grow makes what one spec needs.
func (e *Engine) grow(ctx context.Context, s *store.Shape) error {
	name := s.Spec.Name
	var paths []string
	if err := e.alone(ctx, func(c *conn) (err error) { paths, err = widen(c, s); return err }); err != nil {
		return err
	}
	for at, last := int64(0), int64(1); len(paths) > 0 && at < last; at += fillRows {
		if err := e.alone(ctx, func(c *conn) (err error) { last, err = fill(c, name, paths, at); return err }); err != nil {
			return err
		}
	}
	return e.alone(ctx, func(c *conn) error { return finish(c, s) })
}

// widen is step 1. It returns all index columns of the table.
func widen(c *conn, s *store.Shape) ([]string, error) {
	name := s.Spec.Name
	have, err := migrations(c)
	if err != nil {
		return nil, err
	}
	if err := store.CheckPresent(s.Spec, have); fault.Is(err, fault.Conflict) {
		return nil, err
	}
	first := store.Migrations(s.Spec)[0]
	fresh := have[first.Name] == ""
	if fresh {
		if err := c.once("CREATE TABLE " + quote(name) + "(id TEXT PRIMARY KEY NOT NULL, rev INTEGER NOT NULL, doc TEXT NOT NULL, known INTEGER NOT NULL)"); err != nil {
			return nil, err
		}
		if err := record(c, first); err != nil {
			return nil, err
		}
	}
	paths, err := columns(c, name)
	if err != nil {
		return nil, err
	}
	old := len(paths)
	for _, p := range s.Paths {
		if s.IsArray(p) || slices.Contains(paths, p) {
			continue
		}
		if err := c.once("ALTER TABLE " + quote(name) + " ADD COLUMN " + column(p)); err != nil {
			return nil, err
		}
		if _, err := c.exec(`INSERT INTO "_columns"(collection,n,path) VALUES(?,?,?)`, name, int64(len(paths)), p); err != nil {
			return nil, err
		}
		paths = append(paths, p)
	}
	if fresh || len(paths) == old {
		return paths, nil
	}
	return paths, addTriggers(c, name, paths)
}

// addTriggers fills the columns of documents written by a program that knows fewer.
func addTriggers(c *conn, name string, paths []string) error {
	for _, on := range []struct{ name, event string }{{".known.ins", "INSERT"}, {".known.upd", "UPDATE OF doc"}} {
		if err := c.once("DROP TRIGGER IF EXISTS " + quote(name+on.name)); err != nil {
			return err
		}
		if err := c.once(fmt.Sprintf("CREATE TRIGGER %s AFTER %s ON %s WHEN NEW.known<%d BEGIN UPDATE %s SET %s WHERE id=NEW.id; END",
			quote(name+on.name), on.event, quote(name), len(paths), quote(name), assign("NEW.doc", paths))); err != nil {
			return err
		}
	}
	return nil
}

func assign(doc string, paths []string) string {
	set := []string{fmt.Sprintf("known=%d", len(paths))}
	for _, p := range paths {
		set = append(set, column(p)+"="+extract(doc, p))
	}
	return strings.Join(set, ",")
}

// fill is one stretch of step 2. It returns the number of the table's last row.
func fill(c *conn, name string, paths []string, from int64) (last int64, err error) {
	if _, err := c.exec("UPDATE "+quote(name)+" SET "+assign("doc", paths)+" WHERE rowid>? AND rowid<=? AND known<?",
		from, from+fillRows, int64(len(paths))); err != nil {
		return 0, err
	}
	err = c.query("SELECT max(rowid) FROM "+quote(name), nil, func(r []driver.Value) bool {
		last, _ = r[0].(int64)
		return true
	})
	return last, err
}

// finish is step 3.
func finish(c *conn, s *store.Shape) error {
	have, err := migrations(c)
	if err != nil {
		return err
	}
	steps := store.Migrations(s.Spec)
	for i, ix := range s.Spec.Indexes {
		step := steps[1+i]
		if have[step.Name] != "" {
			continue
		}
		build := addIndex
		if ix.Array {
			build = addArray
		}
		if err := build(c, s.Spec.Name, &ix); err != nil {
			return err
		}
		if err := record(c, step); err != nil {
			return err
		}
	}
	return nil
}

// extract is the SQL that takes an index value out of a document, as cell writes it.
func extract(doc, path string) string {
	p := jsonPath(path)
	return fmt.Sprintf("CASE json_type(%s,%s) WHEN 'true' THEN x'01' WHEN 'false' THEN x'00' ELSE json_extract(%s,%s) END", doc, p, doc, p)
}

func jsonPath(path string) string {
	return `'$."` + strings.ReplaceAll(path, ".", `"."`) + `"'`
}

func addIndex(c *conn, name string, ix *store.Index) error {
	return c.once("CREATE INDEX " + quote(name+"."+ix.Name) + " ON " + quote(name) + "(" + list(ix.Fields, column) + ",id)")
}

// addArray makes the table of an array index: a row for each value in the array.
func addArray(c *conn, name string, ix *store.Index) error {
	side, table := quote(name+"."+ix.Name), quote(name)
	rest := ix.Fields[1:]
	cols, exprs := "", func(string) string { return "" }
	if len(rest) > 0 {
		cols = "," + list(rest, column)
		exprs = func(doc string) string {
			return "," + list(rest, func(p string) string { return extract(doc, p) })
		}
	}
	member := "CASE e.type WHEN 'true' THEN x'01' WHEN 'false' THEN x'00' ELSE e.value END"
	insert := func(row, from string) string {
		doc := row + "doc"
		return "INSERT INTO " + side + "(id,v" + cols + ") SELECT DISTINCT " + row + "id," + member + exprs(doc) +
			" FROM " + from + "json_each(" + doc + "," + jsonPath(ix.Fields[0]) + ") AS e"
	}
	for _, q := range []string{
		"CREATE TABLE " + side + "(id TEXT NOT NULL, v NOT NULL" + cols + ", PRIMARY KEY(id,v)) WITHOUT ROWID",
		"CREATE INDEX " + quote(name+"."+ix.Name+".order") + " ON " + side + "(v" + cols + ",id)",
		insert("d.", table+" AS d, "),
		"CREATE TRIGGER " + quote(name+"."+ix.Name+".ins") + " AFTER INSERT ON " + table + " BEGIN " + insert("NEW.", "") + "; END",
		"CREATE TRIGGER " + quote(name+"."+ix.Name+".upd") + " AFTER UPDATE OF doc ON " + table + " BEGIN DELETE FROM " + side + " WHERE id=OLD.id; " + insert("NEW.", "") + "; END",
		"CREATE TRIGGER " + quote(name+"."+ix.Name+".del") + " AFTER DELETE ON " + table + " BEGIN DELETE FROM " + side + " WHERE id=OLD.id; END",
	} {
		if err := c.once(q); err != nil {
			return err
		}
	}
	return nil
}

func list(items []string, f func(string) string) string {
	out := make([]string, len(items))
	for i, s := range items {
		out[i] = f(s)
	}
	return strings.Join(out, ",")
}

// Check implements store.Engine. Besides the records it looks for the indexes themselves.
func (e *Engine) Check(ctx context.Context, specs []store.Spec) (err error) {
	defer fault.Wrap(&err, "sqlite.Check")
	var have map[string]string
	there := map[string]bool{}
	if err := e.read(ctx, func(c *conn) (err error) {
		if have, err = migrations(c); err != nil {
			return err
		}
		return c.query("SELECT name FROM sqlite_schema", nil, func(r []driver.Value) bool {
			name, _ := r[0].(string)
			there[name] = true
			return true
		})
	}); err != nil {
		return err
	}
	if err := store.CheckApplied(specs, have); err != nil {
		return err
	}
	for _, s := range specs {
		for _, ix := range s.Indexes {
			name := s.Name + "." + ix.Name
			if ix.Array {
				name += ".order"
			}
			if !there[name] {
				return fault.Newf(fault.Unavailable, "", "the index %s was taken out of the file: restore the backup", name)
			}
		}
	}
	return nil
}

// Raw implements store.Engine.
func (e *Engine) Raw(spec store.Spec) (_ store.Raw, err error) {
	defer fault.Wrap(&err, "sqlite.Raw")
	t := &collection{e: e}
	if t.shape, err = store.Compile(spec); err != nil {
		return nil, err
	}
	var paths []string
	var have map[string]string
	if err := e.read(context.Background(), func(c *conn) (err error) {
		if paths, err = columns(c, spec.Name); err == nil {
			have, err = migrations(c)
		}
		return err
	}); err != nil {
		return nil, err
	}
	if err := store.CheckPresent(spec, have); err != nil {
		return nil, err
	}
	// Columns that a newer program added are filled as well: an index over each makes
	// the documents' check pick their values up.
	wide := store.Spec{Name: spec.Name, Indexes: slices.Clone(spec.Indexes)}
	for i, p := range paths {
		if t.shape.Slot(p) < 0 {
			wide.Indexes = append(wide.Indexes, store.Index{Name: fmt.Sprintf("column_%d", i), Fields: []string{p}})
		}
	}
	if t.wide, err = store.Compile(wide); err != nil {
		return nil, err
	}
	t.compile(paths)
	return t, nil
}
