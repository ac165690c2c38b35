package fault_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"osvitlo/internal/fault"
)

func TestWrapKeepsTheKindAndChainsTheOperations(t *testing.T) {
	t.Parallel()
	inner := func() (err error) {
		defer fault.Wrap(&err, "store.Replace")
		return fault.New(fault.Conflict, "fault.stale")
	}
	outer := func() (err error) {
		defer fault.Wrap(&err, "sitting.Answer")
		return inner()
	}
	err := outer()
	if !fault.Is(err, fault.Conflict) {
		t.Fatalf("kind = %v, want conflict", fault.KindOf(err))
	}
	if got := fault.As(err).Op; got != "sitting.Answer: store.Replace" {
		t.Fatalf("op = %q", got)
	}
}

func TestUnknownErrorIsInternalAndNilStaysNil(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	do := func(e error) (err error) {
		defer fault.Wrap(&err, "x.Do")
		return e
	}
	if err := do(nil); err != nil {
		t.Fatalf("nil became %v", err)
	}
	if err := do(boom); fault.KindOf(err) != fault.Internal || !errors.Is(err, boom) {
		t.Fatalf("got %v", err)
	}
	if err := do(context.DeadlineExceeded); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("deadline: got %v", err)
	}
	if fault.Is(nil, fault.Internal) {
		t.Fatal("nil must be of no kind")
	}
}

func TestFromKeepsAFaultAsItIs(t *testing.T) {
	t.Parallel()
	err := fault.From(fault.New(fault.Gone, ""), fault.Unavailable, "x")
	if !fault.Is(err, fault.Gone) {
		t.Fatalf("got %v", err)
	}
	if fault.From(nil, fault.Gone, "") != nil {
		t.Fatal("nil became a fault")
	}
}

func TestErrorTextNamesTheFields(t *testing.T) {
	t.Parallel()
	err := fault.InvalidFields(fault.Field{Pointer: "/answers/a", Key: "fault.unknown_option"})
	if !strings.Contains(err.Error(), "/answers/a fault.unknown_option") {
		t.Fatalf("got %q", err)
	}
}
