package page

import (
	"fmt"
	"html/template"
)

// CardPicture is a picture of a library card by its id (person.PictureIDs): plain things
// that everybody names alike, told apart by their outline and not by colour. It stands
// beside its word: readers of the screen hear the word only.
func CardPicture(id string) (template.HTML, error) {
	inner, ok := cardPictures[id]
	if !ok {
		return "", fmt.Errorf("no picture %q for a card", id)
	}
	return template.HTML(`<svg class="os-cardpic" width="52" height="52" viewBox="0 0 32 32" aria-hidden="true" focusable="false">` + inner + `</svg>`), nil
}

var cardPictures = map[string]string{
	"sun":      `<circle class="os-i-a" cx="16" cy="16" r="6"/><path d="M16 3v4M16 25v4M3 16h4M25 16h4M6.8 6.8l2.8 2.8M22.4 22.4l2.8 2.8M6.8 25.2l2.8-2.8M22.4 9.6l2.8-2.8"/>`,
	"moon":     `<path class="os-i-a" d="M20 4a12.5 12.5 0 1 0 8 18A10.5 10.5 0 0 1 20 4z"/>`,
	"star":     `<path class="os-i-a" d="m16 3 3.9 8.6 9.1 1-6.8 6.3 1.9 9.3L16 23.5l-8.1 4.7 1.9-9.3L3 12.6l9.1-1z"/>`,
	"tree":     `<path d="M16 29V17M16 22l4.5-4"/><path class="os-i-a" d="M16 3c-5 0-9 3.6-9 8.5S11 20 16 20s9-3.6 9-8.5S21 3 16 3z"/><path d="M16 29V14M11 29h10"/>`,
	"flower":   `<path d="M16 16v13M16 25c-4 0-6-2-6.5-5 3.5 0 6 1.5 6.5 5zM16 27c3.5 0 5.5-1.8 6-4.5-3 0-5.5 1.3-6 4.500z"/><circle cx="16" cy="5.5" r="3"/><circle cx="20.5" cy="8.8" r="3"/><circle cx="18.8" cy="14" r="3"/><circle cx="13.2" cy="14" r="3"/><circle cx="11.5" cy="8.8" r="3"/><circle class="os-i-a" cx="16" cy="10.3" r="2.8"/>`,
	"apple":    `<path d="M16 10c-2-2-5-2.5-7.5-.5C5 12.5 5.5 19 8 24c1.8 3.6 4.5 5 8 3.5 3.5 1.5 6.2.1 8-3.5 2.5-5 3-11.5-.5-14.500C21 7.5 18 8 16 10zM16 10c0-2.5.5-4.5 2-6.5"/><path class="os-i-a" d="M18 7c1-2.5 3-3.8 6-3.800C23.5 6 21.5 7.5 18 7z"/>`,
	"bread":    `<path d="M5 15c-2-1.5-2-6 2-7.5 5-1.8 13-1.8 18 0 4 1.5 4 6 2 7.500v10H5z"/><path class="os-i-a" d="M10 11.500l2 3.500M15.5 11l2 3.500M21 11l2 3.5"/>`,
	"fish":     `<path d="M3 16c4-6.5 14-8.5 20-1l6-5v12l-6-5c-6 7.5-16 5.5-20-1z"/><circle class="os-i-a" cx="9" cy="14.5" r="1.3"/><path d="M14 11.500c1.5 2.8 1.5 6.2 0 9"/>`,
	"bird":     `<path d="M4 12l4.5-1.500C9.5 6.5 13.5 5 16.5 7c2.5 1.7 3 4 3.5 6l9 4.5-8 1c-1.5 4-6 5.5-9.5 4C8 21 7 17 8.5 12.800z"/><path class="os-i-a" d="M13 15c3-.5 5.5.5 7.5 3-3 1.5-6.5 1-7.5-3z"/><circle cx="13" cy="10" r=".6"/><path d="M13 23v5M17 22.500V28"/>`,
	"cat":      `<path d="M6 28c-1.5-6 0-10 3-12.500L8 6.500l4.5 3c2-.7 5-.7 7 0l4.5-3-1 9c3 2.5 4.5 6.5 3 12.500z"/><path d="M12.5 14.500v1M19.5 14.500v1M16 18v1.500M16 19.500c-1 1.5-2.5 1.5-3.5.8M16 19.500c1 1.5 2.5 1.5 3.5.8M8 17l-5-1M8 19.500l-5 1M24 17l5-1M24 19.500l5 1"/><path class="os-i-a" d="M14.8 17.200h2.400L16 18.600z"/>`,
	"dog":      `<path d="M9 8c3-3 11-3 14 0 2 4 2 9 1 12-1 4-4 6.5-8 6.500S9 24 8 20c-1-3-1-8 1-12z"/><path class="os-i-a" d="M9 8C5.5 6.5 3 8.5 3 12.5 3 16 5 18 8 17zM23 8c3.5-1.5 6 .5 6 4.5 0 3.5-2 5.5-5 4.500z"/><path d="M12.5 13v1.200M19.5 13v1.200M13.8 18.500h4.400L16 20.700zM16 20.700V23c-1.5 1-3 .7-3.8-.3M16 23c1.5 1 3 .7 3.8-.3"/>`,
	"horse":    `<path d="M8 29c0-6 1-9 3-12-2 1.5-4 2.5-6.5 2.500L3 16l7.5-8.500L12 4l3 3c6 1.5 10.5 8 11 22z"/><path class="os-i-a" d="M15 7c7 1.8 11.5 9 11.5 18-2-5-4.5-8-8-10 .5-3-.8-5.8-3.5-8z"/><circle cx="11.5" cy="11" r=".7"/>`,
	"house":    `<path class="os-i-a" d="M3 15.5 16 4l13 11.500z"/><path d="M6.5 15.500V28h19V15.500M13 28v-7.500h6V28M23 10V5h-3v2.5"/>`,
	"key":      `<circle class="os-i-a" cx="9.5" cy="11" r="6"/><circle cx="9.5" cy="11" r="2"/><path d="M14 15l13 12.500M22 22.800l3-3M25.5 26l2.5-2.5"/>`,
	"lamp":     `<path class="os-i-a" d="M11 4h10l5 12H6z"/><path d="M16 16v10M10 28.500c0-2 2.5-2.5 6-2.500s6 .5 6 2.500zM21.5 16v4.5"/>`,
	"clock":    `<circle cx="16" cy="16" r="12.5"/><path d="M16 8v8l5.5 3.500M16 3.500v2M16 26.500v2M3.5 16h2M26.5 16h2"/><circle class="os-i-a" cx="16" cy="16" r="1.6"/>`,
	"cup":      `<path d="M5 11h17v8.500c0 4-3 6.5-8.5 6.500S5 23.5 5 19.500zM22 13.500h2c3 0 4 2 4 3.500s-1 4-4.5 4H22"/><path class="os-i-a" d="M9.5 8.500c-1.5-2 1.5-3 0-5M14 8.500c-1.5-2 1.5-3 0-5M18.5 8.500c-1.5-2 1.5-3 0-5"/><path d="M4 28.500h19"/>`,
	"spoon":    `<ellipse class="os-i-a" cx="22" cy="10" rx="4.4" ry="7" transform="rotate(45 22 10)"/><path d="M17 15 6 26"/><path d="M8.5 23.5 4 28" stroke-width="3"/>`,
	"boat":     `<path d="M3 21h26l-4 7H7zM15 21V3"/><path class="os-i-a" d="M17 5c5 3 8.5 7.5 9.5 13H17zM12.5 8v10H5c1-4 3.5-7.5 7.5-10z"/>`,
	"car":      `<path d="M3 22v-6l3.5-1.500L10 8h11l4.5 6.500L29 16v6z"/><path class="os-i-a" d="M11.5 10.500H15V15H9.500zM17.5 10.500H20l3 4.500h-5.500z"/><circle cx="9.5" cy="23" r="3.2"/><circle cx="22.5" cy="23" r="3.2"/>`,
	"train":    `<path d="M8 4h16c2 0 3 1.5 3 3.500V20c0 2.5-1.5 4-4 4H9c-2.5 0-4-1.5-4-4V7.500C5 5.5 6 4 8 4zM10 24l-4 5M22 24l4 5M8 27h16"/><path class="os-i-a" d="M8.5 8h6v6h-6zM17.5 8h6v6h-6z"/><circle cx="10.5" cy="19" r="1.3"/><circle cx="21.5" cy="19" r="1.3"/>`,
	"bell":     `<path class="os-i-a" d="M16 5c-5 0-7.5 4-7.5 9 0 6-2 7.5-4 9.500h23c-2-2-4-3.5-4-9.5 0-5-2.5-9-7.5-9z"/><path d="M16 5V3M13 23.500c0 2 1.2 3.5 3 3.500s3-1.5 3-3.5"/>`,
	"umbrella": `<path class="os-i-a" d="M3 17C3.5 9.5 9 5 16 5s12.5 4.5 13 12c-1.5-2-5-2-6.5 0-1.5-2-5-2-6.5 0-1.5-2-5-2-6.5 0-1.5-2-5-2-6.5 0z"/><path d="M16 5V3M16 17v9c0 2 1 3 2.5 3s2.5-1 2.5-2.5"/>`,
	"ball":     `<circle cx="16" cy="16" r="12.5"/><path class="os-i-a" d="m16 10.5 5.5 4-2.2 6.500h-6.600L10.5 14.500z"/><path d="M16 10.500V3.500M21.5 14.500l6.8-2M19.3 21l4 5.500M12.7 21l-4 5.500M10.5 14.500l-6.8-2"/>`,
}
