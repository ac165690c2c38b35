package sheet

import (
	"errors"
	"iter"
	"maps"
	"testing"
)

func TestMatchGivesEachHeadOnce(t *testing.T) {
	t.Parallel()
	words := map[string][]string{"kind": {"вид", "назва"}, "count": {"кільк", "шт"}, "note": {"назва", "примітк"}}
	got := Match([]string{"№", "Назва майна", "Кількість, шт.", "Назва моделі"}, []string{"kind", "count", "note"}, words)
	if want := map[string]string{"kind": "Назва майна", "count": "Кількість, шт.", "note": "Назва моделі"}; !maps.Equal(got, want) {
		t.Errorf("%v", got)
	}
	if got := Match([]string{"Відвідувачі", "Поверх штатив"}, []string{"kind", "count"}, words); len(got) > 0 {
		t.Errorf("a short word was found inside another one: %v", got)
	}
}

func TestRecallPrefersOnesOwnLatestChoice(t *testing.T) {
	t.Parallel()
	columns := func(h string) map[string]string { return map[string]string{"kind": h} }
	list := []Choice{{"b", columns("Вид")}, {"a", columns("Інше")}, {"a", nil}, {"a", columns("Вид")}, {"a", columns("Вид")}}
	earlier := func(list []Choice, err error) iter.Seq2[int, error] {
		return func(yield func(int, error) bool) {
			for i := range list {
				if !yield(i, nil) {
					return
				}
			}
			if err != nil {
				yield(0, err)
			}
		}
	}
	for by, want := range map[string]int{"a": 3, "b": 0, "c": 0} {
		if got, found, err := Recall([]string{"№", "Вид"}, by, earlier(list, nil), func(i int) Choice { return list[i] }); got != want || !found || err != nil {
			t.Errorf("%s: %d, %v, %v", by, got, found, err)
		}
	}
	if _, found, _ := Recall([]string{"№"}, "a", earlier(list, nil), func(i int) Choice { return list[i] }); found {
		t.Error("columns that the table lacks were taken")
	}
	if _, _, err := Recall([]string{"№"}, "a", earlier(list, errors.New("x")), func(i int) Choice { return list[i] }); err == nil {
		t.Error("an error was lost")
	}
}
