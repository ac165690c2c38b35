package content

import (
	"bytes"
	"image/png"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"osvitlo/internal/credential/badge"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

// badgesFolder holds definitions (*.yaml) and, in art/, each picture twice: as drawing
// and as points, since a badge is baked into both.
const badgesFolder = "badges"

// art is a picture of badges.
type art struct{ svg, png []byte }

// minArt is the smallest side of a badge in points (Open Badges 3.0 asks for a square).
const minArt = 256

// badges reads content/badges. It comes after the courses: a course without a badge of
// its own gets one from the definition for every course.
func (c *loader) badges() {
	c.badgeArt()
	seen := map[string]bool{}
	var usual *badge.Badge
	for _, file := range c.list(badgesFolder, ".yaml") {
		d := c.read(file, "badge")
		if d == nil {
			continue
		}
		b := &badge.Badge{}
		if !c.decode(d, "", b) {
			continue
		}
		c.places[b] = place{d, ""}
		if b.Slug+".yaml" != path.Base(file) {
			c.at(b, "/slug", instrument.Error, "file-name", "badge «"+b.Slug+"» stands in "+path.Base(file), "rename the file to "+b.Slug+".yaml")
		}
		c.findings(b, b.Lint())
		c.spoken(b, "/title", b.Title)
		c.spoken(b, "/description", b.Description)
		c.spoken(b, "/criteria", b.Criteria)
		c.competencesOf(b)
		if b.Art != "" && c.lib.badgeArt[b.Art] == nil {
			c.at(b, "/art", instrument.Error, "badge-art", "there is no picture «"+b.Art+"»", "draw badges/art/"+b.Art+".svg and .png")
		}
		if b.Course == badge.EveryCourse {
			usual = b
			continue
		}
		if _, err := c.lib.Course(b.Course); b.Course != "" && err != nil {
			c.at(b, "/course", instrument.Error, "badge-course", "there is no course «"+b.Course+"»", "name a course of content/courses")
		}
		if seen[b.Course] && b.Course != "" {
			c.at(b, "/course", instrument.Error, "badge-twice", "course «"+b.Course+"» has two badges", "keep one")
		}
		seen[b.Course] = true
		c.lib.badges = append(c.lib.badges, b)
	}
	for _, k := range c.lib.courses {
		if usual == nil || seen[k.Slug] {
			continue
		}
		b := *usual
		b.Slug, b.Course, b.Art = "course-"+k.Slug, k.Slug, k.Icon
		b.Title, b.Competences, b.Version = k.Title, slices.Clone(k.Competences), k.Version
		if c.lib.badgeArt[b.Art] == nil {
			b.Art = usual.Art
		}
		c.lib.badges = append(c.lib.badges, &b)
	}
	slices.SortFunc(c.lib.badges, func(a, b *badge.Badge) int { return strings.Compare(a.Slug, b.Slug) })
}

// competencesOf checks that a badge is aligned to competences that exist.
func (c *loader) competencesOf(b *badge.Badge) {
	for i, id := range b.Competences {
		if c.lib.CompetenceTitle(id).IsZero() && len(c.lib.frameworks) > 0 {
			c.at(b, "/competences/"+strconv.Itoa(i), instrument.Error, "badge-competence", "«"+id+"» is not in the framework", "name a competence of it")
		}
	}
}

// badgeArt reads the pictures; each must be there in both forms.
func (c *loader) badgeArt() {
	for _, file := range c.list(badgesFolder+"/art", ".svg") {
		name := strings.TrimSuffix(path.Base(file), ".svg")
		drawing, err := fs.ReadFile(c.fsys, file)
		if err != nil || len(drawing) > maxFile || unsafe.Match(drawing) || !bytes.Contains(drawing, []byte("<svg ")) {
			c.add(file, 1, instrument.Error, "picture-unsafe", "the picture cannot be read, or holds a script, an event or an outside address", "draw it again without them")
			continue
		}
		twin := badgesFolder + "/art/" + name + ".png"
		points, err := fs.ReadFile(c.fsys, twin)
		if err == nil {
			var head struct{ w, h int }
			if conf, cerr := png.DecodeConfig(bytes.NewReader(points)); cerr == nil {
				head.w, head.h = conf.Width, conf.Height
			}
			if head.w < minArt || head.w != head.h {
				c.add(twin, 1, instrument.Error, "badge-art", "the picture is no square PNG of at least "+strconv.Itoa(minArt)+" points", "draw it again")
				continue
			}
		} else {
			c.add(file, 1, instrument.Error, "badge-art", "the picture is missing as PNG", "write "+twin)
			continue
		}
		c.lib.badgeArt[name] = &art{drawing, points}
	}
}

// Badges lists all badges by slug, those of courses included.
func (l *Library) Badges() []*badge.Badge { return slices.Clone(l.badges) }

// Badge is a badge by its slug. Errors: NotFound.
func (l *Library) Badge(slug string) (*badge.Badge, error) {
	for _, b := range l.badges {
		if b.Slug == slug {
			return b, nil
		}
	}
	return nil, missing("badge", slug)
}

// CourseBadge is the badge of a course. Errors: NotFound.
func (l *Library) CourseBadge(course string) (*badge.Badge, error) {
	for _, b := range l.badges {
		if b.Course == course && course != "" {
			return b, nil
		}
	}
	return nil, missing("badge of the course", course)
}

// BadgeArt is a picture of badges as drawing and as points; do not change the bytes.
// Errors: NotFound.
func (l *Library) BadgeArt(name string) (svg, png []byte, err error) {
	a := l.badgeArt[name]
	if a == nil {
		return nil, nil, missing("picture of a badge", name)
	}
	return a.svg, a.png, nil
}

// CompetenceTitle names a competence ("ua5.3"); zero for one that no framework has.
func (l *Library) CompetenceTitle(id string) i18n.Text {
	for _, f := range l.frameworks {
		if one, err := f.Competence(id); err == nil {
			return one.Title
		}
	}
	return i18n.Text{}
}
