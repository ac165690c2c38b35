package content_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"osvitlo/internal/content"
	"osvitlo/internal/instrument"
)

// What a lesson shows of uploaded files must be there, be what it is taken for, be
// described and open to everybody.
func TestUploadedMedia(t *testing.T) {
	t.Parallel()
	const name = "assets/m0123456789abcdefghij"
	film := "  - id: film\n    type: video\n    clip: " + name + "\n    seconds: 20\n"
	picture := "  - id: pic\n    type: picture\n    file: " + name + "\n    alt: {uk: Телефон}\n"
	good := content.Upload{Kind: "video", Described: true, Published: true, Subtitles: true, Transcript: true}
	for _, one := range []struct {
		name, act string
		change    func(*content.Upload)
		want      string // rule; empty: nothing is wrong
	}{
		{"sound film", film, func(*content.Upload) {}, ""},
		{"unknown", film, nil, "upload-missing"},
		{"picture in place of a film", film, func(u *content.Upload) { u.Kind = "image" }, "upload-kind"},
		{"no words", film, func(u *content.Upload) { u.Described = false }, "upload-words"},
		{"not published", film, func(u *content.Upload) { u.Published = false }, "upload-closed"},
		{"no subtitles", film, func(u *content.Upload) { u.Subtitles = false }, "video-subtitles"},
		{"no transcript", film, func(u *content.Upload) { u.Transcript = false }, "video-transcript"},
		{"transcript of the lesson", film + "    transcript: {uk: Слова.}\n", func(u *content.Upload) { u.Transcript = false }, ""},
		{"sound picture", picture, func(u *content.Upload) { u.Kind, u.Subtitles, u.Transcript = "image", false, false }, ""},
		{"film in place of a picture", picture, func(*content.Upload) {}, "upload-kind"},
		{"picture without words", strings.Replace(picture, "    alt: {uk: Телефон}\n", "", 1), func(u *content.Upload) { u.Kind = "image" }, "schema"},
	} {
		t.Run(one.name, func(t *testing.T) {
			t.Parallel()
			lib, _ := content.LoadAt(baseTree(t), day)
			up := good
			if one.change != nil {
				one.change(&up)
				lib.Uploads(func(asked string) (content.Upload, bool) { return up, asked == name })
			}
			draft := fstest.MapFS{}
			withCourse(t, draft)
			draft[lessonOne].Data = []byte(strings.Replace(string(draft[lessonOne].Data), atText, one.act+atText, 1))
			k, problems := content.LoadCourse(draft, "fraud-protection", lib, day)
			var rules []string
			for _, p := range problems {
				if p.Severity == instrument.Error {
					rules = append(rules, p.Rule)
				}
			}
			got := strings.Join(rules, " ")
			if one.want == "" && (k == nil || got != "") || !strings.HasPrefix(got, one.want) {
				t.Fatalf("got %q, want %q: %v", got, one.want, problems)
			}
		})
	}
}

// Subtitles of content/media are read: a broken line is told before somebody sees none.
func TestSubtitlesAreRead(t *testing.T) {
	t.Parallel()
	film := "  - id: film\n    type: video\n    clip: film.mp4\n    subtitles: film.vtt\n    seconds: 20\n    transcript: {uk: Слова.}\n"
	for words, want := range map[string]string{"WEBVTT\n\n00:01.000 --> 00:02.000\nСлово\n": "", "WEBVTT\n\n00:03.000 --> 00:02.000\nСлово\n": "line 3: a cue ends before it begins"} {
		lib, _ := content.LoadAt(baseTree(t), day)
		draft := fstest.MapFS{"media/film.mp4": {Data: []byte("film")}, "media/film.vtt": {Data: []byte(words)}}
		withCourse(t, draft)
		draft[lessonOne].Data = []byte(strings.Replace(string(draft[lessonOne].Data), atText, film+atText, 1))
		k, problems := content.LoadCourse(draft, "fraud-protection", lib, day)
		if want == "" && (k == nil || content.Failed(problems)) || want != "" && (len(problems) == 0 || !strings.Contains(problems[0].String(), want)) {
			t.Fatalf("%q: %v", words, problems)
		}
	}
}
