package testkit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/chromedp/chromedp"
)

// Browser is one Chromium process. Each tab opened from it is a person of their
// own: cookies and caches are not shared.
type Browser struct {
	ctx    context.Context
	cancel context.CancelFunc
	free   context.CancelFunc
	dir    string
	site   string
	shots  string
}

// BrowserOptions say how Chromium starts.
type BrowserOptions struct {
	Site  string // the only address that pages may ask
	Shots string // folder for pictures of what failed
	// TextSize is the reader's own size of text in CSS pixels, as set in the
	// browser; 0 leaves the usual 16.
	TextSize int
}

// OpenBrowser starts Chromium with an empty profile.
func OpenBrowser(o BrowserOptions) (*Browser, error) {
	path, err := exec.LookPath("chromium")
	if err != nil {
		return nil, fmt.Errorf("testkit: %w; install the package chromium", err)
	}
	dir, err := os.MkdirTemp("", "osvitlo-browser-")
	if err != nil {
		return nil, err
	}
	if o.TextSize > 0 {
		if err := preferences(dir, o.TextSize); err != nil {
			return nil, errors.Join(err, os.RemoveAll(dir))
		}
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(dir), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("no-pings", true),
		chromedp.Flag("hide-scrollbars", true), chromedp.Flag("font-render-hinting", "none"),
	)
	alloc, free := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(alloc)
	b := &Browser{ctx: ctx, cancel: cancel, free: free, dir: dir, site: o.Site, shots: o.Shots}
	if err := chromedp.Do(ctx); err != nil {
		b.Close()
		return nil, fmt.Errorf("testkit: chromium: %w", err)
	}
	return b, nil
}

// preferences writes the profile's size of text.
func preferences(dir string, size int) error {
	raw, err := json.Marshal(map[string]any{"webkit": map[string]any{"webprefs": map[string]any{
		"default_font_size": size, "default_fixed_font_size": size * 13 / 16}}})
	if err != nil {
		return err
	}
	profile := filepath.Join(dir, "Default")
	if err := os.MkdirAll(profile, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(profile, "Preferences"), raw, 0o600)
}

// Close ends Chromium and removes its profile.
func (b *Browser) Close() {
	if b == nil {
		return
	}
	ctx, cancel := context.WithTimeout(b.ctx, 10*time.Second)
	_ = chromedp.Cancel(ctx) // what does not close is killed below
	cancel()
	b.cancel()
	b.free()
	for range 50 { // its children write for a moment longer
		if os.RemoveAll(b.dir) == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}
