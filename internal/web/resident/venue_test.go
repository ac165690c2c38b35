package resident_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	people "osvitlo/internal/person"
)

// USERS 7: pupils share a computer that the school has enrolled; each of them counts.
// On the same computer without the enrolment, or with a token that was revoked, the
// device counts once.
func TestAClassSharesAnEnrolledComputer(t *testing.T) {
	t.Parallel()
	w := open(t)
	token, held, err := w.People.IssueToken(t.Context(), people.Operator("test"), people.DeviceToken, "school-7", "", "", 0)
	if err != nil {
		t.Fatal(err)
	}
	p := w.person(t, "uk")
	p.Post("/sign-in/device", url.Values{"token": {token}}).Want(t, http.StatusOK)
	one := func() (excluded bool) {
		t.Helper()
		p.begins("resident-test", true)
		p.until("stop-after-12")
		p.sends(map[string]string{"stop": "1"})
		p.until("")
		p.submits()
		return strings.Contains(p.page.Text("main"), "На цьому пристрої вже є зарахована відповідь")
	}
	for pupil := range 3 {
		if one() {
			t.Fatalf("pupil %d is not counted", pupil+1)
		}
	}
	if err := w.People.RevokeToken(t.Context(), people.Operator("test"), held.ID); err != nil {
		t.Fatal(err)
	}
	for stranger, want := range []bool{false, true} {
		if one() != want {
			t.Errorf("stranger %d after the revocation: counted %v", stranger+1, want)
		}
	}
}
