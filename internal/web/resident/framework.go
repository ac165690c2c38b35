package resident

import (
	"html/template"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/framework"
	"osvitlo/internal/i18n"
	"osvitlo/internal/web/page"
)

// FrameworkPage explains what is measured, and what of it is unofficial.
type FrameworkPage struct {
	page.Base
	Body      template.HTML
	Areas     []FrameworkArea
	Sure      FrameworkSure // how sure the words are, where all areas are alike
	Levels    []FrameworkLevel
	LevelsAll string // how sure the levels are, where all are alike
	Facts     []FrameworkFact
	Crosswalk page.Table
	Note      string
	Credits   []FrameworkFact // Text is empty
}

// FrameworkArea is one area with its competences.
type FrameworkArea struct {
	Plate page.Plate
	FrameworkSure
	Competences []FrameworkCompetence
}

// FrameworkSure says how sure we are of the words.
type FrameworkSure struct {
	Seen string // of an area's name
	All  string // of its competences, where all are alike
}

// FrameworkCompetence is one competence; Working marks our own wording.
type FrameworkCompetence struct {
	Number, Title string
	Working       string
}

// FrameworkLevel is one level.
type FrameworkLevel struct {
	At              int
	ID, Title, Text string
	Working         string
}

// FrameworkFact is a sourced statement.
type FrameworkFact struct{ Text, Source, Lang string }

// Framework explains the framework in plain words.
func (h *Handlers) Framework(c *gin.Context) error {
	return h.keep(c, "framework", "/framework", "", func(lang string) (page.Page, error) {
		w, text := h.o.Words.Lang(lang), h.prose[lang]["framework"]
		p := &FrameworkPage{Base: page.Base{Lang: lang, Title: text.Title, Path: "/framework", Nav: "framework", Wide: false}, Body: text.Body}
		f := h.framework()
		if f == nil {
			return p, nil
		}
		for _, a := range f.Areas {
			area := FrameworkArea{Plate: page.Plate{Number: a.Hue, Name: a.Title.In(lang)}}
			area.Seen = sure(a.Certainty, w)
			for _, k := range a.Competences {
				area.Competences = append(area.Competences, FrameworkCompetence{Number: k.Number, Title: k.Title.In(lang), Working: sure(k.Certainty, w)})
			}
			area.All = alike(len(area.Competences), func(i int) *string { return &area.Competences[i].Working })
			p.Areas = append(p.Areas, area)
		}
		if len(p.Areas) > 0 {
			p.Sure = p.Areas[0].FrameworkSure
		}
		for _, a := range p.Areas {
			if a.FrameworkSure != p.Sure {
				p.Sure = FrameworkSure{}
			}
		}
		if p.Sure != (FrameworkSure{}) { // said once instead of in every card
			for i := range p.Areas {
				p.Areas[i].FrameworkSure = FrameworkSure{}
			}
		}
		for i, l := range f.Levels {
			p.Levels = append(p.Levels, FrameworkLevel{At: i, ID: l.ID, Title: l.Title.In(lang), Text: l.Describe.In(lang), Working: sure(l.Certainty, w)})
		}
		p.LevelsAll = alike(len(p.Levels), func(i int) *string { return &p.Levels[i].Working })
		for _, fact := range f.Facts {
			p.Facts = append(p.Facts, FrameworkFact{Text: fact.Text.In(lang), Source: fact.Source.Title, Lang: speaks(fact.Source.Title)})
		}
		h.crosswalk(p, f, lang, w)
		return p, nil
	})
}

// alike takes a mark that all of a list bear away from each and gives it to be said once.
func alike(n int, mark func(int) *string) string {
	if n == 0 {
		return ""
	}
	all := *mark(0)
	for i := range n {
		if *mark(i) != all {
			return ""
		}
	}
	for i := range n {
		*mark(i) = ""
	}
	return all
}

// sure is the mark of a wording that is not official.
func sure(c framework.Certainty, w *i18n.Localizer) string {
	switch c {
	case framework.VerifiedInFile:
		return ""
	case framework.Excerpt, framework.Secondary:
		return w.T("resident.framework.seen", nil)
	}
	return w.T("resident.framework.working", nil)
}

func (h *Handlers) crosswalk(p *FrameworkPage, f *framework.Framework, lang string, w *i18n.Localizer) {
	x := h.o.Library.Crosswalk()
	if x == nil {
		return
	}
	p.Note = x.Note.In(lang)
	digcomp := map[string]string{}
	for _, other := range h.o.Library.Frameworks() {
		if other.ID == "digcomp-2.2" {
			for _, k := range other.Competences() {
				digcomp[k.ID] = k.Title.In(lang)
			}
		}
		if other.Licence != nil {
			credit := other.Licence.Attribution + " (" + other.Licence.Name + ")"
			p.Credits = append(p.Credits, FrameworkFact{Source: credit, Lang: speaks(credit)})
		}
	}
	p.Crosswalk = page.Table{Caption: w.T("resident.framework.crosswalk.caption", nil), Hidden: true, Head: []page.Cell{
		{Text: w.T("resident.framework.competence", nil)}, {Text: "DigComp 2.2"}, {Text: "DigComp 3.0"}}}
	for _, row := range x.Rows {
		k, err := f.Competence(row.UA)
		if err != nil {
			continue // content check says so
		}
		var to []string
		for _, id := range row.DigComp22 {
			to = append(to, strings.TrimSpace(id+" "+digcomp[id]))
		}
		cell := page.Cell{Text: strings.Join(to, "; "), Quiet: true}
		switch {
		case len(to) == 0:
			cell = page.Cell{Note: w.T("resident.framework.none", nil)}
		case row.Relation == framework.Extension:
			cell.Small = "(" + w.T("resident.framework.extension", nil) + ")"
		}
		three := page.Cell{Text: strings.Join(row.DigComp30, ", "), Quiet: true}
		if len(row.DigComp30) == 0 {
			three = page.Cell{Note: w.T("resident.framework.none", nil)}
		}
		p.Crosswalk.Rows = append(p.Crosswalk.Rows, []page.Cell{{Text: k.Number + " " + k.Title.In(lang)}, cell, three})
	}
}
