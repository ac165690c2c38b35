package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Table writes the configuration as the Markdown table of README; a test holds them together.
func Table() string {
	var b strings.Builder
	b.WriteString("| змінна / variable | прапорець / flag | без неї / default | що це / what it is |\n|---|---|---|---|\n")
	each(&Config{}, func(s setting) {
		flag := ""
		if s.Flag != "" {
			flag = "`--" + s.Flag + "`"
		}
		def := ""
		if s.Default != "" {
			def = "`" + s.Default + "`"
		}
		uk, en, _ := strings.Cut(s.Doc, " | ")
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s · %s |\n", s.Env, flag, def, uk, en)
	})
	return b.String()
}

// Flags lists flag, default and explanation in one language, for the help text.
func Flags(lang string) [][3]string {
	var rows [][3]string
	each(&Config{}, func(s setting) {
		if s.Flag == "" {
			return
		}
		uk, en, _ := strings.Cut(s.Doc, " | ")
		doc := uk
		if lang == "en" {
			doc = en
		}
		rows = append(rows, [3]string{"--" + s.Flag, s.Default, doc + " (" + s.Env + ")"})
	})
	return rows
}

// contrast is the WCAG 2.2 contrast ratio of two #rrggbb colours, 1 to 21.
func contrast(a, b string) float64 {
	la, lb := luminance(a), luminance(b)
	return (math.Max(la, lb) + 0.05) / (math.Min(la, lb) + 0.05)
}

// luminance is WCAG's relative luminance of #rrggbb, 0 to 1.
func luminance(hex string) float64 {
	n, err := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 32)
	if err != nil {
		return 0
	}
	linear := func(c uint64) float64 {
		x := float64(c&0xff) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(n>>16) + 0.7152*linear(n>>8) + 0.0722*linear(n)
}
