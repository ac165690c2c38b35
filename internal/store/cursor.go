package store

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"hash/fnv"
	"io"
	"strconv"

	"osvitlo/internal/fault"
)

// place is a decoded cursor: the index values of a row and its id.
type place struct {
	values []any // one per order field, the id last
	back   bool  // the page in front of the row is wanted; only Page understands it
}

// mark names the query a cursor belongs to, so that it cannot be used with another.
func (s *Shape) mark(ix *Index, desc bool) string {
	h := fnv.New32a()
	for _, part := range append([]string{s.Spec.Name, ix.Name}, ix.Fields...) {
		io.WriteString(h, part+"\x00")
	}
	m := strconv.FormatUint(uint64(h.Sum32()), 36)
	if desc {
		return m + "-"
	}
	return m + "+"
}

// cursorAt writes the cursor of a row. The values are the index's fields.
// A cursor holds them readable to anyone: an index over something personal does
// not belong into an address.
func (s *Shape) cursorAt(ix *Index, desc, back bool, values []any, id string) Cursor {
	parts := []any{s.mark(ix, desc), back}
	if ix.Name != BuiltinID {
		parts = append(parts, values...)
	}
	text, err := json.Marshal(append(parts, id))
	if err != nil { // values come from an index, which holds nothing that cannot be written
		return ""
	}
	return Cursor(base64.RawURLEncoding.EncodeToString(text))
}

// readCursor decodes a cursor for the query's index and direction.
func (s *Shape) readCursor(ix *Index, desc bool, c Cursor) (place, error) {
	bad := func() (place, error) {
		return place{}, fault.Newf(fault.Invalid, "", "collection %s, index %s: the cursor does not belong to this query", s.Spec.Name, ix.Name)
	}
	if len(c) > 4*(MaxFields*MaxIndexValue+MaxID) {
		return bad()
	}
	text, err := base64.RawURLEncoding.DecodeString(string(c))
	if err != nil {
		return bad()
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var parts []any
	if err := dec.Decode(&parts); err != nil || len(parts) != 2+len(orderFields(ix)) {
		return bad()
	}
	back, ok := parts[1].(bool)
	if !ok || parts[0] != s.mark(ix, desc) {
		return bad()
	}
	p := place{values: parts[2:], back: back}
	for i, v := range p.values {
		if n, ok := v.(json.Number); ok {
			if p.values[i], err = number(n); err != nil {
				return bad()
			}
		}
	}
	id, ok := p.values[len(p.values)-1].(string)
	if !ok || CheckID(id) != nil {
		return bad()
	}
	for i, v := range p.values {
		if v == nil {
			continue
		}
		if p.values[i], err = normal(v); err != nil {
			return bad()
		}
	}
	return p, nil
}

func number(n json.Number) (any, error) {
	if i, err := n.Int64(); err == nil {
		return i, nil
	}
	return n.Float64()
}

// orderFields are the fields that order the rows of an index: its own and the id.
func orderFields(ix *Index) []string {
	if ix.Name == BuiltinID {
		return ix.Fields
	}
	return append(append(make([]string, 0, len(ix.Fields)+1), ix.Fields...), BuiltinID)
}
