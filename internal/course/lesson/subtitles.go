package lesson

import (
	"bytes"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// MaxSubtitles bounds a file of subtitles in bytes: words of a film of two hours are
// about a third of it.
const MaxSubtitles = 256 << 10

// Cue is what is written on the picture of a film from one moment to another.
type Cue struct {
	From, To time.Duration
	Text     string // lines, as written
}

// BadSubtitles says what is wrong with a file of subtitles and in which line, from 1.
type BadSubtitles struct {
	Line int
	What string // "form" no subtitles at all, "size", "letters" not UTF-8, "time", "order", "empty", "style"
}

// Error names the line.
func (b *BadSubtitles) Error() string {
	return "line " + strconv.Itoa(b.Line) + ": " + map[string]string{
		"form": "these are no subtitles: the file begins with WEBVTT and has a cue", "size": "the file is too large", "letters": "the letters are not UTF-8",
		"time": "a time is written as 00:01.000 --> 00:04.000", "order": "a cue ends before it begins, or begins before the one above", "empty": "a cue has no words",
		"style": "styles and regions are not taken",
	}[b.What]
}

// ReadSubtitles reads WebVTT (W3C, section 4): cues with their times in order, notes are
// left out. It refuses styles and regions, which subtitles of a lesson do not need. The
// error is a *BadSubtitles.
func ReadSubtitles(raw []byte) ([]Cue, error) {
	if len(raw) > MaxSubtitles {
		return nil, &BadSubtitles{1, "size"}
	}
	if !utf8.Valid(raw) || bytes.IndexByte(raw, 0) >= 0 {
		return nil, &BadSubtitles{1, "letters"}
	}
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.TrimPrefix(string(raw), "\uFEFF"))
	lines := strings.Split(text, "\n")
	if head := lines[0]; head != "WEBVTT" && !strings.HasPrefix(head, "WEBVTT ") && !strings.HasPrefix(head, "WEBVTT\t") {
		return nil, &BadSubtitles{1, "form"}
	}
	var cues []Cue
	at := 1
	for ; at < len(lines) && lines[at] != ""; at++ { // head
	}
	for at < len(lines) {
		if lines[at] == "" {
			at++
			continue
		}
		block := at
		for at < len(lines) && lines[at] != "" {
			at++
		}
		cue := lines[block:at]
		switch word := strings.TrimSpace(cue[0]); {
		case word == "NOTE" || strings.HasPrefix(word, "NOTE "):
			continue
		case word == "STYLE" || word == "REGION":
			return nil, &BadSubtitles{block + 1, "style"}
		}
		if !strings.Contains(cue[0], "-->") { // its name
			cue, block = cue[1:], block+1
		}
		if len(cue) == 0 || !strings.Contains(cue[0], "-->") {
			return nil, &BadSubtitles{block + 1, "time"}
		}
		from, rest, _ := strings.Cut(cue[0], "-->")
		to, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
		one := Cue{Text: strings.Join(cue[1:], "\n")}
		var ok1, ok2 bool
		one.From, ok1 = cueTime(strings.TrimSpace(from))
		one.To, ok2 = cueTime(to)
		switch {
		case !ok1 || !ok2:
			return nil, &BadSubtitles{block + 1, "time"}
		case one.To <= one.From || len(cues) > 0 && one.From < cues[len(cues)-1].From:
			return nil, &BadSubtitles{block + 1, "order"}
		case strings.TrimSpace(one.Text) == "":
			return nil, &BadSubtitles{block + 1, "empty"}
		}
		cues = append(cues, one)
	}
	if len(cues) == 0 {
		return nil, &BadSubtitles{1, "form"}
	}
	return cues, nil
}

// cueTime reads mm:ss.ttt or hh:mm:ss.ttt.
func cueTime(s string) (time.Duration, bool) {
	clock, thousandths, ok := strings.Cut(s, ".")
	if !ok || len(thousandths) != 3 {
		return 0, false
	}
	parts := strings.Split(clock, ":")
	if len(parts) == 2 {
		parts = append([]string{"00"}, parts...)
	}
	if len(parts) != 3 || len(parts[1]) != 2 || len(parts[2]) != 2 || len(parts[0]) < 2 || len(parts[0]) > 3 {
		return 0, false
	}
	var n [4]int
	for i, p := range append(parts, thousandths) {
		v, err := strconv.ParseUint(p, 10, 16)
		if err != nil || (i == 1 || i == 2) && v > 59 {
			return 0, false
		}
		n[i] = int(v)
	}
	return time.Duration(n[0])*time.Hour + time.Duration(n[1])*time.Minute + time.Duration(n[2])*time.Second + time.Duration(n[3])*time.Millisecond, true
}
