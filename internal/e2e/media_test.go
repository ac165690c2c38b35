//go:build e2e

package e2e

import (
	"bytes"
	"compress/gzip"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"osvitlo/content"
	"osvitlo/internal/testkit"
)

// samples writes files as editors have them and answers their folder.
func samples(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	noise := make([]byte, 24<<20)
	r := rand.NewChaCha8([32]byte{3})
	_, _ = r.Read(noise)
	m := image.NewRGBA(image.Rect(0, 0, 1700, 900))
	for i := range 1700 * 900 {
		m.Set(i%1700, i/1700, color.RGBA{uint8(i / 1700), uint8(i % 1700), 120, 255})
	}
	var p, j bytes.Buffer
	if err := png.Encode(&p, m); err != nil {
		t.Fatal(err)
	}
	if err := jpeg.Encode(&j, m, nil); err != nil {
		t.Fatal(err)
	}
	pdf := []byte("%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n")
	frame := append([]byte{0xFF, 0xFB, 0x90, 0x00}, make([]byte, 413)...) // MPEG 1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes
	film, err := content.FS.ReadFile("media/call-from-bank-small.mp4")
	if err != nil {
		t.Fatal(err)
	}
	words, err := content.FS.ReadFile("media/call-from-bank.uk.vtt")
	if err != nil {
		t.Fatal(err)
	}
	for name, raw := range map[string][]byte{"малюнок.png": p.Bytes(), "photo.jpg": j.Bytes(), "пам’ятка.pdf": pdf, "lie.png": pdf, "sound.mp3": bytes.Repeat(frame, 40), "film.mp4": film,
		"words.vtt": words, "broken.vtt": bytes.Replace(words, []byte("00:04.800"), []byte("00:00.100"), 1), "big.pdf": append(append([]byte("%PDF-1.4\n"), noise...), "\n%%EOF\n"...)} {
		if err := os.WriteFile(filepath.Join(dir, name), raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Editors upload, on a telephone and on a desk; what is refused says why; a broken
// network costs one part; an episode gets its subtitles.
func TestEditorsUpload(t *testing.T) {
	t.Parallel()
	dir := samples(t)
	p := town(t)
	b, err := testkit.OpenBrowser(testkit.BrowserOptions{Site: p.Site, Shots: shots})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	v := staffAt(t, p, "content-editor")
	upload := func(tab *testkit.Tab, name string) {
		tab.Open("/office/media")
		tab.Choose("#f-file", filepath.Join(dir, name))
		tab.Press("Завантажити")
	}
	for screen, size := range map[string]testkit.Screen{"phone": testkit.Phone, "desk": testkit.Desktop} {
		tab := b.Tab(t, size)
		tab.Open("/help")
		tab.Take(asBrowser(v))
		for _, name := range []string{"малюнок.png", "photo.jpg", "пам’ятка.pdf", "sound.mp3", "film.mp4"} {
			upload(tab, name)
			tab.Wait(`/^\/office\/media\/m/.test(location.pathname) && document.readyState === 'complete'`)
			look(t, tab, screen+" "+name, false)
		}
		upload(tab, "lie.png")
		tab.Wait(`document.querySelector('.os-upload__state').innerText.includes('не те, що обіцяє назва')`)
		tab.Open("/office/media")
		look(t, tab, screen+" list", false)
	}
	tab := b.Tab(t, testkit.Desktop)
	tab.Open("/help")
	tab.Take(asBrowser(v))
	tab.Open("/office/media")
	tab.Network(false, 6<<20)
	tab.Choose("#f-file", filepath.Join(dir, "big.pdf"))
	tab.Press("Завантажити")
	sent := `performance.getEntriesByType('resource').filter(e => e.name.includes('?part=') && e.responseStatus === 200).length`
	tab.Wait(sent + ` >= 2`)
	tab.Network(true, 0)
	tab.Wait(`document.querySelector('.os-upload__state').innerText.includes('Мережа зникла')`)
	tab.Network(false, 0)
	tab.Forgive()
	// another page of the same browser: what was sent is remembered by the site
	tab.Open("/office/media")
	tab.Choose("#f-file", filepath.Join(dir, "big.pdf"))
	tab.Press("Завантажити")
	tab.Wait(`/^\/office\/media\/m/.test(location.pathname) && document.readyState === 'complete'`)
	tab.See("24,0 МБ")

	// the episode: a broken line is named, nothing typed is lost, then all is there
	at := ""
	for _, a := range v.Get("/office/media?kind=video").Want(t, 200).Doc().Find(".os-media__name").EachIter() {
		at, _ = a.Attr("href")
	}
	until(t, "the renditions of the film", func() bool { return v.Get(at).Want(t, 200).Doc().Find("#episode").Length() > 0 })
	tab.Open(at)
	tab.Choose("#f-subtitles_uk", filepath.Join(dir, "broken.vtt"))
	tab.Type("#f-transcript_uk", "Дзвонить телефон.")
	tab.FollowTo("#episode button")
	tab.See("Рядок 3")
	look(t, tab, "episode refused", false)
	tab.Choose("#f-subtitles_uk", filepath.Join(dir, "words.vtt"))
	tab.FollowTo("#episode button")
	tab.See("Збережено")
	if got := testkit.Eval[string](tab, `document.querySelector('#f-transcript_uk').value`); got != "Дзвонить телефон." {
		t.Errorf("what was typed: %q", got)
	}
	if !testkit.Eval[bool](tab, `!!document.querySelector('video track[srclang=uk]')`) {
		t.Error("no subtitles")
	}
}

// The player: nothing by itself, speed, quality without losing the place, and the place
// is found again after a return.
func TestEpisodePlays(t *testing.T) {
	t.Parallel()
	const page = "/courses/fraud-protection/call-from-bank/step/episode"
	tab := chrome.Tab(t, testkit.Phone)
	want(tab, 200, tab.Open(page))
	look(t, tab, page, true)
	const film = `document.getElementById('film')`
	if n := testkit.Eval[int](tab, film+`.readyState + (`+film+`.paused ? 0 : 10)`); n != 0 {
		t.Errorf("it loads or plays by itself: %d", n)
	}
	tab.Press("Спочатку") // a browser lets play only who has touched something
	testkit.Eval[bool](tab, film+`.play() && true`)
	tab.Wait(film + `.currentTime > 0.5`)
	tab.Press("1,25")
	if got := testkit.Eval[float64](tab, film+`.playbackRate`); got != 1.25 {
		t.Errorf("speed %v", got)
	}
	testkit.Eval[bool](tab, `(`+film+`.currentTime = 20) > 0`)
	tab.Press("Легка")
	tab.Wait(film + `.currentSrc.endsWith('-small.mp4') && ` + film + `.currentTime >= 20 && !` + film + `.paused`)
	if got := testkit.Eval[float64](tab, film+`.playbackRate`); got != 1.25 {
		t.Errorf("speed after the change %v", got)
	}
	testkit.Eval[bool](tab, film+`.pause() || true`)
	tab.Press("Назад 10 с")
	tab.Wait(film + `.currentTime < 15`)
	testkit.Eval[bool](tab, film+`.play() && true`)
	tab.Wait(film + `.currentTime > 11`)
	testkit.Eval[bool](tab, film+`.pause() || true`)
	tab.Wait(`Number(localStorage.getItem('os-film:` + page + `')) > 9`)
	want(tab, 200, tab.Open(page))
	tab.See("Почнемо там, де ви зупинилися")
	if !testkit.Eval[bool](tab, film+`.querySelector('source') && document.querySelector('[data-pick=small]').getAttribute('aria-current') === 'true'`) {
		t.Error("the chosen quality is forgotten")
	}
	tab.Press("Назад 10 с")
	testkit.Eval[bool](tab, film+`.play() && true`)
	tab.Wait(film + `.currentTime > 0 && ` + film + `.currentSrc.endsWith('-small.mp4')`)
	// without the script the browser's own controls and a link do the same
	plain := testkit.Phone
	plain.NoScript = true
	bare := chrome.Tab(t, plain)
	want(bare, 200, bare.Open(page))
	if bare.Has("[data-bar]") || !testkit.Eval[bool](bare, `!!document.querySelector('video[controls] source')`) {
		t.Error("without a script")
	}
	want(bare, 200, bare.Follow("Легка"))
	if !testkit.Eval[bool](bare, `!!document.querySelector('source[src$="-small.mp4"]')`) {
		t.Error("the link of the light quality does not choose it")
	}
}

// files of a page that a browser loads at once.
var loaded = regexp.MustCompile(`<(?:link rel="stylesheet" href|script src)="([^"]+)"`)

// The first view of a lesson, without media: at most 45 kB on the line.
func TestFirstViewOfALesson(t *testing.T) {
	t.Parallel()
	const most = 45_000
	for _, path := range []string{"/courses/fraud-protection/call-from-bank", "/courses/fraud-protection/call-from-bank/step/episode", "/courses/fraud-protection/call-from-bank/step/fake-call"} {
		body, size := onTheLine(t, city.Site+path)
		for _, m := range loaded.FindAllStringSubmatch(body, -1) {
			_, n := onTheLine(t, city.Site+m[1])
			size += n
		}
		t.Logf("%s: %.1f kB", path, float64(size)/1000)
		if size > most {
			t.Errorf("%s takes %d bytes, the order is %d", path, size, most)
		}
	}
}

// onTheLine fetches an address as browsers do and answers the body and its bytes on the line.
func onTheLine(t *testing.T, address string) (string, int) {
	t.Helper()
	q, err := http.NewRequest("GET", address, nil)
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Accept-Encoding", "gzip")
	a, err := http.DefaultTransport.RoundTrip(q)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.Body.Close() }()
	raw, err := io.ReadAll(a.Body)
	if err != nil || a.StatusCode != 200 {
		t.Fatal(a.StatusCode, err)
	}
	if a.Header.Get("Content-Encoding") != "gzip" {
		return string(raw), len(raw)
	}
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(text), len(raw)
}
