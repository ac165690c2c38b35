package interchange

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

// giftMark begins the comment that holds what GIFT has no place for.
const giftMark = "// osvitlo: "

// giftMeta stands in the comment before a question.
type giftMeta struct {
	Item    json.RawMessage `json:"item"`
	Lang    string          `json:"lang"`
	Lead    int             `json:"lead,omitempty"`    // characters of the situation before the question
	Options []string        `json:"options,omitempty"` // ids in the order they stand
	Left    []string        `json:"left,omitempty"`
	Right   []string        `json:"right,omitempty"` // ids in the order they first stand
	Order   []string        `json:"order,omitempty"` // ids of right in the order of the item
	Hint    string          `json:"hint,omitempty"`
	Unit    string          `json:"unit,omitempty"`
	Scene   string          `json:"scene,omitempty"`
}

// ExportGIFT writes items as GIFT in one language. What GIFT cannot ask is left out
// with a note.
func ExportGIFT(w io.Writer, items []*instrument.Item, lang string) (report Report, err error) {
	defer fault.Wrap(&err, "interchange.ExportGIFT")
	if !i18n.Known(lang) {
		return report, fault.Newf(fault.Invalid, "", "no language %q", lang)
	}
	if len(items) > MaxItems {
		return report, fault.Newf(fault.TooLarge, "", "a file has at most %d items", MaxItems)
	}
	b := bufio.NewWriter(w)
	category := ""
	for _, it := range items {
		text, ok := giftItem(it, lang, &report)
		if !ok {
			continue
		}
		if it.Competence != category {
			category = it.Competence
			area, _, _ := strings.Cut(category, ".")
			fmt.Fprintf(b, "$CATEGORY: $course$/top/Osvitlo/%s/%s\n\n", area, category)
		}
		b.WriteString(text)
	}
	return report, b.Flush()
}

var giftEscape = strings.NewReplacer(`\`, `\\`, `~`, `\~`, `=`, `\=`, `#`, `\#`, `{`, `\{`, `}`, `\}`, `:`, `\:`, "\n", `\n`)

// giftText escapes a text; one that begins like a format, a weight or a comment is kept
// from being read as such.
func giftText(s string) string {
	s = giftEscape.Replace(s)
	switch {
	case strings.HasPrefix(s, "["), strings.HasPrefix(s, "%"):
		return "[plain]" + s
	}
	return s
}

// giftItem writes one question; false when GIFT has no such thing.
func giftItem(it *instrument.Item, lang string, report *Report) (string, bool) {
	lost := func(uk, en string) (string, bool) {
		report.add(it.ID, "", 0, true, uk, en)
		return "", false
	}
	switch {
	case it.Type == instrument.Ordering:
		return lost("GIFT не має впорядкування", "GIFT has no ordering")
	case it.Type == instrument.Info:
		return lost("довідка — не запитання, її не передано", "an information block is not a question and was left out")
	case !it.Scored():
		return lost("GIFT не має запитань без правильної відповіді", "GIFT has no questions without a right answer")
	}
	say := func(t i18n.Text) string { return t.In(lang) }
	raw, err := metaOf(it)
	if err != nil {
		return lost("запитання не записалося", "the item could not be written")
	}
	meta := giftMeta{Item: raw, Lang: lang, Hint: say(it.Hint), Unit: say(it.Unit)}
	if it.Scene != nil {
		meta.Scene = say(it.Scene.Title)
	}
	text := say(it.Stem)
	if lead := say(it.Lead); lead != "" {
		meta.Lead = len([]rune(lead))
		text = lead + "\n\n" + text
	}
	var b strings.Builder
	feedback := func(t i18n.Text) {
		if s := say(t); s != "" {
			b.WriteString("#" + giftText(s))
		}
	}
	// GIFT has no way to say that an arrow is no pair
	pairs := func(t string) string {
		if strings.Contains(t, "->") {
			report.add(it.ID, "", 0, false, "стрілку «->» записано як «→»", "the arrow “->” was written as “→”")
		}
		return giftText(strings.ReplaceAll(t, "->", "→"))
	}
	switch it.Type {
	case instrument.Single:
		for _, o := range it.Options {
			meta.Options = append(meta.Options, o.ID)
			sign := "~"
			if has(it.Key.IDs, o.ID) {
				sign = "="
			}
			b.WriteString("\n\t" + sign + giftText(say(o.Text)))
			feedback(o.Reason)
		}
	case instrument.Multiple, instrument.Spot:
		wrong := len(it.Options) - len(it.Key.IDs)
		for _, o := range it.Options {
			meta.Options = append(meta.Options, o.ID)
			share := -100 / float64(max(wrong, 1))
			if has(it.Key.IDs, o.ID) {
				share = 100 / float64(len(it.Key.IDs))
			}
			b.WriteString("\n\t~%" + weight(share) + "%" + giftText(say(o.Text)))
			feedback(o.Reason)
		}
	case instrument.Matching:
		for _, l := range it.Left {
			r := it.Key.Pairs[l.ID]
			meta.Left = append(meta.Left, l.ID)
			if !has(meta.Right, r) {
				meta.Right = append(meta.Right, r)
			}
			b.WriteString("\n\t=" + pairs(say(l.Text)) + " -> " + pairs(textOf(it.Right, r, lang)))
		}
		for _, o := range it.Right {
			meta.Order = append(meta.Order, o.ID)
			if !has(meta.Right, o.ID) {
				meta.Right = append(meta.Right, o.ID)
				b.WriteString("\n\t= -> " + pairs(say(o.Text)))
			}
		}
	case instrument.Number:
		r := it.Key.Range
		if r == nil {
			return lost("правильне число не вказано", "the right number is not given")
		}
		if r.Min == r.Max {
			b.WriteString("#" + number(r.Min))
		} else {
			b.WriteString("#" + number(r.Min) + ".." + number(r.Max))
		}
	case instrument.Text:
		for _, a := range it.Accept {
			b.WriteString("\n\t=" + pairs(a))
		}
	default:
		return lost("GIFT не має запитань типу «"+string(it.Type)+"»", "GIFT has no questions of the type “"+string(it.Type)+"”")
	}
	if e := say(it.Explain); e != "" {
		b.WriteString("\n\t####" + giftText(e))
	}
	line, err := flow(meta)
	if err != nil {
		return lost("запитання не записалося", "the item could not be written")
	}
	giftNotes(it, lang, report)
	return giftMark + string(line) + "\n::" + giftEscape.Replace(it.ID) + "::" + giftText(text) + " {" + b.String() + "\n}\n\n", true
}

// weight is a per cent as Moodle takes it: up to five decimals.
func weight(x float64) string {
	return strconv.FormatFloat(math.Round(x*1e5)/1e5, 'f', -1, 64)
}

func textOf(options []instrument.Option, id, lang string) string {
	for _, o := range options {
		if o.ID == id {
			return o.Text.In(lang)
		}
	}
	return ""
}

func giftNotes(it *instrument.Item, lang string, r *Report) {
	note := func(uk, en string) { r.add(it.ID, "", 0, false, uk, en) }
	if !it.Hint.IsZero() {
		note("підказку Moodle не покаже", "Moodle shows no hint")
	}
	if it.Scene != nil {
		note("вигляд сцени не передано, лишився текст", "the look of the scene was not carried, its words were")
	}
	if it.Type == instrument.Spot {
		note("фрагменти сцени передано як варіанти з кількома правильними", "the fragments of the scene travel as options with several right ones")
	}
	if !it.Unit.IsZero() {
		note("одиницю «"+it.Unit.In(lang)+"» Moodle не покаже", "Moodle does not show the unit “"+it.Unit.In(lang)+"”")
	}
	if it.Picture != nil {
		note("картинку «"+it.Picture.Media+"» не передано", "the picture “"+it.Picture.Media+"” was not carried")
	}
	for _, l := range [][]instrument.Option{it.Left, it.Right} {
		for _, o := range l {
			if !o.Reason.IsZero() {
				note("пояснення до «"+o.ID+"» не передано", "the explanation of “"+o.ID+"” was not carried")
			}
		}
	}
}
