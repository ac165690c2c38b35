package assets

import (
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/asset"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// wordsForm is what a file shows, for those who do not see or hear it.
type wordsForm struct {
	UK string `form:"alt_uk"`
	EN string `form:"alt_en"`
}

// publishForm opens a file to everybody.
type publishForm struct {
	Seen bool `form:"seen"`
}

// OnePage is one file.
type OnePage struct {
	page.Sheet
	View   *View
	Beside *Beside
	After  []page.Block
}

// View is the file itself as the page shows it.
type View struct {
	Kind         asset.Kind
	Src, Sources string // address; for pictures all widths
	Small        string // video for a slow network
	Poster, Alt  string
	Tracks       []page.Link // subtitles: the language in place of a text
	Type         string
	Width        int
	Height       int
}

// Asset shows one file.
func (h *Handlers) Asset(c *gin.Context) error {
	v := h.see(c)
	a, err := v.get()
	if err != nil {
		return err
	}
	return v.one(a, nil, nil)
}

func (v *view) get() (*asset.Asset, error) {
	return v.h.o.Assets.Get(v.c.Request.Context(), gate.Actor(v.c), v.c.Param("id"))
}

// Describe sets the words of a file.
func (h *Handlers) Describe(c *gin.Context) error {
	v := h.see(c)
	var f wordsForm
	err := form.Decode(c.Request, &f)
	if err == nil {
		err = h.o.Assets.Describe(c.Request.Context(), gate.Actor(c), c.Param("id"), i18n.Text{UK: f.UK, EN: f.EN})
	}
	if err == nil {
		return v.to(Address+"/"+c.Param("id"), "words")
	}
	a, missing := v.get()
	if missing != nil {
		return missing
	}
	return v.one(a, &f, err)
}

// Publish opens a file to everybody.
func (h *Handlers) Publish(c *gin.Context) error {
	v := h.see(c)
	var f publishForm
	err := form.Decode(c.Request, &f)
	if err == nil {
		err = h.o.Assets.Publish(c.Request.Context(), gate.Actor(c), c.Param("id"), f.Seen)
	}
	return v.after(err, "published")
}

// Withdraw closes a file again.
func (h *Handlers) Withdraw(c *gin.Context) error {
	return h.see(c).after(h.o.Assets.Withdraw(c.Request.Context(), gate.Actor(c), c.Param("id")), "withdrawn")
}

// after shows the file, with what was refused.
func (v *view) after(refused error, done string) error {
	if refused == nil {
		return v.to(Address+"/"+v.c.Param("id"), done)
	}
	a, err := v.get()
	if err != nil {
		return err
	}
	return v.one(a, nil, refused)
}

// one writes the page. typed are words that were refused, nil for the stored ones.
func (v *view) one(a *asset.Asset, typed *wordsForm, refused error) error {
	p := &OnePage{Sheet: v.sheet(Address+"/"+a.ID, a.Title, page.Link{Href: Address, Text: v.t("title")})}
	p.Kicker = v.t("kind." + string(a.Kind))
	status, err := v.wrong(&p.Sheet, refused)
	if err != nil {
		return err
	}
	if a.State != asset.Ready {
		n := &page.Note{Kind: "sun", Title: v.t("state." + string(a.State)), Text: []string{v.t("state." + string(a.State) + ".text")}}
		if a.State == asset.Refused {
			n.Kind = "bad"
			n.Text = []string{v.w.T(a.Trouble, map[string]any{"MB": a.Kind.Limit() >> 20})}
		}
		p.Blocks = append(p.Blocks, page.Block{Note: n})
	}
	used := v.h.o.Assets.Uses(v.c.Request.Context(), a)
	add := func(b page.Block) { p.After = append(p.After, b) }
	if a.State == asset.Ready {
		p.View = v.view(a)
		if a.Kind == asset.Video {
			if p.Beside, err = v.beside(a, v.beyond); err != nil {
				return err
			}
		}
		add(v.words(a, typed)) // what is still wanted comes before what is known
	}
	if v.may(person.ContentPublish) {
		add(v.acts(a))
	}
	add(page.Block{Facts: v.facts(a, used)})
	if a.State == asset.Ready {
		add(page.Block{ID: "files", Title: v.t("files"), Small: v.t("files.lead"), Grid: v.files(a)})
	}
	p.Ready()
	return v.render(status, "assets/one", p)
}

func (v *view) view(a *asset.Asset) *View {
	m := a.Main()
	if m == nil {
		return nil
	}
	link := v.h.o.Assets.Link
	out := &View{Kind: a.Kind, Src: link(a, m), Alt: a.Alt.In(v.lang), Type: m.Type, Width: m.Width, Height: m.Height}
	if out.Alt == "" {
		out.Alt = a.Title
	}
	if f := a.File(asset.RoleSmall); f != nil {
		out.Small = link(a, f)
	}
	if f := a.File(asset.RolePoster); f != nil {
		out.Poster = link(a, f)
	}
	for _, lang := range []string{i18n.Ukrainian, i18n.English} {
		if f := a.Subtitles(lang); f != nil {
			out.Tracks = append(out.Tracks, page.Link{Href: link(a, f), Text: lang})
		}
	}
	return out
}

func (v *view) facts(a *asset.Asset, used []string) []page.Row {
	list := []page.Row{
		{Key: v.t("fact.name"), Value: a.Name()},
		{Key: v.t("fact.size"), Value: v.size(a.Size)},
		{Key: v.t("fact.made"), Value: v.w.DateTime(a.Made.Time)},
	}
	if a.Type != "" {
		list = append(list, page.Row{Key: v.t("fact.type"), Value: a.Type})
	}
	if a.Seconds > 0 {
		d := time.Duration(a.Seconds * float64(time.Second)).Round(time.Second)
		list = append(list, page.Row{Key: v.t("fact.time"), Value: v.t("fact.time.text", "Min", v.w.Int(int64(d/time.Minute)), "Sec", v.w.Int(int64(d%time.Minute/time.Second)))})
	}
	for _, r := range a.Remarks {
		list = append(list, page.Row{Key: v.t("fact.remark"), Value: v.t("remark." + string(r))})
	}
	uses := v.t("fact.uses.none")
	if len(used) > 0 {
		uses = strings.Join(used, "; ")
	}
	return append(list, page.Row{Key: v.t("fact.uses"), Value: uses})
}

// files lists the stored forms with their addresses.
func (v *view) files(a *asset.Asset) *page.Grid {
	g := &page.Grid{Caption: v.t("files"), Hidden: true, Cards: true, Empty: v.t("empty"),
		Head: []page.GridHead{{Text: v.t("files.name")}, {Text: v.t("files.role")}, {Text: v.t("files.pixels"), Number: true}, {Text: v.t("fact.size"), Number: true}}}
	for i := range a.Files {
		f := &a.Files[i]
		pixels := "—"
		if f.Width > 0 {
			pixels = v.w.Int(int64(f.Width)) + " × " + v.w.Int(int64(f.Height))
		}
		g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: asset.Path + f.Name, Href: v.h.o.Assets.Link(a, f), Mono: true},
			{Text: v.t("role." + string(f.Role))}, {Text: pixels}, {Text: v.size(f.Size)}}})
	}
	return g
}

func (v *view) words(a *asset.Asset, typed *wordsForm) page.Block {
	if typed == nil {
		typed = &wordsForm{UK: a.Alt.UK, EN: a.Alt.EN}
	}
	field := func(name, value string) page.Field {
		return page.Field{ID: page.FieldID(name), Name: name, Label: v.t(name), Hint: v.t(name + "." + hint(a.Kind)), Value: value, Rows: 3, MaxLength: asset.MaxAlt, Error: v.fault(name)}
	}
	return page.Block{ID: "words", Title: v.t("words"), Small: v.t("words.lead"), Noprint: true, Form: &page.Form{Action: Address + "/" + a.ID + "/words", Card: true,
		Parts: []any{field("alt_uk", typed.UK), field("alt_en", typed.EN)}, Buttons: []page.Button{{Text: v.t("words.go"), Kind: "second"}}}}
}

// hint names the advice on how to describe a kind.
func hint(k asset.Kind) string {
	if k == asset.Image {
		return "image"
	}
	return "other"
}

// acts publish, withdraw, delete.
func (v *view) acts(a *asset.Asset) page.Block {
	b := page.Block{ID: "acts", Title: v.t("acts"), Noprint: true}
	here := Address + "/" + a.ID
	switch {
	case a.Published:
		b.Forms = append(b.Forms, page.Form{Action: here + "/withdraw", Buttons: []page.Button{{Text: v.t("withdraw.go"), Kind: "second", Small: true}}})
	case a.State == asset.Ready:
		b.Form = &page.Form{Action: here + "/publish", Card: true,
			Parts:   []any{page.Plain(v.t("publish.lead")), page.Check{ID: page.FieldID("seen"), Name: "seen", Value: "true", Label: v.t("publish.seen"), Error: v.fault("seen")}},
			Buttons: []page.Button{{Text: v.t("publish.go")}}}
	}
	b.Acts = append(b.Acts, page.Button{Text: v.t("delete.ask"), Href: here + "/delete", Kind: "quiet", Small: true})
	return b
}

// DeleteAsk asks before a file is deleted.
func (h *Handlers) DeleteAsk(c *gin.Context) error {
	v := h.see(c)
	a, err := v.get()
	if err != nil {
		return err
	}
	return v.deleting(a, nil)
}

func (v *view) deleting(a *asset.Asset, refused error) error {
	here := Address + "/" + a.ID
	s := v.sheet(here+"/delete", v.t("delete.title"), page.Link{Href: Address, Text: v.t("title")}, page.Link{Href: here, Text: a.Title})
	s.Lead, s.Narrow = a.Title, true
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	b := page.Block{Text: []string{v.t("delete.lead")}, Acts: []page.Button{{Text: v.t("delete.no"), Href: here, Kind: "second"}}}
	if used := v.h.o.Assets.Uses(v.c.Request.Context(), a); len(used) > 0 {
		b.Text, b.Words = []string{v.t("delete.used")}, used
	} else {
		b.Forms = []page.Form{{Action: here + "/delete", Buttons: []page.Button{{Text: v.t("delete.go"), Kind: "bad"}}}}
	}
	s.Blocks = []page.Block{b}
	return v.render(status, "page/sheet", s.Ready())
}

// Delete removes a file for good.
func (h *Handlers) Delete(c *gin.Context) error {
	v := h.see(c)
	err := h.o.Assets.Delete(c.Request.Context(), gate.Actor(c), c.Param("id"))
	if err == nil {
		return v.to(Address, "deleted")
	}
	a, missing := v.get()
	if missing != nil {
		return missing
	}
	return v.deleting(a, err)
}
