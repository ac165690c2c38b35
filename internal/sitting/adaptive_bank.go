package sitting

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"osvitlo/internal/adaptive"
	"osvitlo/internal/content"
	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
	"osvitlo/internal/store"
)

// Adaptive blocks and their rules (METHOD §13).
const (
	Express     = "express"     // standard error 0.40 or 20 items
	Certificate = "certificate" // 0.30 or 40, a level with probability 0.80
)

// ruleOf is the rule of an adaptive block.
func ruleOf(name string) (r adaptive.Rule, ok bool) {
	switch name {
	case Express:
		r = adaptive.Express()
	case Certificate:
		r = adaptive.Certificate()
	default:
		return r, false
	}
	r.Exposure = adaptive.SympsonHetter
	return r, true
}

// maxExposure is the share of tests that one item may be given in (METHOD §13, r_max).
const maxExposure = 0.25

// Persons of the simulations behind a bank: of the exposure parameters, and of the
// usual length.
const (
	exposurePersons = 600
	lengthPersons   = 200
	bankSeed        = 0x05717107
)

// BankSpec declares the collection of item banks. A bank never changes: a sitting
// names the one it began on, and finds it there as long as there are sittings.
var BankSpec = store.Spec{Name: "sitting_banks"}

// bankDoc is a version of the pool as it was taken into use.
type bankDoc struct {
	store.Doc
	Rule  string          `json:"rule"`
	Made  store.Time      `json:"made"`
	Items []byte          `json:"items"` // gzip of []pooledDoc
	K     []float64       `json:"k"`     // exposure parameters, by item
	Form  []adaptive.Item `json:"form"`  // the reference form of the public scale (METHOD §2)
	Usual [2]int          `json:"usual"` // lengths of the middle eight tenths of tests
	// Calibrated: all parameters, those of the form too, come from answers and not from
	// intended levels. Only then do sittings count (ADR 012).
	Calibrated bool `json:"calibrated,omitempty"`
}

// bank is a version of the pool ready for tests. It is immutable.
type bank struct {
	*adaptive.Bank
	id    string
	rule  adaptive.Rule
	items map[string]*instrument.Item
	at    map[string]adaptive.BankItem
	form  adaptive.Form
	usual [2]int

	calibrated bool
}

// banks keeps the banks in memory. Old ones are read when a sitting asks for them.
type banks struct {
	docs *store.Collection[bankDoc, *bankDoc]

	persons int // of the simulation of exposure

	making sync.Mutex // one at a time: making a bank takes a second

	mu      sync.RWMutex
	held    map[string]*bank
	current map[string]current // by rule
}

type current struct {
	version string // of the pool
	bank    *bank
}

// maxBanks bounds the old banks held in memory; a bank is about a megabyte.
const maxBanks = 24

func (b *banks) find(id string) *bank {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.held[id]
}

func (b *banks) hold(k *bank) *bank {
	b.mu.Lock()
	defer b.mu.Unlock()
	if there := b.held[k.id]; there != nil {
		return there
	}
	for id := range b.held {
		if len(b.held) < maxBanks {
			break
		}
		if !b.isCurrent(id) {
			delete(b.held, id)
		}
	}
	b.held[k.id] = k
	return k
}

func (b *banks) isCurrent(id string) bool {
	for _, c := range b.current {
		if c.bank.id == id {
			return true
		}
	}
	return false
}

func (b *banks) fresh(rule, version string) *bank {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if c := b.current[rule]; c.bank != nil && c.version == version {
		return c.bank
	}
	return nil
}

// Warm prepares the banks of today, so that nobody waits for them: the exposure
// parameters of a new version take about a second. It is cheap when nothing has
// changed. Errors: Unavailable without a pool, Invalid for a pool that makes no bank.
func (s *Service) Warm(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "sitting.Warm")
	for _, slug := range s.catalogue.Slugs() {
		pub, ok := s.catalogue.Current(slug)
		if !ok {
			continue
		}
		if st, is := pub.Adaptive(); is && s.Closed(pub.Instrument) == "" {
			if _, err := s.bankNow(ctx, st.Block.Adaptive); err != nil {
				return err
			}
		}
	}
	return nil
}

// bankNow is the bank for sittings that begin now; it is stored before it is used.
func (s *Service) bankNow(ctx context.Context, rule string) (*bank, error) {
	if s.cfg.Pool == nil {
		return nil, fault.New(fault.Unavailable, "sitting.no_pool")
	}
	items, version := s.cfg.Pool.Pool(s.now())
	if b := s.banks.fresh(rule, version); b != nil {
		return b, nil
	}
	s.banks.making.Lock()
	defer s.banks.making.Unlock()
	if b := s.banks.fresh(rule, version); b != nil {
		return b, nil
	}
	b, err := s.makeBank(context.WithoutCancel(ctx), rule, items)
	if err != nil {
		return nil, err
	}
	b = s.banks.hold(b)
	s.banks.mu.Lock()
	s.banks.current[rule] = current{version, b}
	s.banks.mu.Unlock()
	return b, nil
}

// makeBank finds or makes the stored bank of these items. Two servers that make it
// at once make the same.
func (s *Service) makeBank(ctx context.Context, rule string, items []Pooled) (*bank, error) {
	items, form, calibrated, err := s.chosen(items)
	if err != nil {
		return nil, err
	}
	docs, err := pooledDocs(items)
	if err != nil {
		return nil, err
	}
	stamp := make([]pooledDoc, 0, len(docs)+len(form))
	for _, it := range form { // another reference form is another bank
		stamp = append(stamp, pooledDoc{Item: json.RawMessage("null"), A: it.A, B: it.B})
	}
	id := rule + "-" + hashDocs(append(stamp, docs...))
	if b, err := s.bank(ctx, id); err == nil || !fault.Is(err, fault.NotFound) {
		return b, err
	}
	doc := &bankDoc{Doc: store.Doc{ID: id}, Rule: rule, Made: store.At(s.now()), Form: form, Calibrated: calibrated}
	if doc.Items, err = packed(docs); err != nil {
		return nil, err
	}
	b, err := s.newBank(doc, docs)
	if err != nil {
		return nil, err
	}
	study := adaptive.Study{Bank: b.Bank, Persons: s.banks.persons, Seed: bankSeed}
	controlled, err := study.Exposures(ctx, b.rule, maxExposure)
	if err != nil {
		return nil, fault.From(err, fault.Invalid, "")
	}
	for _, it := range controlled.Items() {
		doc.K = append(doc.K, it.Exposure)
	}
	b.Bank = controlled
	if doc.Usual, err = b.lengths(); err != nil {
		return nil, err
	}
	err = s.banks.docs.Insert(ctx, doc)
	if err != nil && !fault.Is(err, fault.Conflict) {
		return nil, err
	}
	return s.bank(ctx, id)
}

// bank opens a stored version.
func (s *Service) bank(ctx context.Context, id string) (*bank, error) {
	if b := s.banks.find(id); b != nil {
		return b, nil
	}
	doc, err := s.banks.docs.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	docs, err := unpacked(doc.Items)
	if err != nil {
		return nil, fault.From(err, fault.Internal, "")
	}
	b, err := s.newBank(doc, docs)
	if err != nil {
		return nil, err
	}
	return s.banks.hold(b), nil
}

// newBank makes a bank of its document.
func (s *Service) newBank(doc *bankDoc, docs []pooledDoc) (*bank, error) {
	rule, ok := ruleOf(doc.Rule)
	if !ok {
		return nil, fault.Newf(fault.Internal, "", "bank %s has the rule %q", doc.ID, doc.Rule)
	}
	b := &bank{id: doc.ID, rule: rule, usual: doc.Usual, calibrated: doc.Calibrated, items: make(map[string]*instrument.Item, len(docs)),
		at: make(map[string]adaptive.BankItem, len(docs))}
	list := make([]adaptive.BankItem, len(docs))
	for i, d := range docs {
		it, err := instrument.DecodeItem(d.Item, "")
		if err != nil {
			return nil, fault.From(err, fault.Invalid, "")
		}
		b.items[it.ID] = it
		list[i] = adaptive.BankItem{ID: it.ID, Item: adaptive.Item{A: d.A, B: d.B}, Area: s.areaAt[it.Competence], Enemies: it.Enemies}
		if len(doc.K) == len(docs) {
			list[i].Exposure = doc.K[i]
		}
	}
	for i := range list {
		// enemies that have left the pool are none
		list[i].Enemies = slices.DeleteFunc(slices.Clone(list[i].Enemies), func(id string) bool { return b.items[id] == nil || id == list[i].ID })
		b.at[list[i].ID] = list[i]
	}
	var err error
	if b.Bank, err = adaptive.NewBank(list, Areas, adaptive.Grid{}); err != nil {
		return nil, fault.From(err, fault.Invalid, "")
	}
	if b.form, err = adaptive.NewForm(doc.Form); err != nil {
		return nil, fault.From(err, fault.Invalid, "")
	}
	return b, nil
}

// minCalibrated is how many calibrated items an area of a calibrated bank has at
// least (METHOD §13: 180 items, 30 per area, each with a ≥ adaptive.BankFlat).
const minCalibrated = 30

// chosen are the items of the pool that make a bank, with the reference form of the
// public scale: the knowledge items of the full test (METHOD §2). Where the areas have
// enough calibrated items and the form is calibrated, the bank is of those alone;
// otherwise everything in it is provisional, so that one scale is not half of each.
func (s *Service) chosen(pool []Pooled) (items []Pooled, form []adaptive.Item, calibrated bool, err error) {
	slug := s.cfg.Reference
	if slug == "" {
		slug = content.FullTest
	}
	pub, ok := s.catalogue.Current(slug)
	if !ok {
		return nil, nil, false, fault.Newf(fault.Unavailable, "", "the reference form %q is not published", slug)
	}
	known := map[string]adaptive.Item{}
	perArea := make([]int, Areas)
	var measured []Pooled
	for _, p := range pool {
		area, placed := s.areaAt[p.Item.Competence]
		if !placed || !p.Item.Scored() {
			continue
		}
		items = append(items, Pooled{Item: p.Item})
		if p.Parameters.A > 0 {
			known[p.Item.ID] = p.Parameters
		}
		if p.Parameters.A >= adaptive.BankFlat {
			perArea[area]++
			measured = append(measured, p)
		}
	}
	calibrated = slices.Min(perArea) >= minCalibrated
	more, _ := s.cfg.Pool.(Parameters)
	var provisional []adaptive.Item
	for _, it := range pub.Items() {
		if !it.Scored() {
			continue
		}
		provisional = append(provisional, adaptive.Item{A: 1, B: it.Difficulty})
		p, ok := known[it.ID]
		if !ok && more != nil {
			p, ok = more.Parameters(it.ID)
		}
		calibrated = calibrated && ok
		form = append(form, p)
	}
	if calibrated {
		return measured, form, true, nil
	}
	return items, provisional, false, nil
}

// lengths simulates what to promise: the length of the middle eight tenths of tests
// of persons drawn from N(0, 1).
func (b *bank) lengths() (usual [2]int, err error) {
	rng := rand.New(rand.NewPCG(bankSeed, 1))
	n := make([]int, lengthPersons)
	for i := range n {
		theta := rng.NormFloat64()
		t, err := adaptive.NewTest(b.Bank, b.rule, rng.Uint64(), "")
		if err != nil {
			return usual, fault.From(err, fault.Invalid, "")
		}
		for id, ok := t.Next(); ok; id, ok = t.Next() {
			score := 0.0
			if rng.Float64() < b.at[id].Probability(theta) {
				score = 1
			}
			if err := t.Answer(id, score); err != nil {
				return usual, fault.From(err, fault.Internal, "")
			}
		}
		n[i] = t.Given()
	}
	slices.Sort(n)
	return [2]int{n[len(n)/10], n[len(n)-1-len(n)/10]}, nil
}

// maxUnpacked bounds the items of a bank, in bytes.
const maxUnpacked = 64 << 20

func packed(docs []pooledDoc) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if err := json.NewEncoder(z).Encode(docs); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func unpacked(raw []byte) (docs []pooledDoc, err error) {
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	return docs, json.NewDecoder(io.LimitReader(z, maxUnpacked)).Decode(&docs)
}

// bankRule is the rule a bank's id names.
func bankRule(id string) string {
	rule, _, _ := strings.Cut(id, "-")
	return rule
}
