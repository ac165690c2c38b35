package docx

import (
	"fmt"
	"html"
	"html/template"
	"strings"
)

// HTML is the same text for a page that is printed: headings from h2 down, lists that the
// browser numbers, tables with heads; sections that lie on their long side lie in print,
// too. It is safe: every text is escaped.
func (d *Document) HTML() template.HTML {
	var b strings.Builder
	wide := ""
	if len(d.blocks) > 0 && kind(d.blocks[0].level) == landscape && d.blocks[0].kind == pageBreak {
		wide = " os-paper--lying"
	}
	b.WriteString(`<div class="os-paper` + wide + `" lang="uk">`)
	open, level := "", 0 // the list that is open
	end := func() {
		if open == "" {
			return
		}
		if level == 1 {
			b.WriteString("</li></ol>")
		}
		b.WriteString("</li></" + open + ">\n")
		open, level = "", 0
	}
	list, lying := 0, false
	for i, one := range d.blocks {
		if one.kind == point && open == "ol" && one.list != list || one.kind != point && one.kind != bullet || one.kind == bullet && open == "ol" || one.kind == point && open == "ul" {
			end()
		}
		switch one.kind {
		case heading:
			fmt.Fprintf(&b, "<h%d>%s</h%d>\n", one.level+1, lines(one.para.Text), one.level+1)
		case paragraph:
			writeParagraph(&b, one.para)
		case point:
			switch {
			case open == "" && one.level == 0:
				b.WriteString(`<ol><li>`)
			case open == "":
				b.WriteString(`<ol><li><ol><li>`)
			case one.level == 0 && level == 1:
				b.WriteString("</li></ol></li><li>")
			case one.level == 1 && level == 0:
				b.WriteString("<ol><li>")
			default:
				b.WriteString("</li><li>")
			}
			open, level, list = "ol", one.level, one.list
			b.WriteString(lines(one.para.Text))
		case bullet:
			if open == "" {
				b.WriteString("<ul><li>")
			} else {
				b.WriteString("</li><li>")
			}
			open = "ul"
			b.WriteString(lines(one.para.Text))
		case table:
			writeTable(&b, one.table)
		case signatures:
			b.WriteString(`<table class="os-paper__signs"><tbody>`)
			for _, s := range one.signs {
				fmt.Fprintf(&b, "<tr><td>%s</td><td>%s</td><td>%s</td></tr>", lines(s.Post), Line(14), html.EscapeString(Or(s.Name, 19)))
			}
			b.WriteString("</tbody></table>\n")
		case pageBreak:
			if i > 0 { // a document that begins on its long side has no page before it
				b.WriteString(`<div class="os-paper__page"></div>` + "\n")
			}
			if one.level == 0 {
				continue
			}
			if lying {
				b.WriteString("</div>\n")
			}
			if lying = kind(one.level) == landscape; lying {
				b.WriteString(`<div class="os-paper__lying">` + "\n")
			}
		}
	}
	end()
	if lying {
		b.WriteString("</div>")
	}
	b.WriteString("</div>")
	return template.HTML(b.String()) //nolint:gosec // every text above is escaped
}

func lines(s string) string { return strings.ReplaceAll(html.EscapeString(s), "\n", "<br>") }

func writeParagraph(b *strings.Builder, p Para) {
	var classes []string
	for _, c := range []struct {
		on   bool
		name string
	}{{p.Align == Justified, "body"}, {p.Align == Center, "center"}, {p.Align == Right, "right"}, {p.Align == Aside, "aside"},
		{p.Small, "small"}, {p.Tight, "tight"}, {p.Breaks, "breaks"}} {
		if c.on {
			classes = append(classes, "os-paper__"+c.name)
		}
	}
	text := lines(p.Text)
	if p.Italic {
		text = "<i>" + text + "</i>"
	}
	if p.Bold {
		text = "<b>" + text + "</b>"
	}
	tag := "p"
	if p.Outline > 0 {
		tag = fmt.Sprintf("h%d", min(p.Outline, 3)+1)
	}
	fmt.Fprintf(b, "<%s class=\"%s\">%s</%s>\n", tag, strings.Join(classes, " "), text, tag)
}

func writeTable(b *strings.Builder, t Table) {
	small := ""
	if t.Small {
		small = " os-paper__table--small"
	}
	if t.Tall {
		small += " os-paper__table--tall"
	}
	b.WriteString(`<div class="os-paper__wide" tabindex="0" role="region" aria-label="Таблиця"><table class="os-paper__table` + small + `"><thead><tr>`)
	for _, c := range t.Columns {
		fmt.Fprintf(b, `<th scope="col">%s</th>`, lines(c.Head))
	}
	b.WriteString("</tr></thead><tbody>\n")
	for i, r := range t.Rows {
		b.WriteString("<tr>")
		for j, c := range t.Columns {
			class := ""
			switch {
			case c.Number:
				class = ` class="os-paper__number"`
			case c.Center:
				class = ` class="os-paper__center"`
			}
			text := lines(r[j])
			if t.Total && i == len(t.Rows)-1 {
				text = "<b>" + text + "</b>"
			}
			fmt.Fprintf(b, "<td%s>%s</td>", class, text)
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody></table></div>\n")
}
