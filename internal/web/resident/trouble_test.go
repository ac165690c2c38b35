package resident_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"osvitlo/internal/i18n"
)

func TestNothingTypedIsLost(t *testing.T) {
	t.Parallel()
	w := open(t)
	p := w.person(t, "uk")
	p.begins("resident-test", true)
	cases := map[string]struct {
		set   map[string]string
		keeps string // selector of what must still be there
	}{
		"scroll-page":      {map[string]string{"answer": "zz"}, "#answer"},
		"at-sign":          {map[string]string{"answer": strings.Repeat("я", 60)}, `input[value="` + strings.Repeat("я", 60) + `"]`},
		"install-app":      {map[string]string{"answer.install": "1", "answer.find": "1"}, `select[name="answer.install"] option[value="1"][selected]`},
		"read-power-table": {map[string]string{"answer": "багато"}, `input[value="багато"]`},
	}
	seen := 0
	for p.block() != "" {
		c, ok := cases[p.block()]
		if ok {
			seen++
			block := p.block()
			back := p.page
			p.sends(c.set).Want(t, http.StatusUnprocessableEntity)
			proper(t, "uk", p.page)
			doc := p.page.Doc()
			if doc.Find(".os-error a").Length() != 1 || doc.Find(".os-fault").Length() == 0 {
				t.Errorf("%s: no summary or no message at the field", block)
			}
			if doc.Find(c.keeps).Length() != 1 {
				t.Errorf("%s: what was typed is gone", block)
			}
			if !strings.HasPrefix(doc.Find("title").Text(), "Помилка:") {
				t.Errorf("%s: the title does not say it", block)
			}
			p.page = back
		}
		p.answers()
	}
	if seen != len(cases) {
		t.Errorf("%d of %d cases were met", seen, len(cases))
	}
}

func TestNothingChosenAsksOnceAndMayBeSkipped(t *testing.T) {
	t.Parallel()
	w := open(t)
	for _, lang := range i18n.Languages {
		p := w.person(t, lang)
		p.begins("resident-test", true)
		for p.block() != "" {
			block := p.block()
			if block == "stop-after-12" {
				p.answers()
				continue
			}
			p.sends(nil).Want(t, http.StatusUnprocessableEntity)
			proper(t, lang, p.page)
			if p.block() != block {
				t.Fatalf("an empty answer led from %s to %s", block, p.block())
			}
			p.sends(map[string]string{"skip": "1"}).Want(t, http.StatusOK)
		}
		p.submits()
		if doc := p.page.Doc(); doc.Find(".os-can").Length() == 0 {
			t.Error("whoever skips everything is shown an empty list")
		}
		proper(t, lang, p.page)
	}
}

func TestTwoWindows(t *testing.T) {
	t.Parallel()
	w := open(t)
	p := w.person(t, "uk")
	p.begins("resident-test", true)
	p.answers()
	old := p.page // scroll-page in the second window
	p.sends(map[string]string{"answer": "a"}).Want(t, http.StatusOK)
	p.page = old
	p.sends(map[string]string{"answer": "a"}).Want(t, http.StatusOK) // the same once more: a retry over a bad line
	p.page = old
	p.sends(map[string]string{"answer": "b"}).Want(t, http.StatusConflict)
	proper(t, "uk", p.page)
	note := p.page.Text(".os-note")
	if !strings.Contains(note, "Зробити екран яскравішим") || !strings.Contains(note, "Провести пальцем") {
		t.Errorf("the page says %q", note)
	}
	if v := p.page.Doc().Find("#answer input[checked]").AttrOr("value", ""); v != "a" {
		t.Errorf("marked is %q, stored is a", v)
	}
	p.sends(map[string]string{"answer": "b"}).Want(t, http.StatusOK)

	// The other window went on: what was chosen here is kept and can be sent again.
	q := w.person(t, "uk")
	q.begins("resident-test", true)
	q.answers()
	q.answers()
	second := q.page
	q.sees(http.StatusOK, "/s/"+q.id()+"/scroll-page")
	q.sends(map[string]string{"answer": "d"}).Want(t, http.StatusOK)
	q.page = second
	action, values := q.page.Form("#answer")
	q.page.Fill(values)
	chosen := values.Get("answer")
	q.page = q.Post(action, values).Want(t, http.StatusConflict)
	if v := q.page.Doc().Find("#answer input[checked]").AttrOr("value", ""); v != chosen {
		t.Errorf("marked is %q, chosen was %q", v, chosen)
	}
	q.sends(nil).Want(t, http.StatusOK)
}

func TestAlarm(t *testing.T) {
	t.Parallel()
	w := open(t)
	for _, lang := range i18n.Languages {
		p := w.person(t, lang)
		p.begins("resident-test", true)
		p.sends(map[string]string{"alarm": "1"}).Want(t, http.StatusOK)
		proper(t, lang, p.page)
		if p.page.Doc().Find(".os-code").Length() > 0 {
			t.Error("a code although nothing is stored")
		}
		p.sees(http.StatusOK, "/s/"+p.id())
		p.answers()
		p.sends(map[string]string{"answer": "b", "alarm": "1"}).Want(t, http.StatusOK)
		proper(t, lang, p.page)
		if len([]rune(p.page.Text(".os-code"))) != 6 {
			t.Error("no code on the calm page")
		}
		id := p.id()
		p.sees(http.StatusOK, "/s/"+id)
		if p.block() != "search-words" {
			t.Errorf("the answer chosen before the alarm is lost: again %s", p.block())
		}
		p.until("at-sign")
		p.sends(map[string]string{"answer": strings.Repeat("z", 60), "alarm": "1"}).Want(t, http.StatusOK)
		if !strings.Contains(p.page.Path, "part=1") {
			t.Errorf("nothing says that the last answer was not whole: %s", p.page.Path)
		}
		p.sees(http.StatusOK, "/s/"+id)
		if p.block() != "at-sign" {
			t.Errorf("an unwhole answer was passed over: %s", p.block())
		}
		p.until("stop-after-12")
		p.sends(map[string]string{"alarm": "pause", "rev": "0"}).Want(t, http.StatusOK)
		if len([]rune(p.page.Text(".os-code"))) != 6 {
			t.Error("no calm page from the stop")
		}
	}
}

func TestCodes(t *testing.T) {
	t.Parallel()
	w := open(t)
	p := w.person(t, "uk")
	p.begins("resident-test", true)
	p.answers()
	code, id := p.page.Text(".os-code"), p.id()
	for _, typed := range []string{code, strings.ToLower(code), code[:4] + " - " + code[4:]} {
		q := w.person(t, "en")
		q.page = q.Post("/r", url.Values{"code": {typed}}).Want(t, http.StatusOK)
		if q.id() != id || q.block() != "scroll-page" {
			t.Errorf("the code %q led to %s", typed, q.page.Path)
		}
	}
	q := w.person(t, "uk")
	q.sees(http.StatusOK, "/r/"+url.PathEscape(code))
	if q.id() != id {
		t.Errorf("the code in an address led to %s", q.page.Path)
	}
	for _, wrong := range []string{"", "ААААОО", "КККККК", "КККККККК", "\xff\xfe", strings.Repeat("К", 3000)} {
		a := q.Post("/r", url.Values{"code": {wrong}}).Want(t, http.StatusUnprocessableEntity)
		proper(t, "uk", a)
	}
	for i := range 80 {
		a := q.Post("/r", url.Values{"code": {"КККККК"}})
		if a.Status == http.StatusTooManyRequests {
			proper(t, "uk", a)
			if a.Header.Get("Retry-After") == "" || i < 30 {
				t.Errorf("friction after %d tries, Retry-After %q", i, a.Header.Get("Retry-After"))
			}
			return
		}
	}
	t.Error("codes can be guessed without friction")
}

// Whatever a browser or a script sends, the answer is a page and never a fault of ours.
func TestNoFormBreaksAScreen(t *testing.T) {
	t.Parallel()
	w := open(t)
	p := w.person(t, "uk")
	p.begins("resident-test", true)
	p.until("install-app")
	id := p.id()
	blocks := []string{"internet", "scroll-page", "call-from-bank", "at-sign", "stop-after-12", "install-app", "need-and-tool",
		"course-form", "read-power-table", "lives", "review", "safe", "no-such"}
	names := []string{"answer", "answer.a", "answer.install", "answer.store", "dont_know", "refused", "skip", "stop", "alarm", "rev", "of", "t", "x"}
	texts := []string{"", "a", "b", "1", "2", "@dont_know", "@refused", "@", "собака", "-1e309", "NaN", "\x00", "\xff", "<script>", "resident-test@1",
		"short-form@1", "9223372036854775807", strings.Repeat("я", 700)}
	rapid.Check(t, func(r *rapid.T) {
		values := url.Values{}
		for range rapid.IntRange(0, 6).Draw(r, "fields") {
			values.Add(rapid.SampledFrom(names).Draw(r, "name"), rapid.SampledFrom(texts).Draw(r, "text"))
		}
		block := rapid.SampledFrom(blocks).Draw(r, "block")
		a := p.Post("/s/"+id+"/"+block, values)
		switch a.Status {
		case http.StatusOK, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity:
		default:
			r.Fatalf("%s %v: status %d", block, values, a.Status)
		}
		if a.Doc().Find("h1").Length() != 1 {
			r.Fatalf("%s %v: no page", block, values)
		}
	})
}

func TestBadInput(t *testing.T) {
	t.Parallel()
	w := open(t)
	p := w.person(t, "uk")
	p.begins("resident-test", true)
	p.until("at-sign")
	id := p.id()
	action, values := p.page.Form("#answer")
	values.Set("answer", "соба\xffка")
	proper(t, "uk", p.Post(action, values).Want(t, http.StatusUnprocessableEntity))
	values.Set("answer", "собака")
	for _, rev := range []string{"", "-1", "x", "99999999999999999999", "999"} {
		values.Set("rev", rev)
		proper(t, "uk", p.Post(action, values).Want(t, http.StatusConflict))
	}
	for _, of := range []string{"", "x", "resident-test@77", "short-form@1"} {
		values.Set("of", of)
		if s := p.Post(action, values).Status; s != http.StatusConflict {
			t.Errorf("of %q: status %d", of, s)
		}
	}
	for _, at := range []string{"/s/" + id + "/no-such-block", "/s/no-such/at-sign", "/s/01a00000-0000-7000-8000-000000000000/at-sign"} {
		proper(t, "uk", p.Post(at, values).Want(t, http.StatusNotFound))
	}
	big := p.Send(http.MethodPost, action, "application/x-www-form-urlencoded", append([]byte("answer="), bytes.Repeat([]byte("a"), 10<<20)...))
	proper(t, "uk", big.Want(t, http.StatusRequestEntityTooLarge))
	broken := p.Send(http.MethodPost, action, "application/x-www-form-urlencoded", []byte("answer=%zz"))
	proper(t, "uk", broken.Want(t, http.StatusUnprocessableEntity))
	// Jumping ahead and looking at blocks off the path lead to where the person is.
	if at := p.sees(http.StatusOK, "/s/"+id+"/signed-then-changed"); p.block() != "at-sign" {
		t.Errorf("jumping ahead shows %s", at.Path)
	}
	p.sees(http.StatusNotFound, "/s/"+id+"/no-such-block")
	p.sees(http.StatusOK, "/s/"+id+"/review")
	if p.block() != "at-sign" {
		t.Error("the review opens before the end")
	}
	p.sees(http.StatusOK, "/results/"+id)
	if p.block() != "at-sign" {
		t.Error("a result opens before the end")
	}
}
