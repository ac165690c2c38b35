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
