package app

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"osvitlo/internal/person"
)

// asker is a browser without a script.
type asker struct {
	t       *testing.T
	a       *App
	cookies map[string]*http.Cookie
}

func (b *asker) do(method, path string, values url.Values) *httptest.ResponseRecorder {
	b.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(values.Encode()))
	if method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, c := range b.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	b.a.site.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		b.cookies[c.Name] = c
	}
	return w
}

func (b *asker) want(status int, method, path string, values url.Values, words ...string) string {
	b.t.Helper()
	w := b.do(method, path, values)
	body := w.Body.String()
	if w.Code != status {
		b.t.Fatalf("%s %s: %d, want %d\n%s", method, path, w.Code, status, body)
	}
	for _, x := range words {
		if !strings.Contains(strings.ReplaceAll(body, "\u00a0", " "), x) {
			b.t.Errorf("%s %s does not say %q", method, path, x)
		}
	}
	if status == http.StatusSeeOther {
		return w.Header().Get("Location")
	}
	return body
}

func browser(t *testing.T, a *App, role person.Role) *asker {
	b := &asker{t, a, map[string]*http.Cookie{}}
	if c := signedIn(t, a, role); c != nil {
		b.cookies[c.Name] = c
	}
	return b
}

var onceField = regexp.MustCompile(`name="once" value="([^"]+)"`)

// Somebody asks without a script, an operator answers, the asker reads it, everybody
// reads the public answer, and a stranger reads nothing.
func TestAQuestionToTheHotline(t *testing.T) {
	t.Parallel()
	a := small(t)
	hanna, stranger, operator := browser(t, a, person.Visitor), browser(t, a, person.Visitor), browser(t, a, person.HelpOperator)

	hanna.want(200, "GET", "/help", nil, `id="fraud"`, "102", "/help/ask")
	hanna.want(200, "GET", "/help?q="+url.QueryEscape("пароль забыла"), nil, "/help/forgot-password")
	page := hanna.want(200, "GET", "/help/ask", nil, "Мене щойно обдурили")
	once := onceField.FindStringSubmatch(page)[1]
	form := url.Values{"once": {once}, "text": {"Не бачу коду. Мій паспорт ВМ 123456"}, "reply": {"page"}}
	hanna.want(422, "POST", "/help/ask", form, "Мій паспорт ВМ 123456") // no topic; the text stays
	form.Set("topic", "weather")
	hanna.want(422, "POST", "/help/ask", form)
	form.Set("topic", "account")
	hanna.want(200, "POST", "/help/ask", form, "номер документа", "[документ]", "Надіслати без цих даних")
	form.Set("step", "masked")
	at := hanna.want(303, "POST", "/help/ask", form)
	if again := hanna.want(303, "POST", "/help/ask", form); again != at {
		t.Errorf("sent twice: %s and %s", at, again)
	}
	path, _, _ := strings.Cut(at, "?")
	number := path[len("/help/q/"):]
	mine := hanna.want(200, "GET", at, nil, "Питання надіслано", "[документ]")
	if strings.Contains(mine, "123456") {
		t.Error("the passport was kept")
	}
	code, _, _ := strings.Cut(hanna.cookies["hq"+number].Value, ".")

	// strangers: the address alone, a wrong code, another question's code
	body := stranger.want(404, "GET", path, nil)
	if strings.Contains(body, "Не бачу коду") {
		t.Error("a stranger reads the question")
	}
	stranger.want(404, "POST", "/help/status", url.Values{"number": {number}, "code": {"100001"}}, "Перевірте цифри")
	stranger.want(404, "POST", "/help/status", url.Values{"number": {"100001"}, "code": {code}}, "Перевірте цифри")
	stranger.want(404, "POST", path+"/erase", url.Values{})
	stranger.want(404, "POST", path+"/helped", url.Values{"helped": {"yes"}})
	phone := browser(t, a, person.Visitor) // her other device
	if to := phone.want(303, "POST", "/help/status", url.Values{"number": {number}, "code": {code}}); to != path {
		t.Errorf("the code leads to %s", to)
	}
	phone.want(200, "GET", path, nil, "Не бачу коду")

	// ten kilobytes
	long := url.Values{"once": {once}, "text": {strings.Repeat("довго ", 1000)}, "topic": {"account"}, "reply": {"page"}}
	stranger.want(422, "POST", "/help/ask", long)

	work := "/office/help/q/" + number
	operator.want(200, "GET", "/office/help", nil, work)
	operator.want(200, "GET", work, nil, "Взяти питання")
	operator.want(409, "POST", work+"/answer", url.Values{"answer": {"Рано"}}, "Спершу візьміть")
	operator.want(303, "POST", work+"/take", url.Values{})
	operator.want(200, "GET", work, nil, "Ніколи не питайте", "код із SMS", "Можна питати")
	operator.want(422, "POST", work+"/answer", url.Values{"answer": {" "}})
	operator.want(303, "POST", work+"/answer", url.Values{"answer": {"Подивіться в теці «Спам». Телефон 050 123 45 67."}})
	hanna.want(200, "GET", path, nil, "Подивіться в теці", "Відповідь допомогла?")
	hanna.want(303, "POST", path+"/helped", url.Values{"helped": {"yes"}})

	// two clicks to a public answer
	proposal := operator.want(200, "GET", work+"/public", nil, "<del>050 123 45 67</del>", "Подивіться в теці «Спам». Телефон [телефон].")
	values := url.Values{"title_uk": {"Не приходить код"}, "text_uk": {"Подивіться в теці «Спам»."}, "title_en": {""}, "text_en": {""}, "topic": {"account"}, "area": {"ua5"}, "slug": {"q-" + number}}
	for _, m := range regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`).FindAllStringSubmatch(proposal, -1) {
		values.Set(m[1], m[2])
	}
	operator.want(303, "POST", work+"/public", values)
	stranger.want(200, "GET", "/help/q-"+number, nil, "Не приходить код", "теці «Спам»")
	stranger.want(200, "GET", "/help/q-"+number+"?lang=en", nil, "in Ukrainian only", `lang="uk"`)

	hanna.want(303, "POST", path+"/erase", url.Values{})
	phone.want(404, "GET", path, nil)
}

// A mentor writes a question down at the own desk, and tells number and code.
func TestAQuestionAtADesk(t *testing.T) {
	t.Parallel()
	a := small(t)
	mentor := browser(t, a, person.Mentor)
	page := mentor.want(200, "GET", "/office/help/new", nil, "Ніколи не питайте")
	form := url.Values{"once": {onceField.FindStringSubmatch(page)[1]}, "text": {"Як увійти"}, "topic": {"account"}, "reply": {"desk"}, "way": {"desk"}, "place": {"demo-library-2"}}
	mentor.want(404, "POST", "/office/help/new", form)
	form.Set("place", "demo-library-1")
	at := mentor.want(303, "POST", "/office/help/new", form)
	mentor.want(200, "GET", at, nil, "Код людини")
	mentor.want(403, "GET", "/office/help/q/"+at[len("/office/help/given/"):], nil)
}

var rawKey = regexp.MustCompile(`>\s*help\.[a-z_]+`)

// Every page stands in both languages, with words for all its keys; links of the answers
// lead somewhere.
func TestPagesOfTheHotline(t *testing.T) {
	t.Parallel()
	a := small(t)
	operator := browser(t, a, person.HelpOperator)
	for _, path := range []string{"/help", "/help/fraud", "/help/ask", "/help/status", "/help/asked", "/office/help", "/office/help?shelf=done", "/office/help/new", "/office/help/script",
		"/office/help/articles", "/office/help/articles?stage=stale&q=пароль", "/office/help/articles/new", "/office/help/articles/told-a-code", "/office/help/stats", "/office/help/settings"} {
		for _, lang := range []string{"uk", "en"} {
			join := "?"
			if strings.Contains(path, "?") {
				join = "&"
			}
			body := operator.want(200, "GET", path+join+"lang="+lang, nil)
			if m := rawKey.FindString(body); m != "" {
				t.Errorf("%s %s: a key without words: %s", path, lang, m)
			}
		}
	}
	visitor, seen := browser(t, a, person.Visitor), map[string]bool{}
	for _, one := range a.Help.Articles() {
		visitor.want(200, "GET", "/help/"+one.ID, nil, "Чернетка")
		for _, l := range one.Links {
			if path, _, _ := strings.Cut(l.Href, "#"); strings.HasPrefix(path, "/") && !seen[path] {
				seen[path] = true
				visitor.want(200, "GET", path, nil)
			}
		}
	}
	bad, _ := url.ParseQuery("rev=1&day.0=18-9&level.fraud=0")
	operator.want(422, "POST", "/office/help/settings?lang=uk", bad, "Напишіть години так", "Ціле число від 1 до 200", `value="18-9"`)
	good, _ := url.ParseQuery("rev=1&day.0=9-18&level.fraud=2&level.account=8")
	operator.want(303, "POST", "/office/help/settings", good)
	operator.want(409, "POST", "/office/help/settings", good) // somebody was quicker
}
