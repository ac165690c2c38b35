package person

import (
	"context"
	"strings"
	"testing"
	"time"

	"osvitlo/internal/notify"
)

// phones takes short messages in tests.
type phones struct{ sent []notify.SMS }

func (p *phones) SMSReady() bool { return true }

func (p *phones) QueueSMS(_ context.Context, m notify.SMS) error {
	p.sent = append(p.sent, m)
	return nil
}

// mails gives what was sent to an address about changed ways in.
func (r *rig) told(t *testing.T, to string) (texts []string) {
	t.Helper()
	if _, err := r.outbox.Work(ctx); err != nil {
		t.Fatal(err)
	}
	page, err := r.inbox.List(ctx, "", 100)
	must(t, err)
	for _, m := range page.Items {
		if m.To == to && strings.HasPrefix(m.ID, "told:") {
			texts = append(texts, m.Subject+"\n"+m.Text)
		}
	}
	return texts
}

// proof is a ticket for an address whose code was entered.
func (r *rig) proof(t *testing.T, email string) string {
	t.Helper()
	flow, err := r.StartCode(ctx, email, "uk")
	must(t, err)
	done, err := r.FinishCode(ctx, flow, r.lastCode(t, email), "web")
	must(t, err)
	return done.Proof
}

// Every change of the ways in is told to the address that was proved, and a changed
// address to the one before it too; there is no link and no name in it.
func TestAChangeOfWaysInIsTold(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := r.adult(t, Registration{Name: "Олена Тестова"})
	a := own(p.ID)
	must(t, r.SetEmail(ctx, a, p.ID, r.proof(t, "olena@example.org")))
	if got := r.told(t, "olena@example.org"); len(got) != 1 || !strings.Contains(got[0], "змінено електронну адресу") {
		t.Fatalf("a new address: %q", got)
	}
	r.clock.pass(time.Minute)
	key, token, err := r.StartTOTP(ctx, a, "Освітло")
	must(t, err)
	digits, err := TOTPDigits(key.Secret, r.clock.now())
	must(t, err)
	must(t, r.ConfirmTOTP(ctx, a, token, digits))
	a.Strong = true
	r.clock.pass(time.Minute)
	lead := r.staff(t, Administrator, "")
	_, err = r.IssueCard(ctx, lead, p.ID, Digits, "")
	must(t, err)
	r.clock.pass(10 * time.Minute)
	must(t, r.SetEmail(ctx, a, p.ID, r.proof(t, "nova@example.org")))
	old := strings.Join(r.told(t, "olena@example.org"), "\n")
	for _, must := range []string{"додано застосунок із кодами", "видано картку", "змінено електронну адресу", "0522 24 00 00"} {
		if !strings.Contains(old, must) {
			t.Errorf("the old address does not read %q: %s", must, old)
		}
	}
	if n := strings.Count(old, "змінено електронну адресу"); n != 2 {
		t.Errorf("the old address was told %d times that it changed", n)
	}
	if len(r.told(t, "nova@example.org")) != 1 {
		t.Error("the new address was not told once")
	}
	must(t, r.SetSettings(ctx, a, p.ID, Settings{Lang: "en"}))
	ways, err := r.Ways(ctx, a)
	must(t, err)
	must(t, r.DropWay(ctx, a, ways[0].ID))
	now := strings.Join(r.told(t, "nova@example.org"), "\n")
	if !strings.Contains(now, "a way in was removed") {
		t.Errorf("in English: %s", now)
	}
	for _, never := range []string{"http", "Олена", string(p.ID), digits} {
		if strings.Contains(old+now, never) {
			t.Errorf("a message holds %q", never)
		}
	}
}

// An address that somebody only wrote down is told nothing; a telephone that is the
// person's alone is, when there is a gateway; a shared one is not.
func TestOnlyProvedAddressesAndOwnPhonesAreTold(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	box := &phones{}
	cfg := r.cfg
	cfg.Texts = box
	r.Service = r.open(t, cfg)
	a := r.staff(t, Mentor, "lib-1")
	card := func(reg Registration) {
		t.Helper()
		reg.Venue, reg.Adult = "lib-1", true
		out, err := r.Register(ctx, a, reg)
		must(t, err)
		_, err = r.IssueCard(ctx, a, out.Person.ID, Digits, "lib-1")
		must(t, err)
	}
	card(Registration{Name: "Параска", Email: "unproved@example.org"})
	card(Registration{Name: "Ганна", Phone: "050 123 45 67"})
	card(Registration{Name: "Іван", Phone: "050 123 45 67", SharedPhone: true})
	if got := r.told(t, "unproved@example.org"); len(got) != 0 {
		t.Errorf("an unproved address reads %q", got)
	}
	if len(box.sent) != 1 || box.sent[0].To != "+380501234567" || strings.Contains(box.sent[0].Text, "Ганна") || len([]rune(box.sent[0].Text)) > notify.MaxSMS {
		t.Errorf("short messages: %+v", box.sent)
	}
	for what := range changeWords {
		for _, lang := range []string{"uk", "en"} {
			if n := len([]rune(r.toldSMS(lang, what))); n > notify.MaxSMS {
				t.Errorf("%s %s: %d characters", what, lang, n)
			}
		}
	}
}
