package person

import (
	"bytes"
	"encoding/csv"
	"reflect"
	"strings"
	"sync"
	"testing"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

func TestConsentIsGivenWithdrawnAndAskedAtEachUse(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := r.adult(t, Registration{Venue: "lib-1"})
	a := own(p.ID)
	ask := func(purpose Purpose, want bool) {
		t.Helper()
		ok, err := r.Allowed(ctx, p.ID, purpose)
		if err != nil || ok != want {
			t.Fatalf("%s: %v, %v; want %v", purpose, ok, err, want)
		}
	}
	ask(Statistics, false)
	must(t, r.Consent(ctx, a, p.ID, Statistics, true, 3, ModeSelf, ""))
	ask(Statistics, true)
	ask(Research, false)
	must(t, r.Consent(ctx, a, p.ID, Statistics, false, 3, ModeSelf, ""))
	ask(Statistics, false)
	mentor := r.staff(t, Mentor, "lib-1")
	must(t, r.Consent(ctx, mentor, p.ID, Special, true, 3, ModePaper, "А-12"))
	ask(Special, true)
	ledger, err := r.Ledger(ctx, a, p.ID)
	if err != nil || len(ledger) != 3 || ledger[0].N != 1 || !ledger[0].Given || ledger[1].Given ||
		ledger[2].Witness != mentor.Person || ledger[2].Ref != "А-12" || ledger[2].Text != 3 || ledger[0].At.IsZero() {
		t.Fatalf("%+v, %v", ledger, err)
	}
	held, err := r.Consents(ctx, a, p.ID)
	if err != nil || len(held) != len(Purposes()) || held[0].Given || !held[7].Given {
		t.Fatalf("%+v, %v", held, err)
	}
	if ok, err := r.Allowed(ctx, newID(), Statistics); ok || err != nil {
		t.Fatalf("nobody agreed: %v, %v", ok, err)
	}
}

func TestConsentIsChecked(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := r.adult(t, Registration{Venue: "lib-1"})
	a, mentor := own(p.ID), r.staff(t, Mentor, "lib-1")
	wants(t, r.Consent(ctx, a, p.ID, "everything", true, 3, ModeSelf, ""), fault.Invalid, "person.no_such_purpose")
	wants(t, r.Consent(ctx, a, p.ID, Guardian, true, 3, ModeSelf, ""), fault.Invalid, "person.no_such_purpose")
	wants(t, r.Consent(ctx, a, p.ID, Statistics, true, 2, ModeSelf, ""), fault.Conflict, "person.consent_text")
	wants(t, r.Consent(ctx, a, p.ID, Statistics, true, 3, ModePaper, ""), fault.Invalid, "person.consent_mode")
	wants(t, r.Consent(ctx, mentor, p.ID, Statistics, true, 3, ModeSelf, ""), fault.Invalid, "person.consent_mode")
	wants(t, r.Consent(ctx, mentor, p.ID, Statistics, true, 3, ModePaper, "=HYPERLINK()"), fault.Invalid, "person.paper_reference")
	wants(t, r.Consent(ctx, r.staff(t, Mentor, "lib-2"), p.ID, Statistics, true, 3, ModePaper, ""), fault.NotFound, "")
	must(t, r.Consent(ctx, a, p.ID, Statistics, false, 1, ModeSelf, "")) // withdrawing needs no new text
}

func TestManyConsentsAtOnceAllStand(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := r.adult(t, Registration{})
	var all sync.WaitGroup
	for _, purpose := range Purposes()[:5] {
		all.Go(func() {
			if err := r.Consent(ctx, own(p.ID), p.ID, purpose, true, 3, ModeSelf, ""); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if ledger, err := r.Ledger(ctx, own(p.ID), p.ID); err != nil || len(ledger) != 5 || ledger[4].N != 5 {
		t.Fatalf("%d lines, %v", len(ledger), err)
	}
}

func TestAMinorNeedsAParent(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	out, err := r.Register(ctx, Actor{}, Registration{Name: "Бойко Марта", Born: 2011})
	must(t, err)
	if !out.Waiting || out.GuardianToken == "" {
		t.Fatalf("%+v", out)
	}
	p := out.Person
	_, err = r.Arrive(ctx, out, "web")
	wants(t, err, fault.Forbidden, "person.guardian_first")
	a := own(p.ID)
	must(t, r.Consent(ctx, a, p.ID, Statistics, true, 3, ModeSelf, "")) // 15: the anonymous test needs nobody
	for _, purpose := range Purposes()[1:] {
		wants(t, r.Consent(ctx, a, p.ID, purpose, true, 3, ModeSelf, ""), fault.Forbidden, "person.guardian_first")
	}
	initials, err := r.GuardianAsk(ctx, out.GuardianToken)
	if err != nil || initials != "Б. М." {
		t.Fatalf("%q, %v", initials, err)
	}
	must(t, r.ConfirmByLink(ctx, out.GuardianToken))
	wants(t, r.ConfirmByLink(ctx, out.GuardianToken), fault.Gone, "person.ticket_used")
	if _, err := r.Arrive(ctx, out, "web"); err != nil {
		t.Fatal(err)
	}
	must(t, r.Consent(ctx, a, p.ID, Club, true, 3, ModeSelf, ""))
	if ok, err := r.Allowed(ctx, p.ID, Club); !ok || err != nil {
		t.Fatalf("%v, %v", ok, err)
	}
	mentor := r.staff(t, Mentor, "lib-1")
	must(t, r.Join(ctx, a, p.ID, "lib-1"))
	must(t, r.WithdrawGuardian(ctx, mentor, p.ID, "Б-1"))
	if ok, err := r.Allowed(ctx, p.ID, Club); ok || err != nil {
		t.Fatalf("a withdrawn confirmation still counts: %v, %v", ok, err)
	}
	_, err = r.Arrive(ctx, out, "web")
	wants(t, err, fault.Forbidden, "person.guardian_first")
	wants(t, r.Edit(ctx, a, p.ID, Contact{Name: "Бойко Марта", Born: 2000}), fault.Invalid, "person.born_by_mentor") // growing up by a form
}

func TestAChildNeedsAParentForEverything(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	mentor := r.staff(t, Mentor, "lib-1")
	out, err := r.Register(ctx, mentor, Registration{Born: 2015, Venue: "lib-1"})
	must(t, err)
	p := out.Person
	wants(t, r.Consent(ctx, mentor, p.ID, Statistics, true, 3, ModePaper, "1"), fault.Forbidden, "person.guardian_first")
	wants(t, r.ConfirmOnPaper(ctx, mentor, p.ID, "<script>"), fault.Invalid, "person.paper_reference")
	must(t, r.ConfirmOnPaper(ctx, mentor, p.ID, "П-7/2026"))
	must(t, r.Consent(ctx, mentor, p.ID, Statistics, true, 3, ModePaper, "1"))
	with, err := r.Register(ctx, mentor, Registration{Born: 2015, Venue: "lib-1", Paper: "П-8"})
	if err != nil || with.Waiting {
		t.Fatalf("%+v, %v", with, err)
	}
}

func TestTheTextOfConsentComesFromTheConfiguration(t *testing.T) {
	t.Parallel()
	n := newRig(t).cfg.Notice
	for _, p := range append(Purposes(), Guardian) {
		lines := n.Lines(p)
		if len(lines) != 8 || lines[0].Text.UK != "Управління освіти" || lines[2].Text.UK == "" || lines[2].Text.EN == "" {
			t.Errorf("%s: %+v", p, lines)
		}
		for _, l := range lines {
			if l.Text.UK == "" || l.Text.EN == "" || l.Label.UK == "" || l.Label.EN == "" {
				t.Errorf("%s: an empty line %+v", p, l)
			}
		}
	}
	if n.Lines("x") != nil {
		t.Error("text of an unknown purpose")
	}
}

// every member that a stored document has must stand in the lawyer's table, by its
// collection: a new collection without a row fails here.
func TestTheLawyersFileNamesEveryCollection(t *testing.T) {
	t.Parallel()
	var file bytes.Buffer
	r := newRig(t)
	must(t, r.WriteFields(&file, "uk"))
	rows, err := csv.NewReader(&file).ReadAll()
	if err != nil && !strings.Contains(err.Error(), "wrong number of fields") {
		t.Fatal(err)
	}
	_ = rows
	table := ""
	kinds := map[string]bool{}
	for _, p := range Periods() {
		kinds[p.Kind] = true
		if p.Keep.UK == "" || p.Keep.EN == "" {
			t.Errorf("%s: no words for the period", p.Kind)
		}
	}
	for _, f := range Fields() {
		table += " " + f.Stored
		if !kinds[f.Kind] {
			t.Errorf("%s: the kind %q has no period", f.Stored, f.Kind)
		}
		for _, text := range []string{f.What.UK, f.What.EN, f.Basis.UK, f.Basis.EN, f.Recipient.UK, f.Recipient.EN} {
			if text == "" {
				t.Errorf("%s: words are missing", f.Stored)
			}
		}
	}
	nameless := map[string]bool{"person_tickets": true, "access_tokens": true, "retention_reports": true} // tickets: see secrets; the others hold nobody's data
	for _, spec := range Specs() {
		if !strings.Contains(table, spec.Name) && !nameless[spec.Name] {
			t.Errorf("the collection %s is not in the lawyer's table", spec.Name)
		}
	}
	private := reflect.TypeFor[private]()
	for i := range private.NumField() {
		name, _, _ := strings.Cut(private.Field(i).Tag.Get("json"), ",")
		name = strings.TrimSuffix(strings.TrimSuffix(name, "_shared"), "_proved")
		if !strings.Contains(table, "people.sealed."+name) {
			t.Errorf("the sealed field %s is not in the lawyer's table", name)
		}
	}
}

func TestCellsCarryNoFormula(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"=1+1": "'=1+1", "+380501234567": "'+380501234567", "-5": "'-5", "@x": "'@x", "\t=1": "'\t=1", "  =1": "'  =1", "\ufeff=1": "'\ufeff=1",
		"|calc": "'|calc", "＝1": "'＝1", "Олена": "Олена", "": "", "12": "12", "a=b": "a=b",
	} {
		if got := Cell(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

func FuzzCell(f *testing.F) {
	f.Add("=cmd|' /C calc'!A0")
	f.Add("\xff=1")
	f.Fuzz(func(t *testing.T, s string) {
		got := strings.TrimLeft(Cell(s), " \u00a0\ufeff")
		if got != "" && strings.ContainsRune("=+-@\t\r\n", rune(got[0])) {
			t.Fatalf("%q became %q", s, got)
		}
	})
}

func TestCrashWhileAParentConfirms(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	out, err := r.Register(ctx, Actor{}, Registration{Born: 2011})
	must(t, err)
	crash(r, "confirmed", func() { _ = r.ConfirmByLink(ctx, out.GuardianToken) })
	must(t, r.ConfirmByLink(ctx, out.GuardianToken)) // the parent taps again
	if _, err := r.Arrive(ctx, out, "web"); err != nil {
		t.Fatal(err)
	}
}

// crash runs f and breaks it off at a step, as a dying process would.
func crash(r *rig, at string, f func()) (crashed bool) {
	r.step = func(name string) {
		if name == at {
			panic(store.BuiltinID)
		}
	}
	defer func() {
		r.step = func(string) {}
		if p := recover(); p != nil {
			if p != store.BuiltinID {
				panic(p)
			}
			crashed = true
		}
	}()
	f()
	return false
}
