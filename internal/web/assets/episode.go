package assets

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/asset"
	"osvitlo/internal/course/lesson"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// episodeBody bounds the form of an episode: a poster, two files of subtitles, words.
const episodeBody = asset.MaxPoster + 2*lesson.MaxSubtitles + 256<<10

// Beside is the form of what stands beside a video.
type Beside struct {
	Action      string
	Files       []BesideFile
	Transcripts []page.Field
	Sign        *page.Select
}

// BesideFile is a file that is chosen anew.
type BesideFile struct {
	ID, Name, Label, Hint, Error, Accept string
	Now                                  *page.Link // what is there; nil: nothing
	Drop                                 *page.Check
}

// maxSigns bounds the list of videos to choose the one in sign language from.
const maxSigns = 200

// beside makes the form; typed are words that were refused, nil for the stored ones.
func (v *view) beside(a *asset.Asset, typed *asset.Episode) (*Beside, error) {
	if typed == nil {
		typed = &asset.Episode{}
		if a.Episode != nil {
			*typed = *a.Episode
		}
	}
	b := &Beside{Action: Address + "/" + a.ID + "/episode"}
	for _, lang := range []string{i18n.Ukrainian, i18n.English} {
		name := "subtitles_" + lang
		f := BesideFile{ID: page.FieldID(name), Name: name, Label: v.t(name), Hint: v.t("subtitles.hint"), Error: v.fault(name), Accept: ".vtt,text/vtt"}
		if s := a.Subtitles(lang); s != nil {
			f.Now = &page.Link{Href: v.h.o.Assets.Link(a, s), Text: v.t("subtitles.now", "Size", v.size(s.Size))}
			f.Drop = &page.Check{ID: page.FieldID("drop_" + lang), Name: "drop", Value: lang, Label: v.t("subtitles.drop")}
		}
		b.Files = append(b.Files, f)
	}
	poster := BesideFile{ID: page.FieldID("poster"), Name: "poster", Label: v.t("poster.label"), Hint: v.t("poster.hint"), Error: v.fault("poster"), Accept: "image/jpeg,image/png"}
	if p := a.File(asset.RolePoster); p != nil {
		poster.Now = &page.Link{Href: v.h.o.Assets.Link(a, p), Text: v.t("poster.now")}
	}
	b.Files = append(b.Files, poster)
	for _, one := range []struct{ name, value string }{{"transcript_uk", typed.Transcript.UK}, {"transcript_en", typed.Transcript.EN}} {
		b.Transcripts = append(b.Transcripts, page.Field{ID: page.FieldID(one.name), Name: one.name, Label: v.t(one.name), Hint: v.t(one.name + ".hint"), Value: one.value, Rows: 6,
			MaxLength: asset.MaxTranscript, Error: v.fault(one.name)})
	}
	films, _, err := v.h.o.Assets.Find(v.c.Request.Context(), gate.Actor(v.c), asset.Filter{Kind: asset.Video, Limit: maxSigns})
	if err != nil {
		return nil, err
	}
	b.Sign = &page.Select{ID: page.FieldID("sign"), Name: "sign", Label: v.t("sign.label"), Hint: v.t("sign.hint"), Error: v.fault("sign"), Options: []page.Option{{Text: v.t("sign.none"), Selected: typed.Sign == ""}}}
	for _, f := range films {
		if f.ID != a.ID && f.State == asset.Ready {
			b.Sign.Options = append(b.Sign.Options, page.Option{Value: f.ID, Text: f.Title, Selected: f.ID == typed.Sign})
		}
	}
	return b, nil
}

// Episode takes what stands beside a video.
func (h *Handlers) Episode(c *gin.Context) error {
	v := h.see(c)
	b, err := h.episode(c)
	if err == nil {
		ctx, cancel := working(c)
		defer cancel()
		err = h.o.Assets.Dress(ctx, gate.Actor(c), c.Param("id"), b)
	}
	if err == nil {
		return v.to(Address+"/"+c.Param("id"), "episode")
	}
	a, missing := v.get()
	if missing != nil {
		return missing
	}
	v.beyond = &b.Episode
	return v.one(a, nil, err)
}

// episode reads the form. What was typed comes back even with an error.
func (h *Handlers) episode(c *gin.Context) (b asset.Beside, err error) {
	r := c.Request
	_ = http.NewResponseController(c.Writer).SetReadDeadline(time.Now().Add(sendTime)) // a writer that cannot keeps the server's
	if err := r.ParseMultipartForm(1 << 20); err != nil {
		if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
			return b, fault.InvalidFields(fault.Field{Pointer: "poster", Key: "asset.poster"})
		}
		return b, fault.InvalidFields(fault.Field{Pointer: "transcript_uk", Key: "page.form.bad"})
	}
	defer func() { _ = r.MultipartForm.RemoveAll() }() // what stays, the system's folder loses
	b.Transcript, b.Sign = i18n.Text{UK: typed(r, "transcript_uk"), EN: typed(r, "transcript_en")}, typed(r, "sign")
	b.Drop = r.MultipartForm.Value["drop"]
	b.Subtitles = map[string][]byte{}
	for _, lang := range []string{i18n.Ukrainian, i18n.English} {
		raw, err := sent(r.MultipartForm, "subtitles_"+lang, lesson.MaxSubtitles+1)
		if err != nil {
			return b, err
		}
		if raw != nil {
			b.Subtitles[lang] = raw
		}
	}
	b.Poster, err = sent(r.MultipartForm, "poster", asset.MaxPoster+1)
	return b, err
}

// typed is a text of a form, without control characters but line feeds.
func typed(r *http.Request, name string) string {
	list := r.MultipartForm.Value[name]
	if len(list) == 0 {
		return ""
	}
	return strings.Map(func(c rune) rune {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' || c == 0x7f {
			return -1
		}
		return c
	}, strings.ToValidUTF8(list[0], ""))
}

// sent reads a file of a form, at most so many bytes; nil when none was chosen.
func sent(form *multipart.Form, name string, most int64) ([]byte, error) {
	list := form.File[name]
	if len(list) == 0 || list[0].Filename == "" && list[0].Size == 0 {
		return nil, nil
	}
	f, err := list[0].Open()
	if err != nil {
		return nil, fault.From(err, fault.Unavailable, "")
	}
	defer func() { _ = f.Close() }() // only read
	raw, err := io.ReadAll(io.LimitReader(f, most))
	if err != nil {
		return nil, fault.From(err, fault.Unavailable, "")
	}
	if raw == nil {
		raw = []byte{}
	}
	return raw, nil
}
