package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	out "osvitlo/internal/export"
)

// export writes sittings or answers to a file or to standard output.
func export(ctx context.Context, t *term) (err error) {
	if len(t.args) == 0 || !slices.Contains([]string{"sittings", "answers"}, t.args[0]) {
		return fmt.Errorf("%w: %s", errUsage, t.say("що вивантажити: sittings чи answers", "what to export: sittings or answers"))
	}
	what := t.args[0]
	t.args = t.args[1:]
	format, err := t.option("--format", string(out.CSV))
	if err != nil {
		return err
	}
	name, err := t.option("-o", "-")
	if err != nil {
		return err
	}
	a, err := t.open(ctx, "export", true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	w, closing, err := t.toFile(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closing()) }()
	write := out.Sittings
	if what == "answers" {
		write = out.Answers
	}
	n, err := write(ctx, w, a.Sittings, out.Options{Format: out.Format(format), Demo: a.Demo()})
	if err != nil {
		return err
	}
	fmt.Fprintf(t.err, t.say("Рядків: %d\n", "Rows: %d\n"), n)
	return nil
}

// option takes a flag with its value out of the words.
func (t *term) option(flag, otherwise string) (string, error) {
	for i, a := range t.args {
		if a != flag {
			continue
		}
		if i+1 >= len(t.args) {
			return "", fmt.Errorf("%w: %s", errUsage, flag)
		}
		value := t.args[i+1]
		t.args = slices.Delete(slices.Clone(t.args), i, i+2)
		return value, nil
	}
	return otherwise, nil
}
