// Package assets is the office's list of uploaded files, and the address at which files
// are served.
//
// Guarantees: a file goes up in parts with a script and whole without one; what was typed
// is on the page again when it was refused; files are served with ranges and a long cache,
// never as something that can act on the site's behalf.
//
// It does not look into files: package asset does.
package assets
