package person

import (
	"fmt"
	"strings"
	"testing"

	"osvitlo/internal/fault"
)

// expected says in other words what the table must answer, one line an action:
// for a subject of the actor's own and for a stranger's. Letters: a allowed,
// p wants proof, h hidden (404), r refused (403), s sign in. The columns are the
// roles in their order, for a strong actor who has not proved again.
const expected = `
                   V    R    M    L    C    A    D    E    H    X
me.read            s/s  a/h  a/h  a/h  a/h  a/h  a/h  a/h  a/h  a/h
me.edit            s/s  a/h  a/h  a/h  a/h  a/h  a/h  a/h  a/h  a/h
me.export          s/s  a/h  a/h  a/h  a/h  a/h  a/h  a/h  a/h  a/h
me.erase           s/s  p/h  p/h  p/h  p/h  p/h  p/h  p/h  p/h  p/h
me.consent         s/s  a/h  a/h  a/h  a/h  a/h  a/h  a/h  a/h  a/h
me.devices         s/s  a/h  a/h  a/h  a/h  a/h  a/h  a/h  a/h  a/h
me.secrets         s/s  p/h  p/h  p/h  p/h  p/h  p/h  p/h  p/h  p/h
sitting.attach     s/s  a/h  a/h  a/h  a/h  a/h  a/h  a/h  a/h  a/h
person.register    s/s  r/r  a/h  a/h  r/r  r/r  r/r  r/r  r/r  a/a
person.search      s/s  r/r  a/h  a/h  r/r  r/r  r/r  r/r  r/r  a/a
person.read        s/s  r/r  a/h  a/h  r/r  r/r  r/r  r/r  r/r  a/a
person.edit        s/s  r/r  a/h  a/h  r/r  r/r  r/r  r/r  r/r  a/a
person.duplicates  s/s  r/r  r/r  a/h  r/r  r/r  r/r  r/r  r/r  a/a
person.merge       s/s  r/r  r/r  p/h  r/r  r/r  r/r  r/r  r/r  p/p
person.erase       s/s  r/r  r/r  r/r  r/r  r/r  r/r  r/r  r/r  p/p
consent.witness    s/s  r/r  a/h  a/h  r/r  r/r  r/r  r/r  r/r  a/a
guardian.confirm   s/s  r/r  a/h  a/h  r/r  r/r  r/r  r/r  r/r  a/a
card.issue         s/s  r/r  a/h  a/h  r/r  r/r  r/r  r/r  r/r  a/a
sitting.assist     s/s  r/r  a/h  a/h  r/r  r/r  r/r  r/r  r/r  r/r
sitting.paper      s/s  r/r  a/h  a/h  r/r  r/r  r/r  r/r  r/r  r/r
sitting.phone      s/s  r/r  r/r  r/r  r/r  r/r  r/r  r/r  a/a  r/r
sitting.review     s/s  r/r  r/r  r/r  r/r  a/a  r/r  r/r  r/r  r/r
index.internal     s/s  r/r  r/r  r/r  r/r  a/a  a/a  r/r  r/r  r/r
index.release      s/s  r/r  r/r  r/r  r/r  p/p  r/r  r/r  r/r  r/r
wave.edit          s/s  r/r  r/r  r/r  r/r  p/p  r/r  r/r  r/r  r/r
content.edit       s/s  r/r  r/r  r/r  r/r  r/r  r/r  a/a  r/r  r/r
content.publish    s/s  r/r  r/r  r/r  r/r  r/r  r/r  p/p  r/r  r/r
course.edit        s/s  r/r  r/r  r/r  r/r  r/r  r/r  a/a  r/r  a/a
course.publish     s/s  r/r  r/r  r/r  r/r  r/r  r/r  p/p  r/r  p/p
place.edit         s/s  r/r  r/r  a/h  r/r  r/r  r/r  a/a  r/r  r/r
place.hide         s/s  r/r  r/r  a/h  r/r  r/r  a/a  a/a  r/r  a/a
event.edit         s/s  r/r  a/h  a/h  r/r  r/r  r/r  r/r  r/r  r/r
event.book         s/s  r/r  a/h  a/h  r/r  r/r  r/r  r/r  a/a  r/r
help.take          s/s  r/r  a/h  a/h  r/r  r/r  r/r  r/r  a/a  r/r
help.answer        s/s  r/r  r/r  r/r  r/r  r/r  r/r  r/r  a/a  r/r
help.edit          s/s  r/r  r/r  r/r  r/r  r/r  r/r  a/a  a/a  r/r
help.settings      s/s  r/r  r/r  r/r  r/r  r/r  a/a  r/r  a/a  a/a
service.counts     s/s  r/r  r/r  r/r  r/r  a/a  a/a  r/r  r/r  r/r
school.read        s/s  r/r  r/r  r/r  a/h  r/r  r/r  r/r  r/r  r/r
school.edit        s/s  r/r  r/r  r/r  a/h  r/r  r/r  r/r  r/r  r/r
school.count       s/s  r/r  r/r  r/r  a/h  a/a  r/r  r/r  r/r  r/r
school.summary     s/s  r/r  r/r  r/r  a/h  a/a  a/a  r/r  r/r  r/r
round.open         s/s  r/r  r/r  r/r  r/r  p/p  r/r  r/r  r/r  r/r
lab.decide         s/s  r/r  r/r  r/r  r/r  a/a  r/r  r/r  r/r  r/r
programme.edit     s/s  r/r  r/r  r/r  r/r  a/a  a/a  r/r  r/r  r/r
institution.edit   s/s  r/r  r/r  r/r  r/r  a/a  r/r  r/r  r/r  a/a
coordinator.list   s/s  r/r  r/r  r/r  a/h  a/a  a/a  r/r  r/r  a/a
coordinator.name   s/s  r/r  r/r  r/r  r/r  p/p  p/p  r/r  r/r  p/p
coordinator.hand-over s/s r/r  r/r  r/r  p/h  r/r  r/r  r/r  r/r  r/r
office.read        s/s  r/r  r/r  r/r  r/r  a/a  a/a  a/a  a/a  a/a
mentor.desk        s/s  r/r  a/h  a/h  r/r  r/r  r/r  r/r  r/r  r/r
role.list          s/s  r/r  r/r  a/h  r/r  r/r  a/a  r/r  r/r  a/a
role.grant         s/s  r/r  r/r  p/h  r/r  r/r  p/p  r/r  r/r  p/p
token.list         s/s  r/r  r/r  a/h  r/r  r/r  r/r  r/r  r/r  a/a
token.issue        s/s  r/r  r/r  p/h  r/r  r/r  r/r  r/r  r/r  p/p
factor.reset       s/s  r/r  r/r  r/r  r/r  r/r  r/r  r/r  r/r  p/p
audit.search       s/s  r/r  r/r  r/r  r/r  r/r  r/r  r/r  r/r  a/a
retention.read     s/s  r/r  r/r  r/r  r/r  a/a  a/a  r/r  r/r  a/a
mail.read          s/s  r/r  r/r  r/r  r/r  r/r  r/r  r/r  r/r  a/a
job.read           s/s  r/r  r/r  r/r  r/r  r/r  a/a  r/r  r/r  a/a
`

var letters = map[Verdict]string{Allowed: "a", WantsProof: "p", Hidden: "h", Refused: "r", SignIn: "s", WantsFactor: "f"}

// someone is an actor of one role at the place "mine".
func someone(r Role) Actor {
	a := Actor{Strong: true}
	if r >= Resident {
		a.Person = "p-me"
	}
	if r.Staff() {
		g := Grant{Role: r}
		if r.PlaceKind() != NoPlace {
			g.Place = "mine"
		}
		a.Grants = []Grant{g}
	}
	return a
}

func TestTheTableAnswersAsWritten(t *testing.T) {
	t.Parallel()
	want := map[string][]string{}
	for _, line := range strings.Split(expected, "\n") {
		if f := strings.Fields(line); len(f) == int(roleCount)+1 {
			want[f[0]] = f[1:]
		}
	}
	if len(want) != int(actionCount) {
		t.Fatalf("the matrix has %d actions, the table %d", len(want), actionCount)
	}
	mine := Subject{Owner: "p-me", Venues: []string{"other", "mine"}, Institution: "mine"}
	theirs := Subject{Owner: "p-other", Venues: []string{"other"}, Institution: "other"}
	for _, row := range Table() {
		for _, r := range Roles() {
			a := someone(r)
			got := letters[Can(&a, row.Action, mine)] + "/" + letters[Can(&a, row.Action, theirs)]
			if got != want[row.Action.String()][r] {
				t.Errorf("%s by %s: %s, want %s", row.Action, r, got, want[row.Action.String()][r])
			}
			a.Fresh = true
			for _, s := range []Subject{mine, theirs} {
				if Can(&a, row.Action, s) == WantsProof {
					t.Errorf("%s by %s: wants proof of a fresh actor", row.Action, r)
				}
			}
		}
	}
}

func TestStaffRightsNeedASecondFactor(t *testing.T) {
	t.Parallel()
	mine := Subject{Owner: "p-me", Venues: []string{"mine"}, Institution: "mine"}
	for _, row := range Table() {
		for _, r := range Roles() {
			a := someone(r)
			a.Strong, a.Fresh = false, true
			got := Can(&a, row.Action, mine)
			if r.Staff() && row.Reach[r] != Nothing && row.Reach[Resident] == Nothing && got != WantsFactor {
				t.Errorf("%s by %s with one factor: %s", row.Action, r, letters[got])
			}
		}
	}
}

func TestAPlaceOfAnotherKindIsNoPlace(t *testing.T) {
	t.Parallel()
	mentor, coordinator := someone(Mentor), someone(Coordinator)
	if v := Can(&mentor, PersonRead, Of("mine")); v != Hidden {
		t.Errorf("a mentor of the venue mine reads at the school mine: %v", v)
	}
	if v := Can(&coordinator, SchoolRead, At("mine")); v != Hidden {
		t.Errorf("a coordinator of the school mine reads at the venue mine: %v", v)
	}
	if v := Can(&mentor, PersonRead, City); v != Hidden {
		t.Errorf("a forgotten subject opens: %v", v)
	}
	if v := Can(&mentor, MentorDesk, Somewhere); v != Allowed {
		t.Errorf("the list of places: %v", v)
	}
	if v := Can(&Actor{}, actionCount, City); v != Refused {
		t.Errorf("an unknown action: %v", v)
	}
	op := Operator("restore")
	if v := Can(&op, PersonErase, City); v != Allowed {
		t.Errorf("the operator: %v", v)
	}
}

func TestVerdictsBecomeFaults(t *testing.T) {
	t.Parallel()
	for v, kind := range map[Verdict]fault.Kind{Refused: fault.Forbidden, Hidden: fault.NotFound, SignIn: fault.Unauthenticated,
		WantsFactor: fault.Unauthenticated, WantsProof: fault.Unauthenticated} {
		if !fault.Is(v.Err(), kind) {
			t.Errorf("%s: %v", letters[v], v.Err())
		}
	}
	if Allowed.Err() != nil || !Allowed.OK() || Refused.OK() {
		t.Error("allowed is a fault")
	}
}

func TestRolesAreReadByTheirIDs(t *testing.T) {
	t.Parallel()
	for _, r := range Roles() {
		if got, err := ParseRole(r.String()); err != nil || got != r {
			t.Errorf("%s: %v, %v", r, got, err)
		}
	}
	if _, err := ParseRole("god"); !fault.Is(err, fault.Invalid) {
		t.Error("an unknown role was read")
	}
	for _, r := range Roles() {
		for _, given := range Gives(r) {
			if !given.Staff() || given == Administrator && r != Administrator {
				t.Errorf("%s gives %s", r, given)
			}
		}
	}
}

func BenchmarkCan(b *testing.B) {
	a := someone(Mentor)
	for i := range 20 { // somebody who helps at many places
		a.Grants = append(a.Grants, Grant{Role: Mentor, Place: fmt.Sprintf("lib-%d", i)})
	}
	s := Subject{Owner: "p-x", Venues: []string{"a", "b", "lib-19"}}
	b.ReportAllocs()
	for b.Loop() {
		if Can(&a, PersonRead, s) != Allowed {
			b.Fatal("refused")
		}
	}
}

// BenchmarkCan tells the time.
func TestCanAllocatesNothing(t *testing.T) {
	a := someone(Mentor)
	a.Grants = append(a.Grants, Grant{Role: VenueLead, Place: "lib-2"}, Grant{Role: Mentor, Place: "lib-3"})
	s := Subject{Owner: "p-x", Venues: []string{"a", "lib-3"}}
	allocations := testing.AllocsPerRun(100, func() {
		if Can(&a, PersonRead, s) != Allowed {
			t.Error("refused")
		}
	})
	if allocations > 0 {
		t.Errorf("%v allocations", allocations)
	}
}
