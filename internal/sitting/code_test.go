package sitting

import (
	"strings"
	"testing"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

func TestResumeByCode(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id, a := start(t, r.Service, "test", ConsentStatistics)
	code := say(t, r.Service, id, a, AskInternet, yes).Code
	for _, typed := range []string{code.Latin, code.Cyrillic, strings.ToLower(code.Cyrillic), " " + code.Latin[:3] + "-" + strings.ToLower(code.Latin[3:]) + " "} {
		got, sealed, err := r.Resume(ctx, typed)
		if err != nil || got != id {
			t.Fatalf("%q: %v", typed, err)
		}
		if view(t, r.Service, id, Access{Token: sealed}).Next != "k11" {
			t.Fatal("the new token does not open")
		}
	}
	for _, typed := range []string{"", "BKM", "BKMHPAA", "АЕИОУЮ", "123456", strings.Repeat("B", 10000)} {
		if _, _, err := r.Resume(ctx, typed); !fault.Is(err, fault.Invalid) {
			t.Errorf("%.10q: %v", typed, err)
		}
	}
	if len(r.budget.wrong) != 0 {
		t.Fatal("a slip of the finger was counted as a guess")
	}
	walk(t, r.Service, id, a, plain)
	if _, err := r.Submit(ctx, id, a, ""); err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.Resume(ctx, code.Latin); !fault.Is(err, fault.NotFound) {
		t.Fatalf("a code opened a result: %v", err)
	}
	second, b := start(t, r.Service, "test")
	code = say(t, r.Service, second, b, AskInternet, yes).Code
	r.clock.pass(CodeLife)
	if _, _, err := r.Resume(ctx, code.Latin); !fault.Is(err, fault.NotFound) {
		t.Fatalf("after 14 days: %v", err)
	}
}

func TestTakenCodesAreSteppedOver(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id, a := start(t, r.Service, "test")
	for n := range 2 {
		c := &Claim{Doc: store.Doc{ID: r.locks.codeClaim(r.locks.resumeCode(id, n).Latin)}, Sitting: uid(5), Expires: store.At(noon.Add(CodeLife))}
		if err := r.claims.Insert(ctx, c); err != nil {
			t.Fatal(err)
		}
	}
	v := say(t, r.Service, id, a, AskInternet, yes)
	if v.Sitting.CodeTry != 2 {
		t.Fatal(v.Sitting.CodeTry)
	}
	if got, _, err := r.Resume(ctx, v.Code.Cyrillic); err != nil || got != id {
		t.Fatal(err)
	}
}

// A crash between the code's claim and the first answer.
func TestFirstAnswerAfterACrashKeepsItsCode(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id, a := start(t, r.Service, "test")
	if err := r.claimCode(ctx, &Sitting{Doc: store.Doc{ID: id}}, noon); err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.Resume(ctx, r.locks.resumeCode(id, 0).Latin); !fault.Is(err, fault.NotFound) {
		t.Fatalf("a code without a sitting: %v", err)
	}
	v := say(t, r.Service, id, a, AskInternet, yes)
	if v.Sitting.CodeTry != 0 {
		t.Fatal("the code was lost")
	}
	if got, _, err := r.Resume(ctx, v.Code.Latin); err != nil || got != id {
		t.Fatal(err)
	}
}

func TestGuessingCodesGetsSlow(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	tries, waited := 0, time.Duration(0)
	for range 4000 {
		_, _, err := r.Resume(ctx, "BKMHPC")
		switch {
		case fault.Is(err, fault.NotFound):
			tries++
		case fault.Is(err, fault.TooMany):
			wait := time.Duration(fault.As(err).Args["Seconds"].(int)) * time.Second
			r.clock.pass(wait)
			waited += wait
		default:
			t.Fatal(err)
		}
		if waited > 10*time.Hour {
			break
		}
	}
	if perHour := float64(tries) / waited.Hours(); waited < 10*time.Hour || perHour > 150 {
		t.Fatalf("%d guesses in %v", tries, waited)
	}
	r.clock.pass(2 * time.Hour)
	id, a := start(t, r.Service, "test")
	code := say(t, r.Service, id, a, AskInternet, yes).Code
	if _, _, err := r.Resume(ctx, code.Latin); err != nil {
		t.Fatalf("the next day a right code is not opened: %v", err)
	}
}
