//go:build e2e

package e2e

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"

	people "osvitlo/internal/person"
	"osvitlo/internal/testkit"
)

// entrance is one line of the demo's door.
type entrance struct {
	Role    string `json:"role"`
	ID      string `json:"id"`
	Address string `json:"sign_in_url"`
	Secret  string `json:"totp_secret"`
	Digits  string `json:"totp_code"`
}

// entranceOf asks the demo's door, as a program reads it, for a fresh way in.
func entranceOf(t *testing.T, p *testkit.Program, role string) entrance {
	t.Helper()
	r, err := http.Get(p.Admin + "/demo/sign-in?format=json")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	var door struct {
		Demo   bool       `json:"demo"`
		People []entrance `json:"people"`
	}
	if err := json.NewDecoder(r.Body).Decode(&door); err != nil {
		t.Fatal(err)
	}
	for _, e := range door.People {
		if e.Role == role && door.Demo {
			e.Address = e.Address[strings.Index(e.Address, "/sign-in/"):]
			return e
		}
	}
	t.Fatalf("nobody is %q at the demo's door", role)
	return entrance{}
}

// staffAt signs staff in without a browser, with the second factor. A step of time is
// taken once: another test may have taken this one.
func staffAt(t *testing.T, p *testkit.Program, role string) *testkit.Visitor {
	t.Helper()
	e := entranceOf(t, p, role)
	v := visitor(t, p)
	v.Get(e.Address).Want(t, 200)
	for range 4 {
		for _, at := range []time.Duration{0, 30 * time.Second} {
			digits, err := people.TOTPDigits(e.Secret, time.Now().Add(at))
			if err != nil {
				t.Fatal(err)
			}
			if a := v.Post("/sign-in/factor", url.Values{"digits": {digits}}); a.Status == 200 {
				return v
			}
		}
		time.Sleep(10 * time.Second)
	}
	t.Fatalf("%s does not pass the second factor", role)
	return nil
}

// asBrowser turns cookies of a visitor into a browser's, each at its path.
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
	v := staffAt(t, city, "venue-lead")
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
