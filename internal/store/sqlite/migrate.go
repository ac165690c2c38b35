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
// adds columns to the table, fills them, and leaves triggers that fill them too when a
// program of the version before, still running, writes a document: its rows say in
// `known` how many columns it filled. An array index is a table of its own, always kept
// by triggers.

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
		if err := e.alone(ctx, func(c *conn) error { return migrate(c, s) }); err != nil {
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

// migrate makes what one spec needs, inside a transaction of the writer.
func migrate(c *conn, s *store.Shape) error {
	name := s.Spec.Name
	have, err := migrations(c)
	if err != nil {
		return err
	}
	steps := store.Migrations(s.Spec)
	fresh := have[steps[0].Name] == ""
	if fresh {
		if err := c.once("CREATE TABLE " + quote(name) + "(id TEXT PRIMARY KEY NOT NULL, rev INTEGER NOT NULL, doc TEXT NOT NULL, known INTEGER NOT NULL)"); err != nil {
			return err
		}
		if err := record(c, steps[0]); err != nil {
			return err
		}
	}
	paths, err := columns(c, name)
	if err != nil {
		return err
	}
	old := len(paths)
	var add []int // indexes to make, by their place in the spec
	for i, ix := range s.Spec.Indexes {
		switch step := steps[1+i]; have[step.Name] {
		case step.Hash:
			continue
		case "":
		default:
			return store.CheckPresent(s.Spec, have)
		}
		add = append(add, i)
		for _, p := range ix.Fields {
			if !s.IsArray(p) && !slices.Contains(paths, p) {
				paths = append(paths, p)
			}
		}
	}
	if err := addColumns(c, name, paths, old, fresh); err != nil {
		return err
	}
	for _, i := range add {
		ix := &s.Spec.Indexes[i]
		if ix.Array {
			err = addArray(c, name, ix)
		} else {
			err = addIndex(c, name, ix)
		}
		if err != nil {
			return err
		}
		if err := record(c, steps[1+i]); err != nil {
			return err
		}
	}
	return nil
}

// addColumns adds the columns behind the old ones and fills them.
func addColumns(c *conn, name string, paths []string, old int, fresh bool) error {
	if len(paths) == old {
		return nil
	}
	var fill, refill []string
	for i, p := range paths {
		refill = append(refill, column(p)+"="+extract("NEW.doc", p))
		if i < old {
			continue
		}
		if err := c.once("ALTER TABLE " + quote(name) + " ADD COLUMN " + column(p)); err != nil {
			return err
		}
		if _, err := c.exec(`INSERT INTO "_columns"(collection,n,path) VALUES(?,?,?)`, name, int64(i), p); err != nil {
			return err
		}
		fill = append(fill, column(p)+"="+extract("doc", p))
	}
	if fresh {
		return nil
	}
	all := fmt.Sprintf("known=%d", len(paths))
	if err := c.once("UPDATE " + quote(name) + " SET " + all + "," + strings.Join(fill, ",")); err != nil {
		return err
	}
	for _, on := range []struct{ name, event string }{{".known.ins", "INSERT"}, {".known.upd", "UPDATE OF doc"}} {
		if err := c.once("DROP TRIGGER IF EXISTS " + quote(name+on.name)); err != nil {
			return err
		}
		if err := c.once(fmt.Sprintf("CREATE TRIGGER %s AFTER %s ON %s WHEN NEW.known<%d BEGIN UPDATE %s SET %s,%s WHERE id=NEW.id; END",
			quote(name+on.name), on.event, quote(name), len(paths), quote(name), all, strings.Join(refill, ","))); err != nil {
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

// Check implements store.Engine.
func (e *Engine) Check(ctx context.Context, specs []store.Spec) (err error) {
	defer fault.Wrap(&err, "sqlite.Check")
	var have map[string]string
	if err := e.read(ctx, func(c *conn) (err error) { have, err = migrations(c); return err }); err != nil {
		return err
	}
	return store.CheckApplied(specs, have)
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
