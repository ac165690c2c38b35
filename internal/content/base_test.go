package content_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	files "osvitlo/content"
)

// day is the fixed day of every test.
var day = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// baseTree is a small whole content without a fault: the frameworks of the
// repository, thirty knowledge items, a survey, a short form, advice.
func baseTree(t testing.TB) fstest.MapFS {
	t.Helper()
	tree := fstest.MapFS{}
	put := func(name, text string) { tree[name] = &fstest.MapFile{Data: []byte(text)} }
	for _, name := range []string{"ua-citizens-2021", "digcomp-2.2", "digcomp-3.0", "crosswalk"} {
		raw, err := fs.ReadFile(files.FS, "frameworks/"+name+".yaml")
		if err != nil {
			t.Fatal(err)
		}
		put("frameworks/"+name+".yaml", string(raw))
	}
	put("glossary.yaml", "terms:\n  - {id: site, term: {uk: сайт, en: site}, text: {uk: Сторінки в інтернеті., en: Pages on the internet.}}\n")
	raw, err := fs.ReadFile(files.FS, "instruments/respondent.yaml")
	if err != nil {
		t.Fatal(err)
	}
	put("instruments/respondent.yaml", string(raw))
	var first, second []string
	for area := 1; area <= 6; area++ {
		var pages strings.Builder
		for _, g := range []string{"start", "middle", "strong"} {
			fmt.Fprintf(&pages, `
  - id: ua%d-%s
    group: %s
    title: {uk: Порада, en: Advice}
    minutes: 5
    why: {uk: Стане легше., en: It gets easier.}
    steps:
      - {title: {uk: Один, en: One}, text: {uk: Зробіть це., en: Do this.}}
      - {title: {uk: Два, en: Two}, text: {uk: Потім це., en: Then this.}}
      - {title: {uk: Три, en: Three}, text: {uk: І ще це., en: And this.}}
      - {title: {uk: Чотири, en: Four}, text: {uk: Усе., en: Done.}}
    try: {uk: Спробуйте сьогодні., en: Try it today.}
    help: {uk: Запитайте в бібліотеці., en: Ask at the library.}
    status: draft
    reviews: []`, area, g, g)
		}
		put(fmt.Sprintf("advice/ua%d.yaml", area), fmt.Sprintf("area: ua%d\npages:%s\n", area, pages.String()))
		for k := 1; k <= 5; k++ {
			level, b := "A1", -1.8
			if k > 2 {
				level, b = "B1", -0.3
			}
			id := fmt.Sprintf("ua%d-%d", area, k)
			put(fmt.Sprintf("items/ua%d.%d.yaml", area, k), fmt.Sprintf(`competence: ua%d.%d
items:
  - id: %s
    version: 1
    type: single
    measures: knowledge
    level: %s
    difficulty: %g
    stem: {uk: Що зробити, en: What to do}
    options: [{id: a, text: {uk: Перше, en: First}}, {id: b, text: {uk: Друге, en: Second}}]
    key: [%s]
    explain: {uk: Бо так краще., en: It is better.}
    can: {uk: Робити це, en: Do this}
    status: draft
    reviews: []
`, area, k, id, level, b, []string{"a", "b"}[(area+k)%2]))
			if k <= 2 {
				first = append(first, "{item: "+id+"}")
			} else {
				second = append(second, "{item: "+id+"}")
			}
		}
	}
	put("items/survey-base.yaml", `items:
  - id: colour
    version: 1
    type: single
    measures: attitude
    stem: {uk: Який колір, en: Which colour}
    options: [{id: red, text: {uk: Червоний, en: Red}}, {id: blue, text: {uk: Синій, en: Blue}}]
    status: draft
  - id: mood
    version: 1
    type: scale
    measures: attitude
    stem: {uk: Який настрій, en: What mood}
    options: [{id: low, value: 1, text: {uk: Сумний, en: Low}}, {id: so, value: 2, text: {uk: Звичайний, en: Middling}}, {id: high, value: 3, text: {uk: Добрий, en: High}}]
    status: draft
  - id: did
    version: 1
    type: multiple
    measures: activity
    stem: {uk: Що ви робили, en: What did you do}
    options: [{id: read, text: {uk: Читали, en: Read}}, {id: wrote, text: {uk: Писали, en: Wrote}}, {id: none, text: {uk: Нічого, en: Nothing}}]
    exclusive: [none]
    status: draft
  - id: years
    version: 1
    type: number
    measures: background
    stem: {uk: Скільки років, en: How many years}
    min: 0
    max: 100
    status: draft
`)
	put("instruments/resident-test.v1.yaml", `slug: resident-test
version: 1
role: test
framework: ua-citizens-2021
title: {uk: Тест, en: Test}
summary: {uk: Тридцять завдань., en: Thirty tasks.}
minutes: {from: 12, to: 40}
stop_after: first
sections:
  - id: start
    blocks: [{respondent: internet}]
  - id: first
    blocks: [`+strings.Join(first, ", ")+`]
  - id: halt
    blocks: [{pause: stop-after-12}]
  - id: second
    blocks: [`+strings.Join(second, ", ")+`]
rules:
  - {id: offline-way, when: {respondent: internet, in: ["no"]}, switch_to: short-form}
`)
	put("instruments/short-form.v1.yaml", `slug: short-form
version: 1
role: offline
framework: ua-citizens-2021
title: {uk: Коротка, en: Short}
summary: {uk: Кілька запитань., en: A few questions.}
minutes: {from: 4, to: 10}
sections:
  - id: home
    blocks: [{item: colour}, {item: mood}, {item: did}, {item: years}]
`)
	return tree
}

// lighten leaves out of the base what a fixture at this path does not need, and
// puts frameworks of bare numbers for the real ones: 150 fixtures load it.
func lighten(tree fstest.MapFS, path string) {
	if !strings.HasPrefix(path, "advice/") {
		for name := range tree {
			if strings.HasPrefix(name, "advice/") {
				delete(tree, name)
			}
		}
	}
	if strings.HasPrefix(path, "frameworks/") {
		return
	}
	framework := func(id, prefix string, sizes ...int) string {
		var b strings.Builder
		fmt.Fprintf(&b, "id: %s\ntitle: {uk: Рамка, en: Framework}\nyear: 2022\nsource: {title: тут}\ncertainty: working\nareas:\n", id)
		for a, n := range sizes {
			fmt.Fprintf(&b, "  - id: \"%s%d\"\n    number: \"%d\"\n    title: {uk: Напрям, en: Area}\n    certainty: working\n    competences:\n", prefix, a+1, a+1)
			for k := range n {
				fmt.Fprintf(&b, "      - {id: \"%s%d.%d\", number: \"%d.%d\", title: {uk: Уміння, en: Skill}, certainty: working}\n", prefix, a+1, k+1, a+1, k+1)
			}
		}
		return b.String()
	}
	tree["frameworks/ua-citizens-2021.yaml"] = &fstest.MapFile{Data: []byte(framework("ua-citizens-2021", "ua", 5, 5, 5, 5, 5, 5))}
	tree["frameworks/digcomp-2.2.yaml"] = &fstest.MapFile{Data: []byte(framework("digcomp-2.2", "", 3, 6, 4, 4, 4))}
	tree["frameworks/digcomp-3.0.yaml"] = &fstest.MapFile{Data: []byte(framework("digcomp-3.0", "", 3, 6, 4, 4, 4))}
}
