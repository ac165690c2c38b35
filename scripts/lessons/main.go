// Command lessons checks the courses of a content folder and prints the size of
// each lesson; for people who write them.
//
//	go run ./scripts/lessons content [course]
//
// With a course it shows only what concerns its folder. It builds without the rest
// of the program.
package main

import (
	"fmt"
	"os"
	"strings"

	"osvitlo/internal/content"
	"osvitlo/internal/instrument"
)

func main() {
	if len(os.Args) < 2 || len(os.Args) > 3 {
		fmt.Fprintln(os.Stderr, "lessons <content folder> [course]")
		os.Exit(2)
	}
	root, err := os.OpenRoot(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	prefix := "courses/"
	if len(os.Args) == 3 {
		prefix += strings.TrimSuffix(os.Args[2], "/") + "/"
	}
	lib, problems := content.Load(root.FS())
	failed := false
	for _, p := range problems {
		if strings.HasPrefix(p.File, prefix) && p.Severity != instrument.Note {
			fmt.Println(p)
			failed = failed || p.Severity == instrument.Error
		}
	}
	for _, k := range lib.Courses() {
		if !strings.HasPrefix("courses/"+k.Slug+"/", prefix) {
			continue
		}
		fmt.Printf("%s: %d lessons, %d minutes\n", k.Slug, len(k.Lessons), k.Minutes())
		for _, l := range k.Lessons {
			fmt.Printf("  %-32s %s %d min, %d words\n", l.Slug, l.Level, l.Minutes, l.Words())
		}
	}
	if failed {
		os.Exit(1)
	}
}
