package content

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	files "osvitlo/content"
)

var badgeDay = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

func TestEveryCourseHasABadgeWithAPicture(t *testing.T) {
	t.Parallel()
	lib, problems := LoadAt(files.FS, badgeDay)
	for _, p := range problems {
		if strings.HasPrefix(p.File, "badges/") {
			t.Error(p)
		}
	}
	if len(lib.Badges()) < 2 {
		t.Fatalf("only %d badges", len(lib.Badges()))
	}
	for _, k := range lib.Courses() {
		b, err := lib.CourseBadge(k.Slug)
		if err != nil {
			t.Error(err)
			continue
		}
		if b.Title.IsZero() || len(b.Competences) == 0 {
			t.Errorf("%s: badge %s says too little", k.Slug, b.Slug)
		}
		if svg, png, err := lib.BadgeArt(b.Art); err != nil || len(svg) == 0 || len(png) == 0 {
			t.Errorf("%s: picture %q: %v", b.Slug, b.Art, err)
		}
	}
	if _, err := lib.Badge("digital-level"); err != nil {
		t.Error(err)
	}
}

func TestBrokenBadges(t *testing.T) {
	t.Parallel()
	const good = `slug: x
version: 1
kind: level
art: star
title: {uk: "Назва", en: "Title"}
description: {uk: "Опис.", en: "Text."}
criteria: {uk: "Умова.", en: "Rule."}
competences: [ua5.3]
status: draft
`
	svg := []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"></svg>`)
	for name, c := range map[string]struct {
		yaml, rule string
		svg        []byte
	}{
		"no picture":        {good, "badge-art", nil},
		"a script in it":    {good, "picture-unsafe", []byte(`<svg onload="x()"></svg>`)},
		"no PNG beside it":  {good, "badge-art", svg},
		"an unknown course": {strings.Replace(good, "kind: level", "kind: course\ncourse: no-such", 1), "badge-course", svg},
		"a course's level":  {good + "course: some\n", "badge-course", svg},
		"reviewed by none":  {strings.Replace(good, "draft", "reviewed", 1), "status-unreviewed", svg},
		"another file name": {strings.Replace(good, "slug: x", "slug: y", 1), "file-name", svg},
		"a strange skill":   {strings.Replace(good, "[ua5.3]", "[ua5.3, ua5.3]", 1), "badge-competence", svg},
		"a long title":      {strings.Replace(good, "Title", strings.Repeat("t", 91), 1), "badge-title", svg},
		"no title":          {strings.Replace(good, `title: {uk: "Назва", en: "Title"}`, "", 1), "schema", svg},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fsys := fstest.MapFS{"badges/x.yaml": {Data: []byte(c.yaml)}}
			if c.svg != nil {
				fsys["badges/art/star.svg"] = &fstest.MapFile{Data: c.svg}
			}
			_, problems := LoadAt(fsys, badgeDay)
			for _, p := range problems {
				if p.Rule == c.rule && strings.HasPrefix(p.File, "badges/") {
					return
				}
			}
			t.Errorf("no finding %s in %v", c.rule, problems)
		})
	}
}
