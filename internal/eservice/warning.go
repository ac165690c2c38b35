package eservice

import (
	"cmp"
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"osvitlo/internal/eservice/manual"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// Limits of a warning.
const (
	MaxWarningTitle = 120
	MaxWarningText  = 1500
	MinDays         = 1
	MaxDays         = 60
)

// Draft is a warning as an editor types it. English may be left out: a warning must be
// out within minutes.
type Draft struct {
	Rev     int64 // of the warning that is edited
	Title   i18n.Text
	Looks   i18n.Text
	Act     i18n.Text
	Scheme  int    // 0: none of the twelve
	Picture string // below /media/, or empty
	Alt     i18n.Text
	Days    int // how long it stays, from now
}

func (d *Draft) check() error {
	var bad []fault.Field
	size := func(name string, t i18n.Text, least, most int) {
		if n := utf8.RuneCountInString(t.UK); n < least || n > most {
			bad = append(bad, fault.Field{Pointer: name, Key: "service.warning." + name})
		}
		if utf8.RuneCountInString(t.EN) > most {
			bad = append(bad, fault.Field{Pointer: name + "_en", Key: "service.warning." + name})
		}
	}
	d.Title, d.Looks, d.Act, d.Alt = trim(d.Title), trim(d.Looks), trim(d.Act), trim(d.Alt)
	size("title", d.Title, 5, MaxWarningTitle)
	size("looks", d.Looks, 10, MaxWarningText)
	size("act", d.Act, 10, MaxWarningText)
	if d.Scheme < 0 || d.Scheme > manual.Schemes {
		bad = append(bad, fault.Field{Pointer: "scheme", Key: "service.warning.scheme"})
	}
	bad = append(bad, checkPicture(d.Picture, d.Alt)...)
	if d.Days < MinDays || d.Days > MaxDays {
		bad = append(bad, fault.Field{Pointer: "days", Key: "service.warning.days"})
	}
	if len(bad) > 0 {
		return fault.InvalidFields(bad...)
	}
	return nil
}

// Warn publishes a warning at once. Errors: Invalid with fields.
func (s *Service) Warn(ctx context.Context, who *person.Actor, d Draft) (w *Warning, err error) {
	defer fault.Wrap(&err, "eservice.Warn")
	if err := d.check(); err != nil {
		return nil, err
	}
	now := s.o.Now()
	w = &Warning{Doc: store.Doc{ID: now.In(i18n.Kyiv).Format("20060102") + "-" + strings.ToLower(rand.Text()[:8])}, Made: store.At(now), By: who.Person}
	if err := s.may(ctx, who, person.ContentEdit, "warning.publish", "warning:"+w.ID); err != nil {
		return nil, err
	}
	fill(w, d, now)
	w.Changed = s.warned.Stamp()
	if err := s.warnings.Insert(ctx, w); err != nil {
		return nil, err
	}
	s.warned.Put(w)
	return w, nil
}

func fill(w *Warning, d Draft, now time.Time) {
	w.Title, w.Looks, w.Act, w.Scheme, w.Picture, w.Alt = d.Title, d.Looks, d.Act, d.Scheme, d.Picture, d.Alt
	w.Until = store.At(now.AddDate(0, 0, d.Days))
	w.Ended = false
}

// Edit changes a warning; it stays d.Days from now. Errors: Invalid, Conflict, NotFound.
func (s *Service) Edit(ctx context.Context, who *person.Actor, id string, d Draft) (err error) {
	defer fault.Wrap(&err, "eservice.Edit")
	if err := d.check(); err != nil {
		return err
	}
	return s.warn(ctx, who, id, d.Rev, "warning.edit", func(w *Warning) { fill(w, d, s.o.Now()) })
}

// SetPicture shows an uploaded picture with a warning; an empty address takes it off.
// Errors: Invalid with fields, Conflict, NotFound.
func (s *Service) SetPicture(ctx context.Context, who *person.Actor, id string, rev int64, picture string, alt i18n.Text) (err error) {
	defer fault.Wrap(&err, "eservice.SetPicture")
	alt = trim(alt)
	if bad := checkPicture(picture, alt); len(bad) > 0 {
		return fault.InvalidFields(bad...)
	}
	return s.warn(ctx, who, id, rev, "warning.picture", func(w *Warning) { w.Picture, w.Alt = picture, alt })
}

// checkPicture wants a file of ours and words for those who do not see it.
func checkPicture(picture string, alt i18n.Text) (bad []fault.Field) {
	if picture == "" {
		return nil
	}
	if !strings.HasPrefix(picture, "/media/") || strings.Contains(picture, "..") || len(picture) > 200 {
		bad = append(bad, fault.Field{Pointer: "picture", Key: "service.warning.picture"})
	}
	if n := utf8.RuneCountInString(alt.UK); n < 5 || n > 300 {
		bad = append(bad, fault.Field{Pointer: "alt", Key: "service.warning.alt"})
	}
	return bad
}

// Withdraw takes a warning back before its time.
func (s *Service) Withdraw(ctx context.Context, who *person.Actor, id string, rev int64) (err error) {
	defer fault.Wrap(&err, "eservice.Withdraw")
	return s.warn(ctx, who, id, rev, "warning.withdraw", func(w *Warning) { w.Ended = true })
}

func (s *Service) warn(ctx context.Context, who *person.Actor, id string, rev int64, what string, do func(*Warning)) error {
	have, ok := s.warned.ByID(id)
	if !ok {
		return fault.New(fault.NotFound, "service.no_warning")
	}
	if have.Rev != rev {
		return fault.New(fault.Conflict, "service.changed")
	}
	if err := s.may(ctx, who, person.ContentEdit, what, "warning:"+id); err != nil {
		return err
	}
	w := *have
	do(&w)
	w.Changed = s.warned.Stamp()
	if err := s.warnings.Replace(ctx, &w); err != nil {
		return err
	}
	s.warned.Put(&w)
	return nil
}

// Warnings lists what the public sees now, the newest first.
func (s *Service) Warnings() []*Warning {
	now := s.o.Now()
	var out []*Warning
	for _, w := range s.AllWarnings() {
		if w.Live(now) {
			out = append(out, w)
		}
	}
	return out
}

// AllWarnings lists every warning ever given, the newest first; for staff.
func (s *Service) AllWarnings() []*Warning {
	list := slices.Clone(s.warned.All())
	slices.SortFunc(list, func(a, b *Warning) int {
		return cmp.Or(b.Made.Compare(a.Made.Time), cmp.Compare(b.ID, a.ID))
	})
	return list
}

// Warning is one of AllWarnings. Errors: NotFound.
func (s *Service) Warning(id string) (*Warning, error) {
	if w, ok := s.warned.ByID(id); ok {
		return w, nil
	}
	return nil, fault.New(fault.NotFound, "service.no_warning")
}
