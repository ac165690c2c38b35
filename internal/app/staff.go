package app

import (
	"context"
	"encoding/json"
	"html/template"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"osvitlo/internal/demo"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
)

// demoPerson is somebody of the demo city with a role. Everybody may sign in as them.
type demoPerson struct {
	Role   string    `json:"role"`
	Place  string    `json:"place,omitempty"`
	ID     person.ID `json:"id"`
	Secret string    `json:"totp_secret,omitempty"`
}

// Venue is a place where mentors work: one of the register, or of the configuration.
type Venue struct {
	ID   string
	Name i18n.Text
}

// demoVenues and demoSchool are invented, and named so.
var demoVenues = []Venue{
	{"demo-library-1", i18n.Text{UK: "Бібліотека № 1 (вигадана)", EN: "Library No 1 (invented)"}},
	{"demo-library-2", i18n.Text{UK: "Бібліотека № 2 (вигадана)", EN: "Library No 2 (invented)"}},
}

const demoSchool = "demo-school-1"

var demoSchoolName = i18n.Text{UK: "Ліцей № 1 (вигаданий)", EN: "Lyceum No 1 (invented)"}

// DemoPlace is where a role is held in the demo city; empty for roles without a place.
func DemoPlace(role person.Role) string {
	switch role.PlaceKind() {
	case person.Venue:
		return demoVenues[0].ID
	case person.Institution:
		return demoSchool
	}
	return ""
}

// Venues lists the places where mentors work: those of the configuration first, then
// the register's, hidden ones too: staff work there all the same. The demo's own two come
// first, so that what was made at them is found again.
func (a *App) Venues() []Venue {
	var list []Venue
	have := map[string]bool{}
	add := func(v Venue) {
		if !have[v.ID] {
			have[v.ID], list = true, append(list, v)
		}
	}
	for _, v := range a.config.Venues {
		id, name, _ := strings.Cut(strings.TrimSpace(v), "=")
		if name == "" {
			name = id
		}
		add(Venue{id, i18n.Text{UK: name, EN: name}})
	}
	if a.config.Demo && len(a.config.Venues) == 0 {
		for _, v := range demoVenues {
			add(v)
		}
	}
	if a.Places != nil {
		for _, p := range a.Places.All() {
			add(Venue{p.ID, p.Name})
		}
	}
	return list
}

// issuer is what an authenticator shows beside the digits.
func (a *App) issuer() string { return "Osvitlo " + a.config.City.NameEN }

// AddPerson makes a person with a role, as the operator's command does. The sign-in
// address works once, for 15 minutes.
func (a *App) AddPerson(ctx context.Context, role person.Role, place string) (_ *person.Added, address string, err error) {
	defer fault.Wrap(&err, "app.AddPerson")
	added, err := a.People.AddStaff(ctx, person.Operator("user-add"), role, place, a.issuer())
	if err != nil {
		return nil, "", err
	}
	return added, a.SignInAddress(added.SignIn), nil
}

// SignInAddress is where a token of SignInLink signs in: at the public address, or
// where a running site of this data folder says it listens.
func (a *App) SignInAddress(token string) string {
	base := a.config.PublicURL
	if base == "" {
		base = "http://" + a.config.Listen
		if raw, err := os.ReadFile(filepath.Join(a.config.Data, addressFile)); err == nil {
			base = "http://" + strings.TrimSpace(string(raw))
		}
	}
	return strings.TrimSuffix(base, "/") + "/sign-in/link/" + token
}

// addressFile tells commands beside a running site where it listens.
const addressFile = "address"

// noteAddress writes the address down and returns what takes it back.
func (a *App) noteAddress(at string) func() {
	name := filepath.Join(a.config.Data, addressFile)
	if err := os.WriteFile(name, []byte(at+"\n"), 0o600); err != nil {
		a.log.Warn("the address could not be noted: sign-in addresses of commands may name another port", "error", err.Error())
		return func() {}
	}
	return func() { _ = os.Remove(name) } // a stale one is written over by the next start
}

// demoPeople makes one person of each role in a new demo city. A start that was cut
// off in the middle makes the missing ones at the next.
func (a *App) demoPeople(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "app.demoPeople")
	if !a.Demo() || a.People == nil {
		return nil
	}
	have := map[string]bool{}
	for _, p := range a.kind.Staff {
		have[p.Role] = true
	}
	grown := false
	for _, role := range person.Roles() {
		if role == person.Visitor || have[role.String()] {
			continue
		}
		place := DemoPlace(role)
		added, err := a.People.AddStaff(ctx, person.Operator("demo"), role, place, a.issuer())
		if err != nil {
			return err
		}
		a.kind.Staff = append(a.kind.Staff, demoPerson{Role: role.String(), Place: place, ID: added.ID, Secret: added.TOTPSecret})
		grown = true
	}
	if !slices.ContainsFunc(a.kind.Staff, func(p demoPerson) bool { return p.Place == demo.DemoEmployer }) {
		added, err := a.People.AddStaff(ctx, person.Operator("demo"), person.Coordinator, demo.DemoEmployer, a.issuer())
		if err != nil {
			return err
		}
		a.kind.Staff = append(a.kind.Staff, demoPerson{Role: person.Coordinator.String(), Place: demo.DemoEmployer, ID: added.ID, Secret: added.TOTPSecret})
		grown = true
	}
	if !grown {
		return nil
	}
	return a.known.Replace(ctx, a.kind)
}

// demoDoor is one line of the demo's door.
type demoDoor struct {
	Role    string    `json:"role"`
	Place   string    `json:"place,omitempty"`
	ID      person.ID `json:"id"`
	Address string    `json:"sign_in_url"`
	Secret  string    `json:"totp_secret,omitempty"`
	Digits  string    `json:"totp_code,omitempty"` // good for the present half-minute
}

// demoSignIn is the operator's page with a fresh sign-in address of every demo person:
// HTML, or JSON for ?format=json and Accept: application/json.
func (a *App) demoSignIn(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	doors := make([]demoDoor, 0, len(a.kind.Staff))
	for _, p := range a.kind.Staff {
		token, err := a.People.SignInLink(r.Context(), person.Operator("demo"), p.ID)
		if err != nil {
			a.log.Error("demo door", "error", err.Error())
			http.Error(w, "unavailable", http.StatusServiceUnavailable)
			return
		}
		d := demoDoor{Role: p.Role, Place: p.Place, ID: p.ID, Address: a.SignInAddress(token), Secret: p.Secret}
		if p.Secret != "" {
			if d.Digits, err = person.TOTPDigits(p.Secret, a.now()); err != nil {
				a.log.Error("demo door", "error", err.Error())
			}
		}
		doors = append(doors, d)
	}
	if r.URL.Query().Get("format") == "json" || strings.Contains(r.Header.Get("Accept"), "application/json") {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		if err := json.NewEncoder(w).Encode(map[string]any{"demo": true, "people": doors}); err != nil {
			a.log.Debug("demo door", "error", err.Error()) // the asker has left
		}
		return
	}
	a.door(w, r, doorPage, doors)
}

// demoMail shows the mails that the demo would have sent.
func (a *App) demoMail(w http.ResponseWriter, r *http.Request) {
	if a.Inbox == nil {
		http.NotFound(w, r)
		return
	}
	mails, err := a.Inbox.List(r.Context(), "", 50)
	if err != nil {
		a.log.Error("demo mail", "error", err.Error())
		http.Error(w, "unavailable", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	a.door(w, r, mailPage, mails.Items)
}

// The operator's pages of the demo. They are plain: no city stands behind them.
var (
	doorPage = template.Must(template.New("door").Parse(`<!doctype html><html lang="{{.Lang}}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{call .T "core.demo_door.title"}}</title><h1>{{call .T "core.demo_door.title"}}</h1><p>{{call .T "core.demo_door.text"}}</p>
<table><thead><tr><th scope="col">{{call .T "core.demo_door.role"}}<th scope="col">{{call .T "core.demo_door.place"}}<th scope="col">{{call .T "core.demo_door.digits"}}<th scope="col">{{call .T "core.demo_door.secret"}}</thead>
{{range .Data}}<tr><th scope="row"><a href="{{.Address}}">{{call $.T (print "role." .Role)}}</a><td>{{.Place}}<td>{{.Digits}}<td><code>{{.Secret}}</code>
{{end}}</table>
`))
	mailPage = template.Must(template.New("mail").Parse(`<!doctype html><html lang="{{.Lang}}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{call .T "core.demo_mail.title"}}</title><h1>{{call .T "core.demo_mail.title"}}</h1>
{{range .Data}}<article><h2>{{.Subject}}</h2><p>{{.At}} · {{.To}}</p><pre>{{.Text}}</pre></article>
{{else}}<p>{{call .T "core.demo_mail.none"}}</p>{{end}}
`))
)

func (a *App) door(w http.ResponseWriter, r *http.Request, page *template.Template, data any) {
	lang := i18n.Choose(r.URL.Query().Get("lang"), "", r.Header.Get("Accept-Language"))
	words := a.words.Lang(lang)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	err := page.Execute(w, map[string]any{"Lang": lang, "T": func(key string) string { return words.T(key, nil) }, "Data": data})
	if err != nil {
		a.log.Debug("demo door", "error", err.Error()) // the asker has left
	}
}
