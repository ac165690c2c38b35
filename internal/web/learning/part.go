package learning

import (
	"html/template"
	"sync"

	"osvitlo/internal/course"
)

// parts are pieces of the list of courses that are the same for everybody who reads one
// language. A course's next version is another piece, so there are few; old ones go when
// maxParts is reached.
type parts struct{ made sync.Map } // key -> template.HTML

const maxParts = 1000

// part renders a piece once.
func (v *view) part(name, key string, data func() any) (template.HTML, error) {
	key = v.lang + " " + name + " " + key
	if made, ok := v.h.parts.made.Load(key); ok {
		return made.(template.HTML), nil
	}
	html, err := v.h.o.Pages.Part(v.lang, "learning/part_"+name, data())
	if err != nil {
		return "", err
	}
	n := 0
	v.h.parts.made.Range(func(any, any) bool { n++; return n < maxParts })
	if n >= maxParts {
		v.h.parts.made.Clear()
	}
	v.h.parts.made.Store(key, html)
	return html, nil
}

// version names a state of the catalogue.
func version(all []*course.Course) string {
	n := 0
	for _, c := range all {
		n += len(c.Slug) + len(c.Hash) + 1
	}
	b := make([]byte, 0, n)
	for _, c := range all {
		b = append(append(append(b, c.Slug...), c.Hash...), ' ')
	}
	return string(b)
}
