package search

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Field is one text of a document. Weight says how much a word of it counts, 1 for a
// body; a title may count 3. Zero or less leaves the field out.
type Field struct {
	Text   string
	Weight float64
}

// Doc is what can be found. IDs should differ; of two with one id both are found.
type Doc struct {
	ID     string
	Fields []Field
}

// Hit is one found document. Score is above 0 and compares hits of one query only.
type Hit struct {
	ID    string
	Score float64
}

// Bounds. What is longer is cut, silently: a query is a few words.
const (
	maxQuery    = 200    // letters of a query that are read
	maxTokens   = 12     // words of a query that are read
	maxWord     = 48     // bytes of a word that are kept
	maxText     = 64_000 // bytes of one field that are read
	maxHits     = 200    // hits a query gives at most
	maxExpanded = 48     // terms a beginning of a word leads to
)

// Weights of the ways that lead from a typed word to a term.
const (
	asTyped   = 1.0
	asMeant   = 0.9 // by a row of words.txt
	otherKeys = 0.8 // Latin letters or the other layout
	beginning = 0.5
	oneOff    = 0.55 // one letter wrong
	twoOff    = 0.3
)

// bm25 are the usual constants of the ranking function (Robertson and Zaragoza, 2009).
const (
	bm25K = 1.2
	bm25B = 0.4
)

type posting struct {
	doc int32
	tf  float32 // occurrences, weighted by field
}

type term struct {
	text     string
	runes    []rune
	mask     uint64
	postings []posting
}

// Index is a set of documents that can be searched. It is safe for many readers at once.
// A nil Index finds nothing.
type Index struct {
	ids    []string
	length []float32 // weighted words of each document, over the mean
	terms  []term    // by text
	at     map[string]int32
	byLen  [maxWord + 1][]int32 // terms by letters
	sums   sync.Pool
}

// New builds an index. Documents without a word are kept and never found.
func New(docs []Doc) *Index {
	ix := &Index{at: map[string]int32{}}
	lists := map[string]map[int32]float32{}
	total := 0.0
	for n, d := range docs {
		ix.ids = append(ix.ids, d.ID)
		sum := 0.0
		for _, f := range d.Fields {
			if !(f.Weight > 0) || math.IsInf(f.Weight, 0) {
				continue
			}
			for _, w := range termsOf(cut(f.Text, maxText)) {
				if lists[w] == nil {
					lists[w] = map[int32]float32{}
				}
				lists[w][int32(n)] += float32(f.Weight)
				sum += f.Weight
			}
		}
		ix.length = append(ix.length, float32(sum))
		total += sum
	}
	if total > 0 {
		mean := float32(total / float64(len(docs)))
		for i := range ix.length {
			ix.length[i] /= mean
		}
	}
	for text, list := range lists {
		t := term{text: text, runes: []rune(text)}
		t.mask = maskOf(t.runes)
		for d, tf := range list {
			t.postings = append(t.postings, posting{d, tf})
		}
		slices.SortFunc(t.postings, func(a, b posting) int { return cmp.Compare(a.doc, b.doc) })
		ix.terms = append(ix.terms, t)
	}
	slices.SortFunc(ix.terms, func(a, b term) int { return strings.Compare(a.text, b.text) })
	for i, t := range ix.terms {
		ix.at[t.text] = int32(i)
		if n := len(t.runes); n <= maxWord {
			ix.byLen[n] = append(ix.byLen[n], int32(i))
		}
	}
	return ix
}

// Len is the number of documents.
func (ix *Index) Len() int {
	if ix == nil {
		return 0
	}
	return len(ix.ids)
}

// termsOf are the terms of a text, in its order, without words that tell nothing.
func termsOf(s string) (list []string) {
	for _, w := range words(fold(s)) {
		if len(w) <= maxWord && !stops[w] {
			list = append(list, stem(w))
		}
	}
	return list
}

// cut shortens a text to n bytes at a letter.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// Find gives the documents that fit a query, best first, equal ones by their order in New;
// at most limit and never over 200. A query without a word that tells something gives nil.
func (ix *Index) Find(query string, limit int) []Hit {
	limit = min(limit, maxHits)
	if ix.Len() == 0 || limit <= 0 {
		return nil
	}
	tokens := ix.read(query)
	if len(tokens) == 0 {
		return nil
	}
	sums, _ := ix.sums.Get().(*sums)
	if sums == nil {
		sums = newSums(len(ix.ids))
	}
	defer ix.sums.Put(sums)
	for _, ways := range tokens {
		for _, way := range ways {
			t := &ix.terms[way.term]
			idf := math.Log(1 + (float64(len(ix.ids)-len(t.postings))+0.5)/(float64(len(t.postings))+0.5))
			for _, p := range t.postings {
				tf := float64(p.tf)
				sums.best(p.doc, way.weight*idf*tf*(bm25K+1)/(tf+bm25K*(1-bm25B+bm25B*float64(ix.length[p.doc]))))
			}
		}
		sums.close()
	}
	var hits []Hit
	for _, d := range sums.touched {
		hits = append(hits, Hit{ix.ids[d], sums.all[d] * float64(sums.found[d]) / float64(len(tokens))})
	}
	order := sums.touched
	by := make([]int, len(hits))
	for i := range by {
		by[i] = i
	}
	slices.SortFunc(by, func(a, b int) int {
		return cmp.Or(cmp.Compare(hits[b].Score, hits[a].Score), cmp.Compare(order[a], order[b]))
	})
	out := make([]Hit, 0, min(limit, len(by)))
	for _, i := range by[:min(limit, len(by))] {
		out = append(out, hits[i])
	}
	sums.reset()
	return out
}

// sums adds up the scores of one query. Of several ways from one typed word to a document
// the best counts.
type sums struct {
	all, word []float64
	found     []int16
	touched   []int32 // documents with a score
	now       []int32 // documents with a score of this word
}

func newSums(n int) *sums {
	return &sums{all: make([]float64, n), word: make([]float64, n), found: make([]int16, n)}
}

func (s *sums) best(doc int32, score float64) {
	if s.word[doc] == 0 {
		s.now = append(s.now, doc)
	}
	s.word[doc] = max(s.word[doc], score)
}

func (s *sums) close() {
	for _, d := range s.now {
		if s.found[d] == 0 {
			s.touched = append(s.touched, d)
		}
		s.all[d] += s.word[d]
		s.found[d]++
		s.word[d] = 0
	}
	s.now = s.now[:0]
}

func (s *sums) reset() {
	for _, d := range s.touched {
		s.all[d], s.found[d] = 0, 0
	}
	s.touched = s.touched[:0]
}

func maskOf(w []rune) (m uint64) {
	for _, r := range w {
		m |= 1 << (uint32(r) & 63)
	}
	return m
}

// near lists terms within so many edits of a word.
func (ix *Index) near(w string, edits int, each func(term int32, edits int)) {
	runes := []rune(w)
	mask := maskOf(runes)
	for n := max(1, len(runes)-edits); n <= min(maxWord, len(runes)+edits); n++ {
		for _, i := range ix.byLen[n] {
			// one edit changes two letters of the set at most
			if bits.OnesCount64(mask^ix.terms[i].mask) > 2*edits {
				continue
			}
			if d := distance(runes, ix.terms[i].runes, edits); d <= edits {
				each(i, d)
			}
		}
	}
}

// distance counts edits between two words: a letter more, less, changed, or two
// neighbours swapped (optimal string alignment). Above the limit it gives limit+1.
func distance(a, b []rune, limit int) int {
	if len(a) > maxWord || len(b) > maxWord {
		return limit + 1
	}
	var rows [3][maxWord + 1]int
	two, one, now := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		one[j] = j
	}
	for i := 1; i <= len(a); i++ {
		now[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			d := one[j-1]
			if a[i-1] != b[j-1] {
				d++
			}
			d = min(d, one[j]+1, now[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, two[j-2]+1)
			}
			now[j] = d
			least = min(least, d)
		}
		if least > limit {
			return limit + 1
		}
		two, one, now = one, now, two
	}
	return min(one[len(b)], limit+1)
}
