package help

import (
	"context"
	"slices"
	"strings"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/notify"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// Shelf is a list of questions.
type Shelf string

// The shelves: what waits, by the moment it is due; and what is done, the latest first.
const (
	Waiting Shelf = "waiting"
	Done    Shelf = "done"
)

// MaxShelf bounds a page of a list.
const MaxShelf = 100

// List reads a page of questions as the queue shows them: masked. Errors: those of
// person.Can for HelpAnswer.
func (s *Service) List(ctx context.Context, who *person.Actor, shelf Shelf, cursor store.Cursor, limit int) (page store.Page[Question], err error) {
	defer fault.Wrap(&err, "help.List")
	if err := s.may(ctx, who, person.HelpAnswer, person.City, "", ""); err != nil {
		return page, err
	}
	q := store.Query{Index: indexOpen, From: "0", Cursor: cursor, Limit: min(max(limit, 1), MaxShelf)}
	if shelf == Done {
		q.Index, q.Desc = indexDone, true
	}
	return s.questions.Page(ctx, q)
}

// Look reads one question as staff may see it without holding it: masked, without the
// asker. Errors: those of person.Can for HelpAnswer, NotFound.
func (s *Service) Look(ctx context.Context, who *person.Actor, number string) (q *Question, err error) {
	defer fault.Wrap(&err, "help.Look")
	if err := s.may(ctx, who, person.HelpAnswer, person.City, "", ""); err != nil {
		return nil, err
	}
	return s.find(ctx, number)
}

func (s *Service) find(ctx context.Context, number string) (*Question, error) {
	number = Figures(number)
	if number == "" {
		return nil, noQuestion()
	}
	q, err := s.questions.Get(ctx, number)
	if fault.Is(err, fault.NotFound) {
		return nil, noQuestion()
	}
	return q, err
}

// held reads a question that the actor holds. Errors: those of person.Can, NotFound,
// Conflict (somebody else holds it, or nobody).
func (s *Service) held(ctx context.Context, who *person.Actor, number string) (*Question, error) {
	q, err := s.Look(ctx, who, number)
	if err != nil {
		return nil, err
	}
	if q.State != Open {
		return nil, fault.New(fault.Conflict, "help.done_already")
	}
	if h := q.HeldBy(s.o.Now()); h == "" || h != who.Person {
		return nil, fault.New(fault.Conflict, "help.not_held")
	}
	return q, nil
}

// Read opens a question for whoever holds it, or answered it; the reading is written
// down. Errors: those of person.Can, NotFound, Conflict.
func (s *Service) Read(ctx context.Context, who *person.Actor, number string) (out *Opened, err error) {
	defer fault.Wrap(&err, "help.Read")
	q, err := s.Look(ctx, who, number)
	if err != nil {
		return nil, err
	}
	if q.State == Open && q.HeldBy(s.o.Now()) != who.Person || q.State != Open && q.Who != who.Person {
		return nil, fault.New(fault.Conflict, "help.not_held")
	}
	if err := s.may(ctx, who, person.HelpAnswer, person.City, "read", "question:"+q.ID); err != nil {
		return nil, err
	}
	return s.open(q)
}

// Take gives an open question to the actor for half an hour; taking it again renews.
// Errors: those of person.Can, NotFound, Conflict (somebody else holds it, or it is done).
func (s *Service) Take(ctx context.Context, who *person.Actor, number string) (err error) {
	defer fault.Wrap(&err, "help.Take")
	q, err := s.Look(ctx, who, number)
	if err != nil {
		return err
	}
	now := s.o.Now()
	switch h := q.HeldBy(now); {
	case q.State != Open:
		return fault.New(fault.Conflict, "help.done_already")
	case h != "" && h != who.Person:
		return fault.New(fault.Conflict, "help.held")
	}
	if err := s.may(ctx, who, person.HelpAnswer, person.City, "take", "question:"+q.ID); err != nil {
		return err
	}
	q.Holder, q.Until = who.Person, store.At(now.Add(Held))
	return s.replace(ctx, q)
}

// replace stores a question; a lost race says that somebody was quicker.
func (s *Service) replace(ctx context.Context, q *Question) error {
	err := s.questions.Replace(ctx, q)
	if fault.Is(err, fault.Conflict) {
		return fault.New(fault.Conflict, "help.held")
	}
	return err
}

// HandOver gives a held question back to the queue with a note for whoever takes it
// next. Errors: as Read; Invalid with the field note.
func (s *Service) HandOver(ctx context.Context, who *person.Actor, number, note string) (err error) {
	defer fault.Wrap(&err, "help.HandOver")
	q, err := s.held(ctx, who, number)
	if err != nil {
		return err
	}
	if err := s.note(q, who.Person, note); err != nil {
		return err
	}
	if err := s.may(ctx, who, person.HelpAnswer, person.City, "hand-over", "question:"+q.ID); err != nil {
		return err
	}
	q.Holder, q.Until = "", store.Time{}
	return s.replace(ctx, q)
}

func (s *Service) note(q *Question, by person.ID, text string) (err error) {
	text = clean(text)
	switch n := letters(text); {
	case n == 0:
		return fault.InvalidFields(fault.Field{Pointer: "note", Key: "page.form.required"})
	case n > MaxNote:
		return fault.InvalidFields(fault.Field{Pointer: "note", Key: "page.form.long", Args: map[string]any{"Max": MaxNote}})
	case len(q.Notes) >= MaxNotes:
		return fault.InvalidFields(fault.Field{Pointer: "note", Key: "help.bad.notes"})
	}
	sealed, err := s.seal(text, q.ID, "note")
	if err != nil {
		return err
	}
	q.Notes = append(q.Notes, Note{At: store.At(s.o.Now()), By: by, Text: sealed})
	return nil
}

// Sort sets topic and area of a held question. The promise to the asker stays. Errors:
// as Read; Invalid with the fields topic, area.
func (s *Service) Sort(ctx context.Context, who *person.Actor, number, topic, area string) (err error) {
	defer fault.Wrap(&err, "help.Sort")
	q, err := s.held(ctx, who, number)
	if err != nil {
		return err
	}
	if _, ok := topicOf(topic); !ok {
		return fault.InvalidFields(fault.Field{Pointer: "topic", Key: "page.form.choose"})
	}
	if area != "" && !slices.Contains(Areas(), area) {
		return fault.InvalidFields(fault.Field{Pointer: "area", Key: "page.form.choice"})
	}
	if topic == q.Topic && area == q.Area {
		return nil
	}
	if err := s.may(ctx, who, person.HelpAnswer, person.City, "sort", "question:"+q.ID); err != nil {
		return err
	}
	delta := map[string]int64{}
	if topic != q.Topic {
		delta["topics."+topic], delta["topics."+q.Topic] = 1, -1
	}
	if area != q.Area {
		delta["areas."+orNone(area)], delta["areas."+orNone(q.Area)] = 1, -1
	}
	at := q.At.Time
	q.Topic, q.Area = topic, area
	if err := s.replace(ctx, q); err != nil {
		return err
	}
	s.count(ctx, at, delta)
	return nil
}

// Answer stores the answer to a held question. By e-mail it is sent; by telephone and at
// the desk the operator stores what was said. Errors: as Read; Invalid with the field
// answer; Unavailable (no mail server is set up).
func (s *Service) Answer(ctx context.Context, who *person.Actor, number, text string) (err error) {
	defer fault.Wrap(&err, "help.Answer")
	return s.answer(ctx, who, number, text, false)
}

// AnswerMissed is Answer for somebody who asked to be called and did not pick up: a short
// message says, by day, that the answer is ready and how to hear it. It holds neither
// question nor answer. Errors: as Answer; Unavailable (no gateway of short messages, or
// the asker left no telephone).
func (s *Service) AnswerMissed(ctx context.Context, who *person.Actor, number, text string) (err error) {
	defer fault.Wrap(&err, "help.AnswerMissed")
	return s.answer(ctx, who, number, text, true)
}

// Texts tells whether short messages can be sent.
func (s *Service) Texts() bool { return s.o.Texts != nil && s.o.Texts.SMSReady() && s.o.Note != nil }

func (s *Service) answer(ctx context.Context, who *person.Actor, number, text string, missed bool) error {
	q, err := s.held(ctx, who, number)
	if err != nil {
		return err
	}
	text = clean(text)
	switch n := letters(text); {
	case n == 0:
		return fault.InvalidFields(fault.Field{Pointer: "answer", Key: "page.form.required"})
	case n > MaxText:
		return fault.InvalidFields(fault.Field{Pointer: "answer", Key: "page.form.long", Args: map[string]any{"Max": MaxText}})
	}
	sealed, err := s.seal(text, q.ID, "answer")
	if err != nil {
		return err
	}
	var secret Secret
	if err := s.unseal(q.Sealed, q.ID, "asked", &secret); err != nil {
		return err
	}
	if q.Reply == ByEmail && (s.o.Post == nil || !s.o.Post.Ready() || s.o.Letter == nil) {
		return fault.New(fault.Unavailable, "help.no_mail")
	}
	if missed && (q.Reply != ByCall || !s.Texts()) {
		return fault.New(fault.Unavailable, "help.no_sms")
	}
	if err := s.may(ctx, who, person.HelpAnswer, person.City, "answer", "question:"+q.ID); err != nil {
		return err
	}
	now := s.o.Now()
	q.Answer = sealed
	s.finish(q, Answered, who.Person, now)
	if err := s.replace(ctx, q); err != nil {
		return err
	}
	word := "ontime."
	if q.Late {
		word = "late."
	}
	s.count(ctx, now, map[string]int64{word + q.Topic: 1})
	id, ends := "help:"+q.ID+":"+q.At.String(), now.Add(14*24*time.Hour)
	if missed {
		return s.o.Texts.QueueSMS(ctx, notify.SMS{ID: id, To: secret.Contact, Text: s.o.Note(q.Lang, q.Spoken()), Lang: q.Lang, Expires: ends, ByDay: true})
	}
	if q.Reply != ByEmail {
		return nil
	}
	subject, letter := s.o.Letter(q.Lang, q.Spoken(), text)
	return s.o.Post.Queue(ctx, notify.Mail{ID: id, To: secret.Contact, Subject: subject, Text: letter, Lang: q.Lang, Expires: ends, ByDay: true})
}

// finish takes a question out of the queue.
func (s *Service) finish(q *Question, state State, by person.ID, now time.Time) {
	q.State, q.Who, q.Done, q.Open = state, by, store.At(now).String(), ""
	q.Late = now.After(q.Due.Time)
	q.Holder, q.Until = "", store.Time{}
	q.Ends = store.At(now.Add(Keep)).String()
}

// Close ends a held question without an answer. Errors: as Read; Invalid with the field
// reason.
func (s *Service) Close(ctx context.Context, who *person.Actor, number string, reason Reason) (err error) {
	defer fault.Wrap(&err, "help.Close")
	q, err := s.held(ctx, who, number)
	if err != nil {
		return err
	}
	if !known(reason, Reasons()) {
		return fault.InvalidFields(fault.Field{Pointer: "reason", Key: "page.form.choose"})
	}
	if err := s.may(ctx, who, person.HelpAnswer, person.City, "close", "question:"+q.ID); err != nil {
		return err
	}
	now := s.o.Now()
	q.Reason = reason
	s.finish(q, Closed, who.Person, now)
	if err := s.replace(ctx, q); err != nil {
		return err
	}
	s.count(ctx, now, map[string]int64{"closed." + string(reason): 1})
	return nil
}

// Proposal is an answer on its way to everybody: what would be stored, and what was
// taken out of the question and the answer.
type Proposal struct {
	Article  Article
	Question []Piece
	Answer   []Piece
}

// Propose makes a public answer of an answered question, with personal data taken out.
// Whoever reads it sees what was there, so the actor must have answered it, and the
// reading is written down. Errors: as Read; those of person.Can for HelpEdit; Conflict
// (it has no answer yet).
func (s *Service) Propose(ctx context.Context, who *person.Actor, number string) (out *Proposal, err error) {
	defer fault.Wrap(&err, "help.Propose")
	if err := s.may(ctx, who, person.HelpEdit, person.City, "", ""); err != nil {
		return nil, err
	}
	o, err := s.Read(ctx, who, number)
	if err != nil {
		return nil, err
	}
	if o.State != Answered {
		return nil, fault.New(fault.Conflict, "help.not_answered")
	}
	out = &Proposal{Question: Pieces(o.Secret.Text), Answer: Pieces(o.Answer)}
	asked, _ := Mask(withoutName(o.Secret.Text, o.Secret.Name))
	told, _ := Mask(withoutName(o.Answer, o.Secret.Name))
	now := s.o.Now()
	out.Article = Article{Title: inLang(o.Lang, firstSentence(asked)), Text: inLang(o.Lang, told), Topic: o.Topic, Area: o.Area, Stage: Public, From: o.ID}
	out.Article.ID = "q-" + o.ID
	out.Article.CheckedOn = now.In(kyiv).Format(time.DateOnly)
	out.Article.ValidUntil = now.Add(ValidFor(o.Topic)).In(kyiv).Format(time.DateOnly)
	return out, nil
}

// withoutName takes the asker's own name out, word by word.
func withoutName(text, name string) string {
	for _, w := range strings.Fields(name) {
		if letters(w) > 2 {
			text = strings.ReplaceAll(text, w, "[ім’я]")
		}
	}
	return text
}

// firstSentence is a title: the first sentence, cut at a word.
func firstSentence(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if i := strings.IndexAny(s, "?!."); i > 0 {
		end := i
		if s[i] == '?' {
			end++
		}
		s = s[:end]
	}
	if letters(s) <= MaxTitle {
		return s
	}
	cut := string([]rune(s)[:MaxTitle-1])
	if i := strings.LastIndexByte(cut, ' '); i > 0 {
		cut = cut[:i]
	}
	return cut + "…"
}
