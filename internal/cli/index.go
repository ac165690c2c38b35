package cli

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"osvitlo/internal/app"
	"osvitlo/internal/cityindex"
	"osvitlo/internal/fault"
	"osvitlo/internal/telemetry"
)

// open builds the program on an existing data folder, demo or real as the folder
// is. A command that only reads needs no word on who answers for a wave.
func (t *term) open(ctx context.Context, name string, reading bool) (*app.App, error) {
	c, err := t.load(name)
	if err != nil {
		return nil, err
	}
	if c.Demo, err = app.IsDemo(ctx, c); err != nil {
		return nil, err
	}
	return app.New(ctx, c, app.Options{Log: telemetry.NewLogger(t.err, "warn"), Reading: reading})
}

// cut takes a flag without a value out of the words.
func (t *term) cut(flag string) bool {
	for i, a := range t.args {
		if a == flag {
			t.args = append(append([]string{}, t.args[:i]...), t.args[i+1:]...)
			return true
		}
	}
	return false
}

// object takes the first word out that is neither a flag nor the folder of --data.
func (t *term) object() (string, bool) {
	for i, a := range t.args {
		if strings.HasPrefix(a, "-") || i > 0 && (t.args[i-1] == "--data" || t.args[i-1] == "-data") {
			continue
		}
		t.args = slices.Concat(t.args[:i], t.args[i+1:])
		return a, true
	}
	return "", false
}

// indexShow prints what the public sees now.
func indexShow(ctx context.Context, t *term) (err error) {
	asJSON := t.cut("--json")
	a, err := t.open(ctx, "index show", true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	snap := a.Index.Snapshot()
	if asJSON {
		_, err := t.out.Write(append(snap.Index, '\n'))
		return err
	}
	live := snap.View.Live
	fmt.Fprintf(t.out, t.say("Хвиля: %s. Відповідей: %d, без статі чи віку: %d.\n", "Wave: %s. Answers: %d, without sex or age: %d.\n"), live.Wave, live.N, live.Unweightable)
	row := func(name string, value, low, high *float64, factor float64) {
		if value == nil || low == nil || high == nil {
			fmt.Fprintf(t.out, "%s: %s\n", name, t.say("замало відповідей", "too few answers"))
			return
		}
		fmt.Fprintf(t.out, t.say("%s: %.1f, від %.1f до %.1f\n", "%s: %.1f, from %.1f to %.1f\n"), name, *value*factor, *low*factor, *high*factor)
	}
	b, o, m := live.AtLeastBasic, live.NoInternet, live.Index
	row(t.say("Щонайменше базовий рівень, зі 100", "At least basic, of 100"), b.Share, b.Low, b.High, 100)
	row(t.say("Без інтернету, зі 100", "Without internet, of 100"), o.Share, o.Low, o.High, 100)
	row(t.say("Середній бал", "Mean score"), m.Value, m.Low, m.High, 1)
	for _, r := range snap.View.Releases {
		fmt.Fprintf(t.out, t.say("Випуск %s: %s\n", "Release %s: %s\n"), r.ID, r.Path)
	}
	return nil
}

// indexRelease cuts the next release of the current wave.
func indexRelease(ctx context.Context, t *term) (err error) {
	a, err := t.open(ctx, "index release", false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	info, err := a.Index.Release(ctx, "")
	if fault.Is(err, fault.Conflict) {
		return fault.Newf(fault.Conflict, "", "%s (%v)", t.say("зараз випуск зробити не можна", "a release cannot be made now"), err)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(t.out, t.say("Випуск %s: %s\n", "Release %s: %s\n"), info.ID, info.Path)
	return err
}

// indexVerify recomputes a download and names the first figure that does not hold.
func indexVerify(ctx context.Context, t *term) (err error) {
	target, ok := t.object()
	if !ok {
		return fmt.Errorf("%w: %s", errUsage, t.say("назвіть теку або ZIP", "name a folder or a ZIP"))
	}
	asJSON := t.cut("--json")
	withData := slices.ContainsFunc(t.args, func(a string) bool {
		name, _, _ := strings.Cut(a, "=")
		return name == "--data" || name == "-data"
	})
	var opts cityindex.VerifyOptions
	if withData {
		a, err := t.open(ctx, "index verify", true)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, a.Close()) }()
		if opts, err = a.VerifyOptions(ctx); err != nil {
			return err
		}
	} else if len(t.args) > 0 {
		return fmt.Errorf("%w: %v", errUsage, t.args)
	}
	files, closing, err := openDownload(target)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closing()) }()
	report, err := cityindex.Verify(ctx, files, opts)
	if err != nil {
		return err
	}
	return t.tellReport(report, asJSON)
}

func (t *term) tellReport(r cityindex.Report, asJSON bool) error {
	if asJSON {
		enc := json.NewEncoder(t.out)
		enc.SetIndent("", "  ")
		if err := enc.Encode(r); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(t.out, t.say("Випуск %s, хвиля %s.\n", "Release %s, wave %s.\n"), r.Release, r.Wave)
		if r.Demo {
			fmt.Fprintln(t.out, t.say("Дані демонстраційні.", "The data are demo."))
		}
		fmt.Fprintf(t.out, t.say("Ключ підпису: %s\n", "Signing key: %s\n"), r.Fingerprint)
		if !r.KeyTrusted {
			fmt.Fprintln(t.out, t.say("Ключ узято із завантаження: звірте його з /.well-known/osvitlo-release-key на сайті міста.",
				"The key came with the download: compare it with /.well-known/osvitlo-release-key on the city's site."))
		}
		fmt.Fprintf(t.out, t.say("Перераховано: %s\n", "Recomputed: %s\n"), strings.Join(r.Recomputed, ", "))
		fmt.Fprintf(t.out, t.say("Не перераховано: %s\n", "Not recomputed: %s\n"), strings.Join(r.NotRecomputed, ", "))
	}
	if first := r.First(); first != nil {
		if figure := r.Figure(); figure != nil && figure != first {
			return fault.Newf(fault.Invalid, "", "%s: %s; %s %s: %s", first.Name, first.Detail,
				t.say("перша цифра, яка не сходиться,", "the first figure that does not hold is"), figure.Name, figure.Detail)
		}
		return fault.Newf(fault.Invalid, "", "%s: %s", first.Name, first.Detail)
	}
	if !asJSON {
		fmt.Fprintf(t.out, t.say("Усе сходиться, перевірок: %d.\n", "Everything holds, checks: %d.\n"), len(r.Checks))
	}
	return nil
}

// openDownload opens a folder or a ZIP.
func openDownload(name string) (fs.FS, func() error, error) {
	st, err := os.Stat(name)
	if err != nil {
		return nil, nil, err
	}
	if st.IsDir() {
		root, err := os.OpenRoot(name)
		if err != nil {
			return nil, nil, err
		}
		return root.FS(), root.Close, nil
	}
	z, err := zip.OpenReader(name)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	return z, z.Close, nil
}
