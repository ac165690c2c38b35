package sitting

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Points is a score in whole units of 1e-4 points: 0..1_000_000 for 0..100.
// Sums of Points are exact and do not depend on order (CONTRACT §7).
type Points int32

// Missing stands for a score that is not known.
const Missing Points = -1

// PointsScale is how many Points make one point of the 0–100 scale.
const PointsScale = 10_000

// ToPoints rounds a score of 0..100 to Points. A value that is not finite or
// outside the scale is Missing.
func ToPoints(x float64) Points {
	if math.IsNaN(x) || x < 0 || x > 100 {
		return Missing
	}
	return Points(math.Round(x * PointsScale))
}

// Value returns the score on the 0–100 scale, and whether there is one.
func (p Points) Value() (float64, bool) {
	if p < 0 {
		return 0, false
	}
	return float64(p) / PointsScale, true
}

// Areas is the number of areas of the framework, ua1 to ua6.
const Areas = 6

// Row is all that the cells of the index need to know about one submitted
// sitting. It names nobody.
type Row struct {
	Wave       string // wave id; empty when none was open
	Late       bool   // received after the close: enters revision 2 of the wave only
	Instrument string // slug
	Role       Role
	State      State // counted, held, unweightable or excluded; others have no tally
	Sex        Sex
	Age        AgeGroup
	Broad      Broad
	District   string // empty when unknown
	Mode       Mode
	Internet   Internet
	Evidence   Evidence
	Level      string // A1..C2 by the cut-offs; empty when there is no overall score
	Low        string // level of score − SEM: differs from Level where the sitting is near a cut
	Reached    bool   // tested, Level at least basic, and internet is not "no"
	Doubtful   bool   // answered so that an analyst may set it aside (METHOD §8); it counts all the same
	Overall    Points
	Areas      [Areas]Points
}

// Past is a row as it stood from Seq on, until the next change of the sitting.
type Past struct {
	Seq int64
	Row Row
}

// Tally is the value kept beside seq in the covering index. A sitting has one
// entry at a time: a change (released, rejected, erased) moves it to a new,
// higher seq, and Was then says what stood under the earlier ones, oldest first.
//
// A reader who tails the index therefore never needs the old entry:
//
//	remove, add := tally.Change(func(seq int64) bool { return seq was applied by me })
//
// A reader who starts from nothing has applied nothing and gets no removal.
type Tally struct {
	Now *Row // nil after an erasure
	Was []Past
}

// Change tells what a reader must subtract and add to its cells when it meets
// this entry. applied tells whether the reader has already added the row that
// stood under that seq for this sitting; nil means it has applied nothing.
// Either result may be nil.
func (t Tally) Change(applied func(seq int64) bool) (remove, add *Row) {
	if applied != nil {
		for i := len(t.Was) - 1; i >= 0; i-- {
			if applied(t.Was[i].Seq) {
				remove = &t.Was[i].Row
				break
			}
		}
	}
	return remove, t.Now
}

// maxPast bounds the history of one tally: submitted, released or rejected, erased, and room.
const maxPast = 6

// tallyVersion is the first byte of every tally.
const tallyVersion = '1'

// codes pairs each word of a closed vocabulary with one byte of the tally.
type codes[T ~string] struct {
	of   map[T]byte
	back [128]T
	has  [128]bool
}

func coded[T ~string](pairs ...any) *codes[T] {
	c := &codes[T]{of: map[T]byte{}}
	for i := 0; i < len(pairs); i += 2 {
		b, word := byte(pairs[i].(rune)), pairs[i+1].(T)
		c.of[word], c.back[b], c.has[b] = b, word, true
	}
	return c
}

var (
	roleCodes     = coded[Role]('t', RoleTest, 'o', RoleOffline, 's', RoleSurvey)
	stateCodes    = coded[State]('c', Counted, 'h', Held, 'u', Unweightable, 'x', Excluded)
	sexCodes      = coded[Sex]('-', Sex(""), 'f', Female, 'm', Male)
	ageCodes      = coded[AgeGroup]('-', AgeGroup(""), '0', AgeUnder14, '1', Age14to17, '2', Age18to29, '3', Age30to39, '4', Age40to49, '5', Age50to59, '6', Age60to69, '7', Age70plus)
	broadCodes    = coded[Broad]('-', Broad(""), '1', Broad14to34, '3', Broad35to59, '6', Broad60plus)
	modeCodes     = coded[Mode]('s', ModeSelf, 'm', ModeMentor, 'p', ModePaper, 't', ModePhone)
	internetCodes = coded[Internet]('-', Internet(""), 'y', InternetYes, 'h', InternetHelp, 'n', InternetNo)
	evidenceCodes = coded[Evidence]('i', EvidenceInvited, 'v', EvidenceVenue, 'a', EvidenceAccount, 'o', EvidenceOpen)
	levelCodes    = coded[string]('-', "", 'a', "A1", 'A', "A2", 'b', "B1", 'B', "B2", 'c', "C1", 'C', "C2")
)

// Format writes the tally. The form of version 1, without spaces:
//
//	1 row? ( | seq : row )*
//	row = role state sex age broad mode internet evidence level low flags ; wave ; instrument ; district ; overall ; a1 … a6
//
// The first eleven are one byte each; flags is 1 for reached plus 2 for late plus
// 4 for doubtful; a missing score is empty. The row after the version is the present one and is
// absent after an erasure; the others are the past, oldest first.
func (t Tally) Format() string {
	b := make([]byte, 0, 128)
	b = append(b, tallyVersion)
	if t.Now != nil {
		b = t.Now.append(b)
	}
	for i := range t.Was {
		b = append(b, '|')
		b = strconv.AppendInt(b, t.Was[i].Seq, 10)
		b = append(b, ':')
		b = t.Was[i].Row.append(b)
	}
	return string(b)
}

func (r *Row) append(b []byte) []byte {
	flags := byte('0')
	if r.Reached {
		flags++
	}
	if r.Late {
		flags += 2
	}
	if r.Doubtful {
		flags += 4
	}
	b = append(b, roleCodes.of[r.Role], stateCodes.of[r.State], sexCodes.of[r.Sex], ageCodes.of[r.Age],
		broadCodes.of[r.Broad], modeCodes.of[r.Mode], internetCodes.of[r.Internet],
		evidenceCodes.of[r.Evidence], levelCodes.of[r.Level], levelCodes.of[r.Low], flags)
	for _, s := range [...]string{r.Wave, r.Instrument, r.District} {
		b = append(b, ';')
		b = append(b, s...)
	}
	b = appendPoints(b, r.Overall)
	for _, a := range r.Areas {
		b = appendPoints(b, a)
	}
	return b
}

func appendPoints(b []byte, p Points) []byte {
	b = append(b, ';')
	if p < 0 {
		return b
	}
	return strconv.AppendInt(b, int64(p), 10)
}

// ParseTally reads what Format wrote. The row's texts share the memory of s.
func ParseTally(s string) (Tally, error) {
	var t Tally
	if len(s) == 0 || s[0] != tallyVersion {
		return t, fmt.Errorf("tally %.20q: unknown version", s)
	}
	rest := s[1:]
	head, tail, more := strings.Cut(rest, "|")
	if head != "" {
		t.Now = new(Row)
		if err := t.Now.parse(head); err != nil {
			return Tally{}, err
		}
	}
	for more {
		if len(t.Was) == maxPast {
			return Tally{}, fmt.Errorf("tally: more than %d past rows", maxPast)
		}
		head, tail, more = strings.Cut(tail, "|")
		num, row, ok := strings.Cut(head, ":")
		seq, err := strconv.ParseInt(num, 10, 64)
		if !ok || err != nil || seq < 0 {
			return Tally{}, fmt.Errorf("tally: past row %.20q has no seq", head)
		}
		t.Was = append(t.Was, Past{Seq: seq})
		if err := t.Was[len(t.Was)-1].Row.parse(row); err != nil {
			return Tally{}, err
		}
	}
	return t, nil
}

// rowCodes is the number of one-byte codes at the head of a row.
const rowCodes = 11

func (r *Row) parse(s string) error {
	if len(s) < rowCodes+1 || s[rowCodes] != ';' {
		return fmt.Errorf("tally row %.20q: too short", s)
	}
	ok := true
	r.Role, ok = decode(roleCodes, s[0], ok)
	r.State, ok = decode(stateCodes, s[1], ok)
	r.Sex, ok = decode(sexCodes, s[2], ok)
	r.Age, ok = decode(ageCodes, s[3], ok)
	r.Broad, ok = decode(broadCodes, s[4], ok)
	r.Mode, ok = decode(modeCodes, s[5], ok)
	r.Internet, ok = decode(internetCodes, s[6], ok)
	r.Evidence, ok = decode(evidenceCodes, s[7], ok)
	r.Level, ok = decode(levelCodes, s[8], ok)
	r.Low, ok = decode(levelCodes, s[9], ok)
	flags := s[10] - '0'
	if !ok || flags > 7 {
		return fmt.Errorf("tally row %.20q: unknown code", s)
	}
	r.Reached, r.Late, r.Doubtful = flags&1 != 0, flags&2 != 0, flags&4 != 0
	rest, more := s[rowCodes+1:], true
	next := func() (field string) {
		if !more {
			ok = false
			return ""
		}
		field, rest, more = strings.Cut(rest, ";")
		return field
	}
	r.Wave, r.Instrument, r.District = next(), next(), next()
	r.Overall = parsePoints(next(), &ok)
	for i := range r.Areas {
		r.Areas[i] = parsePoints(next(), &ok)
	}
	if !ok || more {
		return fmt.Errorf("tally row %.20q: wrong fields", s)
	}
	return nil
}

func decode[T ~string](c *codes[T], b byte, ok bool) (T, bool) {
	if b >= 128 || !c.has[b] {
		return "", false
	}
	return c.back[b], ok
}

func parsePoints(s string, ok *bool) Points {
	if s == "" {
		return Missing
	}
	n := 0
	for i := range len(s) {
		d := s[i] - '0'
		if d > 9 || n > 100*PointsScale {
			*ok = false
			return Missing
		}
		n = n*10 + int(d)
	}
	if n > 100*PointsScale || len(s) > 1 && s[0] == '0' {
		*ok = false
		return Missing
	}
	return Points(n)
}
