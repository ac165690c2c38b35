package credential

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"image"
	"image/png"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"osvitlo/internal/course"
	"osvitlo/internal/fault"
	"osvitlo/internal/person"
)

func tinyPNG() []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, image.NewGray(image.Rect(0, 0, 2, 2)))
	return b.Bytes()
}

// The public key of RFC 8032 §7.1 (test 1) as a Multikey.
func TestMultikeyVector(t *testing.T) {
	t.Parallel()
	key, err := ParseMultikey("z6MktwupdmLXVVqTzCw4i46r4uGyosGXRnR3XjN4Zq7oMMsw")
	must(t, err)
	if Multikey(key) != "z6MktwupdmLXVVqTzCw4i46r4uGyosGXRnR3XjN4Zq7oMMsw" || hex.EncodeToString(key) != "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a" {
		t.Errorf("the key does not come back: %x", key)
	}
	for in, want := range map[string]string{"\x00\x00a": "z112g", "Hello World!": "z2NEpo7TZRRrLZSi2U"} {
		if got := encode58([]byte(in)); got != want {
			t.Errorf("%q is %s, not %s", in, got, want)
		}
	}
	for _, bad := range []string{"", "z", "m6Mk", "z0OIl", "z" + strings.Repeat("1", 200), "z6Mk"} {
		if _, err := ParseMultikey(bad); err == nil {
			t.Errorf("%q is a key", bad)
		}
	}
}

func TestBase58ComesBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.SliceOfN(rapid.Byte(), 1, 70).Draw(t, "bytes")
		out, err := decode58(encode58(in))
		if err != nil || !bytes.Equal(in, out) {
			t.Fatalf("%x became %x, %v", in, out, err)
		}
	})
}

func TestBitsComeBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		set := rapid.SliceOfN(rapid.IntRange(0, listBits-1), 0, 5).Draw(t, "set")
		at := rapid.IntRange(0, listBits-1).Draw(t, "at")
		text, err := EncodeBits(set)
		if err != nil {
			t.Fatal(err)
		}
		want := false
		for _, x := range set {
			want = want || x == at
			if on, err := Bit(text, x); err != nil || !on {
				t.Fatalf("place %d is not set: %v", x, err)
			}
		}
		if on, err := Bit(text, at); err != nil || on != want {
			t.Fatalf("place %d is %v: %v", at, on, err)
		}
	})
}

// A signed credential verifies with the published key; changed anywhere, it does not.
func TestSignedAndTampered(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	doc := r.issue(t, course.OfPerson(somebody))
	text, err := r.Signed(ctx, doc.ID)
	must(t, err)
	keys := r.published(t)
	must(t, Verify(text, keys))
	again, err := r.Signed(ctx, doc.ID)
	must(t, err)
	if !bytes.Equal(text, again) {
		t.Error("asking twice gives two texts")
	}
	holds(t, text, "Ґалаґан", false)
	holds(t, text, string(somebody), false)
	holds(t, text, "не Цифрограм", true)
	holds(t, text, "did:web:osvitlo.example", true)
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.IntRange(0, len(text)-1).Draw(t, "at")
		bad := bytes.Clone(text)
		bad[at] ^= 1 << rapid.IntRange(0, 6).Draw(t, "bit")
		if Verify(bad, keys) == nil {
			t.Fatalf("byte %d may be changed: %q", at, bad[max(0, at-20):min(len(bad), at+20)])
		}
	})
}

func TestRotationKeepsOldSignatures(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	doc := r.issue(t, course.OfPerson(somebody))
	before, err := r.Signed(ctx, doc.ID)
	must(t, err)
	r.pass(KeyAge + 1)
	must(t, r.Tend(ctx))
	after, err := r.Signed(ctx, doc.ID)
	must(t, err)
	holds(t, before, "#key-1", true)
	holds(t, after, "#key-2", true)
	keys := r.published(t)
	must(t, Verify(before, keys))
	must(t, Verify(after, keys))
	list, err := r.Keys(ctx)
	must(t, err)
	if len(list) != 2 || list[0].Retired.IsZero() || !list[1].Retired.IsZero() {
		t.Errorf("keys: %+v", list)
	}
	old, err := r.keyring.Get(ctx, "key-1")
	must(t, err)
	if old.Sealed != "" {
		t.Error("the private half of a retired key is still there")
	}
}

func TestToldTwiceIssuedOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	var all sync.WaitGroup
	ids := make([]string, 8)
	for i := range ids {
		all.Add(1)
		go func() {
			defer all.Done()
			if doc, err := r.IssueCourse(ctx, course.Completion{Learner: course.OfPerson(somebody), Course: "safety", At: noon}); err == nil {
				ids[i] = doc.ID
			}
		}()
	}
	all.Wait()
	for _, id := range ids {
		if id == "" || id != ids[0] || !wellFormed(id) {
			t.Fatalf("ids: %v", ids)
		}
	}
	list, err := r.Held(ctx, course.OfPerson(somebody))
	must(t, err)
	if len(list) != 1 || list[0].Who != "М.\u00a0Ґ." || !list[0].Formal {
		t.Fatalf("held: %+v", list)
	}
	other := newRig(t, func(c *Config) { c.Secret = []byte("another secret of another place!") })
	if other.idOf(courseAct(course.OfPerson(somebody), "safety")) == ids[0] {
		t.Error("the id can be guessed without the secret")
	}
}

func TestNamesAsTheHolderChose(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.name = strings.Repeat("Ї", 200)
	doc := r.issue(t, course.OfPerson(somebody))
	self := person.Actor{Person: somebody, Where: "web"}
	must(t, r.ShowName(ctx, self, doc.ID, true))
	text, err := r.Signed(ctx, doc.ID)
	must(t, err)
	must(t, Verify(text, r.published(t)))
	holds(t, text, r.name, true)
	stored, err := r.all.Get(ctx, doc.ID)
	must(t, err)
	if strings.Contains(stored.Name, "Ї") {
		t.Error("the name is not sealed")
	}
	if len(r.acts) != 0 {
		t.Errorf("one's own wish was written down: %v", r.acts)
	}
	must(t, r.ShowName(ctx, person.Actor{Person: "pbbbbbbbbbbbbbbbbbbbbbbbbbb", Where: "web"}, doc.ID, false))
	if len(r.acts) != 1 || !strings.HasPrefix(r.acts[0], "credential.name-off pbbb") {
		t.Errorf("the mentor's act: %v", r.acts)
	}
	v, err := r.Get(ctx, doc.ID)
	must(t, err)
	if v.Who != "Ї." || v.Name != "" {
		t.Errorf("shown: %q, kept: %q", v.Who, v.Name)
	}
	r.name = ""
	if err := r.ShowName(ctx, self, doc.ID, true); !fault.Is(err, fault.Invalid) {
		t.Errorf("no name is known: %v", err)
	}
}

func TestRevokedShowsInTheSignedList(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	doc, other := r.issue(t, course.OfPerson(somebody)), r.issue(t, course.OfDevice("key"))
	bit := func(at int) bool {
		text, err := r.StatusList(ctx, 1)
		must(t, err)
		must(t, Verify(text, r.published(t)))
		var list struct{ CredentialSubject struct{ EncodedList string } }
		must(t, json.Unmarshal(text, &list))
		on, err := Bit(list.CredentialSubject.EncodedList, at)
		must(t, err)
		return on
	}
	if bit(doc.Slot) || bit(other.Slot) {
		t.Fatal("revoked before anybody did it")
	}
	staff := person.Actor{Person: "pcccccccccccccccccccccccccc", Where: "web"}
	if err := r.Revoke(ctx, staff, doc.ID, "because"); !fault.Is(err, fault.Invalid) {
		t.Errorf("any reason will do: %v", err)
	}
	must(t, r.Revoke(ctx, staff, doc.ID, Mistake))
	must(t, r.Revoke(ctx, staff, doc.ID, Cheated)) // again changes nothing
	if !bit(doc.Slot) || bit(other.Slot) {
		t.Error("the list does not tell the two apart")
	}
	v, err := r.Get(ctx, doc.ID)
	must(t, err)
	if v.State != Revoked || v.Revoked.Reason != Mistake || len(r.acts) != 1 {
		t.Errorf("%s, %+v, %v", v.State, v.Revoked, r.acts)
	}
	if _, err := r.StatusList(ctx, 2); !fault.Is(err, fault.NotFound) {
		t.Errorf("a list nobody stands in: %v", err)
	}
}

func TestErasureUnlinks(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	doc := r.issue(t, course.OfPerson(somebody))
	must(t, r.ShowName(ctx, person.Actor{Person: somebody, Where: "web"}, doc.ID, true))
	part, err := r.Export(ctx, []person.ID{somebody})
	must(t, err)
	if list := part.(Held).Credentials; len(list) != 1 || list[0].Who != r.name {
		t.Errorf("export: %+v", part)
	}
	must(t, r.Erase(ctx, []person.ID{somebody}))
	must(t, r.Erase(ctx, []person.ID{somebody}))
	v, err := r.Get(ctx, doc.ID)
	must(t, err)
	if v.State != Valid || v.Who != "" || v.Learner != "" || v.Initials != "" {
		t.Errorf("left over: %+v", v.Credential)
	}
	if part, err := r.Export(ctx, []person.ID{somebody}); err != nil || part != nil {
		t.Errorf("export after erasure: %v, %v", part, err)
	}
}

func TestADeviceGivesItsBadgesToThePerson(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	device := course.OfDevice("key")
	doc := r.issue(t, device)
	must(t, r.Adopt(ctx, device, course.OfPerson(somebody)))
	href, err := r.Of(ctx, course.OfPerson(somebody), "safety")
	must(t, err)
	if href != "/verify/"+doc.ID {
		t.Errorf("the person's certificate is at %q", href)
	}
	if href, err := r.Of(ctx, device, "safety"); err != nil || href != "" {
		t.Errorf("the device still has %q, %v", href, err)
	}
}

func TestLevelsNeedAnApprovedInstrument(t *testing.T) {
	t.Parallel()
	good := LevelResult{Sitting: "s1", Instrument: "cert", Version: 2, Certificate: true, Level: "B1", At: noon, Watched: true}
	if _, err := newRig(t).IssueLevel(ctx, somebody, good); fault.As(err).Key != "credential.level.approved" {
		t.Errorf("nothing is approved by default: %v", err)
	}
	r := newRig(t, func(c *Config) {
		c.Proctored = true
		c.Approved = func(slug string, version int) bool { return slug == "cert" && version == 2 }
	})
	for key, change := range map[string]func(*LevelResult){
		"purpose": func(x *LevelResult) { x.Certificate = false }, "approved": func(x *LevelResult) { x.Version = 3 },
		"proctored": func(x *LevelResult) { x.Watched = false }, "none": func(x *LevelResult) { x.Level = "" },
	} {
		bad := good
		change(&bad)
		if err := r.CanLevel(bad); fault.As(err) == nil || fault.As(err).Key != "credential.level."+key {
			t.Errorf("%s: %v", key, err)
		}
	}
	doc, err := r.IssueLevel(ctx, somebody, good)
	must(t, err)
	text, err := r.Signed(ctx, doc.ID)
	must(t, err)
	holds(t, text, `"value":"B1"`, true)
}

// Everybody has the first level: a certificate of it would be one of having opened the
// test. Under the city's lowest the paper says that the test was taken, and no level.
func TestACertificateOfALevelRestsOnSomething(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ from, level, badge, says string }{
		{"", "A1", TakenSlug, ""}, {"", "A2", LevelSlug, "A2"}, {"", "C2", LevelSlug, "C2"},
		{"B1", "A2", TakenSlug, ""}, {"B1", "B1", LevelSlug, "B1"}, {"A1", "A1", LevelSlug, "A1"}, {"C3", "A1", TakenSlug, ""},
	} {
		r := newRig(t, func(x *Config) {
			x.LevelFrom, x.Approved = c.from, func(string, int) bool { return true }
		})
		doc, err := r.IssueLevel(ctx, somebody, LevelResult{Sitting: "s1", Instrument: "cert", Version: 2, Certificate: true, Level: c.level, At: noon})
		must(t, err)
		if doc.Badge != c.badge || doc.Level != c.says {
			t.Errorf("from %q, level %s: badge %s, level %q", c.from, c.level, doc.Badge, doc.Level)
		}
		text, err := r.Signed(ctx, doc.ID)
		must(t, err)
		holds(t, text, `"result"`, c.says != "")
		holds(t, text, `"achievementType":"Assessment"`, c.says == "")
	}
}

func TestWithoutAnAddressNothingIsSigned(t *testing.T) {
	t.Parallel()
	for _, site := range []string{"", "http://osvitlo.example", "osvitlo.example", "://"} {
		r := newRig(t)
		r.site = site
		doc := r.issue(t, course.OfPerson(somebody)) // the achievement is kept all the same
		if _, err := r.Signed(ctx, doc.ID); fault.As(err) == nil || fault.As(err).Key != "credential.no_address" {
			t.Errorf("%q: %v", site, err)
		}
		r.site = "https://osvitlo.example:8443/city/"
		text, err := r.Signed(ctx, doc.ID)
		must(t, err)
		holds(t, text, "did:web:osvitlo.example%3A8443:city#key-1", true)
	}
	demo := newRig(t, func(c *Config) { c.Demo = true })
	demo.site = "http://127.0.0.1:1234"
	text, err := demo.Signed(ctx, demo.issue(t, course.OfPerson(somebody)).ID)
	must(t, err)
	holds(t, text, `"name":"ДЕМОНСТРАЦІЯ / DEMONSTRATION: Безпека / Safety"`, true)
}

func TestBakedBadgesComeBack(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	doc := r.issue(t, course.OfPerson(somebody))
	want, err := r.Signed(ctx, doc.ID)
	must(t, err)
	picture, err := r.PNG(ctx, doc.ID)
	must(t, err)
	if _, err := png.Decode(bytes.NewReader(picture)); err != nil {
		t.Errorf("no picture any more: %v", err)
	}
	got, err := UnbakePNG(picture)
	must(t, err)
	if !bytes.Equal(got, want) {
		t.Errorf("out of the PNG came %s", got)
	}
	drawing, err := r.SVG(ctx, doc.ID)
	must(t, err)
	if got, err = UnbakeSVG(drawing); err != nil || !bytes.Equal(got, want) {
		t.Errorf("out of the SVG came %s, %v", got, err)
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[a-z\]>&<"' ]{1,60}`).Draw(t, "text")
		text = strings.TrimSpace(text) + "x"
		baked, err := BakeSVG([]byte(`<svg viewBox="0 0 1 1"></svg>`), []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if out, err := UnbakeSVG(baked); err != nil || string(out) != strings.TrimSpace(text) {
			t.Fatalf("%q became %q, %v", text, out, err)
		}
	})
	for _, bad := range []string{"", "GIF89a", pngHead, pngHead + strings.Repeat("x", 40)} {
		if _, err := BakePNG([]byte(bad), want); err == nil {
			t.Errorf("%q is a PNG", bad)
		}
		if _, err := UnbakePNG([]byte(bad)); err == nil {
			t.Errorf("%q holds a badge", bad)
		}
	}
}

func TestVerifyNeverPanics(t *testing.T) {
	t.Parallel()
	keys := func(string) (ed25519.PublicKey, error) { return make(ed25519.PublicKey, ed25519.PublicKeySize), nil }
	for _, bad := range []string{"", "null", "[]", "{}", `{"proof":1}`, `{"proof":{}}`, `{"a":1,"a":2}`,
		`{"proof":{"type":"DataIntegrityProof","cryptosuite":"eddsa-jcs-2022","proofPurpose":"assertionMethod","proofValue":"z1"}}`} {
		if Verify([]byte(bad), keys) == nil {
			t.Errorf("%s verifies", bad)
		}
	}
	rapid.Check(t, func(t *rapid.T) { _ = Verify([]byte(rapid.String().Draw(t, "text")), keys) })
}
