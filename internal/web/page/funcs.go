package page

import (
	"fmt"
	"html/template"
	"time"

	"osvitlo/internal/i18n"
	"osvitlo/static"
)

// speaker holds the functions of the templates bound to one language.
type speaker struct {
	words *i18n.Localizer
	site  *Site
	ready ready
	frame
	script string
}

// newSpeaker makes the functions of a language and all that its pages share. A missing
// word or file is an error.
func newSpeaker(words *i18n.Localizer, site *Site) (*speaker, error) {
	s := &speaker{words: words, site: site}
	for _, key := range frameWords {
		if !s.has(key) {
			return nil, fmt.Errorf("no message %q in %s", key, words.Language)
		}
	}
	for _, item := range append(append([]Item{}, site.Nav...), site.Footer...) {
		if !s.has(item.Key) {
			return nil, fmt.Errorf("navigation: no message %q in %s", item.Key, words.Language)
		}
	}
	return s, s.build()
}

// has tells whether the language itself, without fall-back, knows the key.
func (s *speaker) has(key string) bool { return s.words.T(key, nil) != key }

// funcs are the functions every template may call:
//
//	t KEY [NAME VALUE]…    the message, short words tied to the next one
//	n KEY COUNT [NAME VALUE]…   its plural form
//	text TEXT              an i18n.Text (or string) in the language
//	nb STRING              the string with short words tied
//	num X DECIMALS, int N, date TIME, datetime TIME
//	lang                   "uk" or "en"
//	href ADDRESS           for href="…": paths of this site, http(s), tel and mailto
//	icon NAME              an inline picture
//	asset NAME             address of a static file
//	button, link, note, … builders of the components' arguments (see parts.go)
func (s *speaker) funcs() template.FuncMap {
	m := template.FuncMap{
		"t":         s.t,
		"n":         s.n,
		"text":      s.text,
		"nb":        s.nb,
		"num":       s.words.Number,
		"int":       s.int,
		"date":      func(t time.Time) string { return s.words.Date(t) },
		"datetime":  func(t time.Time) string { return s.words.DateTime(t) },
		"lang":      func() string { return s.words.Language },
		"icon":      Icon,
		"asset":     Asset,
		"href":      func(to string) template.URL { return template.URL(safeHref(to)) },
		"put":       s.put,
		"reading":   func() template.HTML { return template.HTML(s.reading) },
		"isplain":   isPlain,
		"isheading": isHeading,
		"head":      s.head,
		"header":    s.header,
		"toolrow":   s.toolrow,
		"footer":    func() template.HTML { return s.footer },
	}
	for name, f := range s.builders() {
		m[name] = f
	}
	return m
}

func (s *speaker) t(key string, pairs ...any) (string, error) {
	args, err := s.args(pairs)
	if err != nil {
		return "", fmt.Errorf("t %q: %w", key, err)
	}
	return s.nb(s.words.T(key, args)), nil
}

func (s *speaker) n(key string, count any, pairs ...any) (string, error) {
	args, err := s.args(pairs)
	if err != nil {
		return "", fmt.Errorf("n %q: %w", key, err)
	}
	k, ok := whole(count)
	if !ok {
		return "", fmt.Errorf("n %q: count is a %T", key, count)
	}
	return s.nb(s.words.N(key, k, args)), nil
}

// args makes the message's values of pairs; whole numbers are written as the language does.
func (s *speaker) args(pairs []any) (map[string]any, error) {
	if len(pairs) == 0 {
		return nil, nil
	}
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("values must come in pairs of name and value")
	}
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("name %v is a %T", pairs[i], pairs[i])
		}
		switch v := pairs[i+1].(type) {
		case i18n.Text:
			m[name] = v.In(s.words.Language)
		case time.Time:
			m[name] = s.words.Date(v)
		default:
			if k, ok := whole(v); ok {
				m[name] = s.words.Int(k)
			} else {
				m[name] = v
			}
		}
	}
	return m, nil
}

func whole(v any) (int64, bool) {
	switch k := v.(type) {
	case int:
		return int64(k), true
	case int64:
		return k, true
	case int32:
		return int64(k), true
	case uint64:
		if k > 1<<62 {
			return 0, false
		}
		return int64(k), true
	}
	return 0, false
}

func (s *speaker) int(v any) (string, error) {
	k, ok := whole(v)
	if !ok {
		return "", fmt.Errorf("int: %T is not a whole number", v)
	}
	return s.words.Int(k), nil
}

func (s *speaker) text(v any) (string, error) {
	switch t := v.(type) {
	case i18n.Text:
		return s.nb(t.In(s.words.Language)), nil
	case *i18n.Text:
		if t == nil {
			return "", nil
		}
		return s.nb(t.In(s.words.Language)), nil
	case string:
		return s.nb(t), nil
	}
	return "", fmt.Errorf("text: %T is not a text", v)
}

func (s *speaker) nb(text string) string { return i18n.NoBreak(text) }

// Asset returns the address of a static file by its plain name, such as
// "resident.css"; the address holds a hash of the bytes and never goes stale.
func Asset(name string) (string, error) {
	p := static.Path(name)
	if p == "" {
		return "", fmt.Errorf("no static file %q", name)
	}
	return p, nil
}
