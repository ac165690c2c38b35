package asset

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"osvitlo/internal/fault"
)

// Film makes renditions of video, and WebP of pictures, with ffmpeg. It runs without a shell, reads one file of
// a format that we have found ourselves, may open no network, and has a time limit.
type Film struct {
	ffmpeg, ffprobe string
	timeout         time.Duration
}

// FindFilm looks for ffmpeg and ffprobe on the path; nil when one is not there. timeout
// bounds one run; 0 means 30 minutes.
func FindFilm(timeout time.Duration) *Film {
	mpeg, err := exec.LookPath("ffmpeg")
	if err != nil {
		return nil
	}
	probe, err := exec.LookPath("ffprobe")
	if err != nil {
		return nil
	}
	return NewFilm(mpeg, probe, timeout)
}

// NewFilm names the two programs.
func NewFilm(ffmpeg, ffprobe string, timeout time.Duration) *Film {
	if timeout <= 0 {
		timeout = 30 * time.Minute
	}
	return &Film{ffmpeg, ffprobe, timeout}
}

// maxSeconds bounds a video: two hours.
const maxSeconds = 7200

// film is what ffmpeg made, as files of a folder.
type film struct {
	full, small, poster string
	sizes               [2][2]int // width and height of full and small
	seconds             float64
}

// make makes the two renditions, with even loudness (EBU R 128, -16 LUFS for small
// loudspeakers) and no metadata, and a still from the second second.
func (m *Film) make(ctx context.Context, in, kind, dir string) (out film, err error) {
	defer fault.Wrap(&err, "asset.Film")
	format := "mov"
	if kind == "video/webm" {
		format = "matroska"
	}
	ctx, cancel := context.WithTimeout(ctx, m.timeout)
	defer cancel()
	text, err := m.run(ctx, m.ffprobe, "-v", "error", "-protocol_whitelist", "file", "-f", format, "-select_streams", "v:0",
		"-show_entries", "stream=width,height:format=duration", "-of", "default=noprint_wrappers=1", in)
	if err != nil {
		return out, err
	}
	of := map[string]string{}
	for line := range strings.Lines(text) {
		if k, v, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			of[k] = v
		}
	}
	w, _ := strconv.Atoi(of["width"])
	h, _ := strconv.Atoi(of["height"])
	out.seconds, _ = strconv.ParseFloat(of["duration"], 64)
	if w <= 0 || h <= 0 || int64(w)*int64(h) > MaxPixels || !(out.seconds >= 0 && out.seconds <= maxSeconds) {
		return out, errBroken
	}
	input := []string{"-nostdin", "-hide_banner", "-loglevel", "error", "-y", "-threads", "1", "-max_pixels", strconv.Itoa(MaxPixels),
		"-protocol_whitelist", "file", "-f", format, "-i", in}
	for i, r := range []struct {
		name       string
		side       int
		crf, sound string
	}{{"full.mp4", 720, "24", "96k"}, {"small.mp4", 360, "30", "48k"}} {
		name := filepath.Join(dir, r.name)
		// The shorter side shrinks to the bound and never grows; both stay even for H.264.
		scale := fmt.Sprintf("scale=w='if(gt(iw,ih),-2,2*trunc(min(%d,iw)/2))':h='if(gt(iw,ih),2*trunc(min(%d,ih)/2),-2)'", r.side, r.side)
		if _, err := m.run(ctx, m.ffmpeg, append(input[:len(input):len(input)], "-map", "0:v:0", "-map", "0:a:0?", "-map_metadata", "-1", "-map_chapters", "-1",
			"-vf", scale, "-c:v", "libx264", "-preset", "veryfast", "-crf", r.crf, "-pix_fmt", "yuv420p", "-threads", "1",
			"-c:a", "aac", "-b:a", r.sound, "-ac", "2", "-af", "loudnorm=I=-16:TP=-1.5:LRA=11", "-ar", "44100",
			"-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", "-movflags", "+faststart", "-t", strconv.Itoa(maxSeconds), "-fs", strconv.FormatInt(Video.Limit(), 10), name)...); err != nil {
			return out, err
		}
		out.sizes[i] = shrunk(w, h, r.side)
		if i == 0 {
			out.full = name
		} else {
			out.small = name
		}
	}
	out.poster = filepath.Join(dir, "poster.jpg")
	_, err = m.run(ctx, m.ffmpeg, append([]string{"-ss", strconv.FormatFloat(min(1, out.seconds/2), 'f', 2, 64)}, append(input[:len(input):len(input)],
		"-map", "0:v:0", "-frames:v", "1", "-vf", "scale='min(1280,iw)':-2", "-q:v", "3", out.poster)...)...)
	return out, err
}

// shrunk tells the size that the scale filter makes.
func shrunk(w, h, side int) [2]int {
	even := func(x, of, by int) int { return max(2, 2*((x*of/by+1)/2)) }
	if w > h {
		to := min(side, h) / 2 * 2
		return [2]int{even(w, to, h), to}
	}
	to := min(side, w) / 2 * 2
	return [2]int{to, even(h, to, w)}
}

// webp draws a picture as WebP of quality 80, which is a quarter to a half smaller than
// JPEG and far smaller than PNG. Errors: Unavailable where this ffmpeg has no libwebp.
func (m *Film) webp(ctx context.Context, src *image.RGBA, dir string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, min(m.timeout, pictureTime))
	defer cancel()
	out := filepath.Join(dir, "out.webp")
	straight := image.NewNRGBA(src.Rect) // ffmpeg knows colours that are not multiplied by their cover
	draw.Draw(straight, straight.Rect, src, src.Rect.Min, draw.Src)
	_, err := m.feed(ctx, bytes.NewReader(straight.Pix), m.ffmpeg, "-nostdin", "-hide_banner", "-loglevel", "error", "-y", "-threads", "1",
		"-protocol_whitelist", "file,pipe", "-f", "rawvideo", "-pix_fmt", "rgba", "-video_size", fmt.Sprintf("%dx%d", src.Rect.Dx(), src.Rect.Dy()), "-i", "pipe:0",
		"-frames:v", "1", "-c:v", "libwebp", "-pix_fmt", map[bool]string{true: "yuv420p", false: "yuva420p"}[straight.Opaque()],
		"-quality", "80", "-compression_level", "5", "-map_metadata", "-1", "-f", "webp", out)
	if errors.Is(err, errBroken) {
		return nil, fault.From(err, fault.Unavailable, "")
	}
	if err != nil {
		return nil, err
	}
	return os.ReadFile(out)
}

// unwebp reads a still WebP, for which the program has no decoder, into a PNG beside it.
func (m *Film) unwebp(ctx context.Context, in, dir string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, min(m.timeout, pictureTime))
	defer cancel()
	out := filepath.Join(dir, "in.png")
	_, err := m.run(ctx, m.ffmpeg, "-nostdin", "-hide_banner", "-loglevel", "error", "-y", "-threads", "1", "-max_pixels", strconv.Itoa(MaxPixels),
		"-protocol_whitelist", "file", "-f", "webp_pipe", "-i", in, "-frames:v", "1", "-map_metadata", "-1", "-c:v", "png", "-f", "image2", out)
	return out, err
}

// pictureTime bounds the work on one width of a picture.
const pictureTime = 30 * time.Second

// run runs a program and returns what it printed, 64 kB at most. A program that fails by
// itself found the file broken; one that was stopped did not.
func (m *Film) run(ctx context.Context, name string, args ...string) (string, error) {
	return m.feed(ctx, nil, name, args...)
}

// feed is run with what the program reads.
func (m *Film) feed(ctx context.Context, in io.Reader, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdin = in
	cmd.Env = []string{"LC_ALL=C"}
	cmd.WaitDelay = 5 * time.Second
	var out, said bounded
	cmd.Stdout, cmd.Stderr = &out, &said
	err := cmd.Run()
	switch {
	case err == nil:
		return out.String(), nil
	case ctx.Err() != nil:
		return "", fault.From(ctx.Err(), fault.Unavailable, "")
	case cmd.ProcessState == nil:
		return "", fault.From(err, fault.Unavailable, "")
	}
	return "", fmt.Errorf("%w: %.300q", errBroken, said.String())
}

// bounded keeps the first 64 kB.
type bounded struct{ bytes.Buffer }

func (b *bounded) Write(p []byte) (int, error) {
	if room := 64<<10 - b.Len(); room > 0 {
		b.Buffer.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}
