package office

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/audit"
	"osvitlo/internal/cityindex"
	"osvitlo/internal/i18n"
	"osvitlo/internal/job"
	"osvitlo/internal/notify"
	"osvitlo/internal/person"
	"osvitlo/internal/sitting"
	"osvitlo/internal/survey"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// Place is a venue or an institution that a role can be bound to.
type Place struct {
	ID   string
	Name i18n.Text
	Kind person.PlaceKind // empty is a venue
}

// Sittings is what the office asks of the sittings that are held (CONTRACT §5).
// sitting.Service is one: it writes readings and decisions into the log itself.
type Sittings interface {
	Held(ctx context.Context, by sitting.By, q sitting.HeldQuery) (sitting.HeldPage, error)
	HeldHours(ctx context.Context) ([]sitting.HeldHour, error)
	Admission() []sitting.Admission
	Release(ctx context.Context, by sitting.By, ids []string, reason string) (sitting.Decided, error)
	Reject(ctx context.Context, by sitting.By, ids []string, reason string) (sitting.Decided, error)
}

// Index is what the office asks of the index: counts that are not public yet.
type Index interface {
	Staff(wave string) cityindex.StaffCount
	Snapshot() *cityindex.Snapshot
}

// Waves lists the waves. survey.Service is one.
type Waves interface{ Waves() []*survey.Wave }

// Section is an entry of the menu that another package answers.
type Section struct {
	ID, Href string
	Text     i18n.Text
	Act      person.Action
}

// Options are what the pages are made of.
type Options struct {
	Pages    *page.Renderer
	Words    *i18n.Bundle
	People   *person.Service
	Audit    *audit.Log
	Jobs     *job.Schedule
	Outbox   *job.Outbox
	Inbox    *notify.Inbox // demo only; nil: mails go to people
	Sittings Sittings      // nil: nothing is ever held
	Index    Index         // nil: no section of the index
	Waves    Waves
	Places   func() []Place
	More     []Section // sections of other packages
	Bodies   []Section // those of institutions: they stand under a heading of their own
	City     page.City
	Origin   string // "https://…" for links that are handed out; empty: taken from the request
	Log      *slog.Logger
	Now      func() time.Time
}

// Handlers answer the addresses of the office. They are safe for concurrent use.
type Handlers struct {
	o Options

	mu       sync.Mutex
	verified *verified // the last check of the log in this process
}

type verified struct {
	at     time.Time
	report *audit.Report
}

// New prepares the handlers. Errors: a part that every page needs is missing.
func New(o Options) (*Handlers, error) {
	if o.Pages == nil || o.Words == nil || o.People == nil || o.Audit == nil || o.Jobs == nil || o.Outbox == nil {
		return nil, errors.New("office: pages, words, people, audit, jobs and outbox are needed")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Places == nil {
		o.Places = func() []Place { return nil }
	}
	return &Handlers{o: o}, nil
}

// Routes is the list of the office's addresses.
func (h *Handlers) Routes() []gate.Route {
	get := func(path string, act person.Action, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: "GET", Path: path, Need: gate.May(act), Do: do}
	}
	post := func(path string, act person.Action, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: "POST", Path: path, Need: gate.May(act), Do: do}
	}
	list := []gate.Route{
		// The home is for whoever works here: it shows only what the actor may use.
		{Method: "GET", Path: "/office", Need: gate.May(person.MeRead), Do: h.Home},
		get("/office/roles", person.RoleList, h.Roles),

		get("/office/people", person.RoleList, h.People),
		get("/office/people/invite", person.RoleGrant, h.InviteForm),
		post("/office/people/invite", person.RoleGrant, h.Invite),
		post("/office/people/uninvite", person.RoleGrant, h.Uninvite),
		get("/office/people/:id", person.RoleList, h.Staff),
		get("/office/people/:id/grant", person.RoleGrant, h.GrantForm),
		post("/office/people/:id/grant", person.RoleGrant, h.Grant),
		get("/office/people/:id/revoke", person.RoleGrant, h.RevokeAsk),
		post("/office/people/:id/revoke", person.RoleGrant, h.Revoke),
		get("/office/people/:id/reset", person.FactorReset, h.ResetAsk),
		post("/office/people/:id/reset", person.FactorReset, h.Reset),
		get("/office/people/:id/end", person.FactorReset, h.EndAsk),
		post("/office/people/:id/end", person.FactorReset, h.End),

		get("/office/learners", person.PersonSearch, h.Learners),
		post("/office/learners", person.PersonSearch, h.Search),
		get("/office/learners/:id", person.PersonRead, h.Learner),
		get("/office/learners/:id/erase", person.PersonErase, h.EraseAsk),
		post("/office/learners/:id/erase", person.PersonErase, h.Erase),
		get("/office/duplicates", person.PersonDuplicates, h.Duplicates),
		get("/office/duplicates/:a/:b", person.PersonMerge, h.Compare),
		post("/office/duplicates/:a/:b/merge", person.PersonMerge, h.Merge),
		post("/office/duplicates/:a/:b/apart", person.PersonDuplicates, h.Apart),
		get("/office/learners/:id/undo/:merge", person.PersonMerge, h.UndoAsk),
		post("/office/learners/:id/undo/:merge", person.PersonMerge, h.Undo),

		get("/office/tokens", person.TokenList, h.Tokens),
		get("/office/tokens/new", person.TokenIssue, h.TokenForm),
		post("/office/tokens/new", person.TokenIssue, h.TokenIssue),
		get("/office/tokens/:id/revoke", person.TokenIssue, h.TokenAsk),
		post("/office/tokens/:id/revoke", person.TokenIssue, h.TokenRevoke),

		get("/office/audit", person.AuditSearch, h.Audit),
		post("/office/audit/verify", person.AuditSearch, h.Verify),
		get("/office/retention", person.RetentionRead, h.Retention),
		get("/office/privacy-fields", person.RetentionRead, h.Fields),
		get("/office/privacy-fields.csv", person.RetentionRead, h.FieldsCSV),
		get("/office/consent-texts", person.RetentionRead, h.ConsentTexts),
		get("/office/jobs", person.JobRead, h.Jobs),
		post("/office/jobs/letter", person.JobRead, h.Letter),
		get("/office/mail", person.MailRead, h.Mail),
	}
	if h.o.Sittings != nil {
		list = append(list, get("/office/held", person.SittingReview, h.Held), post("/office/held", person.SittingReview, h.Decide))
	}
	if h.o.Index != nil {
		list = append(list, get("/office/index", person.IndexInternal, h.Index))
	}
	return list
}
