package answers

import (
	"net/url"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/export"
	"osvitlo/internal/fault"
	"osvitlo/internal/sitting"
	"osvitlo/internal/web/form"
)

// query is what the page and its files are asked with.
type query struct {
	Instrument string   `form:"instrument" validate:"max=64"`
	Wave       string   `form:"wave" validate:"max=64"`
	Mode       string   `form:"mode" validate:"max=20"`
	State      string   `form:"state" validate:"max=20"`
	Columns    []string `form:"cols" validate:"max=10,dive,max=20"`
	Page       string   `form:"page" validate:"max=7"`
	Reason     string   `form:"reason" validate:"max=20"`
}

// usual is the instrument a reader without a wish sees.
const usual = "resident-test"

// read reads the query of an address. Errors: Invalid.
func read(c *gin.Context) (q query, err error) {
	err = form.DecodeQuery(c.Request, &q)
	if q.Instrument == "" {
		q.Instrument = usual
	}
	return q, err
}

func (q query) groups() []export.Group {
	out := make([]export.Group, 0, len(q.Columns))
	for _, g := range q.Columns {
		if !slices.Contains(out, export.Group(g)) {
			out = append(out, export.Group(g))
		}
	}
	if len(out) == 0 {
		return export.Usual
	}
	return out
}

func (q query) export() export.Query {
	return export.Query{Instrument: q.Instrument, Wave: q.Wave, Mode: sitting.Mode(q.Mode), State: sitting.State(q.State), Groups: q.groups()}
}

// number is the page, from 1. Errors: Invalid.
func (q query) number() (int, error) {
	if q.Page == "" {
		return 1, nil
	}
	n, err := strconv.Atoi(q.Page)
	if err != nil || n < 1 {
		return 1, fault.InvalidFields(fault.Field{Pointer: "page", Key: "export.no_such_page"})
	}
	return n, nil
}

// values writes the query again, without page and reason.
func (q query) values() url.Values {
	v := url.Values{"instrument": {q.Instrument}}
	for name, value := range map[string]string{"wave": q.Wave, "mode": q.Mode, "state": q.State} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if len(q.Columns) > 0 {
		v["cols"] = q.Columns
	}
	return v
}

// at is the address of a page of the same table.
func (q query) at(n int) string {
	v := q.values()
	if n > 1 {
		v.Set("page", strconv.Itoa(n))
	}
	return Address + "?" + v.Encode()
}
