package resident

import (
	"fmt"
	"html/template"
	"strings"

	"osvitlo/internal/instrument"
	"osvitlo/internal/web/page"
)

// choices renders the fieldset's edges and each of its rows twice.
func (b *builder) choices(s *screen, options []instrument.Option, many bool) error {
	c := page.Choices{ID: "a", Name: instrument.FieldAnswer, Many: many, Legend: s.title, Hidden: !s.heads, Title: s.heads,
		Read: s.heads, Hint: s.hint}
	it := s.step.Item
	for i, o := range options {
		row := page.Choice{ID: "a-" + o.ID, Value: o.ID, Label: o.Text.In(b.lang)}
		if it != nil {
			row.Alone = contains(it.Exclusive, o.ID)
			if it.Type == instrument.Spot {
				row.Number = b.w.Int(int64(i + 1))
			}
		}
		c.Items = append(c.Items, row)
	}
	know, refuse := it != nil && it.DontKnow, it != nil && it.Refuse || s.step.Question != nil && s.step.Question.Refuse
	special := func(is bool, word, field, pick, key, hint string) {
		if !is {
			return
		}
		row := page.Choice{ID: "a-" + word, Value: pick, Label: b.w.T(key, nil)}
		if hint != "" {
			row.Hint = b.w.T(hint, nil)
		}
		if many {
			row.Value = "1"
		}
		c.Or = append(c.Or, row)
		s.special = append(s.special, specialRow{refuse: word == "refused"})
	}
	special(know, "dont-know", instrument.FieldDontKnow, pickDontKnow, "resident.dontknow", "resident.dontknow.hint")
	special(refuse, "refused", instrument.FieldRefused, pickRefused, "resident.refuse", "")
	if err := b.edge(s, c); err != nil {
		return err
	}
	var err error
	s.rows = make(map[string][2]template.HTML, len(options))
	for i, o := range options {
		if s.rows[o.ID], err = b.row(&c, i, false); err != nil {
			return err
		}
	}
	for i := range c.Or {
		// Check boxes have a name each; radio buttons share theirs.
		if c.OrName = ""; many {
			c.OrName = instrument.FieldDontKnow
			if s.special[i].refuse {
				c.OrName = instrument.FieldRefused
			}
		}
		if s.special[i].html, err = b.row(&c, i, true); err != nil {
			return err
		}
	}
	return nil
}

// edge renders what stands around the rows. A spot item's rows are the parts of its
// scene: one list to read and to mark, not two.
func (b *builder) edge(s *screen, c page.Choices) error {
	c.Items, c.Or = nil, nil
	around := &part{Choices: &c, Edge: true}
	if it := s.step.Item; it != nil && it.Type == instrument.Spot && it.Scene != nil {
		around.Scene = &page.Scene{Kind: it.Scene.Kind, Title: it.Scene.Title.In(b.lang)}
	}
	edge, err := b.render(around)
	if err != nil {
		return err
	}
	pieces := strings.Split(string(edge), partMark)
	open, end := strings.CutSuffix(strings.TrimSpace(pieces[0]), "</fieldset>")
	if len(pieces) != 4 || !end {
		return fmt.Errorf("the fieldset came in %d pieces", len(pieces))
	}
	s.open = template.HTML(open + pieces[1])
	s.mid, s.or, s.shut = template.HTML(pieces[2]), template.HTML(pieces[3]), "</fieldset>\n"
	return nil
}

func (b *builder) row(c *page.Choices, i int, or bool) (both [2]template.HTML, err error) {
	list := c.Items
	if or {
		list = c.Or
	}
	for k := range both {
		list[i].Checked = k == 1
		if both[k], err = b.render(&part{Choices: c, Row: true, At: i, Dashed: or}); err != nil {
			return both, err
		}
	}
	list[i].Checked = false
	return both, nil
}

// fieldset puts the rows of one sitting together. fault is a message for the whole
// set, already escaped by its template, or empty.
func (s *screen) fieldset(m *instrument.FormModel, fault template.HTML) template.HTML {
	var b strings.Builder
	size := len(s.open) + len(s.or) + len(s.shut) + len(fault)
	for _, r := range m.Rows {
		size += len(s.rows[r.ID][0]) + 16
	}
	b.Grow(size + 800)
	open := string(s.open)
	if fault != "" {
		open = strings.Replace(open, `class="os-set"`, `class="os-set os-set--bad"`, 1)
		if described := strings.Replace(open, `aria-describedby="a-hint"`, `aria-describedby="a-hint a-error"`, 1); described != open {
			open = described
		} else {
			open = strings.Replace(open, `<fieldset `, `<fieldset aria-describedby="a-error" `, 1)
		}
	}
	b.WriteString(open)
	b.WriteString(string(fault))
	for _, r := range m.Rows {
		b.WriteString(string(s.rows[r.ID][index(r.Checked)]))
	}
	b.WriteString(string(s.mid))
	if len(s.special) > 0 {
		b.WriteString(string(s.or))
		for _, r := range s.special {
			on := m.DontKnow.Checked
			if r.refuse {
				on = m.Refuse.Checked
			}
			b.WriteString(string(r.html[index(on)]))
		}
	}
	b.WriteString(string(s.shut))
	return template.HTML(b.String())
}

func index(on bool) int {
	if on {
		return 1
	}
	return 0
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
