package content

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"

	"osvitlo/internal/instrument"
)

// SumFile lists the published versions: "slug@version sha256" a line, of a course
// "course/slug@version sha256". What it lists never changes; a correction is a new
// version. A course whose status is draft is shown, with a note that says so, and
// is not listed: its writers still mend it.
const SumFile = "content.sum"

var sumLine = regexp.MustCompile(`^((?:course/)?[a-z0-9_-]+@[1-9][0-9]{0,3}) ([0-9a-f]{64})$`)

// Sum is the text of content.sum for everything in the library. Published
// versions keep their places; write it only to publish.
func (l *Library) Sum() string {
	var b strings.Builder
	for _, slug := range sortedKeys(l.instruments) {
		for _, in := range l.instruments[slug] {
			fmt.Fprintf(&b, "%s %s\n", in.Name(), in.Hash)
		}
	}
	for _, k := range l.courses {
		if k.Status != "draft" {
			fmt.Fprintf(&b, "course/%s %s\n", k.Name(), k.Hash)
		}
	}
	return b.String()
}

// sum compares the library with content.sum, if there is one.
func (c *loader) sum() {
	raw, err := fs.ReadFile(c.fsys, SumFile)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			c.add(SumFile, 1, instrument.Error, "read", err.Error(), "check the file")
		}
		return
	}
	s := bufio.NewScanner(bytes.NewReader(raw))
	for n := 1; s.Scan(); n++ {
		line := strings.TrimSpace(s.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		m := sumLine.FindStringSubmatch(line)
		if m == nil {
			c.add(SumFile, n, instrument.Error, "sum-line", "the line is not «slug@version sha256»", "print the file anew with: osvitlo content sum")
			continue
		}
		name, hash := m[1], m[2]
		if _, twice := c.lib.published[name]; twice {
			c.add(SumFile, n, instrument.Error, "sum-twice", name+" stands twice", "remove one of the lines")
			continue
		}
		c.lib.published[name] = hash
		if course, ok := strings.CutPrefix(name, "course/"); ok {
			c.sumCourse(n, course, hash)
			continue
		}
		in := c.byName(name)
		switch {
		case in == nil:
			c.add(SumFile, n, instrument.Error, "sum-gone", "published "+name+" is gone or broken", "put its file back: published versions stay")
		case in.Hash != hash:
			next := fmt.Sprintf("%s@%d", in.Slug, in.Version+1)
			c.at(in, "/version", instrument.Error, "sum-changed", "published "+name+" was changed",
				"undo the change, or make it a new version: "+strings.ReplaceAll(next, "@", ".v")+".yaml, with new versions of the items that changed")
		}
	}
}

func (c *loader) sumCourse(n int, name, hash string) {
	for _, k := range c.lib.courses {
		switch {
		case k.Name() != name:
		case k.Hash != hash:
			c.at(k, "/version", instrument.Error, "sum-changed", "published course "+name+" was changed", "undo the change, or raise version: and put the new line into "+SumFile)
			return
		default:
			return
		}
	}
	slug, _, _ := strings.Cut(name, "@")
	if k, err := c.lib.Course(slug); err == nil && k.Version > version(name) {
		return // an older version: its file holds the newer one
	}
	c.add(SumFile, n, instrument.Error, "sum-gone", "published course "+name+" is gone or broken", "put its folder back")
}

// version is the number behind the @.
func version(name string) int {
	_, tail, _ := strings.Cut(name, "@")
	n, err := strconv.Atoi(tail)
	if err != nil {
		return 0
	}
	return n
}

func (c *loader) byName(name string) *instrument.Instrument {
	slug, _, _ := strings.Cut(name, "@")
	for _, in := range c.lib.instruments[slug] {
		if in.Name() == name {
			return in
		}
	}
	return nil
}
