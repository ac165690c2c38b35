package draft

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// order is how the members of a file stand; others follow by their names.
var order = []string{"slug", "course", "version", "id", "type", "kind", "pass", "competence", "title", "term", "summary", "for", "audience",
	"minutes", "competences", "level", "levels", "from", "to", "icon", "goal", "summary_en", "uk", "en", "intro", "brand", "task", "honest",
	"difficulty", "stem", "lead", "hint", "scene", "file", "alt", "caption", "clip", "small", "poster", "subtitles", "subtitles_en", "sign", "silent", "seconds",
	"shows", "says", "text", "front", "back", "asks", "suspicious", "reason", "picture", "options", "left", "right", "elements", "cards", "sentences", "items", "key", "shuffle", "explain",
	"feedback", "transcript", "storyboard", "item", "activities", "handout", "mentor", "sources", "glossary", "lessons", "owner", "status", "reviews", "by", "on", "checked_on", "valid_until"}

// Write is the text of a file: YAML that the loader reads back as the same values, and
// the same values are always the same text.
func Write(tree Tree) string {
	var b strings.Builder
	writeMap(&b, tree, "")
	return b.String()
}

func keysOf(t map[string]any) []string {
	keys := make([]string, 0, len(t))
	for k := range t {
		keys = append(keys, k)
	}
	rank := func(k string) int {
		if i := slices.Index(order, k); i >= 0 {
			return i
		}
		return len(order)
	}
	slices.SortFunc(keys, func(a, b string) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return keys
}

func writeMap(b *strings.Builder, t map[string]any, indent string) {
	for i, k := range keysOf(t) {
		if i > 0 {
			b.WriteString(indent)
		}
		b.WriteString(keyText(k))
		b.WriteByte(':')
		writeValue(b, t[k], indent)
	}
}

// writeValue writes what stands behind a colon, with the end of the line.
func writeValue(b *strings.Builder, v any, indent string) {
	inner := indent + "  "
	switch t := v.(type) {
	case map[string]any:
		if len(t) == 0 {
			b.WriteString(" {}\n")
			return
		}
		b.WriteString("\n" + inner)
		writeMap(b, t, inner)
	case []any:
		if len(t) == 0 {
			b.WriteString(" []\n")
			return
		}
		b.WriteByte('\n')
		for _, e := range t {
			b.WriteString(inner + "-")
			switch x := e.(type) {
			case map[string]any:
				if len(x) == 0 {
					b.WriteString(" {}\n")
					continue
				}
				b.WriteByte(' ')
				writeMap(b, x, inner+"  ")
			case []any: // lists of lists are not content
				b.WriteString(" []\n")
			default:
				writeValue(b, e, inner)
			}
		}
	case string:
		if !block(t) {
			b.WriteString(" " + quote(t) + "\n")
			return
		}
		b.WriteString(" |")
		if !strings.HasSuffix(t, "\n") {
			b.WriteByte('-')
		}
		b.WriteByte('\n')
		for _, line := range strings.Split(strings.TrimSuffix(t, "\n"), "\n") {
			if line != "" {
				b.WriteString(inner + line)
			}
			b.WriteByte('\n')
		}
	case bool:
		b.WriteString(" " + strconv.FormatBool(t) + "\n")
	case float64:
		b.WriteString(" " + number(t) + "\n")
	case int:
		b.WriteString(" " + strconv.Itoa(t) + "\n")
	default:
		b.WriteString(" null\n")
	}
}

func number(f float64) string {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return "0"
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// bare is a word that YAML reads as nothing else.
var bare = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

var notBare = []string{"true", "false", "null", "yes", "no", "on", "off", "y", "n"}

func isBare(s string) bool { return bare.MatchString(s) && !slices.Contains(notBare, s) }

func keyText(k string) string {
	if isBare(strings.ReplaceAll(k, "_", "x")) && !slices.Contains(notBare, k) {
		return k
	}
	return quote(k)
}

// block tells whether a text of several lines can stand as «|» and come back unchanged.
func block(s string) bool {
	body := strings.TrimSuffix(s, "\n")
	if !strings.Contains(body, "\n") || strings.HasSuffix(body, "\n") || strings.HasPrefix(body, "\n") {
		return false
	}
	for i, line := range strings.Split(body, "\n") {
		if line != strings.TrimRight(line, " ") || i == 0 && strings.HasPrefix(line, " ") || line != "" && strings.TrimSpace(line) == "" {
			return false
		}
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		return r != '\n' && (unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == '\ufeff')
	})
}

func quote(s string) string {
	if isBare(s) {
		return s
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x10000 && (unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == '\ufeff'):
			h := strconv.FormatInt(int64(r), 16)
			b.WriteString(`\u` + strings.Repeat("0", 4-len(h)) + h)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
