package sitting

import "osvitlo/internal/store"

// Collection names and indexes of the sitting side. Each index costs write
// time, so there are two: the covering one that feeds the cells, and the one
// the sweep runs on.
const (
	// IndexTally is (seq, tally): Keys on it streams what the cells need
	// without reading a document. Entries without seq (drafts, practice, not
	// consented) sort first and are skipped with After: int64(0).
	IndexTally = "tally"
	// IndexExpires is the moment a document must be looked at by the sweep.
	IndexExpires = "expires"
)

// Spec declares the collection of sittings.
var Spec = store.Spec{
	Name: "sittings",
	Indexes: []store.Index{
		{Name: IndexTally, Fields: []string{"seq", "tally"}},
		{Name: IndexExpires, Fields: []string{"expires"}},
	},
}

// ClaimSpec declares the claims: documents whose id is the claimed value, such
// as a device in a wave or a resume code.
var ClaimSpec = store.Spec{
	Name:    "sitting_claims",
	Indexes: []store.Index{{Name: IndexExpires, Fields: []string{"expires"}}},
}

// Specs lists what the engine must migrate for this package.
func Specs() []store.Spec { return []store.Spec{Spec, ClaimSpec, BankSpec} }
