package lesson

import (
	"strconv"

	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

// Video is an episode of the educational series. Without a clip the storyboard
// and the transcript are shown and the page says that it is not filmed yet.
type Video struct {
	Clip       string    `json:"clip,omitempty"`      // name of the clip in the media store
	Poster     string    `json:"poster,omitempty"`    // of content/media
	Subtitles  string    `json:"subtitles,omitempty"` // of content/media, WebVTT, Ukrainian
	Sign       string    `json:"sign,omitempty"`      // name of the clip in sign language
	Seconds    int       `json:"seconds"`
	Transcript i18n.Text `json:"transcript"`
	Storyboard []Frame   `json:"storyboard,omitempty"`
}

// Frame is one picture of a storyboard.
type Frame struct {
	Seconds int       `json:"seconds"`
	Shows   i18n.Text `json:"shows"`
	Says    i18n.Text `json:"says"`
}

// Texts visits transcript and storyboard.
func (v *Video) Texts(visit func(string, i18n.Text, Voice)) {
	visit("/transcript", v.Transcript, Markdown)
	for i, f := range v.Storyboard {
		visit("/storyboard/"+strconv.Itoa(i)+"/shows", f.Shows, Plain)
		visit("/storyboard/"+strconv.Itoa(i)+"/says", f.Says, Plain)
	}
}

// Media lists poster and subtitles.
func (v *Video) Media() []Media {
	var out []Media
	if v.Poster != "" {
		out = append(out, Media{"/poster", v.Poster})
	}
	if v.Subtitles != "" {
		out = append(out, Media{"/subtitles", v.Subtitles})
	}
	return out
}

func (v *Video) lint(_ *Lesson, r *instrument.Report, at string) {
	switch {
	case v.Clip == "" && len(v.Storyboard) == 0:
		r.Error(at, "video-empty", "the episode has neither a clip nor a storyboard", "add storyboard: with three or more frames")
	case v.Clip != "" && v.Subtitles == "":
		r.Error(at+"/clip", "video-subtitles", "the clip has no Ukrainian subtitles", "add subtitles: <name>.vtt")
	}
	sum := 0
	for _, f := range v.Storyboard {
		sum += f.Seconds
	}
	if len(v.Storyboard) > 0 && sum != v.Seconds {
		r.Error(at+"/seconds", "video-seconds", "the frames last "+strconv.Itoa(sum)+" seconds together, the episode "+strconv.Itoa(v.Seconds),
			"correct one of them")
	}
}
