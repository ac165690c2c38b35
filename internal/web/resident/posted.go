package resident

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
)

// posted reads the form of a request. Errors: TooLarge, Invalid.
func posted(c *gin.Context) (url.Values, error) {
	if err := c.Request.ParseForm(); err != nil {
		var big *http.MaxBytesError
		if errors.As(err, &big) {
			return nil, fault.New(fault.TooLarge, "")
		}
		return nil, fault.From(err, fault.Invalid, "fault.invalid")
	}
	return c.Request.PostForm, nil
}

// complaint is the message of a fault in an answer, in the reader's language.
func complaint(w *i18n.Localizer, f fault.Field) string {
	key := "resident." + f.Key
	args := f.Args
	for name, v := range args {
		switch n := v.(type) {
		case int:
			args[name] = w.Int(int64(n))
		case float64:
			args[name] = number(w, n)
		}
	}
	text := w.T(key, args)
	if text == key {
		return w.T("page.form.bad", nil)
	}
	return text
}

// number writes a number with as many decimals as it needs, at most three.
func number(w *i18n.Localizer, x float64) string {
	for d := range 3 {
		if s := w.Number(x, d); w.Number(x, 3) == padded(w, s, d) {
			return s
		}
	}
	return w.Number(x, 3)
}

// padded is a number written with d decimals, filled up to three.
func padded(w *i18n.Localizer, s string, d int) string {
	if d == 0 {
		s += w.Number(0, 1)[1:2]
	}
	for ; d < 3; d++ {
		s += "0"
	}
	return s
}
