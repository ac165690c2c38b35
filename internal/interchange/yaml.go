package interchange

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"osvitlo/internal/instrument"
)

// WriteYAML writes drafts as a file of content/items. Values are JSON, which is YAML
// too; what equals the default of the type is left out. competence is the file's own,
// empty when the items carry theirs.
func WriteYAML(w io.Writer, items []*instrument.Item) error {
	b := &bytes.Buffer{}
	b.WriteString("# drafts: read, complete and move them to content/items/<competence>.yaml\nitems:\n")
	for _, it := range items {
		if err := writeItem(b, it); err != nil {
			return err
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

func writeItem(b *bytes.Buffer, it *instrument.Item) error {
	usual := blank(it.ID, it.Type)
	if it.Measures != instrument.Knowledge {
		raw, err := json.Marshal(map[string]any{"id": it.ID, "type": it.Type, "measures": it.Measures})
		if err != nil {
			return err
		}
		if usual, err = instrument.DecodeItem(raw, ""); err != nil {
			return err
		}
	}
	var err error
	first := true
	put := func(name string, v any) {
		if err != nil {
			return
		}
		lead := "    "
		if first {
			lead, first = "  - ", false
		}
		var raw []byte
		if raw, err = flow(v); err == nil {
			fmt.Fprintf(b, "%s%s: %s\n", lead, name, raw)
		}
	}
	optional := func(there bool, name string, v any) {
		if there {
			put(name, v)
		}
	}
	list := func(name string, options []instrument.Option) {
		if len(options) == 0 || err != nil {
			return
		}
		fmt.Fprintf(b, "    %s:\n", name)
		for _, o := range options {
			var raw []byte
			if raw, err = flow(o); err != nil {
				return
			}
			fmt.Fprintf(b, "      - %s\n", raw)
		}
	}
	put("id", it.ID)
	put("version", it.Version)
	put("type", it.Type)
	optional(it.Competence != "", "competence", it.Competence)
	put("measures", it.Measures)
	optional(it.Level != "", "level", it.Level)
	optional(it.Difficulty != 0, "difficulty", it.Difficulty)
	optional(len(it.Tags) > 0, "tags", it.Tags)
	optional(len(it.Enemies) > 0, "enemies", it.Enemies)
	optional(!it.Lead.IsZero(), "lead", it.Lead)
	put("stem", it.Stem)
	optional(!it.Hint.IsZero(), "hint", it.Hint)
	optional(it.Scene != nil, "scene", it.Scene)
	list("options", it.Options)
	list("left", it.Left)
	list("right", it.Right)
	optional(it.Min != nil, "min", it.Min)
	optional(it.Max != nil, "max", it.Max)
	optional(it.Decimals != 0, "decimals", it.Decimals)
	optional(!it.Unit.IsZero(), "unit", it.Unit)
	optional(len(it.Accept) > 0, "accept", it.Accept)
	optional(it.MaxLength != 0 && it.MaxLength != usual.MaxLength, "max_length", it.MaxLength)
	optional(len(it.Exclusive) > 0, "exclusive", it.Exclusive)
	optional(!it.Key.IsZero(), "key", it.Key)
	optional(it.Required, "required", it.Required)
	optional(it.Shuffle != usual.Shuffle, "shuffle", it.Shuffle)
	optional(it.DontKnow != usual.DontKnow, "dont_know", it.DontKnow)
	optional(it.Refuse != usual.Refuse, "refuse", it.Refuse)
	optional(!it.Explain.IsZero(), "explain", it.Explain)
	optional(!it.Can.IsZero(), "can", it.Can)
	optional(len(it.Glossary) > 0, "glossary", it.Glossary)
	optional(it.Picture != nil, "picture", it.Picture)
	optional(it.Source != nil, "source", it.Source)
	optional(it.CheckedOn != "", "checked_on", it.CheckedOn)
	optional(it.ValidUntil != "", "valid_until", it.ValidUntil)
	put("status", "draft")
	put("reviews", []string{})
	return err
}

func flow(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(b.Bytes()), nil
}
