package services

import (
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"pgregory.net/rapid"

	"osvitlo/internal/eservice"
	"osvitlo/internal/eservice/manual"
	"osvitlo/internal/i18n"
)

const slug = "pension-portal"

// Every public page in both languages: an answer, one heading, no word missing.
func TestEveryPageInBothLanguages(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	paths := []string{"/services", "/services?q=%D0%BF%D0%B5%D0%BD%D1%81%D1%96%D1%8F", "/services?q=xyzzy", "/services/manual", "/services/use", "/services/warnings", "/services/warnings/print"}
	for _, e := range r.manual.Shown() {
		paths = append(paths, "/services/"+e.Slug, "/services/"+e.Slug+"/print", "/office/services/"+e.Slug)
		for i := range e.Addresses {
			paths = append(paths, "/services/"+e.Slug+"/go/"+strconv.Itoa(i))
		}
	}
	paths = append(paths, "/office/services", "/office/services/use", "/office/services/counts", "/office/warnings", "/office/warnings/new", "/office/services/"+slug+"/steps/open")
	for _, path := range paths {
		for _, lang := range i18n.Languages {
			sep := "?"
			if strings.Contains(path, "?") {
				sep = "&"
			}
			w, doc := r.get(path + sep + "lang=" + lang)
			if w.Code != http.StatusOK || doc.Find("h1").Length() != 1 {
				t.Errorf("%s (%s): %d, %d headings", path, lang, w.Code, doc.Find("h1").Length())
			}
			text := doc.Find("main").Text()
			if m := regexp.MustCompile(`service\.[a-z_.]+[a-z]`).FindString(text); m != "" || strings.Contains(text, "<no value>") {
				t.Errorf("%s (%s): a word is missing: %q", path, lang, m)
			}
			if lang == i18n.English && strings.HasPrefix(path, "/services/") && strings.HasPrefix(path, "/services/"+slug) && regexp.MustCompile(`[іїє]`).MatchString(doc.Find("main section").First().Text()) {
				t.Errorf("%s: Ukrainian on an English page", path)
			}
		}
	}
}

func TestAnInstructionHasItsSevenHeadingsInOrder(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, e := range r.manual.Shown() {
		w, doc := r.get("/services/" + e.Slug)
		text := doc.Find("main").Text()
		at := -1
		for i, id := range manual.Headings {
			words, _ := messages()
			head := strconv.Itoa(i+1) + ". " + words.Lang("uk").T("service.h."+id, nil)
			next := strings.Index(plain(text), head)
			if next <= at {
				t.Errorf("%s: «%s» is missing or out of order", e.Slug, head)
			}
			at = next
		}
		if !strings.Contains(plain(text), "Текст ще не перевірено містом") || !strings.Contains(plain(text), "не беріть її паролі й картку") {
			t.Errorf("%s: the draft note or the line about helpers is missing", e.Slug)
		}
		for _, s := range e.Steps {
			if s.Picture == "" {
				continue
			}
			if p, _ := r.get("/services/pictures/" + s.Picture + ".svg"); p.Code != http.StatusOK || p.Header().Get("Content-Type") != "image/svg+xml" {
				t.Errorf("%s: picture %s: %d", e.Slug, s.Picture, p.Code)
			}
		}
		if strings.Contains(w.Body.String(), `href="http`) {
			t.Errorf("%s links straight to another site", e.Slug)
		}
	}
	for _, bad := range []string{"/services/nothing", "/services/pictures/nothing.svg", "/services/pictures/..%2Flife-events.yaml", "/services/" + slug + "/go/9", "/services/" + slug + "/go/x/out", "/services/warnings/none"} {
		if w, _ := r.get(bad); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", bad, w.Code)
		}
	}
}

func plain(s string) string {
	s = strings.NewReplacer("\u00a0", " ", "\u202f", " ", "\u2011", "-").Replace(s)
	return strings.Join(strings.Fields(s), " ")
}

// One goes out by a page that names the site; only listed addresses are reached.
func TestTheWayOut(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	_, doc := r.get("/services/" + slug + "/go/0")
	if got := doc.Find(".os-svc__host--big").Text(); got != "portal.pfu.gov.ua" {
		t.Errorf("the page names %q", got)
	}
	w, _ := r.get("/services/" + slug + "/go/0/out")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "https://portal.pfu.gov.ua" || w.Header().Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("%d to %q", w.Code, w.Header().Get("Location"))
	}
	req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/services/"+slug, nil)
	req.Header.Set("User-Agent", "Googlebot/2.1")
	r.site.ServeHTTP(httptest.NewRecorder(), req)
	r.get("/services/" + slug)
	for _, form := range []url.Values{{"helped": {"yes"}}, {"helped": {"no"}, "step": {"sign-in"}}} {
		w, _ := r.post("/services/"+slug+"/feedback", form)
		if w.Code != http.StatusSeeOther || len(w.Result().Cookies()) != 0 {
			t.Errorf("%v: %d with %d cookies", form, w.Code, len(w.Result().Cookies()))
		}
		if _, doc := r.get(strings.Split(w.Header().Get("Location"), "#")[0]); doc.Find("#said [role=status]").Length() != 1 {
			t.Error("no thanks")
		}
	}
	if w, doc := r.post("/services/"+slug+"/feedback", url.Values{"helped": {"maybe"}}); w.Code != http.StatusUnprocessableEntity || doc.Find(".os-error").Length() != 1 {
		t.Errorf("a wrong answer: %d", w.Code)
	}
	use, err := r.manual.Recent(t.Context(), 1)
	if err != nil || len(use) != 1 || use[0].Open != 3 || use[0].Out != 1 || use[0].Yes != 1 || use[0].No != 1 || use[0].Stops["sign-in"] != 1 {
		t.Errorf("%+v %v", use, err)
	}
}

// An editor confirms a text: people see the name; a correction takes it away.
func TestTheOfficeConfirmsAndCorrects(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	own := "/office/services/" + slug
	_, doc := r.get(own)
	form := fields(doc, own+"/verify")
	for k, v := range map[string]string{"name": "О. Коваль, відділ послуг", "source": "https://portal.pfu.gov.ua", "on": "2026-11-22"} {
		form.Set(k, v)
	}
	w, doc := r.post(own+"/verify", form)
	if w.Code != http.StatusUnprocessableEntity || doc.Find("#f-read").Length() != 1 || doc.Find("input[name=name]").AttrOr("value", "") != form.Get("name") {
		t.Errorf("without having read it: %d", w.Code)
	}
	form.Set("read", "true")
	if w, _ = r.post(own+"/verify", form); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	_, doc = r.get("/services/" + slug)
	if text := plain(doc.Find("main").Text()); !strings.Contains(text, "Перевірено: О. Коваль, відділ послуг, 22 листопада 2026.") || strings.Contains(text, "ще не перевірено містом") {
		t.Error("the confirmation is not shown")
	}
	if w, _ = r.post(own+"/verify", form); w.Code != http.StatusConflict {
		t.Errorf("the same form again: %d", w.Code)
	}
	_, doc = r.get(own + "/steps/open")
	step := fields(doc, own+"/steps/open")
	step.Set("text", "Відкрийте. Наберіть адресу!")
	step.Set("text_en", "Type the address.")
	if w, doc = r.post(own+"/steps/open", step); w.Code != http.StatusUnprocessableEntity || doc.Find("textarea[name=text]").Text() != step.Get("text") {
		t.Errorf("two sentences: %d", w.Code)
	}
	step.Set("text", "Наберіть адресу самі.")
	if w, _ = r.post(own+"/steps/open", step); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	_, doc = r.get("/services/" + slug)
	if text := plain(doc.Find("main").Text()); !strings.Contains(text, "Наберіть адресу самі.") || !strings.Contains(text, "ще не перевірено містом") {
		t.Error("the correction is not shown, or still confirmed")
	}
	_, doc = r.get(own)
	if w, _ = r.post(own+"/hide", fields(doc, own+"/hide")); w.Code != http.StatusSeeOther {
		t.Errorf("hide: %d", w.Code)
	}
	if w, _ = r.get("/services/" + slug); w.Code != http.StatusGone {
		t.Errorf("a hidden instruction: %d", w.Code)
	}
	if got := strings.Join(r.log.acts, " "); got != "service.verified service.corrected service.hidden" {
		t.Errorf("written down: %s", got)
	}
}

func TestOldTextsSaySo(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.now = time.Date(2027, 5, 22, 12, 0, 0, 0, i18n.Kyiv)
	_, doc := r.get("/services/" + slug)
	if !strings.Contains(plain(doc.Find("main").Text()), "уточніть за телефоном") {
		t.Error("an expired text looks fresh")
	}
}

func TestAWarningGoesEverywhere(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	w, doc := r.post("/office/warnings/new", url.Values{"title": {"Дзв"}, "looks": {"Дзвонять і просять код."}, "act": {"Покладіть слухавку."}, "days": {"7"}})
	if w.Code != http.StatusUnprocessableEntity || doc.Find("textarea[name=looks]").Text() != "Дзвонять і просять код." {
		t.Errorf("a short title: %d", w.Code)
	}
	if w, _ = r.post("/office/warnings/new", url.Values{"title": {"Дзвінки «перевірте <лічильник>»"}, "looks": {"Дзвонять і просять код.\nКажуть, що поспішають."}, "act": {"Покладіть слухавку."}, "scheme": {"12"}, "days": {"7"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	one := r.manual.Warnings()[0]
	for _, path := range []string{"/services", "/services/warnings", "/services/warnings/print", "/services/warnings/" + one.ID, "/services/folder"} {
		if _, doc := r.get(path); !strings.Contains(plain(doc.Text()), "перевірте <лічильник>") {
			t.Errorf("%s does not warn", path)
		}
	}
	notes, version := r.h.Notes("en")
	if len(notes) != 1 || version == "" || notes[0].Link.Href != "/services/warnings/"+one.ID {
		t.Errorf("%+v", notes)
	}
	var f feed
	w, _ = r.get("/warnings.atom")
	if err := xml.Unmarshal(w.Body.Bytes(), &f); err != nil || len(f.Entries) != 1 || f.Entries[0].ID != "https://osvitlo.example/services/warnings/"+one.ID || !strings.Contains(f.Entries[0].Title, "<лічильник>") {
		t.Errorf("the feed: %v\n%s", err, w.Body)
	}
	if _, err := time.Parse(time.RFC3339, f.Updated); err != nil {
		t.Error(err)
	}
	r.now = r.now.AddDate(0, 0, 7)
	if _, doc := r.get("/services/warnings"); strings.Contains(doc.Text(), "лічильник") {
		t.Error("it does not go by itself")
	}
	if notes, _ := r.h.Notes("uk"); len(notes) != 0 {
		t.Error("other pages still warn")
	}
}

// The files open without the network: nothing in them is fetched.
func TestFilesWithoutInternet(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, path := range []string{"/services/offline", "/services/folder"} {
		for _, lang := range i18n.Languages {
			w, doc := r.get(path + "?lang=" + lang)
			if w.Code != http.StatusOK || w.Body.Len() > MaxFolder || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") {
				t.Errorf("%s: %d, %d bytes", path, w.Code, w.Body.Len())
			}
			if n := doc.Find("script, link, img, iframe, form, [src], [style*=url]").Length(); n != 0 {
				t.Errorf("%s: %d things to fetch or send", path, n)
			}
			doc.Find("[href]").Each(func(_ int, s *goquery.Selection) {
				if h := s.AttrOr("href", ""); !strings.HasPrefix(h, "#") || doc.Find("[id='"+h[1:]+"']").Length() != 1 {
					t.Errorf("%s: a link to %q", path, h)
				}
			})
			text := plain(doc.Text())
			for _, e := range r.manual.Shown() {
				if !strings.Contains(text, plain(e.Never[0].In(lang))) {
					t.Errorf("%s: %s is not whole", path, e.Slug)
				}
			}
			if path == "/services/folder" && (!strings.Contains(text, "102") || !strings.Contains(text, "вул. Вигадана, 1")) {
				t.Error("telephones or places are missing")
			}
			if strings.Contains(text, "<no value>") || regexp.MustCompile(`service\.[a-z]`).MatchString(text) {
				t.Errorf("%s: a word is missing", path)
			}
		}
	}
}

// pdfText reads a PDF back with a reader of its own.
func pdfText(t *testing.T, raw []byte) string {
	t.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext (poppler-utils) is not installed")
	}
	name := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(name, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), tool, "-layout", name, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestTheManualAsPDF(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	w, _ := r.get("/services/manual.pdf")
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/pdf" {
		t.Fatalf("%d", w.Code)
	}
	pages := strings.Split(strings.TrimSuffix(pdfText(t, w.Body.Bytes()), "\f"), "\f")
	contents := ""
	for _, p := range pages[1:] {
		if strings.HasPrefix(strings.TrimSpace(p), "За подіями життя") {
			break
		}
		contents += p
	}
	for _, e := range r.manual.Shown() {
		m := regexp.MustCompile(regexp.QuoteMeta(strconv.Itoa(e.Number)+". ") + `[^\n]*?(?:\n[^\n]*?)??(\d+)\n`).FindStringSubmatch(contents)
		if m == nil {
			t.Errorf("%s is not in the contents:\n%s", e.Slug, contents)
			continue
		}
		at, _ := strconv.Atoi(m[1])
		first, _, _ := strings.Cut(e.Title.UK, " ")
		if at < 1 || at > len(pages) || !strings.HasPrefix(strings.TrimSpace(pages[at-1]), strconv.Itoa(e.Number)+". "+first) {
			t.Errorf("%s does not begin on page %s", e.Slug, m[1])
		}
		whole := plain(strings.Join(pages, " "))
		for _, want := range []string{e.Steps[0].Text.UK, e.Never[len(e.Never)-1].UK} {
			if words := strings.Fields(want); !strings.Contains(whole, words[0]+" "+words[1]) {
				t.Errorf("%s: «%s» is missing", e.Slug, want)
			}
		}
	}
	again, _ := r.get("/services/manual.pdf")
	if !bytes.Equal(again.Body.Bytes(), w.Body.Bytes()) {
		t.Error("the same manual gives other bytes")
	}
	brochure, _ := r.get("/services/brochure.pdf?lang=en")
	if text := pdfText(t, brochure.Body.Bytes()); !strings.Contains(text, "E-services: one manual") || strings.Count(text, "\f")%2 != 0 {
		t.Error("the brochure has no cover, or an odd number of sides")
	}
}

// Folded sheets read in order: sheets lie in one another, each has two sides of two pages.
func TestImposition(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		pages := rapid.IntRange(1, 200).Draw(t, "pages")
		sides := imposed(pages)
		var front, back []int // as one turns the folded brochure
		for i := 0; i < len(sides); i += 2 {
			front = append(front, sides[i][1], sides[i+1][0])
			back = append([]int{sides[i+1][1], sides[i][0]}, back...)
		}
		for i, p := range append(front, back...) {
			want := i + 1
			if want > pages {
				want = 0
			}
			if p != want {
				t.Fatalf("of %d pages, the %d-th is %d", pages, i+1, p)
			}
		}
	})
}

func TestUseAndCounts(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for range 14 {
		r.get("/services/" + slug)
	}
	upload := func(text string) (*httptest.ResponseRecorder, string) {
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		part, _ := m.CreateFormFile("file", "cnap.csv")
		_, _ = part.Write([]byte(text))
		_ = m.Close()
		req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/office/services/counts", &b)
		req.Header.Set("Content-Type", m.FormDataContentType())
		w, doc := r.send(req)
		return w, plain(doc.Find("main").Text())
	}
	if w, text := upload("a;b\n1;2\n"); w.Code != http.StatusUnprocessableEntity || !strings.Contains(text, "У першому рядку потрібні назви") {
		t.Errorf("no head: %d %s", w.Code, text)
	}
	w, text := upload("місяць;послуга;онлайн;у вікні;з допомогою\n2026-11;4;3;40;2\n2026-11;=1+1;0;5;0\n2026-99;4;3;40;2\n")
	if w.Code != http.StatusOK || !strings.Contains(text, "Портал Пенсійного фонду") || !strings.Contains(text, "Рядок 4") {
		t.Errorf("%d %s", w.Code, text)
	}
	if series, _ := r.manual.Series(t.Context(), 1); series[0].Sum.Counted {
		t.Error("the dry run has stored something")
	}
	_, doc := r.send(func() *http.Request {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/office/services/counts", strings.NewReader(url.Values{"rows": {"month,service,online,desk,helped\n2026-11,pension-portal,3,40,2\n2026-11,=1+1,0,5,0\n"}, "save": {"1"}}.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return req
	}())
	_ = doc
	w, _ = r.get("/office/services/use.csv")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(w.Body.String(), "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if i := slices.IndexFunc(rows, func(row []string) bool { return row[1] == slug }); i < 0 || rows[i][3] != "14" || rows[i][9] != "40" {
		t.Errorf("%v", rows)
	}
	if i := slices.IndexFunc(rows, func(row []string) bool { return strings.Contains(row[1], "1+1") }); i < 0 || rows[i][1] != "'=1+1" {
		t.Errorf("a formula in the table: %v", rows)
	}
	// the public sees whole months only, rounded
	if w, _ = r.get("/services/use.csv"); strings.Contains(w.Body.String(), slug) {
		t.Error("the running month is public")
	}
	r.now = r.now.AddDate(0, 1, 0)
	if w, _ = r.get("/services/use.csv"); !strings.Contains(w.Body.String(), "2026-11,"+slug+",10,,,") {
		t.Errorf("%s", w.Body)
	}
	if _, doc := r.get("/services/use"); !strings.Contains(plain(doc.Find("table").Text()), "менше 10") {
		t.Error("small numbers are shown")
	}
	if got, ok := eservice.Rounded(14); !ok || got != 10 {
		t.Error(got)
	}
}

// A picture from a telephone goes with a warning once its editor has looked at it.
func TestAPictureOfAWarning(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.post("/office/warnings/new", url.Values{"title": {"Дзвінки «перевірте лічильник»"}, "looks": {"Дзвонять і просять код."}, "act": {"Покладіть слухавку."}, "days": {"7"}})
	one := r.manual.Warnings()[0]
	send := func(rev, alt, clean string, file bool) *httptest.ResponseRecorder {
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		for k, v := range map[string]string{"rev": rev, "alt": alt, "clean": clean} {
			_ = m.WriteField(k, v)
		}
		if file {
			part, _ := m.CreateFormFile("file", "sms.png")
			_, _ = part.Write([]byte("pixels"))
		}
		_ = m.Close()
		req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/office/warnings/"+one.ID+"/picture", &b)
		req.Header.Set("Content-Type", m.FormDataContentType())
		w, _ := r.send(req)
		return w
	}
	rev := strconv.FormatInt(one.Rev, 10)
	for name, w := range map[string]*httptest.ResponseRecorder{"no words": send(rev, "", "1", true), "not looked at": send(rev, "Знімок SMS", "", true), "no file": send(rev, "Знімок SMS", "1", false)} {
		if w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	if w := send("99", "Знімок SMS", "1", true); w.Code != http.StatusConflict {
		t.Errorf("an old form: %d", w.Code)
	}
	if w := send(rev, "Знімок SMS", "1", true); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	_, doc := r.get("/services/warnings/" + one.ID)
	if got := doc.Find("img.os-svc__photo"); got.AttrOr("src", "") != "/media/sms.png" || got.AttrOr("alt", "") != "Знімок SMS" {
		t.Errorf("the picture is not shown: %s", plain(doc.Find("main").Text()))
	}
}
