package school

import (
	"math"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/institution"
	"osvitlo/internal/instrument"
	"osvitlo/internal/sitting"
	"osvitlo/internal/web/page"
)

// ProfilePage is what somebody gets at the end of a round's questionnaire. It is for them
// alone.
type ProfilePage struct {
	page.Base
	Help       *page.Note // for the young: whom to call
	Lead       string
	Tables     []*page.Table // what was said and what was shown: side by side where they are of the same areas
	Gap        *page.Note
	Course     *page.Button
	CourseText string
	Kept       page.Note
	Erase      string
	Print      page.Button
}

// part is an area of competence with what somebody said and showed in it.
type part struct {
	id             string
	ladder, points float64 // sums of shares, 0 to 1 each
	said, tasks    int
}

// widest is the distance, in points of a hundred, from which the two parts are said to
// differ; below it a handful of tasks tells nothing.
const (
	widest     = 20
	fewestTask = 3
)

// parts puts the answers of a sitting together by area, in the order of the questions.
func parts(items []*instrument.Item, answers map[string]instrument.Value) (list []*part) {
	of := func(competence string) *part {
		id, _, _ := strings.Cut(competence, ".")
		for _, p := range list {
			if p.id == id {
				return p
			}
		}
		list = append(list, &part{id: id})
		return list[len(list)-1]
	}
	for _, it := range items {
		v := answers[it.ID]
		switch {
		case it.Competence == "" || v.IsZero():
		case it.Scored():
			score, _, _ := it.Score(v)
			p := of(it.Competence)
			p.points, p.tasks = p.points+score, p.tasks+1
		case it.Measures == instrument.Ladder:
			if share, ok := it.Share(v); ok {
				p := of(it.Competence)
				p.ladder, p.said = p.ladder+share, p.said+1
			}
		}
	}
	return list
}

// Profile answers the result of a round's sitting; erase is where its answers are deleted.
func (h *Handlers) Profile(c *gin.Context, out *sitting.Outcome, erase string) error {
	v := h.see(c)
	doc := out.Sitting
	pub, ok := h.o.Sittings.Catalogue().Version(doc.Instrument, doc.Version)
	if !ok {
		return fault.Newf(fault.Unavailable, "", "instrument %s@%d is not loaded", doc.Instrument, doc.Version)
	}
	p := &ProfilePage{Base: page.Base{Lang: v.lang, Title: v.t("profile.title"), Path: c.Request.URL.Path, NoIndex: true, Back: &page.Link{Href: "/", Text: v.w.T("page.error.home", nil)}},
		Lead: v.t("profile.lead"), Erase: erase, Kept: page.Note{Title: v.t("profile.kept"), Text: []string{v.t("profile.kept.text")}},
		Print: page.Button{Text: v.w.T("page.print", nil), Does: "print", Icon: "print", Kind: "second"}}
	saidHead, showedHead := page.Cell{Text: v.t("profile.said")}, page.Cell{Text: v.t("profile.showed")}
	area := page.Cell{Text: v.t("profile.area")}
	both := &page.Table{Caption: v.t("profile.table"), Head: []page.Cell{area, saidHead, showedHead}}
	own := &page.Table{Caption: v.t("profile.table.self"), Head: []page.Cell{area, saidHead}}
	done := &page.Table{Caption: v.t("profile.table.tasks"), Head: []page.Cell{area, showedHead}}
	var ladder, points float64
	said, tasks := 0, 0
	for _, x := range parts(pub.Instrument.Items(), doc.Answers) {
		name, known := h.o.Area(x.id)
		if !known {
			continue
		}
		var self, showed page.Cell
		if x.said > 0 {
			self = page.Cell{Text: v.t("profile.of100", "N", v.w.Number(math.Round(100*x.ladder/float64(x.said)), 0))}
		}
		if x.tasks > 0 {
			showed = page.Cell{Text: v.t("profile.tasks", "N", v.w.Number(x.points, decimals(x.points)), "Of", x.tasks)}
		}
		ladder, said, points, tasks = ladder+x.ladder, said+x.said, points+x.points, tasks+x.tasks
		title := page.Cell{Text: v.in(name)}
		switch {
		case x.said > 0 && x.tasks > 0:
			both.Rows = append(both.Rows, []page.Cell{title, self, showed})
		case x.said > 0:
			own.Rows = append(own.Rows, []page.Cell{title, self})
		default:
			done.Rows = append(done.Rows, []page.Cell{title, showed})
		}
	}
	for _, t := range []*page.Table{both, own, done} {
		if len(t.Rows) > 0 {
			p.Tables = append(p.Tables, t)
		}
	}
	if n := len(p.Tables); n > 0 && tasks > 0 {
		p.Tables[n-1].Foot = v.t("profile.means")
	}
	if said > 0 && tasks >= fewestTask {
		gap := 100*ladder/float64(said) - 100*points/float64(tasks)
		key := "even"
		switch {
		case gap >= widest:
			key = "above"
		case gap <= -widest:
			key = "below"
		}
		p.Gap = &page.Note{Kind: "sun", Title: v.t("profile.gap." + key), Text: []string{v.t("profile.gap." + key + ".text")}}
	}
	if young(doc.Instrument) {
		p.Help = &page.Note{Kind: "good", Title: v.t("profile.young"), Text: []string{v.t("profile.young.text")}}
	}
	if path, title, ok := h.o.Course(doc.Instrument); ok {
		p.Course, p.CourseText = &page.Button{Text: v.t("profile.course"), Href: path}, v.t("profile.course.text", "Course", v.in(title))
	}
	return v.render(http.StatusOK, "school/profile", p)
}

func decimals(x float64) int {
	if x == math.Trunc(x) {
		return 0
	}
	return 1
}

// young tells whether a questionnaire is for graduates.
func young(slug string) bool { return strings.HasPrefix(slug, string(institution.Graduate)) }
