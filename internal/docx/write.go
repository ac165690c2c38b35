package docx

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"

	ooxml "github.com/gomutex/godocx/docx"
	"github.com/gomutex/godocx/packager"
	"github.com/gomutex/godocx/wml/ctypes"
	"github.com/gomutex/godocx/wml/stypes"
)

// A4 in twentieths of a point, margins left 30 mm, right 10, above and below 20.
const (
	pageWidth, pageHeight   = 11906, 16838
	marginLeft, marginRight = 1701, 567
	marginTop, marginBottom = 1134, 1134
	textUpright             = pageWidth - marginLeft - marginRight
	textLying               = pageHeight - marginTop - marginBottom
	asideAt                 = 5103 // 9 cm
)

// Bytes writes the document. The same document gives the same bytes.
func (d *Document) Bytes() ([]byte, error) {
	raw, err := blank(d.meta)
	if err != nil {
		return nil, fmt.Errorf("docx: %w", err)
	}
	root, err := packager.Unpack(&raw)
	if err != nil {
		return nil, fmt.Errorf("docx: %w", err)
	}
	w := &writer{root: root, lists: map[int]int{}, width: textUpright, first: true}
	for _, b := range d.blocks {
		// a section's width is known at its beginning, described at its end
		if b.kind == pageBreak && b.level != 0 {
			w.width = textUpright
			if kind(b.level) == landscape {
				w.width = textLying
			}
			continue
		}
		w.block(b)
	}
	root.Document.Body.SectPr = w.section(d.facing())
	var out bytes.Buffer
	if err := root.Write(&out); err != nil {
		return nil, fmt.Errorf("docx: %w", err)
	}
	return dated(out.Bytes())
}

// oldest is the first moment that a package can write down; the library gives its parts
// an earlier one, which readers take for the year 2098.
var oldest = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// dated gives the parts a day.
func dated(raw []byte) ([]byte, error) {
	from, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return nil, fmt.Errorf("docx: %w", err)
	}
	var out bytes.Buffer
	to := zip.NewWriter(&out)
	for _, f := range from.File {
		w, err := to.CreateRaw(&zip.FileHeader{Name: f.Name, Method: f.Method, CRC32: f.CRC32, CompressedSize64: f.CompressedSize64, UncompressedSize64: f.UncompressedSize64, Modified: oldest, ModifiedDate: 0x21})
		if err != nil {
			return nil, fmt.Errorf("docx: %w", err)
		}
		r, err := f.OpenRaw()
		if err != nil {
			return nil, fmt.Errorf("docx: %w", err)
		}
		if _, err := io.Copy(w, r); err != nil {
			return nil, fmt.Errorf("docx: %w", err)
		}
	}
	if err := to.Close(); err != nil {
		return nil, fmt.Errorf("docx: %w", err)
	}
	return out.Bytes(), nil
}

type writer struct {
	root  *ooxml.RootDoc
	lists map[int]int // numbering of ours to the file's
	dash  int
	width int
	first bool // no section has ended yet
}

func ptr[T any](v T) *T { return &v }

func on() *ctypes.OnOff { return ctypes.OnOffFromBool(true) }

func (w *writer) block(b block) {
	switch b.kind {
	case heading:
		p := w.para(w.root.AddEmptyParagraph().GetCT(), b.para.Text, runOf(Para{}))
		p.Style = ctypes.NewParagraphStyle(fmt.Sprintf("Heading%d", b.level))
	case paragraph:
		w.paragraph(b.para)
	case point:
		if _, ok := w.lists[b.list]; !ok {
			w.lists[b.list] = w.root.NewListInstance(1)
		}
		w.item(b.para.Text, w.lists[b.list], b.level)
	case bullet:
		if w.dash == 0 {
			w.dash = w.root.NewListInstance(2)
		}
		w.item(b.para.Text, w.dash, 0)
	case table:
		w.table(b.table)
	case signatures:
		w.signatures(b.signs)
	case pageBreak:
		w.root.AddPageBreak()
	case portrait, landscape:
		p := w.root.AddEmptyParagraph().GetCT()
		prop(p).SectPr = w.section(b.kind)
	}
}

func prop(p *ctypes.Paragraph) *ctypes.ParagraphProp {
	if p.Property == nil {
		p.Property = &ctypes.ParagraphProp{}
	}
	return p.Property
}

// para writes text into a paragraph, lines broken where the text breaks them.
func (w *writer) para(p *ctypes.Paragraph, text string, run *ctypes.RunProperty) *ctypes.ParagraphProp {
	r := &ctypes.Run{Property: run}
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			r.Children = append(r.Children, ctypes.RunChild{Break: &ctypes.Break{}})
		}
		for j, part := range strings.Split(line, "\t") {
			if j > 0 {
				r.Children = append(r.Children, ctypes.RunChild{Tab: &ctypes.Empty{}})
			}
			if part != "" {
				r.Children = append(r.Children, ctypes.RunChild{Text: ctypes.TextFromString(part)})
			}
		}
	}
	p.Children = append(p.Children, ctypes.ParagraphChild{Run: r})
	return prop(p)
}

func runOf(p Para) *ctypes.RunProperty {
	if !p.Bold && !p.Italic && !p.Small {
		return nil
	}
	r := &ctypes.RunProperty{}
	if p.Bold {
		r.Bold, r.BoldCS = on(), on()
	}
	if p.Italic {
		r.Italic, r.ItalicCS = on(), on()
	}
	if p.Small {
		r.Size = ctypes.NewFontSize(24)
	}
	return r
}

func (w *writer) paragraph(p Para) {
	pp := w.para(w.root.AddEmptyParagraph().GetCT(), p.Text, runOf(p))
	switch p.Align {
	case Justified:
		pp.Style = ctypes.NewParagraphStyle("BodyText")
		if blankIn(p.Text) {
			pp.Justification = ctypes.NewGenSingleStrVal(stypes.JustificationLeft)
		}
	case Center:
		pp.Justification = ctypes.NewGenSingleStrVal(stypes.JustificationCenter)
	case Right:
		pp.Justification = ctypes.NewGenSingleStrVal(stypes.JustificationRight)
	case Aside:
		pp.Indent = &ctypes.Indent{Left: ptr(asideAt)}
	}
	if p.Tight {
		pp.Spacing = ctypes.NewParagraphSpacing(0, 0)
	}
	if p.Keep {
		pp.KeepNext = on()
	}
	if p.Breaks {
		pp.PageBreakBefore = on()
	}
	if p.Outline > 0 {
		pp.OutlineLvl = ctypes.NewDecimalNum(min(p.Outline, 3) - 1)
	}
}

func (w *writer) item(text string, list, level int) {
	pp := w.para(w.root.AddEmptyParagraph().GetCT(), text, nil)
	pp.NumProp = &ctypes.NumProp{NumID: ctypes.NewDecimalNum(list), ILvl: ctypes.NewDecimalNum(level)}
	pp.Justification = ctypes.NewGenSingleStrVal(stypes.JustificationBoth)
	if blankIn(text) {
		pp.Justification = ctypes.NewGenSingleStrVal(stypes.JustificationLeft)
	}
}

// blankIn tells whether a text has room to write in: such a line is not stretched.
func blankIn(text string) bool { return strings.Contains(text, "____") }

// widths share the text's width out.
func (w *writer) widths(columns []Column) []int {
	sum := 0
	for _, c := range columns {
		sum += max(c.Width, 0)
	}
	list := make([]int, len(columns))
	for i, c := range columns {
		if sum == 0 {
			list[i] = w.width / len(columns)
		} else {
			list[i] = w.width * max(c.Width, 0) / sum
		}
	}
	return list
}

func (w *writer) grid(widths []int, line bool) *ctypes.Table {
	t := w.root.AddTable()
	total := 0
	for _, n := range widths {
		total += n
		t.Grid(uint64(n))
	}
	t.Width(total, stypes.TableWidthDxa)
	t.Layout(stypes.TableLayoutFixed)
	if line {
		one := func() *ctypes.Border {
			return &ctypes.Border{Val: stypes.BorderStyleSingle, Size: ptr(4), Space: ptr("0"), Color: ptr("auto")}
		}
		t.GetCT().TableProp.Borders = &ctypes.TableBorders{Top: one(), Left: one(), Bottom: one(), Right: one(), InsideH: one(), InsideV: one()}
	}
	return t.GetCT()
}

func (w *writer) cell(width int, text string, run *ctypes.RunProperty, to stypes.Justification) ctypes.TRCellContent {
	p := &ctypes.Paragraph{}
	pp := w.para(p, text, run)
	pp.Spacing = &ctypes.Spacing{Before: ptr(uint64(20)), After: ptr(uint64(20)), Line: ptr(240), LineRule: ptr(stypes.LineSpacingRuleAuto)}
	pp.Justification = ctypes.NewGenSingleStrVal(to)
	return ctypes.TRCellContent{Cell: &ctypes.Cell{
		Property: &ctypes.CellProperty{Width: ctypes.NewTableWidth(width, stypes.TableWidthDxa)},
		Contents: []ctypes.TCBlockContent{{Paragraph: p}}}}
}

func (w *writer) table(t Table) {
	size := uint64(24)
	if t.Small {
		size = 20
	}
	run := func(bold bool) *ctypes.RunProperty {
		r := &ctypes.RunProperty{Size: ctypes.NewFontSize(size)}
		if bold {
			r.Bold, r.BoldCS = on(), on()
		}
		return r
	}
	widths := w.widths(t.Columns)
	ct := w.grid(widths, true)
	row := func(cells []string, head, bold bool) {
		r := &ctypes.Row{Property: &ctypes.RowProperty{CantSplit: on()}}
		if head {
			r.Property.Header = on()
		} else if t.Tall {
			r.Property.Height = ctypes.NewTableRowHeight(567, stypes.HeightRuleAtLeast)
		}
		for i, c := range t.Columns {
			to := stypes.JustificationLeft
			switch {
			case head || c.Center:
				to = stypes.JustificationCenter
			case c.Number:
				to = stypes.JustificationRight
			}
			r.Contents = append(r.Contents, w.cell(widths[i], cells[i], run(bold), to))
		}
		ct.RowContents = append(ct.RowContents, ctypes.RowContent{Row: r})
	}
	heads := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		heads[i] = c.Head
	}
	row(heads, true, true)
	for i, r := range t.Rows {
		row(r, false, t.Total && i == len(t.Rows)-1)
	}
	// a table needs a paragraph behind it
	pp := prop(w.root.AddEmptyParagraph().GetCT())
	pp.Spacing = ctypes.NewParagraphSpacing(0, 0)
}

// signatures are a table without lines: post, room to sign, name.
func (w *writer) signatures(list []Signature) {
	prop(w.root.AddEmptyParagraph().GetCT()).KeepNext = on()
	widths := w.widths([]Column{{Width: 45}, {Width: 25}, {Width: 30}})
	ct := w.grid(widths, false)
	for _, s := range list {
		r := &ctypes.Row{Property: &ctypes.RowProperty{CantSplit: on(), Height: ctypes.NewTableRowHeight(567, stypes.HeightRuleAtLeast)}}
		name := s.Name
		if name == "" {
			name = Line(19)
		}
		r.Contents = []ctypes.TRCellContent{
			w.cell(widths[0], s.Post, nil, stypes.JustificationLeft), w.cell(widths[1], Line(14), nil, stypes.JustificationCenter), w.cell(widths[2], name, nil, stypes.JustificationLeft)}
		ct.RowContents = append(ct.RowContents, ctypes.RowContent{Row: r})
	}
	prop(w.root.AddEmptyParagraph().GetCT()).Spacing = ctypes.NewParagraphSpacing(0, 0)
}

// section describes the pages up to here. The first page of all has no number.
func (w *writer) section(k kind) *ctypes.SectionProp {
	s := &ctypes.SectionProp{
		HeaderReference: &ctypes.HeaderReference{Type: stypes.HdrFtrDefault, ID: headID},
		FooterReference: &ctypes.FooterReference{Type: stypes.HdrFtrDefault, ID: footID},
		Type:            ctypes.NewGenSingleStrVal(stypes.SectionMarkNextPage),
		PageSize:        &ctypes.PageSize{Width: ptr(uint64(pageWidth)), Height: ptr(uint64(pageHeight))},
		PageMargin: &ctypes.PageMargin{Left: ptr(marginLeft), Right: ptr(marginRight), Top: ptr(marginTop), Bottom: ptr(marginBottom),
			Header: ptr(567), Footer: ptr(454), Gutter: ptr(0)},
	}
	if k == landscape {
		// turned to the left: what was the left margin is above
		s.PageSize = &ctypes.PageSize{Width: ptr(uint64(pageHeight)), Height: ptr(uint64(pageWidth)), Orient: stypes.PageOrientLandscape}
		s.PageMargin.Left, s.PageMargin.Right, s.PageMargin.Top, s.PageMargin.Bottom = ptr(marginTop), ptr(marginBottom), ptr(marginLeft), ptr(marginRight)
	}
	if w.first {
		s.TitlePg = ctypes.NewGenSingleStrVal(stypes.OnOffTrue)
		w.first = false
	}
	return s
}
