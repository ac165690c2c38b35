package content

import (
	"slices"

	"osvitlo/internal/eservice/manual"
)

// Services lists the e-service instructions by their number.
func (l *Library) Services() []*manual.Instruction { return slices.Clone(l.services) }

// Service is an instruction by its slug.
func (l *Library) Service(slug string) (*manual.Instruction, error) {
	for _, in := range l.services {
		if in.Slug == slug {
			return in, nil
		}
	}
	return nil, missing("instruction", slug)
}

// LifeEvents lists the entries of the manual's index in the order of the file.
func (l *Library) LifeEvents() []*manual.LifeEvent { return slices.Clone(l.lifeEvents) }

// ServicesToCheck lists services of the city that nobody has seen yet.
func (l *Library) ServicesToCheck() []*manual.ToCheck { return slices.Clone(l.toCheck) }
