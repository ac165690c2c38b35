package page

import (
	"encoding/json"
	"fmt"

	"osvitlo/internal/i18n"
)

// found writes what search engines and those who share a page read: its own address,
// its other languages, a card with a picture (Open Graph) and schema.org data. Addresses
// and pictures need the site's origin; without it they are left out.
func (m *markup) found(b *Base) {
	site, lang := m.s.site, m.s.words.Language
	if site.Origin != "" { // these addresses must be whole, or search engines take them for faulty
		m.raw(`<link rel="canonical"`)
		m.value("href", site.Origin+b.InLang(lang))
		m.raw(">\n")
		for _, other := range i18n.Languages {
			m.raw(`<link rel="alternate" hreflang="`, other, `"`)
			m.value("href", site.Origin+b.InLang(other))
			m.raw(">\n")
		}
	}
	m.property("og:type", "website")
	m.property("og:title", b.Title)
	m.property("og:site_name", m.s.words.T("page.name", nil))
	m.property("og:locale", map[string]string{i18n.Ukrainian: "uk_UA", i18n.English: "en_GB"}[lang])
	m.property("og:description", b.Description)
	if site.Origin != "" {
		m.property("og:url", site.Origin+b.InLang(lang))
		picture := b.Picture
		if picture == "" && site.Picture != "" {
			picture = fmt.Sprintf(site.Picture, lang)
		}
		if picture != "" {
			m.property("og:image", site.Origin+safeHref(picture))
			m.property("og:image:width", "1200")
			m.property("og:image:height", "630")
			m.raw(`<meta name="twitter:card" content="summary_large_image">`, "\n")
		}
	}
	if b.Data != nil {
		// json.Marshal writes < > & as escapes, so that the data cannot end its element
		if data, err := json.Marshal(b.Data); err == nil {
			m.raw(`<script type="application/ld+json">`, string(data), "</script>\n")
		}
	}
}

func (m *markup) property(name, content string) {
	if content == "" {
		return
	}
	m.raw(`<meta property="`, name, `"`)
	m.value("content", content)
	m.raw(">\n")
}
