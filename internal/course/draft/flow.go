package draft

import (
	"context"
	"strings"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
	"osvitlo/internal/person"
)

// Ask asks for a review. Errors: Conflict while the draft has errors.
func (s *Service) Ask(ctx context.Context, a *person.Actor, name, slug, text string) (d *Draft, err error) {
	defer fault.Wrap(&err, "draft.Ask")
	if err := s.may(a, person.CourseEdit); err != nil {
		return nil, err
	}
	if text, err = noted("note", text); err != nil {
		return nil, err
	}
	if err := s.audit(ctx, a, "review.ask", slug, 0); err != nil {
		return nil, err
	}
	h := s.hand(a, name)
	return s.change(ctx, slug, func(d *Draft, _ int64) error {
		if d.Step == Away {
			return fault.New(fault.Conflict, "courseedit.fault.away")
		}
		if _, err := s.ready(d); err != nil {
			return err
		}
		if d.Step == Writing {
			d.Step, d.Ask, d.Back = Asked, &Word{h, text}, nil
		}
		return nil
	})
}

// Sign stores the review of the person who is signed in, for exactly the words they
// read. Their name will stand on the page of the course. Errors: Invalid (no name),
// Forbidden (they wrote it themselves), Conflict (nobody asked, the words changed
// meanwhile, errors).
func (s *Service) Sign(ctx context.Context, a *person.Actor, name, slug, hash, text string) (d *Draft, err error) {
	defer fault.Wrap(&err, "draft.Sign")
	if err := s.may(a, person.CourseEdit); err != nil {
		return nil, err
	}
	if len([]rune(strings.TrimSpace(name))) < 3 {
		return nil, fault.InvalidFields(fault.Field{Pointer: "name", Key: "courseedit.fault.name"})
	}
	if text, err = noted("note", text); err != nil {
		return nil, err
	}
	h := s.hand(a, name)
	if err := s.audit(ctx, a, "review.sign", slug, 0); err != nil {
		return nil, err
	}
	return s.change(ctx, slug, func(d *Draft, _ int64) error {
		switch {
		case d.Step != Asked:
			return fault.New(fault.Conflict, "courseedit.fault.unasked")
		case d.Wrote(a.Person):
			return fault.New(fault.Forbidden, "courseedit.fault.own")
		}
		c, err := s.ready(d)
		if err != nil {
			return err
		}
		if c.Course.Hash != hash {
			return fault.New(fault.Conflict, "courseedit.fault.changed")
		}
		d.Step, d.Review = Reviewed, &Signed{Hand: h, Hash: hash, Note: text}
		return nil
	})
}

// Return sends a draft back to its writers with what to mend. Errors: Invalid (no
// words), Conflict (nobody asked).
func (s *Service) Return(ctx context.Context, a *person.Actor, name, slug, text string) (d *Draft, err error) {
	defer fault.Wrap(&err, "draft.Return")
	if err := s.may(a, person.CourseEdit); err != nil {
		return nil, err
	}
	if text, err = noted("note", text); err != nil {
		return nil, err
	}
	if text == "" {
		return nil, fault.InvalidFields(fault.Field{Pointer: "note", Key: "page.form.required"})
	}
	if err := s.audit(ctx, a, "review.return", slug, 0); err != nil {
		return nil, err
	}
	h := s.hand(a, name)
	return s.change(ctx, slug, func(d *Draft, _ int64) error {
		if d.Step != Asked && d.Step != Reviewed {
			return fault.New(fault.Conflict, "courseedit.fault.unasked")
		}
		d.Step, d.Review, d.Back = Writing, nil, &Word{h, text}
		return nil
	})
}

// Publish makes a reviewed draft the next version of its course, and ends the draft.
// Errors: Conflict (not reviewed, changed since, errors, somebody published meanwhile).
func (s *Service) Publish(ctx context.Context, a *person.Actor, name, slug string) (v *Version, err error) {
	defer fault.Wrap(&err, "draft.Publish")
	if err := s.may(a, person.CoursePublish); err != nil {
		return nil, err
	}
	d, err := s.drafts.Get(ctx, slug)
	if err != nil {
		return nil, err
	}
	if d.Step != Reviewed || d.Review == nil {
		return nil, fault.New(fault.Conflict, "courseedit.fault.unreviewed")
	}
	c, err := s.ready(d)
	if err != nil {
		return nil, err
	}
	if c.Course.Hash != d.Review.Hash {
		return nil, fault.New(fault.Conflict, "courseedit.fault.changed")
	}
	files, err := d.signed()
	if err != nil {
		return nil, err
	}
	whole := s.check(slug, d.Base, files)
	if whole.Course == nil || whole.Errors() > 0 || whole.Course.Hash != d.Review.Hash {
		return nil, fault.Newf(fault.Internal, "", "%s: the signed files read otherwise", slug)
	}
	if v, err = versionOf(whole.Course, FromOffice, files); err != nil {
		return nil, err
	}
	v.Published, v.Writers, v.Review = s.hand(a, name), d.Writers, d.Review
	if err := s.audit(ctx, a, "publish", slug, v.Number); err != nil {
		return nil, err
	}
	if err := s.publish(ctx, v); err != nil {
		if !fault.Is(err, fault.Conflict) || !s.mine(ctx, d) {
			return nil, err
		}
		// cut short the last time between the version and the end of the draft
	}
	err = s.drafts.Delete(ctx, slug, d.Rev)
	if fault.Is(err, fault.NotFound) {
		err = nil
	}
	if fault.Is(err, fault.Conflict) { // written on meanwhile: it goes on behind the new version
		err = s.rebase(ctx, slug, v.Number)
	}
	return v, err
}

// mine tells whether the newest version is this draft already.
func (s *Service) mine(ctx context.Context, d *Draft) bool {
	v, err := s.versions.Get(ctx, versionID(d.ID, d.Base+1))
	return err == nil && s.newest(d.ID) == v.Number && v.Review != nil && v.Hash == d.Review.Hash && v.Review.At == d.Review.At
}

// signed lists the files with the review in them.
func (d *Draft) signed() ([]Named, error) {
	files := d.named()
	day := d.Review.At.In(i18n.Kyiv).Format(time.DateOnly)
	for i, f := range files {
		tree, err := Parse(f.Name, f.Text)
		if err != nil {
			return nil, err
		}
		name, _ := fileOf(f.Name)
		if name == CourseFile {
			tree["status"], tree["checked_on"] = "reviewed", day
			tree["reviews"] = []any{Tree{"by": d.Review.Name, "on": day}}
		} else {
			unsign(tree, name, 0)
		}
		files[i].Text = Write(tree)
	}
	return files, nil
}

// Signer is who signed a version last and on which day; empty while nobody has.
func Signer(reviews []instrument.Review) (by, on string) {
	if len(reviews) == 0 {
		return "", ""
	}
	last := reviews[len(reviews)-1]
	return last.By, last.On
}
