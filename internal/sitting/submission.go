package sitting

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"math"
	"strconv"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
	"osvitlo/internal/sitting/jcs"
)

// MaxBody is the largest body of a whole sitting, in bytes (CONTRACT §4).
const MaxBody = 256 << 10

// Bounds of a submission.
const (
	maxAhead   = 24 * time.Hour       // a device's clock may be that far ahead
	maxLasting = 366 * 24 * time.Hour // between start and submit
	maxID      = 64                   // characters of a campaign or invitation
)

var earliest = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

// Submission is a whole sitting as PUT takes it, read and checked in shape.
// Whether instrument, answers and wave fit, Put tells.
type Submission struct {
	Instrument string
	Version    int
	Language   string
	Mode       Mode
	Purpose    Purpose
	Campaign   string
	Invitation string
	Consent    []string
	Respondent Respondent
	Started    time.Time
	Submitted  time.Time
	BodyHash   string // hex SHA-256 of the JCS

	answers []jcs.Member
}

// gives tells whether the body has a value for an item, be it a wrong one.
func (s *Submission) gives(item string) bool {
	for i := range s.answers {
		if s.answers[i].Name == item {
			return true
		}
	}
	return false
}

// Decode reads a body. On a fault of the text itself the submission is nil; on
// faults of its members it is given too, with its BodyHash, so that a replay can
// still be told from a new sitting. Errors: Invalid with a pointer per fault.
func Decode(body []byte) (*Submission, error) {
	root, err := jcs.Parse(body)
	if err != nil {
		var e *jcs.Error
		errors.As(err, &e)
		return nil, fault.InvalidFields(fault.Field{Pointer: e.Pointer, Key: "json." + string(e.Code),
			Args: map[string]any{"Byte": e.Offset}})
	}
	canonical := root.Append(make([]byte, 0, len(body)))
	sum := sha256.Sum256(canonical)
	sub := &Submission{BodyHash: hex.EncodeToString(sum[:])}
	r := reader{}
	if root.Kind != jcs.Object {
		r.fail("", "json.object", nil)
	} else {
		r.submission(root, sub)
	}
	if len(r.faults) > 0 {
		return sub, fault.InvalidFields(r.faults...)
	}
	return sub, nil
}

// maxFaults bounds what one problem document names.
const maxFaults = 50

// reader collects the faults of a body.
type reader struct{ faults []fault.Field }

func (r *reader) fail(pointer, key string, args map[string]any) {
	if len(r.faults) < maxFaults {
		r.faults = append(r.faults, fault.Field{Pointer: pointer, Key: key, Args: args})
	}
}

func (r *reader) submission(root *jcs.Value, sub *Submission) {
	var have [16]bool
	required := [...]string{"instrument", "version", "language", "mode", "purpose", "consent", "respondent",
		"started_at", "submitted_at", "answers"}
	for i := range root.Members {
		m := &root.Members[i]
		v, at := &m.Value, "/"+m.Name
		for k, name := range required {
			have[k] = have[k] || name == m.Name
		}
		switch m.Name {
		case "instrument":
			sub.Instrument = r.text(v, at, 1, maxID)
		case "version":
			sub.Version = r.whole(v, at, 1, 1_000_000)
		case "language":
			sub.Language = oneOf(r, v, at, i18n.Ukrainian, i18n.English)
		case "mode":
			sub.Mode = oneOf(r, v, at, ModeSelf, ModeMentor, ModePaper, ModePhone)
		case "purpose":
			sub.Purpose = oneOf(r, v, at, PurposeMeasurement, PurposePractice, PurposeCertificate, PurposeProof)
		case "campaign":
			if v.Kind != jcs.Null {
				sub.Campaign = r.text(v, at, 1, maxID)
			}
		case "invitation":
			if v.Kind != jcs.Null {
				sub.Invitation = r.text(v, at, 1, maxID)
			}
		case "consent":
			sub.Consent = r.consent(v, at)
		case "respondent":
			r.respondent(v, at, &sub.Respondent)
		case "started_at":
			sub.Started = r.moment(v, at)
		case "submitted_at":
			sub.Submitted = r.moment(v, at)
		case "answers":
			if v.Kind != jcs.Object {
				r.fail(at, "json.object", nil)
			}
			sub.answers = v.Members
		default:
			r.fail(jcs.Pointer(m.Name, ""), "json.unknown", nil)
		}
	}
	for k, name := range required {
		if !have[k] {
			r.fail("/"+name, "json.required", nil)
		}
	}
	if !sub.Started.IsZero() && !sub.Submitted.IsZero() {
		switch d := sub.Submitted.Sub(sub.Started); {
		case d < 0:
			r.fail("/submitted_at", "time.order", nil)
		case d > maxLasting:
			r.fail("/started_at", "time.lasting", nil)
		}
	}
}

func (r *reader) text(v *jcs.Value, at string, least, most int) string {
	if v.Kind != jcs.String {
		r.fail(at, "json.string", nil)
		return ""
	}
	if len(v.Str) < least || len(v.Str) > most {
		r.fail(at, "json.length", map[string]any{"Min": least, "Max": most})
		return ""
	}
	return v.Str
}

func (r *reader) whole(v *jcs.Value, at string, least, most int) int {
	if v.Kind != jcs.Number || v.Num != math.Trunc(v.Num) {
		r.fail(at, "json.integer", nil)
		return 0
	}
	if v.Num < float64(least) || v.Num > float64(most) {
		r.fail(at, "json.range", map[string]any{"Min": least, "Max": most})
		return 0
	}
	return int(v.Num)
}

func oneOf[T ~string](r *reader, v *jcs.Value, at string, values ...T) T {
	if v.Kind != jcs.String {
		r.fail(at, "json.string", nil)
		return ""
	}
	for _, want := range values {
		if v.Str == string(want) {
			return want
		}
	}
	r.fail(at, "json.choice", nil)
	return ""
}

func (r *reader) moment(v *jcs.Value, at string) time.Time {
	if v.Kind != jcs.String || len(v.Str) > 40 {
		r.fail(at, "time.form", nil)
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339Nano, v.Str)
	if err != nil {
		r.fail(at, "time.form", nil)
		return time.Time{}
	}
	if t.Before(earliest) {
		r.fail(at, "time.early", nil)
		return time.Time{}
	}
	return t.UTC()
}

// maxConsents bounds the purposes a body can name.
const maxConsents = 16

func (r *reader) consent(v *jcs.Value, at string) []string {
	if v.Kind != jcs.Array || len(v.Members) > maxConsents {
		r.fail(at, "json.array", map[string]any{"Max": maxConsents})
		return nil
	}
	out := make([]string, 0, len(v.Members))
	for i := range v.Members {
		where := at + "/" + strconv.Itoa(i)
		c := r.text(&v.Members[i].Value, where, 1, maxID)
		if known(out, c) {
			r.fail(where, "json.twice", nil)
		}
		out = append(out, c)
	}
	return out
}

func (r *reader) respondent(v *jcs.Value, at string, out *Respondent) {
	if v.Kind != jcs.Object {
		r.fail(at, "json.object", nil)
		return
	}
	age := -1
	for i := range v.Members {
		m := &v.Members[i]
		v, at := &m.Value, at+"/"+m.Name
		null := v.Kind == jcs.Null
		switch m.Name {
		case "sex":
			if !null {
				out.Sex = oneOf(r, v, at, Female, Male)
			}
		case "age_group":
			if !null {
				out.AgeGroup = oneOf(r, v, at, AgeUnder14, Age14to17, Age18to29, Age30to39, Age40to49, Age50to59, Age60to69, Age70plus)
			}
		case "age":
			if !null {
				age = r.whole(v, at, 0, MaxAge)
			}
		case "district":
			if !null {
				out.District = r.text(v, at, 1, maxID)
			}
		case "lives":
			out.Lives = oneOf(r, v, at, LivesCommunity, LivesElsewhere, LivesAbroad, LivesRefused)
		case "internet":
			out.Internet = oneOf(r, v, at, InternetYes, InternetHelp, InternetNo)
		default:
			r.fail("/respondent"+jcs.Pointer(m.Name, ""), "json.unknown", nil)
		}
	}
	if age >= 0 {
		group := groupOf(age)
		if out.AgeGroup != "" && out.AgeGroup != group {
			r.fail(at+"/age", "respondent.age_conflict", nil)
		}
		out.AgeGroup, out.AgeBand = group, bandOf(age)
	}
}

// answers reads the answers against the instrument; pointers are /answers/<id>….
func (r *reader) answers(in *instrument.Instrument, members []jcs.Member) instrument.Answers {
	out := make(instrument.Answers, len(members))
	for i := range members {
		m := &members[i]
		it, err := in.Item(m.Name)
		if err != nil {
			r.fail("/answers"+jcs.Pointer(m.Name, ""), "answer.unknown_item", nil)
			continue
		}
		v, f := answer(it, &m.Value)
		if f != nil {
			r.fail("/answers"+jcs.Pointer(m.Name, f.Pointer), f.Key, f.Args)
			continue
		}
		out[m.Name] = v
	}
	return out
}

// answer turns one answer of CONTRACT §3 into a checked value.
func answer(it *instrument.Item, v *jcs.Value) (instrument.Value, *fault.Field) {
	malformed := &fault.Field{Key: "answer.malformed"}
	var out instrument.Value
	switch v.Kind {
	case jcs.String:
		if len(v.Str) > instrument.MaxValue {
			return out, &fault.Field{Key: "answer.too_long", Args: map[string]any{"Max": instrument.MaxValue}}
		}
		out = instrument.Word(v.Str)
	case jcs.Number:
		out = instrument.Num(v.Num)
	case jcs.Array:
		if len(v.Members) > len(it.Options) {
			return out, malformed
		}
		ids := make([]string, len(v.Members))
		for i := range v.Members {
			if v.Members[i].Value.Kind != jcs.String {
				return out, malformed
			}
			ids[i] = v.Members[i].Value.Str
		}
		out = instrument.List(ids...)
	case jcs.Object:
		if len(v.Members) == 1 && v.Members[0].Value.Kind == jcs.Bool && v.Members[0].Value.Bool {
			switch v.Members[0].Name {
			case "dont_know":
				out = instrument.DontKnow()
			case "refused":
				out = instrument.Refused()
			}
		}
		if out.IsZero() {
			if len(v.Members) > len(it.Left) {
				return out, malformed
			}
			pairs := make(map[string]string, len(v.Members))
			for i := range v.Members {
				if v.Members[i].Value.Kind != jcs.String {
					return out, malformed
				}
				pairs[v.Members[i].Name] = v.Members[i].Value.Str
			}
			out = instrument.Pairs(pairs)
		}
	default:
		return out, malformed
	}
	return out, it.Check(out)
}
