package paper

import (
	"fmt"
	"time"

	"osvitlo/internal/docx"
)

// Given is a certificate of somebody who agreed to be on the list.
type Given struct {
	Name, Post, Programme string
	Hours                 string
	Number                string // of the certificate
	Day                   time.Time
}

// Certificates is a list of certificates handed out.
type Certificates struct {
	Institution string
	Provider    string // who taught; empty: the city's body
	List        []Given
	Office      bool // of officials: the personnel service decides, not the council of teachers
}

// CertificateList writes the list on which certificates are handed out. Without names it
// has empty lines.
func CertificateList(c City, l Certificates, now time.Time) *docx.Document {
	d := begin(c, "Відомість видачі сертифікатів", "Роздруковано "+short(now), now)
	d.Landscape()
	atSchool(d, l.Institution, "ВІДОМІСТЬ\nвидачі сертифікатів про навчання")
	d.Paragraph(docx.Para{Text: "Хто навчав: " + docx.Or(orElse(l.Provider, c.Owner), 40), Align: docx.Left})
	rows := make([][]string, 0, max(len(l.List), 12))
	for i, g := range l.List {
		day := ""
		if !g.Day.IsZero() {
			day = short(g.Day)
		}
		rows = append(rows, []string{fmt.Sprint(i + 1), g.Name, g.Post, g.Programme, g.Hours, g.Number, day, ""})
	}
	for i := len(rows); i < 12 && len(l.List) == 0; i++ {
		rows = append(rows, []string{fmt.Sprint(i + 1), "", "", "", "", "", "", ""})
	}
	d.Table(docx.Table{Tall: true, Rows: rows, Columns: []docx.Column{{Head: "№", Width: 4, Number: true}, {Head: "Прізвище, ім'я, по батькові", Width: 24}, {Head: "Посада", Width: 14}, {Head: "Програма", Width: 20},
		{Head: "Годин", Width: 7, Center: true}, {Head: "Номер сертифіката", Width: 14}, {Head: "Дата", Width: 9, Center: true}, {Head: "Підпис", Width: 11}}})
	who := "педагогічна рада"
	if l.Office {
		who = "кадрова служба"
	}
	d.Paragraph(docx.Para{Align: docx.Left, Text: "Чи зараховувати, вирішує " + who + "."})
	if len(l.List) > 0 {
		d.Paragraph(docx.Para{Align: docx.Left, Small: true, Text: "У відомості лише ті, хто на це погодився."})
	}
	d.Sign(docx.Signature{Post: "Видав (видала):"})
	return d
}
