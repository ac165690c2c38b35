package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"regexp"
	"strings"

	"osvitlo/internal/fault"
)

// MinKey is the shortest key, in bytes.
const MinKey = 32

// maxKeys bounds a ring: an exchange needs two.
const maxKeys = 8

// Key is a secret of the configuration with its id.
type Key struct {
	ID     string // letters and digits, up to 16
	Secret []byte
}

var idForm = regexp.MustCompile(`^[A-Za-z0-9]{1,16}$`)

// ParseKeys reads keys as they stand in the configuration: "id:base64,id:base64",
// the one that seals first. Errors: Invalid; they never show a key.
func ParseKeys(text string) (keys []Key, err error) {
	defer fault.Wrap(&err, "vault.ParseKeys")
	for part := range strings.SplitSeq(text, ",") {
		id, secret, ok := strings.Cut(strings.TrimSpace(part), ":")
		if !ok || !idForm.MatchString(id) {
			return nil, fault.Newf(fault.Invalid, "", "a key is written id:base64, the id in up to 16 letters and digits")
		}
		raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(secret, "="))
		if err != nil || len(raw) < MinKey {
			return nil, fault.Newf(fault.Invalid, "", "the key %s is not base64 of at least %d bytes", id, MinKey)
		}
		keys = append(keys, Key{ID: id, Secret: raw})
	}
	return keys, nil
}

// Ring seals, opens and hashes. It is safe for concurrent use.
type Ring struct {
	keys []*key
	byID map[string]*key
}

type key struct {
	id   string
	seal cipher.AEAD
	hash []byte
}

// New makes a ring; the first key seals. Errors: Invalid (no key, a short one, an id
// twice).
func New(keys []Key) (r *Ring, err error) {
	defer fault.Wrap(&err, "vault.New")
	if len(keys) == 0 || len(keys) > maxKeys {
		return nil, fault.Newf(fault.Invalid, "", "a ring has 1 to %d keys, not %d", maxKeys, len(keys))
	}
	r = &Ring{byID: map[string]*key{}}
	for _, k := range keys {
		if !idForm.MatchString(k.ID) || len(k.Secret) < MinKey {
			return nil, fault.Newf(fault.Invalid, "", "the key %q has a wrong id or fewer than %d bytes", k.ID, MinKey)
		}
		if r.byID[k.ID] != nil {
			return nil, fault.Newf(fault.Invalid, "", "the key %q stands twice", k.ID)
		}
		sealKey, err := hkdf.Key(sha256.New, k.Secret, nil, "osvitlo vault seal", 32)
		if err != nil {
			return nil, err
		}
		hashKey, err := hkdf.Key(sha256.New, k.Secret, nil, "osvitlo vault hash", 32)
		if err != nil {
			return nil, err
		}
		block, err := aes.NewCipher(sealKey)
		if err != nil {
			return nil, err
		}
		seal, err := cipher.NewGCMWithRandomNonce(block)
		if err != nil {
			return nil, err
		}
		made := &key{id: k.ID, seal: seal, hash: hashKey}
		r.keys = append(r.keys, made)
		r.byID[k.ID] = made
	}
	return r, nil
}

// Current is the id of the key that seals.
func (r *Ring) Current() string { return r.keys[0].id }

// IDs lists the keys that open, the one that seals first.
func (r *Ring) IDs() []string {
	ids := make([]string, 0, len(r.keys))
	for _, k := range r.keys {
		ids = append(ids, k.id)
	}
	return ids
}

// Seal encrypts a text for one context, such as "people:p123:secret". The result
// begins with the id of the key.
func (r *Ring) Seal(plain []byte, context string) string {
	k := r.keys[0]
	return k.id + "." + base64.RawURLEncoding.EncodeToString(k.seal.Seal(nil, nil, plain, []byte(context)))
}

// KeyOf tells which key sealed a text; empty when it is no sealed text.
func KeyOf(sealed string) string {
	id, _, ok := strings.Cut(sealed, ".")
	if !ok || !idForm.MatchString(id) {
		return ""
	}
	return id
}

// Open decrypts a sealed text. Errors: Unavailable when its key is not in the ring
// (the operator took it out too early), Internal when the text was changed or stands
// in another context.
func (r *Ring) Open(sealed, context string) (plain []byte, err error) {
	defer fault.Wrap(&err, "vault.Open")
	id, text, _ := strings.Cut(sealed, ".")
	k := r.byID[id]
	if k == nil {
		return nil, fault.Newf(fault.Unavailable, "", "the key %.16q is not in the configuration", id)
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, fault.Newf(fault.Internal, "", "a sealed text cannot be read")
	}
	if plain, err = k.seal.Open(nil, nil, raw, []byte(context)); err != nil {
		return nil, fault.Newf(fault.Internal, "", "a sealed text was changed or moved")
	}
	return plain, nil
}

// Hash is the keyed hash of a value under the current key: 22 letters, 128 bits.
// purpose keeps hashes of different fields apart.
func (r *Ring) Hash(purpose, value string) string { return r.keys[0].sum(purpose, value, 16) }

// Hashes are the keyed hashes under every key, the current one first.
func (r *Ring) Hashes(purpose, value string) []string {
	out := make([]string, 0, len(r.keys))
	for _, k := range r.keys {
		out = append(out, k.sum(purpose, value, 16))
	}
	return out
}

// Term is a short keyed hash for search indexes: 11 letters, 64 bits. Two values may
// share one, so what a search finds is checked against the value itself.
func (r *Ring) Term(purpose, value string) string { return r.keys[0].sum(purpose, value, 8) }

// Terms are the short hashes under every key, the current one first.
func (r *Ring) Terms(purpose, value string) []string {
	out := make([]string, 0, len(r.keys))
	for _, k := range r.keys {
		out = append(out, k.sum(purpose, value, 8))
	}
	return out
}

func (k *key) sum(purpose, value string, bytes int) string {
	h := hmac.New(sha256.New, k.hash)
	h.Write([]byte(purpose))
	h.Write([]byte{0})
	h.Write([]byte(value))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:bytes])
}
