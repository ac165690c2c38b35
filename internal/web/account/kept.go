package account

import (
	"context"
	"slices"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/sitting"
	"osvitlo/internal/web/page"
)

// sittingsKept is Kept over the service of sittings.
type sittingsKept struct {
	s    *sitting.Service
	says func(lang, key string, args map[string]any) string
}

// KeepSittings makes Kept of the service of sittings. says gives the words of the
// pages: (*page.Renderer).Words in a language.
func KeepSittings(s *sitting.Service, pages *page.Renderer) Kept {
	return sittingsKept{s, func(lang, key string, args map[string]any) string { return pages.Words(lang).T(key, args) }}
}

// Lines implements Kept.
func (k sittingsKept) Lines(ctx context.Context, lang string, ids []string) ([]SittingLine, error) {
	var list []SittingLine
	for _, id := range ids {
		_, access, err := k.s.OpenLink(k.s.LinkKey(id))
		if err != nil {
			return nil, err
		}
		if list, err = k.add(ctx, list, lang, id, access); err != nil {
			return nil, err
		}
	}
	return newest(list), nil
}

// Here implements Kept.
func (k sittingsKept) Here(ctx context.Context, lang string, proofs map[string]string) ([]SittingLine, error) {
	var list []SittingLine
	for id, proof := range proofs {
		var err error
		if list, err = k.add(ctx, list, lang, id, sitting.Access{Token: proof}); err != nil {
			return nil, err
		}
	}
	return newest(list), nil
}

// add describes one sitting; one that is gone, or was not begun, is left out.
func (k sittingsKept) add(ctx context.Context, list []SittingLine, lang, id string, access sitting.Access) ([]SittingLine, error) {
	v, err := k.s.View(ctx, id, access)
	switch fault.KindOf(err) {
	case fault.NotFound, fault.Gone, fault.Invalid, fault.Forbidden, fault.Unauthenticated:
		if err != nil {
			return list, nil
		}
	}
	if err != nil {
		return nil, err
	}
	if v.Rev == 0 {
		return list, nil
	}
	line := SittingLine{ID: id, Title: v.Instrument.Title.In(lang), Day: v.Sitting.Started.Time, Done: v.Sitting.Done(), Href: "/r/" + k.s.LinkKey(id)}
	if line.Done {
		line.Day = v.Sitting.Submitted.Time
		if sc := v.Sitting.Score; sc != nil && sc.LevelLow != "" {
			line.Level = k.says(lang, "account.level.one", map[string]any{"Low": sc.LevelLow})
			if sc.LevelHigh != "" && sc.LevelHigh != sc.LevelLow {
				line.Level = k.says(lang, "account.level.two", map[string]any{"Low": sc.LevelLow, "High": sc.LevelHigh})
			}
		}
	}
	if line.Day.IsZero() {
		line.Day = time.Time(v.Sitting.Received.Time)
	}
	return append(list, line), nil
}

func newest(list []SittingLine) []SittingLine {
	slices.SortFunc(list, func(a, b SittingLine) int {
		if n := b.Day.Compare(a.Day); n != 0 {
			return n
		}
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	return list
}
