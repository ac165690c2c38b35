//go:build hold

package app

import (
	_ "github.com/arran4/golang-ical"
	_ "golang.org/x/image/font/opentype"
)
