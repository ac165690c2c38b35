package draft

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"osvitlo/internal/course/lesson"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

var slugShape = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// checkSlug refuses what cannot be an address.
func checkSlug(field, slug string, reserved []string) error {
	switch {
	case !slugShape.MatchString(slug) || len(slug) > 64:
		return fault.InvalidFields(fault.Field{Pointer: field, Key: "courseedit.fault.slug"})
	case slices.Contains(reserved, slug):
		return fault.InvalidFields(fault.Field{Pointer: field, Key: "courseedit.fault.reserved"})
	}
	return nil
}

// Conflict tells who wrote a file meanwhile. It is the error of a change that rests on
// an older revision; nothing was stored.
type Conflict struct {
	Theirs File
	Gone   bool // the file was deleted
}

func (c *Conflict) Error() string { return "the file " + c.Theirs.Name + " was changed meanwhile" }

// Edit says what a change rests on.
type Edit struct {
	File string
	Rev  int64  // of the file, as the writer read it; 0: whatever is there
	What string // code of the act, shown beside «undo»
}

// New begins a course that is not there yet. Errors: Invalid (slug, title), Conflict
// (there is such a course or draft).
func (s *Service) New(ctx context.Context, a *person.Actor, name, slug string, title i18n.Text) (d *Draft, err error) {
	defer fault.Wrap(&err, "draft.New")
	if err := s.may(a, person.CourseEdit); err != nil {
		return nil, err
	}
	reserved, _ := lesson.Reserved()
	if err := checkSlug("slug", slug, reserved); err != nil {
		return nil, err
	}
	if strings.TrimSpace(title.UK) == "" {
		return nil, fault.InvalidFields(fault.Field{Pointer: "title_uk", Key: "page.form.required"})
	}
	if _, err := s.Course(slug); err == nil {
		return nil, fault.InvalidFields(fault.Field{Pointer: "slug", Key: "courseedit.fault.taken"})
	}
	if _, err := s.o.Library.AdviceByID(slug); err == nil {
		return nil, fault.InvalidFields(fault.Field{Pointer: "slug", Key: "courseedit.fault.taken"})
	}
	h := s.hand(a, name)
	tree := Tree{"slug": slug, "version": 1.0, "title": texts(clean(title.UK), clean(title.EN)), "status": "draft", "reviews": []any{}, "icon": "document",
		"audience": []any{"everyone"}, "competences": []any{}, "lessons": []any{}, "valid_until": s.o.Now().In(i18n.Kyiv).AddDate(0, 6, 0).Format(time.DateOnly)}
	d = &Draft{Doc: store.Doc{ID: slug}, Step: Writing, Made: h, Last: h, Writers: []Hand{h}, Files: []File{{Name: CourseFile, Text: Write(tree), Rev: 1, Last: h}}}
	if err := s.audit(ctx, a, "draft.new", slug, 0); err != nil {
		return nil, err
	}
	err = s.drafts.Insert(ctx, d)
	if fault.Is(err, fault.Conflict) {
		return nil, fault.InvalidFields(fault.Field{Pointer: "slug", Key: "courseedit.fault.taken"})
	}
	return d, err
}

func texts(uk, en string) Tree {
	t := Tree{}
	if uk != "" {
		t["uk"] = uk
	}
	if en != "" {
		t["en"] = en
	}
	return t
}

// Copy begins a draft from a published version; 0 is the newest. A draft that is there
// already is returned as it is, a put-away one is begun anew. Errors: NotFound.
func (s *Service) Copy(ctx context.Context, a *person.Actor, name, slug string, version int) (d *Draft, err error) {
	defer fault.Wrap(&err, "draft.Copy")
	if err := s.may(a, person.CourseEdit); err != nil {
		return nil, err
	}
	if d, err = s.drafts.Get(ctx, slug); err == nil && d.Step != Away {
		return d, nil
	}
	old := d
	newest, err := s.Course(slug)
	if err != nil {
		return nil, err
	}
	if version == 0 {
		version = newest.Version
	}
	from, err := s.Version(ctx, slug, version)
	if err != nil {
		return nil, err
	}
	h := s.hand(a, name)
	d = &Draft{Doc: store.Doc{ID: slug}, Base: newest.Version, Step: Writing, Made: h, Last: h}
	rev := int64(1)
	if old != nil {
		d.Rev, rev = old.Rev, old.Rev+1
	}
	for _, t := range from.Files {
		file, ok := fileOf(t.Name)
		if !ok {
			continue
		}
		text := clean(t.Text)
		if tree, err := Parse(t.Name, text); err == nil && unsign(tree, file, newest.Version+1) {
			text = Write(tree)
		}
		d.Files = append(d.Files, File{Name: file, Text: text, Rev: rev, Last: h})
	}
	if err := s.audit(ctx, a, "draft.copy", slug, version); err != nil {
		return nil, err
	}
	if old != nil {
		err = s.drafts.Replace(ctx, d)
	} else {
		err = s.drafts.Insert(ctx, d)
	}
	if fault.Is(err, fault.Conflict) {
		return s.drafts.Get(ctx, slug) // somebody else began at the same moment
	}
	return d, err
}

// unsign takes reviews and days of checking out of a file and sets the version that the
// draft will be; false when nothing had to change.
func unsign(tree Tree, file string, version int) (changed bool) {
	set := func(name string, value any) {
		if old := tree[name]; value == nil && old != nil || value != nil && fmt.Sprint(old) != fmt.Sprint(value) {
			Put(tree, "/"+name, value)
			changed = true
		}
	}
	if file == FinalFile {
		return false
	}
	set("checked_on", nil)
	if file == CourseFile {
		set("version", float64(version))
		set("status", "draft")
		set("reviews", []any{})
		return changed
	}
	set("status", nil)
	set("reviews", nil)
	return changed
}

// Write changes the values of a file. Errors: *Conflict when somebody else wrote it
// since the revision of the edit; Invalid when its text is no YAML; NotFound.
func (s *Service) Write(ctx context.Context, a *person.Actor, name, slug string, e Edit, do func(Tree) error) (d *Draft, err error) {
	return s.write(ctx, a, name, slug, e, func(old string) (string, error) {
		tree, err := Parse(e.File, old)
		if err != nil {
			return "", err
		}
		if err := do(tree); err != nil {
			return "", err
		}
		return Write(tree), nil
	})
}

// WriteText replaces the text of a file, whatever it holds: what is wrong with it shows
// in Check. Errors: as Write.
func (s *Service) WriteText(ctx context.Context, a *person.Actor, name, slug string, e Edit, text string) (d *Draft, err error) {
	return s.write(ctx, a, name, slug, e, func(string) (string, error) { return clean(text), nil })
}

func (s *Service) write(ctx context.Context, a *person.Actor, name, slug string, e Edit, make func(old string) (string, error)) (d *Draft, err error) {
	defer fault.Wrap(&err, "draft.Write")
	if err := s.may(a, person.CourseEdit); err != nil {
		return nil, err
	}
	if err := s.audit(ctx, a, "draft.write", slug, 0); err != nil {
		return nil, err
	}
	h := s.hand(a, name)
	return s.change(ctx, slug, func(d *Draft, rev int64) error {
		f := d.File(e.File)
		if f == nil {
			return &Conflict{Theirs: File{Name: e.File, Last: d.Last}, Gone: true}
		}
		if e.Rev != 0 && f.Rev != e.Rev {
			return &Conflict{Theirs: *f}
		}
		text, err := make(f.Text)
		if err != nil {
			return err
		}
		if len(text) > maxFile {
			return fault.New(fault.Invalid, "courseedit.fault.big")
		}
		if text == f.Text {
			return errSame
		}
		d.remember(Change{Hand: h, What: e.What, Before: []File{*f}})
		d.set(e.File, text, h, rev)
		d.touched(h)
		return nil
	})
}

// order changes the list of lessons of the course file.
func (d *Draft) reorder(h Hand, rev int64, do func([]string) []string) error {
	f := d.File(CourseFile)
	if f == nil {
		return fault.New(fault.NotFound, "")
	}
	tree, err := Parse(CourseFile, f.Text)
	if err != nil {
		return fault.New(fault.Conflict, "courseedit.fault.unreadable")
	}
	var list []any
	for _, slug := range do(d.Lessons()) {
		list = append(list, slug)
	}
	if list == nil {
		list = []any{}
	}
	tree["lessons"] = list
	d.set(CourseFile, Write(tree), h, rev)
	return nil
}

func (s *Service) arrange(ctx context.Context, a *person.Actor, name, slug, what string, files []string, do func(d *Draft, h Hand, rev int64) error) (d *Draft, err error) {
	defer fault.Wrap(&err, "draft."+what)
	if err := s.may(a, person.CourseEdit); err != nil {
		return nil, err
	}
	if err := s.audit(ctx, a, "draft."+what, slug, 0); err != nil {
		return nil, err
	}
	h := s.hand(a, name)
	return s.change(ctx, slug, func(d *Draft, rev int64) error {
		c := Change{Hand: h, What: what}
		for _, one := range files {
			if f := d.File(one); f != nil {
				c.Before = append(c.Before, *f)
			} else {
				c.Made = append(c.Made, one)
			}
		}
		if err := do(d, h, rev); err != nil {
			return err
		}
		d.remember(c)
		d.touched(h)
		return nil
	})
}

// AddLesson puts a new lesson at the end of the course. tree may be nil: then it has
// the shape of a lesson with a text, a check and a summary to fill in.
func (s *Service) AddLesson(ctx context.Context, a *person.Actor, name, course, slug string, title i18n.Text, tree Tree) (d *Draft, err error) {
	_, reserved := lesson.Reserved()
	if err := checkSlug("slug", slug, reserved); err != nil {
		return nil, err
	}
	if strings.TrimSpace(title.UK) == "" {
		return nil, fault.InvalidFields(fault.Field{Pointer: "title_uk", Key: "page.form.required"})
	}
	if tree == nil {
		tree = Tree{"slug": slug, "title": texts(clean(title.UK), clean(title.EN)), "minutes": 6.0, "activities": []any{
			Tree{"id": "text-1", "type": "text", "text": Tree{}},
			Tree{"id": "check-1", "type": "check", "item": Tree{"id": slug + "-1", "type": "single", "options": []any{Tree{"id": "a"}, Tree{"id": "b"}, Tree{"id": "c"}}, "key": []any{}}},
			Tree{"id": "summary", "type": "summary", "sentences": []any{Tree{}, Tree{}, Tree{}}},
		}}
	}
	return s.arrange(ctx, a, name, course, "lesson.new", []string{CourseFile, slug}, func(d *Draft, h Hand, rev int64) error {
		if d.File(slug) != nil {
			return fault.InvalidFields(fault.Field{Pointer: "slug", Key: "courseedit.fault.taken"})
		}
		if len(d.Files) > maxLessons {
			return fault.InvalidFields(fault.Field{Pointer: "slug", Key: "courseedit.fault.many"})
		}
		if f := d.File(CourseFile); f != nil { // what the course knows already
			if whole, err := Parse(CourseFile, f.Text); err == nil {
				for to, from := range map[string]string{"level": "/levels/from", "competences": "/competences"} {
					v := At(whole, from)
					if list, ok := v.([]any); ok {
						v = list[:min(1, len(list))]
					}
					if tree[to] == nil && v != nil {
						tree[to] = v
					}
				}
			}
		}
		d.set(slug, Write(tree), h, rev)
		return d.reorder(h, rev, func(list []string) []string { return list })
	})
}

// AddFinal gives the course a final check to fill in.
func (s *Service) AddFinal(ctx context.Context, a *person.Actor, name, course string) (d *Draft, err error) {
	return s.arrange(ctx, a, name, course, "final.new", []string{FinalFile}, func(d *Draft, h Hand, rev int64) error {
		if d.File(FinalFile) != nil {
			return nil
		}
		d.set(FinalFile, Write(Tree{"course": course, "pass": 70.0, "items": []any{}}), h, rev)
		return nil
	})
}

// RemoveFile takes a lesson or the final check out. It can be undone.
func (s *Service) RemoveFile(ctx context.Context, a *person.Actor, name, course, file string) (d *Draft, err error) {
	return s.arrange(ctx, a, name, course, "lesson.remove", []string{CourseFile, file}, func(d *Draft, h Hand, rev int64) error {
		if file == CourseFile || d.File(file) == nil {
			return fault.New(fault.NotFound, "")
		}
		d.drop(file)
		return d.reorder(h, rev, func(list []string) []string { return list })
	})
}

// MoveLesson moves a lesson by one place: -1 up, +1 down.
func (s *Service) MoveLesson(ctx context.Context, a *person.Actor, name, course, slug string, by int) (d *Draft, err error) {
	return s.arrange(ctx, a, name, course, "lesson.move", []string{CourseFile}, func(d *Draft, h Hand, rev int64) error {
		return d.reorder(h, rev, func(list []string) []string {
			i := slices.Index(list, slug)
			if j := i + by; i >= 0 && j >= 0 && j < len(list) {
				list[i], list[j] = list[j], list[i]
			}
			return list
		})
	})
}

// Revert takes the last change back. Errors: Conflict when nothing is left to take back.
func (s *Service) Revert(ctx context.Context, a *person.Actor, name, slug string) (d *Draft, what string, err error) {
	defer fault.Wrap(&err, "draft.Revert")
	if err := s.may(a, person.CourseEdit); err != nil {
		return nil, "", err
	}
	if err := s.audit(ctx, a, "draft.undo", slug, 0); err != nil {
		return nil, "", err
	}
	h := s.hand(a, name)
	d, err = s.change(ctx, slug, func(d *Draft, rev int64) error {
		if len(d.Undo) == 0 {
			return fault.New(fault.Conflict, "courseedit.fault.nothing")
		}
		last := d.Undo[len(d.Undo)-1]
		d.Undo = d.Undo[:len(d.Undo)-1]
		for _, f := range last.Before {
			d.set(f.Name, f.Text, h, rev)
		}
		for _, name := range last.Made {
			d.drop(name)
		}
		what = last.What
		d.touched(h)
		return nil
	})
	return d, what, err
}

// PutAway takes a draft off the desk, or back.
func (s *Service) PutAway(ctx context.Context, a *person.Actor, name, slug string, away bool) (d *Draft, err error) {
	defer fault.Wrap(&err, "draft.PutAway")
	if err := s.may(a, person.CourseEdit); err != nil {
		return nil, err
	}
	if err := s.audit(ctx, a, "draft.away", slug, 0); err != nil {
		return nil, err
	}
	return s.change(ctx, slug, func(d *Draft, _ int64) error {
		switch {
		case away:
			d.Step = Away
		case d.Step == Away:
			d.Step = Writing
		}
		d.Review = nil
		return nil
	})
}
