package canvas

import (
	"image/color"
	"math"

	"osvitlo/internal/fault"
	"osvitlo/internal/qrcode"
)

// QR draws a code with its quiet edge, black on white, into a square with its corner at
// x, y and returns the side it took, at most size: modules are whole pixels, so that a
// poor camera reads them. Errors: Invalid (empty, too long, or the square is too small
// for a pixel a module).
func (c *Canvas) QR(x, y, size float64, text string) (side float64, err error) {
	defer fault.Wrap(&err, "canvas.QR")
	code, err := qrcode.Encode(text)
	if err != nil {
		return 0, err
	}
	n := code.Whole()
	step := math.Floor(size / float64(n))
	if !(step >= 1) {
		return 0, fault.Newf(fault.Invalid, "", "a code of %d modules does not fit %.0f pixels", n, size)
	}
	x, y = math.Round(x), math.Round(y)
	c.Rect(Box{x, y, step * float64(n), step * float64(n)}, color.White)
	var p Path
	for _, s := range code.Dark {
		p.Round(Box{x + float64(s.X+qrcode.Quiet)*step, y + float64(s.Y+qrcode.Quiet)*step, float64(s.N) * step, step}, 0)
	}
	c.Fill(&p, color.Black)
	return step * float64(n), nil
}
