package person

import (
	"fmt"
	"testing"
	"time"

	"osvitlo/internal/fault"
)

// A class registers from one address and one computer; a flood meets friction, one
// account a second, and a stamp is good for one account; people still get in.
func TestAFloodOfAccountsIsSlowed(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for i := range 35 {
		if err := r.MayRegister("class", ""); err != nil {
			t.Fatalf("pupil %d: %v", i, err)
		}
	}
	for i := 35; i < MadeByDevice; i++ {
		must(t, r.MayRegister("class", ""))
	}
	wants(t, r.MayRegister("class", ""), fault.TooMany, "person.wait")
	must(t, r.MayRegister("another", "")) // nobody else waits for that browser
	for i := MadeByDevice + 1; i < budgetFree; i++ {
		must(t, r.MayRegister("", ""))
	}
	stampOf := func(err error) string {
		t.Helper()
		wants(t, err, fault.TooMany, "person.wait")
		stamp, _ := fault.As(err).Args["Stamp"].(string)
		return stamp
	}
	var stamps []string
	for range 50 { // many at once, as a program asks
		stamps = append(stamps, stampOf(r.MayRegister("", "")))
	}
	if again := stampOf(r.MayRegister("", stamps[0])); again != stamps[0] {
		t.Error("a stamp that is too young is exchanged")
	}
	r.clock.pass(frictionMost)
	passed := 0
	for _, s := range stamps {
		if r.MayRegister("", s) == nil {
			passed++
		}
	}
	if passed != 1 {
		t.Errorf("%d accounts in one moment, want one", passed)
	}
	r.clock.pass(2 * time.Second)
	if fresh := stampOf(r.MayRegister("", stamps[0])); fresh == stamps[0] {
		t.Error("a stamp is good twice")
	}
	must(t, r.MayRegister("", stamps[1])) // a person who waited comes in
	for _, forged := range []string{"1.x.y", fmt.Sprintf("%d.abc.%s", r.clock.now().UnixMilli(), "0"), "....", stamps[2] + "0"} {
		if err := r.MayRegister("", forged); err == nil {
			t.Errorf("the forged stamp %q opens", forged)
		}
		r.clock.pass(2 * time.Second)
	}
	r.clock.pass(budgetWindow)
	must(t, r.MayRegister("class", ""))
}
