package assets

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/asset"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// listForm asks for a list. It travels in the address.
type listForm struct {
	Q    string `form:"q" validate:"max=100"`
	Kind string `form:"kind" validate:"omitempty,oneof=image video audio pdf"`
	Show string `form:"show" validate:"omitempty,oneof=published draft wait orphan"`
	Page int    `form:"page" validate:"min=0,max=1000"`
}

func (f *listForm) address(page int) string {
	q := url.Values{}
	for _, one := range [][2]string{{"q", f.Q}, {"kind", f.Kind}, {"show", f.Show}} {
		if one[1] != "" {
			q.Set(one[0], one[1])
		}
	}
	if page > 0 {
		q.Set("page", strconv.Itoa(page))
	}
	if len(q) == 0 {
		return Address
	}
	return Address + "?" + q.Encode()
}

// ListPage is the list with the form that uploads.
type ListPage struct {
	page.Sheet
	Error  string // of the file
	Action string
	Accept string
	Parts  string // where a script sends parts
	Quick  int    // MB that go without a script
	Limits []string
	Notes  []string
	Rows   []Row
	Empty  string
	Pager  *page.Pager
}

// Row is a file of the list.
type Row struct {
	Href, Title, Facts, Alt string
	Picture                 string // address of a small picture; empty without one
	Word                    string // in place of a picture
	Tags                    []page.Tag
}

const rows = 24

// List shows the files.
func (h *Handlers) List(c *gin.Context) error {
	var f listForm
	err := form.DecodeQuery(c.Request, &f)
	return h.see(c).list(&f, err)
}

func (v *view) list(f *listForm, refused error) error {
	p := &ListPage{Sheet: v.sheet(Address, v.t("title")), Action: Address, Parts: uploads, Quick: asset.QuickSize >> 20}
	p.Lead = v.t("lead")
	p.Path = f.address(f.Page)
	status, err := v.wrong(&p.Sheet, refused)
	if err != nil {
		return err
	}
	p.Error = v.fault("file")
	var kinds []string
	for _, k := range asset.Kinds() {
		p.Limits = append(p.Limits, v.t("limit."+string(k), "Size", v.size(k.Limit())))
		kinds = append(kinds, accept[k])
	}
	p.Accept = strings.Join(kinds, ",")
	if !v.h.o.Assets.Films() {
		p.Notes = append(p.Notes, v.t("note.film"))
	}
	if !v.h.o.Assets.Scans() {
		p.Notes = append(p.Notes, v.t("note.scan"))
	}
	find := asset.Filter{Words: f.Q, Kind: asset.Kind(f.Kind), Show: asset.Show(f.Show), Skip: f.Page * rows, Limit: rows}
	if refused != nil {
		find = asset.Filter{Limit: rows}
	}
	found, more, err := v.h.o.Assets.Find(v.c.Request.Context(), gate.Actor(v.c), find)
	if err != nil {
		return err
	}
	for _, a := range found {
		p.Rows = append(p.Rows, v.row(a))
	}
	p.Empty = v.t("empty")
	if f.address(0) != Address {
		p.Empty = v.t("empty.search")
	}
	p.Pager = &page.Pager{}
	if f.Page > 0 && refused == nil {
		p.Pager.Previous = &page.Link{Href: f.address(f.Page - 1), Text: v.t("newer")}
	}
	if more && refused == nil {
		p.Pager.Next = &page.Link{Href: f.address(f.Page + 1), Text: v.t("older")}
	}
	if p.Pager.Previous == nil && p.Pager.Next == nil {
		p.Pager = nil
	}
	p.Blocks = []page.Block{{Form: v.search(f), Noprint: true}}
	p.Ready()
	return v.render(status, "assets/list", p)
}

// accept is what the browser's chooser offers for each kind.
var accept = map[asset.Kind]string{
	asset.Image: "image/jpeg,image/png,image/gif,image/webp", asset.Video: "video/mp4,video/webm",
	asset.Audio: "audio/mpeg,audio/mp4,audio/ogg,audio/wav,audio/webm", asset.PDF: "application/pdf",
}

func (v *view) search(f *listForm) *page.Form {
	choice := func(name, label, value string, of ...string) page.Select {
		s := page.Select{ID: page.FieldID(name), Name: name, Label: v.t(label), Options: []page.Option{{Text: v.t("all"), Selected: value == ""}}}
		for _, o := range of {
			s.Options = append(s.Options, page.Option{Value: o, Text: v.t(name + "." + o), Selected: o == value})
		}
		return s
	}
	return &page.Form{Action: Address, Get: true, Row: true, Card: true,
		Parts: []any{
			page.Field{ID: page.FieldID("q"), Name: "q", Label: v.t("search.words"), Value: f.Q, Type: "search", MaxLength: 100, Error: v.fault("q")},
			choice("kind", "search.kind", f.Kind, "image", "video", "audio", "pdf"),
			choice("show", "search.show", f.Show, "published", "draft", "wait", "orphan"),
		},
		Buttons: []page.Button{{Text: v.t("search.go"), Kind: "second", Small: true}}}
}

func (v *view) row(a *asset.Asset) Row {
	r := Row{Href: Address + "/" + a.ID, Title: a.Title, Alt: a.Alt.In(v.lang), Tags: v.tags(a), Word: v.t("kind." + string(a.Kind))}
	r.Facts = strings.Join([]string{v.t("kind." + string(a.Kind)), v.size(a.Size), v.w.Date(a.Made.Time)}, " · ")
	if f := thumb(a); f != nil {
		r.Picture = v.h.o.Assets.Link(a, f)
	}
	return r
}

// thumb is the smallest picture of an asset.
func thumb(a *asset.Asset) (best *asset.File) {
	if a.State != asset.Ready {
		return nil
	}
	for i := range a.Files {
		if f := &a.Files[i]; (f.Role == asset.RoleWidth || f.Role == asset.RolePoster) && (best == nil || f.Width < best.Width) {
			best = f
		}
	}
	return best
}

// tags say how far a file is.
func (v *view) tags(a *asset.Asset) []page.Tag {
	switch {
	case a.State == asset.Refused:
		return []page.Tag{{Text: v.t("state.refused"), Kind: "bad"}}
	case a.State != asset.Ready:
		return []page.Tag{{Text: v.t("state." + string(a.State)), Kind: "sun"}}
	case a.Published:
		return []page.Tag{{Text: v.t("state.published"), Kind: "good"}}
	case a.Alt.UK == "":
		return []page.Tag{{Text: v.t("state.ready"), Kind: "plain"}, {Text: v.t("state.no_alt"), Kind: "sun"}}
	}
	return []page.Tag{{Text: v.t("state.ready"), Kind: "plain"}}
}
