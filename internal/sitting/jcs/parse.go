package jcs

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// MaxDepth is how deep objects and arrays may nest.
const MaxDepth = 32

// Code says what is wrong with a text.
type Code string

// The faults of a text.
const (
	Syntax    Code = "syntax"    // not JSON
	Duplicate Code = "duplicate" // a name twice in one object
	UTF8      Code = "utf8"      // broken UTF-8 or a lone surrogate
	Depth     Code = "depth"     // nested deeper than MaxDepth
	Trailing  Code = "trailing"  // something behind the value
	Overflow  Code = "overflow"  // a number outside the doubles
)

// Error is a fault of the text with its place.
type Error struct {
	Code    Code
	Pointer string // JSON pointer of the value or member at fault
	Offset  int    // byte of the text
}

// Error is for logs; it quotes nothing of the text.
func (e *Error) Error() string {
	return fmt.Sprintf("json %s at byte %d", e.Code, e.Offset)
}

// Parse reads one JSON value that fills the text. The fault is an *Error.
func Parse(text []byte) (*Value, error) {
	p := parser{s: string(text), stack: make([]Member, 0, 64)}
	p.space()
	v, e := p.value(0)
	if e != nil {
		return nil, e
	}
	p.space()
	if p.i < len(p.s) {
		return nil, p.fault(Trailing)
	}
	return &v, nil
}

type parser struct {
	s     string
	i     int
	stack []Member // members of the containers that are open
}

// take moves the members of a closed container from the stack into a slice of
// their number.
func (p *parser) take(from int) []Member {
	if len(p.stack) == from {
		return nil
	}
	out := make([]Member, len(p.stack)-from)
	copy(out, p.stack[from:])
	p.stack = p.stack[:from]
	return out
}

func (p *parser) fault(c Code) *Error { return &Error{Code: c, Offset: p.i} }

func under(name string, e *Error) *Error {
	e.Pointer = Pointer(name, e.Pointer)
	return e
}

func (p *parser) space() {
	for p.i < len(p.s) {
		switch p.s[p.i] {
		case ' ', '\t', '\n', '\r':
			p.i++
		default:
			return
		}
	}
}

// value is returned and not filled in place, so that it stays off the heap.
func (p *parser) value(depth int) (v Value, e *Error) {
	if p.i == len(p.s) {
		return v, p.fault(Syntax)
	}
	switch c := p.s[p.i]; {
	case c == '{':
		v.Kind = Object
		v.Members, e = p.object(depth + 1)
	case c == '[':
		v.Kind = Array
		v.Members, e = p.array(depth + 1)
	case c == '"':
		v.Kind = String
		v.Str, e = p.text()
	case c == '-' || c >= '0' && c <= '9':
		v.Kind = Number
		v.Num, e = p.number()
	case strings.HasPrefix(p.s[p.i:], "true"):
		v.Kind, v.Bool = Bool, true
		p.i += 4
	case strings.HasPrefix(p.s[p.i:], "false"):
		v.Kind = Bool
		p.i += 5
	case strings.HasPrefix(p.s[p.i:], "null"):
		p.i += 4
	default:
		e = p.fault(Syntax)
	}
	return v, e
}

// few is the size up to which a linear search for a name beats a map.
const few = 48

func (p *parser) object(depth int) ([]Member, *Error) {
	if depth > MaxDepth {
		return nil, p.fault(Depth)
	}
	p.i++
	p.space()
	if p.i < len(p.s) && p.s[p.i] == '}' {
		p.i++
		return nil, nil
	}
	var seen map[string]bool
	from := len(p.stack)
	for {
		p.space()
		if p.i == len(p.s) || p.s[p.i] != '"' {
			return nil, p.fault(Syntax)
		}
		name, e := p.text()
		if e != nil {
			return nil, e
		}
		twice := false
		if before := p.stack[from:]; len(before) < few {
			for i := range before {
				twice = twice || before[i].Name == name
			}
		} else {
			if seen == nil {
				seen = make(map[string]bool, 4*few)
				for i := range before {
					seen[before[i].Name] = true
				}
			}
			twice = seen[name]
			seen[name] = true
		}
		if twice {
			return nil, under(name, p.fault(Duplicate))
		}
		p.space()
		if p.i == len(p.s) || p.s[p.i] != ':' {
			return nil, under(name, p.fault(Syntax))
		}
		p.i++
		p.space()
		v, e := p.value(depth)
		if e != nil {
			return nil, under(name, e)
		}
		p.stack = append(p.stack, Member{Name: name, Value: v})
		if done, e := p.next('}'); done || e != nil {
			return p.take(from), e
		}
	}
}

func (p *parser) array(depth int) ([]Member, *Error) {
	if depth > MaxDepth {
		return nil, p.fault(Depth)
	}
	p.i++
	p.space()
	if p.i < len(p.s) && p.s[p.i] == ']' {
		p.i++
		return nil, nil
	}
	from := len(p.stack)
	for {
		p.space()
		v, e := p.value(depth)
		if e != nil {
			return nil, under(strconv.Itoa(len(p.stack)-from), e)
		}
		p.stack = append(p.stack, Member{Value: v})
		if done, e := p.next(']'); done || e != nil {
			return p.take(from), e
		}
	}
}

// next reads a comma or the closing mark.
func (p *parser) next(end byte) (done bool, e *Error) {
	p.space()
	if p.i == len(p.s) {
		return false, p.fault(Syntax)
	}
	switch p.s[p.i] {
	case ',':
		p.i++
		return false, nil
	case end:
		p.i++
		return true, nil
	}
	return false, p.fault(Syntax)
}

func (p *parser) number() (float64, *Error) {
	from := p.i
	digits := func() int {
		n := p.i
		for p.i < len(p.s) && p.s[p.i]-'0' <= 9 {
			p.i++
		}
		return p.i - n
	}
	if p.s[p.i] == '-' {
		p.i++
	}
	if p.i < len(p.s) && p.s[p.i] == '0' {
		p.i++
	} else if digits() == 0 {
		return 0, p.fault(Syntax)
	}
	if p.i < len(p.s) && p.s[p.i] == '.' {
		p.i++
		if digits() == 0 {
			return 0, p.fault(Syntax)
		}
	}
	if p.i < len(p.s) && p.s[p.i]|0x20 == 'e' {
		p.i++
		if p.i < len(p.s) && (p.s[p.i] == '+' || p.s[p.i] == '-') {
			p.i++
		}
		if digits() == 0 {
			return 0, p.fault(Syntax)
		}
	}
	x, err := strconv.ParseFloat(p.s[from:p.i], 64)
	if err != nil || math.IsInf(x, 0) {
		p.i = from
		return 0, p.fault(Overflow)
	}
	return x, nil
}

// text reads a string; without escapes it shares the memory of the input.
func (p *parser) text() (string, *Error) {
	p.i++
	from, ascii := p.i, true
	for p.i < len(p.s) {
		switch c := p.s[p.i]; {
		case c == '"':
			s := p.s[from:p.i]
			if !ascii && !utf8.ValidString(s) {
				return "", p.fault(UTF8)
			}
			p.i++
			return s, nil
		case c == '\\':
			return p.escaped(from)
		case c < 0x20:
			return "", p.fault(Syntax)
		default:
			ascii = ascii && c < utf8.RuneSelf
			p.i++
		}
	}
	return "", p.fault(Syntax)
}

func (p *parser) escaped(from int) (string, *Error) {
	b := append(make([]byte, 0, p.i-from+32), p.s[from:p.i]...)
	for p.i < len(p.s) {
		c := p.s[p.i]
		switch {
		case c == '"':
			if !utf8.Valid(b) {
				return "", p.fault(UTF8)
			}
			p.i++
			return string(b), nil
		case c < 0x20:
			return "", p.fault(Syntax)
		case c != '\\':
			b = append(b, c)
			p.i++
			continue
		}
		if p.i+1 == len(p.s) {
			return "", p.fault(Syntax)
		}
		c = p.s[p.i+1]
		if at := strings.IndexByte(`"\/bfnrt`, c); at >= 0 {
			b = append(b, "\"\\/\b\f\n\r\t"[at])
			p.i += 2
			continue
		}
		r, ok := p.unit(p.i)
		if !ok {
			return "", p.fault(Syntax)
		}
		if utf16.IsSurrogate(r) {
			low, _ := p.unit(p.i + 6)
			if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
				return "", p.fault(UTF8)
			}
			p.i += 6
		}
		b = utf8.AppendRune(b, r)
		p.i += 6
	}
	return "", p.fault(Syntax)
}

// unit reads \uXXXX at byte i.
func (p *parser) unit(i int) (rune, bool) {
	if i+6 > len(p.s) || p.s[i] != '\\' || p.s[i+1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range []byte(p.s[i+2 : i+6]) {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return r, true
}
