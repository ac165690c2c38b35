package page

import (
	"io"
	"net/http"
	"os"
	"time"
)

const (
	patience = time.Minute // how long a reader may take for one piece
	piece    = 256 << 10   // bytes: a line of 50 kbit/s takes one in that time
	// firstPiece is enough for a compressing writer to decide that it does not.
	firstPiece = 4 << 10
)

// Patient writes something long: a film takes longer than a page. What stops it is a
// reader who takes nothing for a minute, not the time of the whole. Of a reader that
// answers to File the bytes go from the file to the line without passing the program.
func Patient(w http.ResponseWriter) http.ResponseWriter {
	return &patient{ResponseWriter: w, control: http.NewResponseController(w)}
}

// filed is a reader that stands at the right place of a file; nil when it does not.
type filed interface{ File() *os.File }

// patient moves the deadline with every piece that is taken.
type patient struct {
	http.ResponseWriter
	control *http.ResponseController
	next    time.Time
}

func (p *patient) wait() {
	if now := time.Now(); now.After(p.next) {
		_ = p.control.SetWriteDeadline(now.Add(patience)) // a writer that cannot keeps the server's
		p.next = now.Add(patience / 4)
	}
}

func (p *patient) Write(b []byte) (int, error) {
	p.wait()
	return p.ResponseWriter.Write(b)
}

// ReadFrom implements io.ReaderFrom. The first piece goes the usual way: then every
// writer around this one has sent its head and decided whether it changes the bytes.
func (p *patient) ReadFrom(src io.Reader) (n int64, err error) {
	if n, err = io.CopyN(onlyWriter{p}, src, firstPiece); err != nil {
		if err == io.EOF {
			err = nil
		}
		return n, err
	}
	all, ok := src.(*io.LimitedReader)
	if ok {
		if of, ok := all.R.(filed); ok && p.Header().Get("Content-Encoding") == "" {
			if file, line := of.File(), under(p.ResponseWriter); file != nil && line != nil {
				more, err := p.send(line, file, all)
				return n + more, err
			}
		}
	}
	more, err := io.Copy(onlyWriter{p}, src)
	return n + more, err
}

// send has the system copy a file to the line, piece by piece.
func (p *patient) send(line io.ReaderFrom, file *os.File, all *io.LimitedReader) (n int64, err error) {
	for all.N > 0 {
		p.wait()
		got, err := line.ReadFrom(&io.LimitedReader{R: file, N: min(piece, all.N)})
		n, all.N = n+got, all.N-got
		if err != nil || got == 0 {
			return n, err
		}
	}
	return n, nil
}

// under is the server's own writer below those around it; nil when it is not known.
func under(w http.ResponseWriter) io.ReaderFrom {
	for {
		inner, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			line, _ := w.(io.ReaderFrom)
			return line
		}
		w = inner.Unwrap()
	}
}

// onlyWriter hides everything but Write.
type onlyWriter struct{ io.Writer }
