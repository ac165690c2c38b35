package cli

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"

	"osvitlo/internal/adaptive"
	"osvitlo/internal/fault"
	"osvitlo/internal/statsbench"
)

// notReached is the exit code of a computation that did not converge or whose
// bounds cannot be met.
const notReached = 3

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

func statsScore(_ context.Context, w *words) (statsbench.Result, error) {
	items, err := w.table(w.one("items"))
	if err != nil {
		return nil, err
	}
	answers, err := w.table(w.one("responses"))
	if err != nil {
		return nil, err
	}
	return statsbench.Score(items, answers)
}

func statsDSI(_ context.Context, w *words) (statsbench.Result, error) {
	t, err := w.data()
	if err != nil {
		return nil, err
	}
	return statsbench.DSI(t)
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
