package course

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"
	"unicode/utf8"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// MaxComment bounds a comment, in characters.
const MaxComment = 500

// Feedback is what a learner said of a lesson: one per learner and lesson, the last
// word holds. Editors see it without the learner.
type Feedback struct {
	store.Doc
	Learner Learner    `json:"learner"`
	Course  string     `json:"course"`
	Lesson  string     `json:"lesson"`
	Version int        `json:"version,omitempty"`
	Helped  bool       `json:"helped"`
	Comment string     `json:"comment,omitempty"` // masked
	At      store.Time `json:"at"`
}

func feedbackID(l Learner, course, lesson string) string {
	sum := sha256.Sum256([]byte(string(l) + "\x00" + course + "\x00" + lesson))
	return hex.EncodeToString(sum[:16])
}

// Say stores whether a lesson helped, and a comment. Phone numbers, addresses of
// e-mail and numbers of cards are masked before. Errors: Invalid, NotFound.
func (s *Service) Say(ctx context.Context, l Learner, course, lesson string, helped bool, comment string) (err error) {
	defer fault.Wrap(&err, "course.Say")
	if !l.ok() {
		return badLearner()
	}
	comment = strings.TrimSpace(strings.ToValidUTF8(comment, ""))
	if utf8.RuneCountInString(comment) > MaxComment {
		return fault.InvalidFields(fault.Field{Pointer: "comment", Key: "course.comment_long", Args: map[string]any{"Max": MaxComment}})
	}
	c, err := s.cfg.Catalogue.Course(course)
	if err != nil {
		return err
	}
	if c.Lesson(lesson) == nil {
		return fault.New(fault.NotFound, "course.no_lesson")
	}
	return s.feedback.Upsert(ctx, &Feedback{Doc: store.Doc{ID: feedbackID(l, course, lesson)}, Learner: l, Course: course, Lesson: lesson,
		Version: c.Version, Helped: helped, Comment: Mask(comment), At: store.At(s.now())})
}

// FeedbackOf is a page of what was said of a lesson, the newest first. Learners are
// left out.
func (s *Service) FeedbackOf(ctx context.Context, course, lesson string, cursor store.Cursor, limit int) (page store.Page[Feedback], err error) {
	defer fault.Wrap(&err, "course.FeedbackOf")
	page, err = s.feedback.Page(ctx, store.Query{Index: indexLesson, Eq: []any{course, lesson}, Desc: true, Cursor: cursor, Limit: limit})
	for _, f := range page.Items {
		f.Learner, f.ID = "", ""
	}
	return page, err
}

// Votes counts what was said of a lesson.
type Votes struct{ Yes, No int }

// VotesOf counts the feedback of a course by lesson, at most 100,000 of them.
func (s *Service) VotesOf(ctx context.Context, course string) (votes map[string]Votes, err error) {
	defer fault.Wrap(&err, "course.VotesOf")
	votes = map[string]Votes{}
	for k, err := range s.feedback.Keys(ctx, store.Query{Index: indexLesson, Eq: []any{course}, Limit: 100_000}) {
		if err != nil {
			return nil, err
		}
		lesson, _ := k.Values[1].(string)
		v := votes[lesson]
		if helped, _ := k.Values[3].(bool); helped {
			v.Yes++
		} else {
			v.No++
		}
		votes[lesson] = v
	}
	return votes, nil
}

func (s *Service) adoptFeedback(ctx context.Context, from, into Learner) error {
	for f, err := range s.feedback.Find(ctx, store.Query{Index: indexLearner, Eq: []any{from}, Limit: 10_000}) {
		if err != nil {
			return err
		}
		old := f.ID
		f.ID, f.Rev, f.Learner = feedbackID(into, f.Course, f.Lesson), 0, into
		if err := s.feedback.Insert(ctx, f); err != nil && !fault.Is(err, fault.Conflict) {
			return err // of two, the person's own stays
		}
		if err := s.feedback.Delete(ctx, old, 0); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return nil
}

// masked stands in the place of what was taken out.
const masked = "[…]"

// Mask takes out of a free text what looks like an address of e-mail, and runs of
// nine and more digits, however they are spaced: phone numbers, cards, accounts,
// tax numbers. Mask(Mask(s)) = Mask(s).
func Mask(s string) string { return maskDigits(maskMail(s)) }

func maskMail(s string) string {
	fields := strings.FieldsFunc(s, unicode.IsSpace)
	var b strings.Builder
	rest := s
	for _, f := range fields {
		i := strings.Index(rest, f)
		b.WriteString(rest[:i])
		rest = rest[i+len(f):]
		at := strings.IndexByte(f, '@')
		if at > 0 && strings.ContainsRune(f[at:], '.') || strings.HasPrefix(f, "@") && len(f) > 2 {
			b.WriteString(masked)
		} else {
			b.WriteString(f)
		}
	}
	b.WriteString(rest)
	return b.String()
}

// minDigits is the shortest run that is masked: a Ukrainian number without its 0.
const minDigits = 9

func maskDigits(s string) string {
	var b strings.Builder
	runes := []rune(s)
	for i := 0; i < len(runes); {
		if !unicode.IsDigit(runes[i]) {
			b.WriteRune(runes[i])
			i++
			continue
		}
		digits, end := 0, i
		for j := i; j < len(runes); j++ {
			if unicode.IsDigit(runes[j]) {
				digits++
				end = j + 1
			} else if !strings.ContainsRune(" \u00a0\u202f-–—().,/+", runes[j]) || j-end >= 3 {
				break
			}
		}
		if digits >= minDigits {
			b.WriteString(masked)
		} else {
			b.WriteString(string(runes[i:end]))
		}
		i = end
	}
	return b.String()
}
