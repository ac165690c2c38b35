package staffing

import (
	"context"
	"slices"
	"strconv"
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

// Terms lists how many days codes may work, in the order of pages; Term is the usual one.
func Terms() []int { return []int{14, 30, Term, 120} }

// Term is how many days codes work unless somebody chose otherwise.
const Term = 60

// Lot is the codes that were made at once. It says nothing of who used them.
type Lot struct {
	ID     string `json:"id"`
	N      int    `json:"n"`
	Made   string `json:"made"`  // day
	Until  string `json:"until"` // last day on which they enrol
	Mailed bool   `json:"mailed,omitempty"`
}

// lots are the codes of an employer that still work, or have ended lately. Its id is the
// institution's.
type lots struct {
	store.Doc
	List []Lot `json:"lots,omitempty"`
}

// working gives the lots of a day.
func (l *lots) working(today string) []Lot {
	return slices.DeleteFunc(slices.Clone(l.List), func(x Lot) bool { return x.Until < today })
}

// Codes is what an employer knows of its codes: how many it made, never how many of them
// were used. A code counts against the frame while it works, used or not: whoever could
// see a place fall free would see that somebody has come.
type Codes struct {
	Lots []Lot // that still work, the newest first
	N    int64 // codes in them
	Left int64 // how many more may be made today
	Rev  int64 // of the list, for the next order
}

// Order asks for codes.
type Order struct {
	N      int
	Days   int  // one of Terms
	Mailed bool // they go out as letters
	Rev    int64
}

// CodesOf reads the codes of an employer that work today.
func (s *Service) CodesOf(ctx context.Context, i *institution.Institution) (c Codes, err error) {
	defer fault.Wrap(&err, "staffing.CodesOf")
	l, err := s.lots.Get(ctx, i.ID)
	if fault.Is(err, fault.NotFound) {
		l, err = &lots{}, nil
	}
	if err != nil {
		return c, err
	}
	c.Lots, c.Rev = l.working(day(s.now())), l.Rev
	slices.Reverse(c.Lots)
	for _, x := range c.Lots {
		c.N += int64(x.N)
	}
	c.Left = max(0, s.most(i)-c.N)
	return c, nil
}

// most is how many codes may work at once: the frame, a fifth and ten. None, when so many
// have enrolled by the published count, which tells nobody apart.
func (s *Service) most(i *institution.Institution) int64 {
	frame := s.Frame(i)
	switch {
	case frame == 0:
		return maxPeople
	case s.Progress(i.ID).Cell(CellEnrolled).N >= spare(frame):
		return 0
	}
	return min(maxPeople, spare(frame))
}

// Codes makes codes. They are shown once, to be printed and cut, or mailed; nobody can
// list them afterwards, and none says to whom it went. They work through the last day of
// their lot. Errors: Invalid, Forbidden, NotFound, Conflict (a colleague made some after
// the revision that was read, or the same form was sent twice).
func (s *Service) Codes(ctx context.Context, a *person.Actor, id string, o Order) (list []round.Code, lot Lot, err error) {
	defer fault.Wrap(&err, "staffing.Codes")
	if err := may(a, id); err != nil {
		return nil, lot, err
	}
	i, err := s.body(id)
	if err != nil {
		return nil, lot, err
	}
	var faults []fault.Field
	if o.N < 1 || o.N > MaxCodes {
		faults = append(faults, fault.Field{Pointer: "codes", Key: "round.codes", Args: map[string]any{"N": MaxCodes}})
	}
	if !slices.Contains(Terms(), o.Days) {
		faults = append(faults, fault.Field{Pointer: "days", Key: "employer.days_bad"})
	}
	if len(faults) > 0 {
		return nil, lot, fault.InvalidFields(faults...)
	}
	if err := s.note(ctx, a, "codes", id); err != nil {
		return nil, lot, err
	}
	lot = Lot{N: o.N, Made: day(s.now()), Until: day(s.now().AddDate(0, 0, o.Days)), Mailed: o.Mailed}
	// counted first: a crash behind this loses some of the numbers, never makes too many
	if lot.ID, err = s.reserve(ctx, i, lot, o.Rev); err != nil {
		return nil, lot, err
	}
	docs := make([]*code, 0, o.N)
	for range o.N {
		c, read, err := round.Draw(CodeLetters)
		if err != nil {
			return nil, lot, err
		}
		list = append(list, c)
		docs = append(docs, &code{Doc: store.Doc{ID: s.mac("code", read)}, Institution: id, Lot: lot.ID, Until: lot.Until})
	}
	return list, lot, s.codes.InsertMany(ctx, docs)
}

// reserve enters a lot at the revision that was read and names it.
func (s *Service) reserve(ctx context.Context, i *institution.Institution, lot Lot, rev int64) (id string, err error) {
	c, err := s.CodesOf(ctx, i)
	if err != nil {
		return "", err
	}
	switch {
	case c.Rev != rev:
		return "", fault.New(fault.Conflict, "school.codes_made")
	case len(c.Lots) >= maxLots:
		return "", fault.InvalidFields(fault.Field{Pointer: "codes", Key: "employer.codes_lots"})
	case int64(lot.N) > c.Left && s.most(i) == 0:
		return "", fault.InvalidFields(fault.Field{Pointer: "codes", Key: "employer.codes_full"})
	case int64(lot.N) > c.Left:
		return "", fault.InvalidFields(fault.Field{Pointer: "codes", Key: "employer.codes_frame", Args: map[string]any{"N": c.Left}})
	}
	lot.ID = strconv.FormatInt(rev+1, 36) // a revision is used once
	slices.Reverse(c.Lots)
	next := &lots{Doc: store.Doc{ID: i.ID, Rev: rev}, List: append(c.Lots, lot)}
	if rev == 0 {
		err = s.lots.Insert(ctx, next)
	} else {
		err = s.lots.Replace(ctx, next)
	}
	if fault.Is(err, fault.Conflict) {
		return "", fault.New(fault.Conflict, "school.codes_made")
	}
	return lot.ID, err
}

// TakeBack ends the codes of a lot that nobody has used. Whoever came with one of them
// stays, and how many did is not told. Taking back twice is no error. Errors: Forbidden,
// NotFound.
func (s *Service) TakeBack(ctx context.Context, a *person.Actor, id, lot string) (err error) {
	defer fault.Wrap(&err, "staffing.TakeBack")
	if err := may(a, id); err != nil {
		return err
	}
	if _, err := s.body(id); err != nil {
		return err
	}
	if err := s.note(ctx, a, "codes_back", id); err != nil {
		return err
	}
	for range retries {
		l, err := s.lots.Get(ctx, id)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		l.List = slices.DeleteFunc(l.List, func(x Lot) bool { return x.ID == lot })
		if err := s.lots.Replace(ctx, l); !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return fault.New(fault.Unavailable, "")
}

// keepEnded is how many days an ended code is still told from one that never was.
const keepEnded = 90

// sweep forgets codes that ended long ago, and who used them. A job runs it daily.
func (s *Service) sweep(ctx context.Context) error {
	var gone []string
	for c, err := range s.codes.Find(ctx, store.Query{Index: indexUntil, To: day(s.now().AddDate(0, 0, -keepEnded)), Limit: 5000}) {
		if err != nil {
			return err
		}
		gone = append(gone, c.ID)
	}
	for _, id := range gone {
		if err := s.claims.Delete(ctx, id, 0); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if err := s.codes.Delete(ctx, id, 0); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return nil
}

// Look tells whose code it is. Errors: NotFound (no such code), Gone (its last day is over,
// it was taken back, or the body works no more), TooMany (wrong codes in thousands).
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
	l, err := s.lots.Get(ctx, c.Institution)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return "", nil, err
	}
	if l == nil || !slices.ContainsFunc(l.working(day(s.now())), func(x Lot) bool { return x.ID == c.Lot }) {
		return "", nil, fault.New(fault.Gone, "employer.code_old")
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
