package docx

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"html"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// parts reads a package with the standard library only.
func parts(t interface{ Fatal(...any) }, raw []byte) map[string]string {
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]string{}
	for _, f := range z.File {
		if f.Modified.Year() != 1980 {
			t.Fatal(f.Name, f.Modified)
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		m[f.Name] = string(text)
		d := xml.NewDecoder(bytes.NewReader(text))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(f.Name, err)
			}
		}
	}
	return m
}

// words are the texts of a part in order.
func words(t interface{ Fatal(...any) }, part string) (list []string) {
	d := xml.NewDecoder(strings.NewReader(part))
	in := false
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		switch e := tok.(type) {
		case xml.StartElement:
			in = e.Name.Local == "t"
		case xml.EndElement:
			in = false
		case xml.CharData:
			if in {
				list = append(list, string(e))
			}
		}
	}
}

func sample() *Document {
	d := New(Meta{Title: "Наказ <1> & інше", Author: "Міська рада", Foot: "Версія 1", When: time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)})
	d.Paragraph(Para{Text: "ЗАТВЕРДЖЕНО\nнаказом", Align: Aside})
	d.Heading(1, "НАКАЗ")
	d.Text("Перший абзац з «лапками» & знаком <.")
	n := d.Numbers()
	n.Point("Провести.")
	n.Sub("Скласти перелік.")
	n.Sub("Надіслати.")
	n.Point("Контроль лишаю за собою.")
	d.Bullets("раз", "два")
	n = d.Numbers()
	n.Point("Знову перший.")
	d.Sign(Signature{Post: "Начальник управління"}, Signature{Post: "Юрист", Name: "Ім'я ПРІЗВИЩЕ"})
	d.Landscape()
	d.Heading(2, "Додаток 1")
	rows := make([][]string, 60)
	for i := range rows {
		rows[i] = []string{"1", "Ліцей"}
	}
	d.Table(Table{Columns: []Column{{Head: "№", Width: 1, Number: true}, {Head: "Назва", Width: 9}, {Head: "Підпис", Width: 3}}, Rows: rows, Total: true})
	d.Portrait()
	d.Text("Кінець.")
	return d
}

// What lies in the file lies in print, and the sheet is whole again after it.
func TestSectionsLieInPrint(t *testing.T) {
	t.Parallel()
	h := string(sample().HTML())
	_, rest, found := strings.Cut(h, `<div class="os-paper__lying">`)
	if inside, after, _ := strings.Cut(rest, "Кінець."); !found || !strings.Contains(inside, "Додаток 1") || strings.Count(inside, "<div") != strings.Count(inside, "</div>")-1 || strings.Count(after, "</div>") != 1 {
		t.Errorf("the annex does not lie: %s", h)
	}
	var d Document
	d.Landscape()
	d.Text("раз")
	d.PageBreak()
	d.Text("два")
	if h := string(d.HTML()); !strings.HasPrefix(h, `<div class="os-paper os-paper--lying" lang="uk"><div class="os-paper__lying">`) || !strings.HasSuffix(h, "</div></div>") || strings.Count(h, "os-paper__lying") != 1 {
		t.Errorf("%s", h)
	}
}

func TestTheDocumentIsReadBack(t *testing.T) {
	t.Parallel()
	raw, err := sample().Bytes()
	if err != nil {
		t.Fatal(err)
	}
	p := parts(t, raw)
	doc := p["word/document.xml"]
	for what, pattern := range map[string]string{
		"three sections, the middle one lying":      `(?s)<w:sectPr>.*w:orient="landscape".*<w:sectPr>`,
		"A4":                                        `<w:pgSz w:w="11906" w:h="16838"`,
		"the head of the table repeats":             `<w:tblHeader`,
		"a row is not torn by a page":               `<w:cantSplit`,
		"headings are headings":                     `<w:pStyle w:val="Heading1">`,
		"points are counted by the word processor":  `<w:numId w:val="1"`,
		"the first page of all alone has no number": `<w:titlePg`,
		"the number stands in the head":             `<w:headerReference w:type="default" r:id="rId3"`,
	} {
		if !regexp.MustCompile(pattern).MatchString(doc) {
			t.Errorf("%s: no %s", what, pattern)
		}
	}
	if n := strings.Count(doc, "<w:sectPr>"); n != 3 {
		t.Errorf("%d sections", n)
	}
	if n := strings.Count(doc, "<w:tblHeader"); n != 1 {
		t.Errorf("%d heads", n)
	}
	if n := strings.Count(doc, "<w:titlePg"); n != 1 {
		t.Errorf("%d sections hide their first number", n)
	}
	if !strings.Contains(p["word/header1.xml"], " PAGE ") || !strings.Contains(p["word/footer1.xml"], "Версія 1") {
		t.Error("no number or foot")
	}
	if !strings.Contains(p["word/styles.xml"], "Times New Roman") || !strings.Contains(p["word/styles.xml"], `<w:sz w:val="28"`) {
		t.Error("the styles lost their face:", p["word/styles.xml"])
	}
	// three numberings: two of points that each begin at 1, one of dashes
	if n := strings.Count(p["word/numbering.xml"], "<w:num "); n != 3 {
		t.Error(n, p["word/numbering.xml"])
	}
	if !strings.Contains(p["docProps/core.xml"], "Наказ &lt;1&gt; &amp; інше") || !strings.Contains(p["docProps/core.xml"], "2026-09-01T09:00:00Z") {
		t.Error(p["docProps/core.xml"])
	}
	// whatever a part names is there, and nothing else is
	for name := range p {
		if name != "[Content_Types].xml" && !strings.HasSuffix(name, ".rels") && !strings.Contains(p["[Content_Types].xml"], "/"+name) {
			t.Errorf("%s has no type", name)
		}
	}
}

func TestTheSameDocumentIsTheSameBytes(t *testing.T) {
	t.Parallel()
	a, err := sample().Bytes()
	if err != nil {
		t.Fatal(err)
	}
	one := sample()
	for range 3 {
		b, err := one.Bytes()
		if err != nil || !bytes.Equal(a, b) {
			t.Fatal("bytes differ", err)
		}
	}
}

var tag = regexp.MustCompile(`<[^>]*>`)

// plain is the text of the print view without markup.
func plain(d *Document) string {
	return strings.Join(strings.Fields(html.UnescapeString(tag.ReplaceAllString(string(d.HTML()), " "))), " ")
}

func TestThePrintViewHasTheSameText(t *testing.T) {
	t.Parallel()
	d := sample()
	raw, err := d.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	written := strings.Join(strings.Fields(strings.Join(words(t, parts(t, raw)["word/document.xml"]), " ")), " ")
	if got := plain(d); got != written {
		t.Errorf("printed:\n%s\nwritten:\n%s", got, written)
	}
	if h := string(d.HTML()); strings.Contains(h, "знаком <.") || strings.Count(h, "<ol>") != strings.Count(h, "</ol>") || strings.Count(h, "<li>") != strings.Count(h, "</li>") || strings.Count(h, "<ul>") != strings.Count(h, "</ul>") {
		t.Error(h)
	}
}

func TestAnyTextMakesADocument(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := New(Meta{Title: rapid.String().Draw(t, "title"), Foot: rapid.String().Draw(t, "foot")})
		var want []string
		n := d.Numbers()
		for range rapid.IntRange(0, 12).Draw(t, "blocks") {
			s := rapid.String().Draw(t, "text")
			want = append(want, strings.Fields(clean(s))...)
			switch rapid.IntRange(0, 7).Draw(t, "kind") {
			case 0:
				d.Heading(rapid.IntRange(-1, 9).Draw(t, "level"), s)
			case 1:
				d.Paragraph(Para{Text: s, Align: Align(rapid.IntRange(0, 4).Draw(t, "align")), Bold: true, Outline: rapid.IntRange(0, 4).Draw(t, "outline")})
			case 2:
				n.Point(s)
			case 3:
				n.Sub(s)
			case 4:
				d.Bullets(s)
			case 5:
				d.Table(Table{Columns: []Column{{Head: s}, {}}, Rows: [][]string{{}, {"", "", "more"}}})
			case 6:
				d.Landscape()
				d.Text(s)
			case 7:
				d.Portrait()
				d.Text(s)
			}
		}
		raw, err := d.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Fields(strings.Join(words(t, parts(t, raw)["word/document.xml"]), " "))
		if !slices.Equal(got, want) {
			t.Fatalf("%q instead of %q", got, want)
		}
		open, closed := strings.Count(string(d.HTML()), "<li>"), strings.Count(string(d.HTML()), "</li>")
		if open != closed {
			t.Fatalf("%d points begin, %d end", open, closed)
		}
	})
}

func TestWhatNobodyKnowsIsALine(t *testing.T) {
	t.Parallel()
	if Or("  ", 5) != "_____" || Or("є", 5) != "є" || len(Line(1000)) != 60 || Line(-1) != "_" {
		t.Error(Or("  ", 5), Line(1000))
	}
}

func TestBounds(t *testing.T) {
	t.Parallel()
	d := New(Meta{Title: "довго"})
	d.Text(strings.Repeat("а", 2*maxText), "а\x00\x07б\uFFFE")
	rows := make([][]string, maxRows+10)
	d.Table(Table{Columns: []Column{{Head: "а"}}, Rows: rows})
	d.Table(Table{Rows: rows})
	if len(d.blocks) != 3 || len([]rune(d.blocks[0].para.Text)) != maxText || d.blocks[1].para.Text != "аб" || len(d.blocks[2].table.Rows) != maxRows {
		t.Error(len(d.blocks), d.blocks[1].para.Text)
	}
}

func BenchmarkBytes(b *testing.B) {
	for b.Loop() {
		if _, err := sample().Bytes(); err != nil {
			b.Fatal(err)
		}
	}
}
