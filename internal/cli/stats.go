package cli

import (
	"context"
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

	"osvitlo/internal/adaptive"
	"osvitlo/internal/fault"
	"osvitlo/internal/statsbench"
)

// notReached is the exit code of a computation that did not converge or whose
// bounds cannot be met.
const notReached = 3

// words are the flags of one subcommand of the bench, read.
type words struct {
	t     *term
	given map[string][]string
	stdin bool // taken
}

// maxSpec bounds a specification or a table in JSON.
const maxSpec = 64 << 20

// bench makes a command of a part of the statistician's bench.
func bench(name string, run func(context.Context, *words) (statsbench.Result, error)) func(context.Context, *term) error {
	return func(ctx context.Context, t *term) error {
		for _, a := range t.args {
			if a == "--help" || a == "-h" || a == "help" {
				benchHelp(t, t.out, name)
				return nil
			}
		}
		w, err := readWords(t, name)
		if err != nil {
			benchHelp(t, t.err, name)
			return err
		}
		r, err := run(ctx, w)
		var un *statsbench.UnreachedError
		if errors.As(err, &un) {
			r = un.Reached
		}
		if r != nil {
			if werr := w.write(r); werr != nil {
				return errors.Join(err, werr)
			}
		}
		if errors.Is(err, statsbench.ErrInput) {
			err = fault.From(err, fault.Invalid, "")
		}
		return err
	}
}

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

func statsEstimate(_ context.Context, w *words) (statsbench.Result, error) {
	spec, err := w.spec()
	if err != nil {
		return nil, err
	}
	var tables []*statsbench.Table
	for _, name := range w.given["data"] {
		t, err := w.table(name)
		if err != nil {
			return nil, err
		}
		tables = append(tables, t)
	}
	return statsbench.Estimate(spec, tables, w.opener())
}

func statsReliability(_ context.Context, w *words) (statsbench.Result, error) {
	items := w.list("items")
	name := w.one("data")
	if name == "" && len(items) == 1 {
		// One word that is a file is the data: all its columns are items.
		if st, err := os.Stat(items[0]); err == nil && !st.IsDir() {
			name, items = items[0], nil
		}
	}
	if name == "" {
		return nil, fmt.Errorf("%w: --data", errUsage)
	}
	t, err := w.table(name)
	if err != nil {
		return nil, err
	}
	ask := statsbench.ReliabilityAsk{Items: items, Reverse: w.list("reverse")}
	if ask.Low, err = w.number("min", math.NaN()); err != nil {
		return nil, err
	}
	if ask.High, err = w.number("max", math.NaN()); err != nil {
		return nil, err
	}
	return statsbench.Reliability(t, ask)
}

func statsIRT(_ context.Context, w *words) (statsbench.Result, error) {
	t, err := w.data()
	if err != nil {
		return nil, err
	}
	ask := statsbench.IRTAsk{Items: w.list("items"), Model: w.one("model"), Conditional: w.one("conditional") != ""}
	ask.Options = adaptive.CalibrateOptions{Errors: w.one("errors") != ""}
	if ask.Persons, err = w.whole("persons", 0); err != nil {
		return nil, err
	}
	if ask.Options.MaxCycles, err = w.whole("max-cycles", 0); err != nil {
		return nil, err
	}
	if ask.Options.Tolerance, err = w.number("tolerance", 0); err != nil {
		return nil, err
	}
	if ask.Options.MinAnswers, err = w.whole("min-answers", 0); err != nil {
		return nil, err
	}
	return statsbench.IRT(t, ask)
}

// grid reads --nodes, --low and --high; nothing given is the zero grid.
func (w *words) grid(otherwise adaptive.Grid) (g adaptive.Grid, err error) {
	if w.one("nodes")+w.one("low")+w.one("high") == "" {
		return adaptive.Grid{}, nil
	}
	if g.Nodes, err = w.whole("nodes", otherwise.Nodes); err != nil {
		return g, err
	}
	if g.Low, err = w.number("low", otherwise.Low); err != nil {
		return g, err
	}
	if g.High, err = w.number("high", otherwise.High); err != nil {
		return g, err
	}
	return g, nil
}

// bank and answers of eap and cat.
func (w *words) bank() (items, answers *statsbench.Table, theta []float64, err error) {
	if items, err = w.table(w.one("items")); err != nil {
		return nil, nil, nil, err
	}
	if theta, err = w.numbers("theta"); err != nil {
		return nil, nil, nil, err
	}
	if w.one("responses") == "" {
		if len(theta) == 0 {
			return nil, nil, nil, fmt.Errorf("%w: --responses", errUsage)
		}
		return items, nil, theta, nil
	}
	answers, err = w.table(w.one("responses"))
	return items, answers, theta, err
}

func statsEAP(_ context.Context, w *words) (statsbench.Result, error) {
	items, answers, theta, err := w.bank()
	if err != nil {
		return nil, err
	}
	g, err := w.grid(adaptive.Grid{Low: -6, High: 6, Nodes: 121})
	if err != nil {
		return nil, err
	}
	return statsbench.EAP(items, answers, statsbench.EAPAsk{Grid: g, Theta: theta})
}

func statsCAT(_ context.Context, w *words) (statsbench.Result, error) {
	items, answers, theta, err := w.bank()
	if err != nil {
		return nil, err
	}
	g, err := w.grid(adaptive.DefaultGrid())
	if err != nil {
		return nil, err
	}
	return statsbench.CAT(items, answers, statsbench.CATAsk{Rule: w.one("rule"), Seed: w.one("seed"), Grid: g, Language: w.one("language"), Theta: theta})
}

func statsDIF(_ context.Context, w *words) (statsbench.Result, error) {
	t, err := w.data()
	if err != nil {
		return nil, err
	}
	ask := statsbench.DIFAsk{Items: w.list("items"), Group: w.one("group"), Focal: w.one("focal")}
	if ask.Rounds, err = w.whole("rounds", 10); err != nil {
		return nil, err
	}
	if ask.Alpha, err = w.number("alpha", 0); err != nil {
		return nil, err
	}
	return statsbench.DIF(t, ask)
}

func statsAssoc(_ context.Context, w *words) (statsbench.Result, error) {
	spec, err := w.spec()
	if err != nil {
		return nil, err
	}
	t, err := w.data()
	if err != nil {
		return nil, err
	}
	ask := statsbench.AssocAsk{X: w.one("x"), Y: w.one("y"), Spec: *spec, Categories: w.one("categories") != ""}
	if f := w.one("formula"); f != "" {
		// "y ~ x" or "~ x + y".
		left, right, ok := strings.Cut(f, "~")
		parts := strings.FieldsFunc(right, func(r rune) bool { return r == '+' || r == ':' || r == '*' })
		if left = strings.TrimSpace(left); left != "" {
			parts = append(parts, left)
		}
		if !ok || len(parts) != 2 {
			return nil, fmt.Errorf("%w: --formula %s", errUsage, f)
		}
		ask.X, ask.Y = strings.TrimSpace(parts[0]), strings.TrimSpace(parts[1])
	}
	return statsbench.Assoc(t, ask, w.opener())
}

func statsDrivers(_ context.Context, w *words) (statsbench.Result, error) {
	spec, err := w.spec()
	if err != nil {
		return nil, err
	}
	t, err := w.data()
	if err != nil {
		return nil, err
	}
	ask := statsbench.DriversAsk{Formula: w.one("formula"), Spec: *spec}
	if ask.Least, err = w.whole("least", 0); err != nil {
		return nil, err
	}
	return statsbench.Drivers(t, ask, w.opener())
}

func statsSuppress(_ context.Context, w *words) (statsbench.Result, error) {
	raw, err := w.json("table")
	if err != nil {
		return nil, err
	}
	return statsbench.Suppress(raw)
}

func statsIPF(_ context.Context, w *words) (statsbench.Result, error) {
	raw, err := w.json("table")
	if err != nil {
		return nil, err
	}
	return statsbench.IPF(raw)
}

// stats without a subcommand tells what there is.
func stats(_ context.Context, t *term) error {
	if len(t.args) > 0 && t.args[0] != "help" && t.args[0] != "--help" && t.args[0] != "-h" {
		return fmt.Errorf("%w: stats %s", errUsage, t.args[0])
	}
	for _, name := range benchOrder {
		benchHelp(t, t.out, name)
		fmt.Fprintln(t.out)
	}
	_, err := fmt.Fprint(t.out, t.say(`Файли — CSV із назвами стовпців у першому рядку; порожнє або NA означає «немає відповіді». «-» — стандартний вхід.
Результат — JSON із ключами еталонних відповідей. Ключі lo і hi: z (1,96); lo_t і hi_t: t.
Коди завершення: 0 — зроблено, 1 — помилка в даних або небезпечна публікація, 2 — команду не зрозуміли, 3 — обчислення не зійшлося або межі недосяжні.
`, `Files are CSV with column names in the first line; blank or NA means no answer. "-" is standard input.
The result is JSON with the keys of the reference answers. The keys lo and hi: z (1.96); lo_t and hi_t: t.
Exit codes: 0 done, 1 bad data or a publication that is not safe, 2 the command was not understood, 3 no convergence or bounds that cannot be met.
`))
	return err
}
