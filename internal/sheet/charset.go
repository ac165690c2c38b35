package sheet

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// Sniff tells what a file is by its first bytes: its format, and of a table in text the
// charset and the separator.
func Sniff(sample []byte) (format, charset, comma string) {
	trimmed := bytes.TrimLeft(bytes.TrimPrefix(sample, []byte("\xEF\xBB\xBF")), " \t\r\n")
	switch {
	case bytes.HasPrefix(sample, []byte("PK\x03\x04")):
		return XLSX, "", ""
	case bytes.HasPrefix(trimmed, []byte("{")):
		return JSON, UTF8, ""
	}
	charset = charsetOf(sample)
	text, err := io.ReadAll(Decode(bytes.NewReader(sample), charset))
	if err != nil {
		text = sample // decoders of a charset do not fail; the bytes are good enough to count separators
	}
	return CSV, charset, commaOf(string(text))
}

// charsetOf tells UTF-16 by its mark or its zeros, UTF-8 by its sequences (a few
// broken ones do not make it another), and takes the rest for Windows-1251.
func charsetOf(b []byte) string {
	switch {
	case bytes.HasPrefix(b, []byte("\xEF\xBB\xBF")):
		return UTF8
	case bytes.HasPrefix(b, []byte{0xFF, 0xFE}):
		return UTF16LE
	case bytes.HasPrefix(b, []byte{0xFE, 0xFF}):
		return UTF16BE
	}
	even, odd := 0, 0
	for i, c := range b {
		if c == 0 && i%2 == 0 {
			even++
		} else if c == 0 {
			odd++
		}
	}
	if n := len(b) / 16; odd > n && odd > 4*even {
		return UTF16LE
	} else if even > n && even > 4*odd {
		return UTF16BE
	}
	good, bad := 0, 0
	for rest := b; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		switch {
		case r == utf8.RuneError && size == 1:
			if len(rest) >= utf8.UTFMax { // the sample may cut the last letter
				bad++
			}
		case size > 1:
			good++
		}
		rest = rest[size:]
	}
	if bad == 0 || good > 4*bad {
		return UTF8
	}
	return CP1251
}

// Decode reads a text in a charset as UTF-8, without its mark.
func Decode(r io.Reader, charset string) io.Reader {
	var e encoding.Encoding
	switch charset {
	case UTF16LE:
		e = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case UTF16BE:
		e = unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	case CP1251:
		e = charmap.Windows1251
	default:
		return unicode.UTF8BOM.NewDecoder().Reader(r)
	}
	return e.NewDecoder().Reader(r)
}

// commaOf takes the separator that stands most evenly in the first lines.
func commaOf(text string) string {
	lines := strings.Split(text, "\n")
	if len(lines) > 20 {
		lines = lines[:20]
	}
	best, most := ";", 0
	for _, comma := range []string{";", "\t", ",", "|"} {
		head := countOutside(lines[0], comma[0])
		if head == 0 {
			continue
		}
		score := head
		for _, line := range lines[1:] {
			if countOutside(line, comma[0]) == head {
				score += head
			}
		}
		if score > most {
			best, most = comma, score
		}
	}
	return best
}

func countOutside(line string, comma byte) (n int) {
	quoted := false
	for i := range len(line) {
		switch {
		case line[i] == '"':
			quoted = !quoted
		case line[i] == comma && !quoted:
			n++
		}
	}
	return n
}
