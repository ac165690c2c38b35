package help

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"osvitlo/internal/yamldoc"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// Stage is how far an article is.
type Stage string

// The stages.
const (
	Draft     Stage = "draft"
	Public    Stage = "public"
	Withdrawn Stage = "withdrawn"
)

// Stages lists them.
func Stages() []Stage { return []Stage{Draft, Public, Withdrawn} }

// Bounds of an article.
const (
	MaxTitle   = 160  // letters
	MaxArticle = 8000 // letters of a text
	MaxLinks   = 8
	MaxAhead   = 366 * 24 * time.Hour // how long a check may be good
)

// ValidFor is how long a check is good unless the editor says otherwise: half a year, a
// month where frauds are described.
func ValidFor(topic string) time.Duration {
	if topic == Fraud {
		return 31 * 24 * time.Hour
	}
	return 183 * 24 * time.Hour
}

// Link leads to a lesson, an instruction or an official site.
type Link struct {
	Href  string    `json:"href" yaml:"href"`
	Title i18n.Text `json:"title" yaml:"title"`
}

// Article is an answer for everybody. Its id is its address. In its text an empty line
// ends a paragraph, lines that begin with "- " make a list and those with "1. " steps.
type Article struct {
	store.Doc
	Title      i18n.Text  `json:"title"`
	Text       i18n.Text  `json:"text"`
	Words      string     `json:"words,omitempty"` // more words that lead here
	Topic      string     `json:"topic"`
	Area       string     `json:"area,omitempty"`
	Links      []Link     `json:"links,omitempty"`
	Stage      Stage      `json:"stage"`
	Owner      string     `json:"owner"`                 // who answers for it: an office, not a person's name
	Source     string     `json:"source,omitempty"`      // official address
	CheckedOn  string     `json:"checked_on,omitempty"`  // day
	ValidUntil string     `json:"valid_until,omitempty"` // day
	CheckedBy  person.ID  `json:"checked_by,omitempty"`  // empty: nobody has looked at it yet
	From       string     `json:"from,omitempty"`        // number of the question it came from, for staff
	By         person.ID  `json:"by,omitempty"`
	At         store.Time `json:"at"`
	Changed    int64      `json:"changed"`
	Shipped    bool       `json:"-"` // came with the program, nobody here has changed it
}

// Stale tells whether the check of an article has run out.
func (a *Article) Stale(now time.Time) bool {
	return a.ValidUntil != "" && now.In(i18n.Kyiv).Format(time.DateOnly) > a.ValidUntil
}

var slugForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// reserved are addresses under /help that are no articles.
var reserved = []string{"ask", "asked", "q", "status", "suggest", "fraud", "new", "print"}

// Check names what is wrong with an article. Errors: Invalid with fields named as in the
// form.
func (a *Article) Check() error {
	var bad []fault.Field
	say := func(name, key string, args map[string]any) {
		bad = append(bad, fault.Field{Pointer: name, Key: key, Args: args})
	}
	if !slugForm.MatchString(a.ID) || len(a.ID) > 60 || slices.Contains(reserved, a.ID) {
		say("slug", "help.bad.slug", nil)
	}
	for _, x := range []struct {
		name, text string
		max        int
		must       bool
	}{{"title_uk", a.Title.UK, MaxTitle, true}, {"title_en", a.Title.EN, MaxTitle, false}, {"text_uk", a.Text.UK, MaxArticle, true}, {"text_en", a.Text.EN, MaxArticle, false},
		{"words", a.Words, 1000, false}, {"owner", a.Owner, MaxTitle, true}, {"source", a.Source, 300, false}} {
		switch {
		case x.must && strings.TrimSpace(x.text) == "":
			say(x.name, "page.form.required", nil)
		case letters(x.text) > x.max:
			say(x.name, "page.form.long", map[string]any{"Max": x.max})
		}
	}
	if _, ok := topicOf(a.Topic); !ok {
		say("topic", "page.form.choose", nil)
	}
	if a.Area != "" && !slices.Contains(Areas(), a.Area) {
		say("area", "page.form.choice", nil)
	}
	if !slices.Contains(Stages(), a.Stage) {
		say("stage", "page.form.choice", nil)
	}
	for _, l := range a.Links {
		if len(a.Links) > MaxLinks || !goodLink(l.Href) || letters(l.Href) > 300 || strings.TrimSpace(l.Title.UK) == "" || letters(l.Title.UK) > MaxTitle || letters(l.Title.EN) > MaxTitle {
			say("links", "help.bad.link", map[string]any{"Max": MaxLinks})
			break
		}
	}
	if a.Source != "" && !strings.HasPrefix(a.Source, "https://") {
		say("source", "help.bad.source", nil)
	}
	checked, err := day(a.CheckedOn)
	if err != nil {
		say("checked_on", "help.bad.day", nil)
	}
	until, err := day(a.ValidUntil)
	if err != nil || !until.IsZero() && (checked.IsZero() || until.Before(checked) || until.Sub(checked) > MaxAhead) {
		say("valid_until", "help.bad.until", nil)
	}
	if len(bad) > 0 {
		return fault.InvalidFields(bad...)
	}
	return nil
}

func goodLink(href string) bool {
	return strings.HasPrefix(href, "https://") && len(href) > 12 || strings.HasPrefix(href, "/") && !strings.HasPrefix(href, "//") && !strings.ContainsAny(href, "\\ \t\n")
}

func day(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	return time.Parse(time.DateOnly, s)
}

// file is an article as it is written in content/help.
type file struct {
	Title      i18n.Text `yaml:"title"`
	Text       i18n.Text `yaml:"text"`
	Words      string    `yaml:"words"`
	Topic      string    `yaml:"topic"`
	Area       string    `yaml:"area"`
	Links      []Link    `yaml:"links"`
	Owner      string    `yaml:"owner"`
	Source     string    `yaml:"source"`
	CheckedOn  string    `yaml:"checked_on"`
	ValidUntil string    `yaml:"valid_until"`
	Status     string    `yaml:"status"`
}

// Read reads the articles that come with the program, *.yaml in a folder; the name of a
// file is the article's address. They are public and say that nobody has checked them
// yet. Errors: Invalid, naming the file.
func Read(fsys fs.FS) (list []*Article, err error) {
	defer fault.Wrap(&err, "help.Read")
	names, err := fs.Glob(fsys, "*.yaml")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		raw, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		var f file
		if err := yamldoc.Strict(raw, &f); err != nil {
			return nil, fault.Newf(fault.Invalid, "", "%s: %v", name, err)
		}
		if f.Status != "draft" {
			return nil, fault.Newf(fault.Invalid, "", "%s: status is %q; what comes with the program is a draft until a person has checked it", name, f.Status)
		}
		a := &Article{Doc: store.Doc{ID: strings.TrimSuffix(path.Base(name), ".yaml")}, Title: f.Title, Text: f.Text, Words: f.Words, Topic: f.Topic, Area: f.Area, Links: f.Links,
			Stage: Public, Owner: f.Owner, Source: f.Source, CheckedOn: f.CheckedOn, ValidUntil: f.ValidUntil, Shipped: true}
		if err := a.Check(); err != nil {
			return nil, fault.Newf(fault.Invalid, "", "%s: %v", name, err)
		}
		list = append(list, a)
	}
	return list, nil
}

// Part is a piece of a text: a paragraph, or a list.
type Part struct {
	Text  string
	List  []string
	Steps bool // the list is numbered
}

// Parts cuts a text by its lines, as Article says.
func Parts(text string) (parts []Part) {
	var lines []string
	flush := func() {
		if len(lines) > 0 {
			parts = append(parts, Part{Text: strings.Join(lines, " ")})
			lines = nil
		}
	}
	for line := range strings.Lines(strings.ReplaceAll(text, "\r", "")) {
		line = strings.TrimSpace(line)
		entry, steps := strings.CutPrefix(line, "- ")
		listed := steps
		steps = false
		if !listed {
			if n, rest, ok := strings.Cut(line, ". "); ok && len(n) > 0 && len(n) < 3 && strings.Trim(n, "0123456789") == "" {
				entry, listed, steps = rest, true, true
			}
		}
		switch {
		case line == "":
			flush()
		case listed:
			flush()
			if n := len(parts); n > 0 && parts[n-1].List != nil && parts[n-1].Steps == steps {
				parts[n-1].List = append(parts[n-1].List, entry)
				continue
			}
			parts = append(parts, Part{List: []string{entry}, Steps: steps})
		default:
			lines = append(lines, line)
		}
	}
	flush()
	return parts
}
