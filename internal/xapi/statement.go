package xapi

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"osvitlo/internal/course"
	"osvitlo/internal/course/lesson"
	"osvitlo/internal/i18n"
)

// Version is what the header X-Experience-API-Version says.
const Version = "1.0.3"

// Statement is a statement as xAPI 1.0.3 Data 2.4 has it.
type Statement struct {
	ID        string  `json:"id"`
	Actor     Actor   `json:"actor"`
	Verb      Verb    `json:"verb"`
	Object    Object  `json:"object"`
	Result    *Result `json:"result,omitempty"`
	Context   Context `json:"context"`
	Timestamp string  `json:"timestamp"`

	at time.Time
}

// Actor is an agent with an account.
type Actor struct {
	Type    string  `json:"objectType"`
	Account Account `json:"account"`
}

// Account is a pseudonym at this installation.
type Account struct {
	Home string `json:"homePage"`
	Name string `json:"name"`
}

// Verb is what was done.
type Verb struct {
	ID      string            `json:"id"`
	Display map[string]string `json:"display"`
}

// Object is an activity: a course, a lesson, an act of a lesson, a final check.
type Object struct {
	Type       string      `json:"objectType"`
	ID         string      `json:"id"`
	Definition *Definition `json:"definition,omitempty"`
}

// Definition names an activity.
type Definition struct {
	Name map[string]string `json:"name,omitempty"`
	Type string            `json:"type,omitempty"`
}

// Result is how it went.
type Result struct {
	Score      *Score `json:"score,omitempty"`
	Success    *bool  `json:"success,omitempty"`
	Completion *bool  `json:"completion,omitempty"`
}

// Score is scaled to 0…1.
type Score struct {
	Scaled float64 `json:"scaled"`
}

// Context says where it belongs.
type Context struct {
	Platform string   `json:"platform"`
	Language string   `json:"language,omitempty"`
	Within   *Related `json:"contextActivities,omitempty"`
}

// Related are the activities around.
type Related struct {
	Parent   []Object `json:"parent,omitempty"`
	Grouping []Object `json:"grouping,omitempty"`
}

// Verbs of ADL's vocabulary.
var verbs = map[string][2]string{
	"initialized": {"відкрито", "opened"},
	"answered":    {"дано відповідь", "answered"},
	"completed":   {"завершено", "completed"},
	"passed":      {"складено", "passed"},
	"failed":      {"не складено", "failed"},
}

const vocabulary = "http://adlnet.gov/expapi/"

func verb(name string) Verb {
	v := verbs[name]
	return Verb{ID: vocabulary + "verbs/" + name, Display: map[string]string{"uk": v[0], "en": v[1]}}
}

// Teller makes statements. The zero Teller is not useful.
type Teller struct {
	Origin string // address of the site: IRIs of activities and the account's home
	Secret []byte // of the installation: pseudonyms and ids
}

// Pseudonym is the account name of a learner: 22 letters of HMAC-SHA-256, the same at
// every time, telling nothing without the installation's secret.
func (t Teller) Pseudonym(l course.Learner) string {
	return base64.RawURLEncoding.EncodeToString(t.mac("xapi-account:" + string(l)))[:22]
}

func (t Teller) mac(text string) []byte {
	m := hmac.New(sha256.New, t.Secret)
	_, _ = m.Write([]byte(text)) // a hash never fails
	return m.Sum(nil)
}

// id is a UUID made of what the statement says.
func (t Teller) id(parts ...string) string {
	b := t.mac("xapi-statement:" + strings.Join(parts, "\x00"))[:16]
	b[6], b[8] = b[6]&0x0f|0x50, b[8]&0x3f|0x80 // version 5, variant of RFC 9562
	s := hex.EncodeToString(b)
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

func names(t i18n.Text) map[string]string {
	out := map[string]string{}
	if t.UK != "" {
		out["uk"] = t.UK
	}
	if t.EN != "" {
		out["en"] = t.EN
	}
	return out
}

func (t Teller) object(kind string, name i18n.Text, path ...string) Object {
	return Object{Type: "Activity", ID: strings.TrimSuffix(t.Origin, "/") + "/courses/" + strings.Join(path, "/"),
		Definition: &Definition{Name: names(name), Type: vocabulary + "activities/" + kind}}
}

func bare(o Object) Object { return Object{Type: o.Type, ID: o.ID} }

// Of makes the statements of a track, in order of time. c is the course as it is now;
// acts in lessons that are gone are left out.
func (t Teller) Of(track *course.Track, c *course.Course) (list []Statement) {
	who := Actor{Type: "Agent", Account: Account{Home: t.Origin, Name: t.Pseudonym(track.Learner)}}
	whole := t.object("course", c.Title, c.Slug)
	say := func(at int64, name string, o Object, r *Result, within *Related, key ...string) {
		if at <= 0 {
			return
		}
		when := time.UnixMilli(at).UTC()
		list = append(list, Statement{ID: t.id(append([]string{string(track.Learner), c.Slug, name}, key...)...), Actor: who, Verb: verb(name), Object: o, Result: r,
			Context: Context{Platform: "Osvitlo", Within: within}, Timestamp: when.Format("2006-01-02T15:04:05.000Z"), at: when})
	}
	yes := true
	for _, l := range c.Lessons {
		lt := track.Lessons[l.Slug]
		if lt == nil {
			continue
		}
		one := t.object("lesson", l.Title, c.Slug, l.Slug)
		in := &Related{Parent: []Object{bare(whole)}}
		say(lt.Opened, "initialized", one, nil, in, l.Slug)
		last := int64(0)
		for i := range l.Activities {
			a := &l.Activities[i]
			act := lt.Acts[a.ID]
			if act == nil || act.Done == 0 {
				continue
			}
			if a.Practice() || a.Type == lesson.TypeSummary {
				last = max(last, act.Done)
			}
			around := &Related{Parent: []Object{bare(one)}, Grouping: []Object{bare(whole)}}
			switch {
			case act.First != nil && a.Type != lesson.TypePackage:
				right := act.First.Score >= 1-1e-9
				say(act.First.At, "answered", t.object("question", a.Title, c.Slug, l.Slug, "step", a.ID), &Result{Score: &Score{act.First.Score}, Success: &right}, around, l.Slug, a.ID)
			case a.Type == lesson.TypePackage:
				r := &Result{Completion: &yes}
				at := act.Done
				if act.First != nil {
					r.Score, at = &Score{act.First.Score}, act.First.At
				}
				say(at, "completed", t.object("module", a.Title, c.Slug, l.Slug, "step", a.ID), r, around, l.Slug, a.ID)
			}
		}
		if track.Finished(l) {
			say(last, "completed", one, &Result{Completion: &yes}, in, l.Slug)
		}
	}
	for _, try := range track.Tries {
		name, passed := "failed", try.Passed
		if passed {
			name = "passed"
		}
		say(try.At, name, t.object("assessment", i18n.Text{UK: "Підсумкова перевірка", EN: "Final check"}, c.Slug, "final"),
			&Result{Score: &Score{try.Score}, Success: &passed, Completion: &yes}, &Related{Parent: []Object{bare(whole)}}, try.ID)
	}
	say(track.Completed, "completed", whole, &Result{Completion: &yes}, nil)
	slices.SortStableFunc(list, func(a, b Statement) int { return a.at.Compare(b.at) })
	return list
}
