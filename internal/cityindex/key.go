package cityindex

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"strings"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// KeySpec declares the collection that holds the key releases are signed with.
var KeySpec = store.Spec{Name: "index_keys"}

// keyDoc is the key, made once at the first start; all replicas share it.
type keyDoc struct {
	store.Doc
	Seed string     `json:"seed"` // base64 of the 32 byte Ed25519 seed: secret
	Made store.Time `json:"made"`
}

const keyID = "release"

// loadKey reads the signing key, or makes it. Two replicas that start at once
// end with the same key: the second insert is a Conflict and reads the first.
func loadKey(ctx context.Context, e store.Engine, now time.Time) (key ed25519.PrivateKey, err error) {
	defer fault.Wrap(&err, "cityindex.key")
	keys, err := store.Open[keyDoc](e, KeySpec)
	if err != nil {
		return nil, err
	}
	doc, err := keys.Get(ctx, keyID)
	if fault.Is(err, fault.NotFound) {
		seed := make([]byte, ed25519.SeedSize)
		if _, err := rand.Read(seed); err != nil {
			return nil, err
		}
		doc = &keyDoc{Doc: store.Doc{ID: keyID}, Seed: base64.StdEncoding.EncodeToString(seed), Made: store.At(now)}
		if err = keys.Insert(ctx, doc); fault.Is(err, fault.Conflict) {
			doc, err = keys.Get(ctx, keyID)
		}
	}
	if err != nil {
		return nil, err
	}
	seed, err := base64.StdEncoding.DecodeString(doc.Seed)
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, fault.Newf(fault.Internal, "", "the stored release key cannot be read")
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

// ReadPublicKey reads the published key from the store of a data folder.
func ReadPublicKey(ctx context.Context, e store.Engine) (_ ed25519.PublicKey, err error) {
	defer fault.Wrap(&err, "cityindex.ReadPublicKey")
	keys, err := store.Open[keyDoc](e, KeySpec)
	if err != nil {
		return nil, err
	}
	doc, err := keys.Get(ctx, keyID)
	if err != nil {
		return nil, err
	}
	seed, err := base64.StdEncoding.DecodeString(doc.Seed)
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, fault.Newf(fault.Internal, "", "the stored release key cannot be read")
	}
	return ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey), nil
}

// PublicPEM writes a public key as people can hand it to openssl.
func PublicPEM(key ed25519.PublicKey) []byte {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil // cannot happen for an Ed25519 key
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

// ParsePublicPEM reads what PublicPEM wrote.
func ParsePublicPEM(src []byte) (ed25519.PublicKey, error) {
	block, _ := pem.Decode(src)
	if block == nil || block.Type != "PUBLIC KEY" {
		return nil, fault.Newf(fault.Invalid, "", "no public key in PEM form")
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, fault.Newf(fault.Invalid, "", "public key: %w", err)
	}
	k, ok := key.(ed25519.PublicKey)
	if !ok {
		return nil, fault.Newf(fault.Invalid, "", "the key is not Ed25519")
	}
	return k, nil
}

// Fingerprint is what people compare by eye: SHA-256 of the key, in hex, cut to 32 digits.
func Fingerprint(key ed25519.PublicKey) string {
	h := sha256.Sum256(key)
	return hex.EncodeToString(h[:16])
}

// signer signs datapackage.json; the signature is base64 and a newline.
func signer(key ed25519.PrivateKey) func([]byte) []byte {
	return func(body []byte) []byte {
		return []byte(base64.StdEncoding.EncodeToString(ed25519.Sign(key, body)) + "\n")
	}
}

// signed tells whether the signature of body was made with the key.
func signed(key ed25519.PublicKey, body, signature []byte) bool {
	sig, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(signature)))
	return err == nil && len(sig) == ed25519.SignatureSize && ed25519.Verify(key, body, sig)
}
