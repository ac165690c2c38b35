package canvas

import (
	"math"

	"golang.org/x/image/vector"
)

type op struct {
	kind byte // m l q c z
	a    [6]float64
}

// Path is a shape of lines and curves. The zero Path is empty.
type Path struct {
	ops  []op
	open bool
}

// MoveTo begins a part of the shape.
func (p *Path) MoveTo(x, y float64) {
	p.Close()
	p.ops = append(p.ops, op{'m', [6]float64{x, y}})
	p.open = true
}

// LineTo draws a straight line.
func (p *Path) LineTo(x, y float64) { p.ops = append(p.ops, op{'l', [6]float64{x, y}}) }

// QuadTo draws a curve with one control point.
func (p *Path) QuadTo(x1, y1, x, y float64) {
	p.ops = append(p.ops, op{'q', [6]float64{x1, y1, x, y}})
}

// CubeTo draws a curve with two control points.
func (p *Path) CubeTo(x1, y1, x2, y2, x, y float64) {
	p.ops = append(p.ops, op{'c', [6]float64{x1, y1, x2, y2, x, y}})
}

// Close ends a part of the shape where it began.
func (p *Path) Close() {
	if p.open {
		p.ops = append(p.ops, op{kind: 'z'})
		p.open = false
	}
}

// arc is the length of the handle of a quarter circle.
const arc = 0.5522847498

// Round adds a rectangle with round corners; a radius over half a side is half a side.
func (p *Path) Round(b Box, r float64) {
	r = math.Max(0, math.Min(r, math.Min(b.W, b.H)/2))
	x0, y0, x1, y1, k := b.X, b.Y, b.X+b.W, b.Y+b.H, r*(1-arc)
	p.MoveTo(x0+r, y0)
	p.LineTo(x1-r, y0)
	p.CubeTo(x1-k, y0, x1, y0+k, x1, y0+r)
	p.LineTo(x1, y1-r)
	p.CubeTo(x1, y1-k, x1-k, y1, x1-r, y1)
	p.LineTo(x0+r, y1)
	p.CubeTo(x0+k, y1, x0, y1-k, x0, y1-r)
	p.LineTo(x0, y0+r)
	p.CubeTo(x0, y0+k, x0+k, y0, x0+r, y0)
	p.Close()
}

// Stroke adds a line of some width with round ends.
func (p *Path) Stroke(x1, y1, x2, y2, width float64) {
	r := width / 2
	dx, dy := x2-x1, y2-y1
	l := math.Hypot(dx, dy)
	if l == 0 {
		p.Round(Box{x1 - r, y1 - r, width, width}, r)
		return
	}
	ux, uy := dx/l*r, dy/l*r // along
	nx, ny := -uy, ux        // across
	p.MoveTo(x1+nx, y1+ny)
	p.CubeTo(x1+nx-ux*arc, y1+ny-uy*arc, x1-ux+nx*arc, y1-uy+ny*arc, x1-ux, y1-uy)
	p.CubeTo(x1-ux-nx*arc, y1-uy-ny*arc, x1-nx-ux*arc, y1-ny-uy*arc, x1-nx, y1-ny)
	p.LineTo(x2-nx, y2-ny)
	p.CubeTo(x2-nx+ux*arc, y2-ny+uy*arc, x2+ux-nx*arc, y2+uy-ny*arc, x2+ux, y2+uy)
	p.CubeTo(x2+ux+nx*arc, y2+uy+ny*arc, x2+nx+ux*arc, y2+ny+uy*arc, x2+nx, y2+ny)
	p.Close()
}

func (p *Path) bounds() (low, high [2]float64) {
	low, high = [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	for _, o := range p.ops {
		n := map[byte]int{'m': 2, 'l': 2, 'q': 4, 'c': 6}[o.kind]
		for i := 0; i < n; i++ {
			low[i%2], high[i%2] = math.Min(low[i%2], o.a[i]), math.Max(high[i%2], o.a[i])
		}
	}
	return low, high
}

// play hands the path over, moved by -x, -y.
func (p *Path) play(z *vector.Rasterizer, x, y float64) {
	f := func(a [6]float64, i int) (float32, float32) { return float32(a[i] - x), float32(a[i+1] - y) }
	for _, o := range p.ops {
		x1, y1 := f(o.a, 0)
		x2, y2 := f(o.a, 2)
		x3, y3 := f(o.a, 4)
		switch o.kind {
		case 'm':
			z.MoveTo(x1, y1)
		case 'l':
			z.LineTo(x1, y1)
		case 'q':
			z.QuadTo(x1, y1, x2, y2)
		case 'c':
			z.CubeTo(x1, y1, x2, y2, x3, y3)
		case 'z':
			z.ClosePath()
		}
	}
	z.ClosePath()
}

// Each hands the path over step by step, for a drawing of another kind: 'm' and 'l' with
// one point, 'q' with two, 'c' with three, 'z' with none.
func (p *Path) Each(do func(kind byte, points [6]float64)) {
	for _, o := range p.ops {
		do(o.kind, o.a)
	}
	if p.open {
		do('z', [6]float64{})
	}
}

// Scaled is the path with all lengths multiplied.
func (p *Path) Scaled(k float64) *Path {
	q := &Path{ops: make([]op, len(p.ops)), open: p.open}
	for i, o := range p.ops {
		for j := range o.a {
			o.a[j] *= k
		}
		q.ops[i] = o
	}
	return q
}
