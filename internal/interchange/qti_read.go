package interchange

import (
	"path"
	"sort"
	"strconv"
	"strings"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

// ImportQTI reads the items of a QTI 3.0 package, or one item as a bare XML file. lang
// is the language of words that do not say theirs. A broken package is an error that
// names the file and line; an item that cannot be carried is left out with a note.
func ImportQTI(raw []byte, lang string) (out Imported, err error) {
	defer fault.Wrap(&err, "interchange.ImportQTI")
	if !i18n.Known(lang) {
		return out, fault.Newf(fault.Invalid, "", "no language %q", lang)
	}
	q := &qtiReader{lang: lang, out: &out, ids: unique{}}
	if head := strings.TrimSpace(string(raw[:min(len(raw), 64)])); strings.HasPrefix(strings.TrimPrefix(head, "\ufeff"), "<") {
		if len(raw) > MaxFile {
			return out, fault.Newf(fault.TooLarge, "", "an item has at most %d bytes", MaxFile)
		}
		return out, q.file("item.xml", raw, nil)
	}
	a, err := openPackage(raw)
	if err != nil {
		return out, err
	}
	resources, err := q.resources(a)
	if err != nil {
		return out, err
	}
	if len(resources) > MaxItems {
		return out, fault.Newf(fault.TooLarge, "", "a package has at most %d items, not %d", MaxItems, len(resources))
	}
	for _, r := range resources {
		doc, err := a.read(r.name)
		if err != nil {
			return out, err
		}
		if err := q.file(r.name, doc, r.meta); err != nil {
			return out, err
		}
	}
	if len(out.Items) == 0 && len(out.Report.Notes) == 0 {
		out.Report.add("", manifest, 0, true, "у пакеті немає жодного запитання", "the package holds no items")
	}
	return out, nil
}

type resource struct {
	name string
	meta []byte
}

type qtiReader struct {
	lang string
	out  *Imported
	ids  unique
}

// resources lists the items that the manifest names; every XML file where there is none.
func (q *qtiReader) resources(a *archive) ([]resource, error) {
	var list []resource
	if _, ok := a.files[manifest]; !ok {
		q.out.Report.add("", manifest, 0, false, "у пакеті немає опису, прочитано всі файли XML", "the package has no manifest, so every XML file was read")
		for name, f := range a.files {
			if strings.HasSuffix(name, ".xml") && !f.FileInfo().IsDir() {
				list = append(list, resource{name: name})
			}
		}
		sort.Slice(list, func(i, j int) bool { return list[i].name < list[j].name })
		return list, nil
	}
	raw, err := a.read(manifest)
	if err != nil {
		return nil, err
	}
	root, err := parseXML(manifest, raw)
	if err != nil {
		return nil, err
	}
	for _, r := range root.all("resource") {
		if !strings.HasPrefix(r.attr["type"], "imsqti_item_xmlv3p0") {
			if t := r.attr["type"]; strings.HasPrefix(t, "imsqti_") {
				q.out.Report.add("", manifest, r.line, true, "«"+t+"» не читаємо: лише запитання QTI 3.0", "“"+t+"” is not read: only QTI 3.0 items are")
			}
			continue
		}
		name, ok := clean(path.Join(path.Dir(manifest), r.attr["href"]))
		if !ok {
			return nil, bad(manifest, r.line, "href %q leads out of the package", r.attr["href"])
		}
		one := resource{name: name}
		if m := r.first("item"); m != nil {
			one.meta = []byte(m.raw())
		}
		list = append(list, one)
	}
	return list, nil
}

// qtiDraft is an item while it is read.
type qtiDraft struct {
	q     *qtiReader
	file  string
	root  *node
	it    *instrument.Item
	lang  string
	cards map[string]map[string]string // catalog id to language to words
	known bool                         // begun from our own notes
}

// file reads one assessment item.
func (q *qtiReader) file(name string, raw, meta []byte) error {
	root, err := parseXML(name, raw)
	if err != nil {
		return err
	}
	if root.name != "qti-assessment-item" {
		q.out.Report.add("", name, root.line, true, "це не запитання QTI 3.0, а «"+root.name+"»", "this is no QTI 3.0 item but “"+root.name+"”")
		return nil
	}
	d := &qtiDraft{q: q, file: name, root: root, lang: q.lang, it: fromMeta(meta)}
	if d.known = d.it != nil; !d.known {
		id, ours := fromIdentifier(root.attr["identifier"])
		if !ours || !idForm.MatchString(id) {
			id = slug(root.attr["identifier"], "item-"+strconv.Itoa(len(q.out.Items)+1))
		}
		d.it = blank(id, "")
	}
	if l := strings.SplitN(root.attr["xml:lang"], "-", 2)[0]; i18n.Known(l) {
		d.lang = l
	}
	d.it.ID = q.ids.take(d.it.ID)
	d.catalog()
	if !d.read() {
		return nil
	}
	q.out.Items = append(q.out.Items, d.it)
	return nil
}

func (d *qtiDraft) note(n *node, lost bool, uk, en string) {
	line := 0
	if n != nil {
		line = n.line
	}
	d.q.out.Report.add(d.it.ID, d.file, line, lost, uk, en)
}

// catalog reads the cards that hold other languages.
func (d *qtiDraft) catalog() {
	d.cards = map[string]map[string]string{}
	info := d.root.child("qti-catalog-info")
	if info == nil {
		return
	}
	for _, c := range info.all("qti-catalog") {
		for _, k := range c.all("qti-card") {
			if k.attr["support"] != translation {
				continue
			}
			for _, e := range k.all("qti-card-entry") {
				if d.cards[c.attr["id"]] == nil {
					d.cards[c.attr["id"]] = map[string]string{}
				}
				d.cards[c.attr["id"]][e.attr["xml:lang"]] = limit(e.words(nil))
			}
		}
	}
}

func limit(s string) string {
	if r := []rune(s); len(r) > maxText {
		return string(r[:maxText])
	}
	return s
}

// words reads an element in both languages.
func (d *qtiDraft) words(n *node) i18n.Text {
	if n == nil {
		return i18n.Text{}
	}
	t := said(limit(n.words(aside)), d.lang)
	if other := d.cards[n.attr["data-catalog-idref"]]; other != nil {
		if uk := other[i18n.Ukrainian]; uk != "" && t.UK == "" {
			t.UK = uk
		}
		if en := other[i18n.English]; en != "" && t.EN == "" {
			t.EN = en
		}
	}
	return t
}

// aside are elements whose words are not those around them.
func aside(n *node) bool {
	return strings.HasPrefix(n.name, "qti-feedback") || n.name == "qti-text-entry-interaction" || n.name == "annotation"
}

func (d *qtiDraft) class(name string) *node {
	var found *node
	d.root.walk(func(n *node) bool {
		if n.attr["class"] == name {
			found = n
		}
		return found == nil
	})
	return found
}

// interactions that we know, and how many of an item.
var interactions = []string{"qti-choice-interaction", "qti-order-interaction", "qti-match-interaction", "qti-text-entry-interaction"}

// read fills the draft; false when it cannot be carried.
func (d *qtiDraft) read() bool {
	body := d.root.child("qti-item-body")
	if body == nil {
		d.note(d.root, true, "у запитанні немає тіла", "the item has no body")
		return false
	}
	var found, strange []*node
	body.walk(func(n *node) bool {
		if strings.HasSuffix(n.name, "-interaction") {
			if has(interactions, n.name) {
				found = append(found, n)
			} else {
				strange = append(strange, n)
			}
		}
		return true
	})
	switch {
	case len(strange) > 0:
		d.note(strange[0], true, "«"+strange[0].name+"» не має у нас відповідника", "“"+strange[0].name+"” has no counterpart here")
		return false
	case len(found) != 1:
		d.note(body, true, "взаємодій "+strconv.Itoa(len(found))+", а має бути одна", "there are "+strconv.Itoa(len(found))+" interactions where one is taken")
		return false
	}
	in := found[0]
	decl := d.declaration(in.attr["response-identifier"])
	if decl == nil {
		d.note(in, true, "немає опису відповіді", "the response is not declared")
		return false
	}
	if img := body.first("img", "object", "audio", "video", "math"); img != nil {
		d.note(img, false, "«"+img.name+"» не перенесено", "“"+img.name+"” was not carried")
	}
	d.around(body, in)
	ok := true
	switch in.name {
	case "qti-choice-interaction":
		ok = d.choice(in, decl)
	case "qti-order-interaction":
		d.as(in, instrument.Ordering)
		d.it.Options = d.options(in.all("qti-simple-choice"))
		d.it.Key.IDs = d.right(decl, d.it.Options)
		ok = len(d.it.Options) >= 2
	case "qti-match-interaction":
		ok = d.match(in, decl)
	default:
		ok = d.entry(in, decl)
	}
	if !ok {
		return false
	}
	d.feedback()
	if d.it.Stem.IsZero() {
		d.it.Stem = said(limit(tidy(d.root.attr["title"])), d.lang)
	}
	if d.it.Stem.UK == "" || d.it.Stem.EN == "" {
		d.note(nil, false, "немає тексту другою мовою", "the words of the other language are missing")
	}
	return true
}

// as sets the type, unless our notes say a closer one of the same shape.
func (d *qtiDraft) as(n *node, want instrument.Type, closer ...instrument.Type) {
	if d.it.Type == want {
		return
	}
	for _, t := range closer {
		if d.it.Type == t {
			return
		}
	}
	if d.known {
		d.note(n, false, "наші позначки кажуть «"+string(d.it.Type)+"», а це «"+string(want)+"»; взято друге",
			"our notes say “"+string(d.it.Type)+"” but this is “"+string(want)+"”, which was taken")
	}
	fresh := blank(d.it.ID, want)
	d.it.Type, d.it.Shuffle, d.it.DontKnow, d.it.MaxLength = want, fresh.Shuffle, fresh.DontKnow, fresh.MaxLength
	d.it.Options, d.it.Scene = nil, nil
}

func (d *qtiDraft) declaration(id string) *node {
	for _, n := range d.root.all("qti-response-declaration") {
		if n.attr["identifier"] == id {
			return n
		}
	}
	return nil
}

// around reads what stands before the question: our own parts by their class, a
// foreign text as the situation.
func (d *qtiDraft) around(body, in *node) {
	d.it.Stem = d.words(in.child("qti-prompt"))
	d.it.Lead, d.it.Hint = d.words(d.class("osvitlo-lead")), d.words(d.class("osvitlo-hint"))
	d.it.Unit = d.words(d.class("osvitlo-unit"))
	if s := d.class("osvitlo-scene"); s != nil && d.it.Scene != nil {
		d.it.Scene.Title = d.words(s)
	}
	if s := d.class("osvitlo-stem"); s != nil {
		d.it.Stem = d.words(s)
	}
	rest := limit(body.words(func(n *node) bool {
		return n == in || aside(n) || strings.HasPrefix(n.attr["class"], "osvitlo-")
	}))
	switch {
	case rest == "":
	case d.it.Stem.IsZero():
		d.it.Stem = said(rest, d.lang)
	case d.it.Lead.IsZero():
		d.it.Lead = said(rest, d.lang)
	}
}

// feedback reads explanations: ours, and those of others by where they are shown.
func (d *qtiDraft) feedback() {
	for _, f := range d.root.all("qti-modal-feedback") {
		text := d.words(f)
		if p := f.first("p"); p != nil && p.attr["data-catalog-idref"] != "" {
			text = d.words(p)
		}
		id := f.attr["identifier"]
		switch option := d.idOf(id); {
		case id == explainID:
			d.it.Explain = text
		case option != "" && len(d.it.Options) > 0:
			for i := range d.it.Options {
				if d.it.Options[i].ID == option {
					d.it.Options[i].Reason = text
				}
			}
		case d.it.Explain.IsZero():
			d.it.Explain = text
			d.note(f, false, "відгук «"+id+"» узято як пояснення", "the feedback “"+id+"” was taken as the explanation")
		default:
			d.note(f, false, "відгук «"+id+"» не перенесено", "the feedback “"+id+"” was not carried")
		}
	}
	for _, kind := range []string{"qti-feedback-inline", "qti-feedback-block"} {
		for _, f := range d.root.all(kind) {
			if option := d.idOf(f.attr["identifier"]); option != "" {
				for i := range d.it.Options {
					if d.it.Options[i].ID == option && d.it.Options[i].Reason.IsZero() {
						d.it.Options[i].Reason = d.words(f)
					}
				}
				continue
			}
			d.note(f, false, "відгук «"+f.attr["identifier"]+"» не перенесено", "the feedback “"+f.attr["identifier"]+"” was not carried")
		}
	}
}
