package interchange

import (
	"strconv"
	"strings"

	"osvitlo/internal/instrument"
)

// optionID is our id of a foreign identifier.
func optionID(s string, n int) string {
	if id, ours := fromIdentifier(s); ours && optionForm.MatchString(id) {
		return id
	}
	return slug(s, letter(n))
}

func (d *qtiDraft) options(list []*node) []instrument.Option {
	values := map[string]*int{}
	for _, o := range d.it.Options { // from our notes: the points of a scale
		values[o.ID] = o.Value
	}
	if len(list) > maxOptions {
		d.note(list[maxOptions], false, "варіантів більше ніж "+strconv.Itoa(maxOptions)+", решту відкинуто", "more than "+strconv.Itoa(maxOptions)+" options; the rest were left out")
		list = list[:maxOptions]
	}
	taken := unique{}
	out := make([]instrument.Option, len(list))
	for i, n := range list {
		out[i] = instrument.Option{ID: taken.take(optionID(n.attr["identifier"], i)), Text: d.words(n)}
		out[i].Value = values[out[i].ID]
		n.ours = out[i].ID
	}
	return out
}

// idOf finds what an identifier of the file became.
func (d *qtiDraft) idOf(identifier string) string {
	id := ""
	d.root.walk(func(n *node) bool {
		if n.attr["identifier"] == identifier && n.ours != "" {
			id = n.ours
		}
		return id == ""
	})
	return id
}

// right lists the ids that the declaration names as right, in its order.
func (d *qtiDraft) right(decl *node, options []instrument.Option) []string {
	var out []string
	if c := decl.child("qti-correct-response"); c != nil {
		for _, v := range c.all("qti-value") {
			if id := d.idOf(strings.TrimSpace(v.raw())); id != "" && !has(out, id) {
				out = append(out, id)
			}
		}
	}
	if len(out) == 0 && (d.it.Measures == instrument.Knowledge || !d.known) {
		d.note(decl, false, "правильну відповідь не вказано", "the right answer is not given")
	}
	return out
}

func (d *qtiDraft) choice(in, decl *node) bool {
	many := decl.attr["cardinality"] == "multiple"
	if many {
		d.as(in, instrument.Multiple, instrument.Spot)
	} else {
		d.as(in, instrument.Single, instrument.Scale)
	}
	list := in.all("qti-simple-choice")
	if len(list) < 2 {
		d.note(in, true, "варіантів менше ніж два", "there are fewer than two options")
		return false
	}
	if s := in.attr["shuffle"]; s != "" && (d.it.Type == instrument.Single || d.it.Type == instrument.Multiple) {
		d.it.Shuffle = s == "true"
	}
	d.it.Options = d.options(list)
	d.it.Key.IDs = d.right(decl, d.it.Options)
	if m := decl.child("qti-mapping"); m != nil && !many {
		for _, e := range m.all("qti-map-entry") {
			if v, err := strconv.ParseFloat(e.attr["mapped-value"], 64); err == nil && v > 0 && !has(d.it.Key.IDs, d.idOf(e.attr["map-key"])) {
				d.note(e, false, "часткові бали за варіанти не перенесено", "partial credit of options was not carried")
				break
			}
		}
	}
	return true
}

func (d *qtiDraft) match(in, decl *node) bool {
	d.as(in, instrument.Matching)
	sets := in.all("qti-simple-match-set")
	if len(sets) != 2 {
		d.note(in, true, "наборів для пар "+strconv.Itoa(len(sets))+", а має бути два", "there are "+strconv.Itoa(len(sets))+" match sets where two are taken")
		return false
	}
	d.it.Left = d.options(sets[0].all("qti-simple-associable-choice"))
	d.it.Right = d.options(sets[1].all("qti-simple-associable-choice"))
	side := func(set *node, identifier string) string {
		for _, n := range set.all("qti-simple-associable-choice") {
			if n.attr["identifier"] == identifier {
				return n.ours
			}
		}
		return ""
	}
	d.it.Key.Pairs = map[string]string{}
	if c := decl.child("qti-correct-response"); c != nil {
		for _, v := range c.all("qti-value") {
			p := strings.Fields(v.raw())
			if len(p) != 2 {
				continue
			}
			l, r := side(sets[0], p[0]), side(sets[1], p[1])
			switch {
			case l == "" || r == "":
			case d.it.Key.Pairs[l] != "":
				d.note(v, false, "одному рядку належать дві пари, узято першу", "two pairs belong to one line, the first was taken")
			default:
				d.it.Key.Pairs[l] = r
			}
		}
	}
	if len(d.it.Left) < 2 || len(d.it.Right) < 2 {
		d.note(in, true, "пар менше ніж дві", "there are fewer than two pairs")
		return false
	}
	if len(d.it.Key.Pairs) < len(d.it.Left) {
		d.note(decl, false, "правильні пари вказано не для всіх рядків", "not every line has its right pair")
	}
	return true
}

func (d *qtiDraft) entry(in, decl *node) bool {
	var values []string
	if c := decl.child("qti-correct-response"); c != nil {
		for _, v := range c.all("qti-value") {
			values = append(values, strings.TrimSpace(v.raw()))
		}
	}
	switch decl.attr["base-type"] {
	case "float", "integer":
		d.as(in, instrument.Number)
		return d.numberKey(in, values)
	case "string":
	default:
		d.note(in, true, "відповідь типу «"+decl.attr["base-type"]+"» не читаємо", "a response of the type “"+decl.attr["base-type"]+"” is not read")
		return false
	}
	d.as(in, instrument.Text)
	if m := decl.child("qti-mapping"); m != nil {
		for _, e := range m.all("qti-map-entry") {
			v, err := strconv.ParseFloat(e.attr["mapped-value"], 64)
			switch {
			case err != nil || v <= 0:
			case v < 1:
				d.note(e, false, "часткові бали за «"+e.attr["map-key"]+"» не перенесено", "partial credit for “"+e.attr["map-key"]+"” was not carried")
			case !has(d.it.Accept, e.attr["map-key"]) && len(d.it.Accept) < maxAccept:
				d.it.Accept = append(d.it.Accept, e.attr["map-key"])
			}
		}
	}
	for _, v := range values {
		if v != "" && !has(d.it.Accept, v) && len(d.it.Accept) < maxAccept {
			d.it.Accept = append(d.it.Accept, v)
		}
	}
	if len(d.it.Accept) == 0 {
		d.note(decl, false, "правильну відповідь не вказано", "the right answer is not given")
	}
	return true
}

// numberKey reads the range from the processing where there is one.
func (d *qtiDraft) numberKey(in *node, values []string) bool {
	r := &instrument.Range{}
	known := false
	if len(values) > 0 {
		if x, err := strconv.ParseFloat(values[0], 64); err == nil && finite(x) {
			r.Min, r.Max, known = x, x, true
		}
	}
	if p := d.root.child("qti-response-processing"); p != nil {
		low, lok := boundOf(p.first("qti-gte"))
		high, hok := boundOf(p.first("qti-lte"))
		if lok && hok && low <= high {
			r.Min, r.Max, known = low, high, true
		}
	}
	if !known {
		d.note(in, false, "правильне число не вказано", "the right number is not given")
		return true
	}
	d.it.Key.Range = r
	return true
}

func boundOf(n *node) (float64, bool) {
	if n == nil {
		return 0, false
	}
	v := n.child("qti-base-value")
	if v == nil {
		return 0, false
	}
	x, err := strconv.ParseFloat(strings.TrimSpace(v.raw()), 64)
	return x, err == nil && finite(x)
}

func finite(x float64) bool { return x-x == 0 }
