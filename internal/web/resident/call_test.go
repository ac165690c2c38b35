package resident_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/pquerna/otp/totp"

	people "osvitlo/internal/person"
	"osvitlo/internal/sitting"
)

// operator is a browser in which an operator of the help line has signed in.
func (w *town) operator(t *testing.T, lang string) (*person, people.ID) {
	t.Helper()
	added, err := w.People.AddStaff(t.Context(), people.Operator("test"), people.HelpOperator, "", "Освітло")
	if err != nil {
		t.Fatal(err)
	}
	p := w.person(t, lang)
	p.sees(http.StatusOK, "/sign-in/link/"+added.SignIn)
	digits, err := totp.GenerateCode(added.TOTPSecret, w.clock())
	if err != nil {
		t.Fatal(err)
	}
	p.page = p.Post("/sign-in/factor", url.Values{"digits": {digits}}).Want(t, http.StatusOK)
	p.sees(http.StatusOK, "/?lang="+lang) // the account speaks Ukrainian
	return p, added.ID
}

// calls begins a sitting by telephone after the person has agreed.
func (p *person) calls(consent bool) {
	p.t.Helper()
	values := url.Values{"what": {"resident-test"}, "heard": {"1"}}
	if consent {
		values.Set("consent", sitting.ConsentStatistics)
	}
	p.page = p.Post("/office/calls", values).Want(p.t, http.StatusOK)
}

// about answers the questions about the person and goes to the review.
func (p *person) about() {
	p.t.Helper()
	for range 12 {
		if p.block() == "" {
			return
		}
		answer, known := map[string]string{"lives": "community", "sex": "female", "age_group": "70+"}[p.block()]
		if !known {
			p.answers()
			continue
		}
		p.sends(map[string]string{"answer": answer}).Want(p.t, http.StatusOK)
	}
}

// byPhone is the one sitting that was taken by telephone in a language.
func (w *town) byPhone(t *testing.T, lang string) (found *sitting.Sitting) {
	t.Helper()
	n := 0
	for doc, err := range w.Sittings.All(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		if doc.Mode == sitting.ModePhone && doc.Language == lang {
			found = doc
			n++
		}
	}
	if n != 1 {
		t.Fatalf("%s: %d sittings by phone", lang, n)
	}
	return found
}

// Issue 6, hotline: an operator reads the test, goes back, breaks off; another one goes
// on by the code and reads the result. It counts as taken by phone.
func TestATestByTelephone(t *testing.T) {
	t.Parallel()
	w := open(t)
	for lang, words := range map[string][4]string{
		"uk": {"Прочитайте вголос", "погодилася", "Яка літера?", "Ось що ви вмієте"},
		"en": {"Read aloud", "agreed", "Which letter?", "This is what you can do"},
	} {
		p, _ := w.operator(t, lang)
		proper(t, lang, p.sees(http.StatusOK, "/office/calls"))
		if text := p.page.Text("main"); !strings.Contains(text, words[0]) {
			t.Errorf("%s: the page does not say what is read aloud", lang)
		}
		refused := p.Post("/office/calls", url.Values{"what": {"resident-test"}}).Want(t, http.StatusUnprocessableEntity)
		if proper(t, lang, refused); !strings.Contains(refused.Text(".os-error"), words[1]) {
			t.Errorf("%s: nobody is asked whether the person agreed: %s", lang, refused.Text(".os-error"))
		}
		p.Post("/office/calls", url.Values{"what": {"head-round"}, "heard": {"1"}}).Want(t, http.StatusUnprocessableEntity)

		p.calls(true)
		seen := 0
		for p.block() != "stop-after-12" {
			proper(t, lang, p.page)
			personal(t, p.page)
			if p.page.Doc().Find(".os-how p").Length() == 0 {
				t.Errorf("%s: %q does not say how it is read", lang, p.block())
			}
			if p.block() == "letter-parts" && !strings.Contains(p.page.Text(".os-how"), words[2]) {
				t.Errorf("%s: pairs are read so: %s", lang, p.page.Text(".os-how"))
			}
			if seen++; seen == 3 {
				p.sends(map[string]string{"answer": "", "skip": "1"}).Want(t, http.StatusOK) // not by ear
				continue
			}
			p.answers()
		}
		at := p.page.Path[:strings.LastIndex(p.page.Path, "/")]
		p.sees(http.StatusOK, at+"/scroll-page") // back to an earlier one
		p.sends(map[string]string{"answer": "b"}).Want(t, http.StatusOK)
		p.sees(http.StatusOK, at)
		code := strings.ReplaceAll(p.page.Text(".os-call__code"), " ", "")
		if len([]rune(code)) != 6 {
			t.Fatalf("%s: the code to tell is %q", lang, code)
		}
		p.page = p.Post("/office/calls/end", nil).Want(t, http.StatusOK)
		p.sees(http.StatusNotFound, at)

		other, id := w.operator(t, lang)
		other.Post("/office/calls/code", url.Values{"code": {"ааа"}}).Want(t, http.StatusUnprocessableEntity)
		other.page = other.Post("/office/calls/code", url.Values{"code": {code}}).Want(t, http.StatusOK)
		other.until("stop-after-12")
		proper(t, lang, other.page)
		other.sends(map[string]string{"stop": "1"}).Want(t, http.StatusOK)
		other.about()
		proper(t, lang, other.page)
		proper(t, lang, other.submits())
		if text := other.page.Text("main"); !strings.Contains(text, words[3]) {
			t.Errorf("%s: the result reads: %s", lang, text)
		}
		if other.page.Doc().Find(`main a[href*="/results/"], main a[href*="/r/"]`).Length() > 0 {
			t.Errorf("%s: an address of the result stays with the operator", lang)
		}
		doc := w.byPhone(t, lang)
		if doc.State != sitting.Counted || doc.Evidence != sitting.EvidenceVenue || doc.Helper == nil || doc.Helper.Person != string(id) || doc.Device != "" {
			t.Errorf("%s: state %s %v, evidence %s, helper %+v, device %q", lang, doc.State, doc.Reasons, doc.Evidence, doc.Helper, doc.Device)
		}
		other.Post("/office/calls/end", nil).Want(t, http.StatusOK)
		other.sees(http.StatusNotFound, other.page.Path)
	}
}

// Whoever stopped alone and calls goes on by telephone; whoever was called may end
// alone. Both count as taken by phone, and without consent none counts.
func TestATestChangesHands(t *testing.T) {
	t.Parallel()
	w := open(t)
	alone := w.person(t, "uk")
	alone.begins("resident-test", false)
	alone.until("search-words")
	code := strings.ReplaceAll(alone.page.Text(".os-code"), " ", "")
	op, id := w.operator(t, "uk")
	op.page = op.Post("/office/calls/code", url.Values{"code": {code}}).Want(t, http.StatusOK)
	if op.block() != "search-words" {
		t.Fatalf("the operator stands before %q (code %q)", op.block(), code)
	}
	op.until("crop-photo")
	alone.sees(http.StatusOK, strings.Replace(op.page.Path, "/office/calls/", "/s/", 1))
	alone.until("stop-after-12")
	alone.sends(map[string]string{"stop": "1"})
	alone.about()
	alone.submits()
	doc := w.byPhone(t, "uk")
	if doc.State != sitting.NotConsented || doc.Helper == nil || doc.Helper.Person != string(id) {
		t.Errorf("state %s, helper %+v", doc.State, doc.Helper)
	}
}
