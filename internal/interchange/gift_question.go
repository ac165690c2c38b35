package interchange

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

// giftQuestion is a question while it is read.
type giftQuestion struct {
	g      *giftReader
	id     string
	line   int
	format string
	meta   heldMeta
	it     *instrument.Item
}

func (q *giftQuestion) note(line int, uk, en string) {
	q.g.out.Report.add(q.id, q.g.name, line, false, uk, en)
}

// words reads a text, in the question's own format where it names none.
func (q *giftQuestion) words(s string) string {
	s = strings.TrimSpace(s)
	if giftFormat.FindString(s) == "" {
		s = q.format + s
	}
	text, stripped := q.g.words(s)
	if stripped {
		q.note(q.line, "оформлення тексту відкинуто", "the formatting of the text was dropped")
	}
	return text
}

func (q *giftQuestion) text(s string) i18n.Text { return said(q.words(s), q.g.lang) }

// begin makes the draft of a type, from our note where it fits.
func (q *giftQuestion) begin(t instrument.Type, closer ...instrument.Type) {
	if q.meta.it != nil && (q.meta.it.Type == t || slices.Contains(closer, q.meta.it.Type)) {
		q.it = q.meta.it
		q.it.Hint, q.it.Unit = said(q.meta.Hint, q.g.lang), said(q.meta.Unit, q.g.lang)
		if q.it.Scene != nil && q.meta.Scene != "" {
			q.it.Scene.Title = said(q.meta.Scene, q.g.lang)
		}
		q.it.Can = only(q.it.Can, q.g.lang)
		if q.it.Picture != nil {
			q.it.Picture.Alt = only(q.it.Picture.Alt, q.g.lang)
		}
		return
	}
	q.meta = heldMeta{}
	q.it = blank(q.id, t)
}

// asked puts the question's words in, the situation apart where we know its length.
func (q *giftQuestion) asked(text string) {
	if n, r := q.meta.Lead, []rune(text); n > 0 && n+2 <= len(r) && string(r[n:n+2]) == "\n\n" {
		q.it.Lead, q.it.Stem = said(string(r[:n]), q.g.lang), said(string(r[n+2:]), q.g.lang)
		return
	}
	if i := strings.LastIndex(text, "\n\n"); i > 0 {
		q.it.Lead, q.it.Stem = said(strings.TrimSpace(text[:i]), q.g.lang), said(strings.TrimSpace(text[i+2:]), q.g.lang)
		return
	}
	q.it.Stem = said(text, q.g.lang)
}

// read decides what kind of question the answers make.
func (q *giftQuestion) read(stem, inside string, lost func(uk, en string) error) error {
	answers, general, _ := split(inside, "####")
	trimmed := strings.TrimSpace(answers)
	var err error
	switch word, _, _ := split(trimmed, "#"); strings.ToUpper(strings.TrimSpace(word)) {
	case "T", "TRUE", "F", "FALSE":
		q.truth(trimmed, strings.HasPrefix(strings.ToUpper(trimmed), "T"))
	default:
		switch {
		case trimmed == "":
			return lost("розгорнуту відповідь програма не оцінює", "an essay is not scored by the program")
		case strings.HasPrefix(trimmed, "#"):
			err = q.number(trimmed[1:])
		default:
			err = q.answers(trimmed, lost)
		}
	}
	if err != nil || q.it == nil {
		return err
	}
	q.asked(stem)
	q.it.Explain = q.text(general)
	return nil
}

func (q *giftQuestion) truth(text string, right bool) {
	q.begin(instrument.Single)
	yes, no := i18n.Text{UK: "Правда", EN: "True"}, i18n.Text{UK: "Неправда", EN: "False"}
	q.it.Options = []instrument.Option{{ID: "yes", Text: only(yes, q.g.lang)}, {ID: "no", Text: only(no, q.g.lang)}}
	q.it.Shuffle = false
	q.it.Key.IDs = []string{"yes"}
	wrong := 1
	if !right {
		q.it.Key.IDs, wrong = []string{"no"}, 0
	}
	// {T#for the wrong answer#for the right one}
	_, rest, _ := split(text, "#")
	bad, good, _ := split(rest, "#")
	q.it.Options[wrong].Reason, q.it.Options[1-wrong].Reason = q.text(bad), q.text(good)
}

// list cuts the answers at = and ~.
func (q *giftQuestion) list(s string) ([]giftAnswer, error) {
	var out []giftAnswer
	begin, line := -1, q.line
	cut := func(end int) error {
		if begin < 0 {
			return nil
		}
		if len(out) >= maxAccept {
			return bad(q.g.name, q.line, "more than %d answers", maxAccept)
		}
		a := giftAnswer{right: s[begin] == '=', line: line}
		text := strings.TrimSpace(s[begin+1 : end])
		if m := giftWeight.FindStringSubmatch(text); m != nil {
			w, err := strconv.ParseFloat(m[1], 64)
			if err != nil || w < -100 || w > 100 {
				return bad(q.g.name, q.line, "the weight %q is not −100 to 100", m[1])
			}
			a.weight, a.weighted, text = w, true, text[len(m[0]):]
		}
		text, feedback, _ := split(text, "#")
		a.feedback = feedback
		if l, r, ok := split(text, "->"); ok {
			a.text, a.pair, a.paired = l, r, true
		} else {
			a.text = text
		}
		out = append(out, a)
		return nil
	}
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '=', '~':
			if err := cut(i); err != nil {
				return nil, err
			}
			begin = i
		}
	}
	return out, cut(len(s))
}

var giftWeight = regexp.MustCompile(`^%(-?[0-9]+(?:\.[0-9]+)?)%`)

func (q *giftQuestion) answers(s string, lost func(uk, en string) error) error {
	list, err := q.list(s)
	if err != nil {
		return err
	}
	var rights, wrongs, paired, weighted int
	for _, a := range list {
		if a.right {
			rights++
		} else {
			wrongs++
		}
		if a.paired && a.right {
			paired++
		}
		if a.weighted {
			weighted++
		}
	}
	if paired < len(list) { // an arrow in a text is no pair
		for i, a := range list {
			if a.paired {
				list[i].text = a.text + "->" + a.pair
			}
		}
	}
	switch {
	case len(list) == 0:
		return lost("відповідей не знайдено", "no answers were found")
	case len(list) > maxOptions && wrongs+paired > 0:
		return bad(q.g.name, q.line, "more than %d answers", maxOptions)
	case paired == len(list):
		return q.matching(list, lost)
	case wrongs == 0:
		q.short(list)
	case rights == 0 && weighted > 0:
		q.options(list, instrument.Multiple)
	case rights == 1 && wrongs > 0:
		if weighted > 0 {
			q.note(q.line, "часткові бали за варіанти не перенесено", "partial credit of options was not carried")
		}
		q.options(list, instrument.Single)
	default:
		return lost("правильних варіантів «=» має бути один, або ваги в усіх «~»", "there must be one “=” or weights on every “~”")
	}
	return nil
}

func (q *giftQuestion) options(list []giftAnswer, t instrument.Type) {
	if t == instrument.Multiple {
		q.begin(t, instrument.Spot)
	} else {
		q.begin(t)
	}
	ids := q.meta.Options
	if len(ids) != len(list) || !valid(ids) {
		ids = nil
	}
	q.it.Options = nil
	for i, a := range list {
		o := instrument.Option{ID: letter(i), Text: q.text(a.text), Reason: q.text(a.feedback)}
		if ids != nil {
			o.ID = ids[i]
		}
		q.it.Options = append(q.it.Options, o)
		if a.right || t == instrument.Multiple && a.weight > 0 {
			q.it.Key.IDs = append(q.it.Key.IDs, o.ID)
		}
	}
	if t == instrument.Multiple {
		q.weights(list)
	}
}

// weights tells when the weights of the file are not those our scoring gives.
func (q *giftQuestion) weights(list []giftAnswer) {
	rights := len(q.it.Key.IDs)
	wrongs := len(list) - rights
	for _, a := range list {
		want := -100 / float64(max(wrongs, 1))
		if a.weight > 0 {
			want = 100 / float64(rights)
		}
		if d := a.weight - want; d > 0.01 || d < -0.01 {
			q.note(q.line, "ваги варіантів замінено нашими: частка правильних мінус частка хибних",
				"the weights were replaced by ours: share of the right less share of the wrong")
			return
		}
	}
}

func (q *giftQuestion) short(list []giftAnswer) {
	q.begin(instrument.Text)
	q.it.Accept = nil
	for _, a := range list {
		text := q.words(a.text)
		if a.weighted && a.weight < 100 {
			q.note(q.line, "часткові бали за «"+text+"» не перенесено", "partial credit for “"+text+"” was not carried")
			continue
		}
		if strings.Contains(text, "*") {
			q.note(q.line, "зірочка в «"+text+"» у нас є звичайним знаком", "the asterisk in “"+text+"” is a plain sign here")
		}
		if strings.TrimSpace(a.feedback) != "" {
			q.note(q.line, "відгук на «"+text+"» не перенесено", "the feedback on “"+text+"” was not carried")
		}
		if text != "" && !slices.Contains(q.it.Accept, text) {
			q.it.Accept = append(q.it.Accept, text)
		}
	}
	if len(q.it.Accept) == 0 {
		q.note(q.line, "правильну відповідь не вказано", "the right answer is not given")
	}
}

func valid(ids []string) bool {
	seen := map[string]bool{}
	for _, id := range ids {
		if !optionForm.MatchString(id) || seen[id] {
			return false
		}
		seen[id] = true
	}
	return true
}

func (q *giftQuestion) matching(list []giftAnswer, lost func(uk, en string) error) error {
	var rights []string
	pairs := map[int]int{} // left to right
	var lefts []i18n.Text
	for _, a := range list {
		l, r := q.words(a.text), q.words(a.pair)
		at := slices.Index(rights, r)
		if at < 0 {
			at = len(rights)
			rights = append(rights, r)
		}
		if l != "" {
			pairs[len(lefts)] = at
			lefts = append(lefts, said(l, q.g.lang))
		}
	}
	if len(lefts) < 2 || len(rights) < 2 {
		return lost("пар менше ніж дві", "there are fewer than two pairs")
	}
	q.begin(instrument.Matching)
	left, right, order := q.meta.Left, q.meta.Right, q.meta.Order
	if len(left) != len(lefts) || len(right) != len(rights) || !valid(left) || !valid(right) {
		left, right, order = nil, nil, nil
		for i := range lefts {
			left = append(left, fmt.Sprintf("l%d", i+1))
		}
		for i := range rights {
			right = append(right, fmt.Sprintf("r%d", i+1))
		}
	}
	q.it.Key.Pairs = map[string]string{}
	for i, t := range lefts {
		q.it.Left = append(q.it.Left, instrument.Option{ID: left[i], Text: t})
		q.it.Key.Pairs[left[i]] = right[pairs[i]]
	}
	for i, t := range rights {
		q.it.Right = append(q.it.Right, instrument.Option{ID: right[i], Text: said(t, q.g.lang)})
	}
	if len(order) == len(right) && valid(order) {
		slices.SortStableFunc(q.it.Right, func(a, b instrument.Option) int {
			return slices.Index(order, a.ID) - slices.Index(order, b.ID)
		})
	}
	return nil
}

// number reads {#5}, {#5:0.1}, {#1..5} and {#=5:0.1 =%50%6:1}.
func (q *giftQuestion) number(s string) error {
	s = strings.TrimSpace(s)
	first := s
	if strings.HasPrefix(s, "=") || strings.HasPrefix(s, "~") {
		list, err := q.list(s)
		if err != nil {
			return err
		}
		first = ""
		for _, a := range list {
			if a.right && (!a.weighted || a.weight == 100) && first == "" {
				first = a.text
				continue
			}
			q.note(q.line, "інші числа й часткові бали не перенесено", "other numbers and partial credit were not carried")
		}
	}
	first, feedback, _ := split(first, "#")
	if strings.TrimSpace(feedback) != "" {
		q.note(q.line, "відгук на число не перенесено", "the feedback on the number was not carried")
	}
	r, err := rangeOf(strings.TrimSpace(first))
	if err != nil {
		return bad(q.g.name, q.line, "%v", err)
	}
	q.begin(instrument.Number)
	q.it.Key.Range = r
	return nil
}

func rangeOf(s string) (*instrument.Range, error) {
	parse := func(s string) (float64, error) {
		x, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
		if err != nil || !finite(x) {
			return 0, fmt.Errorf("%q is not a number", s)
		}
		return x, nil
	}
	if a, b, ok := strings.Cut(s, ".."); ok {
		low, err := parse(a)
		if err != nil {
			return nil, err
		}
		high, err := parse(b)
		if err == nil && high < low {
			err = fmt.Errorf("%q is an inverted range", s)
		}
		return &instrument.Range{Min: low, Max: high}, err
	}
	a, b, ok := strings.Cut(s, ":")
	x, err := parse(a)
	if err != nil || !ok {
		return &instrument.Range{Min: x, Max: x}, err
	}
	near, err := parse(b)
	if err == nil && near < 0 {
		err = fmt.Errorf("%q is a negative tolerance", s)
	}
	return &instrument.Range{Min: x - near, Max: x + near}, err
}
