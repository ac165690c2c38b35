//go:build e2e

package e2e

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"osvitlo/internal/testkit"
)

// looked holds a page of staff or of the public against axe, on a telephone and a desk.
func looked(t *testing.T, b *testkit.Browser, v *testkit.Visitor, paths ...string) {
	t.Helper()
	for _, screen := range []testkit.Screen{testkit.Phone, testkit.Desktop} {
		tab := b.Tab(t, screen)
		tab.Open("/help")
		tab.Take(asBrowser(v))
		for i, path := range paths {
			sign := "?"
			if strings.Contains(path, "?") {
				sign = "&"
			}
			if got := tab.Open(path + sign + "lang=" + []string{"uk", "en"}[i%2]); got != 200 {
				t.Errorf("%s answers %d", path, got)
				continue
			}
			plain(t, tab)
			for _, barrier := range tab.Axe() {
				t.Errorf("%s: %v", path, barrier)
			}
			for _, wide := range tab.Wider() {
				t.Errorf("%s: %s", path, wide)
			}
		}
	}
}

// An editor signs what was read and sets an item aside: it leaves the pool, so that the
// next sitting begins on another bank, and comes back when it is taken back.
func TestEditorSignsAReviewAndSetsAnItemAside(t *testing.T) {
	t.Parallel()
	p := town(t)
	v := staffAt(t, p, "content-editor")
	list := v.Get("/office/items?competence=ua5.3&sort=level").Want(t, 200)
	href, ok := list.Doc().Find("table a[href^='/office/items/']").First().Attr("href")
	if !ok {
		t.Fatal("no item in the list")
	}
	signs := func(path, form string, set url.Values) *testkit.Answered {
		t.Helper()
		action, values := v.Get(path).Want(t, 200).Form(form)
		for k, x := range set {
			values[k] = x
		}
		return v.Post(action, values)
	}
	review := "form[action='" + href + "/review']"
	if bad := signs(href, review, url.Values{"verdict": {"mend"}, "note": {""}}); bad.Status != 422 {
		t.Errorf("a review that asks for a change and does not say which: %d", bad.Status)
	}
	done := signs(href, review, url.Values{"verdict": {"good"}, "note": {""}}).Want(t, 200)
	if h := done.Text("#history"); !strings.Contains(h, "…") || !strings.Contains(done.Text(".os-done, .os-note--good, main"), "підпис") {
		t.Errorf("the history does not hold the review: %s", h)
	}
	if n := strings.Count(v.Get("/office/items?state=reviewed").Want(t, 200).Text("table"), strings.TrimPrefix(href, "/office/items/")); n == 0 {
		t.Error("the item is not among the reviewed ones")
	}
	tab := "form[action='" + href + "/quarantine']"
	aside := signs(href, tab, url.Values{"reason": {"Ознаки змінилися, уточнюємо"}}).Want(t, 200)
	if !strings.Contains(aside.Text("main"), "Ознаки змінилися, уточнюємо") {
		t.Error("the page does not say why the item is set aside")
	}
	if n := v.Get("/office/items?state=quarantined").Want(t, 200).Doc().Find("table").First().Find("tbody tr").Length(); n != 1 {
		t.Errorf("%d items are set aside", n)
	}
	// a hundred answers of new sittings never meet it
	id := strings.TrimPrefix(href, "/office/items/")
	for range 5 {
		if met := fiveTasks(t, p); strings.Contains(met, id) {
			t.Errorf("a new sitting met %s", id)
		}
	}
	back := signs(href, tab, url.Values{"reason": {"Перевірено"}}).Want(t, 200)
	if strings.Contains(back.Text("form[action='"+href+"/quarantine']"), "lift") {
		t.Error("the item is still set aside")
	}
	b, err := testkit.OpenBrowser(testkit.BrowserOptions{Site: p.Site, Shots: shots})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	looked(t, b, v, "/office/items", "/office/items", href, href, "/office/items/export", "/office/instruments", "/office/calibration")
}

// fiveTasks begins a short test and names the tasks it meets.
func fiveTasks(t *testing.T, p *testkit.Program) (met string) {
	t.Helper()
	v := testkit.NewVisitor(t, p.Site, "uk")
	page := v.Get("/surveys/resident-express").Want(t, 200)
	action, values := page.Form("main form")
	values.Set("consent", "statistics")
	page = v.Post(action, values).Want(t, 200)
	for range 20 {
		action, values := page.Form("#answer")
		if action == "" {
			break
		}
		page.Fill(values)
		met += " " + action
		page = v.Post(action, values)
	}
	return met
}

// archive is the newest archive of a wave among the open data.
func archive(t *testing.T, v *testkit.Visitor, wave string) string {
	t.Helper()
	for _, a := range v.Get("/open-data").Want(t, 200).Doc().Find("a[href$='.zip']").EachIter() {
		if x, _ := a.Attr("href"); strings.Contains(x, wave) {
			return x
		}
	}
	return ""
}

// An analyst plans a wave with impossible dates, opens the fieldwork, ends the running
// wave and publishes it; the public pages show it and the download holds.
func TestAnalystPlansAWaveAndPublishesTheRunningOne(t *testing.T) {
	t.Parallel()
	p := town(t)
	v := staffAt(t, p, "analyst")
	page := v.Get("/office/waves/new").Want(t, 200)
	action, values := page.Form("main form[method=post], main form")
	values.Set("id", "2028-spring")
	values.Set("title_uk", "весна 2028")
	values.Set("title_en", "spring 2028")
	values.Set("opens", "2028-05-01")
	values.Set("last", "2028-04-01")
	bad := v.Post(action, values)
	if bad.Status != 422 || !bad.Doc().Find(".os-error").Is("*") {
		t.Fatalf("a wave that ends before it begins: %d", bad.Status)
	}
	for name, text := range map[string]string{"title_uk": "весна 2028", "opens": "2028-05-01", "last": "2028-04-01"} {
		if got, _ := bad.Doc().Find("[name=" + name + "]").Attr("value"); got != text {
			t.Errorf("what was typed in %s became %q", name, got)
		}
	}
	_, values = bad.Form("main form[method=post], main form")
	values.Set("last", "2028-05-31")
	made := v.Post(action, values)
	if made.Status != 200 {
		t.Fatalf("a wave with good dates: %d %s", made.Status, made.Text(".os-error"))
	}
	if !strings.Contains(made.Text("main"), "весна 2028") {
		t.Errorf("the planned wave leads to %s", made.Path)
	}
	planned, _, _ := strings.Cut(made.Path, "?")

	now := ""
	for _, a := range v.Get("/office/waves").Want(t, 200).Doc().Find("main a[href^='/office/waves/']").EachIter() {
		if href, _ := a.Attr("href"); strings.HasSuffix(href, "-demo") && v.Get(href+"/close").Status == 200 {
			now = href
			break
		}
	}
	if now == "" {
		t.Fatal("no wave is running")
	}
	body := whole(t)
	for range 12 { // the demo city has published this wave: something must have come since
		put(t, p.Site, body)
	}
	field := v.Get(now).Want(t, 200)
	if field.Doc().Find("table").Length() < 2 {
		t.Error("the fieldwork has no tables")
	}
	_, values = v.Get(now+"/close").Want(t, 200).Form("form[action='" + now + "/close']")
	values.Del("sure")
	if got := v.Post(now+"/close", values); got.Status != 422 {
		t.Errorf("closed without a tick: %d", got.Status)
	}
	values.Set("sure", "true")
	v.Post(now+"/close", values).Want(t, 200)

	wave := strings.TrimPrefix(now, "/office/waves/")
	public := testkit.NewVisitor(t, p.Site, "uk")
	old := archive(t, public, wave)
	// answers are counted within a moment of the wave's end
	until(t, "the form of the release", func() bool {
		action, values = v.Get(now+"/release").Want(t, 200).Form("form[action='" + now + "/release']")
		return action != ""
	})
	v.Post(action, values).Want(t, 200)

	var href string
	until(t, "the new archive", func() bool { // the page of open data is kept for a moment
		href = archive(t, public, wave)
		return href != old && href != ""
	})
	name := filepath.Join(t.TempDir(), "release.zip")
	if err := os.WriteFile(name, public.Get(href).Want(t, 200).Body, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := command("index", "verify", name)
	if err != nil {
		t.Errorf("verify: %v\n%s", err, out)
	}
	t.Logf("%s\n%s", href, out)
	if n := public.Get("/index/changes").Want(t, 200).Doc().Find("table tbody tr").Length(); n < 3 {
		t.Errorf("%d rows in the changes", n)
	}
	driven := public.Get("/index/drivers").Want(t, 200)
	if !strings.Contains(driven.Text("main"), "причин") || driven.Doc().Find("table").Length() == 0 {
		t.Errorf("the drivers: %.300s", driven.Text("main"))
	}
	b, err := testkit.OpenBrowser(testkit.BrowserOptions{Site: p.Site, Shots: shots})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	looked(t, b, v, "/office/waves", "/office/waves/new", now, planned, now+"/release", "/index/changes", "/index/drivers")
}
