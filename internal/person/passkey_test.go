package person

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"slices"
	"testing"

	"osvitlo/internal/fault"
)

const site = "https://osvitlo.example"

var b64 = base64.RawURLEncoding

// authenticator is a passkey of a phone, in software: one ES256 key.
type authenticator struct {
	id     []byte
	key    *ecdsa.PrivateKey
	handle []byte
	count  uint32
	origin string
	verify bool // the person was verified
}

func newAuthenticator(t testing.TB) *authenticator {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	id := make([]byte, 32)
	_, _ = rand.Read(id)
	return &authenticator{id: id, key: key, origin: site, verify: true}
}

// cbor pieces, just what an attestation needs.
func cborHead(major byte, n int) []byte {
	switch {
	case n < 24:
		return []byte{major<<5 | byte(n)}
	case n < 256:
		return []byte{major<<5 | 24, byte(n)}
	}
	return []byte{major<<5 | 25, byte(n >> 8), byte(n)}
}

func cborText(s string) []byte  { return append(cborHead(3, len(s)), s...) }
func cborBytes(b []byte) []byte { return append(cborHead(2, len(b)), b...) }

func (a *authenticator) clientData(kind, challenge string) []byte {
	raw, _ := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": a.origin, "crossOrigin": false})
	return raw
}

func (a *authenticator) data(host string, attested bool) []byte {
	sum := sha256.Sum256([]byte(host))
	flags := byte(0x01) // present
	if a.verify {
		flags |= 0x04
	}
	if attested {
		flags |= 0x40
	}
	out := append(sum[:], flags)
	out = binary.BigEndian.AppendUint32(out, a.count)
	if !attested {
		return out
	}
	out = append(out, make([]byte, 16)...) // model: not said
	out = binary.BigEndian.AppendUint16(out, uint16(len(a.id)))
	out = append(out, a.id...)
	point, _ := a.key.PublicKey.Bytes() // 4 | X | Y
	return slices.Concat(out, cborHead(5, 5), []byte{0x01, 0x02}, []byte{0x03, 0x26}, []byte{0x20, 0x01},
		[]byte{0x21}, cborBytes(point[1:33]), []byte{0x22}, cborBytes(point[33:]))
}

// create answers a registration.
func (a *authenticator) create(t testing.TB, options []byte) []byte {
	t.Helper()
	var o struct {
		PublicKey struct {
			Challenge string `json:"challenge"`
			RP        struct {
				ID string `json:"id"`
			} `json:"rp"`
			User struct {
				ID string `json:"id"`
			} `json:"user"`
		} `json:"publicKey"`
	}
	must(t, json.Unmarshal(options, &o))
	handle, err := b64.DecodeString(o.PublicKey.User.ID)
	must(t, err)
	a.handle = handle
	attestation := slices.Concat(cborHead(5, 3), cborText("fmt"), cborText("none"), cborText("attStmt"), cborHead(5, 0),
		cborText("authData"), cborBytes(a.data(o.PublicKey.RP.ID, true)))
	raw, err := json.Marshal(map[string]any{"id": b64.EncodeToString(a.id), "rawId": b64.EncodeToString(a.id), "type": "public-key",
		"response": map[string]any{"clientDataJSON": b64.EncodeToString(a.clientData("webauthn.create", o.PublicKey.Challenge)),
			"attestationObject": b64.EncodeToString(attestation)}})
	must(t, err)
	return raw
}

// sign answers a sign-in.
func (a *authenticator) sign(t testing.TB, options []byte) []byte {
	t.Helper()
	var o struct {
		PublicKey struct {
			Challenge string `json:"challenge"`
			RPID      string `json:"rpId"`
		} `json:"publicKey"`
	}
	must(t, json.Unmarshal(options, &o))
	a.count++
	data, client := a.data(o.PublicKey.RPID, false), a.clientData("webauthn.get", o.PublicKey.Challenge)
	clientSum := sha256.Sum256(client)
	sum := sha256.Sum256(append(slices.Clone(data), clientSum[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, a.key, sum[:])
	must(t, err)
	raw, err := json.Marshal(map[string]any{"id": b64.EncodeToString(a.id), "rawId": b64.EncodeToString(a.id), "type": "public-key",
		"response": map[string]any{"clientDataJSON": b64.EncodeToString(client), "authenticatorData": b64.EncodeToString(data),
			"signature": b64.EncodeToString(signature), "userHandle": b64.EncodeToString(a.handle)}})
	must(t, err)
	return raw
}

func passkeys(t testing.TB, r *rig) *Passkeys {
	t.Helper()
	p, err := NewPasskeys(r.Service, site, "Освітло")
	must(t, err)
	return p
}

// enrol makes a passkey for somebody.
func enrol(t testing.TB, p *Passkeys, a Actor, label string) *authenticator {
	t.Helper()
	options, token, err := p.Begin(ctx, a, label)
	must(t, err)
	phone := newAuthenticator(t)
	must(t, p.Finish(ctx, a, token, phone.create(t, options)))
	return phone
}

func TestAPasskeySignsInStrong(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := passkeys(t, r)
	person := r.adult(t, Registration{})
	phone := enrol(t, p, own(person.ID), "телефон")
	options, token, err := p.BeginSignIn(ctx)
	must(t, err)
	answer := phone.sign(t, options)
	in, err := p.FinishSignIn(ctx, token, answer, "web")
	if err != nil || in.Person != person.ID || !in.Strong || in.Via != ViaPasskey {
		t.Fatalf("%+v, %v", in, err)
	}
	_, err = p.FinishSignIn(ctx, token, answer, "web")
	wants(t, err, fault.Gone, "person.ticket_used") // replayed
	phone.verify = false
	options, token, err = p.BeginSignIn(ctx)
	must(t, err)
	if in, err = p.FinishSignIn(ctx, token, phone.sign(t, options), "web"); err != nil || in.Strong {
		t.Fatalf("without a finger or PIN it is one factor: %+v, %v", in, err)
	}
	ways, err := r.Ways(ctx, own(person.ID))
	if err != nil || len(ways) != 1 || ways[0].Label != "телефон" || ways[0].Used.IsZero() {
		t.Fatalf("%+v, %v", ways, err)
	}
}

func TestForgedPasskeysDoNotOpen(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := passkeys(t, r)
	person, other := r.adult(t, Registration{}), r.adult(t, Registration{})
	phone := enrol(t, p, own(person.ID), "")
	for name, forge := range map[string]func(a *authenticator){
		"another key":    func(a *authenticator) { a.key = newAuthenticator(t).key },
		"another site":   func(a *authenticator) { a.origin = "https://osvitlo.example.evil.org" },
		"another person": func(a *authenticator) { a.handle = []byte(other.ID) },
		"another id":     func(a *authenticator) { a.id = newAuthenticator(t).id },
	} {
		forged := *phone
		forge(&forged)
		options, token, err := p.BeginSignIn(ctx)
		must(t, err)
		_, err = p.FinishSignIn(ctx, token, forged.sign(t, options), "web")
		if !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("%s: %v", name, err)
		}
	}
	options, _, err := p.BeginSignIn(ctx)
	must(t, err)
	_, token, err := p.BeginSignIn(ctx)
	must(t, err)
	_, err = p.FinishSignIn(ctx, token, phone.sign(t, options), "web") // a challenge of another flow
	wants(t, err, fault.Unauthenticated, "person.passkey_failed")
	for _, junk := range [][]byte{nil, []byte("{}"), []byte("[]"), bytes.Repeat([]byte("{"), 1000)} {
		_, token, err := p.BeginSignIn(ctx)
		must(t, err)
		_, err = p.FinishSignIn(ctx, token, junk, "web")
		wants(t, err, fault.Unauthenticated, "person.passkey_failed")
	}
	_, token, err = p.BeginSignIn(ctx)
	must(t, err)
	_, err = p.FinishSignIn(ctx, token, make([]byte, maxCeremony+1), "web")
	wants(t, err, fault.TooLarge, "")
	options, token, err = p.BeginSignIn(ctx)
	must(t, err)
	r.clock.pass(CeremonyLife)
	_, err = p.FinishSignIn(ctx, token, phone.sign(t, options), "web")
	wants(t, err, fault.Gone, "person.ticket_expired")
}

func TestACopiedPasskeyShows(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := passkeys(t, r)
	phone := enrol(t, p, own(r.adult(t, Registration{}).ID), "")
	phone.count = 41
	options, token, err := p.BeginSignIn(ctx)
	must(t, err)
	if _, err := p.FinishSignIn(ctx, token, phone.sign(t, options), "web"); err != nil {
		t.Fatal(err)
	}
	clone := *phone
	clone.count = 7
	options, token, err = p.BeginSignIn(ctx)
	must(t, err)
	_, err = p.FinishSignIn(ctx, token, clone.sign(t, options), "web")
	wants(t, err, fault.Unauthenticated, "person.sign_in_failed")
}

func TestAPasskeyIsASecondFactorOfItsOwner(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := passkeys(t, r)
	mentor, other := r.staff(t, Mentor, "lib-1"), r.staff(t, Mentor, "lib-2")
	phone, foreign := enrol(t, p, mentor, ""), enrol(t, p, other, "")
	options, token, err := p.BeginSignIn(ctx)
	must(t, err)
	must(t, p.CheckFactor(ctx, mentor.Person, token, phone.sign(t, options)))
	options, token, err = p.BeginSignIn(ctx)
	must(t, err)
	wants(t, p.CheckFactor(ctx, mentor.Person, token, foreign.sign(t, options)), fault.Unauthenticated, "person.sign_in_failed")
}

func TestAPasskeyIsMadeByItsOwnerOnly(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := passkeys(t, r)
	a, b := own(r.adult(t, Registration{}).ID), own(r.adult(t, Registration{}).ID)
	options, token, err := p.Begin(ctx, a, "")
	must(t, err)
	wants(t, p.Finish(ctx, b, token, newAuthenticator(t).create(t, options)), fault.NotFound, "person.ticket_unknown")
	options, token, err = p.Begin(ctx, a, "")
	must(t, err)
	phone := newAuthenticator(t)
	answer := phone.create(t, options)
	must(t, p.Finish(ctx, a, token, answer))
	wants(t, p.Finish(ctx, a, token, answer), fault.Gone, "person.ticket_used")
	b2, token2, err := p.Begin(ctx, b, "")
	must(t, err)
	wants(t, p.Finish(ctx, b, token2, phone.create(t, b2)), fault.Conflict, "person.passkey_known")
	_, _, err = p.Begin(ctx, a, string(make([]byte, 300)))
	wants(t, err, fault.Invalid, "person.label_long")
	_, _, err = p.Begin(ctx, a, "") // there is a factor now, and this session did not show it
	wants(t, err, fault.Unauthenticated, "person.second_factor_first")
}

func TestPasskeysNeedTheSitesAddress(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, bad := range []string{"", "osvitlo.example", "http://osvitlo.example", "https://", "ftp://x"} {
		if _, err := NewPasskeys(r.Service, bad, "x"); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, err := NewPasskeys(r.Service, "http://localhost:8080", "x"); err != nil {
		t.Error(err)
	}
}

func TestALostPasskeyLeavesOtherWays(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := passkeys(t, r)
	person, c := cardOf(t, r, Digits)
	enrol(t, p, own(person.ID), "")
	if in, err := r.SignInCard(ctx, CardTry{Payload: c.Payload, Secret: c.Secret}); err != nil || in.Person != person.ID {
		t.Fatalf("%+v, %v", in, err)
	}
}
