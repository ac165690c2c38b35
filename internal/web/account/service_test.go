package account

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
)

// provider is an identity service on paper.
type provider struct {
	who  *person.Identity
	away bool
}

func (p *provider) ID() string { return "state" }

func (p *provider) Address(_ context.Context, state, _, _ string) (string, error) {
	if p.away {
		return "", fault.New(fault.Unavailable, "person.service_away")
	}
	return "/elsewhere?state=" + url.QueryEscape(state), nil
}

func (p *provider) Exchange(_ context.Context, code, _, _ string) (*person.Identity, error) {
	if code != "good" {
		return nil, fault.New(fault.Unauthenticated, "person.service_refused")
	}
	return p.who, nil
}

func withService(p *provider) change {
	return func(r *rig, o *Options) {
		o.Identities, _ = person.NewIdentities(r.Service, p)
		o.Services = map[string]i18n.Text{"state": {UK: "Державний вхід", EN: "National sign-in"}}
	}
}

// away goes to the service and returns the state that it would bring back.
func (v *visitor) away(path string) string {
	v.t.Helper()
	v.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	defer func() { v.http.CheckRedirect = nil }()
	a := v.get(path).at(v.t, http.StatusSeeOther, "")
	_, state, ok := strings.Cut(a.header.Get("Location"), "state=")
	if !ok {
		v.t.Fatalf("to %s", a.header.Get("Location"))
	}
	return state
}

const backHere = "/sign-in/oidc/state/callback?state="

func TestAServiceRegistersLinksAndSignsIn(t *testing.T) {
	t.Parallel()
	p := &provider{who: &person.Identity{Issuer: "https://id.example", Subject: "7", Email: "maria@osvitlo.example", EmailVerified: true}}
	r := newRig(t, withService(p))
	v := r.visit(t)
	if !strings.Contains(v.get("/sign-in").text(), "Державний вхід") {
		t.Error("the service is not on the page")
	}
	state := v.away("/sign-in/oidc/state?back=/me/data")
	a := v.get(backHere+state+"&code=good").at(t, http.StatusOK, "/register?back=%2Fme%2Fdata")
	v.fill(a, "/register", "adult", "1").at(t, http.StatusOK, "/me/data")
	// Signed in, the person adds the service as a way in; another device comes in by it.
	state = v.away("/sign-in/oidc/state?back=/me/ways")
	v.get(backHere+state+"&code=good").at(t, http.StatusOK, "/me/ways?done=service")
	other := r.visit(t)
	state = other.away("/sign-in/oidc/state?shared=1")
	home := other.get(backHere+state+"&code=good").at(t, http.StatusOK, "/me")
	if home.Find("button[name=clear]").Length() != 1 {
		t.Error("the shared computer was forgotten on the way")
	}
	// Before a dangerous act the service proves who is there.
	r.clock.pass(11 * time.Minute)
	again := v.get("/me/erase").at(t, http.StatusOK, "/sign-in/again?back=%2Fme%2Ferase")
	href, _ := again.Find("a[href^='/sign-in/oidc/']").Attr("href")
	state = v.away(href)
	v.get(backHere+state+"&code=good").at(t, http.StatusOK, "/me/erase")
	third := r.newcomer(t)
	state = third.away("/sign-in/oidc/state")
	r.says(t, third.get(backHere+state+"&code=good").at(t, http.StatusConflict, ""), "person.identity_taken")
}

func TestForgedAndForeignAnswersOfAServiceAreRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t, withService(&provider{who: &person.Identity{Issuer: "https://id.example", Subject: "8"}}))
	v := r.visit(t)
	state := v.away("/sign-in/oidc/state")
	for _, path := range []string{backHere + "forged&code=good", backHere + state + "&code=good"} { // the first used the flow up
		r.says(t, v.get(path).at(t, http.StatusForbidden, ""), "person.service_refused")
	}
	state = v.away("/sign-in/oidc/state")
	r.says(t, r.visit(t).get(backHere+state+"&code=good").at(t, http.StatusForbidden, ""), "person.service_refused") // of another browser
	r.says(t, v.get(backHere+state+"&error=access_denied").at(t, http.StatusForbidden, ""), "person.service_refused")
	state = v.away("/sign-in/oidc/state")
	r.says(t, v.get(backHere+state+"&code=good").at(t, http.StatusOK, ""), "account.service.new.text")
	r.says(t, v.get("/sign-in/oidc/nosuch").at(t, http.StatusNotFound, ""), "person.no_such_service")
}

func TestAServiceThatIsDownHasItsPage(t *testing.T) {
	t.Parallel()
	r := newRig(t, withService(&provider{away: true}))
	a := r.visit(t).get("/sign-in/oidc/state").at(t, http.StatusServiceUnavailable, "")
	r.says(t, a, "person.service_away")
	if a.Find("a[href='/sign-in']").Length() == 0 {
		t.Error("no other way in")
	}
}
