package help

import (
	"context"
	"regexp"

	"osvitlo/internal/fault"
	"osvitlo/internal/person"
)

var monthForm = regexp.MustCompile(`^20[0-9]{2}-(0[1-9]|1[0-2])$`)

// PutMonth stores the counts of a month that were kept elsewhere, for a month that has
// none here: a day-book on paper, or the demo city. Errors: those of person.Can for
// HelpSettings; Invalid; Conflict.
func (s *Service) PutMonth(ctx context.Context, who *person.Actor, m Month) (err error) {
	defer fault.Wrap(&err, "help.PutMonth")
	if err := s.may(ctx, who, person.HelpSettings, person.City, "", ""); err != nil {
		return err
	}
	if !monthForm.MatchString(m.ID) {
		return fault.InvalidFields(fault.Field{Pointer: "month", Key: "help.bad.day"})
	}
	if err := s.may(ctx, who, person.HelpSettings, person.City, "month", "help:"+m.ID); err != nil {
		return err
	}
	return s.counts.Insert(ctx, &m)
}
