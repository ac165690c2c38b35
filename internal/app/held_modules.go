//go:build held

package app

// Modules that packages under way need: this keeps go.mod still meanwhile.
import (
	_ "github.com/arran4/golang-ical"
	_ "github.com/boombuler/barcode/qr"
	_ "github.com/xuri/excelize/v2"
)
