//go:build e2e

package app

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp/kb"

	"osvitlo/internal/institution"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/person"
	"osvitlo/internal/testkit"
)

// visited opens the browser of the people of a round.
func visited(t *testing.T, site string) *testkit.Browser {
	t.Helper()
	b, err := testkit.OpenBrowser(testkit.BrowserOptions{Site: site, Shots: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

// lent gives a tab the session of a visitor.
func lent(tab *testkit.Tab, v *testkit.Visitor) {
	var list []*network.Cookie
	for _, c := range v.Cookies() {
		list = append(list, &network.Cookie{Name: c.Name, Value: c.Value, Domain: "127.0.0.1", Path: "/", HTTPOnly: true, SameSite: "Lax"})
	}
	tab.Open("/help")
	tab.Take(list)
}

// fit fails for barriers, for keys instead of words and for what does not fit the screen.
func fit(t *testing.T, tab *testkit.Tab) {
	t.Helper()
	for _, barrier := range tab.Axe() {
		t.Errorf("%s: %v", tab.Path(), barrier)
	}
	for _, wide := range tab.Wider() {
		t.Errorf("%s is wider than the screen: %s", tab.Path(), wide)
	}
	if keys := tab.Keys(); len(keys) > 0 {
		t.Errorf("%s: keys instead of words: %v", tab.Path(), keys)
	}
}

// inspected is fit for a page of a tab without scripts: another tab of the same person
// opens it.
func inspected(t *testing.T, b *testkit.Browser, tab *testkit.Tab) {
	t.Helper()
	other := b.Tab(t, testkit.Phone)
	other.Open("/help")
	other.Take(tab.Cookies())
	opens(t, other, tab.Path())
}

func opens(t *testing.T, tab *testkit.Tab, path string) {
	t.Helper()
	if got := tab.Open(path); got != http.StatusOK {
		t.Fatalf("%s answers %d", path, got)
	}
	fit(t, tab)
}

// A round as its people see it: the coordinator prints slips, one teacher answers on a
// telephone without scripts, a graduate by keyboard in English, the others from devices
// that were offline; the round closes, and the school sees its results.
func TestARoundInTheBrowser(t *testing.T) {
	t.Parallel()
	m := newMonitoring(t)
	school := m.school(t, "Гімназія в браузері", map[institution.Role]int{institution.Teacher: 24, institution.Graduate: 30})
	r := m.opened(t, false, school)
	b := visited(t, m.URL)
	here := "/school/at/" + school.ID + "/" + r.ID

	desk := b.Tab(t, testkit.Desktop)
	lent(desk, m.coordinator(t, "uk", school))
	opens(t, desk, "/school")
	opens(t, desk, here)
	desk.Type("#f-codes", "14")
	testkit.Eval[string](desk, `document.querySelector('#f-role').value = 'teacher'`)
	if got := desk.Follow("Зробити коди"); got != http.StatusOK {
		t.Fatalf("codes: %d", got)
	}
	fit(t, desk)
	codes := strings.Fields(testkit.Eval[string](desk, `Array.from(document.querySelectorAll('.os-slip__code span')).map(e => e.textContent.replace('-', '')).join(' ')`))
	if len(codes) != 14 {
		t.Fatalf("%d slips", len(codes))
	}
	same := testkit.Eval[int](desk, `new Set(Array.from(document.querySelectorAll('.os-slip')).map(e => { const c = e.cloneNode(true); c.querySelector('.os-slip__code').remove(); c.querySelector('.os-slip__qr').remove(); return c.innerHTML })).size`)
	if same != 1 {
		t.Errorf("slips differ in %d ways besides their codes", same)
	}
	opens(t, desk, here+"/poster?role=teacher")
	opens(t, desk, here+"/other-task")

	// a telephone of 360 px without scripts, to the own profile
	bare := testkit.Phone
	bare.NoScript = true
	phone := b.Tab(t, bare)
	phone.Open("/join")
	phone.Type("#f-code", strings.ToLower(codes[0][:5])+" "+codes[0][5:])
	phone.Follow("Далі")
	phone.See("Відповіді не впливають на атестацію, премію чи навантаження")
	phone.See("У закладі ніхто не побачить, хто що відповів")
	inspected(t, b, phone)
	phone.Follow("Почати")
	for n := range 40 {
		if phone.Has("#answer") {
			if n == 1 || n == 24 {
				inspected(t, b, phone)
			}
			phone.Answer()
			phone.Follow("Далі")
			continue
		}
		break
	}
	inspected(t, b, phone)
	phone.FollowTo("main form[method=post] button[type=submit]")
	phone.See("Ваш профіль")
	phone.See("Цю сторінку бачите лише ви")
	inspected(t, b, phone)

	// by keyboard in English, two screens and the alarm
	screen := testkit.Phone
	screen.Lang = "en"
	keys := b.Tab(t, screen)
	keys.Open("/join/" + m.codes(t, r, school, institution.Graduate, 1)[0])
	fit(t, keys)
	keys.See("You may refuse without a reason")
	keys.TabTo("Begin")
	keys.Enter()
	for range 2 {
		at := keys.Headings()[0]
		for range 40 {
			keys.Key(kb.Tab)
			f := keys.Focus()
			if f.Type == "radio" || f.Type == "checkbox" {
				keys.Key(" ")
				break
			}
		}
		keys.TabTo("Next")
		keys.Enter()
		if h := keys.Headings()[0]; h == at {
			t.Errorf("the keyboard does not lead on from «%s»", at)
		}
	}
	fit(t, keys)

	// the code of a slip that was used already
	again := b.Tab(t, testkit.Phone)
	again.Open("/join/" + codes[0])
	again.Follow("Почати")
	again.Answer()
	again.Press("Далі")
	again.Wait(`/відповіли/.test(document.querySelector('h1').innerText)`)
	again.See("Цим кодом уже відповіли")
	again.Forgive()
	fit(t, again)

	for _, code := range codes[1:13] {
		if got := m.sent(t, "teacher-round", code); got != http.StatusCreated {
			t.Fatal(got)
		}
	}
	if err := m.Rounds.Count(t.Context()); err != nil {
		t.Fatal(err)
	}
	opens(t, desk, here+"?lang=en")
	desk.See("13")
	office := b.Tab(t, testkit.Desktop)
	lent(office, m.staff(t, person.Analyst, "uk"))
	opens(t, office, "/office/rounds/"+r.ID)
	opens(t, office, "/office/rounds/"+r.ID+"/close?lang=en")

	op := person.Operator("test")
	m.clock.Pass(time.Minute)
	if _, err := m.Rounds.Close(t.Context(), &op, r.ID, 0); err != nil {
		t.Fatal(err)
	}
	shut := b.Tab(t, testkit.Phone)
	shut.Open("/join/" + codes[13])
	shut.See("Почати вже не можна")
	fit(t, shut)
	m.clock.Pass(round.Grace)
	if _, err := m.Rounds.Cut(t.Context(), &op, r.ID); err != nil {
		t.Fatal(err)
	}
	results := b.Tab(t, testkit.Phone)
	lent(results, m.coordinator(t, "uk", school))
	opens(t, results, "/school/results/"+r.ID)
	opens(t, results, "/school/results/"+r.ID+"?lang=en")
}

// Begun with a code, then the network goes: the answer waits in the page, is sent when the
// network is back, and the questionnaire comes in whole. Two classes sit behind the one
// address of the test.
func TestARoundWaitsForTheNetwork(t *testing.T) {
	t.Parallel()
	m := newMonitoring(t)
	school := m.school(t, "Школа без світла", map[institution.Role]int{institution.Teacher: 20})
	r := m.opened(t, false, school)
	codes := m.codes(t, r, school, institution.Teacher, 1)
	var down atomic.Bool
	site := m.Server.Config.Handler
	m.Server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if !down.Load() {
			site.ServeHTTP(w, q)
			return
		}
		if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
			_ = conn.Close()
		}
	})
	b := visited(t, m.URL)
	tab := b.Tab(t, testkit.Phone)
	tab.Open("/join/" + codes[0])
	tab.Follow("Почати")
	tab.Answer()
	tab.Follow("Далі")
	at := tab.Headings()[0]
	down.Store(true)
	tab.Answer()
	tab.Press("Далі")
	tab.Wait(`!document.getElementById('os-offline').hidden`)
	tab.See("Немає зв’язку")
	down.Store(false)
	tab.Press("Спробувати зараз")
	tab.Wait(`document.querySelector('h1') && document.querySelector('h1').innerText.replace(/\s+/g, ' ') !== ` + "`" + at + "`")
	tab.Forgive()
	for range 40 {
		if !tab.Has("#answer") {
			break
		}
		tab.Answer()
		tab.Follow("Далі")
	}
	tab.FollowTo("main form[method=post] button[type=submit]")
	tab.See("Ваш профіль")
	if err := m.Rounds.Count(t.Context()); err != nil {
		t.Fatal(err)
	}
	counts, err := m.Rounds.Responses(t.Context(), r.ID)
	if err != nil {
		t.Fatal(err)
	}
	if lines := counts.Of(school.ID).Lines; len(lines) == 0 {
		t.Error("nothing came in")
	}
}
