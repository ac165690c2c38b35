package instrument

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"math"
	"slices"
)

type valueKind uint8

const (
	kindAbsent valueKind = iota
	kindWord
	kindList
	kindPairs
	kindNumber
	kindDontKnow
	kindRefused
)

// Value is the answer to one item, immutable. The zero Value is no answer. A
// string is an option id or a text: which one, the item's type knows.
type Value struct {
	kind  valueKind
	word  string
	list  []string
	pairs map[string]string
	num   float64
}

// Answers are the answers of a sitting by item id.
type Answers map[string]Value

// Word is an option id (single, scale) or a text.
func Word(s string) Value { return Value{kind: kindWord, word: s} }

// List is the chosen option ids (multiple, spot) or all of them in order (ordering).
func List(ids ...string) Value { return Value{kind: kindList, list: slices.Clone(ids)} }

// Pairs is left id to right id (matching), possibly not all of them.
func Pairs(m map[string]string) Value { return Value{kind: kindPairs, pairs: maps.Clone(m)} }

// Num is a number; what is not finite is no answer.
func Num(x float64) Value {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return Value{}
	}
	return Value{kind: kindNumber, num: x}
}

// DontKnow is «не знаю».
func DontKnow() Value { return Value{kind: kindDontKnow} }

// Refused is «не хочу відповідати».
func Refused() Value { return Value{kind: kindRefused} }

// IsZero tells whether there is no value at all.
func (v Value) IsZero() bool { return v.kind == kindAbsent }

// IsDontKnow tells whether the answer is «не знаю».
func (v Value) IsDontKnow() bool { return v.kind == kindDontKnow }

// IsRefused tells whether the answer was refused.
func (v Value) IsRefused() bool { return v.kind == kindRefused }

// Answered tells whether something was answered: not absent, not «не знаю», not
// refused, not an empty list, map or text.
func (v Value) Answered() bool {
	switch v.kind {
	case kindWord:
		return v.word != ""
	case kindList:
		return len(v.list) > 0
	case kindPairs:
		return len(v.pairs) > 0
	case kindNumber:
		return true
	}
	return false
}

// Word returns the option id or the text.
func (v Value) Word() (string, bool) { return v.word, v.kind == kindWord }

// List returns the option ids; the slice is a copy.
func (v Value) List() ([]string, bool) { return slices.Clone(v.list), v.kind == kindList }

// Pairs returns the pairs; the map is a copy.
func (v Value) Pairs() (map[string]string, bool) { return maps.Clone(v.pairs), v.kind == kindPairs }

// Num returns the number.
func (v Value) Num() (float64, bool) { return v.num, v.kind == kindNumber }

// Equal compares two values; the order of a list counts.
func (v Value) Equal(w Value) bool {
	return v.kind == w.kind && v.word == w.word && slices.Equal(v.list, w.list) &&
		maps.Equal(v.pairs, w.pairs) && v.num == w.num
}

var (
	errShape  = errors.New("answer: not a shape of the contract")
	markKnow  = []byte(`{"dont_know":true}`)
	markRefus = []byte(`{"refused":true}`)
)

// MarshalJSON writes the shape of CONTRACT §3. An absent value is null: leave it out of maps.
func (v Value) MarshalJSON() ([]byte, error) {
	switch v.kind {
	case kindWord:
		return json.Marshal(v.word)
	case kindList:
		if v.list == nil {
			return []byte("[]"), nil
		}
		return json.Marshal(v.list)
	case kindPairs:
		if v.pairs == nil {
			return []byte("{}"), nil
		}
		return json.Marshal(v.pairs)
	case kindNumber:
		return json.Marshal(v.num)
	case kindDontKnow:
		return markKnow, nil
	case kindRefused:
		return markRefus, nil
	}
	return []byte("null"), nil
}

// UnmarshalJSON reads a shape of CONTRACT §3; null, true and false are none.
func (v *Value) UnmarshalJSON(raw []byte) error {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || len(raw) > MaxValue {
		return errShape
	}
	switch raw[0] {
	case '"':
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return errShape
		}
		*v = Word(s)
	case '[':
		// pointers tell a null, which Go would read as an empty string
		var l []*string
		if err := json.Unmarshal(raw, &l); err != nil {
			return errShape
		}
		ids := make([]string, len(l))
		for i, s := range l {
			if s == nil {
				return errShape
			}
			ids[i] = *s
		}
		*v = Value{kind: kindList, list: ids}
	case '{':
		return v.unmarshalObject(raw)
	default:
		var n *float64
		if err := json.Unmarshal(raw, &n); err != nil || n == nil {
			return errShape
		}
		*v = Num(*n)
	}
	return nil
}

func (v *Value) unmarshalObject(raw []byte) error {
	var m map[string]json.RawMessage
	if err := json.Unmarshal(raw, &m); err != nil {
		return errShape
	}
	if len(m) == 1 {
		if is(m["dont_know"], "true") {
			*v = DontKnow()
			return nil
		}
		if is(m["refused"], "true") {
			*v = Refused()
			return nil
		}
	}
	pairs := make(map[string]string, len(m))
	for left, r := range m {
		var right *string
		if err := json.Unmarshal(r, &right); err != nil || right == nil {
			return errShape
		}
		pairs[left] = *right
	}
	*v = Value{kind: kindPairs, pairs: pairs}
	return nil
}

func is(raw json.RawMessage, want string) bool { return string(bytes.TrimSpace(raw)) == want }
