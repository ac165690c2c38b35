package job_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/job"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
)

const childEnv = "OSVITLO_JOB_CHILD"

func TestMain(m *testing.M) {
	if how := os.Getenv(childEnv); how != "" {
		if err := child(how); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
		return
	}
	os.Exit(m.Run())
}

// child is a replica: it works on the letters and the job until its input closes.
// "die" ends the process in the middle of the first letter, at the named step.
func child(how string) error {
	path, die, _ := strings.Cut(how, "|")
	ctx := context.Background()
	e, err := sqlite.Open(ctx, sqlite.Config{Path: path, BusyTimeout: 10 * time.Second})
	if err != nil {
		return err
	}
	defer func() { _ = e.Close() }()
	done, err := store.Open[effect](e, effectSpec)
	if err != nil {
		return err
	}
	me := job.Holder()
	o, err := job.NewOutbox(e, me, nil, time.Now)
	if err != nil {
		return err
	}
	act := func(ctx context.Context, id string) error {
		if die == "before" {
			os.Exit(9)
		}
		time.Sleep(2 * time.Millisecond) // a message takes a while; meanwhile the other process works
		_, err := done.Add(ctx, id, map[string]int64{"times": 1})
		if err != nil {
			return err
		}
		if die == "after" {
			os.Exit(9)
		}
		return done.Insert(ctx, &effect{Doc: store.Doc{ID: "by:" + me + ":" + id}, By: me})
	}
	if err := o.Handle("mail", func(ctx context.Context, d job.Delivery) error { return act(ctx, d.ID) }); err != nil {
		return err
	}
	s, err := job.NewSchedule(e, me, nil, time.Now)
	if err != nil {
		return err
	}
	if err := s.Add(job.Job{Name: "count", When: job.Every(24 * 365 * time.Hour), Run: func(ctx context.Context, r job.Run) error {
		return act(ctx, "job:"+r.Slot)
	}}); err != nil {
		return err
	}
	fmt.Println("ready")
	if _, err := bufio.NewReader(os.Stdin).ReadString('\n'); err != nil {
		return err
	}
	for range 200 {
		n, err := o.Work(ctx)
		if err != nil && !fault.Is(err, fault.Unavailable) {
			return err
		}
		if _, err := s.Tick(ctx); err != nil && !fault.Is(err, fault.Unavailable) {
			return err
		}
		due, _, err := o.Backlog(ctx, 1)
		if err == nil && n == 0 && due == 0 {
			return nil
		}
	}
	return nil
}

type replica struct {
	cmd *exec.Cmd
	in  interface{ Write([]byte) (int, error) }
}

// start begins a child and waits until it stands ready, so that all go at once.
func start(t *testing.T, how string) *replica {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), childEnv+"="+how)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "ready\n" {
		t.Fatalf("child said %q, %v", line, err)
	}
	return &replica{cmd, in}
}

func (r *replica) goOn(t *testing.T) {
	t.Helper()
	if _, err := r.in.Write([]byte("go\n")); err != nil {
		t.Fatal(err)
	}
}

func TestTwoProcessesNeverDoOneThingTwice(t *testing.T) {
	t.Parallel()
	const letters = 120
	path := filepath.Join(t.TempDir(), "t.db")
	e := engineAt(t, path)
	o, err := job.NewOutbox(e, "parent", nil, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	for i := range letters {
		add(t, o, job.Message{ID: fmt.Sprintf("mail:%d", i), Topic: "mail"})
	}
	a, b := start(t, path), start(t, path)
	a.goOn(t)
	b.goOn(t)
	for _, r := range []*replica{a, b} {
		if err := r.cmd.Wait(); err != nil {
			t.Fatal(err)
		}
	}
	done := effects(t, e)
	slot, _ := job.Every(24 * 365 * time.Hour).Slot(time.Now())
	ids := []string{"job:" + slot}
	for i := range letters {
		ids = append(ids, fmt.Sprintf("mail:%d", i))
	}
	for _, id := range ids {
		got, err := done.Get(context.Background(), id)
		if err != nil || got.Times != 1 {
			t.Errorf("%s happened %+v times, %v", id, got, err)
		}
	}
	workers := map[string]int{}
	for k, err := range done.Keys(context.Background(), store.Query{Index: store.BuiltinID, Prefix: "by:"}) {
		if err != nil {
			t.Fatal(err)
		}
		workers[strings.SplitN(k.ID, ":", 3)[1]]++
	}
	t.Logf("letters per process: %v", workers)
	if len(workers) != 2 {
		t.Errorf("only %d processes took part: %v", len(workers), workers)
	}
}

func TestADeadProcessLeavesItsLetterToTheNext(t *testing.T) {
	t.Parallel()
	for _, die := range []string{"before", "after"} {
		t.Run(die, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "t.db")
			e := engineAt(t, path)
			c := &clock{t: time.Now()}
			o := outbox(t, e, c)
			add(t, o, job.Message{ID: "mail:1", Topic: "mail"})
			r := start(t, path+"|"+die)
			r.goOn(t)
			if err := r.cmd.Wait(); err == nil || r.cmd.ProcessState.ExitCode() != 9 {
				t.Fatalf("the child did not die: %v", err)
			}
			done, handed := effects(t, e), 0
			if err := o.Handle("mail", func(ctx context.Context, d job.Delivery) error {
				handed++
				if d.Try != 2 || d.Token != 2 {
					t.Errorf("try %d, token %d", d.Try, d.Token)
				}
				err := done.Insert(ctx, &effect{Doc: store.Doc{ID: d.ID}, Times: 1}) // idempotent by id
				if fault.Is(err, fault.Conflict) {
					return nil
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if work(t, o) != 0 {
				t.Fatal("the claim of the dead did not hold")
			}
			c.pass(3 * time.Minute)
			if work(t, o) != 1 || handed != 1 {
				t.Fatalf("handed over %d times", handed)
			}
			got, err := done.Get(context.Background(), "mail:1")
			if err != nil || got.Times != 1 {
				t.Fatalf("%+v, %v", got, err)
			}
		})
	}
}
