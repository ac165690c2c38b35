package lesson

import (
	"strconv"
	"strings"

	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

// Uploads begins the names of files that editors uploaded: Uploads + id. Any other name
// is a file of content/media.
const Uploads = "assets/"

// Uploaded tells whether a name of a lesson's media is that of an uploaded file.
func Uploaded(name string) bool { return strings.HasPrefix(name, Uploads) }

// Video is an episode of the educational series. Without a clip the storyboard
// and the transcript are shown and the page says that it is not filmed yet. An uploaded
// clip brings what the lesson does not name: rendition, poster, subtitles, transcript.
type Video struct {
	Clip        string    `json:"clip,omitempty"`         // of content/media, or uploaded
	Small       string    `json:"small,omitempty"`        // the same for a slow network
	Poster      string    `json:"poster,omitempty"`       // of content/media, or uploaded
	Subtitles   string    `json:"subtitles,omitempty"`    // of content/media, WebVTT, Ukrainian
	SubtitlesEN string    `json:"subtitles_en,omitempty"` // of content/media, WebVTT, English
	Sign        string    `json:"sign,omitempty"`         // the clip in sign language
	Silent      bool      `json:"silent,omitempty"`       // nothing is heard: everything is written
	Seconds     int       `json:"seconds"`
	Transcript  i18n.Text `json:"transcript,omitzero"`
	Storyboard  []Frame   `json:"storyboard,omitempty"`
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

// Media lists clips, poster and subtitles.
func (v *Video) Media() []Media {
	var out []Media
	for _, m := range []Media{
		{"/clip", v.Clip, MediaFilm}, {"/small", v.Small, MediaFilm}, {"/poster", v.Poster, MediaPicture},
		{"/subtitles", v.Subtitles, MediaWords}, {"/subtitles_en", v.SubtitlesEN, MediaWords}, {"/sign", v.Sign, MediaFilm},
	} {
		if m.File != "" {
			out = append(out, m)
		}
	}
	return out
}

func (v *Video) lint(_ *Lesson, r *instrument.Report, at string) {
	uploaded := Uploaded(v.Clip)
	switch {
	case v.Clip == "" && len(v.Storyboard) == 0:
		r.Error(at, "video-empty", "the episode has neither a clip nor a storyboard", "add storyboard: with three or more frames")
	case v.Clip != "" && v.Subtitles == "" && !uploaded:
		r.Error(at+"/clip", "video-subtitles", "the clip has no Ukrainian subtitles", "add subtitles: <name>.vtt")
	}
	if v.Transcript.UK == "" && !uploaded {
		r.Error(at+"/transcript", "video-transcript", "the episode has no transcript", "write down what is seen and said: who does not see or hear reads it")
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
