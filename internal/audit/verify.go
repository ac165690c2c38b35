package audit

import (
	"context"
	"crypto/ed25519"
	"slices"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// Trouble is what Verify finds wrong.
type Trouble string

// The troubles.
const (
	Removed  Trouble = "removed"     // a row inside the chain is missing
	Changed  Trouble = "changed"     // a row does not have the text its hash was made of
	Cut      Trouble = "cut"         // rows behind N are missing: a seal knows of them
	Added    Trouble = "added"       // rows stand behind the end of a chain that was closed
	Unsealed Trouble = "unsealed"    // a chain that no seal knows
	BadSeal  Trouble = "bad_seal"    // a seal is not signed by this key
	NoSeal   Trouble = "broken_line" // a line of the seal file cannot be read
)

// Finding is one trouble with its place: the row N of a chain.
type Finding struct {
	Trouble Trouble `json:"trouble"`
	Chain   string  `json:"chain,omitempty"`
	N       int64   `json:"n,omitempty"`
}

// Report is what Verify saw. OK means that it found nothing.
type Report struct {
	Chains   int       `json:"chains"`
	Rows     int64     `json:"rows"`
	Seals    int       `json:"seals"`
	LastSeal time.Time `json:"last_seal"`
	Findings []Finding `json:"findings"`
}

// OK tells whether the log is whole.
func (r *Report) OK() bool { return len(r.Findings) == 0 }

// maxFindings bounds a report; a log with more trouble is not better known for more.
const maxFindings = 1000

func (r *Report) add(t Trouble, chain string, n int64) {
	if len(r.Findings) < maxFindings {
		r.Findings = append(r.Findings, Finding{Trouble: t, Chain: chain, N: n})
	}
}

// Verify reads every chain and every seal and names each removed or changed row
// and each cut tail. Rows that are being written while it runs are no trouble.
func Verify(ctx context.Context, engine store.Engine, seals string, key ed25519.PublicKey) (report *Report, err error) {
	defer fault.Wrap(&err, "audit.Verify")
	rows, err := store.Open[Row](engine, Spec)
	if err != nil {
		return nil, err
	}
	return verify(ctx, rows, seals, key)
}

// Verify checks the log with its own key and seal file.
func (l *Log) Verify(ctx context.Context) (report *Report, err error) {
	defer fault.Wrap(&err, "audit.Verify")
	if err := l.Seal(); err != nil {
		return nil, err
	}
	return verify(ctx, l.rows, l.cfg.Seals, l.cfg.Key.Public().(ed25519.PublicKey))
}

func verify(ctx context.Context, rows *store.Collection[Row, *Row], seals string, key ed25519.PublicKey) (*Report, error) {
	list, broken, err := readSeals(seals)
	if err != nil {
		return nil, err
	}
	report := &Report{Seals: len(list), Findings: []Finding{}}
	for range broken {
		report.add(NoSeal, "", 0)
	}
	known := map[string][]Seal{}
	for _, s := range list {
		if !s.signedBy(key) {
			report.add(BadSeal, s.Chain, s.N)
			continue
		}
		known[s.Chain] = append(known[s.Chain], s)
		if s.At.After(report.LastSeal) {
			report.LastSeal = s.At.Time
		}
	}
	stored, err := chains(ctx, rows)
	if err != nil {
		return nil, err
	}
	names := stored
	for chain := range known {
		if !slices.Contains(stored, chain) {
			names = append(names, chain)
		}
	}
	slices.Sort(names)
	for _, chain := range names {
		if err := report.chain(ctx, rows, chain, known[chain]); err != nil {
			return nil, err
		}
	}
	return report, nil
}

func (r *Report) chain(ctx context.Context, rows *store.Collection[Row, *Row], chain string, seals []Seal) error {
	r.Chains++
	sealed := map[int64]string{0: origin(chain)}
	most, end, left := int64(0), int64(-1), int64(-1)
	for _, s := range seals {
		if s.Pruned {
			return nil // its period has ended
		}
		if s.Hash == "" || sealed[s.N] != "" && sealed[s.N] != s.Hash {
			r.add(Changed, chain, s.N)
			continue
		}
		sealed[s.N] = s.Hash
		most = max(most, s.N)
		if s.Closed {
			end = s.N
		}
		if s.Left {
			left = s.N
		}
	}
	if len(seals) == 0 {
		r.add(Unsealed, chain, 0)
	}
	n, prev := int64(0), origin(chain)
	for row, err := range rows.Find(ctx, store.Query{Index: indexChain, Eq: []any{chain}}) {
		if err != nil {
			return err
		}
		r.Rows++
		if left >= 0 && row.N > left {
			continue // nobody was told that these are stored
		}
		if row.N != n+1 {
			r.add(Removed, chain, n+1)
		} else if row.Prev != prev {
			r.add(Changed, chain, row.N)
		}
		n = row.N
		want, known := sealed[n]
		if row.Hash != row.sum() || row.ID != rowID(chain, n) || known && want != row.Hash {
			r.add(Changed, chain, n)
		}
		prev = row.Hash
	}
	if n < most {
		r.add(Cut, chain, n+1)
	}
	if end >= 0 && n > end {
		r.add(Added, chain, end+1)
	}
	return nil
}
