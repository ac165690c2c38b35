package manual

import (
	"slices"
	"strconv"
	"time"

	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

// Kind tells who gives a service.
type Kind string

// The kinds.
const (
	State     Kind = "state"     // one for the whole country
	Municipal Kind = "municipal" // the city's own
	Utility   Kind = "utility"   // suppliers of light, water, heat
	Health    Kind = "health"    // doctors and chemists
)

// Instruction is one e-service in seven headings: purpose, who, prepare, steps, wrong,
// offline, never.
type Instruction struct {
	Number     int       `json:"number"` // place in the manual, from 1
	Slug       string    `json:"slug"`
	Title      i18n.Text `json:"title"`
	Short      i18n.Text `json:"short"` // one sentence for lists
	Kind       Kind      `json:"kind"`
	LifeEvents []string  `json:"life_events"` // ids of life-events.yaml

	Purpose i18n.Text   `json:"purpose"` // 1 Для чого це
	Who     i18n.Text   `json:"who"`     // 2 Хто може скористатися
	Prepare []i18n.Text `json:"prepare"` // 3 Що приготувати
	Steps   []Step      `json:"steps"`   // 4 Кроки
	Wrong   []Trouble   `json:"wrong"`   // 5 Що може піти не так
	Offline []i18n.Text `json:"offline"` // 6 Як отримати без інтернету
	Never   []i18n.Text `json:"never"`   // 7 Чого ніколи не попросять

	Addresses []Address `json:"addresses,omitempty"` // the first is the main one
	Phone     *Phone    `json:"phone,omitempty"`
	Takes     i18n.Text `json:"takes,omitzero"`  // how long; only where known
	Words     []string  `json:"words,omitempty"` // what people type when they look for it, also in Russian

	Schemes     []int               `json:"schemes"`           // frauds that ride on it, 1 to 12
	Competences []string            `json:"competences"`       // "ua4.3"
	Lessons     []string            `json:"lessons,omitempty"` // "public-services/04-pension-portal": course/lesson slug
	Glossary    []string            `json:"glossary,omitempty"`
	Sources     []instrument.Source `json:"sources,omitempty"`
	Owner       string              `json:"owner"`
	CheckedOn   string              `json:"checked_on,omitempty"` // day its official page was opened
	ValidUntil  string              `json:"valid_until"`
	Verified    bool                `json:"verified"` // always false in a file
}

// Step is one act in one sentence.
type Step struct {
	ID      string    `json:"id"`
	Text    i18n.Text `json:"text"`
	Detail  i18n.Text `json:"detail,omitzero"`
	Picture string    `json:"picture,omitempty"` // a name of Pictures
}

// Trouble is what may go wrong and what to do then.
type Trouble struct {
	What i18n.Text `json:"what"`
	Act  i18n.Text `json:"act"`
}

// Address is an official page. Seen is the day somebody opened it, empty if nobody has.
type Address struct {
	URL  string    `json:"url"`
	Name i18n.Text `json:"name"`
	Seen string    `json:"seen,omitempty"`
}

// Phone is a number seen on an official page.
type Phone struct {
	Number string    `json:"number"`
	Name   i18n.Text `json:"name"`
	Seen   string    `json:"seen,omitempty"`
}

// LifeEvent is one entry of the index: what happened in a person's life.
type LifeEvent struct {
	ID    string    `json:"id"`
	Title i18n.Text `json:"title"`
}

// ToCheck is a service of the city that nobody of us has seen yet.
type ToCheck struct {
	ID    string    `json:"id"`
	Title i18n.Text `json:"title"`
	Ask   i18n.Text `json:"ask"` // what the city must say
}

// Headings lists the seven headings in their order; message keys «service-h-<id>».
var Headings = []string{"purpose", "who", "prepare", "steps", "wrong", "offline", "never"}

// Pictures lists the drawings a step may show.
var Pictures = []string{"address-bar", "app-store", "calendar", "call", "camera", "card", "desk", "done", "form", "home",
	"papers", "pharmacy", "print", "search", "shield", "sign", "sign-in", "wait"}

// Schemes is how many fraud schemes there are, numbered from 1.
const Schemes = 12

// Texts visits every human text with its JSON pointer.
func (in *Instruction) Texts(visit func(pointer string, t i18n.Text)) {
	some := func(pointer string, t i18n.Text) {
		if !t.IsZero() {
			visit(pointer, t)
		}
	}
	list := func(pointer string, texts []i18n.Text) {
		for i, t := range texts {
			some(pointer+"/"+strconv.Itoa(i), t)
		}
	}
	some("/title", in.Title)
	some("/short", in.Short)
	some("/purpose", in.Purpose)
	some("/who", in.Who)
	list("/prepare", in.Prepare)
	for i, s := range in.Steps {
		at := "/steps/" + strconv.Itoa(i)
		some(at+"/text", s.Text)
		some(at+"/detail", s.Detail)
	}
	for i, w := range in.Wrong {
		at := "/wrong/" + strconv.Itoa(i)
		some(at+"/what", w.What)
		some(at+"/act", w.Act)
	}
	list("/offline", in.Offline)
	list("/never", in.Never)
	for i, a := range in.Addresses {
		some("/addresses/"+strconv.Itoa(i)+"/name", a.Name)
	}
	if in.Phone != nil {
		some("/phone/name", in.Phone.Name)
	}
	some("/takes", in.Takes)
}

// Step finds a step by its id, nil if there is none.
func (in *Instruction) Step(id string) *Step {
	if i := slices.IndexFunc(in.Steps, func(s Step) bool { return s.ID == id }); i >= 0 {
		return &in.Steps[i]
	}
	return nil
}

// Until is the end of the last day (in Kyiv) on which the text counts as fresh; the
// zero time if the day cannot be read.
func (in *Instruction) Until() time.Time {
	day, err := time.ParseInLocation(time.DateOnly, in.ValidUntil, i18n.Kyiv)
	if err != nil {
		return time.Time{}
	}
	return day.AddDate(0, 0, 1)
}

// Expired tells whether the text must be read again.
func (in *Instruction) Expired(now time.Time) bool { return !now.Before(in.Until()) }

// Clone is a deep copy that may be changed.
func (in *Instruction) Clone() *Instruction {
	c := *in
	c.LifeEvents, c.Prepare, c.Steps = slices.Clone(in.LifeEvents), slices.Clone(in.Prepare), slices.Clone(in.Steps)
	c.Wrong, c.Offline, c.Never = slices.Clone(in.Wrong), slices.Clone(in.Offline), slices.Clone(in.Never)
	c.Addresses, c.Words, c.Schemes = slices.Clone(in.Addresses), slices.Clone(in.Words), slices.Clone(in.Schemes)
	c.Competences, c.Lessons, c.Glossary = slices.Clone(in.Competences), slices.Clone(in.Lessons), slices.Clone(in.Glossary)
	c.Sources = slices.Clone(in.Sources)
	if in.Phone != nil {
		p := *in.Phone
		c.Phone = &p
	}
	return &c
}
