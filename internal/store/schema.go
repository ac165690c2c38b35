package store

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"osvitlo/internal/fault"
)

// A schema only grows: collections and indexes are added, never changed or taken away,
// so that a replica of the version before keeps working beside the new one. Engines
// record each of them as a migration: its name and the hash of its definition.

// Migration names one step of a schema.
type Migration struct {
	Name string // "collection sittings" or "index sittings.by_seq"
	Hash string // of the definition
}

// Migrations lists the steps of a spec, the collection first.
func Migrations(spec Spec) []Migration {
	list := []Migration{{Name: "collection " + spec.Name, Hash: "1"}}
	for _, ix := range spec.Indexes {
		h := sha256.Sum256(fmt.Appendf(nil, "%v %q", ix.Array, ix.Fields))
		list = append(list, Migration{Name: "index " + spec.Name + "." + ix.Name, Hash: hex.EncodeToString(h[:8])})
	}
	return list
}

// CheckPresent tells whether a spec is among the applied migrations (name to hash):
// Unavailable when something is missing, Conflict when it was declared otherwise.
func CheckPresent(spec Spec, applied map[string]string) error {
	for _, m := range Migrations(spec) {
		switch have := applied[m.Name]; have {
		case m.Hash:
		case "":
			return fault.Newf(fault.Unavailable, "", "%s is not there yet: run `osvitlo migrate`", m.Name)
		default:
			return fault.Newf(fault.Conflict, "", "%s was declared otherwise before: give the new form a new name", m.Name)
		}
	}
	return nil
}

// CheckApplied compares all specs of the program with the applied migrations. Besides
// what CheckPresent finds, it refuses with Conflict a schema this program does not know.
func CheckApplied(specs []Spec, applied map[string]string) error {
	known := map[string]bool{}
	for _, spec := range specs {
		if err := CheckPresent(spec, applied); err != nil {
			return err
		}
		for _, m := range Migrations(spec) {
			known[m.Name] = true
		}
	}
	var unknown []string
	for name := range applied {
		if !known[name] {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	slices.Sort(unknown)
	return fault.Newf(fault.Conflict, "", "the data were migrated by a newer program (unknown here: %s): start that program, or restore the backup taken before it", strings.Join(unknown, ", "))
}
