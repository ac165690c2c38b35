package qrcode

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// finder is the mark in three corners of every code: a dark ring, a light ring, a dark heart.
func finder(x, y int) bool {
	d := max(max(x-3, 3-x), max(y-3, 3-y))
	return d != 2
}

func TestACodeIsMadeAsTheStandardWants(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune("https://osvitlo.example/Щабв-0123456789")), 1, 300, longest).Draw(t, "text")
		c, err := Encode(text)
		if err != nil {
			t.Fatal(err)
		}
		if v := c.Side - 17; v < 4 || v%4 != 0 || v > 160 {
			t.Fatalf("a side of %d modules", c.Side)
		}
		dots := make([][]bool, c.Side)
		for y := range dots {
			dots[y] = make([]bool, c.Side)
		}
		last := Stretch{Y: -1}
		for _, s := range c.Dark {
			if s.N < 1 || s.X < 0 || s.X+s.N > c.Side || s.Y < last.Y || s.Y == last.Y && s.X <= last.X+last.N {
				t.Fatalf("%+v follows %+v", s, last)
			}
			for x := s.X; x < s.X+s.N; x++ {
				dots[s.Y][x] = true
			}
			last = s
		}
		for _, corner := range [][2]int{{0, 0}, {c.Side - 7, 0}, {0, c.Side - 7}} {
			for y := range 7 {
				for x := range 7 {
					if dots[corner[1]+y][corner[0]+x] != finder(x, y) {
						t.Fatalf("the mark at %v is broken at %d, %d", corner, x, y)
					}
				}
			}
		}
		for i := 8; i < c.Side-8; i++ { // the lines that count modules
			if dots[6][i] != (i%2 == 0) || dots[i][6] != (i%2 == 0) {
				t.Fatalf("the line of timing is broken at %d", i)
			}
		}
	})
}

func TestNoCodeOfNothingOrTooMuch(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", strings.Repeat("а", longest)} {
		if c, err := Encode(text); err == nil {
			t.Errorf("%d bytes gave a code of %d modules", len(text), c.Side)
		}
	}
}
