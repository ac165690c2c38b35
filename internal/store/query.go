package store

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"osvitlo/internal/fault"
)

// Plan is a query resolved against a spec: a list of segments that are read one after
// the other. Each segment is one unbroken stretch of the index, so an engine needs no
// sorting and no OR.
type Plan struct {
	Index    *Index
	Fields   []string // the order: the index's fields, then "_id"
	Desc     bool     // segments stand in this order already; rows within them follow it
	Limit    int      // 0: none
	Segments []Segment
}

// Segment is a stretch of an index: Fields[:len(Eq)] equal Eq, the next field lies
// between Lo and Hi, the rest orders.
type Segment struct {
	Eq      []any  // nil stands for a missing field
	Lo, Hi  *Bound // of the next field; nil is open. A bound keeps missing fields out
	Present bool   // the next field must not be missing
}

// Bound is one end of a stretch. Value is a string, int64, float64 or bool.
type Bound struct {
	Value     any
	Inclusive bool
}

// Plan resolves a query: Invalid when it does not fit one declared index, names values
// that cannot be stored, or carries a cursor of another query.
func (s *Shape) Plan(q Query) (*Plan, error) {
	bad := func(reason string) error {
		return fault.Newf(fault.Invalid, "", "collection %s, query on index %q: %s", s.Spec.Name, q.Index, reason)
	}
	ix := s.Index(q.Index)
	if ix == nil {
		return nil, bad("no such index is declared")
	}
	if q.Limit < 0 {
		return nil, bad("the limit is negative")
	}
	p := &Plan{Index: ix, Fields: orderFields(ix), Desc: q.Desc, Limit: q.Limit}
	if len(q.Eq) > len(ix.Fields) {
		return nil, bad("more Eq values than index fields")
	}
	if ix.Array && len(q.Eq) == 0 {
		return nil, bad("an array index needs Eq")
	}
	base := Segment{}
	for _, v := range q.Eq {
		n, err := normal(v)
		if err != nil {
			return nil, bad(err.Error())
		}
		base.Eq = append(base.Eq, n)
	}
	ranged := q.From != nil || q.To != nil || q.After != nil
	kinds := 0
	for _, on := range []bool{q.In != nil, ranged, q.Prefix != ""} {
		if on {
			kinds++
		}
	}
	switch {
	case kinds > 1:
		return nil, bad("In, a range and a prefix exclude each other")
	case kinds == 1 && len(q.Eq) == len(ix.Fields):
		return nil, bad("no index field is left for In, a range or a prefix")
	case q.From != nil && q.After != nil:
		return nil, bad("From and After exclude each other")
	case len(q.In) > MaxIn:
		return nil, bad("too many values of In")
	}
	segments := []Segment{base}
	switch {
	case q.In != nil:
		values, err := sortedIn(q.In)
		if err != nil {
			return nil, bad(err.Error())
		}
		segments = segments[:0]
		for _, v := range values {
			segments = append(segments, Segment{Eq: append(slices.Clone(base.Eq), v)})
		}
	case ranged:
		err := segments[0].between(q)
		if err != nil {
			return nil, bad(err.Error())
		}
	case q.Prefix != "":
		if len(q.Prefix) > MaxIndexValue || !utf8.ValidString(q.Prefix) {
			return nil, bad("the prefix is too long or not UTF-8")
		}
		segments[0].Lo = &Bound{Value: q.Prefix, Inclusive: true}
		if end := prefixEnd(q.Prefix); end != "" {
			segments[0].Hi = &Bound{Value: end}
		}
	}
	if q.Desc {
		slices.Reverse(segments)
	}
	if q.Cursor != "" {
		at, err := s.readCursor(ix, q.Desc, q.Cursor)
		if err != nil {
			return nil, err
		}
		if at.back {
			return nil, bad("a cursor to the page before serves Page only")
		}
		for i, v := range base.Eq {
			if Compare(v, at.values[i]) != 0 {
				return nil, bad("the cursor does not belong to these Eq values")
			}
		}
		segments = behind(segments, at.values, q.Desc)
	}
	p.Segments = segments
	return p, nil
}

// Behind returns the segments of the plan that lie behind a row, for reading on.
func (p *Plan) Behind(values []any, id string) []Segment {
	at := make([]any, 0, len(p.Fields))
	if p.Index.Name != BuiltinID {
		at = append(at, values...)
	}
	return behind(p.Segments, append(at, id), p.Desc)
}

func (g *Segment) between(q Query) (err error) {
	set := func(dst **Bound, v any, inclusive bool) {
		if v == nil || err != nil {
			return
		}
		var n any
		if n, err = normal(v); err == nil {
			*dst = &Bound{Value: n, Inclusive: inclusive}
		}
	}
	set(&g.Lo, q.From, true)
	set(&g.Lo, q.After, false)
	set(&g.Hi, q.To, false)
	if err == nil && g.Lo != nil && g.Hi != nil && rank(g.Lo.Value) != rank(g.Hi.Value) {
		return errMixed
	}
	return err
}

func sortedIn(in []any) ([]any, error) {
	values := make([]any, 0, len(in))
	for _, v := range in {
		n, err := normal(v)
		if err != nil {
			return nil, err
		}
		values = append(values, n)
	}
	slices.SortFunc(values, Compare)
	return slices.CompactFunc(values, func(a, b any) bool { return Compare(a, b) == 0 }), nil
}

// behind cuts what lies up to and including the row at from the segments.
func behind(segments []Segment, at []any, desc bool) []Segment {
	var out []Segment
	for _, g := range segments {
		k := len(g.Eq)
		order := 0 // where the segment lies to the row: <0 before it, 0 around it, >0 behind it
		for i := 0; i < k && order == 0; i++ {
			order = Compare(g.Eq[i], at[i])
		}
		if order == 0 && k < len(at) {
			order = g.side(at[k])
		}
		if desc {
			order = -order
		}
		switch {
		case order > 0:
			out = append(out, g)
		case order == 0:
			out = append(out, g.after(at, desc)...)
		}
	}
	return out
}

// side tells where the stretch lies to a value of its next field: >0 above it,
// <0 below it, 0 when it holds the value's place.
func (g *Segment) side(v any) int {
	if g.Lo != nil {
		if c := Compare(g.Lo.Value, v); c > 0 || c == 0 && !g.Lo.Inclusive {
			return 1
		}
	}
	if g.Hi != nil {
		if c := Compare(g.Hi.Value, v); c < 0 || c == 0 && !g.Hi.Inclusive {
			return -1
		}
	}
	if g.Present && v == nil {
		return 1
	}
	return 0
}

// after lists the stretches of the segment behind the row, nearest first: those that
// share all but the last field with the row, then all but the last two, and so on.
func (g *Segment) after(at []any, desc bool) []Segment {
	var out []Segment
	for j := len(at) - 1; j >= len(g.Eq); j-- {
		s := Segment{Eq: at[:j:j]}
		bounded := false
		if j == len(g.Eq) {
			s.Lo, s.Hi, s.Present = g.Lo, g.Hi, g.Present
			bounded = g.Lo != nil || g.Hi != nil || g.Present
		}
		last := j == len(at)-1 // the id, which is never missing
		switch v := at[j]; {
		case !desc && v == nil:
			s.Present = true
			out = append(out, s)
		case !desc:
			s.Lo = &Bound{Value: v}
			out = append(out, s)
		case v != nil:
			s.Hi = &Bound{Value: v}
			out = append(out, s)
			if !last && !bounded {
				out = append(out, Segment{Eq: append(at[:j:j], nil)})
			}
		}
	}
	return out
}

// Compare orders index values as both engines do: missing, numbers, texts by their
// bytes, bools with false first.
func Compare(a, b any) int {
	if c := cmp.Compare(rank(a), rank(b)); c != 0 {
		return c
	}
	switch x := a.(type) {
	case string:
		return strings.Compare(x, b.(string))
	case bool:
		y := b.(bool)
		switch {
		case x == y:
			return 0
		case y:
			return -1
		default:
			return 1
		}
	case int64:
		if y, ok := b.(int64); ok {
			return cmp.Compare(x, y)
		}
		return cmp.Compare(float64(x), b.(float64))
	case float64:
		if y, ok := b.(int64); ok {
			return cmp.Compare(x, float64(y))
		}
		return cmp.Compare(x, b.(float64))
	}
	return 0
}

func rank(v any) int {
	switch v.(type) {
	case int64, float64:
		return 1
	case string:
		return 2
	case bool:
		return 3
	}
	return 0
}

// prefixEnd is the least text above every text with this prefix; "" when there is none.
func prefixEnd(p string) string {
	runes := []rune(p)
	for i := len(runes) - 1; i >= 0; i-- {
		switch r := runes[i]; {
		case r == 0xD7FF: // step over the surrogates
			return string(runes[:i]) + string(rune(0xE000))
		case r < utf8.MaxRune:
			return string(runes[:i]) + string(r+1)
		}
	}
	return ""
}

type valueError string

func (e valueError) Error() string { return string(e) }

const (
	errType  = valueError("a value must be a string, a number, a bool or a Time")
	errBound = valueError("a value is out of bounds")
	errMixed = valueError("the ends of the range are of different types")
)

// normal brings a query value to string, int64, float64 or bool.
func normal(v any) (any, error) {
	switch x := v.(type) {
	case string:
		return normalText(x)
	case int64:
		return normalInt(x)
	case int:
		return normalInt(int64(x))
	case Time:
		return x.String(), nil
	}
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.String:
		return normalText(r.String())
	case reflect.Bool:
		return r.Bool(), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return normalInt(r.Int())
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return normalInt(int64(r.Uint()))
	case reflect.Float32, reflect.Float64:
		f := r.Float()
		if f != f || f > 1.7e308 || f < -1.7e308 {
			return nil, errBound
		}
		if f >= -MaxInt && f <= MaxInt && f == float64(int64(f)) {
			return int64(f), nil
		}
		return f, nil
	}
	return nil, errType
}

func normalText(x string) (any, error) {
	if len(x) > MaxIndexValue || !utf8.ValidString(x) || strings.IndexByte(x, 0) >= 0 {
		return nil, errBound
	}
	return x, nil
}

func normalInt(x int64) (any, error) {
	if x > MaxInt || x < -MaxInt {
		return nil, errBound
	}
	return x, nil
}
