package demo

import (
	"math/rand/v2"
	"slices"

	"osvitlo/internal/instrument"
)

// pair is a right answer to a knowledge item and some that earn nothing.
type pair struct {
	item  *instrument.Item
	right instrument.Value
	wrong []instrument.Value
}

// pairOf finds both by asking the item itself; a wrong answer that earns a part
// is not used, so that an item is solved or not, as the model says.
func pairOf(it *instrument.Item) pair {
	p := pair{item: it}
	for _, v := range rightValues(it) {
		if score, _, _ := it.Score(v); score == 1 && it.Check(v) == nil {
			p.right = v
			break
		}
	}
	for _, v := range wrongValues(it) {
		if score, _, _ := it.Score(v); score == 0 && it.Check(v) == nil {
			p.wrong = append(p.wrong, v)
		}
	}
	if it.DontKnow || len(p.wrong) == 0 {
		p.wrong = append(p.wrong, instrument.DontKnow())
	}
	return p
}

func rightValues(it *instrument.Item) []instrument.Value {
	k := it.Key
	switch it.Type {
	case instrument.Single:
		if len(k.IDs) > 0 {
			return []instrument.Value{instrument.Word(k.IDs[0])}
		}
	case instrument.Multiple, instrument.Spot, instrument.Ordering:
		return []instrument.Value{instrument.List(k.IDs...)}
	case instrument.Matching:
		return []instrument.Value{instrument.Pairs(k.Pairs)}
	case instrument.Number:
		if k.Range != nil {
			return []instrument.Value{instrument.Num(k.Range.Min), instrument.Num(k.Range.Max), instrument.Num((k.Range.Min + k.Range.Max) / 2)}
		}
	case instrument.Text:
		var out []instrument.Value
		for _, a := range it.Accept {
			out = append(out, instrument.Word(a))
		}
		return out
	}
	return nil
}

func wrongValues(it *instrument.Item) (out []instrument.Value) {
	ids := make([]string, len(it.Options))
	for i, o := range it.Options {
		ids[i] = o.ID
	}
	switch it.Type {
	case instrument.Single:
		for _, id := range ids {
			out = append(out, instrument.Word(id))
		}
	case instrument.Multiple, instrument.Spot:
		for _, id := range ids {
			out = append(out, instrument.List(id))
		}
	case instrument.Ordering:
		back := slices.Clone(it.Key.IDs)
		slices.Reverse(back)
		out = append(out, instrument.List(back...))
		for i := 1; i < len(ids); i++ {
			out = append(out, instrument.List(append(slices.Clone(it.Key.IDs[i:]), it.Key.IDs[:i]...)...))
		}
	case instrument.Matching:
		for shift := 1; shift < len(it.Right); shift++ {
			m := map[string]string{}
			for i, l := range it.Left {
				m[l.ID] = it.Right[(i+shift)%len(it.Right)].ID
			}
			out = append(out, instrument.Pairs(m))
		}
	case instrument.Number:
		if it.Min != nil && it.Max != nil {
			out = append(out, instrument.Num(*it.Min), instrument.Num(*it.Max))
		}
	case instrument.Text:
		out = append(out, instrument.Word("не пригадую"))
	}
	return out
}

// opinion draws some valid answer to an item without a key, or none.
func opinion(r *rand.Rand, it *instrument.Item) (v instrument.Value, ok bool) {
	if it.Refuse && r.Float64() < 0.04 {
		return instrument.Refused(), true
	}
	switch it.Type {
	case instrument.Single, instrument.Scale:
		if len(it.Options) > 0 {
			v = instrument.Word(it.Options[r.IntN(len(it.Options))].ID)
		}
	case instrument.Multiple:
		var ids []string
		for _, o := range it.Options {
			if !slices.Contains(it.Exclusive, o.ID) && r.Float64() < 0.35 {
				ids = append(ids, o.ID)
			}
		}
		if len(ids) == 0 && len(it.Exclusive) > 0 {
			ids = it.Exclusive[:1]
		}
		if len(ids) > 0 {
			v = instrument.List(ids...)
		}
	case instrument.Number:
		if it.Min != nil && it.Max != nil {
			v = instrument.Num(*it.Min + float64(r.IntN(int(*it.Max-*it.Min)+1)))
		}
	}
	return v, !v.IsZero() && it.Check(v) == nil
}
