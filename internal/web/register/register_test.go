package register

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/gin-gonic/gin"

	"osvitlo/internal/audit"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/media/disk"
	"osvitlo/internal/person"
	"osvitlo/internal/store/sqlite"
	"osvitlo/internal/web/page"
	"osvitlo/locales"
)

var now = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

type journal struct{ acts []string }

func (j *journal) Record(_ context.Context, e audit.Event) error {
	j.acts = append(j.acts, e.Action)
	return e.Check()
}

// desk is a small staff: who coordinates what, and what was invited to.
type desk struct {
	staff []person.Staff
	waits []person.Waits
	asked []string
}

func (p *desk) StaffAt(_ context.Context, a person.Actor, _ person.Role, place string) ([]person.Staff, error) {
	over := person.City
	if place != "" {
		over = person.Of(place)
	}
	return p.staff, person.Can(&a, person.CoordinatorList, over).Err()
}

func (p *desk) Invitations(context.Context, person.Actor) ([]person.Waits, error) {
	return p.waits, nil
}

func (p *desk) Invite(_ context.Context, _ person.Actor, role person.Role, place string, until time.Time) (string, error) {
	p.asked = append(p.asked, "invite "+role.String()+" "+place+" "+until.UTC().Format(time.RFC3339))
	return "TOKEN", nil
}

func (p *desk) HandOver(_ context.Context, _ person.Actor, old person.ID, place string, _ time.Time) (string, error) {
	p.asked = append(p.asked, "hand "+string(old)+" "+place)
	return "TOKEN", nil
}

func (p *desk) Revoke(_ context.Context, _ person.Actor, id person.ID, _ person.Role, place string) error {
	p.asked = append(p.asked, "revoke "+string(id)+" "+place)
	return nil
}

func (p *desk) Uninvite(_ context.Context, _ person.Actor, id string) error {
	p.asked = append(p.asked, "uninvite "+id)
	return nil
}

type rig struct {
	t      *testing.T
	site   http.Handler
	bodies *institution.Service
	people *desk
	log    *journal
	rounds []*round.Round
	actor  person.Actor
	lang   string
}

var analyst = person.Actor{Person: "panalystaaaaaaaaaaaaaaaaaaaa", Grants: []person.Grant{{Role: person.Analyst}}, Strong: true, Fresh: true, Where: "web"}

func newRig(t *testing.T) *rig {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	words, err := i18n.Load(locales.FS)
	if err != nil {
		t.Fatal(err)
	}
	pages, err := page.New(page.Options{Words: words})
	if err != nil {
		t.Fatal(err)
	}
	e, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "t.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	if err := e.Migrate(t.Context(), institution.Specs()); err != nil {
		t.Fatal(err)
	}
	files, err := disk.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = files.Close() })
	r := &rig{t: t, people: &desk{}, log: &journal{}, actor: analyst, lang: i18n.Ukrainian}
	clock := func() time.Time { return now }
	if r.bodies, err = institution.New(t.Context(), institution.Options{Engine: e, Audit: r.log, Media: files, Districts: []string{"fortechnyi"}, Words: map[string][]string{"fortechnyi": {"Фортечний район", "Fortechnyi"}}, Inside: inCity, Now: clock}); err != nil {
		t.Fatal(err)
	}
	h, err := New(Options{Pages: pages, Words: words, Bodies: r.bodies, People: r.people, Districts: []Named{{ID: "fortechnyi", Name: i18n.Text{UK: "Фортечний", EN: "Fortechnyi"}}}, Rounds: func() []*round.Round { return r.rounds }, Map: &page.PickMap{Points: "/map/points", Box: "48,32,49,33"}, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	g := gin.New()
	for _, route := range h.Routes() {
		g.Handle(route.Method, route.Path, func(c *gin.Context) {
			if err := route.Need.Ask(&r.actor).Err(); err != nil {
				c.String(page.Status(fault.KindOf(err)), "refused")
				return
			}
			a := r.actor
			c.Set("gate.actor", &a)
			c.Request = c.Request.WithContext(i18n.NewContext(c.Request.Context(), r.lang))
			if err := route.Do(c); err != nil {
				c.String(page.Status(fault.KindOf(err)), "%v", err)
			}
		})
	}
	r.site = g
	return r
}

func (r *rig) send(req *http.Request, want int) *goquery.Document {
	r.t.Helper()
	w := httptest.NewRecorder()
	r.site.ServeHTTP(w, req)
	if w.Code != want {
		r.t.Fatalf("%s %s: %d, want %d\n%.600s", req.Method, req.URL, w.Code, want, w.Body)
	}
	if w.Code == http.StatusSeeOther {
		return r.get(w.Header().Get("Location"), http.StatusOK)
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		r.t.Fatal(err)
	}
	doc.Url = req.URL
	text := doc.Text()
	for _, raw := range []string{"register.", "rounds.", "institution.", "sheet."} {
		if i := strings.Index(text, raw); i >= 0 && strings.Contains("abcdefghijklmnopqrstuvwxyz", text[i+len(raw):i+len(raw)+1]) {
			r.t.Errorf("%s %s says %q", req.Method, req.URL, text[i:min(i+40, len(text))])
		}
	}
	return doc
}

func (r *rig) get(path string, want int) *goquery.Document {
	r.t.Helper()
	path, _, _ = strings.Cut(path, "#")
	return r.send(httptest.NewRequest(http.MethodGet, path, nil), want)
}

func (r *rig) post(path string, want int, pairs ...string) *goquery.Document {
	r.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r.send(req, want)
}

func (r *rig) file(raw string, want int) *goquery.Document {
	r.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	p, err := m.CreateFormFile("file", "заклади.csv")
	if err == nil {
		_, err = p.Write([]byte(raw))
	}
	if err != nil || m.Close() != nil {
		r.t.Fatal(err)
	}
	req := httptest.NewRequest(http.MethodPost, Imports, &b)
	req.Header.Set("Content-Type", m.FormDataContentType())
	return r.send(req, want)
}

func (r *rig) add(code, name string, kind institution.Kind, frames ...institution.Frame) *institution.Institution {
	r.t.Helper()
	i, err := r.bodies.Add(r.t.Context(), &analyst, institution.Institution{Code: code, Kind: kind, Names: []institution.Name{{Name: i18n.Text{UK: name}}}, Frames: frames})
	if err != nil {
		r.t.Fatal(err)
	}
	return i
}

func holds(t *testing.T, doc *goquery.Document, list ...string) {
	t.Helper()
	text := strings.NewReplacer("\u00a0", " ", "\u2060", "").Replace(strings.Join(strings.Fields(doc.Text()), " "))
	for _, want := range list {
		if !strings.Contains(text, want) {
			t.Errorf("%s does not say %q:\n%s", doc.Url, want, text[:min(len(text), 1800)])
		}
	}
}

func both(t *testing.T, act func(*testing.T, *rig)) {
	for _, lang := range []string{i18n.Ukrainian, i18n.English} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.lang = lang
			act(t, r)
		})
	}
}

const table = "Код;Назва;Вид;Учителів\n1;Школа № 1;школа;31\n2;Ліцей № 2;ліцей;багато\n3;Ясла;садок;\n3;Ясла друга;садок;\n4;Школа № 4;школа;40\n"

func TestATableIsLookedThroughWrittenAndTakenBack(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		r.add("1", "Школа № 1", institution.School)
		r.get(Imports, http.StatusOK)
		doc := r.file(table, http.StatusSeeOther)
		at := doc.Url.Path
		if got := doc.Find("#shown tbody tr").Length(); got != 5 {
			t.Errorf("%d rows", got)
		}
		if bad := doc.Find("#shown tr:has(.os-tag--bad)"); bad.Length() != 3 || !strings.Contains(bad.Eq(1).Text(), "5") {
			t.Errorf("rows with faults: %q", bad.Text())
		}
		holds(t, doc, "«багато»")
		// a row is left out and the rest is written
		doc = r.post(at+"/rows", http.StatusSeeOther, "line", "6", "do", "out")
		seen, _ := doc.Find(`form[action$="/apply"] input[name=seen]`).Attr("value")
		r.post(at+"/apply", http.StatusConflict, "seen", "another")
		r.post(at+"/apply", http.StatusSeeOther, "seen", seen)
		if _, ok := r.bodies.ByCode("4"); ok {
			t.Error("a row that was left out was written")
		}
		one, _ := r.bodies.ByCode("1")
		if f, _ := one.FrameOf(2026); f.Count[institution.Teacher] != 31 {
			t.Errorf("frames %+v", one.Frames)
		}
		// a second file of the same columns finds them chosen, and all rows the same
		again := r.file(table, http.StatusSeeOther)
		if sel, _ := again.Find(`select[name="to.name"] option[selected]`).Attr("value"); sel != "Назва" {
			t.Errorf("the column of names is %q", sel)
		}
		r.post(at+"/undo", http.StatusSeeOther)
		one, _ = r.bodies.ByCode("1")
		if len(one.Frames) != 0 {
			t.Errorf("taken back: %+v", one.Frames)
		}
		r.post(at+"/undo", http.StatusConflict)
		// columns may be chosen again; a wrong year stands at its field
		r.post(again.Url.Path, http.StatusUnprocessableEntity, "charset", "utf-8", "comma", "0", "year", "1500", "to.name", "Назва")
		doc = r.post(again.Url.Path, http.StatusSeeOther, "charset", "utf-8", "comma", "0", "year", "2026", "kind", "enterprise", "to.name", "Назва")
		if doc.Find("#shown tr:has(.os-tag--bad)").Length() != 0 {
			t.Errorf("with a kind for all rows: %q", doc.Find("#shown").Text())
		}
	})
}

func TestFilesThatAreNoTablesAreRefusedAtTheField(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		for _, raw := range []string{"", "Код;Назва\n", `{"type":"FeatureCollection"}`, "PK\x03\x04x"} {
			doc := r.file(raw, http.StatusUnprocessableEntity)
			if doc.Find("#f-file[aria-invalid=true]").Length() != 1 {
				t.Errorf("%q: nothing stands at the field", raw)
			}
		}
	})
}

func TestTheExampleCanBeImported(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		w := httptest.NewRecorder()
		r.site.ServeHTTP(w, httptest.NewRequest(http.MethodGet, Imports+"/example.csv", nil))
		doc := r.file(w.Body.String(), http.StatusSeeOther)
		if doc.Find("#shown tbody tr").Length() != 1 || doc.Find("#shown tr:has(.os-tag--bad)").Length() != 0 {
			t.Errorf("the example gives %q", doc.Find("#shown").Text())
		}
	})
}

func TestTheListIsSortedAndFiltered(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		for n, k := range institution.Kinds() {
			r.add(string(rune('1'+n)), "Заклад "+string(k), k)
		}
		names := func(q string) (list []string) {
			r.get(Institutions+q, http.StatusOK).Find("tbody th a").Each(func(_ int, s *goquery.Selection) { list = append(list, s.Text()) })
			return list
		}
		up, down := names("?sort=code"), names("?sort=-code")
		if len(up) != 7 || up[0] != down[6] || !strings.Contains(up[0], "school") {
			t.Errorf("by code %q, back %q", up, down)
		}
		if got := names("?kind=enterprise&sort=-people"); len(got) != 1 || !strings.Contains(got[0], "enterprise") {
			t.Errorf("enterprises: %q", got)
		}
		if got := names("?q=нічого"); len(got) != 0 {
			t.Errorf("found %q", got)
		}
	})
}

func TestANameInTheMiddleOfAYearShowsItsDays(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		i := r.add("1", "Гімназія № 9", institution.School)
		doc := r.post(Institutions+"/"+i.ID+"/rename", http.StatusSeeOther, "rev", "1", "name_uk", "Ліцей № 9", "from", "2027-01-15", "why", "рішення 12")
		rows := doc.Find("#names tbody tr")
		day := map[string]string{i18n.Ukrainian: "14 січня 2027", i18n.English: "14 January 2027"}[r.lang]
		if rows.Length() != 2 || !strings.Contains(strings.ReplaceAll(rows.Eq(1).Text(), "\u00a0", " "), day) {
			t.Errorf("names: %q", rows.Text())
		}
		r.post(Institutions+"/"+i.ID+"/rename", http.StatusUnprocessableEntity, "rev", "2", "name_uk", "Інша", "from", "2026-09-01")
	})
}

func TestAMergerIsShownDoneAndUndone(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		frame := func(n int) institution.Frame {
			return institution.Frame{Year: 2026, Count: map[institution.Role]int{institution.Teacher: n}}
		}
		a, b := r.add("1", "Школа А", institution.School, frame(12)), r.add("2", "Школа Б", institution.School, frame(30))
		at := Institutions + "/" + a.ID
		doc := r.get(at+"/merge?into="+b.ID, http.StatusOK)
		holds(t, doc, "Школа А", "Школа Б", "12", "30")
		if now, _ := r.bodies.ByID(a.ID); now.State != institution.Working {
			t.Error("the preview merged")
		}
		r.post(at+"/merge", http.StatusUnprocessableEntity, "rev", "1", "into", b.ID, "since", "колись")
		doc = r.post(at+"/merge", http.StatusSeeOther, "rev", "1", "into", b.ID, "since", "2026-11-01", "together", "yes")
		holds(t, doc, "Школа Б")
		holds(t, r.get(Institutions+"/"+b.ID, http.StatusOK), "Школа А")
		now, _ := r.bodies.ByID(b.ID)
		if f, _ := now.FrameOf(2026); f.Count[institution.Teacher] != 42 || !f.Carried {
			t.Errorf("together %+v", f)
		}
		// split: as many go as came, unless another number is typed; both sides are shown before
		if n := r.get(at+"/split", http.StatusOK).Find(`form[method=post] input[name="count_teacher"]`).AttrOr("value", ""); n != "12" {
			t.Errorf("%q people are offered to go", n)
		}
		doc = r.get(at+"/split?count_teacher=50", http.StatusUnprocessableEntity)
		if doc.Find("#f-count_teacher[aria-invalid=true]").AttrOr("value", "") != "50" || doc.Find(`form[method=post][action$="/split"]`).Length() != 0 {
			t.Error("more people than there are can go")
		}
		r.get(at+"/split?count_teacher=x", http.StatusUnprocessableEntity)
		doc = r.get(at+"/split?count_teacher=10&count_graduate=", http.StatusOK)
		if got := strings.Join(strings.Fields(doc.Find("tbody .os-grid-t__val").Text()), " "); !strings.Contains(got, "423210") {
			t.Errorf("the preview shows %q", got)
		}
		var pairs []string
		doc.Find(`form[method=post][action$="/split"] input`).Each(func(_ int, s *goquery.Selection) { pairs = append(pairs, s.AttrOr("name", ""), s.AttrOr("value", "")) })
		doc = r.post(at+"/split", http.StatusSeeOther, pairs...)
		now, _ = r.bodies.ByID(a.ID)
		other, _ := r.bodies.ByID(b.ID)
		own, _ := now.FrameOf(2026)
		have, _ := other.FrameOf(2026)
		if now.State != institution.Working || now.Into != "" || len(now.Mergers) != 1 || now.Mergers[0].To != "2026-11-22" || own.Count[institution.Teacher] != 10 || have.Count[institution.Teacher] != 32 || !own.Carried || !have.Carried {
			t.Errorf("split: %+v, %+v, %+v", now, own, have)
		}
		r.post(at+"/split", http.StatusConflict, "rev", "3")
		// taken back
		r.post(doc.Find(`form[action$="/unsplit"]`).AttrOr("action", ""), http.StatusSeeOther, "rev", doc.Find(`form[action$="/unsplit"] input[name=rev]`).AttrOr("value", ""))
		now, _ = r.bodies.ByID(a.ID)
		other, _ = r.bodies.ByID(b.ID)
		own, _ = now.FrameOf(2026)
		have, _ = other.FrameOf(2026)
		if now.State != institution.Merged || now.Into != b.ID || now.Mergers[0].To != "" || own.Count[institution.Teacher] != 12 || have.Count[institution.Teacher] != 42 {
			t.Errorf("taken back: %+v, %+v, %+v", now, own, have)
		}
		// split again; once the numbers are set right by hand there is no way back
		r.post(at+"/split", http.StatusSeeOther, "count_teacher", "12")
		now, _ = r.bodies.ByID(a.ID)
		if _, err := r.bodies.SetFrame(t.Context(), &analyst, b.ID, 0, frame(31)); err != nil || r.bodies.CanUnsplit(now) {
			t.Errorf("it can be taken back over other numbers: %v", err)
		}
		r.post(at+"/unsplit", http.StatusConflict, "rev", "5")
	})
}

func TestTheYearTurnsAndIsConfirmed(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		last := institution.Frame{Year: 2025, Count: map[institution.Role]int{institution.Teacher: 20}}
		a, b := r.add("1", "Школа А", institution.School, last), r.add("2", "Школа Б", institution.School, last)
		r.get(Institutions+"/year", http.StatusOK)
		doc := r.post(Institutions+"/year", http.StatusSeeOther)
		if got := doc.Find(`input[name=body]`).Length(); got != 2 {
			t.Errorf("%d wait", got)
		}
		r.post(Institutions+"/year/confirm", http.StatusSeeOther, "body", a.ID)
		open := r.bodies.Unconfirmed(2026)
		if len(open) != 1 || open[0].ID != b.ID {
			t.Errorf("open: %v", open)
		}
		r.post(Institutions+"/year/confirm", http.StatusSeeOther, "all", "yes")
		if open := r.bodies.Unconfirmed(2026); len(open) != 0 {
			t.Errorf("open: %v", open)
		}
	})
}

func TestACoordinatorOfTwoSchoolsSeesBothAndNoOther(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		last := institution.Frame{Year: 2026, Count: map[institution.Role]int{institution.Teacher: 20}, Carried: true}
		a, b, c := r.add("1", "Школа А", institution.School, last), r.add("2", "Школа Б", institution.School), r.add("3", "Школа В", institution.School)
		r.actor = person.Actor{Person: "pcoordinatoraaaaaaaaaaaaaaaa", Grants: []person.Grant{{Role: person.Coordinator, Place: a.ID}, {Role: person.Coordinator, Place: b.ID}}, Strong: true, Fresh: true, Where: "web"}
		doc := r.get(Own+"/"+a.ID, http.StatusOK)
		if doc.Find(`a[href="`+Own+`/`+b.ID+`"]`).Length() != 1 {
			t.Error("no way to the other school")
		}
		r.get(Own, http.StatusSeeOther)
		r.get(Own+"/"+c.ID, http.StatusNotFound)
		r.post(Own+"/"+c.ID+"/frame", http.StatusNotFound, "rev", "1", "count_teacher", "5")
		doc = r.post(Own+"/"+a.ID+"/frame", http.StatusUnprocessableEntity, "rev", "1", "count_teacher", "двадцять")
		if typed, _ := doc.Find(`input[name=count_teacher]`).Attr("value"); typed != "двадцять" {
			t.Errorf("what was typed became %q", typed)
		}
		r.post(Own+"/"+a.ID+"/frame", http.StatusSeeOther, "rev", "1", "count_teacher", "21")
		now, _ := r.bodies.ByID(a.ID)
		if f, _ := now.FrameOf(2026); f.Carried || f.Count[institution.Teacher] != 21 {
			t.Errorf("confirmed %+v", f)
		}
		if r.log.acts[len(r.log.acts)-1] != "institution.confirm" {
			t.Errorf("written down: %q", r.log.acts)
		}
		doc = r.post(Own+"/"+b.ID+"/hand", http.StatusOK)
		holds(t, doc, "/join/TOKEN")
		if len(r.people.asked) != 1 || r.people.asked[0] != "hand pcoordinatoraaaaaaaaaaaaaaaa "+b.ID {
			t.Errorf("asked %q", r.people.asked)
		}
		r.get(Coordinators, http.StatusNotFound)
		r.get(Institutions+"/"+a.ID+"/coordinator", http.StatusForbidden)
	})
}

func TestTheDepartmentNamesCoordinators(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		a, b := r.add("1", "Школа А", institution.School), r.add("2", "Школа Б", institution.School)
		_ = b
		r.people.staff = []person.Staff{{Person: &person.Person{ID: "poldaaaaaaaaaaaaaaaaaaaaaaa", Name: "Олена Зразок"}, Grants: []person.Grant{{Role: person.Coordinator, Place: a.ID}}}}
		doc := r.get(Coordinators, http.StatusOK)
		holds(t, doc, "Олена Зразок", "Школа Б")
		if got := r.get(Coordinators+"?which=none", http.StatusOK).Find("tbody tr").Length(); got != 1 {
			t.Errorf("%d without", got)
		}
		at := Institutions + "/" + a.ID + "/coordinator"
		r.get(at, http.StatusOK)
		holds(t, r.post(at, http.StatusOK, "year", "this"), "/join/TOKEN")
		r.post(at, http.StatusOK, "year", "this", "instead", "poldaaaaaaaaaaaaaaaaaaaaaaa")
		r.post(at+"/end", http.StatusSeeOther, "person", "poldaaaaaaaaaaaaaaaaaaaaaaa")
		want := "invite school-coordinator " + a.ID + " 2027-08-31T20:59:59Z, hand poldaaaaaaaaaaaaaaaaaaaaaaa " + a.ID + ", revoke poldaaaaaaaaaaaaaaaaaaaaaaa " + a.ID
		if got := strings.Join(r.people.asked, ", "); got != want {
			t.Errorf("asked\n%s\nwant\n%s", got, want)
		}
	})
}
