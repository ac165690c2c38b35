package page

import (
	"fmt"
	"html/template"
	"strings"

	"osvitlo/internal/qrcode"
)

// QRSVG draws a text as a QR, black on white in every theme, since cameras need the
// contrast. label is what it is, for those who do not see it. Everything in the drawing is
// made here; label is escaped.
func QRSVG(text, label string) (template.HTML, error) {
	code, err := qrcode.Encode(text)
	if err != nil {
		return "", err
	}
	var path strings.Builder
	for _, d := range code.Dark {
		fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", d.X+qrcode.Quiet, d.Y+qrcode.Quiet, d.N, d.N)
	}
	whole := code.Whole()
	return template.HTML(fmt.Sprintf(`<svg class="os-qr" viewBox="0 0 %d %d" width="220" height="220" role="img" aria-label="%s" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%dv%dH0z"/><path fill="#000" d="%s"/></svg>`,
		whole, whole, template.HTMLEscapeString(label), whole, whole, path.String())), nil
}
