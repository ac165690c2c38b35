package places

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/asset"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/place"
	"osvitlo/internal/store"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// photoBody bounds a form with a photo.
const photoBody = asset.QuickSize + 64<<10

// photoBlock leads to the page of photos.
func (v *view) photoBlock(p *place.Place) page.Block {
	return page.Block{Noprint: true, Title: v.t("photos"), Text: []string{v.n("photos.count", len(p.Photos))},
		Acts: []page.Button{{Text: v.t("photos"), Href: Office + "/" + p.ID + "/photos", Kind: "second", Small: true}}}
}

// PhotoPage lists the photos of a place with the form for one more.
type PhotoPage struct {
	page.Sheet
	Photos []PhotoRow
	Form   page.Form
	Error  string
	May    bool
}

// PhotoRow is a photo with its button.
type PhotoRow struct {
	Photo
	Remove page.Form
}

// PhotosForm shows the photos of a place.
func (h *Handlers) PhotosForm(c *gin.Context) error {
	v := h.see(c)
	p, err := v.find(person.PlaceEdit)
	if err != nil {
		return err
	}
	return v.photoPage(p, nil)
}

func (v *view) photoPage(p *place.Place, refused error) error {
	at := Office + "/" + p.ID + "/photos"
	s := v.sheet(at, v.t("photos"), v.register(), v.of(p))
	status, faults, err := v.wrong(s, refused)
	if err != nil {
		return err
	}
	s.Lead = v.t("photos.lead")
	out := &PhotoPage{Error: page.FaultText(v.w, faults, "file"), May: v.h.o.Photos != nil && v.may(person.ContentEdit, person.City) && v.may(person.ContentPublish, person.City)}
	for i, one := range p.Photos {
		if ph, ok := photoOf(one, v.lang); ok {
			out.Photos = append(out.Photos, PhotoRow{ph, page.Form{Action: at + "/remove", Hidden: []page.Hidden{{Name: "n", Value: strconv.Itoa(i)}, {Name: "asset", Value: one.Asset}}, Buttons: []page.Button{{Text: v.t("photo.remove"), Kind: "second", Small: true}}}})
		}
	}
	b := builder{v, faults}
	out.Form = page.Form{Action: at, Parts: []any{b.text("alt_uk", form.Typed(v.c.Request, "alt_uk"), ""), b.text("alt_en", form.Typed(v.c.Request, "alt_en"), ""),
		page.Check{ID: page.FieldID("clean"), Name: "clean", Value: "1", Label: v.t("field.clean"), Hint: v.t("hint.clean"), Error: page.FaultText(v.w, faults, "clean")}},
		Buttons: []page.Button{{Text: v.t("photo.add"), Small: true}}}
	out.Sheet = *s
	out.Ready()
	v.c.Header("Cache-Control", "no-store")
	return v.h.o.Pages.Render(v.c.Writer, status, "places/photos", out)
}

// AddPhoto takes a photo: only with words for those who do not see it, and with the
// promise that no people, plates or windows are on it.
func (h *Handlers) AddPhoto(c *gin.Context) error {
	v := h.see(c)
	p, err := v.find(person.PlaceEdit)
	if err != nil {
		return err
	}
	if err := gate.Check(c, person.ContentPublish, person.City); err != nil {
		return err
	}
	if err := v.addPhoto(p); err != nil {
		return v.photoPage(p, err)
	}
	return v.to(Office+"/"+p.ID+"/photos", "photo")
}

func (v *view) addPhoto(p *place.Place) error {
	r := v.c.Request
	_ = http.NewResponseController(v.c.Writer).SetReadDeadline(time.Now().Add(5 * time.Minute)) // a writer that cannot keeps the server's
	if err := r.ParseMultipartForm(1 << 20); err != nil {
		if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
			return fault.InvalidFields(fault.Field{Pointer: "file", Key: "asset.script", Args: map[string]any{"MB": asset.QuickSize >> 20}})
		}
		return fault.InvalidFields(fault.Field{Pointer: "file", Key: "asset.none"})
	}
	defer func() { _ = r.MultipartForm.RemoveAll() }() // what stays, the system's folder loses
	alt := i18n.Text{UK: r.FormValue("alt_uk"), EN: r.FormValue("alt_en")}
	var faults []fault.Field
	if alt.UK == "" {
		faults = append(faults, fault.Field{Pointer: "alt_uk", Key: "place.photo_alt"})
	}
	if r.FormValue("clean") != "1" {
		faults = append(faults, fault.Field{Pointer: "clean", Key: "place.photo_clean"})
	}
	list := r.MultipartForm.File["file"]
	if len(list) != 1 || list[0].Filename == "" || v.h.o.Photos == nil {
		faults = append(faults, fault.Field{Pointer: "file", Key: "asset.none"})
	}
	if len(faults) > 0 {
		return fault.InvalidFields(faults...)
	}
	f, err := list[0].Open()
	if err != nil {
		return fault.From(err, fault.Unavailable, "")
	}
	defer func() { _ = f.Close() }() // only read
	one, err := v.h.o.Photos(v.ctx, gate.Actor(v.c), asset.Sent{Name: list[0].Filename, Type: list[0].Header.Get("Content-Type"), Size: list[0].Size}, alt, f)
	if err != nil {
		return err
	}
	ph := place.Photo{Asset: one.ID, Alt: alt, By: gate.Actor(v.c).Person, At: store.At(v.now)}
	for _, file := range one.Files {
		if file.Role == asset.RoleWidth {
			ph.Files = append(ph.Files, place.PhotoRendered{Name: file.Name, Width: file.Width, Height: file.Height})
		}
	}
	_, err = v.h.o.Places.SetPhotos(v.ctx, gate.Actor(v.c), p.ID, append(append([]place.Photo(nil), p.Photos...), ph))
	return err
}

// RemovePhoto takes a photo off a place; the file itself stays with the files.
func (h *Handlers) RemovePhoto(c *gin.Context) error {
	v := h.see(c)
	p, err := v.find(person.PlaceEdit)
	if err != nil {
		return err
	}
	var f struct {
		N     int64  `form:"n"`
		Asset string `form:"asset" validate:"max=60"`
	}
	if err := form.Decode(c.Request, &f); err != nil {
		return err
	}
	if f.N < 0 || f.N >= int64(len(p.Photos)) || p.Photos[f.N].Asset != f.Asset {
		return v.photoPage(p, fault.New(fault.Conflict, "place.changed"))
	}
	rest := append(append([]place.Photo(nil), p.Photos[:f.N]...), p.Photos[f.N+1:]...)
	if _, err := h.o.Places.SetPhotos(v.ctx, gate.Actor(c), p.ID, rest); err != nil {
		return v.photoPage(p, err)
	}
	return v.to(Office+"/"+p.ID+"/photos", "photo_gone")
}
