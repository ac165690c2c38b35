package account

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

const prefsLife = 365 * 24 * time.Hour

// Preferences asks how somebody likes to read, signed in or not.
func (h *Handlers) Preferences(c *gin.Context) error {
	w, p := h.words(c), person.ParsePrefs(cookie(c, CookiePrefs))
	to := "/"
	if gate.Actor(c).Person != "" {
		to = "/me"
	}
	s := &Sheet{Base: h.base(c, "account.prefs.title", to), Lead: []string{w.T("account.prefs.lead", nil)}}
	if c.Query("done") != "" {
		s.Notes = []page.Note{{Kind: "good", Title: w.T("account.prefs.done", nil)}}
	}
	sizes := page.Choices{ID: "f-text", Name: "text", Legend: w.T("account.prefs.text", nil),
		Items: []page.Choice{{Value: "0", Label: w.T("account.prefs.text.device", nil), Checked: p.Text == 0}}}
	for _, n := range person.TextSizes() {
		sizes.Items = append(sizes.Items, page.Choice{Value: strconv.Itoa(n), Label: w.T("account.prefs.text."+strconv.Itoa(n), nil), Checked: p.Text == n})
	}
	check := func(name string, on bool) page.Check {
		return page.Check{ID: "f-" + name, Name: name, Value: "1", Label: w.T("account.prefs."+name, nil), Hint: w.T("account.prefs."+name+".hint", nil), Checked: on}
	}
	s.Forms = []Form{{Action: "/preferences", Buttons: []page.Button{button(w, "page.save")},
		Parts: []any{sizes, check("contrast", p.Contrast), check("easy", p.Easy), check("still", p.Still), h.langChoices(w, w.Language)}}}
	return h.sheet(c, http.StatusOK, s)
}

// SavePreferences keeps them in this browser, and with the person who is signed in.
func (h *Handlers) SavePreferences(c *gin.Context) error {
	var in struct {
		Text     int    `form:"text" validate:"oneof=0 100 125 150 200"`
		Contrast bool   `form:"contrast"`
		Easy     bool   `form:"easy"`
		Still    bool   `form:"still"`
		Lang     string `form:"lang" validate:"omitempty,oneof=uk en"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	p := person.Prefs{Text: in.Text, Contrast: in.Contrast, Easy: in.Easy, Still: in.Still}
	if !i18n.Known(in.Lang) {
		in.Lang = lang(c)
	}
	if a := me(c); a.Person != "" {
		if err := h.o.People.SetSettings(c.Request.Context(), a, a.Person, person.Settings{Lang: in.Lang, Prefs: p}); err != nil {
			return err
		}
	}
	life := prefsLife
	if gate.Shared(c) {
		life = 2 * time.Hour
	}
	h.cookie(c, CookiePrefs, p.Cookie(), "/", life)
	h.cookie(c, cookieLang, in.Lang, "/", life)
	return see(c, "/preferences?done=1")
}

// Frame gives every page what its frame shows of the reader: the preferences of the
// cookie as classes, and the way to one's own page. It stands behind the gate's
// Sessions.
func (h *Handlers) Frame() gin.HandlerFunc {
	return func(c *gin.Context) {
		c.Writer = &viewed{ResponseWriter: c.Writer, c: c}
		c.Next()
	}
}

// leftKey marks a request that has ended its session.
const leftKey = "account.left"

// viewed is a writer that knows its reader. It asks when the page is written, so that a
// handler that ends a session is heard.
type viewed struct {
	gin.ResponseWriter
	c *gin.Context
}

// Unwrap lets net/http reach the connection.
func (v *viewed) Unwrap() http.ResponseWriter { return v.ResponseWriter }

// Viewer implements page.Viewed.
func (v *viewed) Viewer() page.Viewer {
	p := person.ParsePrefs(cookie(v.c, CookiePrefs))
	var classes []string
	if p.Text > 0 {
		classes = append(classes, "os-t"+strconv.Itoa(p.Text))
	}
	if p.Contrast {
		classes = append(classes, "os-contrast")
	}
	if p.Easy {
		classes = append(classes, "os-easy")
	}
	if p.Still {
		classes = append(classes, "os-still")
	}
	in := gate.Actor(v.c).Person != "" && !v.c.GetBool(leftKey)
	return page.Viewer{Classes: strings.Join(classes, " "), Easy: p.Easy, Account: &page.AccountStrip{SignedIn: in, Shared: in && gate.Shared(v.c)}}
}
