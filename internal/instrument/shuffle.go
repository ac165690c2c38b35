package instrument

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
)

// ShuffledOptions is the order of an item's options in one sitting: the same for
// the same seed (the sitting's id). Ordering items always move; single and
// multiple if the item says so, with exclusive options («нічого з цього») last;
// scale and spot never.
func ShuffledOptions(it *Item, seed string) []Option {
	switch {
	case it.Type == Ordering, it.Shuffle && (it.Type == Single || it.Type == Multiple):
		return it.exclusiveLast(shuffled(it.Options, it.ID+"@"+seed))
	}
	return slices.Clone(it.Options)
}

// ShuffledRight is the order of the right side of a matching item in one sitting.
func ShuffledRight(it *Item, seed string) []Option { return shuffled(it.Right, it.ID+"@"+seed) }

func (it *Item) exclusiveLast(options []Option) []Option {
	slices.SortStableFunc(options, func(a, b Option) int {
		x, y := slices.Contains(it.Exclusive, a.ID), slices.Contains(it.Exclusive, b.ID)
		switch {
		case x == y:
			return 0
		case x:
			return 1
		}
		return -1
	})
	return options
}

// shuffled orders options by the SHA-256 of seed and id: no state, no generator
// that another version of Go could change.
func shuffled(options []Option, seed string) []Option {
	type placed struct {
		Option
		at uint64
	}
	order := make([]placed, len(options))
	for i, o := range options {
		sum := sha256.Sum256([]byte(seed + "\x00" + o.ID))
		order[i] = placed{o, binary.BigEndian.Uint64(sum[:8])}
	}
	slices.SortStableFunc(order, func(a, b placed) int {
		switch {
		case a.at < b.at:
			return -1
		case a.at > b.at:
			return 1
		}
		return 0
	})
	out := make([]Option, len(order))
	for i, o := range order {
		out[i] = o.Option
	}
	return out
}
