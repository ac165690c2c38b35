package form

import (
	"fmt"
	"math"
	"net/url"
	"reflect"
	"sort"
	"strconv"
	"strings"

	"osvitlo/internal/fault"
)

// read sets one field; the key is empty when the value is in order. The error is a
// mistake of the program: a kind that forms do not know.
func read(all []string, field reflect.Value, raw bool, limits Limits) (string, map[string]any, error) {
	if field.Kind() == reflect.Slice && field.Type().Elem().Kind() == reflect.String {
		list := reflect.MakeSlice(field.Type(), 0, len(all))
		for _, one := range all {
			text, key, args := clean(one, raw, limits)
			if key != "" {
				return key, args, nil
			}
			if text != "" {
				list = reflect.Append(list, reflect.ValueOf(text).Convert(field.Type().Elem()))
			}
		}
		field.Set(list)
		return "", nil, nil
	}
	var first string
	if len(all) > 0 {
		first = all[0]
	}
	text, key, args := clean(first, raw, limits)
	if key != "" {
		return key, args, nil
	}
	if field.Kind() == reflect.Pointer {
		if text == "" {
			field.SetZero()
			return "", nil, nil
		}
		target := reflect.New(field.Type().Elem())
		key, err := set(text, target.Elem())
		if key == "" && err == nil {
			field.Set(target)
		}
		return key, nil, err
	}
	key, err := set(text, field)
	return key, nil, err
}

func set(text string, field reflect.Value) (string, error) {
	switch field.Kind() {
	case reflect.String:
		field.SetString(text)
	case reflect.Bool:
		field.SetBool(text != "" && text != "0" && text != "false" && text != "no")
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if text == "" {
			field.SetInt(0)
			return "", nil
		}
		n, err := strconv.ParseInt(digits(text), 10, 64)
		if err != nil || field.OverflowInt(n) {
			return KeyNumber, nil
		}
		field.SetInt(n)
	case reflect.Float64:
		if text == "" {
			field.SetFloat(0)
			return "", nil
		}
		x, ok := Number(text)
		if !ok {
			return KeyNumber, nil
		}
		field.SetFloat(x)
	default:
		return "", fmt.Errorf("a form cannot be read into a %s", field.Type())
	}
	return "", nil
}

// Number reads a number as people type it: spaces of any kind between thousands, a
// comma or a point before decimals, a true minus. Exponents, infinities and hexadecimal
// digits are not numbers here.
func Number(text string) (float64, bool) {
	s := strings.Replace(digits(text), ",", ".", 1)
	if s == "" || len(s) > 40 || strings.Trim(s, "+-.0123456789") != "" {
		return 0, false
	}
	x, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(x, 0) || math.IsNaN(x) {
		return 0, false
	}
	return x, true
}

// digits takes out spaces and writes the minus plainly.
func digits(text string) string {
	return strings.Map(func(c rune) rune {
		switch c {
		case ' ', '\u00a0', '\u202f', '\u2009':
			return -1
		case '\u2212':
			return '-'
		}
		return c
	}, text)
}

// readMap takes every field whose name begins with prefix into a map[string]string.
func readMap(values url.Values, prefix string, field reflect.Value, limits Limits) []fault.Field {
	var faults []fault.Field
	m := map[string]string{}
	for name, all := range values {
		rest, ok := strings.CutPrefix(name, prefix)
		if !ok || rest == "" || len(all) == 0 {
			continue
		}
		text, key, args := clean(all[0], false, limits)
		if key != "" {
			faults = append(faults, fault.Field{Pointer: name, Key: key, Args: args})
			continue
		}
		m[rest] = text
	}
	if field.Type() == reflect.TypeOf(m) {
		field.Set(reflect.ValueOf(m))
	}
	sort.Slice(faults, func(i, j int) bool { return faults[i].Pointer < faults[j].Pointer })
	return faults
}
