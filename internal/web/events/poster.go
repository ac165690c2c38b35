package events

import (
	"bytes"
	"fmt"
	"image/color"
	"net/http"
	"strings"
	"sync"

	"codeberg.org/go-pdf/fpdf"
	"github.com/gin-gonic/gin"

	"osvitlo/internal/canvas"
	"osvitlo/internal/event"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/qrcode"
	"osvitlo/internal/web/typeface"
)

// format is a kind of poster.
type format struct {
	name, key, meta string
	pdf             bool
	w, h            float64 // mm, or pixels
}

var formats = []format{
	{"a4.pdf", "a4", "PDF", true, 210, 297},
	{"a5.pdf", "a5", "PDF", true, 148, 210},
	{"square.png", "square", "PNG, 1080 × 1080", false, 1080, 1080},
	{"story.png", "story", "PNG, 1080 × 1920", false, 1080, 1920},
}

func posterHref(f *event.Face, name string) string {
	return Address + "/" + f.Slug + "/" + f.Key + "/poster/" + name
}

// drawn keeps the posters drawn last, by all that stands on them.
type drawn struct {
	mu    sync.Mutex
	files map[string][]byte
	order []string
}

const drawnMost = 40

func (d *drawn) get(key string) ([]byte, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	b, ok := d.files[key]
	return b, ok
}

func (d *drawn) put(key string, b []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.files == nil {
		d.files = map[string][]byte{}
	}
	if _, ok := d.files[key]; !ok {
		d.order = append(d.order, key)
	}
	d.files[key] = b
	for len(d.order) > drawnMost {
		delete(d.files, d.order[0])
		d.order = d.order[1:]
	}
}

// words are what stands on a poster.
type words struct {
	City, Kicker, Title, Day, Month, Weekday, Hours string
	Place, Address, Extra                           string
	Scan, Or, Phone, Site, Link                     string
	Off                                             string // called off or moved
	Demo                                            string
}

// Poster gives an occurrence as a file to pin up or to share. It speaks Ukrainian.
func (h *Handlers) Poster(c *gin.Context) error {
	v := h.see(c)
	v.lang, v.w = i18n.Ukrainian, h.o.Words.Lang(i18n.Ukrainian)
	_, o, err := v.find()
	if err != nil {
		return err
	}
	var x *format
	for i := range formats {
		if formats[i].name == c.Param("format") {
			x = &formats[i]
		}
	}
	if x == nil {
		return fault.New(fault.NotFound, "")
	}
	w := v.poster(o)
	key := fmt.Sprintf("%s %+v", x.name, w)
	body, ok := h.drawn.get(key)
	if !ok {
		if x.pdf {
			body, err = posterPDF(x, w)
		} else {
			body, err = posterPNG(x, w)
		}
		if err != nil {
			return fault.From(err, fault.Internal, "")
		}
		h.drawn.put(key, body)
	}
	kind := "image/png"
	if x.pdf {
		kind = "application/pdf"
	}
	c.Header("Cache-Control", "public, max-age=60")
	c.Header("Content-Disposition", fmt.Sprintf(`inline; filename="osvitlo-%s-%s-%s"`, o.Event.Slug, o.Key, x.name))
	c.Data(http.StatusOK, kind, body)
	return nil
}

func (v *view) poster(o *event.Occurrence) words {
	f := v.h.o.Events.Public(v.ctx, o)
	day := f.Day.In(i18n.Kyiv)
	month := ""
	if date := strings.Fields(v.w.Date(f.Day)); len(date) > 1 { // also at spaces that do not break
		month = date[1]
	}
	w := words{City: v.in(v.h.o.City.Name), Kicker: v.kicker(o.Event), Title: v.in(f.Title), Day: day.Format("2"), Month: month, Weekday: v.weekday(f.Day, false),
		Place: v.where(&f, false), Phone: v.h.o.City.Phone, Link: v.origin() + Address + "/" + f.Slug + "/" + f.Key, Scan: v.t("poster.scan"), Or: v.t("poster.or")}
	w.Site = strings.TrimPrefix(strings.TrimPrefix(v.origin(), "https://"), "http://") + Address
	if !f.Start.IsZero() {
		w.Hours = clock(f.Start) + i18n.EnDash + clock(f.End)
		if !f.Online {
			w.Address = v.in(f.Place.Address)
			if f.Room != "" {
				w.Address = strings.TrimPrefix(w.Address+", "+f.Room, ", ")
			}
		}
	} else {
		w.Hours, w.Address = v.t("poster.hours"), v.t("poster.address")
	}
	if !f.Book {
		w.Scan, w.Extra = v.t("poster.more"), v.t("poster.free")
	} else {
		w.Extra = v.t("poster.booking")
	}
	if bring := v.in(f.Bring); bring != "" {
		w.Extra += ". " + v.t("poster.bring") + " " + bring
	}
	if f.State == event.Cancelled || f.State == event.Moved {
		w.Off = v.t("state." + string(f.State))
	}
	if f.Demo {
		w.Demo = v.t("poster.demo")
	}
	return w
}

// pen draws on either kind of sheet, in units of a thousandth of the width.
type pen interface {
	fill(p *canvas.Path, c color.RGBA)
	text(b canvas.Box, st canvas.Style, s string) float64
	code(x, y, size float64, s string) error
}

var (
	ink   = color.RGBA{0x14, 0x28, 0x3c, 0xff}
	ink2  = color.RGBA{0x46, 0x58, 0x6a, 0xff}
	paper = color.RGBA{0xfb, 0xfa, 0xf6, 0xff}
	blue  = color.RGBA{0x0b, 0x5c, 0xad, 0xff}
	sun   = color.RGBA{0xf7, 0xc9, 0x48, 0xff}
	glow  = color.RGBA{0xfd, 0xf0, 0xc4, 0xff}
	white = color.RGBA{0xff, 0xff, 0xff, 0xff}
	red   = color.RGBA{0xa4, 0x26, 0x2c, 0xff}
	edge  = color.RGBA{0xd9, 0xd5, 0xc9, 0xff}
)

func round(d pen, x, y, w, h, r float64, c color.RGBA) {
	var p canvas.Path
	p.Round(canvas.Box{X: x, Y: y, W: w, H: h}, r)
	d.fill(&p, c)
}

func stroke(d pen, x1, y1, x2, y2, w float64, c color.RGBA) {
	var p canvas.Path
	p.Stroke(x1, y1, x2, y2, w)
	d.fill(&p, c)
}

// lamp draws the lamp of the city's pictures: its light falls on the title.
func lamp(d pen, tall float64) {
	var light canvas.Path
	light.MoveTo(742, 150)
	light.LineTo(858, 150)
	light.LineTo(1000, tall)
	light.LineTo(300, tall)
	light.Close()
	d.fill(&light, glow)
	var arm canvas.Path
	arm.MoveTo(944, -20)
	arm.LineTo(956, -20)
	arm.LineTo(956, 40)
	arm.CubeTo(956, 22, 942, 16, 924, 16)
	arm.LineTo(836, 16)
	arm.CubeTo(816, 16, 806, 26, 806, 46)
	arm.LineTo(806, 74)
	arm.LineTo(794, 74)
	arm.LineTo(794, 46)
	arm.CubeTo(794, 18, 810, 4, 836, 4)
	arm.LineTo(944, 4)
	arm.Close()
	d.fill(&arm, ink)
	var shade canvas.Path
	shade.MoveTo(766, 74)
	shade.LineTo(834, 74)
	shade.LineTo(872, 150)
	shade.LineTo(728, 150)
	shade.Close()
	d.fill(&shade, ink)
	shade = canvas.Path{}
	shade.MoveTo(772, 82)
	shade.LineTo(828, 82)
	shade.LineTo(858, 142)
	shade.LineTo(742, 142)
	shade.Close()
	d.fill(&shade, sun)
}

// layout puts the words on a sheet that is 1000 wide and tall high. A title of any length
// gets smaller before it is cut; everything else has its own room.
func layout(d pen, w words, tall float64) error {
	const m = 64.0
	foot := 250.0 // the strip with the code
	if tall > 1500 {
		foot = 330
	}
	plate := 190.0 // the date
	footY := tall - foot
	lamp(d, footY)
	d.text(canvas.Box{X: m, Y: 56, W: 560, H: 60}, canvas.Style{Size: 46, Bold: true, Color: ink}, "Освітло")
	d.text(canvas.Box{X: m, Y: 112, W: 600, H: 40}, canvas.Style{Size: 26, Color: ink2, MaxLines: 1}, w.City)
	top := 190.0
	if tall > 1300 {
		top = 230
	}
	d.text(canvas.Box{X: m, Y: top, W: 1000 - 2*m, H: 40}, canvas.Style{Size: 30, Bold: true, Color: blue, MaxLines: 1}, w.Kicker)
	top += 52
	// from below: strip, place, date; the title has the rest
	placeH := 150.0
	if tall > 1300 {
		placeH = 210
	}
	placeY := footY - placeH - 14
	dateY := placeY - plate - 26
	d.text(canvas.Box{X: m, Y: top, W: 1000 - 2*m, H: dateY - top - 24}, canvas.Style{Size: 92, Min: 26, Bold: true, Color: ink, Leading: 1.14, Balance: true}, w.Title)
	// date
	round(d, m, dateY, 1000-2*m, plate, 28, blue)
	round(d, m+18, dateY+18, 210, plate-36, 18, white)
	d.text(canvas.Box{X: m + 18, Y: dateY + 20, W: 210, H: plate - 40}, canvas.Style{Size: 118, Bold: true, Color: blue, Align: canvas.Center, Down: canvas.Center, Leading: 1.1, MaxLines: 1}, w.Day)
	d.text(canvas.Box{X: m + 256, Y: dateY + 24, W: 590, H: 76}, canvas.Style{Size: 58, Bold: true, Color: white, MaxLines: 1, Down: canvas.Center, Leading: 1.2}, w.Month+", "+w.Weekday)
	d.text(canvas.Box{X: m + 256, Y: dateY + 98, W: 590, H: 72}, canvas.Style{Size: 54, Min: 24, Color: sun, Bold: true, MaxLines: 1, Down: canvas.Center, Leading: 1.2}, w.Hours)
	// place
	used := d.text(canvas.Box{X: m, Y: placeY, W: 1000 - 2*m, H: placeH * 0.45}, canvas.Style{Size: 44, Min: 24, Bold: true, Color: ink, Leading: 1.18, MaxLines: 2}, w.Place)
	used += d.text(canvas.Box{X: m, Y: placeY + used + 2, W: 1000 - 2*m, H: 46}, canvas.Style{Size: 34, Min: 22, Color: ink, MaxLines: 1}, w.Address)
	d.text(canvas.Box{X: m, Y: placeY + used + 8, W: 1000 - 2*m, H: placeH - used - 12}, canvas.Style{Size: 27, Min: 20, Color: ink2, Leading: 1.2, MaxLines: 2}, w.Extra)
	// strip
	round(d, 0, footY, 1000, foot+10, 0, white)
	round(d, 0, footY, 1000, 4, 0, edge)
	side := foot - 40
	if err := d.code(1000-m-side+18, footY+22, side, w.Link); err != nil {
		return err
	}
	left := 1000 - 2*m - side
	d.text(canvas.Box{X: m, Y: footY + 30, W: left, H: 84}, canvas.Style{Size: 36, Min: 24, Bold: true, Color: ink, Leading: 1.16, MaxLines: 2}, w.Scan)
	y := footY + 122
	if w.Phone != "" {
		d.text(canvas.Box{X: m, Y: y, W: left, H: 34}, canvas.Style{Size: 25, Color: ink2, MaxLines: 1}, w.Or)
		d.text(canvas.Box{X: m, Y: y + 30, W: left, H: 62}, canvas.Style{Size: 48, Bold: true, Color: ink, MaxLines: 1}, w.Phone)
		y += 92
	}
	if tall > 1500 {
		d.text(canvas.Box{X: m, Y: y + 10, W: left, H: 40}, canvas.Style{Size: 26, Color: ink2, MaxLines: 1}, w.Site)
	}
	if w.Off != "" {
		round(d, m-14, dateY-96, 1000-2*m+28, 84, 14, red)
		d.text(canvas.Box{X: m, Y: dateY - 94, W: 1000 - 2*m, H: 80}, canvas.Style{Size: 46, Bold: true, Color: white, Align: canvas.Center, Down: canvas.Center, MaxLines: 1}, w.Off)
	}
	if w.Demo != "" {
		round(d, 330, 56, 340, 44, 22, sun)
		d.text(canvas.Box{X: 340, Y: 58, W: 320, H: 40}, canvas.Style{Size: 23, Bold: true, Color: ink, Align: canvas.Center, Down: canvas.Center, MaxLines: 1}, w.Demo)
	}
	return nil
}

// pixels draws on a picture.
type pixels struct {
	c *canvas.Canvas
	k float64
}

func (d pixels) fill(p *canvas.Path, c color.RGBA) { d.c.Fill(p.Scaled(d.k), c) }

func (d pixels) text(b canvas.Box, st canvas.Style, s string) float64 {
	st.Size, st.Min = st.Size*d.k, st.Min*d.k
	return d.c.Text(canvas.Box{X: b.X * d.k, Y: b.Y * d.k, W: b.W * d.k, H: b.H * d.k}, st, s) / d.k
}

func (d pixels) code(x, y, size float64, s string) error {
	_, err := d.c.QR(x*d.k, y*d.k, size*d.k, s)
	return err
}

func posterPNG(x *format, w words) ([]byte, error) {
	c := canvas.New(int(x.w), int(x.h), paper)
	k := x.w / 1000
	if err := layout(pixels{c, k}, w, x.h/k); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := c.PNG(&out); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// printed draws on a page of a PDF.
type printed struct {
	f *fpdf.Fpdf
	k float64 // mm of a unit
}

func (d printed) fill(p *canvas.Path, c color.RGBA) {
	d.f.SetFillColor(int(c.R), int(c.G), int(c.B))
	p.Each(func(kind byte, a [6]float64) {
		for i := range a {
			a[i] *= d.k
		}
		switch kind {
		case 'm':
			d.f.MoveTo(a[0], a[1])
		case 'l':
			d.f.LineTo(a[0], a[1])
		case 'q':
			d.f.CurveTo(a[0], a[1], a[2], a[3])
		case 'c':
			d.f.CurveBezierCubicTo(a[0], a[1], a[2], a[3], a[4], a[5])
		case 'z':
			d.f.ClosePath()
		}
	})
	d.f.DrawPath("F")
}

func (d printed) text(b canvas.Box, st canvas.Style, s string) float64 {
	set := canvas.Set(b.W, b.H, st, s)
	weight := ""
	if st.Bold {
		weight = "B"
	}
	if c, ok := st.Color.(color.RGBA); ok {
		d.f.SetTextColor(int(c.R), int(c.G), int(c.B))
	}
	d.f.SetFont("noto", weight, set.Size*d.k*72/25.4)
	top := b.Y
	switch st.Down {
	case canvas.Center:
		top += (b.H - set.Height()) / 2
	case canvas.Right:
		top += b.H - set.Height()
	}
	for i, line := range set.Lines {
		x := b.X
		switch st.Align {
		case canvas.Center:
			x += (b.W - set.Widths[i]) / 2
		case canvas.Right:
			x += b.W - set.Widths[i]
		}
		d.f.Text(x*d.k, (top+set.Base()+float64(i)*set.Step)*d.k, line)
	}
	return set.Height()
}

func (d printed) code(x, y, size float64, s string) error {
	code, err := qrcode.Encode(s)
	if err != nil {
		return err
	}
	step := size / float64(code.Whole()) * d.k
	d.f.SetFillColor(0, 0, 0)
	for _, s := range code.Dark {
		d.f.Rect(x*d.k+float64(s.X+qrcode.Quiet)*step, y*d.k+float64(s.Y+qrcode.Quiet)*step, float64(s.N)*step, step, "F")
	}
	return nil
}

func posterPDF(x *format, w words) ([]byte, error) {
	f := fpdf.NewCustom(&fpdf.InitType{UnitStr: "mm", Size: fpdf.SizeType{Wd: x.w, Ht: x.h}})
	f.AddUTF8FontFromBytes("noto", "", typeface.Regular)
	f.AddUTF8FontFromBytes("noto", "B", typeface.Bold)
	f.SetAutoPageBreak(false, 0)
	f.SetTitle(w.Title, true)
	f.SetCreator("Osvitlo", false)
	f.SetLang("uk")
	f.AddPage()
	k := x.w / 1000
	if err := layout(printed{f, k}, w, x.h/k); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := f.Output(&out); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
