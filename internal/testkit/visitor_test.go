package testkit_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"osvitlo/internal/testkit"
)

const page = `<main><form id="answer" action="/next" method="post"><input type="hidden" name="rev" value="3">
<input type="radio" name="answer" value="@dont_know"><input type="radio" name="answer" value="a"><input type="radio" name="answer" value="30-39">
<input type="checkbox" name="more" value="1" checked><select name="answer.x"><option value="">–</option><option value="1">1</option><option value="2">2</option></select>
<select name="answer.y"><option value="">–</option><option value="1">1</option><option value="2" selected>2</option></select></form><p>1&nbsp;487 людей</p></main>`

func TestVisitorReadsAndFillsAForm(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			http.Redirect(w, r, "/there?x=1", http.StatusSeeOther)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "one", Value: "1", Path: "/"})
		_, _ = w.Write([]byte(page)) // a test reads it or fails
	}))
	t.Cleanup(srv.Close)
	v := testkit.NewVisitor(t, srv.URL, "uk")
	a := v.Get("/").Want(t, http.StatusOK)
	action, values := a.Form("#answer")
	want := url.Values{"rev": {"3"}, "more": {"1"}, "answer.x": {""}, "answer.y": {"2"}}
	if diff := cmp.Diff(want, values); action != "/next" || diff != "" {
		t.Errorf("action %q, values %s", action, diff)
	}
	a.Fill(values)
	want = url.Values{"rev": {"3"}, "more": {"1"}, "answer": {"30-39"}, "answer.x": {"1"}, "answer.y": {"2"}}
	if diff := cmp.Diff(want, values); diff != "" {
		t.Error(diff)
	}
	if got := a.Text("main p"); got != "1 487 людей" {
		t.Errorf("text %q", got)
	}
	if got := v.Post(action, values).Path; got != "/there?x=1" {
		t.Errorf("led to %q", got)
	}
	if len(v.Cookies()) != 1 {
		t.Errorf("cookies %v", v.Cookies())
	}
}

func TestClockMovesWhenTold(t *testing.T) {
	t.Parallel()
	c := testkit.NewClock()
	if !c.Now().Equal(testkit.Noon) || c.Now().Weekday() != time.Saturday {
		t.Errorf("begins at %v", c.Now())
	}
	c.Pass(time.Hour)
	if got := c.Now().Sub(testkit.Noon); got != time.Hour {
		t.Errorf("moved by %v", got)
	}
}
