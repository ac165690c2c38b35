//go:build e2e

package e2e

import (
	"strings"
	"testing"

	"osvitlo/internal/testkit"
)

// shortTest takes the short test to its end, as a browser without scripts would.
func shortTest(t *testing.T, p *testkit.Program) (result *testkit.Answered, tasks int) {
	t.Helper()
	v := testkit.NewVisitor(t, p.Site, "uk")
	action, values := v.Get("/surveys/resident-express").Want(t, 200).Form("main form")
	values.Set("consent", "statistics")
	page := v.Post(action, values).Want(t, 200)
	for range 60 {
		action, values = page.Form("#answer")
		if action == "" {
			break
		}
		page.Fill(values)
		if page = v.Post(action, values); page.Status != 200 {
			t.Fatalf("%s answers %d: %s", action, page.Status, page.Text(".os-error"))
		}
		tasks++
	}
	action, values = page.Form("main form[action$='/submit'], main form[method=post]")
	if action == "" {
		t.Fatalf("no way to the end from %s: %.200s", page.Path, page.Text("main"))
	}
	return v.Post(action, values).Want(t, 200), tasks
}

// What a person answers in the short test stands in the table of staff and in its file,
// apart from what enters the index, and the public figure does not move.
func TestAnswersOfTheShortTestReachTheTableAndNotTheIndex(t *testing.T) {
	t.Parallel()
	p := town(t)
	public := testkit.NewVisitor(t, p.Site, "uk")
	before := liveOf(t, public)
	v := staffAt(t, p, "analyst")
	inside := counted(t, v)
	const people = 11 // more than a step of the public figure
	for range people {
		if result, tasks := shortTest(t, p); tasks < 20 || !strings.HasPrefix(result.Path, "/results/") {
			t.Fatalf("%d screens lead to %s", tasks, result.Path)
		}
	}
	put(t, p.Site, whole(t))
	awaitCounted(t, v, func(n int) bool { return n == inside+1 }) // what came before it was read before it
	if now := liveOf(t, public); now.N != before.N {
		t.Errorf("tests on a provisional bank moved the public figure from %d to %d", before.N, now.N)
	}
	page := v.Get("/office/answers?instrument=resident-express&state=practice&cols=answers&cols=points").Want(t, 200)
	rows := page.Doc().Find("table").First().Find("tbody tr").Length()
	if rows != people {
		t.Errorf("%d rows, %d people", rows, people)
	}
	if got := v.Get("/office/answers?instrument=resident-test&state=practice"); got.Status != 422 {
		t.Errorf("practice of the full test can be asked for: %d", got.Status)
	}
}
