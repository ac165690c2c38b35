package store

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"osvitlo/internal/fault"
)

// AddTo adds to integer fields of a document's text and returns the new text and the
// fields' new values. A missing field counts as 0 and is made, with the objects on its
// way. Invalid when a field or a step of its path holds something else, or when a sum
// leaves ±MaxInt. The delta must have passed CheckDelta.
func AddTo(body []byte, delta map[string]int64) ([]byte, map[string]int64, error) {
	var doc map[string]json.RawMessage
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, nil, fault.Newf(fault.Internal, "", "a stored document is not an object: %w", err)
	}
	sums := make(map[string]int64, len(delta))
	for _, path := range slices.Sorted(maps.Keys(delta)) {
		sum, err := addTo(doc, strings.Split(path, "."), delta[path])
		if err != nil {
			return nil, nil, err
		}
		sums[path] = sum
	}
	text, err := write(doc)
	return text, sums, err
}

func addTo(doc map[string]json.RawMessage, steps []string, by int64) (int64, error) {
	key, old := steps[0], doc[steps[0]]
	if len(steps) == 1 {
		var have int64
		if old != nil {
			var err error
			if have, err = strconv.ParseInt(string(old), 10, 64); err != nil {
				return 0, fault.Newf(fault.Invalid, "", "Add: the field %s does not hold an integer", key)
			}
		}
		sum := have + by
		if sum > MaxInt || sum < -MaxInt {
			return 0, fault.Newf(fault.Invalid, "", "Add: the field %s would leave ±2^53", key)
		}
		doc[key] = strconv.AppendInt(nil, sum, 10)
		return sum, nil
	}
	inner := map[string]json.RawMessage{}
	if old != nil && json.Unmarshal(old, &inner) != nil {
		return 0, fault.Newf(fault.Invalid, "", "Add: the field %s does not hold an object", key)
	}
	sum, err := addTo(inner, steps[1:], by)
	if err != nil {
		return 0, err
	}
	text, err := write(inner)
	doc[key] = text
	return sum, err
}

// write keeps < > & as they are, like the typed face does.
func write(doc map[string]json.RawMessage) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(doc); err != nil {
		return nil, fault.From(err, fault.Internal, "")
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}
