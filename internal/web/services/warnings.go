package services

import (
	"encoding/xml"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/eservice"
	"osvitlo/internal/fault"
	"osvitlo/internal/web/page"
)

// WarningText is a warning in the reader's language.
type WarningText struct {
	Href, Title  string
	Looks, Act   []string // paragraphs
	Scheme       string
	Picture, Alt string
	Day, Until   string
	Over         bool
	Demo         bool
	Lang         string // of the text, when it is not the page's
}

// WarningsPage is one warning, all of today, or a sheet of them.
type WarningsPage struct {
	page.Base
	Lead  string
	List  []WarningText
	Whole bool // the texts stand in full
	Aid   []string
	Never []string
	Help  string
	Print page.Button
	Feed  string
}

func (v *view) warning(w *eservice.Warning) WarningText {
	t := WarningText{Href: WarnAddress + "/" + w.ID, Title: v.in(w.Title), Looks: paragraphs(v.in(w.Looks)), Act: paragraphs(v.in(w.Act)), Picture: w.Picture, Alt: v.in(w.Alt),
		Day: v.w.Date(w.Made.Time), Until: v.w.Date(w.Until.Time), Over: !w.Live(v.now), Demo: w.Demo}
	if w.Scheme > 0 {
		t.Scheme = v.t("scheme." + strconv.Itoa(w.Scheme))
	}
	if v.lang != "uk" && w.Looks.EN == "" {
		t.Lang = "uk"
	}
	return t
}

func paragraphs(s string) (out []string) {
	for _, p := range strings.Split(s, "\n") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// notes are the newest warnings for other pages.
func (v *view) notes(most int) (out []page.Note) {
	for i, w := range v.h.o.Manual.Warnings() {
		if i == most {
			break
		}
		t := v.warning(w)
		n := page.Note{Kind: "bad", Title: v.t("warn.kicker") + ": " + t.Title, Small: v.t("warn.until", "Day", t.Until), Link: &page.Link{Href: t.Href, Text: v.t("warn.more")}}
		if len(t.Looks) > 0 {
			n.Text = t.Looks[:1]
		}
		out = append(out, n)
	}
	return out
}

// Notes gives the newest warnings as notes for other pages, with a version that changes
// whenever they do: landing, list of lessons, the mentor's desk.
func (h *Handlers) Notes(lang string) ([]page.Note, string) {
	v := &view{h: h, w: h.o.Words.Lang(lang), lang: lang, now: h.o.Now()}
	var version strings.Builder
	for _, w := range h.o.Manual.Warnings() {
		version.WriteString(w.ID + "." + strconv.FormatInt(w.Rev, 10) + " ")
	}
	return v.notes(3), version.String()
}

// Warnings lists what the city warns of today.
func (h *Handlers) Warnings(c *gin.Context) error {
	v := h.see(c)
	p := v.warnings(v.t("warn.title"), WarnAddress, h.o.Manual.Warnings())
	p.Lead, p.Description, p.Feed = v.t("warn.lead"), v.t("warn.lead"), FeedAddress
	p.Back = &page.Link{Href: Address, Text: v.t("list.title")}
	return v.render(http.StatusOK, "warnings", p)
}

func (v *view) warnings(title, path string, list []*eservice.Warning) *WarningsPage {
	p := &WarningsPage{Base: v.base(title, path), Aid: v.aid(), Never: v.never(), Whole: true, Print: page.Button{Text: v.t("print"), Does: "print", Icon: "print", Kind: "second"}}
	for _, w := range list {
		p.List = append(p.List, v.warning(w))
	}
	if phone := v.phone(); phone != "" {
		p.Help = v.t("paper.help", "Phone", phone)
	}
	return p
}

// aid is the first aid after a fraud.
func (v *view) aid() (out []string) {
	for i := 1; i <= aidSteps; i++ {
		out = append(out, v.t("aid."+strconv.Itoa(i)))
	}
	return out
}

const aidSteps = 7

// Warning shows one warning; one that is over says so, one taken back is gone.
func (h *Handlers) Warning(c *gin.Context) error {
	v := h.see(c)
	w, err := h.o.Manual.Warning(c.Param("id"))
	if err != nil {
		return err
	}
	if w.Ended {
		return fault.New(fault.Gone, "service.warning_ended")
	}
	p := v.warnings(v.in(w.Title), WarnAddress+"/"+w.ID, []*eservice.Warning{w})
	p.Back = &page.Link{Href: WarnAddress, Text: v.t("warn.title")}
	return v.render(http.StatusOK, "warnings", p)
}

// WarningsSheet is an A4 for the wall.
func (h *Handlers) WarningsSheet(c *gin.Context) error {
	v := h.see(c)
	p := v.warnings(v.t("warn.title"), WarnAddress+"/print", h.o.Manual.Warnings())
	p.NoIndex, p.Back = true, &page.Link{Href: WarnAddress, Text: v.t("warn.title")}
	return v.render(http.StatusOK, "warnsheet", p)
}

// feed is Atom (RFC 4287).
type feed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Author  feedAuthor  `xml:"author"`
	Links   []feedLink  `xml:"link"`
	Entries []feedEntry `xml:"entry"`
}

type feedAuthor struct {
	Name string `xml:"name"`
}

type feedLink struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
}

type feedEntry struct {
	ID        string   `xml:"id"`
	Title     string   `xml:"title"`
	Published string   `xml:"published"`
	Updated   string   `xml:"updated"`
	Link      feedLink `xml:"link"`
	Summary   string   `xml:"summary"`
	Content   feedText `xml:"content"`
}

type feedText struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

// Feed is what the city warns of today as an Atom feed.
func (h *Handlers) Feed(c *gin.Context) error {
	v := h.see(c)
	origin := v.origin()
	author := v.in(h.o.City.Owner)
	if author == "" {
		author = v.t("warn.title")
	}
	f := feed{Lang: v.lang, ID: origin + FeedAddress, Title: v.t("warn.title"), Author: feedAuthor{author},
		Links: []feedLink{{"self", origin + FeedAddress}, {"alternate", origin + WarnAddress}}}
	var last time.Time
	for _, w := range h.o.Manual.Warnings() {
		t, at := v.warning(w), time.UnixMicro(w.Changed).UTC()
		if at.After(last) {
			last = at
		}
		f.Entries = append(f.Entries, feedEntry{ID: origin + t.Href, Title: t.Title, Published: w.Made.UTC().Format(time.RFC3339), Updated: at.Format(time.RFC3339), Link: feedLink{"alternate", origin + t.Href},
			Summary: strings.Join(t.Looks, " "), Content: feedText{"text", strings.Join(append(append([]string{}, t.Looks...), t.Act...), "\n\n")}})
	}
	if last.IsZero() {
		last = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) // a feed must have a time; an empty one has never changed
	}
	f.Updated = last.Format(time.RFC3339)
	raw, err := xml.MarshalIndent(f, "", " ")
	if err != nil {
		return fault.From(err, fault.Internal, "")
	}
	c.Header("Cache-Control", "public, max-age=60")
	c.Data(http.StatusOK, "application/atom+xml; charset=utf-8", append([]byte(xml.Header), raw...))
	return nil
}
