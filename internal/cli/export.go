package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"osvitlo/internal/app"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/sitting"

	out "osvitlo/internal/export"
)

// exports are what can be written out.
var exports = map[string]func(context.Context, *term) error{
	"sittings":  func(ctx context.Context, t *term) error { return exportRows(ctx, t, out.Sittings) },
	"answers":   func(ctx context.Context, t *term) error { return exportRows(ctx, t, out.Answers) },
	"table":     exportTable,
	"microdata": exportMicrodata,
}

// export writes sittings, answers, a table of answers or microdata.
func export(ctx context.Context, t *term) error {
	if len(t.args) == 0 || exports[t.args[0]] == nil {
		return fmt.Errorf("%w: %s", errUsage, t.say("що вивантажити: sittings, answers, table чи microdata", "what to export: sittings, answers, table or microdata"))
	}
	what := t.args[0]
	t.args = t.args[1:]
	return exports[what](ctx, t)
}

// exportRows writes one row per sitting, or one per answer, to a file or to standard output.
func exportRows(ctx context.Context, t *term, write func(context.Context, io.Writer, out.Source, out.Options) (int, error)) error {
	format, err := t.option("--format", string(out.CSV))
	if err != nil {
		return err
	}
	return t.exported(ctx, func(a *app.App, w io.Writer) (int, error) {
		return write(ctx, w, a.Sittings, out.Options{Format: out.Format(format), Demo: a.Demo()})
	})
}

// exportTable writes the table that the staff page shows, in a format of its files.
func exportTable(ctx context.Context, t *term) error {
	words := map[string]string{"--format": string(out.CSV), "--instrument": "resident-test", "--wave": "", "--mode": "", "--state": "", "--cols": "", "--lang": i18n.Ukrainian}
	for flag, otherwise := range words {
		value, err := t.option(flag, otherwise)
		if err != nil {
			return err
		}
		words[flag] = value
	}
	q := out.Query{Instrument: words["--instrument"], Wave: words["--wave"], Mode: sitting.Mode(words["--mode"]), State: sitting.State(words["--state"])}
	for _, g := range strings.Split(words["--cols"], ",") {
		if g != "" {
			q.Groups = append(q.Groups, out.Group(g))
		}
	}
	return t.exported(ctx, func(a *app.App, w io.Writer) (int, error) {
		tables, err := a.Answers()
		if err != nil {
			return 0, err
		}
		table, err := tables.Table(q, words["--lang"])
		if err != nil {
			return 0, err
		}
		return table.Write(ctx, w, out.Format(words["--format"]))
	})
}

// exported opens the program and the file and tells how many rows were written.
func (t *term) exported(ctx context.Context, write func(*app.App, io.Writer) (int, error)) (err error) {
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
	n, err := write(a, w)
	if err != nil {
		return err
	}
	fmt.Fprintf(t.err, t.say("Рядків: %d\n", "Rows: %d\n"), n)
	return nil
}

// exportMicrodata writes the microdata of a closed wave and their description.
func exportMicrodata(ctx context.Context, t *term) (err error) {
	wave, err := t.option("--wave", "")
	if err != nil {
		return err
	}
	dir, err := t.option("--out", "")
	if err != nil {
		return err
	}
	if wave == "" || dir == "" {
		return fmt.Errorf("%w: %s", errUsage, t.say("потрібні --wave і --out", "--wave and --out are needed"))
	}
	a, err := t.open(ctx, "export", true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	m, err := a.Microdata(ctx, wave)
	if err != nil {
		return err
	}
	about, err := m.Package()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fault.From(err, fault.Invalid, "")
	}
	for name, body := range map[string][]byte{out.MicroFile: m.CSV(), out.MicroPackage: about} {
		if err := os.WriteFile(filepath.Join(dir, name), body, 0o600); err != nil {
			return fault.From(err, fault.Unavailable, "")
		}
	}
	r := m.Report
	fmt.Fprintf(t.out, t.say("Рядків: %d, кожне поєднання ознак – щонайменше %d людей.\n", "Rows: %d, each combination stands for %d people or more.\n"), r.N, r.K)
	fmt.Fprintf(t.out, t.say("Укрупнено: %v. Приховано клітинок: %v.\nsha256 %s\n", "Made coarser: %v. Cells withheld: %v.\nsha256 %s\n"), r.Coarser, r.Withheld, r.Hash)
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
		t.args = append(append([]string{}, t.args[:i]...), t.args[i+2:]...)
		return value, nil
	}
	return otherwise, nil
}
