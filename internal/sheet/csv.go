package sheet

import (
	"bufio"
	"errors"
	"io"
	"iter"
	"strings"

	"osvitlo/internal/fault"
)

// ReadCSV streams the rows of a table in text. A row that cannot be read says so and the
// next one is read: an open quote does not swallow the file. Errors: Invalid.
func ReadCSV(r io.Reader, charset, comma string) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		if len(comma) != 1 {
			yield(Row{}, fault.InvalidFields(fault.Field{Pointer: "comma", Key: "sheet.comma"}))
			return
		}
		in := &lines{r: bufio.NewReaderSize(Decode(r, charset), 64<<10)}
		for n := 1; ; n++ {
			text, err := in.next()
			if errors.Is(err, io.EOF) {
				return
			}
			if errors.Is(err, errLongLine) {
				if !yield(Row{N: n, Broken: "sheet.row_long"}, nil) {
					return
				}
				continue
			}
			if err != nil {
				yield(Row{}, fault.From(err, fault.Invalid, "sheet.read"))
				return
			}
			cells, open := split(text, comma[0])
			if open {
				cells, open = in.join(text, comma[0])
			}
			one := Row{N: n, Cells: cells}
			if open {
				one.Broken = "sheet.row_quote"
			}
			if len(cells) == 1 && strings.TrimSpace(cells[0]) == "" {
				continue // an empty line is no row, but it is counted
			}
			if !yield(one, nil) {
				return
			}
		}
	}
}

var errLongLine = errors.New("a line is too long")

// lines reads lines and can take back those it has read ahead.
type lines struct {
	r    *bufio.Reader
	back []line
}

// line is a line that was read ahead, or why it could not be.
type line struct {
	text string
	err  error
}

func (l *lines) next() (string, error) {
	if len(l.back) > 0 {
		one := l.back[0]
		l.back = l.back[1:]
		return one.text, one.err
	}
	var b []byte
	long := false
	for {
		part, err := l.r.ReadSlice('\n')
		if len(b)+len(part) > maxLine {
			long = true
		} else {
			b = append(b, part...)
		}
		switch {
		case err == nil:
			if long {
				return "", errLongLine
			}
			return strings.TrimRight(string(b), "\r\n"), nil
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(b) > 0 && !long:
			return strings.TrimRight(string(b), "\r\n"), nil
		case errors.Is(err, io.EOF) && long:
			return "", errLongLine
		default:
			return "", err
		}
	}
}

// join tries to close a quote with the following lines; if none closes it they are read
// again as rows of their own.
func (l *lines) join(text string, comma byte) (cells []string, open bool) {
	var ahead []line
	whole := text
	for range maxJoined {
		next, err := l.next()
		if errors.Is(err, io.EOF) {
			break
		}
		ahead = append(ahead, line{next, err})
		if err != nil {
			break // a line that is too long: the quote stays open, and the line is met again
		}
		if whole += "\n" + next; len(whole) > maxLine {
			break
		}
		if cells, open = split(whole, comma); !open {
			return cells, false
		}
	}
	l.back = append(ahead, l.back...)
	cells, _ = split(text, comma)
	return cells, true
}

// split cuts a row into cells; open says that a quote was not closed.
func split(text string, comma byte) (cells []string, open bool) {
	var b strings.Builder
	quoted, start := false, true
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quoted && c == '"' && i+1 < len(text) && text[i+1] == '"':
			b.WriteByte('"')
			i++
		case quoted && c == '"':
			quoted = false
		case quoted:
			b.WriteByte(c)
		case c == '"' && start:
			quoted, start = true, false
		case c == comma:
			cells = append(cells, b.String())
			b.Reset()
			start = true
			if len(cells) > MaxColumns {
				return cells, false
			}
		default:
			b.WriteByte(c)
			if c != ' ' {
				start = false
			}
		}
	}
	return append(cells, b.String()), quoted
}
