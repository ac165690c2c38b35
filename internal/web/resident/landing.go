package resident

import (
	"math"
	"net/http"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/cityindex"
	"osvitlo/internal/instrument"
	"osvitlo/internal/web/page"
)

// LandingPage is the first page.
type LandingPage struct {
	page.Base
	Go    page.Button
	Tiles []page.Tile
	More  []page.Tile
	Fraud []page.Note
	City  CityLine
	Week  []page.Event
	On    *page.NextStep // a course that the reader has begun; nil: none
}

// weekEvents is how many events of the week the landing shows, warnings how many warnings.
const (
	weekEvents = 3
	warnings   = 1
)

// CityLine is the city's figure in a sentence with its bar.
type CityLine struct {
	Text      string
	Known     bool
	Low, High int // of a hundred
	Range     string
}

// Landing shows the first page.
func (h *Handlers) Landing(c *gin.Context) error {
	on, err := h.goOn(c)
	if err != nil {
		return err
	}
	snap := h.o.Index.Snapshot()
	events, week := ask(h.o.Week, lang(c))
	notes, fraud := ask(h.o.Warnings, lang(c))
	draw := func(lang string) (page.Page, error) {
		p := h.landing(lang)
		p.On = on
		p.City = h.cityLine(lang, snap.View)
		p.Week = events[:min(len(events), weekEvents)]
		if len(notes) > 0 {
			p.Fraud = notes[:min(len(notes), warnings)]
		}
		p.Data = h.about(lang)
		return p, nil
	}
	if on == nil {
		return h.keep(c, "landing", "/", snap.ETag+" "+week+" "+fraud, draw)
	}
	p, err := draw(lang(c)) // somebody's own reading
	if err != nil {
		return err
	}
	c.Writer.Header().Set("Cache-Control", "no-store")
	return h.o.Pages.Render(c.Writer, http.StatusOK, "resident/landing", p)
}

// ask asks a source that may not be there.
func ask[T any](source func(lang string) ([]T, string), lang string) ([]T, string) {
	if source == nil {
		return nil, ""
	}
	return source(lang)
}

// about describes the site and who stands behind it in schema.org's words.
func (h *Handlers) about(lang string) any {
	w, city, origin := h.o.Words.Lang(lang), h.o.City, h.o.Origin
	office := map[string]any{"@type": "GovernmentOrganization", "name": city.Owner.In(lang)}
	if city.Phone != "" && !h.o.Demo {
		office["telephone"] = city.Phone
	}
	return map[string]any{
		"@context": "https://schema.org", "@type": "WebSite", "name": w.T("page.name", nil), "url": origin + "/",
		"inLanguage": []string{"uk", "en"}, "description": w.T("resident.landing.lead", nil), "publisher": office,
	}
}

func (h *Handlers) landing(lang string) *LandingPage {
	w := h.o.Words.Lang(lang)
	say := func(key string) string { return w.T("resident.landing."+key, nil) }
	b := h.public(lang, "/", "", "resident.landing.title")
	b.Description, b.Wide = say("lead"), true
	p := &LandingPage{Base: b, Go: page.Button{Text: say("go"), Href: "/surveys"}}
	tile := func(icon, href, key string) page.Tile {
		return page.Tile{Icon: icon, Href: href, Title: say(key), Text: say(key + ".text")}
	}
	help := tile("phone", "/help", "help")
	if city := h.o.City; city.Phone != "" {
		help.Text = solid(city.Phone)
		if hours := city.Hours.In(lang); hours != "" {
			help.Text += " · " + solid(hours)
		}
	}
	p.Tiles = []page.Tile{tile("book", "/courses", "learn"), tile("pin", "/map", "near"), help}
	p.More = []page.Tile{tile("document", "/services", "services"), tile("edit", "/r", "code")}
	for _, in := range h.o.Library.Instruments() {
		pub, ok := h.o.Sittings.Catalogue().Current(in.Slug)
		if !ok {
			continue
		}
		href := "/surveys/" + pub.Slug
		switch pub.Role {
		case instrument.RoleTest:
			if _, adaptive := pub.Adaptive(); !adaptive {
				p.Go.Href = href
			} else if h.o.Sittings.Closed(pub.Instrument) == "" {
				p.More = append(p.More, page.Tile{Icon: "clock", Href: href, Title: pub.Title.In(lang), Text: say("express.text")})
			}
		case instrument.RoleSurvey:
			p.More = append(p.More, tile("people", href, "survey"))
		case instrument.RoleOffline:
			p.More = append(p.More, tile("offline", href, "offline"))
		}
	}
	p.More = append(p.More, tile("bulb", "/framework", "framework"))
	p.Fraud = []page.Note{{Kind: "bad", Title: say("fraud"), Text: []string{say("fraud.text")},
		Link: &page.Link{Href: "/help#fraud", Text: say("fraud.link")}}}
	return p
}

// CityLine says the city's headline in words, with the version of its data.
func (h *Handlers) CityLine(lang string) (line CityLine, version string) {
	snap := h.o.Index.Snapshot()
	return h.cityLine(lang, snap.View), snap.ETag
}

// cityLine says the headline in words.
func (h *Handlers) cityLine(lang string, v *cityindex.View) CityLine {
	w := h.o.Words.Lang(lang)
	s := v.Headline.AtLeastBasic
	if s.Share == nil || s.Low == nil || s.High == nil {
		return CityLine{Text: w.T("resident.landing.index.none", nil)}
	}
	line := CityLine{Known: true, Text: sentence(w, v), Low: int(math.Round(*s.Low * 100)), High: int(math.Round(*s.High * 100))}
	line.Range = w.T("resident.index.between", map[string]any{"Low": line.Low, "High": line.High})
	return line
}

// At and Anchor place the words over the interval so that they stay inside.
func (l CityLine) At() int {
	switch mid := (l.Low + l.High) / 2; {
	case mid < 25:
		return 0
	case mid > 75:
		return 100
	default:
		return mid
	}
}

// Anchor is the end of the words that stands at At.
func (l CityLine) Anchor() string {
	switch l.At() {
	case 0:
		return "start"
	case 100:
		return "end"
	}
	return "middle"
}

// Width is the length of the interval's bar, at least one of a hundred.
func (l CityLine) Width() int { return max(1, l.High-l.Low) }
