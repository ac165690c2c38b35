package draft

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
)

// fileShape is the name of a lesson's file in content/courses.
var fileShape = regexp.MustCompile(`^[0-9]{2}-([a-z0-9-]+)\.yaml$`)

// fileOf is the file of a draft that a file of content/courses is.
func fileOf(name string) (string, bool) {
	switch name {
	case "course.yaml":
		return CourseFile, true
	case "final.yaml":
		return FinalFile, true
	}
	m := fileShape.FindStringSubmatch(name)
	if m == nil {
		return "", false
	}
	return m[1], true
}

// Named is a file as it lies in content/courses/<slug>.
type Named struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// named lists the files of a draft as they would lie in its folder, by name.
func (d *Draft) named() (list []Named) {
	for i, slug := range d.Lessons() {
		list = append(list, Named{fmt.Sprintf("%02d-%s.yaml", i+1, slug), d.File(slug).Text})
	}
	for _, name := range []string{CourseFile, FinalFile} {
		if f := d.File(name); f != nil {
			list = append(list, Named{name + ".yaml", f.Text})
		}
	}
	return list
}

// folder lays the files of one course over the content files: what the loader reads.
type folder struct {
	base  fs.FS
	at    string // "courses/<slug>"
	files []Named
}

// Open opens a file of the course, or one of the content files outside courses.
func (f *folder) Open(name string) (fs.File, error) {
	if dir, base := path.Split(name); strings.TrimSuffix(dir, "/") == f.at {
		for _, n := range f.files {
			if n.Name == base {
				return &open{Reader: bytes.NewReader([]byte(n.Text)), info: info{n.Name, int64(len(n.Text))}}, nil
			}
		}
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return f.base.Open(name)
}

// ReadDir lists the files of the course.
func (f *folder) ReadDir(name string) ([]fs.DirEntry, error) {
	if name != f.at {
		return fs.ReadDir(f.base, name)
	}
	var list []fs.DirEntry
	for _, n := range f.files {
		list = append(list, fs.FileInfoToDirEntry(info{n.Name, int64(len(n.Text))}))
	}
	slices.SortFunc(list, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return list, nil
}

type open struct {
	io.Reader
	info info
}

func (o *open) Stat() (fs.FileInfo, error) { return o.info, nil }
func (o *open) Close() error               { return nil }

type info struct {
	name string
	size int64
}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return i.size }
func (i info) Mode() fs.FileMode  { return 0o444 }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return false }
func (i info) Sys() any           { return nil }
