package page

import (
	"fmt"
	"html/template"
)

// The arguments of the partials. All words are already in the reader's language;
// the partials tie short words themselves. Every partial is called with a value of
// its type: {{template "choices" .Answer}}.

// Button is the argument of "button": a <button> or, with Href, a link that looks like one.
type Button struct {
	Text  string
	Href  string
	Kind  string // "main" (default), "second", "quiet", "bad"
	Small bool   // 44 px high and as wide as its words instead of 56 px and full width
	Icon  string
	Name  string // with Value: which button was pressed
	Value string
	Form  string // id of a form elsewhere on the page
	// Busy are the words shown while the form is on its way; the script uses them.
	Busy string
	// Does names what the script does: "print", "share", "read"; such a button is
	// hidden until the script has found that the device can do it.
	Does string
	// Confirm is asked by the script before the form is sent.
	Confirm string
}

// Choice is one radio button or check box, at least 60 px high.
type Choice struct {
	ID      string // of the input
	Value   string
	Label   string
	Hint    string
	Number  string // printed before the label («3.»), for fragments of a picture
	Checked bool
	// Alone unticks all others when chosen (the script), such as «нічого з цього».
	Alone bool
}

// Choices is the argument of "choices": a fieldset of radio buttons or check boxes.
type Choices struct {
	ID     string // prefix of the inputs' ids; the first input is "<ID>"
	Name   string // of the field
	Many   bool   // check boxes instead of radio buttons
	Legend string
	Hidden bool // the legend is for screen readers only, a heading says it already
	Title  bool // the legend is the page's h1
	Read   bool // the button «Прочитати вголос» stands under the legend
	Hint   string
	Error  string
	Items  []Choice
	Or     []Choice // after «або»: «Не знаю», «Не хочу відповідати», with a dashed edge
	OrName string   // name of the Or fields; empty: Name
}

// Check is the argument of "check": one check box on its own, such as a consent. It
// is never ticked beforehand unless the person ticked it.
type Check struct {
	ID, Name, Value, Label, Hint, Error string
	Checked                             bool
}

// Field is the argument of "field": a labelled text field or, with Rows, a text area.
type Field struct {
	ID           string
	Name         string
	Label        string
	Title        bool // the label is the page's h1
	Read         bool // the button «Прочитати вголос» stands under the label
	Hint         string
	Error        string
	Value        string // what the person typed, kept after an error
	Type         string // "text" (default), "email", "tel", "search", "file"
	Accept       string // of a file: endings and content types
	InputMode    string // "numeric", "decimal", …
	Autocomplete string
	MaxLength    int
	Width        string // "2", "4", "6", "10", "20" characters, or empty: the whole width
	Rows         int
	Unit         string // printed after the field
	Code         bool   // monospaced capitals (the resume code)
	Plain        bool   // no spelling help, no capitals
}

// Option is an entry of a Select. Neighbours with the same Group stand under its name.
type Option struct {
	Value, Text string
	Selected    bool
	Group       string
}

// Select is the argument of "select": a labelled list; used by ordering and matching.
type Select struct {
	ID, Name, Label, Hint, Error string
	Options                      []Option
	Number                       string // plate before the label
}

// ErrorItem is one fault with the address of its field ("#f-name").
type ErrorItem struct{ Href, Text string }

// ErrorSummary is the argument of "errorSummary". Title and Lead may be empty: then
// the usual words say what happened and that nothing is lost.
type ErrorSummary struct {
	Title, Lead string
	Items       []ErrorItem
}

// Note is the argument of "note": a tinted block with a coloured edge.
type Note struct {
	Kind  string // "main" (default), "sun", "good", "bad"
	Title string
	Text  []string // paragraphs
	List  []string
	Small string // last line in small letters: a date, a source
	Link  *Link
	Level int // of the heading: 2 (default) or 3
}

// Tag is the argument of "tag".
type Tag struct {
	Text string
	Kind string // "plain" (default), "main", "good", "sun", "bad"
}

// Progress is the argument of "progress".
type Progress struct {
	Text    string // "Питання" or «Ви відповіли на»
	At, Of  int    // 0 ≤ At ≤ Of, Of > 0
	Mark    int    // the honest stop; 0 means none
	MarkTip string // words under the mark
	Said    string // instead of «At з Of», where Of is not certain
}

// Resume is the argument of "resume": the six-letter code to come back with.
type Resume struct {
	Code  string // in the letters of the reader's language
	Share string // text to send to oneself
	URL   string // address to come back to, without secrets of its own
}

// Tile is the argument of "tile": a card that is one link.
type Tile struct{ Icon, Href, Title, Text string }

// Event is the argument of "event".
type Event struct {
	Day, Weekday, Href, Title, Text string
	Tag                             *Tag
}

// Figure is the argument of "figure": a number in a card with its uncertainty.
type Figure struct {
	Value    string // "56"
	Unit     string // «зі 100»
	Text     string // what it is
	Interval string // «від 54 до 58»
	Lead     bool   // the headline
}

// Area is the argument of "area": one of the six areas in words.
type Area struct {
	Number int // 1…6
	Name   string
	Word   string // «так само»
	Known  bool   // false: «ще не знаємо», printed quietly
	Glyph  template.HTML
}

// Level is the argument of "level": A1…C2 with the range where the person is.
type Level struct {
	Low, High int    // indexes 0…5 into A1 A2 B1 B2 C1 C2, Low ≤ High; -1 when unknown
	Tip       string // «ви десь тут»
	Label     string // for screen readers: «Рівень від A2 до B1»
}

// Fact is the argument of "fact": a line of the trust screen.
type Fact struct {
	Icon, Title, Text string
	Link              *Link // after the text
	After             string
}

// Step is the argument of "step": what to do next.
type Step struct {
	Number            int
	Href, Title, Text string
}

// Scene is the argument of "scene": an invented message whose fragments are numbered.
type Scene struct {
	Kind      string // sms, email, site, chat, call, document, table
	Frame     string // «Навчальний приклад. Усе вигадано»
	Title     string
	Fragments []Fragment
}

// Fragment is a numbered part of a scene.
type Fragment struct{ Number, Text string }

// Download is the argument of "download".
type Download struct{ Href, Text, Meta string }

// Details is the argument of "details": words that open under a summary.
type Details struct {
	Summary string
	Text    []string
	List    []string
	Open    bool
}

// Term is a word of the glossary explained under the question.
type Term struct{ Word, Text string }

// Row is a line of "rows": what was asked, what was answered, a way to change it.
type Row struct {
	Key, Value string
	Href       string // address to change it; may be empty
	Change     string // words of that link
}

// Cell is a cell of a Table.
type Cell struct {
	Text   string
	Small  string // interval, printed smaller behind the text
	Number bool   // right-aligned, tabular figures
	Quiet  bool   // intervals and n: smaller and paler
	Strong bool
	Area   int    // 1…6: the plate of an area before the text
	Note   string // why there is no number: «замало»
}

// Table is the argument of "table". The first cell of each row is its heading.
type Table struct {
	Caption string // always there; may be hidden from sight
	Hidden  bool
	Head    []Cell
	Rows    [][]Cell
	Foot    string // a sentence under it
}

// Plate is the argument of "plate": the number of an area.
type Plate struct {
	Number int
	Name   string
}

// Page of a list, for "pager".
type Pager struct{ Previous, Next *Link }

func (s *speaker) builders() template.FuncMap {
	return template.FuncMap{
		"button": func(key, href string) (Button, error) { return s.button(key, href, "") },
		"second": func(key, href string) (Button, error) { return s.button(key, href, "second") },
		"quiet":  func(key, href string) (Button, error) { return s.button(key, href, "quiet") },
		"tag":    func(kind, text string) Tag { return Tag{Kind: kind, Text: text} },
		"plate":  func(n int, name string) Plate { return Plate{Number: n, Name: name} },
		"tile": func(icon, href, title, text string) Tile {
			return Tile{Icon: icon, Href: href, Title: title, Text: text}
		},
		"fact": func(icon, title, text string) Fact { return Fact{Icon: icon, Title: title, Text: text} },
		"note": func(kind, title string, text ...string) Note {
			return Note{Kind: kind, Title: title, Text: text}
		},
		"levels":  levelNames,
		"inRange": func(l Level, i int) bool { return l.Low >= 0 && i >= l.Low && i <= l.High },
		"add":     func(a, b int) int { return a + b },
		// One row of a set, for partial "onechoice": the i-th of Items, or of Or.
		"choice": func(c Choices, i int, or bool) oneChoice { return c.one(i, or) },
	}
}

func (s *speaker) button(key, href, kind string) (Button, error) {
	text, err := s.t(key)
	if err != nil || !s.has(key) {
		return Button{}, fmt.Errorf("button: no message %q", key)
	}
	return Button{Text: text, Href: href, Kind: kind}, nil
}

func levelNames() []string { return []string{"A1", "A2", "B1", "B2", "C1", "C2"} }

// percent is at/of in whole per cent, 0…100; 0 for an empty whole.
func percent(at, of int) int {
	if of <= 0 || at <= 0 {
		return 0
	}
	return min(100, (at*100+of/2)/of)
}
