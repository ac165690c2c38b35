package asset

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// MaxAlt bounds the words for those who do not see or hear a file, in letters.
const MaxAlt = 1000

// Get reads one asset. Errors: those of person.Can for ContentEdit; NotFound.
func (s *Service) Get(ctx context.Context, who *person.Actor, id string) (a *Asset, err error) {
	defer fault.Wrap(&err, "asset.Get")
	if err := s.may(ctx, who, person.ContentEdit, "", ""); err != nil {
		return nil, err
	}
	return s.docs.Get(ctx, id)
}

// Describe sets the words. Those of a published file may not become empty in Ukrainian.
// Errors: as Get; Invalid with the fields alt_uk, alt_en; Conflict.
func (s *Service) Describe(ctx context.Context, who *person.Actor, id string, alt i18n.Text) (err error) {
	defer fault.Wrap(&err, "asset.Describe")
	a, err := s.Get(ctx, who, id)
	if err != nil {
		return err
	}
	alt.UK, alt.EN = strings.TrimSpace(alt.UK), strings.TrimSpace(alt.EN)
	var bad []fault.Field
	for _, f := range []struct{ name, text string }{{"alt_uk", alt.UK}, {"alt_en", alt.EN}} {
		if utf8.RuneCountInString(f.text) > MaxAlt {
			bad = append(bad, fault.Field{Pointer: f.name, Key: "page.form.long", Args: map[string]any{"Max": MaxAlt}})
		}
	}
	if a.Published && alt.UK == "" {
		bad = append(bad, fault.Field{Pointer: "alt_uk", Key: "asset.alt"})
	}
	if len(bad) > 0 {
		return fault.InvalidFields(bad...)
	}
	if err := s.may(ctx, who, person.ContentEdit, "describe", id); err != nil {
		return err
	}
	a.Alt, a.Changed = alt, store.At(s.o.Now())
	return s.keep(ctx, a)
}

// Publish opens a file to everybody. seen says that the actor has looked for faces,
// number plates, entrances and windows (USERS 11). Errors: those of person.Can for
// ContentPublish; Conflict (it is not ready); Invalid with the fields alt_uk and seen.
func (s *Service) Publish(ctx context.Context, who *person.Actor, id string, seen bool) (err error) {
	defer fault.Wrap(&err, "asset.Publish")
	a, err := s.publishing(ctx, who, id)
	if err != nil {
		return err
	}
	if a.State != Ready {
		return fault.New(fault.Conflict, "asset.not_ready")
	}
	var bad []fault.Field
	if a.Alt.UK == "" {
		bad = append(bad, fault.Field{Pointer: "alt_uk", Key: "asset.alt"})
	}
	if !seen {
		bad = append(bad, fault.Field{Pointer: "seen", Key: "asset.seen"})
	}
	if len(bad) > 0 {
		return fault.InvalidFields(bad...)
	}
	if err := s.may(ctx, who, person.ContentPublish, "publish", id); err != nil {
		return err
	}
	a.Published, a.Changed = true, store.At(s.o.Now())
	return s.keep(ctx, a)
}

func (s *Service) publishing(ctx context.Context, who *person.Actor, id string) (*Asset, error) {
	if err := s.may(ctx, who, person.ContentPublish, "", ""); err != nil {
		return nil, err
	}
	return s.docs.Get(ctx, id)
}

// Withdraw closes a published file. Errors: as Publish; Conflict when something uses it.
func (s *Service) Withdraw(ctx context.Context, who *person.Actor, id string) (err error) {
	defer fault.Wrap(&err, "asset.Withdraw")
	a, err := s.publishing(ctx, who, id)
	if err != nil {
		return err
	}
	if used := s.Uses(ctx, a); len(used) > 0 {
		return inUse(used)
	}
	if err := s.may(ctx, who, person.ContentPublish, "withdraw", id); err != nil {
		return err
	}
	a.Published, a.Changed = false, store.At(s.o.Now())
	return s.keep(ctx, a)
}

func inUse(used []string) error {
	e := fault.New(fault.Conflict, "asset.used")
	e.Args = map[string]any{"Where": strings.Join(used[:min(len(used), 5)], "; ")}
	return e
}

// Uses tells what uses a file, in words.
func (s *Service) Uses(ctx context.Context, a *Asset) []string {
	if s.o.Uses == nil || len(a.Names) == 0 {
		return nil
	}
	return s.o.Uses(ctx, a)
}

// Delete removes a file for good. Errors: as Publish; Conflict when something uses it.
func (s *Service) Delete(ctx context.Context, who *person.Actor, id string) (err error) {
	defer fault.Wrap(&err, "asset.Delete")
	a, err := s.publishing(ctx, who, id)
	if err != nil {
		return err
	}
	if used := s.Uses(ctx, a); len(used) > 0 {
		return inUse(used)
	}
	if err := s.may(ctx, who, person.ContentPublish, "delete", id); err != nil {
		return err
	}
	return s.remove(ctx, a)
}

// remove takes the document away first, so that nothing half-deleted is served; bytes
// that a crash leaves are swept.
func (s *Service) remove(ctx context.Context, a *Asset) error {
	err := s.docs.Delete(ctx, a.ID, 0)
	s.forget(a.ID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	for _, n := range slices.Backward(a.Names) {
		if err := s.o.Media.Delete(ctx, n); err != nil {
			return err
		}
	}
	return s.dropParts(ctx, a.ID)
}
