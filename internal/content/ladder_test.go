package content_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	files "osvitlo/content"
	"osvitlo/internal/content"
	"osvitlo/internal/instrument"
)

// ladder is a file with one ladder whose steps are these.
func ladder(competence, id string, steps ...string) string {
	var b strings.Builder
	if competence != "" {
		b.WriteString("competence: " + competence + "\n")
	}
	fmt.Fprintf(&b, "items:\n  - id: %s\n    version: 1\n    type: scale\n    measures: ladder\n    stem: {uk: Де ви, en: Where are you}\n    status: draft\n    options:\n", id)
	for i, s := range steps {
		fmt.Fprintf(&b, "      - {id: %s, value: %d, text: {uk: Сходинка %d, en: Step %d}}\n", s, i, i, i)
	}
	return b.String()
}

var sixSteps = []string{"a1", "a2", "b1", "b2", "c1", "c2"}

func roundOf(role, framework string, items ...string) string {
	return "slug: people\nversion: 1\nrole: " + role + "\nframework: " + framework + `
title: {uk: Коло, en: Round}
summary: {uk: Кілька запитань., en: A few questions.}
minutes: {from: 1, to: 5}
sections:
  - id: one
    blocks: [{item: ` + strings.Join(items, "}, {item: ") + "}]\n"
}

const eduFramework = `id: digcompedu
title: {uk: Рамка, en: Framework}
year: 2017
source: {title: тут}
certainty: working
areas:
  - {id: edu1, number: "1", title: {uk: Сфера, en: Area}, certainty: working, competences: [{id: edu1.1, number: "1.1", title: {uk: Уміння, en: Skill}, certainty: working}]}
levels:
  - {id: A1, order: 1, title: {uk: Перший, en: First}, certainty: working}
  - {id: A2, order: 2, title: {uk: Другий, en: Second}, certainty: working}
  - {id: B1, order: 3, title: {uk: Третій, en: Third}, certainty: working}
`

func init() {
	tree := func(pairs ...string) func(fstest.MapFS) {
		return func(t fstest.MapFS) {
			put("frameworks/digcompedu.yaml", eduFramework)(t)
			for i := 0; i < len(pairs); i += 2 {
				put(pairs[i], pairs[i+1])(t)
			}
		}
	}
	whole := ladder("edu1.1", "step", "a1", "a2", "b1")
	for _, e := range []struct {
		name string
		edit func(fstest.MapFS)
		want []string
	}{
		{"a whole round", tree("items/edu1.1.yaml", whole, "instruments/people.v1.yaml", roundOf("round", "digcompedu", "step", "ua1-1")), nil},
		{"a ladder without a competence", tree("items/survey-x.yaml", ladder("", "step", sixSteps...)), []string{
			"items/survey-x.yaml:2: a ladder belongs to no competence; put it into content/items/<competence>.yaml",
		}},
		{"a ladder of an unknown competence", tree("items/edu2.1.yaml", ladder("edu2.1", "step", sixSteps...)), []string{
			"items/edu2.1.yaml:3: no framework holds the competence «edu2.1»; correct it",
		}},
		{"a ladder that is too long", tree("items/edu1.1.yaml", ladder("edu1.1", "step", sixSteps...)), []string{
			"items/edu1.1.yaml:9: the ladder has 6 steps, digcompedu has 3 levels; write one step for each level",
		}},
		{"a ladder upside down", tree("items/edu1.1.yaml", ladder("edu1.1", "step", "a1", "b1", "a2")), []string{
			"items/edu1.1.yaml:11: step 2 is «b1», wanted «a2»; order the steps from the lowest level",
			"items/edu1.1.yaml:12: step 3 is «a2», wanted «b1»; order the steps from the lowest level",
		}},
		{"a ladder of other numbers", tree("items/edu1.1.yaml", strings.Replace(whole, "value: 2", "value: 7", 1)), []string{
			"items/edu1.1.yaml:12: step «b1» lacks value: 2; number the steps from 0",
		}},
		{"two ladders of a competence", tree("items/edu1.1.yaml", whole+strings.SplitN(ladder("", "again", "a1", "a2", "b1"), "\n", 2)[1],
			"instruments/people.v1.yaml", roundOf("round", "digcompedu", "step", "again")), []string{
			"instruments/people.v1.yaml:8: «step» and «again» are both ladders of «edu1.1»; keep one",
		}},
		{"a ladder of another framework", tree("items/edu1.1.yaml", whole, "instruments/people.v1.yaml", roundOf("round", "ua-citizens-2021", "step")), []string{
			"instruments/people.v1.yaml:4: «step» is a ladder of digcompedu, the instrument is of «ua-citizens-2021»; set framework: digcompedu",
		}},
		{"a ladder in a survey", tree("items/edu1.1.yaml", whole, "instruments/people.v1.yaml", roundOf("survey", "digcompedu", "step")), []string{
			"instruments/people.v1.yaml:1: «step» is a ladder, but people is not of a round; use it in an instrument with role: round",
		}},
		{"a self-description with faults", put("institutions/self-description.yaml", `version: 0
status: draft
kinds: [school]
title: {uk: Самоопис, en: Self-description}
lead: {uk: Документ., en: A document.}
sign: {uk: Так є., en: It is so.}
sections:
  - {id: one, title: {uk: Перше, en: First}, fields: [{id: n, type: number, label: {uk: Скільки, en: How many}}]}
`), []string{
			"institutions/self-description.yaml:1: version: wanted 1 or more; correct the form",
			"institutions/self-description.yaml:1: field n: wanted 0 ≤ min < max and decimals from 0 to 3; correct the form",
		}},
		{"a self-description that is no YAML of ours", put("institutions/self-description.yaml", "version: 1\nnonsense: 2\n"), []string{
			"institutions/self-description.yaml:1: [2:1] unknown field \"nonsense\"; correct the form",
		}},
	} {
		edits = append(edits, e)
	}
}

// Reports of years and institutions are put side by side, so the questionnaires of
// teachers hold each competence of their framework once, and knowledge beside it.
func TestRoundsHoldEachCompetenceOnce(t *testing.T) {
	t.Parallel()
	lib, problems := content.Load(files.FS)
	if content.Failed(problems) {
		t.Fatal("the content is broken")
	}
	rounds := 0
	for _, in := range lib.Instruments() {
		if in.Role != instrument.RoleRound {
			continue
		}
		rounds++
		count, knows := map[string]int{}, map[string]int{}
		for _, it := range in.Items() {
			switch {
			case it.Measures == instrument.Ladder:
				count[it.Competence]++
			case it.Scored():
				knows[it.Competence]++
			}
		}
		f, err := lib.Framework(in.Framework)
		if err != nil {
			t.Fatal(err)
		}
		if of := map[bool]map[string]int{true: count, false: knows}[len(count) > 0]; len(of) != len(f.Competences()) {
			t.Errorf("%s covers %d of %d competences of %s", in.Name(), len(of), len(f.Competences()), f.ID)
		}
		for id, n := range count {
			if n != 1 {
				t.Errorf("%s asks %s %d times", in.Name(), id, n)
			}
		}
		if len(knows) == 0 {
			t.Errorf("%s has no knowledge part: self-rating is never shown without one", in.Name())
		}
		for _, st := range in.Blocks() {
			if st.Question != nil {
				t.Errorf("%s asks %q: background makes people of a small role known", in.Name(), st.Question.ID)
			}
		}
	}
	if rounds == 0 {
		t.Error("there is no round")
	}
}

// USERS 9: the promise stands word for word where people read it and where the
// department signs it; USERS 15: graduates learn where to call.
func TestRoundTextsKeepThePromise(t *testing.T) {
	t.Parallel()
	lib, problems := content.Load(files.FS)
	if content.Failed(problems) {
		t.Fatal("the content is broken")
	}
	const promise = "Ваш керівник і управління освіти бачать лише підсумки груп від 10 людей. Відповіді не впливають на атестацію, премію чи навантаження."
	for key, want := range map[string]string{"round-promise": promise, "round-order-items": promise,
		"round-parents-text": "116 111", "round-neutral-text": "ніхто не збирає"} {
		if text, err := lib.Text(key); err != nil || !strings.Contains(text.UK, want) {
			t.Errorf("%s: %v, wanted %q", key, err, want)
		}
	}
	in, err := lib.Current("graduate-round")
	if err != nil {
		t.Fatal(err)
	}
	blocks := in.Blocks()
	if last := blocks[len(blocks)-1].Item; last == nil || !strings.Contains(last.Stem.UK, "116 111") {
		t.Error("the last screen of graduates does not say where to call")
	}
	asked := regexp.MustCompile(`(?i)служит|військов|фронт|загин|втрат|насиль|переїха|звідки ви|родина.*(війн|армі)`)
	for _, it := range in.Items() {
		if !it.Scored() && asked.MatchString(it.Stem.UK+it.Lead.UK+it.Hint.UK) {
			t.Errorf("%s asks what is never asked: %s", it.ID, it.Stem.UK)
		}
	}
}
