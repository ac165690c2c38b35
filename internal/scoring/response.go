package scoring

// Kind separates tested items from self-assessment; the two are never
// averaged (METHOD §1).
type Kind int

// Kinds of items.
const (
	Knowledge Kind = iota
	SelfReport
)

// Status says what became of an item in a finished sitting.
type Status int

// Statuses of an item.
const (
	// Answered: a value was given, Response.Score is its item score.
	Answered Status = iota
	// Skipped: shown, left empty.
	Skipped
	// DontKnow: the answer "do not know".
	DontKnow
	// Refused: the answer "I do not want to say".
	Refused
	// NotAdministered: never shown (branching, a stop after the first half).
	NotAdministered
)

// Response is one item of one sitting as scoring sees it.
type Response struct {
	Competence string  // framework id, "ua1.1"
	Kind       Kind    //
	Status     Status  //
	Score      float64 // item score in [0, 1]; read only when Status is Answered
}

// Value gives the item score and whether there is one. A knowledge item that
// was shown and not answered counts 0; a self-report item that was not
// answered, and any item not administered, is missing (METHOD §1).
func (r Response) Value() (score float64, present bool) {
	switch r.Status {
	case Answered:
		return r.Score, true
	case Skipped, DontKnow, Refused:
		return 0, r.Kind == Knowledge
	}
	return 0, false
}
