package content_test

import (
	"encoding/json"
	"flag"
	"io/fs"
	"math"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	files "osvitlo/content"
	"osvitlo/internal/content"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

// fixture is a file of content/fixture/items: an item and answers to it.
type fixture struct {
	Item json.RawMessage
	Good []struct {
		Value json.RawMessage
		Score float64
		Form  string
		Cells []string
	}
	Bad []struct {
		Value   json.RawMessage
		Pointer string
		Key     string
	}
	BadForms []struct{ Form, Pointer, Key string } `json:"bad_forms"`
	Layout   instrument.Layout
}

func TestEveryItemTypeHasAFixtureThatHolds(t *testing.T) {
	t.Parallel()
	for _, typ := range instrument.Types() {
		t.Run(string(typ), func(t *testing.T) {
			t.Parallel()
			raw, err := fs.ReadFile(files.FS, "fixture/items/"+string(typ)+".yaml")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := fs.Stat(files.FS, "schema/items/"+string(typ)+".json"); err != nil {
				t.Fatal(err)
			}
			d, err := content.Parse(string(typ)+".yaml", raw)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range content.CheckItem(d, "/item", day) {
				t.Error(p)
			}
			var f fixture
			if err := d.Decode("", &f); err != nil {
				t.Fatal(err)
			}
			it, err := instrument.DecodeItem(f.Item, "")
			if err != nil || it.Type != typ {
				t.Fatalf("%s: %v", it.Type, err)
			}
			f.holds(t, it)
		})
	}
}

func (f fixture) holds(t *testing.T, it *instrument.Item) {
	t.Helper()
	if got := it.Form(instrument.Value{}, "seed").Layout; got != f.Layout {
		t.Errorf("layout %q, want %q", got, f.Layout)
	}
	for _, g := range f.Good {
		v, bad := it.Parse(g.Value)
		if bad != nil {
			t.Errorf("%s: refused with %s %s", g.Value, bad.Pointer, bad.Key)
			continue
		}
		score, right, know := it.Score(v)
		if math.Abs(score-g.Score) > 1e-12 || right != (score == 1) || know != v.IsDontKnow() {
			t.Errorf("%s: score %v %v %v, want %v", g.Value, score, right, know, g.Score)
		}
		if diff := cmp.Diff(g.Cells, it.Cells(v)); diff != "" || len(it.Columns()) != len(g.Cells) {
			t.Errorf("%s: cells %s", g.Value, diff)
		}
		values, err := url.ParseQuery(g.Form)
		if err != nil {
			t.Fatal(err)
		}
		w, fault := it.FromForm(values)
		if fault != nil || !w.Equal(v) {
			t.Errorf("form %q gives %+v, %v", g.Form, w, fault)
		}
		if back, fault := it.FromForm(it.ToForm(v)); fault != nil || !back.Equal(v) {
			t.Errorf("%s: through the form comes %+v, %v", g.Value, back, fault)
		}
		checkForm(t, it, v)
	}
	for _, b := range f.Bad {
		_, got := it.Parse(b.Value)
		want(t, string(b.Value), got, b.Pointer, b.Key)
	}
	for _, b := range f.BadForms {
		values, err := url.ParseQuery(b.Form)
		if err != nil {
			t.Fatal(err)
		}
		_, got := it.FromForm(values)
		want(t, b.Form, got, b.Pointer, b.Key)
		shown := it.FormTyped(values, "seed") // nothing typed is lost
		if typed := values.Get("answer"); f.Layout == instrument.TextBox && shown.Input.Value != typed {
			t.Errorf("%s: shows %q", b.Form, shown.Input.Value)
		}
	}
	if v, bad := it.FromForm(url.Values{}); bad != nil || !v.IsZero() {
		t.Errorf("an empty form gives %+v, %v", v, bad)
	}
}

func want(t *testing.T, what string, got *fault.Field, pointer, key string) {
	t.Helper()
	switch {
	case got == nil:
		t.Errorf("%s: accepted", what)
	case got.Pointer != pointer || got.Key != key:
		t.Errorf("%s: %q %s, want %q %s", what, got.Pointer, got.Key, pointer, key)
	}
}

// checkForm posts what a browser would post of the form with v filled in.
func checkForm(t *testing.T, it *instrument.Item, v instrument.Value) {
	t.Helper()
	m := it.Form(v, "seed")
	post := url.Values{}
	for _, r := range m.Rows {
		if r.Checked {
			post.Add(r.Name, r.Value)
		}
		for _, c := range r.Choices {
			if c.Checked {
				post.Add(c.Name, c.Value)
			}
		}
	}
	if m.Input.Name != "" {
		post.Set(m.Input.Name, m.Input.Value)
	}
	for _, c := range []instrument.FormChoice{m.DontKnow, m.Refuse} {
		if c.Checked {
			post.Add(c.Name, c.Value)
		}
	}
	got, bad := it.FromForm(post)
	if bad != nil {
		t.Errorf("the form of %+v posts %v: %s", v, post, bad.Key)
		return
	}
	a, _ := got.List()
	b, _ := v.List()
	if len(a) > 1 && it.Type != instrument.Ordering {
		// check boxes come in the order of the page
		if len(a) != len(b) {
			t.Errorf("posts %v, want %v", a, b)
		}
		return
	}
	if !got.Equal(v) {
		t.Errorf("the form posts %v = %+v, want %+v", post, got, v)
	}
}

func TestFixturesNeverReachInstruments(t *testing.T) {
	t.Parallel()
	lib, _ := content.LoadAt(files.FS, day)
	for _, it := range lib.Items() {
		if strings.HasPrefix(it.ID, "fixture-") {
			t.Errorf("%s is a fixture", it.ID)
		}
	}
}

// TestInstrumentFixture holds content/fixture/instrument.json: the complete body of
// GET /api/v1/instruments/{slug}/{version} with one item of each type.
func TestInstrumentFixture(t *testing.T) {
	t.Parallel()
	items := map[string]*instrument.Item{}
	var blocks []instrument.Block
	for _, typ := range instrument.Types() {
		raw, err := fs.ReadFile(files.FS, "fixture/items/"+string(typ)+".yaml")
		if err != nil {
			t.Fatal(err)
		}
		d, err := content.Parse(string(typ)+".yaml", raw)
		if err != nil {
			t.Fatal(err)
		}
		var f fixture
		if err := d.Decode("", &f); err != nil {
			t.Fatal(err)
		}
		it, err := instrument.DecodeItem(f.Item, "")
		if err != nil {
			t.Fatal(err)
		}
		items[it.ID] = it
		blocks = append(blocks, instrument.Block{Item: it.ID})
	}
	in := &instrument.Instrument{Slug: "fixture", Version: 1, Role: instrument.RoleTest,
		Title: i18n.Text{UK: "Приклад", EN: "Example"}, Summary: i18n.Text{UK: "Приклад.", EN: "Example."},
		Minutes: instrument.Minutes{From: 1, To: 5}, Sections: []instrument.Section{{ID: "all", Blocks: blocks}}}
	if found := in.Link(func(id string, _ int) (*instrument.Item, error) { return items[id], nil }, nil); len(found) > 0 {
		t.Fatal(found)
	}
	got, err := json.MarshalIndent(in.Public(), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	const name = "../../content/fixture/instrument.json"
	if *update {
		if err := os.WriteFile(name, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.TrimSpace(string(want)), string(got)); diff != "" {
		t.Errorf("the public view changed; if that is meant, run with -update (-want +got)\n%s", diff)
	}
}

var update = flag.Bool("update", false, "write content/fixture/instrument.json anew")
