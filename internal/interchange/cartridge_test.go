package interchange_test

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	shipped "osvitlo/content"
	"osvitlo/internal/content"
	"osvitlo/internal/course/lesson"
	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
	"osvitlo/internal/interchange"
)

func fraud() *lesson.Course {
	lib, _ := content.LoadAt(shipped.FS, time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC))
	c, err := lib.Course("fraud-protection")
	if err != nil {
		panic(err) // it is shipped
	}
	return c
}

func cartridge(t testing.TB, c *lesson.Course, lang string) ([]byte, interchange.Report) {
	t.Helper()
	var b bytes.Buffer
	report, err := interchange.ExportCartridge(&b, c, lang, func(name string) ([]byte, error) { return shipped.FS.ReadFile("media/" + name) })
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), report
}

func unzip(t testing.TB, raw []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(text)
	}
	return out
}

// What a cartridge of ours says comes back as the draft of the same lessons with the same
// questions and keys.
func TestACartridgeComesBack(t *testing.T) {
	t.Parallel()
	c := fraud()
	for _, lang := range []string{"uk", "en"} {
		raw, report := cartridge(t, c, lang)
		if again, _ := cartridge(t, c, lang); !bytes.Equal(raw, again) {
			t.Error("the same course gave other bytes")
		}
		files := unzip(t, raw)
		for name := range files {
			if name != "imsmanifest.xml" && !strings.Contains(files["imsmanifest.xml"], `<file href="`+name+`"/>`) {
				t.Errorf("%s is not in the manifest", name)
			}
		}
		if len(report.Notes) == 0 {
			t.Error("pairs and orders were split without a word")
		}
		back, err := interchange.ImportCartridge(raw, "copy", lang)
		if err != nil {
			t.Fatal(err)
		}
		if len(back.Lessons) != len(c.Lessons) || back.Final == nil || back.Title == "" {
			t.Fatalf("%s: %d lessons of %d, final %v", lang, len(back.Lessons), len(c.Lessons), back.Final != nil)
		}
		for i, l := range c.Lessons {
			got := back.Lessons[i]
			if got["slug"] != l.Slug {
				t.Errorf("lesson %d is %v, not %s", i, got["slug"], l.Slug)
			}
			text := got["activities"].([]any)[0].(map[string]any)["text"].(map[string]any)[lang].(string)
			for _, a := range l.Activities {
				if b, ok := a.Body.(*lesson.Summary); ok && lang == "uk" && !strings.Contains(text, b.Sentences[0].UK) {
					t.Errorf("%s lost %q", l.Slug, b.Sentences[0].UK)
				}
			}
			if strings.Contains(text, "<") {
				t.Errorf("%s: marks are left: %.80s", l.Slug, text)
			}
			singles(t, l.Checks(), got)
		}
	}
}

// singles looks for each question with one right answer among the checks of the draft.
func singles(t *testing.T, items []*instrument.Item, got map[string]any) {
	t.Helper()
	for _, it := range items {
		if it.Type != instrument.Single {
			continue
		}
		right := slices.IndexFunc(it.Options, func(o instrument.Option) bool { return o.ID == it.Key.IDs[0] })
		found := false
		for _, a := range got["activities"].([]any)[1:] {
			q := a.(map[string]any)["item"].(map[string]any)
			if q["id"] == it.ID {
				found = true
				if len(q["options"].([]any)) != len(it.Options) || q["key"].([]any)[0] != string(rune('a'+right)) {
					t.Errorf("%s: %v, wanted option %d", it.ID, q["key"], right)
				}
			}
		}
		if !found {
			t.Errorf("%s was lost", it.ID)
		}
	}
}

func TestACourseZipIsTheSameBytes(t *testing.T) {
	t.Parallel()
	in := interchange.CourseFiles{Slug: "fraud-protection", Media: []interchange.CourseFile{{Name: "phone.svg", Text: []byte("<svg/>")}}}
	list, err := shipped.FS.ReadDir("courses/" + in.Slug)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		raw, err := shipped.FS.ReadFile(path.Join("courses", in.Slug, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		in.Files = append(in.Files, interchange.CourseFile{Name: e.Name(), Text: raw})
	}
	var one, two bytes.Buffer
	if err := interchange.WriteCourse(&one, in); err != nil {
		t.Fatal(err)
	}
	out, err := interchange.ReadCourse(one.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if out.Slug != in.Slug || len(out.Files) != len(in.Files) || len(out.Media) != 1 {
		t.Fatalf("%s: %d files, %d pictures", out.Slug, len(out.Files), len(out.Media))
	}
	for _, f := range in.Files {
		if !slices.ContainsFunc(out.Files, func(x interchange.CourseFile) bool { return x.Name == f.Name && bytes.Equal(x.Text, f.Text) }) {
			t.Errorf("%s came back otherwise", f.Name)
		}
	}
	if err := interchange.WriteCourse(&two, out); err != nil || !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("written again it is other bytes")
	}
}

func packed(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(func(yield func(string) bool) {
		for n := range files {
			if !yield(n) {
				return
			}
		}
	}) {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, files[name])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestForeignAndBrokenCourses(t *testing.T) {
	t.Parallel()
	const schema = `<manifest><metadata><schema>IMS Common Cartridge</schema><schemaversion>1.1.0</schemaversion></metadata>`
	const org = `<organizations><organization><item identifier="root"><title>R</title>`
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"nothing":        {map[string]string{"a": "b"}, "imsmanifest.xml"},
		"another schema": {map[string]string{"imsmanifest.xml": "<manifest><metadata><schema>ADL SCORM</schema></metadata></manifest>"}, "Common Cartridge"},
		"no resource":    {map[string]string{"imsmanifest.xml": schema + org + `<item identifierref="x"><title>T</title></item></item></organization></organizations></manifest>`}, `no resource "x"`},
		"missing file":   {map[string]string{"imsmanifest.xml": schema + org + `<item identifierref="x"><title>T</title></item></item></organization></organizations><resources><resource identifier="x" type="webcontent" href="gone.html"/></resources></manifest>`}, "gone.html: the package has no such file"},
		"no page":        {map[string]string{"imsmanifest.xml": schema + org + `</item></organization></organizations></manifest>`}, "no page"},
		"a way out":      {map[string]string{"imsmanifest.xml": schema, "../x": "y"}, "name"},
	} {
		if _, err := interchange.ImportCartridge(packed(t, c.files), "x", "uk"); err == nil || !strings.Contains(err.Error(), c.want) || !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"no course":    {map[string]string{"a/01-b.yaml": "x: 1"}, "course.yaml"},
		"two courses":  {map[string]string{"a/course.yaml": "x", "b/course.yaml": "y"}, "second"},
		"another file": {map[string]string{"a/course.yaml": "x", "a/run.sh": "y"}, "run.sh"},
		"deep":         {map[string]string{"a/b/course.yaml": "x"}, "a/b/course.yaml"},
		"large":        {map[string]string{"a/course.yaml": strings.Repeat("слово ", 100_000)}, "bytes"},
	} {
		if _, err := interchange.ReadCourse(packed(t, c.files)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	foreign := packed(t, map[string]string{
		"imsmanifest.xml": schema + org + `<item identifierref="p"><title>Пароль</title></item><item identifierref="d"><title>Форум</title></item><item identifierref="q"><title>Тест</title></item></item></organization></organizations>
<resources><resource identifier="p" type="webcontent" href="pages/Week%201.html"><file href="pages/Week%201.html"/></resource><resource identifier="d" type="imsdt_xmlv1p1"><file href="d.xml"/></resource><resource identifier="q" type="imsqti_xmlv1p2/imscc_xmlv1p1/assessment"><file href="q.xml"/></resource></resources></manifest>`,
		"pages/Week 1.html": `<html><head><title>x</title><style>p{}</style></head><body><h1>Довгий пароль</h1><p>Слово &amp; <b>число</b>, <i>разом</i>.<script>alert(1)</script></p><ul><li>раз<li>два</ul></body></html>`,
		"d.xml":             "<topic/>",
		"q.xml": `<questestinterop><assessment ident="q"><section><item ident="Q1"><presentation><material><mattext texttype="text/html">&lt;p&gt;Який &lt;b&gt;кращий&lt;/b&gt;?&lt;/p&gt;</mattext></material>
<response_lid ident="r" rcardinality="Single"><render_choice><response_label ident="x1"><material><mattext>123456</mattext></material></response_label><response_label ident="x2"><material><mattext>довга фраза</mattext></material></response_label></render_choice></response_lid></presentation>
<resprocessing><respcondition><conditionvar><varequal respident="r">x2</varequal></conditionvar><setvar>100</setvar></respcondition></resprocessing></item><item ident="Q2"><presentation><material><mattext>Есе</mattext></material></presentation></item></section></assessment></questestinterop>`,
	})
	got, err := interchange.ImportCartridge(foreign, "phone", "uk")
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Lessons) != 1 || got.Lessons[0]["slug"] != "week-1" || len(got.Report.Notes) != 2 || got.Report.Lost() != 2 {
		t.Fatalf("%+v", got)
	}
	acts := got.Lessons[0]["activities"].([]any)
	if text := acts[0].(map[string]any)["text"].(map[string]any)["uk"]; text != "### Довгий пароль\n\nСлово & **число**, разом.\n\n- раз\n- два" {
		t.Errorf("%q", text)
	}
	q := acts[1].(map[string]any)["item"].(map[string]any)
	if q["type"] != "single" || q["key"].([]any)[0] != "b" || q["stem"].(map[string]any)["uk"] != "Який **кращий**?" {
		t.Errorf("%+v", q)
	}
}

// OSVITLO_OUT is where the tier of packages takes a cartridge from, to validate it with
// the tools of others.
func TestWriteForValidators(t *testing.T) {
	dir := os.Getenv("OSVITLO_OUT")
	if dir == "" {
		t.Skip("only scripts/packages asks for it")
	}
	raw, _ := cartridge(t, fraud(), "uk")
	if err := os.WriteFile(path.Join(dir, "course.imscc"), raw, 0o644); err != nil {
		t.Fatal(err)
	}
}
