package draft

import (
	"encoding/json"
	"strings"

	"osvitlo/internal/course/lesson"
	"osvitlo/internal/instrument"
)

// standIn are the files with a course file that is complete enough for the lessons to be
// read: what is missing of it is reported of the real one.
func standIn(slug string, base int, files []Named) []Named {
	out := make([]Named, len(files))
	found := false
	for i, f := range files {
		out[i] = f
		if f.Name != CourseFile+".yaml" {
			continue
		}
		tree, err := Parse(f.Name, f.Text)
		if err != nil {
			tree = Tree{}
		}
		both := func(name string) Tree {
			t := texts(Text(tree, "/"+name+"/uk"), Text(tree, "/"+name+"/en"))
			for _, lang := range []string{"uk", "en"} {
				if t[lang] == nil {
					t[lang] = "…"
				}
			}
			return t
		}
		stand := Tree{"slug": slug, "version": float64(base + 1), "title": both("title"), "summary": both("summary"), "for": both("for"), "audience": []any{"everyone"},
			"competences": every(), "levels": Tree{"from": lesson.Levels[0], "to": lesson.Levels[len(lesson.Levels)-1]}, "icon": "document",
			"owner": "………", "status": "draft", "valid_until": "2099-01-01", "lessons": slugsOf(files)}
		if list := List(tree, "/competences"); len(list) > 0 && plain(list) {
			stand["competences"] = list
		}
		out[i].Text = Write(stand)
		found = true
	}
	if !found || len(slugsOf(files)) == 0 {
		return nil
	}
	return out
}

func slugsOf(files []Named) (list []any) {
	for _, f := range files {
		if name, ok := fileOf(f.Name); ok && name != CourseFile && name != FinalFile {
			list = append(list, name)
		}
	}
	return list
}

// every lists all competences of the framework by their ids' shape: which of them exist
// is asked of the real course file.
func every() (list []any) {
	for area := '1'; area <= '6'; area++ {
		for k := '1'; k <= '5'; k++ {
			list = append(list, "ua"+string(area)+"."+string(k))
		}
	}
	return list
}

// roughly adds to a course what can be shown of lessons that the loader refused, so that
// a writer sees what is there. The course itself is not changed.
func roughly(c *lesson.Course, files []Named) *lesson.Course {
	out := *c
	out.Lessons = nil
	for _, f := range files {
		name, ok := fileOf(f.Name)
		if !ok || name == CourseFile || name == FinalFile {
			continue
		}
		if l := c.Lesson(name); l != nil {
			out.Lessons = append(out.Lessons, l)
		} else if l := roughLesson(name, f.Text); l != nil {
			out.Lessons = append(out.Lessons, l)
		}
	}
	return &out
}

func roughLesson(slug, text string) *lesson.Lesson {
	tree, err := Parse(slug, text)
	if err != nil {
		return nil
	}
	acts := List(tree, "/activities")
	delete(tree, "activities")
	l := &lesson.Lesson{}
	if raw, err := json.Marshal(tree); err != nil || json.Unmarshal(raw, l) != nil {
		return nil
	}
	l.Slug = slug
	for _, a := range acts {
		raw, err := json.Marshal(a)
		var one lesson.Activity
		if err != nil || json.Unmarshal(raw, &one) != nil || one.Body == nil || one.ID == "" || strings.ContainsAny(one.ID, "/?#") || l.Activity(one.ID) != nil {
			continue
		}
		if check, ok := one.Body.(*lesson.Check); ok {
			whole, _ := At(a, "/item").(map[string]any)
			if check.Item == nil || !soundEnough(check.Item) || whole == nil {
				continue
			}
			whole["version"], whole["measures"], whole["status"] = 1.0, string(instrument.Knowledge), "draft"
			if raw, err = json.Marshal(whole); err != nil {
				continue
			}
			if check.Item, err = instrument.DecodeItem(raw, ""); err != nil {
				continue
			}
		}
		l.Activities = append(l.Activities, one)
	}
	if len(l.Activities) == 0 {
		return nil
	}
	return l
}

// soundEnough tells whether a page can show an item.
func soundEnough(it *instrument.Item) bool {
	switch it.Type {
	case instrument.Single, instrument.Multiple, instrument.Spot, instrument.Ordering:
		return len(it.Options) > 1
	case instrument.Matching:
		return len(it.Left) > 0 && len(it.Right) > 0
	}
	return false
}
