package canvas

import (
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"osvitlo/internal/web/typeface"
)

// em is the size at which letters are measured: everything else scales from it.
const em = 1000

// Metrics of Noto Sans in parts of the size.
const (
	capHeight = 0.714
	descent   = 0.21 // of the letters we draw; the font's own is larger
)

// letters is one weight of the face. The buffer of sfnt serves one caller at a time.
type letters struct {
	mu   sync.Mutex
	font *sfnt.Font
	buf  sfnt.Buffer
	wide map[rune]float64 // advance in parts of the size
}

var faces = sync.OnceValues(func() (both [2]*letters, err error) {
	for i, file := range [][]byte{typeface.Regular, typeface.Bold} {
		f, err := sfnt.Parse(file)
		if err != nil {
			return both, err
		}
		both[i] = &letters{font: f, wide: make(map[rune]float64, 256)}
	}
	return both, nil
})

// face returns the letters of a weight; nil when the embedded file is broken, and then
// nothing is written.
func face(bold bool) *letters {
	both, err := faces()
	if err != nil {
		return nil
	}
	if bold {
		return both[1]
	}
	return both[0]
}

// advance is the width of a letter in parts of the size. The text went through
// typeface.Fit, so the map stays within the letters of the face.
func (l *letters) advance(r rune) float64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if w, ok := l.wide[r]; ok {
		return w
	}
	w := 0.0
	if i, err := l.font.GlyphIndex(&l.buf, r); err == nil {
		if a, err := l.font.GlyphAdvance(&l.buf, i, fixed.I(em), font.HintingNone); err == nil {
			w = float64(a) / 64 / em
		}
	}
	l.wide[r] = w
	return w
}

func (l *letters) width(s string, size float64) (w float64) {
	for _, r := range s {
		w += l.advance(r)
	}
	return w * size
}

// outline appends the shape of a letter with its origin on the baseline at x, y.
func (l *letters) outline(p *Path, r rune, x, y, size float64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i, err := l.font.GlyphIndex(&l.buf, r)
	if err != nil {
		return
	}
	segments, err := l.font.LoadGlyph(&l.buf, i, fixed.I(em), nil)
	if err != nil {
		return
	}
	at := func(q fixed.Point26_6) (float64, float64) {
		return x + float64(q.X)/64/em*size, y + float64(q.Y)/64/em*size
	}
	for _, s := range segments {
		x1, y1 := at(s.Args[0])
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			p.Close()
			p.MoveTo(x1, y1)
		case sfnt.SegmentOpLineTo:
			p.LineTo(x1, y1)
		case sfnt.SegmentOpQuadTo:
			x2, y2 := at(s.Args[1])
			p.QuadTo(x1, y1, x2, y2)
		case sfnt.SegmentOpCubeTo:
			x2, y2 := at(s.Args[1])
			x3, y3 := at(s.Args[2])
			p.CubeTo(x1, y1, x2, y2, x3, y3)
		}
	}
	p.Close()
}
