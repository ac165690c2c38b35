//go:build e2e

package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"osvitlo/internal/testkit"
)

// Pictures of every page for a person to look at: both languages, a telephone and a
// desk, light and dark. They are made only when OSVITLO_E2E_PICTURES names a folder.
func TestPicturesOfEveryPage(t *testing.T) {
	folder := os.Getenv("OSVITLO_E2E_PICTURES")
	if folder == "" {
		t.Skip("OSVITLO_E2E_PICTURES names no folder")
	}
	for lang, w := range map[string]words{"uk": uk, "en": en} {
		for name, screen := range map[string]testkit.Screen{"phone": testkit.Phone, "desk": testkit.Desktop} {
			screen.Lang = lang
			tab := chrome.Tab(t, screen)
			for _, s := range tour(t, lang) {
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
