//go:build e2e

package e2e

import (
	"slices"
	"strings"
	"testing"

	"osvitlo/internal/testkit"
)

// express are the words of the short test that follows the answers.
type express struct {
	words
	lang, agree, range_, noCount, outside, task string
}

var expressUK = express{words: uk, lang: "uk", agree: "Візьміть мої відповіді для підсумків і перевірки завдань", range_: "Зі 100 людей із такими відповідями",
	noCount: "До показника міста поки не входить", outside: "в показник входить лише повний тест", task: "Зазвичай 20 завдань"}

var expressEN = express{words: en, lang: "en", agree: "Use my answers for summaries and for checking the tasks", range_: "Of 100 people with answers like these",
	noCount: "Not in the city’s figure yet", outside: "only the full test enters the figure", task: "Usually 20 tasks"}

// inspected holds the page of a tab without scripts against axe, which is one, in a tab
// of the same person that has them.
func inspected(t *testing.T, tab *testkit.Tab) {
	t.Helper()
	other := chrome.Tab(t, testkit.Phone)
	other.Open("/help")
	other.Take(tab.Cookies())
	want(other, 200, other.Open(tab.Path()))
	for _, barrier := range other.Axe() {
		t.Errorf("%s: %v", tab.Path(), barrier)
	}
}

// set begins the short test on a tab.
func (w *express) set(tab *testkit.Tab) {
	want(tab, 200, tab.Open("/surveys/resident-express?lang="+w.lang))
	tab.See(w.noCount)
	tab.See(w.task)
	tab.Press(w.agree)
	want(tab, 200, tab.Follow(w.start))
	answer(tab, w.words, nil)
}

// The short test at 360 px and without scripts, to the level as a range: a reload shows
// the same task, an alarm keeps the place, no task comes twice, and nothing on the way
// is a barrier.
func TestShortTestFollowsTheAnswersWithoutScripts(t *testing.T) {
	t.Parallel()
	for _, w := range []express{expressUK, expressEN} {
		t.Run(w.lang, func(t *testing.T) {
			t.Parallel()
			screen := testkit.Phone
			screen.NoScript = true
			tab := chrome.Tab(t, screen)
			w.set(tab)
			var seen []string
			for len(seen) <= 40 {
				at := tab.Headings()[0]
				if at == w.review {
					break
				}
				if at != "" && testkit.Eval[bool](tab, `!!document.querySelector('#answer [value="@dont_know"], #answer [name=skip], #answer')`) {
					if slices.Contains(seen, at) {
						t.Errorf("«%s» came twice", at)
					}
					seen = append(seen, at)
				}
				plain(t, tab)
				if wide := tab.Wider(); len(wide) > 0 {
					t.Errorf("«%s» is wider than the screen: %v", at, wide)
				}
				switch len(seen) {
				case 3: // the same page again
					want(tab, 200, tab.Open(tab.Path()))
					if again := tab.Headings()[0]; again != at {
						t.Fatalf("a reload shows «%s» after «%s»", again, at)
					}
					inspected(t, tab)
				case 5: // the alarm, and back
					want(tab, 200, tab.Follow(w.alarm))
					tab.See(w.safe)
					letters := code(tab)
					tab.Forget()
					want(tab, 200, tab.Open("/r?lang="+w.lang))
					tab.Type("#code", letters)
					want(tab, 200, tab.FollowTo("form button[type=submit]"))
					if again := tab.Headings()[0]; again != at {
						t.Fatalf("after the alarm comes «%s», left at «%s»", again, at)
					}
				}
				answer(tab, w.words, nil)
			}
			if len(seen) < 20 {
				t.Errorf("only %d screens before the end", len(seen))
			}
			t.Logf("%d screens", len(seen))
			want(tab, 200, tab.Follow(w.see))
			tab.See(w.result)
			tab.See(w.outside)
			text := tab.Text("main")
			if !strings.Contains(text, w.range_) {
				t.Errorf("the page does not say how sure the level is: %.400s", text)
			}
			plain(t, tab)
			inspected(t, tab)
			for _, wide := range tab.Wider() {
				t.Errorf("the result: %s", wide)
			}
		})
	}
}
