package page

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Colours are the city's own, each "#rrggbb" or empty for ours.
type Colours struct {
	Main     string // links and buttons on light paper
	MainDark string // the same on dark paper
}

// Grounds on which Main must be read: paper, card and tint of each look, and the
// letters that stand on a button of that colour.
var (
	lightGrounds = []string{"#FBFAF6", "#FFFFFF", "#E7F0F9"}
	darkGrounds  = []string{"#0F1B29", "#182838", "#1D3752"}
)

const least = 4.5 // WCAG 2.2 AA, text of the usual size

// CityStyle makes the style sheet of the city's colours. It refuses a colour whose
// contrast with any ground it stands on is under 4.5 : 1, naming the pair and the figure.
// The result is meant to be served as its own file: pages hold no inline styles.
func CityStyle(c Colours) (string, error) {
	var b strings.Builder
	if c.Main != "" {
		if err := readable("main", c.Main, append(lightGrounds, "#FFFFFF")); err != nil {
			return "", err
		}
		fmt.Fprintf(&b, ":root{--main:%s;--press:%s;--deep:%s}\n", c.Main, shade(c.Main, .72), shade(c.Main, .58))
	}
	if c.MainDark != "" {
		if err := readable("main in the dark", c.MainDark, append(darkGrounds, "#0B1826")); err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "@media screen and (prefers-color-scheme:dark){:root{--main:%s;--press:%s;--deep:%s}}\n",
			c.MainDark, c.MainDark, shade(c.MainDark, .7))
	}
	return b.String(), nil
}

func readable(name, colour string, grounds []string) error {
	for _, ground := range grounds {
		ratio, err := Contrast(colour, ground)
		if err != nil {
			return fmt.Errorf("colour %s: %w", name, err)
		}
		if ratio < least {
			return fmt.Errorf("colour %s: %s on %s has contrast %.2f : 1, at least %.1f : 1 is needed", name, colour, ground, ratio, least)
		}
	}
	return nil
}

// Contrast is the ratio of WCAG 2.2 between two "#rrggbb" colours, 1 to 21.
func Contrast(a, b string) (float64, error) {
	la, err := luminance(a)
	if err != nil {
		return 0, err
	}
	lb, err := luminance(b)
	if err != nil {
		return 0, err
	}
	return (math.Max(la, lb) + .05) / (math.Min(la, lb) + .05), nil
}

func channels(colour string) ([3]uint8, error) {
	var c [3]uint8
	if len(colour) != 7 || colour[0] != '#' {
		return c, fmt.Errorf("%q is not written #rrggbb", colour)
	}
	for i := range c {
		v, err := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
		if err != nil {
			return c, fmt.Errorf("%q is not written #rrggbb", colour)
		}
		c[i] = uint8(v)
	}
	return c, nil
}

func luminance(colour string) (float64, error) {
	c, err := channels(colour)
	if err != nil {
		return 0, err
	}
	var l [3]float64
	for i, v := range c {
		s := float64(v) / 255
		if s <= .04045 {
			l[i] = s / 12.92
		} else {
			l[i] = math.Pow((s+.055)/1.055, 2.4)
		}
	}
	return .2126*l[0] + .7152*l[1] + .0722*l[2], nil
}

// shade multiplies the channels by k; the colour has been checked already.
func shade(colour string, k float64) string {
	c, err := channels(colour)
	if err != nil {
		return colour
	}
	return fmt.Sprintf("#%02x%02x%02x", int(float64(c[0])*k), int(float64(c[1])*k), int(float64(c[2])*k))
}
