package sitting

import (
	"slices"

	"osvitlo/internal/adaptive"
	"osvitlo/internal/instrument"
	"osvitlo/internal/quality"
	"osvitlo/internal/store"
)

// ConsentStatistics is the purpose without which a sitting is never counted.
const ConsentStatistics = "statistics"

// Sitting is one respondent on one instrument, the whole of it in one document.
// A tombstone keeps the id, Erased, and until it is stripped Seq and Tally.
type Sitting struct {
	store.Doc
	Instrument string `json:"instrument,omitempty"` // slug
	Version    int    `json:"version,omitempty"`
	Hash       string `json:"hash,omitempty"`   // of the instrument's version
	Role       Role   `json:"role,omitempty"`   // of the instrument
	Method     int    `json:"method,omitempty"` // version of the scoring rules, pinned at the start

	Language   string     `json:"language,omitempty"`
	Mode       Mode       `json:"mode,omitempty"`
	Purpose    Purpose    `json:"purpose,omitempty"`
	Campaign   string     `json:"campaign,omitempty"`
	Invitation string     `json:"invitation,omitempty"`
	Evidence   Evidence   `json:"evidence,omitempty"`
	Consent    []string   `json:"consent,omitempty"`
	Respondent Respondent `json:"respondent,omitzero"`

	Answers instrument.Answers `json:"answers,omitempty"` // as given, on the path
	Spent   map[string]int     `json:"spent,omitempty"`   // seconds per block; a block has an entry once it was left
	Breaks  []string           `json:"breaks,omitempty"`  // blocks with a break in them: their time is not used
	Stopped bool               `json:"stopped,omitempty"` // the honest stop after the first half
	// Switched names the instrument this sitting began on before a rule led to
	// the present one, and Parked what was answered there, should the person go back.
	Switched        string             `json:"switched,omitempty"`
	SwitchedVersion int                `json:"switched_version,omitempty"`
	Parked          instrument.Answers `json:"parked,omitempty"`

	Bank string          `json:"bank,omitempty"` // version of the pool an adaptive part chooses from
	Log  []adaptive.Step `json:"log,omitempty"`  // of the adaptive part

	Started   store.Time `json:"started,omitzero"`   // as the device said
	Submitted store.Time `json:"submitted,omitzero"` // as the device said
	Received  store.Time `json:"received,omitzero"`  // by the server's clock
	Expires   store.Time `json:"expires,omitzero"`   // when the sweep looks at it; absent: never

	BodyHash string  `json:"body_hash,omitempty"` // hex SHA-256 of the JCS of the submitted body
	KeyHash  string  `json:"key_hash,omitempty"`  // hex SHA-256 of the result key
	CodeTry  int     `json:"code_try,omitempty"`  // which of the sitting's resume codes was free
	Device   string  `json:"device,omitempty"`    // id of the device's or account's claim in the wave
	Account  string  `json:"account,omitempty"`   // keyed hash of the account it was taken under, for that claim
	Helper   *Helper `json:"helper,omitempty"`    // whose token it came under; never in the tally

	Disposition Disposition `json:"disposition,omitempty"`
	State       State       `json:"state,omitempty"`
	Reasons     []string    `json:"reasons,omitempty"`
	Wave        string      `json:"wave,omitempty"`
	Late        bool        `json:"late,omitempty"` // enters revision 2 of the wave
	Score       *Score      `json:"score,omitempty"`

	Quality  *quality.Report `json:"quality,omitempty"`  // figures and reasons; they decide nothing
	Decision *Decision       `json:"decision,omitempty"` // what an analyst said of a held sitting

	Seq    int64  `json:"seq,omitempty"`
	Tally  string `json:"tally,omitempty"`
	Erased bool   `json:"erased,omitempty"`

	way *way // derived from Bank and Log; nil without an adaptive part
}

// Respondent is what the person said about themselves. Empty means not said;
// Refused lists the questions that were refused in words.
type Respondent struct {
	Sex      Sex      `json:"sex,omitempty"`
	AgeGroup AgeGroup `json:"age_group,omitempty"`
	AgeBand  string   `json:"age_band,omitempty"` // five-year band; the age itself is not kept
	District string   `json:"district,omitempty"`
	Lives    Lives    `json:"lives,omitempty"`
	Internet Internet `json:"internet,omitempty"`
	Refused  []string `json:"refused,omitempty"`
}

// Refused is the word for a refusal, in answers about the respondent too.
const Refused = "refused"

// Ids of the background questions.
const (
	AskSex      = "sex"
	AskAge      = "age_group"
	AskDistrict = "district"
	AskLives    = "lives"
	AskInternet = "internet"
)

// Answers gives the background answers as the rules of an instrument read them.
func (r *Respondent) Answers() instrument.Respondent {
	out := make(instrument.Respondent, 5)
	put := func(id, v string) {
		if v != "" {
			out[id] = v
		}
	}
	for _, id := range r.Refused {
		out[id] = Refused
	}
	put(AskSex, string(r.Sex))
	put(AskAge, string(r.AgeGroup))
	put(AskDistrict, r.District)
	put(AskLives, string(r.Lives))
	put(AskInternet, string(r.Internet))
	return out
}

// set stores an option id, a refusal, or nothing; false for an unknown question.
func (r *Respondent) set(question, answer string) bool {
	value := answer
	r.Refused = slices.DeleteFunc(r.Refused, func(q string) bool { return q == question })
	if answer == Refused && question != AskLives {
		value = ""
		r.Refused = append(r.Refused, question)
	}
	switch question {
	case AskSex:
		r.Sex = Sex(value)
	case AskAge:
		r.AgeGroup, r.AgeBand = AgeGroup(value), ""
	case AskDistrict:
		r.District = value
	case AskLives:
		r.Lives = Lives(value)
	case AskInternet:
		r.Internet = Internet(value)
	default:
		return false
	}
	return true
}

// Consents tells whether the person agreed to this purpose.
func (s *Sitting) Consents(purpose string) bool { return slices.Contains(s.Consent, purpose) }

// Done tells whether the sitting is submitted: final.
func (s *Sitting) Done() bool { return !s.Submitted.IsZero() }

// left tells whether a block was left, answered or not.
func (s *Sitting) left(block string) bool {
	_, ok := s.Spent[block]
	return ok
}

// path is the route of this sitting: that of its answers, without the harder
// knowledge items once the person has stopped.
func (s *Sitting) path(in *instrument.Instrument) instrument.Path {
	p := s.walk(in, s.Respondent.Answers())
	if s.Stopped {
		p.Steps = slices.DeleteFunc(p.Steps, func(st instrument.Step) bool {
			if st.Item == nil || !st.Item.Scored() || in.InFirst(st.Item.ID) {
				return false
			}
			if _, answered := s.Answers[st.Item.ID]; answered {
				p.OffPath = append(p.OffPath, st.Item.ID)
			}
			return true
		})
		slices.Sort(p.OffPath)
	}
	return p
}

// drop removes the answers that left the path; what is dropped is never scored.
func (s *Sitting) drop(p instrument.Path) {
	for _, id := range p.OffPath {
		delete(s.Answers, id)
		delete(s.Spent, id)
	}
}
