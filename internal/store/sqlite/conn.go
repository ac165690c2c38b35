package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"time"

	"modernc.org/sqlite"
)

// maxStatements bounds the prepared statements a connection keeps.
const maxStatements = 256

// conn is one connection with its prepared statements. It speaks to the driver without
// database/sql in between, which would cost a lock and several allocations a call.
// It is not safe for concurrent use.
type conn struct {
	c     driver.Conn
	stmts map[string]driver.Stmt
	args  []driver.NamedValue
	row   []driver.Value
}

// options of a connection.
type options struct {
	busy     time.Duration
	cacheKiB int
	readOnly bool
	maxPages int // 0: no bound
}

// openBare opens the file and sets nothing.
func openBare(path string) (*conn, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	dc, err := (&sqlite.Driver{}).Open("file:" + (&url.URL{Path: abs}).EscapedPath())
	if err != nil {
		return nil, err
	}
	return &conn{c: dc, stmts: map[string]driver.Stmt{}}, nil
}

func openConn(path string, o options) (*conn, error) {
	c, err := openBare(path)
	if err != nil {
		return nil, err
	}
	pragmas := []string{
		fmt.Sprintf("PRAGMA busy_timeout=%d", o.busy.Milliseconds()),
		"PRAGMA journal_mode=WAL",
		"PRAGMA synchronous=FULL",
		fmt.Sprintf("PRAGMA cache_size=-%d", o.cacheKiB),
		"PRAGMA trusted_schema=OFF",
	}
	if o.readOnly {
		pragmas = append(pragmas, "PRAGMA query_only=ON")
	} else {
		pragmas = append(pragmas,
			fmt.Sprintf("PRAGMA wal_autocheckpoint=%d", hardPages),
			"PRAGMA journal_size_limit=67108864")
		if o.maxPages > 0 {
			pragmas = append(pragmas, fmt.Sprintf("PRAGMA max_page_count=%d", o.maxPages))
		}
	}
	for _, p := range pragmas {
		if err := c.once(p); err != nil {
			return nil, errors.Join(err, c.close())
		}
	}
	return c, nil
}

// once runs a statement that will not come again.
func (c *conn) once(sql string, args ...any) error {
	return c.onceContext(context.Background(), sql, args...)
}

func (c *conn) onceContext(ctx context.Context, sql string, args ...any) error {
	ex, ok := c.c.(driver.ExecerContext)
	if !ok {
		return errors.New("the driver cannot execute")
	}
	_, err := ex.ExecContext(ctx, sql, c.bind(args))
	return err
}

func (c *conn) bind(args []any) []driver.NamedValue {
	c.args = c.args[:0]
	for i, a := range args {
		c.args = append(c.args, driver.NamedValue{Ordinal: i + 1, Value: a})
	}
	return c.args
}

func (c *conn) prepare(sql string) (driver.Stmt, error) {
	if s, ok := c.stmts[sql]; ok {
		return s, nil
	}
	if len(c.stmts) >= maxStatements {
		c.forget()
	}
	s, err := c.c.Prepare(sql)
	if err != nil {
		return nil, err
	}
	c.stmts[sql] = s
	return s, nil
}

func (c *conn) forget() {
	for q, s := range c.stmts {
		s.Close() // a prepared statement without open rows has nothing to report
		delete(c.stmts, q)
	}
}

// exec runs a prepared statement and returns how many rows it changed.
func (c *conn) exec(sql string, args ...any) (int64, error) {
	s, err := c.prepare(sql)
	if err != nil {
		return 0, err
	}
	res, err := s.(driver.StmtExecContext).ExecContext(context.Background(), c.bind(args))
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// query runs a prepared statement and hands over its rows until each answers false.
// The row is reused; its strings and byte slices are not.
func (c *conn) query(sql string, args []any, each func(row []driver.Value) bool) (err error) {
	s, err := c.prepare(sql)
	if err != nil {
		return err
	}
	rows, err := s.(driver.StmtQueryContext).QueryContext(context.Background(), c.bind(args))
	if err != nil {
		return err
	}
	defer func() {
		if e := rows.Close(); err == nil {
			err = e
		}
	}()
	n := len(rows.Columns())
	if cap(c.row) < n {
		c.row = make([]driver.Value, n)
	}
	row := c.row[:n]
	for {
		switch err := rows.Next(row); {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case !each(row):
			return nil
		}
	}
}

func (c *conn) close() error {
	c.forget()
	return c.c.Close()
}
