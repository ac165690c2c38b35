package cli

import (
	"context"
	"fmt"
	"io/fs"
	"os"

	"osvitlo/content"
	inner "osvitlo/internal/content"
	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
)

// contentFS is the folder named, or what is built into the program.
func contentFS(t *term) (fs.FS, error) {
	switch len(t.args) {
	case 0:
		return content.FS, nil
	case 1:
		root, err := os.OpenRoot(t.args[0])
		if err != nil {
			return nil, err
		}
		return root.FS(), nil
	}
	return nil, fmt.Errorf("%w: %v", errUsage, t.args)
}

// contentCheck prints file:line: message and mend for all that is wrong; notes, such
// as days that will pass and items not used yet, only with --all.
func contentCheck(_ context.Context, t *term) error {
	all := t.cut("--all")
	files, err := contentFS(t)
	if err != nil {
		return err
	}
	lib, problems := inner.Load(files)
	notes := 0
	for _, p := range problems {
		if p.Severity == instrument.Note && !all {
			notes++
			continue
		}
		fmt.Fprintln(t.out, p)
	}
	if notes > 0 {
		fmt.Fprintf(t.out, t.say("Ще приміток: %d. Показати всі: content check --all\n", "Notes besides: %d. To see them: content check --all\n"), notes)
	}
	if inner.Failed(problems) {
		return fault.Newf(fault.Invalid, "", "%s", t.say("є помилки, виправте їх; нічого не опубліковано", "there are errors, mend them; nothing is published"))
	}
	lessons := 0
	for _, k := range lib.Courses() {
		lessons += len(k.Lessons)
	}
	fmt.Fprintf(t.out, t.say("Гаразд: анкет %d, запитань %d, порад %d, курсів %d, уроків %d.\n", "All right: %d instruments, %d items, %d advice pages, %d courses, %d lessons.\n"),
		len(lib.Instruments()), len(lib.Items()), len(lib.AdvicePages()), len(lib.Courses()), lessons)
	return nil
}

// contentSum prints what content.sum must hold when everything is published.
func contentSum(_ context.Context, t *term) error {
	files, err := contentFS(t)
	if err != nil {
		return err
	}
	lib, problems := inner.Load(files)
	for _, p := range problems {
		if p.Severity == instrument.Error && p.File != inner.SumFile {
			return fault.Newf(fault.Invalid, "", "%s", p)
		}
	}
	_, err = fmt.Fprint(t.out, lib.Sum())
	return err
}
