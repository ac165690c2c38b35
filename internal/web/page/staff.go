package page

import (
	"slices"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
)

// The pages of staff are dense and alike: a menu by rights, a trail, and blocks one
// under another. They are described as data and written by one template, "page/sheet",
// so that a new page of staff needs no markup of its own.

// MenuGroup is a part of the menu of staff.
type MenuGroup struct {
	Title string
	Items []MenuItem
}

// MenuItem is an entry of the menu; ID is what Sheet.Menu's page is compared with.
type MenuItem struct {
	ID, Href, Text string
	Count          string // printed behind the words; empty for none
}

// Sheet is a whole page of staff: render it as "page/sheet".
type Sheet struct {
	Base
	Menu   []MenuGroup // what the reader may use; empty: no menu
	MenuID string      // the entry of this page
	Crumbs []Link      // the way here, the page itself left out
	Kicker string      // small line over the title: a place, a role
	Lead   string
	Done   string // what was just done
	Errors *ErrorSummary
	Blocks []Block
	Narrow bool // one column, for telephones first
}

// Block is a part of a sheet. What is set is written in the order of the fields.
type Block struct {
	ID      string
	Title   string
	Small   string // under the title
	Note    *Note
	Tiles   []Tile
	Figs    []Figure
	Facts   []Row
	Text    []string
	Words   []string // a list
	Pair    *Compare
	Form    *Form
	Map     *PickMap
	Grid    *Grid
	Secret  *Secret
	Acts    []Button // links and small forms in a row
	Forms   []Form   // forms that are one button each, in the same row
	Down    []Download
	Pager   *Pager
	Noprint bool
}

// PickMap is a map beside a form that sets its fields lat and lon. Without a script the
// fields are typed in.
type PickMap struct {
	Points             string // address of the marks that are shown for orientation
	Box                string // "south,west,north,east" of the city
	Tiles, Attribution string // empty: plain ground
}

// Maps tells whether a block has a map, so that its styles and script are loaded.
func (s Sheet) Maps() bool {
	return slices.ContainsFunc(s.Blocks, func(b Block) bool { return b.Map != nil })
}

// Form is a form of a sheet. Parts are components that "put" knows, or Plain texts.
type Form struct {
	ID      string
	Action  string
	Get     bool // a search: the query stands in the address
	Hidden  []Hidden
	Parts   []any
	Buttons []Button
	Row     bool // parts stand beside each other where there is room
	Card    bool // in a card
}

// Files tells whether a form sends files.
func (f Form) Files() bool {
	return slices.ContainsFunc(f.Parts, func(part any) bool {
		field, ok := part.(Field)
		return ok && field.Type == "file"
	})
}

// Hidden is a hidden field.
type Hidden struct{ Name, Value string }

// Plain is a paragraph between the fields of a form.
type Plain string

// Heading is a heading between the fields of a form.
type Heading string

// IsText and IsHeading tell the template what a part is.
func isPlain(v any) bool { _, ok := v.(Plain); return ok }

func isHeading(v any) bool { _, ok := v.(Heading); return ok }

// Grid is a table of staff: the first column stays in sight when the table is wider
// than the screen; on telephones rows become cards when Cards is set.
type Grid struct {
	Caption string
	Hidden  bool // the caption is for screen readers only
	Head    []GridHead
	Rows    []GridRow
	Empty   string // the sentence that stands instead of a table without rows
	Foot    string
	Cards   bool
	Form    *Form // the rows' check boxes belong to this form; its parts stand under the table
}

// GridHead is the head of a column.
type GridHead struct {
	Text   string
	Href   string // sorts by this column
	Sort   string // "ascending" or "descending" when the rows stand so
	Number bool
}

// GridRow is a row; the first cell is its heading.
type GridRow struct {
	Cells []GridCell
	Bad   bool // needs a look
}

// GridCell is a cell.
type GridCell struct {
	Text   string
	Small  string // a second, paler line
	Href   string
	Tag    *Tag
	Tags   []Tag
	Check  *GridCheck
	Forms  []Form
	Acts   []Button
	Number bool
	Mono   bool
	Head   string // the column's words, for cards on telephones
}

// GridCheck is a check box before the words of the first cell.
type GridCheck struct{ Name, Value, Label, Form string }

// Compare stands two records side by side.
type Compare struct {
	Caption string
	A, B    string // heads of the two columns
	Rows    []CompareRow
}

// CompareRow is one property of both.
type CompareRow struct {
	Name, A, B string
	Same       bool
}

// Secret is shown once: in large letters, to be copied or written down.
type Secret struct {
	Title string
	Value string
	Text  string
	Link  bool // Value is an address
}

// heads gives every cell the words of its column, for cards on telephones.
func (g *Grid) heads() {
	for _, row := range g.Rows {
		for i := range row.Cells {
			if i < len(g.Head) {
				row.Cells[i].Head = g.Head[i].Text
				row.Cells[i].Number = row.Cells[i].Number || g.Head[i].Number
			}
		}
	}
}

// Ready prepares what the template cannot: call it before Render. It returns the sheet.
func (s *Sheet) Ready() *Sheet {
	s.Wide, s.Full = !s.Narrow, !s.Narrow
	s.NoIndex = true
	for i := range s.Blocks {
		if g := s.Blocks[i].Grid; g != nil {
			g.heads()
		}
	}
	return s
}

// Refused makes of an error what a form's page can show again: the faults of its
// fields, or one sentence that explains. ok is false for what belongs to a page of its
// own: not found, a missing sign-in, a store that is away.
func Refused(words *i18n.Localizer, err error) (sum *ErrorSummary, fields []fault.Field, status int, ok bool) {
	f := fault.As(err)
	if f == nil {
		return nil, nil, 0, false
	}
	switch f.Kind {
	case fault.Invalid:
		if len(f.Fields) == 0 {
			return nil, nil, 0, false
		}
		s := Summary(words, f.Fields, nil)
		return &s, f.Fields, Status(f.Kind), true
	case fault.Conflict, fault.Forbidden, fault.Gone:
		text := words.T(f.Key, f.Args)
		if f.Key == "" || text == f.Key {
			text = words.T("page.staff.refused.text", nil)
		}
		return &ErrorSummary{Title: words.T("page.staff.refused", nil), Lead: words.T("page.staff.refused.lead", nil),
			Items: []ErrorItem{{Href: "#main", Text: text}}}, nil, Status(f.Kind), true
	}
	return nil, nil, 0, false
}
