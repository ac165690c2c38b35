package content

import (
	"cmp"
	"slices"
	"strconv"

	"osvitlo/internal/course/lesson"
	"osvitlo/internal/credential/badge"
	"osvitlo/internal/eservice/manual"
	"osvitlo/internal/fault"
	"osvitlo/internal/framework"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution/measure"
	"osvitlo/internal/institution/selfdesc"
	"osvitlo/internal/instrument"
)

// Term is a word of the plain-word glossary.
type Term struct {
	ID   string    `json:"id"`
	Term i18n.Text `json:"term"`
	Text i18n.Text `json:"text"`
}

// Group is a group of levels that shares written advice.
type Group string

// The groups: A1–A2, B1–B2, C1–C2.
const (
	Start  Group = "start"
	Middle Group = "middle"
	Strong Group = "strong"
)

// GroupOf is the group of a level, Start for an unknown one.
func GroupOf(level string) Group {
	if level != "" {
		switch level[0] {
		case 'B':
			return Middle
		case 'C':
			return Strong
		}
	}
	return Start
}

// AdviceStep is one act of an advice page.
type AdviceStep struct {
	Title i18n.Text `json:"title"`
	Text  i18n.Text `json:"text"`
}

// Advice is one written advice page, for an area and a group of levels.
type Advice struct {
	ID      string              `json:"id"`
	Area    string              `json:"-"`
	Group   Group               `json:"group"`
	Title   i18n.Text           `json:"title"`
	Minutes int                 `json:"minutes"`
	Why     i18n.Text           `json:"why"`
	Steps   []AdviceStep        `json:"steps"`
	Try     i18n.Text           `json:"try"`
	Help    i18n.Text           `json:"help"`
	Status  string              `json:"status,omitempty"`
	Reviews []instrument.Review `json:"reviews,omitempty"`
}

// Reviewed tells whether a named person has read the page.
func (a *Advice) Reviewed() bool { return len(a.Reviews) > 0 && a.Status != "draft" }

// Page is a long text in Markdown, one source per language.
type Page struct {
	ID       string
	Markdown i18n.Text
}

// Library is all content, immutable. Look-ups that find nothing are NotFound.
type Library struct {
	instruments     map[string][]*instrument.Instrument // by slug, versions ascending
	items           map[string][]*instrument.Item       // by id, versions ascending
	questions       []*instrument.RespondentQuestion
	terms           []*Term
	advice          []*Advice
	courses         []*lesson.Course
	services        []*manual.Instruction
	lifeEvents      []*manual.LifeEvent
	toCheck         []*manual.ToCheck
	badges          []*badge.Badge
	badgeArt        map[string]*art
	pages           map[string]*Page
	texts           map[string]i18n.Text
	frameworks      []*framework.Framework
	crosswalk       *framework.Crosswalk
	selfDescription *selfdesc.Book
	measures        *measure.Book
	indicator       *framework.Indicator
	documents       map[string]*Document
	published       map[string]string // slug@version to hash, from content.sum
	uploads         func(name string) (Upload, bool)
}

func newLibrary() *Library {
	return &Library{instruments: map[string][]*instrument.Instrument{}, items: map[string][]*instrument.Item{},
		badgeArt: map[string]*art{}, pages: map[string]*Page{}, texts: map[string]i18n.Text{}, documents: map[string]*Document{}, published: map[string]string{}}
}

func missing(what, id string) error { return fault.Newf(fault.NotFound, "", "no %s %q", what, id) }

// Instruments lists the newest version of each instrument: tests (adaptive ones last,
// the shortest of them first), surveys, short forms.
func (l *Library) Instruments() []*instrument.Instrument {
	var out []*instrument.Instrument
	for _, versions := range l.instruments {
		out = append(out, versions[len(versions)-1])
	}
	rank := map[instrument.Role]int{instrument.RoleTest: 0, instrument.RoleSurvey: 1, instrument.RoleOffline: 2, instrument.RoleRound: 3}
	chooses := func(in *instrument.Instrument) int { // minutes of an adaptive one, 0 for others
		if _, ok := in.Adaptive(); ok {
			return in.Minutes.From
		}
		return 0
	}
	slices.SortFunc(out, func(a, b *instrument.Instrument) int {
		return cmp.Or(rank[a.Role]-rank[b.Role], chooses(a)-chooses(b), cmp.Compare(a.Slug, b.Slug))
	})
	return out
}

// Current is the newest version of an instrument.
func (l *Library) Current(slug string) (*instrument.Instrument, error) {
	if versions := l.instruments[slug]; len(versions) > 0 {
		return versions[len(versions)-1], nil
	}
	return nil, missing("instrument", slug)
}

// Version is one version of an instrument.
func (l *Library) Version(slug string, version int) (*instrument.Instrument, error) {
	for _, in := range l.instruments[slug] {
		if in.Version == version {
			return in, nil
		}
	}
	return nil, missing("instrument", slug+"@"+strconv.Itoa(version))
}

// Versions lists all versions of an instrument, ascending; none for an unknown slug.
func (l *Library) Versions(slug string) []*instrument.Instrument {
	return slices.Clone(l.instruments[slug])
}

// Item is the newest version of an item of the bank. Sittings ask their instrument instead.
func (l *Library) Item(id string) (*instrument.Item, error) {
	if versions := l.items[id]; len(versions) > 0 {
		return versions[len(versions)-1], nil
	}
	return nil, missing("item", id)
}

// itemVersion finds a version of an item; 0 means the only one.
func (l *Library) itemVersion(id string, version int) (*instrument.Item, error) {
	versions := l.items[id]
	switch {
	case len(versions) == 0:
		return nil, missing("item", id)
	case version == 0 && len(versions) > 1:
		return nil, fault.Newf(fault.Conflict, "", "item %q has several versions", id)
	case version == 0:
		return versions[0], nil
	}
	for _, it := range versions {
		if it.Version == version {
			return it, nil
		}
	}
	return nil, missing("item", id+"@"+strconv.Itoa(version))
}

// adaptive tells whether an instrument chooses its items from the whole bank.
func (l *Library) adaptive() bool {
	for _, versions := range l.instruments {
		for _, in := range versions {
			if _, ok := in.Adaptive(); ok {
				return true
			}
		}
	}
	return false
}

// Items lists the newest version of every item, by id.
func (l *Library) Items() []*instrument.Item {
	out := make([]*instrument.Item, 0, len(l.items))
	for _, id := range sortedKeys(l.items) {
		versions := l.items[id]
		out = append(out, versions[len(versions)-1])
	}
	return out
}

// Respondent is a background question.
func (l *Library) Respondent(id string) (*instrument.RespondentQuestion, error) {
	if q := l.question(id); q != nil {
		return q, nil
	}
	return nil, missing("background question", id)
}

func (l *Library) question(id string) *instrument.RespondentQuestion {
	for _, q := range l.questions {
		if q.ID == id {
			return q
		}
	}
	return nil
}

// Respondents lists the background questions in the order of the file.
func (l *Library) Respondents() []*instrument.RespondentQuestion { return slices.Clone(l.questions) }

// Glossary lists the plain words in the order of the file.
func (l *Library) Glossary() []*Term { return slices.Clone(l.terms) }

// Term is one word of the glossary.
func (l *Library) Term(id string) (*Term, error) {
	for _, t := range l.terms {
		if t.ID == id {
			return t, nil
		}
	}
	return nil, missing("glossary term", id)
}

// Advice is the written page of an area ("ua5") and a group of levels.
func (l *Library) Advice(area string, group Group) (*Advice, error) {
	for _, a := range l.advice {
		if a.Area == area && a.Group == group {
			return a, nil
		}
	}
	return nil, missing("advice", area+"/"+string(group))
}

// AdviceByID is an advice page by its slug.
func (l *Library) AdviceByID(id string) (*Advice, error) {
	for _, a := range l.advice {
		if a.ID == id {
			return a, nil
		}
	}
	return nil, missing("advice", id)
}

// AdvicePages lists all advice pages.
func (l *Library) AdvicePages() []*Advice { return slices.Clone(l.advice) }

// Page is a long text of content/texts: "method", "privacy", "accessibility", "framework".
func (l *Library) Page(id string) (*Page, error) {
	if p, ok := l.pages[id]; ok {
		return p, nil
	}
	return nil, missing("page", id)
}

// Text is a short text of content/texts/*.yaml by its key, such as "trust-title".
// It may hold placeholders of text/template: {{.Owner}}.
func (l *Library) Text(key string) (i18n.Text, error) {
	if t, ok := l.texts[key]; ok {
		return t, nil
	}
	return i18n.Text{}, missing("text", key)
}

// Texts lists the keys of Text, sorted.
func (l *Library) Texts() []string { return sortedKeys(l.texts) }

// Framework is a framework by its id, such as "ua-citizens-2021".
func (l *Library) Framework(id string) (*framework.Framework, error) {
	for _, f := range l.frameworks {
		if f.ID == id {
			return f, nil
		}
	}
	return nil, missing("framework", id)
}

// Frameworks lists the frameworks, the Ukrainian one first.
func (l *Library) Frameworks() []*framework.Framework { return slices.Clone(l.frameworks) }

// Crosswalk aligns the frameworks; nil only in a library with errors.
func (l *Library) Crosswalk() *framework.Crosswalk { return l.crosswalk }

// Indicator is the Eurostat indicator; nil only in a library with errors.
func (l *Library) Indicator() *framework.Indicator { return l.indicator }

// Document is any YAML file of content/city and content/texts by its path, such
// as "city/benchmarks.yaml" or "texts/trust.yaml"; its reader knows its shape.
func (l *Library) Document(path string) (*Document, error) {
	if d, ok := l.documents[path]; ok {
		return d, nil
	}
	return nil, missing("document", path)
}

// Documents lists the paths of these files, sorted.
func (l *Library) Documents() []string { return sortedKeys(l.documents) }

// Published tells whether a version stands in content.sum.
func (l *Library) Published(in *instrument.Instrument) bool {
	return l.published[in.Name()] == in.Hash && in.Hash != ""
}
