// Command start measures the built program as an operator meets it: the time to a
// site that answers, on a new demo city and on data that is there, and the memory it
// holds when nobody asks it anything.
//
//	go run ./scripts/bench/start [-people 1500] [-idle 5s]
//
// It exits with 1 when the program holds 80 MB or more.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"osvitlo/internal/testkit"
)

// mostIdle is the order of the issue.
const mostIdle = 80 << 20

func main() {
	people := flag.Int("people", 1500, "people of the demo city")
	idle := flag.Duration("idle", 5*time.Second, "how long nobody asks")
	flag.Parse()
	held, err := run(*people, *idle)
	if err != nil {
		fmt.Fprintln(os.Stderr, "start:", err)
		os.Exit(2)
	}
	word := "met"
	if held >= mostIdle {
		word = "NOT met"
	}
	fmt.Printf("%-20s %s\n", "idle under 80 MB", word)
	if held >= mostIdle {
		os.Exit(1)
	}
}

// run returns the larger of the two memories held.
func run(people int, idle time.Duration) (held int64, err error) {
	dir, err := os.MkdirTemp("", "osvitlo-start-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	binary, err := testkit.Build(ctx, dir)
	if err != nil {
		return 0, err
	}
	p, err := testkit.Serve(binary, filepath.Join(dir, "data"), "--demo", "--demo-people", strconv.Itoa(people))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, p.Stop()) }()
	for _, what := range []string{"new demo city", "data that is there"} {
		if what != "new demo city" {
			if err := p.Stop(); err != nil {
				return 0, err
			}
			if err := p.Again(); err != nil {
				return 0, err
			}
		}
		time.Sleep(idle)
		now, err := p.Resident()
		if err != nil {
			return 0, err
		}
		fmt.Printf("%-20s ready after %5.2f s, idle %5.1f MB\n", what, p.Ready.Seconds(), float64(now)/(1<<20))
		held = max(held, now)
	}
	return held, nil
}
