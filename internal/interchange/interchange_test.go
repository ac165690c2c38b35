package interchange

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	files "osvitlo/content"
	"osvitlo/internal/content"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

var library = sync.OnceValue(func() *content.Library {
	lib, problems := content.Load(files.FS)
	if content.Failed(problems) {
		panic("the content is broken")
	}
	return lib
})

// plain is an item as a draft: what an import is compared with.
func plain(t testing.TB, it *instrument.Item, change func(*instrument.Item)) string {
	t.Helper()
	c := *it
	c.Status, c.Reviews = "draft", nil
	if change != nil {
		change(&c)
	}
	raw, err := json.MarshalIndent(&c, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// oneLanguage is an item as GIFT carries it.
func oneLanguage(lang string) func(*instrument.Item) {
	return func(it *instrument.Item) {
		keep := func(t i18n.Text) i18n.Text { return said(t.In(lang), lang) }
		for _, p := range []*i18n.Text{&it.Stem, &it.Lead, &it.Hint, &it.Unit, &it.Explain} {
			*p = keep(*p)
		}
		it.Can = only(it.Can, lang)
		for _, list := range []*[]instrument.Option{&it.Options, &it.Left, &it.Right} {
			own := slices.Clone(*list)
			for i := range own {
				own[i].Text, own[i].Reason = keep(own[i].Text), keep(own[i].Reason)
			}
			*list = own
		}
		// the order of a key is that of the options
		if it.Type == instrument.Multiple || it.Type == instrument.Spot {
			var ids []string
			for _, o := range it.Options {
				if slices.Contains(it.Key.IDs, o.ID) {
					ids = append(ids, o.ID)
				}
			}
			it.Key.IDs = ids
		}
		if it.Scene != nil {
			it.Scene = &instrument.Scene{Kind: it.Scene.Kind, Title: keep(it.Scene.Title)}
		}
	}
}

func bank(t testing.TB) []*instrument.Item {
	t.Helper()
	var out []*instrument.Item
	for _, it := range library().Items() {
		if it.Scored() {
			out = append(out, it)
		}
	}
	if len(out) < 240 {
		t.Fatalf("%d items", len(out))
	}
	return out
}

func TestTheWholeBankComesBackFromQTI(t *testing.T) {
	t.Parallel()
	items := bank(t)
	var b, again bytes.Buffer
	report, err := ExportQTI(&b, items)
	if err != nil || report.Lost() != 0 {
		t.Fatalf("%v, %d lost", err, report.Lost())
	}
	if _, err := ExportQTI(&again, items); err != nil || !bytes.Equal(b.Bytes(), again.Bytes()) {
		t.Error("the same items gave other bytes")
	}
	got, err := ImportQTI(b.Bytes(), i18n.Ukrainian)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range got.Report.Notes {
		t.Error(n.In("en"))
	}
	if len(got.Items) != len(items) {
		t.Fatalf("%d of %d items", len(got.Items), len(items))
	}
	for i, it := range items {
		if diff := cmp.Diff(plain(t, it, tidied), plain(t, got.Items[i], nil)); diff != "" {
			t.Errorf("%s (-went +came)\n%s", it.ID, diff)
		}
	}
	t.Logf("%d items, %d bytes, %d notes", len(items), b.Len(), len(report.Notes))
}

// tidied has the explanations of steps and sides taken out: QTI notes that it lost them.
func tidied(it *instrument.Item) {
	if it.Type == instrument.Ordering {
		it.Options = slices.Clone(it.Options)
		for i := range it.Options {
			it.Options[i].Reason = i18n.Text{}
		}
	}
	for _, list := range []*[]instrument.Option{&it.Left, &it.Right} {
		*list = slices.Clone(*list)
		for i := range *list {
			(*list)[i].Reason = i18n.Text{}
		}
	}
}

func TestTheBankComesBackFromGIFTInEachLanguage(t *testing.T) {
	t.Parallel()
	for _, lang := range i18n.Languages {
		var b bytes.Buffer
		items := bank(t)
		report, err := ExportGIFT(&b, items, lang)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ImportGIFT("bank.gift", b.Bytes(), lang)
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Items)+report.Lost() != len(items) || len(got.Items) < 280 {
			t.Fatalf("%s: %d of %d items, %d lost", lang, len(got.Items), len(items), report.Lost())
		}
		at := map[string]*instrument.Item{}
		for _, it := range got.Items {
			at[it.ID] = it
		}
		for _, it := range items {
			if it.Type == instrument.Ordering {
				continue
			}
			if at[it.ID] == nil {
				t.Errorf("%s is missing", it.ID)
				continue
			}
			if diff := cmp.Diff(plain(t, it, func(c *instrument.Item) { tidied(c); oneLanguage(lang)(c) }), plain(t, at[it.ID], nil)); diff != "" {
				t.Errorf("%s %s (-went +came)\n%s", lang, it.ID, diff)
			}
		}
		for _, n := range got.Report.Notes {
			if n.Text.EN != "the words of the other language are missing" {
				t.Error(n.In("en"))
			}
		}
	}
}

// A draft that came in is a right file of items: only what the bank demands of a
// finished item may be missing.
func TestDraftsAreContentFiles(t *testing.T) {
	t.Parallel()
	var b, y bytes.Buffer
	if _, err := ExportQTI(&b, bank(t)); err != nil {
		t.Fatal(err)
	}
	got, err := ImportQTI(b.Bytes(), "uk")
	if err != nil {
		t.Fatal(err)
	}
	if err := WriteYAML(&y, got.Items); err != nil {
		t.Fatal(err)
	}
	d, err := content.Parse("drafts.yaml", y.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	for i, it := range got.Items {
		for _, p := range content.CheckItem(d, fmt.Sprintf("/items/%d", i), time.Now()) {
			if p.Severity == instrument.Error {
				t.Errorf("%s: %s", it.ID, p)
			}
		}
		var raw json.RawMessage
		if err := d.Decode(fmt.Sprintf("/items/%d", i), &raw); err != nil {
			t.Fatal(err)
		}
		back, err := instrument.DecodeItem(raw, "")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(plain(t, it, nil), plain(t, back, nil)); diff != "" {
			t.Errorf("%s through YAML\n%s", it.ID, diff)
		}
	}
}

// wordsGen makes texts with the signs that trouble the formats.
func wordsGen() *rapid.Generator[string] {
	sign := rapid.SampledFrom([]string{"а", "їжак", "word", "=", "~", "#", "####", "{", "}", ":", "::", "\\", "\\n", "%50%", "->", "[html]", "<b>", "&amp;", "]]>", "«так»", "1", "//", "$CATEGORY:", "\u00a0", "…", "\"", "'"})
	return rapid.Custom(func(t *rapid.T) string {
		parts := rapid.SliceOfN(sign, 1, 6).Draw(t, "parts")
		s := tidy(strings.Join(parts, rapid.SampledFrom([]string{" ", ""}).Draw(t, "between")))
		s = strings.Trim(s, "\u00a0 \n")
		if s == "" {
			return "слово"
		}
		return s
	})
}

func itemGen() *rapid.Generator[*instrument.Item] {
	return rapid.Custom(func(t *rapid.T) *instrument.Item {
		words := wordsGen()
		text := func(name string) i18n.Text {
			return i18n.Text{UK: words.Draw(t, name), EN: words.Draw(t, name+" en")}
		}
		maybe := func(name string) i18n.Text {
			if rapid.Bool().Draw(t, "with "+name) {
				return text(name)
			}
			return i18n.Text{}
		}
		kind := rapid.SampledFrom([]instrument.Type{instrument.Single, instrument.Multiple, instrument.Spot, instrument.Ordering,
			instrument.Matching, instrument.Number, instrument.Text}).Draw(t, "type")
		it := blank(rapid.StringMatching(`[a-z][a-z0-9-]{0,12}[a-z]`).Draw(t, "id"), kind)
		it.Competence, it.Level, it.Difficulty, it.Version = "ua5.3", "B1", -0.5, 3
		it.Stem, it.Lead, it.Hint, it.Explain, it.Can = text("stem"), maybe("lead"), maybe("hint"), maybe("explain"), maybe("can")
		if rapid.Bool().Draw(t, "lines") && !it.Lead.IsZero() {
			it.Lead.UK += "\nдругий рядок"
		}
		it.Tags, it.Enemies, it.ValidUntil = []string{"x"}, []string{"other-one"}, "2027-05-21"
		options := func(prefix string, least int) []instrument.Option {
			n := rapid.IntRange(least, 5).Draw(t, prefix)
			out := make([]instrument.Option, n)
			for i := range out {
				x := text(prefix)
				x.UK, x.EN = fmt.Sprintf("%s %d", x.UK, i), fmt.Sprintf("%s %d", x.EN, i) // different ones
				out[i] = instrument.Option{ID: fmt.Sprintf("%s%d+", prefix, i), Text: x}
			}
			return out
		}
		switch kind {
		case instrument.Single, instrument.Multiple, instrument.Spot, instrument.Ordering:
			it.Options = options("o", 3)
			for i := range it.Options {
				if kind != instrument.Ordering {
					it.Options[i].Reason = maybe("reason")
				}
			}
			most := len(it.Options) - 1
			if kind == instrument.Single {
				most = 1
			}
			n := rapid.IntRange(1, most).Draw(t, "right")
			for _, o := range it.Options[:n] {
				it.Key.IDs = append(it.Key.IDs, o.ID)
			}
			if kind == instrument.Ordering {
				it.Key.IDs = nil
				for i := range it.Options {
					it.Key.IDs = append(it.Key.IDs, it.Options[len(it.Options)-1-i].ID)
				}
			}
			if kind == instrument.Spot {
				it.Scene = &instrument.Scene{Kind: "sms", Title: maybe("scene")}
			}
		case instrument.Matching:
			it.Left, it.Right = options("l", 2), options("r", 2)
			it.Key.Pairs = map[string]string{}
			for _, l := range it.Left {
				it.Key.Pairs[l.ID] = rapid.SampledFrom(it.Right).Draw(t, "pair").ID
			}
		case instrument.Number:
			low := float64(rapid.IntRange(-1000, 1000).Draw(t, "low")) / 8
			it.Key.Range = &instrument.Range{Min: low, Max: low + float64(rapid.IntRange(0, 3).Draw(t, "wide"))}
			it.Unit = maybe("unit")
		case instrument.Text:
			it.Accept = rapid.SliceOfNDistinct(rapid.Map(words, func(s string) string { return strings.Trim(tidy(strings.ReplaceAll(s, "->", "")), "\u00a0 ") + "." }), 1, 4, rapid.ID[string]).Draw(t, "accept")
		}
		return it
	})
}

func TestAnyItemComesBackFromQTI(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		it := itemGen().Draw(r, "item")
		var b bytes.Buffer
		if _, err := ExportQTI(&b, []*instrument.Item{it}); err != nil {
			r.Fatal(err)
		}
		got, err := ImportQTI(b.Bytes(), "en")
		if err != nil || len(got.Items) != 1 {
			r.Fatalf("%v %+v", err, got.Report)
		}
		if diff := cmp.Diff(plain(t, it, nil), plain(t, got.Items[0], nil)); diff != "" {
			r.Fatalf("(-went +came)\n%s", diff)
		}
	})
}

func TestAnyItemComesBackFromGIFT(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		it := itemGen().Filter(func(it *instrument.Item) bool { return it.Type != instrument.Ordering }).Draw(r, "item")
		lang := rapid.SampledFrom(i18n.Languages).Draw(r, "lang")
		arrows := func(options []instrument.Option) {
			for i := range options {
				options[i].Text.UK = strings.ReplaceAll(options[i].Text.UK, "->", "→")
				options[i].Text.EN = strings.ReplaceAll(options[i].Text.EN, "->", "→")
			}
		}
		arrows(it.Left)
		arrows(it.Right)
		var b bytes.Buffer
		if _, err := ExportGIFT(&b, []*instrument.Item{it}, lang); err != nil {
			r.Fatal(err)
		}
		got, err := ImportGIFT("x.gift", b.Bytes(), lang)
		if err != nil || len(got.Items) != 1 {
			r.Fatalf("%v %+v\n%s", err, got.Report, b.String())
		}
		if diff := cmp.Diff(plain(t, it, oneLanguage(lang)), plain(t, got.Items[0], nil)); diff != "" {
			r.Fatalf("(-went +came)\n%s\n%s", diff, b.String())
		}
	})
}

func TestForeignGIFT(t *testing.T) {
	t.Parallel()
	src := `// comment of somebody
$CATEGORY: $course$/top/Digital/ua5.3

::Q1:: 1+1=2 {T}

Who's buried in Grant's tomb?{~Grant ~Jefferson =no one#right, nobody}

[html]<p>What is <b>safe</b>?</p>{~%50%A password#good ~%50%A lock ~%-100%A post-it ####Because.}

Match. {=cat -> meow =dog -> woof = -> moo}

How many?{#3:2}

When?{#=1822:0 =%50%1822:2}

Two plus {=two =2} equals four.

Write an essay. {}

Just a text.

Short {=one =%50%two}
`
	got, err := ImportGIFT("f.gift", []byte(src), "en")
	if err != nil {
		t.Fatal(err)
	}
	var kinds []instrument.Type
	for _, it := range got.Items {
		kinds = append(kinds, it.Type)
		if it.Competence != "ua5.3" || it.Status != "draft" || len(it.Reviews) > 0 {
			t.Errorf("%+v", it)
		}
	}
	want := []instrument.Type{instrument.Single, instrument.Single, instrument.Multiple, instrument.Matching, instrument.Number, instrument.Number, instrument.Text, instrument.Text}
	if !slices.Equal(kinds, want) {
		t.Fatalf("%v", kinds)
	}
	if it := got.Items[1]; it.Key.IDs[0] != "c" || it.Options[2].Reason.EN != "right, nobody" || it.Stem.EN != "Who's buried in Grant's tomb?" {
		t.Errorf("%+v", it)
	}
	if it := got.Items[2]; it.Stem.EN != "What is safe?" || it.Explain.EN != "Because." || !slices.Equal(it.Key.IDs, []string{"a", "b"}) {
		t.Errorf("%+v", it)
	}
	if it := got.Items[3]; len(it.Left) != 2 || len(it.Right) != 3 || it.Key.Pairs["l2"] != "r2" {
		t.Errorf("%+v", it)
	}
	if it := got.Items[4]; *it.Key.Range != (instrument.Range{Min: 1, Max: 5}) {
		t.Errorf("%+v", it.Key.Range)
	}
	if it := got.Items[6]; it.Stem.EN != "Two plus ____ equals four." || !slices.Equal(it.Accept, []string{"two", "2"}) {
		t.Errorf("%+v", it)
	}
	said := ""
	for _, n := range got.Report.Notes {
		said += n.In("en") + "\n"
	}
	for _, want := range []string{"f.gift:18: gift-8: an essay is not scored", "a text without a question", "partial credit for “two”", "formatting of the text was dropped", "other numbers"} {
		if !strings.Contains(said, want) {
			t.Errorf("the report lacks %q:\n%s", want, said)
		}
	}
	if got.Report.Lost() != 2 {
		t.Errorf("%d lost", got.Report.Lost())
	}
}

func TestBrokenGIFTNamesItsLine(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		"\n\nWhat? {=a ~b":            "x.gift:3",
		"::title\nWhat? {=a}":         "x.gift:1",
		"a {=b}\n\nHow many? {#many}": "x.gift:3",
		"How many? {#5..1}":           "inverted",
		"a {~%500%b ~%1%c}":           "weight",
		"\xff\xfe":                    "UTF-8",
	} {
		_, err := ImportGIFT("x.gift", []byte(src), "uk")
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", src, err)
		}
	}
	if _, err := ImportGIFT("x", make([]byte, MaxGIFT+1), "uk"); !fault.Is(err, fault.TooLarge) {
		t.Error(err)
	}
}

const foreignChoice = `<?xml version="1.0" encoding="UTF-8"?>
<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="Choice One" title="T" xml:lang="en-GB" time-dependent="false">
 <qti-response-declaration identifier="R" cardinality="single" base-type="identifier"><qti-correct-response><qti-value>ChoiceB</qti-value></qti-correct-response></qti-response-declaration>
 <qti-item-body><p>Look at the
    sign:</p><p><strong>Leave</strong> your bag.</p>
  <qti-choice-interaction response-identifier="R" shuffle="false" max-choices="1"><qti-prompt>What does it say?</qti-prompt>
   <qti-simple-choice identifier="ChoiceA">Go<qti-feedback-inline identifier="ChoiceA" outcome-identifier="F">No.</qti-feedback-inline></qti-simple-choice>
   <qti-simple-choice identifier="ChoiceB">Stay</qti-simple-choice></qti-choice-interaction></qti-item-body>
</qti-assessment-item>`

func TestForeignQTI(t *testing.T) {
	t.Parallel()
	got, err := ImportQTI([]byte(foreignChoice), "uk")
	if err != nil || len(got.Items) != 1 {
		t.Fatalf("%v %+v", err, got.Report)
	}
	it := got.Items[0]
	if it.ID != "choice-one" || it.Type != instrument.Single || it.Shuffle || it.Stem.EN != "What does it say?" || it.Lead.EN != "Look at the sign:\nLeave your bag." {
		t.Errorf("%+v", it)
	}
	if it.Options[0].ID != "choicea" || it.Options[0].Text.EN != "Go" || it.Options[0].Reason.EN != "No." || it.Key.IDs[0] != "choiceb" {
		t.Errorf("%+v %+v", it.Options, it.Key)
	}
	strange := strings.ReplaceAll(foreignChoice, "qti-choice-interaction", "qti-hotspot-interaction")
	got, err = ImportQTI([]byte(strange), "uk")
	if err != nil || len(got.Items) != 0 || got.Report.Lost() != 1 || got.Report.Notes[0].Line != 6 {
		t.Errorf("%v %+v", err, got)
	}
}

// pack makes a zip of files.
func pack(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range files {
		f, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestHostilePackagesAreRefused(t *testing.T) {
	t.Parallel()
	m := func(href string) string {
		return `<manifest><resources><resource type="imsqti_item_xmlv3p0" href="` + href + `"/></resources></manifest>`
	}
	many := map[string]string{}
	for i := range MaxFiles + 1 {
		many[fmt.Sprintf("f%d", i)] = ""
	}
	deep := strings.Repeat("<a>", 200) + strings.Repeat("</a>", 200)
	for name, c := range map[string]struct {
		raw  []byte
		kind fault.Kind
		want string
	}{
		"no zip":         {[]byte("PK\x03\x04 rubbish"), fault.Invalid, "zip"},
		"out of it":      {pack(t, map[string]string{"../evil.xml": "x"}), fault.Invalid, "evil"},
		"absolute":       {pack(t, map[string]string{"/etc/x.xml": "x"}), fault.Invalid, "/etc"},
		"href out of it": {pack(t, map[string]string{manifest: m("../../etc/passwd")}), fault.Invalid, "leads out"},
		"missing":        {pack(t, map[string]string{manifest: m("a.xml")}), fault.Invalid, "no such file"},
		"bomb":           {pack(t, map[string]string{manifest: m("a.xml"), "a.xml": "<a>" + strings.Repeat(" ", 900_000) + "</a>"}), fault.TooLarge, "unpacked"},
		"large":          {pack(t, map[string]string{manifest: m("a.xml"), "a.xml": strings.Repeat("<b/>", MaxFile)}), fault.TooLarge, "unpacked"},
		"many files":     {pack(t, many), fault.TooLarge, "at most"},
		"deep":           {pack(t, map[string]string{manifest: m("a.xml"), "a.xml": deep}), fault.Invalid, "a.xml:1: elements are nested"},
		"many elements":  {pack(t, map[string]string{manifest: m("a.xml"), "a.xml": "<a>" + strings.Repeat("<b/>", 15_000) + "</a>"}), fault.Invalid, "elements"},
		"doctype":        {pack(t, map[string]string{manifest: `<!DOCTYPE a [<!ENTITY x "y">]><manifest/>`}), fault.Invalid, "document type"},
		"entity":         {pack(t, map[string]string{manifest: "<manifest>\n&lol;</manifest>"}), fault.Invalid, manifest + ":2"},
		"encoding":       {pack(t, map[string]string{manifest: `<?xml version="1.0" encoding="windows-1251"?><manifest/>`}), fault.Invalid, "UTF-8"},
		"broken":         {pack(t, map[string]string{manifest: m("a.xml"), "a.xml": "<a>\n<b></a>"}), fault.Invalid, "a.xml:2"},
	} {
		_, err := ImportQTI(c.raw, "uk")
		if !fault.Is(err, c.kind) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzQTI(f *testing.F) {
	f.Add([]byte(foreignChoice))
	for _, it := range bank(f)[:40] {
		if doc, ok := qtiItem(it, &Report{}); ok {
			f.Add(doc)
		}
	}
	var b bytes.Buffer
	if _, err := ExportQTI(&b, bank(f)[:3]); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := ImportQTI(raw, "uk")
		if err != nil {
			return
		}
		stable(t, got.Items, func(items []*instrument.Item) []*instrument.Item {
			var b bytes.Buffer
			if _, err := ExportQTI(&b, items); err != nil {
				t.Fatal(err)
			}
			again, err := ImportQTI(b.Bytes(), "uk")
			if err != nil {
				t.Fatal(err)
			}
			return again.Items
		})
	})
}

func FuzzGIFT(f *testing.F) {
	var b bytes.Buffer
	if _, err := ExportGIFT(&b, bank(f)[:30], "uk"); err != nil {
		f.Fatal(err)
	}
	for _, s := range strings.Split(b.String(), "\n\n") {
		f.Add([]byte(s))
	}
	for _, s := range []string{"::Q:: a {T}", "a {=b ~c}", "a {=b -> c =d -> e}", "a {#1..2}", "a {~%50%b ~%50%c}", "{", "a \\{ {=\\}}", "::a {=b}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := ImportGIFT("f.gift", raw, "uk")
		if err != nil {
			return
		}
		for _, it := range got.Items {
			if !idForm.MatchString(it.ID) || it.Status != "draft" || len(it.Reviews) > 0 {
				t.Fatalf("%+v", it)
			}
		}
		var y bytes.Buffer
		if err := WriteYAML(&y, got.Items); err != nil {
			t.Fatal(err)
		}
	})
}

// stable wants what came in once to come in again just so, as often as it is sent on.
func stable(t *testing.T, items []*instrument.Item, trip func([]*instrument.Item) []*instrument.Item) {
	t.Helper()
	if len(items) == 0 {
		return
	}
	once := trip(items)
	twice := trip(once)
	if len(twice) != len(once) {
		t.Fatalf("%d items became %d", len(once), len(twice))
	}
	for i := range once {
		if a, b := plain(t, once[i], nil), plain(t, twice[i], nil); a != b {
			t.Fatalf("%s", cmp.Diff(a, b))
		}
	}
}
