package job_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/job"
	"osvitlo/internal/store"
)

func outbox(t *testing.T, e store.Engine, c *clock) *job.Outbox {
	t.Helper()
	o, err := job.NewOutbox(e, job.Holder(), nil, c.now)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func work(t *testing.T, o *job.Outbox) int {
	t.Helper()
	n, err := o.Work(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func add(t *testing.T, o *job.Outbox, m job.Message) {
	t.Helper()
	if err := o.Add(context.Background(), m); err != nil {
		t.Fatal(err)
	}
}

func TestAMessageIsHandedOverOnceUnderItsID(t *testing.T) {
	t.Parallel()
	c := newClock()
	o := outbox(t, engine(t), c)
	var got []string
	if err := o.Handle("mail", func(_ context.Context, d job.Delivery) error {
		var text string
		if err := d.Decode(&text); err != nil {
			return err
		}
		got = append(got, text)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for range 3 { // a producer that was cut short adds again, also after it was done
		add(t, o, job.Message{ID: "mail:1", Topic: "mail", Payload: "hello"})
		work(t, o)
	}
	if len(got) != 1 || got[0] != "hello" {
		t.Fatalf("got %q", got)
	}
	c.pass(job.KeepDone + time.Hour)
	if n, err := o.Sweep(context.Background()); err != nil || n != 1 {
		t.Fatalf("swept %d, %v", n, err)
	}
}

func TestAMessageWaitsForItsTimeAndForAHandler(t *testing.T) {
	t.Parallel()
	c := newClock()
	o := outbox(t, engine(t), c)
	var got []string
	if err := o.Handle("mail", func(_ context.Context, d job.Delivery) error { got = append(got, d.ID); return nil }); err != nil {
		t.Fatal(err)
	}
	add(t, o, job.Message{ID: "nobody", Topic: "other"})
	add(t, o, job.Message{ID: "later", Topic: "mail", NotBefore: c.now().Add(time.Hour)})
	add(t, o, job.Message{ID: "taken-back", Topic: "mail", NotBefore: c.now().Add(time.Hour)})
	if ok, err := o.Cancel(context.Background(), "taken-back"); !ok || err != nil {
		t.Fatalf("%v, %v", ok, err)
	}
	if work(t, o) != 0 || len(got) != 0 {
		t.Fatalf("too early: %q", got)
	}
	c.pass(time.Hour)
	if work(t, o) != 1 || len(got) != 1 || got[0] != "later" {
		t.Fatalf("got %q", got)
	}
	if ok, _ := o.Cancel(context.Background(), "later"); ok {
		t.Fatal("a done message was taken back")
	}
	if due, dead, err := o.Backlog(context.Background(), 10); err != nil || due != 1 || dead != 0 {
		t.Fatalf("%d due, %d dead, %v", due, dead, err)
	}
}

func TestFailuresAreTriedWithPausesAndEndAsDeadLetters(t *testing.T) {
	t.Parallel()
	c := newClock()
	o := outbox(t, engine(t), c)
	tries, heal := 0, false
	if err := o.Handle("mail", func(context.Context, job.Delivery) error {
		tries++
		switch {
		case heal:
			return nil
		case tries == 2:
			panic("a bug")
		}
		return errors.New("the server is away")
	}); err != nil {
		t.Fatal(err)
	}
	if err := o.Handle("bad", func(context.Context, job.Delivery) error { return fault.New(fault.Invalid, "") }); err != nil {
		t.Fatal(err)
	}
	add(t, o, job.Message{ID: "m", Topic: "mail", Payload: "x"})
	add(t, o, job.Message{ID: "b", Topic: "bad"})
	work(t, o)
	c.pass(9 * time.Second)
	work(t, o)
	if tries != 1 {
		t.Fatalf("tried after 9 s: %d", tries)
	}
	for range 2 * job.MaxTries {
		c.pass(time.Hour)
		work(t, o)
	}
	if tries != job.MaxTries {
		t.Fatalf("%d tries", tries)
	}
	page, err := o.Dead(context.Background(), "", 10)
	if err != nil || len(page.Items) != 2 || page.Items[0].ID != "b" || page.Items[0].Try != 1 || page.Items[1].ID != "m" {
		t.Fatalf("dead: %+v, %v", page.Items, err)
	}
	heal = true
	if err := o.Revive(context.Background(), "m"); err != nil {
		t.Fatal(err)
	}
	if work(t, o) != 1 {
		t.Fatal("the revived letter was not handed over")
	}
	if err := o.Discard(context.Background(), "b"); err != nil {
		t.Fatal(err)
	}
	if err := o.Revive(context.Background(), "b"); !fault.Is(err, fault.NotFound) {
		t.Fatalf("got %v", err)
	}
}

func TestAReplicaThatSleptPastItsClaimIsFencedOff(t *testing.T) {
	t.Parallel()
	c, e := newClock(), engine(t)
	a, b := outbox(t, e, c), outbox(t, e, c)
	var tokens []int64
	if err := b.Handle("mail", func(_ context.Context, d job.Delivery) error { tokens = append(tokens, d.Token); return nil }); err != nil {
		t.Fatal(err)
	}
	if err := a.Handle("mail", func(_ context.Context, d job.Delivery) error {
		tokens = append(tokens, d.Token)
		if n := work(t, b); n != 0 {
			t.Errorf("a claimed letter was handed over again: %d", n)
		}
		c.pass(5 * time.Minute)
		if n := work(t, b); n != 1 {
			t.Errorf("nobody took over: %d", n)
		}
		return errors.New("woke up too late")
	}); err != nil {
		t.Fatal(err)
	}
	add(t, a, job.Message{ID: "m", Topic: "mail"})
	if n := work(t, a); n != 0 {
		t.Fatalf("the sleeper counted %d as done", n)
	}
	c.pass(24 * time.Hour)
	if work(t, a)+work(t, b) != 0 || len(tokens) != 2 || tokens[1] <= tokens[0] {
		t.Fatalf("tokens %v", tokens)
	}
}
