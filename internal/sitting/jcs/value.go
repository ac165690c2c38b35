package jcs

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Kind is the JSON type of a value.
type Kind uint8

// The JSON types.
const (
	Null Kind = iota
	Bool
	Number
	String
	Array
	Object
)

// Value is one JSON value. It shares the memory of the parsed text.
type Value struct {
	Kind    Kind
	Bool    bool
	Num     float64
	Str     string
	Members []Member // object: in the order of the text, names unique; array: its items, without names
}

// Member is a named value of an object, or an item of an array.
type Member struct {
	Name  string
	Value Value
}

// Append writes the canonical form behind dst: members sorted by UTF-16 code
// units, numbers as ECMAScript writes them, shortest string escapes.
func (v *Value) Append(dst []byte) []byte {
	switch v.Kind {
	case Null:
		return append(dst, "null"...)
	case Bool:
		return strconv.AppendBool(dst, v.Bool)
	case Number:
		return AppendNumber(dst, v.Num)
	case String:
		return AppendString(dst, v.Str)
	case Array:
		dst = append(dst, '[')
		for i := range v.Members {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = v.Members[i].Value.Append(dst)
		}
		return append(dst, ']')
	}
	dst = append(dst, '{')
	order := v.Members
	byName := func(a, b Member) int { return compareUTF16(a.Name, b.Name) }
	if !slices.IsSortedFunc(order, byName) {
		order = slices.Clone(order)
		slices.SortFunc(order, byName)
	}
	for i := range order {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendString(dst, order[i].Name)
		dst = append(dst, ':')
		dst = order[i].Value.Append(dst)
	}
	return append(dst, '}')
}

// compareUTF16 orders as RFC 8785 asks. It differs from the order of the bytes
// only where one text has a character outside the basic plane.
func compareUTF16(a, b string) int {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	if i == len(a) || i == len(b) {
		return len(a) - len(b)
	}
	if a[i] < 0xee && b[i] < 0xee {
		return int(a[i]) - int(b[i])
	}
	for i > 0 && !utf8.RuneStart(a[i]) {
		i--
	}
	return slices.Compare(utf16.Encode([]rune(a[i:])), utf16.Encode([]rune(b[i:])))
}

// AppendNumber writes a finite double as ECMAScript does.
func AppendNumber(dst []byte, x float64) []byte {
	if x == 0 {
		return append(dst, '0') // also −0
	}
	if abs := math.Abs(x); abs >= 1e-6 && abs < 1e21 {
		return strconv.AppendFloat(dst, x, 'f', -1, 64)
	}
	dst = strconv.AppendFloat(dst, x, 'e', -1, 64)
	if n := len(dst); n > 3 && dst[n-4] == 'e' && dst[n-2] == '0' { // e-07 is e-7
		dst[n-2] = dst[n-1]
		dst = dst[:n-1]
	}
	return dst
}

const hexDigits = "0123456789abcdef"

// AppendString writes a text between quotation marks with the shortest escapes.
func AppendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	from := 0
	for i := range len(s) {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, s[from:i]...)
		from = i + 1
		if at := strings.IndexByte("\"\\\b\t\n\f\r", c); at >= 0 {
			dst = append(dst, '\\', `"\btnfr`[at])
		} else {
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	dst = append(dst, s[from:]...)
	return append(dst, '"')
}

// Member finds a member of an object by name.
func (v *Value) Member(name string) (*Value, bool) {
	for i := range v.Members {
		if v.Members[i].Name == name {
			return &v.Members[i].Value, true
		}
	}
	return nil, false
}

// Pointer puts a name before a JSON pointer.
func Pointer(name, rest string) string {
	if strings.ContainsAny(name, "~/") {
		name = strings.ReplaceAll(strings.ReplaceAll(name, "~", "~0"), "/", "~1")
	}
	return "/" + name + rest
}
