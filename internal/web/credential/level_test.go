package credential

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"osvitlo/internal/credential"
	"osvitlo/internal/fault"
	"osvitlo/internal/person"
)

// tests stand in for the sittings behind levels.
type tests struct {
	stored map[string]credential.LevelResult
}

func (s *tests) Form() (string, int, error) { return "cert", 1, nil }
func (s *tests) Open(context.Context, string) (credential.Opened, error) {
	return credential.Opened{Sitting: "0197-s1", Token: "t", Instrument: "cert", Version: 1}, nil
}
func (s *tests) Reopen(_ context.Context, id string) (string, error) {
	if _, ok := s.stored[id]; !ok {
		return "", fault.New(fault.NotFound, "")
	}
	return "t", nil
}
func (s *tests) Results(_ context.Context, ids []string) (list []credential.LevelResult, err error) {
	for _, id := range ids {
		if r, ok := s.stored[id]; ok {
			list = append(list, r)
		}
	}
	return list, nil
}
func (s *tests) Attach(context.Context, person.ID, string) error { return nil }
func (s *tests) Erase(context.Context, string) error             { return nil }

var sixDigits = regexp.MustCompile(`\b(\d{3}) (\d{3})\b`)

// From the mentor's desk to the certificate, and every page says its words.
func TestALevelFromDeskToCertificate(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, path := range []string{"/me/level", "/me/level?lang=en"} {
		for _, who := range []string{"", "holder"} {
			w := r.get(path, who)
			text := sound(t, path, w)
			if w.Code != 200 || !strings.Contains(text, "апроб") && !strings.Contains(text, "approved") || strings.Contains(text, "Почати тест") {
				t.Errorf("%s of %q does not say why not: %d %s", path, who, w.Code, text)
			}
		}
	}
	r.approved = true
	if text := sound(t, "level", r.get("/me/level", "")); !strings.Contains(text, "Увійти й почати") {
		t.Errorf("a visitor: %s", text)
	}
	w := r.ask("POST", "/mentor/exams", "mentor", url.Values{"venue": {"lib-1"}})
	at, _, _ := strings.Cut(w.Header().Get("Location"), "?")
	if w.Code != 303 || at == "" {
		t.Fatalf("open: %d %s", w.Code, w.Body)
	}
	if w := r.ask("POST", "/mentor/exams", "mentor", url.Values{"venue": {"lib-2"}}); w.Code != 404 {
		t.Errorf("an exam at another's venue: %d", w.Code)
	}
	pins := sixDigits.FindAllString(sound(t, "exam", r.get(at, "mentor")), -1)
	if len(pins) != 2 {
		t.Fatalf("PINs on the desk: %v", pins)
	}
	wrong := r.ask("POST", "/me/level", "holder", url.Values{"venue_pin": {pins[1]}, "proctor_pin": {pins[0]}})
	if text := sound(t, "wrong", wrong); wrong.Code != 422 || !strings.Contains(text, "Коди не підійшли") {
		t.Errorf("wrong PINs: %d %s", wrong.Code, text)
	}
	w = r.ask("POST", "/me/level", "holder", url.Values{"venue_pin": {pins[0]}, "proctor_pin": {pins[1]}})
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/s/0197-s1" {
		t.Fatalf("begin: %d %s", w.Code, w.Body)
	}
	if w := r.ask("POST", at+"/0197-s1/remark", "mentor", url.Values{"remark": {strings.Repeat("я", 301)}}); w.Code != 422 {
		t.Errorf("a long remark: %d", w.Code)
	}
	if w := r.ask("POST", at+"/0197-s1/remark", "mentor", url.Values{"remark": {"все гаразд"}}); w.Code != 303 {
		t.Errorf("a remark: %d %s", w.Code, w.Body)
	}
	text := sound(t, "exam", r.get(at, "mentor"))
	if !strings.Contains(text, name) || !strings.Contains(text, "не закінчено") {
		t.Errorf("who is at the test: %s", text)
	}
	if w := r.ask("POST", at+"/0197-s1/pause", "mentor", url.Values{}); w.Code != 303 {
		t.Errorf("pause: %d", w.Code)
	}
	if text := sound(t, "level", r.get("/me/level?done=alarm", "holder")); !strings.Contains(text, "Ідіть в укриття") || !strings.Contains(text, "Продовжити тест") {
		t.Errorf("after the alarm: %s", text)
	}
	r.tests.stored["0197-s1"] = credential.LevelResult{Sitting: "0197-s1", Level: "B1", At: noon, Certificate: true}
	for _, path := range []string{"/office/certificates/queue", "/office/certificates/queue/0197-s1"} {
		for _, lang := range []string{"uk", "en"} {
			text := sound(t, path, r.get(path+"?lang="+lang, "editor"))
			if !strings.Contains(text, "B1") || strings.Contains(text, name) {
				t.Errorf("%s %s: %s", path, lang, text)
			}
		}
		if w := r.get(path, "mentor"); w.Code == 200 {
			t.Errorf("the mentor reads %s", path)
		}
	}
	if w := r.ask("POST", "/office/certificates/queue/0197-s1/refuse", "editor", url.Values{}); w.Code != 422 {
		t.Errorf("a refusal without a reason: %d", w.Code)
	}
	w = r.ask("POST", "/office/certificates/queue/0197-s1/approve", "editor", url.Values{})
	if w.Code != 303 {
		t.Fatalf("approve: %d %s", w.Code, w.Body)
	}
	text = sound(t, "mine", r.get("/me/certificates", "holder"))
	if !strings.Contains(text, "B1") || !strings.Contains(text, "підтверджено") || !strings.Contains(text, "не Цифрограм") {
		t.Errorf("one's own list: %s", text)
	}
	if w := r.ask("POST", at+"/close", "mentor", url.Values{"how": {"alarm"}}); w.Code != 303 {
		t.Errorf("close: %d", w.Code)
	}
	if text := sound(t, "exam", r.get(at, "mentor")); sixDigits.MatchString(text) {
		t.Errorf("a closed exam shows PINs: %s", text)
	}
}

// Under the city's lowest level the paper is a confirmation of taking part: it has another
// name, no level, and says so wherever it is shown.
func TestTakingPartIsPaperWithoutALevel(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.approved = true
	doc, err := r.IssueLevel(context.Background(), holder, credential.LevelResult{Sitting: "0197-s9", Level: "A1", At: noon, Certificate: true, Watched: true})
	if err != nil {
		t.Fatal(err)
	}
	for path, says := range map[string]string{"/verify/" + doc.ID: "Участь у тесті", "/verify/" + doc.ID + "/certificate": "Довідка про участь", "/badges/" + doc.Badge: "Рівня це не підтверджує",
		"/me/level": "від рівня A2", "/me/level?lang=en": "begin at level A2"} {
		text := sound(t, path, r.get(path, "holder"))
		if !strings.Contains(text, says) || strings.Contains(text, "A1") {
			t.Errorf("%s: %s", path, text)
		}
	}
	if w := r.get("/verify/"+doc.ID+"/certificate.pdf", "holder"); w.Code != 200 {
		t.Errorf("the paper: %d", w.Code)
	}
}
