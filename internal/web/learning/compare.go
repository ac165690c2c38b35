package learning

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"osvitlo/internal/course/draft"
	"osvitlo/internal/course/lesson"
	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// ComparePage shows two versions beside each other.
type ComparePage struct {
	page.Sheet
	Parts []ComparePart
	Old   string // what the older side is called
	New   string
}

// ComparePart is a file of the course with what differs in it.
type ComparePart struct {
	Title string
	Rows  []CompareLine
}

// CompareLine is one value: the words that went and came among those that stayed.
type CompareLine struct {
	Where  string
	Only   string // "old" or "new", when the other side has no such value
	Pieces []draft.Piece
}

// versions lists the published versions with who wrote and signed them.
func (v *view) versions() error {
	slug := v.c.Param("slug")
	heads := v.h.o.Drafts.Versions(slug)
	if len(heads) == 0 {
		return fault.New(fault.NotFound, "")
	}
	one, err := v.h.o.Catalogue.Course(slug)
	if err != nil {
		return err
	}
	p := v.editSheet(slug, v.e("versions.title"), page.Link{Href: atOffice(slug), Text: v.in(one.Title)})
	p.Kicker, p.Lead = v.in(one.Title), v.e("versions.lead")
	g := &page.Grid{Caption: v.e("versions.title"), Hidden: true, Cards: true, Head: []page.GridHead{{Text: v.e("version")}, {Text: v.e("published.head")}, {Text: v.e("wrote.head")}, {Text: v.e("reviewed.head")}, {Text: v.e("acts")}}}
	publishes := person.Can(gate.Actor(v.c), person.CoursePublish, person.City)
	for i, h := range heads {
		if i == maxVersions {
			break
		}
		one, err := v.h.o.Drafts.Version(v.ctx, slug, h.Number)
		if err != nil {
			return err
		}
		state := page.Tag{Kind: "sun", Text: v.t("office.draft")}
		if len(one.Mark.Reviews) > 0 && one.Mark.Status != "draft" {
			state = page.Tag{Kind: "good", Text: v.t("office.reviewed")}
		}
		row := page.GridRow{Cells: []page.GridCell{{Text: v.e("version.n", "Number", h.Number), Tag: &state}}}
		if i == 0 {
			row.Cells[0].Small = v.e("version.now")
		}
		when := v.e("version.shipped")
		if h.Origin == draft.FromOffice {
			when = v.who(one.Published) + ", " + v.moment(one.Published)
		}
		published := page.GridCell{Text: when}
		if one.Again > 0 {
			published.Small = v.e("version.again", "Number", one.Again)
		}
		var wrote []string
		for _, w := range one.Writers {
			wrote = append(wrote, v.who(w))
		}
		by, on := draft.Signer(one.Mark.Reviews)
		row.Cells = append(row.Cells, published, page.GridCell{Text: cmp.Or(strings.Join(wrote, ", "), "—")}, page.GridCell{Text: cmp.Or(by, "—"), Small: v.day(on)})
		var acts page.GridCell
		if i+1 < len(heads) {
			acts.Acts = append(acts.Acts, page.Button{Text: v.e("compare.before"), Href: atOffice(slug, "compare") + "?a=" + strconv.Itoa(heads[i+1].Number) + "&b=" + strconv.Itoa(h.Number), Kind: "quiet", Small: true})
		}
		if i > 0 && (publishes.OK() || publishes == person.WantsProof) {
			acts.Forms = []page.Form{{Action: atOffice(slug, "again"), Buttons: []page.Button{{Text: v.e("again", "Number", h.Number), Name: "version", Value: strconv.Itoa(h.Number), Kind: "second", Small: true, Confirm: v.e("again.sure", "Number", h.Number)}}}}
		}
		row.Cells = append(row.Cells, acts)
		g.Rows = append(g.Rows, row)
	}
	p.Blocks = []page.Block{{Grid: g}}
	if len(heads) > 1 {
		a := page.Select{ID: "f-a", Name: "a", Label: v.e("compare.a")}
		b := page.Select{ID: "f-b", Name: "b", Label: v.e("compare.b")}
		for i, h := range heads {
			n := strconv.Itoa(h.Number)
			a.Options = append(a.Options, page.Option{Value: n, Text: v.e("version.n", "Number", h.Number), Selected: i == 1})
			b.Options = append(b.Options, page.Option{Value: n, Text: v.e("version.n", "Number", h.Number), Selected: i == 0})
		}
		p.Blocks = append(p.Blocks, page.Block{Title: v.e("compare.title"), Form: &page.Form{Action: atOffice(slug, "compare"), Get: true, Row: true, Parts: []any{a, b}, Buttons: []page.Button{{Text: v.e("compare.go"), Kind: "second", Small: true}}}})
	}
	return v.showEdit(http.StatusOK, p)
}

// maxVersions are listed on one page.
const maxVersions = 50

// publishAgain publishes an older version anew.
func (v *view) publishAgain() error {
	var f struct {
		Version int `form:"version" validate:"required,min=1,max=9999"`
	}
	if err := form.Decode(v.c.Request, &f); err != nil {
		return err
	}
	a, name := v.editor()
	slug := v.c.Param("slug")
	if _, err := v.h.o.Drafts.Again(v.ctx, a, name, slug, f.Version); err != nil {
		return err
	}
	return v.done(atOffice(slug, "versions"), "again", "")
}

// compare shows what differs between two versions, or between a version and the draft.
func (v *view) compare() error {
	slug := v.c.Param("slug")
	d, err := v.draft()
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	base := 0
	if d != nil {
		base = d.Base
	}
	side := func(asked string, otherwise int) (draft.Files, string, error) {
		if asked == "" {
			asked = strconv.Itoa(otherwise)
		}
		if asked == "draft" || asked == "0" {
			if d == nil {
				return nil, "", fault.New(fault.NotFound, "")
			}
			return d.FilesOf(), v.e("version.draft"), nil
		}
		n, err := strconv.Atoi(asked)
		if err != nil {
			return nil, "", fault.New(fault.NotFound, "")
		}
		one, err := v.h.o.Drafts.Version(v.ctx, slug, n)
		if err != nil {
			return nil, "", err
		}
		files, err := one.FilesOf()
		return files, v.e("version.n", "Number", n), err
	}
	if base == 0 && v.c.Query("a") == "" {
		return fault.New(fault.NotFound, "")
	}
	older, nameA, err := side(v.c.Query("a"), base)
	if err != nil {
		return err
	}
	newer, nameB, err := side(v.c.Query("b"), 0)
	if err != nil {
		return err
	}
	crumb := page.Link{Href: atOffice(slug, "versions"), Text: v.e("versions.title")}
	if d != nil {
		crumb = page.Link{Href: atOffice(slug, "edit"), Text: v.titleOfDraft(d)}
	}
	p := &ComparePage{Sheet: v.editSheet(slug, v.e("compare.of", "A", nameA, "B", nameB), crumb).Sheet, Old: nameA, New: nameB}
	list := draft.Compare(older, newer)
	for i, x := range list {
		if i == 0 || list[i-1].File != x.File {
			p.Parts = append(p.Parts, ComparePart{Title: v.fileTitle(x.File, newer, older)})
		}
		part := &p.Parts[len(p.Parts)-1]
		row := CompareLine{Where: v.pathWords(x.File, x.Path)}
		switch {
		case x.OldGone:
			row.Only = v.e("compare.came")
		case x.NewGone:
			row.Only = v.e("compare.went")
		}
		row.Pieces = draft.Words(x.Old, x.New)
		part.Rows = append(part.Rows, row)
	}
	p.Lead = v.e("compare.same")
	if len(list) > 0 {
		p.Lead = v.en("compare.count", len(list))
	}
	v.c.Header("Cache-Control", "no-store")
	p.Ready()
	return v.h.o.Pages.Render(v.c.Writer, http.StatusOK, "learning/compare", p)
}

func (v *view) fileTitle(file string, sides ...draft.Files) string {
	switch file {
	case draft.CourseFile:
		return v.e("file.course")
	case draft.FinalFile:
		return v.t("final.title")
	}
	for _, s := range sides {
		if t := draft.Text(s[file], "/title/uk"); t != "" {
			return v.e("file.named", "Title", t)
		}
	}
	return file
}

// fieldsNamed are the members that have words of their own among the fields.
var fieldsNamed = []string{"title", "summary", "for", "audience", "competences", "from", "to", "icon", "owner", "valid_until", "goal", "minutes", "level", "summary_en", "handout", "mentor",
	"glossary", "sources", "text", "file", "alt", "caption", "clip", "poster", "subtitles", "seconds", "transcript", "storyboard", "brand", "task", "honest", "elements", "feedback", "cards", "front", "back",
	"sentences", "stem", "lead", "hint", "options", "explain", "reason", "pass", "intro", "suspicious", "asks", "shows", "says", "key", "activities", "items", "lessons", "left", "right", "kind", "order", "type", "item", "levels", "difficulty"}

// pathWords says where in a file a value stands.
func (v *view) pathWords(_ string, path []string) string {
	var out []string
	for _, part := range path {
		switch {
		case part == "uk" || part == "en":
			out = append(out, v.e("lang."+part))
		case slices.Contains(fieldsNamed, part):
			out = append(out, v.e("w."+part))
		default:
			out = append(out, part)
		}
	}
	if len(out) == 0 {
		return v.e("w.whole")
	}
	return strings.Join(out, " · ")
}

// signs says on the page of a course who wrote it, and who has read it. While nobody
// has, the page says that instead (CoursePage.Draft).
func (v *view) signs(p *CoursePage, c *lesson.Course) {
	if c.Owner != "" {
		p.Wrote = v.e("wrote", "Who", c.Owner)
	}
	if by, on := draft.Signer(c.Reviews); c.Reviewed() && by != "" {
		p.Read = v.e("read", "Who", by, "Day", v.day(on))
	}
}
