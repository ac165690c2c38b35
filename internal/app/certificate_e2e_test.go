//go:build e2e

package app

import (
	"net/http"
	"strings"
	"testing"

	"osvitlo/internal/instrument"
	"osvitlo/internal/person"
	"osvitlo/internal/testkit"
)

// rightly marks the right answer to a task of a final check by hand, and tells whether it
// can: a check is passed without those that are put in order.
func (o bare) rightly(it *instrument.Item) bool {
	o.t.Helper()
	var v instrument.Value
	switch {
	case len(it.Key.Pairs) > 0:
		v = instrument.Pairs(it.Key.Pairs)
	case len(it.Key.IDs) == 0:
		return false
	case it.Type == instrument.Single:
		v = instrument.Word(it.Key.IDs[0])
	default:
		v = instrument.List(it.Key.IDs...)
	}
	for name, list := range it.ToForm(v) {
		at := "[name=\"q." + it.ID + "." + name + "\"]"
		if testkit.Eval[bool](o.Tab, `!!document.querySelector('select`+at+`')`) {
			desk{o.Tab, o.t}.pick("q."+it.ID+"."+name, list[0])
			continue
		}
		for _, value := range list {
			id := testkit.Eval[string](o.Tab, `document.querySelector('input`+at+`[value="`+value+`"]').id`)
			o.Touch(`label[for="` + id + `"]`)
		}
	}
	return true
}

// A course is finished with its final check on a telephone without scripts: the
// certificate comes, its holder opens it, and anybody with its address can check it.
func TestACertificateIsEarnedInTheBrowser(t *testing.T) {
	t.Parallel()
	const slug = "fraud-protection"
	m := newMonitoring(t)
	one, err := m.Library.Course(slug)
	if err != nil {
		t.Fatal(err)
	}
	b := visited(t, m.URL)
	learner := newBare(t, b)
	lent(learner.Tab, m.staff(t, person.Resident, "uk"))
	learner.open("/courses/" + slug + "/final")
	learner.follow("Завершити", http.StatusUnprocessableEntity)
	right := 0
	for i := range one.Final.Items {
		if learner.rightly(one.Final.Items[i]) {
			right++
		}
	}
	if right < len(one.Final.Items) {
		t.Fatalf("%d of %d tasks can be answered", right, len(one.Final.Items))
	}
	learner.follow("Завершити", http.StatusOK)
	learner.See("Курс пройдено")
	outcome := learner.Path()
	if _, err := m.Outbox.Work(t.Context()); err != nil {
		t.Fatal(err)
	}
	learner.open(outcome)
	learner.follow("Відкрити сертифікат", http.StatusOK)
	verify := learner.Path()
	if !strings.HasPrefix(verify, "/verify/") {
		t.Fatalf("the certificate stands at %s", verify)
	}

	anybody := newBare(t, b)
	anybody.open(verify)
	anybody.See(one.Title.UK)
	anybody.See("Місто видало це підтвердження")
	if got := anybody.Open(verify[:len(verify)-1] + "x"); got != http.StatusNotFound {
		t.Errorf("another address answers %d", got)
	}
}
