package register

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/institution"
	"osvitlo/internal/person"
	"osvitlo/internal/tablefile"
)

// List is the list as it is filtered and sorted on the page, in the columns of an import:
// what was changed in it can be imported again.
func (h *Handlers) List(format string) func(*gin.Context) error {
	return func(c *gin.Context) error {
		v := h.see(c)
		if err := v.check(person.InstitutionEdit); err != nil {
			return err
		}
		year := institution.YearOf(h.o.Now())
		list, _ := v.found(year)
		var t tablefile.Table
		columns := institution.Columns()
		for _, column := range columns {
			if column != "point" { // latitude and longitude have columns of their own
				t.Heads = append(t.Heads, v.t("to."+column))
			}
		}
		for _, i := range list {
			row := []any{i.Code, i.Name().UK, i.Name().EN, v.kind(i.Kind), i.Type.UK, i.Address.UK, "", "", "", i.Group}
			if i.District != "" {
				row[6] = v.district(i.District)
			}
			if i.Point != nil {
				row[7], row[8] = i.Point.Lat, i.Point.Lon
			}
			f, _ := i.FrameOf(year)
			for _, role := range institution.Roles() {
				if n, known := f.Count[role]; known {
					row = append(row, n)
				} else {
					row = append(row, "")
				}
			}
			t.Rows = append(t.Rows, row)
		}
		raw, err := t.Write(format)
		if err != nil {
			return err
		}
		c.Header("Cache-Control", "no-store")
		c.Header("Content-Disposition", `attachment; filename="institutions-`+institution.YearName(year)[:4]+"."+format+`"`)
		c.Data(http.StatusOK, tablefile.Type(format), raw)
		return nil
	}
}
