package services

import (
	"bytes"
	_ "embed"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/eservice/manual"
	"osvitlo/internal/fault"
	"osvitlo/internal/web/page"
)

//go:embed offline.tmpl
var offlineText string

// offlineFile is a page of its own: styles and drawings stand in it, nothing is fetched.
var offlineFile = template.Must(template.New("offline").Parse(offlineText))

// MaxFolder bounds the folder without internet, in bytes (USERS 12).
const MaxFolder = 5 << 20

type drawing struct {
	Name string
	SVG  template.HTML
}

type offlineData struct {
	Lang, Title, Lead, Day string
	Draft                  string
	Words                  map[string]string
	Texts                  []Text
	Groups                 []Group
	Drawings               []drawing
	Folder                 bool
	Places                 []Place
	PlacesNone             string
	Phones                 []page.Row
	Aid, Never             []string
	Warnings               []WarningText
	Schemes                []string
}

// Offline is the whole manual as one file.
func (h *Handlers) Offline(c *gin.Context) error {
	v := h.see(c)
	d, err := v.offline(v.t("manual.title"), v.t("manual.lead"))
	if err != nil {
		return err
	}
	return v.file("instruktsii-"+v.lang+".html", d)
}

// Folder is «Папка без інтернету»: places, telephones, instructions and first aid in one file.
func (h *Handlers) Folder(c *gin.Context) error {
	v := h.see(c)
	d, err := v.offline(v.t("folder.title"), v.t("folder.lead"))
	if err != nil {
		return err
	}
	d.Folder, d.Aid, d.Never = true, v.aid(), v.never()
	d.Places = v.places()
	d.PlacesNone = v.t("folder.places.none")
	d.Phones = []page.Row{{Key: "112", Value: v.t("folder.112")}, {Key: "101", Value: v.t("folder.101")}, {Key: "102", Value: v.t("folder.102")}, {Key: "103", Value: v.t("folder.103")},
		{Key: v.t("folder.bank"), Value: v.t("folder.bank.text")}}
	if phone := v.phone(); phone != "" {
		d.Phones = append([]page.Row{{Key: phone, Value: v.t("folder.city") + " " + v.in(h.o.City.Hours)}}, d.Phones...)
	}
	for _, w := range h.o.Manual.Warnings() {
		d.Warnings = append(d.Warnings, v.warning(w))
	}
	for n := range manual.Schemes {
		d.Schemes = append(d.Schemes, v.t("scheme."+itoa(n+1)))
	}
	return v.file("papka-bez-internetu-"+v.lang+".html", d)
}

func (v *view) places() []Place {
	if v.h.o.Places == nil {
		return nil
	}
	return v.h.o.Places(v.lang)
}

func (v *view) offline(title, lead string) (*offlineData, error) {
	d := &offlineData{Lang: v.lang, Title: title, Lead: lead, Day: v.t("manual.day", "Day", v.w.Date(v.now)), Groups: v.groups("#"), Words: map[string]string{}}
	for _, key := range []string{"h.purpose", "h.who", "h.prepare", "h.steps", "h.wrong", "h.offline", "h.never", "helping", "contents", "index", "top", "address", "folder.places", "folder.phones", "folder.aid",
		"folder.services", "folder.warnings", "folder.schemes", "never.title", "manual.file", "warn.act", "frauds"} {
		d.Words[strings.ReplaceAll(key, ".", "_")] = v.t(key)
	}
	used := map[string]bool{}
	for _, e := range v.h.o.Manual.Shown() {
		t := v.text(e)
		if t.Draft != "" {
			d.Draft = v.t("draft.some")
		}
		for _, s := range t.Steps {
			used[s.Name] = true
		}
		d.Texts = append(d.Texts, t)
	}
	for _, name := range manual.Pictures {
		if !used[name] {
			continue
		}
		raw, err := fs.ReadFile(v.h.o.Pictures, path.Base(name+".svg"))
		if err != nil {
			continue // the text says it all
		}
		inner := string(raw)
		from, to := strings.IndexByte(inner, '>'), strings.LastIndex(inner, "</svg>")
		if from < 0 || to <= from {
			continue
		}
		// the drawings are ours and were checked for scripts when they were read
		d.Drawings = append(d.Drawings, drawing{name, template.HTML(inner[from+1 : to])}) //nolint:gosec
	}
	slices.SortFunc(d.Drawings, func(a, b drawing) int { return strings.Compare(a.Name, b.Name) })
	return d, nil
}

func (v *view) file(name string, d *offlineData) error {
	var b bytes.Buffer
	if err := offlineFile.Execute(&b, d); err != nil {
		return fault.From(err, fault.Internal, "")
	}
	if b.Len() > MaxFolder {
		return fault.Newf(fault.Internal, "", "the file has %d bytes", b.Len())
	}
	v.c.Header("Content-Disposition", `attachment; filename="`+name+`"`)
	v.c.Header("Cache-Control", "no-store")
	v.c.Data(http.StatusOK, "text/html; charset=utf-8", b.Bytes())
	return nil
}
