package page

import "strconv"

func (m *markup) field(f Field) {
	m.raw(`<div class="os-field`)
	if f.Error != "" {
		m.raw(` os-field--bad`)
	}
	m.raw("\">\n")
	if f.Title {
		m.raw(`<h1 class="os-h1 os-h1--item"><label`)
		m.value("for", f.ID)
		m.raw(`>`)
		m.text(f.Label)
		m.raw("</label></h1>\n")
	} else {
		m.raw(`<label class="os-field__label"`)
		m.value("for", f.ID)
		m.raw(`>`)
		m.text(f.Label)
		m.raw("</label>\n")
	}
	if f.Read {
		m.read()
	}
	m.hint(f.ID, f.Hint)
	m.fault(f.ID, f.Error)
	if f.Rows > 0 {
		m.raw(`<textarea class="os-field__in" rows="`, strconv.Itoa(f.Rows), `"`)
		m.fieldAttrs(f)
		m.raw(">\n", escapeOnly(f.Value), `</textarea>`)
	} else {
		m.raw(`<div class="os-field__row"><input class="os-field__in`)
		switch f.Width {
		case "2", "4", "6", "10", "20":
			m.raw(` os-field__in--`, f.Width)
		}
		if f.Code {
			m.raw(` os-field__in--code`)
		}
		m.raw(`"`)
		kind := f.Type
		if kind == "" {
			kind = "text"
		}
		m.value("type", kind)
		if kind == "file" { // a browser keeps no chosen file
			m.attr("accept", f.Accept)
		} else {
			m.value("value", f.Value)
		}
		m.attr("inputmode", f.InputMode)
		m.fieldAttrs(f)
		m.raw(`>`)
		if f.Unit != "" {
			m.raw(`<span class="os-field__unit" aria-hidden="true">`)
			m.text(f.Unit)
			m.raw(`</span>`)
		}
		m.raw(`</div>`)
	}
	m.raw("\n</div>")
}

func (m *markup) fieldAttrs(f Field) {
	m.value("id", f.ID)
	m.value("name", f.Name)
	m.attr("autocomplete", f.Autocomplete)
	if f.MaxLength > 0 {
		m.raw(` maxlength="`, strconv.Itoa(f.MaxLength), `"`)
	}
	switch {
	case f.Code:
		m.raw(` spellcheck="false" autocorrect="off" autocapitalize="characters"`)
	case f.Plain:
		m.raw(` spellcheck="false" autocorrect="off" autocapitalize="none"`)
	}
	m.describedBy(f.ID, f.Hint, f.Error)
	if f.Error != "" {
		m.raw(` aria-invalid="true"`)
	}
}

func (m *markup) selectOne(f Select) {
	m.raw(`<div class="os-field`)
	if f.Error != "" {
		m.raw(` os-field--bad`)
	}
	m.raw("\">\n", `<label class="os-field__label"`)
	m.value("for", f.ID)
	m.raw(`>`)
	if f.Number != "" {
		m.raw(`<b class="os-num">`)
		m.text(f.Number)
		m.raw(`</b> `)
	}
	m.text(f.Label)
	m.raw("</label>\n")
	m.hint(f.ID, f.Hint)
	m.fault(f.ID, f.Error)
	m.raw(`<div class="os-select"><select class="os-field__in"`)
	m.value("id", f.ID)
	m.value("name", f.Name)
	m.describedBy(f.ID, f.Hint, f.Error)
	if f.Error != "" {
		m.raw(` aria-invalid="true"`)
	}
	m.raw(`>`)
	group := ""
	for _, o := range f.Options {
		if o.Group != group {
			if group != "" {
				m.raw(`</optgroup>`)
			}
			if group = o.Group; group != "" {
				m.raw(`<optgroup`)
				m.value("label", group)
				m.raw(`>`)
			}
		}
		m.raw(`<option`)
		m.value("value", o.Value)
		if o.Selected {
			m.raw(` selected`)
		}
		m.raw(`>`)
		m.text(o.Text)
		m.raw(`</option>`)
	}
	if group != "" {
		m.raw(`</optgroup>`)
	}
	m.raw("</select></div>\n</div>")
}

// progress draws the bar as an SVG: its length is an attribute, because a page has no
// inline styles. Readers of the screen hear the words above it.
func (m *markup) progress(p Progress) {
	at := min(max(p.At, 0), max(p.Of, 0))
	m.raw("<div class=\"os-progress\">\n<p class=\"os-progress__text\">")
	m.text(p.Text)
	m.raw(` <b>`)
	if p.Said != "" {
		m.text(p.Said)
	} else {
		m.text(m.s.words.T("page.progress.of", map[string]any{"At": m.s.words.Int(int64(at)), "Of": m.s.words.Int(int64(p.Of))}))
	}
	m.raw("</b></p>\n", `<svg class="os-progress__bar" width="100%" height="16" aria-hidden="true" focusable="false">`,
		`<rect class="os-progress__way" y="4" width="100%" height="8" rx="4"/>`)
	if at > 0 {
		m.raw(`<rect class="os-progress__done" y="4" width="`, strconv.Itoa(percent(at, p.Of)), `%" height="8" rx="4"/>`)
	}
	if p.Mark > 0 {
		m.raw(`<svg x="`, strconv.Itoa(percent(p.Mark, p.Of)), `%" overflow="visible"><rect class="os-progress__mark" x="-1.5" width="3" height="16" rx="1"/></svg>`)
	}
	m.raw("</svg>\n")
	if p.Mark > 0 && p.MarkTip != "" {
		m.raw(`<p class="os-progress__tip os-progress__tip--`, strconv.Itoa(percent(p.Mark, p.Of)), `">`)
		m.text(p.MarkTip)
		m.raw("</p>\n")
	}
	m.raw(`</div>`)
}

func (m *markup) resume(r Resume) error {
	m.raw("<section class=\"os-resume\" aria-labelledby=\"os-resume-title\">\n", `<h2 class="os-resume__title" id="os-resume-title">`)
	m.say("page.resume.title")
	m.raw("</h2>\n", `<p class="os-code" translate="no">`, escapeOnly(r.Code), "</p>\n", `<p class="os-resume__text">`)
	m.say("page.resume.text")
	m.raw("</p>\n", `<button class="os-btn os-btn--second os-btn--small os-btn--full" type="button" data-does="share"`)
	m.value("data-text", r.Share)
	m.value("data-url", r.URL)
	m.raw(` hidden>`)
	err := m.icon("share")
	m.raw(`<span>`)
	m.say("page.share")
	m.raw("</span></button>\n</section>")
	return err
}

func (m *markup) plate(p Plate) {
	n := strconv.Itoa(p.Number)
	m.raw(`<span class="os-plate os-a`, n, `"><span class="os-plate__n">`, n, `</span>`)
	if p.Name != "" {
		m.raw(`<span class="os-plate__name">`)
		m.text(p.Name)
		m.raw(`</span>`)
	}
	m.raw(`</span>`)
}

// read writes the button that reads the page aloud; the script shows it.
func (m *markup) read() { m.raw(m.s.reading) }
