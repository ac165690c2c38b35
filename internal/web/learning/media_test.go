package learning

import (
	"context"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	files "osvitlo/content"
	"osvitlo/internal/asset"
	"osvitlo/internal/course"
	"osvitlo/internal/course/lesson"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
)

const episode = "/courses/fraud-protection/call-from-bank/step/episode"

func (r *rig) withPictures() *rig {
	r.h.o.Pictures = must(fs.Sub(files.FS, "media"))(r.t)
	return r
}

// The shipped episode: two renditions to choose from, the light one for who wants to
// save, subtitles in both languages, words in place of a sign language that is not there.
func TestEpisode(t *testing.T) {
	t.Parallel()
	r := newRig(t).withPictures()
	v := r.browser("visitor")
	page := v.get(episode).want(200).says("Легка, 0,3 МБ", "Звичайна, 0,9 МБ", "Перекладу жестовою мовою ще немає", "Текст відео", "Звуку немає")
	film := page.doc.Find("video#film")
	src, _ := film.Find("source").Attr("src")
	if src != "/courses/media/call-from-bank.mp4" || film.AttrOr("preload", "") != "none" || film.AttrOr("poster", "") == "" {
		t.Fatalf("source %q: %s", src, page.Body)
	}
	if _, plays := film.Attr("autoplay"); plays {
		t.Error("it plays by itself")
	}
	if n := film.Find("track").Length(); n != 2 || film.Find("track[default]").Length() != 0 {
		t.Errorf("%d tracks; Ukrainian words stand on the silent picture already", n)
	}
	english := v.get(episode+"?lang=en").want(200).says("Light, 0.3 MB", "There is no sound")
	if lang := english.doc.Find("track[default]").AttrOr("srclang", ""); lang != "en" {
		t.Errorf("default subtitles %q", lang)
	}
	source := func(path string, head ...string) string {
		q := httptest.NewRequest("GET", path, nil)
		if head != nil {
			q.Header.Set(head[0], head[1])
		}
		w := httptest.NewRecorder()
		r.site.ServeHTTP(w, q)
		if head != nil && !strings.Contains(w.Header().Get("Vary"), "Save-Data") {
			t.Error("the answer does not vary with Save-Data")
		}
		body := w.Body.String()
		i := strings.Index(body, `<source src="`)
		if i < 0 {
			t.Fatal(body)
		}
		out, _, _ := strings.Cut(body[i+13:], `"`)
		return out
	}
	if got := source(episode, "Save-Data", "on"); !strings.HasSuffix(got, "-small.mp4") {
		t.Errorf("Save-Data gets %s", got)
	}
	if got := source(episode+"?video=full", "Save-Data", "on"); strings.HasSuffix(got, "-small.mp4") {
		t.Errorf("who chose the full one gets %s", got)
	}
	if got := source(episode + "?video=small"); !strings.HasSuffix(got, "-small.mp4") {
		t.Errorf("who chose the light one gets %s", got)
	}
	v.get("/courses/fraud-protection").says("на телефоні (близько 0,", "без інтернету (0,")
}

func TestMediaOfContent(t *testing.T) {
	t.Parallel()
	r := newRig(t).withPictures()
	ask := func(name string, head ...string) *httptest.ResponseRecorder {
		q := httptest.NewRequest("GET", "/courses/media/"+name, nil)
		for i := 0; i < len(head); i += 2 {
			q.Header.Set(head[i], head[i+1])
		}
		w := httptest.NewRecorder()
		r.site.ServeHTTP(w, q)
		return w
	}
	whole := ask("call-from-bank-small.mp4")
	if whole.Code != 200 || whole.Header().Get("Content-Type") != "video/mp4" || whole.Header().Get("Accept-Ranges") != "bytes" {
		t.Fatalf("%d %v", whole.Code, whole.Header())
	}
	piece := ask("call-from-bank-small.mp4", "Range", "bytes=100-199")
	if piece.Code != http.StatusPartialContent || piece.Body.String() != whole.Body.String()[100:200] {
		t.Errorf("a range: %d, %d bytes", piece.Code, piece.Body.Len())
	}
	if again := ask("call-from-bank-small.mp4", "If-None-Match", whole.Header().Get("ETag")); again.Code != http.StatusNotModified {
		t.Errorf("known already: %d", again.Code)
	}
	if w := ask("call-from-bank.uk.vtt"); w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/vtt") {
		t.Errorf("subtitles: %d %v", w.Code, w.Header())
	}
	for _, name := range []string{"README.md", "none.mp4", "..%2fcontent.sum", "%00.mp4"} {
		if w := ask(name); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
}

// Where somebody stopped is kept with the account and is no proof of having seen it all.
func TestEpisodeGoesOn(t *testing.T) {
	t.Parallel()
	r := newRig(t).withPictures()
	v := r.browser("resident")
	at := `{"marks":[{"course":"fraud-protection","lesson":"call-from-bank","activity":"episode","at":1763800000000,"form":"position=17"}]}`
	if got := v.ask("POST", "/courses/marks", "application/json", at).want(200).Body.String(); got != `{"taken":1}` {
		t.Fatal(got)
	}
	other := r.browser("resident") // another device of the same account
	if got := other.get(episode).doc.Find("[data-film]").AttrOr("data-at", ""); got != "17" {
		t.Errorf("goes on at %q", got)
	}
	track := must(r.courses.Track(ctx, course.OfPerson(pid("resident")), "fraud-protection"))(t)
	if act := track.Activity("call-from-bank", "episode"); act.Done != 0 || act.Spot == nil || act.Spot.Seconds != 17 {
		t.Errorf("%+v", act)
	}
	for _, bad := range []string{"-1", "x", "99999999"} {
		if got := v.ask("POST", "/courses/marks", "application/json", strings.Replace(at, "position=17", "position="+bad, 1)).want(200).Body.String(); got != `{"taken":0}` {
			t.Errorf("%s: %s", bad, got)
		}
	}
	v.post(episode, url.Values{}).to()
	if act := must(r.courses.Track(ctx, course.OfPerson(pid("resident")), "fraud-protection"))(t).Activity("call-from-bank", "episode"); act.Done == 0 {
		t.Error("«Далі» does not count")
	}
}

// shelf holds uploaded files.
type shelf map[string]*asset.Asset

func (s shelf) Named(_ context.Context, name string) (*asset.Asset, error) {
	if a := s[name]; a != nil {
		return a, nil
	}
	return nil, fault.New(fault.NotFound, "")
}

func (shelf) Link(_ *asset.Asset, f *asset.File) string { return asset.Path + f.Name }

func TestUploadsOfLessons(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	picture := &asset.Asset{Kind: asset.Image, State: asset.Ready, Published: true, Files: []asset.File{
		{Name: "assets/p-960.png", Role: asset.RoleWidth, Type: "image/png", Width: 960, Height: 540}, {Name: "assets/p-960.webp", Role: asset.RoleWidth, Type: "image/webp", Width: 960, Height: 540},
		{Name: "assets/p-320.png", Role: asset.RoleWidth, Type: "image/png", Width: 320, Height: 180}, {Name: "assets/p-320.webp", Role: asset.RoleWidth, Type: "image/webp", Width: 320, Height: 180}}}
	sign := &asset.Asset{Kind: asset.Video, State: asset.Ready, Published: true, Files: []asset.File{{Name: "assets/s.mp4", Role: asset.RoleMain, Type: "video/mp4", Size: 9}}}
	film := &asset.Asset{Kind: asset.Video, State: asset.Ready, Published: true, Episode: &asset.Episode{Transcript: i18n.Text{UK: "Слова відео."}, Sign: "sign"}, Files: []asset.File{
		{Name: "assets/f.mp4", Role: asset.RoleMain, Type: "video/mp4", Size: 2_000_000}, {Name: "assets/f-small.mp4", Role: asset.RoleSmall, Type: "video/mp4", Size: 400_000},
		{Name: "assets/f.jpg", Role: asset.RolePoster, Type: "image/jpeg"}, {Name: "assets/f.vtt", Role: asset.RoleWords, Lang: "uk", Type: "text/vtt"}}}
	r.h.o.Uploads = shelf{"assets/pic": picture, "assets/film": film, "assets/sign": sign}
	see := r.viewOf
	p := see("visitor").drawing(&lesson.Picture{File: "assets/pic", Alt: i18n.Text{UK: "Телефон"}})
	if p.Src != "/media/assets/p-960.png" || p.WebP != "/media/assets/p-960.webp 960w, /media/assets/p-320.webp 320w" || p.Srcset != "/media/assets/p-960.png 960w, /media/assets/p-320.png 320w" || p.Height != 540 {
		t.Errorf("%+v", p)
	}
	one := see("visitor").video(&lesson.Video{Clip: "assets/film", Seconds: 30}, "Відео", &course.Act{Spot: &course.Position{Seconds: 12}})
	if one.Src != "/media/assets/f.mp4" || len(one.Picks) != 2 || one.Picks[0].Src != "/media/assets/f-small.mp4" || one.Poster != "/media/assets/f.jpg" || one.Sign != "/media/assets/s.mp4" ||
		len(one.Tracks) != 1 || !one.Tracks[0].Default || one.At != 12 || !strings.Contains(string(one.Transcript), "Слова відео.") {
		t.Errorf("%+v", one)
	}
	// what is not open to everybody, only those see who make lessons
	film.Published, picture.Published = false, false
	if one := see("visitor").video(&lesson.Video{Clip: "assets/film", Seconds: 30}, "", &course.Act{}); one.Src != "" {
		t.Error("a visitor sees an unpublished film")
	}
	if p := see("visitor").drawing(&lesson.Picture{File: "assets/pic", Alt: i18n.Text{UK: "Телефон"}}); p.Src != "" || p.Alt != "Телефон" {
		t.Errorf("an unpublished picture: %+v", p)
	}
	if one := see("editor").video(&lesson.Video{Clip: "assets/film", Seconds: 30}, "", &course.Act{}); one.Src == "" {
		t.Error("an editor does not see the film in the preview")
	}
}

// viewOf is a request of somebody.
func (r *rig) viewOf(actor string) *view {
	c, _ := gin.CreateTestContext(httptest.NewRecorder())
	c.Request = httptest.NewRequest("GET", "/", nil)
	a := *r.actors[actor]
	c.Set("gate.actor", &a)
	return r.h.words(c)
}
