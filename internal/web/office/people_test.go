package office

import (
	"strings"
	"testing"
	"time"

	"osvitlo/internal/audit"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
)

func TestStaffAreInvitedOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	admin := r.staff("admin", "Адмін", person.Administrator, "")
	lead := r.staff("lead", "Марія Веде", person.VenueLead, "lib-1")
	// What was typed stays after a fault.
	a := r.post("lead", "/office/people/invite", "role", "mentor", "place", "lib-1", "until", "2020-01-01").want(422)
	if v, _ := a.doc.Find("#f-until").Attr("value"); v != "2020-01-01" {
		t.Fatalf("typed day is lost: %q", v)
	}
	if a.doc.Find(`input[name=role][value=mentor][checked]`).Length() != 1 || a.doc.Find(".os-error a[href='#f-until']").Length() != 1 {
		t.Fatal("the choice is lost or the summary leads nowhere")
	}
	r.post("lead", "/office/people/invite").want(422)
	r.post("lead", "/office/people/invite", "role", "administrator").want(404)
	r.post("lead", "/office/people/invite", "role", "mentor", "place", "lib-2").want(404)
	a = r.post("lead", "/office/people/invite", "role", "mentor", "place", "lib-1").want(200)
	link := a.text(".os-secret__value")
	token, ok := strings.CutPrefix(link, "https://osvitlo.example/join/")
	if !ok || a.Header().Get("Cache-Control") != "no-store" {
		t.Fatalf("link %q, %q", link, a.Header().Get("Cache-Control"))
	}
	if inv, err := r.Invited(ctx, token); err != nil || inv.Role != person.Mentor || inv.Place != "lib-1" {
		t.Fatalf("%+v %v", inv, err)
	}
	if !r.noted(lead, "role.invite") {
		t.Fatal("the invitation is not in the log")
	}
	list := r.get("lead", "/office/people").want(200)
	id, _ := list.doc.Find(`#invitations input[name=id]`).Attr("value")
	if id == "" || strings.Contains(list.Body.String(), token) {
		t.Fatal("the invitation is not listed, or its link is shown again")
	}
	r.staff("far", "Інша Веде", person.VenueLead, "lib-2")
	r.post("far", "/office/people/uninvite", "id", id).want(404)
	r.post("lead", "/office/people/uninvite", "id", id).want(303)
	if _, err := r.Invited(ctx, token); !fault.Is(err, fault.Gone) {
		t.Fatalf("the link still works: %v", err)
	}
	if !r.noted(lead, "role.uninvite") || r.noted(admin, "role.uninvite") {
		t.Fatal("taking back is not in the log as it was")
	}
}

func TestRolesAreGivenAndTakenBack(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	admin := r.staff("admin", "Адмін", person.Administrator, "")
	mentor := r.staff("mentor", "Оксана Вчить", person.Mentor, "lib-1")
	far := r.staff("far", "Інша Веде", person.VenueLead, "lib-2")
	at := "/office/people/" + string(mentor)
	r.get("far", at).want(404)
	r.post("far", at+"/revoke", "role", "mentor", "place", "lib-1").want(404)
	r.post("far", at+"/grant", "role", "mentor", "place", "lib-2").want(404)
	r.get("admin", "/office/people/punknown").want(404)
	r.post("admin", at+"/grant", "role", "venue-lead").want(422).says("Вкажіть місце")
	to := r.post("admin", at+"/grant", "role", "venue-lead", "place", "lib-1", "until", "2026-12-31").want(303).Header().Get("Location")
	r.get("admin", to).want(200).says("Роль дано", "31 грудня 2026")
	grants := must(r.Grants(ctx, mentor))(t)
	if len(grants) != 2 || !grants[1].Until.Equal(time.Date(2026, 12, 31, 23, 59, 59, 0, i18n.Kyiv)) {
		t.Fatalf("%+v", grants)
	}
	r.get("admin", at+"/revoke?role=mentor&place=lib-1").want(200).says("Забрати роль «ментор»")
	r.post("admin", at+"/revoke", "role", "mentor", "place", "lib-1").want(303)
	if grants = must(r.Grants(ctx, mentor))(t); len(grants) != 1 {
		t.Fatalf("%+v", grants)
	}
	r.post("admin", at+"/end").want(303)
	a := r.post("admin", at+"/reset").want(200)
	token, _ := strings.CutPrefix(a.text(".os-secret__value"), "https://osvitlo.example/sign-in/link/")
	if in, err := r.SignInByLink(ctx, token, "web"); err != nil || in.Person != mentor {
		t.Fatalf("%+v %v", in, err)
	}
	own := "/office/people/" + string(admin)
	r.post("admin", own+"/grant", "role", "analyst").want(403).says("інша людина")
	for _, action := range []string{"role.grant", "role.revoke", "factor.reset"} {
		if !r.noted(admin, action) {
			t.Errorf("%s is not in the log", action)
		}
	}
	if r.noted(far, "role.grant") {
		t.Error("a refused act is in the log as done")
	}
	stale := *r.actors["admin"]
	stale.Fresh = false
	r.actors["stale"] = &stale
	r.post("stale", at+"/revoke", "role", "venue-lead", "place", "lib-1").want(401)
	r.get("stale", at).want(200)
}

func TestReadingPeopleIsWrittenDownWithItsReason(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	admin := r.staff("admin", "Адмін", person.Administrator, "")
	r.staff("mentor", "Оксана Вчить", person.Mentor, "lib-1")
	r.staff("cdto", "Цифровий", person.CDTO, "")
	near := r.learner(person.Registration{Name: "Олена Коваль", Born: 1956, Phone: "050 123 45 67", Venue: "lib-1"})
	far := r.learner(person.Registration{Name: "Олена Далека", Born: 1957, Venue: "lib-2"})
	r.get("cdto", "/office/learners").want(403)
	r.post("admin", "/office/learners", "q", "олена").want(422).says("Виберіть")
	a := r.post("admin", "/office/learners", "q", "12", "why", "help").want(422)
	if v, _ := a.doc.Find("#f-q").Attr("value"); v != "12" {
		t.Fatal("what was typed is lost")
	}
	a = r.post("admin", "/office/learners", "q", "олена", "why", "help").want(200)
	if n := a.doc.Find("tbody tr").Length(); n != 2 {
		t.Fatalf("%d people", n)
	}
	a = r.post("mentor", "/office/learners", "q", "олена", "why", "help").want(200)
	if n := a.doc.Find("tbody tr").Length(); n != 1 || !strings.Contains(a.text("tbody"), "Коваль") {
		t.Fatalf("a mentor sees %d people: %s", n, a.text("tbody"))
	}
	if strings.Contains(a.Body.String(), "0501234567") {
		t.Fatal("a list shows whole phone numbers")
	}
	r.post("admin", "/office/learners", "q", "нікого", "why", "help").want(200).says("Нікого не знайдено")
	r.get("admin", "/office/learners/"+string(near)).want(200).says("Навіщо відкриваєте")
	if page := r.get("admin", "/office/learners/"+string(near)).want(200); strings.Contains(page.Body.String(), "Коваль") {
		t.Fatal("the name is shown before a reason is given")
	}
	r.get("admin", "/office/learners/"+string(near)+"?why=complaint").want(200).says("Олена Коваль", "+380501234567", "скарга")
	r.get("mentor", "/office/learners/"+string(far)+"?why=help").want(404)
	r.get("admin", "/office/learners/p"+strings.Repeat("a", 26)+"?why=help").want(404)
	r.get("admin", "/office/learners/nonsense?why=help").want(404)
	rows := r.get("admin", "/office/audit?subject=person:"+string(near)).want(200).says("complaint", "help")
	if rows.doc.Find("tbody tr").Length() < 3 || !r.noted(admin, "audit.search") || !r.noted(admin, "person.search") {
		t.Fatal("reading is not written down")
	}
}

func TestWhoAsksOnPaperIsErased(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	admin := r.staff("admin", "Адмін", person.Administrator, "")
	r.staff("lead", "Марія Веде", person.VenueLead, "lib-1")
	id := r.learner(person.Registration{Name: "Олена Коваль", Born: 1956, Venue: "lib-1"})
	at := "/office/learners/" + string(id) + "/erase"
	r.get("lead", at).want(403)
	r.post("lead", at, "paper", "7-26", "sure", "1").want(403)
	r.get("admin", at).want(200).says("Олена Коваль", "письмове прохання")
	a := r.post("admin", at, "paper", "лист Олени", "sure", "1").want(422)
	if v, _ := a.doc.Find("#f-paper").Attr("value"); v != "лист Олени" {
		t.Fatal("what was typed is lost")
	}
	r.post("admin", at, "paper", "7-26").want(422).says("прохання перевірено")
	a = r.post("admin", at, "paper", "7-26", "sure", "1").want(200)
	if rec, err := r.CheckReceipt(ctx, a.text(".os-secret__value")); err != nil || !rec.Done {
		t.Fatalf("%+v %v", rec, err)
	}
	r.get("admin", "/office/learners/"+string(id)+"?why=request").want(404)
	if !r.noted(admin, "person.erase") {
		t.Fatal("erasing is not in the log")
	}
	found := must(r.log.Search(ctx, audit.Filter{Action: "person.erase"}))(t)
	if found.Items[0].Why != "request:7-26" {
		t.Fatalf("why: %q", found.Items[0].Why)
	}
	staff := r.staff("mentor", "Оксана Вчить", person.Mentor, "lib-1")
	r.post("admin", "/office/learners/"+string(staff)+"/erase", "paper", "8-26", "sure", "1").want(409).says("складіть свої ролі")
}

func TestALearnerGetsAFirstRole(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.staff("admin", "Адмін", person.Administrator, "")
	r.staff("lead", "Марія Веде", person.VenueLead, "lib-1")
	id := r.learner(person.Registration{Name: "Олена Коваль", Born: 1956, Venue: "lib-1"})
	at := "/office/people/" + string(id) + "/grant"
	r.get("lead", at).want(404)
	r.post("lead", at, "role", "mentor", "place", "lib-1").want(404)
	r.get("admin", at).want(200)
	r.post("admin", at, "role", "mentor", "place", "lib-1").want(303)
	if grants := must(r.Grants(ctx, id))(t); len(grants) != 1 || grants[0].Role != person.Mentor {
		t.Fatalf("%+v", grants)
	}
}

func TestDuplicatesAreComparedJoinedAndSetApart(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	lead := r.staff("lead", "Марія Веде", person.VenueLead, "lib-1")
	r.staff("far", "Інша Веде", person.VenueLead, "lib-2")
	a := r.learner(person.Registration{Name: "Олена Коваль", Born: 1956, Phone: "050 123 45 67", Venue: "lib-1"})
	b := r.learner(person.Registration{Name: "Єлена Коваль", Born: 1956, Phone: "050 123 45 67", SharedPhone: true, Venue: "lib-1"})
	list := r.get("lead", "/office/duplicates").want(200)
	if list.doc.Find("tbody tr").Length() != 1 {
		t.Fatal("the pair is not suggested")
	}
	if r.get("far", "/office/duplicates").want(200).doc.Find("tbody tr").Length() != 0 {
		t.Fatal("a pair of another venue is shown")
	}
	href, _ := list.doc.Find("tbody a.os-btn").Attr("href")
	r.get("far", href).want(404)
	r.post("far", href+"/merge", "keep", string(a), "sure", "1").want(404)
	r.post("far", href+"/apart").want(404)
	r.get("lead", href).want(200).says("Олена Коваль", "Єлена Коваль")
	r.post("lead", href+"/merge", "sure", "1").want(422)
	kept := r.post("lead", href+"/merge", "keep", string(b)).want(422)
	if kept.doc.Find(`input[name=keep][value=`+string(b)+`][checked]`).Length() != 1 {
		t.Fatal("the choice is lost")
	}
	r.post("lead", href+"/merge", "keep", string(lead), "sure", "1").want(422)
	to := r.post("lead", href+"/merge", "keep", string(b), "sure", "1").want(303).Header().Get("Location")
	done := r.get("lead", to).want(200).says("Рахунки об’єднано", "Єлена Коваль")
	if real := must(r.Real(ctx, a))(t); real != b {
		t.Fatalf("%s stayed, not %s", real, b)
	}
	undo, _ := done.doc.Find(`a[href*="/undo/"]`).Attr("href")
	r.get("far", undo).want(404)
	r.post("far", undo).want(404)
	r.get("lead", undo).want(200)
	r.post("lead", undo).want(303)
	if real := must(r.Real(ctx, a))(t); real != a {
		t.Fatal("the merge was not undone")
	}
	if !r.noted(lead, "person.merge") {
		t.Fatal("merging is not in the log")
	}
	r.learner(person.Registration{Name: "Олена Ковальова", Born: 1956, Phone: "050 123 45 67", SharedPhone: true, Venue: "lib-1"})
	list = r.get("lead", "/office/duplicates").want(200)
	apart, ok := list.doc.Find(`form[action$="/apart"]`).First().Attr("action")
	if !ok {
		t.Fatal("no pair to set apart")
	}
	before := list.doc.Find("tbody tr").Length()
	r.post("lead", apart).want(303)
	if after := r.get("lead", "/office/duplicates").want(200).doc.Find("tbody tr").Length(); after != before-1 {
		t.Fatalf("%d pairs, then %d", before, after)
	}
}

func TestTokensAreShownOnceAndRevoked(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	admin := r.staff("admin", "Адмін", person.Administrator, "")
	r.staff("lead", "Марія Веде", person.VenueLead, "lib-1")
	r.staff("far", "Інша Веде", person.VenueLead, "lib-2")
	operator := r.staff("operator", "Оператор", person.HelpOperator, "")
	a := r.post("lead", "/office/tokens/new", "kind", "venue", "label", "біля вікна").want(422)
	if v, _ := a.doc.Find("#f-label").Attr("value"); v != "біля вікна" {
		t.Fatal("what was typed is lost")
	}
	r.post("lead", "/office/tokens/new", "kind", "venue", "place", "lib-2", "label", "x").want(404)
	r.post("lead", "/office/tokens/new", "kind", "operator", "person", string(operator), "label", "x").want(404)
	a = r.post("lead", "/office/tokens/new", "kind", "device", "place", "lib-1", "label", "<b>планшет</b>").want(200)
	token := a.text(".os-secret__value")
	if got, err := r.Service.Verify(ctx, token); err != nil || got.Place != "lib-1" {
		t.Fatalf("%+v %v", got, err)
	}
	list := r.get("lead", "/office/tokens").want(200)
	if strings.Contains(list.Body.String(), token) || strings.Contains(list.Body.String(), "<b>планшет") {
		t.Fatal("the key is shown again, or a label is markup")
	}
	href, _ := list.doc.Find(`a[href$="/revoke"]`).Attr("href")
	r.get("far", href).want(404)
	r.post("far", href).want(404)
	if r.get("far", "/office/tokens").want(200).doc.Find("tbody tr").Length() != 0 {
		t.Fatal("keys of another venue are shown")
	}
	r.get("lead", href).want(200)
	r.post("lead", href).want(303)
	if _, err := r.Service.Verify(ctx, token); !fault.Is(err, fault.Unauthenticated) {
		t.Fatalf("the key still works: %v", err)
	}
	r.post("admin", "/office/tokens/new", "kind", "operator", "person", string(operator), "label", "лінія").want(200)
	if !r.noted(admin, "token.issue") {
		t.Fatal("issuing is not in the log")
	}
}
