package office

import (
	"osvitlo/internal/person"
	"osvitlo/internal/web/page"
)

// field is a text field with what was typed and what is wrong with it.
func (v *view) field(name, label, value string, hint ...string) page.Field {
	f := page.Field{ID: page.FieldID(name), Name: name, Label: v.t(label), Value: value, Error: page.FaultText(v.w, v.faults, name), MaxLength: 200, Plain: true}
	if len(hint) > 0 {
		f.Hint = v.t(hint[0])
	}
	return f
}

func (v *view) day(name, label, value string, hint ...string) page.Field {
	f := v.field(name, label, value, hint...)
	f.Type, f.MaxLength = "date", 10
	return f
}

// list is a select; options are pairs of value and words.
func (v *view) list(name, label, chosen string, options []page.Option, hint ...string) page.Select {
	s := page.Select{ID: page.FieldID(name), Name: name, Label: v.t(label), Options: options, Error: page.FaultText(v.w, v.faults, name)}
	if len(hint) > 0 {
		s.Hint = v.t(hint[0])
	}
	for i := range s.Options {
		s.Options[i].Selected = s.Options[i].Value == chosen
	}
	return s
}

// choice is a set of radio buttons.
func (v *view) choice(name, label, chosen string, items []page.Choice, hint ...string) page.Choices {
	s := page.Choices{ID: page.FieldID(name), Name: name, Legend: v.t(label), Items: items, Error: page.FaultText(v.w, v.faults, name)}
	if len(hint) > 0 {
		s.Hint = v.t(hint[0])
	}
	for i := range s.Items {
		s.Items[i].Checked = s.Items[i].Value == chosen
	}
	return s
}

func (v *view) check(name, label string, on bool) page.Check {
	return page.Check{ID: page.FieldID(name), Name: name, Value: "1", Label: v.t(label), Checked: on, Error: page.FaultText(v.w, v.faults, name)}
}

// ask is the page that stands before a dangerous act.
func (v *view) ask(s *page.Sheet, lead string, words []string, action string, hidden []page.Hidden, button, back string) error {
	s.Lead = lead
	s.Blocks = append(s.Blocks, page.Block{Words: words}, page.Block{
		Form: &page.Form{Action: action, Hidden: hidden, Buttons: []page.Button{{Text: v.t(button), Kind: "bad"}, {Text: v.t("cancel"), Href: back, Kind: "second"}}}})
	return v.render(200, s)
}

// givable lists the roles the actor may give.
func (v *view) givable() (list []person.Role) {
	seen := map[person.Role]bool{}
	for _, g := range v.a.Grants {
		for _, r := range person.Gives(g.Role) {
			seen[r] = true
		}
	}
	for _, r := range person.Roles() {
		if seen[r] {
			list = append(list, r)
		}
	}
	return list
}

// roleChoices offers the roles the actor may give, each with what it is for.
func (v *view) roleChoices() (items []page.Choice) {
	for _, r := range v.givable() {
		items = append(items, page.Choice{Value: r.String(), Label: v.role(r), Hint: v.t("role." + r.String() + ".for")})
	}
	return items
}

// placeOptions offers the places over which the actor may give roles.
func (v *view) placeOptions(act person.Action, all string) []page.Option {
	options := []page.Option{{Value: "", Text: v.t(all)}}
	for _, p := range v.h.o.Places() {
		over := person.At(p.ID)
		if p.Kind == person.Institution {
			over = person.Of(p.ID)
		}
		if v.may(act, over) {
			options = append(options, page.Option{Value: p.ID, Text: p.Name.In(v.lang)})
		}
	}
	return options
}

// pager leads to the page behind by a cursor, and back to the first.
func (v *view) pager(path, next, here string) *page.Pager {
	p := &page.Pager{}
	if here != "" {
		p.Previous = &page.Link{Href: path, Text: v.t("pager.first")}
	}
	if next != "" {
		sep := "?"
		for _, r := range path {
			if r == '?' {
				sep = "&"
			}
		}
		p.Next = &page.Link{Href: path + sep + "cursor=" + next, Text: v.t("pager.next")}
	}
	if p.Previous == nil && p.Next == nil {
		return nil
	}
	return p
}
