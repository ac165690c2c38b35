//go:build e2e

package e2e

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"osvitlo/internal/testkit"
)

// Pictures of every page for a person to look at: both languages, a telephone and a
// desk, light and dark. They are made only when OSVITLO_E2E_PICTURES names a folder;
// OSVITLO_E2E_ONLY is an expression that names some of the pages.
func TestPicturesOfEveryPage(t *testing.T) {
	folder := os.Getenv("OSVITLO_E2E_PICTURES")
	if folder == "" {
		t.Skip("OSVITLO_E2E_PICTURES names no folder")
	}
	only, err := regexp.Compile(os.Getenv("OSVITLO_E2E_ONLY"))
	if err != nil {
		t.Fatal(err)
	}
	for lang, w := range map[string]words{"uk": uk, "en": en} {
		for name, screen := range map[string]testkit.Screen{"phone": testkit.Phone, "desk": testkit.Desktop} {
			screen.Lang = lang
			tab := chrome.Tab(t, screen)
			for _, s := range tour(t, lang) {
				if !only.MatchString(s.name) {
					continue
				}
				s.visit(t, tab, w)
				for _, dark := range []bool{false, true} {
					tab.Dark(dark)
					colours := map[bool]string{false: "light", true: "dark"}[dark]
					keep(t, filepath.Join(folder, lang, name, colours), s.name, tab.Picture())
				}
				tab.Dark(false)
			}
		}
	}
}

func keep(t *testing.T, folder, name string, raw []byte) {
	t.Helper()
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), raw, 0o644); err != nil {
		t.Fatal(err)
	}
}

// mostPicture bounds a picture of the README, in bytes.
const mostPicture = 150_000

// The three pictures of the README, drawn from a demo city of the usual size. They
// are made only when OSVITLO_E2E_README names a folder, such as static/screenshots.
func TestPicturesOfTheReadme(t *testing.T) {
	folder := os.Getenv("OSVITLO_E2E_README")
	if folder == "" {
		t.Skip("OSVITLO_E2E_README names no folder")
	}
	if !filepath.IsAbs(folder) {
		root, err := testkit.Root()
		if err != nil {
			t.Fatal(err)
		}
		folder = filepath.Join(root, folder)
	}
	p, err := testkit.Serve(binary, t.TempDir(), "--demo")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Stop(); err != nil {
			t.Error(err)
		}
	})
	b, err := testkit.OpenBrowser(testkit.BrowserOptions{Site: p.Site, Shots: shots})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)

	phone := testkit.Screen{Width: 360, Height: 1080, Scale: 2, Phone: true}
	one := walkerAt(t, p.Site, "uk", "resident-test")
	for !strings.HasSuffix(one.page.Path, "/call-from-bank") {
		one.step()
	}
	tab := b.Tab(t, phone)
	tab.Take(one.cookies())
	want(tab, 200, tab.Open(one.at))
	keep(t, folder, "question", small(t, tab.View()))

	for one.page.Doc().Find("#submit").Length() == 0 {
		one.rightly()
	}
	one.submit()
	tab = b.Tab(t, phone)
	tab.Take(one.cookies())
	want(tab, 200, tab.Open(one.page.Path))
	keep(t, folder, "result", small(t, tab.View()))

	desk := b.Tab(t, testkit.Screen{Width: 1280, Height: 1120})
	want(desk, 200, desk.Open("/index"))
	keep(t, folder, "index", small(t, desk.View()))
}

// small writes a picture with at most 256 colours, those that are most frequent in it.
func small(t *testing.T, raw []byte) []byte {
	t.Helper()
	full, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	counts := map[color.RGBA]int{}
	box := full.Bounds()
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			counts[color.RGBAModel.Convert(full.At(x, y)).(color.RGBA)]++
		}
	}
	colours := slices.Collect(maps.Keys(counts))
	slices.SortFunc(colours, func(a, b color.RGBA) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B))
	})
	var palette color.Palette
	for _, c := range colours[:min(len(colours), 256)] {
		palette = append(palette, c)
	}
	out := image.NewPaletted(box, palette)
	draw.Draw(out, box, full, box.Min, draw.Src)
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, out); err != nil {
		t.Fatal(err)
	}
	if b.Len() > mostPicture {
		t.Errorf("the picture is %d bytes, at most %d", b.Len(), mostPicture)
	}
	return b.Bytes()
}
