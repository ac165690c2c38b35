// Package badge is the written shape of badges: what is achieved, how, and to which
// competences of the framework it belongs.
//
// It does not: read files (content does), issue anything (credential does).
package badge

import (
	"regexp"
	"slices"
	"strconv"

	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

// Kind says what a badge is given for.
type Kind string

// The kinds.
const (
	Course Kind = "course" // the final check of a course was passed
	Level  Kind = "level"  // a level was shown in the certificate form of an approved test
	Taken  Kind = "taken"  // that test was finished; it shows no level and no competence
)

// Badge is one definition. A change of what it says is a new version.
type Badge struct {
	Slug        string              `json:"slug"`
	Version     int                 `json:"version"`
	Kind        Kind                `json:"kind"`
	Course      string              `json:"course,omitempty"` // slug; "*" stands for every course without a badge of its own
	Art         string              `json:"art,omitempty"`    // name of its picture; empty with "*": the course's icon
	Title       i18n.Text           `json:"title"`
	Description i18n.Text           `json:"description"`
	Criteria    i18n.Text           `json:"criteria"`
	Competences []string            `json:"competences,omitempty"` // "ua5.3"; empty with "*": the course's
	Status      string              `json:"status"`
	Reviews     []instrument.Review `json:"reviews,omitempty"`
}

// Name is slug@version.
func (b *Badge) Name() string { return b.Slug + "@" + strconv.Itoa(b.Version) }

// EveryCourse is the course of the definition that serves courses without their own.
const EveryCourse = "*"

// maxTitle bounds a title, in characters: it stands on one or two lines of a certificate.
const maxTitle = 90

var competence = regexp.MustCompile(`^ua[1-6]\.[1-9]$`)

// Lint finds what the schema cannot say.
func (b *Badge) Lint() (list []instrument.Finding) {
	bad := func(pointer, rule, message, fix string) {
		list = append(list, instrument.Finding{Pointer: pointer, Severity: instrument.Error, Rule: rule, Message: message, Fix: fix})
	}
	if b.Kind == Course && b.Course == "" {
		bad("/course", "badge-course", "the badge names no course", "name the course's slug")
	}
	if b.Kind != Course && b.Course != "" {
		bad("/course", "badge-course", "a badge of a test belongs to no course", "take the course out")
	}
	if b.Course != EveryCourse {
		if b.Art == "" {
			bad("/art", "badge-art", "the badge has no picture", "name a picture of content/badges")
		}
		switch {
		case b.Kind == Taken && len(b.Competences) > 0:
			bad("/competences", "badge-competence", "taking part shows no competence", "take the competences out")
		case b.Kind != Taken && len(b.Competences) == 0:
			bad("/competences", "badge-competence", "the badge is aligned to no competence", "name competences of the framework")
		}
	}
	for i, id := range b.Competences {
		if !competence.MatchString(id) || slices.Contains(b.Competences[:i], id) {
			bad("/competences/"+strconv.Itoa(i), "badge-competence", "«"+id+"» is no competence, or stands twice", "write it as ua5.3")
		}
	}
	for _, t := range []string{b.Title.UK, b.Title.EN} {
		if len([]rune(t)) > maxTitle {
			bad("/title", "badge-title", "the title is longer than "+strconv.Itoa(maxTitle)+" characters", "shorten it")
		}
	}
	if b.Status != "draft" && len(b.Reviews) == 0 {
		bad("/status", "status-unreviewed", "status «"+b.Status+"» without a review by a named person", "set status: draft")
	}
	return list
}
