package audit

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// Seal is one line of the seal file: the head of a chain at a moment, signed.
type Seal struct {
	At     store.Time `json:"at"`
	Chain  string     `json:"chain"`
	N      int64      `json:"n"`                // rows in the chain then
	Hash   string     `json:"hash"`             // of row N, or of the chain's name for none
	Closed bool       `json:"closed,omitempty"` // the process stopped in order: no row comes after N
	Left   bool       `json:"left,omitempty"`   // a write of unknown fate followed: rows after N were never acknowledged
	Pruned bool       `json:"pruned,omitempty"` // the chain was taken out when its period ended
	Sign   string     `json:"sign"`             // Ed25519, base64url
}

func (s *Seal) text() []byte {
	return fmt.Appendf(nil, "osvitlo audit seal\n%s\n%s\n%d\n%s\n%t\n%t\n%t\n", s.At, s.Chain, s.N, s.Hash, s.Closed, s.Left, s.Pruned)
}

func (s *Seal) sign(key ed25519.PrivateKey) {
	s.Sign = base64.RawURLEncoding.EncodeToString(ed25519.Sign(key, s.text()))
}

func (s *Seal) signedBy(key ed25519.PublicKey) bool {
	sign, err := base64.RawURLEncoding.DecodeString(s.Sign)
	return err == nil && ed25519.Verify(key, s.text(), sign)
}

// appendSeal writes one line and waits for the disk. Several processes may append
// to one file: a line is one write in append mode.
func appendSeal(name string, s *Seal) error {
	line, err := json.Marshal(s)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fault.From(err, fault.Unavailable, "")
	}
	_, err = f.Write(append(line, '\n'))
	return fault.From(errors.Join(err, f.Sync(), f.Close()), fault.Unavailable, "")
}

// maxSealLine bounds a line of the seal file; a longer one is no seal.
const maxSealLine = 4096

// readSeals reads the file; a missing one is empty. A line that cannot be read is
// counted, not skipped in silence.
func readSeals(name string) (seals []Seal, broken int, err error) {
	raw, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, fault.From(err, fault.Unavailable, "")
	}
	lines := bufio.NewScanner(bytes.NewReader(raw))
	lines.Buffer(nil, maxSealLine)
	for lines.Scan() {
		var s Seal
		if json.Unmarshal(lines.Bytes(), &s) != nil || s.Chain == "" {
			broken++
			continue
		}
		seals = append(seals, s)
	}
	if lines.Err() != nil {
		broken++
	}
	return seals, broken, nil
}

// LoadKey reads the signing key from a file, making it at the first start. Keep
// the file beside the store, not in it, and a copy of the public half elsewhere.
func LoadKey(name string) (key ed25519.PrivateKey, err error) {
	defer fault.Wrap(&err, "audit.LoadKey")
	raw, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		var seed [ed25519.SeedSize]byte
		_, _ = rand.Read(seed[:]) // never fails since Go 1.24
		raw = []byte(base64.StdEncoding.EncodeToString(seed[:]) + "\n")
		f, oerr := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		switch {
		case errors.Is(oerr, fs.ErrExist): // another process was faster
			time.Sleep(50 * time.Millisecond)
			if raw, err = os.ReadFile(name); err != nil {
				return nil, fault.From(err, fault.Unavailable, "")
			}
			err = nil
		case oerr != nil:
			return nil, fault.From(oerr, fault.Unavailable, "")
		default:
			_, werr := f.Write(raw)
			if err := errors.Join(werr, f.Sync(), f.Close()); err != nil {
				return nil, fault.From(err, fault.Unavailable, "")
			}
			err = nil
		}
	} else if err != nil {
		return nil, fault.From(err, fault.Unavailable, "")
	}
	seed, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(raw)))
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, fault.Newf(fault.Invalid, "", "%s holds no signing key: it was cut or edited; restore it from a backup", filepath.Base(name))
	}
	return ed25519.NewKeyFromSeed(seed), nil
}
