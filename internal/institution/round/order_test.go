package round

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"io"
	"os"
	"strings"
	"testing"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

func (r *rig) planned(t *testing.T) *Round {
	t.Helper()
	one, err := r.Plan(t.Context(), analyst, Round{Year: 2026, Title: i18n.Text{UK: "Збір"}, Bodies: []string{r.school(t, "Ліцей", 20)}, Asked: []Asked{{"teacher", "teachers"}},
		Opens: store.At(r.clock), Closes: store.At(r.clock.AddDate(0, 0, 14)), Order: Order{Number: "15", Date: "2026-09-20", Promise: true, Paper: OrderPaper{File: "made up"}}})
	if err != nil {
		t.Fatal(err)
	}
	return one
}

func drawing(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestNoRoundOpensWithoutTheSignedOrder(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	one := r.planned(t)
	_, err := r.Open(t.Context(), analyst, one.ID, one.Rev)
	if fields := fault.As(err).Fields; !fault.Is(err, fault.Invalid) || len(fields) != 1 || fields[0].Pointer != "order_file" {
		t.Fatal("opened, or refused for another reason:", err)
	}
	if one, err = r.KeepOrder(t.Context(), analyst, one.ID, one.Rev, `C:\накази\Наказ "15".pdf`, signed); err != nil {
		t.Fatal(err)
	}
	if one.Order.Paper.Name != "Наказ 15.pdf" || one.Order.Paper.Type != "application/pdf" {
		t.Errorf("%+v", one.Order.Paper)
	}
	first := one.Order.Paper.File
	// a plan that is edited keeps its order; one that is replaced forgets the old file
	next := *one
	next.Order.Number, next.Order.Paper = "16", OrderPaper{}
	if one, err = r.Edit(t.Context(), analyst, one.Rev, next); err != nil || one.Order.Paper.File != first {
		t.Fatal(one, err)
	}
	if one, err = r.KeepOrder(t.Context(), analyst, one.ID, one.Rev, "", drawing(t)); err != nil || one.Order.Paper.Name != "order.png" {
		t.Fatal(one, err)
	}
	if _, err := r.o.Media.Stat(t.Context(), first); !fault.Is(err, fault.NotFound) {
		t.Error("the first file stays:", err)
	}
	if one, err = r.Open(t.Context(), analyst, one.ID, one.Rev); err != nil {
		t.Fatal(err)
	}
	if _, err := r.KeepOrder(t.Context(), analyst, one.ID, one.Rev, "", signed); !fault.Is(err, fault.Conflict) {
		t.Error("the order of an open round was replaced:", err)
	}
	f, paper, err := r.OrderPaper(t.Context(), analyst, one.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if raw, err := io.ReadAll(f); err != nil || !bytes.Equal(raw, drawing(t)) || paper.Type != "image/png" {
		t.Error(len(raw), paper, err)
	}
	if _, _, err := r.OrderPaper(t.Context(), nil, one.ID); !fault.Is(err, fault.Unauthenticated) {
		t.Error(err)
	}
	if _, _, err := r.OrderPaper(t.Context(), &person.Actor{Person: "p"}, one.ID); err == nil {
		t.Error("somebody without a right reads the order")
	}
}

type watch func(file string) (string, error)

func (w watch) Scan(_ context.Context, file string) (string, error) { return w(file) }

func TestWhatIsNoOrderIsRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	one := r.planned(t)
	broken := drawing(t)[:20]
	for name, c := range map[string]struct {
		raw []byte
		key string
	}{
		"nothing":             {nil, "round.order_file"},
		"a page":              {[]byte("<!doctype html><script>alert(1)</script>"), "round.order_kind"},
		"a PDF that ends":     {[]byte("%PDF-1.4\nhalf"), "round.order_kind"},
		"a picture that ends": {broken, "round.order_kind"},
		"a program":           {[]byte("MZ\x90\x00"), "round.order_kind"},
		"too much":            {append(bytes.Clone(signed), bytes.Repeat([]byte("x"), MaxOrder)...), "round.order_large"},
	} {
		_, err := r.KeepOrder(t.Context(), analyst, one.ID, one.Rev, "order.pdf", c.raw)
		if f := fault.As(err).Fields; len(f) != 1 || f[0].Key != c.key {
			t.Errorf("%s: %v", name, err)
		}
	}
	r.o.Scanner = watch(func(file string) (string, error) {
		raw, err := os.ReadFile(file)
		if strings.Contains(string(raw), "PDF") {
			return "Eicar", err
		}
		return "", err
	})
	if _, err := r.KeepOrder(t.Context(), analyst, one.ID, one.Rev, "order.pdf", signed); fault.As(err).Fields[0].Key != "round.order_virus" {
		t.Error(err)
	}
	one, err := r.KeepOrder(t.Context(), analyst, one.ID, one.Rev, "order.png", drawing(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Discard(t.Context(), analyst, one.ID, one.Rev); err != nil {
		t.Fatal(err)
	}
	if _, err := r.o.Media.Stat(t.Context(), one.Order.Paper.File); !fault.Is(err, fault.NotFound) {
		t.Error("the file of a plan that was taken away stays:", err)
	}
}
