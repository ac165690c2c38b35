package learning

import (
	_ "embed"
	"html/template"
	"io/fs"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/asset"
	"osvitlo/internal/course"
	"osvitlo/internal/course/lesson"
	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
	"osvitlo/static"
)

//go:embed templates/offline.tmpl
var offlineText string

// offlineFile is a page of its own: it has no layout, no script and no address of ours.
var offlineFile = template.Must(template.New("offline").Parse(offlineText))

// keyValue is the right answer of an item as a value.
func keyValue(it *instrument.Item) (instrument.Value, bool) {
	switch {
	case len(it.Key.Pairs) > 0:
		return instrument.Pairs(it.Key.Pairs), true
	case len(it.Key.IDs) == 0:
		return instrument.Value{}, false
	case it.Type == instrument.Single:
		return instrument.Word(it.Key.IDs[0]), true
	}
	return instrument.List(it.Key.IDs...), true
}

// Worker is the script that answers with kept lessons when the network is away. It
// stands here, not among the static files, because a worker reaches no further than the
// folder it comes from.
func (h *Handlers) Worker(c *gin.Context) error {
	raw, err := fs.ReadFile(static.FS(), strings.TrimPrefix(static.Path("lessons.js"), static.Prefix))
	if err != nil {
		return fault.From(err, fault.Internal, "")
	}
	c.Header("Cache-Control", "no-cache")
	c.Data(http.StatusOK, "text/javascript; charset=utf-8", raw)
	return nil
}

// kept lists the files that an activity shows: of a film the light rendition, as a
// telephone without a network wants it.
func (v *view) kept(b lesson.Body) (list []string) {
	add := func(src string) {
		if src != "" {
			list = append(list, src)
		}
	}
	switch b := b.(type) {
	case *lesson.Picture:
		add(v.picture(b.File))
	case *lesson.Video:
		f := v.filmOf(b)
		if f.small == "" {
			f.small = f.full
		}
		add(f.small)
		add(f.poster)
		for _, one := range labels {
			add(f.tracks[one.Lang])
		}
	}
	return list
}

// Sizes of a page of a lesson and of styles and scripts as they travel, measured on the
// shipped courses: 4.6 kB and 45 kB.
const (
	pageSize  = 5_000
	frameSize = 50_000
)

// keptSize is about how many bytes travel when a course is kept on a device.
func (v *view) keptSize(c *course.Course) (n int64) {
	n = frameSize + pageSize
	for _, l := range c.Lessons {
		n += int64(len(l.Activities)+3) * pageSize
		for _, a := range l.Activities {
			for _, one := range a.Body.Media() {
				if lesson.Uploaded(one.File) {
					if up := v.upload(one.File); up != nil {
						n += lightest(up)
					}
				} else if film, ok := a.Body.(*lesson.Video); !ok || one.File != film.Clip || film.Small == "" {
					n += v.sizeOf(one.File)
				}
			}
		}
	}
	return n
}

// lightest is the size of the form of an uploaded file that a device keeps.
func lightest(a *asset.Asset) int64 {
	if f := a.File(asset.RoleSmall); f != nil {
		return f.Size
	}
	if f := a.Main(); f != nil {
		return f.Size
	}
	return 0
}

// Pages lists the addresses of a course that a device keeps to learn without a network.
// Imitations and checks are among them; their answers wait for the network.
func (h *Handlers) Pages(c *gin.Context) error {
	v := h.words(c)
	one, err := v.course()
	if err != nil {
		return err
	}
	list := []string{atCourse(one.Slug)}
	player := false
	for _, l := range one.Lessons {
		for _, a := range l.Activities {
			player = player || a.Type == lesson.TypeVideo
			list = append(list, atStep(one.Slug, l.Slug, a.ID))
			list = append(list, v.kept(a.Body)...)
		}
		list = append(list, atCourse(one.Slug, l.Slug, "done"), atCourse(one.Slug, l.Slug, "safe"), atCourse(one.Slug, l.Slug, "handout"))
	}
	if player { // the page of the course itself does not load it
		list = append(list, static.Path("episode.css"), static.Path("episode.js"))
	}
	c.JSON(http.StatusOK, list)
	return nil
}
