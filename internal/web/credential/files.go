package credential

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/credential/badge"
	"osvitlo/internal/fault"
	"osvitlo/internal/web/page"
)

// DID is the issuer's did document.
func (h *Handlers) DID(c *gin.Context) error {
	v := h.see(c)
	doc, err := h.o.Credentials.DID(v.ctx)
	if err != nil {
		return absent(err)
	}
	return v.file(typeDID, keepDID, doc)
}

// Status is a signed list of what was taken back.
func (h *Handlers) Status(c *gin.Context) error {
	v := h.see(c)
	n, err := strconv.Atoi(c.Param("list"))
	if err != nil || strconv.Itoa(n) != c.Param("list") {
		return fault.New(fault.NotFound, "")
	}
	list, err := h.o.Credentials.StatusList(v.ctx, n)
	if err != nil {
		return absent(err)
	}
	return v.file(typeVC, keepStatus, list)
}

// absent: without a public address there is no issuer to be found here.
func absent(err error) error {
	if f := fault.As(err); f != nil && f.Key == "credential.no_address" {
		return fault.New(fault.NotFound, f.Key)
	}
	return err
}

// BadgesPage lists all badges.
type BadgesPage struct {
	page.Base
	Lead string
	List []BadgeLine
}

// BadgeLine is a badge in the list.
type BadgeLine struct{ Href, Art, Title, Text string }

// Badges lists what can be earned.
func (h *Handlers) Badges(c *gin.Context) error {
	v := h.see(c)
	p := &BadgesPage{Base: v.base(v.t("badges.title")), Lead: v.t("badges.lead")}
	p.NoIndex = false
	for _, b := range h.o.Catalogue.Badges() {
		at := "/badges/" + b.Slug
		p.List = append(p.List, BadgeLine{at, at + "/image.svg", b.Title.In(v.lang), b.Description.In(v.lang)})
	}
	return v.kept("credential/badges", p)
}

// kept writes a public page that is the same for everybody.
func (v *view) kept(name string, p page.Page) error {
	if page.ViewerOf(v.c.Writer).Plain() {
		v.c.Header("Cache-Control", "public, max-age=300")
		v.c.Header("Vary", "Accept-Language, Cookie")
	} else {
		v.c.Header("Cache-Control", "no-store")
	}
	return v.h.o.Pages.Render(v.c.Writer, http.StatusOK, name, p)
}

// BadgePage is one badge: what it means and how it is earned.
type BadgePage struct {
	page.Base
	Art      string
	Text     string
	Criteria string
	Skills   []string
	Course   *page.Link
	Level    string // why no level is certified yet
	Not      string
	Issuer   string
	Files    []page.Download
}

// Badge is the page of an achievement.
func (h *Handlers) Badge(c *gin.Context) error {
	v := h.see(c)
	b, err := h.o.Catalogue.Badge(c.Param("slug"))
	if err != nil {
		return err
	}
	at := "/badges/" + b.Slug
	p := &BadgePage{Base: v.base(b.Title.In(v.lang)), Art: at + "/image.svg", Text: b.Description.In(v.lang), Criteria: b.Criteria.In(v.lang), Not: v.t("not"), Issuer: v.issuer()}
	p.NoIndex = false
	for _, id := range b.Competences {
		if title := h.o.Catalogue.CompetenceTitle(id); !title.IsZero() {
			p.Skills = append(p.Skills, strings.TrimPrefix(id, "ua")+" "+title.In(v.lang))
		}
	}
	if b.Course != "" {
		p.Course = &page.Link{Href: "/courses/" + b.Course, Text: v.t("badge.course")}
	}
	if b.Kind != badge.Course {
		p.Level = v.t("level.why")
		if h.o.Credentials.MayTest() == nil {
			p.Level = v.t("level.open.short")
		}
		p.Course = &page.Link{Href: level, Text: v.t("level.more")}
	}
	if h.o.Credentials.Ready() == nil {
		p.Files = append(p.Files, page.Download{Href: at + "/achievement.json", Text: v.t("badge.json"), Meta: "JSON-LD"})
	}
	p.Files = append(p.Files, page.Download{Href: at + "/image.png", Text: v.t("badge.png"), Meta: "PNG"})
	return v.kept("credential/badge", p)
}

// BadgeFile gives the picture of a badge, or what it says to programs.
func (h *Handlers) BadgeFile(c *gin.Context) error {
	v := h.see(c)
	b, err := h.o.Catalogue.Badge(c.Param("slug"))
	if err != nil {
		return err
	}
	if c.Param("file") == "achievement.json" {
		text, err := h.o.Credentials.Achievement(b.Slug)
		if err != nil {
			return absent(err)
		}
		return v.file(typeLD, keepDID, text)
	}
	svg, png, err := h.o.Catalogue.BadgeArt(b.Art)
	if err != nil {
		return err
	}
	switch c.Param("file") {
	case "image.svg":
		return v.file(typeSVG, keepArt, svg)
	case "image.png":
		return v.file(typePNG, keepArt, png)
	}
	return fault.New(fault.NotFound, "")
}
