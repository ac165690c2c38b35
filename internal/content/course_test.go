package content_test

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"osvitlo/internal/content"
	"osvitlo/internal/course/lesson"
	"osvitlo/internal/instrument"
)

const (
	courseDir  = "courses/fraud-protection/"
	lessonOne  = courseDir + "01-call-from-bank.yaml"
	courseMain = courseDir + "course.yaml"
	courseLast = courseDir + "final.yaml"
)

// withCourse puts the sound course of testdata into a tree.
func withCourse(t testing.TB, tree fstest.MapFS) {
	t.Helper()
	for _, name := range []string{courseMain, lessonOne, courseLast} {
		raw, err := os.ReadFile("testdata/course/" + strings.TrimPrefix(name, courseDir))
		if err != nil {
			t.Fatal(err)
		}
		tree[name] = &fstest.MapFile{Data: raw}
	}
}

// A courseEdit replaces the first old by new in one file of the sound course. The
// sign § in new marks a line; in want it stands for "file:line".
type courseEdit struct {
	name, file, old, new string
	want                 []string
}

func (e courseEdit) apply(t *testing.T) (fstest.MapFS, []string) {
	t.Helper()
	tree := baseTree(t)
	lighten(tree, "items/x.yaml")
	withCourse(t, tree)
	text := string(tree[e.file].Data)
	i := strings.Index(text, e.old)
	if i < 0 {
		t.Fatalf("%s does not hold %q", e.file, e.old)
	}
	text = text[:i] + e.new + text[i+len(e.old):]
	place := e.file + ":1"
	if at := strings.Index(text, "§"); at >= 0 {
		place = e.file + ":" + strconv.Itoa(1+strings.Count(text[:at], "\n"))
		text = strings.Replace(text, "§", "", 1)
	}
	tree[e.file] = &fstest.MapFile{Data: []byte(text)}
	want := make([]string, len(e.want))
	for k, w := range e.want {
		want[k] = strings.Replace(w, "§", place, 1)
	}
	return tree, want
}

func TestTheSoundCourseHasNoFault(t *testing.T) {
	t.Parallel()
	tree := baseTree(t)
	withCourse(t, tree)
	lib, problems := content.LoadAt(tree, day)
	for _, p := range problems {
		if strings.HasPrefix(p.File, "courses/") && p.Severity != instrument.Note {
			t.Error(p)
		}
	}
	k, err := lib.Course("fraud-protection")
	if err != nil {
		t.Fatal(err)
	}
	if len(k.Lessons) != 1 || k.Final == nil || len(k.Final.Items) != 5 || k.Hash == "" || k.Minutes() != 7 {
		t.Errorf("%d lessons, final %v, hash %q, %d minutes", len(k.Lessons), k.Final != nil, k.Hash, k.Minutes())
	}
	l, err := lib.Lesson("fraud-protection", "call-from-bank")
	if err != nil {
		t.Fatal(err)
	}
	if n := l.Words(); n < 600 || n > 800 {
		t.Errorf("%d words", n)
	}
	if len(l.Checks()) != 2 || l.Checks()[0].Difficulty != -2 || l.Checks()[0].Competence != "ua5.3" || l.Checks()[0].Can.UK != l.Goal.UK {
		t.Error("an item lacks what its lesson knows")
	}
	seen := map[lesson.Type]bool{}
	for _, a := range l.Activities {
		seen[a.Type] = true
	}
	if !seen[lesson.TypeImitation] || !seen[lesson.TypeSummary] {
		t.Errorf("types %v", seen)
	}
}

func TestCoursesOfThisRepositoryHoldEverySchema(t *testing.T) {
	t.Parallel()
	for _, k := range lesson.Types() {
		if _, err := os.Stat("../../content/schema/course-activity-" + string(k) + ".json"); err != nil {
			t.Error(err)
		}
	}
}

const (
	atText  = "  - id: how-it-goes\n    type: text\n"
	atCards = "  - id: three-signs\n    type: cards\n"
)

const eleven = "один два три чотири п’ять шість сім вісім дев’ять десять одинадцять "

// courseEdits fire every rule of courses, lessons and activities.
var courseEdits = []courseEdit{
	{"course in another folder", courseMain, "slug: fraud-protection", "§slug: fraud", []string{
		"§: course «fraud» stands in the folder fraud-protection; rename the folder to fraud",
		courseLast + ":1: the final check of «fraud-protection» stands in the folder of «fraud»; write course: fraud",
	}},
	{"course without a field", courseMain, "icon: shield\n", "", []string{courseMain + ":1: «icon» is missing; add icon:"}},
	{"course with an unknown audience", courseMain, "[everyone, older]", "§[everyone, users]", []string{
		"§: «1» is users, which is not allowed; use one of everyone, older, employees, officials, teachers, parents, mentors, job-seekers, displaced, accessibility, young",
	}},
	{"levels that go down", courseMain, "levels: {from: A1, to: B1}", "§levels: {from: B1, to: A1}", []string{
		"§: levels from B1 to A1 go down; swap them",
		lessonOne + ":5: level A1 is outside B1–A1 of «fraud-protection»; correct the level, here or in course.yaml",
	}},
	{"competence twice", courseMain, "[ua5.3]", "[ua5.3, §ua5.3]", []string{"§: «ua5.3» stands twice; remove one of them"}},
	{"competence unknown", courseMain, "[ua5.3]", "[ua5.3, §ua5.9]", []string{"§: «ua5.9» is not a competence of ua-citizens-2021; correct it"}},
	{"competence that no lesson teaches", courseMain, "[ua5.3]", "[ua5.3, §ua5.2]", []string{
		"§: warning: no lesson of «fraud-protection» teaches «ua5.2»; write a lesson, or remove it from the course"}},
	{"lesson twice in the list", courseMain, "  - call-from-bank\n", "  - call-from-bank\n  - §call-from-bank\n", []string{
		"§: lesson «call-from-bank» stands twice; remove one of them"}},
	{"lesson that is not written", courseMain, "  - call-from-bank\n", "  - call-from-bank\n  - §sms\n", []string{
		"§: there is no lesson «sms»; write courses/fraud-protection/02-sms.yaml, or remove it here"}},
	{"lesson out of the list", courseMain, "  - call-from-bank\n", "  - §sms\n", []string{
		"§: there is no lesson «sms»; write courses/fraud-protection/01-sms.yaml, or remove it here",
		lessonOne + ":1: warning: lesson «call-from-bank» is not in the list of course.yaml; add it to lessons:, or remove the file",
	}},
	{"lesson out of order", courseMain, "  - call-from-bank\n", "  - §sms\n  - call-from-bank\n", []string{
		"§: there is no lesson «sms»; write courses/fraud-protection/01-sms.yaml, or remove it here",
		lessonOne + ":1: warning: lesson «call-from-bank» is number 2 of the course, its file says 01; rename the file to 02-call-from-bank.yaml",
	}},
	{"course past its day", courseMain, `valid_until: "2027-05-21"`, `§valid_until: "2026-11-20"`, []string{
		"§: warning: it was valid until 2026-11-20; read it again, correct it, and set a new valid_until"}},
	{"impossible day", courseMain, `valid_until: "2027-05-21"`, `§valid_until: "2027-02-31"`, []string{
		`§: valid_until is not a date; write "2027-05-21"`}},
	{"checked tomorrow", courseMain, "status: draft", "status: draft\n§checked_on: \"2026-11-30\"", []string{
		"§: checked_on lies in the future; write the day it was checked, or leave it out"}},
	{"reviewed by nobody", courseMain, "status: draft", "§status: approved", []string{
		"§: status «approved» without a review by a named person; set status: draft"}},
	{"lesson with another slug", lessonOne, "slug: call-from-bank", "§slug: call-of-bank", []string{
		"§: lesson «call-of-bank» stands in 01-call-from-bank.yaml; rename the file to 01-call-of-bank.yaml",
		courseMain + ":15: there is no lesson «call-from-bank»; write courses/fraud-protection/01-call-from-bank.yaml, or remove it here",
	}},
	{"minutes", lessonOne, "minutes: 7", "§minutes: 12", []string{
		"§: «minutes» is 12, too large; write at most 8",
	}},
	{"unknown type of activity", lessonOne, atCards, "  - id: three-signs\n    §type: game\n", []string{
		"§: «type» is game, which is not allowed; use one of text, picture, video, imitation, check, cards, checklist, summary, package",
	}},
	{"field of another activity", lessonOne, atCards, "  - id: three-signs\n    type: cards\n    §brand: Х\n", []string{
		"§: «brand» is not a field here; remove it or correct its name",
	}},
	{"competence outside the course", lessonOne, "[ua5.3]", "[ua5.3, §ua5.1]", []string{
		"§: «ua5.1» is not among the competences of «fraud-protection»; add it to course.yaml, or remove it here"}},
	{"level outside the course", lessonOne, "level: A1", "§level: C1", []string{
		"§: level C1 is outside A1–B1 of «fraud-protection»; correct the level, here or in course.yaml"}},
	{"activity twice", lessonOne, "id: three-signs", "§id: how-it-goes", []string{"§: activity «how-it-goes» stands twice; give it another id"}},
	{"summary not last", lessonOne, "  - id: how-it-goes\n", `  - id: early
    type: summary
    sentences: [{uk: Раз.}, {uk: Два.}, {uk: Три.}]
  - id: how-it-goes
`, []string{lessonOne + ":14: the lesson has 2 summaries, wanted one; end with one activity of type: summary"}},
	{"activity behind the summary", lessonOne, "handout:\n", `  - id: late
    type: text
    text: {uk: Ще трохи.}
handout:
`, []string{lessonOne + ":14: the summary is not the last activity; move it to the end"}},
	{"few sentences of English", lessonOne, "  A real bank never asks for a code, a password or the digits on the back of the card.\n  The safe act is always the same: hang up and call the number printed on your card.\n  If the money has gone, call the bank first and the police on 102 next.\n", "", []string{
		lessonOne + ":9: the English summary has 2 sentences; write three to six"}},
	{"shout in the English summary", lessonOne, "  If the money has gone, call the", "  Run to the! The", []string{
		lessonOne + ":9: the text has an exclamation mark; end it with a full stop"}},
	{"exclamation mark", lessonOne, "Це нічого не доводить.", "§Це нічого не доводить!", []string{lessonOne + ":20: the text has an exclamation mark; end it with a full stop"}},
	{"words that are not ours", lessonOne, "Одразу подзвоніть", "Хай користувачі дзвонять", []string{lessonOne + ":95: the text says «користувачі»; say «людина», «матеріал», «натиснути»"}},
	{"an amount", lessonOne, "Це нічого не доводить.", "Вони беруть 5 000 грн.", []string{lessonOne + ":20: the text names an amount: 5 000 грн; leave it out and name the official source"}},
	{"a year", lessonOne, "Це нічого не доводить.", "Так було у 2025 році.", []string{lessonOne + ":20: the text names a year: 2025; leave the date out and name the official source"}},
	{"marks that are not used", lessonOne, "### Чому вірять", "# Чому вірять", []string{
		lessonOne + ":30: Markdown of this kind is not used in lessons; use paragraphs, ### headings, lists, **bold** and https links"}},
	{"Russian letters", lessonOne, "Це нічого не доводить.", "Это нічого не доводить.", []string{
		lessonOne + ":19: the Ukrainian text has a letter that Ukrainian does not have; correct the word"}},
	{"long sentence", lessonOne, "Це нічого не доводить.", eleven + eleven + "слів.", []string{
		lessonOne + ":20: warning: a sentence of 23 words; split it: aim under 15"}},
	{"long text", lessonOne, "Це нічого не доводить.", strings.Repeat(strings.TrimSpace(eleven)+". ", 15), []string{
		lessonOne + ":19: warning: one text of 293 words; aim at 220; split it in two activities, with practice between them"}},
	{"video with nothing", lessonOne, atText, "  - id: film\n    type: video\n    seconds: 20\n    transcript: {uk: Слова.}\n" + atText, []string{
		lessonOne + ":15: the episode has neither a clip nor a storyboard; add storyboard: with three or more frames"}},
	{"video without subtitles", lessonOne, atText, "  - id: film\n    type: video\n    §clip: film.mp4\n    seconds: 20\n    transcript: {uk: Слова.}\n" + atText, []string{
		"§: the clip has no Ukrainian subtitles; add subtitles: <name>.vtt", "§: there is no content/media/film.mp4; draw it or remove the line"}},
	{"video without a transcript", lessonOne, atText, "  - §id: film\n    type: video\n    seconds: 15\n    storyboard: [{seconds: 5, shows: {uk: А}, says: {uk: Б}}, {seconds: 5, shows: {uk: А}, says: {uk: Б}}, {seconds: 5, shows: {uk: А}, says: {uk: Б}}]\n" + atText, []string{
		"§: the episode has no transcript; write down what is seen and said: who does not see or hear reads it"}},
	{"video of another length", lessonOne, atText, "  - id: film\n    type: video\n    §seconds: 20\n    transcript: {uk: Слова.}\n    storyboard: [{seconds: 5, shows: {uk: А}, says: {uk: Б}}, {seconds: 5, shows: {uk: А}, says: {uk: Б}}, {seconds: 5, shows: {uk: А}, says: {uk: Б}}]\n" + atText, []string{
		"§: the frames last 15 seconds together, the episode 20; correct one of them"}},
	{"picture that is not there", lessonOne, atText, "  - id: pic\n    type: picture\n    §file: phone.svg\n    alt: {uk: Телефон}\n" + atText, []string{
		"§: there is no content/media/phone.svg; draw it or remove the line"}},
	{"term unknown", lessonOne, "level: A1", "level: A1\nglossary: [§magic]", []string{"§: «magic» is not in the glossary; add it to glossary.yaml or remove it here"}},
	{"real brand", lessonOne, "brand: \"Банк «Промінчик»\"", "§brand: \"Ощадбанк\"", []string{"§: «Ощадбанк» is a real brand; invent one, such as «Банк Промінчик»"}},
	{"real brand in an element", lessonOne, "це Ірина з банку «Промінчик».", "це Ірина з Монобанк.§", []string{"§: «Монобанк.» is a real brand; invent one"}},
	{"real address", lessonOne, "з банку «Промінчик».", "з prominchyk.com.§", []string{"§: «prominchyk.com» could be a real address; end it with .example"}},
	{"real number", lessonOne, "Вхідний дзвінок із незнайомого номера", "Дзвінок +38 067 123 45 67§", []string{"§: a number that could be a real card or phone; shorten it or put dots: 0XX …"}},
	{"element twice", lessonOne, "      - id: b\n        kind: text", "      - §id: a\n        kind: text", []string{"§: element «a» stands twice; give it another id"}},
	{"field that asks nothing", lessonOne, "      - id: b\n        kind: text", "      - §id: b\n        kind: field", []string{
		"§: «asks» belongs to a field and only to a field; write what the field wants to know, or remove asks"}},
	{"form without a field", lessonOne, "    kind: message", "    kind: form", []string{lessonOne + ":51: a form has no field; add an element of kind: field"}},
	{"honest with suspicions", lessonOne, "    kind: message", "    kind: message\n    §honest: true", []string{
		"§: a harmless look-alike has suspicious elements; remove honest: true, or suspicious: true"}},
	{"card twice", lessonOne, `front: {uk: "Вас підганяють"}`, `§front: {uk: "Вас лякають"}`, []string{"§: two cards have the same front; change one of them"}},
	{"task twice", lessonOne, "{id: place,", "{§id: number,", []string{"§: task «number» stands twice; give it another id"}},
	{"no right answer", lessonOne, "      key: [b]", "      key: []", []string{lessonOne + ":103: «called-by-security» has no key; add key: [<option id>]"}},
	{"wrong option without a reason", lessonOne, `          reason: {uk: "Розмова триватиме, і решту з вас витягнуть.", en: "The talk goes on and they get the rest out of you."}` + "\n", "", []string{
		lessonOne + ":116: «d» does not say why it is right or wrong; add reason: {uk}"}},
	{"half English", lessonOne, `, en: "Tell only half of the code"`, "", []string{lessonOne + ":117: the item is half in English; write en: here too, or nowhere in the item"}},
	{"check of another type", lessonOne, "      type: ordering", "      §type: scale", []string{
		"§: «type» is scale, which is not allowed; use one of single, multiple, ordering, matching, spot",
	}},
	{"final of another course", courseLast, "course: fraud-protection", "§course: other", []string{
		"§: the final check of «other» stands in the folder of «fraud-protection»; write course: fraud-protection"}},
	{"final with an item twice", courseLast, "  - id: which-words", "  - §id: bank-asks", []string{"§: item «bank-asks» stands twice; give it another id"}},
	{"final of a foreign competence", courseLast, "    competence: ua5.3", "    §competence: ua1.1", []string{"§: «ua1.1» is not among the competences of «fraud-protection»; correct it"}},
}

// whole are the edits that one replacement cannot make.
var wholeCourseEdits = []struct {
	name string
	edit func(*testing.T, fstest.MapFS)
	want []string
}{
	{"no final check", func(_ *testing.T, t fstest.MapFS) { delete(t, courseLast) }, []string{
		courseMain + ":1: warning: course «fraud-protection» has no final check: nobody can complete it; write courses/fraud-protection/final.yaml",
	}},
	{"a lesson at the address of another page", func(_ *testing.T, t fstest.MapFS) {
		t[courseDir+"01-proof.yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(string(t[lessonOne].Data), "slug: call-from-bank", "slug: proof", 1))}
		t[courseMain].Data = []byte(strings.Replace(string(t[courseMain].Data), "- call-from-bank", "- proof", 1))
		delete(t, lessonOne)
	}, []string{courseDir + "01-proof.yaml:1: «proof» is the address of another page of the course; choose another slug"}},
	{"a file that is no lesson", func(_ *testing.T, t fstest.MapFS) {
		t[courseDir+"notes.yaml"] = &fstest.MapFile{Data: []byte("a: b\n")}
	}, []string{courseDir + "notes.yaml:1: the file's name is not <nn>-<slug>.yaml; rename it, such as 01-first-lesson.yaml"}},
	{"a lesson that is not YAML", func(_ *testing.T, t fstest.MapFS) {
		t[lessonOne] = &fstest.MapFile{Data: []byte("slug: a\nslug: b\n")}
	}, []string{
		lessonOne + ":2: not YAML: mapping key \"slug\" already defined at [1:1]; correct the indentation, the quotes or the brackets",
	}},
	{"a lesson of a summary only", func(_ *testing.T, t fstest.MapFS) {
		head, tail := parts(string(t[lessonOne].Data), "activities:\n", "handout:\n")
		t[lessonOne].Data = []byte(head + `activities:
  - {id: a, type: picture, alt: {uk: Один.}}
  - {id: b, type: picture, alt: {uk: Один.}}
  - {id: c, type: summary, sentences: [{uk: Раз.}, {uk: Два.}, {uk: Три.}]}
` + tail)
	}, []string{
		lessonOne + ":14: the lesson has no text; add an activity of type: text",
		lessonOne + ":14: the lesson has no practice; add an activity of type: check or imitation",
		lessonOne + ":1: the lesson has 96 Ukrainian words in all; write at least 500",
	}},
	{"nothing suspicious", func(_ *testing.T, t fstest.MapFS) {
		t[lessonOne].Data = []byte(strings.ReplaceAll(string(t[lessonOne].Data), "        suspicious: true\n", ""))
	}, []string{lessonOne + ":51: nothing is suspicious; mark suspicious: true, or write honest: true"}},
	{"a handout of two words", func(_ *testing.T, t fstest.MapFS) {
		head, tail := parts(string(t[lessonOne].Data), "handout:\n", "mentor:\n")
		t[lessonOne].Data = []byte(head + "handout: {uk: Мало слів.}\n" + tail)
	}, []string{lessonOne + ":151: the handout has 2 words; write from 60 to 350, one printed page"}},
	{"too many words", func(_ *testing.T, t fstest.MapFS) {
		more := ""
		for _, id := range []string{"x", "y", "z"} {
			more += "  - {id: " + id + ", type: text, text: {uk: \"" + strings.Repeat("Так. ", 150) + "\"}}\n"
		}
		t[lessonOne].Data = []byte(strings.Replace(string(t[lessonOne].Data), "activities:\n", "activities:\n"+more, 1))
	}, []string{lessonOne + ":1: the lesson has 1127 Ukrainian words in all; shorten it to 1100"}},
	{"sentences without an end", func(_ *testing.T, t fstest.MapFS) {
		head, tail := parts(string(t[lessonOne].Data), "activities:\n", "mentor:\n")
		t[lessonOne].Data = []byte(head + `activities:
  - {id: a, type: text, text: {uk: "` + strings.Repeat(eleven, 20) + `"}}
  - {id: b, type: text, text: {uk: "` + strings.Repeat(eleven, 20) + `"}}
  - {id: c, type: check, item: {id: q, type: single, stem: {uk: Де номер}, options: [{id: a, text: {uk: Тут}}, {id: b, text: {uk: Там}, reason: {uk: Бо ні}}], key: [a], explain: {uk: Бо так}}}
  - {id: d, type: summary, sentences: [{uk: Раз.}, {uk: Два.}, {uk: Три.}]}
handout: {uk: "` + strings.Repeat(eleven, 8) + `"}
` + tail)
	}, []string{
		lessonOne + ":1: a sentence has 42 words on average; shorten them to under 20",
		lessonOne + ":15: warning: a sentence of 220 words; split it: aim under 15",
		lessonOne + ":16: warning: a sentence of 220 words; split it: aim under 15",
		lessonOne + ":19: warning: a sentence of 88 words; split it: aim under 15",
	}},
}

// parts cuts out what lies between two marks; the second stays.
func parts(s, from, to string) (head, tail string) {
	i := strings.Index(s, from)
	j := strings.Index(s, to)
	return s[:i], s[j:]
}

func TestBrokenCourses(t *testing.T) {
	t.Parallel()
	fired := &fired{rules: map[string]bool{}}
	t.Run("edits", func(t *testing.T) {
		for _, e := range courseEdits {
			t.Run(e.name, func(t *testing.T) {
				t.Parallel()
				tree, want := e.apply(t)
				compare(t, want, fired.reported(tree, ""))
			})
		}
		for _, e := range wholeCourseEdits {
			t.Run(e.name, func(t *testing.T) {
				t.Parallel()
				tree := baseTree(t)
				lighten(tree, "items/x.yaml")
				withCourse(t, tree)
				e.edit(t, tree)
				compare(t, e.want, fired.reported(tree, ""))
			})
		}
	})
	rules := rulesOf(t, "../course/lesson")
	for _, name := range []string{"load_course.go", "check_course.go"} {
		rules = append(rules, rulesIn(t, name)...)
	}
	if len(rules) < 40 {
		t.Fatalf("only %d rules found in the sources", len(rules))
	}
	for _, r := range rules {
		if !fired.rules[r] && r != "unreviewed" && r != "hash" && r != "decode" && r != "check-type" {
			t.Errorf("no broken course fires rule %q", r)
		}
	}
	t.Logf("%d rules, %d edits", len(rules), len(courseEdits)+len(wholeCourseEdits))
}

func TestSumGuardsPublishedCourses(t *testing.T) {
	t.Parallel()
	tree := baseTree(t)
	withCourse(t, tree)
	lib, _ := content.LoadAt(tree, day)
	if strings.Contains(lib.Sum(), "course/") {
		t.Fatal("a draft is listed")
	}
	f := tree[courseMain]
	f.Data = []byte(strings.Replace(strings.Replace(string(f.Data), "status: draft", "status: reviewed", 1),
		"reviews: []", "reviews: [{by: \"Олена Приклад\", on: \"2026-11-20\"}]", 1))
	lib, _ = content.LoadAt(tree, day)
	sum := lib.Sum()
	if !strings.Contains(sum, "course/fraud-protection@1 ") {
		t.Fatalf("not listed: %s", sum)
	}
	tree["content.sum"] = &fstest.MapFile{Data: []byte(sum)}
	errors := func() []string {
		_, problems := content.LoadAt(tree, day)
		var out []string
		for _, p := range problems {
			if strings.HasPrefix(p.Rule, "sum") {
				out = append(out, p.String())
			}
		}
		return out
	}
	if got := errors(); len(got) != 0 {
		t.Fatal(got)
	}
	l := tree[lessonOne]
	l.Data = []byte(strings.Replace(string(l.Data), "Так реагує кожен", "Отак реагує кожен", 1))
	if got := errors(); len(got) != 1 || !strings.HasPrefix(got[0], courseMain+":2: published course fraud-protection@1 was changed") {
		t.Fatal(got)
	}
	f.Data = []byte(strings.Replace(string(f.Data), "version: 1", "version: 2", 1))
	if got := errors(); len(got) != 0 {
		t.Fatal("a new version is refused: ", got)
	}
	for name := range tree {
		if strings.HasPrefix(name, courseDir) {
			delete(tree, name)
		}
	}
	if got := errors(); len(got) != 1 || !strings.HasPrefix(got[0], "content.sum:3: published course fraud-protection@1 is gone") {
		t.Fatal(got)
	}
}

// An editor's draft is checked by itself, with what the library knows.
func TestLoadOneCourse(t *testing.T) {
	t.Parallel()
	lib, _ := content.LoadAt(baseTree(t), day)
	draft := fstest.MapFS{}
	withCourse(t, draft)
	k, problems := content.LoadCourse(draft, "fraud-protection", lib, day)
	if k == nil || content.Failed(problems) || len(k.Lessons) != 1 {
		t.Fatal(problems)
	}
	draft[lessonOne].Data = []byte(strings.Replace(string(draft[lessonOne].Data), "key: [b]", "key: [z]", 1))
	if _, problems = content.LoadCourse(draft, "fraud-protection", lib, day); !content.Failed(problems) || problems[1].Line != 119 {
		t.Fatal(problems)
	}
	draft[courseMain].Data = []byte("slug: [")
	if k, problems = content.LoadCourse(draft, "fraud-protection", lib, day); k != nil || !content.Failed(problems) {
		t.Fatal(problems)
	}
	if k, _ = content.LoadCourse(draft, "../secret", lib, day); k != nil {
		t.Fatal("a folder outside was read")
	}
}

// BenchmarkCourse is reading and checking one course of one lesson and a final check.
func BenchmarkCourse(b *testing.B) {
	lib, _ := content.LoadAt(baseTree(b), day)
	tree := fstest.MapFS{}
	withCourse(b, tree)
	for b.Loop() {
		if k, _ := content.LoadCourse(tree, "fraud-protection", lib, day); k == nil {
			b.Fatal("no course")
		}
	}
}
