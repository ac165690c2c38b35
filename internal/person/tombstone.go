package person

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"sync"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// Tombstone says that somebody was erased. It holds random ids that lead nowhere any
// more, and the receipt.
type Tombstone struct {
	IDs      []ID       `json:"ids"`
	Sittings []string   `json:"sittings,omitempty"`
	Receipt  string     `json:"receipt"` // hash of its number
	At       store.Time `json:"at"`
}

// Tombstones are kept outside the store and outside its backups, so that a restored
// backup does not bring anybody back.
type Tombstones interface {
	// Append keeps a tombstone and returns when it is durable.
	Append(ctx context.Context, t Tombstone) error
	// All reads every tombstone, oldest first.
	All(ctx context.Context) ([]Tombstone, error)
}

// TombstoneFile keeps tombstones in a file, one line each. Several processes may
// append to it.
type TombstoneFile struct {
	mu   sync.Mutex
	name string
}

var _ Tombstones = (*TombstoneFile)(nil)

// NewTombstoneFile names the file; it is made with the first tombstone.
func NewTombstoneFile(name string) *TombstoneFile { return &TombstoneFile{name: name} }

// Append implements Tombstones.
func (f *TombstoneFile) Append(_ context.Context, t Tombstone) (err error) {
	defer fault.Wrap(&err, "person.TombstoneFile.Append")
	line, err := json.Marshal(t)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	out, err := os.OpenFile(f.name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fault.From(err, fault.Unavailable, "")
	}
	// A line that a crash cut short is ended first, so that it spoils only itself.
	_, err = out.Write(append(append([]byte{'\n'}, line...), '\n'))
	return fault.From(errors.Join(err, out.Sync(), out.Close()), fault.Unavailable, "")
}

// All implements Tombstones. A line that was cut short by a crash was never
// acknowledged: its erasure went no further, and it is passed over.
func (f *TombstoneFile) All(context.Context) (list []Tombstone, err error) {
	defer fault.Wrap(&err, "person.TombstoneFile.All")
	raw, err := os.ReadFile(f.name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fault.From(err, fault.Unavailable, "")
	}
	lines := bufio.NewScanner(bytes.NewReader(raw))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var t Tombstone
		if len(lines.Bytes()) == 0 || json.Unmarshal(lines.Bytes(), &t) != nil || len(t.IDs) == 0 {
			continue
		}
		list = append(list, t)
	}
	return list, fault.From(lines.Err(), fault.Internal, "")
}
