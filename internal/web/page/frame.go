package page

import (
	"html/template"

	"osvitlo/internal/i18n"
)

func escapeOnly(text string) string { return template.HTMLEscapeString(text) }

// frame holds what is the same on every page in a language, made once.
type frame struct {
	assets  string // links of the head
	notices string
	footer  template.HTML
	reading string
	alarm   string // the inside of the alarm button
	back    string // the picture of the way back
}

// words of the frame; New refuses to start when one is missing.
var frameWords = []string{"page.name", "page.home", "page.tool", "page.skip", "page.demo", "page.nav", "page.footnav", "page.language",
	"page.call", "page.back", "page.alarm", "page.help", "page.nevercall", "page.or", "page.next", "page.share", "page.read",
	"page.read.stop", "page.progress.of", "page.resume.title", "page.resume.text", "page.offline", "page.offline.try",
	"page.inapp", "page.inapp.close", "page.error.prefix", "page.me", "page.signin", "page.shared", "page.shared.end"}

func (s *speaker) build() error {
	m := &markup{s: s}
	for _, icon := range []string{"phone", "back", "alarm", "share", "sound", "offline", "info", "logo", "person", "people"} {
		if _, err := Icon(icon); err != nil {
			return err
		}
	}
	css, err := Asset("resident.css")
	if err != nil {
		return err
	}
	icon, err := Asset("favicon.svg")
	if err != nil {
		return err
	}
	manifest, err := Asset("site.webmanifest")
	if err != nil {
		return err
	}
	if s.script, err = Asset("resident.js"); err != nil {
		return err
	}
	s.assets = `<link rel="stylesheet" href="` + css + "\">\n"
	if style := s.site.City.Style; style != "" {
		s.assets += `<link rel="stylesheet" href="` + escapeOnly(safeHref(style)) + "\">\n"
	}
	s.assets += `<link rel="icon" href="` + icon + `" type="image/svg+xml">` + "\n" + `<link rel="manifest" href="` + manifest + "\">\n"

	m.raw(`<button class="os-read" type="button" data-does="read" hidden>`, pic("sound"), `<span class="os-read__start">`)
	m.say("page.read")
	m.raw(`</span><span class="os-read__stop" hidden>`)
	m.say("page.read.stop")
	m.raw(`</span></button>`)
	s.reading = m.String()

	m.Reset()
	m.raw(`<div class="os-strip" id="os-offline" role="alert" hidden>`, pic("offline"), `<p>`)
	m.say("page.offline")
	m.raw(` <button class="os-strip__act" type="button" hidden>`)
	m.say("page.offline.try")
	m.raw("</button></p></div>\n", `<div class="os-strip" id="os-inapp" hidden>`, pic("info"), `<p>`)
	m.say("page.inapp")
	m.raw(` <button class="os-strip__act" type="button">`)
	m.say("page.inapp.close")
	m.raw("</button></p></div>\n")
	s.notices = m.String()

	m.Reset()
	m.raw(pic("alarm"), `<span>`)
	m.say("page.alarm")
	m.raw(`</span></button>`)
	s.alarm = m.String()
	s.back = pic("back")

	m.Reset()
	m.makeFooter()
	s.footer = template.HTML(m.String())
	return nil
}

func pic(name string) string { return string(pictures[name]) }

func (m *markup) makeFooter() {
	city, lang := m.s.site.City, m.s.words.Language
	m.raw("<footer class=\"os-foot\">\n<div class=\"os-foot__in\">\n")
	if city.Phone != "" {
		m.raw(`<div class="os-foot__help"><p>`)
		m.say("page.help")
		m.raw("</p>\n", `<p class="os-foot__phone"><a`)
		m.value("href", safeHref(city.PhoneHref))
		m.raw(`>`, escapeOnly(city.Phone), "</a></p>\n<p>")
		for _, text := range []i18n.Text{city.Hours, city.Charge} {
			if words := text.In(lang); words != "" {
				m.text(words)
				m.raw(`. `)
			}
		}
		m.say("page.nevercall")
		m.raw("</p></div>\n")
	}
	if len(m.s.site.Nav)+len(m.s.site.Footer) > 0 {
		m.raw(`<nav class="os-foot__nav"`)
		m.value("aria-label", m.s.words.T("page.footnav", nil))
		m.raw("><ul>\n")
		for i, item := range append(append([]Item{}, m.s.site.Nav...), m.s.site.Footer...) {
			m.raw(`<li`)
			if i < len(m.s.site.Nav) {
				m.raw(` class="os-foot__section"`)
			}
			m.raw(`><a`)
			m.value("href", safeHref(item.Href))
			m.raw(`>`)
			m.say(item.Key)
			m.raw(`</a></li>`)
		}
		m.raw("\n</ul></nav>\n")
	}
	if owner := city.Owner.In(lang); owner != "" {
		m.raw(`<p class="os-foot__owner">`)
		m.text(owner)
		m.raw("</p>\n")
	}
	m.raw("</div>\n</footer>")
}

// head writes everything down to what a page adds to its head.
func (s *speaker) head(p Page) template.HTML {
	b, m := p.base(), &markup{s: s}
	m.Grow(1200)
	m.raw("<!doctype html>\n<html lang=\"", s.words.Language, `"`)
	m.attr("class", b.viewer.Classes)
	m.raw(">\n<head>\n<meta charset=\"utf-8\">\n<title>")
	if b.Failed {
		m.say("page.error.prefix")
		m.raw(` `)
	}
	m.raw(escapeOnly(b.Title), ` – `)
	m.say("page.name")
	m.raw("</title>\n", `<meta name="viewport" content="width=device-width, initial-scale=1">`, "\n",
		`<meta name="color-scheme" content="light dark">`, "\n", `<meta name="format-detection" content="telephone=no">`, "\n")
	if b.Description != "" {
		m.raw(`<meta name="description"`)
		m.value("content", b.Description)
		m.raw(">\n")
	}
	if b.NoIndex {
		m.raw(`<meta name="robots" content="noindex">`, "\n")
	}
	m.raw(s.assets)
	if !b.NoScript {
		m.raw(`<script src="`, s.script, "\" defer></script>\n")
	}
	if !b.NoIndex {
		m.found(b)
	}
	return template.HTML(m.String())
}

// header writes the skip link, the mark of made-up data, the bar and the notices.
func (s *speaker) header(p Page) template.HTML {
	b, m := p.base(), &markup{s: s}
	m.Grow(4200)
	m.raw(`<a class="os-skip" href="#main">`)
	m.say("page.skip")
	m.raw("</a>\n")
	m.raw("<header class=\"os-bar\">\n")
	if s.site.Demo {
		m.raw(`<p class="os-demo">`)
		m.say("page.demo")
		m.raw("</p>\n")
	}
	m.raw("<div class=\"os-bar__in\">\n", `<a class="os-bar__logo" href="/"`)
	m.value("aria-label", s.words.T("page.home", nil))
	m.raw(`>`, pic("logo"), "</a>\n")
	if len(s.site.Nav) > 0 {
		m.raw(`<nav class="os-bar__nav"`)
		m.value("aria-label", s.words.T("page.nav", nil))
		m.raw(`><ul>`)
		for _, item := range s.site.Nav {
			m.raw(`<li><a`)
			m.value("href", safeHref(item.Href))
			if item.ID == b.Nav {
				m.raw(` aria-current="page"`)
			}
			m.raw(`>`)
			m.say(item.Key)
			m.raw(`</a></li>`)
		}
		m.raw("</ul></nav>\n")
	}
	m.raw(`<nav class="os-bar__lang"`)
	m.value("aria-label", s.words.T("page.language", nil))
	m.raw(`>`)
	for _, l := range languageNames {
		if l.id == s.words.Language {
			m.raw(`<span class="os-lang os-lang--here" aria-current="true"><span aria-hidden="true">`, l.short, `</span><span class="os-hidden">`, l.name, "</span></span>\n")
			continue
		}
		m.raw(`<a class="os-lang" lang="`, l.id, `" hreflang="`, l.id, `"`)
		m.value("href", b.InLang(l.id))
		m.raw(`><span aria-hidden="true">`, l.short, `</span><span class="os-hidden">`, l.name, "</span></a>\n")
	}
	m.raw("</nav>\n")
	if city := s.site.City; city.Phone != "" {
		m.raw(`<a class="os-bar__phone"`)
		m.value("href", safeHref(city.PhoneHref))
		m.value("aria-label", s.words.T("page.call", nil)+" "+city.Phone)
		m.raw(`>`, pic("phone"), `<span class="os-bar__number">`, escapeOnly(city.Phone), "</span></a>\n")
	}
	m.account(b.viewer.Account)
	m.raw("</div>\n</header>\n")
	if a := b.viewer.Account; a != nil && a.Shared {
		m.raw("<form class=\"os-strip os-shared\" method=\"post\" action=\"/sign-out\">", pic("people"), `<p>`)
		m.say("page.shared")
		m.raw(` <button class="os-strip__act" type="submit" name="clear" value="1">`)
		m.say("page.shared.end")
		m.raw("</button></p></form>\n")
	}
	if !b.NoScript {
		m.raw(s.notices)
	}
	return template.HTML(m.String())
}

var languageNames = [...]struct{ id, short, name string }{
	{i18n.Ukrainian, "Укр", "Українська"}, {i18n.English, "Eng", "English"},
}

// toolrow writes the way back on the left and the alarm on the right.
func (s *speaker) toolrow(p Page) template.HTML {
	b := p.base()
	if b.Back == nil && b.Alarm == nil {
		return ""
	}
	m := &markup{s: s}
	m.raw(`<nav class="os-tool"`)
	m.value("aria-label", s.words.T("page.tool", nil))
	m.raw(">\n")
	if b.Back != nil {
		m.raw(`<a class="os-back"`)
		m.value("href", safeHref(b.Back.Href))
		m.raw(`>`, s.back, `<span>`)
		if b.Back.Text != "" {
			m.text(b.Back.Text)
		} else {
			m.say("page.back")
		}
		m.raw("</span></a>\n")
	}
	if a := b.Alarm; a != nil && a.Form != "" {
		// The first button of a form is the one that Enter presses: it must be a plain one.
		m.raw(`<button class="os-hidden" type="submit" tabindex="-1" aria-hidden="true"`)
		m.value("form", a.Form)
		m.raw(`>`)
		m.say("page.next")
		m.raw(`</button><button class="os-alarm" type="submit" formnovalidate`)
		m.value("form", a.Form)
		m.value("formaction", safeHref(a.Action))
		if a.Name != "" {
			m.value("name", a.Name)
			m.value("value", a.Value)
		}
		m.raw(`>`, s.alarm, "\n")
	} else if a != nil {
		m.raw(`<form class="os-tool__form" method="post" data-keep`)
		m.value("action", safeHref(a.Action))
		m.raw(`>`)
		if a.Name != "" {
			m.raw(`<input type="hidden"`)
			m.value("name", a.Name)
			m.value("value", a.Value)
			m.raw(`>`)
		}
		m.raw(`<button class="os-alarm" type="submit">`, s.alarm, "</form>\n")
	}
	m.raw(`</nav>`)
	return template.HTML(m.String())
}
