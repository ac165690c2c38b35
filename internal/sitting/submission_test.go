package sitting

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
)

func TestPutRefuses(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	long := strings.Repeat("x", 70)
	for name, c := range map[string]struct {
		raw     []byte
		kind    fault.Kind
		pointer string
	}{
		"empty":                   {[]byte(""), fault.Invalid, ""},
		"not an object":           {[]byte("[]"), fault.Invalid, ""},
		"trailing":                {append(body(full(1)), "{}"...), fault.Invalid, ""},
		"broken UTF-8":            {[]byte("{\"instrument\":\"\xff\xfe\"}"), fault.Invalid, "/instrument"},
		"name twice":              {[]byte(`{"answers":{"k11":"a","k11":"b"}}`), fault.Invalid, "/answers/k11"},
		"NaN":                     {[]byte(`{"version":NaN}`), fault.Invalid, "/version"},
		"deep":                    {[]byte(strings.Repeat(`{"answers":`, 5000)), fault.Invalid, strings.Repeat("/answers", 32)},
		"unknown member":          {body(full(1), set("name", "Olena")), fault.Invalid, "/name"},
		"unknown in respondent":   {body(full(1), about("phone", "1")), fault.Invalid, "/respondent/phone"},
		"no instrument":           {body(full(1), without("instrument")), fault.Invalid, "/instrument"},
		"no answers member":       {body(full(1), without("answers")), fault.Invalid, "/answers"},
		"no respondent":           {body(full(1), without("respondent")), fault.Invalid, "/respondent"},
		"other instrument":        {body(full(1), set("instrument", "nothing")), fault.Invalid, "/instrument"},
		"long instrument":         {body(full(1), set("instrument", long)), fault.Invalid, "/instrument"},
		"other version":           {body(full(1), set("version", 9)), fault.Invalid, "/version"},
		"version 1.5":             {body(full(1), set("version", 1.5)), fault.Invalid, "/version"},
		"version text":            {body(full(1), set("version", "2")), fault.Invalid, "/version"},
		"version null":            {body(full(1), set("version", nil)), fault.Invalid, "/version"},
		"language":                {body(full(1), set("language", "ru")), fault.Invalid, "/language"},
		"mode":                    {body(full(1), set("mode", "robot")), fault.Invalid, "/mode"},
		"mentor":                  {body(full(1), set("mode", "mentor")), fault.Forbidden, ""},
		"paper":                   {body(full(1), set("mode", "paper")), fault.Forbidden, ""},
		"phone":                   {body(full(1), set("mode", "phone")), fault.Forbidden, ""},
		"purpose":                 {body(full(1), set("purpose", "fun")), fault.Invalid, "/purpose"},
		"consent text":            {body(full(1), set("consent", "statistics")), fault.Invalid, "/consent"},
		"consent unknown":         {body(full(1), set("consent", []string{"statistics", "ads"})), fault.Invalid, "/consent/1"},
		"consent twice":           {body(full(1), set("consent", []string{"statistics", "statistics"})), fault.Invalid, "/consent/1"},
		"campaign":                {body(full(1), set("campaign", "other")), fault.Invalid, "/campaign"},
		"invitation":              {body(full(1), set("invitation", "ABC")), fault.Invalid, "/invitation"},
		"sex":                     {body(full(1), about("sex", "other")), fault.Invalid, "/respondent/sex"},
		"age group":               {body(full(1), about("age_group", "60-70")), fault.Invalid, "/respondent/age_group"},
		"age against group":       {body(full(1), about("age", 44)), fault.Invalid, "/respondent/age"},
		"age -1":                  {body(full(1), about("age", -1)), fault.Invalid, "/respondent/age"},
		"age 121":                 {body(full(1), about("age", 121)), fault.Invalid, "/respondent/age"},
		"age 63.5":                {body(full(1), about("age", 63.5)), fault.Invalid, "/respondent/age"},
		"district":                {body(full(1), about("district", "kyiv")), fault.Invalid, "/respondent/district"},
		"lives":                   {body(full(1), about("lives", "moon")), fault.Invalid, "/respondent/lives"},
		"internet":                {body(full(1), about("internet", true)), fault.Invalid, "/respondent/internet"},
		"started":                 {body(full(1), set("started_at", "yesterday")), fault.Invalid, "/started_at"},
		"started number":          {body(full(1), set("started_at", 5)), fault.Invalid, "/started_at"},
		"started 1970":            {body(full(1), set("started_at", "1970-01-01T00:00:00Z")), fault.Invalid, "/started_at"},
		"started long ago":        {body(full(1), set("started_at", "2025-01-01T00:00:00Z")), fault.Invalid, "/started_at"},
		"ends before it starts":   {body(full(1), set("submitted_at", "2026-11-21T09:39:00Z")), fault.Invalid, "/submitted_at"},
		"ends in a year":          {body(full(1), set("submitted_at", "2027-11-01T00:00:00Z")), fault.Invalid, "/submitted_at"},
		"answers list":            {body(full(1), set("answers", []string{})), fault.Invalid, "/answers"},
		"unknown item":            {body(map[string]any{"k99": "a"}), fault.Invalid, "/answers/k99"},
		"item with a slash":       {body(map[string]any{"a/b~": "a"}), fault.Invalid, "/answers/a~1b~0"},
		"unknown option":          {body(map[string]any{"k11": "z"}), fault.Invalid, "/answers/k11"},
		"answer null":             {body(map[string]any{"k11": nil}), fault.Invalid, "/answers/k11"},
		"answer true":             {body(map[string]any{"k11": true}), fault.Invalid, "/answers/k11"},
		"answer of another type":  {body(map[string]any{"k11": []string{"a"}}), fault.Invalid, "/answers/k11"},
		"dont_know false":         {body(map[string]any{"k11": map[string]any{"dont_know": false}}), fault.Invalid, "/answers/k11"},
		"long answer":             {body(map[string]any{"k11": strings.Repeat("a", 20000)}), fault.Invalid, "/answers/k11"},
		"required":                {body(map[string]any{"gate": "shut"}, set("instrument", "poll"), set("version", 1)), fault.Invalid, "/answers/must"},
		"required by a rule":      {body(map[string]any{"gate": "open", "must": "x"}, set("instrument", "poll"), set("version", 1)), fault.Invalid, "/answers/last"},
		"list of an option twice": {body(map[string]any{"many": []string{"open", "open"}, "must": "x"}, set("instrument", "poll"), set("version", 1)), fault.Invalid, "/answers/many"},
		"list of numbers":         {body(map[string]any{"many": []int{1}, "must": "x"}, set("instrument", "poll"), set("version", 1)), fault.Invalid, "/answers/many"},
		"pairs to nowhere":        {body(map[string]any{"pairs": map[string]any{"open": "q"}, "must": "x"}, set("instrument", "poll"), set("version", 1)), fault.Invalid, "/answers/pairs"},
	} {
		_, err := put(t, r.Service, uid(1), c.raw)
		f := fault.As(err)
		if f == nil || f.Kind != c.kind {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if c.kind == fault.Invalid && !slices.ContainsFunc(f.Fields, func(e fault.Field) bool {
			return strings.HasPrefix(e.Pointer, c.pointer) && (len(e.Pointer) == len(c.pointer) || e.Pointer[len(c.pointer)] == '/')
		}) {
			t.Errorf("%s: the fault is at %+v, not at %q", name, f.Fields, c.pointer)
		}
	}
	if _, err := r.sittings.Get(context.Background(), uid(1)); !fault.Is(err, fault.NotFound) {
		t.Fatal("something was stored")
	}
	// faults are named together
	_, err := put(t, r.Service, uid(1), body(map[string]any{"k11": "z", "k12": 5}, set("language", "x"), about("sex", 1)))
	if f := fault.As(err); len(f.Fields) != 4 {
		t.Fatalf("%+v", f.Fields)
	}
}

func TestParseID(t *testing.T) {
	t.Parallel()
	for text, ok := range map[string]bool{
		"0190a000-0000-7000-8000-000000000001":          true,
		"8C7F5F9E-3B0F-4B5A-9D3F-2F9A5C1B7E11":          true, // RFC 9562: read in any case
		"0190a000-0000-1000-8000-000000000001":          false,
		"0190a000-0000-7000-c000-000000000001":          false,
		"0190a000000070008000000000000001":              false,
		"{0190a000-0000-7000-8000-000000000001}":        false,
		"urn:uuid:0190a000-0000-7000-8000-000000000001": false,
		"00000000-0000-0000-0000-000000000000":          false,
		"":                                              false, "../../etc/passwd": false, strings.Repeat("a", 36): false,
	} {
		id, err := ParseID(text)
		if (err == nil) != ok || ok && id != strings.ToLower(text) {
			t.Errorf("%q: %q %v", text, id, err)
		}
	}
}

func TestAnswersEqualTheInstrumentsOwnReading(t *testing.T) {
	t.Parallel()
	poll := fixture(t).Versions("poll")[0]
	for _, raw := range []string{`"open"`, `"x"`, `["open","shut"]`, `[]`, `{"open":"x"}`, `{}`, `{"dont_know":true}`, `{"refused":true}`, `{"dont_know":false}`,
		`5`, `-1.5`, `true`, `null`, `[1]`, `[null]`, `{"open":null}`, `{"open":1}`, `["open","open"]`, `{"dont_know":true,"refused":true}`} {
		for _, it := range poll.Items() {
			want, wantErr := it.Parse(json.RawMessage(raw))
			sub, err := Decode([]byte(`{"answers":{"` + it.ID + `":` + raw + `}}`))
			if !fault.Is(err, fault.Invalid) || sub == nil {
				t.Fatal(err)
			}
			r := reader{}
			got := r.answers(poll.Instrument, sub.answers)
			if (len(r.faults) > 0) != (wantErr != nil) {
				t.Errorf("%s %s: %+v, the instrument says %+v", it.ID, raw, r.faults, wantErr)
			}
			if wantErr == nil && !got[it.ID].Equal(want) {
				t.Errorf("%s %s: %v, the instrument says %v", it.ID, raw, got[it.ID], want)
			}
		}
	}
	_ = instrument.Value{}
}
