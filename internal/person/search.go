package person

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"osvitlo/internal/audit"
	"osvitlo/internal/fault"
	"osvitlo/internal/person/spelling"
	"osvitlo/internal/store"
)

// Purposes of the keyed terms. Equal parts of names, equal phone tails and equal
// (year, sound) pairs have equal terms: that much the store tells without a key.
const (
	termName = "name"
	termTail = "tail"
	termYear = "year"
)

// terms lists the keyed hashes a person is found by.
func (s *Service) terms(p private) []string {
	var out []string
	for _, prefix := range spelling.Prefixes(p.Name) {
		out = append(out, s.ring.Term(termName, prefix))
	}
	if tail := spelling.Tail(p.Phone); tail != "" {
		out = append(out, s.ring.Term(termTail, tail))
	}
	for _, key := range yearSounds(p) {
		out = append(out, s.ring.Term(termYear, key))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// yearSounds are birth year and sound of each word of the name, as one key.
func yearSounds(p private) (keys []string) {
	if p.Born == 0 {
		return nil
	}
	for _, sound := range spelling.Sounds(p.Name) {
		keys = append(keys, strconv.Itoa(p.Born)+":"+sound)
	}
	return keys
}

// Limits of a search.
const (
	SearchRows = 20   // rows shown
	maxAsked   = 200  // bytes of a query
	maxKeys    = 6000 // index entries read for one word
	maxVenue   = 50_000
)

// Found are the rows of a search, sorted by name.
type Found struct {
	People []*Person
	More   bool // there are others: ask for more letters
}

// Search finds people by what is typed: letters of names in any spelling, the last
// four digits of a phone or all of it, an address, a name with a birth year ("Коваль
// 1956"). Mentors find learners of their venue only. The search and every row shown
// are written into the audit log. Errors: Invalid (nothing to search by).
func (s *Service) Search(ctx context.Context, a Actor, text string) (found *Found, err error) {
	defer fault.Wrap(&err, "person.Search")
	venues, all := a.Venues(PersonSearch)
	if !all && len(venues) == 0 {
		if err := Can(&a, PersonSearch, Somewhere).Err(); err != nil {
			return nil, err
		}
		return nil, Refused.Err()
	}
	q, err := readQuery(text)
	if err != nil {
		return nil, err
	}
	ids, more, err := s.find(ctx, q, venues, all)
	if err != nil {
		return nil, err
	}
	found = &Found{More: more}
	for len(ids) > 0 && len(found.People) < SearchRows {
		part := ids[:min(len(ids), SearchRows)]
		ids = ids[len(part):]
		records, err := s.people.GetMany(ctx, part)
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			if (r.State != Active && r.State != Waiting) || !all && !slices.ContainsFunc(venues, func(v string) bool { return slices.Contains(r.Places, v) }) {
				continue
			}
			p, err := s.clear(r)
			if err != nil {
				return nil, err
			}
			if q.matches(p) {
				found.People = append(found.People, p)
			}
		}
	}
	found.More = found.More || len(ids) > 0 || len(found.People) > SearchRows
	found.People = found.People[:min(len(found.People), SearchRows)]
	keys := make(map[ID]string, len(found.People))
	for _, p := range found.People {
		keys[p.ID] = store.CollationKey(p.Name)
	}
	slices.SortFunc(found.People, func(x, y *Person) int { return strings.Compare(keys[x.ID]+string(x.ID), keys[y.ID]+string(y.ID)) })
	events := []audit.Event{event(&a, PersonSearch.String(), "")}
	for _, p := range found.People {
		events = append(events, event(&a, PersonRead.String(), subjectOf(p.ID)))
	}
	return found, s.cfg.Audit.RecordAll(ctx, events)
}

// query is a typed search, read.
type query struct {
	words []([]string) // prefixes per word, longest first
	tail  string
	phone string
	email string
	year  int
}

func readQuery(text string) (q query, err error) {
	bad := fault.InvalidFields(fault.Field{Pointer: "q", Key: "person.search_more"})
	text = strings.TrimSpace(text)
	if text == "" || len(text) > maxAsked {
		return q, bad
	}
	if strings.Contains(text, "@") {
		q.email, err = spelling.Email(text)
		return q, err
	}
	if strings.IndexFunc(text, unicode.IsLetter) < 0 {
		digits := strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, text)
		switch {
		case len(digits) == 4:
			q.tail = digits
		default:
			if q.phone, err = spelling.Phone(text); err != nil {
				return q, bad
			}
		}
		return q, nil
	}
	var names []string
	for w := range strings.FieldsSeq(text) {
		n, err := strconv.Atoi(w)
		switch {
		case err == nil && n >= 1900 && n <= 2100:
			q.year = n
		case err == nil && len(w) == 4:
			q.tail = w
		default:
			names = append(names, w)
		}
	}
	if q.words = spelling.Asked(strings.Join(names, " ")); len(q.words) == 0 && q.tail == "" {
		return q, bad
	}
	return q, nil
}

// matches checks a clear row against the query, since terms are short hashes.
func (q *query) matches(p *Person) bool {
	prefixes := spelling.Prefixes(p.Name)
	for _, word := range q.words {
		if !slices.ContainsFunc(word, func(w string) bool { return slices.Contains(prefixes, w) }) {
			return false
		}
	}
	return (q.tail == "" || spelling.Tail(p.Phone) == q.tail) && (q.phone == "" || p.Phone == q.phone) &&
		(q.email == "" || p.Email == q.email) && (q.year == 0 || p.Born == q.year)
}

// find lists the ids that the index knows for a query. more says that the index
// holds others beyond the bound.
func (s *Service) find(ctx context.Context, q query, venues []string, all bool) (ids []string, more bool, err error) {
	if q.email != "" {
		return s.held(ctx, emailClaims(s.ring, q.email))
	}
	var lists [][]string // of each condition the terms of which one must match
	if q.phone != "" {
		if ids, _, err := s.held(ctx, phoneClaims(s.ring, q.phone)); err != nil || len(ids) > 0 && all {
			return ids, false, err
		}
		q.tail = spelling.Tail(q.phone) // a shared phone has no claim of its own
	}
	if q.tail != "" {
		lists = append(lists, s.ring.Terms(termTail, q.tail))
	}
	for _, word := range q.words {
		var terms []string
		for _, prefix := range word {
			terms = append(terms, s.ring.Terms(termName, prefix)...)
		}
		lists = append(lists, terms)
	}
	var have map[string]bool // nil: no condition yet
	if !all {
		have = map[string]bool{}
		for _, v := range venues {
			n, err := s.collect(ctx, indexPlaces, v, maxVenue, nil, have)
			if err != nil {
				return nil, false, err
			}
			more = more || n == maxVenue
		}
	}
	for _, terms := range lists {
		next := map[string]bool{}
		for _, t := range terms {
			n, err := s.collect(ctx, indexTerms, t, maxKeys, have, next)
			if err != nil {
				return nil, false, err
			}
			more = more || n == maxKeys
		}
		if have = next; len(have) == 0 {
			break
		}
	}
	for id := range have {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids, more, nil
}

// collect puts the ids under an index value into next, if they are in have.
func (s *Service) collect(ctx context.Context, index, value string, most int, have, next map[string]bool) (n int, err error) {
	for k, err := range s.people.Keys(ctx, store.Query{Index: index, Eq: []any{value}, Limit: most}) {
		if err != nil {
			return n, err
		}
		n++
		if have == nil || have[k.ID] {
			next[k.ID] = true
		}
	}
	return n, nil
}

func (s *Service) held(ctx context.Context, claims []string) (ids []string, more bool, err error) {
	r, err := s.holder(ctx, claims)
	if fault.Is(err, fault.NotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	return []string{r.ID}, false, nil
}
