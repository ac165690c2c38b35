package learning

import (
	"slices"
	"strconv"

	"osvitlo/internal/course/lesson"
	"osvitlo/internal/instrument"
)

// kindOf says how a value is typed in.
type kindOf uint8

const (
	inLine   kindOf = iota // one line in both languages
	inWords                // a paragraph in both languages
	inProse                // Markdown in both languages
	inWord                 // one line, one language
	inText                 // a paragraph, one language
	inNumber               //
	inTick                 //
	inPick                 // one of a list
	inPicks                // some of a list
	inList                 // entries
	inHidden               // an id that stays with its entry
)

// shape is one field of a form: where its value stands and how it is typed in.
type shape struct {
	name  string // below the thing, "item/stem"; empty: the thing itself
	label string // of the words; empty: the last part of name
	kind  kindOf
	of    []string // values of pick and picks
	may   bool     // a pick may stay empty
	hint  bool     // there are words of explanation
	rows  []shape
	ids   string // entries get ids: "letter", or a word that a number follows
	fold  bool   // a long list of ticks, folded away
}

func (s shape) words() string {
	if s.label != "" {
		return s.label
	}
	for i := len(s.name) - 1; i >= 0; i-- {
		if s.name[i] == '/' {
			return s.name[i+1:]
		}
	}
	return s.name
}

var (
	icons     = []string{"phone", "search", "pencil", "chat", "shield", "tools", "lock", "document", "city", "news", "teacher", "family", "mentor", "work", "home", "eye", "battery", "spark"}
	courseFor = []string{"everyone", "older", "employees", "officials", "teachers", "parents", "mentors", "job-seekers", "displaced", "accessibility", "young"}
	scenes    = []string{"sms", "email", "site", "chat", "call", "document", "table"}
	partKinds = []string{"sender", "address", "heading", "text", "link", "button", "field"}
	asksFor   = []string{"name", "phone", "email", "birthday", "address", "tax-number", "document", "card", "card-code", "code", "password", "login", "amount", "other"}
	itemKinds = []instrument.Type{instrument.Single, instrument.Multiple, instrument.Ordering, instrument.Matching, instrument.Spot}
)

// courseShapes are the fields of a course.
func (v *view) courseShapes() []shape {
	return []shape{
		{name: "title", kind: inLine}, {name: "summary", kind: inWords, hint: true}, {name: "for", kind: inWords},
		{name: "audience", kind: inPicks, of: audiences},
		{name: "competences", kind: inPicks, of: v.competences(), fold: true, hint: true},
		{name: "levels/from", label: "from", kind: inPick, of: lesson.Levels, may: true}, {name: "levels/to", label: "to", kind: inPick, of: lesson.Levels, may: true},
		{name: "icon", kind: inPick, of: icons}, {name: "owner", kind: inWord, hint: true}, {name: "valid_until", kind: inWord, hint: true},
	}
}

// competences lists the ids of the framework's competences.
func (v *view) competences() (ids []string) {
	for _, f := range v.h.o.Library.Frameworks() {
		for _, a := range f.Areas {
			for _, c := range a.Competences {
				ids = append(ids, c.ID)
			}
		}
		return ids // the Ukrainian one stands first
	}
	return nil
}

// lessonShapes are the fields of a lesson besides its activities.
func (v *view) lessonShapes(ofCourse []string) []shape {
	var terms []string
	for _, t := range v.h.o.Library.Glossary() {
		terms = append(terms, t.ID)
	}
	if len(ofCourse) == 0 {
		ofCourse = v.competences()
	}
	return []shape{
		{name: "title", kind: inLine}, {name: "goal", kind: inWords, hint: true}, {name: "minutes", kind: inNumber, hint: true},
		{name: "level", kind: inPick, of: lesson.Levels, may: true}, {name: "competences", kind: inPicks, of: ofCourse},
		{name: "summary_en", kind: inText, hint: true},
		{name: "handout", kind: inProse, hint: true}, {name: "mentor", kind: inProse, hint: true},
		{name: "glossary", kind: inPicks, of: terms, fold: true},
		{name: "sources", kind: inList, rows: []shape{{name: "title", label: "source", kind: inWord}, {name: "url", kind: inWord}}},
	}
}

// finalShapes are the fields of a final check besides its items.
var finalShapes = []shape{{name: "pass", kind: inNumber, hint: true}, {name: "intro", kind: inWords}}

// activityShapes are the fields of an activity of a type; nil for a type that is only
// edited as text.
func activityShapes(kind lesson.Type, item instrument.Type) []shape {
	title := shape{name: "title", label: "heading", kind: inLine, hint: true}
	switch kind {
	case lesson.TypeText:
		return []shape{title, {name: "text", kind: inProse, hint: true}}
	case lesson.TypePicture:
		return []shape{title, {name: "file", kind: inWord, hint: true}, {name: "alt", kind: inWords, hint: true}, {name: "caption", kind: inWords}}
	case lesson.TypeVideo:
		return []shape{title, {name: "clip", kind: inWord, hint: true}, {name: "small", kind: inWord, hint: true}, {name: "poster", kind: inWord}, {name: "subtitles", kind: inWord, hint: true},
			{name: "subtitles_en", kind: inWord}, {name: "sign", kind: inWord}, {name: "silent", kind: inTick}, {name: "seconds", kind: inNumber}, {name: "transcript", kind: inProse},
			{name: "storyboard", kind: inList, hint: true, rows: []shape{{name: "seconds", kind: inNumber}, {name: "shows", kind: inWords}, {name: "says", kind: inWords}}}}
	case lesson.TypeImitation:
		return []shape{title, {name: "kind", label: "imitation", kind: inPick, of: []string{"message", "page", "form"}}, {name: "brand", kind: inWord, hint: true}, {name: "task", kind: inWords},
			{name: "honest", kind: inTick},
			{name: "elements", kind: inList, ids: "letter", rows: []shape{{name: "id", kind: inHidden}, {name: "kind", label: "part", kind: inPick, of: partKinds}, {name: "text", label: "words", kind: inWords},
				{name: "asks", kind: inPick, of: asksFor, may: true, hint: true}, {name: "suspicious", kind: inTick}, {name: "feedback", label: "why", kind: inWords}}},
			{name: "feedback", label: "inlife", kind: inWords}}
	case lesson.TypeCheck:
		return append([]shape{title}, itemShapes("item/", item)...)
	case lesson.TypeCards:
		return []shape{title, {name: "cards", kind: inList, rows: []shape{{name: "front", kind: inLine}, {name: "back", kind: inWords}}}}
	case lesson.TypeChecklist:
		return []shape{title, {name: "items", label: "tasks", kind: inList, ids: "task", rows: []shape{{name: "id", kind: inHidden}, {name: "text", label: "task", kind: inLine}}}}
	case lesson.TypeSummary:
		return []shape{title, {name: "sentences", kind: inList, hint: true, rows: []shape{{label: "sentence", kind: inLine}}}}
	}
	return nil
}

// itemShapes are the fields of an item as toForm lays it out.
func itemShapes(at string, kind instrument.Type) []shape {
	out := []shape{{name: at + "stem", kind: inLine}, {name: at + "lead", kind: inWords, hint: true}, {name: at + "hint", kind: inLine}}
	switch kind {
	case instrument.Matching:
		out = append(out, shape{name: at + "pairs", kind: inList, hint: true, rows: []shape{{name: "lid", kind: inHidden}, {name: "rid", kind: inHidden}, {name: "left", kind: inLine}, {name: "right", kind: inLine}, {name: "reason", kind: inLine}}},
			shape{name: at + "extra", kind: inList, hint: true, rows: []shape{{name: "id", kind: inHidden}, {name: "text", label: "extra_text", kind: inLine}}})
	case instrument.Ordering:
		out = append(out, shape{name: at + "options", label: "steps", kind: inList, ids: "letter", hint: true, rows: []shape{{name: "id", kind: inHidden}, {name: "text", label: "step", kind: inLine}, {name: "reason", kind: inLine}}})
	default:
		if kind == instrument.Spot {
			out = append(out, shape{name: at + "scene/kind", label: "scene", kind: inPick, of: scenes}, shape{name: at + "scene/title", label: "scene_title", kind: inLine})
		}
		out = append(out, shape{name: at + "options", kind: inList, ids: "letter", rows: []shape{{name: "id", kind: inHidden}, {name: "text", label: "option", kind: inLine}, {name: "correct", kind: inTick}, {name: "reason", kind: inLine}}})
	}
	return append(out, shape{name: at + "explain", kind: inWords, hint: true})
}

// finalItemShapes are the fields of an item of the final check.
func finalItemShapes(ofCourse []string, kind instrument.Type) []shape {
	return append(itemShapes("", kind), shape{name: "competence", kind: inPick, of: ofCourse, may: true}, shape{name: "level", kind: inPick, of: lesson.Levels, may: true})
}

// freshID is an id that no entry has yet: the next letter, or the word with a number.
func freshID(entries []any, kind string) string {
	taken := func(id string) bool {
		return slices.ContainsFunc(entries, func(e any) bool {
			m, _ := e.(map[string]any)
			return m["id"] == id
		})
	}
	if kind == "letter" {
		for c := 'a'; c <= 'z'; c++ {
			if !taken(string(c)) {
				return string(c)
			}
		}
	}
	for n := 1; ; n++ {
		if id := kind + "-" + strconv.Itoa(n); !taken(id) {
			return id
		}
	}
}
