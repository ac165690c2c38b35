package person

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	"osvitlo/internal/fault"
	"osvitlo/internal/person/spelling"
)

// Identity is what an identity service says of somebody.
type Identity struct {
	Issuer        string
	Subject       string // pseudonym at the issuer
	Email         string
	EmailVerified bool
	Strong        bool // the service checked two factors, by its configuration here
}

// Provider is an identity service. OIDC is one.
type Provider interface {
	// ID is the name in addresses and configuration, kebab-case.
	ID() string
	// Address is where the browser goes. challenge is the S256 of the verifier (PKCE).
	// Errors: Unavailable.
	Address(ctx context.Context, state, nonce, challenge string) (string, error)
	// Exchange turns the code into an identity and checks signature, audience, time and
	// nonce. Errors: Unauthenticated, Unavailable.
	Exchange(ctx context.Context, code, verifier, nonce string) (*Identity, error)
}

// Identities is the door of identity services.
type Identities struct {
	s         *Service
	providers []Provider
}

// NewIdentities makes the door. Errors: Conflict when two services share an id.
func NewIdentities(s *Service, providers ...Provider) (*Identities, error) {
	for i, p := range providers {
		if slices.ContainsFunc(providers[:i], func(o Provider) bool { return o.ID() == p.ID() }) {
			return nil, fault.Newf(fault.Conflict, "", "two identity services are called %s", p.ID())
		}
	}
	return &Identities{s: s, providers: providers}, nil
}

// IDs lists the services for the sign-in page.
func (d *Identities) IDs() (ids []string) {
	for _, p := range d.providers {
		ids = append(ids, p.ID())
	}
	return ids
}

func (d *Identities) provider(id string) (Provider, error) {
	for _, p := range d.providers {
		if p.ID() == id {
			return p, nil
		}
	}
	return nil, fault.New(fault.NotFound, "person.no_such_service")
}

// identityFlow is what is kept while the browser is away.
type identityFlow struct {
	Provider string `json:"provider"`
	State    string `json:"state"`
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"`
	Back     string `json:"back"`
	Link     ID     `json:"link,omitempty"` // a signed-in person adds this way in
}

// Begin sends the browser to a service. token belongs into a cookie of this browser:
// Finish refuses an answer that another browser began. back is a path of this site
// to return to; anything else becomes "/". Errors: NotFound, Unavailable.
func (d *Identities) Begin(ctx context.Context, a Actor, provider, back string) (address, token string, err error) {
	defer fault.Wrap(&err, "person.Identities.Begin")
	p, err := d.provider(provider)
	if err != nil {
		return "", "", err
	}
	flow := identityFlow{Provider: provider, State: random(20), Nonce: random(20), Verifier: random(40), Back: SafePath(back)}
	if a.Person != "" {
		r, err := d.s.ownSecrets(ctx, &a)
		if err != nil {
			return "", "", err
		}
		flow.Link = ID(r.ID)
	}
	sum := sha256.Sum256([]byte(flow.Verifier))
	if address, err = p.Address(ctx, flow.State, flow.Nonce, base64.RawURLEncoding.EncodeToString(sum[:])); err != nil {
		return "", "", err
	}
	token, err = d.s.cut(ctx, ticket{Kind: ticketIdentity}, CeremonyLife, marshal(flow))
	return address, token, err
}

// IdentityDone is what a service's answer brings.
type IdentityDone struct {
	SignedIn *SignedIn // nil when the identity belongs to no account yet
	Proof    string    // then, if the service vouches for an address: a ticket for Register
	Back     string
	Linked   bool // it was added to the account of whoever began
}

// Finish takes the service's answer. state and code come in the address, failure is
// its error parameter. Errors: Unauthenticated (refused or forged), NotFound or Gone
// (begin again), Conflict "person.identity_taken", Unavailable.
func (d *Identities) Finish(ctx context.Context, token, state, code, failure, where string) (done *IdentityDone, err error) {
	defer fault.Wrap(&err, "person.Identities.Finish")
	t, err := d.s.redeem(ctx, ticketIdentity, token)
	if err != nil {
		return nil, err
	}
	raw, err := d.s.ticketData(t)
	if err != nil {
		return nil, err
	}
	var flow identityFlow
	if err := json.Unmarshal(raw, &flow); err != nil {
		return nil, fault.From(err, fault.Internal, "")
	}
	if failure != "" || code == "" || len(code) > 4096 || subtle.ConstantTimeCompare([]byte(state), []byte(flow.State)) != 1 {
		return nil, fault.New(fault.Unauthenticated, "person.service_refused")
	}
	p, err := d.provider(flow.Provider)
	if err != nil {
		return nil, err
	}
	who, err := p.Exchange(ctx, code, flow.Verifier, flow.Nonce)
	if err != nil {
		return nil, err
	}
	done = &IdentityDone{Back: flow.Back}
	claims := identityClaims(who.Issuer, who.Subject)
	if flow.Link != "" {
		if err := d.s.claim(ctx, claims, flow.Link); err != nil {
			if fault.Is(err, fault.Conflict) {
				return nil, fault.New(fault.Conflict, "person.identity_taken")
			}
			return nil, err
		}
		done.Linked = true
		d.s.tell(ctx, flow.Link, newIdentity, t.ID)
		return done, nil
	}
	r, err := d.s.holder(ctx, claims)
	switch {
	case err == nil:
		done.SignedIn, err = d.s.arrive(ctx, ID(r.ID), ViaIdentity, who.Strong, where)
		return done, err
	case !fault.Is(err, fault.NotFound):
		return nil, err
	}
	if email, eerr := spelling.Email(who.Email); eerr == nil && who.EmailVerified {
		done.Proof, err = d.s.cut(ctx, ticket{Kind: ticketEmail}, EmailTicketLife, []byte(email))
		return done, err
	}
	return done, nil
}

// SafePath returns a path of this site, or "/" for anything that leads elsewhere.
func SafePath(path string) string {
	if len(path) > 500 || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.HasPrefix(path, "/\\") {
		return "/"
	}
	for i := range len(path) {
		if c := path[i]; c < 0x21 || c == 0x7f || c == '\\' {
			return "/"
		}
	}
	return path
}
