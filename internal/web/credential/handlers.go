package credential

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"io/fs"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/course"
	"osvitlo/internal/credential"
	"osvitlo/internal/credential/badge"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

//go:embed templates/*.html
var templates embed.FS

// Set is the folder of templates that the renderer must be built with.
func Set() page.Set {
	sub, err := fs.Sub(templates, "templates")
	if err != nil {
		panic("credential: " + err.Error()) // the folder is built in
	}
	return page.Set{Name: "credential", FS: sub}
}

// Catalogue knows badges and competences; content.Library is one.
type Catalogue interface {
	Badges() []*badge.Badge
	Badge(slug string) (*badge.Badge, error)
	BadgeArt(name string) (svg, png []byte, err error)
	CompetenceTitle(id string) i18n.Text
	Courses() []*course.Course
}

// Learner is who a mentor prints for.
type Learner struct {
	ID   person.ID
	Name string
}

// Options are what the pages are made of.
type Options struct {
	Pages       *page.Renderer // built with Set
	Words       *i18n.Bundle
	Credentials *credential.Service
	Catalogue   Catalogue
	// Learner reads a person of the mentor's venue; whoever is of another one is NotFound.
	Learner func(ctx context.Context, a person.Actor, id person.ID) (*Learner, error)
	// Enter gives the browser what opens a test for a level, and tells where it goes on.
	Enter   func(c *gin.Context, sitting, token string) (address string)
	Facts   Facts          // of how such a test went
	Places  func() []Place // where tests are watched
	City    page.City
	Address func() string                       // of the site; empty: taken from the request
	OverTLS bool                                // the site is reached over TLS
	Menu    func(*gin.Context) []page.MenuGroup // of staff; nil: none
	Now     func() time.Time
}

// Handlers answer the addresses. They are safe for concurrent use.
type Handlers struct{ o Options }

// New prepares the handlers. The error names what is missing.
func New(o Options) (*Handlers, error) {
	if o.Pages == nil || o.Words == nil || o.Credentials == nil || o.Catalogue == nil || o.Learner == nil || o.Enter == nil || o.Facts == nil || o.Places == nil {
		return nil, errors.New("credential: pages, words, credentials, badges, learners, tests and places are needed")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Address == nil {
		o.Address = func() string { return "" }
	}
	return &Handlers{o: o}, nil
}

// Addresses of the lists.
const (
	mine   = "/me/certificates"
	office = "/office/certificates"
)

// Office is where staff look certificates up.
const Office = office

// Routes lists the addresses.
func (h *Handlers) Routes() []gate.Route {
	open := func(path string, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: http.MethodGet, Path: path, Need: gate.Open, Do: do}
	}
	get := func(path string, act person.Action, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: http.MethodGet, Path: path, Need: gate.May(act), Do: do}
	}
	post := func(path string, act person.Action, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: http.MethodPost, Path: path, Need: gate.May(act), Do: do}
	}
	return []gate.Route{
		open("/verify", h.VerifyForm),
		open("/verify/:id", h.Verify),
		open("/verify/:id/:file", h.File),
		open("/badges", h.Badges),
		open("/badges/:slug", h.Badge),
		open("/badges/:slug/:file", h.BadgeFile),
		open("/credentials/status/:list", h.Status),
		open("/.well-known/did.json", h.DID),

		get(mine, person.MeRead, h.Mine),
		post(mine+"/:id/name", person.MeEdit, h.MyName),
		open(level, h.Level),
		post(level, person.MeEdit, h.BeginLevel),

		get("/mentor/learners/:id/certificates", person.CardIssue, h.Learner),
		post("/mentor/learners/:id/certificates/:credential/name", person.CardIssue, h.LearnerName),

		post("/mentor/learners/:id/trial", person.CardIssue, h.SignTrial),

		get(exams, person.SittingAssist, h.Exams),
		post(exams, person.SittingAssist, h.OpenExam),
		get(exams+"/:id", person.SittingAssist, h.Exam),
		post(exams+"/:id/close", person.SittingAssist, h.CloseExam),
		post(exams+"/:id/:attempt/pause", person.SittingAssist, h.PauseTest),
		post(exams+"/:id/:attempt/remark", person.SittingAssist, h.Remark),

		get(office, person.ContentEdit, h.Office),
		get(queue, person.ContentEdit, h.Queue),
		get(queue+"/:id", person.ContentEdit, h.QueueOne),
		post(queue+"/:id/approve", person.ContentPublish, h.Approve),
		post(queue+"/:id/refuse", person.ContentPublish, h.Refuse),
		get(office+"/keys", person.ContentPublish, h.KeysForm),
		post(office+"/keys", person.ContentPublish, h.Rotate),
		get(office+"/of/:id", person.ContentEdit, h.OfficeOne),
		get(office+"/of/:id/revoke", person.ContentPublish, h.RevokeForm),
		post(office+"/of/:id/revoke", person.ContentPublish, h.Revoke),
	}
}

// view is one request.
type view struct {
	h    *Handlers
	c    *gin.Context
	ctx  context.Context
	w    *i18n.Localizer
	lang string
}

func (h *Handlers) see(c *gin.Context) *view {
	ctx := c.Request.Context()
	lang := i18n.FromContext(ctx)
	return &view{h: h, c: c, ctx: ctx, w: h.o.Words.Lang(lang), lang: lang}
}

// t is a message of this package with pairs of name and value.
func (v *view) t(key string, pairs ...any) string {
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return v.w.T("credential."+key, m)
}

func (v *view) base(title string) page.Base {
	return page.Base{Lang: v.lang, Title: title, Path: v.c.Request.URL.Path, NoIndex: true}
}

// site is the address of this site as people see it.
func (v *view) site() string {
	if at := strings.TrimSuffix(v.h.o.Address(), "/"); at != "" {
		return at
	}
	if v.c.Request.TLS != nil || v.h.o.OverTLS {
		return "https://" + v.c.Request.Host
	}
	return "http://" + v.c.Request.Host
}

// render writes a page that nobody keeps.
func (v *view) render(status int, name string, data page.Page) error {
	v.c.Header("Cache-Control", "no-store")
	return v.h.o.Pages.Render(v.c.Writer, status, name, data)
}

// said are the words of what was just done.
var said = []string{"name", "revoked", "key", "level", "alarm", "stopped", "exam", "closed", "paused", "remark", "refused", "trial"}

// sheet begins a page of people who signed in.
func (v *view) sheet(title string) *page.Sheet {
	s := &page.Sheet{Base: v.base(title)}
	if done := v.c.Query("done"); slices.Contains(said, done) {
		s.Done = v.t("done." + done)
	}
	return s
}

func (v *view) staff(title string) *page.Sheet {
	s := v.sheet(title)
	s.MenuID = "certificates"
	if v.h.o.Menu != nil {
		s.Menu = v.h.o.Menu(v.c)
	}
	s.Crumbs = []page.Link{{Href: "/office", Text: v.t("office")}}
	return s
}

func (v *view) put(status int, s *page.Sheet) error { return v.render(status, "page/sheet", s.Ready()) }

func (v *view) to(path, done string) error {
	v.c.Header("Cache-Control", "no-store")
	page.SeeOther(v.c.Writer, v.c.Request, path+"?done="+done)
	return nil
}

// learnerCookie holds the key of a device that learns without an account; web/learning
// sets it.
const learnerCookie = "learner"

// holds tells whether the reader is the holder: by sign-in, or on the device.
func (v *view) holds(doc *credential.View) bool {
	if doc.Learner == "" {
		return false
	}
	if who := gate.Actor(v.c).Person; who != "" && course.OfPerson(who) == doc.Learner {
		return true
	}
	k, err := v.c.Request.Cookie(learnerCookie)
	return err == nil && course.OfDevice(k.Value) == doc.Learner
}

// How long files for programs may be kept. A revocation shows when the copy is over.
const (
	keepStatus = 5 * time.Minute
	keepDID    = time.Hour
	keepArt    = 24 * time.Hour
)

// file writes bytes that others may keep and read from their own sites.
func (v *view) file(kind string, keep time.Duration, body []byte) error {
	sum := sha256.Sum256(body)
	tag := `"` + hex.EncodeToString(sum[:12]) + `"`
	head := v.c.Writer.Header()
	head.Set("Cache-Control", "public, max-age="+strconv.Itoa(int(keep.Seconds())))
	head.Set("ETag", tag)
	head.Set("Access-Control-Allow-Origin", "*")
	head.Set("Cross-Origin-Resource-Policy", "cross-origin") // a badge is shown on pages of others
	if v.c.GetHeader("If-None-Match") == tag {
		v.c.Status(http.StatusNotModified)
		return nil
	}
	return v.bytes(kind, body)
}

func (v *view) bytes(kind string, body []byte) error {
	head := v.c.Writer.Header()
	head.Set("Content-Type", kind)
	head.Set("Content-Length", strconv.Itoa(len(body)))
	v.c.Status(http.StatusOK)
	_, _ = v.c.Writer.Write(body) // the reader may have left
	return nil
}

// Media types of the files.
const (
	typeVC  = "application/vc"
	typeDID = "application/did+json"
	typeJWT = "application/vc+jwt"
	typeLD  = "application/ld+json"
	typePNG = "image/png"
	typeSVG = "image/svg+xml"
	typePDF = "application/pdf"
)
