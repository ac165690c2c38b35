package learning

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/asset"
	"osvitlo/internal/course"
	"osvitlo/internal/course/lesson"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// Uploads are the files of editors that lessons name.
type Uploads interface {
	// Named finds the ready file of a name in a lesson. Errors: NotFound.
	Named(ctx context.Context, name string) (*asset.Asset, error)
	// Link is the address of one of its forms.
	Link(a *asset.Asset, f *asset.File) string
}

// Picture is a drawing with its words, or the words alone.
type Picture struct {
	Src, Alt, Caption string
	Srcset, WebP      string // the widths, and the same in the smaller format
	Width, Height     int    // 0: unknown
}

// Video is an episode: the clip, or its storyboard while it is not filmed.
type Video struct {
	Title          string
	Src, Type      string // the rendition that plays
	Picks          []Pick // the renditions to choose from
	Poster, Sign   string
	Tracks         []Track
	At             int    // seconds, where the account stopped
	Silent, Length string // words
	Frames         []Frame
	Transcript     template.HTML
}

// Speed is how fast a film may run.
type Speed struct {
	Value, Text string
	On          bool
}

// Speeds are the speeds of the player; slow ones help who reads subtitles.
func (Video) Speeds() []Speed {
	return []Speed{{"0.75", "0,75", false}, {"1", "1", true}, {"1.25", "1,25", false}, {"1.5", "1,5", false}}
}

// Pick is one rendition.
type Pick struct {
	Name, Text string // Name stands in the address
	Href, Src  string
	On         bool
}

// Track is subtitles in one language.
type Track struct {
	Lang, Label, Src string
	Default          bool
}

// Frame is one picture of a storyboard, in words.
type Frame struct {
	Number      int
	Shows, Says string
}

// The renditions as addresses name them.
const (
	fieldVideo = "video"
	videoFull  = "full"
	videoSmall = "small"
)

// film is what is known of a clip: addresses and sizes in bytes.
type film struct {
	full, small, kind   string
	fullSize, smallSize int64
	poster              string
	tracks              map[string]string // by language
	transcript          i18n.Text
	sign                string // name of the clip in sign language
}

// upload is the uploaded file of a name that the reader may see; nil without one.
func (v *view) upload(name string) *asset.Asset {
	if v.h.o.Uploads == nil || !lesson.Uploaded(name) {
		return nil
	}
	a, err := v.h.o.Uploads.Named(v.ctx, name)
	if err != nil {
		if !fault.Is(err, fault.NotFound) {
			v.h.o.Log.WarnContext(v.ctx, "file of a lesson", "asset", name, "error", err.Error())
		}
		return nil
	}
	if !a.Published && !person.Can(gate.Actor(v.c), person.ContentEdit, person.City).OK() {
		return nil
	}
	return a
}

// picture is the address of a picture or of subtitles; empty without one.
func (v *view) picture(file string) string {
	switch {
	case file == "":
		return ""
	case lesson.Uploaded(file):
		a := v.upload(file)
		if a == nil || a.Main() == nil {
			return ""
		}
		return v.h.o.Uploads.Link(a, a.Main())
	case v.h.o.Pictures == nil:
		return ""
	}
	return "/courses/media/" + url.PathEscape(file)
}

// sizeOf is the size of a file of content/media in bytes; 0 without one.
func (v *view) sizeOf(file string) int64 {
	if v.h.o.Pictures == nil || file == "" || !fs.ValidPath(file) {
		return 0
	}
	st, err := fs.Stat(v.h.o.Pictures, file)
	if err != nil {
		return 0
	}
	return st.Size()
}

// drawing shows a picture in the widths there are.
func (v *view) drawing(b *lesson.Picture) *Picture {
	out := &Picture{Src: v.picture(b.File), Alt: v.in(b.Alt), Caption: v.in(b.Caption)}
	a := v.upload(b.File)
	if a == nil || a.Kind != asset.Image || a.Main() == nil {
		return out
	}
	var plain, webp []string
	for i := range a.Files {
		f := &a.Files[i]
		if f.Role != asset.RoleWidth {
			continue
		}
		one := v.h.o.Uploads.Link(a, f) + " " + strconv.Itoa(f.Width) + "w"
		if f.Type == "image/webp" && a.Main().Type != f.Type {
			webp = append(webp, one)
		} else {
			plain = append(plain, one)
		}
	}
	out.Width, out.Height = a.Main().Width, a.Main().Height
	if len(plain) > 1 {
		out.Srcset = strings.Join(plain, ", ")
	}
	out.WebP = strings.Join(webp, ", ")
	return out
}

// filmOf gathers what a lesson names and what its uploaded clip brings.
func (v *view) filmOf(b *lesson.Video) film {
	f := film{tracks: map[string]string{}, transcript: b.Transcript, sign: b.Sign, kind: "video/mp4"}
	if a := v.upload(b.Clip); a != nil && a.Kind == asset.Video && a.Main() != nil {
		link := v.h.o.Uploads.Link
		m := a.Main()
		f.full, f.fullSize, f.kind = link(a, m), m.Size, m.Type
		if s := a.File(asset.RoleSmall); s != nil {
			f.small, f.smallSize = link(a, s), s.Size
		}
		if p := a.File(asset.RolePoster); p != nil {
			f.poster = link(a, p)
		}
		for _, lang := range []string{i18n.Ukrainian, i18n.English} {
			if s := a.Subtitles(lang); s != nil {
				f.tracks[lang] = link(a, s)
			}
		}
		if e := a.Episode; e != nil {
			if f.transcript.IsZero() {
				f.transcript = e.Transcript
			}
			if f.sign == "" && e.Sign != "" {
				f.sign = lesson.Uploads + e.Sign
			}
		}
	} else if n := v.sizeOf(b.Clip); n > 0 && !lesson.Uploaded(b.Clip) {
		f.full, f.fullSize = v.picture(b.Clip), n
		if path.Ext(b.Clip) == ".webm" {
			f.kind = "video/webm"
		}
	}
	if b.Small != "" && f.full != "" {
		if n := v.sizeOf(b.Small); n > 0 {
			f.small, f.smallSize = v.picture(b.Small), n
		}
	}
	if p := v.picture(b.Poster); p != "" {
		f.poster = p
	}
	for lang, name := range map[string]string{i18n.Ukrainian: b.Subtitles, i18n.English: b.SubtitlesEN} {
		if name != "" {
			f.tracks[lang] = v.picture(name)
		}
	}
	return f
}

// labels name the languages of subtitles in themselves.
var labels = []Track{{Lang: i18n.Ukrainian, Label: "Українська"}, {Lang: i18n.English, Label: "English"}}

// video shows an episode. On a network that wants to save, the light rendition plays.
func (v *view) video(b *lesson.Video, title string, done *course.Act) *Video {
	f := v.filmOf(b)
	out := &Video{Title: title, Length: v.n("seconds", b.Seconds), Transcript: v.h.prose.html(v.in(f.transcript))}
	for i, one := range b.Storyboard {
		out.Frames = append(out.Frames, Frame{i + 1, v.in(one.Shows), v.in(one.Says)})
	}
	if f.full == "" {
		return out
	}
	v.c.Header("Vary", "Save-Data")
	choice := v.c.Query(fieldVideo)
	if choice != videoFull && choice != videoSmall && strings.EqualFold(v.c.GetHeader("Save-Data"), "on") {
		choice = videoSmall
	}
	if f.small == "" || choice != videoSmall {
		choice = videoFull
	}
	out.Src, out.Type, out.Poster = f.full, f.kind, f.poster
	if choice == videoSmall {
		out.Src = f.small
	}
	if f.small != "" {
		for _, one := range []struct {
			name, src string
			size      int64
		}{{videoSmall, f.small, f.smallSize}, {videoFull, f.full, f.fullSize}} {
			out.Picks = append(out.Picks, Pick{Name: one.name, Text: v.t("video."+one.name, "MB", v.megabytes(one.size)), Href: "?" + fieldVideo + "=" + one.name, Src: one.src, On: one.name == choice})
		}
	}
	for _, one := range labels {
		if src := f.tracks[one.Lang]; src != "" {
			one.Src, one.Default = src, (one.Lang == v.lang || f.tracks[v.lang] == "") && !(b.Silent && one.Lang == i18n.Ukrainian) // there the words stand on the picture already
			out.Tracks = append(out.Tracks, one)
		}
	}
	if f.sign != "" {
		out.Sign = v.filmOf(&lesson.Video{Clip: f.sign}).full
	}
	if b.Silent {
		out.Silent = v.t("video.silent")
	}
	if s := done.Spot; s != nil && s.Seconds < b.Seconds-2 {
		out.At = s.Seconds
	}
	return out
}

// megabytes writes a size in megabytes with one decimal, at least 0.1.
func (v *view) megabytes(n int64) string { return v.w.Number(max(0.1, float64(n)/1e6), 1) }

// mediaTypes are the files of content/media that are served.
var mediaTypes = map[string]string{".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp", ".avif": "image/avif",
	".vtt": "text/vtt; charset=utf-8", ".mp4": "video/mp4", ".webm": "video/webm"}

// Picture serves a drawing, subtitles or a clip of a lesson, in ranges where asked.
func (h *Handlers) Picture(c *gin.Context) error {
	name := path.Base("/" + c.Param("name"))
	kind := mediaTypes[path.Ext(name)]
	if h.o.Pictures == nil || !fs.ValidPath(name) || kind == "" {
		return fault.New(fault.NotFound, "")
	}
	raw, err := fs.ReadFile(h.o.Pictures, name)
	if err != nil {
		return fault.From(err, fault.NotFound, "")
	}
	tag, known := h.once.Load(name)
	if !known {
		sum := sha256.Sum256(raw)
		tag, _ = h.once.LoadOrStore(name, `"`+hex.EncodeToString(sum[:10])+`"`)
	}
	head := c.Writer.Header()
	head.Set("ETag", tag.(string))
	head.Set("Content-Type", kind)
	head.Set("Cache-Control", "public, max-age=86400")
	// A drawing opened on its own must not be able to act in our name.
	head.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; sandbox")
	http.ServeContent(page.Patient(c.Writer), c.Request, "", time.Time{}, bytes.NewReader(raw))
	return nil
}
