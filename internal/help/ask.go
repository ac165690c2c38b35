package help

import (
	"context"
	"crypto/subtle"
	"regexp"
	"strconv"
	"strings"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/person/spelling"
	"osvitlo/internal/store"
)

// Asking is a question before it is stored.
type Asking struct {
	Once    string // random words of the form: sending it twice makes one question
	Text    string
	Topic   string
	Name    string // how to speak to the asker; may be empty
	Reply   Reply
	Contact string // phone or e-mail, by Reply; empty otherwise
	Lang    string
	Way     Way
	Place   string // of a desk
}

// Asked is what the asker gets. The code is told once; a replay of the same form gets it
// again.
type Asked struct {
	*Question
	Code  string
	Token string // for the asker's browser
	Again bool   // it was there already
}

var onceForm = regexp.MustCompile(`^[A-Za-z0-9_-]{16,64}$`)

// Check brings a question to its stored form and names what is wrong. Errors: Invalid
// with the fields text, topic, name, reply, phone, email.
func (a *Asking) Check() error {
	var bad []fault.Field
	say := func(name, key string, args map[string]any) {
		bad = append(bad, fault.Field{Pointer: name, Key: key, Args: args})
	}
	a.Text, a.Name, a.Contact = clean(a.Text), strings.Join(strings.Fields(clean(a.Name)), " "), strings.TrimSpace(clean(a.Contact))
	switch n := letters(a.Text); {
	case n == 0:
		say("text", "help.bad.empty", nil)
	case n > MaxText:
		say("text", "page.form.long", map[string]any{"Max": MaxText})
	}
	if _, ok := topicOf(a.Topic); !ok {
		say("topic", "page.form.choose", nil)
	}
	if letters(a.Name) > MaxShort {
		say("name", "page.form.long", map[string]any{"Max": MaxShort})
	}
	if a.Lang != i18n.English {
		a.Lang = i18n.Ukrainian
	}
	if !known(a.Way, []Way{ByForm, ByPhone, AtDesk}) {
		a.Way = ByForm
	}
	if !onceForm.MatchString(a.Once) {
		say("text", "help.bad.form", nil)
	}
	var err error
	switch a.Reply {
	case ByEmail:
		if a.Contact, err = spelling.Email(a.Contact); err != nil {
			say("email", "help.bad.email", nil)
		}
	case ByCall:
		if a.Contact, err = spelling.Phone(a.Contact); err != nil {
			say("phone", "help.bad.phone", nil)
		}
	case OnPage, InDesk:
		a.Contact = "" // the least
	default:
		say("reply", "page.form.choose", nil)
	}
	if len(bad) > 0 {
		return fault.InvalidFields(bad...)
	}
	return nil
}

// clean takes control characters out of a text, lines aside.
func clean(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' || r == 0x7f {
			return ' '
		}
		return r
	}, s))
}

// maxNumbers is how many numbers are tried until a free one is found.
const maxNumbers = 40

// Ask stores a question. A visitor's way is the form; by phone and at a desk somebody
// of staff writes it down. Errors: Invalid; those of person.Can for HelpTake; TooMany.
func (s *Service) Ask(ctx context.Context, who *person.Actor, a Asking) (out *Asked, err error) {
	defer fault.Wrap(&err, "help.Ask")
	if err := a.Check(); err != nil {
		return nil, err
	}
	var by person.ID
	if a.Way != ByForm {
		on := person.City
		if a.Place != "" {
			on = person.At(a.Place)
		}
		if err := s.may(ctx, who, person.HelpTake, on, "", ""); err != nil {
			return nil, err
		}
		by = who.Person
	} else {
		a.Place = ""
	}
	set, err := s.Settings(ctx)
	if err != nil {
		return nil, err
	}
	now := s.o.Now()
	topic, _ := topicOf(a.Topic)
	seed := a.Once + "\x00" + a.Topic + "\x00" + a.Text
	out = &Asked{Code: s.sixFigures("code", seed)}
	taken := false
	for i := range maxNumbers {
		id := s.sixFigures("number", seed+"\x00"+strconv.Itoa(i))
		if old, err := s.questions.Get(ctx, id); err == nil {
			if old.Seed == s.hash("seed", seed) {
				out.Question, out.Token, out.Again = old, s.browser(id, out.Code), true
				return out, nil
			}
			continue
		} else if !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		if !taken && by == "" && !s.rush.take(now) {
			return nil, fault.New(fault.TooMany, "help.rush")
		}
		taken = true
		out.Token = s.browser(id, out.Code)
		due := store.At(set.Due(a.Topic, now))
		q := &Question{Doc: store.Doc{ID: id}, Seed: s.hash("seed", seed), Code: s.hash("code", id+out.Code), Token: s.hash("token", id+out.Token),
			At: store.At(now), Topic: a.Topic, Area: topic.Area, Lang: a.Lang, Way: a.Way, Place: a.Place, Reply: a.Reply, State: Open,
			Due: due, Open: due.String(), By: by, Ends: store.At(now.Add(KeepOpen)).String()}
		q.Masked, q.Found = Mask(a.Text)
		if q.Sealed, err = s.seal(Secret{a.Text, a.Name, a.Contact}, id, "asked"); err != nil {
			return nil, err
		}
		if by != "" {
			if err := s.may(ctx, who, person.HelpTake, person.Somewhere, "ask", "question:"+id); err != nil {
				return nil, err
			}
		}
		err = s.questions.Insert(ctx, q)
		if fault.Is(err, fault.Conflict) {
			// another replica was quicker: the same form, or another question
			if old, err := s.questions.Get(ctx, id); err == nil && old.Seed == q.Seed {
				out.Question, out.Again = old, true
				return out, nil
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		out.Question = q
		s.count(ctx, now, map[string]int64{"topics." + q.Topic: 1, "ways." + string(q.Way): 1, "areas." + orNone(q.Area): 1})
		return out, nil
	}
	return nil, fault.New(fault.Unavailable, "help.full")
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// noQuestion is the one answer to everything that does not fit.
func noQuestion() error { return fault.New(fault.NotFound, "help.no_question") }

var numberForm = regexp.MustCompile(`^[1-9][0-9]{5}$`)

// Figures brings a typed number or code to its six figures; empty when it is none.
func Figures(typed string) string {
	var b strings.Builder
	for _, r := range typed {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case strings.ContainsRune(" \u00a0\u202f\u2009-–№#", r):
		default:
			return ""
		}
	}
	if !numberForm.MatchString(b.String()) {
		return ""
	}
	return b.String()
}

// Status opens a question for its asker by the code. Wrong codes cost time, and after
// thirty only the telephone helps. The token for the browser comes with it. Errors:
// NotFound for everything that does not fit, TooMany.
func (s *Service) Status(ctx context.Context, number, code string) (out *Opened, token string, err error) {
	defer fault.Wrap(&err, "help.Status")
	number, code = Figures(number), Figures(code)
	if number == "" || code == "" {
		return nil, "", noQuestion()
	}
	q, err := s.questions.Get(ctx, number)
	if fault.Is(err, fault.NotFound) {
		return nil, "", noQuestion()
	}
	if err != nil {
		return nil, "", err
	}
	now := s.o.Now()
	if q.Wrong >= MaxWrong || q.Wrong > slowFrom && now.Sub(q.Last.Time) < slowWrong {
		return nil, "", fault.New(fault.TooMany, "help.tries")
	}
	if subtle.ConstantTimeCompare([]byte(q.Code), []byte(s.hash("code", number+code))) != 1 {
		q.Wrong++
		q.Last = store.At(now)
		// a lost race lets one try pass unmarked: the bound is far away
		if err := s.questions.Replace(ctx, q); err != nil && !fault.Is(err, fault.Conflict) {
			return nil, "", err
		}
		return nil, "", noQuestion()
	}
	out, err = s.open(q)
	return out, s.browser(number, code), err
}

// browser is what a browser holds for a question whose code it once knew.
func (s *Service) browser(number, code string) string { return s.hash("browser", number+code) }

// Mine opens a question for the browser that holds its token: that of Asked or of Status.
// Errors: NotFound.
func (s *Service) Mine(ctx context.Context, number, token string) (out *Opened, err error) {
	defer fault.Wrap(&err, "help.Mine")
	q, err := s.mine(ctx, number, token)
	if err != nil {
		return nil, err
	}
	return s.open(q)
}

func (s *Service) mine(ctx context.Context, number, token string) (*Question, error) {
	if Figures(number) != number || number == "" || token == "" || len(token) > 64 {
		return nil, noQuestion()
	}
	q, err := s.questions.Get(ctx, number)
	if fault.Is(err, fault.NotFound) {
		return nil, noQuestion()
	}
	if err != nil {
		return nil, err
	}
	if subtle.ConstantTimeCompare([]byte(q.Token), []byte(s.hash("token", number+token))) != 1 {
		return nil, noQuestion()
	}
	return q, nil
}

// Helped stores what the asker says about the answer. Errors: NotFound, Conflict.
func (s *Service) Helped(ctx context.Context, number, token string, yes bool) (err error) {
	defer fault.Wrap(&err, "help.Helped")
	q, err := s.mine(ctx, number, token)
	if err != nil {
		return err
	}
	if q.State != Answered || q.Helped != "" {
		return nil
	}
	q.Helped = "no"
	if yes {
		q.Helped = "yes"
	}
	if err := s.questions.Replace(ctx, q); err != nil {
		return err
	}
	s.count(ctx, s.o.Now(), map[string]int64{"helped." + q.Helped: 1})
	return nil
}

// Erase takes a question and all of its text out, as its asker wishes. Errors: NotFound.
func (s *Service) Erase(ctx context.Context, number, token string) (err error) {
	defer fault.Wrap(&err, "help.Erase")
	q, err := s.mine(ctx, number, token)
	if err != nil {
		return err
	}
	return s.questions.Delete(ctx, q.ID, 0)
}

// open unseals a question.
func (s *Service) open(q *Question) (*Opened, error) {
	out := &Opened{Question: q}
	if err := s.unseal(q.Sealed, q.ID, "asked", &out.Secret); err != nil {
		return nil, err
	}
	if err := s.unseal(q.Answer, q.ID, "answer", &out.Answer); err != nil {
		return nil, err
	}
	for _, n := range q.Notes {
		told := Told{At: n.At.Time, By: n.By}
		if err := s.unseal(n.Text, q.ID, "note", &told.Text); err != nil {
			return nil, err
		}
		out.Notes = append(out.Notes, told)
	}
	return out, nil
}
