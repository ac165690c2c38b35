package lab

import (
	"slices"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// Priority is how much a request matters.
type Priority string

// The priorities.
const (
	Urgent Priority = "urgent" // lessons cannot be held
	Usual  Priority = "usual"
	Later  Priority = "later"
)

// Priorities lists them, the most urgent first.
func Priorities() []Priority { return []Priority{Urgent, Usual, Later} }

// Stage is how far a request is.
type Stage string

// The stages.
const (
	Asked   Stage = "asked"
	Weighed Stage = "weighed" // the department looks into it
	Agreed  Stage = "agreed"
	Refused Stage = "refused"
	Done    Stage = "done"
)

// Stages lists them in the order of their life.
func Stages() []Stage { return []Stage{Asked, Weighed, Agreed, Refused, Done} }

// After lists the stages that may follow a stage. A refused request can be looked into again.
func (s Stage) After() []Stage {
	switch s {
	case Asked:
		return []Stage{Weighed, Agreed, Refused}
	case Weighed:
		return []Stage{Agreed, Refused}
	case Agreed:
		return []Stage{Done, Refused}
	case Refused:
		return []Stage{Weighed}
	case Done:
		return []Stage{Agreed} // marked as done by mistake
	}
	return nil
}

// Waits tells whether a request still waits for something.
func (s Stage) Waits() bool { return s == Asked || s == Weighed || s == Agreed }

// Step is one stage of a request with its moment.
type Step struct {
	Stage  Stage      `json:"stage"`
	At     store.Time `json:"at"`
	By     string     `json:"by"` // number of the person of the staff
	Reason string     `json:"reason,omitempty"`
}

// Request is what an institution asks for: a need, not a brand.
type Request struct {
	store.Doc
	Institution string   `json:"institution"`
	Lab         string   `json:"lab,omitempty"` // the room it is for
	Kind        Kind     `json:"kind"`
	What        string   `json:"what"`            // what is needed, in words
	Why         string   `json:"why"`             // what cannot be done without it
	Needs       string   `json:"needs,omitempty"` // what it must be able to do, one on a line
	Count       int      `json:"count"`
	Priority    Priority `json:"priority"`
	Stage       Stage    `json:"stage"`
	Steps       []Step   `json:"steps"`
	Gone        bool     `json:"gone,omitempty"`
	Changed     int64    `json:"changed"`
}

const maxSteps = 60

// Last is the last step.
func (r *Request) Last() Step {
	if len(r.Steps) == 0 {
		return Step{Stage: r.Stage}
	}
	return r.Steps[len(r.Steps)-1]
}

// Check names everything that is wrong with a request.
func (r *Request) Check() error {
	var f faults
	if !slices.Contains(Kinds(), r.Kind) {
		f.add("kind", "lab.choose", nil)
	}
	if !slices.Contains(Priorities(), r.Priority) {
		f.add("priority", "lab.choose", nil)
	}
	f.text("what", r.What, 2*maxName, true)
	f.text("why", r.Why, maxNote, true)
	f.text("needs", r.Needs, 4*maxNote, false)
	f.within("count", r.Count, 1, maxCount)
	return f.err()
}

// step moves a request on. Errors: Conflict (not from where it stands), Invalid (a refusal
// without a reason).
func (r *Request) step(to Stage, reason, by string, at time.Time) error {
	if !slices.Contains(r.Stage.After(), to) {
		return fault.New(fault.Conflict, "lab.stage")
	}
	var f faults
	f.text("reason", reason, maxNote, to == Refused)
	if err := f.err(); err != nil {
		return err
	}
	if len(r.Steps) >= maxSteps {
		return fault.New(fault.Conflict, "lab.steps")
	}
	r.Stage = to
	r.Steps = append(slices.Clone(r.Steps), Step{Stage: to, At: store.At(at), By: by, Reason: reason})
	return nil
}
