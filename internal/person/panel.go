package person

import (
	"context"
	"strings"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// panelMost bounds the sittings of one person that are paired.
const panelMost = 50

// Pairs streams the sittings that one person has kept in an account, two by two in
// both orders, for the error of a difference between waves (cityindex.Panel). It tells
// that two sittings are of one person and not whose; which wave each is of the reader
// knows. People of merged accounts are met under each id apart.
func (s *Service) Pairs(ctx context.Context, _, _ string) func(yield func([2]string, error) bool) {
	return func(yield func([2]string, error) bool) {
		var owner any
		var own []string
		flush := func() bool {
			for i, a := range own {
				for j, b := range own {
					if i != j && !yield([2]string{a, b}, nil) {
						return false
					}
				}
			}
			own = own[:0]
			return true
		}
		for k, err := range s.claims.Keys(ctx, store.Query{Index: indexPerson}) {
			if err != nil {
				fault.Wrap(&err, "person.Pairs")
				yield([2]string{}, err)
				return
			}
			id, is := strings.CutPrefix(k.ID, "sitting:")
			if !is || len(k.Values) == 0 {
				continue
			}
			if k.Values[0] != owner {
				if !flush() {
					return
				}
				owner = k.Values[0]
			}
			if len(own) < panelMost {
				own = append(own, id)
			}
		}
		flush()
	}
}
