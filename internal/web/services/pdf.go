package services

import (
	"bytes"
	"net/http"
	"strconv"

	"codeberg.org/go-pdf/fpdf"
	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/web/typeface"
)

func itoa(n int) string { return strconv.Itoa(n) }

// paperSize is one printed page, in mm, with its letters, in points.
type paperSize struct {
	wide, high, margin float64
	body               float64 // usual letters
	lead               float64 // height of a line as a multiple of the letters
}

var (
	// a4 has the 16 pt that older eyes need (USERS 18).
	a4 = paperSize{wide: 210, high: 297, margin: 20, body: 16, lead: 1.32}
	// a5 is half a sheet of the brochure.
	a5 = paperSize{wide: 148.5, high: 210, margin: 12, body: 11.5, lead: 1.3}
)

const mm = 25.4 / 72 // of a point

// ink is a word on a page: what is laid out once can be drawn on any sheet.
type ink struct {
	x, y float64 // of the base line, mm
	size float64 // points
	bold bool
	pale bool
	text string
	to   int // page it leads to, from 1; 0 for none
}

// line is a stroke between two points, box a frame.
type stroke struct{ x1, y1, x2, y2, width float64 }

// leaf is one page.
type leaf struct {
	inks    []ink
	strokes []stroke
	mark    string // bookmark
}

// setter lays text out on leaves of one size.
type setter struct {
	paperSize
	f      *fpdf.Fpdf // measures only
	leaves []leaf
	y      float64
}

func newSetter(size paperSize) *setter {
	f := fpdf.New("P", "mm", "A4", "")
	fonts(f)
	f.SetCellMargin(0)
	s := &setter{paperSize: size, f: f}
	return s
}

func fonts(f *fpdf.Fpdf) {
	f.AddUTF8FontFromBytes("noto", "", typeface.Regular)
	f.AddUTF8FontFromBytes("noto", "B", typeface.Bold)
}

func (s *setter) leaf() *leaf { return &s.leaves[len(s.leaves)-1] }

// turn begins a page.
func (s *setter) turn() {
	s.leaves = append(s.leaves, leaf{})
	s.y = s.margin
}

// room turns the page unless there is space of so many mm. The foot of a page belongs to
// its number.
func (s *setter) room(need float64) {
	if s.y+need > s.high-s.margin {
		s.turn()
	}
}

func style(bold bool) string {
	if bold {
		return "B"
	}
	return ""
}

// lines breaks a text into lines of a width.
func (s *setter) lines(text string, size float64, bold bool, width float64) []string {
	s.f.SetFont("noto", style(bold), size)
	return s.f.SplitText(typeface.Fit(text), width)
}

func (s *setter) width(text string, size float64, bold bool) float64 {
	s.f.SetFont("noto", style(bold), size)
	return s.f.GetStringWidth(text)
}

// look is how a paragraph is written.
type look struct {
	size   float64 // relative to the body; 0 is 1
	bold   bool
	pale   bool
	indent float64 // mm
	mark   string  // before the first line, in the indent
	after  float64 // mm
	keep   float64 // mm that must fit behind it on the page
}

// say writes a paragraph over as many pages as it takes.
func (s *setter) say(l look, text string) {
	if text == "" {
		return
	}
	size := s.body
	if l.size > 0 {
		size *= l.size
	}
	step := size * mm * s.lead
	list := s.lines(text, size, l.bold, s.wide-2*s.margin-l.indent)
	if len(list) <= 3 { // a short paragraph stays together
		s.room(step*float64(len(list)) + l.keep)
	} else {
		s.room(step*2 + l.keep)
	}
	for i, one := range list {
		s.room(step)
		base := s.y + size*mm
		if i == 0 && l.mark != "" {
			s.leaf().inks = append(s.leaf().inks, ink{x: s.margin + l.indent - s.width(l.mark, size, true) - size*mm*0.5, y: base, size: size, bold: true, text: l.mark})
		}
		s.leaf().inks = append(s.leaf().inks, ink{x: s.margin + l.indent, y: base, size: size, bold: l.bold, pale: l.pale, text: one})
		s.y += step
	}
	s.y += l.after
}

func (s *setter) gap(mm float64) { s.y += mm }

// head writes one of the seven headings; it does not stand alone at the foot of a page.
func (s *setter) head(text string) {
	s.gap(s.body * mm * 0.5)
	s.say(look{size: 1.08, bold: true, after: s.body * mm * 0.15, keep: s.body * mm * s.lead * 3}, text)
}

// points writes a list.
func (s *setter) points(list []string) {
	for _, one := range list {
		s.say(look{indent: s.body * mm * 1.2, mark: "•", after: s.body * mm * 0.12}, one)
	}
}

// entry writes a line of the contents: title, dots, page.
func (s *setter) entry(indent float64, title string, to int) {
	number := itoa(to)
	step := s.body * mm * s.lead
	right := s.wide - s.margin
	list := s.lines(title, s.body, false, right-s.margin-indent-s.body*mm*3.2)
	s.room(step * float64(len(list)))
	for i, one := range list {
		base := s.y + s.body*mm
		s.leaf().inks = append(s.leaf().inks, ink{x: s.margin + indent, y: base, size: s.body, text: one, to: to})
		if i == len(list)-1 {
			from := s.margin + indent + s.width(one, s.body, false) + 2
			at := right - s.width(number, s.body, false)
			s.leaf().inks = append(s.leaf().inks, ink{x: at, y: base, size: s.body, text: number, to: to})
			if at-2 > from {
				s.leaf().strokes = append(s.leaf().strokes, stroke{from, base, at - 2, base, 0.15})
			}
		}
		s.y += step
	}
	s.y += s.body * mm * 0.15
}

// booklet is the manual laid out on leaves of a size.
func (v *view) booklet(size paperSize) []leaf {
	texts := make([]Text, 0, 32)
	for _, e := range v.h.o.Manual.Shown() {
		texts = append(texts, v.text(e))
	}
	body := newSetter(size)
	starts := map[int]int{} // number of an instruction to its leaf in the body
	for _, t := range texts {
		body.turn()
		body.leaf().mark = itoa(t.Number) + ". " + t.Title
		starts[t.Number] = len(body.leaves)
		v.put(body, t)
	}
	front := v.front(size, texts, starts, 0)
	front = v.front(size, texts, starts, len(front)) // now the pages are known
	all := append(front, body.leaves...)
	for i := range all {
		if i == 0 {
			continue // the cover has no number
		}
		size := size.body * 0.8
		number := itoa(i + 1)
		all[i].inks = append(all[i].inks, ink{x: (body.wide - body.width(number, size, false)) / 2, y: body.high - body.margin*0.45, size: size, pale: true, text: number})
	}
	return all
}

// front is cover, contents, index by life event, and what holds for all services.
func (v *view) front(size paperSize, texts []Text, starts map[int]int, before int) []leaf {
	s := newSetter(size)
	s.turn()
	s.y = s.high * 0.22
	s.say(look{pale: true, after: 3}, v.in(v.h.o.City.Owner))
	s.say(look{size: 2, bold: true, after: 6}, v.t("manual.title"))
	s.say(look{size: 1.1, after: 8}, v.t("manual.lead"))
	if v.h.o.Demo {
		s.say(look{bold: true, after: 4}, v.t("manual.demo"))
	}
	s.say(look{after: 2}, v.t("manual.day", "Day", v.w.Date(v.now)))
	for _, t := range texts {
		if t.Draft != "" {
			s.say(look{bold: true, after: 4}, v.t("draft.some"))
			break
		}
	}
	if phone := v.phone(); phone != "" {
		s.say(look{size: 1.2, bold: true}, v.t("paper.help", "Phone", phone))
	}
	s.turn()
	s.leaf().mark = v.t("contents")
	s.say(look{size: 1.5, bold: true, after: 3}, v.t("contents"))
	for _, t := range texts {
		s.entry(0, itoa(t.Number)+". "+t.Title, before+starts[t.Number])
	}
	s.turn()
	s.leaf().mark = v.t("index")
	s.say(look{size: 1.5, bold: true, after: 3}, v.t("index"))
	for _, g := range v.groups("#") {
		s.say(look{bold: true, after: 0.5, keep: s.body * mm * s.lead * 2}, g.Title)
		for _, c := range g.Cards {
			s.entry(s.body*mm*1.2, itoa(c.Number)+". "+c.Title, before+starts[c.Number])
		}
		s.gap(1.5)
	}
	s.turn()
	s.leaf().mark = v.t("never.title")
	s.say(look{size: 1.5, bold: true, after: 3}, v.t("never.title"))
	s.points(v.never())
	s.say(look{bold: true, after: 3}, v.t("helping"))
	s.head(v.t("folder.aid"))
	for i, one := range v.aid() {
		s.say(look{indent: s.body * mm * 1.8, mark: itoa(i+1) + ".", after: s.body * mm * 0.2}, one)
	}
	return s.leaves
}

// put lays one instruction out.
func (v *view) put(s *setter, t Text) {
	s.say(look{size: 1.45, bold: true, after: 2}, itoa(t.Number)+". "+t.Title)
	s.say(look{after: 1.5}, t.Short)
	s.say(look{size: 0.85, pale: true, after: 1}, t.Draft+t.Verified+" "+v.t("owner", "Owner", t.Owner))
	s.say(look{size: 0.85, bold: true, after: 1}, t.Old)
	s.head("1. " + v.t("h.purpose"))
	s.say(look{}, t.Purpose)
	s.head("2. " + v.t("h.who"))
	s.say(look{}, t.Who)
	s.head("3. " + v.t("h.prepare"))
	s.points(t.Prepare)
	s.head("4. " + v.t("h.steps"))
	for _, step := range t.Steps {
		in := s.body * mm * 2
		s.say(look{bold: true, indent: in, mark: itoa(step.Number) + ".", after: 0.6}, step.Text)
		s.say(look{indent: in, after: s.body * mm * 0.25}, step.Detail)
	}
	for _, o := range t.Outs {
		s.say(look{bold: true, indent: s.body * mm * 2}, o.URL)
		s.say(look{size: 0.85, indent: s.body * mm * 2, after: 1}, o.Name)
	}
	if t.Phone != "" {
		s.say(look{bold: true, indent: s.body * mm * 2, after: 1}, t.PhoneFor+": "+t.Phone)
	}
	s.head("5. " + v.t("h.wrong"))
	for _, w := range t.Wrong {
		s.say(look{bold: true, after: 0.4}, w.What)
		s.say(look{after: s.body * mm * 0.2}, w.Act)
	}
	s.head("6. " + v.t("h.offline"))
	s.points(t.Offline)
	s.head("7. " + v.t("h.never"))
	s.points(t.Never)
	s.say(look{bold: true}, v.t("helping"))
}

// draw puts a leaf onto the present sheet, moved to the right by dx mm.
func draw(f *fpdf.Fpdf, l *leaf, dx float64, links map[int]int) {
	f.SetDrawColor(150, 150, 150)
	for _, s := range l.strokes {
		f.SetLineWidth(s.width)
		f.Line(s.x1+dx, s.y1, s.x2+dx, s.y2)
	}
	for _, k := range l.inks {
		f.SetFont("noto", style(k.bold), k.size)
		f.SetTextColor(0, 0, 0)
		if k.pale {
			f.SetTextColor(85, 85, 85)
		}
		f.Text(k.x+dx, k.y, k.text)
		if id := links[k.to]; k.to > 0 && id > 0 {
			f.Link(k.x+dx, k.y-k.size*mm, f.GetStringWidth(k.text), k.size*mm*1.3, id)
		}
	}
}

func (v *view) sheetFile(orientation string) *fpdf.Fpdf {
	f := fpdf.New(orientation, "mm", "A4", "")
	fonts(f)
	f.SetAutoPageBreak(false, 0)
	f.SetTitle(v.t("manual.title"), true)
	f.SetCreator("Osvitlo", false)
	f.SetLang(v.lang)
	f.SetCreationDate(v.now)
	f.SetModificationDate(v.now)
	return f
}

// manualPDF is the manual on A4 in large letters, with links and bookmarks.
func (v *view) manualPDF() ([]byte, error) {
	leaves := v.booklet(a4)
	f := v.sheetFile("P")
	links := map[int]int{}
	for i := range leaves {
		links[i+1] = f.AddLink()
	}
	for i := range leaves {
		f.AddPage()
		f.SetLink(links[i+1], 0, -1)
		if leaves[i].mark != "" {
			f.Bookmark(leaves[i].mark, 0, 0)
		}
		draw(f, &leaves[i], 0, links)
	}
	return output(f)
}

// imposed is which pages stand beside each other on the sides of folded sheets: left and
// right by page number from 1, 0 for an empty half. Sheets lie in one another.
func imposed(pages int) (sides [][2]int) {
	n := (pages + 3) / 4 * 4
	real := func(p int) int {
		if p > pages {
			return 0
		}
		return p
	}
	for i := 0; i < n/4; i++ {
		sides = append(sides, [2]int{real(n - 2*i), real(2*i + 1)}, [2]int{real(2*i + 2), real(n - 2*i - 1)})
	}
	return sides
}

// brochurePDF is the manual as a brochure: printed on both sides (short edge), folded once.
func (v *view) brochurePDF() ([]byte, error) {
	leaves := v.booklet(a5)
	f := v.sheetFile("L")
	for _, side := range imposed(len(leaves)) {
		f.AddPage()
		for half, number := range side {
			if number > 0 {
				draw(f, &leaves[number-1], float64(half)*a5.wide, nil)
			}
		}
	}
	return output(f)
}

func output(f *fpdf.Fpdf) ([]byte, error) {
	var b bytes.Buffer
	if err := f.Output(&b); err != nil {
		return nil, fault.From(err, fault.Internal, "")
	}
	return b.Bytes(), nil
}

// kept makes a file once for a state of the manual and a day.
func (v *view) kept(name string, make func() ([]byte, error)) ([]byte, error) {
	h := v.h
	h.making.Lock()
	defer h.making.Unlock()
	key := name + " " + v.stamp()
	if raw := h.made[key]; raw != nil {
		return raw, nil
	}
	raw, err := make()
	if err != nil {
		return nil, err
	}
	if len(h.made) >= 2*2 { // two files in two languages; older states are dropped
		clear(h.made)
	}
	h.made[key] = raw
	return raw, nil
}

func (v *view) pdf(name string, make func() ([]byte, error)) error {
	raw, err := v.kept(name, make)
	if err != nil {
		return err
	}
	v.c.Header("Content-Disposition", `inline; filename="`+name+"-"+v.lang+`.pdf"`)
	v.c.Header("Cache-Control", "no-cache")
	v.c.Data(http.StatusOK, "application/pdf", raw)
	return nil
}

// PDF is the manual in 16 pt.
func (h *Handlers) PDF(c *gin.Context) error {
	v := h.see(c)
	return v.pdf("instruktsii", v.manualPDF)
}

// Brochure is the manual to print on A4 and fold.
func (h *Handlers) Brochure(c *gin.Context) error {
	v := h.see(c)
	return v.pdf("brochure", v.brochurePDF)
}
