package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// scan walks a JSON text once. It checks what the port promises (an object, no null,
// integers within bounds, no reserved keys) and picks up the values of indexed fields.
// With out set it also copies the text, leaving null members and the reserved
// top-level keys out.
type scan struct {
	b      []byte
	i      int
	depth  int
	values []any
	out    *bytes.Buffer // nil when only checking
}

var (
	errSyntax = errors.New("not a JSON object")
	errNull   = errors.New("null is not stored: leave the field out")
)

// document reads the whole text, which must be one object.
func (s *scan) document(n *node) error {
	s.space()
	if s.peek() != '{' {
		return errSyntax
	}
	if err := s.object(n); err != nil {
		return err
	}
	s.space()
	if s.i != len(s.b) {
		return errSyntax
	}
	return nil
}

func (s *scan) peek() byte {
	if s.i < len(s.b) {
		return s.b[s.i]
	}
	return 0
}

func (s *scan) space() {
	for s.i < len(s.b) {
		switch s.b[s.i] {
		case ' ', '\n', '\t', '\r':
			s.i++
		default:
			return
		}
	}
}

func (s *scan) emit(from, to int) {
	if s.out != nil {
		s.out.Write(s.b[from:to])
	}
}

// value reads one value; n is the node of its path, or nil where no index looks.
func (s *scan) value(n *node) error {
	c := s.peek()
	if n != nil && n.slot >= 0 {
		return s.indexed(n, c)
	}
	switch c {
	case '{':
		return s.object(n)
	case '[':
		if n != nil && len(n.children) > 0 {
			return errors.New("an index path runs through an array")
		}
		return s.array(false)
	default:
		from := s.i
		if err := s.scalar(nil); err != nil {
			return err
		}
		s.emit(from, s.i)
		return nil
	}
}

func (s *scan) indexed(n *node, c byte) error {
	switch {
	case n.array && c == '[':
		return s.array(true)
	case n.array || c == '[' || c == '{':
		return errors.New("an indexed field holds neither an object nor, unless declared, an array")
	}
	from := s.i
	var dst *any
	if s.values != nil {
		dst = &s.values[n.slot]
	}
	if err := s.scalar(dst); err != nil {
		return err
	}
	s.emit(from, s.i)
	return nil
}

func (s *scan) object(n *node) error {
	if s.depth++; s.depth > MaxDepth {
		return errors.New("nested too deep")
	}
	s.emit(s.i, s.i+1)
	s.i++
	first := true
	for {
		s.space()
		if s.peek() == '}' {
			s.emit(s.i, s.i+1)
			s.i++
			s.depth--
			return nil
		}
		from := s.i
		key, err := s.key()
		if err != nil {
			return err
		}
		s.space()
		if s.peek() != ':' {
			return errSyntax
		}
		s.i++
		to := s.i
		s.space()
		drop, err := s.dropped(key)
		if err != nil {
			return err
		}
		if !drop {
			if s.out != nil && !first {
				s.out.WriteByte(',')
			}
			s.emit(from, to)
			first = false
			if err := s.value(n.child(key)); err != nil {
				return err
			}
		}
		s.space()
		switch s.peek() {
		case ',':
			s.i++
			if s.space(); s.peek() != '"' {
				return errSyntax
			}
		case '}':
		default:
			return errSyntax
		}
	}
}

// dropped tells whether the member that starts here is left out of the copy, and
// then steps over it. Without a copy such members are refused.
func (s *scan) dropped(key []byte) (bool, error) {
	null := bytes.HasPrefix(s.b[s.i:], []byte("null"))
	meta := s.depth == 1 && (string(key) == "_id" || string(key) == "rev")
	switch {
	case !null && !meta:
		return false, nil
	case s.out == nil && null:
		return false, errNull
	case s.out == nil:
		return false, errors.New("the body repeats a reserved field")
	case null:
		s.i += len("null")
		return true, nil
	default:
		return true, s.scalar(nil)
	}
}

func (n *node) child(key []byte) *node {
	if n == nil {
		return nil
	}
	for _, c := range n.children {
		if c.key == string(key) {
			return c
		}
	}
	return nil
}

// array reads an array; scalars only when an index looks at its members.
func (s *scan) array(indexed bool) error {
	if s.depth++; s.depth > MaxDepth {
		return errors.New("nested too deep")
	}
	s.emit(s.i, s.i+1)
	s.i++
	for first := true; ; first = false {
		s.space()
		if s.peek() == ']' && first {
			break
		}
		if indexed {
			var v any
			from := s.i
			if c := s.peek(); c == '{' || c == '[' {
				return errors.New("an indexed array holds only strings, numbers and bools")
			}
			if err := s.scalar(&v); err != nil {
				return err
			}
			s.emit(from, s.i)
		} else if err := s.value(nil); err != nil {
			return err
		}
		s.space()
		if c := s.peek(); c == ',' {
			s.emit(s.i, s.i+1)
			s.i++
			continue
		} else if c != ']' {
			return errSyntax
		}
		break
	}
	s.emit(s.i, s.i+1)
	s.i++
	s.depth--
	return nil
}

// key reads a member's name and refuses those a document database cannot hold.
func (s *scan) key() ([]byte, error) {
	raw, escaped, err := s.text()
	if err != nil {
		return nil, err
	}
	if escaped {
		var k string
		if err := json.Unmarshal(s.b[s.i-len(raw)-2:s.i], &k); err != nil {
			return nil, errSyntax
		}
		raw = []byte(k)
	}
	if len(raw) == 0 || raw[0] == '$' || bytes.IndexByte(raw, 0) >= 0 {
		return nil, fmt.Errorf("a field name may not be empty, start with $ or hold a zero byte")
	}
	return raw, nil
}

// text reads a string and returns what stands between its quotes.
func (s *scan) text() (raw []byte, escaped bool, err error) {
	if s.peek() != '"' {
		return nil, false, errSyntax
	}
	s.i++
	from := s.i
	for s.i < len(s.b) {
		switch c := s.b[s.i]; {
		case c == '"':
			s.i++
			return s.b[from : s.i-1], escaped, nil
		case c < 0x20:
			return nil, false, errSyntax
		case c == '\\':
			escaped = true
			if !s.escape() {
				return nil, false, errSyntax
			}
		default:
			s.i++
		}
	}
	return nil, false, errSyntax
}

// escape steps over one escape sequence.
func (s *scan) escape() bool {
	if s.i+1 >= len(s.b) {
		return false
	}
	switch s.b[s.i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		s.i += 2
		return true
	case 'u':
		for k := s.i + 2; k < s.i+6; k++ {
			if k >= len(s.b) || !strings.ContainsRune("0123456789abcdefABCDEF", rune(s.b[k])) {
				return false
			}
		}
		s.i += 6
		return true
	}
	return false
}

// scalar reads a string, number or bool and stores it in dst when that is given.
func (s *scan) scalar(dst *any) error {
	switch c := s.peek(); {
	case c == '"':
		raw, escaped, err := s.text()
		if err != nil || dst == nil {
			return err
		}
		v := string(raw)
		if escaped {
			if err := json.Unmarshal(s.b[s.i-len(raw)-2:s.i], &v); err != nil {
				return errSyntax
			}
		}
		if len(v) > MaxIndexValue || strings.IndexByte(v, 0) >= 0 {
			return fmt.Errorf("an indexed text has a zero byte or more than %d bytes", MaxIndexValue)
		}
		*dst = v
		return nil
	case c == 't' && bytes.HasPrefix(s.b[s.i:], []byte("true")):
		s.i += 4
		set(dst, true)
		return nil
	case c == 'f' && bytes.HasPrefix(s.b[s.i:], []byte("false")):
		s.i += 5
		set(dst, false)
		return nil
	case c == '-' || c >= '0' && c <= '9':
		return s.number(dst)
	case c == 'n':
		return errNull
	default:
		return errSyntax
	}
}

func set(dst *any, v any) {
	if dst != nil {
		*dst = v
	}
}

// digits steps over a run of digits and counts them.
func (s *scan) digits() int {
	from := s.i
	for s.i < len(s.b) && s.b[s.i] >= '0' && s.b[s.i] <= '9' {
		s.i++
	}
	return s.i - from
}

func (s *scan) number(dst *any) error {
	from, whole := s.i, true
	if s.peek() == '-' {
		s.i++
	}
	switch lead := s.peek(); {
	case lead == '0':
		s.i++
	case s.digits() == 0:
		return errSyntax
	}
	if s.peek() == '.' {
		whole = false
		if s.i++; s.digits() == 0 {
			return errSyntax
		}
	}
	if c := s.peek(); c == 'e' || c == 'E' {
		whole = false
		if s.i++; s.peek() == '+' || s.peek() == '-' {
			s.i++
		}
		if s.digits() == 0 {
			return errSyntax
		}
	}
	text := s.b[from:s.i]
	if !whole {
		if dst == nil {
			return nil
		}
		f, err := strconv.ParseFloat(string(text), 64)
		if err != nil {
			return errSyntax
		}
		*dst = f
		if f == float64(int64(f)) && f <= MaxInt && f >= -MaxInt {
			*dst = int64(f)
		}
		return nil
	}
	if len(text) <= 15 && dst == nil {
		return nil
	}
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil || n > MaxInt || n < -MaxInt {
		return fmt.Errorf("the integer %.24s is outside ±2^53", text)
	}
	set(dst, n)
	return nil
}
