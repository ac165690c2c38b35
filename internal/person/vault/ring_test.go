package vault_test

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"osvitlo/internal/fault"
	"osvitlo/internal/person/vault"
)

func ring(t interface {
	Helper()
	Fatal(...any)
}, ids ...string) *vault.Ring {
	t.Helper()
	var keys []vault.Key
	for _, id := range ids {
		keys = append(keys, vault.Key{ID: id, Secret: []byte(strings.Repeat(id, 32))})
	}
	r, err := vault.New(keys)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestWhatIsSealedOpensInItsPlaceOnly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := ring(t, "a")
		plain := rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "plain")
		here, there := rapid.String().Draw(t, "here"), rapid.String().Draw(t, "there")
		sealed := r.Seal(plain, here)
		got, err := r.Open(sealed, here)
		if err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("%q, %v", got, err)
		}
		if here != there {
			if _, err := r.Open(sealed, there); !fault.Is(err, fault.Internal) {
				t.Fatalf("opened elsewhere: %v", err)
			}
		}
		if again := r.Seal(plain, here); again == sealed {
			t.Fatal("the same text twice")
		}
	})
}

func TestAChangedTextDoesNotOpen(t *testing.T) {
	t.Parallel()
	r := ring(t, "a")
	sealed := r.Seal([]byte("Олена"), "x")
	for i := 2; i < len(sealed); i++ {
		b := []byte(sealed)
		b[i] = map[bool]byte{true: 'A', false: 'B'}[b[i] != 'A']
		if plain, err := r.Open(string(b), "x"); err == nil && i < len(sealed)-1 {
			t.Fatalf("letter %d changed, opened %q", i, plain)
		}
	}
	for _, bad := range []string{"", "a", "a.", ".", "a.!!", "zzz." + sealed[2:]} {
		if _, err := r.Open(bad, "x"); err == nil {
			t.Fatalf("%q opened", bad)
		}
	}
}

func TestKeysAreExchangedWithBothReadable(t *testing.T) {
	t.Parallel()
	before, during, after := ring(t, "a"), ring(t, "b", "a"), ring(t, "b")
	old := before.Seal([]byte("x"), "c")
	if got, err := during.Open(old, "c"); err != nil || string(got) != "x" {
		t.Fatalf("%q, %v", got, err)
	}
	fresh := during.Seal([]byte("x"), "c")
	if vault.KeyOf(fresh) != "b" || vault.KeyOf(old) != "a" || vault.KeyOf("no key") != "" {
		t.Fatal("wrong keys")
	}
	if _, err := after.Open(fresh, "c"); err != nil {
		t.Fatal(err)
	}
	if _, err := after.Open(old, "c"); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("got %v", err)
	}
	both := during.Hashes("phone", "1")
	if len(both) != 2 || both[0] != after.Hash("phone", "1") || both[1] != before.Hash("phone", "1") {
		t.Fatalf("hashes %v", both)
	}
	if terms := during.Terms("phone", "1"); terms[0] != after.Term("phone", "1") || len(terms[0]) != 11 {
		t.Fatalf("terms %v", terms)
	}
	if before.Hash("phone", "1") == before.Hash("mail", "1") || before.Hash("a", "bc") == before.Hash("ab", "c") {
		t.Fatal("purposes share a hash")
	}
}

func TestKeysOfTheConfiguration(t *testing.T) {
	t.Parallel()
	good := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("k"), 32))
	keys, err := vault.ParseKeys("2026b:" + good + ", 2026a:" + good)
	if err != nil || len(keys) != 2 || keys[0].ID != "2026b" {
		t.Fatalf("%v, %v", keys, err)
	}
	for _, bad := range []string{"", "a", "a:", "a b:" + good, "a:c2hvcnQ=", good, "a:" + good + ","} {
		_, err := vault.ParseKeys(bad)
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", bad, err)
		}
		if err != nil && len(bad) > 20 && strings.Contains(err.Error(), good) {
			t.Errorf("the error shows the key: %v", err)
		}
	}
	for _, keys := range [][]vault.Key{nil, {{ID: "a", Secret: []byte("short")}},
		{{ID: "a", Secret: make([]byte, 32)}, {ID: "a", Secret: make([]byte, 32)}}} {
		if _, err := vault.New(keys); !fault.Is(err, fault.Invalid) {
			t.Errorf("%d keys: %v", len(keys), err)
		}
	}
}

func FuzzOpen(f *testing.F) {
	r := ring(f, "a", "b")
	f.Add(r.Seal([]byte("x"), "c"))
	f.Add("a.")
	f.Fuzz(func(t *testing.T, sealed string) {
		_, _ = r.Open(sealed, "d") // never panics; nothing is sealed for "d"
		if _, err := vault.ParseKeys(sealed); err == nil && !strings.Contains(sealed, ":") {
			t.Fatal("keys without a colon")
		}
	})
}
