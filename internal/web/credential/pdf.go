package credential

import (
	"bytes"

	"codeberg.org/go-pdf/fpdf"

	"osvitlo/internal/credential"
	"osvitlo/internal/fault"
	"osvitlo/internal/qrcode"
	"osvitlo/internal/web/typeface"
)

// Measures of the certificate, in mm on A4.
const (
	edge   = 12.0 // of the frame
	margin = 22.0
	inner  = 210 - 2*margin
	qrSide = 38.0
)

// sheet is the certificate being written, top to bottom.
type sheet struct{ *fpdf.Fpdf }

// say writes a paragraph of a size in points; a long word or name is broken, and a long
// text gets smaller letters so that the page holds it.
func (s *sheet) say(size float64, style, align, text string) {
	text = typeface.Fit(text)
	for n := len([]rune(text)); size > 12 && n > 60; n = n * 3 / 4 {
		size -= 3
	}
	s.SetFont("noto", style, size)
	s.MultiCell(0, size*0.50, text, "", align, false)
}

// row writes what a thing is called, and the thing.
func (s *sheet) row(key, value string) {
	s.SetFont("noto", "", 10)
	s.SetTextColor(85, 85, 85)
	s.MultiCell(0, 4.6, typeface.Fit(key), "", "L", false)
	s.SetTextColor(0, 0, 0)
	s.say(12, "", "L", value)
	s.Ln(1.6)
}

// pdf draws the certificate: one A4 page, in the reader's language.
func (v *view) pdf(doc *credential.View) ([]byte, error) {
	p := v.about(doc)
	f := fpdf.New("P", "mm", "A4", "")
	f.AddUTF8FontFromBytes("noto", "", typeface.Regular)
	f.AddUTF8FontFromBytes("noto", "B", typeface.Bold)
	f.SetMargins(margin, margin, margin)
	f.SetAutoPageBreak(true, margin)
	f.SetTitle(v.paper(doc.Credential)+": "+p.Badge, true)
	f.SetCreator("Osvitlo", false)
	f.SetLang(v.lang)
	f.SetCreationDate(doc.Changed.Time)
	f.SetModificationDate(doc.Changed.Time)
	f.AddPage()
	s := &sheet{f}
	s.SetDrawColor(11, 92, 173)
	s.SetLineWidth(0.9)
	s.Rect(edge, edge, 210-2*edge, 297-2*edge, "D")
	s.SetLineWidth(0.25)
	s.Rect(edge+2, edge+2, 210-2*edge-4, 297-2*edge-4, "D")
	if p.Demo != "" {
		s.SetTextColor(140, 30, 30)
		s.say(12, "B", "C", p.Demo)
		s.SetTextColor(0, 0, 0)
		s.Ln(2)
	}
	s.say(12, "", "C", p.Issuer)
	s.Ln(3)
	s.say(30, "B", "C", v.paper(doc.Credential))
	s.Ln(3)
	if _, png, err := v.h.o.Catalogue.BadgeArt(doc.Art); err == nil {
		s.RegisterImageOptionsReader("badge", fpdf.ImageOptions{ImageType: "PNG"}, bytes.NewReader(png))
		const side = 42.0
		s.ImageOptions("badge", (210-side)/2, s.GetY(), side, side, true, fpdf.ImageOptions{ImageType: "PNG"}, 0, "")
		s.Ln(3)
	}
	if doc.Who == "" || !doc.Named {
		who := "____________________________________"
		if doc.Who != "" {
			who = doc.Who + "   " + who
		}
		s.say(15, "", "C", who)
		s.SetTextColor(85, 85, 85)
		s.say(10, "", "C", v.t("cert.by_hand"))
		s.SetTextColor(0, 0, 0)
	} else {
		s.say(22, "B", "C", doc.Who)
	}
	s.Ln(3)
	s.say(12, "", "C", v.t("cert.done."+string(doc.Kind)))
	s.Ln(1)
	s.say(20, "B", "C", p.Badge)
	s.Ln(1)
	s.say(12, "", "C", p.About)
	s.Ln(5)
	s.row(v.t("row.day"), v.w.Date(doc.At.Time))
	for _, r := range p.Formal {
		s.row(r.Key, r.Value)
	}
	if len(p.Skills) > 0 {
		list := p.Skills
		const most = 6 // what fits; the page behind the QR lists all
		if len(list) > most {
			list = append(append([]string{}, list[:most]...), "…")
		}
		for i, one := range list {
			if i == 0 {
				s.row(v.t("row.skills"), one)
				continue
			}
			s.SetY(s.GetY() - 1.6)
			s.say(12, "", "L", one)
			s.Ln(1.6)
		}
	}
	if p.Council != "" {
		s.say(11, "B", "L", p.Council)
		s.Ln(2)
	}
	if err := v.foot(s, p); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := s.Output(&b); err != nil {
		return nil, fault.From(err, fault.Internal, "")
	}
	return b.Bytes(), nil
}

// foot draws the QR with the address of the check, at the foot of the last page.
func (v *view) foot(s *sheet, p *VerifyPage) error {
	const top = 297 - margin - qrSide
	if s.GetY() > top-2 {
		s.AddPage()
	}
	code, err := qrcode.Encode(p.Link)
	if err != nil {
		return err
	}
	s.SetAutoPageBreak(false, 0)
	unit := qrSide / float64(code.Side)
	s.SetFillColor(0, 0, 0)
	for _, d := range code.Dark {
		s.Rect(margin+float64(d.X)*unit, top+float64(d.Y)*unit, float64(d.N)*unit, unit*1.02, "F")
	}
	left := margin + qrSide + 6
	s.SetLeftMargin(left)
	s.SetXY(left, top)
	s.say(11, "B", "L", v.t("cert.check"))
	s.say(10, "", "L", p.Link)
	s.Ln(2)
	s.say(11, "B", "L", p.Not)
	s.say(10, "", "L", v.t("cert.number", "ID", p.ID))
	s.SetLeftMargin(margin)
	return nil
}
