package asset

import (
	"context"
	"strings"

	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// Show chooses by what is to be done with files.
type Show string

// What a list shows.
const (
	ShowAll       Show = ""
	ShowPublished Show = "published"
	ShowDraft     Show = "draft"  // ready and not published
	ShowWaiting   Show = "wait"   // on their way, or refused
	ShowOrphans   Show = "orphan" // ready, and nothing uses them
)

// Filter asks for a list, newest first.
type Filter struct {
	Words string // in the name or in the words of the file
	Kind  Kind
	Show  Show
	Skip  int // rows to leave out
	Limit int // 0 means 25
}

// maxLooked bounds how many assets one list looks at.
const maxLooked = 20_000

// Find lists assets; more tells that there are others behind. Errors: as Get.
func (s *Service) Find(ctx context.Context, who *person.Actor, f Filter) (list []*Asset, more bool, err error) {
	defer fault.Wrap(&err, "asset.Find")
	if err := s.may(ctx, who, person.ContentEdit, "", ""); err != nil {
		return nil, false, err
	}
	if f.Limit <= 0 {
		f.Limit = 25
	}
	words := strings.Fields(strings.ToLower(f.Words))
	for a, err := range s.docs.Find(ctx, store.Query{Index: indexMade, Desc: true, Limit: maxLooked}) {
		if err != nil {
			return nil, false, err
		}
		if !s.fits(ctx, a, f, words) {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		if len(list) == f.Limit {
			return list, true, nil
		}
		list = append(list, a)
	}
	return list, false, nil
}

func (s *Service) fits(ctx context.Context, a *Asset, f Filter, words []string) bool {
	if f.Kind != "" && a.Kind != f.Kind {
		return false
	}
	text := strings.ToLower(a.Title + " " + a.Alt.UK + " " + a.Alt.EN)
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	switch f.Show {
	case ShowPublished:
		return a.Published
	case ShowDraft:
		return a.State == Ready && !a.Published
	case ShowWaiting:
		return a.State != Ready
	case ShowOrphans:
		return a.State == Ready && len(s.Uses(ctx, a)) == 0
	}
	return true
}
