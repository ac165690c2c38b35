package content

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"osvitlo/internal/instrument"
)

// Problem is one finding in a content file.
type Problem struct {
	File     string
	Line     int
	Pointer  string // JSON pointer of what is wrong; empty for the file, or where there is none
	Severity instrument.Severity
	Rule     string // stable name of the rule that fired
	Message  string
	Fix      string
}

// String is "file:line: message; fix", with the severity before a message that
// is no error.
func (p Problem) String() string {
	s := fmt.Sprintf("%s:%d: ", p.File, p.Line)
	if p.Severity != instrument.Error {
		s += p.Severity.String() + ": "
	}
	s += p.Message
	if p.Fix != "" {
		s += "; " + p.Fix
	}
	return s
}

// Failed tells whether there is an error among the problems.
func Failed(problems []Problem) bool {
	return slices.ContainsFunc(problems, func(p Problem) bool { return p.Severity == instrument.Error })
}

func sorted(problems []Problem) []Problem {
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Severity, b.Severity), cmp.Compare(a.File, b.File),
			cmp.Compare(a.Line, b.Line), strings.Compare(a.Message, b.Message))
	})
	return problems
}
