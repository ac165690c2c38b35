package labs

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/institution/lab"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
	"osvitlo/internal/tablefile"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

func (v *view) list() page.Link { return page.Link{Href: Office, Text: v.t("all")} }

// idle is below how many hours a week a room counts as little used.
const idle = 10

// perPage bounds what one page shows; files hold all rows.
const perPage = 60

// asked is the query of the list of rooms.
type asked struct {
	Words    string `form:"q" validate:"max=100"`
	District string `form:"district" validate:"max=40"`
	Show     string `form:"show" validate:"max=20"`
	Sort     string `form:"sort" validate:"max=20"`
	Page     int64  `form:"page"`
}

func (q asked) values() url.Values {
	out := url.Values{}
	for _, x := range [][2]string{{"q", q.Words}, {"district", q.District}, {"show", q.Show}, {"sort", q.Sort}} {
		if x[1] != "" {
			out.Set(x[0], x[1])
		}
	}
	return out
}

func (q asked) href(path string, pairs ...string) string {
	u := q.values()
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			u.Del(pairs[i])
		} else {
			u.Set(pairs[i], pairs[i+1])
		}
	}
	if len(u) == 0 {
		return path
	}
	return path + "?" + u.Encode()
}

// shows are the choices of rooms that need a look, with their condition.
type shows struct {
	id string
	ok func(*row) bool
}

func (v *view) shows() []shows {
	now := v.h.o.Now()
	return []shows{
		{"broken", func(r *row) bool { return r.lab.Broken() }},
		{"old", func(r *row) bool { return r.devices.Old > 0 }},
		{"idle", func(r *row) bool { return r.lab.Hours.Sum() < idle }},
		{"asked", func(r *row) bool { return r.waits > 0 }},
		{"lapsed", func(r *row) bool { return len(r.lab.Lapsed(now)) > 0 }},
		{"due", func(r *row) bool { return r.lab.Due(now) }},
	}
}

// row is a room as the list shows it.
type row struct {
	lab      *lab.Lab
	body     string
	key      string
	district string
	devices  lab.Devices
	waits    int // requests that wait for something
}

// sorts are the orders of the list; the first is the usual one.
var sorts = []struct {
	id   string
	less func(a, b *row) int
	down bool
}{
	{"body", func(a, b *row) int { return 0 }, false},
	{"devices", func(a, b *row) int { return cmp.Compare(b.devices.Work, a.devices.Work) }, true},
	{"old", func(a, b *row) int { return cmp.Compare(b.devices.Old, a.devices.Old) }, true},
	{"broken", func(a, b *row) int {
		return cmp.Compare(b.devices.Repair+b.devices.Scrap, a.devices.Repair+a.devices.Scrap)
	}, true},
	{"hours", func(a, b *row) int { return cmp.Compare(a.lab.Hours.Sum(), b.lab.Hours.Sum()) }, false},
	{"checked", func(a, b *row) int { return cmp.Compare(a.lab.Checked, b.lab.Checked) }, false},
	{"waits", func(a, b *row) int { return cmp.Compare(b.waits, a.waits) }, true},
}

// rooms are the rows of a query, all pages of it.
func (v *view) rooms(q asked) (list []*row) {
	waits := map[string]int{}
	for _, r := range v.h.o.Labs.Requests("") {
		if r.Stage.Waits() {
			waits[r.Lab]++
		}
	}
	words := strings.Fields(strings.ToLower(q.Words))
	keep := func(*row) bool { return true }
	for _, s := range v.shows() {
		if s.id == q.Show {
			keep = s.ok
		}
	}
	now := v.h.o.Now()
	for _, l := range v.h.o.Labs.All() {
		r := &row{lab: l, body: v.body(l.Institution), devices: l.Devices(now), waits: waits[l.ID]}
		if i, ok := v.h.o.Bodies.ByID(l.Institution); ok {
			r.district = i.District
		}
		text := strings.ToLower(r.body + " " + l.Name + " " + v.t("purpose."+string(l.Purpose)))
		if q.District != "" && r.district != q.District || !keep(r) || slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) }) {
			continue
		}
		r.key = store.CollationKey(r.body)
		list = append(list, r)
	}
	order := sorts[0]
	for _, s := range sorts {
		if s.id == q.Sort {
			order = s
		}
	}
	slices.SortStableFunc(list, func(a, b *row) int { return cmp.Or(order.less(a, b), cmp.Compare(a.key, b.key)) })
	return list
}

// query reads the query of a list and checks the reader.
func (v *view) query() (q asked, err error) {
	if err := gate.Check(v.c, person.SchoolSummary, person.City); err != nil {
		return q, err
	}
	err = form.DecodeQuery(v.c.Request, &q)
	return q, err
}

// List is all rooms of the city.
func (h *Handlers) List(c *gin.Context) error {
	v := h.see(c)
	q, err := v.query()
	if err != nil {
		return err
	}
	s := v.sheet("office-labs", q.href(Office), v.t("all"), page.Link{Href: "/office", Text: v.t("office")})
	s.Lead = v.t("all.lead")
	all, list := v.rooms(asked{}), v.rooms(q)
	var sum lab.Devices
	due := 0
	for _, r := range all {
		sum.Work += r.devices.Work
		sum.Old += r.devices.Old
		if r.lab.Due(h.o.Now()) {
			due++
		}
	}
	figures := page.Block{Figs: []page.Figure{{Value: v.w.Int(int64(len(all))), Text: v.t("fig.rooms")}, {Value: v.w.Int(int64(sum.Work)), Text: v.t("fig.devices")},
		{Value: v.w.Int(int64(sum.Old)), Text: v.t("fig.old", "N", lab.OldAfter)}}}
	if due > 0 {
		figures.Note = &page.Note{Kind: "sun", Text: []string{v.t("due.all", "N", due)}, Link: &page.Link{Href: Office + "?show=due", Text: v.t("due.go")}}
	}
	show := page.Select{ID: page.FieldID("show"), Name: "show", Label: v.t("f.show"), Options: []page.Option{{Text: v.t("show.all")}}}
	for _, x := range v.shows() {
		show.Options = append(show.Options, page.Option{Value: x.id, Text: v.t("show."+x.id, "N", idle, "Years", lab.OldAfter), Selected: x.id == q.Show})
	}
	search := page.Form{Action: Office, Get: true, Row: true, Card: true, Parts: []any{page.Field{ID: "f-q", Name: "q", Label: v.t("f.q"), Value: q.Words, Type: "search", MaxLength: 100}, show, v.districts(q.District)},
		Buttons: []page.Button{{Text: v.t("search"), Kind: "second", Small: true}}}
	if q.Sort != "" {
		search.Hidden = []page.Hidden{{Name: "sort", Value: q.Sort}}
	}
	head := func(sort, text string, number bool) page.GridHead {
		g := page.GridHead{Text: text, Number: number, Href: q.href(Office, "sort", sort)}
		for _, s := range sorts {
			if s.id == sort && (q.Sort == sort || q.Sort == "" && sort == "body") {
				g.Sort = "ascending"
				if s.down {
					g.Sort = "descending"
				}
			}
		}
		return g
	}
	g := &page.Grid{Caption: v.t("all"), Hidden: true, Cards: true, Empty: v.t("all.none"), Foot: v.t("all.foot", "N", v.w.Int(int64(len(list))), "Years", lab.OldAfter),
		Head: []page.GridHead{{Text: v.t("col.room")}, head("body", v.t("col.body"), false), head("devices", v.t("col.devices"), true), head("old", v.t("col.old"), true), head("broken", v.t("col.broken"), true),
			head("hours", v.t("col.hours"), true), head("waits", v.t("col.waits"), true), head("checked", v.t("col.checked"), false)}}
	at := min(max(int(min(max(q.Page, 1), 1<<20)), 1), max(1, (len(list)+perPage-1)/perPage))
	for _, r := range list[(at-1)*perPage : min(at*perPage, len(list))] {
		g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: r.lab.Name, Href: Office + "/room/" + r.lab.ID, Small: v.t("purpose." + string(r.lab.Purpose)), Tags: v.trouble(r.lab)}, {Text: r.body, Small: v.district(r.district)},
			{Text: strconv.Itoa(r.devices.Work)}, {Text: strconv.Itoa(r.devices.Old)}, {Text: strconv.Itoa(r.devices.Repair + r.devices.Scrap)}, {Text: strconv.Itoa(r.lab.Hours.Sum())},
			{Text: strconv.Itoa(r.waits)}, {Text: v.day(r.lab.Checked)}}})
	}
	to := func(n int) *page.Link {
		if n < 1 || (n-1)*perPage >= len(list) {
			return nil
		}
		return &page.Link{Href: q.href(Office, "page", strconv.Itoa(n)), Text: v.t("page", "N", n)}
	}
	acts := page.Block{Noprint: true, Acts: []page.Button{{Text: v.t("requests.all"), Href: Office + "/requests", Small: true},
		{Text: v.t("file.xlsx"), Href: q.href(Office + "/file/xlsx"), Kind: "second", Small: true}, {Text: v.t("file.csv"), Href: q.href(Office + "/file/csv"), Kind: "second", Small: true}}}
	s.Blocks = []page.Block{figures, acts, {Form: &search, Noprint: true}, {Grid: g, Pager: &page.Pager{Previous: to(at - 1), Next: to(at + 1)}},
		{Note: &page.Note{Kind: "main", Title: v.t("hidden"), Text: []string{v.t("hidden.open")}, Link: &page.Link{Href: OpenData, Text: v.t("open")}}}}
	return v.show(http.StatusOK, s)
}

func (v *view) districts(now string) page.Select {
	s := page.Select{ID: page.FieldID("district"), Name: "district", Label: v.t("f.district"), Options: []page.Option{{Text: v.t("district.all")}}}
	for _, d := range v.h.o.Districts {
		s.Options = append(s.Options, page.Option{Value: d.ID, Text: v.in(d.Name), Selected: d.ID == now})
	}
	return s
}

// notes stand over the table of a file: the filter and the day.
func (v *view) notes(words ...string) (list []string) {
	for _, w := range words {
		if w != "" {
			list = append(list, w)
		}
	}
	list = append(list, v.t("file.day", "Day", v.w.Date(v.h.o.Now())), v.t("hidden.text"))
	if v.h.o.Demo {
		list = append(list, v.t("file.demo"))
	}
	return list
}

// ListFile is the list of the same query as a file.
func (h *Handlers) ListFile(c *gin.Context) error {
	v := h.see(c)
	q, err := v.query()
	if err != nil {
		return err
	}
	show, district := "", ""
	for _, x := range v.shows() {
		if x.id == q.Show {
			show = v.t("show."+x.id, "N", idle, "Years", lab.OldAfter)
		}
	}
	if q.District != "" {
		district = v.district(q.District)
	}
	t := tablefile.Table{Title: v.t("all"), Notes: v.notes(show, district, q.Words), Heads: []string{v.t("col.room"), v.t("f.purpose"), v.t("col.body"), v.t("f.district"), v.t("col.seats"), v.t("col.devices"), v.t("col.old"), v.t("col.broken"),
		v.t("col.hours"), v.t("col.waits"), v.t("col.checked"), v.t("col.state")}}
	for _, r := range v.rooms(q) {
		var tags []string
		for _, tag := range v.trouble(r.lab) {
			tags = append(tags, tag.Text)
		}
		t.Rows = append(t.Rows, []any{r.lab.Name, v.t("purpose." + string(r.lab.Purpose)), r.body, v.district(r.district), r.lab.Seats, r.devices.Work, r.devices.Old, r.devices.Repair + r.devices.Scrap,
			r.lab.Hours.Sum(), r.waits, r.lab.Checked, strings.Join(tags, "; ")})
	}
	return v.file("laboratorii", t)
}

// OfficeRoom shows a room to the department.
func (h *Handlers) OfficeRoom(c *gin.Context) error {
	v := h.see(c)
	l, err := v.room(person.SchoolSummary)
	if err != nil {
		return err
	}
	s := v.sheet("office-labs", Office+"/room/"+l.ID, l.Name, v.list())
	s.Kicker = v.body(l.Institution) + " · " + v.t("purpose."+string(l.Purpose))
	s.Blocks = []page.Block{v.facts(l), v.lines(l)}
	if len(l.Programs) > 0 {
		s.Blocks = append(s.Blocks, v.programs(l))
	}
	var asked []*lab.Request
	for _, r := range h.o.Labs.Requests(l.Institution) {
		if r.Lab == l.ID {
			asked = append(asked, r)
		}
	}
	s.Blocks = append(s.Blocks, v.requestsBlock(asked, Office+"/request/"))
	return v.show(http.StatusOK, s)
}

// Open is the one public file: counts by district (lab.Open says how they are kept safe).
func (h *Handlers) Open(c *gin.Context) error {
	v := h.see(c)
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	write := func(cells ...string) { _ = w.Write(cells) } // to memory: Error below tells
	write("districts", "institutions", "rooms", "seats", "computers", "computers_old", "hours_week")
	rows := lab.Open(h.o.Labs.All(), func(body string) (string, bool) {
		i, ok := h.o.Bodies.ByID(body)
		if !ok {
			return "", false
		}
		return i.District, true
	}, h.o.Now())
	for _, r := range rows {
		names := make([]string, len(r.Districts))
		for i, d := range r.Districts {
			names[i] = v.district(d)
		}
		cells := []string{strings.Join(names, " + ")}
		for _, n := range []int{r.Institutions, r.Rooms, r.Seats, r.Computers, r.Old, r.Hours} {
			cells = append(cells, strconv.Itoa(n))
		}
		write(cells...)
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return err
	}
	head := c.Writer.Header()
	head.Set("Cache-Control", "public, max-age=3600")
	head.Set("Access-Control-Allow-Origin", "*")
	return v.give("laboratories.csv", tablefile.Type(tablefile.CSV), b.Bytes())
}
