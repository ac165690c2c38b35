package assets

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/gin-gonic/gin"

	"osvitlo/internal/asset"
	"osvitlo/internal/audit"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/job"
	"osvitlo/internal/media/disk"
	"osvitlo/internal/person"
	"osvitlo/internal/store/sqlite"
	"osvitlo/internal/web/page"
	"osvitlo/locales"
)

type journal struct {
	mu   sync.Mutex
	acts []string
}

func (j *journal) Record(_ context.Context, e audit.Event) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.acts = append(j.acts, e.Action)
	return e.Check()
}

type rig struct {
	t     *testing.T
	site  http.Handler
	files *asset.Service
	log   *journal
	actor person.Actor
	used  []string
}

func newRig(t *testing.T) *rig {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	ctx := context.Background()
	words, err := i18n.Load(locales.FS)
	if err != nil {
		t.Fatal(err)
	}
	pages, err := page.New(page.Options{Words: words, Sets: []page.Set{Set()}})
	if err != nil {
		t.Fatal(err)
	}
	e, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(t.TempDir(), "t.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	if err := e.Migrate(ctx, asset.Specs()); err != nil {
		t.Fatal(err)
	}
	d, err := disk.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	r := &rig{t: t, log: &journal{}, actor: person.Actor{Person: "pabcdefghijk", Grants: []person.Grant{{Role: person.Editor}}, Strong: true, Fresh: true, Where: "web"}}
	r.files, err = asset.New(asset.Options{Engine: e, Media: d, Audit: r.log, Secret: []byte("0123456789abcdef"), Scratch: t.TempDir(),
		Uses: func(context.Context, *asset.Asset) []string { return r.used },
		Now:  func() time.Time { return time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC) }})
	if err != nil {
		t.Fatal(err)
	}
	h, err := New(Options{Pages: pages, Words: words, Assets: r.files})
	if err != nil {
		t.Fatal(err)
	}
	g := gin.New()
	run := func(c *gin.Context, do func(*gin.Context) error) {
		a := r.actor
		c.Set("gate.actor", &a)
		lang := c.Query("lang")
		if lang == "" {
			lang = i18n.Ukrainian
		}
		c.Request = c.Request.WithContext(i18n.NewContext(c.Request.Context(), lang))
		if err := do(c); err != nil {
			c.String(page.Status(fault.KindOf(err)), "%v", err)
		}
	}
	for _, route := range h.Routes() {
		g.Handle(route.Method, route.Path, func(c *gin.Context) {
			body := route.Body
			if body == 0 {
				body = 64 << 10
			}
			c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, body)
			if err := route.Need.Ask(&r.actor).Err(); err != nil {
				c.String(http.StatusForbidden, "refused")
				return
			}
			run(c, route.Do)
		})
	}
	file := func(c *gin.Context) {
		run(c, func(c *gin.Context) error { return h.File(c, strings.TrimPrefix(c.Param("name"), "/")) })
	}
	g.GET("/media/*name", file)
	g.HEAD("/media/*name", file)
	r.site = g
	return r
}

func (r *rig) send(req *http.Request) (*httptest.ResponseRecorder, *goquery.Document) {
	r.t.Helper()
	w := httptest.NewRecorder()
	r.site.ServeHTTP(w, req)
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		r.t.Fatal(err)
	}
	return w, doc
}

func (r *rig) get(path string, head ...string) (*httptest.ResponseRecorder, *goquery.Document) {
	req := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i < len(head); i += 2 {
		req.Header.Set(head[i], head[i+1])
	}
	return r.send(req)
}

func (r *rig) post(path string, form url.Values) (*httptest.ResponseRecorder, *goquery.Document) {
	req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r.send(req)
}

// whole sends a file as the form without a script does.
func (r *rig) whole(name, kind string, raw []byte) (*httptest.ResponseRecorder, *goquery.Document) {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	p, err := m.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="file"; filename="` + name + `"`}, "Content-Type": {kind}})
	if err == nil {
		_, err = p.Write(raw)
	}
	if err != nil || m.Close() != nil {
		r.t.Fatal(err)
	}
	req := httptest.NewRequest(http.MethodPost, Address, &b)
	req.Header.Set("Content-Type", m.FormDataContentType())
	return r.send(req)
}

func picture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 400, 300))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// bare are keys of messages that were not found.
var bare = regexp.MustCompile(`\b(asset|page|fault)\.[a-z_]+(\.[a-z_0-9]+)*\b`)

func (r *rig) page(path string) *goquery.Document {
	r.t.Helper()
	w, doc := r.get(path)
	if w.Code != http.StatusOK {
		r.t.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	r.check(path, doc)
	return doc
}

func (r *rig) check(path string, doc *goquery.Document) {
	r.t.Helper()
	main := doc.Find("main").Text() + doc.Find("form").AttrOr("data-busy", "")
	if key := bare.FindString(main); key != "" {
		r.t.Errorf("%s: no words for %s", path, key)
	}
	ids := map[string]bool{}
	doc.Find("[id]").Each(func(_ int, s *goquery.Selection) {
		id, _ := s.Attr("id")
		if ids[id] {
			r.t.Errorf("%s: the id %q stands twice", path, id)
		}
		ids[id] = true
	})
	doc.Find("main input, main select, main textarea").Each(func(_ int, s *goquery.Selection) {
		if kind, _ := s.Attr("type"); kind == "hidden" {
			return
		}
		id, _ := s.Attr("id")
		if doc.Find(`label[for="`+id+`"]`).Length() == 0 && s.ParentsFiltered("label").Length() == 0 {
			r.t.Errorf("%s: the field %q has no label", path, id)
		}
	})
	doc.Find("main img").Each(func(_ int, s *goquery.Selection) {
		if _, ok := s.Attr("alt"); !ok {
			r.t.Errorf("%s: a picture without alt", path)
		}
	})
	if n := doc.Find("h1").Length(); n != 1 {
		r.t.Errorf("%s: %d headings of the first rank", path, n)
	}
}

func TestAFileGoesUpIsDescribedPublishedAndDeleted(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, lang := range i18n.Languages {
		if doc := r.page(Address + "?lang=" + lang); doc.Find(".os-empty").Length() != 1 || doc.Find("input[type=file]").Length() != 1 {
			t.Errorf("%s: the empty list", lang)
		}
	}
	w, _ := r.whole("площа.png", "image/png", picture(t))
	at, err := url.Parse(w.Header().Get("Location"))
	if w.Code != http.StatusSeeOther || err != nil || !strings.HasPrefix(at.Path, Address+"/m") {
		t.Fatalf("%d %s %s", w.Code, w.Header(), w.Body)
	}
	here := at.Path
	for _, lang := range i18n.Languages {
		doc := r.page(here + "?done=uploaded&lang=" + lang)
		if doc.Find(".os-done").Length() != 1 || doc.Find("#preview img").Length() != 1 || doc.Find("#files tbody tr").Length() != 2 {
			t.Errorf("%s: %s", lang, doc.Find("main").Text())
		}
		if doc := r.page(Address + "?q=ПЛОЩА&kind=image&show=draft&lang=" + lang); doc.Find(".os-media__row").Length() != 1 {
			t.Errorf("%s: not found", lang)
		}
		if doc := r.page(Address + "?kind=video&lang=" + lang); doc.Find(".os-empty").Length() != 1 {
			t.Errorf("%s: found as a video", lang)
		}
		r.page(here + "/delete?lang=" + lang)
	}
	// without words it is not published; what was typed stays on the page
	if w, doc := r.post(here+"/publish", url.Values{"seen": {"true"}}); w.Code != http.StatusUnprocessableEntity || doc.Find(".os-error").Length() != 1 {
		t.Errorf("published without words: %d", w.Code)
	}
	long := strings.Repeat("ї", asset.MaxAlt+1)
	w, doc := r.post(here+"/words", url.Values{"alt_uk": {long}, "alt_en": {"A square"}})
	if w.Code != http.StatusUnprocessableEntity || strings.TrimSpace(doc.Find("#f-alt_uk").Text()) != long || strings.TrimSpace(doc.Find("#f-alt_en").Text()) != "A square" {
		t.Errorf("the words were lost: %d", w.Code)
	}
	r.check("refused words", doc)
	if w, _ := r.post(here+"/words", url.Values{"alt_uk": {"Площа <b>вночі</b>"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("words: %d %s", w.Code, w.Body)
	}
	if w, doc := r.post(here+"/publish", nil); w.Code != http.StatusUnprocessableEntity || doc.Find("#f-seen").Length() != 1 {
		t.Errorf("published unseen: %d", w.Code)
	}
	link, _ := r.page(here).Find("#preview img").Attr("src")
	if w, _ := r.get(link); w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Cache-Control"), "private") {
		t.Errorf("the preview: %d %v", w.Code, w.Header())
	}
	plain, _, _ := strings.Cut(link, "?")
	if w, _ := r.get(plain); w.Code != http.StatusNotFound {
		t.Errorf("a draft without a signature: %d", w.Code)
	}
	if w, _ := r.post(here+"/publish", url.Values{"seen": {"true"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("publish: %d %s", w.Code, w.Body)
	}
	if alt, _ := r.page(here).Find("#preview img").Attr("alt"); alt != "Площа <b>вночі</b>" {
		t.Errorf("alt %q", alt)
	}
	r.used = []string{"Безпека: урок 1"}
	if w, doc := r.post(here+"/delete", nil); w.Code != http.StatusConflict || !strings.Contains(doc.Find("main").Text(), "урок") {
		t.Errorf("deleted in use: %d", w.Code)
	}
	if doc := r.page(here + "/delete"); doc.Find(`form[action="`+here+`/delete"]`).Length() != 0 {
		t.Error("offered to delete what is used")
	}
	r.used = nil
	if w, _ := r.post(here+"/delete", nil); w.Code != http.StatusSeeOther {
		t.Fatalf("delete: %d %s", w.Code, w.Body)
	}
	if w, _ := r.get(plain); w.Code != http.StatusNotFound {
		t.Errorf("deleted and served: %d", w.Code)
	}
}

func TestWhatIsRefusedIsSaidOnThePage(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for name, c := range map[string][3]string{
		"a lie": {"a.jpg", "image/jpeg", "<html>"}, "nothing": {"", "", ""}, "empty": {"a.png", "image/png", ""}, "a program": {"a.exe", "application/x-msdownload", "MZ"},
	} {
		w, doc := r.whole(c[0], c[1], []byte(c[2]))
		if w.Code != http.StatusUnprocessableEntity || doc.Find("#f-file-error").Length() != 1 || doc.Find(`.os-error a[href="#f-file"]`).Length() != 1 {
			t.Errorf("%s: %d", name, w.Code)
		}
		r.check(name, doc)
	}
	req := httptest.NewRequest(http.MethodPost, Address, unread{t})
	req.ContentLength = 5 << 30
	req.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	if w, doc := r.send(req); w.Code != http.StatusUnprocessableEntity || doc.Find("#f-file-error").Length() != 1 {
		t.Errorf("5 GB: %d", w.Code)
	}
	if w, _ := r.get(Address + "/nothing"); w.Code != http.StatusNotFound {
		t.Errorf("an unknown file: %d", w.Code)
	}
	if w, doc := r.get(Address + "?q=" + strings.Repeat("q", 200)); w.Code != http.StatusUnprocessableEntity || doc.Find("#f-q").AttrOr("value", "") == "" {
		t.Errorf("a search that is too long: %d", w.Code)
	}
	r.actor.Grants = nil
	if w, _ := r.get(Address); w.Code != http.StatusForbidden {
		t.Errorf("a resident: %d", w.Code)
	}
}

// unread fails the test when somebody reads it.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("it was read")
	return 0, http.ErrBodyReadAfterClose
}

func (r *rig) ask(method, path string, body []byte, kind string) (int, progress) {
	r.t.Helper()
	req := httptest.NewRequest(method, path, bytes.NewReader(body))
	req.Header.Set("Content-Type", kind)
	w := httptest.NewRecorder()
	r.site.ServeHTTP(w, req)
	var p progress
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		r.t.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	return w.Code, p
}

func TestAnUploadGoesOnAfterABreak(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	raw := append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte("a line of a document\n"), 150_000)...)
	raw = append(raw, "%%EOF\n"...)
	form := func(size string) []byte {
		return []byte(url.Values{"name": {"звіт.pdf"}, "type": {"application/pdf"}, "size": {size}}.Encode())
	}
	const posted = "application/x-www-form-urlencoded"
	if code, p := r.ask(http.MethodPost, uploads, form("5368709120"), posted); code != http.StatusRequestEntityTooLarge || bare.MatchString(p.Error) || p.Error == "" {
		t.Errorf("5 GB: %d %+v", code, p)
	}
	if code, p := r.ask(http.MethodPost, uploads, form("x"), posted); code != http.StatusUnprocessableEntity || p.Error == "" {
		t.Errorf("no size: %d %+v", code, p)
	}
	code, up := r.ask(http.MethodPost, uploads, form(jsonInt(len(raw))), posted)
	if code != http.StatusCreated || up.Count != 2 || up.Part != asset.PartSize || up.State != asset.Uploading {
		t.Fatalf("%d %+v", code, up)
	}
	here := uploads + "/" + up.ID
	part := func(n int, b []byte) (int, progress) {
		return r.ask(http.MethodPost, here+"?part="+jsonInt(n), b, "application/octet-stream")
	}
	if code, p := part(1, raw[asset.PartSize:]); code != http.StatusOK {
		t.Fatalf("%d %+v", code, p)
	}
	if code, p := part(0, raw[:1000]); code != http.StatusUnprocessableEntity || p.Error == "" {
		t.Errorf("half a part: %d %+v", code, p)
	}
	if code, p := r.ask(http.MethodPost, here+"/done", nil, ""); code != http.StatusConflict || p.Error == "" {
		t.Errorf("done too early: %d %+v", code, p)
	}
	if _, p := r.ask(http.MethodGet, here, nil, ""); len(p.Have) != 1 || p.Have[0] != 1 {
		t.Fatalf("%+v", p)
	}
	if code, p := part(0, raw[:asset.PartSize]); code != http.StatusOK {
		t.Fatalf("%d %+v", code, p)
	}
	code, end := r.ask(http.MethodPost, here+"/done", nil, "")
	if code != http.StatusOK || end.State != asset.Ready || end.Next == "" {
		t.Fatalf("%d %+v", code, end)
	}
	doc := r.page(end.Next)
	link, _ := doc.Find("#preview a").Attr("href")
	w, _ := r.get(link)
	if !bytes.Equal(w.Body.Bytes(), raw) || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") {
		t.Errorf("came back different: %d bytes of %d", w.Body.Len(), len(raw))
	}
	// a broken-off upload stands in the list and says how to go on
	if _, p := r.ask(http.MethodPost, uploads, form(jsonInt(len(raw))), posted); p.ID == "" {
		t.Fatal("no second upload")
	} else if doc := r.page(Address + "/" + p.ID); !strings.Contains(doc.Find("main").Text(), "Завантажується") {
		t.Error("the page does not say that parts are missing")
	}
	if err := r.files.Work(context.Background(), job.Run{}); err != nil {
		t.Error(err)
	}
}

func jsonInt(n int) string { b, _ := json.Marshal(n); return string(b) }

func TestFilesAreServedInRanges(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	w, _ := r.whole("a.png", "image/png", picture(t))
	at, _ := url.Parse(w.Header().Get("Location"))
	r.post(at.Path+"/words", url.Values{"alt_uk": {"Сіре тло"}})
	r.post(at.Path+"/publish", url.Values{"seen": {"true"}})
	link, _ := r.page(at.Path).Find("#preview img").Attr("src")
	if strings.Contains(link, "?") {
		t.Fatalf("a published file has a signed link: %s", link)
	}
	whole, _ := r.get(link)
	tag := whole.Header().Get("ETag")
	if whole.Code != http.StatusOK || tag == "" || whole.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" ||
		whole.Header().Get("Content-Type") != "image/png" || whole.Header().Get("Accept-Ranges") != "bytes" || !strings.Contains(whole.Header().Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("%d %v", whole.Code, whole.Header())
	}
	all := whole.Body.Bytes()
	for rng, want := range map[string][]byte{"bytes=0-9": all[:10], "bytes=100-": all[100:], "bytes=-7": all[len(all)-7:]} {
		if w, _ := r.get(link, "Range", rng); w.Code != http.StatusPartialContent || !bytes.Equal(w.Body.Bytes(), want) {
			t.Errorf("%s: %d, %d bytes", rng, w.Code, w.Body.Len())
		}
	}
	if w, _ := r.get(link, "Range", "bytes=99999999-"); w.Code != http.StatusRequestedRangeNotSatisfiable {
		t.Errorf("behind the end: %d", w.Code)
	}
	if w, _ := r.get(link, "Range", "bytes=0-9", "If-Range", `"other"`); w.Code != http.StatusOK {
		t.Errorf("a range of another file: %d", w.Code)
	}
	if w, _ := r.get(link, "If-None-Match", tag); w.Code != http.StatusNotModified || w.Body.Len() != 0 {
		t.Errorf("known already: %d", w.Code)
	}
	if w, _ := r.send(httptest.NewRequest(http.MethodHead, link, nil)); w.Code != http.StatusOK || w.Body.Len() != 0 || w.Header().Get("Content-Length") != jsonInt(len(all)) {
		t.Errorf("head: %d %v", w.Code, w.Header())
	}
	for _, bad := range []string{"/media/assets/../../etc/passwd", "/media/uploads/x/0000", "/media/assets/", "/media/assets/no.png", "/media/%00"} {
		if w, _ := r.get(bad); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", bad, w.Code)
		}
	}
}

// The form of an episode: everything at once, nothing on a fault, and what was typed is
// still there.
func TestWhatStandsBesideAVideo(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	box := func(name, body string) string {
		return string([]byte{0, 0, 0, byte(8 + len(body))}) + name + body
	}
	film := box("ftyp", "isom\x00\x00\x02\x00isommp41") + box("moov", "") + box("mdat", "film")
	w, _ := r.whole("film.mp4", "video/mp4", []byte(film))
	at, _, _ := strings.Cut(w.Header().Get("Location"), "?")
	if err := r.files.Work(context.Background(), job.Run{}); err != nil {
		t.Fatal(err)
	}
	send := func(files map[string]string, fields map[string]string) (*httptest.ResponseRecorder, *goquery.Document) {
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		for name, text := range files {
			p, err := m.CreateFormFile(name, name+".vtt")
			if err != nil {
				t.Fatal(err)
			}
			_, _ = p.Write([]byte(text))
		}
		for name, text := range fields {
			_ = m.WriteField(name, text)
		}
		_ = m.Close()
		q := httptest.NewRequest("POST", at+"/episode", &b)
		q.Header.Set("Content-Type", m.FormDataContentType())
		return r.send(q)
	}
	good := "WEBVTT\n\n00:00.000 --> 00:02.000\nДзвонить телефон.\n"
	w, doc := send(map[string]string{"subtitles_uk": strings.Replace(good, "00:02", "00:00", 1)}, map[string]string{"transcript_uk": "Слова <відео>."})
	if w.Code != http.StatusUnprocessableEntity || doc.Find("#f-subtitles_uk-error").Length() != 1 || !strings.Contains(doc.Find("#f-subtitles_uk-error").Text(), "3") {
		t.Fatalf("%d %s", w.Code, doc.Find("main").Text())
	}
	if got := doc.Find("#f-transcript_uk").Text(); got != "Слова <відео>." {
		t.Errorf("what was typed is gone: %q", got)
	}
	r.check(at, doc)
	w, _ = send(map[string]string{"subtitles_uk": good}, map[string]string{"transcript_uk": "Слова відео."})
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != at+"?done=episode" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	doc = r.page(at)
	if doc.Find("#f-drop_uk").Length() != 1 || doc.Find("track[srclang=uk]").Length() != 1 || doc.Find("#f-transcript_uk").Text() != "Слова відео." {
		t.Errorf("%s", doc.Find("#episode").Text())
	}
	src, _ := doc.Find("track").Attr("src")
	if w, _ := r.get(src); w.Code != 200 || w.Body.String() != good || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/vtt") {
		t.Errorf("subtitles: %d %v", w.Code, w.Header())
	}
	if w, _ := send(nil, map[string]string{"drop": "uk", "transcript_uk": "Слова відео."}); w.Code != http.StatusSeeOther {
		t.Errorf("%d", w.Code)
	}
	if doc = r.page(at); doc.Find("track").Length() != 0 {
		t.Error("subtitles stayed")
	}
	if w, _ := r.post(at+"/episode", url.Values{"transcript_uk": {"x"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("not a form of files: %d", w.Code)
	}
}
