package places

import (
	"encoding/csv"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/person"
	"osvitlo/internal/place"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// coverKinds are those whose reach is measured; the empty one is any place.
var coverKinds = []place.Kind{"", place.Library, place.SmartLibrary, place.Hub, place.CNAP, place.Club}

const shownGaps = 50

// limits of a walk, in metres: about 10, 15, 25 and 40 minutes.
var walks = []float64{800, 1200, 2000, 3000}

func (v *view) walk() float64 {
	n, err := strconv.ParseFloat(v.c.Query("walk"), 64)
	for _, w := range walks {
		if err == nil && w == n {
			return w
		}
	}
	return place.CoverageLimit
}

// CoveragePage tells how far people walk to the nearest place of a kind, and where the
// gaps are.
func (h *Handlers) CoveragePage(c *gin.Context) error {
	v := h.see(c)
	if err := gate.Check(c, person.OfficeRead, person.City); err != nil {
		return err
	}
	s := v.sheet(Coverage, v.t("coverage"), v.register())
	s.Lead = v.t("coverage.lead")
	if len(h.o.People) == 0 {
		s.Blocks = []page.Block{{Note: &page.Note{Kind: "sun", Text: []string{v.t("coverage.nobody")}}}}
		return v.show(http.StatusOK, s)
	}
	limit := v.walk()
	survey := h.o.Places.Cover(h.o.People, coverKinds, h.o.Walk, limit)
	options := make([]page.Option, len(walks))
	for i, w := range walks {
		options[i] = page.Option{Value: strconv.FormatFloat(w, 'f', 0, 64), Text: v.far(w), Selected: w == limit}
	}
	s.Blocks = append(s.Blocks, page.Block{Noprint: true, Form: &page.Form{Action: Coverage, Get: true, Row: true, Card: true, Parts: []any{page.Select{ID: page.FieldID("walk"), Name: "walk", Label: v.t("coverage.walk"), Options: options}}, Buttons: []page.Button{{Text: v.t("show"), Small: true}}}})
	g := &page.Grid{Caption: v.t("coverage.table"), Hidden: true, Cards: true, Head: []page.GridHead{{Text: v.t("fact.district")}, {Text: v.t("filter.kind")}, {Text: v.t("coverage.people"), Number: true}, {Text: v.t("coverage.within"), Number: true}, {Text: v.t("coverage.mean"), Number: true}, {Text: v.t("coverage.farthest"), Number: true}}}
	for _, r := range survey.Reaches {
		g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.coverDistrict(r.District)}, {Text: v.coverKind(r.Kind)}, {Text: v.w.Int(int64(r.People))}, {Text: v.percent(r.Share())}, {Text: v.walked(r.Mean)}, {Text: v.walked(r.Farthest)}}, Bad: r.Share() < 0.5})
	}
	g.Foot = v.t("coverage.how", "Factor", v.w.Number(h.o.Walk, 2))
	gaps := &page.Grid{Caption: v.t("coverage.gaps"), Hidden: true, Cards: true, Empty: v.t("coverage.nogaps"), Head: []page.GridHead{{Text: v.t("coverage.point")}, {Text: v.t("filter.kind")}, {Text: v.t("coverage.people"), Number: true}, {Text: v.t("coverage.far"), Number: true}, {Text: v.t("coverage.nearest")}}}
	for _, n := range survey.Gaps[:min(len(survey.Gaps), shownGaps)] {
		gaps.Rows = append(gaps.Rows, page.GridRow{Cells: []page.GridCell{{Text: line(" · ", n.At.Name, v.coverDistrict(n.At.District)), Small: coordinates(n.At.Point)}, {Text: v.coverKind(n.Kind)}, {Text: v.w.Int(int64(n.At.People))}, {Text: v.walked(n.Metres)}, {Text: v.placeName(n.Nearest)}}})
	}
	if more := len(survey.Gaps) - len(gaps.Rows); more > 0 {
		gaps.Foot = v.t("import.more", "N", v.w.Int(int64(more)))
	}
	s.Blocks = append(s.Blocks, page.Block{Title: v.t("coverage.table"), Grid: g}, page.Block{Title: v.t("coverage.gaps"), Text: []string{v.t("coverage.gaps.text", "Walk", v.far(limit))}, Grid: gaps,
		Down: []page.Download{{Href: Coverage + ".csv?walk=" + strconv.FormatFloat(limit, 'f', 0, 64), Text: v.t("coverage.file"), Meta: "CSV"}}})
	return v.show(http.StatusOK, s)
}

func (v *view) coverDistrict(id string) string {
	if id == "" {
		return v.t("coverage.city")
	}
	return v.h.o.Places.DistrictName(id, v.lang)
}

func (v *view) coverKind(k place.Kind) string {
	if k == "" {
		return v.t("coverage.any")
	}
	return v.t("kind." + string(k))
}

func (v *view) percent(x float64) string {
	if math.IsNaN(x) {
		return "—"
	}
	return v.w.Number(x*100, 0) + " %"
}

func (v *view) walked(m float64) string {
	if math.IsNaN(m) || math.IsInf(m, 0) {
		return "—"
	}
	return v.far(m)
}

func (v *view) placeName(id string) string {
	if p, ok := v.h.o.Places.ByID(id); ok {
		return p.Name.In(v.lang)
	}
	return "—"
}

// CoverageFile is the whole measure as a table: every point and kind.
func (h *Handlers) CoverageFile(c *gin.Context) error {
	v := h.see(c)
	if err := gate.Check(c, person.OfficeRead, person.City); err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("\uFEFF")
	out := csv.NewWriter(&b)
	out.UseCRLF = true
	err := out.Write([]string{"point", "district", "lat", "lon", "people", "kind", "walk_m", "nearest"})
	for _, n := range h.o.Places.Cover(h.o.People, coverKinds, h.o.Walk, v.walk()).Gaps {
		metres := ""
		if !math.IsInf(n.Metres, 0) {
			metres = strconv.FormatFloat(n.Metres, 'f', 0, 64)
		}
		kind := string(n.Kind)
		if kind == "" {
			kind = "any"
		}
		if err == nil {
			err = out.Write([]string{n.At.Name, n.At.District, strconv.FormatFloat(n.At.Point.Lat, 'f', 5, 64), strconv.FormatFloat(n.At.Point.Lon, 'f', 5, 64), strconv.FormatFloat(n.At.People, 'f', 0, 64), kind, metres, n.Nearest})
		}
	}
	if err != nil {
		return err
	}
	out.Flush()
	c.Header("Cache-Control", "no-store")
	c.Header("Content-Disposition", `attachment; filename="coverage.csv"`)
	c.Data(http.StatusOK, "text/csv; charset=utf-8", []byte(b.String()))
	return nil
}
