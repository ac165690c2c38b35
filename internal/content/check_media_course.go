package content

import (
	"io/fs"
	"strings"

	"osvitlo/internal/course/lesson"
	"osvitlo/internal/instrument"
)

// shown checks a file of a lesson: that it is there, and is what the lesson takes it for.
func (c *loader) shown(l *lesson.Lesson, pointer string, m lesson.Media, body lesson.Body) {
	if !lesson.Uploaded(m.File) {
		c.picture(l, pointer, m.File)
		if raw, err := fs.ReadFile(c.fsys, "media/"+m.File); err == nil && m.Is == lesson.MediaWords {
			if _, err := lesson.ReadSubtitles(raw); err != nil {
				c.at(l, pointer, instrument.Error, "subtitles-broken", "content/media/"+m.File+": "+err.Error(), "correct the file")
			}
		}
		return
	}
	var up Upload
	known := false
	film, _ := body.(*lesson.Video)
	clip := film != nil && m.File == film.Clip
	if c.lib.uploads != nil {
		up, known = c.lib.uploads(m.File)
	}
	switch {
	case !known:
		c.at(l, pointer, instrument.Error, "upload-missing", "there is no uploaded file «"+m.File+"»", "upload it at /office/media and copy its name from there")
	case up.Kind != string(m.Is):
		c.at(l, pointer, instrument.Error, "upload-kind", "«"+m.File+"» is "+up.Kind+", here must be "+string(m.Is), "name another file")
	case !up.Described:
		c.at(l, pointer, instrument.Error, "upload-words", "«"+m.File+"» has no words for those who do not see it", "describe it at /office/media/"+strings.TrimPrefix(m.File, lesson.Uploads))
	case !up.Published:
		c.at(l, pointer, instrument.Error, "upload-closed", "«"+m.File+"» is not published", "publish it at /office/media/"+strings.TrimPrefix(m.File, lesson.Uploads))
	case clip && !up.Subtitles && film.Subtitles == "":
		c.at(l, pointer, instrument.Error, "video-subtitles", "the clip has no Ukrainian subtitles", "add them at /office/media/"+strings.TrimPrefix(m.File, lesson.Uploads))
	case clip && !up.Transcript && film.Transcript.UK == "":
		c.at(l, pointer, instrument.Error, "video-transcript", "the clip has no transcript", "write it in the lesson or at /office/media/"+strings.TrimPrefix(m.File, lesson.Uploads))
	}
}
