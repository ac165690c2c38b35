package interchange

import (
	"archive/zip"
	"cmp"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"

	"osvitlo/internal/fault"
)

// CourseFile is a file of a course as it lies in content/courses/<slug>, or a picture of
// content/media.
type CourseFile struct {
	Name string // without a folder
	Text []byte
}

// CourseFiles are a whole course.
type CourseFiles struct {
	Slug  string
	Files []CourseFile // course.yaml, 01-….yaml, …, final.yaml
	Media []CourseFile
}

// The zip of a course: CourseAbout says what it is, the files lie in <slug>/, the pictures
// in media/. Everything in it is text of the project's own schema, so what is read is what
// was written, byte by byte.
const (
	CourseAbout   = "README.txt"
	courseMain    = "course.yaml"
	courseLast    = "final.yaml"
	mediaFolder   = "media/"
	MaxCourseFile = 512 << 10 // bytes of one file
	MaxPicture    = MaxFile   // bytes of one picture
)

const courseAboutText = `Osvitlo: a course as files.

<slug>/course.yaml          the course: title, audience, competences, levels, order of lessons
<slug>/01-<lesson>.yaml …   the lessons in order
<slug>/final.yaml           the final check
media/                      pictures and subtitles that lessons name

The YAML is described by content/schema/course*.json. Reading this file gives the same
bytes that were written. Format 1.
`

var (
	courseSlug  = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	lessonName  = regexp.MustCompile(`^[0-9]{2}-[a-z0-9]+(-[a-z0-9]+)*\.yaml$`)
	pictureName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]*\.(svg|png|jpg|webp|avif|vtt)$`)
)

// WriteCourse writes a course as a zip. The same course gives the same bytes.
func WriteCourse(w io.Writer, c CourseFiles) (err error) {
	defer fault.Wrap(&err, "interchange.WriteCourse")
	z := zip.NewWriter(w)
	if err := store(z, CourseAbout, []byte(courseAboutText)); err != nil {
		return err
	}
	for _, part := range []struct {
		folder string
		files  []CourseFile
	}{{c.Slug + "/", c.Files}, {mediaFolder, c.Media}} {
		files := slices.SortedFunc(slices.Values(part.files), func(a, b CourseFile) int { return cmp.Compare(a.Name, b.Name) })
		for _, f := range files {
			if err := store(z, part.folder+f.Name, f.Text); err != nil {
				return err
			}
		}
	}
	return fault.From(z.Close(), fault.Unavailable, "")
}

// ReadCourse reads what WriteCourse wrote. Whether the YAML is sound is for the loader of
// courses to say. Errors: Invalid, TooLarge, each naming the file.
func ReadCourse(raw []byte) (c CourseFiles, err error) {
	defer fault.Wrap(&err, "interchange.ReadCourse")
	a, err := openPackage(raw)
	if err != nil {
		return c, err
	}
	names := make([]string, 0, len(a.files))
	for name := range a.files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if strings.HasSuffix(a.files[name].Name, "/") || name == CourseAbout {
			continue
		}
		folder, base := path.Split(name)
		f := CourseFile{Name: base}
		switch {
		case folder == mediaFolder && pictureName.MatchString(base):
			if f.Text, err = a.read(name); err != nil {
				return c, err
			}
			c.Media = append(c.Media, f)
			continue
		case strings.Count(folder, "/") != 1 || !courseSlug.MatchString(strings.TrimSuffix(folder, "/")) || base != courseMain && base != courseLast && !lessonName.MatchString(base):
			return c, fault.Newf(fault.Invalid, "", "%s: no file of a course has this name", name)
		case c.Slug != "" && c.Slug+"/" != folder:
			return c, fault.Newf(fault.Invalid, "", "%s: there is one course in a file, and this is a second one", name)
		}
		c.Slug = strings.TrimSuffix(folder, "/")
		if f.Text, err = a.read(name); err != nil {
			return c, err
		}
		if len(f.Text) > MaxCourseFile {
			return c, fault.Newf(fault.TooLarge, "", "%s: a file of a course has at most %d bytes", name, MaxCourseFile)
		}
		c.Files = append(c.Files, f)
	}
	if !slices.ContainsFunc(c.Files, func(f CourseFile) bool { return f.Name == courseMain }) {
		return c, fault.Newf(fault.Invalid, "", "%s: the package has no such file", fmt.Sprintf("%s/%s", cmp.Or(c.Slug, "<slug>"), courseMain))
	}
	return c, nil
}
