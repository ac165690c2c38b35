// Command readers measures how fast many people can watch an uploaded film at once: 200
// connections that ask for ranges of 1 MB at random places, as players do, from the whole
// program and from a bare http.FileServer in the same run on the same cores.
//
//	go run ./scripts/bench/readers -readers 200
//
// It prints both throughputs and their ratio, and exits with 1 when the order is not met:
// 60 % of the bare file server.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/app"
	"osvitlo/internal/asset"
	"osvitlo/internal/config"
	"osvitlo/internal/i18n"
	"osvitlo/internal/job"
	"osvitlo/internal/person"
)

const (
	leastRatio = 0.6
	fileSize   = 16 << 20
	rangeSize  = 1 << 20
)

func main() {
	readers := flag.Int("readers", 200, "readers at once")
	seconds := flag.Float64("seconds", 1.5, "seconds per measurement")
	rounds := flag.Int("rounds", 9, "rounds, taking turns; the median is printed")
	profile := flag.String("cpuprofile", "", "file for a CPU profile of the first round of the program")
	flag.Parse()
	ok, err := run(*readers, time.Duration(*seconds*float64(time.Second)), *rounds, *profile)
	if err != nil {
		fmt.Fprintln(os.Stderr, "readers:", err)
		os.Exit(2)
	}
	if !ok {
		os.Exit(1)
	}
}

// sample is a film as far as its boxes go; a player would show nothing of it.
func sample() []byte {
	box := func(name string, body []byte) []byte {
		out := binary.BigEndian.AppendUint32(nil, uint32(8+len(body)))
		return append(append(out, name...), body...)
	}
	head := append(box("ftyp", []byte("isom\x00\x00\x02\x00isomiso2mp41")), box("moov", nil)...)
	body := make([]byte, fileSize-len(head)-8)
	r := rand.NewChaCha8([32]byte{1})
	_, _ = r.Read(body) // it never fails
	return append(head, box("mdat", body)...)
}

func run(readers int, lasting time.Duration, rounds int, profile string) (bool, error) {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "osvitlo-readers-")
	if err != nil {
		return false, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	film := sample()
	plain := filepath.Join(dir, "plain")
	if err := errors.Join(os.Mkdir(plain, 0o755), os.WriteFile(filepath.Join(plain, "film.mp4"), film, 0o644), os.Setenv("PATH", "")); err != nil { // without ffmpeg the film is stored as it came
		return false, err
	}
	gin.SetMode(gin.ReleaseMode)
	c, _, err := config.Load("readers", []string{"--demo", "--demo-people", "100", "--data", filepath.Join(dir, "data")}, func(string) string { return "" }, io.Discard)
	if err != nil {
		return false, err
	}
	a, err := app.New(ctx, c, app.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return false, err
	}
	defer func() { _ = a.Close() }()
	address, err := publish(ctx, a.Assets, film)
	if err != nil {
		return false, err
	}
	var ours, bare, ratios []float64
	for round := range rounds {
		if profile != "" && round == 0 {
			f, err := os.Create(profile)
			if err != nil {
				return false, err
			}
			if err := pprof.StartCPUProfile(f); err != nil {
				return false, err
			}
		}
		got, err := measure(a.Handler(), address, readers, lasting)
		if profile != "" && round == 0 {
			pprof.StopCPUProfile()
		}
		if err != nil {
			return false, fmt.Errorf("program: %w", err)
		}
		ours = append(ours, got)
		if got, err = measure(http.FileServer(http.Dir(plain)), "/film.mp4", readers, lasting); err != nil {
			return false, fmt.Errorf("bare: %w", err)
		}
		bare = append(bare, got)
		ratios = append(ratios, ours[round]/got) // of neighbours in time, so that a busy machine is fair to both
	}
	slices.Sort(ours)
	slices.Sort(bare)
	slices.Sort(ratios)
	o, b, ratio := ours[rounds/2], bare[rounds/2], ratios[rounds/2]
	fmt.Printf("%d readers, ranges of %d kB, %d rounds of %v each, medians\n", readers, rangeSize>>10, rounds, lasting)
	fmt.Printf("program           %6.0f MB/s\nbare file server  %6.0f MB/s\nratio %.2f (%.2f to %.2f)\n", o/1e6, b/1e6, ratio, ratios[0], ratios[rounds-1])
	word := "met"
	if ratio < leastRatio {
		word = "NOT met"
	}
	fmt.Printf("ratio at least %.1f    %s\n", leastRatio, word)
	return ratio >= leastRatio, nil
}

func publish(ctx context.Context, files *asset.Service, film []byte) (address string, err error) {
	who := &person.Actor{Person: "pbenchbenchbenchbenchbenchbe", Grants: []person.Grant{{Role: person.Editor}}, Strong: true, Fresh: true, Where: "web"}
	a, err := files.Receive(ctx, who, asset.Sent{Name: "film.mp4", Type: "video/mp4", Size: int64(len(film))}, bytes.NewReader(film))
	if err != nil {
		return "", err
	}
	if err := files.Work(ctx, job.Run{}); err != nil {
		return "", err
	}
	if err := errors.Join(files.Describe(ctx, who, a.ID, i18n.Text{UK: "Замір"}), files.Publish(ctx, who, a.ID, true)); err != nil {
		return "", err
	}
	if a, err = files.Get(ctx, who, a.ID); err != nil {
		return "", err
	}
	return files.Link(a, a.Main()), nil
}

// measure serves the handler on loopback and answers bytes a second after a warm-up.
func measure(h http.Handler, address string, readers int, lasting time.Duration) (float64, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(listener) }()
	defer func() { _ = srv.Close(); <-done }()
	warm := time.Now().Add(lasting / 5)
	end := warm.Add(lasting)
	var mu sync.Mutex
	var total int64
	var failed error
	var wg sync.WaitGroup
	for n := range readers {
		wg.Go(func() {
			got, err := watch(listener.Addr().String(), address, uint64(n), warm, end)
			mu.Lock()
			defer mu.Unlock()
			total, failed = total+got, errors.Join(failed, err)
		})
	}
	wg.Wait()
	return float64(total) / lasting.Seconds(), failed
}

// watch reads ranges until the end and answers the bytes of those begun after warm.
func watch(addr, path string, seed uint64, warm, end time.Time) (got int64, err error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return 0, err
	}
	defer func() { _ = conn.Close() }()
	r := bufio.NewReaderSize(conn, 64<<10)
	random := rand.New(rand.NewPCG(seed, 1))
	for {
		start := time.Now()
		if start.After(end) {
			return got, nil
		}
		from := random.IntN(fileSize - rangeSize)
		if _, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: identity\r\nRange: bytes=%d-%d\r\n\r\n", path, from, from+rangeSize-1); err != nil {
			return got, err
		}
		if err := answer(r); err != nil {
			return got, err
		}
		if start.After(warm) && time.Now().Before(end.Add(time.Second)) {
			got += rangeSize
		}
	}
}

func answer(r *bufio.Reader) error {
	status, length := "", -1
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return err
		}
		line = strings.TrimSpace(line)
		if status == "" {
			status = line
		}
		if line == "" {
			break
		}
		if v, ok := strings.CutPrefix(line, "Content-Length: "); ok {
			if length, err = strconv.Atoi(v); err != nil {
				return err
			}
		}
	}
	if !strings.HasPrefix(status, "HTTP/1.1 206") || length != rangeSize {
		return fmt.Errorf("%s, %d bytes", status, length)
	}
	_, err := r.Discard(length)
	return err
}
