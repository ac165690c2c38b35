package credential

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"osvitlo/internal/course"
	"osvitlo/internal/fault"
	"osvitlo/internal/person"
)

const (
	mentor = person.ID("pmmmmmmmmmmmmmmmmmmmmmmmmmm")
	editor = person.ID("peeeeeeeeeeeeeeeeeeeeeeeeee")
)

// sittings stands in for the service of sittings.
type sittings struct {
	n        int
	stored   map[string]*LevelResult
	attached map[string]person.ID
	erased   []string
}

func (s *sittings) Form() (string, int, error) { return "cert", 1, nil }
func (s *sittings) Open(context.Context, string) (Opened, error) {
	s.n++
	return Opened{Sitting: fmt.Sprintf("s%d", s.n), Token: "t", Instrument: "cert", Version: 1}, nil
}
func (s *sittings) Reopen(_ context.Context, id string) (string, error) {
	if s.stored[id] == nil {
		return "", fault.New(fault.NotFound, "")
	}
	return "again", nil
}
func (s *sittings) Results(_ context.Context, ids []string) (list []LevelResult, err error) {
	for _, id := range ids {
		if r := s.stored[id]; r != nil {
			list = append(list, *r)
		}
	}
	return list, nil
}
func (s *sittings) Attach(_ context.Context, who person.ID, id string) error {
	s.attached[id] = who
	return nil
}
func (s *sittings) Erase(_ context.Context, id string) error {
	s.erased = append(s.erased, id)
	return nil
}

// answer stores a sitting; finish hands it in.
func (s *sittings) answer(id string) {
	s.stored[id] = &LevelResult{Sitting: id, Instrument: "cert", Version: 1, Certificate: true}
}
func (s *sittings) finish(id, level string, at time.Time) {
	s.answer(id)
	s.stored[id].Level, s.stored[id].At = level, at
}

func examRig(t *testing.T) (*rig, *sittings, *bool) {
	approved := true
	tests := &sittings{stored: map[string]*LevelResult{}, attached: map[string]person.ID{}}
	return newRig(t, func(c *Config) {
		c.Tests, c.Proctored, c.Approved = tests, true, func(string, int) bool { return approved }
	}), tests, &approved
}

func acts(id person.ID) person.Actor { return person.Actor{Person: id, Where: "web"} }

// pins opens an exam and gives its two PINs.
func (r *rig) pins(t *testing.T) (e *Exam, venue, proctor string) {
	t.Helper()
	e, err := r.OpenExam(ctx, acts(mentor), "lib-1")
	must(t, err)
	pin, _ := r.ProctorPin(e)
	return e, e.Pin, pin
}

func TestALevelIsWatchedDecidedAndIssued(t *testing.T) {
	t.Parallel()
	r, tests, _ := examRig(t)
	if _, err := r.BeginTest(ctx, somebody, "uk", "", ""); !fault.Is(err, fault.Invalid) {
		t.Fatalf("no PIN: %v", err)
	}
	e, venue, proctor := r.pins(t)
	o, err := r.BeginTest(ctx, somebody, "uk", venue[:3]+" "+venue[3:], proctor)
	must(t, err)
	must(t, r.Watch(ctx, o.Sitting))
	tests.answer(o.Sitting)

	// an alarm interrupts; the same sitting goes on within its days, with new PINs
	done, err := r.Pause(ctx, o.Sitting)
	must(t, err)
	if !done {
		t.Error("nothing was interrupted")
	}
	if err := r.Watch(ctx, o.Sitting); !fault.Is(err, fault.Forbidden) {
		t.Errorf("an interrupted test goes on: %v", err)
	}
	must(t, r.CloseExam(ctx, acts(mentor), e.ID, true))
	r.pass(13 * 24 * time.Hour)
	if _, err := r.BeginTest(ctx, somebody, "uk", venue, proctor); !fault.Is(err, fault.Invalid) {
		t.Errorf("old PINs open: %v", err)
	}
	_, venue, proctor = r.pins(t)
	again, err := r.BeginTest(ctx, somebody, "uk", venue, proctor)
	must(t, err)
	if again.Sitting != o.Sitting || again.Token != "again" {
		t.Errorf("another sitting: %+v", again)
	}
	must(t, r.Watch(ctx, o.Sitting))

	tests.finish(o.Sitting, "B1", r.now())
	queue, err := r.Queue(ctx)
	must(t, err)
	if len(queue) != 1 || queue[0].Level != "B1" || !queue[0].Watched() || len(queue[0].Stretches) != 2 || tests.attached[o.Sitting] != somebody {
		t.Fatalf("the queue: %+v, attached %v", queue, tests.attached)
	}
	if err := r.Watch(ctx, o.Sitting); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a finished test goes on: %v", err)
	}
	for _, who := range []person.ID{somebody, mentor} {
		if _, err := r.Approve(ctx, acts(who), o.Sitting); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s decides: %v", who, err)
		}
	}
	must(t, r.Say(ctx, acts(mentor), o.Sitting, "усе спокійно"))
	a, err := r.Attempt(ctx, o.Sitting)
	must(t, err)
	if a.Remark != "усе спокійно" {
		t.Errorf("remark %q", a.Remark)
	}
	doc, err := r.Approve(ctx, acts(editor), o.Sitting)
	must(t, err)
	same, err := r.Approve(ctx, acts(editor), o.Sitting)
	must(t, err)
	if doc.Level != "B1" || doc.ID != same.ID || doc.Learner != course.OfPerson(somebody) {
		t.Errorf("issued %+v and %+v", doc, same)
	}
	if err := r.Refuse(ctx, acts(editor), o.Sitting, Helped); !fault.Is(err, fault.Conflict) {
		t.Errorf("decided twice: %v", err)
	}
	approvals := 0
	for _, act := range r.acts {
		if strings.HasPrefix(act, "level.approve "+string(editor)) {
			approvals++
		}
	}
	if approvals != 1 {
		t.Errorf("audited %d approvals: %v", approvals, r.acts)
	}
	if _, err := r.BeginTest(ctx, somebody, "uk", venue, proctor); fault.As(err) == nil || fault.As(err).Key != "credential.level.again" {
		t.Errorf("another test at once: %v", err)
	}
}

func TestARefusalHasAReasonAndNoCertificate(t *testing.T) {
	t.Parallel()
	r, tests, _ := examRig(t)
	_, venue, proctor := r.pins(t)
	o, err := r.BeginTest(ctx, somebody, "uk", venue, proctor)
	must(t, err)
	tests.finish(o.Sitting, "B1", r.now())
	if err := r.Refuse(ctx, acts(editor), o.Sitting, "no"); !fault.Is(err, fault.Invalid) {
		t.Errorf("without a reason: %v", err)
	}
	must(t, r.Refuse(ctx, acts(editor), o.Sitting, Helped))
	if _, err := r.Approve(ctx, acts(editor), o.Sitting); !fault.Is(err, fault.Conflict) {
		t.Errorf("approved after: %v", err)
	}
	held, err := r.Held(ctx, course.OfPerson(somebody))
	must(t, err)
	list, err := r.AttemptsOf(ctx, somebody)
	must(t, err)
	if len(held) != 0 || len(list) != 1 || list[0].State != Denied || list[0].Verdict.Reason != Helped {
		t.Errorf("%v, %+v", held, list)
	}
}

func TestNoTestBeforeApproval(t *testing.T) {
	t.Parallel()
	r, tests, approved := examRig(t)
	_, venue, proctor := r.pins(t)
	o, err := r.BeginTest(ctx, somebody, "uk", venue, proctor)
	must(t, err)
	tests.finish(o.Sitting, "B1", r.now())
	*approved = false // the mark was taken back meanwhile
	if _, err := r.Approve(ctx, acts(editor), o.Sitting); !fault.Is(err, fault.Forbidden) {
		t.Errorf("issued without the mark: %v", err)
	}
	if queue, err := r.Queue(ctx); err != nil || len(queue) != 1 {
		t.Errorf("it waits no more: %v, %v", queue, err)
	}
	r.pass(Again)
	if _, err := r.BeginTest(ctx, somebody, "uk", venue, proctor); fault.As(err) == nil || fault.As(err).Key != "credential.level.approved" {
		t.Errorf("begun without the mark: %v", err)
	}
}

// Wrong PINs are counted; after a few of them nothing is compared for a while, and the
// proctor's PIN is good for minutes only.
func TestPinsAreThrottledAndShortLived(t *testing.T) {
	t.Parallel()
	r, _, _ := examRig(t)
	_, venue, proctor := r.pins(t)
	r.pass(2 * ProctorIn)
	if _, err := r.BeginTest(ctx, somebody, "uk", venue, proctor); !fault.Is(err, fault.Invalid) {
		t.Fatalf("an old proctor's PIN: %v", err)
	}
	for range wrongFree - 1 {
		if _, err := r.BeginTest(ctx, somebody, "uk", venue, "000000x"); !fault.Is(err, fault.Invalid) {
			t.Fatal(err)
		}
	}
	_, venue, proctor = r.pins(t)
	if _, err := r.BeginTest(ctx, somebody, "uk", venue, proctor); !fault.Is(err, fault.TooMany) {
		t.Fatalf("after %d wrong ones: %v", wrongFree, err)
	}
	r.pass(wrongRest)
	_, venue, proctor = r.pins(t)
	if _, err := r.BeginTest(ctx, mentor, "uk", venue, proctor); fault.As(err) == nil || fault.As(err).Key != "credential.exam.own" {
		t.Errorf("a proctor watches himself: %v", err)
	}
	o, err := r.BeginTest(ctx, somebody, "uk", venue, proctor)
	must(t, err)
	r.pass(ExamLife)
	if err := r.Watch(ctx, o.Sitting); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the exam is over, the test goes on: %v", err)
	}
	if err := r.Watch(ctx, "another"); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a sitting of nobody goes on: %v", err)
	}
}

func TestAnUnfinishedTestLapsesAndErasureUnlinks(t *testing.T) {
	t.Parallel()
	r, tests, _ := examRig(t)
	_, venue, proctor := r.pins(t)
	o, err := r.BeginTest(ctx, somebody, "uk", venue, proctor)
	must(t, err)
	tests.answer(o.Sitting)
	r.pass(AttemptLife + 25*time.Hour)
	must(t, r.Settle(ctx))
	a, err := r.Attempt(ctx, o.Sitting)
	must(t, err)
	if a.State != Lapsed {
		t.Errorf("state %s", a.State)
	}
	_, venue, proctor = r.pins(t)
	next, err := r.BeginTest(ctx, somebody, "uk", venue, proctor)
	must(t, err)
	if next.Sitting == o.Sitting {
		t.Error("a lapsed sitting goes on")
	}
	part, err := r.Export(ctx, []person.ID{somebody})
	must(t, err)
	if n := len(part.(Held).Tests); n != 2 {
		t.Errorf("%d tests in the export", n)
	}
	must(t, r.Erase(ctx, []person.ID{somebody}))
	if len(tests.erased) != 1 || tests.erased[0] != next.Sitting {
		t.Errorf("erased %v: the one nobody else knows is %s", tests.erased, next.Sitting)
	}
	if list, err := r.AttemptsOf(ctx, somebody); err != nil || len(list) != 0 {
		t.Errorf("left: %v, %v", list, err)
	}
}
