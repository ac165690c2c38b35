package learning

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"osvitlo/internal/course/draft"
	"osvitlo/internal/fault"
	"osvitlo/internal/web/page"
)

// thing is what a form edits: a part of a file.
type thing struct {
	file   string
	find   func(tree draft.Tree) string      // the pointer of the thing in the tree, "" for the tree itself; "-" when it is gone
	shapes func(tree draft.Tree) []shape     // of the thing
	item   func(tree draft.Tree) *draft.Tree // the item in the thing, nil when it has none
	action string
	skip   string // pointer below which faults belong to other pages
}

// at finds the thing in a tree.
func (g *thing) at(tree draft.Tree) (draft.Tree, string) {
	p := g.find(tree)
	if p == "-" {
		return nil, p
	}
	m, _ := draft.At(tree, p).(map[string]any)
	return m, p
}

// laid copies the thing as its form shows it.
func (g *thing) laid(one draft.Tree) draft.Tree {
	one = draft.Clone(one)
	if g.item != nil {
		if it := g.item(one); it != nil {
			toForm(*it)
		}
	}
	return one
}

// take sets what was typed on the thing in a tree, and carries out a button of a list.
func (g *thing) take(tree draft.Tree, values url.Values) (anchor string, gone bool) {
	one, p := g.at(tree)
	if one == nil {
		return "", true
	}
	one = g.laid(one)
	fill(one, g.shapes(one), values, "")
	if do := values.Get("do"); do != "" {
		anchor, _ = rearrange(one, g.shapes(one), "", do)
	}
	if g.item != nil {
		if it := g.item(one); it != nil {
			fromForm(*it)
		}
	}
	if p == "" {
		for k := range tree {
			delete(tree, k)
		}
		for k, value := range one {
			tree[k] = value
		}
	} else {
		draft.Put(tree, p, one)
	}
	return anchor, false
}

// formOf makes the form of a thing with its faults beside the fields. typed is nil, or
// what a refused form held.
func (v *view) formOf(p *EditPage, d *draft.Draft, g *thing, typed url.Values) {
	f := d.File(g.file)
	rev := int64(0)
	tree := draft.Tree{}
	if f != nil {
		rev = f.Rev
		if got, err := draft.Parse(g.file, f.Text); err == nil {
			tree = got
		}
	}
	one, at := g.at(tree)
	if one == nil {
		one, at = draft.Tree{}, ""
	}
	var faults []draft.Fault
	if f != nil {
		for _, x := range v.h.o.Drafts.Check(d).Of(g.file) {
			rest, inside := strings.CutPrefix(x.Pointer, at)
			if !inside || rest != "" && rest[0] != '/' || g.skip != "" && strings.HasPrefix(rest, g.skip+"/") {
				continue
			}
			x.Pointer = rest
			if g.item != nil {
				x.Pointer = g.where(one, rest)
			}
			faults = append(faults, x)
		}
	}
	one = g.laid(one)
	if typed != nil {
		fill(one, g.shapes(one), typed, "")
	}
	v.putForm(p, g, one, rev, faults)
}

// where is the pointer of a fault in the layout of the form.
func (g *thing) where(one draft.Tree, pointer string) string {
	it := g.item(one)
	if it == nil {
		return pointer
	}
	if rest, ok := strings.CutPrefix(pointer, "/item/"); ok && one["item"] != nil {
		return "/item" + whereOf(*it, "/"+rest)
	}
	if one["item"] == nil {
		return whereOf(*it, pointer)
	}
	return pointer
}

func (v *view) putForm(p *EditPage, g *thing, one draft.Tree, rev int64, faults []draft.Fault) {
	fa := v.faultsIn(faults)
	ef := &EditForm{ID: "edit", Action: g.action, Hidden: []page.Hidden{{Name: "rev", Value: strconv.FormatInt(rev, 10)}}}
	ef.Parts = v.editParts(g.shapes(one), one, "", fa)
	ef.Faults = fa.rest("edit")
	ef.Save = page.Button{Text: v.e("save"), Busy: v.w.T("page.busy", nil)}
	p.Form = ef
	if len(fa.sum) > 0 && p.Errors == nil {
		p.Errors = &page.ErrorSummary{Title: v.en("faults", len(fa.sum)), Lead: v.e("faults.lead"), Items: fa.sum[:min(len(fa.sum), 12)]}
	}
}

// save writes a form. build makes the page again when it is refused: nothing that was
// typed is lost.
func (v *view) save(g *thing, back string, build func(d *draft.Draft, typed url.Values) (*EditPage, error)) error {
	values, err := v.editForm()
	if err != nil {
		return err
	}
	a, name := v.editor()
	rev, _ := strconv.ParseInt(values.Get("rev"), 10, 64)
	anchor, gone := "", false
	_, err = v.h.o.Drafts.Write(v.ctx, a, name, v.c.Param("slug"), draft.Edit{File: g.file, Rev: max(rev, 1), What: "save"}, func(tree draft.Tree) error {
		if anchor, gone = g.take(tree, values); gone {
			return fault.New(fault.NotFound, "courseedit.fault.gone")
		}
		return nil
	})
	if err == nil {
		return v.done(back, "saved", anchor)
	}
	return v.refused(g, values, err, build)
}

func (v *view) refused(g *thing, values url.Values, err error, build func(d *draft.Draft, typed url.Values) (*EditPage, error)) error {
	var other *draft.Conflict
	status := http.StatusConflict
	if !errors.As(err, &other) {
		if k := fault.KindOf(err); k == fault.NotFound || k == fault.Forbidden || k == fault.Unauthenticated {
			return err
		}
		status = page.Status(fault.KindOf(err))
	}
	d, getErr := v.draft()
	if fault.Is(getErr, fault.NotFound) {
		return getErr
	}
	if getErr != nil { // the store is away: the form stands on what was typed alone
		d = &draft.Draft{}
		d.ID = v.c.Param("slug")
	}
	p, buildErr := build(d, values)
	if buildErr != nil {
		return buildErr
	}
	p.Done = ""
	switch {
	case other != nil && other.Gone:
		p.Errors = &page.ErrorSummary{Title: v.e("conflict.gone", "Who", v.who(other.Theirs.Last)), Lead: v.e("conflict.kept"), Items: nil}
		p.Blocks = append([]page.Block{{Note: &page.Note{Kind: "bad", Title: v.e("conflict.gone", "Who", v.who(other.Theirs.Last)), Text: []string{v.e("conflict.kept")}}}}, p.Blocks...)
	case other != nil:
		n := &page.Note{Kind: "sun", Title: v.e("conflict", "Who", v.who(other.Theirs.Last), "When", v.moment(other.Theirs.Last)), Text: []string{v.e("conflict.lead")},
			Link: &page.Link{Href: v.c.Request.URL.Path, Text: v.e("conflict.theirs")}}
		n.List = v.mineAndTheirs(g, other, values)
		p.Blocks = append([]page.Block{{ID: "conflict", Note: n}}, p.Blocks...)
		p.Errors = nil
	default:
		said := v.e("trouble")
		if f := fault.As(err); f != nil && f.Key != "" {
			said = v.w.T(f.Key, f.Args)
		}
		p.Blocks = append([]page.Block{{Note: &page.Note{Kind: "bad", Title: said, Text: []string{v.e("trouble.kept")}}}}, p.Blocks...)
		if rev := values.Get("rev"); p.Form != nil && rev != "" && getErr != nil {
			p.Form.Hidden = []page.Hidden{{Name: "rev", Value: rev}}
		}
	}
	p.Failed = true
	return v.showEdit(status, p)
}

// mineAndTheirs lists what my form says otherwise than the text that somebody else saved.
func (v *view) mineAndTheirs(g *thing, other *draft.Conflict, values url.Values) (list []string) {
	theirs, err := draft.Parse(g.file, other.Theirs.Text)
	if err != nil {
		return nil
	}
	mine := draft.Clone(theirs)
	if _, gone := g.take(mine, values); gone {
		return nil
	}
	for _, x := range draft.Compare(draft.Files{g.file: theirs}, draft.Files{g.file: mine}) {
		if len(list) == 12 {
			break
		}
		list = append(list, v.e("conflict.row", "Where", v.pathWords(x.File, x.Path), "Theirs", short(x.Old), "Mine", short(x.New)))
	}
	return list
}
