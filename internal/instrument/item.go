package instrument

import (
	"encoding/json"
	"fmt"
	"math"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
)

// Type is the name of an item type in the registry.
type Type string

// The item types of CONTRACT §3.
const (
	Single   Type = "single"
	Multiple Type = "multiple"
	Scale    Type = "scale"
	Ordering Type = "ordering"
	Spot     Type = "spot"
	Matching Type = "matching"
	Number   Type = "number"
	Text     Type = "text"
	Info     Type = "info"
)

// Measures says what an item is for. Only Knowledge has a key and a score.
type Measures string

// What an item can measure.
const (
	Knowledge  Measures = "knowledge"
	Activity   Measures = "activity"
	Ladder     Measures = "ladder" // a scale of levels on which people place themselves
	Attitude   Measures = "attitude"
	Background Measures = "background"
)

// Option is a closed answer, a fragment of a spot item or one side of a matching pair.
type Option struct {
	ID     string    `json:"id"`
	Text   i18n.Text `json:"text"`
	Value  *int      `json:"value,omitempty"` // scale: the point, ascending
	Reason i18n.Text `json:"reason,omitzero"` // why this one is right or wrong; never public before the end
}

// Scene says what the fragments of an item are parts of.
type Scene struct {
	Kind  string    `json:"kind"` // sms email site chat call document table
	Title i18n.Text `json:"title,omitzero"`
}

// Picture is a file of content/media with its alternative text.
type Picture struct {
	Media string    `json:"media"`
	Alt   i18n.Text `json:"alt"`
}

// Source is where a fact was read.
type Source struct {
	Title string `json:"title"`
	URL   string `json:"url,omitempty"`
}

// Review is one reading by a named person that really took place.
type Review struct {
	By string `json:"by"`
	On string `json:"on"` // YYYY-MM-DD
}

// Range is a closed interval.
type Range struct {
	Min float64 `json:"min"`
	Max float64 `json:"max"`
}

// Key is the right answer: option ids (single: one; ordering: all, in order),
// pairs left to right (matching) or a range (number). Text items use Accept.
type Key struct {
	IDs   []string
	Pairs map[string]string
	Range *Range
}

// IsZero tells whether there is no key.
func (k Key) IsZero() bool { return len(k.IDs) == 0 && len(k.Pairs) == 0 && k.Range == nil }

// MarshalJSON writes the shape of the content files.
func (k Key) MarshalJSON() ([]byte, error) {
	switch {
	case k.Range != nil:
		return json.Marshal(k.Range)
	case k.Pairs != nil:
		return json.Marshal(k.Pairs)
	case k.IDs == nil:
		return []byte("[]"), nil
	}
	return json.Marshal(k.IDs)
}

// UnmarshalJSON reads a list of ids, a map of pairs or {min, max}.
func (k *Key) UnmarshalJSON(raw []byte) error {
	*k = Key{}
	if err := json.Unmarshal(raw, &k.IDs); err == nil {
		return nil
	}
	if err := json.Unmarshal(raw, &k.Pairs); err == nil {
		return nil
	}
	k.Pairs = nil
	var r Range
	if err := json.Unmarshal(raw, &r); err != nil {
		return fmt.Errorf("key: a list of ids, a map of pairs or {min, max}")
	}
	k.Range = &r
	return nil
}

// Item is a question or a task. It is immutable once its instrument is linked.
type Item struct {
	ID         string    `json:"id"`
	Version    int       `json:"version"`
	Type       Type      `json:"type"`
	Competence string    `json:"competence,omitempty"` // "ua5.3"; empty for some survey items
	Measures   Measures  `json:"measures"`
	Level      string    `json:"level,omitempty"`      // intended level A1…C2, knowledge only
	Difficulty float64   `json:"difficulty,omitempty"` // provisional Rasch b in logits, knowledge only
	Tags       []string  `json:"tags,omitempty"`
	Enemies    []string  `json:"enemies,omitempty"` // items that must not stand beside it in one adaptive test
	Stem       i18n.Text `json:"stem"`
	Lead       i18n.Text `json:"lead,omitzero"`
	Hint       i18n.Text `json:"hint,omitzero"`
	Scene      *Scene    `json:"scene,omitempty"`
	Options    []Option  `json:"options,omitempty"`
	Left       []Option  `json:"left,omitempty"`
	Right      []Option  `json:"right,omitempty"`
	Min        *float64  `json:"min,omitempty"`
	Max        *float64  `json:"max,omitempty"`
	Decimals   int       `json:"decimals,omitempty"`
	Unit       i18n.Text `json:"unit,omitzero"`
	Accept     []string  `json:"accept,omitempty"`
	MaxLength  int       `json:"max_length,omitempty"` // characters
	Exclusive  []string  `json:"exclusive,omitempty"`
	Key        Key       `json:"key,omitzero"`
	Required   bool      `json:"required"`
	Shuffle    bool      `json:"shuffle"`
	DontKnow   bool      `json:"dont_know"`
	Refuse     bool      `json:"refuse"`
	Explain    i18n.Text `json:"explain,omitzero"`
	Can        i18n.Text `json:"can,omitzero"`
	Glossary   []string  `json:"glossary,omitempty"`
	Picture    *Picture  `json:"picture,omitempty"`
	Source     *Source   `json:"source,omitempty"`
	CheckedOn  string    `json:"checked_on,omitempty"`
	ValidUntil string    `json:"valid_until,omitempty"`
	Status     string    `json:"status,omitempty"`
	Reviews    []Review  `json:"reviews,omitempty"`

	accepted map[string]bool // text: Accept, folded; made by Link
}

// Limits of a respondent's answer.
const (
	MaxText  = 500      // characters of a text answer where the item sets no limit
	MaxValue = 16 << 10 // bytes of one raw answer
)

// DecodeItem reads an item as the content files write it and fills the defaults
// of CONTENT_FORMAT: shuffle for knowledge single and multiple, dont_know for
// knowledge, refuse for background and attitude.
func DecodeItem(raw []byte, competence string) (*Item, error) {
	type plain Item
	file := struct {
		plain
		Shuffle  *bool `json:"shuffle"`
		DontKnow *bool `json:"dont_know"`
		Refuse   *bool `json:"refuse"`
	}{}
	if err := json.Unmarshal(raw, &file); err != nil {
		return nil, fmt.Errorf("item: %w", err)
	}
	it := Item(file.plain)
	if it.Competence == "" {
		it.Competence = competence
	}
	if it.Version == 0 {
		it.Version = 1
	}
	knows := it.Measures == Knowledge
	asks := it.Type != Info
	it.Shuffle = or(file.Shuffle, knows && (it.Type == Single || it.Type == Multiple))
	it.DontKnow = asks && or(file.DontKnow, knows)
	it.Refuse = asks && or(file.Refuse, it.Measures == Background || it.Measures == Attitude)
	if it.Type == Text && it.MaxLength == 0 {
		it.MaxLength = MaxText
	}
	return &it, nil
}

func or(given *bool, otherwise bool) bool {
	if given != nil {
		return *given
	}
	return otherwise
}

// kind returns the item's type; an unknown one behaves as info and takes no answer.
func (it *Item) kind() kind {
	if k, ok := kinds[it.Type]; ok {
		return k
	}
	return infoType{}
}

// option finds an option by id.
func option(list []Option, id string) (Option, bool) {
	for _, o := range list {
		if o.ID == id {
			return o, true
		}
	}
	return Option{}, false
}

// Option returns the option of this id.
func (it *Item) Option(id string) (Option, bool) { return option(it.Options, id) }

// TakesAnswer is false for info blocks.
func (it *Item) TakesAnswer() bool { return it.Type != Info }

// Scored tells whether the item has a key.
func (it *Item) Scored() bool { return it.Measures == Knowledge && it.Type != Info }

// Parse reads one answer of CONTRACT §3 and checks it against the item. The
// fault's Pointer is relative to the value ("" is the value itself, "/2" its
// third element, "/l1" a left id); the caller puts "/answers/<id>" before it.
func (it *Item) Parse(raw json.RawMessage) (Value, *fault.Field) {
	if len(raw) > MaxValue {
		return Value{}, bad("", "answer.too_long", map[string]any{"Max": MaxValue})
	}
	var v Value
	if err := json.Unmarshal(raw, &v); err != nil {
		return Value{}, bad("", "answer.malformed", nil)
	}
	if f := it.Check(v); f != nil {
		return Value{}, f
	}
	return v, nil
}

// Check tells what is wrong with a value for this item; nil is right. Pointers
// are those of Parse. An absent value is right: the item was skipped.
func (it *Item) Check(v Value) *fault.Field {
	switch v.kind {
	case kindAbsent:
		return nil
	case kindDontKnow, kindRefused:
		if !it.TakesAnswer() {
			return bad("", "answer.not_expected", nil)
		}
		return nil
	}
	return it.kind().check(it, v)
}

// Score is the item score of METHOD §1 in [0,1]: knowledge items only, others
// are always 0. right means full marks; dontKnow that «не знаю» was chosen
// (score 0, logged apart). An absent or refused answer scores 0.
func (it *Item) Score(v Value) (score float64, right, dontKnow bool) {
	if !it.Scored() {
		return 0, false, false
	}
	if v.kind == kindDontKnow {
		return 0, false, true
	}
	if v.kind == kindAbsent || v.kind == kindRefused || it.kind().check(it, v) != nil {
		return 0, false, false
	}
	s := min(max(it.kind().score(it, v), 0), 1)
	if math.IsNaN(s) {
		s = 0
	}
	return s, s > 1-1e-9, false
}

func bad(pointer, key string, args map[string]any) *fault.Field {
	return &fault.Field{Pointer: pointer, Key: key, Args: args}
}
