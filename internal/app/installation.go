package app

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"osvitlo/internal/config"
	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// installation is the one document that says what kind of data the store holds.
// It is written when the store is made and never changes.
type installation struct {
	store.Doc
	Kind string     `json:"kind"` // demo or real
	Made store.Time `json:"made"`
	// Seed and People say how a demo city was drawn; Ready that it is whole.
	Seed   int64 `json:"seed,omitempty"`
	People int   `json:"people,omitempty"`
	Ready  bool  `json:"ready,omitempty"`
	// Staff are the demo's people, one of each role.
	Staff []demoPerson `json:"staff,omitempty"`
	// Learners are invented people of the first venue; Learning that their courses and
	// groups are drawn.
	Learners []person.ID `json:"learners,omitempty"`
	Learning bool        `json:"learning,omitempty"`
}

// The kinds of data. They never mix.
const (
	kindDemo = "demo"
	kindReal = "real"
)

const installationID = "installation"

var settingsSpec = store.Spec{Name: "settings"}

// settle reads or makes the installation. A store of the other kind is refused
// with the way out.
func settle(ctx context.Context, engine store.Engine, c *config.Config, now time.Time) (_ *installation, _ *store.Collection[installation, *installation], err error) {
	defer fault.Wrap(&err, "app.settle")
	settings, err := store.Open[installation](engine, settingsSpec)
	if err != nil {
		return nil, nil, err
	}
	in := &installation{Doc: store.Doc{ID: installationID}, Kind: kindReal, Made: store.At(now), Ready: true}
	if c.Demo {
		in.Kind, in.Ready, in.Seed, in.People = kindDemo, false, c.DemoSeed, c.DemoPeople
	}
	kind := in.Kind
	if err := settings.Insert(ctx, in); err == nil {
		return in, settings, nil
	} else if !fault.Is(err, fault.Conflict) {
		return nil, nil, err
	}
	if in, err = settings.Get(ctx, installationID); err != nil {
		return nil, nil, err
	}
	if in.Kind != kind {
		return nil, nil, &kindError{is: in.Kind}
	}
	return in, settings, nil
}

// kindError says that a data folder is of the other kind, and what to do.
type kindError struct{ is string }

func (e *kindError) Error() string {
	if e.is == kindDemo {
		return "у цьому сховищі демонстраційні дані; запустіть із --demo або вкажіть іншу теку в --data / " +
			"this store holds demo data; start with --demo or name another folder with --data"
	}
	return "у цьому сховищі справжні дані; запустіть без --demo або вкажіть іншу теку в --data / " +
		"this store holds real data; start without --demo or name another folder with --data"
}

// loadSecret reads the installation's secret from the data folder, making it at
// the first start. It lies beside the database, not in it, so that a copy of the
// database opens no result.
func loadSecret(dir, configured string) (_ []byte, err error) {
	defer fault.Wrap(&err, "app.loadSecret")
	if configured != "" {
		return []byte(configured), nil
	}
	name := filepath.Join(dir, "secret")
	raw, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		if raw, err = makeSecret(name); errors.Is(err, fs.ErrExist) {
			raw, err = os.ReadFile(name) // another process was faster
		}
	}
	if err != nil {
		return nil, fault.From(err, fault.Unavailable, "")
	}
	secret := strings.TrimSpace(string(raw))
	if len(secret) < 32 {
		return nil, fault.Newf(fault.Invalid, "", "%s is too short: it was cut or edited; restore it from a backup", filepath.Base(name))
	}
	return []byte(secret), nil
}

func makeSecret(name string) (_ []byte, err error) {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	text := []byte(hex.EncodeToString(b[:]) + "\n")
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = f.Write(text)
	return text, errors.Join(err, f.Sync(), f.Close())
}
