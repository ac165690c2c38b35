package person

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"osvitlo/internal/fault"
)

// issuer is an identity service on this machine.
type issuer struct {
	*httptest.Server
	mu     sync.Mutex
	keys   map[string]*rsa.PrivateKey
	kid    string
	now    func() time.Time
	claims map[string]any        // besides the usual ones; replaces them
	seen   map[string]url.Values // code to the request it came of
	down   bool
}

func newIssuer(t testing.TB, now func() time.Time) *issuer {
	t.Helper()
	s := &issuer{keys: map[string]*rsa.PrivateKey{}, now: now, claims: map[string]any{}, seen: map[string]url.Values{}}
	s.rotate(t, "k1")
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		s.json(w, map[string]any{"issuer": s.URL, "authorization_endpoint": s.URL + "/auth", "token_endpoint": s.URL + "/token", "jwks_uri": s.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"RS256"}})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		k := s.keys[s.kid]
		kid := s.kid
		s.mu.Unlock()
		s.json(w, map[string]any{"keys": []any{map[string]string{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid,
			"n": b64.EncodeToString(k.N.Bytes()), "e": b64.EncodeToString(big.NewInt(int64(k.E)).Bytes())}}})
	})
	mux.HandleFunc("/token", s.token)
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func (s *issuer) json(w http.ResponseWriter, v any) {
	s.mu.Lock()
	down := s.down
	s.mu.Unlock()
	if down {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// issuerKeys are made once: they take a while.
var issuerKeys = sync.OnceValue(func() (keys [3]*rsa.PrivateKey) {
	for i := range keys {
		keys[i], _ = rsa.GenerateKey(rand.Reader, 2048)
	}
	return keys
})

func (s *issuer) rotate(t testing.TB, kid string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys[kid], s.kid = issuerKeys()[len(s.keys)%3], kid
}

// consent is the person at the service: it takes our address and gives a code.
func (s *issuer) consent(t testing.TB, address string) (state, code string) {
	t.Helper()
	u, err := url.Parse(address)
	must(t, err)
	q := u.Query()
	if q.Get("code_challenge_method") != "S256" || q.Get("nonce") == "" || q.Get("state") == "" || q.Get("response_type") != "code" {
		t.Fatalf("asked with %v", q)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	code = fmt.Sprintf("code-%d", len(s.seen))
	s.seen[code] = q
	return q.Get("state"), code
}

func (s *issuer) token(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	s.mu.Lock()
	asked, ok := s.seen[r.Form.Get("code")]
	delete(s.seen, r.Form.Get("code"))
	key, kid := s.keys[s.kid], s.kid
	claims := map[string]any{"iss": s.URL, "aud": "osvitlo", "sub": "subject-1", "nonce": asked.Get("nonce"),
		"iat": s.now().Unix(), "exp": s.now().Add(5 * time.Minute).Unix()}
	for k, v := range s.claims {
		claims[k] = v
	}
	s.mu.Unlock()
	sum := sha256.Sum256([]byte(r.Form.Get("code_verifier")))
	if !ok || b64.EncodeToString(sum[:]) != asked.Get("code_challenge") {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error":"invalid_grant"}`))
		return
	}
	head, _ := json.Marshal(map[string]string{"alg": "RS256", "kid": kid, "typ": "JWT"})
	body, _ := json.Marshal(claims)
	text := b64.EncodeToString(head) + "." + b64.EncodeToString(body)
	digest := sha256.Sum256([]byte(text))
	sign, _ := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:])
	s.json(w, map[string]any{"access_token": "x", "token_type": "Bearer", "expires_in": 300, "id_token": text + "." + b64.EncodeToString(sign)})
}

func identities(t testing.TB, r *rig) (*Identities, *issuer) {
	t.Helper()
	s := newIssuer(t, r.clock.now)
	o, err := NewOIDC(OIDCConfig{ID: "id-gov", Issuer: s.URL, ClientID: "osvitlo", ClientSecret: "x", RedirectURL: site + "/sign-in/id-gov/back",
		StrongACR: []string{"high"}, Now: r.clock.now})
	must(t, err)
	d, err := NewIdentities(r.Service, o)
	must(t, err)
	return d, s
}

func TestAnIdentityServiceSignsIn(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	d, s := identities(t, r)
	p := r.adult(t, Registration{})
	address, token, err := d.Begin(ctx, own(p.ID), "id-gov", "/me/ways") // somebody adds this way in
	must(t, err)
	state, code := s.consent(t, address)
	done, err := d.Finish(ctx, token, state, code, "", "web")
	if err != nil || !done.Linked || done.SignedIn != nil || done.Back != "/me/ways" {
		t.Fatalf("%+v, %v", done, err)
	}
	for round, acr := range []string{"low", "high"} {
		s.rotate(t, fmt.Sprintf("k%d", round+2)) // the service exchanges its keys
		s.claims["acr"] = acr
		address, token, err = d.Begin(ctx, Actor{}, "id-gov", "https://evil.example/")
		must(t, err)
		state, code = s.consent(t, address)
		done, err = d.Finish(ctx, token, state, code, "", "web")
		if err != nil || done.SignedIn == nil || done.SignedIn.Person != p.ID || done.Back != "/" || done.SignedIn.Strong != (acr == "high") {
			t.Fatalf("%s: %+v, %v", acr, done, err)
		}
	}
	q := r.adult(t, Registration{})
	address, token, err = d.Begin(ctx, own(q.ID), "id-gov", "/")
	must(t, err)
	state, code = s.consent(t, address)
	_, err = d.Finish(ctx, token, state, code, "", "web")
	wants(t, err, fault.Conflict, "person.identity_taken")
}

func TestAnUnknownIdentityRegistersWithItsAddress(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	d, s := identities(t, r)
	for verified, want := range map[bool]bool{true: true, false: false} {
		s.claims = map[string]any{"email": "olena@example.org", "email_verified": verified, "sub": fmt.Sprint("new", verified)}
		address, token, err := d.Begin(ctx, Actor{}, "id-gov", "/")
		must(t, err)
		state, code := s.consent(t, address)
		done, err := d.Finish(ctx, token, state, code, "", "web")
		if err != nil || done.SignedIn != nil || (done.Proof != "") != want {
			t.Fatalf("%+v, %v", done, err)
		}
		if want {
			out, err := r.Register(ctx, Actor{}, Registration{Adult: true, Proof: done.Proof})
			if err != nil || out.Person.Email != "olena@example.org" {
				t.Fatalf("%+v, %v", out, err)
			}
		}
	}
}

func TestForgedAnswersOfAServiceAreRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	d, s := identities(t, r)
	for name, c := range map[string]struct {
		claims map[string]any
		change func(token, state, code *string, failure *string)
		kind   fault.Kind
	}{
		"another state":      {nil, func(_, state, _, _ *string) { *state = "x" }, fault.Unauthenticated},
		"another browser":    {nil, func(token, _, _, _ *string) { *token = "x" }, fault.NotFound},
		"no code":            {nil, func(_, _, code, _ *string) { *code = "" }, fault.Unauthenticated},
		"a guessed code":     {nil, func(_, _, code, _ *string) { *code = "guess" }, fault.Unauthenticated},
		"the person said no": {nil, func(_, _, _, failure *string) { *failure = "access_denied" }, fault.Unauthenticated},
		"another nonce":      {map[string]any{"nonce": "x"}, nil, fault.Unauthenticated},
		"another client":     {map[string]any{"aud": "somebody"}, nil, fault.Unauthenticated},
		"another issuer":     {map[string]any{"iss": "https://evil.example"}, nil, fault.Unauthenticated},
		"an expired token":   {map[string]any{"exp": noon.Add(-time.Hour).Unix()}, nil, fault.Unauthenticated},
		"no subject":         {map[string]any{"sub": ""}, nil, fault.Unauthenticated},
	} {
		t.Run(name, func(t *testing.T) {
			s.claims = c.claims
			address, token, err := d.Begin(ctx, Actor{}, "id-gov", "/")
			must(t, err)
			state, code := s.consent(t, address)
			failure := ""
			if c.change != nil {
				c.change(&token, &state, &code, &failure)
			}
			_, err = d.Finish(ctx, token, state, code, failure, "web")
			wants(t, err, c.kind, "")
			_, err = d.Finish(ctx, token, state, code, "", "web")
			if err == nil {
				t.Error("a second answer passed")
			}
		})
	}
}

func TestACodeOfAnotherFlowIsRefusedByItsVerifier(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	d, s := identities(t, r)
	mine, token, err := d.Begin(ctx, Actor{}, "id-gov", "/")
	must(t, err)
	theirs, _, err := d.Begin(ctx, Actor{}, "id-gov", "/")
	must(t, err)
	state, _ := s.consent(t, mine)
	_, stolen := s.consent(t, theirs)
	_, err = d.Finish(ctx, token, state, stolen, "", "web")
	wants(t, err, fault.Unauthenticated, "person.service_refused")
}

func TestAServiceThatIsDownSaysSoAndComesBack(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	d, s := identities(t, r)
	s.down = true
	_, _, err := d.Begin(ctx, Actor{}, "id-gov", "/")
	wants(t, err, fault.Unavailable, "person.service_away")
	s.mu.Lock()
	s.down = false
	s.mu.Unlock()
	address, token, err := d.Begin(ctx, Actor{}, "id-gov", "/")
	must(t, err)
	state, code := s.consent(t, address)
	s.Close()
	_, err = d.Finish(ctx, token, state, code, "", "web")
	wants(t, err, fault.Unavailable, "person.service_away")
	_, _, err = d.Begin(ctx, Actor{}, "nobody", "/")
	wants(t, err, fault.NotFound, "person.no_such_service")
}

func TestPathsToReturnToStayHere(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"/me": "/me", "/s/1?x=2#y": "/s/1?x=2#y", "": "/", "me": "/", "//evil.example": "/", "/\\evil.example": "/", "https://evil.example": "/",
		"/a\\b": "/", "/a b": "/", "/a\r\nSet-Cookie: x": "/", "javascript:alert(1)": "/", "/\t/evil.example": "/",
	} {
		if got := SafePath(in); got != want {
			t.Errorf("%q became %q", in, got)
		}
	}
}
