package cli

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// benchFlag is one flag of a subcommand of the bench.
type benchFlag struct {
	name   string
	value  string // shown behind it
	uk, en string
	also   []string // other spellings
	alone  bool     // takes no value
	must   bool
	many   bool // may be given several times
}

// benchCommand is one subcommand: its flags and what it says of itself.
type benchCommand struct {
	uk, en string
	flags  []benchFlag
	plain  string // the flag a bare word belongs to
	more   [2]string
}

var (
	flagOut     = benchFlag{name: "out", value: "FILE", uk: "куди записати (новий файл)", en: "where to write (a new file)", also: []string{"o"}}
	flagCompact = benchFlag{name: "compact", uk: "JSON одним рядком", en: "JSON in one line", alone: true}
	flagData    = benchFlag{name: "data", value: "FILE", uk: "дані, CSV", en: "the data, CSV", also: []string{"responses", "input"}, must: true}
	flagSpec    = benchFlag{name: "spec", value: "FILE", uk: "опис вибірки й запитів, JSON", en: "design and requests, JSON"}
	flagWeights = benchFlag{name: "weights", value: "COLUMN", uk: "стовпець ваг", en: "column of weights", also: []string{"weight"}}
	flagStrata  = benchFlag{name: "strata", value: "COLUMN", uk: "стовпець страт", en: "column of strata", also: []string{"stratum"}}
	flagIDs     = benchFlag{name: "ids", value: "COLUMN", uk: "стовпець одиниць відбору (школа, домогосподарство)", en: "column of sampling units (school, household)", also: []string{"id", "psu", "cluster"}}
	flagFPC     = benchFlag{name: "fpc", value: "COLUMN", uk: "стовпець числа одиниць у сукупності (або часток відбору)", en: "column of the number of units in the population (or fractions)"}
	flagBank    = benchFlag{name: "items", value: "FILE", uk: "запитання, CSV: item, a, b (і area, enemies, exposure, group, seed)", en: "items, CSV: item, a, b (and area, enemies, exposure, group, seed)", must: true}
	flagAnswers = benchFlag{name: "responses", value: "FILE", uk: "відповіді, CSV: стовпець на запитання, 0…1, порожнє — не питали", en: "answers, CSV: a column per item, 0 to 1, blank for not administered", also: []string{"data", "answers"}}
	flagTheta   = benchFlag{name: "theta", value: "LIST", uk: "також імовірність (P) та інформація (I) запитань у цих θ", en: "also probability (P) and information (I) of the items at these θ", many: true}
	flagNodes   = benchFlag{name: "nodes", value: "N", uk: "вузлів сітки", en: "nodes of the grid"}
	flagLow     = benchFlag{name: "low", value: "θ", uk: "початок сітки", en: "start of the grid"}
	flagHigh    = benchFlag{name: "high", value: "θ", uk: "кінець сітки", en: "end of the grid"}
	flagTable   = benchFlag{name: "table", value: "FILE", uk: "таблиця, JSON", en: "the table, JSON", must: true}
	flagItems   = benchFlag{name: "items", value: "LIST", uk: "стовпці запитань через кому; без прапорця — усі", en: "columns of items, comma-separated; without the flag all", also: []string{"columns"}, many: true}
)

// waves is --data for one or two files.
func waves(f benchFlag) benchFlag {
	f.many, f.also = true, append([]string{"data2", "wave1", "wave2"}, f.also...)
	return f
}

func must(f benchFlag) benchFlag {
	f.must = true
	return f
}

func free(f benchFlag) benchFlag {
	f.must = false
	return f
}

var benchOrder = []string{"stats estimate", "stats reliability", "stats irt", "stats eap", "stats cat", "stats dif", "stats assoc", "stats drivers", "stats suppress", "stats ipf", "stats score", "stats dsi"}

var benches = map[string]benchCommand{
	"stats estimate": {
		uk: "ваги, середні, частки, суми, квантилі та порівняння з похибками", en: "weights, means, shares, totals, quantiles and comparisons with errors", plain: "data",
		flags: []benchFlag{waves(flagData), flagSpec, flagWeights, flagStrata, flagIDs, flagFPC, flagOut, flagCompact},
		more: [2]string{`Опис (JSON):
  {"design": {"ids": "school", "strata": "s", "weights": "w", "fpc": "N", "replicate_weights": {"file": "rep.csv", "scale": 0.9, "rscales": 1, "mse": false}},
   "margins": {"sex": {"f": 500, "m": 450}, "sex:age": {"f:18-29": 100}}, "trim": {"lower": 0.1, "upper": 4, "strict": true},
   "collapse": {"age": {"75+": "60-74"}}, "normalise": false, "where": {"district": "North"},
   "estimates": [{"mean": "score", "by": "district"}, {"share": "level"}, {"total": "n"}, {"quantile": "score", "probs": [0.5]}],
   "compare": {"columns": ["before", "after"], "by": "sex"}}
Дві хвилі: --data A.csv --data B.csv і "compare": {"columns": ["y", "y"], "design": {опис другої}, "person": "id", якщо люди ті самі}.
`, `The specification (JSON):
  {"design": {"ids": "school", "strata": "s", "weights": "w", "fpc": "N", "replicate_weights": {"file": "rep.csv", "scale": 0.9, "rscales": 1, "mse": false}},
   "margins": {"sex": {"f": 500, "m": 450}, "sex:age": {"f:18-29": 100}}, "trim": {"lower": 0.1, "upper": 4, "strict": true},
   "collapse": {"age": {"75+": "60-74"}}, "normalise": false, "where": {"district": "North"},
   "estimates": [{"mean": "score", "by": "district"}, {"share": "level"}, {"total": "n"}, {"quantile": "score", "probs": [0.5]}],
   "compare": {"columns": ["before", "after"], "by": "sex"}}
Two waves: --data A.csv --data B.csv and "compare": {"columns": ["y", "y"], "design": {the second's}, "person": "id" if the persons are the same}.
`},
	},
	"stats reliability": {
		uk: "альфа, омега, похибка вимірювання, складність і розрізнення запитань", en: "alpha, omega, error of measurement, difficulty and discrimination of items", plain: "data",
		flags: []benchFlag{free(flagData), flagItems,
			{name: "reverse", value: "LIST", uk: "запитання, які треба перевернути (x → max+min−x)", en: "items to be reversed (x → max+min−x)", many: true},
			{name: "min", value: "N", uk: "найменша відповідь шкали (без прапорця — з даних)", en: "lowest answer of the scale (without the flag, from the data)"},
			{name: "max", value: "N", uk: "найбільша відповідь шкали", en: "highest answer of the scale"}, flagOut, flagCompact},
	},
	"stats irt": {
		uk: "параметри запитань: 2PL і модель Раша, здібності людей", en: "parameters of items: 2PL and Rasch, abilities of persons", plain: "data",
		flags: []benchFlag{flagData, flagItems,
			{name: "model", value: "2PL|1PL|both|auto", uk: "модель; auto — 2PL, якщо на кожне запитання є 500 відповідей", en: "the model; auto takes 2PL if every item has 500 answers"},
			{name: "errors", uk: "також стандартні похибки параметрів", en: "also standard errors of the parameters", alone: true},
			{name: "conditional", uk: "також умовна оцінка моделі Раша", en: "also Rasch by conditional likelihood", alone: true},
			{name: "persons", value: "N", uk: "скількох людей показати (0 — усіх)", en: "how many persons to tell of (0 all)"},
			{name: "max-cycles", value: "N", uk: "найбільше циклів", en: "most cycles"},
			{name: "tolerance", value: "X", uk: "найбільша зміна параметра за цикл", en: "largest change of a parameter in a cycle"},
			{name: "min-answers", value: "N", uk: "найменше відповідей на запитання", en: "fewest answers to an item"}, flagOut, flagCompact},
	},
	"stats eap": {
		uk: "здібності людей за відомими параметрами (EAP і WLE)", en: "abilities of persons on known parameters (EAP and WLE)", plain: "responses",
		flags: []benchFlag{flagBank, flagAnswers, flagTheta, flagNodes, flagLow, flagHigh, flagOut, flagCompact},
	},
	"stats cat": {
		uk: "шляхи адаптивного тесту за повними відповідями", en: "paths of the adaptive test over full answers", plain: "responses",
		flags: []benchFlag{flagBank, flagAnswers,
			{name: "rule", value: "RULE", uk: "express, certificate або частини через кому: precision=0.3,length=20,min_items=12,min_per_area=2,balance,randomesque=5,sympson-hetter", en: "express, certificate, or parts joined by commas: precision=0.3,length=20,min_items=12,min_per_area=2,balance,randomesque=5,sympson-hetter"},
			{name: "seed", value: "WORD", uk: "насіння випадкового вибору", en: "seed of the draws"},
			{name: "language", value: "uk|en", uk: "мова запитань", en: "language of the items"},
			flagTheta, flagNodes, flagLow, flagHigh, flagOut, flagCompact},
	},
	"stats dif": {
		uk: "чи працюють запитання однаково у двох групах", en: "whether items work alike in two groups", plain: "data",
		flags: []benchFlag{flagData, flagItems,
			{name: "group", value: "COLUMN", uk: "стовпець групи", en: "column of the group", must: true},
			{name: "focal", value: "CATEGORY", uk: "фокусна група (без прапорця — остання)", en: "the focal group (without the flag, the last)"},
			{name: "rounds", value: "N", uk: "кругів очищення, до 10 (0 — без очищення)", en: "rounds of purification, up to 10 (0 none)", also: []string{"purify"}},
			{name: "alpha", value: "P", uk: "рівень значущості, 0,05", en: "level of significance, 0.05"}, flagOut, flagCompact},
	},
	"stats assoc": {
		uk: "зв’язок двох ознак: V Крамера і Рао–Скотт або η²", en: "association of two columns: Cramér's V and Rao–Scott, or η²", plain: "data",
		flags: []benchFlag{flagData,
			{name: "x", value: "COLUMN", uk: "перша ознака", en: "the first column", also: []string{"row", "rows", "factor"}},
			{name: "y", value: "COLUMN", uk: "друга ознака або бал", en: "the second column, or a score", also: []string{"col", "column", "outcome", "score"}},
			{name: "formula", value: "\"~x+y\"", uk: "обидві разом", en: "both at once"},
			{name: "categories", uk: "вважати числа категоріями", en: "take numbers as categories", alone: true},
			flagSpec, flagWeights, flagStrata, flagIDs, flagFPC, flagOut, flagCompact},
	},
	"stats drivers": {
		uk: "зважена регресія з похибками за вибіркою, частки R²", en: "weighted regression with errors by design, shares of R²", plain: "data",
		flags: []benchFlag{flagData,
			{name: "formula", value: "\"y ~ a + b\"", uk: "модель: y ~ a + b + a:b, factor(a), крапка — усі інші", en: "the model: y ~ a + b + a:b, factor(a), a dot for all others", must: true},
			{name: "least", value: "N", uk: "менші категорії об’єднати (METHOD радить 30)", en: "join smaller categories (METHOD asks for 30)"},
			flagSpec, flagWeights, flagStrata, flagIDs, flagFPC, flagOut, flagCompact},
	},
	"stats suppress": {
		uk: "захистити таблицю або перевірити публікацію нападом", en: "protect a table, or attack a publication", plain: "table",
		flags: []benchFlag{flagTable, flagOut, flagCompact},
		more: [2]string{`Таблиця: {"true": [[…]]} — захистити; {"cells": [[…]], "row_totals": […], "col_totals": […], "grand": N} — перевірити (null — приховано);
{"vars": […], "published": {…}, "eqs": [{"coef": {…}, "value": N}], "sensitive": […]} — перевірити систему.
`, `The table: {"true": [[…]]} is protected; {"cells": [[…]], "row_totals": […], "col_totals": […], "grand": N} is attacked (null for suppressed);
{"vars": […], "published": {…}, "eqs": [{"coef": {…}, "value": N}], "sensitive": […]} is attacked as a system.
`},
	},
	"stats score": {
		uk: "бали за компетентностями, сферами й загалом, рівні", en: "scores by competence, area and overall, levels", plain: "responses",
		flags: []benchFlag{{name: "items", value: "FILE", uk: "запитання, CSV: item, competence, type (mc01, partial, likertN), max, reverse", en: "items, CSV: item, competence, type (mc01, partial, likertN), max, reverse", must: true},
			must(flagAnswers), flagOut, flagCompact},
	},
	"stats dsi": {
		uk: "показник цифрових навичок Євростату", en: "Eurostat's digital skills indicator", plain: "data",
		flags: []benchFlag{flagData, flagOut, flagCompact},
		more:  [2]string{"Стовпці: n_info, n_comm, n_content, n_safety, n_problem, used_internet_3m.\n", "Columns: n_info, n_comm, n_content, n_safety, n_problem, used_internet_3m.\n"},
	},
	"simulate": simulateHelp,
	"stats ipf": {
		uk: "підігнати таблицю до підсумків", en: "fit a table to its margins", plain: "table",
		flags: []benchFlag{flagTable, flagOut, flagCompact},
		more: [2]string{"Таблиця: {\"seed\": [[…]], \"row_margin\": […], \"col_margin\": […]}; нуль у seed лишається нулем.\n",
			"The table: {\"seed\": [[…]], \"row_margin\": […], \"col_margin\": […]}; a zero of the seed stays zero.\n"},
	},
}

// benchHelp prints one subcommand with its flags.
func benchHelp(t *term, w io.Writer, name string) {
	b := benches[name]
	fmt.Fprintf(w, "osvitlo %s\n  %s\n", name, t.say(b.uk, b.en))
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, f := range b.flags {
		must := ""
		if f.must {
			must = t.say(" (потрібен)", " (needed)")
		}
		fmt.Fprintf(tw, "  --%s %s\t%s%s\n", f.name, f.value, t.say(f.uk, f.en), must)
	}
	_ = tw.Flush() // a closed terminal needs no help
	fmt.Fprint(w, t.say(b.more[0], b.more[1]))
}
