// Package content holds the frameworks, items, instruments and texts as files,
// and the schemas that they must fit. It only embeds them; internal/content reads.
package content

import "embed"

// FS holds everything in this folder.
//
//go:embed *
var FS embed.FS
