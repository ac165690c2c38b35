package canvas_test

import (
	"bytes"
	"image/color"
	"os/exec"
	"strings"
	"testing"

	"osvitlo/internal/canvas"
)

// Codes are read by a program that knows nothing of ours: addresses, Ukrainian, the payload
// of a card, at the size a poster has and at the least a module can be.
func TestACodeIsReadByAnotherProgram(t *testing.T) {
	t.Parallel()
	scanner, err := exec.LookPath("zbarimg")
	if err != nil {
		t.Skip("zbarimg is not installed")
	}
	for _, text := range []string{
		"https://osvitlo.example/e/abcdef", "https://osvitlo.example/c#OSV1-7K3M-9QXA-4TRD-2WPB-", "Цифрова грамотність: " + strings.Repeat("ґїєі ", 20), strings.Repeat("https://osvitlo.example/", 12),
	} {
		for _, side := range []float64{200, 420, 900} {
			c := canvas.New(1000, 1000, color.White)
			took, err := c.QR(40, 40, side, text)
			if err != nil {
				if side == 200 {
					continue // no whole pixel for each module: refused, as it says
				}
				t.Fatalf("%q at %g: %v", text, side, err)
			}
			var file bytes.Buffer
			if err := c.PNG(&file); err != nil {
				t.Fatal(err)
			}
			read := exec.Command(scanner, "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", "-")
			read.Stdin = &file
			out, err := read.Output()
			if got := strings.TrimSuffix(string(out), "\n"); err != nil || got != text {
				t.Errorf("%q drawn %g wide is read as %q: %v", text, took, got, err)
			}
		}
	}
}
