package interchange

import (
	"fmt"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

// Note is something that was not carried, or was carried otherwise.
type Note struct {
	Item string // id; empty for the whole file
	File string // of the input; empty on export
	Line int    // in File, from 1; 0 when it is not known
	Lost bool   // the whole item was left out
	Text i18n.Text
}

// In is the note as a line: "FILE:LINE: item: text".
func (n Note) In(lang string) string {
	s := n.Text.In(lang)
	if n.Item != "" {
		s = n.Item + ": " + s
	}
	switch {
	case n.File != "" && n.Line > 0:
		s = fmt.Sprintf("%s:%d: %s", n.File, n.Line, s)
	case n.File != "":
		s = n.File + ": " + s
	}
	return s
}

// Report lists the notes in the order they arose.
type Report struct{ Notes []Note }

func (r *Report) add(item, file string, line int, lost bool, uk, en string) {
	r.Notes = append(r.Notes, Note{Item: item, File: file, Line: line, Lost: lost, Text: i18n.Text{UK: uk, EN: en}})
}

// Lost counts the items that were left out.
func (r *Report) Lost() int {
	n := 0
	for _, x := range r.Notes {
		if x.Lost {
			n++
		}
	}
	return n
}

// Imported are drafts with what was not carried.
type Imported struct {
	Items  []*instrument.Item
	Report Report
}

// Bounds of what is read and written.
const (
	MaxItems      = 2000
	MaxPackage    = 32 << 20 // bytes of a package
	MaxFiles      = 5000     // in a package
	MaxFile       = 1 << 20  // bytes of one file, unpacked
	MaxUnpacked   = 64 << 20 // bytes of all files that are read
	MaxRatio      = 200      // unpacked over packed, of a file over 64 kB
	MaxGIFT       = 8 << 20  // bytes
	maxDepth      = 64       // elements inside one another
	maxNodes      = 20_000   // elements and texts of a file
	maxOptions    = 40
	maxText       = 4000 // characters of one text
	maxAccept     = 60
	maxFieldBytes = 1 << 16
)

func bad(file string, line int, format string, args ...any) error {
	where := file
	if line > 0 {
		where = fmt.Sprintf("%s:%d", file, line)
	}
	return fault.Newf(fault.Invalid, "", "%s: "+format, append([]any{where}, args...)...)
}
