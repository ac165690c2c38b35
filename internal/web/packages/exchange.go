package packages

import (
	"bytes"
	"cmp"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/course"
	"osvitlo/internal/course/draft"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/interchange"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// Exchange is where courses go out and come in.
const Exchange = "/office/exchange"

// editors is where a draft is written, as web/learning says it.
func editors(slug string) string { return "/office/courses/" + slug + "/edit" }

// exchangeForm is what the form says beside the file.
type exchangeForm struct{ slug, lang string }

// ExchangePage lists the courses with the forms to take them and to bring one.
type ExchangePage struct {
	page.Sheet
	Action string
	Error  string
	Limit  string
	Slug   page.Field
	Lang   page.Select
}

// ExchangeList shows what can go out, and takes what comes in.
func (h *Handlers) ExchangeList(c *gin.Context) error {
	return h.see(c).exchange(exchangeForm{}, nil, nil)
}

func (v *view) in(t i18n.Text) string { return cmp.Or(t.In(v.lang), t.UK) }

func (v *view) exchange(said exchangeForm, refused error, said2 *bySide) error {
	p := &ExchangePage{Sheet: v.sheet(Exchange, v.t("exchange.title"), "exchange"), Action: Exchange, Limit: v.t("exchange.limit", "MB", interchange.MaxPackage>>20)}
	p.Lead = v.t("exchange.lead")
	status, err := v.wrong(&p.Sheet, refused)
	if err != nil {
		return err
	}
	p.Error = v.fault("file")
	p.Slug = page.Field{ID: page.FieldID("slug"), Name: "slug", Label: v.t("exchange.slug"), Hint: v.t("exchange.slug.hint"), Value: said.slug, MaxLength: 64, Error: v.fault("slug")}
	p.Lang = page.Select{ID: page.FieldID("lang"), Name: "words", Label: v.t("exchange.lang"), Options: []page.Option{{Value: i18n.Ukrainian, Text: v.t("exchange.uk"), Selected: said.lang != i18n.English}, {Value: i18n.English, Text: v.t("exchange.en"), Selected: said.lang == i18n.English}}}
	if said2 != nil {
		b := page.Block{Title: v.t("exchange.report"), Text: []string{v.t("exchange.report.text")}, Acts: []page.Button{{Text: v.t("exchange.open"), Href: editors(said2.slug)}}}
		for _, n := range said2.report.Notes {
			b.Words = append(b.Words, n.In(v.lang))
		}
		p.Done = v.t("done.imported")
		p.Blocks = append(p.Blocks, b)
	}
	grid := &page.Grid{Caption: v.t("exchange.list"), Hidden: true, Cards: true, Empty: v.t("exchange.none"), Head: []page.GridHead{{Text: v.t("exchange.course")}, {Text: v.t("exchange.version"), Number: true}, {Text: v.t("exchange.out")}}}
	for _, one := range v.h.o.Courses.Courses() {
		grid.Rows = append(grid.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.in(one.Title), Small: one.Slug}, {Text: strconv.Itoa(one.Version)},
			{Acts: []page.Button{{Text: v.t("exchange.zip"), Href: Exchange + "/" + one.Slug + ".zip", Kind: "second", Small: true}, {Text: v.t("exchange.cc.uk"), Href: Exchange + "/" + one.Slug + ".imscc", Kind: "second", Small: true}, {Text: v.t("exchange.cc.en"), Href: Exchange + "/" + one.Slug + ".imscc?words=en", Kind: "second", Small: true}}}}})
	}
	p.Blocks = append(p.Blocks, page.Block{Title: v.t("exchange.list"), Small: v.t("exchange.list.text"), Grid: grid})
	p.Ready()
	return v.render(status, "packages/exchange", p)
}

// picture reads a file of content/media.
func (h *Handlers) picture(name string) ([]byte, error) {
	if h.o.Pictures == nil || !fs.ValidPath(name) {
		return nil, fault.New(fault.NotFound, "")
	}
	return fs.ReadFile(h.o.Pictures, name)
}

// ExchangeOut gives a course as a file: <slug>.zip or <slug>.imscc.
func (h *Handlers) ExchangeOut(c *gin.Context) error {
	name := c.Param("file")
	ext := path.Ext(name)
	one, err := h.o.Courses.Course(strings.TrimSuffix(name, ext))
	if err != nil {
		return err
	}
	var b bytes.Buffer
	kind := "application/zip"
	switch ext {
	case ".zip":
		err = h.zip(c, one, &b)
	case ".imscc":
		lang := i18n.Ukrainian
		if c.Query("words") == i18n.English {
			lang, name = i18n.English, one.Slug+"-en.imscc"
		}
		kind = "application/vnd.ims.imsccv1p3"
		_, err = interchange.ExportCartridge(&b, one, lang, h.picture)
	default:
		return fault.New(fault.NotFound, "")
	}
	if err != nil {
		return err
	}
	c.Header("Content-Disposition", `attachment; filename="`+name+`"`)
	c.Header("Cache-Control", "no-store")
	c.Data(http.StatusOK, kind, b.Bytes())
	return nil
}

func (h *Handlers) zip(c *gin.Context, one *course.Course, w io.Writer) error {
	version, err := h.o.Drafts.Version(c.Request.Context(), one.Slug, one.Version)
	if err != nil {
		return err
	}
	out := interchange.CourseFiles{Slug: one.Slug}
	for _, f := range version.Files {
		out.Files = append(out.Files, interchange.CourseFile{Name: f.Name, Text: []byte(f.Text)})
	}
	for _, name := range interchange.Pictures(one) {
		if raw, err := h.picture(name); err == nil && len(raw) <= interchange.MaxPicture { // what is not drawn yet is not there
			out.Media = append(out.Media, interchange.CourseFile{Name: name, Text: raw})
		}
	}
	return interchange.WriteCourse(w, out)
}

// bySide is a course that was just brought in, with what was not carried.
type bySide struct {
	slug   string
	report interchange.Report
}

// ExchangeIn makes a draft of a course zip or of a Common Cartridge.
func (h *Handlers) ExchangeIn(c *gin.Context) error {
	v := h.see(c)
	said := exchangeForm{}
	var made *bySide
	err := upload(c, func(values url.Values, f multipart.File, head *multipart.FileHeader) error {
		said = exchangeForm{strings.ToLower(strings.TrimSpace(values.Get("slug"))), values.Get("words")}
		if f == nil {
			return noFile()
		}
		if head.Size > interchange.MaxPackage {
			return ofFile("package.bad.large", map[string]any{"MB": interchange.MaxPackage >> 20})
		}
		raw, err := io.ReadAll(io.LimitReader(f, interchange.MaxPackage+1))
		if err != nil {
			return fault.From(err, fault.Unavailable, "")
		}
		made, err = h.bring(c, raw, said)
		return err
	})
	if err != nil {
		return v.exchange(said, err, nil)
	}
	return v.exchange(exchangeForm{}, nil, made)
}

func ofFile(key string, args map[string]any) error {
	return fault.InvalidFields(fault.Field{Pointer: "file", Key: key, Args: args})
}

// refusedFile makes of a reader's refusal, which names file and line, a fault of the field.
func refusedFile(err error) error {
	f := fault.As(err)
	if err == nil || f == nil || f.Kind != fault.Invalid && f.Kind != fault.TooLarge || len(f.Fields) > 0 {
		return err
	}
	text := f.Error()
	if f.Err != nil {
		text = f.Err.Error()
	}
	return ofFile("package.exchange.refused", map[string]any{"Error": text})
}

func (h *Handlers) bring(c *gin.Context, raw []byte, said exchangeForm) (*bySide, error) {
	ctx, actor := c.Request.Context(), gate.Actor(c)
	who := ""
	if h.o.EditorName != nil {
		who = h.o.EditorName(ctx, actor)
	}
	var files []draft.Named
	made := &bySide{}
	ours, err := interchange.ReadCourse(raw)
	switch {
	case err == nil:
		made.slug = cmp.Or(said.slug, ours.Slug)
		for _, f := range ours.Files {
			files = append(files, draft.Named{Name: f.Name, Text: string(f.Text)})
		}
		for _, m := range ours.Media {
			if _, err := h.picture(m.Name); err != nil {
				made.report.Notes = append(made.report.Notes, interchange.Note{File: m.Name, Lost: true, Text: i18n.Text{UK: "картинки на цьому сайті ще немає: додайте її у «Файлах»", EN: "this site has no such picture yet: add it under “Files”"}})
			}
		}
	case interchange.IsCartridge(raw):
		lang := i18n.Ukrainian
		if said.lang == i18n.English {
			lang = i18n.English
		}
		if said.slug == "" {
			return nil, fault.InvalidFields(fault.Field{Pointer: "slug", Key: "package.exchange.noslug"})
		}
		cc, err := interchange.ImportCartridge(raw, said.slug, lang)
		if err != nil {
			return nil, refusedFile(err)
		}
		made.slug, made.report = said.slug, cc.Report
		files = append(files, draft.Named{Name: "course.yaml", Text: draft.Write(cc.Course)})
		for i, l := range cc.Lessons {
			files = append(files, draft.Named{Name: pad(i+1) + "-" + l["slug"].(string) + ".yaml", Text: draft.Write(l)})
		}
		if cc.Final != nil {
			files = append(files, draft.Named{Name: "final.yaml", Text: draft.Write(cc.Final)})
		}
	default:
		return nil, refusedFile(err)
	}
	_, err = h.o.Drafts.Import(ctx, actor, who, made.slug, files)
	return made, refusedFile(err)
}

func pad(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}
