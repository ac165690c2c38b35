package interchange

import (
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"osvitlo/internal/fault"
)

// Tree is a file of a course as plain values, as YAML says them.
type Tree = map[string]any

// CartridgeCourse is a foreign course as the draft of one of ours: what a cartridge does
// not say (levels, competences, reasons of answers) is left for the editor.
type CartridgeCourse struct {
	Slug    string
	Title   string
	Course  Tree
	Lessons []Tree // each with its slug
	Final   Tree   // nil without one
	Report  Report
}

// Bounds of what is made of a cartridge.
const (
	maxCartridgeLessons = 40
	maxCartridgeText    = 12_000 // characters of one page
)

var organizationKinds = []string{"assignment", "discussion", "weblink", "imsdt", "imswl", "imsbasiclti", "question-bank"}

// ImportCartridge reads a Common Cartridge (1.1 to 1.3) into drafts in one language: a
// page is a lesson with its text, an assessment gives its questions to the lesson before
// it, the last assessment without one becomes the final check. What is not carried is
// listed. Errors: Invalid, TooLarge, each naming the file.
func ImportCartridge(raw []byte, slug, lang string) (out CartridgeCourse, err error) {
	defer fault.Wrap(&err, "interchange.ImportCartridge")
	a, err := openPackage(raw)
	if err != nil {
		return out, err
	}
	text, err := a.read(manifest)
	if err != nil {
		return out, err
	}
	root, err := parseXML(manifest, text)
	if err != nil {
		return out, err
	}
	schema := root.first("schema")
	if schema == nil || !strings.Contains(strings.ToLower(schema.raw()), "common cartridge") {
		return out, bad(manifest, root.line, "the schema is not IMS Common Cartridge")
	}
	r := &cartridgeReader{a: a, lang: lang, out: &out, files: map[string]*node{}}
	for _, res := range root.all("resource") {
		r.files[res.attr["identifier"]] = res
	}
	out.Slug = slug
	if t := root.first("lom"); t != nil {
		if name := t.first("title"); name != nil {
			out.Title = strings.TrimSpace(name.words(nil))
		}
	}
	org := root.first("organization")
	if org == nil {
		return out, bad(manifest, root.line, "there is no organization")
	}
	if err := r.items(org, 0); err != nil {
		return out, err
	}
	if len(out.Lessons) == 0 {
		return out, bad(manifest, org.line, "there is no page that could be a lesson")
	}
	if out.Title == "" {
		out.Title = slug
	}
	slugs := make([]any, len(out.Lessons))
	for i, l := range out.Lessons {
		slugs[i] = l["slug"]
	}
	out.Course = Tree{"slug": slug, "version": 1, "title": r.words(out.Title), "summary": r.words(out.Title), "for": r.words(out.Title),
		"audience": []any{"everyone"}, "competences": []any{}, "levels": Tree{"from": "A1", "to": "B1"}, "icon": "book", "lessons": slugs, "owner": "", "status": "draft", "valid_until": ""}
	return out, nil
}

type cartridgeReader struct {
	a       *archive
	lang    string
	out     *CartridgeCourse
	files   map[string]*node // resources by identifier
	lessons int
}

func (r *cartridgeReader) words(s string) Tree { return Tree{r.lang: s} }

func (r *cartridgeReader) items(n *node, depth int) error {
	if depth > 20 {
		return bad(manifest, n.line, "items are nested deeper than %d", 20)
	}
	for _, k := range n.kids {
		if k.name != "item" {
			continue
		}
		title := ""
		if t := k.child("title"); t != nil {
			title = strings.Join(strings.Fields(t.raw()), " ")
		}
		if ref := k.attr["identifierref"]; ref != "" {
			res := r.files[ref]
			if res == nil {
				return bad(manifest, k.line, "there is no resource %q", ref)
			}
			if err := r.resource(res, title); err != nil {
				return err
			}
		}
		if err := r.items(k, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (r *cartridgeReader) resource(res *node, title string) error {
	kind := res.attr["type"]
	href := res.attr["href"]
	if href == "" {
		if f := res.child("file"); f != nil {
			href = f.attr["href"]
		}
	}
	name, err := url.PathUnescape(href)
	if err != nil || href == "" {
		return bad(manifest, res.line, "a resource has no file")
	}
	name = path.Clean(strings.TrimPrefix(name, "./"))
	if _, there := r.a.files[name]; !there {
		return bad(manifest, res.line, "%s: the package has no such file", name)
	}
	lost := func(uk, en string) { r.out.Report.add(title, name, 0, true, uk, en) }
	switch {
	case strings.Contains(kind, "assessment"):
		return r.assessment(name, title)
	case res.attr["intendeduse"] == "lessonplan":
		return r.plan(name)
	case kind == ccPage || strings.Contains(kind, "learning-application-resource"):
		switch strings.ToLower(path.Ext(name)) {
		case ".html", ".htm", ".xhtml":
			return r.page(name, title)
		}
		lost("файл не є сторінкою", "the file is no page")
	case slices.ContainsFunc(organizationKinds, func(k string) bool { return strings.Contains(kind, k) }):
		lost("такого виду в наших курсах немає", "our courses have no such kind")
	default:
		lost("невідомий вид «"+kind+"»", "an unknown kind «"+kind+"»")
	}
	return nil
}

func (r *cartridgeReader) last() Tree {
	if len(r.out.Lessons) == 0 {
		return nil
	}
	return r.out.Lessons[len(r.out.Lessons)-1]
}

func (r *cartridgeReader) page(name, title string) error {
	if len(r.out.Lessons) == maxCartridgeLessons {
		return bad(manifest, 0, "a course has at most %d lessons", maxCartridgeLessons)
	}
	raw, err := r.a.read(name)
	if err != nil {
		return err
	}
	text := fromHTML(string(raw))
	if runes := []rune(text); len(runes) > maxCartridgeText {
		text = string(runes[:maxCartridgeText])
		r.out.Report.add(title, name, 0, false, fmt.Sprintf("текст скорочено до %d знаків", maxCartridgeText), fmt.Sprintf("the text was cut to %d characters", maxCartridgeText))
	}
	if strings.Contains(strings.ToLower(string(raw)), "<img") {
		r.out.Report.add(title, name, 0, false, "картинки не перенесено", "pictures are not carried")
	}
	r.lessons++
	slug := slugOf(strings.TrimSuffix(path.Base(name), path.Ext(name)))
	if slug == "" || slices.ContainsFunc(r.out.Lessons, func(l Tree) bool { return l["slug"] == slug }) {
		slug = fmt.Sprintf("lesson-%d", r.lessons)
	}
	if title == "" {
		title = slug
	}
	r.out.Lessons = append(r.out.Lessons, Tree{"slug": slug, "title": r.words(title), "minutes": 7, "competences": []any{}, "level": "A1", "goal": r.words(title), "summary_en": "",
		"activities": []any{Tree{"id": "text", "type": "text", "text": r.words(text)}}, "handout": r.words("")})
	return nil
}

func (r *cartridgeReader) plan(name string) error {
	raw, err := r.a.read(name)
	if l := r.last(); err == nil && l != nil {
		l["mentor"] = r.words(fromHTML(string(raw)))
	}
	return err
}

// assessment gives its questions to the lesson before it, or becomes the final check.
func (r *cartridgeReader) assessment(name, title string) error {
	raw, err := r.a.read(name)
	if err != nil {
		return err
	}
	root, err := parseXML(name, raw)
	if err != nil {
		return err
	}
	var items []any
	seen := map[string]bool{}
	for _, it := range root.all("item") {
		q, ok := r.question(it, name)
		if !ok {
			continue
		}
		id := q["id"].(string)
		for n := 2; seen[id]; n++ {
			id = fmt.Sprintf("%s-%d", q["id"], n)
		}
		seen[id], q["id"] = true, id
		items = append(items, q)
	}
	ours := root.first("assessment")
	l := r.last()
	if l == nil || ours != nil && ours.attr["ident"] == "final" || strings.Contains(strings.ToLower(title), "підсумк") || strings.Contains(strings.ToLower(title), "final") {
		if r.out.Final != nil {
			r.out.Report.add(title, name, 0, true, "підсумкова перевірка вже є", "there is a final check already")
			return nil
		}
		r.out.Final = Tree{"course": r.out.Slug, "pass": 70, "items": items}
		return nil
	}
	acts := l["activities"].([]any)
	for _, q := range items {
		acts = append(acts, Tree{"id": q.(Tree)["id"], "type": "check", "item": q})
	}
	l["activities"] = acts
	return nil
}

// question reads an item of QTI 1.2: choose one, or choose several.
func (r *cartridgeReader) question(it *node, file string) (Tree, bool) {
	lost := func(uk, en string) (Tree, bool) {
		r.out.Report.add(it.attr["ident"], file, it.line, true, uk, en)
		return nil, false
	}
	lid := it.first("response_lid")
	if lid == nil {
		return lost("завдання не має варіантів", "the item has no options")
	}
	if n := len(it.all("response_lid")); n > 1 {
		return lost("завдання має кілька груп варіантів", "the item has several groups of options")
	}
	stem := ""
	if p := it.first("presentation"); p != nil {
		stem = r.material(p)
	}
	many := strings.EqualFold(lid.attr["rcardinality"], "Multiple")
	var options []any
	ids := map[string]string{}
	for _, label := range lid.all("response_label") {
		if len(options) == 12 {
			return lost("завдання має понад 12 варіантів", "the item has more than 12 options")
		}
		id := string(rune('a' + len(options)))
		ids[label.attr["ident"]] = id
		o := Tree{"id": id, "text": r.words(r.material(label))}
		for _, f := range it.all("itemfeedback") {
			if was, ours := fromIdentifier(label.attr["ident"]); ours && f.attr["ident"] == "f-"+was {
				o["reason"] = r.words(r.material(f))
			}
		}
		options = append(options, o)
	}
	key := rightOf(it, ids)
	if stem == "" || len(options) < 2 || len(key) == 0 {
		return lost("завдання не має правильної відповіді", "the item has no right answer")
	}
	kind := "single"
	if many {
		kind = "multiple"
	} else {
		key = key[:1]
	}
	explain := ""
	for _, f := range it.all("itemfeedback") {
		if f.attr["ident"] == "general_fb" || f.attr["ident"] == "general_incorrect_fb" && explain == "" {
			explain = r.material(f)
		}
	}
	list := make([]any, len(key))
	for i, k := range key {
		list[i] = k
	}
	id, ours := fromIdentifier(it.attr["ident"])
	if !ours {
		id = it.attr["ident"]
	}
	if id = slugOf(id); id == "" {
		id = "task"
	}
	return Tree{"id": id, "type": kind, "stem": r.words(stem), "options": options, "key": list, "explain": r.words(explain)}, true
}

// rightOf finds the options that the rule with the full score wants.
func rightOf(it *node, ids map[string]string) (key []string) {
	for _, rule := range it.all("respcondition") {
		set := rule.first("setvar")
		if set == nil || strings.TrimSpace(set.raw()) == "0" {
			continue
		}
		not := map[*node]bool{}
		rule.walk(func(k *node) bool {
			if k.name == "not" {
				for _, v := range k.all("varequal") {
					not[v] = true
				}
			}
			return true
		})
		for _, v := range rule.all("varequal") {
			if id := ids[strings.TrimSpace(v.raw())]; id != "" && !not[v] && !slices.Contains(key, id) {
				key = append(key, id)
			}
		}
		if len(key) > 0 {
			break
		}
	}
	slices.Sort(key)
	return key
}

// material is the text of the first material right below an element.
func (r *cartridgeReader) material(n *node) string {
	m := n.first("mattext")
	if m == nil {
		return ""
	}
	text := m.raw()
	if m.attr["texttype"] == "text/html" {
		text = fromHTML(text)
	}
	if runes := []rune(text); len(runes) > maxText {
		text = string(runes[:maxText])
	}
	return strings.TrimSpace(text)
}

var notSlug = regexp.MustCompile(`[^a-z0-9]+`)

// slugOf makes an address of a name of a file; empty when nothing is left.
func slugOf(s string) string {
	s = strings.TrimLeft(s, "0123456789-_ ")
	s = strings.Trim(notSlug.ReplaceAllString(strings.ToLower(s), "-"), "-")
	if len(s) > 60 {
		s = strings.TrimRight(s[:60], "-")
	}
	return s
}

// IsCartridge tells whether a package has the manifest of a cartridge or of SCORM, so that
// its reader can say what is wrong with it.
func IsCartridge(raw []byte) bool {
	a, err := openPackage(raw)
	return err == nil && a.files[manifest] != nil
}
