package draft_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	files "osvitlo/content"
	"osvitlo/internal/content"
	"osvitlo/internal/course/draft"
	"osvitlo/internal/instrument"
)

// tree is a copy of the shipped content.
func tree(t *testing.T) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	err := fs.WalkDir(files.FS, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(files.FS, path)
		out[path] = &fstest.MapFile{Data: raw}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// bumped is the shipped content whose course says it is version 2.
func bumped(t *testing.T) fstest.MapFS {
	out := tree(t)
	name := "courses/" + slug + "/course.yaml"
	out[name] = &fstest.MapFile{Data: []byte(strings.Replace(string(out[name].Data), "version: 1", "version: 2", 1))}
	return out
}

// What was published in the browser goes back into files: the loader takes them with the
// same hash, and they are written the same once more.
func TestExportIsTakenBack(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	if list, err := r.s.Export(ctx); err != nil || len(list) != 0 {
		t.Fatal(list, err)
	}
	r.copy()
	r.write(olena, "call-from-bank", title("Дзвінок із «банку»"))
	if _, err := r.s.MoveLesson(ctx, olena, "Олена", slug, "call-from-bank", 1); err != nil {
		t.Fatal(err)
	}
	v := r.publish()
	list, err := r.s.Export(ctx)
	if err != nil || len(list) != 1 || list[0].Slug != slug {
		t.Fatal(list, err)
	}
	content1 := tree(t)
	for name := range content1 {
		if strings.HasPrefix(name, "courses/"+slug+"/") {
			delete(content1, name)
		}
	}
	for _, f := range list[0].Files {
		content1["courses/"+slug+"/"+f.Name] = &fstest.MapFile{Data: []byte(f.Text)}
		got, err := draft.Parse(f.Name, f.Text)
		if err != nil || draft.Write(got) != f.Text {
			t.Errorf("%s is written otherwise the second time: %v", f.Name, err)
		}
	}
	content1["content.sum"] = &fstest.MapFile{Data: append(content1["content.sum"].Data, []byte(list[0].Line+"\n")...)}
	lib, problems := content.LoadAt(content1, noon)
	for _, p := range problems {
		if p.Severity == instrument.Error {
			t.Error(p)
		}
	}
	c, err := lib.Course(slug)
	if err != nil || c.Hash != v.Hash || c.Version != 2 || !c.Reviewed() || c.Lessons[1].Slug != "call-from-bank" {
		t.Fatalf("%+v %v", c, err)
	}
	// a program that ships the exported files starts on the store that published them
	s, err := r.open(lib)
	if err != nil {
		t.Fatal(err)
	}
	if c, _ := s.Course(slug); c.Version != 2 || c.Hash != v.Hash {
		t.Error("another course")
	}
}

func TestWordsAreCompared(t *testing.T) {
	t.Parallel()
	got := ""
	for _, p := range draft.Words("Покладіть слухавку й подзвоніть у банк.", "Покладіть слухавку. Подзвоніть у банк.") {
		switch {
		case p.Was && p.Is:
			got += p.Text
		case p.Was:
			got += "[-" + p.Text + "]"
		default:
			got += "[+" + p.Text + "]"
		}
	}
	if got != "Покладіть [-слухавку й подзвоніть ][+слухавку. Подзвоніть ]у банк." {
		t.Error(got)
	}
}
