package person

import (
	"errors"
	"fmt"
	"sync"
	"testing"
)

// Keys are exchanged while people sign in, register, edit and are searched for on two
// replicas, one that still seals under the old key and one that seals under the new:
// nobody notices, and in the end nothing is under the old key.
func TestKeysAreExchangedWhileRequestsRun(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	admin := r.staff(t, Administrator, "")
	type learner struct {
		id   ID
		card *Card
	}
	var all []learner
	for i := range 24 {
		p := r.adult(t, Registration{Name: fmt.Sprintf("Особа %c", 'А'+rune(i)), Born: 1950, Phone: fmt.Sprintf("05012345%02d", i)})
		c, err := r.IssueCard(ctx, admin, p.ID, Digits, "")
		must(t, err)
		all = append(all, learner{p.ID, c})
	}
	cfg := r.cfg
	cfg.Ring = keys(t, "a", "b") // every replica can read the new key before one seals with it
	older := r.open(t, cfg)
	cfg.Ring = keys(t, "b", "a")
	newer := r.open(t, cfg)
	stop := make(chan struct{})
	failed := make(chan error, 64)
	var wg sync.WaitGroup
	acts := 0
	var mu sync.Mutex
	for n, s := range []*Service{older, newer} {
		wg.Go(func() {
			for round := 0; ; round++ {
				select {
				case <-stop:
					return
				default:
				}
				one := all[(round*2+n)%len(all)]
				in, err := s.SignInCard(ctx, CardTry{Payload: one.card.Payload, Secret: one.card.Secret, Where: "web"})
				if err == nil && in.Person != one.id {
					err = fmt.Errorf("somebody else came in")
				}
				_, read := s.ByID(ctx, own(one.id), one.id)
				edit := s.Edit(ctx, own(one.id), one.id, Contact{Name: "Особа " + string('А'+rune(round%28)), Phone: fmt.Sprintf("05012345%02d", (round*2+n)%len(all)), Born: 1950})
				_, reg := s.Register(ctx, operator, Registration{Adult: true, Name: "Нова Особа"})
				found, search := s.Search(ctx, admin, "нова")
				if search == nil && len(found.People) == 0 {
					search = fmt.Errorf("nobody was found")
				}
				if err := errors.Join(err, read, edit, reg, search); err != nil {
					select {
					case failed <- fmt.Errorf("replica %d, round %d: %w", n, round, err):
					default:
					}
				}
				mu.Lock()
				acts += 5
				mu.Unlock()
			}
		})
	}
	for range 6 {
		if _, err := newer.Reseal(ctx); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	wg.Wait()
	close(failed)
	for err := range failed {
		t.Error(err)
	}
	mu.Lock()
	t.Logf("%d acts while keys were exchanged", acts)
	if acts < 20 {
		t.Errorf("only %d acts ran meanwhile", acts)
	}
	mu.Unlock()
	_, err := newer.Reseal(ctx) // the older replica is switched off
	must(t, err)
	if left, err := newer.Sealed(ctx); err != nil || len(left) != 0 {
		t.Fatalf("still under the old key: %v, %v", left, err)
	}
	cfg.Ring = keys(t, "b")
	after := r.open(t, cfg)
	must(t, after.CheckKeys(ctx))
	for _, one := range all {
		if got, err := after.ByID(ctx, own(one.id), one.id); err != nil || got.Name == "" {
			t.Fatalf("%s: %+v, %v", one.id, got, err)
		}
	}
}
