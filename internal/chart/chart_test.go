package chart

import (
	"encoding/xml"
	"fmt"
	"html/template"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// element is one element of a drawn chart.
type element struct {
	name  string
	attrs map[string]string
	text  string
}

// parse reads a chart as XML and fails on anything that is not well formed.
func parse(t interface{ Fatalf(string, ...any) }, drawn template.HTML) []*element {
	d := xml.NewDecoder(strings.NewReader(string(drawn)))
	var all []*element
	var stack []*element
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("%v in %s", err, drawn)
		}
		switch tok := token.(type) {
		case xml.StartElement:
			e := &element{name: tok.Name.Local, attrs: map[string]string{}}
			for _, a := range tok.Attr {
				e.attrs[a.Name.Local] = a.Value
			}
			all, stack = append(all, e), append(stack, e)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if len(stack) > 0 {
				stack[len(stack)-1].text += string(tok)
			}
		}
	}
	return all
}

func find(all []*element, name, class string) []*element {
	var out []*element
	for _, e := range all {
		if e.name == name && (class == "" || strings.Contains(" "+e.attrs["class"]+" ", " "+class+" ")) {
			out = append(out, e)
		}
	}
	return out
}

func whole(x float64) string { return strconv.FormatFloat(x, 'f', 0, 64) }

func v(at, low, high float64) Value { return Value{At: at, Low: low, High: high} }

var head = Head{ID: "c1", Title: "Назва <&>", Desc: "Опис \"так\""}

func TestBarsStandWhereTheyShould(t *testing.T) {
	t.Parallel()
	drawn := Bars{Head: head, Max: 100, Step: 25, Write: whole, Rows: []Bar{
		{Name: "14–17", Value: v(78, 71, 84)}, {Name: "18–29", Value: Gap("замало")}, {Name: "70+", Value: v(0, 0, 5)}}}.SVG()
	all := parse(t, drawn)
	bars := find(all, "rect", "c-bar")
	if len(bars) != 2 || bars[0].attrs["width"] != "78%" || bars[0].attrs["x"] != "0" || bars[1].attrs["width"] != "0%" {
		t.Errorf("bars: %v", bars)
	}
	whiskers := find(all, "line", "c-whisker")
	if len(whiskers) != 6 || whiskers[0].attrs["x1"] != "71%" || whiskers[0].attrs["x2"] != "84%" || whiskers[0].attrs["y1"] != whiskers[0].attrs["y2"] {
		t.Errorf("whiskers: %+v", whiskers[0].attrs)
	}
	var words []string
	for _, e := range find(all, "text", "") {
		words = append(words, e.text)
	}
	if got := strings.Join(words, " "); got != "0 25 50 75 100 14–17 78 18–29 замало 70+ 0" {
		t.Errorf("words: %s", got)
	}
	for i, x := range []string{"0%", "25%", "50%", "75%", "100%"} {
		if g := find(all, "line", "c-grid")[i]; g.attrs["x1"] != x {
			t.Errorf("mark %d at %s", i, g.attrs["x1"])
		}
	}
}

func TestPointsHaveTheirAreaAndTheDashedLine(t *testing.T) {
	t.Parallel()
	drawn := Points{Head: head, Min: 30, Max: 60, Step: 10, Whole: v(45, 44, 46), WholeName: "місто 45", Write: whole,
		Rows: []Point{{Area: 1, Value: v(60, 57, 63)}, {Area: 4, Value: Gap("замало")}, {Area: 5, Value: v(33, math.NaN(), math.NaN())}}}.SVG()
	all := parse(t, drawn)
	dots := find(all, "circle", "c-adot")
	if len(dots) != 2 || dots[0].attrs["cx"] != "100%" || dots[1].attrs["cx"] != "10%" {
		t.Errorf("dots: %v", dots)
	}
	if l := find(all, "line", "c-area"); len(l) != 3 || l[0].attrs["x1"] != "90%" || l[0].attrs["x2"] != "100%" {
		t.Errorf("an interval past the axis ends at it: %+v", l[0].attrs)
	}
	if d := find(all, "line", "c-dash"); len(d) != 1 || d[0].attrs["x1"] != "50%" {
		t.Error("no dashed line of the whole")
	}
	for _, class := range []string{"os-a1", "os-a4", "os-a5"} {
		if len(find(all, "g", class)) != 1 {
			t.Errorf("no %s", class)
		}
	}
}

func TestSeriesBreaksWhereTheMeasureChanged(t *testing.T) {
	t.Parallel()
	drawn := Series{Head: head, Max: 75, Step: 25, Write: whole, Points: []Moment{
		{Name: "осінь", Under: "2024", Value: v(44, 40, 48)}, {Name: "весна", Under: "2025", Value: v(46, 43, 49)},
		{Name: "осінь", Under: "2025", Value: v(51, 48, 54), Break: true}, {Name: "весна", Under: "2026", Value: Gap("немає")},
		{Name: "осінь", Under: "2026", Value: v(75, 70, 75)}}}.SVG()
	all := parse(t, drawn)
	// One joined pair only: 44–46. 46–51 is broken, 51–gap–75 has no middle.
	if l := find(all, "line", "c-line"); len(l) != 1 || l[0].attrs["x1"] != "10%" || l[0].attrs["x2"] != "30%" {
		t.Errorf("lines: %d", len(l))
	}
	if len(find(all, "path", "c-break")) != 1 || len(find(all, "g", "c-old")) != 2 {
		t.Error("no break, or what stands before it is not grey")
	}
	dots := find(all, "circle", "c-dot")
	if len(dots) != 4 || dots[3].attrs["cx"] != "90%" || dots[3].attrs["cy"] != em(seriesTop) {
		t.Errorf("dots: %d, the last at %+v", len(dots), dots[len(dots)-1].attrs)
	}
	if dots[0].attrs["cy"] != em(seriesTop+(1-44.0/75)*seriesHeight) {
		t.Errorf("44 stands at %s", dots[0].attrs["cy"])
	}
}

func TestHundredIsAlwaysAHundred(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var parts []Part
		want := map[string]int{}
		left := 100
		for i, kind := range []Kind{Yes, Maybe, No, Off} {
			n := rapid.IntRange(-3, 60).Draw(t, fmt.Sprint(i))
			parts = append(parts, Part{Kind: kind, Count: n, Name: string(kind)})
			put := max(0, min(n, left))
			want[kind.class()] += put
			left -= put
		}
		want["h-no"] += left
		all := parse(t, Hundred{Head: head, Parts: parts}.SVG())
		dots := 0
		for _, e := range find(all, "circle", "") {
			if e.attrs["r"] == "7.4" {
				dots++
			}
		}
		if dots != 100 {
			t.Fatalf("%d dots", dots)
		}
	})
	all := parse(t, Hundred{Head: head, Parts: []Part{{Yes, 54, "так"}, {Maybe, 4, "можливо"}, {No, 31, "ні"}, {Off, 11, "без інтернету"}}}.SVG())
	groups := find(all, "g", "")
	if len(groups) != 4 || groups[1].attrs["class"] != "h-maybe" {
		t.Errorf("%d groups", len(groups))
	}
	if len(find(all, "li", "")) != 4 {
		t.Error("no legend")
	}
}

func TestSmallAndGlyph(t *testing.T) {
	t.Parallel()
	all := parse(t, Small{Head: head, Max: 100, Write: whole, Points: []Value{v(10, 5, 15), Gap(""), v(50, 45, 55)}}.SVG())
	if len(find(all, "line", "c-line")) != 0 || len(find(all, "circle", "c-dot")) != 1 || find(all, "text", "")[0].text != "50" {
		t.Error("a gap is joined, or the last value is missing")
	}
	places := map[State]string{Start: "25", Same: "44", Stronger: "63"}
	for state, x := range places {
		all := parse(t, AreaGlyph(3, state))
		if c := find(all, "circle", ""); len(c) != 1 || c[0].attrs["cx"] != x || !strings.Contains(all[0].attrs["class"], "os-a3") {
			t.Errorf("state %d: %v", state, c)
		}
	}
	if all := parse(t, AreaGlyph(3, Unknown)); len(find(all, "circle", "")) != 0 || len(find(all, "rect", "c-unknown")) != 1 {
		t.Error("the unknown has a place")
	}
}

// Any input gives a well-formed chart with a title and a description, nothing inline,
// all places on the paper, and the same bytes twice.
func TestEveryChartIsSound(t *testing.T) {
	t.Parallel()
	value := rapid.Custom(func(t *rapid.T) Value {
		any := rapid.OneOf(rapid.Float64Range(-50, 150), rapid.Just(math.NaN()), rapid.Just(math.Inf(1)), rapid.Just(math.MaxFloat64))
		return Value{any.Draw(t, "at"), any.Draw(t, "low"), any.Draw(t, "high"), rapid.String().Draw(t, "why")}
	})
	rapid.Check(t, func(t *rapid.T) {
		h := Head{ID: "c", Title: rapid.StringMatching(`[а-яґєії<>&"' ]{0,20}`).Draw(t, "title"), Desc: "опис"}
		max := rapid.SampledFrom([]float64{100, 75, 0, -1, math.NaN(), math.Inf(1)}).Draw(t, "max")
		values := rapid.SliceOfN(value, 0, 8).Draw(t, "values")
		bars, points, series := Bars{Head: h, Max: max, Step: 25, Stacked: len(values)%2 == 0}, Points{Head: h, Min: 10, Max: max, Step: 0}, Series{Head: h, Max: max, Step: 25}
		for i, val := range values {
			val.Missing = strings.Map(func(r rune) rune {
				if r < ' ' || r == 0xFFFE || r == 0xFFFF {
					return -1
				}
				return r
			}, val.Missing)
			bars.Rows = append(bars.Rows, Bar{Name: h.Title, Value: val, Level: i})
			points.Rows = append(points.Rows, Point{Area: i%6 + 1, Value: val})
			series.Points = append(series.Points, Moment{Name: h.Title, Value: val, Break: i%3 == 2})
		}
		for name, draw := range map[string]func() template.HTML{"bars": bars.SVG, "points": points.SVG, "series": series.SVG, "small": Small{Head: h, Max: max, Points: values}.SVG} {
			one := draw()
			if one != draw() {
				t.Fatalf("%s: not the same bytes twice", name)
			}
			all := parse(t, one)
			svg := find(all, "svg", "os-svg")[0]
			if svg.attrs["role"] != "img" || svg.attrs["aria-labelledby"] != "c-t c-d" || find(all, "title", "")[0].text != h.Title || len(find(all, "desc", "")) != 1 {
				t.Fatalf("%s: no name: %v", name, svg.attrs)
			}
			for _, e := range all {
				if _, has := e.attrs["style"]; has {
					t.Fatalf("%s: an inline style", name)
				}
				for _, a := range []string{"x", "x1", "x2", "cx", "width"} {
					if p, ok := strings.CutSuffix(e.attrs[a], "%"); ok {
						if x, err := strconv.ParseFloat(p, 64); err != nil || x < 0 || x > 100 {
							t.Fatalf("%s: %s=%s", name, a, e.attrs[a])
						}
					}
				}
			}
			if strings.Contains(string(one), "NaN") && !strings.Contains(h.Title, "NaN") {
				t.Fatalf("%s: NaN in %s", name, one)
			}
		}
	})
}
