package canvas

import (
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"math"

	"golang.org/x/image/vector"
)

// MaxPixels bounds a picture: 32 MB of memory.
const MaxPixels = 8 << 20

// Canvas is a picture being drawn. It serves one caller at a time.
type Canvas struct {
	img *image.RGBA
}

// New begins a picture of one colour. Sides below 1 become 1; a side that would make the
// picture larger than MaxPixels is shortened.
func New(w, h int, bg color.Color) *Canvas {
	w, h = min(max(w, 1), MaxPixels), max(h, 1)
	h = min(h, max(MaxPixels/w, 1))
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Bounds(), image.NewUniform(known(bg)), image.Point{}, draw.Src)
	return &Canvas{img: img}
}

func known(c color.Color) color.Color {
	if c == nil {
		return color.Black
	}
	return c
}

// Image is the picture as it is; it must not be changed.
func (c *Canvas) Image() *image.RGBA { return c.img }

// PNG writes the picture.
func (c *Canvas) PNG(w io.Writer) error {
	return (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(w, c.img)
}

// Text writes a text into a box and returns the height it took (see Set).
func (c *Canvas) Text(b Box, st Style, text string) (used float64) {
	s := Set(b.W, b.H, st, text)
	f := face(st.Bold)
	if f == nil || len(s.Lines) == 0 {
		return 0
	}
	top := b.Y + place(st.Down, b.H-s.Height())
	for i, line := range s.Lines {
		x := b.X + place(st.Align, b.W-s.Widths[i])
		y := top + s.Base() + float64(i)*s.Step
		var p Path
		for _, r := range line {
			f.outline(&p, r, x, y, s.Size)
			x += f.advance(r) * s.Size
		}
		c.Fill(&p, st.Color)
	}
	return s.Height()
}

func place(a Align, free float64) float64 {
	switch a {
	case Center:
		return free / 2
	case Right:
		return free
	default:
		return 0
	}
}

// Rect fills a rectangle.
func (c *Canvas) Rect(b Box, col color.Color) { c.Round(b, 0, col) }

// Round fills a rectangle with round corners.
func (c *Canvas) Round(b Box, radius float64, col color.Color) {
	var p Path
	p.Round(b, radius)
	c.Fill(&p, col)
}

// Circle fills a circle.
func (c *Canvas) Circle(x, y, r float64, col color.Color) {
	c.Round(Box{x - r, y - r, 2 * r, 2 * r}, r, col)
}

// Line draws a stroke with round ends.
func (c *Canvas) Line(x1, y1, x2, y2, width float64, col color.Color) {
	var p Path
	p.Stroke(x1, y1, x2, y2, width)
	c.Fill(&p, col)
}

// Fill paints the inside of a path (non-zero rule) with soft edges. Points that are no
// numbers or far away draw nothing.
func (c *Canvas) Fill(p *Path, col color.Color) {
	if len(p.ops) == 0 {
		return
	}
	low, high := p.bounds()
	if !(math.Abs(low[0]) < 1e6 && math.Abs(low[1]) < 1e6 && math.Abs(high[0]) < 1e6 && math.Abs(high[1]) < 1e6) {
		return
	}
	whole := image.Rect(int(math.Floor(low[0])), int(math.Floor(low[1])), int(math.Ceil(high[0]))+1, int(math.Ceil(high[1]))+1)
	seen := whole.Intersect(c.img.Bounds())
	if seen.Empty() {
		return
	}
	z := vector.NewRasterizer(seen.Dx(), seen.Dy())
	z.DrawOp = draw.Over
	p.play(z, float64(seen.Min.X), float64(seen.Min.Y))
	z.Draw(c.img, seen, image.NewUniform(known(col)), image.Point{})
}
