package lesson

import (
	"errors"
	"strings"
	"testing"
	"time"
)

const soundSubtitles = "WEBVTT\n\nNOTE a note\n\n1\n00:00.000 --> 00:02.500 line:80%\nДзвонить телефон.\n\n00:00:02.500 --> 00:01:05.000\nДва\nрядки\n"

func TestReadSubtitles(t *testing.T) {
	t.Parallel()
	cues, err := ReadSubtitles([]byte("\uFEFF" + strings.ReplaceAll(soundSubtitles, "\n", "\r\n")))
	if err != nil || len(cues) != 2 || cues[0].To != 2500*time.Millisecond || cues[1].To != 65*time.Second || cues[1].Text != "Два\nрядки" {
		t.Fatalf("%+v %v", cues, err)
	}
	for _, one := range []struct {
		text, what string
		line       int
	}{
		{"", "form", 1},
		{"1\n00:00:01,000 --> 00:00:02,000\nSRT\n", "form", 1},
		{"WEBVTT\n", "form", 1},
		{"WEBVTT\n\n00:01.000 -> 00:02.000\nтак\n", "time", 4},
		{"WEBVTT\n\n00:01,000 --> 00:02,000\nтак\n", "time", 3},
		{"WEBVTT\n\n00:61.000 --> 01:02.000\nтак\n", "time", 3},
		{"WEBVTT\n\n00:03.000 --> 00:02.000\nтак\n", "order", 3},
		{"WEBVTT\n\n00:03.000 --> 00:04.000\nтак\n\n00:01.000 --> 00:02.000\nні\n", "order", 6},
		{"WEBVTT\n\n00:03.000 --> 00:04.000\n", "empty", 3},
		{"WEBVTT\n\nSTYLE\n::cue { color: red }\n", "style", 3},
		{"WEBVTT\n\n00:03.000 --> 00:04.000\n\xff\n", "letters", 1},
		{"WEBVTT\n" + strings.Repeat("x", MaxSubtitles), "size", 1},
	} {
		var bad *BadSubtitles
		if _, err := ReadSubtitles([]byte(one.text)); !errors.As(err, &bad) || bad.What != one.what || bad.Line != one.line {
			t.Errorf("%.60q: %v, want %s in line %d", one.text, err, one.what, one.line)
		} else if strings.HasSuffix(bad.Error(), ": ") {
			t.Errorf("%s has no words", bad.What)
		}
	}
}

func FuzzSubtitles(f *testing.F) {
	f.Add([]byte(soundSubtitles))
	f.Add([]byte("WEBVTT\n\n-->"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		cues, err := ReadSubtitles(raw)
		if (err == nil) != (len(cues) > 0) {
			t.Fatalf("%d cues, %v", len(cues), err)
		}
		for _, c := range cues {
			if c.To <= c.From || c.Text == "" {
				t.Fatalf("%+v", c)
			}
		}
	})
}
