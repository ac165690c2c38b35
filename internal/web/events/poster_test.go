package events

import (
	"bytes"
	"image/png"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/ledongthuc/pdf"
)

// A title of 300 letters is printed whole, and every format is drawn.
func TestPostersHoldLongTitles(t *testing.T) {
	t.Parallel()
	title := strings.TrimSpace(strings.Repeat("Довга назва заняття для людей ", 10))
	if n := utf8.RuneCountInString(title); n < 295 {
		t.Fatalf("%d letters", n)
	}
	w := words{City: "Кропивницький", Kicker: "Заняття", Title: title, Day: "24", Month: "листопада", Weekday: "вівторок", Hours: "11:00–12:30",
		Place: "Бібліотека", Address: "вул. Вигадана, 1", Scan: "Запишіться", Or: "або", Phone: "(0522) 00-00-00", Link: "https://osvitlo.example/events/x/20261124"}
	for i := range formats {
		x := &formats[i]
		if !x.pdf {
			body, err := posterPNG(x, w)
			if err != nil {
				t.Fatal(err)
			}
			img, err := png.DecodeConfig(bytes.NewReader(body))
			if err != nil || img.Width != int(x.w) || img.Height != int(x.h) {
				t.Errorf("%s: %v %v", x.name, img, err)
			}
			continue
		}
		body, err := posterPDF(x, w)
		if err != nil {
			t.Fatal(err)
		}
		r, err := pdf.NewReader(bytes.NewReader(body), int64(len(body)))
		if err != nil {
			t.Fatal(err)
		}
		text, err := r.Page(1).GetPlainText(nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{title, w.Month + ", " + w.Weekday, w.Place} {
			if !strings.Contains(flat(text), flat(want)) {
				t.Errorf("%s lacks %q: %q", x.name, want, text)
			}
		}
	}
}

// flat is a text without spaces as the reader of PDFs gives it: of each letter its low
// byte.
func flat(text string) string {
	low := strings.Map(func(r rune) rune { return r & 0xff }, text)
	return strings.Join(strings.Fields(low), "")
}
