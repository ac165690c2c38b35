package canvas

import (
	"image/color"
	"math"

	"github.com/boombuler/barcode/qr"

	"osvitlo/internal/fault"
)

// quiet is the empty edge of a QR code, in modules, as the standard wants it.
const quiet = 4

// QR draws a code with its quiet edge, black on white, into a square with its corner at
// x, y and returns the side it took, at most size: modules are whole pixels, so that a
// poor camera reads them. Errors: Invalid (empty, too long, or the square is too small
// for a pixel a module).
func (c *Canvas) QR(x, y, size float64, text string) (side float64, err error) {
	defer fault.Wrap(&err, "canvas.QR")
	dots, err := Dots(text)
	if err != nil {
		return 0, err
	}
	n := len(dots) + 2*quiet
	step := math.Floor(size / float64(n))
	if !(step >= 1) {
		return 0, fault.Newf(fault.Invalid, "", "a code of %d modules does not fit %.0f pixels", n, size)
	}
	x, y = math.Round(x), math.Round(y)
	c.Rect(Box{x, y, step * float64(n), step * float64(n)}, color.White)
	var p Path
	for row, line := range dots {
		for col := 0; col < len(line); col++ {
			from := col
			for col < len(line) && line[col] {
				col++
			}
			if col > from {
				p.Round(Box{x + float64(from+quiet)*step, y + float64(row+quiet)*step, float64(col-from) * step, step}, 0)
			}
		}
	}
	c.Fill(&p, color.Black)
	return step * float64(n), nil
}

// Dots are the modules of a QR code without its edge, by rows; true is black. PDFs draw
// them as rectangles. Errors: Invalid (empty or too long).
func Dots(text string) (rows [][]bool, err error) {
	defer fault.Wrap(&err, "canvas.Dots")
	if text == "" || len(text) > 1000 {
		return nil, fault.Newf(fault.Invalid, "", "no code of %d bytes", len(text))
	}
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return nil, fault.From(err, fault.Invalid, "")
	}
	b := code.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		row := make([]bool, 0, b.Dx())
		for x := b.Min.X; x < b.Max.X; x++ {
			v, _, _, _ := code.At(x, y).RGBA()
			row = append(row, v == 0)
		}
		rows = append(rows, row)
	}
	return rows, nil
}
