// Package paper writes the documents that the monitoring of institutions needs: the order
// with its annexes, letters, the note on results, minutes, acts, lists, requirements for
// a purchase, and the annex with an institution's plan.
//
// Guarantees: what is not known stays a line to fill in by hand, nothing is invented; the
// promise to people stands in the order word for word; figures come from report.Table and
// report.Changes only, with their version and day. The documents are Ukrainian: they go
// into the city's document system, where they are changed and signed.
//
// It does not: keep documents, number them, sign them, or give legal advice. They are
// drafts for a person who answers for them.
package paper

import (
	"fmt"
	"strings"
	"time"

	"osvitlo/internal/docx"
	"osvitlo/internal/i18n"
)

// Promise is the sentence without which no round opens (the people's findings, 9).
const Promise = "Ваш керівник і управління освіти бачать лише підсумки груп від 10 людей. Відповіді не впливають на атестацію, премію чи навантаження."

// City is who writes. Every field may be empty.
type City struct {
	Name   string // Кропивницький
	Owner  string // Кропивницька міська рада
	Decree string // розпорядження від 9 лютого 2022 року № 14
	Phone  string
	Hours  string
	Origin string // address of the site, https://…
}

// begin makes a document with the body that issues it at its head.
func begin(c City, title, foot string, now time.Time) *docx.Document {
	return docx.New(docx.Meta{Title: title, Author: c.Owner, Foot: foot, When: now.UTC().Truncate(time.Second)})
}

// letterhead is the body's name over the kind of document.
func letterhead(d *docx.Document, c City, kind string) {
	d.Paragraph(docx.Para{Text: docx.Or(strings.ToUpper(c.Owner), 40), Align: docx.Center, Bold: true, Tight: true})
	d.Paragraph(docx.Para{Text: docx.Line(40), Align: docx.Center, Tight: true})
	d.Paragraph(docx.Para{Text: "(назва управління або відділу освіти)", Align: docx.Center, Small: true})
	if kind != "" {
		d.Heading(1, kind)
	}
}

// atSchool is the head of a document of one institution.
func atSchool(d *docx.Document, name, kind string) {
	d.Paragraph(docx.Para{Text: docx.Or(name, 50), Align: docx.Center, Bold: true})
	d.Heading(1, kind)
}

// dateline is the line of day, place and number. day is "2026-09-28" or empty.
func dateline(d *docx.Document, c City, day, number string) {
	d.Paragraph(docx.Para{Align: docx.Center, Text: fmt.Sprintf("%s   м. %s   № %s", dayOr(day), docx.Or(c.Name, 16), docx.Or(number, 8))})
}

// subject says what a document is about.
func subject(d *docx.Document, text string) {
	d.Paragraph(docx.Para{Text: text, Align: docx.Left, Bold: true, Keep: true})
}

// annex begins an annex on a new page.
func annex(d *docx.Document, lines ...string) {
	d.Paragraph(docx.Para{Text: strings.Join(lines, "\n"), Align: docx.Aside})
}

// uk writes days and numbers.
var uk = &i18n.Localizer{Language: i18n.Ukrainian}

// date is a day in words, in Kyiv: «28 вересня 2026 року».
func date(t time.Time) string { return uk.Date(t) + i18n.NoBreakSpace + "року" }

// short is a day in figures: 28.09.2026.
func short(t time.Time) string { return t.In(i18n.Kyiv).Format("02.01.2006") }

// dayOr is a day in words, or room for it.
func dayOr(day string) string {
	t, err := time.ParseInLocation(time.DateOnly, day, i18n.Kyiv)
	if err != nil {
		return "«___» ______________ 20___ року"
	}
	return date(t)
}

// year is a school year: 2026/2027.
func year(y int) string { return fmt.Sprintf("%d/%d", y, y+1) }

// ask tells where to call, as far as that is known.
func ask(c City) string {
	phone := docx.Or(c.Phone, 18)
	if c.Hours != "" {
		return fmt.Sprintf("Запитання — за телефоном %s (%s).", phone, c.Hours)
	}
	return fmt.Sprintf("Запитання — за телефоном %s.", phone)
}

// site is the address people type.
func site(c City) string {
	return docx.Or(strings.TrimPrefix(strings.TrimPrefix(c.Origin, "https://"), "http://"), 24)
}
