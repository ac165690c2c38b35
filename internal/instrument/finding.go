package instrument

import (
	"maps"
	"slices"
	"strings"
)

// Severity says what a finding does: an Error refuses the content, a Warning is
// for an editor's eye, a Note is only listed.
type Severity uint8

// The severities.
const (
	Error Severity = iota
	Warning
	Note
)

func (s Severity) String() string {
	switch s {
	case Error:
		return "error"
	case Warning:
		return "warning"
	}
	return "note"
}

// Finding is one thing wrong with content.
type Finding struct {
	Severity Severity
	Rule     string // stable name of the rule that fired
	Pointer  string // JSON pointer into the document
	Message  string // what is wrong
	Fix      string // how to mend it
}

// Report collects findings.
type Report struct{ Findings []Finding }

// Error adds an error.
func (r *Report) Error(pointer, rule, message, fix string) {
	r.Findings = append(r.Findings, Finding{Error, rule, pointer, message, fix})
}

// Warn adds a warning.
func (r *Report) Warn(pointer, rule, message, fix string) {
	r.Findings = append(r.Findings, Finding{Warning, rule, pointer, message, fix})
}

// Note adds a note.
func (r *Report) Note(pointer, rule, message, fix string) {
	r.Findings = append(r.Findings, Finding{Note, rule, pointer, message, fix})
}

// Failed tells whether there is an error among the findings.
func (r *Report) Failed() bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Severity == Error })
}

func quote(s string) string { return "«" + s + "»" }

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")

func escapePointer(s string) string { return pointerEscape.Replace(s) }
