package resident

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/content"
	"osvitlo/internal/i18n"
	"osvitlo/internal/media"
	"osvitlo/internal/sitting"
	"osvitlo/internal/web/page"
)

//go:embed templates/*.html
var templates embed.FS

// Set is the folder of templates that the renderer must be built with.
func Set() page.Set {
	sub, err := fs.Sub(templates, "templates")
	if err != nil {
		panic("resident: " + err.Error()) // the folder is built in
	}
	return page.Set{Name: "resident", FS: sub}
}

// Options are what the pages are made of.
type Options struct {
	Pages    *page.Renderer // built with Set
	Words    *i18n.Bundle
	Library  *content.Library
	Sittings *sitting.Service
	Index    Index
	Media    media.Store // pictures of items; may be nil when no item has one
	City     page.City
	Demo     bool   // the data is made up
	NoNames  bool   // the running configuration keeps no name and no phone number
	Origin   string // "https://…" of the site for addresses people keep; empty: taken from the request
	OverTLS  bool   // cookies are Secure
	// From tells whose device or account a visitor answers on, asked at the submit;
	// nil: nobody's.
	From func(*gin.Context) (sitting.From, error)
	// Interrupted hears that somebody left a test in an alarm; true: it is a test under
	// watch, and goes on where Level says. nil: there are none.
	Interrupted func(ctx context.Context, sitting string) (bool, error)
	// Week and Warnings are what the landing tells of this week and of fraud, with a
	// version that moves when they do; nil: nothing is known.
	Week     func(lang string) (events []page.Event, version string)
	Warnings func(lang string) (notes []page.Note, version string)
	Log      *slog.Logger
	Now      func() time.Time
}

// Handlers answer the residents' addresses. They are safe for concurrent use.
type Handlers struct {
	o     Options
	says  map[string]*sayings // by language
	prose map[string]map[string]*prose
	kept  *kept
	forms *forms

	pooled   pooled
	uploaded func(c *gin.Context, name string) error                        // nil: nothing is uploaded
	own      func(c *gin.Context, out *sitting.Outcome, erase string) error // results of rounds; nil: as of surveys
	next     NextLessons
	on       Continue
}

// New prepares everything that does not change between requests. The error names
// the text, item or template that is missing.
func New(o Options) (*Handlers, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	h := &Handlers{o: o, says: map[string]*sayings{}, prose: map[string]map[string]*prose{}, kept: newKept(),
		pooled: pooled{of: map[pooledKey]*screen{}}}
	for _, lang := range i18n.Languages {
		s, err := newSayings(o.Library, o.City, o.Words.Lang(lang))
		if err != nil {
			return nil, fmt.Errorf("resident: %w", err)
		}
		h.says[lang] = s
		if h.prose[lang], err = renderProse(o.Library, s, lang); err != nil {
			return nil, fmt.Errorf("resident: %w", err)
		}
	}
	var err error
	if h.forms, err = newForms(h); err != nil {
		return nil, fmt.Errorf("resident: %w", err)
	}
	return h, nil
}

// lang is the reader's language.
func lang(c *gin.Context) string { return i18n.FromContext(c.Request.Context()) }

// words are the messages in the reader's language.
func (h *Handlers) words(c *gin.Context) *i18n.Localizer { return h.o.Words.Lang(lang(c)) }

// base is the frame of a personal page: never indexed.
func (h *Handlers) base(c *gin.Context, title string) page.Base {
	return page.Base{Lang: lang(c), Title: title, Path: c.Request.URL.Path, NoIndex: true}
}

// public is the frame of a page that is the same for everybody.
func (h *Handlers) public(lang, path, nav, titleKey string) page.Base {
	w := h.o.Words.Lang(lang)
	return page.Base{Lang: lang, Title: w.T(titleKey, nil), Path: path, Nav: nav}
}
