package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"osvitlo/internal/adaptive"
	"osvitlo/internal/app"
	inner "osvitlo/internal/content"
	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
	"osvitlo/internal/statsbench"
)

// simulateHelp is what the command says of itself.
var simulateHelp = benchCommand{
	uk: "імітація: наскільки точний і короткий адаптивний тест на банку запитань", en: "simulation: how exact and how short the adaptive test is on a bank", plain: "bank",
	flags: []benchFlag{
		{name: "bank", value: "BANK", uk: "2pl (банк методики, зокрема 2pl:1.65), 1pl, content (запитання програми, тимчасові параметри) або CSV", en: "2pl (the bank of the method, also 2pl:1.65), 1pl, content (the program's items, provisional parameters), or a CSV"},
		{name: "items", value: "N", uk: "запитань у вигаданому банку, 180", en: "items of an invented bank, 180"},
		{name: "spread", value: "SD", uk: "розкид логарифма розрізнення, 0,4", en: "spread of the logarithm of discrimination, 0.4"},
		{name: "persons", value: "N", uk: "людей, 2000", en: "persons, 2,000"},
		{name: "seed", value: "N", uk: "насіння", en: "the seed"},
		{name: "rule", value: "RULE", uk: "правило замість звичайних (див. stats cat)", en: "a rule instead of the usual ones (see stats cat)"},
		{name: "exposure", value: "SHARE", uk: "найбільша частка тестів з одним запитанням для Sympson–Hetter, 0,25", en: "largest share of tests with one item for Sympson–Hetter, 0.25"},
		{name: "off", value: "SD", uk: "наскільки справжня складність відхилена від припущеної (logit)", en: "how far the true difficulty is off the assumed one (logits)"},
		{name: "workers", value: "N", uk: "потоків; на результат не впливає", en: "threads; the result does not depend on it"},
		{name: "json", uk: "JSON замість таблиці", en: "JSON instead of a table", alone: true},
		flagOut, flagCompact,
	},
	more: [2]string{"θ ~ N(0,1); рівні за порогами −1,5 −0,75 0 0,75 1,5. Той самий банк і насіння дають ті самі числа на будь-якій машині.\n",
		"θ ~ N(0,1); levels by the cuts −1.5 −0.75 0 0.75 1.5. The same bank and seed give the same figures on any machine.\n"},
}

// simulated is what a simulation tells.
type simulated struct {
	Bank     string             `json:"bank"`
	Items    int                `json:"items"`
	Areas    int                `json:"areas"`
	MeanA    float64            `json:"mean_a"`
	Persons  int                `json:"persons"`
	Seed     uint64             `json:"seed"`
	Off      float64            `json:"difficulty_off_by_sd"`
	Designs  []adaptive.Finding `json:"designs"`
	Against  []against          `json:"adaptive_at_60_percent"`
	Reaches  bool               `json:"same_accuracy_with_60_percent"`
	Provided string             `json:"note,omitempty"`
}

// against is the adaptive test with at most 60 % of a rival's items.
type against struct {
	Rival    adaptive.Finding `json:"rival"`
	Adaptive adaptive.Finding `json:"adaptive"`
	Better   bool             `json:"same_or_better"`
}

// simulate studies a bank (METHOD §13) and compares it with the fixed form and
// the ladder.
func simulate(ctx context.Context, w *words) (statsbench.Result, error) {
	t := w.t
	persons, err := w.whole("persons", 2000)
	if err != nil {
		return nil, err
	}
	seed, err := w.whole("seed", 1)
	if err != nil || seed < 0 {
		return nil, fmt.Errorf("%w: --seed %s", errUsage, w.one("seed"))
	}
	workers, err := w.whole("workers", 0)
	if err != nil {
		return nil, err
	}
	most, err := w.number("exposure", 0.25)
	if err != nil {
		return nil, err
	}
	s := simulated{Bank: w.one("bank"), Persons: persons, Seed: uint64(seed)}
	if s.Off, err = w.number("off", 0); err != nil {
		return nil, err
	}
	if s.Bank == "" {
		s.Bank = "2pl"
	}
	bank, threads, err := w.studied(&s)
	if err != nil {
		return nil, asInvalid(err)
	}
	s.Items, s.Areas = bank.Len(), bank.Areas()
	for _, it := range bank.Items() {
		s.MeanA += it.A / float64(bank.Len())
	}
	study := adaptive.Study{Bank: bank, Persons: persons, Seed: uint64(seed), Workers: workers}
	if s.Off > 0 {
		study.Truth = astray(bank, s.Off, uint64(seed))
	}
	if err := s.run(ctx, study, w, most, threads); err != nil {
		return nil, asInvalid(err)
	}
	if w.one("json") != "" {
		raw, err := json.Marshal(s)
		if err != nil {
			return nil, err
		}
		r := statsbench.Result{}
		return r, json.Unmarshal(raw, &r)
	}
	return nil, t.tellSimulated(s)
}

func asInvalid(err error) error { return fault.From(err, fault.Invalid, "") }

// studied finds or invents the bank and the threads of the ladder.
func (w *words) studied(s *simulated) (bank *adaptive.Bank, threads [][]int, err error) {
	items, err := w.whole("items", 180)
	if err != nil {
		return nil, nil, err
	}
	spread, err := w.number("spread", 0.4)
	if err != nil {
		return nil, nil, err
	}
	kind, mean, hasMean := strings.Cut(strings.ToLower(s.Bank), ":")
	switch kind {
	case "2pl", "1pl":
		a := 1.34
		if kind == "1pl" {
			a, spread = 1, 0
		}
		if hasMean {
			if _, err := fmt.Sscanf(mean, "%g", &a); err != nil {
				return nil, nil, fmt.Errorf("%w: --bank %s", errUsage, s.Bank)
			}
		}
		if bank, err = adaptive.StudyBank(items, 6, a, spread, s.Seed); err != nil {
			return nil, nil, err
		}
	case "content":
		return contentBank(s)
	default:
		t, err := w.table(s.Bank)
		if err != nil {
			return nil, nil, err
		}
		if bank, err = statsbench.Bank(t, adaptive.Grid{}); err != nil {
			return nil, nil, err
		}
	}
	threads, err = bank.Threads(5)
	return bank, threads, err
}

// contentBank is the program's own knowledge items under the one-parameter
// model with their intended difficulties; the threads are the competences.
func contentBank(s *simulated) (*adaptive.Bank, [][]int, error) {
	lib, problems := app.Shipped(time.Now())
	if inner.Failed(problems) {
		return nil, nil, fault.Newf(fault.Invalid, "", "%s", problems[0])
	}
	var items []adaptive.BankItem
	byCompetence := map[string][]int{}
	var areas, competences []string
	for _, it := range lib.Items() {
		if it.Measures != instrument.Knowledge || it.Competence == "" || it.Type == instrument.Info {
			continue
		}
		area, _, _ := strings.Cut(it.Competence, ".")
		if !slices.Contains(areas, area) {
			areas = append(areas, area)
		}
		if byCompetence[it.Competence] == nil {
			competences = append(competences, it.Competence)
		}
		byCompetence[it.Competence] = append(byCompetence[it.Competence], len(items))
		items = append(items, adaptive.BankItem{ID: it.ID, Item: adaptive.Item{A: 1, B: it.Difficulty}, Area: slices.Index(areas, area)})
	}
	s.Provided = "provisional: one-parameter model, difficulties from the intended levels, not calibrated"
	bank, err := adaptive.NewBank(items, len(areas), adaptive.Grid{})
	if err != nil {
		return nil, nil, err
	}
	threads := make([][]int, len(competences))
	for k, c := range competences {
		threads[k] = byCompetence[c]
	}
	return bank, threads, nil
}

// astray are true parameters around the assumed ones: difficulties off by a
// normal error, discriminations log-normal with spread 0.3.
func astray(b *adaptive.Bank, off float64, seed uint64) []adaptive.Item {
	rng := rand.New(rand.NewPCG(seed, 0xa57a))
	out := make([]adaptive.Item, b.Len())
	for j, it := range b.Items() {
		out[j] = adaptive.Item{A: min(it.A*math.Exp(0.3*rng.NormFloat64()-0.045), 9), B: min(max(it.B+off*rng.NormFloat64(), -9), 9)}
	}
	return out
}

// run carries out all designs.
func (s *simulated) run(ctx context.Context, study adaptive.Study, w *words, most float64, threads [][]int) error {
	add := func(f adaptive.Finding, err error) error {
		if err == nil {
			s.Designs = append(s.Designs, f)
		}
		return err
	}
	fits := func(r adaptive.Rule) adaptive.Rule {
		r.MaxItems = min(r.MaxItems, s.Items)
		r.MinItems = min(r.MinItems, r.MaxItems)
		if r.MinPerArea*s.Areas > r.MaxItems {
			r.MinPerArea = 0
		}
		return r
	}
	if text := w.one("rule"); text != "" {
		r, err := statsbench.ParseRule(text)
		if err != nil {
			return err
		}
		if err := add(study.Adaptive(ctx, fits(r))); err != nil {
			return err
		}
	} else {
		twenty := adaptive.Express()
		twenty.Name, twenty.MaxSE = "20 items", 0
		for _, r := range []adaptive.Rule{twenty, adaptive.Express(), adaptive.Certificate()} {
			if err := add(study.Adaptive(ctx, fits(r))); err != nil {
				return err
			}
		}
		found := study
		found.Seed, found.Persons = study.Seed+1000, max(study.Persons, 1000)
		kept, err := found.Exposures(ctx, fits(twenty), most)
		if err != nil {
			return err
		}
		hetter := study
		hetter.Bank = kept
		twenty.Exposure = adaptive.SympsonHetter
		if err := add(hetter.Adaptive(ctx, fits(twenty))); err != nil {
			return err
		}
	}
	var rivals []adaptive.Finding
	for _, n := range []int{20, 40, s.Items} {
		if n > s.Items {
			continue
		}
		form, err := study.Bank.EvenForm(n)
		if err != nil {
			return err
		}
		f, err := study.Fixed(ctx, fmt.Sprintf("fixed %d", n), form)
		if err := add(f, err); err != nil {
			return err
		}
		if n < s.Items && n >= 40 {
			rivals = append(rivals, f)
		}
	}
	f, err := study.Ladder(ctx, threads)
	if err := add(f, err); err != nil {
		return err
	}
	rivals = append(rivals, f)
	s.Reaches = true
	for _, rival := range rivals {
		r := adaptive.Certificate()
		r.Name, r.MaxSE, r.MaxItems = "adaptive", 0, max(1, int(0.6*rival.Length))
		f, err := study.Adaptive(ctx, fits(r))
		if err != nil {
			return err
		}
		a := against{Rival: rival, Adaptive: f, Better: f.RMSE <= rival.RMSE}
		s.Against = append(s.Against, a)
		s.Reaches = s.Reaches && a.Better
	}
	return nil
}

func (t *term) tellSimulated(s simulated) error {
	fmt.Fprintf(t.out, t.say("Банк %s: запитань %d, сфер %d, середнє розрізнення %.2f. Людей %d, насіння %d.\n", "Bank %s: %d items, %d areas, mean discrimination %.2f. %d persons, seed %d.\n"),
		s.Bank, s.Items, s.Areas, s.MeanA, s.Persons, s.Seed)
	if s.Provided != "" {
		fmt.Fprintln(t.out, t.say("Параметри тимчасові: однопараметрична модель, складність із задуманого рівня, без калібрування.", "The parameters are provisional: one-parameter model, difficulty from the intended level, not calibrated."))
	}
	if s.Off > 0 {
		fmt.Fprintf(t.out, t.say("Справжні складності відхилені від припущених на %.2f (SD).\n", "True difficulties are off the assumed ones by %.2f (SD).\n"), s.Off)
	} else if s.Provided != "" {
		fmt.Fprintln(t.out, t.say("Тут припущено, що задумані складності правильні. Перевірте також --off 0.5.", "Here the intended difficulties are taken as true. Look at --off 0.5 as well."))
	}
	tw := tabwriter.NewWriter(t.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(tw, t.say("дизайн\tдовжина\tзсув\tRMSE\tсер. SE\tточний рівень\t±1 рівень\tнайб. показ\tне показані\tза точністю", "design\tlength\tbias\tRMSE\tmean SE\texact level\t±1 level\tmax exposure\tunused\tby precision"))
	for _, f := range s.Designs {
		se := "–" // a ladder tells no error
		if f.MeanSE > 0 {
			se = fmt.Sprintf("%.3f", f.MeanSE)
		}
		fmt.Fprintf(tw, "%s\t%.1f\t%+.3f\t%.3f\t%s\t%.2f\t%.3f\t%.2f\t%.0f %%\t%.0f %%\n", f.Name, f.Length, f.Bias, f.RMSE, se, f.Exact, f.Adjacent, f.MaxExposure, 100*f.Unused, 100*f.ByPrecision)
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	for _, a := range s.Against {
		verdict := t.say("не гірше", "as good or better")
		if !a.Better {
			verdict = t.say("гірше", "worse")
		}
		fmt.Fprintf(t.out, t.say("Проти «%s» (%.1f запитання, RMSE %.3f): адаптивний з %.1f має %.3f — %s.\n", "Against %q (%.1f items, RMSE %.3f): adaptive with %.1f has %.3f, %s.\n"),
			a.Rival.Name, a.Rival.Length, a.Rival.RMSE, a.Adaptive.Length, a.Adaptive.RMSE, verdict)
	}
	return nil
}
