package instrument

import "osvitlo/internal/i18n"

// PublicInstrument is the body of GET /api/v1/instruments/{slug}/{version}
// (CONTRACT §3). It has no keys, no explanations, no levels and no difficulty.
type PublicInstrument struct {
	Slug    string       `json:"slug"`
	Version int          `json:"version"`
	Hash    string       `json:"hash"`
	Title   i18n.Text    `json:"title"`
	Items   []PublicItem `json:"items"`
}

// PublicItem is an item as outsiders may see it.
type PublicItem struct {
	ID         string         `json:"id"`
	Type       Type           `json:"type"`
	Competence *string        `json:"competence"`
	Required   bool           `json:"required"`
	Stem       i18n.Text      `json:"stem"`
	Lead       i18n.Text      `json:"lead,omitzero"`
	Hint       i18n.Text      `json:"hint,omitzero"`
	Scene      *Scene         `json:"scene,omitempty"`
	Picture    *Picture       `json:"picture,omitempty"`
	Options    []PublicOption `json:"options,omitempty"`
	Exclusive  []string       `json:"exclusive,omitempty"`
	Left       []PublicOption `json:"left,omitempty"`
	Right      []PublicOption `json:"right,omitempty"`
	Min        *float64       `json:"min,omitempty"`
	Max        *float64       `json:"max,omitempty"`
	Decimals   *int           `json:"decimals,omitempty"`
	Unit       i18n.Text      `json:"unit,omitzero"`
	MaxLength  int            `json:"max_length,omitempty"`
	DontKnow   bool           `json:"dont_know"`
	Refuse     bool           `json:"refuse"`
}

// PublicOption is an option without value and reason.
type PublicOption struct {
	ID   string    `json:"id"`
	Text i18n.Text `json:"text"`
}

// Public is the instrument without anything that betrays an answer. Options that
// may move are shuffled the same way for everybody, so order says nothing.
func (in *Instrument) Public() PublicInstrument {
	p := PublicInstrument{Slug: in.Slug, Version: in.Version, Hash: in.Hash, Title: in.Title,
		Items: make([]PublicItem, 0, len(in.items))}
	for _, it := range in.items {
		p.Items = append(p.Items, it.Public())
	}
	return p
}

// Public is the item's part of the public view.
func (it *Item) Public() PublicItem {
	p := PublicItem{ID: it.ID, Type: it.Type, Required: it.Required, Stem: it.Stem, Lead: it.Lead,
		Hint: it.Hint, Scene: it.Scene, Picture: it.Picture, DontKnow: it.DontKnow, Refuse: it.Refuse}
	if it.Competence != "" {
		p.Competence = &it.Competence
	}
	it.kind().public(it, &p)
	return p
}

func publicOptions(it *Item) []PublicOption { return bare(ShuffledOptions(it, "public")) }

func bare(options []Option) []PublicOption {
	out := make([]PublicOption, len(options))
	for i, o := range options {
		out[i] = PublicOption{ID: o.ID, Text: o.Text}
	}
	return out
}
