package testkit

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// axeSource is the checker of accessibility, installed by npm in scripts/e2e.
var axeSource = sync.OnceValues(func() (string, error) {
	root, err := Root()
	if err != nil {
		return "", err
	}
	raw, err := os.ReadFile(filepath.Join(root, "scripts", "e2e", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		return "", fmt.Errorf("testkit: axe-core is not installed, run npm ci in scripts/e2e: %w", err)
	}
	return string(raw), nil
})

// AxeTags are the rules that every page must pass.
var AxeTags = []string{"wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"}

// Violation is one rule that a page breaks.
type Violation struct {
	ID, Help string
	Nodes    []string // where, and what is wrong
}

func (v Violation) String() string {
	return v.ID + ": " + v.Help + "\n      " + strings.Join(v.Nodes, "\n      ")
}

// Axe checks the page that is shown against AxeTags. The tab must run scripts.
func (tab *Tab) Axe() []Violation {
	tab.t.Helper()
	return tab.axe(`{type: 'tag', values: ['` + strings.Join(AxeTags, `','`) + `']}`)
}

// Contrast checks only what other colours change.
func (tab *Tab) Contrast() []Violation {
	tab.t.Helper()
	return tab.axe(`{type: 'rule', values: ['color-contrast', 'link-in-text-block']}`)
}

func (tab *Tab) axe(only string) []Violation {
	tab.t.Helper()
	source, err := axeSource()
	tab.must(err)
	if !Eval[bool](tab, `!!window.axe`) {
		tab.must(tab.run(source))
	}
	tab.must(tab.run(`axe.run(document, {runOnly: ` + only + `, resultTypes: ['violations'], elementRef: false})
    .then(r => { window.osvitloAxe = r.violations.map(v => ({ID: v.id, Help: v.help,
      Nodes: v.nodes.slice(0, 5).map(n => n.target.join(' ') + '  ' + n.html.slice(0, 160) + '  ' + (n.failureSummary || '').replace(/\s+/g, ' ').slice(0, 300))})) })`))
	return Eval[[]Violation](tab, `window.osvitloAxe`)
}

// run evaluates a script that the page's own rules would not let in, and waits for it.
func (tab *Tab) run(script string) error {
	wait := true
	r, err := chromedp.Call(tab.limited(), runtime.Evaluate, runtime.EvaluateParams{Expression: script, AwaitPromise: &wait})
	if err != nil {
		return err
	}
	if r.ExceptionDetails != nil {
		return fmt.Errorf("script: %s", r.ExceptionDetails.Text)
	}
	return nil
}
