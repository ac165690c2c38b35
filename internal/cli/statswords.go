package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"osvitlo/internal/fault"
	"osvitlo/internal/statsbench"
)

// words are the flags of one subcommand of the bench, read.
type words struct {
	t     *term
	given map[string][]string
	stdin bool // taken
}

// maxSpec bounds a specification or a table in JSON.
const maxSpec = 64 << 20

// readWords takes the flags of a subcommand: --name value, --name=value, and
// --name alone for those that take no value. A word without a flag is data.
func readWords(t *term, name string) (*words, error) {
	b := benches[name]
	w := &words{t: t, given: map[string][]string{}}
	for i := 0; i < len(t.args); i++ {
		a := t.args[i]
		if !strings.HasPrefix(a, "-") || a == "-" {
			if !slices.ContainsFunc(b.flags, func(f benchFlag) bool { return f.name == b.plain }) {
				return nil, fmt.Errorf("%w: %s", errUsage, a)
			}
			w.given[b.plain] = append(w.given[b.plain], a)
			continue
		}
		key, value, has := strings.Cut(strings.TrimLeft(a, "-"), "=")
		at := slices.IndexFunc(b.flags, func(f benchFlag) bool { return f.name == key || slices.Contains(f.also, key) })
		if at < 0 {
			return nil, fmt.Errorf("%w: %s", errUsage, a)
		}
		f := b.flags[at]
		switch {
		case f.alone && !has:
			value = "true"
		case !has:
			if i++; i >= len(t.args) {
				return nil, fmt.Errorf("%w: %s %s", errUsage, a, f.value)
			}
			value = t.args[i]
		}
		w.given[f.name] = append(w.given[f.name], value)
	}
	for _, f := range b.flags {
		if f.must && len(w.given[f.name]) == 0 {
			return nil, fmt.Errorf("%w: --%s", errUsage, f.name)
		}
		if len(w.given[f.name]) > 1 && !f.many {
			return nil, fmt.Errorf("%w: --%s %s", errUsage, f.name, t.say("стоїть двічі", "stands twice"))
		}
	}
	return w, nil
}

func (w *words) one(flag string) string {
	if v := w.given[flag]; len(v) > 0 {
		return v[len(v)-1]
	}
	return ""
}

// list is comma-separated, and may be given several times.
func (w *words) list(flag string) []string {
	var out []string
	for _, v := range w.given[flag] {
		for _, x := range strings.Split(v, ",") {
			if x = strings.TrimSpace(x); x != "" {
				out = append(out, x)
			}
		}
	}
	return out
}

func (w *words) number(flag string, otherwise float64) (float64, error) {
	s := w.one(flag)
	if s == "" {
		return otherwise, nil
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(v) {
		return 0, fmt.Errorf("%w: --%s %s", errUsage, flag, s)
	}
	return v, nil
}

func (w *words) whole(flag string, otherwise int) (int, error) {
	v, err := w.number(flag, float64(otherwise))
	if err == nil && (v != math.Trunc(v) || math.Abs(v) > 1e9) {
		err = fmt.Errorf("%w: --%s %s", errUsage, flag, w.one(flag))
	}
	return int(v), err
}

func (w *words) numbers(flag string) ([]float64, error) {
	var out []float64
	for _, s := range w.list(flag) {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("%w: --%s %s", errUsage, flag, s)
		}
		out = append(out, v)
	}
	return out, nil
}

// table reads a CSV file, "-" standard input.
func (w *words) table(name string) (*statsbench.Table, error) {
	f, err := w.file(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return statsbench.ReadCSV(f, filepath.Base(name))
}

func (w *words) file(name string) (io.ReadCloser, error) {
	if name == "-" {
		if w.stdin {
			return nil, fmt.Errorf("%w: -", errUsage)
		}
		w.stdin = true
		return io.NopCloser(os.Stdin), nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fault.From(err, fault.NotFound, "")
	}
	return f, nil
}

// json reads a file of JSON.
func (w *words) json(flag string) ([]byte, error) {
	f, err := w.file(w.one(flag))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxSpec+1))
	if err == nil && len(raw) > maxSpec {
		err = fault.Newf(fault.TooLarge, "", "%s", w.one(flag))
	}
	return raw, err
}

// opener finds files that a specification names: beside it, beside the data,
// or where the command runs.
func (w *words) opener() statsbench.Open {
	return func(name string) (io.ReadCloser, error) {
		tries := []string{name}
		if !filepath.IsAbs(name) {
			for _, beside := range append([]string{w.one("spec")}, w.given["data"]...) {
				if beside != "" && beside != "-" {
					tries = append(tries, filepath.Join(filepath.Dir(beside), name))
				}
			}
		}
		var first error
		for _, try := range tries {
			f, err := os.Open(try)
			if err == nil {
				return f, nil
			}
			if first == nil {
				first = err
			}
		}
		return nil, first
	}
}

// spec reads --spec, if given, and lets the flags of the design stand over it.
func (w *words) spec() (*statsbench.Spec, error) {
	s := &statsbench.Spec{}
	if w.one("spec") != "" {
		raw, err := w.json("spec")
		if err != nil {
			return nil, err
		}
		if s, err = statsbench.ParseSpec(raw); err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Base(w.one("spec")), err)
		}
	}
	for flag, into := range map[string]*string{"weights": &s.Design.Weights, "strata": &s.Design.Strata} {
		if v := strings.TrimPrefix(w.one(flag), "~"); v != "" && v != "1" {
			*into = v
		}
	}
	for flag, into := range map[string]*[]string{"ids": &s.Design.IDs, "fpc": &s.Design.FPC} {
		var stages []string
		for _, v := range w.list(flag) {
			for _, x := range strings.Split(strings.TrimPrefix(v, "~"), "+") {
				if x = strings.TrimSpace(x); x != "" && x != "1" {
					stages = append(stages, x)
				}
			}
		}
		if stages != nil {
			*into = stages
		}
	}
	return s, nil
}

func (w *words) write(r statsbench.Result) (err error) {
	to, closing, err := w.t.toFile(w.one("out"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closing()) }()
	enc := json.NewEncoder(to)
	enc.SetEscapeHTML(false)
	if w.one("compact") == "" {
		enc.SetIndent("", " ")
	}
	return enc.Encode(r)
}

// data is the one table of a command.
func (w *words) data() (*statsbench.Table, error) { return w.table(w.one("data")) }
