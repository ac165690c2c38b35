package page

import (
	"fmt"
	"html/template"
	"sort"
)

// Pictures are drawn for this program in one manner: a 24 px field, 1.75 px lines in
// the colour of the text, at most one spot of light (class os-i-a). They stand inside
// the page so that no request is spent on them; each is hidden from screen readers
// because words always stand beside it.

// Icon returns an inline picture by name; an unknown name is an error.
func Icon(name string) (template.HTML, error) {
	svg, ok := pictures[name]
	if !ok {
		return "", fmt.Errorf("no picture %q", name)
	}
	return svg, nil
}

// IconNames lists the pictures, sorted; for the style sheet and tests.
func IconNames() []string {
	names := make([]string, 0, len(pictures))
	for name := range pictures {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// pictures are whole <svg> elements by name.
var pictures = drawAll()

func drawAll() map[string]template.HTML {
	m := map[string]template.HTML{"logo": logo, "landing": landing}
	for name, inner := range strokes {
		m[name] = template.HTML(`<svg class="os-i" width="24" height="24" viewBox="0 0 24 24" aria-hidden="true" focusable="false">` + inner + `</svg>`)
	}
	return m
}

var strokes = map[string]string{
	"phone":    `<path d="M8.4 4.2 6.6 3.4a1.6 1.6 0 0 0-1.9.4L3.4 5.5C2.6 6.5 3 9 4.8 12.2c2 3.4 4.3 5.7 7.5 7.3 2.9 1.4 5 1.5 5.9.8l1.7-1.3a1.6 1.6 0 0 0 .4-2l-1-1.7a1.6 1.6 0 0 0-1.9-.7l-2 .8a1.5 1.5 0 0 1-1.5-.2 17 17 0 0 1-4.2-4.6 1.5 1.5 0 0 1 0-1.5l1-1.8a1.6 1.6 0 0 0-.5-2z"/><path d="M14 6.5a5 5 0 0 1 3.7 3.7M14.5 2.8a8.6 8.6 0 0 1 6.9 6.9"/>`,
	"back":     `<path d="M20.5 12h-17M10 5.5 3.5 12l6.5 6.5"/>`,
	"next":     `<path d="M3.5 12h17M14 5.5l6.5 6.5-6.5 6.5"/>`,
	"alarm":    `<path d="M3.5 20h17M6 20v-5.5a6 6 0 0 1 12 0V20M12 5V2.5M5.2 7.2 3.5 5.5M18.8 7.2l1.7-1.7M9.5 14.5A2.5 2.5 0 0 1 12 12"/>`,
	"share":    `<path d="M12 15V3.5M7.8 7.2 12 3l4.2 4.2M5 12v7.5h14V12"/>`,
	"sound":    `<path d="M3 9.5v5h3.5l4.5 4v-13l-4.5 4zM14.5 9a4.2 4.2 0 0 1 0 6M17.5 6.5a8 8 0 0 1 0 11"/>`,
	"book":     `<path d="M12 6.5C9.5 4.8 6.5 4.2 3 4.5v14c3.5-.3 6.5.3 9 2 2.5-1.7 5.5-2.3 9-2v-14c-3.5-.3-6.5.3-9 2zM12 6.5v14"/><path class="os-i-a" d="M15.5 5v6l1.7-1.3L19 11V4.5z"/><path d="M6 9c1.2 0 2.2.2 3.2.6M6 13c1.2 0 2.2.2 3.2.6"/>`,
	"document": `<path d="M6 3h8.5L18.5 7v14H6z"/><path d="M14.5 3v4h4"/><path d="M9 11.5h6.5M9 15h6.5"/><circle class="os-i-a" cx="10" cy="18.2" r="1.2"/>`,
	"pin":      `<path d="M12 21.5c-4.7-5-7-8.6-7-11.8a7 7 0 0 1 14 0c0 3.2-2.3 6.8-7 11.8z"/><circle class="os-i-a" cx="12" cy="9.7" r="2.6"/>`,
	"bank":     `<path class="os-i-a" d="M12 3 3 8h18z"/><path d="M3 8h18M5.5 8v10M10 8v10M14 8v10M18.5 8v10M3 21h18M4 18h16"/>`,
	"bulb":     `<path class="os-i-a" d="M9 17c0-2.5-3-3.8-3-7.7a6 6 0 0 1 12 0c0 3.9-3 5.2-3 7.7z"/><path d="M9.5 20h5M10.5 22.5h3"/>`,
	"clock":    `<circle cx="12" cy="12" r="9"/><path class="os-i-a" d="M12 3v9h9a9 9 0 0 0-9-9z"/>`,
	"shield":   `<path d="M12 2.5 4 5.5v6c0 5 3.3 8.3 8 10 4.7-1.7 8-5 8-10v-6zM9.2 9.2l5.6 5.6M14.8 9.2l-5.6 5.6"/>`,
	"lock":     `<rect class="os-i-a" x="4.5" y="10.5" width="15" height="10.5" rx="2"/><path d="M8 10.5V7a4 4 0 0 1 8 0v3.5M12 14.5v2.5"/>`,
	"check":    `<path d="M5 12.5 10 17.5 19.5 7"/>`,
	"print":    `<path d="M7 8.5V3h10v5.5M7 17H3.5V8.5h17V17H17M7 14h10v7H7z"/>`,
	"download": `<path d="M12 3.5V15M7.5 11l4.5 4.5L16.5 11M4 20.5h16"/>`,
	"file":     `<path d="M6 2.5h8.5l4 4v15H6zM14 2.5V7h4.5M9 12h6.5M9 16h6.5"/>`,
	"search":   `<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5.5 5.5"/>`,
	"info":     `<circle cx="12" cy="12" r="9"/><path d="M12 11v6M12 7v.5"/>`,
	"warn":     `<path d="M12 3.5 2.5 20h19zM12 10v4.5M12 17v.5"/>`,
	"offline":  `<path d="M3 3l18 18M2.5 9.5A14 14 0 0 1 7 6.7M11 5.6a14 14 0 0 1 10.5 3.9M5.8 13a9 9 0 0 1 4-2.3M15 11.2a9 9 0 0 1 3.2 1.8M9 16.3a4.5 4.5 0 0 1 5.5-.3"/><circle class="os-i-a" cx="12" cy="19.5" r="1.3"/>`,
	"erase":    `<path d="M4 6.5h16M9 6.5V3.5h6v3M6 6.5l1 14.5h10l1-14.5M10 10.5v6.5M14 10.5v6.5"/>`,
	"calendar": `<path d="M3.5 5.5h17V21h-17zM8 2.5v5M16 2.5v5M3.5 10h17"/><rect class="os-i-a" x="13.5" y="13" width="4" height="4"/>`,
	"people":   `<circle cx="9" cy="8" r="3.5"/><path d="M2.5 20c0-4 2.6-6.5 6.5-6.5s6.5 2.5 6.5 6.5M15.5 4.8a3.5 3.5 0 0 1 0 6.4M18 14.2c2.2.9 3.5 2.9 3.5 5.8"/>`,
	"mail":     `<rect x="3" y="5.5" width="18" height="13" rx="2"/><path class="os-i-a" d="m3.5 7 8.5 6.5L20.5 7z"/>`,
	"card":     `<rect x="2.5" y="5" width="19" height="14" rx="2.5"/><path class="os-i-a" d="M6 9h5v5H6z"/><path d="M14 9.5h4.5M14 13h4.5M6 16.5h12"/>`,
	"key":      `<circle class="os-i-a" cx="8" cy="8.5" r="4.8"/><path d="m11.5 12 8.5 8M15.5 19l2.7-2.7M18 21.5l2.3-2.3"/>`,
	"person":   `<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5c0-4.4 3-7 7.5-7s7.5 2.6 7.5 7"/>`,
	"chart":    `<path d="M3.5 20.5h17M6 20.5v-6M11 20.5V10M16 20.5V5"/><circle class="os-i-a" cx="16" cy="5" r="2"/>`,
	"edit":     `<path d="m4 20 1-4.5L16.5 4 20 7.5 8.5 19z M14 6.5 17.5 10"/>`,
}

// logo is the word «Освітло» with a lamp over its last letter. The letters are outlines
// (drawn after Inter, SIL Open Font License), so it looks the same on every device.
const logo template.HTML = `<svg class="os-logo" width="106" height="34" viewBox="0 3 132 42" aria-hidden="true" focusable="false"><path class="os-logo__w" d="M23.4 28.4C23.4 20.8 18.7 16.4 12.5 16.4C6.3 16.4 1.6 20.8 1.6 28.4C1.6 35.9 6.3 40.3 12.5 40.3C18.7 40.3 23.4 36.0 23.4 28.4ZM18.4 28.4C18.4 33.3 16.1 36.0 12.5 36.0C8.9 36.0 6.6 33.3 6.6 28.4C6.6 23.4 8.9 20.8 12.5 20.8C16.1 20.8 18.4 23.4 18.4 28.4ZM34.5 40.3C39.1 40.3 42.1 37.6 42.3 33.6L37.7 33.6C37.4 35.5 36.2 36.5 34.5 36.5C32.3 36.5 30.8 34.6 30.8 31.3C30.8 28.0 32.3 26.1 34.5 26.1C36.3 26.1 37.5 27.3 37.7 29L42.3 29C42.1 25.0 39.0 22.3 34.5 22.3C29.2 22.3 25.9 26.0 25.9 31.3C25.9 36.6 29.1 40.3 34.5 40.3ZM45.0 40L53.6 40C58.0 40 60.4 38.2 60.4 35.2C60.4 32.9 58.6 31.1 55.5 30.9C58.0 30.5 59.5 29.1 59.5 27.3C59.5 24.2 56.8 22.5 52.5 22.5L45.0 22.5ZM49.6 36.4L49.6 32.6L53.6 32.6C55.0 32.6 55.8 33.3 55.8 34.6C55.8 35.7 55.0 36.4 53.6 36.4ZM49.6 29.7L49.6 26.3L52.5 26.3C54.0 26.3 54.9 26.9 54.9 28.0C54.9 29.1 54.0 29.7 52.6 29.7ZM63.1 40L68.0 40L68.0 22.5L63.1 22.5ZM65.6 20.3C67.0 20.3 68.2 19.2 68.2 17.8C68.2 16.5 67.0 15.4 65.6 15.4C64.1 15.4 63.0 16.5 63.0 17.8C63.0 19.2 64.1 20.3 65.6 20.3ZM70.6 26.4L76.2 26.4L76.2 40L80.8 40L80.8 26.4L86.4 26.4L86.4 22.5L70.6 22.5ZM88.0 40L89.4 40C93.1 40 95.1 37.5 95.4 31.7L95.7 26.4L100.0 26.4L100.0 40L104.6 40L104.6 22.5L91.3 22.5L91.0 30.3C90.9 34.7 90.2 36.2 88.5 36.2L88.0 36.2ZM115.9 40.3C121.2 40.3 124.5 36.7 124.5 31.3C124.5 25.9 121.2 22.3 115.9 22.3C110.6 22.3 107.3 25.9 107.3 31.3C107.3 36.7 110.6 40.3 115.9 40.3ZM115.9 36.6C113.5 36.6 112.2 34.4 112.2 31.3C112.2 28.3 113.5 26.0 115.9 26.0C118.3 26.0 119.6 28.3 119.6 31.3C119.6 34.4 118.3 36.6 115.9 36.6Z"/><path class="os-logo__l" d="M109.7 19.7a6.2 6.2 0 0 1 12.4 0z"/><path class="os-logo__r" d="M105.6 18.3h-3.3M108.1 11.4l-2.3-2.3M115.9 8.8V5.5M123.7 11.4l2.3-2.3M126.2 18.3h3.3"/></svg>`

// landing is the picture of the first page: a reading lamp over a book and a telephone.
const landing template.HTML = `<svg class="os-pic" viewBox="0 0 328 132" width="328" height="132" aria-hidden="true" focusable="false"><path class="os-pic__beam" d="M116 57h40l59 61H62z"/><g class="os-pic__s"><path class="os-pic__c" d="M20 82h12v36H20zM32 74h11v44H32z"/><path d="M26 90v8M37.5 82v8"/></g><g class="os-pic__b"><path class="os-pic__c" d="M72 101c12-3 24-1 32 5v12c-8-4-20-5-32-2zM136 101c-12-3-24-1-32 5v12c8-4 20-5 32-2z"/><rect class="os-pic__c" x="158" y="86" width="19" height="32" rx="4"/></g><g class="os-pic__s"><path d="M79 106c7-1 13 0 18 2.5M129 106c-7-1-13 0-18 2.5M163.5 102.5l3.2 3.2 6-7"/></g><path class="os-pic__b" d="M136 26V16a11 11 0 0 1 11-11h61a11 11 0 0 1 11 11v102"/><path class="os-pic__b os-pic__a" d="M119 26h34l9 27h-52z"/><path class="os-pic__s os-pic__c" d="M128 53a8 8 0 0 0 16 0z"/><g class="os-pic__s"><path class="os-pic__g" d="M273 91c-11-2-15-9-15-18 10 2 15 8 15 18zM273 91c-1-13 4-21 15-24 1 12-4 21-15 24z"/></g><g class="os-pic__b"><path class="os-pic__c" d="M263 91h20v7h-20zM259 98h28v20h-28z"/><path d="M4 118h320"/></g></svg>`
