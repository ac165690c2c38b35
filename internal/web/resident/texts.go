package resident

import (
	"bytes"
	"fmt"
	"html/template"
	"regexp"
	"strings"
	"unicode"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"

	"osvitlo/internal/content"
	"osvitlo/internal/i18n"
	"osvitlo/internal/web/page"
)

// sayings are the texts of content/texts in one language with the city's own words
// filled in.
type sayings struct {
	lang string
	tel  *strings.Replacer // the telephone number on one line
	text map[string]string
	fill *strings.Replacer
}

// sayingFiles are the short texts this package speaks with.
var sayingFiles = []string{"texts/trust.yaml", "texts/consent.yaml", "texts/answers.yaml"}

func newSayings(lib *content.Library, city page.City, w *i18n.Localizer) (*sayings, error) {
	or := func(s, key string) string {
		if s == "" {
			return w.T(key, nil)
		}
		return s
	}
	s := &sayings{lang: w.Language, text: map[string]string{}, fill: strings.NewReplacer(
		"{{.Owner}}", or(city.Owner.In(w.Language), "resident.unset.owner"),
		"{{.Decree}}", or(city.Decree.In(w.Language), "resident.unset.decree"),
		"{{.Phone}}", or(city.Phone, "resident.unset.phone"),
	)}
	s.tel = strings.NewReplacer()
	if city.Phone != "" {
		s.tel = strings.NewReplacer(city.Phone, solid(city.Phone))
	}
	for _, file := range sayingFiles {
		d, err := lib.Document(file)
		if err != nil {
			return nil, err
		}
		texts := map[string]i18n.Text{}
		if err := d.Decode("", &texts); err != nil {
			return nil, err
		}
		for id, t := range texts {
			s.text[id] = s.tel.Replace(tied(s.fill.Replace(t.In(w.Language))))
		}
	}
	return s, s.need("answers-title", "answers-lead", "answers-1", "answers-2", "answers-3", "answers-4", "answers-example-none",
		"answers-counted", "answers-not-counted", "answers-elsewhere", "survey-done-title", "offline-done-title", "offline-done",
		"offline-done-safe", "draft-note", "consent-title", "consent-more", "consent-not-now", "consent-statistics",
		"consent-statistics-hint", "consent-displaced", "consent-displaced-full", "consent-14-17", "consent-under-14",
		"trust-lead", "trust-who", "trust-why", "trust-never", "trust-nobody", "trust-check", "trust-get-title")
}

// figure is a number before a word: «9 лютого», «№ 14», «14 днів».
var figure = regexp.MustCompile(`(\d|№) ([\p{L}\d])`)

// tied keeps a number with the word behind it on one line.
func tied(text string) string { return figure.ReplaceAllString(text, "$1"+i18n.NoBreakSpace+"$2") }

// solid keeps a telephone number or a span of hours on one line.
func solid(text string) string {
	return strings.NewReplacer(" ", i18n.NoBreakSpace, "-", "\u2011", i18n.EnDash, "\u2060"+i18n.EnDash+"\u2060").Replace(text)
}

// speaks is the language of a name that others gave, by its letters: what is quoted
// keeps its language, and a reader's voice must know it.
func speaks(text string) string {
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }) {
		return i18n.Ukrainian
	}
	return i18n.English
}

// get returns a text; its id stands for one that is missing, as with messages.
func (s *sayings) get(id string) string {
	if t, ok := s.text[id]; ok {
		return t
	}
	return id
}

// need names the texts that are missing, so that the program does not start without them.
func (s *sayings) need(ids ...string) error {
	for _, id := range ids {
		if s.text[id] == "" {
			return fmt.Errorf("content/texts: no text %q in %s", id, s.lang)
		}
	}
	return nil
}

// prose is a long text as HTML.
type prose struct {
	Title string
	Body  template.HTML
}

// renderProse turns the Markdown pages into HTML once. The first line is the title.
// Whatever the Markdown holds, only plain structure and links come through.
func renderProse(lib *content.Library, s *sayings, lang string) (map[string]*prose, error) {
	policy := bluemonday.NewPolicy()
	policy.AllowElements("h2", "h3", "p", "ul", "ol", "li", "strong", "em", "code", "br", "blockquote", "hr")
	policy.AllowAttrs("href").OnElements("a")
	policy.AllowRelativeURLs(true)
	policy.AllowURLSchemes("https", "tel", "mailto")
	policy.RequireNoReferrerOnLinks(true)
	out := map[string]*prose{}
	for _, id := range []string{"method", "privacy", "accessibility", "framework"} {
		p, err := lib.Page(id)
		if err != nil {
			return nil, err
		}
		text := s.tel.Replace(i18n.NoBreak(s.fill.Replace(p.Markdown.In(lang))))
		title, rest, _ := strings.Cut(strings.TrimSpace(text), "\n")
		title, ok := strings.CutPrefix(title, "# ")
		if !ok {
			return nil, fmt.Errorf("content/texts/%s.%s.md: the first line is no «# title»", id, lang)
		}
		var b bytes.Buffer
		if err := goldmark.Convert([]byte(rest), &b); err != nil {
			return nil, fmt.Errorf("content/texts/%s.%s.md: %w", id, lang, err)
		}
		out[id] = &prose{Title: title, Body: template.HTML(policy.SanitizeBytes(b.Bytes()))}
	}
	return out, nil
}
