package mongodb

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// scripted is a primary of a replica set that answers as a test tells it: for what a
// good server does not do at will (losing a connection, stepping down, no majority).
type scripted struct {
	t    testing.TB
	l    net.Listener
	done chan struct{}

	mu     sync.Mutex
	answer func(command string, doc bson.Raw) (bson.D, bool) // false cuts the connection
	got    []bson.Raw
}

var fine = bson.D{{Key: "ok", Value: 1}}

// serverError is how a server refuses a command.
func serverError(code int32, name string) bson.D {
	return bson.D{{Key: "ok", Value: 0}, {Key: "code", Value: code}, {Key: "codeName", Value: name}, {Key: "errmsg", Value: name}}
}

func writeError(code int32) bson.D {
	return bson.D{{Key: "ok", Value: 1}, {Key: "n", Value: 0}, {Key: "writeErrors", Value: bson.A{
		bson.D{{Key: "index", Value: 0}, {Key: "code", Value: code}, {Key: "errmsg", Value: "refused"}},
	}}}
}

func matched(n int) bson.D {
	return bson.D{{Key: "ok", Value: 1}, {Key: "n", Value: n}, {Key: "nModified", Value: n}}
}

func noMajority(reply bson.D) bson.D {
	return append(slices.Clone(reply), bson.E{Key: "writeConcernError", Value: bson.D{{Key: "code", Value: 64}, {Key: "errmsg", Value: "waiting for replication timed out"}}})
}

func batch(kind string, cursor int64, docs ...bson.D) bson.D {
	list := bson.A{}
	for _, d := range docs {
		list = append(list, d)
	}
	return bson.D{{Key: "ok", Value: 1}, {Key: "cursor", Value: bson.D{{Key: "id", Value: cursor}, {Key: "ns", Value: "osvitlo.things"}, {Key: kind, Value: list}}}}
}

func thing(id string, n int) bson.D {
	return bson.D{{Key: "_id", Value: id}, {Key: "rev", Value: int64(1)}, {Key: "n", Value: int64(n)}}
}

// script starts a server.
func script(t testing.TB) *scripted {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &scripted{t: t, l: l, done: make(chan struct{})}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer c.Close()
				for s.serve(c) == nil {
				}
			})
		}
	})
	t.Cleanup(func() {
		close(s.done)
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		wg.Wait()
	})
	return s
}

// open connects an engine that closes before the server does.
func (s *scripted) open() (*Engine, store.Raw) {
	s.t.Helper()
	e := openDatabase(s.t, Config{URI: "mongodb://" + s.l.Addr().String() + "/?replicaSet=rs&serverSelectionTimeoutMS=2000"})
	s.t.Cleanup(func() {
		s.play(func(string, bson.Raw) (bson.D, bool) { return fine, true })
		if err := e.Close(); err != nil {
			s.t.Error(err)
		}
	})
	spec := store.Spec{Name: "things", Indexes: []store.Index{{Name: "by_n", Fields: []string{"n"}}}}
	applied := map[string]string{}
	for _, m := range store.Migrations(spec) {
		applied[m.Name] = m.Hash
	}
	e.remember(applied)
	c, err := e.Raw(spec)
	if err != nil {
		s.t.Fatal(err)
	}
	return e, c
}

// play sets how commands are answered from now on.
func (s *scripted) play(answer func(command string, doc bson.Raw) (bson.D, bool)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer, s.got = answer, nil
}

// each answers the commands of a kind in turn, the last answer again and again.
func (s *scripted) each(answers map[string][]bson.D) {
	s.play(func(command string, _ bson.Raw) (bson.D, bool) {
		list := answers[command]
		if len(list) == 0 {
			return fine, true
		}
		if len(list) > 1 {
			answers[command] = list[1:]
		}
		return list[0], list[0] != nil
	})
}

// commands lists the commands of a kind that came since play.
func (s *scripted) commands(kind string) (out []bson.Raw) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.got {
		if name(d) == kind {
			out = append(out, d)
		}
	}
	return out
}

func name(d bson.Raw) string {
	e, err := d.IndexErr(0)
	if err != nil {
		return ""
	}
	return e.Key()
}

// serve answers one message.
func (s *scripted) serve(c net.Conn) error {
	head := make([]byte, 16)
	if err := c.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		return err
	}
	if _, err := io.ReadFull(c, head); err != nil {
		return err
	}
	size, op := binary.LittleEndian.Uint32(head), binary.LittleEndian.Uint32(head[12:])
	if size < 16 || size > 48<<20 {
		return errors.New("no message")
	}
	body := make([]byte, size-16)
	if _, err := io.ReadFull(c, body); err != nil {
		return err
	}
	const query, msg = 2004, 2013
	var doc bson.Raw
	switch op {
	case query: // the first hello of a connection
		end := bytes.IndexByte(body[4:], 0)
		doc = body[4+end+1+8:]
	case msg:
		doc = command(body[4:])
	default:
		return fmt.Errorf("operation %d", op)
	}
	reply, ok := s.reply(doc)
	if !ok {
		return errors.New("cut")
	}
	out, err := bson.Marshal(reply)
	if err != nil {
		return err
	}
	var front []byte
	if op == query {
		front = make([]byte, 20)
		front[16] = 1
	} else {
		front = make([]byte, 5)
	}
	code := map[uint32]uint32{query: 1, msg: msg}[op]
	m := binary.LittleEndian.AppendUint32(nil, uint32(16+len(front)+len(out)))
	m = binary.LittleEndian.AppendUint32(m, 1)
	m = append(m, head[4:8]...)
	m = binary.LittleEndian.AppendUint32(m, code)
	_, err = c.Write(append(append(m, front...), out...))
	return err
}

// command joins the sections of a message to one document.
func command(sections []byte) bson.Raw {
	var d bson.D
	var lists bson.D
	for len(sections) > 0 {
		kind := sections[0]
		size := int(binary.LittleEndian.Uint32(sections[1:]))
		part := sections[1 : 1+size]
		sections = sections[1+size:]
		if kind == 0 {
			if err := bson.Unmarshal(part, &d); err != nil {
				return nil
			}
			continue
		}
		end := bytes.IndexByte(part[4:], 0)
		id, docs := string(part[4:4+end]), part[4+end+1:]
		list := bson.A{}
		for len(docs) > 4 {
			n := int(binary.LittleEndian.Uint32(docs))
			list = append(list, bson.Raw(docs[:n]))
			docs = docs[n:]
		}
		lists = append(lists, bson.E{Key: id, Value: list})
	}
	out, err := bson.Marshal(append(d, lists...))
	if err != nil {
		return nil
	}
	return out
}

func (s *scripted) reply(doc bson.Raw) (bson.D, bool) {
	at := s.l.Addr().String()
	switch kind := name(doc); kind {
	case "hello", "isMaster", "ismaster":
		return bson.D{
			{Key: "ok", Value: 1}, {Key: "helloOk", Value: true}, {Key: "isWritablePrimary", Value: true}, {Key: "ismaster", Value: true},
			{Key: "setName", Value: "rs"}, {Key: "setVersion", Value: 1}, {Key: "hosts", Value: bson.A{at}}, {Key: "me", Value: at}, {Key: "primary", Value: at},
			{Key: "maxBsonObjectSize", Value: 16 << 20}, {Key: "maxMessageSizeBytes", Value: 48000000}, {Key: "maxWriteBatchSize", Value: 100000},
			{Key: "localTime", Value: time.Now()}, {Key: "logicalSessionTimeoutMinutes", Value: 30},
			{Key: "minWireVersion", Value: 0}, {Key: "maxWireVersion", Value: 21},
		}, true
	case "endSessions", "ping":
		return fine, true
	default:
		s.mu.Lock()
		defer s.mu.Unlock()
		s.got = append(s.got, doc)
		if s.answer == nil {
			return fine, true
		}
		return s.answer(kind, doc)
	}
}

func TestWritesAreRetriedUnderOneNumber(t *testing.T) {
	t.Parallel()
	s := script(t)
	_, c := s.open()
	ctx := t.Context()
	for command, act := range map[string]func() error{
		"insert": func() error { return c.Insert(ctx, "a", []byte(`{"n":1}`)) },
		"update": func() error { return c.Replace(ctx, "a", []byte(`{"n":1}`), 1) },
		"delete": func() error { return c.Delete(ctx, "a", 1) },
		"findAndModify": func() error {
			_, err := c.Add(ctx, "a", map[string]int64{"n": 1})
			return err
		},
	} {
		good := matched(1)
		if command == "findAndModify" {
			good = append(good, bson.E{Key: "value", Value: thing("a", 1)})
		}
		s.each(map[string][]bson.D{command: {nil, good}})
		if err := act(); err != nil {
			t.Fatalf("%s after a lost connection: %v", command, err)
		}
		got := s.commands(command)
		if len(got) != 2 {
			t.Fatalf("%s was sent %d times, want 2", command, len(got))
		}
		one, ok := got[0].Lookup("txnNumber").AsInt64OK()
		two := got[1].Lookup("txnNumber").AsInt64()
		if !ok || one != two || !got[0].Lookup("lsid").Equal(got[1].Lookup("lsid")) {
			t.Errorf("%s: numbers %d and %d, or two sessions", command, one, two)
		}
		if wc := got[1].Lookup("writeConcern").Document(); wc.Lookup("w").StringValue() != "majority" || !wc.Lookup("j").Boolean() {
			t.Errorf("%s: write concern %v", command, wc)
		}
	}
}

func TestFaultsOfTheServer(t *testing.T) {
	t.Parallel()
	s := script(t)
	_, c := s.open()
	ctx := t.Context()
	insert := func() error { return c.Insert(ctx, "a", []byte(`{"n":1}`)) }
	get := func() error { _, err := c.Get(ctx, "a"); return err }
	add := func() error { _, err := c.Add(ctx, "a", map[string]int64{"n": 1}); return err }
	upsert := func() error { _, err := c.Upsert(ctx, "a", []byte(`{"n":1}`)); return err }
	replace := func() error { return c.Replace(ctx, "a", []byte(`{"n":1}`), 1) }
	remove := func() error { return c.Delete(ctx, "a", 1) }
	many := func() error {
		return c.InsertMany(ctx, []store.RawDoc{{ID: "a", Body: []byte(`{}`)}, {ID: "b", Body: []byte(`{}`)}})
	}
	two := bson.D{{Key: "ok", Value: 1}, {Key: "n", Value: 0}, {Key: "writeErrors", Value: bson.A{
		bson.D{{Key: "index", Value: 0}, {Key: "code", Value: 11000}, {Key: "errmsg", Value: "E11000"}},
		bson.D{{Key: "index", Value: 1}, {Key: "code", Value: 10334}, {Key: "errmsg", Value: "BSONObjectTooLarge"}},
	}}}
	for _, row := range []struct {
		name    string
		command string
		answer  bson.D
		act     func() error
		want    fault.Kind
	}{
		{"connection lost for good, write", "insert", nil, insert, fault.Unavailable},
		{"connection lost for good, read", "find", nil, get, fault.Unavailable},
		{"connection lost for good, add", "findAndModify", nil, add, fault.Unavailable},
		{"no primary, write", "insert", serverError(10107, "NotWritablePrimary"), insert, fault.Unavailable},
		{"no primary, read", "find", serverError(13435, "NotPrimaryNoSecondaryOk"), get, fault.Unavailable},
		{"stepped down", "update", serverError(189, "PrimarySteppedDown"), replace, fault.Unavailable},
		{"shutdown", "delete", serverError(91, "ShutdownInProgress"), remove, fault.Unavailable},
		{"time is up", "find", serverError(50, "MaxTimeMSExpired"), get, fault.Unavailable},
		{"rights withdrawn", "insert", serverError(13, "Unauthorized"), insert, fault.Unavailable},
		{"disk full", "insert", writeError(14031), insert, fault.Unavailable},
		{"no majority, insert", "insert", noMajority(matched(1)), insert, fault.Unavailable},
		{"no majority, id taken", "insert", noMajority(writeError(11000)), insert, fault.Unavailable},
		{"no majority, many", "insert", noMajority(two), many, fault.Unavailable},
		{"no majority, replace", "update", noMajority(matched(1)), replace, fault.Unavailable},
		{"no majority, delete", "delete", noMajority(matched(1)), remove, fault.Unavailable},
		{"no majority, upsert", "insert", noMajority(matched(1)), upsert, fault.Unavailable},
		{"no majority, add", "findAndModify", noMajority(append(slices.Clone(fine), bson.E{Key: "value", Value: thing("a", 1)})), add, fault.Unavailable},
		{"id taken", "insert", writeError(11000), insert, fault.Conflict},
		{"ids taken", "insert", writeError(11000), many, fault.Conflict},
		{"one taken, one refused", "insert", two, many, fault.Invalid},
		{"too large", "insert", writeError(10334), insert, fault.Invalid},
		{"two arrays in a newer index", "update", writeError(171), replace, fault.Invalid},
		{"unknown refusal", "find", serverError(2, "BadValue"), get, fault.Internal},
		{"foreign document", "find", batch("firstBatch", 0, bson.D{{Key: "_id", Value: "a"}, {Key: "rev", Value: int64(1)}, {Key: "x", Value: bson.NewObjectID()}}), get, fault.Internal},
		{"document without revision", "find", batch("firstBatch", 0, bson.D{{Key: "_id", Value: "a"}}), get, fault.Internal},
	} {
		answers := map[string][]bson.D{row.command: {row.answer}}
		if row.command != "find" {
			answers["find"] = []bson.D{batch("firstBatch", 0)}
		}
		s.each(answers)
		if err := row.act(); !fault.Is(err, row.want) {
			t.Errorf("%s: error %v, want kind %v", row.name, err, row.want)
		}
	}
	s.play(nil)
}

func TestStreamGoesOnAfterALostCursor(t *testing.T) {
	t.Parallel()
	for name, loss := range map[string]bson.D{
		"cursor not found": serverError(codeCursorNotFound, "CursorNotFound"),
		"connection lost":  nil,
		"new primary":      serverError(10107, "NotWritablePrimary"),
	} {
		s := script(t)
		_, c := s.open()
		s.each(map[string][]bson.D{
			"find":    {batch("firstBatch", 7, thing("a", 1), thing("b", 1)), batch("firstBatch", 0, thing("c", 1)), batch("firstBatch", 0, thing("d", 2))},
			"getMore": {loss},
		})
		var got []string
		for k, err := range c.Keys(t.Context(), store.Query{Index: "by_n", From: 1}) {
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			got = append(got, k.ID)
		}
		if strings.Join(got, "") != "abcd" {
			t.Errorf("%s: rows %v", name, got)
		}
		finds := s.commands("find")
		if len(finds) != 3 {
			t.Fatalf("%s: %d find commands, want 3", name, len(finds))
		}
		filter, err := bson.MarshalExtJSON(finds[1].Lookup("filter").Document(), false, false)
		if err != nil || string(filter) != `{"n":1,"_id":{"$gt":"b"}}` {
			t.Errorf("%s: goes on with %s, %v", name, filter, err)
		}
	}
}

func TestStreamThatMakesNoProgressEnds(t *testing.T) {
	t.Parallel()
	s := script(t)
	_, c := s.open()
	s.each(map[string][]bson.D{
		"find":    {batch("firstBatch", 7, thing("a", 1)), batch("firstBatch", 7)},
		"getMore": {serverError(codeCursorNotFound, "CursorNotFound")},
	})
	rows := 0
	var end error
	for _, err := range c.Find(t.Context(), store.Query{Index: "by_n"}) {
		if end = err; err == nil {
			rows++
		}
	}
	if rows != 1 || !fault.Is(end, fault.Unavailable) {
		t.Fatalf("%d rows, then %v", rows, end)
	}
	if n := len(s.commands("find")); n != 2 {
		t.Fatalf("%d find commands, want 2", n)
	}
}

func TestRaces(t *testing.T) {
	t.Parallel()
	s := script(t)
	_, c := s.open()
	ctx := t.Context()
	absent := batch("firstBatch", 0)
	three := batch("firstBatch", 0, bson.D{{Key: "_id", Value: "a"}, {Key: "rev", Value: int64(3)}})
	s.each(map[string][]bson.D{"find": {absent, three}, "insert": {writeError(11000)}, "update": {matched(0), matched(1)}})
	if rev, err := c.Upsert(ctx, "a", []byte(`{}`)); err != nil || rev != 4 {
		t.Fatalf("Upsert that others overtook: revision %d, %v", rev, err)
	}
	if q := s.commands("update")[1].Lookup("updates", "0", "q", "rev"); q.AsInt64() != 3 {
		t.Fatalf("replaced at revision %v", q)
	}
	value := append(slices.Clone(fine), bson.E{Key: "value", Value: thing("a", 5)})
	s.each(map[string][]bson.D{"findAndModify": {serverError(11000, "DuplicateKey"), value}, "find": {batch("firstBatch", 0, thing("a", 4))}})
	if got, err := c.Add(ctx, "a", map[string]int64{"n": 1}); err != nil || got["n"] != 5 {
		t.Fatalf("Add that met another's insert: %v, %v", got, err)
	}
	s.each(map[string][]bson.D{"findAndModify": {serverError(11000, "DuplicateKey")}, "find": {batch("firstBatch", 0, thing("a", 4))}})
	if _, err := c.Add(ctx, "a", map[string]int64{"n": 1}); !fault.Is(err, fault.Unavailable) || len(s.commands("findAndModify")) != maxTries {
		t.Fatalf("Add that never gets through: %v", err)
	}
	s.each(map[string][]bson.D{"find": {absent}, "insert": {writeError(11000)}})
	if _, err := c.Upsert(ctx, "a", []byte(`{}`)); !fault.Is(err, fault.Unavailable) || len(s.commands("insert")) != maxTries {
		t.Fatalf("Upsert that never gets through: %v", err)
	}
	left, stop := context.WithTimeout(ctx, 50*time.Millisecond)
	defer stop()
	s.each(map[string][]bson.D{"find": {absent}, "insert": {writeError(11000)}})
	if _, err := c.Upsert(left, "a", []byte(`{}`)); !fault.Is(err, fault.Unavailable) || len(s.commands("insert")) == maxTries {
		t.Fatalf("Upsert whose caller left: %v", err)
	}
}

func TestIndexesAreCheckedAtStart(t *testing.T) {
	t.Parallel()
	s := script(t)
	e, _ := s.open()
	ctx := t.Context()
	spec := store.Spec{Name: "things", Indexes: []store.Index{{Name: "by_n", Fields: []string{"n"}}}}
	var applied []bson.D
	for _, m := range store.Migrations(spec) {
		applied = append(applied, bson.D{{Key: "_id", Value: m.Name}, {Key: "hash", Value: m.Hash}})
	}
	index := func(name string, fields ...string) bson.D {
		key := bson.D{}
		for _, f := range fields {
			key = append(key, bson.E{Key: f, Value: 1.0}) // tools write keys as doubles
		}
		return bson.D{{Key: "v", Value: 2}, {Key: "key", Value: key}, {Key: "name", Value: name}}
	}
	for name, row := range map[string]struct {
		index bson.D
		kind  fault.Kind
		says  string
	}{
		"there":     {index("by_n", "n", "_id"), 0, ""},
		"dropped":   {index("_id_", "_id"), fault.Unavailable, "run `osvitlo migrate`"},
		"otherwise": {index("by_n", "n"), fault.Conflict, "new name"},
	} {
		s.each(map[string][]bson.D{"find": {batch("firstBatch", 0, applied...)}, "listIndexes": {batch("firstBatch", 0, row.index)}})
		err := e.Check(ctx, []store.Spec{spec})
		if row.kind == 0 && err != nil || row.kind != 0 && (!fault.Is(err, row.kind) || !strings.Contains(err.Error(), row.says)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	s.each(map[string][]bson.D{"find": {batch("firstBatch", 0)}})
	if err := e.Check(ctx, []store.Spec{spec}); !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "run `osvitlo migrate`") {
		t.Errorf("nothing migrated: %v", err)
	}
	// A dropped index is built again although it is recorded; one built meanwhile in
	// another form is refused.
	s.each(map[string][]bson.D{"find": {batch("firstBatch", 0, applied...)}, "listCollections": {batch("firstBatch", 0, bson.D{{Key: "name", Value: "things"}})}, "listIndexes": {batch("firstBatch", 0)}})
	if err := e.Migrate(ctx, []store.Spec{spec}); err != nil || len(s.commands("createIndexes")) != 1 || len(s.commands("create")) != 0 || len(s.commands("insert")) != 0 {
		t.Errorf("migrating after a drop: %v", err)
	}
	s.each(map[string][]bson.D{"find": {batch("firstBatch", 0)}, "listCollections": {batch("firstBatch", 0)}, "create": {serverError(codeNamespaceExists, "NamespaceExists")}, "listIndexes": {batch("firstBatch", 0)}, "createIndexes": {serverError(codeKeySpecsConflict, "IndexKeySpecsConflict")}})
	if err := e.Migrate(ctx, []store.Spec{spec}); !fault.Is(err, fault.Conflict) {
		t.Errorf("an index in another form: %v", err)
	}
	s.each(map[string][]bson.D{"find": {batch("firstBatch", 0)}, "listCollections": {batch("firstBatch", 0)}, "listIndexes": {batch("firstBatch", 0)}, "insert": {writeError(11000)}})
	if err := e.Migrate(ctx, []store.Spec{spec}); err != nil {
		t.Errorf("two migrations at once: %v", err)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		cfg  Config
		kind fault.Kind
	}{
		"nobody there":  {Config{URI: "mongodb://" + gone + "/?serverSelectionTimeoutMS=100"}, fault.Unavailable},
		"no address":    {Config{}, fault.Invalid},
		"other scheme":  {Config{URI: "http://user:hunter2@example"}, fault.Invalid},
		"bad escape":    {Config{URI: "mongodb://user:hunter2%zz@example/"}, fault.Invalid},
		"database name": {Config{URI: "mongodb://" + gone, Database: "a.b"}, fault.Invalid},
	} {
		_, err := Open(t.Context(), row.cfg)
		if !fault.Is(err, row.kind) {
			t.Errorf("%s: error %v, want kind %v", name, err, row.kind)
		}
		if err != nil && (strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "%zz")) {
			t.Errorf("%s: the password shows: %v", name, err)
		}
	}
}
