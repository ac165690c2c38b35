package learning

import (
	"bytes"
	"html/template"
	"sync"
	"sync/atomic"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"

	"osvitlo/internal/i18n"
)

// prose turns the Markdown of lessons into HTML, each text once: a course is immutable
// and there are only so many of them.
type prose struct {
	policy *bluemonday.Policy
	done   *sync.Map // Markdown -> template.HTML
	kept   *atomic.Int64
}

func newProse() prose {
	p := bluemonday.NewPolicy()
	p.AllowElements("h3", "h4", "p", "ul", "ol", "li", "strong", "em", "br")
	p.AllowAttrs("href").OnElements("a")
	p.AllowRelativeURLs(true)
	p.AllowURLSchemes("https", "tel", "mailto")
	p.RequireNoReferrerOnLinks(true)
	return prose{policy: p, done: &sync.Map{}, kept: &atomic.Int64{}}
}

// maxKept bounds the texts that are kept.
const maxKept = 20_000

// html renders a text; what cannot be rendered is shown as it was written.
func (p prose) html(markdown string) template.HTML {
	if made, ok := p.done.Load(markdown); ok {
		return made.(template.HTML)
	}
	var b bytes.Buffer
	out := template.HTML(template.HTMLEscapeString(markdown))
	if err := goldmark.Convert([]byte(i18n.NoBreak(markdown)), &b); err == nil {
		out = template.HTML(p.policy.SanitizeBytes(b.Bytes()))
	}
	if p.kept.Load() < maxKept { // previews of drafts make ever new texts
		p.done.Store(markdown, out)
		p.kept.Add(1)
	}
	return out
}
