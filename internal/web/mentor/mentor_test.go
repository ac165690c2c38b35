package mentor

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/web/page"
	"osvitlo/locales"
	"osvitlo/static"
)

// messageKey finds words that a locale lacks.
var messageKey = regexp.MustCompile(`\b(mentor|office|page|person|account|role|purpose)\.[a-z][a-z0-9._-]+`)

func idOf(t *testing.T, to string) person.ID {
	t.Helper()
	path, _, _ := strings.Cut(to, "?")
	id, ok := strings.CutPrefix(path, "/mentor/learners/")
	if !ok {
		t.Fatalf("leads to %q", to)
	}
	return person.ID(id)
}

func TestEveryPageSpeaksBothLanguagesAndIsSmall(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.staff("mentor", "Оксана Вчить", person.Mentor, "lib-1")
	grown := r.learner(person.Registration{Name: "Олена Коваль", Born: 1956, Phone: "050 123 45 67", Venue: "lib-1"})
	minor := r.learner(person.Registration{Name: "Тарас Школяр", Born: 2011, Venue: "lib-1"})
	at := "/mentor/learners/"
	paths := map[string]string{"/mentor": "/mentor", "/mentor/register": "/mentor/register", "/mentor/learners": "/mentor/learners"}
	for _, id := range []person.ID{grown, minor} {
		for _, sub := range []string{"", "/edit", "/consent", "/paper", "/card", "/cards-off", "/leave?venue=lib-1"} {
			pattern, _, _ := strings.Cut(sub, "?")
			paths[at+string(id)+sub] = "/mentor/learners/:id" + pattern
		}
	}
	shared := wire(t, "resident.css") + wire(t, "resident.js") + wire(t, "staff.css")
	seen := map[string]bool{}
	for path, pattern := range paths {
		seen[pattern] = true
		for _, lang := range i18n.Languages {
			sep := "?"
			if strings.Contains(path, "?") {
				sep = "&"
			}
			a := r.get("mentor", path+sep+"lang="+lang).want(200)
			if key := messageKey.FindString(a.text("main")); key != "" {
				t.Errorf("%s (%s): the key %s stands on the page", path, lang, key)
			}
			if a.doc.Find("h1").Length() != 1 || a.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("%s: %d headings, Cache-Control %q", path, a.doc.Find("h1").Length(), a.Header().Get("Cache-Control"))
			}
			if size := squeeze(t, a.Body.Bytes()) + shared; size > 80_000 {
				t.Errorf("%s: %d bytes for the first view", path, size)
			}
			if strings.Contains(a.Body.String(), "style=") {
				t.Errorf("%s: inline style", path)
			}
		}
	}
	for _, route := range r.h.Routes() {
		if route.Method == "GET" && !seen[route.Path] {
			t.Errorf("%s is not looked at", route.Path)
		}
	}
}

func squeeze(t *testing.T, b []byte) int {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Len()
}

// wire is how many bytes a static file is on the wire.
func wire(t *testing.T, name string) int {
	t.Helper()
	b, err := fs.ReadFile(static.FS(), strings.TrimPrefix(static.Path(name), static.Prefix))
	if err != nil {
		t.Fatal(err)
	}
	return squeeze(t, b)
}

func TestAPersonIsRegisteredInOneForm(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	mentor := r.staff("mentor", "Оксана Вчить", person.Mentor, "lib-1")
	form := r.get("mentor", "/mentor/register").want(200)
	if form.doc.Find("input[checked]").Length() != 0 || form.doc.Find(`[name=email]`).Length() != 0 {
		t.Fatal("something is ticked beforehand, or an address is asked")
	}
	text, _ := form.doc.Find(`input[name=text]`).Attr("value")
	// What was typed stays, also what cannot be read.
	a := r.post("mentor", "/mentor/register", "name", "Олена Коваль", "born", "давно", "phone", "12", "agreed", "learning").want(422)
	for id, want := range map[string]string{"#f-name": "Олена Коваль", "#f-born": "давно", "#f-phone": "12"} {
		if v, _ := a.doc.Find(id).Attr("value"); v != want {
			t.Errorf("%s holds %q", id, v)
		}
	}
	if a.doc.Find(`input[value=learning][checked]`).Length() != 1 {
		t.Error("the consent that was ticked is lost")
	}
	r.post("mentor", "/mentor/register", "name", "Олена").want(422).says("рік народження")
	r.post("mentor", "/mentor/register", "born", "1956", "phone", "12").want(422).says("Перевірте номер")
	to := r.post("mentor", "/mentor/register", "name", "Олена Коваль", "born", "1956", "phone", "050 123 45 67", "agreed", "learning", "agreed", "contact", "text", text).want(303).Header().Get("Location")
	id := idOf(t, to)
	if strings.Contains(to, "Олена") || strings.Contains(to, "050") {
		t.Fatal("the address names the person")
	}
	r.get("mentor", to).want(200).says("Олена Коваль", "Людину записано", "050 123 45 67", "зберігати мої уроки")
	ledger := must(r.Ledger(ctx, *r.actors["mentor"], id))(t)
	if len(ledger) != 2 || ledger[0].Mode != person.ModeMentor || ledger[0].Witness != mentor {
		t.Fatalf("%+v", ledger)
	}
	if ok := must(r.Allowed(ctx, id, person.Statistics))(t); ok {
		t.Fatal("a consent that nobody gave")
	}
	if !r.noted(mentor, "person.register") || !r.noted(mentor, "consent.witness") {
		t.Fatal("registering or witnessing is not in the log")
	}
	// A text that changed meanwhile: the account stands, nothing is agreed to.
	to = r.post("mentor", "/mentor/register", "name", "Марко Новий", "adult", "1", "agreed", "learning", "text", "2").want(303).Header().Get("Location")
	r.get("mentor", to).want(200).says("згоди не збережено", "Згод ще немає")
}

func TestThoseAlikeAreSeenBeforeASecondAccount(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.staff("mentor", "Оксана Вчить", person.Mentor, "lib-1")
	r.staff("far", "Інший Вчить", person.Mentor, "lib-2")
	first := r.learner(person.Registration{Name: "Олена Коваль", Born: 1956, Phone: "050 123 45 67", Venue: "lib-1"})
	form := []string{"name", "Єлена Коваль", "born", "1956", "phone", "050 123 45 67"}
	a := r.post("mentor", "/mentor/register", form...).want(409).says("Можливо, людина вже записана", "Олена Коваль")
	if a.doc.Find(`a[href="/mentor/learners/`+string(first)+`"]`).Length() != 1 || a.doc.Find(`input[name=sure]`).Length() != 1 || a.doc.Find("#f-shared").Length() != 1 {
		t.Fatal("no way to who is alike, or to go on")
	}
	if strings.Contains(a.text("table"), "0501234567") {
		t.Fatal("a whole phone number is shown")
	}
	// Somebody else with the phone of a couple.
	a = r.post("mentor", "/mentor/register", append(slices.Clone(form), "sure", "1")...).want(409).says("спільний номер")
	if v, _ := a.doc.Find("#f-name").Attr("value"); v != "Єлена Коваль" || a.doc.Find("#f-shared").Length() != 1 {
		t.Fatal("what was typed is lost, or sharing is not offered")
	}
	to := r.post("mentor", "/mentor/register", append(slices.Clone(form), "sure", "1", "shared", "1")...).want(303).Header().Get("Location")
	r.get("mentor", to).want(200).says("спільний")
	// A mentor of another venue learns nobody's name.
	a = r.post("far", "/mentor/register", form...).want(409)
	if strings.Contains(a.text("main table"), "Олена") || a.doc.Find(`a[href*="`+string(first)+`"]`).Length() != 0 {
		t.Fatal("a mentor reads strangers by registering")
	}
}

func TestAMinorWaitsForAParentsPaper(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	mentor := r.staff("mentor", "Оксана Вчить", person.Mentor, "lib-1")
	to := r.post("mentor", "/mentor/register", "name", "Тарас Школяр", "born", "2011", "agreed", "learning", "text", "3").want(303).Header().Get("Location")
	id := idOf(t, to)
	r.get("mentor", to).want(200).says("чекає на згоду батьків", "Рахунок ще не відкрито")
	at := "/mentor/learners/" + string(id)
	r.get("mentor", at+"/consent").want(200).says("Спершу згода батьків")
	link := r.post("mentor", at+"/guardian").want(200)
	token, ok := strings.CutPrefix(link.text(".os-secret__value"), "https://osvitlo.example/guardian/")
	if _, err := r.GuardianAsk(ctx, token); !ok || err != nil || link.doc.Find("svg.os-qr").Length() != 1 || link.Header().Get("Cache-Control") != "no-store" {
		t.Fatalf("the parent's link: %q %v", token, err)
	}
	r.post("mentor", at+"/paper", "paper", "7/26").want(422).says("аркуш у вас")
	a := r.post("mentor", at+"/paper", "paper", "==", "seen", "1").want(422)
	if v, _ := a.doc.Find("#f-paper").Attr("value"); v != "==" {
		t.Fatal("the number is lost")
	}
	r.get("mentor", r.post("mentor", at+"/paper", "paper", "7/26", "seen", "1").want(303).Header().Get("Location")).want(200).says("Рахунок відкрито")
	if p := must(r.ByID(ctx, *r.actors["mentor"], id))(t); p.State != person.Active {
		t.Fatalf("%s", p.State)
	}
	if !r.noted(mentor, "guardian.confirm") {
		t.Fatal("the paper is not in the log")
	}
	// With the number of the paper at once.
	to = r.post("mentor", "/mentor/register", "name", "Оля Школярка", "born", "2012", "paper", "8/26").want(303).Header().Get("Location")
	if p := must(r.ByID(ctx, *r.actors["mentor"], idOf(t, to)))(t); p.State != person.Active {
		t.Fatalf("%s", p.State)
	}
}

func TestACardIsShownOnceAndSignsIn(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	mentor := r.staff("mentor", "Оксана Вчить", person.Mentor, "lib-1")
	id := r.learner(person.Registration{Name: "Олена Коваль", Born: 1956, Venue: "lib-1"})
	at := "/mentor/learners/" + string(id)
	r.post("mentor", at+"/card").want(422).says("Виберіть")
	r.post("mentor", at+"/card", "kind", "password").want(422)
	last := ""
	for _, kind := range []string{"pictures", "words", "digits"} {
		a := r.post("mentor", at+"/card", "kind", kind).want(200)
		if a.Header().Get("Cache-Control") != "no-store" || strings.Contains(a.Body.String(), "Коваль") {
			t.Fatal("the card may be cached, or names the person")
		}
		payload := strings.ReplaceAll(a.text(".os-a6__code"), " ", "")
		var secret []string
		switch kind {
		case "pictures":
			if a.doc.Find(".os-a6__pics svg").Length() != 3 {
				t.Fatal("no three pictures")
			}
			names := map[string]string{}
			for _, pic := range person.PictureIDs() {
				names[plain(must(i18n.Load(locales.FS))(t).Lang("uk").T("account.picture."+pic, nil))] = pic
			}
			a.doc.Find(".os-a6__pics li span").Each(func(_ int, s *goquery.Selection) { secret = append(secret, names[plain(s.Text())]) })
		case "words":
			a.doc.Find(".os-a6__words li").Each(func(_ int, s *goquery.Selection) { secret = append(secret, s.Text()) })
		default:
			secret = []string{a.text(".os-a6__digits")}
		}
		if a.doc.Find("svg.os-qr path").Length() != 2 || a.text(".os-a6__title b") != payload[len(payload)-4:] {
			t.Fatal("no QR, or slip and card have different numbers")
		}
		a.says("Загубили?", "osvitlo.example/c", "(0522) 00-00-00")
		in, err := r.SignInCard(ctx, person.CardTry{Payload: payload, Secret: secret, Where: "web"})
		if err != nil || in.Person != id {
			t.Fatalf("%s: %v %v with %q", kind, in, err, secret)
		}
		if last != "" {
			if _, err := r.SignInCard(ctx, person.CardTry{Payload: last, Secret: secret, Where: "web"}); err == nil {
				t.Fatal("the former card still works")
			}
		}
		last = payload
		if again := r.get("mentor", at).want(200); strings.Contains(again.Body.String(), payload) {
			t.Fatal("the card is shown again")
		}
	}
	r.get("mentor", at+"/card").want(200).says("Попередня картка одразу перестане діяти")
	r.post("mentor", at+"/cards-off").want(303)
	if list := must(r.Cards(ctx, *r.actors["mentor"], id))(t); len(list) != 0 {
		t.Fatalf("%+v", list)
	}
	if !r.noted(mentor, "card.issue") {
		t.Fatal("issuing is not in the log")
	}
}

func TestPeopleOfAnotherVenueAreNotThere(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.staff("mentor", "Оксана Вчить", person.Mentor, "lib-1")
	far := r.learner(person.Registration{Name: "Далека Людина", Born: 1957, Venue: "lib-2"})
	for _, id := range []string{string(far), "p" + strings.Repeat("a", 26), "x"} {
		for _, route := range r.h.Routes() {
			if !strings.Contains(route.Path, ":id") {
				continue
			}
			path := strings.Replace(route.Path, ":id", id, 1)
			var form url.Values
			if route.Method == "POST" {
				form = url.Values{"kind": {"digits"}, "paper": {"1"}, "seen": {"1"}, "venue": {"lib-1"}, "mode": {"mentor"}, "text": {"3"}, "name": {"Хтось"}, "adult": {"1"}}
			}
			if got := r.ask(route.Method, "mentor", path, form); got.Code != 404 || strings.Contains(got.Body.String(), "Далека") {
				t.Errorf("%s %s answers %d", route.Method, route.Path, got.Code)
			}
		}
	}
	if p, err := r.ByID(ctx, person.Operator("test"), far); err != nil || p.Name != "Далека Людина" || len(p.Places) != 1 {
		t.Fatalf("%+v %v", p, err)
	}
	if a := r.post("mentor", "/mentor/learners", "q", "далека").want(200).says("Нікого не знайдено"); a.doc.Find("tbody tr").Length() != 0 {
		t.Fatal("a stranger is found")
	}
	for _, route := range r.h.Routes() {
		if got := r.ask(route.Method, "visitor", strings.Replace(route.Path, ":id", string(far), 1), nil).Code; got != 401 {
			t.Errorf("%s %s answers a visitor %d", route.Method, route.Path, got)
		}
	}
}

func TestConsentsAreWitnessedAndWithdrawn(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	mentor := r.staff("mentor", "Оксана Вчить", person.Mentor, "lib-1")
	id := r.learner(person.Registration{Name: "Олена Коваль", Born: 1956, Venue: "lib-1"})
	at := "/mentor/learners/" + string(id) + "/consent"
	form := r.get("mentor", at).want(200)
	if form.doc.Find("input[checked]").Length() != 0 {
		t.Fatal("a consent is ticked beforehand")
	}
	shown := []string{"text", "3", "shown", "learning", "shown", "contact"}
	a := r.post("mentor", at, append(slices.Clone(shown), "agreed", "learning")...).want(422)
	if a.doc.Find(`input[value=learning][checked]`).Length() != 1 {
		t.Fatal("the tick is lost")
	}
	r.post("mentor", at, "text", "2", "shown", "learning", "agreed", "learning", "mode", "mentor").want(409).says("Текст згоди змінився")
	r.post("mentor", at, append(slices.Clone(shown), "agreed", "learning", "agreed", "special", "mode", "paper", "ref", "12-3")...).want(303)
	ledger := must(r.Ledger(ctx, *r.actors["mentor"], id))(t)
	if len(ledger) != 1 || ledger[0].Purpose != person.Learning || ledger[0].Mode != person.ModePaper || ledger[0].Ref != "12-3" || ledger[0].Witness != mentor {
		t.Fatalf("%+v", ledger)
	}
	r.post("mentor", at, append(slices.Clone(shown), "mode", "phone")...).want(303)
	if ok := must(r.Allowed(ctx, id, person.Learning))(t); ok {
		t.Fatal("the consent was not withdrawn")
	}
}

func TestDataAreChangedAndTheVenueLeft(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	mentor := r.staff("mentor", "Оксана Вчить", person.Mentor, "lib-1")
	id := r.learner(person.Registration{Name: "Олена Коваль", Born: 1956, Venue: "lib-1"})
	at := "/mentor/learners/" + string(id)
	a := r.post("mentor", at+"/edit", "name", "<b>Олена</b>", "born", "1956").want(422)
	if v, _ := a.doc.Find("#f-name").Attr("value"); v != "<b>Олена</b>" || strings.Contains(a.Body.String(), "<b>Олена") {
		t.Fatal("what was typed is lost, or is markup")
	}
	r.post("mentor", at+"/edit", "name", "Олена Ковальчук", "born", "1957", "phone", "0671112233").want(303)
	r.get("mentor", at).want(200).says("Олена Ковальчук", "1957", "067 111 22 33")
	r.get("mentor", at+"/leave?venue=lib-2").want(404)
	r.post("mentor", at+"/join", "venue", "lib-2").want(404)
	r.post("mentor", at+"/leave", "venue", "lib-1").want(303)
	r.get("mentor", at).want(404)
	if !r.noted(mentor, "person.edit") {
		t.Fatal("the change is not in the log")
	}
}

func TestAMentorOfTwoVenuesChooses(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	who := r.staff("mentor", "Оксана Вчить", person.Mentor, "lib-1")
	op := person.Operator("test")
	if err := r.Grant(ctx, op, who, person.Mentor, "lib-2", noon.AddDate(1, 0, 0)); err != nil {
		t.Fatal(err)
	}
	r.actors["mentor"].Grants = must(r.Grants(ctx, who))(t)
	a := r.get("mentor", "/mentor").want(200).says("Де ви працюєте сьогодні")
	if a.doc.Find(`a[href="/mentor/register"]`).Length() != 0 {
		t.Fatal("nobody can be registered nowhere")
	}
	r.post("mentor", "/mentor/venue", "venue", "lib-3").want(404)
	w := r.post("mentor", "/mentor/venue", "venue", "lib-2").want(303)
	cookie := w.Result().Cookies()[0]
	if !cookie.HttpOnly || cookie.Path != "/mentor" {
		t.Fatalf("%+v", cookie)
	}
	r.venue = cookie.Value
	r.get("mentor", "/mentor").want(200).says("Друга")
	to := r.post("mentor", "/mentor/register", "name", "Олена", "adult", "1", "venue", "lib-2").want(303).Header().Get("Location")
	if p := must(r.ByID(ctx, op, idOf(t, to)))(t); !slices.Equal(p.Places, []string{"lib-2"}) {
		t.Fatalf("%v", p.Places)
	}
	r.post("mentor", "/mentor/learners/"+string(idOf(t, to))+"/join", "venue", "lib-1").want(303)
	r.post("mentor", "/mentor/register", "name", "Чужа", "adult", "1", "venue", "lib-3").want(422)
	r.venue = "lib-3" // a cookie opens nothing
	r.get("mentor", "/mentor").want(200).says("Де ви працюєте сьогодні")
}

func TestPicturesOfCardsAreAllThere(t *testing.T) {
	t.Parallel()
	words := must(i18n.Load(locales.FS))(t)
	for _, id := range person.PictureIDs() {
		if _, err := page.CardPicture(id); err != nil {
			t.Error(err)
		}
		for _, lang := range i18n.Languages {
			if key := "account.picture." + id; words.Lang(lang).T(key, nil) == key {
				t.Errorf("no word for %s in %s", id, lang)
			}
		}
	}
}
