package learning

import (
	_ "embed"
	"html/template"
	"io/fs"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

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

// Pages lists the addresses of a course that a device keeps to learn without a network.
// Imitations and checks are among them; their answers wait for the network.
func (h *Handlers) Pages(c *gin.Context) error {
	v := h.words(c)
	one, err := v.course()
	if err != nil {
		return err
	}
	list := []string{atCourse(one.Slug)}
	for _, l := range one.Lessons {
		for _, a := range l.Activities {
			list = append(list, atStep(one.Slug, l.Slug, a.ID))
			if p, ok := a.Body.(*lesson.Picture); ok && v.picture(p.File) != "" {
				list = append(list, v.picture(p.File))
			}
		}
		list = append(list, atCourse(one.Slug, l.Slug, "done"), atCourse(one.Slug, l.Slug, "safe"), atCourse(one.Slug, l.Slug, "handout"))
	}
	c.JSON(http.StatusOK, list)
	return nil
}
