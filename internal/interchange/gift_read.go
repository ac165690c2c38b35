package interchange

import (
	"encoding/json"
	"fmt"
	"html"
	"regexp"
	"strings"
	"unicode/utf8"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

// ImportGIFT reads a GIFT file in one language. A file that cannot be read is an error
// that names its line; a question that cannot be carried is left out with a note.
func ImportGIFT(name string, raw []byte, lang string) (out Imported, err error) {
	defer fault.Wrap(&err, "interchange.ImportGIFT")
	switch {
	case !i18n.Known(lang):
		return out, fault.Newf(fault.Invalid, "", "no language %q", lang)
	case len(raw) > MaxGIFT:
		return out, fault.Newf(fault.TooLarge, "", "a file has at most %d bytes", MaxGIFT)
	case !utf8.Valid(raw):
		return out, bad(name, 0, "the text is not UTF-8")
	}
	g := &giftReader{name: name, lang: lang, out: &out, ids: unique{}}
	text := strings.ReplaceAll(strings.ReplaceAll(strings.TrimPrefix(string(raw), "\ufeff"), "\r\n", "\n"), "\r", "\n")
	var block []string
	start := 0
	flush := func() error {
		if len(block) == 0 {
			return nil
		}
		err := g.question(strings.Join(block, "\n"), start)
		block, g.meta = nil, nil
		return err
	}
	for i, line := range strings.Split(text, "\n") {
		trimmed := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(trimmed, "//"):
			if m, ok := strings.CutPrefix(trimmed, strings.TrimSpace(giftMark)); ok && len(block) == 0 {
				g.meta = []byte(strings.TrimSpace(m))
			}
		case strings.HasPrefix(trimmed, "$CATEGORY:"):
			if err := flush(); err != nil {
				return out, err
			}
			g.category(strings.TrimSpace(strings.TrimPrefix(trimmed, "$CATEGORY:")))
		case trimmed == "":
			if err := flush(); err != nil {
				return out, err
			}
		default:
			if len(block) == 0 {
				start = i + 1
			}
			block = append(block, line)
		}
		if len(out.Items) > MaxItems {
			return out, fault.Newf(fault.TooLarge, "", "a file has at most %d items", MaxItems)
		}
	}
	return out, flush()
}

type giftReader struct {
	name, lang string
	out        *Imported
	ids        unique
	meta       []byte
	competence string
}

var competence = regexp.MustCompile(`\bua[1-6]\.[1-9]$`)

// category keeps the competence, when the category ends with one.
func (g *giftReader) category(path string) { g.competence = competence.FindString(path) }

// giftAnswer is one answer as it stands.
type giftAnswer struct {
	right    bool
	weight   float64 // per cent; NaN-free: weighted tells whether there was one
	weighted bool
	text     string
	pair     string // behind ->, where there is one
	paired   bool
	feedback string
	line     int
}

// split cuts a text at the first unescaped occurrence of a mark.
func split(s, mark string) (before, after string, found bool) {
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' {
			i++
			continue
		}
		if strings.HasPrefix(s[i:], mark) {
			return s[:i], s[i+len(mark):], true
		}
	}
	return s, "", false
}

var (
	giftFormat = regexp.MustCompile(`^\[(html|moodle|plain|markdown)\]`)
	tags       = regexp.MustCompile(`<[^<>]{0,1000}>`)
	breaks     = regexp.MustCompile(`(?i)<br\s*/?>|</p>|</li>|</div>`)
)

// words turns a text of the file into plain words. stripped tells that marks of a
// format were left out.
func (g *giftReader) words(s string) (text string, stripped bool) {
	s = strings.TrimSpace(s)
	format := ""
	if m := giftFormat.FindStringSubmatch(s); m != nil {
		format, s = m[1], s[len(m[0]):]
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
			switch s[i] {
			case 'n':
				b.WriteByte('\n')
			case '\\', '~', '=', '#', '{', '}', ':':
				b.WriteByte(s[i])
			default:
				b.WriteByte('\\')
				b.WriteByte(s[i])
			}
			continue
		}
		if s[i] == '\n' {
			b.WriteByte(' ') // a line of the file is no line of the text
			continue
		}
		b.WriteByte(s[i])
	}
	text = b.String()
	if format == "html" {
		plain := html.UnescapeString(tags.ReplaceAllString(breaks.ReplaceAllString(text, "\n"), ""))
		stripped = tags.MatchString(text) && plain != text
		text = plain
	}
	return limit(tidy(text)), stripped || format == "markdown"
}

// question reads one block of lines; start is its first line.
func (g *giftReader) question(block string, start int) error {
	if len(block) > maxFieldBytes {
		return bad(g.name, start, "a question is over %d bytes", maxFieldBytes)
	}
	title := ""
	body := strings.TrimSpace(block)
	if rest, ok := strings.CutPrefix(body, "::"); ok {
		name, after, found := split(rest, "::")
		if !found {
			return bad(g.name, start, "the title is not closed with ::")
		}
		title, _ = g.words(name)
		body = strings.TrimSpace(after)
	}
	before, rest, found := split(body, "{")
	id := g.ids.take(slug(title, fmt.Sprintf("gift-%d", len(g.out.Items)+1)))
	lost := func(uk, en string) error {
		g.out.Report.add(id, g.name, start, true, uk, en)
		return nil
	}
	if !found {
		return lost("це текст без запитання", "this is a text without a question")
	}
	inside, after, found := split(rest, "}")
	if !found {
		return bad(g.name, start, "the answers are not closed with }")
	}
	format := giftFormat.FindString(strings.TrimSpace(before)) // of the question; answers may have their own
	stem, stripped := g.words(before)
	if tail, more := g.words(format + strings.TrimSpace(after)); tail != "" {
		stem, stripped = strings.TrimSpace(stem+" ____ "+tail), stripped || more
	}
	meta := g.readMeta()
	q := &giftQuestion{g: g, id: id, line: start, meta: meta, format: format}
	if meta.it != nil {
		if title == meta.it.ID {
			delete(g.ids, id)
			id = g.ids.take(meta.it.ID)
			q.id = id
		} else {
			meta.it = nil // the note belongs to another question
		}
	}
	if stripped {
		g.out.Report.add(id, g.name, start, false, "оформлення тексту відкинуто", "the formatting of the text was dropped")
	}
	if err := q.read(stem, inside, lost); err != nil || q.it == nil {
		return err
	}
	q.it.ID = id
	if q.it.Competence == "" {
		q.it.Competence = g.competence
	}
	g.out.Items = append(g.out.Items, q.it)
	g.out.Report.add(id, g.name, start, false, "немає тексту другою мовою", "the words of the other language are missing")
	return nil
}

// heldMeta is the note before a question, read.
type heldMeta struct {
	giftMeta
	it *instrument.Item
}

func (g *giftReader) readMeta() heldMeta {
	var m heldMeta
	if len(g.meta) == 0 || len(g.meta) > maxFieldBytes || json.Unmarshal(g.meta, &m.giftMeta) != nil || m.Lang != g.lang {
		return heldMeta{}
	}
	m.it = fromMeta(m.Item)
	return m
}
