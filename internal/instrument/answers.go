package instrument

import (
	"encoding/json"
	"slices"
	"strconv"
)

// MarshalJSON writes what encoding/json would write of the map, in a quarter of
// the time: every stored sitting goes through here.
func (a Answers) MarshalJSON() ([]byte, error) {
	if a == nil {
		return []byte("null"), nil
	}
	ids := make([]string, 0, 64)
	for id := range a {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	out := append(make([]byte, 0, 32*len(a)+2), '{')
	var err error
	for i, id := range ids {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(appendText(out, id), ':')
		if out, err = a[id].append(out); err != nil {
			return nil, err
		}
	}
	return append(out, '}'), nil
}

func (v Value) append(out []byte) ([]byte, error) {
	switch v.kind {
	case kindWord:
		return appendText(out, v.word), nil
	case kindList:
		out = append(out, '[')
		for i, id := range v.list {
			if i > 0 {
				out = append(out, ',')
			}
			out = appendText(out, id)
		}
		return append(out, ']'), nil
	case kindNumber:
		// zero may be −0
		if n := int64(v.num); float64(n) == v.num && n != 0 && n > -1e15 && n < 1e15 {
			return strconv.AppendInt(out, n, 10), nil
		}
	}
	raw, err := v.MarshalJSON()
	return append(out, raw...), err
}

// appendText quotes a text; what is not plain ASCII goes the long way.
func appendText(out []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c >= 0x7f || c == '"' || c == '\\' {
			raw, err := json.Marshal(s)
			if err != nil {
				return append(out, `""`...) // a string is always written
			}
			return append(out, raw...)
		}
	}
	return append(append(append(out, '"'), s...), '"')
}
