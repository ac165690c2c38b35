package resident

import (
	"github.com/gin-gonic/gin"

	"osvitlo/internal/web/page"
)

// OpenDataPage lists what can be downloaded and how to check it.
type OpenDataPage struct {
	page.Base
	Releases    []OpenRelease
	Fingerprint string
	Live        string // sentence about the running figure
}

// OpenRelease is one release with its files and what was said about it later.
type OpenRelease struct {
	Title, When string
	Latest      bool
	Withdrawn   string
	Errata      []string
	Files       []page.Download
}

// OpenData shows the releases.
func (h *Handlers) OpenData(c *gin.Context) error {
	snap := h.o.Index.Snapshot()
	return h.keep(c, "opendata", "/open-data", snap.ETag, func(lang string) (page.Page, error) {
		b := &indexBuilder{h: h, lang: lang, w: h.o.Words.Lang(lang), v: snap.View}
		base := h.public(lang, "/open-data", "data", "resident.data.title")
		base.Description = b.w.T("resident.data.lead", nil)
		p := &OpenDataPage{Base: base, Fingerprint: snap.View.Method.Fingerprint, Live: sentence(b.w, snap.View)}
		for _, r := range snap.View.Releases {
			one := OpenRelease{Title: b.w.T("resident.data.release", map[string]any{"ID": r.ID}), When: b.w.Date(r.AsOf),
				Latest: r.Latest, Files: b.files(r)}
			if r.Withdrawn != nil {
				one.Withdrawn = r.Withdrawn.Text.In(lang)
			}
			for _, e := range r.Errata {
				one.Errata = append(one.Errata, b.w.Date(e.At.Time)+": "+e.Text.In(lang))
			}
			p.Releases = append(p.Releases, one)
		}
		return p, nil
	})
}
