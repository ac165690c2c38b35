package eservice

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"osvitlo/internal/eservice/manual"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// Confirmation is what a person says who has read an instruction against its source.
type Confirmation struct {
	Rev    int64  // of the record that the person saw
	Hash   string // of the text that the person saw
	Name   string // name and office, 3 to 120 characters: people read it
	Source string // the official page that was opened, https
	On     string // day, not in the future
	Until  string // new last day of validity; empty: the file's
}

// HashOf names the present text of an entry for Confirmation and Correction.
func HashOf(e *Entry) string { return hashOf(e.Instruction) }

// Rev is the revision of what the city has said; 0 for nothing yet.
func (e *Entry) Rev() int64 {
	if e.Record == nil {
		return 0
	}
	return e.Record.Rev
}

// Verify writes down that a named person has confirmed the present text. Errors: Invalid
// with fields, Conflict when the text or the record changed meanwhile.
func (s *Service) Verify(ctx context.Context, who *person.Actor, slug string, c Confirmation) (err error) {
	defer fault.Wrap(&err, "eservice.Verify")
	e, err := s.Any(slug)
	if err != nil {
		return err
	}
	var bad []fault.Field
	if n := utf8.RuneCountInString(strings.TrimSpace(c.Name)); n < 3 || n > 120 {
		bad = append(bad, fault.Field{Pointer: "name", Key: "service.name"})
	}
	if u, err := url.Parse(c.Source); err != nil || u.Scheme != "https" || u.Host == "" || len(c.Source) > 300 {
		bad = append(bad, fault.Field{Pointer: "source", Key: "service.source"})
	}
	today := s.o.Now().In(i18n.Kyiv)
	if on, ok := day(c.On); !ok || on.After(today) {
		bad = append(bad, fault.Field{Pointer: "on", Key: "service.on"})
	}
	if until, ok := day(c.Until); c.Until != "" && (!ok || !until.After(today)) {
		bad = append(bad, fault.Field{Pointer: "until", Key: "service.until"})
	}
	if len(bad) > 0 {
		return fault.InvalidFields(bad...)
	}
	if c.Hash != hashOf(e.Instruction) {
		return fault.New(fault.Conflict, "service.changed")
	}
	return s.change(ctx, who, person.ContentPublish, "verified", "", e, c.Rev, func(r *Record, at store.Time) error {
		r.Verified = &Verified{Name: strings.TrimSpace(c.Name), Source: c.Source, On: c.On, By: who.Person, At: at, Hash: c.Hash}
		r.Until = c.Until
		return nil
	})
}

// Expire says that an instruction must be read again from today on.
func (s *Service) Expire(ctx context.Context, who *person.Actor, slug string, rev int64) (err error) {
	defer fault.Wrap(&err, "eservice.Expire")
	e, err := s.Any(slug)
	if err != nil {
		return err
	}
	return s.change(ctx, who, person.ContentEdit, "expired", "", e, rev, func(r *Record, at store.Time) error {
		r.Until = at.In(i18n.Kyiv).AddDate(0, 0, -1).Format(time.DateOnly)
		r.Verified = nil
		return nil
	})
}

// Hide takes an instruction out of the public manual, or shows it again.
func (s *Service) Hide(ctx context.Context, who *person.Actor, slug string, rev int64, hide bool) (err error) {
	defer fault.Wrap(&err, "eservice.Hide")
	e, err := s.Any(slug)
	if err != nil {
		return err
	}
	what := "shown"
	if hide {
		what = "hidden"
	}
	return s.change(ctx, who, person.ContentEdit, what, "", e, rev, func(r *Record, _ store.Time) error {
		r.Hidden = hide
		return nil
	})
}

// Correction is a new text of one step.
type Correction struct {
	Rev    int64
	Step   string
	Text   i18n.Text
	Detail i18n.Text
}

// Correct changes one step as a new version of the whole text; a confirmation falls away.
// The lint of the manual must find no error. Errors: Invalid with fields, Conflict.
func (s *Service) Correct(ctx context.Context, who *person.Actor, slug string, c Correction) (err error) {
	defer fault.Wrap(&err, "eservice.Correct")
	e, err := s.Any(slug)
	if err != nil {
		return err
	}
	next := e.Clone()
	step := next.Step(c.Step)
	if step == nil {
		return fault.New(fault.NotFound, "service.no_step")
	}
	step.Text, step.Detail = trim(c.Text), trim(c.Detail)
	if bad := faults(next, s.o.Now()); len(bad) > 0 {
		return fault.InvalidFields(bad...)
	}
	return s.change(ctx, who, person.ContentEdit, "corrected", c.Step, e, c.Rev, func(r *Record, _ store.Time) error {
		if r.Text == nil {
			file, err := s.file(slug)
			if err != nil {
				return err
			}
			r.From = hashOf(file)
		}
		r.Text, r.Version = next, r.Version+1
		return nil
	})
}

// Restore drops the corrections: the text of the file is shown again.
func (s *Service) Restore(ctx context.Context, who *person.Actor, slug string, rev int64) (err error) {
	defer fault.Wrap(&err, "eservice.Restore")
	e, err := s.Any(slug)
	if err != nil {
		return err
	}
	return s.change(ctx, who, person.ContentEdit, "restored", "", e, rev, func(r *Record, _ store.Time) error {
		r.Text, r.From = nil, ""
		return nil
	})
}

// said are the rules of the lint that have words of their own in the form.
var said = []string{"step_sentences", "step_long", "language_missing", "voice_word", "exclamation", "amount", "deadline", "year", "link", "phone"}

// faults turns what the lint finds in a step into faults of the form's fields.
func faults(in *manual.Instruction, now time.Time) (bad []fault.Field) {
	for _, f := range in.Lint(now) {
		if f.Severity != instrument.Error {
			continue
		}
		field := "text"
		switch {
		case strings.Contains(f.Pointer, "/detail"):
			field = "detail"
		case !strings.Contains(f.Pointer, "/text"):
			continue // not of this form; it stood in the file before
		}
		if strings.HasSuffix(f.Pointer, "/en") {
			field += "_en"
		}
		rule := strings.ReplaceAll(f.Rule, "-", "_")
		if !slices.Contains(said, rule) {
			rule = "signs"
		}
		bad = append(bad, fault.Field{Pointer: field, Key: "service.lint." + rule})
	}
	for _, s := range in.Steps {
		if s.Text.UK == "" || s.Text.EN == "" {
			bad = append(bad, fault.Field{Pointer: "text", Key: "service.lint.language_missing"})
		}
		for field, t := range map[string]i18n.Text{"text": s.Text, "detail": s.Detail} {
			if utf8.RuneCountInString(t.UK) > 1200 || utf8.RuneCountInString(t.EN) > 1200 {
				bad = append(bad, fault.Field{Pointer: field, Key: "service.lint.long"})
			}
		}
	}
	return bad
}

func (s *Service) file(slug string) (*manual.Instruction, error) {
	for _, in := range s.o.Library.Services() {
		if in.Slug == slug {
			return in, nil
		}
	}
	return nil, fault.New(fault.NotFound, "service.none")
}

// change writes one act on an instruction at the revision its person saw.
func (s *Service) change(ctx context.Context, who *person.Actor, act person.Action, what, step string, e *Entry, rev int64, do func(*Record, store.Time) error) error {
	if rev != e.Rev() {
		return fault.New(fault.Conflict, "service.changed")
	}
	if err := s.may(ctx, who, act, "service."+what, "service:"+e.Slug); err != nil {
		return err
	}
	r := &Record{Doc: store.Doc{ID: e.Slug}}
	if e.Record != nil {
		have := *e.Record
		r = &have
	}
	at := store.At(s.o.Now())
	if err := do(r, at); err != nil {
		return err
	}
	r.History = append([]Act{{What: what, Step: step, By: who.Person, At: at}}, r.History[:min(len(r.History), maxHistory-1)]...)
	r.Changed = s.said.Stamp()
	var err error
	if e.Record == nil {
		err = s.records.Insert(ctx, r)
	} else {
		err = s.records.Replace(ctx, r)
	}
	if err != nil {
		return err
	}
	s.said.Put(r)
	return nil
}

func trim(t i18n.Text) i18n.Text {
	return i18n.Text{UK: strings.TrimSpace(t.UK), EN: strings.TrimSpace(t.EN)}
}

func day(s string) (time.Time, bool) {
	d, err := time.ParseInLocation(time.DateOnly, s, i18n.Kyiv)
	return d, err == nil
}
