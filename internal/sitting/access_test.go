package sitting

import (
	"strings"
	"testing"

	"osvitlo/internal/fault"
)

func TestAccess(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id, a := start(t, r.Service, "test", ConsentStatistics)
	other, b := start(t, r.Service, "test", ConsentStatistics)
	say(t, r.Service, id, a, AskInternet, yes)
	key := r.locks.resultKey(id)
	strange := newRig(t, func(c *Config) { c.Secret = []byte(strings.Repeat("z", 40)) })
	_, foreign := start(t, strange.Service, "test")
	for name, bad := range map[string]Access{"none": {}, "another's token": b, "another's key": {Key: r.locks.resultKey(other)},
		"cut key": {Key: key[:21]}, "cut token": {Token: a.Token[:len(a.Token)-1]}, "changed token": {Token: "A" + a.Token[1:]},
		"foreign token": foreign, "long": {Token: strings.Repeat("A", 5000), Key: strings.Repeat("A", 5000)}, "id as key": {Key: id, Token: id}} {
		if _, err := r.View(ctx, id, bad); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: View %v", name, err)
		}
		if _, err := r.Answer(ctx, id, bad, Given{Rev: 1, Block: "k11"}); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: Answer %v", name, err)
		}
		if err := r.Erase(ctx, id, bad); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: Erase %v", name, err)
		}
	}
	if view(t, r.Service, id, Access{Key: key}).Rev != 1 {
		t.Fatal("the key does not open")
	}
	link := r.LinkKey(id)
	gotID, got, err := r.OpenLink(link)
	if err != nil || gotID != id || view(t, r.Service, gotID, got).Rev != 1 {
		t.Fatalf("link %v", err)
	}
	for _, bad := range []string{"", link[1:], link + "A", strings.Repeat("-", 44), "!" + link[1:]} {
		if _, _, err := r.OpenLink(bad); err != nil && !fault.Is(err, fault.NotFound) {
			t.Fatal(err)
		}
	}
	if got, ok := r.TokenID(a.Token); !ok || got != id {
		t.Fatal(got)
	}
	doc, _ := r.sittings.Get(ctx, id)
	if raw := string(mustJSON(t, doc)); strings.Contains(raw, key) || strings.Contains(raw, view(t, r.Service, id, a).Code.Latin) {
		t.Fatal("a key or a code stands in the store")
	}
}
