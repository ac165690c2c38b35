//go:build e2e

package e2e

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"osvitlo/internal/testkit"
)

// What all journeys share: the binary, one demo city that they visit, and one
// Chromium in which each has cookies of its own.
var (
	binary string
	city   *testkit.Program
	chrome *testkit.Browser
	shots  string
	work   string
)

func TestMain(m *testing.M) {
	flag.Parse()
	// Journeys wait more than they work: on two cores four of them fit.
	if err := flag.Set("test.parallel", "4"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	if work, err = os.MkdirTemp("", "osvitlo-e2e-"); err != nil {
		return 2, err
	}
	shots = filepath.Join(os.TempDir(), "osvitlo-e2e-screens")
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	if binary, err = testkit.Build(ctx, work); err != nil {
		return 2, errors.Join(err, os.RemoveAll(work))
	}
	if city, err = demo(filepath.Join(work, "city")); err != nil {
		return 2, errors.Join(err, os.RemoveAll(work))
	}
	if chrome, err = testkit.OpenBrowser(testkit.BrowserOptions{Site: city.Site, Shots: shots}); err != nil {
		return 2, errors.Join(err, city.Stop(), os.RemoveAll(work))
	}
	code = m.Run()
	chrome.Close()
	if b, err := large(); err == nil {
		b.Close()
	}
	return code, errors.Join(city.Stop(), os.RemoveAll(work))
}

// demo starts a demo city of 300 people.
func demo(data string) (*testkit.Program, error) {
	return testkit.Serve(binary, data, "--demo", "--demo-people", "300")
}

// town is a program of the test's own, so that what it does disturbs nobody.
func town(t *testing.T) *testkit.Program {
	t.Helper()
	p, err := demo(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Stop(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// large is a Chromium whose owner has set the text to twice its usual size.
var large = sync.OnceValues(func() (*testkit.Browser, error) {
	return testkit.OpenBrowser(testkit.BrowserOptions{Site: city.Site, Shots: shots, TextSize: 32})
})

// until waits for a sign, as long as the busiest machine may need for it.
func until(t *testing.T, sign string, seen func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); !seen(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s did not come", sign)
		}
	}
}
