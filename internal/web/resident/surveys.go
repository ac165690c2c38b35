package resident

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
	"osvitlo/internal/sitting"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// SurveysPage lists what can be taken.
type SurveysPage struct {
	page.Base
	List []SurveyCard
}

// SurveyCard is one instrument of the list.
type SurveyCard struct{ Href, Title, Summary, Time, Sheet, Closed string }

// Surveys lists the instruments in use.
func (h *Handlers) Surveys(c *gin.Context) error {
	return h.keep(c, "surveys", "/surveys", h.closedNow(), func(lang string) (page.Page, error) {
		w := h.o.Words.Lang(lang)
		b := h.public(lang, "/surveys", "test", "resident.surveys.title")
		b.Description = w.T("resident.surveys.lead", nil)
		p := &SurveysPage{Base: b}
		for _, in := range h.o.Library.Instruments() {
			pub, ok := h.o.Sittings.Catalogue().Current(in.Slug)
			if !ok || pub.Role == instrument.RoleRound { // begun with a code, at /join
				continue
			}
			card := SurveyCard{Href: "/surveys/" + pub.Slug, Title: pub.Title.In(lang), Summary: pub.Summary.In(lang),
				Time: w.T("resident.minutes", map[string]any{"From": pub.Minutes.From, "To": pub.Minutes.To})}
			if h.o.Sittings.Closed(pub.Instrument) != "" {
				card.Closed = w.T("resident.closed.tag", nil)
			}
			if pub.Role == instrument.RoleOffline {
				card.Sheet = card.Href + "/sheet"
			}
			p.List = append(p.List, card)
		}
		return p, nil
	})
}

// TrustPage is the screen before the first question.
type TrustPage struct {
	page.Base
	Heading, Lead string
	About         string // what follows, in a sentence
	Facts         []page.Fact
	Get           page.Note
	ConsentTitle  string
	Consent       page.Check
	Full          page.Details
	Draft         string // «людина ще не перевірила», or empty
	Action        string
	NotNow        string
}

// closedNow names the tests that are closed, for the version of pages that say so.
func (h *Handlers) closedNow() string {
	out := ""
	for _, slug := range h.o.Sittings.Catalogue().Slugs() {
		if pub, ok := h.o.Sittings.Catalogue().Current(slug); ok {
			if why := h.o.Sittings.Closed(pub.Instrument); why != "" {
				out += slug + " " + why + " "
			}
		}
	}
	return out
}

// Trust says who asks, what for, and what is never asked.
func (h *Handlers) Trust(c *gin.Context) error {
	pub, err := h.current(c.Param("slug"))
	if err != nil {
		return err
	}
	if pub.Role == instrument.RoleRound {
		return see(c, "/join")
	}
	path := "/surveys/" + pub.Slug
	if why := h.o.Sittings.Closed(pub.Instrument); why != "" {
		return h.keep(c, "closed", path, pub.Hash+" "+why, func(lang string) (page.Page, error) {
			return h.closed(lang, path, why, pub.Instrument), nil
		})
	}
	if certifies(pub.Instrument) { // only by name, and where somebody watches
		return see(c, Level)
	}
	version := pub.Hash
	if h.o.Sittings.Counts(pub.Instrument) {
		version += " counts"
	}
	known := gate.Actor(c).Person != "" // then no copy for everybody is kept
	return h.keep(c, "trust", path, version, func(lang string) (page.Page, error) {
		p, err := h.trust(lang, path, pub.Instrument)
		if err == nil && known {
			h.trustKnown(p)
		}
		return p, err
	})
}

// trustKnown says to somebody who signed in what is true for them: we may know their
// name, and their answers lie apart from it.
func (h *Handlers) trustKnown(p *TrustPage) {
	nobody := h.says[p.Lang].get("trust-nobody")
	for i := range p.Facts {
		if p.Facts[i].Text == nobody {
			w := h.o.Words.Lang(p.Lang)
			p.Facts[i].Title, p.Facts[i].Text = w.T("resident.trust.known", nil), w.T("resident.trust.known.text", nil)
		}
	}
}

func (h *Handlers) current(slug string) (sitting.Published, error) {
	pub, ok := h.o.Sittings.Catalogue().Current(slug)
	if !ok {
		return pub, fault.New(fault.NotFound, "")
	}
	return pub, nil
}

func (h *Handlers) trust(lang, path string, in *instrument.Instrument) (*TrustPage, error) {
	s, role := h.says[lang], string(in.Role)
	if role == string(instrument.RoleTest) {
		role = "test"
	}
	if err := s.need("trust-title", "trust-time-"+role, "trust-get-"+role, "consent-statistics-full"); err != nil {
		return nil, err
	}
	fact := func(icon, id string) page.Fact {
		return page.Fact{Icon: icon, Title: s.get("trust-" + strings.SplitN(id, "-", 2)[0] + "-title"), Text: s.get("trust-" + id)}
	}
	p := &TrustPage{
		Base: page.Base{Lang: lang, Title: s.get("trust-title"), Path: path, Nav: "test",
			Description: in.Summary.In(lang), Back: &page.Link{Href: "/"}},
		Heading: s.get("trust-title"), Lead: s.get("trust-lead"),
		About: in.Title.In(lang),
		Facts: []page.Fact{fact("bank", "who"), fact("bulb", "why"), fact("clock", "time-"+role), fact("shield", "never")},
		Get:   page.Note{Kind: "sun", Title: s.get("trust-get-title"), Text: []string{s.get("trust-get-" + role)}},
		Consent: page.Check{ID: "consent-statistics", Name: "consent", Value: sitting.ConsentStatistics,
			Label: s.get("consent-statistics"), Hint: s.get("consent-statistics-hint")},
		ConsentTitle: s.get("consent-title"),
		Full: page.Details{Summary: s.get("consent-more"),
			Text: []string{s.get("consent-statistics-full"), s.get("consent-14-17"), s.get("consent-under-14")}},
		Action: path, NotNow: s.get("consent-not-now"),
	}
	draft := in.Items()
	if _, ok := in.Adaptive(); ok {
		w := h.o.Words.Lang(lang)
		p.Heading, p.Title = in.Title.In(lang), in.Title.In(lang)
		p.Facts[2].Text = w.T("resident.express.time", map[string]any{"From": in.Minutes.From, "To": in.Minutes.To})
		p.Facts = append(p.Facts, page.Fact{Icon: "offline", Title: w.T("resident.express.online", nil), Text: w.T("resident.express.online.text", nil)})
		if !h.o.Sittings.Counts(in) {
			p.Consent.Label = w.T("resident.express.consent", nil)
			p.Facts = append(p.Facts, page.Fact{Icon: "info", Title: w.T("resident.express.uncounted", nil), Text: w.T("resident.express.uncounted.text", nil)})
		}
		draft = h.o.Library.Items()
	}
	if h.o.NoNames {
		p.Facts = append(p.Facts, fact("lock", "nobody"))
	}
	check := fact("phone", "check")
	if city := h.o.City; city.Phone != "" && city.PhoneHref != "" {
		if before, after, ok := strings.Cut(check.Text, solid(city.Phone)); ok {
			check.Text, check.After = strings.TrimSuffix(before, " "), after
			check.Link = &page.Link{Href: city.PhoneHref, Text: solid(city.Phone)}
		}
	}
	p.Facts = append(p.Facts, check)
	if slices.ContainsFunc(draft, func(it *instrument.Item) bool { return it.Status == "draft" || len(it.Reviews) == 0 }) {
		p.Draft = s.get("draft-note")
	}
	return p, nil
}

// Start begins a sitting. Nothing is stored: what the person agreed to travels in
// the sealed cookie until the first answer.
func (h *Handlers) Start(c *gin.Context) error {
	pub, err := h.current(c.Param("slug"))
	if err != nil {
		return err
	}
	if why := h.o.Sittings.Closed(pub.Instrument); why != "" {
		path := "/surveys/" + pub.Slug
		return h.o.Pages.Render(c.Writer, http.StatusForbidden, "resident/closed", h.closed(lang(c), path, why, pub.Instrument))
	}
	if certifies(pub.Instrument) {
		return see(c, Level)
	}
	if pub.Role == instrument.RoleRound {
		return see(c, "/join")
	}
	values, err := posted(c)
	if err != nil {
		return err
	}
	q := sitting.StartRequest{Instrument: pub.Slug, Language: lang(c)}
	if slices.Contains(values["consent"], sitting.ConsentStatistics) {
		q.Consent = []string{sitting.ConsentStatistics}
	}
	st, err := h.o.Sittings.Start(c.Request.Context(), q)
	if err != nil {
		return err
	}
	h.remember(c, st.ID, st.Token)
	return see(c, visit{id: st.ID}.at())
}
