package person

import (
	"context"
	"crypto/subtle"
	"fmt"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/notify"
	"osvitlo/internal/person/spelling"
	"osvitlo/internal/store"
)

// CodeLife is how long a code by e-mail is good.
const CodeLife = 10 * time.Minute

// Limits of one address, whoever asks: mails sent in an hour, wrong digits in a day.
const (
	codeMails   = 5
	codeApart   = 30 * time.Second
	codeWrong   = 20
	codeMailsIn = time.Hour
	codeWrongIn = 24 * time.Hour
)

// code is either one code that was sent (id "flow:…") or the counts of one address
// (id "address:…").
type code struct {
	store.Doc
	Hash    string     `json:"hash,omitempty"`
	Sealed  string     `json:"sealed,omitempty"`  // the address
	Address string     `json:"address,omitempty"` // id of the counts
	Tries   int        `json:"tries,omitempty"`
	Sent    int        `json:"sent,omitempty"`
	SentAt  store.Time `json:"sent_at"` // last mail
	Window  store.Time `json:"window"`  // begin of the hour of Sent
	Wrong   int        `json:"wrong,omitempty"`
	WrongAt store.Time `json:"wrong_at"` // begin of the day of Wrong
	Expires string     `json:"expires"`
}

// StartCode sends a code to an address and returns the flow that FinishCode needs
// beside it: keep it in the session or a hidden field. Whether the address belongs to
// an account makes no difference here. Errors: Invalid, TooMany (for this address),
// Unavailable (no mail is configured).
func (s *Service) StartCode(ctx context.Context, address, lang string) (flow string, err error) {
	defer fault.Wrap(&err, "person.StartCode")
	if s.cfg.Mail == nil || !s.cfg.Mail.Ready() {
		return "", fault.New(fault.Unavailable, "notify.no_mail")
	}
	email, err := spelling.Email(address)
	if err != nil {
		return "", err
	}
	counts, err := s.countMail(ctx, email)
	if err != nil {
		return "", err
	}
	flow = random(16)
	digits := fmt.Sprintf("%06d", randomInt(1_000_000))
	id := "flow:" + hashToken(flow)
	now := s.now()
	err = s.codes.Insert(ctx, &code{Doc: store.Doc{ID: id}, Hash: s.codeHash(flow, digits), Address: counts,
		Sealed: s.ring.Seal([]byte(email), "codes:"+id), Expires: store.At(now.Add(CodeLife)).String()})
	if err != nil {
		return "", err
	}
	subject, text := codeMail(lang, digits)
	return flow, s.cfg.Mail.Queue(ctx, notify.Mail{ID: "code:" + hashToken(flow)[:32], To: email, Subject: subject, Text: text,
		Lang: lang, Expires: now.Add(CodeLife)})
}

func (s *Service) codeHash(flow, digits string) string { return mac(s.pepper, "code", flow, digits) }

// codeMail is the text of the mail. It has no link, so that nobody learns to follow one.
func codeMail(lang, digits string) (subject, text string) {
	spaced := digits[:3] + " " + digits[3:]
	minutes := int(CodeLife / time.Minute)
	if lang == i18n.English {
		return "Your code for Osvitlo", fmt.Sprintf("Your code: %s\n\nIt is good for %d minutes and works once.\nNobody from the city will ever ask you for it.\nIf you did not ask for a code, do nothing.\n", spaced, minutes)
	}
	return "Ваш код для «Освітло»", fmt.Sprintf("Ваш код: %s\n\nВін діє %d хвилин і лише один раз.\nНіхто з міста ніколи не питає цей код.\nЯкщо ви не просили код, нічого не робіть.\n", spaced, minutes)
}

// countMail counts a mail to the address, or says to wait. It returns the id of the
// address's counts.
func (s *Service) countMail(ctx context.Context, email string) (id string, err error) {
	id = "address:" + mac(s.flowKey, "address", email)[:32]
	err = s.counts(ctx, id, func(c *code, now time.Time) error {
		if now.Sub(c.Window.Time) >= codeMailsIn {
			c.Window, c.Sent = store.At(now), 0
		}
		if gap := now.Sub(c.SentAt.Time); gap < codeApart {
			return tooMany(codeApart-gap, "")
		}
		if c.Sent >= codeMails {
			return tooMany(codeMailsIn-now.Sub(c.Window.Time), "")
		}
		c.Sent++
		c.SentAt = store.At(now)
		return nil
	})
	return id, err
}

// counts changes the counts of an address.
func (s *Service) counts(ctx context.Context, id string, do func(*code, time.Time) error) error {
	for range retries {
		now := s.now()
		c, err := s.codes.Get(ctx, id)
		fresh := fault.Is(err, fault.NotFound)
		if fresh {
			c, err = &code{Doc: store.Doc{ID: id}}, nil
		}
		if err != nil {
			return err
		}
		if err := do(c, now); err != nil {
			return err
		}
		c.Expires = store.At(now.Add(codeWrongIn)).String()
		if fresh {
			err = s.codes.Insert(ctx, c)
		} else {
			err = s.codes.Replace(ctx, c)
		}
		if !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return fault.New(fault.Unavailable, "")
}

// CodeDone is what a right code brings: a sign-in, or for an address without an
// account a ticket for Register or SetEmail.
type CodeDone struct {
	SignedIn *SignedIn
	Proof    string // always set: the address is proved, for 30 minutes
}

// FinishCode checks the code of a flow. Errors: Unauthenticated (wrong digits),
// Gone "person.code_over" (used, expired, or five wrong tries: ask for another),
// TooMany, Forbidden "person.guardian_first".
func (s *Service) FinishCode(ctx context.Context, flow, digits, where string) (done *CodeDone, err error) {
	defer fault.Wrap(&err, "person.FinishCode")
	over := fault.New(fault.Gone, "person.code_over")
	if len(flow) > maxToken || len(digits) > 40 {
		return nil, over
	}
	c, err := s.codes.Get(ctx, "flow:"+hashToken(flow))
	if fault.Is(err, fault.NotFound) {
		return nil, over
	}
	if err != nil {
		return nil, err
	}
	if expired(c.Expires, s.now()) || c.Tries >= CodeTries {
		return nil, over
	}
	if err := s.countWrong(ctx, c.Address, 1); err != nil { // ahead of the comparison
		return nil, err
	}
	c.Tries++
	if err := s.codes.Replace(ctx, c); err != nil {
		if fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) {
			return nil, tooMany(1, "")
		}
		return nil, err
	}
	if subtle.ConstantTimeCompare([]byte(s.codeHash(flow, onlyDigits(digits))), []byte(c.Hash)) != 1 {
		s.friction.failed(s.now())
		if c.Tries >= CodeTries {
			return nil, over
		}
		return nil, fault.New(fault.Unauthenticated, "person.code_wrong")
	}
	raw, err := s.ring.Open(c.Sealed, "codes:"+c.ID)
	if err != nil {
		return nil, err
	}
	if err := s.codes.Delete(ctx, c.ID, c.Rev); err != nil { // good once
		if fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) {
			return nil, over
		}
		return nil, err
	}
	if err := s.countWrong(ctx, c.Address, -1); err != nil {
		return nil, err
	}
	return s.proved(ctx, string(raw), where)
}

func onlyDigits(text string) string {
	b := make([]byte, 0, len(text))
	for i := range len(text) {
		if text[i] >= '0' && text[i] <= '9' {
			b = append(b, text[i])
		}
	}
	return string(b)
}

func (s *Service) countWrong(ctx context.Context, id string, by int) error {
	return s.counts(ctx, id, func(c *code, now time.Time) error {
		if now.Sub(c.WrongAt.Time) >= codeWrongIn {
			c.WrongAt, c.Wrong = store.At(now), 0
		}
		if by > 0 && c.Wrong >= codeWrong {
			return tooMany(codeWrongIn-now.Sub(c.WrongAt.Time), "")
		}
		c.Wrong = max(c.Wrong+by, 0)
		return nil
	})
}

// proved goes on with an address that was proved.
func (s *Service) proved(ctx context.Context, email, where string) (*CodeDone, error) {
	done := &CodeDone{}
	var err error
	if done.Proof, err = s.cut(ctx, ticket{Kind: ticketEmail}, EmailTicketLife, []byte(email)); err != nil {
		return nil, err
	}
	r, err := s.holder(ctx, emailClaims(s.ring, email))
	if fault.Is(err, fault.NotFound) {
		return done, nil
	}
	if err != nil {
		return nil, err
	}
	p, err := s.unseal(r)
	if err != nil {
		return nil, err
	}
	if p.Email != email || !p.EmailProved {
		return done, nil // somebody wrote it down; that opens nothing
	}
	done.SignedIn, err = s.arrive(ctx, ID(r.ID), ViaCode, false, where)
	return done, err
}
