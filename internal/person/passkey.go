package person

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// Passkeys is the door of passkeys, for one site.
type Passkeys struct {
	s  *Service
	rp *webauthn.WebAuthn
}

// NewPasskeys makes the door for the site at publicURL; name is what the device
// shows. Errors: Invalid (no https address; http is for this machine only).
func NewPasskeys(s *Service, publicURL, name string) (p *Passkeys, err error) {
	defer fault.Wrap(&err, "person.NewPasskeys")
	u, err := url.Parse(publicURL)
	if err != nil || u.Hostname() == "" || u.Scheme != "https" && (u.Scheme != "http" || u.Hostname() != "localhost") {
		return nil, fault.Newf(fault.Invalid, "", "passkeys need the site's https address")
	}
	rp, err := webauthn.New(&webauthn.Config{RPID: u.Hostname(), RPDisplayName: name, RPOrigins: []string{u.Scheme + "://" + u.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{ResidentKey: protocol.ResidentKeyRequirementRequired,
			UserVerification: protocol.VerificationPreferred},
	})
	if err != nil {
		return nil, fault.From(err, fault.Invalid, "")
	}
	return &Passkeys{s: s, rp: rp}, nil
}

// keyHolder is a person as the library sees them. The device is told the pseudonym
// only; what it shows is the label.
type keyHolder struct {
	id          ID
	label       string
	credentials []webauthn.Credential
}

func (h *keyHolder) WebAuthnID() []byte                         { return []byte(h.id) }
func (h *keyHolder) WebAuthnName() string                       { return h.label }
func (h *keyHolder) WebAuthnDisplayName() string                { return h.label }
func (h *keyHolder) WebAuthnCredentials() []webauthn.Credential { return h.credentials }

func passkeyID(credential []byte) string {
	return "passkey:" + hashToken(base64.RawURLEncoding.EncodeToString(credential))
}

// credentials reads the passkeys of a person.
func (p *Passkeys) credentials(ctx context.Context, ids []ID) (list []webauthn.Credential, err error) {
	for _, id := range ids {
		for doc, err := range p.s.secrets.Find(ctx, store.Query{Index: indexPerson, Eq: []any{id}}) {
			if err != nil {
				return nil, err
			}
			if doc.Kind != secretPasskey {
				continue
			}
			c, err := p.s.credential(doc)
			if err != nil {
				return nil, err
			}
			list = append(list, *c)
		}
	}
	return list, nil
}

func (s *Service) credential(doc *secret) (*webauthn.Credential, error) {
	raw, err := s.ring.Open(doc.Sealed, "secrets:"+doc.ID)
	if err != nil {
		return nil, err
	}
	c := new(webauthn.Credential)
	return c, fault.From(json.Unmarshal(raw, c), fault.Internal, "")
}

// maxPasskeys bounds the passkeys of one person, maxCeremony what a browser sends.
const (
	maxPasskeys = 20
	maxCeremony = 64 << 10
	maxLabel    = 60
)

// ceremony is what is kept between the two halves.
type ceremony struct {
	Session webauthn.SessionData `json:"session"`
	Label   string               `json:"label,omitempty"`
}

// Begin starts making a passkey for the actor. options go to the browser as they
// are; token comes back with Finish. label names the device for the person's list.
func (p *Passkeys) Begin(ctx context.Context, a Actor, label string) (options []byte, token string, err error) {
	defer fault.Wrap(&err, "person.Passkeys.Begin")
	label = strings.TrimSpace(label)
	if utf8.RuneCountInString(label) > maxLabel || !utf8.ValidString(label) {
		return nil, "", fault.InvalidFields(fault.Field{Pointer: "label", Key: "person.label_long", Args: map[string]any{"Max": maxLabel}})
	}
	r, err := p.s.ownSecrets(ctx, &a)
	if err != nil {
		return nil, "", err
	}
	holder := &keyHolder{id: ID(r.ID), label: "Освітло"}
	if holder.credentials, err = p.credentials(ctx, p.s.aliases(r)); err != nil {
		return nil, "", err
	}
	if len(holder.credentials) >= maxPasskeys {
		return nil, "", fault.Newf(fault.Invalid, "person.too_many_keys", "a person has at most %d passkeys", maxPasskeys)
	}
	creation, session, err := p.rp.BeginRegistration(holder, webauthn.WithExclusions(webauthn.Credentials(holder.credentials).CredentialDescriptors()))
	if err != nil {
		return nil, "", fault.From(err, fault.Internal, "")
	}
	token, err = p.s.cut(ctx, ticket{Kind: ticketPasskey, Person: ID(r.ID)}, CeremonyLife, marshal(ceremony{*session, label}))
	return marshal(creation), token, err
}

func badCeremony(err error) error {
	return fault.Newf(fault.Unauthenticated, "person.passkey_failed", "passkey: %w", err)
}

// Finish stores the passkey that the browser made. Errors: Unauthenticated (the
// answer does not fit), NotFound or Gone (the token: start again), Conflict (that
// key is known).
func (p *Passkeys) Finish(ctx context.Context, a Actor, token string, answer []byte) (err error) {
	defer fault.Wrap(&err, "person.Passkeys.Finish")
	r, c, err := p.resume(ctx, &a, token)
	if err != nil {
		return err
	}
	if len(answer) > maxCeremony {
		return fault.New(fault.TooLarge, "")
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return badCeremony(err)
	}
	made, err := p.rp.CreateCredential(&keyHolder{id: ID(r.ID), label: "Освітло"}, c.Session, parsed)
	if err != nil {
		return badCeremony(err)
	}
	id := passkeyID(made.ID)
	doc := &secret{Doc: store.Doc{ID: id}, Person: ID(r.ID), Kind: secretPasskey, Label: c.Label, On: true, Made: store.At(p.s.now()),
		Sealed: p.s.ring.Seal(marshal(made), "secrets:"+id)}
	err = p.s.secrets.Insert(ctx, doc)
	if fault.Is(err, fault.Conflict) {
		return fault.New(fault.Conflict, "person.passkey_known")
	}
	if err != nil {
		return err
	}
	p.s.tell(ctx, doc.Person, newPasskey, id)
	return nil
}

// resume uses the token of a registration up.
func (p *Passkeys) resume(ctx context.Context, a *Actor, token string) (*record, *ceremony, error) {
	t, err := p.s.redeem(ctx, ticketPasskey, token)
	if err != nil {
		return nil, nil, err
	}
	r, err := p.s.ownSecrets(ctx, a)
	if err != nil {
		return nil, nil, err
	}
	if string(t.Person) != r.ID {
		return nil, nil, fault.New(fault.NotFound, "person.ticket_unknown")
	}
	c, err := p.open(t)
	return r, c, err
}

func (p *Passkeys) open(t *ticket) (*ceremony, error) {
	raw, err := p.s.ticketData(t)
	if err != nil {
		return nil, err
	}
	c := new(ceremony)
	return c, fault.From(json.Unmarshal(raw, c), fault.Internal, "")
}

// BeginSignIn starts a sign-in with any passkey of this site: nobody types a name.
func (p *Passkeys) BeginSignIn(ctx context.Context) (options []byte, token string, err error) {
	defer fault.Wrap(&err, "person.Passkeys.BeginSignIn")
	assertion, session, err := p.rp.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationPreferred))
	if err != nil {
		return nil, "", fault.From(err, fault.Internal, "")
	}
	token, err = p.s.cut(ctx, ticket{Kind: ticketAssert}, CeremonyLife, marshal(ceremony{Session: *session}))
	return marshal(assertion), token, err
}

// FinishSignIn checks the browser's answer. It is strong when the device verified
// the person (finger, face, PIN). Errors: Unauthenticated, NotFound or Gone (the
// token: start again).
func (p *Passkeys) FinishSignIn(ctx context.Context, token string, answer []byte, where string) (in *SignedIn, err error) {
	defer fault.Wrap(&err, "person.Passkeys.FinishSignIn")
	doc, verified, err := p.check(ctx, token, answer)
	if err != nil {
		return nil, err
	}
	return p.s.arrive(ctx, doc.Person, ViaPasskey, verified, where)
}

// CheckFactor is a passkey as the second factor of a session, or as proof again:
// it must belong to the person of the session.
func (p *Passkeys) CheckFactor(ctx context.Context, id ID, token string, answer []byte) (err error) {
	defer fault.Wrap(&err, "person.Passkeys.CheckFactor")
	doc, _, err := p.check(ctx, token, answer)
	if err != nil {
		return err
	}
	mine, err := p.s.Real(ctx, id)
	if err != nil {
		return err
	}
	theirs, err := p.s.Real(ctx, doc.Person)
	if err != nil || theirs != mine {
		return failedSignIn()
	}
	return nil
}

func (p *Passkeys) check(ctx context.Context, token string, answer []byte) (doc *secret, verified bool, err error) {
	if len(answer) > maxCeremony {
		return nil, false, fault.New(fault.TooLarge, "")
	}
	t, err := p.s.redeem(ctx, ticketAssert, token)
	if err != nil {
		return nil, false, err
	}
	c, err := p.open(t)
	if err != nil {
		return nil, false, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return nil, false, badCeremony(err)
	}
	find := func(raw, handle []byte) (webauthn.User, error) {
		found, err := p.s.secrets.Get(ctx, passkeyID(raw))
		if err != nil {
			return nil, err
		}
		if found.Kind != secretPasskey || !found.On || string(found.Person) != string(handle) {
			return nil, failedSignIn()
		}
		doc = found
		known, err := p.s.credential(found)
		if err != nil {
			return nil, err
		}
		return &keyHolder{id: found.Person, credentials: []webauthn.Credential{*known}}, nil
	}
	used, err := p.rp.ValidateDiscoverableLogin(find, c.Session, parsed)
	if err != nil || doc == nil {
		p.s.friction.failed(p.s.now())
		if fault.Is(err, fault.Unavailable) {
			return nil, false, err
		}
		return nil, false, badCeremony(err)
	}
	if used.Authenticator.CloneWarning {
		p.s.log.WarnContext(ctx, "a passkey's counter went back: refused", "passkey", doc.ID)
		return nil, false, failedSignIn()
	}
	doc.Sealed, doc.Used = p.s.ring.Seal(marshal(used), "secrets:"+doc.ID), store.At(p.s.now())
	if err := p.s.secrets.Replace(ctx, doc); err != nil && !fault.Is(err, fault.Conflict) {
		return nil, false, err
	}
	// What the device said this time; the stored flags say what it could at first.
	return doc, parsed.Response.AuthenticatorData.Flags.HasUserVerified(), nil
}
