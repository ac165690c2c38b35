package selfdesc_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	files "osvitlo/content"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/selfdesc"
	"osvitlo/locales"
)

func current(t interface{ Fatal(...any) }) *selfdesc.Definition {
	b, err := selfdesc.Load(files.FS, "institutions")
	if err != nil {
		t.Fatal(err)
	}
	return b.Current()
}

func words(t *testing.T, lang string) *i18n.Localizer {
	t.Helper()
	b, err := i18n.Load(locales.FS)
	if err != nil {
		t.Fatal(err)
	}
	return b.Lang(lang)
}

// USERS 10 and 11: what the department needs to know is asked; what helps an enemy or a
// thief is never published.
func TestTheFormOfThisRepository(t *testing.T) {
	t.Parallel()
	d := current(t)
	for _, id := range []string{"speed-down", "devices-learners", "journal", "power-backup", "power-hours", "shelter-network", "plan", "it-support", "site-accessible"} {
		if _, err := d.Field(id); err != nil {
			t.Error(err)
		}
	}
	for _, id := range []string{"power-backup", "power-hours", "shelter-network", "second-line", "devices-learners", "devices-lend", "need", "learners-distance"} {
		if f, err := d.Field(id); err != nil || f.Open {
			t.Errorf("%s may be published (%v)", id, err)
		}
	}
	for _, k := range d.Kinds {
		if !slices.Contains(institution.Kinds(), institution.Kind(k)) {
			t.Errorf("%q is no kind", k)
		}
		n := 0
		for _, s := range d.For(k) {
			n += len(s.Fields)
		}
		if n < 25 || n > 45 {
			t.Errorf("%s is asked %d fields", k, n)
		}
	}
	for _, s := range d.For("preschool") {
		for _, f := range s.Fields {
			if f.ID == "journal" || f.ID == "journal-name" {
				t.Errorf("a kindergarten is asked %s", f.ID)
			}
		}
	}
	if len(d.For("enterprise")) != 0 {
		t.Error("an enterprise is asked")
	}
	if d.Status != "draft" {
		t.Error("nobody has checked the form yet")
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	d := current(t)
	for _, c := range []struct {
		name, field string
		sent        []string
		want        []string
		key         string
	}{
		{"a comma", "speed-down", []string{" 94,5 "}, []string{"94.5"}, ""},
		{"spaces between thousands", "learners", []string{"1 234"}, []string{"1234"}, ""},
		{"nought", "speed-down", []string{"0"}, []string{"0"}, ""},
		{"zeros in front", "learners", []string{"007"}, []string{"7"}, ""},
		{"blank", "learners", []string{"  "}, nil, ""},
		{"a half person", "learners", []string{"1,5"}, nil, "selfdesc.whole"},
		{"too fine", "speed-down", []string{"1,55"}, nil, "selfdesc.decimals"},
		{"less than nothing", "learners", []string{"-4"}, nil, "selfdesc.number"},
		{"too many", "learners", []string{"900000"}, nil, "selfdesc.range"},
		{"an exponent", "learners", []string{"1e3"}, nil, "selfdesc.number"},
		{"two points", "speed-down", []string{"1.2.3"}, nil, "selfdesc.number"},
		{"two values", "learners", []string{"1", "2"}, nil, "selfdesc.one"},
		{"a day", "speed-day", []string{"2026-10-05"}, []string{"2026-10-05"}, ""},
		{"a day that is none", "speed-day", []string{"2026-02-30"}, nil, "selfdesc.date"},
		{"a choice", "wifi", []string{"most"}, []string{"most"}, ""},
		{"an unknown choice", "wifi", []string{"everywhere"}, nil, "selfdesc.option"},
		{"choices in their order", "it-support", []string{"city", "staff", "city"}, []string{"staff", "city"}, ""},
		{"nobody and somebody", "it-support", []string{"nobody", "staff"}, nil, "selfdesc.alone"},
		{"perhaps", "plan", []string{"perhaps"}, nil, "selfdesc.option"},
		{"a long text", "need", []string{strings.Repeat("щ", 601)}, nil, "selfdesc.long"},
		{"a control sign", "need", []string{"a\x00b"}, nil, "selfdesc.text"},
		{"hours without backup", "power-hours", []string{"8"}, nil, ""},
		{"an unknown field", "head-name", []string{"Марія"}, nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := d.Read("school", map[string][]string{c.field: c.sent})
			if c.key == "" {
				if err != nil || !slices.Equal(got[c.field], c.want) {
					t.Errorf("%v %v", got, err)
				}
				return
			}
			f := fault.As(err)
			if f == nil || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Pointer != c.field || f.Fields[0].Key != c.key {
				t.Errorf("%v %v", got, err)
			}
		})
	}
	if _, err := d.Read("school", map[string][]string{"educators": {"20"}, "educators-trained": {"21"}}); !fault.Is(err, fault.Invalid) {
		t.Errorf("more trained than there are: %v", err)
	}
	a, err := d.Read("school", map[string][]string{"power-backup": {"network"}, "power-hours": {"3,5"}})
	if err != nil || !reflect.DeepEqual(a["power-hours"], []string{"3.5"}) {
		t.Errorf("%v %v", a, err)
	}
}

func TestMissingAndWords(t *testing.T) {
	t.Parallel()
	d := current(t)
	a, err := d.Read("school", map[string][]string{"learners": {"1200"}, "educators": {"60"}, "educators-trained": {"15"}, "devices-learners": {"90"},
		"plan": {"yes"}, "plan-until": {"2027-08-31"}, "shelter-network": {"lesson"}, "speed-down": {"94,5"}})
	if err != nil {
		t.Fatal(err)
	}
	if m := d.Missing("school", a); len(m) != 0 {
		t.Errorf("missing %v", m)
	}
	if m := d.Missing("school", selfdesc.Answers{}); !slices.Equal(m, []string{"learners", "educators", "devices-learners", "plan"}) {
		t.Errorf("missing %v", m)
	}
	said := map[string]string{}
	for _, l := range d.Lines("school", a, words(t, "uk")) {
		said[l.ID] = l.Value
	}
	for id, want := range map[string]string{"speed-down": "94,5\u00a0Мбіт/с", "plan": "Так", "shelter-network": "Вистачає, щоб вести заняття",
		"devices-per-100": "8", "trained-share": "25\u00a0%", "second-line": ""} {
		if said[id] != want {
			t.Errorf("%s: %q, wanted %q", id, said[id], want)
		}
	}
	if _, there := said["power-hours"]; there {
		t.Error("a field that was not asked is shown")
	}
	public := map[string]string{}
	for _, l := range d.Public("school", a, words(t, "en")) {
		public[l.ID] = l.Value
	}
	want := map[string]string{"learners": "1,200", "educators": "60", "educators-trained": "15", "plan": "Yes", "plan-until": public["plan-until"],
		"speed-down": "94.5\u00a0Mbit/s", "devices-per-100": "8", "trained-share": "25\u00a0%"}
	if keys := slices.Sorted(maps.Keys(public)); !slices.Equal(keys, slices.Sorted(maps.Keys(want))) {
		t.Errorf("published %v", keys)
	}
	if public["plan-until"] == "" || public["plan"] != "Yes" || public["trained-share"] != want["trained-share"] {
		t.Errorf("%v", public)
	}
}

// What was read reads the same again, and nothing that may not be published is.
func TestReadIsAFixedPoint(t *testing.T) {
	t.Parallel()
	d := current(t)
	w := words(t, "uk")
	var ids []string
	for _, s := range d.Sections {
		for _, f := range s.Fields {
			ids = append(ids, f.ID)
		}
	}
	rapid.Check(t, func(r *rapid.T) {
		kind := rapid.SampledFrom(d.Kinds).Draw(r, "kind")
		sent := map[string][]string{}
		for _, id := range rapid.SliceOfN(rapid.SampledFrom(ids), 0, 20).Draw(r, "fields") {
			f, _ := d.Field(id)
			value := rapid.OneOf(rapid.StringMatching(`[0-9]{1,3}([.,][0-9])?`), rapid.SampledFrom([]string{"yes", "no", "2026-11-22"}), rapid.String())
			if len(f.Options) > 0 {
				value = rapid.Custom(func(r *rapid.T) string { return rapid.SampledFrom(f.Options).Draw(r, "option").ID })
			}
			sent[id] = rapid.SliceOfN(value, 1, 2).Draw(r, id)
		}
		a, err := d.Read(kind, sent)
		if err != nil {
			if !fault.Is(err, fault.Invalid) || a != nil {
				r.Fatal(err)
			}
			return
		}
		again, err := d.Read(kind, a)
		if err != nil || !reflect.DeepEqual(a, again) {
			r.Fatalf("%v became %v: %v", a, again, err)
		}
		for _, l := range d.Public(kind, a, w) {
			if f, err := d.Field(l.ID); err == nil && (!f.Open || len(a[l.ID]) == 0) {
				r.Fatalf("%s is published", l.ID)
			}
		}
	})
}

const small = `version: 1
status: draft
kinds: [school]
title: {uk: Самоопис, en: Self-description}
lead: {uk: Документ., en: A document.}
sign: {uk: Так є., en: It is so.}
sections:
  - id: one
    title: {uk: Перше, en: First}
    fields:
      - {id: n, type: number, max: 9, label: {uk: Скільки, en: How many}}
      - {id: m, type: number, max: 9, label: {uk: Усього, en: In all}}
      - {id: q, type: yesno, label: {uk: Чи є, en: Is there}}
      - {id: c, type: choice, label: {uk: Що, en: What}, options: [{id: a, text: {uk: Це, en: This}}, {id: b, text: {uk: Те, en: That}}]}
      - {id: t, type: text, max_length: 9, when: {field: q, in: ["yes"]}, label: {uk: Яке, en: Which}}
ratios:
  - {id: r, of: n, by: m, times: 100, label: {uk: Частка, en: Share}}
`

func TestLoadNamesEveryFault(t *testing.T) {
	t.Parallel()
	load := func(pairs ...string) (*selfdesc.Book, error) {
		fsys := fstest.MapFS{}
		for i := 0; i < len(pairs); i += 2 {
			fsys["f/"+pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
		}
		return selfdesc.Load(fsys, "f")
	}
	if _, err := load(); !fault.Is(err, fault.NotFound) {
		t.Errorf("no file: %v", err)
	}
	second := strings.Replace(small, "version: 1", "version: 2", 1)
	b, err := load("self-description.yaml", second, "self-description.v1.yaml", small)
	if err != nil || b.Current().Version != 2 {
		t.Fatalf("%v %v", b, err)
	}
	if old, err := b.Version(1); err != nil || old.Version != 1 {
		t.Error(err)
	}
	if _, err := b.Version(3); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	for _, c := range []struct{ old, new, want string }{
		{"version: 1", "version: 0", "version: wanted 1"},
		{"status: draft\n", "", "status: wanted draft"},
		{"kinds: [school]", "kinds: []", "nobody is asked"},
		{"kinds: [school]", "kinds: [School]", "is no kind"},
		{", en: First", "", "both languages"},
		{"id: m", "id: n", "the id stands twice"},
		{"id: m", "id: M!", "not kebab-case"},
		{"type: yesno", "type: maybe", "type \"maybe\" is unknown"},
		{"id: n, type: number, max: 9", "id: n, type: number", "min < max"},
		{"max_length: 9", "max_length: 0", "max_length"},
		{"field: q", "field: z", "is not a field above"},
		{`["yes"]`, `["so"]`, "is no answer to q"},
		{`["yes"]`, `[]`, "in is empty"},
		{"max_length: 9,", "max_length: 9, open: true,", "which may not"},
		{"id: q, type: yesno", "id: q, type: yesno, for: [college]", "is not among kinds"},
		{"type: choice", "type: number, max: 2", "options"},
		{"type: choice", "type: choices, exclusive: [z]", "exclusive"},
		{"{id: b,", "{id: a,", "stands twice"},
		{"by: m", "by: q", "is no field of numbers"},
		{"by: m", "by: n", "two different fields"},
		{"times: 100", "times: 0", "times > 0"},
		{"version: 1", "version: 1\nnonsense: 1", "nonsense"},
		{"version: 1", "version: [", "self-description.yaml"},
	} {
		broken := strings.Replace(small, c.old, c.new, 1)
		if broken == small {
			t.Errorf("%q is not in the sample", c.old)
		}
		if _, err := load("self-description.yaml", broken); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v", c.new, err)
		}
	}
	if _, err := load("self-description.yaml", small, "self-description.v1.yaml", small); err == nil || !strings.Contains(err.Error(), "stands twice") {
		t.Error(err)
	}
	if _, err := load("self-description.v3.yaml", small); err == nil || !strings.Contains(err.Error(), "belongs into self-description.v1.yaml") {
		t.Error(err)
	}
}
