package page

import (
	"net/http"
	"strings"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
)

// FieldID is the id of the element that a field's fault is linked to: "f-" and the name,
// with what an id may not hold replaced. The first input of a choice has this id.
func FieldID(name string) string {
	return "f-" + strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_':
			return c
		}
		return '-'
	}, name)
}

// FaultText is the message of the first fault of a field, or empty.
func FaultText(words *i18n.Localizer, faults []fault.Field, name string) string {
	for _, f := range faults {
		if f.Pointer == name {
			return words.T(f.Key, f.Args)
		}
	}
	return ""
}

// Summary makes the summary of errors: one line per field, in order, linked to the
// field. label gives the field's own words, put before the message; it may be nil or
// return "" where the message says enough.
func Summary(words *i18n.Localizer, faults []fault.Field, label func(name string) string) ErrorSummary {
	var s ErrorSummary
	seen := map[string]bool{}
	for _, f := range faults {
		if seen[f.Pointer] {
			continue
		}
		seen[f.Pointer] = true
		text := words.T(f.Key, f.Args)
		if label != nil {
			if l := label(f.Pointer); l != "" {
				text = l + ": " + text
			}
		}
		s.Items = append(s.Items, ErrorItem{Href: "#" + FieldID(f.Pointer), Text: text})
	}
	return s
}

// SeeOther sends the browser on after a POST. The script of the page sends its forms
// itself and asks with Os-Fetch: it is told the address in a header, so that the next
// page travels once and not twice over a slow line; a browser without it gets a 303.
// to must be a path of this site.
func SeeOther(w http.ResponseWriter, r *http.Request, to string) {
	if len(to) == 0 || to[0] != '/' || strings.HasPrefix(to, "//") {
		to = "/"
	}
	if r.Header.Get("Os-Fetch") == "1" {
		w.Header().Set("Os-Next", to)
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusNoContent)
		return
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}
