package itembank

import (
	"context"
	"strings"

	"osvitlo/internal/person"
)

// handed is the act of taking a file of items with their keys.
const handed Kind = "export"

// Hand writes down that a person takes the items with their keys for another program:
// format "qti" or "gift", of a competence or, with "", of all. Nothing may be handed
// out before it returns. Errors: those of person.Can for ContentEdit and of the log.
func (s *Service) Hand(ctx context.Context, a *person.Actor, format, competence string) error {
	if v := person.Can(a, person.ContentEdit, person.City); !v.OK() {
		return v.Err()
	}
	return s.audit(ctx, a, handed, strings.TrimSuffix("items:"+format+"/"+competence, "/"))
}
