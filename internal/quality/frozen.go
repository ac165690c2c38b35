package quality

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strconv"
	"sync"

	"osvitlo/internal/i18n"
)

// Timing is what is frozen with one version of an instrument. Changing a row
// changes what stored reports mean, so a row is replaced only together with
// Rules.
type Timing struct {
	Frozen string `json:"frozen"` // day, YYYY-MM-DD
	// Basis tells where the seconds come from: BasisPilot or BasisDeclared.
	Basis          string    `json:"basis"`
	SecondsPerItem float64   `json:"seconds_per_item"` // median of the pilot, per item that was asked
	Note           i18n.Text `json:"note"`
	Grids          []Grid    `json:"grids,omitempty"`
	// Attention gives the only right option of items that ask for it in words.
	Attention map[string]string `json:"attention,omitempty"`
}

// The bases of a Timing.
const (
	BasisPilot    = "pilot"    // measured
	BasisDeclared = "declared" // no pilot yet: the shortest time the instrument promises
)

// Grid is a list of scale items with the same options that stand together. A
// straight line is told only where at least one of them is reversed.
type Grid struct {
	Items    []string `json:"items"`
	Reversed []string `json:"reversed,omitempty"`
}

//go:embed frozen.json
var frozenFile []byte

var frozenTable = sync.OnceValues(func() (map[string]*Timing, error) {
	table := map[string]*Timing{}
	if err := json.Unmarshal(frozenFile, &table); err != nil {
		return nil, fmt.Errorf("quality: frozen thresholds: %w", err)
	}
	return table, nil
})

// Frozen gives the thresholds of an instrument's version; nil when none are
// frozen: its pace is then not judged.
func Frozen(slug string, version int) *Timing {
	table, err := frozenTable()
	if err != nil { // the file is part of the program, and a test reads it
		return nil
	}
	return table[slug+"@"+strconv.Itoa(version)]
}
