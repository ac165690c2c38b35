// Command services checks the e-service instructions of a content folder; for people
// who write them.
//
//	go run ./scripts/services content [slug]
//
// With a slug it shows only what concerns that instruction. It builds without the rest
// of the program.
package main

import (
	"fmt"
	"os"
	"strings"

	"osvitlo/internal/content"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

func main() {
	if len(os.Args) < 2 || len(os.Args) > 3 {
		fmt.Fprintln(os.Stderr, "services <content folder> [slug]")
		os.Exit(2)
	}
	root, err := os.OpenRoot(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	slug := ""
	if len(os.Args) == 3 {
		slug = os.Args[2]
	}
	lib, problems := content.Load(root.FS())
	failed := false
	for _, p := range problems {
		if strings.HasPrefix(p.File, "services/") && p.Severity != instrument.Note && (slug == "" || strings.Contains(p.File, slug)) {
			fmt.Println(p)
			failed = failed || p.Severity == instrument.Error
		}
	}
	for _, in := range lib.Services() {
		if slug != "" && in.Slug != slug {
			continue
		}
		words := 0
		in.Texts(func(_ string, t i18n.Text) { words += len(strings.Fields(t.UK)) })
		fmt.Printf("%02d %-28s %d steps, %d words\n", in.Number, in.Slug, len(in.Steps), words)
	}
	if failed {
		os.Exit(1)
	}
}
