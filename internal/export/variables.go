package export

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
	"osvitlo/internal/sitting"
)

// builder collects the columns of a table.
type builder struct {
	*Table
	words *i18n.Localizer
	names map[string]bool
	at    map[string]int // place of a source
}

// wants tells whether a group is in the table.
func (b *builder) wants(g Group) bool { return slices.Contains(b.Groups, g) }

// put adds a column and returns its place; the same source is added once.
func (b *builder) put(v Variable, fill func(*sitting.Sitting) string) int {
	if i, there := b.at[v.Source]; there {
		b.merge(&b.Variables[i], v)
		return i
	}
	v.Name = b.name(v.Source)
	b.at[v.Source] = len(b.Variables)
	b.Variables, b.fill = append(b.Variables, v), append(b.fill, fill)
	return len(b.Variables) - 1
}

// merge keeps the codes that only an older version knows.
func (b *builder) merge(have *Variable, old Variable) {
	for _, v := range old.Values {
		if !slices.ContainsFunc(have.Values, func(w Value) bool { return w.Code == v.Code }) {
			have.Values = append(have.Values, v)
		}
	}
	have.Unknown = have.Unknown || old.Unknown
	if have.Kind == Number && old.Kind != Number {
		have.Kind = old.Kind
	}
}

// maxName is what Stata takes, the strictest of the programs.
const maxName = 32

// name makes a name that every program takes and no other column has.
func (b *builder) name(source string) string {
	var out strings.Builder
	for _, r := range source {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '_':
			out.WriteRune(r)
		default:
			out.WriteByte('_')
		}
	}
	name := out.String()
	if name == "" || name[0] < 'a' || name[0] > 'z' || reserved[name] {
		name = "v_" + name
	}
	base := name[:min(len(name), maxName)]
	name = base
	for n := 2; b.names[name]; n++ {
		tail := "_" + strconv.Itoa(n)
		name = base[:min(len(base), maxName-len(tail))] + tail
	}
	b.names[name] = true
	return name
}

// reserved words of SPSS and Stata that cannot name a column.
var reserved = map[string]bool{
	"all": true, "and": true, "by": true, "eq": true, "ge": true, "gt": true, "le": true, "lt": true, "ne": true, "not": true, "or": true, "to": true, "with": true,
	"byte": true, "double": true, "float": true, "if": true, "in": true, "int": true, "long": true, "using": true, "str": true, "strl": true,
}

// codes are fixed words of this program with their labels.
func codes[T ~string](b *builder, prefix string, ids ...T) []Value {
	list := make([]Value, len(ids))
	for i, id := range ids {
		list[i] = Value{string(id), b.words.T("export.value."+prefix+"."+string(id), nil)}
	}
	return list
}

// fixed adds what every sitting has.
func (b *builder) fixed(versions []sitting.Published) {
	add := func(g Group, source string, kind Kind, values []Value, fill func(*sitting.Sitting) string) {
		if g == "" || b.wants(g) {
			b.put(Variable{Source: source, Label: b.words.T("export.var."+source, nil), Kind: kind, Values: values, Group: g}, fill)
		}
	}
	demo := "0"
	if b.tables.cfg.Demo {
		demo = "1"
	}
	add("", "row", Text, nil, func(d *sitting.Sitting) string { return b.tables.pseudonym(d.ID) })
	add("", "demo", Number, codes(b, "demo", "0", "1"), func(*sitting.Sitting) string { return demo })
	add("", "instrument", Text, nil, func(d *sitting.Sitting) string { return d.Instrument })
	add("", "version", Number, nil, func(d *sitting.Sitting) string { return strconv.Itoa(d.Version) })
	add("", "wave", Text, nil, func(d *sitting.Sitting) string { return d.Wave })
	add("", "day", Text, nil, func(d *sitting.Sitting) string {
		if d.Received.IsZero() {
			return ""
		}
		return d.Received.In(i18n.Kyiv).Format("2006-01-02")
	})
	add("", "state", Code, codes(b, "state", b.tables.States(b.Instrument)...), func(d *sitting.Sitting) string { return string(d.State) })
	add("", "reasons", Text, nil, func(d *sitting.Sitting) string { return strings.Join(d.Reasons, " ") })
	add("", "disposition", Code, codes(b, "disposition", sitting.Complete, sitting.Partial), func(d *sitting.Sitting) string { return string(d.Disposition) })
	add("", "mode", Code, codes(b, "mode", Modes...), func(d *sitting.Sitting) string { return string(d.Mode) })
	add("", "evidence", Code, codes(b, "evidence", sitting.EvidenceInvited, sitting.EvidenceVenue, sitting.EvidenceAccount, sitting.EvidenceOpen),
		func(d *sitting.Sitting) string { return string(d.Evidence) })
	add("", "language", Code, codes(b, "language", i18n.Languages...), func(d *sitting.Sitting) string { return d.Language })
	add("", "late", Number, codes(b, "late", "0", "1"), func(d *sitting.Sitting) string {
		if d.Late {
			return "1"
		}
		return "0"
	})
	for _, q := range about {
		if q.id == sitting.AskDistrict && b.special {
			continue // special answers never stand beside the district (USERS 15)
		}
		add(GroupAbout, q.id, Code, b.asked(q.id, versions), q.of)
		if q.id == sitting.AskAge {
			add(GroupAbout, "age_band", Text, nil, func(d *sitting.Sitting) string { return d.Respondent.AgeBand })
		}
	}
	score := func(of func(*sitting.Score) *float64) func(*sitting.Sitting) string {
		return func(d *sitting.Sitting) string {
			if d.Score == nil {
				return ""
			}
			return plain(of(d.Score))
		}
	}
	add(GroupScores, "overall", Number, nil, score(func(s *sitting.Score) *float64 { return s.Overall }))
	add(GroupScores, "low", Number, nil, score(func(s *sitting.Score) *float64 { return s.Low }))
	add(GroupScores, "high", Number, nil, score(func(s *sitting.Score) *float64 { return s.High }))
	add(GroupScores, "level", Text, nil, func(d *sitting.Sitting) string {
		if d.Score == nil {
			return ""
		}
		return d.Score.Level
	})
	for i := range sitting.Areas {
		id := "ua" + strconv.Itoa(i+1)
		add(GroupScores, id, Number, nil, score(func(s *sitting.Score) *float64 {
			for _, a := range s.Areas {
				if a.ID == id {
					return a.Value
				}
			}
			return nil
		}))
	}
}

// about are the background questions in the order of the columns.
var about = []struct {
	id string
	of func(*sitting.Sitting) string
}{
	{sitting.AskSex, said(sitting.AskSex, func(r *sitting.Respondent) string { return string(r.Sex) })},
	{sitting.AskAge, said(sitting.AskAge, func(r *sitting.Respondent) string { return string(r.AgeGroup) })},
	{sitting.AskDistrict, said(sitting.AskDistrict, func(r *sitting.Respondent) string { return r.District })},
	{sitting.AskLives, said(sitting.AskLives, func(r *sitting.Respondent) string { return string(r.Lives) })},
	{sitting.AskInternet, said(sitting.AskInternet, func(r *sitting.Respondent) string { return string(r.Internet) })},
}

// said is the answer, or the word for a refusal.
func said(id string, of func(*sitting.Respondent) string) func(*sitting.Sitting) string {
	return func(d *sitting.Sitting) string {
		if v := of(&d.Respondent); v != "" {
			return v
		}
		if slices.Contains(d.Respondent.Refused, id) {
			return Refused
		}
		return ""
	}
}

// asked are the answers to a background question in the words it was asked with.
func (b *builder) asked(id string, versions []sitting.Published) (list []Value) {
	for i := len(versions) - 1; i >= 0; i-- {
		for _, step := range versions[i].Blocks() {
			if step.Question == nil || step.Question.ID != id {
				continue
			}
			for _, o := range step.Question.Options {
				if !slices.ContainsFunc(list, func(v Value) bool { return v.Code == o.ID }) {
					list = append(list, Value{o.ID, o.Text.In(b.Lang)})
				}
			}
		}
	}
	if !slices.ContainsFunc(list, func(v Value) bool { return v.Code == Refused }) {
		list = append(list, Value{Refused, b.words.T("export.value.unknown.refused", nil)})
	}
	return list
}

// items adds the columns of one version's items.
func (b *builder) items(v sitting.Published) {
	slots := make([]slot, 0, len(v.Items()))
	for _, it := range v.Items() {
		if !it.TakesAnswer() {
			continue
		}
		slots = append(slots, b.item(it))
	}
	b.versions[v.Version] = slots
}

func (b *builder) item(it *instrument.Item) slot {
	s := slot{item: it, points: -1, seconds: -1}
	special := slices.Contains(it.Tags, tagSpecial)
	for _, c := range it.Columns() {
		g := GroupAnswers
		switch {
		case special:
			g = GroupSpecial
		case c.Free:
			g = GroupFree
		}
		at := -1
		if b.wants(g) {
			at = b.put(b.column(it, c, g), nil)
		}
		s.columns = append(s.columns, at)
	}
	if special {
		return s
	}
	if b.wants(GroupPoints) && it.Scored() {
		s.points = b.put(Variable{Source: "p." + it.ID, Kind: Number, Group: GroupPoints,
			Label: b.words.T("export.var.points", map[string]any{"Item": it.ID})}, nil)
	}
	if b.wants(GroupSeconds) {
		s.seconds = b.put(Variable{Source: "t." + it.ID, Kind: Number, Group: GroupSeconds,
			Label: b.words.T("export.var.seconds", map[string]any{"Item": it.ID})}, nil)
	}
	return s
}

// column describes a column of an item.
func (b *builder) column(it *instrument.Item, c instrument.Column, g Group) Variable {
	v := Variable{Source: c.Name, Label: c.Title.In(b.Lang), Kind: Number, Group: g, Unknown: it.DontKnow || it.Refuse}
	if c.Name != it.ID {
		v.Label = it.Stem.In(b.Lang) + " – " + v.Label
	}
	switch {
	case c.Free:
		v.Kind = Text
	case it.Type == instrument.Scale:
		for _, o := range it.Options {
			if o.Value != nil {
				v.Values = append(v.Values, Value{strconv.Itoa(*o.Value), o.Text.In(b.Lang)})
			}
		}
	case c.Type == "boolean":
		v.Values = codes(b, "picked", "0", "1")
	case c.Type == "string":
		v.Kind = Code
		list := it.Options
		if it.Type == instrument.Matching {
			list = it.Right
		}
		for _, o := range list {
			v.Values = append(v.Values, Value{o.ID, o.Text.In(b.Lang)})
		}
	}
	if v.Unknown && v.Kind == Code {
		v.Values = append(v.Values, codes(b, "unknown", DontKnow, Refused)...)
	}
	return v
}

// plain writes a score with at most four decimals and no idle zeros.
func plain(p *float64) string {
	if p == nil {
		return ""
	}
	return strconv.FormatFloat(math.Round(*p*1e4)/1e4, 'f', -1, 64)
}
