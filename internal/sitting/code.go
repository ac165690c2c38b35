package sitting

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"sync"
	"time"
	"unicode"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// CodeLetters is the length of a resume code, CodeLife how long it opens.
const (
	CodeLetters = 6
	CodeLife    = 14 * 24 * time.Hour
)

// The 19 letters of resume codes: no vowels, so no words; a letter that looks
// like one of the other alphabet is its own partner there (В and B, Р and P), so
// that what is seen may be typed on either keyboard.
var (
	codeCyrillic = []rune("ВКМНРСТХБГДЖЗЛПФЦЧШ")
	codeLatin    = []rune("BKMHPCTXDGQJZLNFVRW")
	codeIndex    = func() map[rune]int {
		m := map[rune]int{}
		for i := range codeCyrillic {
			m[codeCyrillic[i]], m[codeLatin[i]] = i, i
		}
		return m
	}()
)

// Code is a resume code: the same one in both alphabets.
type Code struct {
	Cyrillic string // shown in Ukrainian
	Latin    string // shown in English; the canonical form
}

// code derives the n-th resume code of a sitting: nothing of it is stored but n
// and a keyed hash.
func (l *locks) resumeCode(id string, n int) Code {
	x := binary.BigEndian.Uint64(mac(l.code, "code:"+id+":"+string(rune('0'+n))))
	var cyr, lat [CodeLetters]rune
	for i := range CodeLetters {
		k := x % uint64(len(codeLatin))
		x /= uint64(len(codeLatin))
		cyr[i], lat[i] = codeCyrillic[k], codeLatin[k]
	}
	return Code{Cyrillic: string(cyr[:]), Latin: string(lat[:])}
}

// ReadCode reads a typed code in either alphabet, with any case, spaces and
// dashes, and gives it in Latin letters. Errors: Invalid.
func ReadCode(typed string) (string, error) {
	var b strings.Builder
	n := 0
	for _, r := range typed {
		if n > CodeLetters {
			break
		}
		if unicode.IsSpace(r) || r == '-' || r == '–' || r == '—' || r == '.' {
			continue
		}
		k, ok := codeIndex[unicode.ToUpper(r)]
		if !ok {
			n = -1
			break
		}
		b.WriteRune(codeLatin[k])
		n++
	}
	if n != CodeLetters {
		return "", fault.InvalidFields(fault.Field{Pointer: "code", Key: "sitting.bad_code",
			Args: map[string]any{"Letters": CodeLetters}})
	}
	return b.String(), nil
}

// Claim is a document whose id is the claimed value.
type Claim struct {
	store.Doc
	Sitting string     `json:"sitting"`
	Made    store.Time `json:"made"`
	Expires store.Time `json:"expires"`
}

func (l *locks) codeClaim(latin string) string {
	return "code:" + hex.EncodeToString(mac(l.code, "claim:"+latin)[:16])
}

// codeTries bounds the search for a free code. With a million live sittings one
// code in 47 is taken, so eight tries all fail once in 10^13.
const codeTries = 8

// claimCode gives the sitting a resume code. It runs before the first answer is
// stored: a crash in between leaves a claim that opens nothing and expires.
func (s *Service) claimCode(ctx context.Context, doc *Sitting, now time.Time) error {
	for n := range codeTries {
		c := &Claim{Doc: store.Doc{ID: s.locks.codeClaim(s.locks.resumeCode(doc.ID, n).Latin)}, Sitting: doc.ID,
			Made: store.At(now), Expires: store.At(now.Add(CodeLife))}
		err := s.claims.Insert(ctx, c)
		if fault.Is(err, fault.Conflict) {
			held, gerr := s.claims.Get(ctx, c.ID)
			if gerr != nil && !fault.Is(gerr, fault.NotFound) {
				return gerr
			}
			if gerr != nil || held.Sitting != doc.ID {
				continue
			}
			err = nil // ours, from a try that a crash or another tab cut short
		}
		if err != nil {
			return err
		}
		doc.CodeTry = n
		return nil
	}
	return fault.Newf(fault.Unavailable, "", "no free resume code in %d tries", codeTries)
}

// Resume opens an unfinished sitting by its six letters and gives a new sealed
// token for this browser. A finished sitting, a wrong code and an expired one are
// all NotFound. After many wrong codes anywhere the tries are spaced out: TooMany,
// with Args["Seconds"] to wait.
func (s *Service) Resume(ctx context.Context, typed string) (id, sealed string, err error) {
	defer fault.Wrap(&err, "sitting.Resume")
	latin, err := ReadCode(typed)
	if err != nil {
		return "", "", err // a slip of the finger, not a guess
	}
	now := s.now()
	if wait := s.budget.ask(now); wait > 0 {
		f := fault.New(fault.TooMany, "sitting.code_wait")
		f.Args = map[string]any{"Seconds": int(wait/time.Second) + 1}
		return "", "", f
	}
	doc, err := s.byCode(ctx, latin, now)
	if err != nil {
		if fault.Is(err, fault.NotFound) {
			s.budget.failed(now)
		}
		return "", "", err
	}
	sealed, err = s.locks.close(token{ID: doc.ID})
	return doc.ID, sealed, err
}

func (s *Service) byCode(ctx context.Context, latin string, now time.Time) (*Sitting, error) {
	missing := fault.New(fault.NotFound, "sitting.no_such_code")
	claim, err := s.claims.Get(ctx, s.locks.codeClaim(latin))
	if err != nil {
		if fault.Is(err, fault.NotFound) {
			return nil, missing
		}
		return nil, err
	}
	if !now.Before(claim.Expires.Time) {
		return nil, missing
	}
	doc, err := s.sittings.Get(ctx, claim.Sitting)
	if err != nil {
		if fault.Is(err, fault.NotFound) {
			return nil, missing
		}
		return nil, err
	}
	if doc.Erased || doc.Done() || doc.Disposition != Draft {
		return nil, missing
	}
	return doc, nil
}

// Budget of wrong codes, for the whole process. 19^6 is 47 million codes; with
// 10,000 unfinished sittings and 60 wrong tries an hour a guesser finds one in
// three days on average, and with friction, one try a minute, no faster. It is kept in
// memory: a restart forgives, and n replicas allow n times as much. It never
// looks at addresses (CONTRACT §4); the cookie and the link are not slowed down.
const (
	budgetFree    = 60                // wrong tries an hour without friction
	budgetDouble  = 10                // each so many more double the wait
	budgetLongest = time.Minute       // longest wait between two tries
	budgetWindow  = time.Hour         // how long a wrong try counts
	budgetHold    = 40 * budgetDouble // remembered wrong tries
)

type budget struct {
	mu    sync.Mutex
	wrong []time.Time // oldest first
	next  time.Time   // no try before it
}

// ask tells how long to wait before a try; 0 lets it pass.
func (b *budget) ask(now time.Time) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.forget(now)
	if now.Before(b.next) {
		return b.next.Sub(now)
	}
	if wait := b.friction(); wait > 0 {
		b.next = now.Add(wait)
	}
	return 0
}

func (b *budget) forget(now time.Time) {
	old := 0
	for old < len(b.wrong) && now.Sub(b.wrong[old]) >= budgetWindow {
		old++
	}
	b.wrong = b.wrong[old:]
}

func (b *budget) friction() time.Duration {
	over := len(b.wrong) - budgetFree
	if over < 0 {
		return 0
	}
	return min(time.Second<<min(over/budgetDouble, 10), budgetLongest)
}

func (b *budget) failed(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.wrong = append(b.wrong, now)
	if len(b.wrong) > budgetHold {
		b.wrong = b.wrong[1:]
	}
	if wait := b.friction(); wait > 0 && b.next.Before(now.Add(wait)) {
		b.next = now.Add(wait)
	}
}
