package account

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
)

func TestACardOpensWithItsSecret(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, kind := range []person.SecretKind{person.Pictures, person.Words, person.Digits} {
		_, card := r.learner(t, "Марія Коваль", kind)
		v := r.visit(t)
		a := v.byCard(card).at(t, http.StatusOK, "/me")
		if !strings.Contains(a.Find("h1").Text(), "Марія Коваль") {
			t.Errorf("%s: %s", kind, a.Find("h1").Text())
		}
	}
}

func TestUnknownAndWrongCardsAnswerAlike(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	_, card := r.learner(t, "Марія Коваль", person.Pictures)
	_, gone := r.learner(t, "Олена Бойко", person.Pictures)
	p, err := r.Search(ctx, operator, "Бойко")
	must(t, err)
	must(t, r.RevokeCards(ctx, operator, p.People[0].ID))
	var bodies []string
	for _, payload := range []string{card.Payload, gone.Payload} {
		v := r.visit(t)
		a := v.post("/sign-in/card", "card", payload)
		wrong := []string{"sun", "moon", "star"}
		if strings.Join(card.Secret, " ") == strings.Join(wrong, " ") {
			wrong = []string{"moon", "star", "sun"}
		}
		for _, one := range wrong {
			a = v.fill(a, "/sign-in/card/secret", "pick", one)
		}
		a.at(t, http.StatusUnprocessableEntity, "/sign-in/card/secret")
		r.says(t, a, "person.sign_in_failed")
		bodies = append(bodies, a.body)
	}
	if bodies[0] != bodies[1] {
		t.Error("the page of a wrong secret and the page of a card that is off differ")
	}
}

func TestACardThatCannotBeReadKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	a := r.visit(t).post("/sign-in/card", "card", "OSV1 TYPO").at(t, http.StatusUnprocessableEntity, "/sign-in/card")
	if got, _ := a.Find("#f-card").Attr("value"); got != "OSV1 TYPO" {
		t.Errorf("the field holds %q", got)
	}
	if a.Find("#os-error a[href='#f-card']").Length() != 1 {
		t.Error("the summary does not lead to the field")
	}
}

func TestTenWrongTriesLeadToTheMentor(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	_, card := r.learner(t, "", person.Digits)
	v := r.visit(t)
	a := v.post("/sign-in/card", "card", card.Payload)
	for range person.CardTries {
		a = v.fill(a, "/sign-in/card/secret", "secret", "000000")
		r.clock.pass(10 * time.Minute)
		if a.status == http.StatusGone {
			break
		}
		a = v.post("/sign-in/card", "card", card.Payload)
	}
	a.at(t, http.StatusGone, "")
	r.says(t, a, "person.card_locked")
	if a.Find("a[href='/me/help']").Length() == 0 {
		t.Error("no next step")
	}
	if strings.Contains(a.body, card.Payload) {
		t.Error("the code of the card stands on the page")
	}
}

func TestAWaitKeepsTheSecretThatWasEntered(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	_, card := r.learner(t, "", person.Digits)
	v := r.visit(t)
	for range 3 {
		v.fill(v.post("/sign-in/card", "card", card.Payload), "/sign-in/card/secret", "secret", "000000")
	}
	a := v.fill(v.post("/sign-in/card", "card", card.Payload), "/sign-in/card/secret", "secret", card.Secret[0])
	a.at(t, http.StatusTooManyRequests, "/sign-in/card/secret")
	if a.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	if got, _ := a.Find("#f-secret").Attr("value"); got != card.Secret[0] {
		t.Errorf("the field holds %q", got)
	}
	r.clock.pass(time.Minute)
	v.fill(a, "/sign-in/card/secret").at(t, http.StatusOK, "/me")
}

// When many tries go wrong everywhere, a try takes two steps some seconds apart; the
// page carries what the second step needs.
func TestASpentBudgetMakesATryTakeTwoSteps(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	_, off := r.learner(t, "", person.Digits)
	p, card := r.learner(t, "Марія", person.Digits)
	_, err := r.IssueCard(ctx, operator, p.ID, person.Digits, "lib-1")
	must(t, err)
	for range 310 { // a card that was replaced: wrong, and of nobody's account
		_, _ = r.SignInCard(ctx, person.CardTry{Payload: card.Payload, Secret: card.Secret})
	}
	v := r.visit(t)
	a := v.fill(v.post("/sign-in/card", "card", off.Payload), "/sign-in/card/secret", "secret", off.Secret[0]).at(t, http.StatusTooManyRequests, "")
	if stamp, _ := a.Find("input[name=stamp]").Attr("value"); stamp == "" {
		t.Fatal("no stamp for the second step")
	}
	r.clock.pass(31 * time.Second)
	v.fill(a, "/sign-in/card/secret").at(t, http.StatusOK, "/me")
}

func TestACodeSignsInAndAnUnknownAddressRegisters(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	v := r.visit(t)
	a := v.post("/sign-in/code", "email", "maria@osvitlo.example", "back", "/me/data").at(t, http.StatusOK, "/sign-in/code/check?back=%2Fme%2Fdata")
	if strings.Contains(a.path, "flow") {
		t.Error("the flow stands in the address")
	}
	a = v.fill(a, "/sign-in/code/check", "digits", r.code(t, "maria@osvitlo.example")).at(t, http.StatusOK, "/register?back=%2Fme%2Fdata")
	r.says(t, a, "account.register.proved")
	v.fill(a, "/register", "name", "Марія", "born", "1956").at(t, http.StatusOK, "/me/data")
	v.post("/sign-out").at(t, http.StatusOK, "/sign-in/bye")
	v.get("/me").at(t, http.StatusOK, "/sign-in?back=%2Fme")
	r.clock.pass(time.Minute)
	a = v.post("/sign-in/code", "email", "maria@osvitlo.example")
	v.fill(a, "/sign-in/code/check", "digits", r.code(t, "maria@osvitlo.example")).at(t, http.StatusOK, "/me")
}

// The page after an address was typed is the same for one that has an account and one
// that has none.
func TestNothingTellsWhetherAnAddressHasAnAccount(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	known := r.visit(t)
	a := known.post("/sign-in/code", "email", "known@osvitlo.example")
	a = known.fill(a, "/sign-in/code/check", "digits", r.code(t, "known@osvitlo.example"))
	known.fill(a, "/register", "adult", "1").at(t, http.StatusOK, "/me?new=1")
	r.clock.pass(time.Minute)
	one, two := r.visit(t).post("/sign-in/code", "email", "known@osvitlo.example"), r.visit(t).post("/sign-in/code", "email", "nobody@osvitlo.example")
	if one.status != two.status || one.body != two.body || one.path != two.path {
		t.Error("the pages differ")
	}
}

func TestWrongExpiredAndUsedCodes(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	v := r.visit(t)
	a := v.post("/sign-in/code", "email", "maria@osvitlo.example")
	digits := r.code(t, "maria@osvitlo.example")
	wrong := "111111"
	if digits == wrong {
		wrong = "222222"
	}
	bad := v.fill(a, "/sign-in/code/check", "digits", wrong).at(t, http.StatusUnprocessableEntity, "")
	r.says(t, bad, "person.code_wrong")
	empty := v.fill(a, "/sign-in/code/check").at(t, http.StatusUnprocessableEntity, "")
	r.says(t, empty, "page.form.required")
	r.clock.pass(person.CodeLife + time.Second)
	late := v.fill(a, "/sign-in/code/check", "digits", digits).at(t, http.StatusGone, "")
	r.says(t, late, "person.code_over")
	if late.Find("a[href='/sign-in/code']").Length() == 0 {
		t.Error("no way to a new code")
	}
	r.visit(t).get("/sign-in/code/check").at(t, http.StatusGone, "")
}

func TestLookAlikeAddressesAreNamed(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	a := r.visit(t).post("/sign-in/code", "email", "mаria@osvitlo.example").at(t, http.StatusUnprocessableEntity, "/sign-in/code") // a Cyrillic а
	if !strings.Contains(a.text(), "«а»") {
		t.Errorf("the letter is not named: %s", a.text())
	}
	if got, _ := a.Find("#f-email").Attr("value"); got != "mаria@osvitlo.example" {
		t.Errorf("the field holds %q", got)
	}
}

func TestTheWayBackStaysHere(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, path := range []string{"https://evil.example/", "//evil.example", `/\evil.example`, "/sign-in", "/sign-out", "javascript:alert(1)", "/ok\r\nSet-Cookie: a=b"} {
		_, card := r.learner(t, "", person.Digits)
		v := r.visit(t)
		v.post("/sign-in", "way", "card", "back", path).at(t, http.StatusOK, "/sign-in/card")
		v.byCard(card, "back", path).at(t, http.StatusOK, "/me")
	}
	_, card := r.learner(t, "", person.Digits)
	r.visit(t).byCard(card, "back", "/me/devices").at(t, http.StatusOK, "/me/devices")
}

func TestALinkIsUsedUpByItsButtonOnly(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	added, err := r.AddStaff(ctx, operator, person.Analyst, "", "Освітло")
	must(t, err)
	path := "/sign-in/link/" + added.SignIn
	ahead := r.visit(t)
	for _, header := range [][2]string{{"Sec-Purpose", "prefetch"}, {"Sec-Fetch-Site", "cross-site"}} {
		ahead.header = http.Header{header[0]: {header[1]}}
		ahead.get(path).at(t, http.StatusOK, path) // only looks: nothing is used up
	}
	ahead.do(http.MethodHead, path, nil)
	v := r.visit(t)
	v.header = http.Header{"Sec-Fetch-Site": {"cross-site"}}
	a := v.fill(v.get(path), path).at(t, http.StatusOK, "/sign-in/factor")
	r.says(t, a, "account.factor.lead")
	gone := r.visit(t).post(path).at(t, http.StatusGone, path)
	r.says(t, gone, "person.ticket_used")
	r.says(t, r.visit(t).post("/sign-in/link/forged").at(t, http.StatusNotFound, ""), "person.ticket_unknown")
}

func TestStaffShowTheirSecondFactor(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	added, err := r.AddStaff(ctx, operator, person.CDTO, "", "Освітло")
	must(t, err)
	v := r.visit(t)
	a := v.get("/sign-in/link/" + added.SignIn)
	bad := v.fill(a, "/sign-in/factor", "digits", "000000").at(t, http.StatusUnprocessableEntity, "/sign-in/factor")
	r.says(t, bad, "person.code_wrong")
	home := v.get("/me").at(t, http.StatusOK, "/me")
	r.says(t, home, "account.me.factor.title")
	if home.Find("a[href='/office']").Length() != 0 {
		t.Error("the office stands open before the second factor")
	}
	done := v.fill(a, "/sign-in/factor", "digits", totpNow(t, added.TOTPSecret, r.clock.now())).at(t, http.StatusOK, "/me")
	if done.Find("a[href='/office']").Length() != 1 {
		t.Errorf("no office: %s", done.text())
	}
}

func TestAnInvitationLeadsToARoleAndItsSecondFactor(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	token, err := r.Invite(ctx, operator, person.Mentor, "lib-1", time.Time{})
	must(t, err)
	v := r.visit(t)
	a := v.get("/join/"+token).at(t, http.StatusOK, "")
	href, ok := a.Find("a[href^='/register']").Attr("href")
	if !ok {
		t.Fatal("no way to register")
	}
	a = v.fill(v.get(href), "/register", "adult", "1").at(t, http.StatusOK, "/join/"+token)
	a = v.fill(a, "/join/"+token).at(t, http.StatusOK, "/sign-in/totp")
	r.says(t, a, "account.totp.staff")
	secret := strings.ReplaceAll(plainWords(a.Find(".os-rows dd").First().Text()), " ", "")
	bad := v.fill(a, "/sign-in/totp", "digits", "000000").at(t, http.StatusUnprocessableEntity, "")
	r.says(t, bad, "account.totp.kept")
	home := v.fill(bad, "/sign-in/totp", "digits", totpNow(t, secret, r.clock.now())).at(t, http.StatusOK, "/me")
	if home.Find("a[href='/mentor']").Length() != 1 {
		t.Errorf("no desk: %s", home.text())
	}
	used := r.visit(t).get("/join/"+token).at(t, http.StatusGone, "")
	r.says(t, used, "person.ticket_used")
	late, err := r.Invite(ctx, operator, person.Mentor, "lib-1", time.Time{})
	must(t, err)
	r.clock.pass(person.InviteLife + time.Hour)
	r.says(t, r.visit(t).get("/join/"+late).at(t, http.StatusGone, ""), "person.ticket_expired")
	r.says(t, r.visit(t).get("/join/forged").at(t, http.StatusNotFound, ""), "person.ticket_unknown")
}

// A class, and a hall of older people, sign in from one address within a minute.
func TestThreeHundredSignInFromOneAddress(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	const people = 300
	cards := make([]*person.Card, people)
	for i := range cards {
		_, cards[i] = r.learner(t, "", person.Digits)
	}
	began := time.Now()
	var group sync.WaitGroup
	failed := make(chan string, people)
	next := make(chan *person.Card)
	for range 12 {
		group.Go(func() {
			for card := range next {
				if a := r.visit(t).byCard(card); a.status != http.StatusOK || a.path != "/me" {
					failed <- fmt.Sprint(a.status, " ", a.path)
				}
			}
		})
	}
	for _, card := range cards {
		next <- card
	}
	close(next)
	group.Wait()
	close(failed)
	for f := range failed {
		t.Error(f)
	}
	t.Logf("%d sign-ins in %s", people, time.Since(began))
}

func TestCookiesAreClosed(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(_ *rig, o *Options) { o.OverTLS = true })
	_, card := r.learner(t, "", person.Digits)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	seen := 0
	for path, form := range map[string]url.Values{"/sign-in/card": {"card": {card.Payload}}, "/sign-in/code": {"email": {"a@osvitlo.example"}},
		"/preferences": {"text": {"150"}, "lang": {"uk"}}} {
		res, err := client.PostForm(r.site.URL+path, form)
		must(t, err)
		_ = res.Body.Close()
		for _, k := range res.Cookies() {
			seen++
			if !k.HttpOnly || !k.Secure || k.SameSite != http.SameSiteLaxMode || k.Path == "" {
				t.Errorf("%s sets %s", path, k)
			}
		}
		if strings.Contains(res.Header.Get("Location"), card.Payload) {
			t.Errorf("%s: the code of the card stands in an address", path)
		}
	}
	if seen < 4 {
		t.Errorf("only %d cookies", seen)
	}
}

func TestASharedComputerEndsAndForgets(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	_, card := r.learner(t, "", person.Digits)
	v := r.visit(t)
	site, _ := url.Parse(r.site.URL)
	v.http.Jar.SetCookies(site, []*http.Cookie{{Name: "s_01890000-0000-7000-8000-000000000001", Value: "x", Path: "/"}, {Name: "device", Value: "y", Path: "/"}})
	a := v.byCard(card, "shared", "1").at(t, http.StatusOK, "/me")
	if a.Find("form[action='/sign-out'] button[name=clear]").Length() != 1 {
		t.Error("no button that ends and clears")
	}
	v.get("/me/passkeys").at(t, http.StatusNotFound, "") // the next reader would have the key
	v.post("/me/passkeys/begin").at(t, http.StatusNotFound, "")
	v.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	out := v.post("/sign-out", "clear", "1").at(t, http.StatusSeeOther, "/sign-out")
	if got := out.header.Get("Clear-Site-Data"); !strings.Contains(got, `"cookies"`) || !strings.Contains(got, `"storage"`) {
		t.Errorf("Clear-Site-Data: %q", got)
	}
	v.http.CheckRedirect = nil
	if left := v.http.Jar.Cookies(site); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
	v.get("/me").at(t, http.StatusOK, "/sign-in?back=%2Fme")

	// Ten minutes without use end it too.
	v.byCard(card, "shared", "1").at(t, http.StatusOK, "/me")
	r.clock.pass(11 * time.Minute)
	v.get("/me").at(t, http.StatusOK, "/sign-in?back=%2Fme")
}

func TestTheSecretAloneOpensOnAnEnrolledDeviceOnly(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	_, card := r.learner(t, "Марія Коваль", person.Words)
	token, issued, err := r.IssueToken(ctx, operator, person.DeviceToken, "lib-1", "", "зал", time.Hour)
	must(t, err)
	v := r.visit(t)
	a := v.get("/sign-in/device")
	bad := v.fill(a, "/sign-in/device", "token", "forged").at(t, http.StatusUnprocessableEntity, "")
	r.says(t, bad, "person.token_unknown")
	v.post("/sign-in/device/secret", "person", "p123", "kind", "words", "secret", strings.Join(card.Secret, " ")).at(t, http.StatusOK, "/sign-in/device")
	a = v.fill(a, "/sign-in/device", "token", token).at(t, http.StatusOK, "/sign-in/device")
	few := v.fill(a, "/sign-in/device", "q", "Ма").at(t, http.StatusUnprocessableEntity, "")
	r.says(t, few, "person.search_more")
	found := v.fill(a, "/sign-in/device", "q", "Марія").at(t, http.StatusOK, "")
	if !strings.Contains(found.text(), "Марія К.") || strings.Contains(found.text(), "Коваль") {
		t.Errorf("the list says %s", found.text())
	}
	secret := v.fill(found, "/sign-in/device/secret").at(t, http.StatusOK, "")
	home := v.fill(secret, "/sign-in/device/secret", "secret", strings.ToUpper(strings.Join(card.Secret, "  "))).at(t, http.StatusOK, "/me")
	if home.Find("button[name=clear]").Length() != 1 {
		t.Error("a venue's device is a shared one")
	}
	v.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if got := v.post("/sign-out", "clear", "1").header.Get("Clear-Site-Data"); strings.Contains(got, "cookies") || !strings.Contains(got, "storage") {
		t.Errorf("the end of a person's work takes the device off the venue: %q", got)
	}
	v.http.CheckRedirect = nil
	if v.get("/register").Find("#f-shared").Length() != 0 {
		t.Error("whoever registers on a venue's device is asked whether it is a shared one")
	}
	v.fill(v.get("/sign-in/device"), "/sign-in/device", "q", "Марія").at(t, http.StatusOK, "") // still enrolled
	must(t, r.RevokeToken(ctx, operator, issued.ID))
	stolen := v.fill(v.get("/sign-in/device"), "/sign-in/device", "q", "Марія")
	r.says(t, stolen, "person.token_unknown")
	v.get("/sign-in/device").at(t, http.StatusOK, "")
	if v.get("/sign-in/device").Find("#f-token").Length() != 1 {
		t.Error("a revoked device is still enrolled")
	}
}

func TestPasskeysBeginAndRefuseForgedAnswers(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	v := r.visit(t)
	a := v.get("/sign-in/passkey").at(t, http.StatusOK, "")
	if a.Find("form[data-passkey=show] button[hidden]").Length() != 1 || a.Find("script[src*=account]").Length() != 1 {
		t.Error("the page of passkeys lacks its script or its hidden button")
	}
	begun := v.post("/sign-in/passkey/begin").at(t, http.StatusOK, "")
	if !strings.Contains(begun.body, `"challenge"`) || begun.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s %v", begun.body, begun.header)
	}
	bad := v.post("/sign-in/passkey", "answer", `{"id":"x"}`).at(t, http.StatusForbidden, "")
	r.says(t, bad, "person.passkey_failed")
	bad = v.post("/sign-in/passkey", "answer", `{"id":"x"}`).at(t, http.StatusForbidden, "") // the ceremony is used up
	r.says(t, bad, "person.passkey_failed")
}

func TestBothLanguagesOfTheDoors(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, l := range i18n.Languages {
		v := r.visit(t)
		v.lang = l
		for _, path := range []string{"/sign-in", "/sign-in/card", "/c", "/sign-in/code", "/sign-in/passkey", "/sign-in/device", "/sign-in/bye", "/register",
			"/register/waiting", "/register/waiting/sheet", "/guardian", "/preferences", "/receipts", "/me/help"} {
			a := v.get(path).at(t, http.StatusOK, path)
			if got, _ := a.Find("html").Attr("lang"); got != l {
				t.Errorf("%s: lang %q", path, got)
			}
			checkPage(t, a, l)
		}
	}
}
