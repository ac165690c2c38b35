// Command clip draws the episode «Дзвінок із банку» frame by frame with package canvas
// and has ffmpeg (Debian, libx264) make of it the files of content/media:
//
//	go run ./scripts/clip             call-from-bank.mp4, -small.mp4, .webp, .uk.vtt, .en.vtt
//	go run ./scripts/clip -look DIR   a PNG of every second, to look at
//
// Everything is of our own making: shapes, words, timing. Nothing is heard; all that
// matters is written on the picture and in the subtitles. The same ffmpeg gives the same
// bytes.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const (
	width, height = 1280, 720
	rate          = 12 // pictures a second
	name          = "call-from-bank"
)

func main() {
	to := flag.String("to", "content/media", "folder of the files")
	look := flag.String("look", "", "folder of single pictures; nothing else is made")
	flag.Parse()
	if err := run(*to, *look); err != nil {
		fmt.Fprintln(os.Stderr, "clip:", err)
		os.Exit(1)
	}
}

func run(to, look string) error {
	if look != "" {
		for s := range int(length() / time.Second) {
			if err := picture(filepath.Join(look, fmt.Sprintf("%02d.png", s)), time.Duration(s)*time.Second+time.Second/2); err != nil {
				return err
			}
		}
		return nil
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	if err := poster(filepath.Join(to, name+".webp")); err != nil {
		return err
	}
	for _, lang := range []string{"uk", "en"} {
		if err := os.WriteFile(filepath.Join(to, name+"."+lang+".vtt"), []byte(subtitles(lang)), 0o644); err != nil {
			return err
		}
	}
	for _, one := range []struct {
		file, size, crf string
	}{{name + ".mp4", "1280:720", "23"}, {name + "-small.mp4", "640:360", "28"}} {
		if err := film(filepath.Join(to, one.file), one.size, one.crf); err != nil {
			return err
		}
	}
	return nil
}

// picture draws one moment.
func picture(file string, at time.Duration) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	if err := draw(at).PNG(f); err != nil {
		_ = f.Close() // the other error tells more
		return err
	}
	return f.Close()
}

// poster makes the still that stands for the whole.
func poster(file string) error {
	cmd := exec.Command("ffmpeg", "-hide_banner", "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgba", "-s", fmt.Sprintf("%dx%d", width, height), "-i", "pipe:0",
		"-frames:v", "1", "-vf", "scale=960:540:flags=area,format=yuv420p", "-c:v", "libwebp", "-quality", "75", "-compression_level", "6", "-map_metadata", "-1", file)
	cmd.Stderr = os.Stderr
	cmd.Stdin = bytes.NewReader(draw(posterAt).Image().Pix)
	return cmd.Run()
}

// film feeds all pictures to ffmpeg.
func film(file, size, crf string) error {
	cmd := exec.Command("ffmpeg", "-hide_banner", "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgba", "-s", fmt.Sprintf("%dx%d", width, height), "-r", fmt.Sprint(rate), "-i", "pipe:0",
		"-vf", "scale="+size+":flags=area,format=yuv420p", "-c:v", "libx264", "-preset", "slow", "-tune", "animation", "-crf", crf, "-g", fmt.Sprint(5*rate), "-profile:v", "main", "-threads", "1",
		"-fflags", "+bitexact", "-flags:v", "+bitexact", "-map_metadata", "-1", "-movflags", "+faststart", file)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	for n := range int(length() * rate / time.Second) {
		if _, err := in.Write(draw(time.Duration(n) * time.Second / rate).Image().Pix); err != nil {
			break // ffmpeg says why
		}
	}
	if err := in.Close(); err != nil && err != io.ErrClosedPipe {
		return err
	}
	return cmd.Wait()
}

// subtitles writes WebVTT of what the scenes say.
func subtitles(lang string) string {
	var b strings.Builder
	b.WriteString("WEBVTT\n")
	at := time.Duration(0)
	for _, s := range scenes {
		text := s.says[0]
		if lang == "en" {
			text = s.says[1]
		}
		fmt.Fprintf(&b, "\n%s --> %s\n%s\n", clock(at+200*time.Millisecond), clock(at+s.lasts-200*time.Millisecond), text)
		at += s.lasts
	}
	return b.String()
}

func clock(d time.Duration) string {
	return fmt.Sprintf("%02d:%02d.%03d", int(d.Minutes()), int(d.Seconds())%60, d.Milliseconds()%1000)
}
