// Package locales holds the messages of the interface, one file per area and language.
package locales

import "embed"

// FS holds the message files.
//
//go:embed *.toml
var FS embed.FS
