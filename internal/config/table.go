package config

import (
	"fmt"
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
