package office

import (
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/person"
	"osvitlo/internal/web/page"
)

// Roles shows the table of rights as it is in the code, in words.
func (h *Handlers) Roles(c *gin.Context) error {
	v := h.see(c)
	s := v.sheet("roles", "roles.title")
	s.Lead = v.t("roles.lead")
	staff := page.Grid{Caption: v.t("roles.who"), Hidden: true, Cards: true, Head: []page.GridHead{{Text: v.t("roles.role")}, {Text: v.t("roles.what")}, {Text: v.t("roles.place")}, {Text: v.t("roles.gives")}}}
	for _, r := range person.Roles() {
		if !r.Staff() {
			continue
		}
		var gives []string
		for _, g := range person.Gives(r) {
			gives = append(gives, v.role(g))
		}
		given := strings.Join(gives, ", ")
		if given == "" {
			given = v.t("roles.gives.none")
		}
		staff.Rows = append(staff.Rows, page.GridRow{Cells: []page.GridCell{{Text: upper(v.role(r))}, {Text: v.t("role." + r.String() + ".for")},
			{Text: v.t("place.kind." + kindID(r.PlaceKind()))}, {Text: given}}})
	}
	s.Blocks = append(s.Blocks, page.Block{Title: v.t("roles.who"), Grid: &staff})

	table := page.Grid{Caption: v.t("roles.table"), Hidden: true, Head: []page.GridHead{{Text: v.t("roles.action")}}}
	roles := []person.Role{person.Resident}
	for _, r := range person.Roles() {
		if r.Staff() {
			roles = append(roles, r)
		}
	}
	for _, r := range roles {
		table.Head = append(table.Head, page.GridHead{Text: v.role(r)})
	}
	table.Head = append(table.Head, page.GridHead{Text: v.t("roles.proof")})
	for _, right := range person.Table() {
		row := page.GridRow{Cells: []page.GridCell{{Text: upper(v.t("act." + right.Action.String()))}}}
		for _, r := range roles {
			reach := right.Reach[r]
			cell := page.GridCell{Text: "–"}
			if reach != person.Nothing {
				cell = page.GridCell{Tag: &page.Tag{Text: v.t("reach." + reach.String()), Kind: reachKind(reach)}}
			}
			row.Cells = append(row.Cells, cell)
		}
		proof := "–"
		if right.Fresh {
			proof = v.t("roles.proof.yes")
		}
		row.Cells = append(row.Cells, page.GridCell{Text: proof})
		table.Rows = append(table.Rows, row)
	}
	s.Blocks = append(s.Blocks, page.Block{Title: v.t("roles.table"), Text: []string{v.t("roles.table.text")}, Grid: &table})
	return v.render(200, s)
}

func kindID(k person.PlaceKind) string {
	if k == person.NoPlace {
		return "city"
	}
	return string(k)
}

func reachKind(s person.Scope) string {
	switch s {
	case person.All:
		return "main"
	case person.OwnPlace:
		return "good"
	}
	return "plain"
}

// upper begins a text with a capital letter.
func upper(text string) string {
	for i, r := range text {
		return strings.ToUpper(string(r)) + text[i+len(string(r)):]
	}
	return text
}
