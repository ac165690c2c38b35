// Package docx writes business documents that an office can change: orders, minutes,
// letters with their annexes, as Office Open XML (ECMA-376), and shows the same text as
// HTML for a print view.
//
// Guarantees: A4, Times New Roman 14 pt, margins as offices use them; headings, numbered
// points, tables whose head repeats on every page and page numbers are real ones that a
// word processor counts on when somebody changes the text; the same document gives the
// same bytes; both forms are made from one list of blocks, so their text is the same.
//
// It does not: know what a document says, read documents, or draw pictures. Parts of the
// text are in Ukrainian for spelling; the words are the caller's.
package docx

import (
	"strings"
	"time"
	"unicode/utf8"
)

// Type is the content type of a written document.
const Type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// Bounds: what is longer is cut, so that no input makes a document nobody can open.
const (
	maxText   = 20000 // letters of a paragraph or cell
	maxRows   = 5000  // of a table
	maxBlocks = 20000
)

// Meta is what is told about a document beside its text.
type Meta struct {
	Title  string
	Author string    // the body, never a person
	Foot   string    // small, at the foot of the pages after the first
	When   time.Time // when it was made; zero: not said
}

// Document is a document being written. It is not safe for concurrent use.
type Document struct {
	meta   Meta
	blocks []block
}

// New begins a document.
func New(m Meta) *Document {
	m.Title, m.Author, m.Foot = clean(m.Title), clean(m.Author), clean(m.Foot)
	return &Document{meta: m}
}

// Title is what the document is called.
func (d *Document) Title() string { return d.meta.Title }

type kind int

const (
	heading kind = iota
	paragraph
	point  // numbered
	bullet // with a dash
	table
	signatures
	pageBreak
	portrait  // the section up to here stood so
	landscape // the section up to here stood so
)

type block struct {
	kind  kind
	level int // heading 1 to 3; point 0 or 1
	para  Para
	list  int // which numbering a point belongs to
	table Table
	signs []Signature
}

// Align is how lines of a paragraph stand.
type Align int

// The ways.
const (
	Justified Align = iota // with an indent of the first line
	Left                   // without one
	Center
	Right
	Aside // a column in the right half of the page: «ЗАТВЕРДЖЕНО», «Додаток 1»
)

// Para is a paragraph. A line break in Text begins a new line.
type Para struct {
	Text    string
	Align   Align
	Bold    bool
	Italic  bool
	Small   bool // 12 pt: notes, sources
	Tight   bool // no space after it
	Keep    bool // stays on the page of what follows
	Breaks  bool // begins a page
	Outline int  // 1 to 3: shown in the document's outline
}

// Column is a column of a table.
type Column struct {
	Head   string
	Width  int // share of the table's width; all zero: the same
	Number bool
	Center bool
}

// Table is a table with its head, which repeats on every page it runs over.
type Table struct {
	Columns []Column
	Rows    [][]string
	Total   bool // the last row is bold
	Small   bool // 10 pt for many columns, else 12
	Tall    bool // rows with room for handwriting
}

// Signature is a line to sign on. Without a name there is a line for it.
type Signature struct{ Post, Name string }

func (d *Document) add(b block) {
	if len(d.blocks) < maxBlocks {
		d.blocks = append(d.blocks, b)
	}
}

// Heading writes a heading of level 1 to 3; a heading stays with what follows.
func (d *Document) Heading(level int, text string) {
	level = min(max(level, 1), 3)
	d.add(block{kind: heading, level: level, para: Para{Text: clean(text)}})
}

// Paragraph writes a paragraph.
func (d *Document) Paragraph(p Para) {
	p.Text = clean(p.Text)
	d.add(block{kind: paragraph, para: p})
}

// Text writes justified paragraphs with an indent.
func (d *Document) Text(paragraphs ...string) {
	for _, p := range paragraphs {
		d.Paragraph(Para{Text: p})
	}
}

// Numbers is one numbering; Point counts «1.», Sub «1.1.».
type Numbers struct {
	d    *Document
	list int
}

// Numbers begins a numbering at 1.
func (d *Document) Numbers() *Numbers {
	n := 0
	for _, b := range d.blocks {
		if b.kind == point {
			n = max(n, b.list)
		}
	}
	return &Numbers{d: d, list: n + 1}
}

// Point writes the next point.
func (n *Numbers) Point(text string) {
	n.d.add(block{kind: point, list: n.list, para: Para{Text: clean(text)}})
}

// Sub writes the next point under the last one.
func (n *Numbers) Sub(text string) {
	n.d.add(block{kind: point, level: 1, list: n.list, para: Para{Text: clean(text)}})
}

// Bullets writes points with a dash.
func (d *Document) Bullets(items ...string) {
	for _, t := range items {
		d.add(block{kind: bullet, para: Para{Text: clean(t)}})
	}
}

// Table writes a table. Rows with too few cells are filled up, more are left out.
func (d *Document) Table(t Table) {
	if len(t.Columns) == 0 {
		return
	}
	columns := make([]Column, len(t.Columns))
	for i, c := range t.Columns {
		c.Head = clean(c.Head)
		columns[i] = c
	}
	t.Columns = columns
	rows := make([][]string, 0, min(len(t.Rows), maxRows))
	for _, r := range t.Rows[:min(len(t.Rows), maxRows)] {
		row := make([]string, len(columns))
		for i := range row {
			if i < len(r) {
				row[i] = clean(r[i])
			}
		}
		rows = append(rows, row)
	}
	t.Rows = rows
	d.add(block{kind: table, table: t})
}

// Sign writes lines to sign on.
func (d *Document) Sign(list ...Signature) {
	signs := make([]Signature, 0, len(list))
	for _, s := range list {
		signs = append(signs, Signature{Post: clean(s.Post), Name: clean(s.Name)})
	}
	d.add(block{kind: signatures, signs: signs})
}

// PageBreak begins a page.
func (d *Document) PageBreak() { d.add(block{kind: pageBreak}) }

// Landscape begins a page; it and what follows lie on their long side.
func (d *Document) Landscape() { d.turn(landscape) }

// Portrait begins a page; it and what follows stand upright.
func (d *Document) Portrait() { d.turn(portrait) }

// turn ends a section: a section is described where it ends.
func (d *Document) turn(to kind) {
	if now := d.facing(); len(d.blocks) > 0 {
		d.add(block{kind: now})
	}
	d.add(block{kind: pageBreak, level: int(to)})
}

// facing is how the pages at the end of the document stand.
func (d *Document) facing() kind {
	for i := len(d.blocks) - 1; i >= 0; i-- {
		if b := d.blocks[i]; b.kind == pageBreak && b.level != 0 {
			return kind(b.level)
		}
	}
	return portrait
}

// Line is room of n letters to write in by hand.
func Line(n int) string { return strings.Repeat("_", min(max(n, 1), 60)) }

// Or is a text, or room of n letters for it where it is not known.
func Or(text string, n int) string {
	if strings.TrimSpace(text) == "" {
		return Line(n)
	}
	return text
}

// clean takes out what XML cannot hold and bounds the length.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r < 0x20 || r == utf8.RuneError || r == 0xFFFE || r == 0xFFFF:
			return -1
		}
		return r
	}, s)
	if utf8.RuneCountInString(s) > maxText {
		s = string([]rune(s)[:maxText-1]) + "…"
	}
	return s
}
