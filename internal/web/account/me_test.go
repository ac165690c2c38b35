package account

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
)

const (
	sittingOne = "01890000-0000-7000-8000-000000000001"
	sittingTwo = "01890000-0000-7000-8000-000000000002"
)

// newcomer registers somebody and returns their browser.
func (r *rig) newcomer(t testing.TB, pairs ...string) *visitor {
	t.Helper()
	v := r.visit(t)
	v.fill(v.get("/register"), "/register", append([]string{"adult", "1"}, pairs...)...).at(t, http.StatusOK, "/me/ways?done=new")
	return v
}

// dead fails unless a card opens nothing; a card that is off asks for pictures.
func (r *rig) dead(t testing.TB, card *person.Card) {
	t.Helper()
	v := r.visit(t)
	v.post("/sign-in/card", "card", card.Payload).at(t, http.StatusOK, "/sign-in/card/secret")
	r.says(t, v.post("/sign-in/card/secret", "part", "sun", "part", "moon", "pick", "star").at(t, http.StatusUnprocessableEntity, ""), "person.sign_in_failed")
}

func TestRegistrationNeedsNothingButTheAge(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	v := r.visit(t)
	a := v.get("/register").at(t, http.StatusOK, "")
	if a.Find("input[type=checkbox][checked]").Length() != 0 {
		t.Error("something is ticked beforehand")
	}
	if a.Find("input[name=agree][value=special]").Length() != 0 {
		t.Error("the special statuses are asked on the first screen")
	}
	bad := v.fill(a, "/register", "name", "Марія", "phone", "050 123 45 67").at(t, http.StatusUnprocessableEntity, "/register")
	r.says(t, bad, "person.age_needed")
	for id, want := range map[string]string{"f-name": "Марія", "f-phone": "050 123 45 67"} {
		if got, _ := bad.Find("#" + id).Attr("value"); got != want {
			t.Errorf("%s holds %q", id, got)
		}
	}
	all := v.fill(bad, "/register", "phone", "12").at(t, http.StatusUnprocessableEntity, "")
	if n := all.Find("#os-error li").Length(); n != 2 {
		t.Errorf("%d faults are named, want the age and the phone", n)
	}
	two := v.fill(bad, "/register", "born", "19x6", "phone", "12").at(t, http.StatusUnprocessableEntity, "")
	r.says(t, two, "person.born_year")
	v.fill(bad, "/register", "born", "1956", "agree", "learning").at(t, http.StatusOK, "/me/ways?done=new")
	given := v.get("/me/consents").at(t, http.StatusOK, "")
	if n := given.Find(".os-tag--good").Length(); n != 1 {
		t.Errorf("%d consents are given, want the one that was ticked", n)
	}
}

func TestNothingTellsWhoseThePhoneIs(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	var group sync.WaitGroup
	for range 2 { // at the same moment
		group.Go(func() {
			v := r.visit(t)
			if a := v.post("/register", "adult", "1", "phone", "050 123 45 67"); a.status != http.StatusOK || a.path != "/me/ways?done=new" {
				t.Errorf("%d %s", a.status, a.path)
			}
		})
	}
	group.Wait()
	r.newcomer(t, "phone", "0501234567")
}

func TestAMinorWaitsForAParent(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	v := r.visit(t)
	a := v.fill(v.get("/register"), "/register", "born", "2011", "name", "Іван Бондар").at(t, http.StatusOK, "/register/waiting")
	if a.Find("svg.os-qr").Length() != 1 {
		t.Error("no QR")
	}
	link := plainWords(a.Find(".os-rows dd").First().Text())
	_, path, ok := strings.Cut(link, "/guardian/")
	if !ok {
		t.Fatalf("no link: %q", link)
	}
	v.get("/me").at(t, http.StatusOK, "/sign-in?back=%2Fme")
	sheet := v.get("/register/waiting/sheet").at(t, http.StatusOK, "")
	if !strings.Contains(sheet.text(), "Управління освіти") {
		t.Errorf("the sheet does not say who asks: %s", sheet.text())
	}
	parent := r.visit(t)
	ask := parent.get("/guardian/"+path).at(t, http.StatusOK, "")
	if strings.Contains(ask.text(), "Бондар") {
		t.Error("the whole name stands on the parent's page")
	}
	checkPage(t, ask, "uk")
	parent.get("/guardian/"+path).at(t, http.StatusOK, "") // looking uses nothing up
	done := parent.fill(ask, "/guardian/"+path).at(t, http.StatusOK, "/guardian")
	r.says(t, done, "account.guardian.done.text")
	r.says(t, r.visit(t).get("/guardian/"+path).at(t, http.StatusGone, ""), "person.ticket_used")
	r.says(t, r.visit(t).post("/guardian/forged").at(t, http.StatusNotFound, ""), "person.ticket_unknown")
}

func TestASittingOfThisBrowserIsAttachedOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.sittings[sittingOne], r.sittings[sittingTwo] = "proof-1", "proof-2"
	site, _ := url.Parse(r.site.URL)
	v := r.newcomer(t)
	v.http.Jar.SetCookies(site, []*http.Cookie{{Name: "s_" + sittingOne, Value: "proof-1", Path: "/"}})
	a := v.get("/me").at(t, http.StatusOK, "")
	r.says(t, a, "account.me.here")
	done := v.fill(a, "/me/sittings").at(t, http.StatusOK, "/me?done=sitting")
	r.says(t, done, "account.me.attached")
	if done.Find("a[href='/results/"+sittingOne+"']").Length() != 1 || done.Find("form[action='/me/sittings']").Length() != 0 {
		t.Error("the sitting is not on the page, or is offered again")
	}
	// By its id alone nobody gets one, nor one that somebody has.
	stranger := r.newcomer(t)
	for _, id := range []string{sittingOne, sittingTwo, "nonsense", "01890000-0000-7000-8000-00000000ffff"} {
		bad := stranger.post("/me/sittings", "sitting", id).at(t, http.StatusNotFound, "")
		r.says(t, bad, "person.sitting_not_yours")
	}
	stranger.http.Jar.SetCookies(site, []*http.Cookie{{Name: "s_" + sittingOne, Value: "proof-1", Path: "/"}})
	r.says(t, stranger.post("/me/sittings", "sitting", sittingOne).at(t, http.StatusNotFound, ""), "person.sitting_not_yours")
	r.visit(t).post("/me/sittings", "sitting", sittingTwo).at(t, http.StatusOK, "/sign-in")
}

func TestConsentsAreGivenAndWithdrawnApart(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	v := r.newcomer(t)
	a := v.get("/me/consents").at(t, http.StatusOK, "")
	checkPage(t, a, "uk")
	if n := a.Find("form[action='/me/consents']").Length(); n != len(person.Purposes()) {
		t.Errorf("%d purposes", n)
	}
	if !strings.Contains(a.text(), "Уповноважений") || !strings.Contains(a.text(), "Управління освіти") {
		t.Error("the text of the consent is not the one of the configuration")
	}
	v.post("/me/consents", "purpose", "special", "given", "1", "text", "3").at(t, http.StatusOK, "/me/consents?done=1")
	r.says(t, v.post("/me/consents", "purpose", "club", "given", "1", "text", "2").at(t, http.StatusConflict, ""), "person.consent_text")
	b := v.post("/me/consents", "purpose", "special", "text", "3").at(t, http.StatusOK, "/me/consents?done=1")
	if n := b.Find("table tbody tr").Length(); n != 2 {
		t.Errorf("the history has %d lines", n)
	}
}

func TestMyDataIsShownDownloadedAndErased(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.sittings[sittingOne] = "proof-1"
	site, _ := url.Parse(r.site.URL)
	v := r.newcomer(t, "name", "Марія Коваль", "phone", "0501234567")
	v.http.Jar.SetCookies(site, []*http.Cookie{{Name: "s_" + sittingOne, Value: "proof-1", Path: "/"}})
	v.post("/me/sittings", "sitting", sittingOne).at(t, http.StatusOK, "")
	a := v.get("/me/data").at(t, http.StatusOK, "")
	checkPage(t, a, "uk")
	for _, want := range []string{"Марія Коваль", "+380501234567", "3 роки без входу"} {
		if !strings.Contains(a.text(), want) {
			t.Errorf("no %q: %s", want, a.text())
		}
	}
	file := v.get("/me/data/json").at(t, http.StatusOK, "")
	if !json.Valid([]byte(file.body)) || !strings.Contains(file.body, sittingOne) || !strings.Contains(file.header.Get("Content-Disposition"), "attachment") {
		t.Errorf("%v %s", file.header, file.body)
	}
	if table := v.get("/me/data/csv").at(t, http.StatusOK, ""); !strings.Contains(table.body, "'+380501234567") {
		t.Error("the phone is a formula in the table")
	}

	r.clock.pass(11 * time.Minute) // no longer fresh
	again := v.get("/me/erase").at(t, http.StatusOK, "/sign-in/again?back=%2Fme%2Ferase")
	r.says(t, again, "account.again.none.device")
	v.fill(again, "/sign-in/again").at(t, http.StatusOK, "/me/erase") // nothing but this session is there to prove with
	_, card := r.learner(t, "", person.Digits)
	other := r.visit(t)
	other.byCard(card)
	r.clock.pass(11 * time.Minute)
	other.post("/sign-in/again", "device", "1", "back", "/me/erase").at(t, http.StatusOK, "/sign-in/again?back=%2Fme%2Ferase") // a card is
}

func TestErasureLeavesAReceipt(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	_, card := r.learner(t, "Марія Коваль", person.Digits)
	v := r.visit(t)
	v.byCard(card)
	r.clock.pass(time.Hour)
	again := v.get("/me/erase").at(t, http.StatusOK, "/sign-in/again?back=%2Fme%2Ferase")
	href, _ := again.Find("a[href^='/sign-in/card']").Attr("href")
	a := v.fill(v.get(href), "/sign-in/card", "card", card.Payload)
	a = v.fill(a, "/sign-in/card/secret", "secret", card.Secret[0]).at(t, http.StatusOK, "/me/erase")
	checkPage(t, a, "uk")
	unsure := v.fill(a, "/me/erase").at(t, http.StatusUnprocessableEntity, "")
	r.says(t, unsure, "account.erase.tick")
	gone := v.fill(a, "/me/erase", "sure", "1").at(t, http.StatusOK, "")
	number := strings.TrimSpace(gone.Find(".os-number").Text())
	if len(number) != 17 {
		t.Fatalf("the receipt is %q", number)
	}
	v.get("/me").at(t, http.StatusOK, "/sign-in?back=%2Fme")
	stranger := r.visit(t)
	ok := stranger.post("/receipts", "number", strings.ToLower(number)).at(t, http.StatusOK, "")
	r.says(t, ok, "account.receipt.done")
	r.says(t, stranger.post("/receipts", "number", "0000-0000-0000-00").at(t, http.StatusUnprocessableEntity, ""), "person.no_receipt")
	r.dead(t, card)
}

func TestWaysInAreRemovedAfterAsking(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	_, card := r.learner(t, "", person.Digits)
	v := r.visit(t)
	v.byCard(card)
	a := v.get("/me/ways").at(t, http.StatusOK, "")
	checkPage(t, a, "uk")
	setup := v.get("/sign-in/totp?back=/me/ways").at(t, http.StatusOK, "")
	secret := strings.ReplaceAll(plainWords(setup.Find(".os-rows dd").First().Text()), " ", "")
	v.fill(setup, "/sign-in/totp", "digits", totpNow(t, secret, r.clock.now())).at(t, http.StatusOK, "/me/ways")
	ask := v.fill(v.get("/me/ways"), "/me/ways/ask").at(t, http.StatusOK, "")
	r.says(t, ask, "account.drop.card")
	v.fill(ask, "/me/ways/drop").at(t, http.StatusOK, "/me/ways?done=gone")
	r.dead(t, card)
	v.post("/me/ways/drop", "way", "totp:pstranger").at(t, http.StatusNotFound, "")
}

func TestAnAddressBecomesAWayIn(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	v := r.newcomer(t)
	a := v.fill(v.get("/me/email"), "/me/email", "email", "maria@osvitlo.example").at(t, http.StatusOK, "/me/email/check")
	v.fill(a, "/me/email/check", "digits", r.code(t, "maria@osvitlo.example")).at(t, http.StatusOK, "/me/ways?done=email")
	r.clock.pass(time.Minute)
	other := r.visit(t)
	a = other.post("/sign-in/code", "email", "maria@osvitlo.example")
	other.fill(a, "/sign-in/code/check", "digits", r.code(t, "maria@osvitlo.example")).at(t, http.StatusOK, "/me")
	// Both devices stand in the list; the other one is signed out from here.
	list := v.get("/me/devices").at(t, http.StatusOK, "")
	checkPage(t, list, "uk")
	if n := list.Find(".os-group__line").Length(); n != 2 {
		t.Fatalf("%d devices", n)
	}
	v.fill(list, "/me/devices/end").at(t, http.StatusOK, "/me/devices?done=1")
	other.get("/me").at(t, http.StatusOK, "/sign-in?back=%2Fme")
	v.get("/me").at(t, http.StatusOK, "/me")
}

func TestPreferencesHoldForEverybody(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	v := r.visit(t)
	a := v.fill(v.get("/preferences"), "/preferences", "text", "150", "contrast", "1", "still", "1").at(t, http.StatusOK, "/preferences?done=1")
	if class, _ := a.Find("html").Attr("class"); class != "os-t150 os-contrast os-still" {
		t.Errorf("class %q", class)
	}
	v.post("/preferences", "text", "9000").at(t, http.StatusUnprocessableEntity, "")
	// They come along with the person to another device.
	p, card := r.learner(t, "", person.Digits)
	must(t, r.SetSettings(ctx, person.Actor{Person: p.ID, Where: "test"}, p.ID, person.Settings{Lang: "uk", Prefs: person.Prefs{Easy: true}}))
	w := r.visit(t)
	w.byCard(card)
	if class, _ := w.get("/me").Find("html").Attr("class"); class != "os-easy" {
		t.Errorf("class %q", class)
	}
	w.fill(w.get("/preferences"), "/preferences", "text", "200")
	set, err := r.Settings(ctx, p.ID)
	must(t, err)
	if set.Prefs.Text != 200 {
		t.Errorf("%+v", set)
	}
}

func TestARoleIsLaidDown(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	added, err := r.AddStaff(ctx, operator, person.Mentor, "lib-1", "Освітло")
	must(t, err)
	v := r.visit(t)
	a := v.get("/sign-in/link/" + added.SignIn)
	a = v.fill(a, "/sign-in/factor", "digits", totpNow(t, added.TOTPSecret, r.clock.now())).at(t, http.StatusOK, "/me")
	erase := v.get("/me/erase").at(t, http.StatusOK, "")
	r.says(t, v.fill(erase, "/me/erase", "sure", "1").at(t, http.StatusConflict, ""), "person.erase_staff")
	ask := v.fill(a, "/me/roles/ask").at(t, http.StatusOK, "")
	v.fill(ask, "/me/roles/leave").at(t, http.StatusOK, "/sign-in")
	grants, err := r.Grants(ctx, added.ID)
	must(t, err)
	if len(grants) != 0 {
		t.Errorf("%v", grants)
	}
}

func TestBothLanguagesOfOnesOwnPages(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, l := range i18n.Languages {
		v := r.newcomer(t, "name", "Ann", "lang", l)
		v.lang = l
		for _, path := range []string{"/me", "/me/contact", "/me/ways", "/me/email", "/me/passkeys", "/me/devices", "/me/data", "/me/consents", "/me/erase", "/me/help",
			"/preferences", "/sign-in", "/sign-in/again", "/sign-in/totp"} {
			checkPage(t, v.get(path).at(t, http.StatusOK, path), l)
		}
	}
}

func TestAVenueIsLeft(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p, card := r.learner(t, "Марія Коваль", person.Digits)
	v := r.visit(t)
	a := v.byCard(card)
	ask := v.fill(a, "/me/places/ask").at(t, http.StatusOK, "")
	v.fill(ask, "/me/places/leave").at(t, http.StatusOK, "/me")
	who, err := r.ByID(ctx, operator, p.ID)
	must(t, err)
	if len(who.Places) != 0 {
		t.Errorf("%v", who.Places)
	}
}

// When more accounts were made within an hour than people make, the form comes again
// with what was typed, and a pause; then it goes through.
func TestAFloodOfAccountsLeavesTheFormAsItWas(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for range 300 {
		must(t, r.MayRegister("", ""))
	}
	v := r.visit(t)
	a := v.fill(v.get("/register"), "/register", "name", "Марія", "born", "1956").at(t, http.StatusTooManyRequests, "/register")
	if stamp, _ := a.Find("input[name=stamp]").Attr("value"); stamp == "" {
		t.Fatal("no stamp for the second step")
	}
	if got, _ := a.Find("#f-name").Attr("value"); got != "Марія" {
		t.Errorf("the name is lost: %q", got)
	}
	r.clock.pass(31 * time.Second)
	v.fill(a, "/register").at(t, http.StatusOK, "/me/ways?done=new")
}
