package asset

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/job"
	"osvitlo/internal/media"
)

const words = "WEBVTT\n\n00:00.000 --> 00:02.000\nДзвонить телефон.\n"

func (r *rig) film(t *testing.T) *Asset {
	t.Helper()
	a := r.receive(t, "film.mp4", "video/mp4", clip())
	if err := r.Work(context.Background(), job.Run{}); err != nil {
		t.Fatal(err)
	}
	return r.again(t, a.ID)
}

func (r *rig) again(t *testing.T, id string) *Asset {
	t.Helper()
	a, err := r.Get(context.Background(), r.editor, id)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// What stands beside a film is checked, stored whole or not at all, served, and cannot be
// taken away under a lesson that counts on it.
func TestDress(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, files media.Store) {
		ctx := context.Background()
		r := newRig(t, files)
		a, sign := r.film(t), r.film(t)
		picture := pngOf(t, drawing(400, 200))
		good := Beside{Episode: Episode{Transcript: i18n.Text{UK: " Слова.\r\nДругий рядок. "}, Sign: sign.ID}, Subtitles: map[string][]byte{"uk": []byte(words), "en": []byte(words)}, Poster: picture}
		if err := r.Dress(ctx, r.editor, a.ID, good); err != nil {
			t.Fatal(err)
		}
		a = r.again(t, a.ID)
		if a.Episode.Transcript.UK != "Слова.\nДругий рядок." || a.Episode.Sign != sign.ID || a.Subtitles("uk") == nil || a.Subtitles("en") == nil || a.File(RolePoster).Width != 400 || len(a.Names) != len(a.Files) {
			t.Fatalf("%+v", a)
		}
		if got := string(read(t, r, Served{File: *a.Subtitles("uk")})); got != words {
			t.Errorf("subtitles %q", got)
		}
		first := a.Names
		// what is not sent stays; what is sent anew replaces, and the old bytes go
		if err := r.Dress(ctx, r.editor, a.ID, Beside{Episode: *a.Episode, Drop: []string{"en"}, Poster: pngOf(t, drawing(200, 200))}); err != nil {
			t.Fatal(err)
		}
		a = r.again(t, a.ID)
		if a.Subtitles("en") != nil || a.Subtitles("uk") == nil || a.File(RolePoster).Width != 200 {
			t.Errorf("%+v", a)
		}
		for _, n := range first {
			if !slices.Contains(a.Names, n) && slices.Contains(r.names(t, Folder), n) {
				t.Errorf("%s stayed", n)
			}
		}
		before := r.names(t, Folder)
		for field, b := range map[string]Beside{
			"subtitles_uk":  {Subtitles: map[string][]byte{"uk": []byte("1\n00:00:01,000 --> 00:00:02,000\nSRT")}},
			"subtitles_en":  {Subtitles: map[string][]byte{"en": []byte("WEBVTT\n\nSTYLE\nx")}},
			"poster":        {Poster: []byte("no picture")},
			"transcript_uk": {Episode: Episode{Transcript: i18n.Text{UK: strings.Repeat("а", MaxTranscript+1)}}},
			"sign":          {Episode: Episode{Sign: a.ID}},
		} {
			err := r.Dress(ctx, r.editor, a.ID, b)
			if f := fault.As(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Pointer != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		if after := r.names(t, Folder); !slices.Equal(before, after) {
			t.Errorf("a refusal left %v of %v", after, before)
		}
		if err := r.Describe(ctx, r.editor, a.ID, i18n.Text{UK: "Відео"}); err != nil {
			t.Fatal(err)
		}
		if err := r.Publish(ctx, r.editor, a.ID, true); err != nil {
			t.Fatal(err)
		}
		r.used = []string{"Урок"}
		err := r.Dress(ctx, r.editor, a.ID, Beside{Drop: []string{"uk"}})
		if f := fault.As(err); f == nil || len(f.Fields) != 2 {
			t.Errorf("a lesson counts on them: %v", err)
		}
		image := r.receive(t, "a.png", "", picture)
		if err := r.Dress(ctx, r.editor, image.ID, Beside{}); !fault.Is(err, fault.Conflict) {
			t.Errorf("a picture is no film: %v", err)
		}
		if !slices.Contains(r.log.acts, "media.dress") {
			t.Error("not in the audit log")
		}
	})
}

// Named answers from memory for two seconds, and forgets at once what was changed here.
func TestNamed(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := newRig(t, nil)
	a := r.receive(t, "a.png", "", pngOf(t, drawing(30, 30)))
	got, err := r.Named(ctx, a.Name())
	if err != nil || got.ID != a.ID || got.Published {
		t.Fatalf("%+v %v", got, err)
	}
	if err := r.Describe(ctx, r.editor, a.ID, i18n.Text{UK: "Малюнок"}); err != nil {
		t.Fatal(err)
	}
	if err := r.Publish(ctx, r.editor, a.ID, true); err != nil {
		t.Fatal(err)
	}
	if got, err = r.Named(ctx, a.Name()); err != nil || !got.Published {
		t.Fatalf("after publishing: %+v %v", got, err)
	}
	if err := r.Delete(ctx, r.editor, a.ID); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{a.Name(), "assets/", "assets/x/y", "film.mp4", ""} {
		if _, err := r.Named(ctx, name); !fault.Is(err, fault.NotFound) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// TestFilmDrawsWebP: every width has a smaller WebP beside it, of opaque and of
// transparent pictures, and an uploaded WebP comes in widths and with a fallback.
func TestFilmDrawsWebP(t *testing.T) {
	t.Parallel()
	film := FindFilm(time.Minute)
	if film == nil {
		t.Skip("ffmpeg is not installed")
	}
	ctx := context.Background()
	r := newRig(t, nil, func(o *Options) { o.Film = film })
	dir := t.TempDir()
	source := filepath.Join(dir, "a.webp")
	if out, err := exec.CommandContext(ctx, film.ffmpeg, "-v", "error", "-f", "lavfi", "-i", "testsrc=size=900x600", "-frames:v", "1", "-c:v", "libwebp", source).CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	raw, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string][]byte{"a.png": pngOf(t, drawing(900, 600)), "b.webp": raw} {
		a := r.receive(t, name, "", body)
		fallback, modern := 0, 0
		for _, f := range a.Files {
			if f.Type == "image/webp" {
				modern++
				if b := read(t, r, Served{File: f}); !bytes.HasPrefix(b[8:], []byte("WEBP")) {
					t.Errorf("%s is no WebP", f.Name)
				}
			} else {
				fallback++
			}
		}
		if a.State != Ready || fallback != 3 || modern == 0 || modern > fallback || a.Main().Type == "image/webp" || slices.Contains(a.Remarks, NoWebP) {
			t.Errorf("%s: %d and %d of %+v", name, fallback, modern, a)
		}
	}
	without := newRig(t, nil)
	if a := without.receive(t, "a.png", "", pngOf(t, drawing(30, 30))); !slices.Contains(a.Remarks, NoWebP) {
		t.Errorf("nobody says that WebP is missing: %+v", a.Remarks)
	}
}
