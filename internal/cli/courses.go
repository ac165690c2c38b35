package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"

	"osvitlo/internal/fault"
)

// courseFile is a file of a course folder that an export writes or takes away.
var courseFile = regexp.MustCompile(`^([0-9]{2}-[a-z0-9-]+|course|final)\.yaml$`)

// contentExport writes the courses that were published in the browser as files into a
// folder that lies as content does. The same versions give the same bytes. A lesson that
// the newer version no longer has is removed from the folder of its course.
func contentExport(ctx context.Context, t *term) (err error) {
	dir, ok := t.object()
	if !ok {
		return fmt.Errorf("%w: %s", errUsage, t.say("назвіть теку", "name a folder"))
	}
	a, err := t.open(ctx, "content export", true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	list, err := a.Drafts.Export(ctx)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fault.From(err, fault.Unavailable, "")
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fault.From(err, fault.Unavailable, "")
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	for _, one := range list {
		folder := path.Join("courses", one.Slug)
		if err := root.MkdirAll(folder, 0o755); err != nil {
			return fault.From(err, fault.Unavailable, "")
		}
		var names []string
		for _, f := range one.Files {
			if !courseFile.MatchString(f.Name) {
				return fault.Newf(fault.Internal, "", "%s: %s", one.Slug, f.Name)
			}
			names = append(names, f.Name)
			if err := root.WriteFile(path.Join(folder, f.Name), []byte(f.Text), 0o644); err != nil {
				return fault.From(err, fault.Unavailable, "")
			}
		}
		handle, err := root.Open(folder)
		if err != nil {
			return fault.From(err, fault.Unavailable, "")
		}
		there, err := handle.Readdirnames(-1)
		if err = errors.Join(err, handle.Close()); err != nil {
			return fault.From(err, fault.Unavailable, "")
		}
		slices.Sort(there)
		for _, name := range there {
			if courseFile.MatchString(name) && !slices.Contains(names, name) {
				if err := root.Remove(path.Join(folder, name)); err != nil {
					return fault.From(err, fault.Unavailable, "")
				}
				fmt.Fprintf(t.out, t.say("вилучено %s\n", "removed %s\n"), path.Join(folder, name))
			}
		}
		fmt.Fprintf(t.out, t.say("записано %s: файлів %d\n", "written %s: %d files\n"), folder, len(names))
	}
	var lines []string
	for _, one := range list {
		if one.Line != "" {
			lines = append(lines, one.Line)
		}
	}
	if len(list) == 0 {
		fmt.Fprint(t.out, t.say("У браузері ще нічого не публікували.\n", "Nothing was published in the browser yet.\n"))
	} else if len(lines) > 0 {
		fmt.Fprintf(t.out, t.say("Допишіть у content.sum:\n%s\n", "Add to content.sum:\n%s\n"), strings.Join(lines, "\n"))
	}
	return nil
}
