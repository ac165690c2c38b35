package resident

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
	"osvitlo/internal/sitting"
	"osvitlo/internal/web/page"
)

// AnswersPage shows the tasks again with the right answers and why.
type AnswersPage struct {
	page.Base
	Tasks []AnsweredTask
}

// AnsweredTask is one task with what was answered and what is right.
type AnsweredTask struct {
	Number  int
	Plate   *page.Plate
	Stem    string
	Mine    string
	Right   bool   // fully right
	Key     string // the right answer, where it differs
	Explain string
	Reasons []string // of what was chosen
}

// Answers explains the tasks after the end.
func (h *Handlers) Answers(c *gin.Context) error {
	at, out, err := h.outcome(c)
	if out == nil {
		return err
	}
	doc := out.Sitting
	if doc.Role != sitting.RoleTest {
		return see(c, at.result())
	}
	l := lang(c)
	w := h.o.Words.Lang(l)
	in, err := h.version(doc)
	if err != nil {
		return err
	}
	p := &AnswersPage{Base: h.base(c, w.T("resident.answers.title", nil))}
	p.Path = at.result("answers")
	p.Back = &page.Link{Href: at.result(), Text: w.T("resident.answers.back", nil)}
	for i, it := range asked(in, out) {
		task, err := h.task(i+1, in, it, doc.Answers[it.ID], w)
		if err != nil {
			return err
		}
		p.Tasks = append(p.Tasks, task)
	}
	return h.o.Pages.Render(c.Writer, http.StatusOK, "resident/answers", p)
}

func (h *Handlers) task(n int, in *instrument.Instrument, it *instrument.Item, v instrument.Value, w *i18n.Localizer) (AnsweredTask, error) {
	t := AnsweredTask{Number: n, Stem: it.Stem.In(w.Language), Explain: it.Explain.In(w.Language),
		Mine: answerText(instrument.Step{Item: it}, v, w)}
	s, err := h.screenOf(in, instrument.Step{Item: it, Block: instrument.Block{Item: it.ID}}, w.Language)
	if err != nil {
		return t, err
	}
	t.Plate = s.plate
	if t.Mine == "" {
		t.Mine = w.T("resident.skipped", nil)
	}
	if _, t.Right, _ = it.Score(v); !t.Right {
		t.Key = keyText(it, w)
	}
	chosen, _ := v.List()
	if id, ok := v.Word(); ok && it.Type == instrument.Single {
		chosen = []string{id}
	}
	if !t.Right && it.Type != instrument.Ordering {
		for _, id := range chosen {
			if o, ok := it.Option(id); ok && !o.Reason.IsZero() && !contains(it.Key.IDs, id) {
				t.Reasons = append(t.Reasons, o.Reason.In(w.Language))
			}
		}
	}
	return t, nil
}
