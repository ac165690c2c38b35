package app

import (
	"context"
	"maps"
	"slices"

	"osvitlo/internal/i18n"
	"osvitlo/internal/sitting"
	"osvitlo/internal/web/account"
)

// kept describes sittings for the page of the person they belong to.
type kept struct {
	sittings *sitting.Service
	words    *i18n.Bundle
}

var _ account.Kept = kept{}

// Lines describes sittings by their ids, the newest first. The caller has made sure
// that they belong to the reader.
func (k kept) Lines(ctx context.Context, lang string, ids []string) ([]account.SittingLine, error) {
	list, err := k.sittings.Summaries(ctx, ids)
	if err != nil {
		return nil, err
	}
	words := k.words.Lang(lang)
	lines := make([]account.SittingLine, 0, len(list))
	for _, s := range list {
		line := account.SittingLine{ID: s.ID, Title: s.Title.In(lang), Day: s.Started, Done: !s.Submitted.IsZero(), Href: s.Link}
		if line.Done {
			line.Day = s.Submitted
		}
		switch {
		case s.Level == "":
		case s.Level == s.LevelHigh || s.LevelHigh == "":
			line.Level = s.Level
		default:
			line.Level = words.T("core.level.between", map[string]any{"Low": s.Level, "High": s.LevelHigh})
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// Here describes the sittings that these proofs open.
func (k kept) Here(ctx context.Context, lang string, proofs map[string]string) ([]account.SittingLine, error) {
	people := sitting.ForPeople(k.sittings)
	var ids []string
	for _, id := range slices.Sorted(maps.Keys(proofs)) {
		ok, err := people.Opens(ctx, id, proofs[id])
		if err != nil {
			return nil, err
		}
		if ok {
			ids = append(ids, id)
		}
	}
	return k.Lines(ctx, lang, ids)
}
