package sitting

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/google/uuid"

	"osvitlo/internal/fault"
)

// MinSecret is the shortest server secret, in bytes.
const MinSecret = 32

// keyLength is the length of a result key: 22 letters of base64url, 132 bits.
const keyLength = 22

// Access is what a visitor shows beside the id: the sealed draft of the cookie,
// or the result key. Either is enough; a wrong one is as good as none.
type Access struct {
	Token string
	Key   string
}

// locks holds the keys derived from the server's secret.
type locks struct {
	seal   cipher.AEAD
	result []byte
	code   []byte
	device []byte
}

func newLocks(secret []byte) (*locks, error) {
	if len(secret) < MinSecret {
		return nil, fault.Newf(fault.Invalid, "", "the secret has %d bytes, it needs %d", len(secret), MinSecret)
	}
	derive := func(info string) []byte {
		k, err := hkdf.Key(sha256.New, secret, nil, "osvitlo sitting "+info, 32)
		if err != nil {
			panic("sitting: " + err.Error()) // only for lengths beyond 255 hashes
		}
		return k
	}
	block, err := aes.NewCipher(derive("seal"))
	if err != nil {
		return nil, err
	}
	seal, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	return &locks{seal: seal, result: secret, code: derive("code"), device: derive("device")}, nil
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// resultKey is derived, so that a replay can be answered with it again although
// only its hash is stored.
func (l *locks) resultKey(id string) string {
	return base64.RawURLEncoding.EncodeToString(mac(l.result, "result:"+id))[:keyLength]
}

func hashOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// token is what the cookie carries, sealed: enough to begin a sitting of which
// nothing is stored yet, and afterwards the proof that this browser began it.
type token struct {
	ID         string   `json:"i"`
	Instrument string   `json:"s,omitempty"`
	Version    int      `json:"v,omitempty"`
	Language   string   `json:"l,omitempty"`
	Mode       Mode     `json:"m,omitempty"`
	Purpose    Purpose  `json:"p,omitempty"`
	Consent    []string `json:"c,omitempty"`
	Campaign   string   `json:"a,omitempty"`
	Invitation string   `json:"n,omitempty"`
	Started    int64    `json:"t,omitempty"` // Unix milliseconds
	Bank       string   `json:"b,omitempty"`
	Helper     *Helper  `json:"h,omitempty"` // who enters what another says
}

// maxToken bounds a sealed token; a cookie holds 4096 bytes.
const maxToken = 2048

func (l *locks) close(t token) (string, error) {
	raw, err := json.Marshal(t)
	if err != nil {
		return "", err
	}
	sealed := base64.RawURLEncoding.EncodeToString(l.seal.Seal(nil, nil, raw, nil))
	if len(sealed) > maxToken {
		return "", fault.Newf(fault.Invalid, "", "a draft of %d bytes does not fit a cookie", len(sealed))
	}
	return sealed, nil
}

// open reads a token; false if this server did not seal it.
func (l *locks) open(sealed string) (t token, ok bool) {
	if sealed == "" || len(sealed) > maxToken {
		return token{}, false
	}
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return token{}, false
	}
	raw, err = l.seal.Open(nil, nil, raw, nil)
	if err != nil {
		return token{}, false
	}
	return t, json.Unmarshal(raw, &t) == nil
}

// admits tells whether the access opens this sitting.
func (l *locks) admits(s *Sitting, a Access) bool {
	if a.Key != "" && s.KeyHash != "" &&
		subtle.ConstantTimeCompare([]byte(hashOf(a.Key)), []byte(s.KeyHash)) == 1 {
		return true
	}
	t, ok := l.open(a.Token)
	return ok && t.ID == s.ID
}

// TokenID tells which sitting a sealed cookie opens; false for a token this
// server did not seal.
func (s *Service) TokenID(sealed string) (id string, ok bool) {
	t, ok := s.locks.open(sealed)
	return t.ID, ok
}

// IsKey tells whether the text is the result key of a sitting, stored or not.
func (s *Service) IsKey(id, text string) bool {
	return subtle.ConstantTimeCompare([]byte(text), []byte(s.locks.resultKey(id))) == 1
}

// LinkKey is the part of a resume link that names and opens a sitting in one:
// the id and its result key in base64url. Show it only to the person.
func (s *Service) LinkKey(id string) string {
	u, err := uuid.Parse(id)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(u[:]) + s.locks.resultKey(id)
}

// OpenLink takes a link key apart. Errors: NotFound for what is no link key;
// whether it opens anything the next call tells.
func (s *Service) OpenLink(link string) (id string, a Access, err error) {
	const head = 22 // 16 bytes in base64url
	missing := fault.New(fault.NotFound, "sitting.no_such_link")
	if len(link) != head+keyLength {
		return "", a, missing
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(link[:head])
	if err != nil {
		return "", a, missing
	}
	u, err := uuid.FromBytes(raw)
	if err != nil {
		return "", a, missing
	}
	return u.String(), Access{Key: link[head:]}, nil
}

// ParseID reads a sitting's id: a UUID of RFC 9562, version 4 or 7, and gives it
// in lower case. Errors: Invalid.
func ParseID(text string) (string, error) {
	if len(text) == 36 {
		if u, err := uuid.Parse(text); err == nil && (u.Version() == 4 || u.Version() == 7) && u.Variant() == uuid.RFC4122 {
			return strings.ToLower(text), nil
		}
	}
	return "", fault.InvalidFields(fault.Field{Pointer: "", Key: "sitting.bad_id"})
}
