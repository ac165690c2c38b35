package resident_test

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/ledongthuc/pdf"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/sitting"
	"osvitlo/internal/testkit"
)

func TestWholeTestInBothLanguages(t *testing.T) {
	t.Parallel()
	w := open(t)
	for _, lang := range i18n.Languages {
		p := w.person(t, lang)
		p.begins("resident-test", true)
		id := p.id()
		if _, err := w.Sittings.Result(context.Background(), id, sitting.Access{Key: "x"}); !fault.Is(err, fault.NotFound) {
			t.Fatalf("something is stored before the first answer: %v", err)
		}
		if p.page.Doc().Find(".os-code").Length() != 0 {
			t.Error("a code before anything is stored")
		}
		seen := 0
		for p.block() != "" {
			proper(t, lang, p.page)
			personal(t, p.page)
			if p.page.Wire > 14<<10 {
				t.Errorf("%s: %d bytes on the wire", p.page.Path, p.page.Wire)
			}
			if strings.Contains(p.page.Path, "female") || strings.Contains(p.page.Path, "=") {
				t.Errorf("the address tells of the person: %s", p.page.Path)
			}
			p.answers()
			seen++
			if code := p.page.Text(".os-code"); len([]rune(code)) != 6 {
				t.Fatalf("code %q after %d answers", code, seen)
			}
			if lang == "en" && strings.ContainsFunc(p.page.Text(".os-code"), func(r rune) bool { return r > 127 }) {
				t.Errorf("the English code is %q", p.page.Text(".os-code"))
			}
		}
		in, _ := w.Sittings.Catalogue().Current("resident-test")
		if screens := len(in.Blocks()); seen != screens {
			t.Errorf("%d screens were shown, the test has %d", seen, screens)
		}
		proper(t, lang, p.page)
		personal(t, p.page)
		if n := p.page.Doc().Find(".os-rows__row").Length(); n != seen-1 {
			t.Errorf("the review lists %d answers of %d screens, one of them a pause", n, seen)
		}
		p.submits()
		proper(t, lang, p.page)
		personal(t, p.page)
		result(t, p.page)
		link := p.link()
		for _, part := range []string{"/answers", "/erase"} {
			proper(t, lang, p.sees(http.StatusOK, "/results/"+id+part))
			personal(t, p.page)
		}
		words := map[string][]string{"uk": {"Результат тесту цифрових навичок", "Ваш рівень", "не Цифрограм"},
			"en": {"Result of the digital skills test", "Your level", "not Tsyfrohram"}}[lang]
		p.hasPDF("/results/"+id+"/pdf", words)

		// Another device: the address alone opens nothing, the link does.
		other := w.person(t, lang)
		other.sees(http.StatusNotFound, "/results/"+id)
		other.sees(http.StatusNotFound, "/s/"+id)
		result(t, other.sees(http.StatusOK, link))
		proper(t, lang, other.sees(http.StatusOK, other.page.Doc().Find(`a[href*="/answers"]`).AttrOr("href", "")))

		// What is handed in is final.
		if at := p.sees(http.StatusOK, "/s/"+id).Path; at != "/results/"+id {
			t.Errorf("a finished test leads to %s", at)
		}
		late := p.Post("/s/"+id+"/scroll-page", url.Values{"answer": {"a"}, "rev": {"1"}, "of": {"resident-test@1"}}).Want(t, http.StatusConflict)
		proper(t, lang, late)

		p.page = p.Post("/results/"+id+"/erase", nil).Want(t, http.StatusOK)
		proper(t, lang, p.page)
		for _, gone := range []string{"/results/" + id, "/s/" + id, link} {
			proper(t, lang, p.sees(http.StatusGone, gone))
		}
	}
}

// result checks what a person must find.
func result(t *testing.T, a *testkit.Answered) {
	t.Helper()
	doc := a.Doc()
	if n := doc.Find(".os-can").Length(); n < 1 || n > 6 {
		t.Errorf("%d things the person can do, want 1 to 6", n)
	}
	lessons := doc.Find("#next > .os-card .os-step")
	if n := lessons.Length(); n != 3 {
		t.Errorf("%d next steps", n)
	}
	if whys := lessons.Find(".os-step__text").Length(); whys < 6 || doc.Find("#next > .os-card form[action='/courses/hide']").Length() != 3 {
		t.Errorf("a step without its reason or without «не для мене»: %d words", whys)
	}
	if open := doc.Find("details[open]").Length(); open > 0 {
		t.Error("the number stands open")
	}
	first := testkit.Plain(doc.Find("h1, .os-can, .os-level").First().Text())
	if first != testkit.Plain(doc.Find("h1").Text()) || doc.Find("h1 ~ .os-cans").Length() == 0 {
		t.Error("the page does not open with what the person can do")
	}
}

func (p *person) hasPDF(path string, words []string) {
	p.t.Helper()
	a := p.Get(path).Want(p.t, http.StatusOK)
	if a.Header.Get("Content-Type") != "application/pdf" || len(a.Body) > 200<<10 {
		p.t.Errorf("%s: %s of %d bytes", path, a.Header.Get("Content-Type"), len(a.Body))
	}
	r, err := pdf.NewReader(bytes.NewReader(a.Body), int64(len(a.Body)))
	if err != nil {
		p.t.Fatal(err)
	}
	if n := r.NumPage(); n < 1 || n > 2 {
		p.t.Errorf("the PDF has %d pages", n)
	}
	reader, err := exec.LookPath("pdftotext")
	if err != nil {
		p.t.Log("pdftotext (poppler-utils) is not installed: the words of the PDF were not read")
		return
	}
	cmd := exec.Command(reader, "-", "-")
	cmd.Stdin = bytes.NewReader(a.Body)
	raw, err := cmd.Output()
	if err != nil {
		p.t.Fatal(err)
	}
	text := testkit.Plain(string(raw))
	for _, want := range words {
		if !strings.Contains(text, want) {
			p.t.Errorf("the PDF does not say «%s»: %.300s", want, text)
		}
	}
}

func TestStopAfterTwelve(t *testing.T) {
	t.Parallel()
	w := open(t)
	p := w.person(t, "uk")
	p.begins("resident-test", true)
	p.until("stop-after-12")
	proper(t, "uk", p.page)
	if !strings.Contains(p.page.Text("main"), "Ще 18 запитань") {
		t.Error("the stop does not say how much is left")
	}
	p.sends(map[string]string{"stop": "1"}).Want(t, http.StatusOK)
	if p.block() != "lives" {
		t.Fatalf("after the stop comes %q", p.block())
	}
	p.until("")
	p.submits()
	text := p.page.Text("main")
	if !strings.Contains(text, "Ви зупинилися після 12 завдань") || !strings.Contains(text, "Про кожен напрям окремо скажемо") {
		t.Errorf("the result of a stop does not say so: %.900s", text)
	}
	if !strings.Contains(text, "Вашу відповідь зараховано") {
		t.Errorf("a stop does not count: %.900s", text)
	}
	// Going back to the stop before the end opens the second half again.
	q := w.person(t, "uk")
	q.begins("resident-test", true)
	q.until("stop-after-12")
	q.sends(map[string]string{"stop": "1"})
	q.sees(http.StatusOK, "/s/"+q.id()+"/stop-after-12")
	q.sends(map[string]string{"stop": "0"})
	if q.block() != "install-app" {
		t.Errorf("going on leads to %q", q.block())
	}
}

func TestPersonWithoutInternet(t *testing.T) {
	t.Parallel()
	w := open(t)
	for _, lang := range i18n.Languages {
		p := w.person(t, lang)
		p.begins("resident-test", true)
		p.sends(map[string]string{"answer": "no"}).Want(t, http.StatusOK)
		if p.block() != "offline-device" {
			t.Fatalf("the short form begins with %q", p.block())
		}
		for p.block() != "" {
			proper(t, lang, p.page)
			p.answers()
		}
		p.submits()
		proper(t, lang, p.page)
		if p.page.Doc().Find(".os-level, .os-area").Length() > 0 {
			t.Error("the short form ends with a level")
		}
		if !strings.Contains(strings.ReplaceAll(p.page.Text("main"), "\u2011", "-"), "(0522) 00-00-00") {
			t.Error("no telephone for a person without the internet")
		}
		p.sees(http.StatusOK, "/results/"+p.id()+"/pdf")
		if strings.Contains(p.page.Path, "pdf") {
			t.Error("the short form has no PDF of a test")
		}
	}
}

func TestSurvey(t *testing.T) {
	t.Parallel()
	w := open(t)
	for _, lang := range i18n.Languages {
		p := w.person(t, lang)
		p.begins("resident-survey", true)
		for p.block() != "" {
			proper(t, lang, p.page)
			p.answers()
		}
		p.submits()
		proper(t, lang, p.page)
		if p.page.Doc().Find(".os-level").Length() > 0 {
			t.Error("a survey ends with a level")
		}
	}
}

func TestWithoutConsentIsNotCounted(t *testing.T) {
	t.Parallel()
	w := open(t)
	p := w.person(t, "uk")
	if p.sees(http.StatusOK, "/surveys/resident-test").Doc().Find("form input[checked]").Length() > 0 {
		t.Fatal("the consent is ticked beforehand")
	}
	p.begins("resident-test", false)
	p.until("stop-after-12")
	p.sends(map[string]string{"stop": "1"})
	p.until("")
	p.submits()
	if text := p.page.Text("main"); strings.Contains(text, "зараховано") || !strings.Contains(text, "Через 30 днів ми видалимо ці відповіді") {
		t.Errorf("without consent the page says: %.900s", text)
	}
}

func TestSecondSittingOnADevice(t *testing.T) {
	t.Parallel()
	w := open(t)
	p := w.person(t, "uk")
	var links []string
	for i := range 2 {
		p.begins("resident-test", true)
		p.until("stop-after-12")
		p.sends(map[string]string{"stop": "1"})
		p.until("")
		p.submits()
		links = append(links, "/results/"+p.id())
		if said := strings.Contains(p.page.Text("main"), "На цьому пристрої вже є зарахована відповідь"); said != (i == 1) {
			t.Errorf("sitting %d: counted twice, or the first not at all", i+1)
		}
	}
	for _, l := range links {
		result(t, p.sees(http.StatusOK, l))
	}
	proper(t, "uk", p.sees(http.StatusOK, "/r"))
	if n := p.page.Doc().Find(".os-tile").Length(); n != 2 {
		t.Errorf("the device lists %d sittings of its own", n)
	}
	for range 9 {
		p.begins("resident-test", true)
	}
	n := 0
	for _, c := range p.Cookies() {
		if strings.HasPrefix(c.Name, "s_") {
			n++
		}
	}
	if n > 6 {
		t.Errorf("the browser keeps %d sittings", n)
	}
}

func TestUnfinishedForFourteenDays(t *testing.T) {
	t.Parallel()
	w := open(t)
	p := w.person(t, "uk")
	p.begins("resident-test", true)
	p.answers()
	id, code := p.id(), p.page.Text(".os-code")
	w.pass(13 * 24 * time.Hour)
	p.sees(http.StatusOK, "/s/"+id)
	w.pass(2 * 24 * time.Hour)
	proper(t, "uk", p.sees(http.StatusGone, "/s/"+id))
	if !strings.Contains(p.page.Text("h1"), "14 днів") {
		t.Errorf("an old test says %q", p.page.Text("h1"))
	}
	p.page = p.Post("/r", url.Values{"code": {code}}).Want(t, http.StatusUnprocessableEntity)
}
