package round

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"strings"
	"sync"
	"time"
	"unicode"

	"osvitlo/internal/fault"
	"osvitlo/internal/institution"
	"osvitlo/internal/person"
	"osvitlo/internal/sitting"
	"osvitlo/internal/store"
)

// CodeLetters is the length of a code: 19 letters to the power of 10 are 43 bits, of which
// a round uses some thousands.
const CodeLetters = 10

// letters of a code: no vowels, so no words, and nothing that looks like something else
// after printing. Each is read in both alphabets (see spoken).
var (
	letters  = []rune("ВКМНРСТХБГДЖЗЛПФЦЧШ")
	latin    = []rune("BKMHPCTXDGQJZLNFVRW")
	letterAt = func() map[rune]int {
		m := map[rune]int{}
		for i := range letters {
			m[letters[i]], m[latin[i]] = i, i
		}
		return m
	}()
)

// Code is a code as it is printed in both alphabets: «ВКМНР-СТХБГ».
type Code struct{ Cyrillic, Latin string }

// code is what is kept of a code: where it leads. Its id is the keyed hash. There is no
// time, no number in a row, and nothing of who got it.
type code struct {
	store.Doc
	Round       string           `json:"round"`
	Institution string           `json:"institution"`
	Role        institution.Role `json:"role"`
}

// binding gives a code to a sitting, both as keyed hashes.
type binding struct {
	store.Doc
	Sitting string `json:"sitting"`
}

// tally counts the codes of an institution in a role of a round.
type tally struct {
	store.Doc
	N int64 `json:"n,omitempty"`
}

var (
	codeSpec    = store.Spec{Name: "round_codes", Indexes: []store.Index{{Name: "round", Fields: []string{"round"}}}}
	bindingSpec = store.Spec{Name: "round_bindings"}
	tallySpec   = store.Spec{Name: "round_issued"}
)

// MaxCodes bounds the codes of one printing.
const MaxCodes = 2000

// spare is how many codes over the frame may be printed: lost slips, new people.
func spare(frame int64) int64 { return frame + frame/5 + 10 }

// Codes makes codes for an institution in a role. They are shown once, to be printed and
// cut; nobody can list them afterwards. There are never more of them than the frame and a
// fifth (and ten) besides. Errors: Invalid (too many, no such member), Conflict (not
// open), Forbidden.
func (s *Service) Codes(ctx context.Context, a *person.Actor, id, body string, role institution.Role, n int) (list []Code, err error) {
	defer fault.Wrap(&err, "round.Codes")
	if a == nil {
		return nil, fault.New(fault.Unauthenticated, "person.sign_in_first")
	}
	if err := person.Can(a, person.SchoolEdit, person.Of(body)).Err(); err != nil {
		if cityWide := may(a); cityWide != nil {
			return nil, err
		}
	}
	r, ok := s.ByID(id)
	if !ok {
		return nil, fault.New(fault.NotFound, "round.gone")
	}
	if r.State != Open || !s.now().Before(r.Closes.Time) {
		return nil, fault.New(fault.Conflict, "round.not_open")
	}
	m, ok := r.Member(body, role)
	if !ok {
		return nil, fault.New(fault.NotFound, "round.no_member")
	}
	if n < 1 || n > MaxCodes {
		return nil, fault.InvalidFields(fault.Field{Pointer: "codes", Key: "round.codes", Args: map[string]any{"N": MaxCodes}})
	}
	if err := s.note(ctx, a, "codes", id); err != nil {
		return nil, err
	}
	// counted first: a crash behind this loses some of the numbers, never makes too many
	counter := id + "|" + unit(body, role)
	after, err := s.issued.Add(ctx, counter, map[string]int64{"n": int64(n)})
	if err != nil {
		return nil, err
	}
	if most := spare(m.Frame); m.Frame > 0 && after["n"] > most {
		left := max(0, most-(after["n"]-int64(n)))
		if _, err := s.issued.Add(ctx, counter, map[string]int64{"n": -int64(n)}); err != nil {
			return nil, err
		}
		return nil, fault.InvalidFields(fault.Field{Pointer: "codes", Key: "round.codes_frame", Args: map[string]any{"N": left}})
	}
	docs := make([]*code, 0, n)
	for range n {
		c, hash, err := s.draw()
		if err != nil {
			return nil, err
		}
		list = append(list, c)
		docs = append(docs, &code{Doc: store.Doc{ID: hash}, Round: id, Institution: body, Role: role})
	}
	return list, s.codes.InsertMany(ctx, docs)
}

// Issued is how many codes an institution has in a role.
func (s *Service) Issued(ctx context.Context, id, body string, role institution.Role) (n int64, err error) {
	defer fault.Wrap(&err, "round.Issued")
	t, err := s.issued.Get(ctx, id+"|"+unit(body, role))
	if fault.Is(err, fault.NotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return t.N, nil
}

func (s *Service) draw() (c Code, hash string, err error) {
	c, read, err := Draw(CodeLetters)
	return c, s.mac("code", read), err
}

// Draw makes a random code of n letters, 1 to 14, parted in the middle, and gives it also
// as ReadLetters reads it.
func Draw(n int) (c Code, read string, err error) {
	var raw [8]byte
	if _, err := rand.Read(raw[:]); err != nil {
		return c, "", fault.From(err, fault.Internal, "")
	}
	x := binary.BigEndian.Uint64(raw[:])
	var cyr, lat []rune
	for i := range n {
		if i > 0 && i == n/2 {
			cyr, lat = append(cyr, '-'), append(lat, '-')
		}
		k := x % uint64(len(letters))
		x /= uint64(len(letters))
		cyr, lat = append(cyr, letters[k]), append(lat, latin[k])
	}
	c = Code{Cyrillic: string(cyr), Latin: string(lat)}
	read, err = ReadLetters(c.Cyrillic, n)
	return c, read, err
}

// ReadCode reads a typed code in either alphabet, with any case, spaces and dashes.
// Errors: NotFound (it cannot be a code).
func ReadCode(typed string) (string, error) { return ReadLetters(typed, CodeLetters) }

// ReadLetters reads a typed code of a number of letters, as ReadCode does.
func ReadLetters(typed string, letters int) (string, error) {
	var b strings.Builder
	n := 0
	for _, r := range typed {
		if unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) {
			continue
		}
		i, ok := letterAt[unicode.ToUpper(r)]
		if n++; !ok || n > letters {
			return "", fault.New(fault.NotFound, "sitting.no_such_invitation")
		}
		b.WriteRune(latin[i])
	}
	if n != letters {
		return "", fault.New(fault.NotFound, "sitting.no_such_invitation")
	}
	return b.String(), nil
}

// Place is where a code leads.
type Place struct {
	Round       *Round
	Institution string
	Role        institution.Role
	Instrument  string
}

// Look tells where a code leads, for the page that greets; also before the round begins.
// It never says whether somebody has used the code: who kept a list of codes could see who
// answered. Errors: NotFound (no such code), Gone (its round takes nobody any more),
// TooMany.
func (s *Service) Look(ctx context.Context, typed string) (p Place, err error) {
	defer fault.Wrap(&err, "round.Look")
	_, p, err = s.find(ctx, typed)
	return p, err
}

func (s *Service) find(ctx context.Context, typed string) (hash string, p Place, err error) {
	read, err := ReadCode(typed)
	if err != nil {
		return "", p, err
	}
	hash = s.mac("code", read)
	c, err := s.codes.Get(ctx, hash)
	if fault.Is(err, fault.NotFound) {
		if !s.wrong.spend(s.now()) {
			return "", p, fault.New(fault.TooMany, "round.too_many")
		}
		return "", p, fault.New(fault.NotFound, "sitting.no_such_invitation")
	}
	if err != nil {
		return "", p, err
	}
	p, err = s.place(ctx, c)
	return hash, p, err
}

func (s *Service) place(ctx context.Context, c *code) (p Place, err error) {
	r, ok := s.ByID(c.Round)
	if !ok || r.State == Planned { // another replica may have opened it a second ago
		if err := s.Refresh(ctx); err != nil {
			return p, err
		}
		r, ok = s.ByID(c.Round)
	}
	if !ok || r.State == Planned || r.State == Thrown {
		return p, fault.New(fault.Gone, "round.closed")
	}
	p = Place{Round: r, Institution: c.Institution, Role: c.Role}
	p.Instrument, _ = r.InstrumentOf(c.Role)
	if now := s.now(); !r.Ends(now) && !now.Before(r.Opens.Time) {
		return p, fault.New(fault.Gone, "round.closed")
	}
	return p, nil
}

// Find is for sittings (sitting.Rounds). Somebody may begin with a code until the close;
// one that was begun by then is found within Grace.
func (s *Service) Find(ctx context.Context, typed, instrument string) (t sitting.Ticket, err error) {
	defer fault.Wrap(&err, "round.Find")
	hash, p, err := s.find(ctx, typed)
	if err != nil {
		return t, err
	}
	if p.Instrument != instrument {
		return t, fault.New(fault.Invalid, "sitting.no_such_invitation")
	}
	if !p.Round.Takes(s.now()) {
		if _, err := s.taken.Get(ctx, hash); fault.Is(err, fault.NotFound) {
			return t, fault.New(fault.Gone, "round.closed")
		} else if err != nil {
			return t, err
		}
	}
	return sitting.Ticket{Key: hash, Round: p.Round.ID}, nil
}

// Bind is for sittings (sitting.Rounds): the first one has the code.
func (s *Service) Bind(ctx context.Context, ticket, id string) (err error) {
	defer fault.Wrap(&err, "round.Bind")
	mine := s.mac("sitting", id)
	err = s.taken.Insert(ctx, &binding{Doc: store.Doc{ID: ticket}, Sitting: mine})
	if !fault.Is(err, fault.Conflict) {
		return err
	}
	have, err := s.taken.Get(ctx, ticket)
	if err == nil && have.Sitting != mine {
		return fault.New(fault.Forbidden, "sitting.code_used")
	}
	return err
}

// budget bounds wrong codes for everybody together. A right code is never refused: who
// sends wrong ones in thousands must not shut the door before a school. With 43 bits and
// ten thousand codes in use, even a thousand tries a second hit one in a week.
type budget struct {
	mu    sync.Mutex
	hour  time.Time
	spent int
}

const wrongPerHour = 1000

// spend takes one wrong code; false when the hour's are used up.
func (b *budget) spend(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now.Sub(b.hour) >= time.Hour {
		b.hour, b.spent = now, 0
	}
	b.spent++
	return b.spent <= wrongPerHour
}
