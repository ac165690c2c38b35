package cli

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"osvitlo/internal/fault"
)

// healthcheck asks /readyz of a running program; containers use it.
func healthcheck(ctx context.Context, t *term) error {
	url := "http://127.0.0.1:8081/readyz"
	if admin := t.getenv("OSVITLO_ADMIN_LISTEN"); admin != "" {
		host, port, err := net.SplitHostPort(admin)
		if err != nil {
			return fmt.Errorf("%w: OSVITLO_ADMIN_LISTEN %q", errUsage, admin)
		}
		if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
			host = "127.0.0.1"
		}
		url = "http://" + net.JoinHostPort(host, port) + "/readyz"
	}
	if len(t.args) > 0 {
		url = t.args[0]
		if _, after, ok := strings.Cut(url, "://"); ok && !strings.Contains(strings.TrimSuffix(after, "/"), "/") {
			url = strings.TrimSuffix(url, "/") + "/readyz" // the site's address alone
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(io.LimitReader(resp.Body, 200))
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fault.Newf(fault.Unavailable, "", "%d %s", resp.StatusCode, strings.TrimSpace(string(said)))
	}
	_, err = fmt.Fprintln(t.out, strings.TrimSpace(string(said)))
	return err
}

// version prints what was built and with what.
func version(_ context.Context, t *term) error {
	revision, when := "", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				revision = s.Value
			case "vcs.time":
				when = s.Value
			}
		}
	}
	if revision == "" {
		revision = t.say("збірка без історії", "built without history")
	}
	_, err := fmt.Fprintf(t.out, "osvitlo %s %s %s\n", revision, when, runtime.Version())
	return err
}
