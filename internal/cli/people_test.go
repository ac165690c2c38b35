package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestStaffIsMadeByTheOperator(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	env := map[string]string{"OSVITLO_DATA": folder, "OSVITLO_LANG": "en", "OSVITLO_DEMO": "true", "OSVITLO_DEMO_PEOPLE": "0", "OSVITLO_PUBLIC_URL": "https://osvitlo.example"}
	if code, _, stderr := run(t, env, "demo"); code != 0 {
		t.Fatal(stderr)
	}
	code, out, stderr := run(t, env, "user", "add", "--role", "analyst", "--json")
	if code != 0 {
		t.Fatal(stderr)
	}
	var made struct {
		ID     string `json:"id"`
		SignIn string `json:"sign_in_url"`
		Secret string `json:"totp_secret"`
	}
	if err := json.Unmarshal([]byte(out), &made); err != nil || made.ID == "" || made.Secret == "" || !strings.HasPrefix(made.SignIn, "https://osvitlo.example/sign-in/link/") {
		t.Fatalf("%v: %s", err, out)
	}
	for _, ok := range [][]string{
		{"user", "link", "--person", made.ID},
		{"role", "grant", "--person", made.ID, "--role", "mentor", "--place", "lib-1", "--until", "2030-01-01"},
		{"role", "revoke", "--person", made.ID, "--role=mentor", "--place=lib-1"},
		{"session", "revoke", "--person", made.ID},
		{"session", "revoke", "--all"},
		{"keys", "rotate"},
		{"keys", "new"},
		{"audit", "verify"},
	} {
		if code, _, stderr := run(t, env, ok...); code != 0 {
			t.Errorf("%v: code %d, %s", ok, code, stderr)
		}
	}
	for _, wrong := range [][]string{
		{"user", "add", "--role", "king"}, {"user", "add", "--role", "visitor"}, {"user", "add", "--role", "analyst", "--place", "lib-1"},
		{"user", "link"}, {"role", "grant", "--role", "analyst"}, {"role", "grant", "--person", made.ID, "--role", "analyst", "--until", "soon"},
		{"session", "revoke"}, {"session", "revoke", "--all", "--person", made.ID}, {"keys", "new", "now"},
	} {
		if code, _, stderr := run(t, env, wrong...); code != 2 {
			t.Errorf("%v: code %d, %s", wrong, code, stderr)
		}
	}
}

func TestACutAuditLogIsSeen(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	env := map[string]string{"OSVITLO_DATA": folder, "OSVITLO_LANG": "en", "OSVITLO_DEMO": "true", "OSVITLO_DEMO_PEOPLE": "0"}
	if code, _, stderr := run(t, env, "demo"); code != 0 {
		t.Fatal(stderr)
	}
	for _, name := range []string{"osvitlo.db", "osvitlo.db-wal", "osvitlo.db-shm"} {
		if err := os.Remove(filepath.Join(folder, name)); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	code, out, stderr := run(t, env, "demo")
	if code != 0 {
		t.Fatal(stderr)
	}
	if code, out, stderr = run(t, env, "audit", "verify"); code != 1 || !strings.Contains(out, "cut") {
		t.Fatalf("a log whose store was exchanged: code %d, %s %s", code, out, stderr)
	}
}

func TestWithoutAKeyARealSiteDoesNotStart(t *testing.T) {
	t.Parallel()
	env := map[string]string{"OSVITLO_DATA": t.TempDir(), "OSVITLO_LANG": "en", "OSVITLO_LISTEN": "127.0.0.1:0", "OSVITLO_ADMIN_LISTEN": "127.0.0.1:0"}
	code, _, stderr := run(t, env, "serve")
	if code != 1 || !strings.Contains(stderr, "osvitlo keys new") {
		t.Fatalf("code %d, %s", code, stderr)
	}
	env["OSVITLO_KEYS"] = "k1:c2hvcnQ="
	if code, _, stderr = run(t, env, "serve"); code != 1 || strings.Contains(stderr, "c2hvcnQ") {
		t.Fatalf("a short key: code %d, %s", code, stderr)
	}
}
