package app_test

import (
	"fmt"
	"os"
	"testing"
)

// demoDir is where the shared demo city lies.
var demoDir string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "osvitlo-app")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	demoDir = dir
	code := m.Run()
	if a, err := demo(); err == nil {
		_ = a.Close()
	}
	_ = os.RemoveAll(dir)
	os.Exit(code)
}
