package labs

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/i18n"
	"osvitlo/internal/institution/lab"
	"osvitlo/internal/person"
	"osvitlo/internal/tablefile"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// requestQuery is the query of the list of requests.
type requestQuery struct {
	Stage    string `form:"stage" validate:"max=20"`
	District string `form:"district" validate:"max=40"`
}

// waiting is the filter for all requests that wait for something.
const waiting = "waiting"

func (v *view) asks(q requestQuery) (list []*lab.Request) {
	urgency := map[lab.Priority]int{lab.Urgent: 0, lab.Usual: 1, lab.Later: 2}
	for _, r := range v.h.o.Labs.Requests("") {
		i, ok := v.h.o.Bodies.ByID(r.Institution)
		if q.District != "" && (!ok || i.District != q.District) || q.Stage == waiting && !r.Stage.Waits() || q.Stage != "" && q.Stage != waiting && string(r.Stage) != q.Stage {
			continue
		}
		list = append(list, r)
	}
	slices.SortStableFunc(list, func(a, b *lab.Request) int { return cmp.Compare(urgency[a.Priority], urgency[b.Priority]) })
	return list
}

func (v *view) askQuery() (q requestQuery, err error) {
	if err := gate.Check(v.c, person.SchoolSummary, person.City); err != nil {
		return q, err
	}
	err = form.DecodeQuery(v.c.Request, &q)
	if err == nil && !v.c.Request.URL.Query().Has("stage") {
		q.Stage = waiting
	}
	return q, err
}

func (q requestQuery) href(path string) string {
	return path + "?" + url.Values{"stage": {q.Stage}, "district": {q.District}}.Encode()
}

// Requests lists what institutions ask for, the most urgent first.
func (h *Handlers) Requests(c *gin.Context) error {
	v := h.see(c)
	q, err := v.askQuery()
	if err != nil {
		return err
	}
	s := v.sheet("office-labs", q.href(Office+"/requests"), v.t("requests.all"), v.list())
	s.Lead = v.t("requests.lead")
	stage := page.Select{ID: page.FieldID("stage"), Name: "stage", Label: v.t("col.stage"), Options: []page.Option{{Value: waiting, Text: v.t("stage.waiting"), Selected: q.Stage == waiting}, {Text: v.t("stage.any"), Selected: q.Stage == ""}}}
	for _, st := range lab.Stages() {
		stage.Options = append(stage.Options, page.Option{Value: string(st), Text: v.t("stage." + string(st)), Selected: q.Stage == string(st)})
	}
	list := v.asks(q)
	g := &page.Grid{Caption: v.t("requests.all"), Hidden: true, Cards: true, Empty: v.t("requests.nothing"), Foot: v.t("all.count", "N", v.w.Int(int64(len(list)))),
		Head: []page.GridHead{{Text: v.t("col.request")}, {Text: v.t("col.body")}, {Text: v.t("f.count"), Number: true}, {Text: v.t("f.priority")}, {Text: v.t("col.stage")}, {Text: v.t("col.when")}}}
	for _, r := range list {
		g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: r.What, Href: Office + "/request/" + r.ID, Small: v.t("kind." + string(r.Kind))}, {Text: v.body(r.Institution)}, {Text: strconv.Itoa(r.Count)},
			{Text: v.t("priority." + string(r.Priority))}, {Tag: v.stage(r)}, {Text: v.w.Date(r.Steps[0].At.Time)}}})
	}
	s.Blocks = []page.Block{{Form: &page.Form{Action: Office + "/requests", Get: true, Row: true, Card: true, Parts: []any{stage, v.districts(q.District)}, Buttons: []page.Button{{Text: v.t("search"), Kind: "second", Small: true}}}, Noprint: true},
		{Grid: g, Acts: []page.Button{{Text: v.t("file.xlsx"), Href: q.href(Office + "/requests/file/xlsx"), Kind: "second", Small: true}, {Text: v.t("file.csv"), Href: q.href(Office + "/requests/file/csv"), Kind: "second", Small: true}}}}
	return v.show(http.StatusOK, s)
}

// RequestsFile is the list of the same query as a file.
func (h *Handlers) RequestsFile(c *gin.Context) error {
	v := h.see(c)
	q, err := v.askQuery()
	if err != nil {
		return err
	}
	words := ""
	if q.Stage != "" {
		words = v.t("stage." + q.Stage)
	}
	t := tablefile.Table{Title: v.t("requests.all"), Notes: v.notes(words),
		Heads: []string{v.t("col.request"), v.t("f.kind"), v.t("col.body"), v.t("f.count"), v.t("f.priority"), v.t("col.stage"), v.t("col.when"), v.t("f.why"), v.t("f.reason")}}
	for _, r := range v.asks(q) {
		t.Rows = append(t.Rows, []any{r.What, v.t("kind." + string(r.Kind)), v.body(r.Institution), r.Count, v.t("priority." + string(r.Priority)), v.t("stage." + string(r.Stage)),
			r.Steps[0].At.In(i18n.Kyiv).Format("2006-01-02"), r.Why, r.Last().Reason})
	}
	return v.file("zapyty", t)
}
