package resident

import (
	"bytes"
	"net/http"
	"strconv"

	"codeberg.org/go-pdf/fpdf"
	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/sitting"
	"osvitlo/internal/web/typeface"
)

// PDF gives the result as a file of one or two A4 pages.
func (h *Handlers) PDF(c *gin.Context) error {
	at, out, err := h.outcome(c)
	if out == nil {
		return err
	}
	if out.Sitting.Role != sitting.RoleTest {
		return see(c, at.result())
	}
	p, err := h.result(c, at, out, lang(c))
	if err != nil {
		return err
	}
	body, err := h.draw(c, p, out.Sitting)
	if err != nil {
		return fault.From(err, fault.Internal, "")
	}
	head := c.Writer.Header()
	head.Set("Content-Type", "application/pdf")
	head.Set("Content-Disposition", `attachment; filename="osvitlo.pdf"`)
	head.Set("Content-Length", strconv.Itoa(len(body)))
	c.Status(http.StatusOK)
	_, _ = c.Writer.Write(body) // the reader may have left
	return nil
}

// sheet is a PDF being written, top to bottom.
type sheet struct {
	*fpdf.Fpdf
}

const (
	pdfMargin = 20.0 // mm
	pdfLine   = 6.6  // mm between lines of 12 pt
)

func newSheet(title string) *sheet {
	f := fpdf.New("P", "mm", "A4", "")
	f.AddUTF8FontFromBytes("noto", "", typeface.Regular)
	f.AddUTF8FontFromBytes("noto", "B", typeface.Bold)
	f.SetMargins(pdfMargin, pdfMargin, pdfMargin)
	f.SetAutoPageBreak(true, pdfMargin)
	f.SetTitle(title, true)
	f.SetCreator("Osvitlo", false)
	f.AddPage()
	return &sheet{f}
}

// say writes a paragraph.
func (s *sheet) say(size float64, style, text string) {
	s.SetFont("noto", style, size)
	s.MultiCell(0, pdfLine*size/12, text, "", "L", false)
}

// head writes a heading with room above it.
func (s *sheet) head(text string) {
	s.Ln(4)
	s.say(15, "B", text)
	s.Ln(1)
}

// point writes an entry of a list.
func (s *sheet) point(mark, text string) {
	s.SetFont("noto", "", 12)
	s.CellFormat(8, pdfLine, mark, "", 0, "L", false, 0, "")
	left := s.GetX()
	s.SetLeftMargin(left)
	s.MultiCell(0, pdfLine, text, "", "L", false)
	s.SetLeftMargin(pdfMargin)
	s.SetX(pdfMargin)
}

// draw makes the PDF of a result. The same result gives the same words as the page.
func (h *Handlers) draw(c *gin.Context, p *ResultPage, doc *sitting.Sitting) ([]byte, error) {
	w := h.words(c)
	s := newSheet(w.T("resident.pdf.title", nil))
	if h.o.Demo {
		s.SetTextColor(111, 71, 0)
		s.say(11, "", w.T("resident.pdf.demo", nil))
		s.SetTextColor(0, 0, 0)
	}
	s.say(19, "B", w.T("resident.pdf.title", nil))
	s.say(11, "", w.T("resident.pdf.date", map[string]any{"Date": w.Date(doc.Submitted.Time)}))
	s.head(w.T("resident.result.title", nil))
	for _, can := range p.Cans {
		s.point("•", can)
	}
	s.head(w.T("resident.level.title", nil))
	for i, line := range p.LevelText {
		style := ""
		if i == 0 {
			style = "B"
		}
		s.say(12, style, line)
	}
	if p.LevelTip != "" {
		s.say(11, "", p.LevelTip)
	}
	s.head(w.T("resident.areas.title", nil))
	s.say(11, "", p.AreasTip)
	for _, a := range p.Areas {
		s.point(strconv.Itoa(a.Number)+".", a.Name+" – "+a.Word)
	}
	if len(p.Steps) > 0 {
		s.head(w.T("resident.steps.title", nil))
		for _, step := range p.Steps {
			s.point(strconv.Itoa(step.Number)+".", step.Title+". "+step.Text)
		}
		s.say(11, "", w.T("resident.pdf.page", map[string]any{"URL": h.origin(c) + "/courses"}))
	}
	s.Ln(4)
	s.say(11, "", w.T("resident.pdf.link", map[string]any{"Link": p.Link}))
	if h.o.City.Phone != "" {
		s.say(11, "", w.T("resident.pdf.help", map[string]any{"Phone": h.o.City.Phone}))
	}
	s.say(11, "", w.T("resident.pdf.not", nil))
	var b bytes.Buffer
	err := s.Output(&b)
	return b.Bytes(), err
}
