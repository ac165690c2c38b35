package resident_test

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"osvitlo/internal/i18n"
	"osvitlo/internal/sitting"
)

func TestLevelInTenMinutesInBothLanguages(t *testing.T) {
	t.Parallel()
	w := open(t)
	for _, lang := range i18n.Languages {
		p := w.person(t, lang)
		proper(t, lang, p.sees(http.StatusOK, "/surveys/resident-express"))
		p.begins("resident-express", true)
		id := p.id()
		tasks, noted := 0, 0
		for p.block() != "" {
			proper(t, lang, p.page)
			personal(t, p.page)
			if p.page.Wire > 14<<10 {
				t.Errorf("%s: %d bytes on the wire", p.page.Path, p.page.Wire)
			}
			block := p.block()
			text := p.page.Text(".os-progress__text")
			if strings.Contains(text, map[string]string{"uk": "зазвичай", "en": "usually"}[lang]) {
				tasks++
				if !strings.Contains(text, strconv.Itoa(tasks)) {
					t.Errorf("task %d says %q", tasks, text)
				}
				if n := p.page.Doc().Find(".os-note").Length(); n > 0 {
					noted++
				}
				if again := p.sees(http.StatusOK, "/s/"+id); p.block() != block || again.Text("h1") == "" {
					t.Fatalf("a reload shows %s, it was %s", p.block(), block)
				}
				if tasks > 1 && p.page.Doc().Find(`.os-back[href*="/s/"]`).Length() > 0 {
					t.Errorf("task %d leads back to %s", tasks, p.page.Doc().Find(".os-back").AttrOr("href", ""))
				}
			}
			p.answers()
			if at := p.sees(http.StatusOK, "/s/"+id+"/"+block); tasks > 0 && tasks < 20 && at.Path == "/s/"+id+"/"+block {
				t.Errorf("the answered task %s opens again", block)
			}
			p.sees(http.StatusOK, "/s/"+id)
		}
		if tasks < 12 || tasks > 20 || noted != 1 {
			t.Errorf("%d tasks, the note about going back on %d of them", tasks, noted)
		}
		proper(t, lang, p.page)
		if n := p.page.Doc().Find(".os-rows__row").Length(); n != 6 {
			t.Errorf("the last page lists %d answers, six are about the person", n)
		}
		p.submits()
		proper(t, lang, p.page)
		personal(t, p.page)
		result(t, p.page)
		for _, want := range map[string][]string{"uk": {"Що вирішило б", "Зі 100 людей"}, "en": {"What would decide it", "Of 100 people"}}[lang] {
			if !strings.Contains(p.page.Text("main"), want) {
				t.Errorf("the result does not say %q", want)
			}
		}
		out, err := w.Sittings.Result(context.Background(), id, accessOf(p, id))
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Sittings.Replay(context.Background(), out.Sitting); err != nil {
			t.Error(err)
		}
		if out.Sitting.State != sitting.Practice || !strings.Contains(p.page.Text(".os-note"), map[string]string{"uk": "входить лише повний тест", "en": "only the full test"}[lang]) {
			t.Errorf("a provisional bank gives %s %v, and the page does not say so", out.Sitting.State, out.Sitting.Reasons)
		}
		level := out.Sitting.Score.Level
		if first := p.page.Text(".os-card b"); !strings.HasPrefix(first, level) {
			t.Errorf("the level %s is told as %q", level, first)
		}
		proper(t, lang, p.sees(http.StatusOK, "/results/"+id+"/answers"))
		if n := p.page.Doc().Find(".os-task").Length(); n != 0 && n != tasks {
			t.Errorf("%d tasks are explained of %d", n, tasks)
		}
		p.hasPDF("/results/"+id+"/pdf", map[string][]string{"uk": {"Ваш рівень"}, "en": {"Your level"}}[lang])
		p.page = p.Post("/results/"+id+"/erase", nil).Want(t, http.StatusOK)
		proper(t, lang, p.page)
		p.sees(http.StatusGone, "/results/"+id)
	}
}

func accessOf(p *person, id string) sitting.Access {
	for _, k := range p.Cookies() {
		if k.Name == "s_"+id {
			return sitting.Access{Token: k.Value}
		}
	}
	return sitting.Access{}
}

func TestTwoWindowsOfAnAdaptiveTest(t *testing.T) {
	t.Parallel()
	w := open(t)
	for _, lang := range i18n.Languages {
		p := w.person(t, lang)
		p.begins("resident-express", true)
		p.answers() // the internet
		old := p.page
		block := p.block()
		p.answers()
		next := p.block()
		action, values := old.Form("#answer")
		old.Fill(values)
		p.page = p.Post(action, values).Want(t, http.StatusOK) // the same again
		if p.block() != next {
			t.Errorf("the same answer again leads to %s, not %s", p.block(), next)
		}
		values.Del("answer")
		for k := range values {
			if strings.HasPrefix(k, "answer.") {
				values.Del(k)
			}
		}
		values.Set("dont_know", "1")
		values.Set("answer", "@dont_know")
		p.page = p.Post(action, values).Want(t, http.StatusConflict)
		proper(t, lang, p.page)
		if p.block() != next || p.page.Doc().Find(".os-note").Length() != 1 {
			t.Errorf("another answer to %s shows %s", block, p.block())
		}
		p.answers()

		// nothing chosen: it is asked for kindly, and cannot be passed over
		now := p.page
		p.sends(nil).Want(t, http.StatusUnprocessableEntity)
		proper(t, lang, p.page)
		if p.page.Doc().Find("button[name=skip]").Length() > 0 {
			t.Error("a task of an adaptive test can be skipped")
		}
		p.page = now
		p.sends(map[string]string{"skip": "1"}).Want(t, http.StatusUnprocessableEntity)
		proper(t, lang, p.page)
		p.page = now
		p.sends(map[string]string{"alarm": "1"}).Want(t, http.StatusOK)
		proper(t, lang, p.page)
		if !strings.HasSuffix(p.page.Path, "/safe") {
			t.Errorf("the alarm leads to %s", p.page.Path)
		}
		p.sees(http.StatusOK, "/r")
		proper(t, lang, p.page)
	}
}

func TestTheTestForACertificateSaysWhyItIsClosed(t *testing.T) {
	t.Parallel()
	w := open(t)
	for _, lang := range i18n.Languages {
		p := w.person(t, lang)
		proper(t, lang, p.sees(http.StatusOK, "/surveys/resident-certificate"))
		text := p.page.Text("main")
		if want := map[string]string{"uk": "«апробовано»", "en": "approved"}[lang]; !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
		for _, href := range []string{"/surveys/resident-test", "/surveys/resident-express"} {
			if p.page.Doc().Find(`main a[href="`+href+`"]`).Length() != 1 {
				t.Errorf("the page does not lead to %s", href)
			}
		}
		proper(t, lang, p.Post("/surveys/resident-certificate", nil).Want(t, http.StatusForbidden))
		proper(t, lang, p.sees(http.StatusOK, "/surveys"))
		if n := p.page.Doc().Find(".os-tag").Length(); n != 1 {
			t.Errorf("%d tests are marked as closed", n)
		}
	}
}
