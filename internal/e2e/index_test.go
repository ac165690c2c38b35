//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"osvitlo/internal/testkit"
)

// live is what the public sees of the running figure.
type live struct {
	Status string `json:"status"`
	AsOf   string `json:"as_of"`
	N      int    `json:"n"`
	Index  struct {
		Value *float64 `json:"value"`
	} `json:"index"`
}

func liveOf(t *testing.T, v *testkit.Visitor) live {
	t.Helper()
	var l live
	if err := json.Unmarshal(v.Get("/open-data/index.json").Want(t, 200).Body, &l); err != nil {
		t.Fatal(err)
	}
	return l
}

// counted is how many answers are counted inside, of all waves, as staff see it.
func counted(t *testing.T, staff *testkit.Visitor) (n int) {
	t.Helper()
	for _, row := range staff.Get("/office/index").Want(t, 200).Doc().Find("main table").First().Find("tbody tr").EachIter() {
		of, err := strconv.Atoi(strings.Join(strings.Fields(testkit.Plain(row.Find("td .os-grid-t__val").First().Text())), ""))
		if err != nil {
			t.Fatal(err)
		}
		n += of
	}
	return n
}

// awaitCounted waits until so many answers are counted inside: whatever came before them
// has been read by then, whether the public is shown it or not.
func awaitCounted(t *testing.T, staff *testkit.Visitor, enough func(n int) bool) {
	t.Helper()
	until(t, "the count inside", func() bool { return enough(counted(t, staff)) })
}

// reader looks at the public figure all the time, as a curious neighbour would, and
// fails when it ever moves by 1 to 9 people.
func reader(t *testing.T, site string) (stop func() []live) {
	t.Helper()
	v := testkit.NewVisitor(t, site, "uk")
	seen := []live{liveOf(t, v)}
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			ended := false
			select {
			case <-quit:
				ended = true // and looks a last time
			case <-time.After(60 * time.Millisecond):
			}
			now, last := liveOf(t, v), seen[len(seen)-1]
			if now.N != last.N {
				seen = append(seen, now)
			}
			if moved := now.N - last.N; moved != 0 && moved > -10 && moved < 10 {
				t.Errorf("the public figure moved by %d people, from %d to %d", moved, last.N, now.N)
			}
			if now.N == last.N && fmt.Sprint(deref(now.Index.Value)) != fmt.Sprint(deref(last.Index.Value)) && now.AsOf == last.AsOf {
				t.Errorf("the figure moved between steps: %v, %v", deref(last.Index.Value), deref(now.Index.Value))
			}
			if ended {
				return
			}
		}
	}()
	return func() []live { close(quit); <-done; return seen }
}

func deref(v *float64) any {
	if v == nil {
		return nil
	}
	return *v
}

// whole is the body of the contract's example, dated inside this run.
func whole(t *testing.T) []byte {
	t.Helper()
	root, err := testkit.Root()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(root, "content", "fixture", "api", "sitting-whole.json"))
	if err != nil {
		t.Fatal(err)
	}
	var body map[string]any
	if err := json.Unmarshal(raw, &body); err != nil {
		t.Fatal(err)
	}
	now := time.Now().UTC().Truncate(time.Second)
	body["started_at"], body["submitted_at"] = now.Add(-15*time.Minute), now.Add(-time.Minute)
	if raw, err = json.Marshal(body); err != nil {
		t.Fatal(err)
	}
	return raw
}

type receipt struct {
	ID        string `json:"id"`
	State     string `json:"state"`
	ResultKey string `json:"result_key"`
}

func put(t *testing.T, site string, body []byte) receipt {
	t.Helper()
	v := testkit.NewVisitor(t, site, "uk")
	id, err := uuid.NewV7()
	if err != nil {
		t.Fatal(err)
	}
	var r receipt
	if err := json.Unmarshal(v.Send("PUT", "/api/v1/sittings/"+id.String(), "application/json", body).Want(t, 201).Body, &r); err != nil {
		t.Fatal(err)
	}
	if r.State != "counted" {
		t.Fatalf("a whole sitting is %q", r.State)
	}
	return r
}

// Nine people change nothing in public; the tenth lets all ten in. Nine erasures
// change nothing; the tenth takes all ten out.
func TestPublicIndexMovesInSteps(t *testing.T) {
	t.Parallel()
	p := town(t)
	v := testkit.NewVisitor(t, p.Site, "uk")
	body := whole(t)
	before := liveOf(t, v)
	if before.Status != "provisional" || before.N < 200 {
		t.Fatalf("before: %+v", before)
	}
	staff := staffAt(t, p, "analyst")
	inside := counted(t, staff)
	stop := reader(t, p.Site)
	var in []receipt
	for range 9 {
		in = append(in, put(t, p.Site, body))
	}
	awaitCounted(t, staff, func(n int) bool { return n == inside+9 })
	if now := liveOf(t, v); now.N != before.N || now.AsOf != before.AsOf {
		t.Errorf("nine people moved the public figure from %d to %d", before.N, now.N)
	}
	in = append(in, put(t, p.Site, body))
	after := await(t, v, before.N+10)
	if after.AsOf == before.AsOf {
		t.Error("the step has no time of its own")
	}
	page := v.Get("/index").Want(t, 200)
	if etag := page.Header.Get("ETag"); etag == "" {
		t.Error("the index page has no ETag")
	}

	for i, r := range in {
		a := v.Post("/results/"+r.ID+"/erase?key="+r.ResultKey, nil)
		a.Want(t, 200)
		if i == 8 {
			awaitCounted(t, staff, func(n int) bool { return n == inside+1 })
			if now := liveOf(t, v); now.N != after.N {
				t.Errorf("nine erasures moved the public figure from %d to %d", after.N, now.N)
			}
		}
	}
	await(t, v, before.N)
	if seen := stop(); len(seen) != 3 {
		t.Errorf("a reader saw %d figures, want 3: before, with the ten, without them", len(seen))
	}
}

// await waits for the public figure to reach n people.
func await(t *testing.T, v *testkit.Visitor, n int) (now live) {
	t.Helper()
	until(t, fmt.Sprintf("a public figure of %d people", n), func() bool {
		now = liveOf(t, v)
		return now.N == n
	})
	return now
}

// What is downloaded is what the program itself can verify.
func TestReleaseCanBeDownloadedAndVerified(t *testing.T) {
	t.Parallel()
	v := testkit.NewVisitor(t, city.Site, "uk")
	page := v.Get("/open-data").Want(t, 200)
	href := ""
	for _, a := range page.Doc().Find("a[href$='.zip']").EachIter() {
		href, _ = a.Attr("href")
		break
	}
	if href == "" {
		t.Fatal("there is no archive to download")
	}
	name := filepath.Join(t.TempDir(), "release.zip")
	archive := v.Get(href).Want(t, 200).Body
	if err := os.WriteFile(name, archive, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := command("index", "verify", name); err != nil {
		t.Errorf("verify: %v\n%s", err, out)
	}
	archive[len(archive)/2] ^= 1
	if err := os.WriteFile(name, archive, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := command("index", "verify", name); err == nil {
		t.Errorf("a changed archive is verified:\n%s", out)
	}
}
