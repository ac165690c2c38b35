package staffing

import (
	"context"
	"sync"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// CodeLetters is the length of a code: two letters more than a code of a round, by which
// the two are told apart.
const CodeLetters = 12

// ReadCode reads a typed code in either alphabet. Errors: NotFound (it cannot be one).
func ReadCode(typed string) (string, error) { return round.ReadLetters(typed, CodeLetters) }

// spare is how many codes over the frame may be made: lost slips, new people.
func spare(frame int64) int64 { return frame + frame/5 + 10 }

// Frame is how many people work at a body in the school year of now or the one before;
// 0: nobody has said.
func (s *Service) Frame(i *institution.Institution) (n int64) {
	year := institution.YearOf(s.now())
	f, ok := i.FrameOf(year)
	if !ok {
		f, _ = i.FrameOf(year - 1)
	}
	return int64(f.Count[institution.Employee] + f.Count[institution.Official])
}

// Codes makes codes. They are shown once, to be printed and cut, or mailed; nobody can
// list them afterwards, and none says to whom it went. Where the frame is known there are
// never more than it and a fifth (and ten) besides. Errors: Invalid, Forbidden, NotFound.
func (s *Service) Codes(ctx context.Context, a *person.Actor, id string, n int) (list []round.Code, err error) {
	defer fault.Wrap(&err, "staffing.Codes")
	if err := may(a, id); err != nil {
		return nil, err
	}
	i, err := s.body(id)
	if err != nil {
		return nil, err
	}
	if n < 1 || n > MaxCodes {
		return nil, fault.InvalidFields(fault.Field{Pointer: "codes", Key: "round.codes", Args: map[string]any{"N": MaxCodes}})
	}
	if err := s.note(ctx, a, "codes", id); err != nil {
		return nil, err
	}
	// counted first: a crash behind this loses some of the numbers, never makes too many
	after, err := s.issued.Add(ctx, id, map[string]int64{"n": int64(n)})
	if err != nil {
		return nil, err
	}
	most := int64(maxPeople)
	if frame := s.Frame(i); frame > 0 {
		most = min(most, spare(frame))
	}
	if after["n"] > most {
		left := max(0, most-(after["n"]-int64(n)))
		if _, err := s.issued.Add(ctx, id, map[string]int64{"n": -int64(n)}); err != nil {
			return nil, err
		}
		return nil, fault.InvalidFields(fault.Field{Pointer: "codes", Key: "round.codes_frame", Args: map[string]any{"N": left}})
	}
	docs := make([]*code, 0, n)
	for range n {
		c, read, err := round.Draw(CodeLetters)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
		docs = append(docs, &code{Doc: store.Doc{ID: s.mac("code", read)}, Institution: id})
	}
	return list, s.codes.InsertMany(ctx, docs)
}

// Issued is how many codes an employer has made.
func (s *Service) Issued(ctx context.Context, id string) (n int64, err error) {
	defer fault.Wrap(&err, "staffing.Issued")
	t, err := s.issued.Get(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return t.N, nil
}

// Look tells whose code it is. Errors: NotFound (no such code), Gone (the body works no
// more), TooMany (wrong codes in thousands).
func (s *Service) Look(ctx context.Context, typed string) (i *institution.Institution, err error) {
	defer fault.Wrap(&err, "staffing.Look")
	_, i, err = s.look(ctx, typed)
	return i, err
}

func (s *Service) look(ctx context.Context, typed string) (hash string, i *institution.Institution, err error) {
	read, err := ReadCode(typed)
	if err != nil {
		return "", nil, err
	}
	hash = s.mac("code", read)
	c, err := s.codes.Get(ctx, hash)
	if fault.Is(err, fault.NotFound) {
		if !s.wrong.spend(s.now()) {
			return "", nil, fault.New(fault.TooMany, "round.too_many")
		}
		return "", nil, fault.New(fault.NotFound, "sitting.no_such_invitation")
	}
	if err != nil {
		return "", nil, err
	}
	if i, err = s.body(c.Institution); err != nil {
		return "", nil, fault.New(fault.Gone, "employer.code_gone")
	}
	return hash, i, nil
}

// budget bounds wrong codes for everybody together; a right code is never refused.
type budget struct {
	mu    sync.Mutex
	hour  time.Time
	spent int
}

const wrongPerHour = 1000

func (b *budget) spend(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now.Sub(b.hour) >= time.Hour {
		b.hour, b.spent = now, 0
	}
	b.spent++
	return b.spent <= wrongPerHour
}
