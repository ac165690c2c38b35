package places

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/gin-gonic/gin"

	"osvitlo/internal/asset"
	"osvitlo/internal/audit"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/media/disk"
	"osvitlo/internal/person"
	"osvitlo/internal/place"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
	"osvitlo/internal/web/page"
	"osvitlo/locales"
)

type journal struct{ acts []string }

func (j *journal) Record(_ context.Context, e audit.Event) error {
	j.acts = append(j.acts, e.Action)
	return e.Check()
}

type rig struct {
	t      *testing.T
	site   http.Handler
	places *place.Service
	log    *journal
	actor  person.Actor
}

func newRig(t *testing.T, edit ...func(*Options)) *rig {
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
	if err := e.Migrate(ctx, place.Specs()); err != nil {
		t.Fatal(err)
	}
	d, err := disk.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	now := func() time.Time { return time.Date(2026, 11, 25, 8, 30, 0, 0, time.UTC) } // Wednesday 10:30 in Kyiv
	r := &rig{t: t, log: &journal{}, actor: person.Actor{Person: "pabcdefghijk", Grants: []person.Grant{{Role: person.Editor}}, Strong: true, Fresh: true, Where: "web"}}
	r.places, err = place.New(ctx, place.Options{Engine: e, Media: d, Audit: r.log, City: place.City{Box: place.Box{South: 48.40, West: 32.05, North: 48.62, East: 32.50}},
		Districts: []place.Named{{ID: "fortechnyi", Name: i18n.Text{UK: "Фортечний", EN: "Fortechnyi"}}}, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Pages: pages, Words: words, Places: r.places, Now: now, People: []place.Populated{{Point: place.Point{Lat: 48.5, Lon: 32.2}, People: 100, District: "fortechnyi", Name: "A"}}}
	for _, f := range edit {
		f(&o)
	}
	h, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	g := gin.New()
	for _, route := range h.Routes() {
		g.Handle(route.Method, route.Path, func(c *gin.Context) {
			if !route.Need.Public() {
				if err := route.Need.Ask(&r.actor).Err(); err != nil {
					c.String(http.StatusForbidden, "refused")
					return
				}
			}
			a := r.actor
			c.Set("gate.actor", &a)
			lang := c.Query("lang")
			if lang == "" {
				lang = i18n.Ukrainian
			}
			c.Request = c.Request.WithContext(i18n.NewContext(c.Request.Context(), lang))
			if err := route.Do(c); err != nil {
				c.String(page.Status(fault.KindOf(err)), "%v", err)
			}
		})
	}
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

func (r *rig) get(path string) (*httptest.ResponseRecorder, *goquery.Document) {
	return r.send(httptest.NewRequest(http.MethodGet, path, nil))
}

func (r *rig) post(path string, form url.Values) (*httptest.ResponseRecorder, *goquery.Document) {
	req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r.send(req)
}

func (r *rig) file(path, name string, raw []byte, fields map[string]string) (*httptest.ResponseRecorder, *goquery.Document) {
	r.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for k, v := range fields {
		_ = m.WriteField(k, v) // into memory
	}
	p, err := m.CreateFormFile("file", name)
	if err == nil {
		_, err = p.Write(raw)
	}
	if err != nil || m.Close() != nil {
		r.t.Fatal(err)
	}
	req := httptest.NewRequest(http.MethodPost, path, &b)
	req.Header.Set("Content-Type", m.FormDataContentType())
	return r.send(req)
}

// bare are keys of messages that were not found.
var bare = regexp.MustCompile(`\b(place|asset|page|fault)\.[a-z_]+(\.[a-z_0-9-]+)*\b`)

func (r *rig) page(path string) *goquery.Document {
	r.t.Helper()
	w, doc := r.get(path)
	if w.Code != http.StatusOK {
		r.t.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	main := doc.Find("main").Text()
	if key := bare.FindString(main); key != "" && key != "place.css" {
		r.t.Errorf("%s: no words for %s", path, key)
	}
	ids := map[string]bool{}
	doc.Find("[id]").Each(func(_ int, s *goquery.Selection) {
		id, _ := s.Attr("id")
		if ids[id] {
			r.t.Errorf("%s: two elements with the id %s", path, id)
		}
		ids[id] = true
	})
	doc.Find("label[for]").Each(func(_ int, s *goquery.Selection) {
		if to, _ := s.Attr("for"); !ids[to] {
			r.t.Errorf("%s: a label for %s, which is not there", path, to)
		}
	})
	return doc
}

func (r *rig) door(id, name string, edit ...func(*place.Place)) *place.Place {
	r.t.Helper()
	p := &place.Place{Doc: store.Doc{ID: id}, Slug: id, Kind: place.Library, Name: i18n.Text{UK: name, EN: name + " en"}, Address: i18n.Text{UK: "вул. Вигадана, 1"}, Point: &place.Point{Lat: 48.51, Lon: 32.26}}
	p.Hours.Week, p.Hours.Known = place.Days{2: {{From: 540, To: 1080}}}, true
	for _, f := range edit {
		f(p)
	}
	if err := r.places.Ship(context.Background(), []*place.Place{p}); err != nil {
		r.t.Fatal(err)
	}
	q, _ := r.places.ByID(id)
	return q
}

// words are those of a page with plain spaces.
func words(doc *goquery.Document) string {
	return strings.ReplaceAll(doc.Find("main").Text(), "\u00a0", " ")
}

// The list is the page: all of it without a script, in both languages.
func TestTheListIsThePage(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.door("one", "Бібліотека «Сонячна»", func(p *place.Place) { p.NoPower, p.Phone = place.Yes, "(0522) 11-22-33" })
	r.door("two", "Хаб", func(p *place.Place) {
		p.Kind, p.Point, p.Hours = place.Hub, nil, place.Hours{}
		p.Inside, p.Lead = place.Inside{Generator: "дизель", Links: "Starlink"}, "secret-lead"
	})
	r.door("three", "Клуб", func(p *place.Place) { p.Kind, p.Hours.Outages = place.Club, true })
	for _, lang := range i18n.Languages {
		doc := r.page("/map?lang=" + lang)
		if doc.Find(".os-door").Length() != 3 || doc.Find("form[role=search] button[type=submit]").Length() == 0 || doc.Find(".os-sketch__pin").Length() != 2 {
			t.Errorf("%s: %s", lang, doc.Find("main").Text())
		}
		if open, _ := doc.Find("#open-map").Parent().Attr("hidden"); open != "" || doc.Find("#near-me").Length() != 1 {
			t.Errorf("%s: what needs a script is shown without one", lang)
		}
		for _, path := range []string{"/map/print", "/places/one", "/places/two", "/places/three", "/map?q=сонячна", "/map?near=фортечний&open=1", "/map?kind=hub&offer=internet&access=ramp", "/map?at=48.5123,32.2671"} {
			sep := "?"
			if strings.Contains(path, "?") {
				sep = "&"
			}
			if text := r.page(path + sep + "lang=" + lang).Text(); strings.Contains(text, "Starlink") || strings.Contains(text, "secret-lead") || strings.Contains(text, "дизель") {
				t.Errorf("%s tells of the inside", path)
			}
		}
	}
	if doc := r.page("/map?power=1"); doc.Find(".os-door").Length() != 1 || doc.Find("#c-power[checked]").Length() != 1 {
		t.Error("works without power")
	}
	if doc := r.page("/map?open=1"); doc.Find(".os-door").Length() != 2 || doc.Find(".os-tag--sun").Length() == 0 {
		t.Errorf("open now: %s", doc.Find(".os-doors").Text())
	}
	if doc := r.page("/map?q=сонична"); doc.Find(".os-door").Length() == 0 { // a misspelling
		t.Error("a misspelled word finds nothing")
	}
	if href, _ := r.page("/map").Find(".os-door a[href^='geo:']").Attr("href"); href != "geo:48.510000,32.260000?q=48.510000,32.260000" {
		t.Errorf("walking link %q", href)
	}
	if href, _ := r.page("/map").Find(".os-door a[href^='tel:']").Attr("href"); href != "tel:+380522112233" {
		t.Errorf("telephone %q", href)
	}
	if !strings.Contains(words(r.page("/places/two")), "Точку на карті ще не поставлено") {
		t.Error("a place without a point does not say so")
	}
	// what somebody searches near is rounded before it stands anywhere on the page
	if w, _ := r.get("/map?at=48.512345,32.267891"); strings.Contains(w.Body.String(), "48.5123") || strings.Contains(w.Body.String(), "32.26789") {
		t.Error("the exact position came back")
	}
	if w, _ := r.get("/map?q=" + strings.Repeat("q", 300)); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a long search: %d", w.Code)
	}
	for _, bad := range []string{"/places/none", "/tiles/12/1/1", "/map/points?bbox=1,2&zoom=3", "/map/points?bbox=a,b,c,d&zoom=12", "/map/points?bbox=48,32,49,33&zoom=x"} {
		if w, _ := r.get(bad); w.Code != http.StatusNotFound && w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", bad, w.Code)
		}
	}
}

// «Сховати місце»: gone from pages, map, files with the next request, audited, and back.
func TestHidingAPlace(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := r.door("one", "Бібліотека «Сонячна»")
	everywhere := []string{"/map", "/map/print", "/map/points?bbox=48,32,49,33&zoom=18", OpenGeoJSON, OpenCSV}
	shown := func() (n int) {
		for _, path := range everywhere {
			if w, _ := r.get(path); strings.Contains(w.Body.String(), "Сонячна") {
				n++
			}
		}
		return n
	}
	w, _ := r.get(OpenGeoJSON)
	tag := w.Header().Get("ETag")
	if n := shown(); n != len(everywhere) || tag == "" || w.Header().Get("Content-Type") != "application/geo+json" {
		t.Fatalf("shown at %d of %d, %v", n, len(everywhere), w.Header())
	}
	r.page(Office)
	r.page(Office + "/" + p.ID)
	if w, doc := r.post(Office+"/"+p.ID+"/hide", url.Values{"why": {""}}); w.Code != http.StatusUnprocessableEntity || doc.Find("#f-why-error").Length() != 1 {
		t.Errorf("hidden without a reason: %d", w.Code)
	}
	if w, _ := r.post(Office+"/"+p.ID+"/hide", url.Values{"why": {"обстріл"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if n := shown(); n != 0 {
		t.Errorf("hidden and still at %d addresses", n)
	}
	if w, _ := r.get("/places/one"); w.Code != http.StatusNotFound {
		t.Errorf("the page of a hidden place: %d", w.Code)
	}
	req := httptest.NewRequest(http.MethodGet, OpenGeoJSON, nil)
	req.Header.Set("If-None-Match", tag)
	if w, _ := r.send(req); w.Code != http.StatusOK {
		t.Errorf("a cache keeps the hidden place: %d", w.Code)
	}
	if last := r.log.acts[len(r.log.acts)-1]; last != "place.hide" {
		t.Errorf("the last act is %s", last)
	}
	if doc := r.page(Office + "/" + p.ID); !strings.Contains(doc.Find("main").Text(), "обстріл") {
		t.Error("the office does not say why")
	}
	if w, _ := r.post(Office+"/"+p.ID+"/show", nil); w.Code != http.StatusSeeOther || shown() != len(everywhere) {
		t.Errorf("not back: %d", w.Code)
	}
	r.actor.Grants = []person.Grant{{Role: person.VenueLead, Place: "another"}}
	if w, _ := r.post(Office+"/"+p.ID+"/hide", url.Values{"why": {"x"}}); w.Code == http.StatusSeeOther {
		t.Error("a lead of another place hides this one")
	}
}

func TestTheRegisterIsEdited(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *Options) {
		o.Photos = func(_ context.Context, _ *person.Actor, s asset.Sent, alt i18n.Text, file io.Reader) (*asset.Asset, error) {
			if raw, err := io.ReadAll(file); err != nil || int64(len(raw)) != s.Size || alt.UK == "" {
				return nil, fault.New(fault.Internal, "")
			}
			return &asset.Asset{Doc: store.Doc{ID: "a1"}, Files: []asset.File{{Name: "assets/a-320.png", Role: asset.RoleWidth, Width: 320, Height: 240}}}, nil
		}
	})
	form := url.Values{"kind": {"hub"}, "name_uk": {"Хаб «Липи»"}, "address_uk": {"вул. Вигадана, 3"}, "lat": {"48,51"}, "lon": {"32.26"}, "day.0": {"9-13, 12-18"}, "offers": {"internet"}, "generator": {"дизель"}}
	w, doc := r.post(Office, form)
	if w.Code != http.StatusUnprocessableEntity || doc.Find(`a[href="#f-day0"]`).Length() != 1 || doc.Find("#f-name_uk").AttrOr("value", "") != "Хаб «Липи»" {
		t.Fatalf("overlapping hours: %d %s", w.Code, doc.Find(".os-error").Text())
	}
	form.Set("day.0", "9:00–18:00")
	form.Set("exceptions", "2026-12-25 свято\n2026-12-31 – 2027-01-02 інше 10:00–14:00")
	w, doc = r.post(Office, form)
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, doc.Find(".os-error").Text())
	}
	p, ok := r.places.BySlug("khab-lypy")
	if !ok || p.Point == nil || len(p.Hours.Exceptions) != 2 || len(p.Hours.Exceptions[1].Spans) != 1 || p.Hours.Exceptions[0].Reason != place.Holiday || !p.Verified {
		t.Fatalf("%+v", p)
	}
	at := Office + "/" + p.ID
	for _, lang := range i18n.Languages {
		for _, path := range []string{Office, Office + "/new", at, at + "/edit", at + "/photos", at + "/workplaces", Imports} {
			r.page(path + "?lang=" + lang)
		}
	}
	if doc := r.page(at + "/edit"); strings.TrimSpace(doc.Find("#f-exceptions").Text()) != "2026-12-25 holiday\n2026-12-31 – 2027-01-02 special 10:00–14:00" {
		t.Errorf("%q", doc.Find("#f-exceptions").Text())
	}
	for _, bad := range []string{"25 грудня", "2026-12-25 весілля", "2026-12-25 свято 25:00–26:00"} {
		form.Set("exceptions", bad)
		if w, doc := r.post(at+"/edit", form); w.Code != http.StatusUnprocessableEntity || doc.Find("#f-exceptions-error").Length() != 1 {
			t.Errorf("%q: %d", bad, w.Code)
		}
	}
	if w, _ := r.post(at+"/confirm", url.Values{}); w.Code != http.StatusSeeOther {
		t.Errorf("confirm: %d %s", w.Code, w.Body)
	}
	if w, _ := r.post(at+"/workplaces", url.Values{"label": {"Комп’ютер 1"}, "device": {"ПК"}, "reader": {"1"}, "condition": {"working"}}); w.Code != http.StatusSeeOther {
		t.Errorf("workplace: %d %s", w.Code, w.Body)
	}
	doc = r.page(at + "/workplaces")
	id, _ := doc.Find("#f-use-id option").Attr("value")
	if w, _ := r.post(at+"/workplaces/use", url.Values{"id": {id}, "week": {"2026-W48"}, "hours": {"7,5"}}); w.Code != http.StatusSeeOther {
		t.Errorf("use: %d %s", w.Code, w.Body)
	}
	if w, _ := r.post(at+"/workplaces/fault", url.Values{"id": {id}, "what": {"не вмикається"}, "condition": {"broken"}}); w.Code != http.StatusSeeOther {
		t.Errorf("fault: %d %s", w.Code, w.Body)
	}
	if text := words(r.page(at + "/workplaces")); !strings.Contains(text, "7,5") || !strings.Contains(text, "не вмикається") {
		t.Error(text)
	}
	var pic bytes.Buffer
	if err := png.Encode(&pic, image.NewGray(image.Rect(0, 0, 40, 30))); err != nil {
		t.Fatal(err)
	}
	if w, doc := r.file(at+"/photos", "a.png", pic.Bytes(), map[string]string{"alt_uk": "Вхід"}); w.Code != http.StatusUnprocessableEntity || doc.Find("#f-clean-error").Length() != 1 {
		t.Errorf("a photo without the promise: %d", w.Code)
	}
	if w, _ := r.file(at+"/photos", "a.png", pic.Bytes(), map[string]string{"alt_uk": "Вхід", "clean": "1"}); w.Code != http.StatusSeeOther {
		t.Errorf("photo: %d %s", w.Code, w.Body)
	}
	if src, _ := r.page("/places/khab-lypy").Find(".os-shots img").Attr("src"); src != "/media/assets/a-320.png" {
		t.Errorf("photo at %q", src)
	}
	r.page(at + "/photos")
	if w, _ := r.post(at+"/photos/remove", url.Values{"n": {"0"}, "asset": {"a1"}}); w.Code != http.StatusSeeOther {
		t.Errorf("photo off: %d", w.Code)
	}
	r.actor.Grants = []person.Grant{{Role: person.CDTO}}
	for _, path := range []string{Coverage, Load, Coverage + ".csv"} {
		if w, _ := r.get(path); w.Code != http.StatusOK {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	r.page(Coverage + "?lang=en")
	r.page(Load + "?lang=en")
	if w, _ := r.get(at + "/workplaces"); w.Code == http.StatusOK {
		t.Error("the CDTO sees the register of devices of a place")
	}
}

func TestAnImportThroughThePages(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	w, _ := r.file(Imports, "місця.csv", []byte("Назва;Адреса;Широта;Довгота\nХаб;вул. Вигадана, 7;48.51;32.26\n;вул. Вигадана, 8;48.5;32.2\nКиїв;x;50.4;30.5\n"), nil)
	at, err := url.Parse(w.Header().Get("Location"))
	if w.Code != http.StatusSeeOther || err != nil {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	for _, lang := range i18n.Languages {
		doc := r.page(at.Path + "?lang=" + lang)
		if doc.Find("#problems tbody tr").Length() != 2 || doc.Find("#f-to-name option[selected]").AttrOr("value", "") != "Назва" {
			t.Errorf("%s: %s", lang, doc.Find("main").Text())
		}
	}
	if w, _ := r.get(at.Path + "/problems.csv"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "4;Широта;50.4") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if len(r.places.All()) != 0 {
		t.Error("a dry run wrote")
	}
	if w, _ := r.post(at.Path+"/apply", nil); w.Code != http.StatusSeeOther || len(r.places.All()) != 1 {
		t.Errorf("%d, %d places", w.Code, len(r.places.All()))
	}
	r.page(at.Path)
	if w, _ := r.post(at.Path+"/apply", nil); w.Code != http.StatusConflict {
		t.Errorf("applied twice: %d", w.Code)
	}
	if w, _ := r.post(at.Path+"/undo", nil); w.Code != http.StatusSeeOther || len(r.places.All()) != 0 {
		t.Errorf("%d, %d places", w.Code, len(r.places.All()))
	}
	r.page(at.Path)
	for name, raw := range map[string]string{"empty.csv": "", "broken.xlsx": "PK\x03\x04nothing", "a.geojson": `{"features":1}`} {
		if w, doc := r.file(Imports, name, []byte(raw), nil); w.Code != http.StatusUnprocessableEntity || doc.Find("#f-file-error").Length() != 1 {
			t.Errorf("%s: %d %s", name, w.Code, doc.Find(".os-error").Text())
		}
	}
}

// With 10,000 places the map's answers stay under 100 kB gzip, at every zoom.
func TestAnswersOfTheMapAreSmall(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	var list []*place.Place
	for i := range 10_000 {
		list = append(list, &place.Place{Doc: store.Doc{ID: fmt.Sprintf("p%06d", i)}, Slug: fmt.Sprintf("place-%d", i), Kind: place.Hub, Name: i18n.Text{UK: fmt.Sprintf("Хаб цифрової освіти № %d", i)},
			Address: i18n.Text{UK: fmt.Sprintf("вул. Вигадана, %d", i)}, Point: &place.Point{Lat: 48.42 + float64(i%401)*0.0004, Lon: 32.10 + float64(i%397)*0.0008}})
	}
	if err := r.places.Ship(context.Background(), list); err != nil {
		t.Fatal(err)
	}
	most := 0
	for zoom := place.MinZoom; zoom <= place.MaxZoom; zoom++ {
		w, _ := r.get(fmt.Sprintf("/map/points?bbox=48.3,32,48.7,32.6&zoom=%d&lines=1", zoom))
		var got struct {
			Total int
			Marks []mark
		}
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || got.Total != 10_000 || len(got.Marks) == 0 {
			t.Fatalf("zoom %d: %d %v", zoom, w.Code, err)
		}
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		if _, err := z.Write(w.Body.Bytes()); err != nil || z.Close() != nil {
			t.Fatal(err)
		}
		most = max(most, b.Len())
	}
	if t.Logf("at most %d kB gzip", most/1000); most > 100_000 {
		t.Errorf("%d bytes gzip", most)
	}
}

// Tiles come through the site: bounded, kept, and nothing outside the city is asked for.
func TestTilesComeThroughTheSite(t *testing.T) {
	t.Parallel()
	var pic bytes.Buffer
	if err := png.Encode(&pic, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	asked, answer := 0, pic.Bytes()
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		if r.Header.Get("Cookie") != "" || r.Header.Get("X-Forwarded-For") != "" || r.Referer() != "" {
			t.Error("the server of tiles hears of the reader")
		}
		_, _ = w.Write(answer) // the reader may have left
	}))
	t.Cleanup(far.Close)
	now := time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)
	tiles, err := NewTiles(far.URL+"/{z}/{x}/{y}.png", "хто зробив", t.TempDir(), place.Box{South: 48.40, West: 32.05, North: 48.62, East: 32.50}, "test", func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t, func(o *Options) { o.Tiles = tiles })
	r.door("one", "Бібліотека")
	inside := "/tiles/12/2414/1414"
	if !tiles.inside(12, 2414, 1414) {
		t.Fatal("the tile of the test is not of the city")
	}
	for range 3 {
		if w, _ := r.get(inside); w.Code != http.StatusOK || !bytes.Equal(w.Body.Bytes(), pic.Bytes()) || w.Header().Get("Content-Type") != "image/png" {
			t.Fatalf("%d %v", w.Code, w.Header())
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times for one tile", asked)
	}
	for _, bad := range []string{"/tiles/12/0/0", "/tiles/3/1/1", "/tiles/19/1/1", "/tiles/x/1/1", "/tiles/12/-1/1414"} {
		if w, _ := r.get(bad); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", bad, w.Code)
		}
	}
	if asked != 1 {
		t.Error("a tile outside the city was asked for")
	}
	answer = []byte("<html>no tile</html>")
	if w, _ := r.get("/tiles/12/2415/1414"); w.Code != http.StatusServiceUnavailable {
		t.Errorf("a page instead of a tile: %d", w.Code)
	}
	now = now.AddDate(1, 0, 0) // the kept one is old and the server gives none: old is better
	if w, _ := r.get(inside); w.Code != http.StatusOK {
		t.Errorf("an old tile: %d", w.Code)
	}
	if at, _ := r.page("/map").Find("#map").Attr("data-attribution"); at != "хто зробив" {
		t.Errorf("attribution %q", at)
	}
	for _, bad := range [][2]string{{"https://a/{z}/{x}", "a"}, {"ftp://a/{z}/{x}/{y}", "a"}, {"https://a/{z}/{x}/{y}", " "}} {
		if _, err := NewTiles(bad[0], bad[1], "", place.Box{}, "", nil); err == nil {
			t.Errorf("%v was taken", bad)
		}
	}
}
