package instrument

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/gowebpki/jcs"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
)

// Role says what an instrument is for.
type Role string

// The roles: a test gives a score, a survey is no row of the index, offline is
// the short form of people who do not use the internet.
const (
	RoleTest    Role = "test"
	RoleSurvey  Role = "survey"
	RoleRound   Role = "round" // of a round in institutions; begun with a code
	RoleOffline Role = "offline"
)

// Minutes is the honest span of time, from a fluent reader to a slow one.
type Minutes struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// Block is one screen: exactly one of its fields is set.
type Block struct {
	Item        string `json:"item,omitempty"`
	ItemVersion int    `json:"version,omitempty"` // of Item; 0 in a file means the only one
	Respondent  string `json:"respondent,omitempty"`
	Pause       string `json:"pause,omitempty"`
	// Adaptive is the rule of a part whose items are chosen one by one from a pool,
	// "express" or "certificate". An instrument has at most one such block.
	Adaptive string `json:"adaptive,omitempty"`
}

// ID is the block's name in addresses and rules, unique in an instrument.
func (b Block) ID() string {
	switch {
	case b.Item != "":
		return b.Item
	case b.Respondent != "":
		return b.Respondent
	case b.Adaptive != "":
		return b.Adaptive
	}
	return b.Pause
}

// many tells whether not exactly one thing is set.
func (b Block) many() bool {
	n := 0
	for _, s := range []string{b.Item, b.Respondent, b.Pause, b.Adaptive} {
		if s != "" {
			n++
		}
	}
	return n != 1
}

// Section is a part of an instrument.
type Section struct {
	ID     string    `json:"id"`
	Title  i18n.Text `json:"title,omitzero"`
	Blocks []Block   `json:"blocks"`
}

// RespondentQuestion is a background question (single), defined once for all
// instruments. Its option ids are the values of CONTRACT §4.
type RespondentQuestion struct {
	ID      string    `json:"id"`
	Stem    i18n.Text `json:"stem"`
	Hint    i18n.Text `json:"hint,omitzero"`
	Options []Option  `json:"options"`
	Refuse  bool      `json:"refuse"`
}

// Option returns the option of this id.
func (q *RespondentQuestion) Option(id string) (Option, bool) { return option(q.Options, id) }

// Check tells whether id is an option, or "refused" where the question may be refused.
func (q *RespondentQuestion) Check(id string) *fault.Field {
	if id == wordRefused && q.Refuse {
		return nil
	}
	if _, ok := q.Option(id); !ok {
		return bad("", "answer.unknown_option", nil)
	}
	return nil
}

// Respondent holds the background answers by question id: an option id, or
// "refused". An absent id was not answered.
type Respondent map[string]string

// Instrument is one version of a questionnaire or test. Link makes it usable; from
// then on it is immutable.
type Instrument struct {
	Slug      string    `json:"slug"`
	Version   int       `json:"version"`
	Hash      string    `json:"-"` // hex SHA-256 of the JCS of Document
	Role      Role      `json:"role"`
	Framework string    `json:"framework,omitempty"`
	Title     i18n.Text `json:"title"`
	Summary   i18n.Text `json:"summary"`
	Minutes   Minutes   `json:"minutes"`
	StopAfter string    `json:"stop_after,omitempty"` // section id
	Sections  []Section `json:"sections"`
	Rules     []Rule    `json:"rules,omitempty"`
	Retired   string    `json:"retired,omitempty"` // YYYY-MM-DD, first day out of use; answers are taken 90 days more

	items  []*Item // in block order
	byID   map[string]*Item
	flat   []Step // every block
	at     map[string]int
	spans  map[string][2]int // section id to [first, last+1) in flat
	placed []placedRule
}

// Name is slug@version, as content.sum and logs write it.
func (in *Instrument) Name() string { return in.Slug + "@" + strconv.Itoa(in.Version) }

// Items lists the items in block order; do not change the slice.
func (in *Instrument) Items() []*Item { return in.items }

// Item returns an item of this instrument. Errors: NotFound.
func (in *Instrument) Item(id string) (*Item, error) {
	if it, ok := in.byID[id]; ok {
		return it, nil
	}
	return nil, fault.Newf(fault.NotFound, "", "item %q is not in %s", id, in.Name())
}

// Blocks lists every block in order, on the path or not.
func (in *Instrument) Blocks() []Step { return in.flat }

// Block finds a block by its id. Errors: NotFound.
func (in *Instrument) Block(id string) (Step, error) {
	if i, ok := in.at[id]; ok {
		return in.flat[i], nil
	}
	return Step{}, fault.Newf(fault.NotFound, "", "block %q is not in %s", id, in.Name())
}

// Adaptive is the block whose items are chosen from a pool while it is taken, and
// whether there is one.
func (in *Instrument) Adaptive() (Step, bool) {
	for _, st := range in.flat {
		if st.Block.Adaptive != "" {
			return st, true
		}
	}
	return Step{}, false
}

// Section returns a section by id.
func (in *Instrument) Section(id string) (*Section, bool) {
	for i := range in.Sections {
		if in.Sections[i].ID == id {
			return &in.Sections[i], true
		}
	}
	return nil, false
}

// InFirst tells whether an item belongs to the part before the honest stop: the
// sections up to and with StopAfter. Without StopAfter everything does.
func (in *Instrument) InFirst(itemID string) bool {
	if in.StopAfter == "" {
		return true
	}
	i, ok := in.at[itemID]
	return ok && i < in.spans[in.StopAfter][1]
}

// MaxScreens bounds the blocks of an instrument.
const MaxScreens = 400

// Link resolves blocks to items and questions, prepares the rules and computes
// the hash. item answers NotFound, or Conflict if version is 0 and there are
// several; question answers nil. What does not fit is returned as findings with pointers into the
// instrument's document; an instrument with errors must not be used.
func (in *Instrument) Link(item func(id string, version int) (*Item, error), question func(id string) *RespondentQuestion) []Finding {
	r := &Report{}
	in.items, in.flat = nil, nil
	in.byID, in.at, in.spans = map[string]*Item{}, map[string]int{}, map[string][2]int{}
	adaptive := false
	for si := range in.Sections {
		s := &in.Sections[si]
		at := "/sections/" + strconv.Itoa(si)
		start := len(in.flat)
		if _, twice := in.spans[s.ID]; twice {
			r.Error(at+"/id", "section-twice", "section "+quote(s.ID)+" stands twice", "give it another id")
		}
		for bi := range s.Blocks {
			b := &s.Blocks[bi]
			where := at + "/blocks/" + strconv.Itoa(bi)
			step := Step{Section: s.ID}
			switch {
			case b.many():
				r.Error(where, "block-one", "a block holds exactly one thing", "write one of item, respondent, pause, adaptive in each block")
				continue
			case b.Item != "":
				it, err := item(b.Item, b.ItemVersion)
				switch {
				case fault.Is(err, fault.Conflict):
					r.Error(where+"/item", "item-versions", "item "+quote(b.Item)+" has several versions", "say which one: {item: "+b.Item+", version: 1}")
					continue
				case err != nil:
					r.Error(where+"/item", "item-unknown", "there is no item "+quote(b.Item), "write it in content/items or correct its name here")
					continue
				}
				b.ItemVersion = it.Version
				if it.Type == Text && it.accepted == nil {
					it.accepted = foldAll(it.Accept)
				}
				step.Item = it
				in.items = append(in.items, it)
				in.byID[it.ID] = it
			case b.Respondent != "":
				if step.Question = question(b.Respondent); step.Question == nil {
					r.Error(where+"/respondent", "respondent-unknown", "there is no background question "+quote(b.Respondent),
						"write it in content/instruments/respondent.yaml or correct its name here")
					continue
				}
			}
			step.Block = *b
			if b.Adaptive != "" {
				if adaptive {
					r.Error(where+"/adaptive", "adaptive-twice", "there are two adaptive blocks", "keep one")
					continue
				}
				adaptive = true
			}
			if _, twice := in.at[b.ID()]; twice {
				r.Error(where, "block-twice", "block "+quote(b.ID())+" stands twice", "remove one of them or rename it")
				continue
			}
			if len(in.flat) >= MaxScreens {
				r.Error(where, "too-long", "an instrument has at most "+strconv.Itoa(MaxScreens)+" blocks", "split it")
				return r.Findings
			}
			in.at[b.ID()] = len(in.flat)
			in.flat = append(in.flat, step)
		}
		in.spans[s.ID] = [2]int{start, len(in.flat)}
	}
	for _, s := range in.Sections {
		if i, clash := in.at[s.ID]; clash {
			r.Error("/sections", "section-block", "section "+quote(s.ID)+" has the name of block "+strconv.Itoa(i+1),
				"rename the section")
		}
	}
	in.place(r)
	if r.Failed() {
		return r.Findings
	}
	hash, err := in.hash()
	if err != nil {
		r.Error("", "hash", err.Error(), "report this")
	}
	in.Hash = hash
	return r.Findings
}

// Document is what a version is: the instrument with its items, keys included.
// What may change without making it another version is left out: retired, and
// status, reviews, checked_on, valid_until and enemies of the items.
func (in *Instrument) Document() ([]byte, error) {
	items := make([]Item, len(in.items))
	for i, it := range in.items {
		items[i] = *it
		items[i].Status, items[i].Reviews, items[i].CheckedOn, items[i].ValidUntil = "", nil, "", ""
		items[i].Enemies = nil
	}
	raw, err := json.Marshal(document{Slug: in.Slug, Version: in.Version, Role: in.Role, Framework: in.Framework,
		Title: in.Title, Summary: in.Summary, Minutes: in.Minutes, StopAfter: in.StopAfter, Sections: in.Sections,
		Rules: in.Rules, Items: items})
	if err != nil {
		return nil, fmt.Errorf("document of %s: %w", in.Name(), err)
	}
	return raw, nil
}

// document is the frozen shape of Document: a field added to Instrument does not
// change the hash of versions that were published before it.
type document struct {
	Slug      string    `json:"slug"`
	Version   int       `json:"version"`
	Role      Role      `json:"role"`
	Framework string    `json:"framework,omitempty"`
	Title     i18n.Text `json:"title"`
	Summary   i18n.Text `json:"summary"`
	Minutes   Minutes   `json:"minutes"`
	StopAfter string    `json:"stop_after,omitempty"`
	Sections  []Section `json:"sections"`
	Rules     []Rule    `json:"rules,omitempty"`
	Items     []Item    `json:"items"`
}

// FromDocument reads a version from what Document wrote, such as one kept in a
// store after its file is gone. Errors: Invalid if it does not link.
func FromDocument(raw []byte, question func(id string) *RespondentQuestion) (*Instrument, error) {
	var d document
	if err := json.Unmarshal(raw, &d); err != nil {
		return nil, fault.From(err, fault.Invalid, "")
	}
	in := &Instrument{Slug: d.Slug, Version: d.Version, Role: d.Role, Framework: d.Framework, Title: d.Title,
		Summary: d.Summary, Minutes: d.Minutes, StopAfter: d.StopAfter, Sections: d.Sections, Rules: d.Rules}
	items := map[string]*Item{}
	for i := range d.Items {
		items[d.Items[i].ID] = &d.Items[i]
	}
	found := in.Link(func(id string, version int) (*Item, error) {
		if it := items[id]; it != nil && it.Version == version {
			return it, nil
		}
		return nil, fault.Newf(fault.NotFound, "", "no item %q version %d in the document", id, version)
	}, question)
	for _, f := range found {
		if f.Severity == Error {
			return nil, fault.Newf(fault.Invalid, "", "%s: %s %s", in.Name(), f.Pointer, f.Message)
		}
	}
	return in, nil
}

func (in *Instrument) hash() (string, error) {
	raw, err := in.Document()
	if err != nil {
		return "", err
	}
	canonical, err := jcs.Transform(raw)
	if err != nil {
		return "", fmt.Errorf("canonical form of %s: %w", in.Name(), err)
	}
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:]), nil
}
