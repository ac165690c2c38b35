package page

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/boombuler/barcode/qr"

	"osvitlo/internal/fault"
)

// Quiet are the modules of white around a QR.
const Quiet = 4

// Stretch is a row of dark modules of a QR: the first, its line, and how many.
type Stretch struct{ X, Y, N int }

// QRCode gives the dark stretches of a text as QR, and the side in modules, without the
// white around it.
func QRCode(text string) (dark []Stretch, side int, err error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return nil, 0, fault.From(err, fault.Internal, "")
	}
	side = code.Bounds().Dx()
	for y := range side {
		for x := 0; x < side; x++ {
			from := x
			for x < side {
				if r, _, _, _ := code.At(x, y).RGBA(); r != 0 {
					break
				}
				x++
			}
			if x > from {
				dark = append(dark, Stretch{from, y, x - from})
			}
		}
	}
	return dark, side, nil
}

// QRSVG draws a text as a QR, black on white in every theme, since cameras need the
// contrast. label is what it is, for those who do not see it.
func QRSVG(text, label string) (template.HTML, error) {
	dark, side, err := QRCode(text)
	if err != nil {
		return "", err
	}
	var path strings.Builder
	for _, d := range dark {
		fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", d.X+Quiet, d.Y+Quiet, d.N, d.N)
	}
	whole := side + 2*Quiet
	return template.HTML(fmt.Sprintf(`<svg class="os-qr" viewBox="0 0 %d %d" width="220" height="220" role="img" aria-label="%s" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%dv%dH0z"/><path fill="#000" d="%s"/></svg>`,
		whole, whole, template.HTMLEscapeString(label), whole, whole, path.String())), nil
}
