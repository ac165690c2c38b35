package register

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/person"
	"osvitlo/internal/tablefile"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// Named is something with an id and a name in both languages.
type Named struct {
	ID   string
	Name i18n.Text
}

// People names who coordinates an institution; person.Service is one.
type People interface {
	StaffAt(ctx context.Context, a person.Actor, role person.Role, place string) ([]person.Staff, error)
	Invitations(ctx context.Context, a person.Actor) ([]person.Waits, error)
	Invite(ctx context.Context, a person.Actor, role person.Role, place string, until time.Time) (string, error)
	HandOver(ctx context.Context, a person.Actor, old person.ID, place string, until time.Time) (string, error)
	Revoke(ctx context.Context, a person.Actor, id person.ID, role person.Role, place string) error
	Uninvite(ctx context.Context, a person.Actor, id string) error
}

// Options are what the pages are made of.
type Options struct {
	Pages     *page.Renderer
	Words     *i18n.Bundle
	Bodies    *institution.Service
	People    People                // names coordinators
	Rounds    func() []*round.Round // the last one first; nil: none
	Districts []Named
	Map       *page.PickMap                       // on which a point is set; nil: it is typed in
	Menu      func(*gin.Context) []page.MenuGroup // of staff; nil: none
	Origin    string                              // "https://…" of links that are handed out; empty: taken from the request
	TLS       bool
	Now       func() time.Time
}

// Handlers answer the addresses. They are safe for concurrent use.
type Handlers struct{ o Options }

// New prepares the handlers. Errors: a part is missing.
func New(o Options) (*Handlers, error) {
	if o.Pages == nil || o.Words == nil || o.Bodies == nil || o.People == nil {
		return nil, errors.New("register: pages, words, the register and the people are needed")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Handlers{o: o}, nil
}

// Addresses.
const (
	Institutions = "/office/institutions"
	Coordinators = Institutions + "/coordinators"
	Imports      = Institutions + "/imports"
	listAt       = Institutions + "/list." // and the format
	Own          = "/school/people"        // of a coordinator
)

// Routes lists the addresses.
func (h *Handlers) Routes() []gate.Route {
	get := func(path string, act person.Action, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: http.MethodGet, Path: path, Need: gate.May(act), Do: do}
	}
	post := func(path string, act person.Action, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: http.MethodPost, Path: path, Need: gate.May(act), Do: do}
	}
	return []gate.Route{
		get(Institutions, person.InstitutionEdit, h.Register),
		get(listAt+tablefile.CSV, person.InstitutionEdit, h.List(tablefile.CSV)),
		get(listAt+tablefile.XLSX, person.InstitutionEdit, h.List(tablefile.XLSX)),
		get(Institutions+"/new", person.InstitutionEdit, h.NewBody),
		post(Institutions, person.InstitutionEdit, h.AddBody),
		post(yearAt, person.InstitutionEdit, h.RollOver),
		get(yearAt, person.InstitutionEdit, h.Year),
		post(yearAt+"/confirm", person.InstitutionEdit, h.ConfirmMany),
		get(Coordinators, person.CoordinatorList, h.Coordinators),
		post(Coordinators+"/uninvite", person.CoordinatorName, h.Uninvite),
		get(Imports, person.InstitutionEdit, h.ImportList),
		{Method: http.MethodPost, Path: Imports, Need: gate.May(person.InstitutionEdit), Body: importBody, Do: h.TakeImport},
		get(Imports+"/example.csv", person.InstitutionEdit, h.Example),
		get(Imports+"/:import", person.InstitutionEdit, h.Import),
		post(Imports+"/:import", person.InstitutionEdit, h.Reread),
		post(Imports+"/:import/rows", person.InstitutionEdit, h.LeaveOut),
		post(Imports+"/:import/apply", person.InstitutionEdit, h.Apply),
		post(Imports+"/:import/undo", person.InstitutionEdit, h.Undo),
		get(Institutions+"/:body", person.InstitutionEdit, h.Body),
		post(Institutions+"/:body", person.InstitutionEdit, h.EditBody),
		post(Institutions+"/:body/rename", person.InstitutionEdit, h.Rename),
		post(Institutions+"/:body/merge", person.InstitutionEdit, h.Merge),
		get(Institutions+"/:body/merge", person.InstitutionEdit, h.MergePreview),
		get(Institutions+"/:body/split", person.InstitutionEdit, h.SplitPreview),
		post(Institutions+"/:body/split", person.InstitutionEdit, h.Split),
		post(Institutions+"/:body/unsplit", person.InstitutionEdit, h.Unsplit),
		get(Institutions+"/:body/coordinator", person.CoordinatorName, h.Coordinator),
		post(Institutions+"/:body/coordinator", person.CoordinatorName, h.NameCoordinator),
		post(Institutions+"/:body/coordinator/end", person.CoordinatorName, h.EndCoordinator),
		post(Institutions+"/:body/frame", person.InstitutionEdit, h.Frame),
		post(Institutions+"/:body/out", person.InstitutionEdit, h.TakeOut),
		post(Institutions+"/:body/back", person.InstitutionEdit, h.PutBack),

		get(Own, person.SchoolRead, h.OwnFirst),
		get(Own+"/:body", person.SchoolRead, h.OwnPeople),
		post(Own+"/:body/frame", person.SchoolEdit, h.OwnFrame),
		post(Own+"/:body/hand", person.CoordinatorHand, h.OwnHand),
	}
}

// view is one request.
type view struct {
	h      *Handlers
	c      *gin.Context
	ctx    context.Context
	w      *i18n.Localizer
	lang   string
	faults []fault.Field
	failed string // the form that was refused: its fields keep what was typed
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
	return v.w.T("register."+key, m)
}

// done are the acts that a page may name when it is read after one.
var done = []string{"added", "saved", "renamed", "merged", "frame", "out", "back", "year", "read", "reread", "rows", "applied", "undone", "split", "unsplit", "confirmed", "ended", "uninvited"}

// sheet begins a page. path is its own address: a refused form is shown under it again.
func (v *view) sheet(menu, path, title string, trail ...page.Link) page.Sheet {
	s := page.Sheet{Base: page.Base{Lang: v.lang, Title: title, Path: path}, MenuID: menu}
	if v.h.o.Menu != nil {
		s.Menu = v.h.o.Menu(v.c)
	}
	s.Crumbs = append([]page.Link{{Href: "/office", Text: v.t("office")}}, trail...)
	if d := v.c.Query("done"); slices.Contains(done, d) {
		s.Done = v.t("done." + d)
	}
	return s
}

// wrong puts what was refused on the page; 200 when nothing was.
func (v *view) wrong(s *page.Sheet, err error) (status int, rest error) {
	if err == nil {
		return http.StatusOK, nil
	}
	sum, fields, status, ok := page.Refused(v.w, err)
	if !ok {
		return 0, err
	}
	s.Errors, s.Failed, v.faults = sum, true, fields
	return status, nil
}

func (v *view) show(status int, s page.Sheet) error {
	v.c.Header("Cache-Control", "no-store")
	return v.h.o.Pages.Render(v.c.Writer, status, "page/sheet", s.Ready())
}

// to ends a POST: the browser reads the page at path, which says what was done.
func (v *view) to(path, done string) error {
	v.c.Header("Cache-Control", "no-store")
	page.SeeOther(v.c.Writer, v.c.Request, path+"?done="+done)
	return nil
}

// in is a text in the reader's language; a name that is known in one only, in that one.
func (v *view) in(t i18n.Text) string {
	if s := t.In(v.lang); s != "" {
		return s
	}
	return t.UK
}

func (v *view) district(id string) string {
	for _, d := range v.h.o.Districts {
		if d.ID == id {
			return v.in(d.Name)
		}
	}
	if id == "" {
		return v.t("district.none")
	}
	return id
}

func (v *view) kind(k institution.Kind) string   { return v.w.T("rounds.kind."+string(k), nil) }
func (v *view) role(r institution.Role) string   { return v.w.T("rounds.role."+string(r), nil) }
func (v *view) state(s institution.State) string { return v.t("state." + string(s)) }

// group names a reporting group: its kind in its district, or the word staff gave it.
func (v *view) group(i *institution.Institution) string {
	if i.Group != "" {
		return i.Group
	}
	return v.kind(i.Kind) + ", " + v.district(i.District)
}

// value is what a field shows: what was typed where its form was refused, else what is.
func (v *view) value(form_, name, now string) string {
	if v.failed == form_ && v.c.Request.PostForm != nil && v.c.Request.PostForm.Has(name) {
		return form.Typed(v.c.Request, name)
	}
	return now
}

func (v *view) field(in, name, now, width string) page.Field {
	f := page.Field{ID: page.FieldID(name), Name: name, Label: v.t("field." + name), Value: v.value(in, name, now), Width: width, Plain: width != "", MaxLength: 300,
		Error: page.FaultText(v.w, v.faults, name)}
	if name == "from" || name == "since" || name == "verified" {
		f.Type, f.Width = "date", "20"
	}
	if hint := "register.hint." + name; v.w.T(hint, nil) != hint {
		f.Hint = v.w.T(hint, nil)
	}
	return f
}

func (v *view) number(in, name, label string, now int, known bool) page.Field {
	text := ""
	if known {
		text = strconv.Itoa(now)
	}
	return page.Field{ID: page.FieldID(name), Name: name, Label: label, Value: v.value(in, name, text), Width: "6", InputMode: "numeric", Plain: true, MaxLength: 10,
		Error: page.FaultText(v.w, v.faults, name)}
}

// pick is a list of words to choose one from.
func (v *view) pick(in, name, label, now string, list []page.Option) page.Select {
	now = v.value(in, name, now)
	for i := range list {
		list[i].Selected = list[i].Value == now
	}
	return page.Select{ID: page.FieldID(name), Name: name, Label: label, Options: list, Error: page.FaultText(v.w, v.faults, name)}
}

func (v *view) kinds(any string) (list []page.Option) {
	if any != "" {
		list = append(list, page.Option{Text: any})
	}
	for _, k := range institution.Kinds() {
		list = append(list, page.Option{Value: string(k), Text: v.kind(k)})
	}
	return list
}

func (v *view) districts(any string) []page.Option {
	list := []page.Option{{Text: any}}
	for _, d := range v.h.o.Districts {
		list = append(list, page.Option{Value: d.ID, Text: v.in(d.Name)})
	}
	return list
}

func rev(n int64) []page.Hidden {
	return []page.Hidden{{Name: "rev", Value: strconv.FormatInt(n, 10)}}
}

// one is a single button that is a form.
func one(action, text, kind, confirm string, hidden []page.Hidden) page.Form {
	return page.Form{Action: action, Hidden: hidden, Buttons: []page.Button{{Text: text, Kind: kind, Small: true, Confirm: confirm}}}
}

// origin is the site's own address for links that are handed out.
func (v *view) origin() string {
	switch {
	case v.h.o.Origin != "":
		return strings.TrimSuffix(v.h.o.Origin, "/")
	case v.h.o.TLS || v.c.Request.TLS != nil:
		return "https://" + v.c.Request.Host
	}
	return "http://" + v.c.Request.Host
}

// n is a message with a count.
func (v *view) n(key string, n int) string {
	return v.w.N("register."+key, int64(n), map[string]any{"N": v.w.Int(int64(n))})
}

func (v *view) num(n int) string { return v.w.Int(int64(n)) }

// typedDay is a day as it is kept, of one that was typed the way people write it
// (01.12.2026); what is no day stays as it is, and no check lets it through.
func typedDay(text string) string {
	text = strings.TrimSpace(text)
	if at, err := time.Parse("2.1.2006", text); err == nil {
		return at.Format(time.DateOnly)
	}
	return text
}

// day writes a day that is kept as text.
func (v *view) day(text string) string {
	if at, err := time.ParseInLocation(time.DateOnly, text, i18n.Kyiv); err == nil {
		return v.w.Date(at)
	}
	return text
}

// check asks again for the city as the subject; the gate asked for anywhere.
func (v *view) check(act person.Action) error { return gate.Check(v.c, act, person.City) }
