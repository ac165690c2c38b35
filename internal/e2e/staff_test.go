//go:build e2e

package e2e

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"

	"osvitlo/internal/testkit"
)

// door is a row of the demo's page of sign-ins: address, place and the code of now.
var door = regexp.MustCompile(`href="[^"]*(/sign-in/link/[^"]+)">([^<]+)</a><td>[^<]*<td>(\d*)<`)

// staffAt signs somebody of the demo city in, with the second factor.
func staffAt(t *testing.T, p *testkit.Program, role string) *testkit.Visitor {
	t.Helper()
	r, err := http.Get(p.Admin + "/demo/sign-in")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range door.FindAllStringSubmatch(string(body), -1) {
		if row[2] != role {
			continue
		}
		v := visitor(t, p)
		v.Get(row[1]).Want(t, 200)
		v.Post(row[1], url.Values{})
		v.Post("/sign-in/factor", url.Values{"digits": {row[3]}}).Want(t, 200)
		return v
	}
	t.Fatalf("nobody is %q in the demo city", role)
	return nil
}

func asBrowser(v *testkit.Visitor) (list []*network.Cookie) {
	for _, c := range v.Cookies() {
		list = append(list, &network.Cookie{Name: c.Name, Value: c.Value, Domain: "127.0.0.1", Path: "/", HTTPOnly: true, SameSite: "Lax"})
	}
	return list
}

// Every page of the menu, and the desk: no barrier that axe knows of, light and dark,
// on a telephone and on a desk, in both languages.
func TestPagesOfStaffAreAccessible(t *testing.T) {
	t.Parallel()
	for role, more := range map[string][]string{
		"адміністратор":       {"/office/people/invite", "/office/tokens/new"},
		"аналітик управління": nil,
		"ментор":              {"/mentor/register", "/mentor/learners"},
	} {
		t.Run(role, func(t *testing.T) {
			t.Parallel()
			v := staffAt(t, city, role)
			paths := append([]string{"/office"}, more...)
			for _, link := range v.Get("/office").Want(t, 200).Doc().Find(".os-staff__open a").EachIter() {
				href, _ := link.Attr("href")
				if href != "/office" && !strings.HasPrefix(href, "/office/answers") && !strings.HasPrefix(href, "/office/waves") { // looked at by their own tests
					paths = append(paths, href)
				}
			}
			for _, screen := range []testkit.Screen{testkit.Phone, testkit.Desktop} {
				tab := chrome.Tab(t, screen)
				tab.Open("/help")
				tab.Take(asBrowser(v))
				for _, path := range paths {
					for _, lang := range []string{"uk", "en"} {
						if got := tab.Open(path + "?lang=" + lang); got != 200 {
							t.Errorf("%s answers %d", path, got)
							continue
						}
						where := path + " " + lang
						if path != "/office/audit" { // codes are what it shows
							plain(t, tab)
						}
						for _, barrier := range tab.Axe() {
							t.Errorf("%s: %v", where, barrier)
						}
						for _, wide := range tab.Wider() {
							t.Errorf("%s: %s", where, wide)
						}
						least := 24
						if strings.HasPrefix(path, "/mentor") && screen.Phone {
							least = 44
						}
						for _, small := range tab.Small(least) {
							t.Errorf("%s: a target under %d px: %s", where, least, small)
						}
						tab.Dark(true)
						for _, barrier := range tab.Contrast() {
							t.Errorf("%s, dark: %v", where, barrier)
						}
						tab.Dark(false)
					}
				}
			}
		})
	}
}

// A mentor registers somebody without e-mail and hands a card over; the person comes
// in with it at another computer.
func TestAPersonWithoutEmailGetsACardAndComesIn(t *testing.T) {
	t.Parallel()
	v := staffAt(t, city, "керівник місця")
	page := v.Get("/mentor/register").Want(t, 200)
	action, form := page.Form("main form")
	form.Set("name", "Параска Тестова")
	form.Set("born", "1950")
	form.Add("agreed", "learning")
	made := v.Post(action, form).Want(t, 200)
	at, _, _ := strings.Cut(made.Path, "?")
	if !strings.HasPrefix(at, "/mentor/learners/") {
		t.Fatalf("leads to %s", made.Path)
	}
	card := v.Post(at+"/card", url.Values{"kind": {"digits"}}).Want(t, 200)
	code, digits := card.Text(".os-a6__code"), card.Text(".os-a6__digits")
	who := visitor(t, city)
	_, form = who.Get("/sign-in/card").Want(t, 200).Form("main form")
	form.Set("card", code)
	secret := who.Post("/sign-in/card", form).Want(t, 200)
	action, form = secret.Form("main form")
	form.Set("secret", digits)
	if home := who.Post(action, form).Want(t, 200); home.Path != "/me" || !strings.Contains(home.Text("main"), "Параска Тестова") {
		t.Fatalf("the card leads to %s: %s", home.Path, home.Text("h1"))
	}
	if code == "" || strings.Contains(v.Get(at).Want(t, 200).Text("main"), digits) {
		t.Fatal("the secret is shown twice")
	}
}
