// Package e2e is the journeys: the built program on its own data, and people who
// use it through Chromium or plainly over HTTP.
//
// The tests stand behind the build tag e2e and need chromium and, in scripts/e2e,
// npm ci:
//
//	go test -tags e2e ./internal/e2e/...
//
// A journey that fails leaves a picture of the screen in a temporary folder and
// names it. Every page that a browser opens must ask no other host and break none of
// its own rules; that is held by testkit for all journeys. What one package can
// check alone is checked there, not here.
package e2e
