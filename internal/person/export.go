package person

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// Export is everything that is held about a person.
type Export struct {
	Made     time.Time      `json:"made"`
	Person   *Person        `json:"person"`
	Consents []*Entry       `json:"consents"`
	Roles    []Grant        `json:"roles,omitempty"`
	Cards    []CardView     `json:"cards,omitempty"`
	Ways     []Way          `json:"ways,omitempty"`
	Devices  []DeviceLine   `json:"devices,omitempty"`
	Merges   []MergeLine    `json:"merges,omitempty"`
	Sittings []any          `json:"sittings,omitempty"`
	Others   map[string]any `json:"others,omitempty"` // of other parts of the program, by name
}

// DeviceLine is a session in an export.
type DeviceLine struct {
	Label string    `json:"label"`
	Via   Via       `json:"via"`
	Made  time.Time `json:"made"`
	Seen  time.Time `json:"seen"`
}

// MergeLine is a merge in an export.
type MergeLine struct {
	Joined ID         `json:"joined"`
	State  MergeState `json:"state"`
	Made   time.Time  `json:"made"`
}

// Export collects everything held about the actor (or, for staff with the right,
// about a learner who asked). Errors: NotFound.
func (s *Service) Export(ctx context.Context, a Actor, id ID) (e *Export, err error) {
	defer fault.Wrap(&err, "person.Export")
	r, err := s.allowed(ctx, &a, id, MeExport, PersonErase)
	if err != nil {
		return nil, err
	}
	ids := s.aliases(r)
	e = &Export{Made: s.now(), Others: map[string]any{}}
	if e.Person, err = s.clear(r); err != nil {
		return nil, err
	}
	if e.Consents, err = s.ledger(ctx, ids); err != nil {
		return nil, err
	}
	if e.Roles, err = s.Grants(ctx, ID(r.ID)); err != nil {
		return nil, err
	}
	for _, id := range ids {
		if err := s.exportWays(ctx, e, id); err != nil {
			return nil, err
		}
	}
	merges, err := s.mergesOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, m := range merges {
		e.Merges = append(e.Merges, MergeLine{Joined: m.Drop, State: m.State, Made: m.Made.Time})
	}
	sittings, err := s.sittingsOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, id := range sittings {
		if s.cfg.Sittings == nil {
			break
		}
		held, err := s.cfg.Sittings.Export(ctx, id)
		if err != nil && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Gone) {
			return nil, err
		}
		if err == nil && held != nil {
			e.Sittings = append(e.Sittings, held)
		}
	}
	for _, h := range s.cfg.Holders {
		held, err := h.Export(ctx, ids)
		if err != nil {
			return nil, err
		}
		if held != nil {
			e.Others[h.Name()] = held
		}
	}
	return e, nil
}

func (s *Service) exportWays(ctx context.Context, e *Export, id ID) error {
	own := store.Query{Index: indexPerson, Eq: []any{id}}
	for c, err := range s.cards.Find(ctx, own) {
		if err != nil {
			return err
		}
		e.Cards = append(e.Cards, CardView{ID: c.ID[:8], Kind: c.Kind, Place: c.Place, Made: c.Made, Locked: c.Wrong >= CardTries})
	}
	for d, err := range s.secrets.Find(ctx, own) {
		if err != nil {
			return err
		}
		e.Ways = append(e.Ways, Way{Kind: d.Kind, Label: d.Label, Made: d.Made.Time, Used: d.Used.Time})
	}
	for d, err := range s.sessions.Find(ctx, own) {
		if err != nil {
			return err
		}
		if !d.Over {
			e.Devices = append(e.Devices, DeviceLine{Label: d.Label, Via: d.Via, Made: d.Made.Time, Seen: d.Seen.Time})
		}
	}
	return nil
}

// WriteJSON writes the export for a download.
func (e *Export) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(e)
}

// WriteCSV writes the export as two columns, path and value, for a spreadsheet: every
// cell is safe from formulas.
func (e *Export) WriteCSV(w io.Writer) error {
	raw, err := json.Marshal(e)
	if err != nil {
		return err
	}
	var tree any
	if err := json.Unmarshal(raw, &tree); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	if err := out.Write([]string{"path", "value"}); err != nil {
		return err
	}
	if err := flatten(out, "", tree); err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

func flatten(out *csv.Writer, path string, v any) error {
	join := func(key string) string {
		if path == "" {
			return key
		}
		return path + "." + key
	}
	switch x := v.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(x)) {
			if err := flatten(out, join(k), x[k]); err != nil {
				return err
			}
		}
		return nil
	case []any:
		for i, item := range x {
			if err := flatten(out, join(strconv.Itoa(i+1)), item); err != nil {
				return err
			}
		}
		return nil
	case nil:
		return nil
	case float64:
		return out.Write([]string{Cell(path), strconv.FormatFloat(x, 'f', -1, 64)})
	}
	return out.Write([]string{Cell(path), Cell(fmt.Sprint(v))})
}
