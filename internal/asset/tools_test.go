package asset

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/job"
)

// clamd speaks INSTREAM and knows one virus: the word EICAR.
func clamd(t *testing.T, most int) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = c.Close() }()
				head := make([]byte, len("zINSTREAM\x00"))
				if _, err := io.ReadFull(c, head); err != nil || string(head) != "zINSTREAM\x00" {
					_, _ = io.WriteString(c, "UNKNOWN COMMAND\x00")
					return
				}
				var all bytes.Buffer
				for {
					var n uint32
					if err := binary.Read(c, binary.BigEndian, &n); err != nil {
						return
					}
					if n == 0 {
						break
					}
					if _, err := io.CopyN(&all, c, int64(n)); err != nil {
						return
					}
					if all.Len() > most {
						_, _ = io.WriteString(c, "INSTREAM size limit exceeded. ERROR\x00")
						return
					}
				}
				if bytes.Contains(all.Bytes(), []byte("EICAR")) {
					_, _ = io.WriteString(c, "stream: Eicar-Test-Signature FOUND\x00")
					return
				}
				_, _ = io.WriteString(c, "stream: OK\x00")
			}()
		}
	}()
	return l.Addr().String()
}

func TestVirusesAreLookedFor(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := newRig(t, nil, func(o *Options) { o.Scanner = NewClamd(clamd(t, 1<<20), time.Second*5) })
	if a := r.receive(t, "a.png", "", pngOf(t, drawing(30, 30))); slices.Contains(a.Remarks, NotScanned) || a.State != Ready {
		t.Errorf("%+v", a)
	}
	sick := []byte("%PDF-1.4 EICAR %%EOF")
	_, err := r.Receive(ctx, r.editor, Sent{Name: "a.pdf", Size: int64(len(sick))}, bytes.NewReader(sick))
	if f := fault.As(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Key != "asset.virus" {
		t.Errorf("a virus: %v", err)
	}
	if left := r.names(t, partsFolder); left != nil {
		t.Errorf("left: %v", left)
	}
	// over the scanner's own bound: not taken as clean
	big := append(append([]byte("%PDF-1.4 "), make([]byte, 2<<20)...), "%%EOF"...)
	a := r.receive(t, "big.pdf", "", big)
	if a.State != Received {
		t.Errorf("an unscanned file is %s", a.State)
	}
	// a scanner that is away: the file waits, and comes when the scanner does
	away := newRig(t, nil, func(o *Options) { o.Scanner = NewClamd("127.0.0.1:1", time.Second) })
	if a = away.receive(t, "a.png", "", pngOf(t, drawing(30, 30))); a.State != Received {
		t.Fatalf("state %s", a.State)
	}
	away.clock = noon.Add(time.Hour)
	if err := away.Work(ctx, job.Run{}); !fault.Is(err, fault.Unavailable) {
		t.Errorf("work without a scanner: %v", err)
	}
	away.o.Scanner = NewClamd(clamd(t, 1<<20), 0)
	if err := away.Work(ctx, job.Run{}); err != nil {
		t.Fatal(err)
	}
	if a, err = away.Get(ctx, away.editor, a.ID); err != nil || a.State != Ready {
		t.Errorf("%+v %v", a, err)
	}
}

func TestFilmStopsInTime(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	slow := filepath.Join(dir, "slow")
	if err := os.WriteFile(slow, []byte("#!/bin/sh\nexec sleep 60\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	_, err := NewFilm(slow, slow, 200*time.Millisecond).make(context.Background(), "in", "video/mp4", dir)
	if !fault.Is(err, fault.Unavailable) || time.Since(began) > 30*time.Second {
		t.Errorf("%v after %s", err, time.Since(began))
	}
}

// TestFilmMakesRenditions runs the real ffmpeg where it is installed.
func TestFilmMakesRenditions(t *testing.T) {
	t.Parallel()
	film := FindFilm(2 * time.Minute)
	if film == nil {
		t.Skip("ffmpeg is not installed")
	}
	ctx := context.Background()
	in := filepath.Join(t.TempDir(), "in.mp4")
	out, err := exec.CommandContext(ctx, film.ffmpeg, "-v", "error", "-f", "lavfi", "-i", "testsrc=size=960x540:rate=10:duration=2", "-f", "lavfi", "-i", "sine=duration=2",
		"-metadata", "title="+secretPlace, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", in).CombinedOutput()
	if err != nil {
		t.Fatalf("%v %s", err, out)
	}
	raw, err := os.ReadFile(in)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(raw, []byte(secretPlace)) {
		t.Fatal("the sample has no metadata")
	}
	r := newRig(t, nil, func(o *Options) { o.Film = film })
	a := r.receive(t, "in.mp4", "video/mp4", raw)
	if err := r.Work(ctx, job.Run{}); err != nil {
		t.Fatal(err)
	}
	if a, err = r.Get(ctx, r.editor, a.ID); err != nil || a.State != Ready {
		t.Fatalf("%+v %v", a, err)
	}
	if a.Seconds < 1.5 || a.Seconds > 3 || a.File(RolePoster) == nil || a.File(RoleSmall) == nil {
		t.Fatalf("%+v", a)
	}
	for role, want := range map[Role]string{RoleMain: "960,540", RoleSmall: "640,360"} {
		f := a.File(role)
		b := read(t, r, Served{File: *f})
		if bytes.Contains(b, []byte(secretPlace)) {
			t.Errorf("%s: metadata stayed", role)
		}
		name := filepath.Join(t.TempDir(), "x.mp4")
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := film.run(ctx, film.ffprobe, "-v", "error", "-select_streams", "v:0", "-show_entries", "stream=width,height", "-of", "csv=p=0", name)
		if err != nil || strings.TrimSpace(got) != want {
			t.Errorf("%s: %q %v", role, got, err)
		}
	}
	if f := a.File(RoleMain); f.Width != 960 || f.Height != 540 {
		t.Errorf("%+v", f)
	}
	// boxes without a film
	bad := r.receive(t, "bad.mp4", "video/mp4", clip())
	if err := r.Work(ctx, job.Run{}); err != nil {
		t.Fatal(err)
	}
	if bad, err = r.Get(ctx, r.editor, bad.ID); err != nil || bad.State != Refused {
		t.Errorf("%+v %v", bad, err)
	}
}

func FuzzBytes(f *testing.F) {
	f.Add(clip())
	f.Add([]byte("RIFF\x10\x00\x00\x00WEBPVP8L\x05\x00\x00\x00\x2f\x09\x00\x01\x00\x00"))
	f.Add(bomb(9, 9))
	f.Add([]byte("ID3\x04\x00\x10\x7f\x7f\x7f\x7f"))
	f.Add(withExif([]byte{0xFF, 0xD8, 0xFF, 0xD9}, 6))
	f.Fuzz(func(t *testing.T, b []byte) {
		name := filepath.Join(t.TempDir(), "in")
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
		file, err := os.OpenFile(name, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = file.Close() }()
		if _, err := sniff(file, int64(len(b))); err != nil {
			t.Fatal(err)
		}
		if turn, _ := orientation(file); len(b) > 0 && (turn < 1 || turn > 8) {
			t.Fatalf("turn %d", turn)
		}
		if from, to, err := mp3Body(file, int64(len(b))); err == nil && (from < 0 || to > int64(len(b)) || from >= to) {
			t.Fatalf("body %d…%d", from, to)
		}
		if out, w, h, err := webp(b); err == nil && (len(out) > len(b)+1 || w <= 0 || h <= 0) {
			t.Fatalf("webp %d bytes of %d", len(out), len(b))
		}
		_ = stripBoxes(file, int64(len(b))) // broken is as good as not
		if st, err := file.Stat(); err != nil || st.Size() != int64(len(b)) {
			t.Fatal("the length changed")
		}
	})
}
