package place

import (
	"slices"
	"sort"
	"strings"
	"time"

	"osvitlo/internal/i18n"
	"osvitlo/internal/sheet"
	"osvitlo/internal/store"
)

// entry is a place of the public list with what filters ask.
type entry struct {
	p        *Place
	face     Face
	offers   uint32
	access   uint32
	position int // in the order of names
	latin    int // in the order of English names
}

// model is what lists are answered from.
type model struct {
	all    []*Place // by name, hidden ones too
	public []*entry // by name, without hidden ones
	bySlug map[string]*Place
	byID   map[string]*entry
	of     uint64    // version of the mirror it was made of
	made   time.Time // how fresh a place is changes with the clock
}

// model is made anew after a change, and every hour.
func (s *Service) model() *model {
	good := func(m *model) bool {
		return m != nil && m.of == s.mirror.Version() && s.o.Now().Sub(m.made).Abs() < time.Hour
	}
	if m := s.built.Load(); good(m) {
		return m
	}
	s.building.Lock()
	defer s.building.Unlock()
	m := s.built.Load()
	if !good(m) {
		of := s.mirror.Version() // read first: a change meanwhile makes the model old
		m = s.build(s.mirror.All(), of)
		s.built.Store(m)
	}
	return m
}

func (s *Service) build(docs []*Place, of uint64) *model {
	now := s.o.Now()
	m := &model{bySlug: make(map[string]*Place, len(docs)), byID: make(map[string]*entry, len(docs)), made: now, of: of}
	type keyed struct {
		key string
		p   *Place
	}
	order := make([]keyed, len(docs))
	for i, p := range docs {
		order[i] = keyed{store.CollationKey(p.Name.UK), p}
		m.bySlug[p.Slug] = p
	}
	sort.SliceStable(order, func(i, j int) bool { return order[i].key < order[j].key })
	for _, k := range order {
		m.all = append(m.all, k.p)
		if k.p.Hidden != nil {
			continue
		}
		e := &entry{p: k.p, face: k.p.face(Public, k.p.Freshness(now)), position: len(m.public)}
		for _, o := range e.face.Offers {
			e.offers |= bit(Offers(), o)
		}
		for _, a := range e.face.Access {
			e.access |= bit(Accesses(), a)
		}
		m.public = append(m.public, e)
		m.byID[k.p.ID] = e
	}
	byLatin := slices.Clone(m.public)
	sort.SliceStable(byLatin, func(i, j int) bool {
		return strings.ToLower(byLatin[i].p.Name.In(i18n.English)) < strings.ToLower(byLatin[j].p.Name.In(i18n.English))
	})
	for i, e := range byLatin {
		e.latin = i
	}
	return m
}

func bit[T comparable](all []T, one T) uint32 {
	if i := slices.Index(all, one); i >= 0 {
		return 1 << i
	}
	return 0
}

func bits[T comparable](all []T, some []T) (b uint32) {
	for _, one := range some {
		b |= bit(all, one)
	}
	return b
}

// Filter asks for places of the public list. What is empty does not matter.
type Filter struct {
	Words    string
	Kind     Kind
	Offers   []Offer // all of them
	Access   []Access
	NoPower  bool
	Shelter  bool
	District string
	OpenAt   time.Time
	Near     *Point // nearest first; places without a point last
	Box      *Box
	English  bool // names in the order of English
	Skip     int
	Limit    int // 0: all
}

// Hit is a place of a list.
type Hit struct {
	Face   *Face   // shared: read only
	Metres float64 // from Near in a straight line; -1 when unknown
	State  State   // at OpenAt, or now
}

// Found is the answer of a list.
type Found struct {
	Total int
	Hits  []Hit
}

// List answers a filter from memory. Without words and Near it is in the order of names;
// with words the best fit first; Near beats both.
func (s *Service) List(f Filter) Found {
	m := s.model()
	now := s.o.Now()
	entries := m.pick(s, f)
	found := Found{Total: len(entries)}
	var metres []float64
	if f.Near != nil {
		most := 0
		if f.Limit > 0 {
			most = f.Skip + f.Limit
		}
		first := nearest(entries, *f.Near, most)
		entries, metres = entries[:len(first)], make([]float64, len(first))
		for i, one := range first {
			entries[i], metres[i] = one.e, one.m
		}
	} else if f.English && f.Words == "" {
		slices.SortFunc(entries, func(a, b *entry) int { return a.latin - b.latin })
	}
	if f.Skip > 0 {
		n := min(f.Skip, len(entries))
		if entries = entries[n:]; metres != nil {
			metres = metres[n:]
		}
	}
	if f.Limit > 0 && len(entries) > f.Limit {
		entries = entries[:f.Limit]
	}
	at := f.OpenAt
	if at.IsZero() {
		at = now
	}
	found.Hits = make([]Hit, len(entries))
	for i, e := range entries {
		h := Hit{Face: &e.face, Metres: -1}
		if e.face.Hours != nil {
			h.State = e.face.Hours.At(at)
		}
		if metres != nil {
			h.Metres = metres[i]
		}
		found.Hits[i] = h
	}
	return found
}

// pick filters the public places.
func (m *model) pick(s *Service, f Filter) []*entry {
	source := m.public
	if words := strings.TrimSpace(f.Words); words != "" {
		source = nil
		for _, id := range s.words().find(words, len(m.public)) {
			if e := m.byID[id]; e != nil {
				source = append(source, e)
			}
		}
	}
	offers, access := bits(Offers(), f.Offers), bits(Accesses(), f.Access)
	open := !f.OpenAt.IsZero()
	var at moment
	if open {
		at = momentOf(f.OpenAt)
	}
	list := make([]*entry, 0, min(len(source), 1024))
	for _, e := range source {
		switch {
		case f.Kind != "" && e.face.Kind != f.Kind,
			e.offers&offers != offers, e.access&access != access,
			f.NoPower && e.face.NoPower != Yes, f.Shelter && e.face.Shelter != Yes,
			f.District != "" && e.face.District != f.District,
			f.Box != nil && (e.face.Point == nil || !f.Box.Has(*e.face.Point)),
			open && (e.face.Hours == nil || !e.face.Hours.open(at)):
			continue
		}
		list = append(list, e)
	}
	return list
}

// far is a place with its distance; -1 without a point.
type far struct {
	e *entry
	m float64
}

// before orders by distance, those without a point last, then by name.
func (a far) before(b far) bool {
	switch {
	case a.m == b.m:
		return a.e.position < b.e.position
	case a.m < 0:
		return false
	}
	return b.m < 0 || a.m < b.m
}

// nearest lists the first most entries by distance (0: all). It keeps only those it will
// list, in a heap whose top is the farthest: a page of a large register needs few.
func nearest(list []*entry, from Point, most int) []far {
	n := nearPoint(from)
	if most <= 0 || most > len(list) {
		most = len(list)
	}
	heap := make([]far, 0, most)
	if most == 0 {
		return heap
	}
	for _, e := range list {
		one := far{e, -1}
		if e.face.Point != nil {
			one.m = n.metres(*e.face.Point)
		}
		if len(heap) < most {
			heap = append(heap, one)
			for i := len(heap) - 1; i > 0 && heap[(i-1)/2].before(heap[i]); i = (i - 1) / 2 {
				heap[i], heap[(i-1)/2] = heap[(i-1)/2], heap[i]
			}
			continue
		}
		if !one.before(heap[0]) {
			continue
		}
		heap[0] = one
		for i := 0; ; {
			top := i
			for _, c := range []int{2*i + 1, 2*i + 2} {
				if c < most && heap[top].before(heap[c]) {
					top = c
				}
			}
			if top == i {
				break
			}
			heap[i], heap[top] = heap[top], heap[i]
			i = top
		}
	}
	slices.SortFunc(heap, func(a, b far) int {
		if a.before(b) {
			return -1
		}
		return 1
	})
	return heap
}

// Locate finds the point somebody means: a district, the address of a known place or
// institution, else a street on which one stands, else the district named among the
// words. There is no map of houses behind it: label says what the point really is.
func (s *Service) Locate(text, lang string) (at Point, label string, ok bool) {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > 200 {
		return at, "", false
	}
	want := sheet.Fold(text)
	for _, d := range s.o.Districts {
		if sheet.Fold(d.Name.UK) == want || sheet.Fold(d.Name.EN) == want || len([]rune(want)) > 3 && strings.HasPrefix(sheet.Fold(d.Name.UK), want) {
			if at, ok := s.middle(d.ID); ok {
				return at, d.Name.In(lang), true
			}
		}
	}
	all := asked(want)
	street := slices.DeleteFunc(slices.Clone(all), func(w string) bool { return strings.ContainsAny(w, "0123456789") })
	if len(street) == 0 { // a number alone says nothing
		return at, "", false
	}
	for _, words := range [][]string{all, street} {
		for _, x := range s.spots() {
			if !tells(x, words) {
				continue
			}
			label := x.Address.In(lang)
			if label == "" {
				label = x.Name.In(lang)
			}
			return x.At, label, true
		}
	}
	for _, d := range s.o.Districts {
		name := sheet.Fold(d.Name.UK + " " + d.Name.EN)
		if slices.ContainsFunc(street, func(w string) bool { return len([]rune(w)) > 4 && strings.Contains(name, stem(w)) }) {
			if at, ok := s.middle(d.ID); ok {
				return at, d.Name.In(lang), true
			}
		}
	}
	return at, "", false
}

// Spot is something with an address whose point is known.
type Spot struct {
	Name, Address i18n.Text
	At            Point
}

// spots are the places with a point by name, then what else the city knows.
func (s *Service) spots() (list []Spot) {
	for _, e := range s.model().public {
		if e.face.Point != nil {
			list = append(list, Spot{Name: e.face.Name, Address: e.face.Address, At: *e.face.Point})
		}
	}
	if s.o.Known != nil {
		list = append(list, s.o.Known()...)
	}
	return list
}

// streetWords say nothing of which street.
var streetWords = []string{"вул", "вулиця", "вулиці", "просп", "проспект", "пров", "провулок", "бульв", "бульвар", "пл", "площа", "буд", "будинок", "кв", "м", "місто",
	"кропивницький", "район", "street", "st", "avenue", "near", "біля", "поруч", "на"}

// asked are the words of an address that tell one from another.
func asked(want string) (list []string) {
	for _, w := range strings.Fields(want) {
		if !slices.Contains(streetWords, w) {
			list = append(list, w)
		}
	}
	return list
}

// stem cuts an ending off: «на Кленовій» for «вул. Кленова».
func stem(word string) string {
	if r := []rune(word); len(r) > 5 {
		return string(r[:len(r)-2])
	}
	return word
}

// tells whether a name or address holds every word, a house's number whole and the
// others by their beginning, so that the search does not put an unknown street where a
// known one is.
func tells(x Spot, words []string) bool {
	have := strings.Fields(sheet.Fold(strings.Join([]string{x.Name.UK, x.Name.EN, x.Address.UK, x.Address.EN}, " ")))
	for _, one := range words {
		number := strings.ContainsAny(one, "0123456789")
		if !slices.ContainsFunc(have, func(w string) bool { return w == one || !number && strings.HasPrefix(w, stem(one)) }) {
			return false
		}
	}
	return true
}

// middle of a district: of its outline, else of the places in it.
func (s *Service) middle(id string) (Point, bool) {
	for _, d := range s.o.City.Districts {
		if d.ID == id && len(d.Rings) > 0 {
			return ringMiddle(d.Rings[0]), true
		}
	}
	var sum Point
	n := 0.0
	for _, e := range s.model().public {
		if e.face.District == id && e.face.Point != nil {
			sum.Lat, sum.Lon, n = sum.Lat+e.face.Point.Lat, sum.Lon+e.face.Point.Lon, n+1
		}
	}
	if n == 0 {
		return Point{}, false
	}
	return Point{sum.Lat / n, sum.Lon / n}, true
}

func ringMiddle(r Ring) (at Point) {
	for _, p := range r {
		at.Lat, at.Lon = at.Lat+p.Lat, at.Lon+p.Lon
	}
	n := float64(len(r))
	return Point{at.Lat / n, at.Lon / n}
}
