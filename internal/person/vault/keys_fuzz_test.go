package vault

import (
	"encoding/base64"
	"strings"
	"testing"
)

// FuzzParseKeys: a fault never shows a key, and what is read can be used.
func FuzzParseKeys(f *testing.F) {
	good := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32)))
	for _, s := range []string{"", "a:" + good, "a:" + good + ",b:" + good, "a:short", ":" + good, "a:" + good + ",a:" + good, "a b:" + good, "a:==="} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		keys, err := ParseKeys(s)
		if err != nil {
			for _, part := range strings.Split(s, ",") {
				if _, secret, ok := strings.Cut(part, ":"); ok && len(secret) > 20 && strings.Contains(err.Error(), secret) {
					t.Fatalf("the fault shows the key: %v", err)
				}
			}
			return
		}
		seen := map[string]bool{}
		for _, k := range keys {
			if len(k.Secret) < MinKey || k.ID == "" || len(k.ID) > 16 {
				t.Fatalf("%q gave the key %q of %d bytes", s, k.ID, len(k.Secret))
			}
			seen[k.ID] = true
		}
		ring, err := New(keys)
		if err != nil {
			return // an id twice
		}
		sealed := ring.Seal([]byte("text"), "place")
		if plain, err := ring.Open(sealed, "place"); err != nil || string(plain) != "text" {
			t.Fatalf("sealed and not opened: %v", err)
		}
	})
}
