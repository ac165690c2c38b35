package instrument

import (
	"math"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"osvitlo/internal/fault"
	"osvitlo/internal/scoring"
)

// numberType: a number between min and max with at most so many decimals. The key
// is a closed range. Score 1 inside it, 0 outside.
type numberType struct{}

func (numberType) name() Type { return Number }

func (numberType) check(it *Item, v Value) *fault.Field {
	if v.kind != kindNumber {
		return bad("", "answer.want_number", nil)
	}
	if it.Min != nil && v.num < *it.Min {
		return bad("", "answer.too_small", map[string]any{"Min": plainNumber(*it.Min)})
	}
	if it.Max != nil && v.num > *it.Max {
		return bad("", "answer.too_large", map[string]any{"Max": plainNumber(*it.Max)})
	}
	if math.Abs(v.num) > maxNumber {
		return bad("", "answer.want_number", nil)
	}
	scaled := v.num * math.Pow10(it.Decimals)
	if math.Abs(scaled-math.Round(scaled)) > 1e-6 {
		return bad("", "answer.decimals", map[string]any{"Count": it.Decimals})
	}
	return nil
}

// maxNumber bounds numbers of items without limits: 15 digits stay exact.
const maxNumber = 1e15

func (numberType) score(it *Item, v Value) float64 {
	k := it.Key.Range
	return scoring.Dichotomous(k != nil && v.num >= k.Min-1e-9 && v.num <= k.Max+1e-9)
}

func (numberType) columns(it *Item) []Column {
	if it.Decimals == 0 {
		return oneColumn(it, "integer")
	}
	return oneColumn(it, "number")
}

func (numberType) cells(_ *Item, v Value) []string { return []string{plainNumber(v.num)} }

func (numberType) public(it *Item, p *PublicItem) {
	decimals := it.Decimals
	p.Min, p.Max, p.Decimals = it.Min, it.Max, &decimals
	p.Unit = it.Unit
}

func (numberType) toForm(_ *Item, v Value, out url.Values) {
	out.Set(FieldAnswer, strings.Replace(plainNumber(v.num), ".", ",", 1))
}

func (numberType) form(it *Item, values url.Values, _ string, m *FormModel) {
	m.Layout = NumberBox
	m.Input = FormInput{Name: FieldAnswer, Value: values.Get(FieldAnswer), Decimals: it.Decimals,
		Min: it.Min, Max: it.Max, MaxLength: 24, Unit: it.Unit}
}

var numberShape = regexp.MustCompile(`^[+-]?[0-9]{1,16}([.,][0-9]{0,9})?$`)

// dropped are the spaces and signs people and phones put into numbers.
var dropped = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "\u2009", "", "'", "", "’", "", "\u2212", "-")

func (numberType) fromForm(_ *Item, values url.Values) (Value, *fault.Field) {
	typed := dropped.Replace(strings.TrimSpace(values.Get(FieldAnswer)))
	if typed == "" {
		return Value{}, nil
	}
	if !numberShape.MatchString(typed) {
		return Value{}, bad(FieldAnswer, "answer.want_number", nil)
	}
	x, err := strconv.ParseFloat(strings.Replace(typed, ",", ".", 1), 64)
	if err != nil {
		return Value{}, bad(FieldAnswer, "answer.want_number", nil)
	}
	return Num(x), nil
}

func plainNumber(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

func (numberType) lint(it *Item, r *Report) {
	if it.Min != nil && it.Max != nil && *it.Min > *it.Max {
		r.Error("/min", "number-range", "min is larger than max", "swap them")
	}
	if !it.Scored() {
		return
	}
	k := it.Key.Range
	switch {
	case k == nil:
		r.Error("/key", "key-missing", "a knowledge number has no key", "add key: {min: 5, max: 5}")
	case k.Min > k.Max:
		r.Error("/key", "key-range", "the key's min is larger than its max", "swap them")
	case (it.Min != nil && k.Max < *it.Min) || (it.Max != nil && k.Min > *it.Max):
		r.Error("/key", "key-range", "nobody can give the right answer: the key lies outside min and max",
			"widen min and max, or correct the key")
	}
}
