package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"osvitlo/internal/store"
)

// grow fills one indexed collection from 16 writers and prints, ten times on the way,
// what a write, a read and a page cost at that size.
func (b *bench) grow(total int64) error {
	ctx := context.Background()
	e, c, err := b.open("grow", indexed)
	if err != nil {
		return err
	}
	defer e.Close()
	fmt.Printf("%10s %10s %12s %12s %14s %12s %12s %12s %9s\n", "documents", "inserts/s", "CPU/insert", "kB/insert", "insert p99", "get p99", "page p99", "keys/s", "file MB")
	for part := range int64(10) {
		goal := total / 10 * (part + 1)
		var wg sync.WaitGroup
		var failed atomic.Value
		lat := make([][]time.Duration, 16)
		first, start, cpu, wrote := b.next.Load(), time.Now(), cpuTime(), written()
		for w := range lat {
			wg.Go(func() {
				for n := b.next.Add(1); n <= goal; n = b.next.Add(1) {
					at := time.Now()
					if err := c.Insert(ctx, makeSitting(n)); err != nil {
						failed.Store(err)
						return
					}
					lat[w] = append(lat[w], time.Since(at))
				}
			})
		}
		wg.Wait()
		took := time.Since(start).Seconds()
		if err, ok := failed.Load().(error); ok {
			return err
		}
		b.next.Store(goal)
		each := float64(goal - first)
		cpu, wrote = cpuTime()-cpu, written()-wrote
		get, err := timed(2000, func(i int64) error {
			_, err := c.Get(ctx, hash(1+i*7919%goal))
			return err
		})
		if err != nil {
			return err
		}
		page, err := timed(200, func(i int64) error {
			from := makeSitting(1 + i*7919%goal).Seq
			_, err := c.Page(ctx, store.Query{Index: "by_seq", From: from, Limit: 20})
			return err
		})
		if err != nil {
			return err
		}
		at, keys := time.Now(), 0
		for _, err := range c.Keys(ctx, store.Query{Index: "by_seq"}) {
			if err != nil {
				return err
			}
			keys++
		}
		st, err := os.Stat(filepath.Join(b.dir, "grow.db"))
		if err != nil {
			return err
		}
		fmt.Printf("%10d %10.0f %9.0f µs %12.1f %14s %12s %12s %12.0f %9d\n", goal, each/took, cpu.Seconds()*1e6/each, float64(wrote)/1e3/each, ms(p99(slices.Concat(lat...))), ms(get), ms(page),
			float64(keys)/time.Since(at).Seconds(), st.Size()>>20)
	}
	var mem runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&mem)
	fmt.Printf("heap in use after it: %d MB\n", mem.HeapInuse>>20)
	return nil
}

// cpuTime and written tell what a figure cost, whatever else the machine is doing.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// written is how many bytes the process has written, where the system tells.
func written() (n int64) {
	text, err := os.ReadFile("/proc/self/io")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, found := strings.CutPrefix(line, "wchar:"); found {
			n, _ = strconv.ParseInt(strings.TrimSpace(rest), 10, 64)
		}
	}
	return n
}

func timed(times int64, f func(i int64) error) (time.Duration, error) {
	lat := make([]time.Duration, 0, times)
	for i := range times {
		at := time.Now()
		if err := f(i); err != nil {
			return 0, err
		}
		lat = append(lat, time.Since(at))
	}
	return p99(lat), nil
}

func p99(lat []time.Duration) time.Duration {
	slices.Sort(lat)
	return lat[len(lat)*99/100]
}
