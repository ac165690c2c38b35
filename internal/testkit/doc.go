// Package testkit is what tests of the whole program stand on: a clock that stands
// still, the real binary as a child process, a visitor that reads pages without a
// browser, and a driver of Chromium that does what a hand does.
//
// Guarantees: everything listens on loopback and on free ports; each test gets its
// own cookies; a process or a browser that was started here is ended here, by its
// own id; a step that fails leaves a picture of the screen and names the folder.
//
// It asserts nothing about the product but two things that hold for every page a
// browser opens: nothing is asked of another host, and the page's own rules (CSP)
// are not broken. Everything else is said by the tests.
package testkit
