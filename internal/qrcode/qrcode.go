// Package qrcode turns a text into the dark modules of a QR code (ISO/IEC 18004, error
// correction M), for whoever draws them: a page as SVG, a document as PDF, a poster as
// pixels. It draws nothing itself.
package qrcode

import (
	"github.com/boombuler/barcode/qr"

	"osvitlo/internal/fault"
)

// Quiet is the white edge a scanner needs, in modules, on each side.
const Quiet = 4

// longest bounds the text in bytes: a code of more cannot be read from paper.
const longest = 1000

// Stretch is a run of dark modules in a row: its first column, its row, its length.
type Stretch struct{ X, Y, N int }

// Code is a QR code without its white edge.
type Code struct {
	Side int       // modules along one side
	Dark []Stretch // by rows, from the left
}

// Whole is the side with the white edge, in modules.
func (c Code) Whole() int { return c.Side + 2*Quiet }

// Encode makes the code of a text. Errors: Invalid (empty, or over 1,000 bytes).
func Encode(text string) (c Code, err error) {
	defer fault.Wrap(&err, "qrcode.Encode")
	if text == "" || len(text) > longest {
		return c, fault.Newf(fault.Invalid, "", "no code of %d bytes", len(text))
	}
	drawn, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return c, fault.From(err, fault.Invalid, "")
	}
	c.Side = drawn.Bounds().Dx()
	dark := func(x, y int) bool {
		r, _, _, _ := drawn.At(x, y).RGBA()
		return r == 0
	}
	for y := range c.Side {
		for x := 0; x < c.Side; x++ {
			from := x
			for x < c.Side && dark(x, y) {
				x++
			}
			if x > from {
				c.Dark = append(c.Dark, Stretch{from, y, x - from})
			}
		}
	}
	return c, nil
}
