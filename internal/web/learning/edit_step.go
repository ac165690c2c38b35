package learning

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"osvitlo/internal/course/draft"
	"osvitlo/internal/course/lesson"
	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
	"osvitlo/internal/web/page"
)

// doActs adds, moves and removes activities or items.
func (v *view) doActs() error {
	values, err := v.editForm()
	if err != nil {
		return err
	}
	a, name := v.editor()
	slug, file, do := v.c.Param("slug"), v.c.Param("file"), values.Get("do")
	rev, _ := strconv.ParseInt(values.Get("rev"), 10, 64)
	at, key, to := listOf(file), "moved", atOffice(slug, "edit", file)
	what := map[string]string{"add": "act.new", "up": "act.move", "down": "act.move", "remove": "act.remove"}[do]
	if what == "" {
		return fault.New(fault.Invalid, "page.form.bad")
	}
	if do == "add" {
		rev = 0 // a new one at its place does no harm to what somebody else wrote
	}
	_, err = v.h.o.Drafts.Write(v.ctx, a, name, slug, draft.Edit{File: file, Rev: rev, What: what}, func(tree draft.Tree) error {
		list := slices.Clone(draft.List(tree, at))
		if do == "add" {
			one := newStep(slug, file, values.Get("kind"), list)
			if one == nil {
				return fault.New(fault.Invalid, "page.form.choice")
			}
			// the summary stays last
			end := len(list)
			if n := len(list); n > 0 && file != draft.FinalFile && draft.Text(list[n-1], "/type") == string(lesson.TypeSummary) {
				end--
			}
			key, to = "added", atOffice(slug, "edit", file, one["id"].(string))
			draft.Put(tree, at, slices.Insert(list, end, any(one)))
			return nil
		}
		i, err := strconv.Atoi(values.Get("at"))
		if err != nil || i < 0 || i >= len(list) {
			return fault.New(fault.Conflict, "courseedit.fault.gone")
		}
		switch j := i + 1; do {
		case "up":
			j = i - 1
			fallthrough
		case "down":
			if j >= 0 && j < len(list) {
				list[i], list[j] = list[j], list[i]
			}
		case "remove":
			list, key = slices.Delete(list, i, i+1), "removed"
		}
		draft.Put(tree, at, list)
		return nil
	})
	if err != nil {
		return v.refused(v.fileThing(blankDraft(slug), file), nil, err, func(d *draft.Draft, _ url.Values) (*EditPage, error) { return v.filePage(d, nil) })
	}
	anchor := ""
	if key != "added" {
		anchor = "steps"
	}
	return v.done(to, key, anchor)
}

func blankDraft(slug string) *draft.Draft {
	d := &draft.Draft{}
	d.ID = slug
	return d
}

// newStep is an empty activity or item of a type; nil for an unknown one.
func newStep(course, file, kind string, list []any) draft.Tree {
	item := func(id, kind string) draft.Tree {
		it := draft.Tree{"id": id, "type": kind}
		switch instrument.Type(kind) {
		case instrument.Matching:
			it["left"], it["right"], it["key"] = []any{draft.Tree{"id": "l1"}, draft.Tree{"id": "l2"}}, []any{draft.Tree{"id": "r1"}, draft.Tree{"id": "r2"}}, draft.Tree{"l1": "r1", "l2": "r2"}
		default:
			it["options"], it["key"] = []any{draft.Tree{"id": "a"}, draft.Tree{"id": "b"}, draft.Tree{"id": "c"}}, []any{}
			if kind == string(instrument.Ordering) {
				it["key"] = []any{"a", "b", "c"}
			}
			if kind == string(instrument.Spot) {
				it["scene"] = draft.Tree{"kind": "sms"}
			}
		}
		return it
	}
	if sub, ok := strings.CutPrefix(kind, "check."); ok {
		if !slices.Contains(itemKinds, instrument.Type(sub)) {
			return nil
		}
		if file == draft.FinalFile {
			return item(freshID(list, "task"), sub)
		}
		id := freshID(list, "check")
		return draft.Tree{"id": id, "type": "check", "item": item(file+"-"+id, sub)}
	}
	if file == draft.FinalFile || !slices.Contains(lesson.Types(), lesson.Type(kind)) {
		return nil
	}
	one := draft.Tree{"id": freshID(list, kind), "type": kind}
	empty := func(n int, ids string) (out []any) {
		for range n {
			e := draft.Tree{}
			if ids != "" {
				e["id"] = freshID(out, ids)
			}
			out = append(out, e)
		}
		return out
	}
	switch lesson.Type(kind) {
	case lesson.TypeImitation:
		one["kind"], one["elements"] = "message", empty(3, "letter")
		for _, e := range one["elements"].([]any) {
			e.(draft.Tree)["kind"] = "text"
		}
	case lesson.TypeCards:
		one["cards"] = empty(3, "")
	case lesson.TypeChecklist:
		one["items"] = empty(3, "task")
	case lesson.TypeSummary:
		one["sentences"] = empty(3, "")
	case lesson.TypeVideo:
		one["storyboard"] = empty(3, "")
	}
	return one
}

// actThing is one activity, or one item of the final check.
func (v *view) actThing(d *draft.Draft, file, id string) *thing {
	g := &thing{file: file, action: atOffice(d.ID, "edit", file, url.PathEscape(id))}
	g.find = func(tree draft.Tree) string {
		i := slices.IndexFunc(draft.List(tree, listOf(file)), func(e any) bool { return draft.Text(e, "/id") == id })
		if i < 0 {
			return "-"
		}
		return listOf(file) + "/" + strconv.Itoa(i)
	}
	if file == draft.FinalFile {
		g.shapes = func(one draft.Tree) []shape {
			return finalItemShapes(v.ofCourse(d), instrument.Type(draft.Text(one, "/type")))
		}
		g.item = func(one draft.Tree) *draft.Tree { return &one }
		return g
	}
	g.shapes = func(one draft.Tree) []shape {
		return activityShapes(lesson.Type(draft.Text(one, "/type")), instrument.Type(draft.Text(one, "/item/type")))
	}
	g.item = func(one draft.Tree) *draft.Tree {
		if it, ok := one["item"].(map[string]any); ok {
			return &it
		}
		return nil
	}
	return g
}

func (v *view) editAct() error {
	d, f, err := v.fileOfDraft()
	if err != nil {
		return err
	}
	tree, err := draft.Parse(f.Name, f.Text)
	if err != nil {
		return v.to(atOffice(d.ID, "text", f.Name))
	}
	one, _ := v.actThing(d, f.Name, v.c.Param("act")).at(tree)
	if one == nil {
		return fault.New(fault.NotFound, "courseedit.fault.gone")
	}
	if f.Name != draft.FinalFile && activityShapes(lesson.Type(draft.Text(one, "/type")), "") == nil {
		return v.to(atOffice(d.ID, "text", f.Name)) // a type that is edited as text only
	}
	p, err := v.actPage(d, nil)
	if err != nil {
		return err
	}
	return v.showEdit(http.StatusOK, p)
}

func (v *view) saveAct() error {
	slug, file, id := v.c.Param("slug"), v.c.Param("file"), v.c.Param("act")
	d, err := v.draft()
	if err != nil && !fault.Is(err, fault.Unavailable) {
		return err
	}
	if d == nil {
		d = blankDraft(slug)
	}
	return v.save(v.actThing(d, file, id), atOffice(slug, "edit", file, url.PathEscape(id)), v.actPage)
}

func (v *view) actPage(d *draft.Draft, typed url.Values) (*EditPage, error) {
	file, id := v.c.Param("file"), v.c.Param("act")
	var one draft.Tree
	list := []any{}
	if f := d.File(file); f != nil {
		if tree, err := draft.Parse(file, f.Text); err == nil {
			one, _ = v.actThing(d, file, id).at(tree)
			list = draft.List(tree, listOf(file))
		}
	}
	title := v.stepTitle(one)
	p := v.editSheet(d.ID, title, page.Link{Href: atOffice(d.ID, "edit"), Text: v.titleOfDraft(d)}, page.Link{Href: atOffice(d.ID, "edit", file), Text: v.titleOfFile(d, file)})
	p.Kicker = v.kindWords(file, one)
	g := v.actThing(d, file, id)
	if one == nil && typed != nil { // the store is away: the shape of the form tells what it is
		one = shapeless(file, typed)
		g.find = func(draft.Tree) string { return "-" }
		laid := one
		g.shapes = func(draft.Tree) []shape { return v.shapesOf(d, file, laid) }
	}
	v.formOf(p, d, g, typed)
	if p.Form != nil && one != nil {
		p.Form.Hidden = append(p.Form.Hidden, page.Hidden{Name: "type", Value: draft.Text(one, "/type")}, page.Hidden{Name: "itemtype", Value: draft.Text(one, "/item/type")})
	}
	i := slices.IndexFunc(list, func(e any) bool { return draft.Text(e, "/id") == id })
	var acts []page.Button
	if i > 0 {
		acts = append(acts, page.Button{Text: v.e("step.previous"), Href: atOffice(d.ID, "edit", file, url.PathEscape(draft.Text(list[i-1], "/id"))), Kind: "quiet", Small: true})
	}
	if i >= 0 && i+1 < len(list) {
		acts = append(acts, page.Button{Text: v.e("step.next"), Href: atOffice(d.ID, "edit", file, url.PathEscape(draft.Text(list[i+1], "/id"))), Kind: "quiet", Small: true})
	}
	if file != draft.FinalFile {
		acts = append(acts, page.Button{Text: v.e("preview"), Href: atOffice(d.ID, "preview", file, url.PathEscape(id)), Kind: "second", Small: true})
	}
	p.Blocks = append(p.Blocks, page.Block{Acts: acts})
	return p, nil
}

// shapeless is a thing of the type that a form says it was of.
func shapeless(file string, typed url.Values) draft.Tree {
	one := draft.Tree{"type": typed.Get("type")}
	if t := typed.Get("itemtype"); t != "" && file != draft.FinalFile {
		one["item"] = draft.Tree{"type": t}
	}
	return one
}

func (v *view) shapesOf(d *draft.Draft, file string, one draft.Tree) []shape {
	if file == draft.FinalFile {
		return finalItemShapes(v.ofCourse(d), instrument.Type(draft.Text(one, "/type")))
	}
	return activityShapes(lesson.Type(draft.Text(one, "/type")), instrument.Type(draft.Text(one, "/item/type")))
}
