package coursepack_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"osvitlo/internal/course"
	"osvitlo/internal/coursepack"
	"osvitlo/internal/fault"
	"osvitlo/internal/job"
	"osvitlo/internal/media"
	"osvitlo/internal/media/disk"
	"osvitlo/internal/person"
	"osvitlo/internal/store/sqlite"
)

var noon = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)

type progress struct{ marks []course.Mark }

func (p *progress) Record(_ context.Context, _ course.Learner, marks []course.Mark) (course.Recorded, error) {
	p.marks = append(p.marks, marks...)
	return course.Recorded{Taken: len(marks)}, nil
}

type rig struct {
	*coursepack.Service
	media  media.Store
	marks  *progress
	uses   []string
	now    time.Time
	editor person.Actor
}

func newRig(t *testing.T) *rig {
	t.Helper()
	ctx := context.Background()
	e, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(t.TempDir(), "t.db")})
	must(t, err)
	t.Cleanup(func() { _ = e.Close() })
	must(t, e.Migrate(ctx, coursepack.Specs()))
	d, err := disk.Open(t.TempDir())
	must(t, err)
	t.Cleanup(func() { _ = d.Close() })
	r := &rig{media: d, marks: &progress{}, now: noon,
		editor: person.Actor{Person: "pabcdefghijk", Grants: []person.Grant{{Role: person.Editor}}, Strong: true, Fresh: true, Where: "web"}}
	r.Service, err = coursepack.New(coursepack.Options{Engine: e, Media: d, Courses: r.marks, Scratch: t.TempDir(), Uses: func(string) []string { return r.uses }, Now: func() time.Time { return r.now }})
	must(t, err)
	return r
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

type entry struct {
	name string
	text string
	with func(*zip.FileHeader)
}

func zipped(t testing.TB, list ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range list {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
		if e.with != nil {
			e.with(h)
		}
		f, err := w.CreateHeader(h)
		must(t, err)
		_, err = io.WriteString(f, e.text)
		must(t, err)
	}
	must(t, w.Close())
	return b.Bytes()
}

func folder(t testing.TB, name string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	must(t, w.AddFS(os.DirFS("testdata/"+name)))
	must(t, w.Close())
	return b.Bytes()
}

func (r *rig) add(name string, raw []byte) (*coursepack.Package, error) {
	return r.Add(context.Background(), &r.editor, coursepack.Sent{Name: name, Size: int64(len(raw))}, bytes.NewReader(raw))
}

func (r *rig) read(t *testing.T, p *coursepack.Package, path string, zipped bool) (string, *coursepack.Served) {
	t.Helper()
	f, err := r.Open(context.Background(), p.ID, p.Sum, path, zipped)
	must(t, err)
	raw, err := io.ReadAll(f.Body)
	must(t, err)
	must(t, f.Body.Close())
	if f.Gzip {
		z, err := gzip.NewReader(bytes.NewReader(raw))
		must(t, err)
		raw, err = io.ReadAll(z)
		must(t, err)
	}
	return string(raw), f
}

func TestPackagesAreTakenApart(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, c := range []struct {
		folder, title, main string
		kind                coursepack.Kind
		parts               []coursepack.Part
	}{
		{"scorm12", "Дзвінок із банку", "", coursepack.SCORM12, []coursepack.Part{{ID: "p1", Title: "Вправа", Launch: "content/index.html", Query: "?from=lesson", Tells: true}}},
		{"scorm2004", "Дві частини", "", coursepack.SCORM2004, []coursepack.Part{{ID: "p1", Title: "Перша частина", Launch: "sco.html", Tells: true},
			{ID: "p2", Title: "Друга частина", Launch: "sco.html", Query: "?part=2", Tells: true}, {ID: "p3", Title: "Пам’ятка", Launch: "note.html"}}},
		{"h5p", "Три ознаки", "H5P.OsvitloQuiz 1.0", coursepack.H5P, []coursepack.Part{{ID: "p1", Title: "Три ознаки", Tells: true}}},
	} {
		p, err := r.add(c.folder, folder(t, c.folder))
		if err != nil {
			t.Fatalf("%s: %v", c.folder, err)
		}
		if p.Title != c.title || p.Kind != c.kind || p.Main != c.main || len(p.Parts) != len(c.parts) {
			t.Errorf("%s: %+v", c.folder, p)
			continue
		}
		for i, part := range c.parts {
			if p.Parts[i] != part {
				t.Errorf("%s: part %d is %+v, not %+v", c.folder, i, p.Parts[i], part)
			}
		}
	}
	p, err := r.ByID(context.Background(), "scorm12")
	must(t, err)
	for _, zipped := range []bool{true, false} {
		page, f := r.read(t, p, "content/index.html", zipped)
		if !strings.HasPrefix(page, "<!DOCTYPE html>\n<html lang=\"uk\"><head><script src=\"/packages/runtime/scorm12.js\"></script><meta") || f.Type != "text/html; charset=utf-8" {
			t.Errorf("%s %s", f.Type, page)
		}
		script, f := r.read(t, p, "content/sco.js", zipped)
		want, err := os.ReadFile("testdata/scorm12/content/sco.js")
		must(t, err)
		if script != string(want) || f.Gzip != zipped {
			t.Errorf("the script came back otherwise, packed %v", f.Gzip)
		}
	}
	for _, bad := range []string{"content/none.js", "../course_packages", "content", ""} {
		if _, err := r.Open(context.Background(), p.ID, p.Sum, bad, true); !fault.Is(err, fault.NotFound) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, err := r.Open(context.Background(), p.ID, "0000000000000000", "content/sco.js", true); !fault.Is(err, fault.NotFound) {
		t.Error("served under another sum")
	}
	if _, err := r.add("scorm12", folder(t, "h5p")); key(err) != "package.taken" {
		t.Errorf("the same name: %v", err)
	}
}

// key is the message of the first refused field.
func key(err error) string {
	if f := fault.As(err); f != nil && len(f.Fields) > 0 {
		return f.Fields[0].Key
	}
	return ""
}

const head = `<manifest xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" xmlns:adlcp="x"><metadata><schemaversion>1.2</schemaversion></metadata><organizations><organization><title>T</title><item identifierref="r"><title>I</title></item></organization></organizations><resources>`

func TestBrokenPackagesAreRefusedWhole(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	manifest := func(resources string) entry {
		return entry{name: "imsmanifest.xml", text: head + resources + "</resources></manifest>"}
	}
	sound := manifest(`<resource identifier="r" href="a.html" adlcp:scormtype="sco"><file href="a.html"/></resource>`)
	page := entry{name: "a.html", text: "<p>A</p>"}
	many := []entry{sound, page}
	for i := range coursepack.MaxFiles {
		many = append(many, entry{name: "f" + strconv.Itoa(i), text: "x"})
	}
	h5p := func(text string) entry { return entry{name: "h5p.json", text: text} }
	broken := zipped(t, sound, page, entry{name: "b.js", text: strings.Repeat("var x = 1; ", 300)})
	at := bytes.Index(broken, []byte("b.js")) + 40
	broken[at] ^= 0xff
	for name, c := range map[string]struct {
		raw  []byte
		want string
	}{
		"nothing":            {nil, "zip"},
		"a lie":              {[]byte("%PDF-1.7 not a package at all"), "zip"},
		"cut off":            {zipped(t, sound, page)[:200], "zip"},
		"no manifest":        {zipped(t, page), "unknown"},
		"a folder too high":  {zipped(t, entry{name: "quiz/imsmanifest.xml", text: "<manifest/>"}), "folder"},
		"a way out":          {zipped(t, sound, page, entry{name: "../../etc/passwd", text: "x"}), "path"},
		"a way out, Windows": {zipped(t, sound, page, entry{name: `..\..\boot.ini`, text: "x"}), "path"},
		"from the root":      {zipped(t, sound, page, entry{name: "/etc/passwd", text: "x"}), "path"},
		"a drive":            {zipped(t, sound, page, entry{name: `C:\boot.ini`, text: "x"}), "path"},
		"a link":             {zipped(t, sound, page, entry{name: "l", text: "/etc/passwd", with: func(h *zip.FileHeader) { h.SetMode(os.ModeSymlink | 0o777) }}), "link"},
		"a bomb":             {zipped(t, sound, page, entry{name: "b.txt", text: strings.Repeat("0", 5<<20)}), "bomb"},
		"twice":              {zipped(t, sound, page, page), "twice"},
		"too many":           {zipped(t, many...), "files"},
		"damaged":            {broken, "broken"},
		"no XML":             {zipped(t, entry{name: "imsmanifest.xml", text: "<manifest><a></manifest>"}), "manifest"},
		"a document type":    {zipped(t, entry{name: "imsmanifest.xml", text: `<!DOCTYPE m [<!ENTITY a "b">]><manifest/>`}), "manifest"},
		"deep":               {zipped(t, entry{name: "imsmanifest.xml", text: strings.Repeat("<a>", 500)}), "manifest"},
		"another standard":   {zipped(t, entry{name: "imsmanifest.xml", text: "<manifest><metadata><schema>X</schema></metadata></manifest>"}), "version"},
		"a cartridge":        {zipped(t, entry{name: "imsmanifest.xml", text: "<manifest><metadata><schema>IMS Common Cartridge</schema></metadata></manifest>"}), "cartridge"},
		"no such resource":   {zipped(t, manifest("")), "resource"},
		"a missing file":     {zipped(t, manifest(`<resource identifier="r" href="a.html"><file href="a.html"/><file href="gone.js"/></resource>`), page), "missing"},
		"a missing launch":   {zipped(t, manifest(`<resource identifier="r" href="b.html"/>`), page), "missing"},
		"a launch elsewhere": {zipped(t, manifest(`<resource identifier="r" href="https://example.org/a.html"/>`), page), "missing"},
		"a launch outside":   {zipped(t, manifest(`<resource identifier="r" href="../a.html"/>`), page), "missing"},
		"nothing to open":    {zipped(t, entry{name: "imsmanifest.xml", text: `<manifest><metadata><schemaversion>1.2</schemaversion></metadata></manifest>`}), "nothing"},
		"H5P, no JSON":       {zipped(t, h5p("{")), "h5p"},
		"H5P without main":   {zipped(t, h5p(`{"title":"T"}`)), "h5p"},
		"H5P, no content":    {zipped(t, h5p(`{"mainLibrary":"A","preloadedDependencies":[{"machineName":"A","majorVersion":1,"minorVersion":0}]}`)), "missing"},
		"H5P, no library":    {zipped(t, h5p(`{"mainLibrary":"A","preloadedDependencies":[{"machineName":"A","majorVersion":1,"minorVersion":0}]}`), entry{name: "content/content.json", text: "{}"}), "library"},
	} {
		if _, err := r.add("one", c.raw); key(err) != "package.bad."+c.want {
			t.Errorf("%s: %q %v", name, key(err), err)
		}
	}
	for _, name := range []string{"", "ab", "-ab", "Аб", "a/b", "../x", strings.Repeat("a", 41)} {
		if _, err := r.add(name, zipped(t, sound, page)); key(err) != "package.bad.name" {
			t.Errorf("the name %q: %v", name, err)
		}
	}
	if _, err := r.Add(context.Background(), &r.editor, coursepack.Sent{Name: "big", Size: 5 << 30}, unread{t}); key(err) != "package.bad.large" {
		t.Errorf("5 GB: %v", err)
	}
	resident := person.Actor{Person: "pabcdefghijk"}
	if _, err := r.Add(context.Background(), &resident, coursepack.Sent{Name: "one"}, unread{t}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a resident: %v", err)
	}
	for f, err := range r.media.List(context.Background(), "") {
		must(t, err)
		t.Errorf("%s was left behind", f.Name)
	}
}

type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("it was read")
	return 0, io.EOF
}

// What a crash leaves before the document is written is seen by nobody and swept.
func TestWhatACrashLeavesIsSwept(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := context.Background()
	p, err := r.add("kept", folder(t, "scorm12"))
	must(t, err)
	for _, name := range []string{"packages/gone.0123456789abcdef.blob", "packages/kept.0123456789abcdef.json"} {
		must(t, r.media.Put(ctx, name, "x", strings.NewReader("x"), 1))
	}
	r.now = time.Now()
	must(t, r.Sweep(ctx, job.Run{}))
	if n := count(t, r.media); n != 4 {
		t.Errorf("%d files: what may still be written was swept", n)
	}
	r.now = time.Now().Add(25 * time.Hour)
	must(t, r.Sweep(ctx, job.Run{}))
	if n := count(t, r.media); n != 2 {
		t.Errorf("%d files are left, not 2", n)
	}
	if _, err := r.Open(ctx, p.ID, p.Sum, "content/sco.js", true); err != nil {
		t.Error(err)
	}
	r.uses = []string{"Безпека: урок 1"}
	if err := r.Delete(ctx, &r.editor, "kept"); !fault.Is(err, fault.Conflict) {
		t.Errorf("deleted in use: %v", err)
	}
	r.uses = nil
	must(t, r.Delete(ctx, &r.editor, "kept"))
	if n := count(t, r.media); n != 0 {
		t.Errorf("%d files are left", n)
	}
}

func count(t *testing.T, m media.Store) (n int) {
	t.Helper()
	for _, err := range m.List(context.Background(), "packages/") {
		must(t, err)
		n++
	}
	return n
}

func score(x float64) *float64 { return &x }

func TestResultsAreRecordedWhenAllPartsAreDone(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := context.Background()
	_, err := r.add("scorm2004", folder(t, "scorm2004"))
	must(t, err)
	w := coursepack.Where{Course: "c", Lesson: "l", Activity: "a", Package: "scorm2004"}
	me := course.OfDevice("abcdefghijklmnopqrstuvwxyz")
	for _, bad := range []coursepack.Result{{Part: "p9"}, {Part: "p1", Score: score(1.01)}, {Part: "p1", Score: score(-1)}, {Part: "p1", Kept: json.RawMessage(`{`)},
		{Part: "p1", Kept: json.RawMessage(`"` + strings.Repeat("x", coursepack.MaxKept) + `"`)}} {
		if _, err := r.Take(ctx, me, w, bad); err == nil {
			t.Errorf("taken: %.60v", bad)
		}
	}
	_, err = r.Take(ctx, me, w, coursepack.Result{Part: "p1", Done: true, Score: score(1), Kept: json.RawMessage(`{"place":3}`)})
	must(t, err)
	if len(r.marks.marks) != 0 {
		t.Error("recorded after one part of two")
	}
	_, err = r.Take(ctx, me, w, coursepack.Result{Part: "p2", Done: true, Score: score(0.5)})
	must(t, err)
	if len(r.marks.marks) != 1 || r.marks.marks[0].Kind != course.Answered || string(r.marks.marks[0].Answer) != `{"score":0.75}` {
		t.Errorf("%+v", r.marks.marks)
	}
	// a second look takes nothing away
	st, err := r.Take(ctx, me, w, coursepack.Result{Part: "p2", Score: score(0.1)})
	must(t, err)
	if !st.Parts[1].Done || *st.Parts[1].Score != 0.5 || st.Parts[0].Kept != `{"place":3}` {
		t.Errorf("%+v", st.Parts)
	}
	// who signs in on the device takes it along; afterwards it is theirs alone
	who := person.ID("pabcdefghijk")
	must(t, r.Adopt(ctx, me, course.OfPerson(who)))
	if st, err = r.StateOf(ctx, course.OfPerson(who), w); err != nil || len(st.Parts) != 2 {
		t.Errorf("%v %+v", err, st)
	}
	if st, err = r.StateOf(ctx, me, w); err != nil || len(st.Parts) != 0 {
		t.Errorf("the device kept it: %+v", st)
	}
	part, err := r.Export(ctx, []person.ID{who})
	if err != nil || len(part.([]*coursepack.State)) != 1 {
		t.Errorf("%v %v", part, err)
	}
	must(t, r.Erase(ctx, []person.ID{who}))
	if part, err = r.Export(ctx, []person.ID{who}); err != nil || part != nil {
		t.Errorf("after erasure: %v %v", part, err)
	}
	// a package that gives no score is done without one
	r.marks.marks = nil
	w.Activity = "b"
	for _, part := range []string{"p1", "p2"} {
		_, err = r.Take(ctx, me, w, coursepack.Result{Part: part, Done: true})
		must(t, err)
	}
	if len(r.marks.marks) != 1 || r.marks.marks[0].Kind != course.Done {
		t.Errorf("%+v", r.marks.marks)
	}
	r.now = noon.Add(course.KeepDevice + 48*time.Hour)
	must(t, r.Sweep(ctx, job.Run{}))
	if st, err = r.StateOf(ctx, me, w); err != nil || len(st.Parts) != 0 {
		t.Errorf("not swept: %+v", st)
	}
}

// Whatever stands in an archive, reading it ends with a package or with a refusal.
func TestAnyArchiveEndsWell(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		var list []entry
		for range rapid.IntRange(0, 4).Draw(t, "files") {
			list = append(list, entry{name: rapid.SampledFrom([]string{"imsmanifest.xml", "h5p.json", "a.html", "content/content.json", "A-1.0/library.json", "../x", "a/../b", "\\x", "."}).Draw(t, "name"),
				text: rapid.SampledFrom([]string{"", "{}", head + `<resource identifier="r" href="a.html"/></resources></manifest>`, "<manifest>", `{"mainLibrary":"A","preloadedDependencies":[{"machineName":"A","majorVersion":"1","minorVersion":0}]}`, "<head>", "<html><body>"}).Draw(t, "text")})
		}
		n++
		raw := zippedRapid(list)
		p, err := r.add("p"+strconv.Itoa(n)+"-x", raw)
		if err == nil && (p == nil || len(p.Parts) == 0) {
			t.Fatal("a package without parts")
		}
		if err != nil && key(err) == "" {
			t.Fatalf("a refusal without words: %v", err)
		}
	})
}

func zippedRapid(list []entry) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	var all error
	for _, e := range list {
		f, err := w.Create(e.name)
		if err == nil {
			_, err = io.WriteString(f, e.text)
		}
		all = errors.Join(all, err)
	}
	if errors.Join(all, w.Close()) != nil {
		return nil
	}
	return b.Bytes()
}
