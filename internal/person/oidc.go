package person

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"osvitlo/internal/fault"
)

// OIDCConfig is an OpenID Connect service, by configuration.
type OIDCConfig struct {
	ID           string // kebab-case
	Issuer       string // https address; http for tests on this machine
	ClientID     string
	ClientSecret string
	RedirectURL  string   // our address that takes the answer
	Scopes       []string // besides openid
	// StrongACR are values of the acr claim that mean two factors; a service without any
	// is one factor.
	StrongACR []string
	Client    *http.Client // nil: one with a timeout of 10 s
	Now       func() time.Time
}

// OIDC is an OpenID Connect service. It asks the issuer for its addresses when it is
// needed first, so that a service that is down does not keep the program from
// starting; keys are read anew when a token names one that is not known.
type OIDC struct {
	cfg OIDCConfig

	mu       sync.Mutex
	provider *oidc.Provider
}

var _ Provider = (*OIDC)(nil)

// NewOIDC checks the configuration. Errors: Invalid.
func NewOIDC(cfg OIDCConfig) (*OIDC, error) {
	if !placeForm.MatchString(cfg.ID) || cfg.Issuer == "" || cfg.ClientID == "" || cfg.RedirectURL == "" {
		return nil, fault.Newf(fault.Invalid, "", "the identity service %q lacks an issuer, a client id or a return address", cfg.ID)
	}
	if cfg.Client == nil {
		cfg.Client = &http.Client{Timeout: 10 * time.Second}
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &OIDC{cfg: cfg}, nil
}

// ID implements Provider.
func (o *OIDC) ID() string { return o.cfg.ID }

// discover reads the issuer's addresses once. A failure is not kept.
func (o *OIDC) discover(ctx context.Context) (*oidc.Provider, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.provider != nil {
		return o.provider, nil
	}
	// The provider keeps its context for reading keys later, so it must outlive the request.
	p, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), o.cfg.Client), o.cfg.Issuer)
	if err != nil {
		return nil, fault.Newf(fault.Unavailable, "person.service_away", "identity service %s: %w", o.cfg.ID, err)
	}
	o.provider = p
	return p, nil
}

func (o *OIDC) oauth(p *oidc.Provider) *oauth2.Config {
	scopes := append([]string{oidc.ScopeOpenID}, o.cfg.Scopes...)
	return &oauth2.Config{ClientID: o.cfg.ClientID, ClientSecret: o.cfg.ClientSecret, Endpoint: p.Endpoint(), RedirectURL: o.cfg.RedirectURL, Scopes: scopes}
}

// Address implements Provider.
func (o *OIDC) Address(ctx context.Context, state, nonce, challenge string) (string, error) {
	p, err := o.discover(ctx)
	if err != nil {
		return "", err
	}
	return o.oauth(p).AuthCodeURL(state, oidc.Nonce(nonce),
		oauth2.SetAuthURLParam("code_challenge", challenge), oauth2.SetAuthURLParam("code_challenge_method", "S256")), nil
}

// Exchange implements Provider.
func (o *OIDC) Exchange(ctx context.Context, code, verifier, nonce string) (who *Identity, err error) {
	defer fault.Wrap(&err, "person.OIDC.Exchange")
	p, err := o.discover(ctx)
	if err != nil {
		return nil, err
	}
	refused := func(err error) error {
		return fault.Newf(fault.Unauthenticated, "person.service_refused", "identity service %s: %w", o.cfg.ID, err)
	}
	ctx = oidc.ClientContext(ctx, o.cfg.Client)
	token, err := o.oauth(p).Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if err != nil {
		var answered *oauth2.RetrieveError
		if errors.As(err, &answered) && answered.Response != nil && answered.Response.StatusCode < 500 {
			return nil, refused(errors.New(answered.ErrorCode))
		}
		return nil, fault.Newf(fault.Unavailable, "person.service_away", "identity service %s: %w", o.cfg.ID, err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return nil, refused(errors.New("no id_token"))
	}
	idToken, err := p.Verifier(&oidc.Config{ClientID: o.cfg.ClientID, Now: o.cfg.Now}).Verify(ctx, raw)
	if err != nil {
		return nil, refused(err)
	}
	if subtle.ConstantTimeCompare([]byte(idToken.Nonce), []byte(nonce)) != 1 {
		return nil, refused(errors.New("another nonce"))
	}
	var claims struct {
		Email    string `json:"email"`
		Verified bool   `json:"email_verified"`
		ACR      string `json:"acr"`
	}
	if err := idToken.Claims(&claims); err != nil {
		return nil, refused(err)
	}
	if idToken.Subject == "" || len(idToken.Subject) > 255 {
		return nil, refused(errors.New("no subject"))
	}
	return &Identity{Issuer: idToken.Issuer, Subject: idToken.Subject, Email: claims.Email, EmailVerified: claims.Verified,
		Strong: claims.ACR != "" && slices.Contains(o.cfg.StrongACR, claims.ACR)}, nil
}
