package store

import (
	"encoding/base32"
	"strings"
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

var collators = sync.Pool{New: func() any { return collate.New(language.Ukrainian) }}

// apostrophes are written in several ways and must sort as one.
var apostrophes = strings.NewReplacer("’", "'", "ʼ", "'", "`", "'", "‘", "'", "ʹ", "'")

// maxCollated bounds the part of a name that orders it, in runes.
const maxCollated = 80

// CollationKey returns a text whose byte order is the Ukrainian order of s: ґ after г,
// є after е, і and ї after и, capital letters beside small ones. Store it in a field of
// its own and index that; it is ASCII (0-9, A-V), at most about 1 kB, and never shown.
// Only the first 80 letters count.
func CollationKey(s string) string {
	s = apostrophes.Replace(strings.Join(strings.Fields(s), " "))
	n := 0
	for i := range s {
		if n == maxCollated {
			s = s[:i]
			break
		}
		n++
	}
	c := collators.Get().(*collate.Collator)
	defer collators.Put(c)
	var buf collate.Buffer
	return base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(c.KeyFromString(&buf, s))
}
