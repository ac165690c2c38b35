package instrument

import "slices"

// Step is one block with what it resolves to: an Item, a Question or a pause.
type Step struct {
	Section  string
	Block    Block
	Item     *Item               // nil for others
	Question *RespondentQuestion // nil for others
	Required bool                // by the item itself or by a rule
}

// ID is the block's id.
func (s Step) ID() string { return s.Block.ID() }

// Path is the blocks on a sitting's route, derived from answers and never stored.
type Path struct {
	Steps    []Step
	OffPath  []string // ids of answers that are not on the path, sorted; never scored
	SwitchTo string   // instrument to go on with; the path ends there
}

// Index is the place of a block on the path, or -1.
func (p Path) Index(blockID string) int {
	return slices.IndexFunc(p.Steps, func(s Step) bool { return s.Block.ID() == blockID })
}

// Has tells whether a block is on the path.
func (p Path) Has(blockID string) bool { return p.Index(blockID) >= 0 }

// Path derives the route from the answers so far. Blocks are walked once, in
// order; of two jumps from one block the first that holds is made; a condition sees only answers of blocks already on the path, so an
// answer that fell off cannot keep others on. The same input gives the same path.
func (in *Instrument) Path(answers Answers, respondent Respondent) Path {
	on := make([]bool, len(in.flat))
	s := seen{in: in, answers: answers, respondent: respondent, on: on}
	p := Path{Steps: make([]Step, 0, len(in.flat))}
	jump := 0 // blocks before it are jumped over
walk:
	for i := range in.flat {
		if i >= jump && !in.skipped(i, s) {
			on[i] = true
			step := in.flat[i]
			step.Required = (step.Item != nil && step.Item.Required) || in.required(i, s)
			p.Steps = append(p.Steps, step)
		}
		for _, r := range in.placed {
			if r.anchor != i || i < jump {
				continue
			}
			switch r.op {
			case "switch_to":
				if r.When.holds(s) {
					p.SwitchTo = r.SwitchTo
					break walk
				}
			case "go_to":
				if r.When.holds(s) {
					jump = r.targets[0][0]
				}
			}
		}
	}
	for id := range answers {
		if i, ok := in.at[id]; !ok || !on[i] {
			p.OffPath = append(p.OffPath, id)
		}
	}
	slices.Sort(p.OffPath)
	return p
}

func (in *Instrument) skipped(i int, s seen) bool { return in.targeted("skip", i, s) }

func (in *Instrument) required(i int, s seen) bool { return in.targeted("require", i, s) }

func (in *Instrument) targeted(op string, i int, s seen) bool {
	for _, r := range in.placed {
		if r.op != op {
			continue
		}
		for _, t := range r.targets {
			if t[0] <= i && i < t[1] && r.When.holds(s) {
				return true
			}
		}
	}
	return false
}
