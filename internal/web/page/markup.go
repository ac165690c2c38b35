package page

import (
	"fmt"
	"html/template"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// The frame and the components that stand on every screen of a test are written by
// hand, not by templates: a sitting is some seventy pages, and reflection was four
// fifths of the cost of each. Every text goes through text or attr, which escape.

// markup collects HTML in one language.
type markup struct {
	strings.Builder
	s *speaker
}

func (m *markup) raw(parts ...string) {
	for _, p := range parts {
		m.WriteString(p)
	}
}

// text writes words of a page: escaped, short words tied.
func (m *markup) text(words string) { m.WriteString(m.s.safe(words)) }

// attr writes ` name="value"`, or nothing for an empty value.
func (m *markup) attr(name, value string) {
	if value != "" {
		m.raw(` `, name, `="`, template.HTMLEscapeString(value), `"`)
	}
}

// value writes ` name="value"` even when it is empty.
func (m *markup) value(name, value string) {
	m.raw(` `, name, `="`, template.HTMLEscapeString(value), `"`)
}

// say writes the message of a key that New has checked.
func (m *markup) say(key string) { m.text(m.s.words.T(key, nil)) }

func (m *markup) icon(name string) error {
	svg, err := Icon(name)
	m.WriteString(string(svg))
	return err
}

// remembered bounds the texts kept ready by safe; content holds about two thousand.
const remembered = 8192

// ready keeps the escaped form of texts that come again: content and messages.
type ready struct {
	texts sync.Map
	count atomic.Int64
}

// safe ties short words and escapes.
func (s *speaker) safe(words string) string {
	if words == "" {
		return ""
	}
	if got, ok := s.ready.texts.Load(words); ok {
		return got.(string)
	}
	made := template.HTMLEscapeString(s.nb(words))
	if len(words) <= 600 && s.ready.count.Add(1) <= remembered {
		s.ready.texts.Store(strings.Clone(words), made)
	}
	return made
}

// put writes a component by the type of its argument, or of what it points to.
func (s *speaker) put(arg any) (template.HTML, error) {
	m := &markup{s: s}
	if v := reflect.ValueOf(arg); v.Kind() == reflect.Pointer && !v.IsNil() {
		arg = v.Elem().Interface()
	}
	var err error
	switch a := arg.(type) {
	case Button:
		err = m.button(a)
	case Choices:
		m.choices(a)
	case oneChoice:
		m.choice(a)
	case Check:
		m.check(a)
	case Field:
		m.field(a)
	case Select:
		m.selectOne(a)
	case Progress:
		m.progress(a)
	case Resume:
		err = m.resume(a)
	case Plate:
		m.plate(a)
	default:
		err = fmt.Errorf("put: no component for a %T", arg)
	}
	return template.HTML(m.String()), err
}

func (m *markup) button(b Button) error {
	class := "os-btn"
	switch b.Kind {
	case "second", "quiet", "bad":
		class += " os-btn--" + b.Kind
	}
	if b.Small {
		class += " os-btn--small"
	}
	if b.Href != "" {
		m.raw(`<a class="`, class, `"`)
		m.value("href", safeHref(b.Href))
		m.raw(`>`)
	} else {
		m.raw(`<button class="`, class, `" type="`)
		if b.Does != "" {
			m.raw(`button" hidden`)
			m.value("data-does", b.Does)
		} else {
			m.raw(`submit"`)
		}
		m.attr("form", b.Form)
		if b.Name != "" {
			m.value("name", b.Name)
			m.value("value", b.Value)
		}
		m.attr("data-busy", b.Busy)
		m.attr("data-confirm", b.Confirm)
		m.raw(`>`)
	}
	if b.Icon != "" {
		if err := m.icon(b.Icon); err != nil {
			return err
		}
		m.raw(`<span>`)
		m.text(b.Text)
		m.raw(`</span>`)
	} else {
		m.text(b.Text)
	}
	if b.Href != "" {
		m.raw(`</a>`)
	} else {
		m.raw(`</button>`)
	}
	return nil
}

// safeHref lets through paths of this site, fragments, http(s), tel and mailto; other
// schemes become "#", as html/template does.
func safeHref(href string) string {
	scheme, _, has := strings.Cut(href, ":")
	if !has || strings.ContainsAny(scheme, "/?#") {
		return href
	}
	switch strings.ToLower(scheme) {
	case "http", "https", "tel", "mailto":
		return href
	}
	return "#"
}

func (m *markup) hint(id, hint string) {
	if hint != "" {
		m.raw(`<p class="os-hint"`)
		m.value("id", id+"-hint")
		m.raw(`>`)
		m.text(hint)
		m.raw("</p>\n")
	}
}

func (m *markup) fault(id, message string) {
	if message != "" {
		m.raw(`<p class="os-fault"`)
		m.value("id", id+"-error")
		m.raw(`><span class="os-hidden">`)
		m.say("page.error.prefix")
		m.raw(` </span>`)
		m.text(message)
		m.raw("</p>\n")
	}
}

func (m *markup) describedBy(id, hint, message string) {
	var ids string
	if hint != "" {
		ids = id + "-hint"
	}
	if message != "" {
		ids = strings.TrimSpace(ids + " " + id + "-error")
	}
	m.attr("aria-describedby", ids)
}

func (m *markup) choices(c Choices) {
	m.raw(`<fieldset class="os-set`)
	if c.Error != "" {
		m.raw(` os-set--bad`)
	}
	m.raw(`"`)
	m.describedBy(c.ID, c.Hint, c.Error)
	switch {
	case c.Hidden:
		m.raw(">\n", `<legend class="os-hidden">`)
		m.text(c.Legend)
	case c.Title:
		m.raw(">\n", `<legend class="os-set__title"><h1 class="os-h1 os-h1--item">`)
		m.text(c.Legend)
		m.raw(`</h1>`)
	default:
		m.raw(">\n", `<legend class="os-set__legend">`)
		m.text(c.Legend)
	}
	m.raw("</legend>\n")
	if c.Read {
		m.read()
	}
	m.hint(c.ID, c.Hint)
	m.fault(c.ID, c.Error)
	for i := range c.Items {
		m.choice(c.one(i, false))
	}
	if len(c.Or) > 0 {
		m.raw(`<p class="os-or">`)
		m.say("page.or")
		m.raw("</p>\n")
		for i := range c.Or {
			m.choice(c.one(i, true))
		}
	}
	m.raw(`</fieldset>`)
}

// oneChoice is a Choice with what its set says.
type oneChoice struct {
	Choice
	name, kind    string
	dashed, alone bool
}

// one takes the i-th of the items, or of those after «або»; the first input has the
// set's own id, because the summary of errors leads to it.
func (c Choices) one(i int, or bool) oneChoice {
	o := oneChoice{name: c.Name, kind: "radio", dashed: or}
	if c.Many {
		o.kind = "checkbox"
	}
	list, id := c.Items, c.ID
	if or {
		list, id = c.Or, c.ID+"-or"+strconv.Itoa(i+1)
		if c.OrName != "" {
			o.name = c.OrName
		}
		o.alone = c.Many || o.name != c.Name
	} else if i > 0 {
		id += "-" + strconv.Itoa(i+1)
	}
	if i < 0 || i >= len(list) {
		return o
	}
	o.Choice = list[i]
	if o.ID == "" {
		o.ID = id
	}
	o.alone = o.alone || o.Alone
	return o
}

func (m *markup) choice(c oneChoice) {
	m.raw(`<div class="os-choice`)
	if c.kind == "checkbox" {
		m.raw(` os-choice--many`)
	}
	if c.dashed {
		m.raw(` os-choice--or`)
	}
	m.raw(`"><input class="os-choice__in" type="`, c.kind, `"`)
	m.value("id", c.ID)
	m.value("name", c.name)
	m.value("value", c.Value)
	if c.Checked {
		m.raw(` checked`)
	}
	if c.alone {
		m.raw(` data-alone`)
	}
	m.raw(`><label class="os-choice__label"`)
	m.value("for", c.ID)
	m.raw(`>`)
	if c.Number != "" {
		m.raw(`<b>`)
		m.text(c.Number + ".")
		m.raw(`</b> `)
	}
	m.text(c.Label)
	if c.Hint != "" {
		m.raw(`<span class="os-choice__hint">`)
		m.text(c.Hint)
		m.raw(`</span>`)
	}
	m.raw("</label></div>\n")
}

func (m *markup) check(c Check) {
	m.raw(`<div class="os-one`)
	if c.Error != "" {
		m.raw(` os-set--bad`)
	}
	m.raw(`">`)
	m.fault(c.ID, c.Error)
	m.raw(`<div class="os-choice os-choice--many"><input class="os-choice__in" type="checkbox"`)
	m.value("id", c.ID)
	m.value("name", c.Name)
	m.value("value", c.Value)
	if c.Checked {
		m.raw(` checked`)
	}
	m.describedBy(c.ID, "", c.Error)
	m.raw(`><label class="os-choice__label"`)
	m.value("for", c.ID)
	m.raw(`>`)
	m.text(c.Label)
	if c.Hint != "" {
		m.raw(`<span class="os-choice__hint">`)
		m.text(c.Hint)
		m.raw(`</span>`)
	}
	m.raw(`</label></div></div>`)
}
