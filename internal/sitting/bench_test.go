package sitting

import (
	"context"
	"testing"
	"time"
)

func BenchmarkDecode(b *testing.B) {
	raw := body(full(20))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decode(raw); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPutWithoutStore is everything of a submit but the insert.
func BenchmarkPutWithoutStore(b *testing.B) {
	r := newRig(b)
	raw := body(full(20))
	b.ReportAllocs()
	for b.Loop() {
		sub, err := Decode(raw)
		doc, in, path, err := r.assemble(b.Context(), uid(1), sub, err, From{}, noon)
		if err != nil {
			b.Fatal(err)
		}
		if err := r.finish(context.Background(), doc, in, path, "", noon); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPut(b *testing.B) {
	r := newRig(b, func(c *Config) { c.Now = time.Now })
	raw := body(full(20))
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n++
		sub, err := Decode(raw)
		if _, err := r.Put(context.Background(), uid(n), sub, err, From{}); err != nil {
			b.Fatal(err)
		}
	}
}
