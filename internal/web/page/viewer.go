package page

import "net/http"

// Viewer is what the frame shows of whoever reads a page: how they like to read, and
// whether they are signed in. It comes with the writer of the answer (see Viewed), so
// that every page shows it and no handler must think of it.
type Viewer struct {
	Classes string        // of <html>: "os-t150 os-contrast"
	Easy    bool          // explanations of words stand open
	Account *AccountStrip // nil where nobody can sign in
}

// AccountStrip is the way to one's own page, in the header.
type AccountStrip struct {
	SignedIn bool
	Shared   bool // a shared computer: the button that ends it and clears everything
}

// Plain tells whether the page is the one that everybody gets: then a kept copy will do.
func (v Viewer) Plain() bool {
	return v.Classes == "" && !v.Easy && (v.Account == nil || !v.Account.SignedIn)
}

// Viewed is a writer that knows its reader.
type Viewed interface{ Viewer() Viewer }

// ViewerOf finds the reader of an answer under all wrappers of its writer.
func ViewerOf(w http.ResponseWriter) Viewer {
	for w != nil {
		if v, ok := w.(Viewed); ok {
			return v.Viewer()
		}
		inner, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			break
		}
		w = inner.Unwrap()
	}
	return Viewer{}
}

// The explanations of words as the template writes them, and open.
const (
	termsClosed = `<details class="os-details os-terms">`
	termsOpen   = `<details class="os-details os-terms" open>`
)

// account writes the way to one's own page, or to the sign-in. Whoever keeps pages for
// everybody has no strip in them: it stands there too.
func (m *markup) account(a *AccountStrip) {
	href, key := "/sign-in", "page.signin"
	if a != nil && a.SignedIn {
		href, key = "/me", "page.me"
	}
	m.raw(`<a class="os-bar__me" href="`, href, `"`)
	m.value("aria-label", m.s.words.T(key, nil))
	m.raw(`>`, pic("person"), `<span class="os-bar__word">`)
	m.say(key)
	m.raw("</span></a>\n")
}
