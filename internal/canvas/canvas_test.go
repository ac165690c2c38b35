package canvas_test

import (
	"bytes"
	"image/color"
	"image/png"
	"math"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"osvitlo/internal/canvas"
	"osvitlo/internal/qrcode"
)

// Whatever is written stays in its box, in lines no wider than it and in order.
func TestSetStaysInTheBox(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.StringMatching(`[а-яїієґА-Я-]{1,40}`), 0, 60).Draw(t, "words"), " ")
		w := rapid.Float64Range(60, 900).Draw(t, "w")
		h := rapid.Float64Range(40, 900).Draw(t, "h")
		st := canvas.Style{Size: rapid.Float64Range(10, 90).Draw(t, "size"), Bold: rapid.Bool().Draw(t, "bold"), Balance: rapid.Bool().Draw(t, "balance"),
			MaxLines: rapid.IntRange(0, 8).Draw(t, "lines")}
		s := canvas.Set(w, h, st, text)
		if strings.TrimSpace(text) != "" && len(s.Lines) == 0 {
			t.Fatal("the text vanished")
		}
		if st.MaxLines > 0 && len(s.Lines) > st.MaxLines {
			t.Fatalf("%d lines of %d", len(s.Lines), st.MaxLines)
		}
		if len(s.Lines) > 1 && s.Height() > h+1e-6 {
			t.Fatalf("%g high in %g", s.Height(), h)
		}
		for i, line := range s.Lines {
			if s.Widths[i] > w+1e-6 && utf8.RuneCountInString(line) > 1 {
				t.Fatalf("%q is %g wide in %g", line, s.Widths[i], w)
			}
		}
		got := strings.ReplaceAll(strings.Join(s.Lines, ""), " ", "")
		whole := strings.ReplaceAll(text, " ", "")
		if s.Cut {
			got = strings.TrimRight(got, "…-")
			if !strings.HasPrefix(whole, got) {
				t.Fatalf("%q is no beginning of %q", got, whole)
			}
		} else if got != whole {
			t.Fatalf("%q became %q", whole, got)
		}
	})
}

func TestSetKnowsBadInput(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]canvas.Setting{
		"no room":    canvas.Set(0, 10, canvas.Style{Size: 10}, "а"),
		"no number":  canvas.Set(math.NaN(), 10, canvas.Style{Size: 10}, "а"),
		"no size":    canvas.Set(10, 10, canvas.Style{}, "а"),
		"only space": canvas.Set(100, 100, canvas.Style{Size: 10}, " \n \t"),
	} {
		if len(s.Lines) != 0 {
			t.Errorf("%s: %q", name, s.Lines)
		}
	}
	if s := canvas.Set(1000, 1e6, canvas.Style{Size: 10}, strings.Repeat("слово ", 2000)); len(strings.Join(s.Lines, "")) > 2*canvas.MaxText+20 {
		t.Error("a text without end")
	}
}

func TestPictureHoldsWhatWasDrawn(t *testing.T) {
	t.Parallel()
	ink := color.RGBA{0x14, 0x28, 0x3c, 0xff}
	draw := func() (*canvas.Canvas, []byte) {
		c := canvas.New(400, 300, color.White)
		c.Rect(canvas.Box{X: 10, Y: 10, W: 50, H: 20}, ink)
		c.Circle(200, 150, 30, ink)
		c.Line(300, 20, 380, 90, 6, ink)
		if used := c.Text(canvas.Box{X: 10, Y: 200, W: 380, H: 90}, canvas.Style{Size: 30, Bold: true, Color: ink, Align: canvas.Center}, "Щоденна їжа Ґанни"); used <= 0 {
			t.Error("nothing was written")
		}
		var out bytes.Buffer
		if err := c.PNG(&out); err != nil {
			t.Fatal(err)
		}
		return c, out.Bytes()
	}
	c, file := draw()
	_, again := draw()
	if !bytes.Equal(file, again) {
		t.Error("two drawings differ")
	}
	for at, want := range map[[2]int]color.Color{{35, 20}: ink, {200, 150}: ink, {340, 55}: ink, {5, 5}: color.White, {160, 150}: color.White} {
		r, g, b, _ := c.Image().At(at[0], at[1]).RGBA()
		wr, wg, wb, _ := want.RGBA()
		if r != wr || g != wg || b != wb {
			t.Errorf("%v is not %v", at, want)
		}
	}
	dark := 0
	for x := 10; x < 390; x++ {
		for y := 200; y < 290; y++ {
			if r, _, _, _ := c.Image().At(x, y).RGBA(); r < 0x4000 {
				dark++
			}
		}
	}
	if dark < 800 {
		t.Errorf("%d dark points of letters", dark)
	}
	img, err := png.Decode(bytes.NewReader(file))
	if err != nil || img.Bounds().Dx() != 400 {
		t.Errorf("no picture: %v", err)
	}
}

func TestQRIsWholePixels(t *testing.T) {
	t.Parallel()
	c := canvas.New(300, 300, color.RGBA{255, 0, 0, 255})
	side, err := c.QR(7.4, 9.6, 200, "https://osvitlo.example/e/abcdef")
	if err != nil || side > 200 || side < 120 {
		t.Fatalf("side %g: %v", side, err)
	}
	code, err := qrcode.Encode("https://osvitlo.example/e/abcdef")
	if err != nil {
		t.Fatal(err)
	}
	step, black := side/float64(code.Whole()), map[[2]int]bool{}
	for _, s := range code.Dark {
		for i := range s.N {
			black[[2]int{s.X + i, s.Y}] = true
		}
	}
	for row := range code.Side {
		for col := range code.Side {
			x, y := 7+int((float64(col)+4.5)*step), 10+int((float64(row)+4.5)*step)
			if r, _, _, _ := c.Image().At(x, y).RGBA(); (r == 0) != black[[2]int{col, row}] {
				t.Fatalf("module %d %d is wrong", row, col)
			}
		}
	}
	for _, bad := range []string{"", strings.Repeat("а", 600)} {
		if _, err := c.QR(0, 0, 200, bad); err == nil {
			t.Error("a code of nothing or too much")
		}
	}
	if _, err := c.QR(0, 0, 10, "text"); err == nil {
		t.Error("a code without pixels")
	}
}

func TestSizesAreBound(t *testing.T) {
	t.Parallel()
	for _, s := range [][2]int{{0, 0}, {-5, 10}, {1 << 40, 1 << 40}, {1 << 20, 1 << 20}} {
		b := canvas.New(s[0], s[1], nil).Image().Bounds()
		if b.Dx() < 1 || b.Dy() < 1 || b.Dx()*b.Dy() > canvas.MaxPixels {
			t.Errorf("%v became %v", s, b)
		}
	}
	c := canvas.New(20, 20, nil)
	c.Circle(math.Inf(1), 4, 3, nil)
	c.Line(math.NaN(), 0, 1e30, 4, 3, nil)
	c.Fill(&canvas.Path{}, nil)
}

// TestLook writes a picture for the eye when OSVITLO_LOOK names a folder.
func TestLook(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("OSVITLO_LOOK")
	if dir == "" {
		return
	}
	c := canvas.New(800, 500, color.RGBA{0xfb, 0xfa, 0xf6, 0xff})
	ink := color.RGBA{0x14, 0x28, 0x3c, 0xff}
	c.Round(canvas.Box{X: 20, Y: 20, W: 760, H: 200}, 24, color.RGBA{0xf7, 0xc9, 0x48, 0xff})
	c.Rect(canvas.Box{X: 40, Y: 40, W: 720, H: 160}, color.White)
	c.Text(canvas.Box{X: 40, Y: 40, W: 720, H: 160}, canvas.Style{Size: 60, Bold: true, Color: ink, Balance: true, Down: canvas.Center}, "Телефон без страху: перші кроки для тих, хто вперше")
	c.Text(canvas.Box{X: 40, Y: 240, W: 500, H: 200}, canvas.Style{Size: 26, Color: ink}, "Щоб сплатити комунальні послуги з телефона, приходьте з паспортом «Дія» — і ми покажемо. Їжак, ґанок, п’ять.")
	if _, err := c.QR(580, 260, 200, "https://example.org/e/abc"); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(dir + "/canvas.png")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := c.PNG(f); err != nil {
		t.Fatal(err)
	}
}
