package interchange

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

// metaOf is what a format has no place for: the item without its words and key. It
// travels beside the words as JSON in the shape of the content files.
func metaOf(it *instrument.Item) ([]byte, error) {
	c := *it
	c.Stem, c.Lead, c.Hint, c.Unit, c.Explain = i18n.Text{}, i18n.Text{}, i18n.Text{}, i18n.Text{}, i18n.Text{}
	c.Options, c.Left, c.Right, c.Accept, c.Key = nil, nil, nil, nil, instrument.Key{}
	c.Status, c.Reviews = "", nil
	if it.Type == instrument.Scale {
		for _, o := range it.Options {
			c.Options = append(c.Options, instrument.Option{ID: o.ID, Value: o.Value})
		}
	}
	if it.Scene != nil {
		c.Scene = &instrument.Scene{Kind: it.Scene.Kind}
	}
	return json.Marshal(&c)
}

// fromMeta begins a draft from what metaOf wrote; nil when it is not that.
func fromMeta(raw []byte) *instrument.Item {
	if len(raw) == 0 || len(raw) > maxFieldBytes {
		return nil
	}
	it, err := instrument.DecodeItem(raw, "")
	if err != nil || !known(it.Type) || !idForm.MatchString(it.ID) {
		return nil
	}
	it.Status, it.Reviews = "draft", nil
	it.Left, it.Right, it.Accept, it.Key = nil, nil, nil, instrument.Key{}
	return it
}

func known(t instrument.Type) bool {
	for _, x := range instrument.Types() {
		if x == t {
			return true
		}
	}
	return false
}

// blank begins a draft of a type without anything known about it.
func blank(id string, t instrument.Type) *instrument.Item {
	raw, _ := json.Marshal(map[string]any{"id": id, "version": 1, "type": t, "measures": instrument.Knowledge}) // plain values are always written
	it, err := instrument.DecodeItem(raw, "")
	if err != nil {
		return &instrument.Item{ID: id, Version: 1, Type: t, Measures: instrument.Knowledge, Status: "draft"}
	}
	it.Status = "draft"
	return it
}

var (
	idForm     = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)
	optionForm = regexp.MustCompile(`^[a-z0-9][a-z0-9+-]{0,63}$`)
	notID      = regexp.MustCompile(`[^a-z0-9]+`)
)

// slug makes an id of a foreign name; fallback where nothing is left of it.
func slug(name, fallback string) string {
	s := strings.Trim(notID.ReplaceAllString(strings.ToLower(name), "-"), "-")
	if len(s) > 60 {
		s = strings.Trim(s[:60], "-")
	}
	if s == "" {
		return fallback
	}
	return s
}

// letter names the n-th option of a draft: a, b, … z, then o27.
func letter(n int) string {
	if n < 26 {
		return string(rune('a' + n))
	}
	return fmt.Sprintf("o%d", n+1)
}

// unique gives ids a number where they stand twice.
type unique map[string]bool

func (u unique) take(id string) string {
	out := id
	for n := 2; u[out]; n++ {
		out = fmt.Sprintf("%s-%d", id, n)
	}
	u[out] = true
	return out
}

// only keeps one language of a text.
func only(t i18n.Text, lang string) i18n.Text {
	if lang == i18n.English {
		return i18n.Text{EN: t.EN}
	}
	return i18n.Text{UK: t.UK}
}

func said(text, lang string) i18n.Text {
	if lang == i18n.English {
		return i18n.Text{EN: text}
	}
	return i18n.Text{UK: text}
}

// tidy is a text as content files hold it: no white space around lines, none doubled.
// No-break spaces stay.
func tidy(text string) string {
	lines := strings.Split(strings.ReplaceAll(text, "\r", ""), "\n")
	for i, l := range lines {
		lines[i] = strings.Join(strings.FieldsFunc(l, func(r rune) bool { return r == ' ' || r == '\t' }), " ")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}
