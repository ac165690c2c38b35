package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// play takes sittings over one connection until end and returns how long each
// request took that began after warm, and how many were sent in all. The first skip requests are not measured: they
// bring people out of step.
func play(addr string, s *script, skip int, warm, end time.Time) (took []time.Duration, sent int, err error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, 0, err
	}
	defer conn.Close()
	p := &player{conn: conn, r: bufio.NewReaderSize(conn, 32<<10)}
	for {
		p.id, p.cookies = "", ""
		for i, st := range s.steps {
			start := time.Now()
			if start.After(end) {
				return took, sent, nil
			}
			sent++
			if err := p.send(st); err != nil {
				return nil, sent, fmt.Errorf("request %d, %s %s: %w", i, st.method, st.path, err)
			}
			if skip > 0 {
				skip--
				continue
			}
			if start.After(warm) {
				took = append(took, time.Since(start))
			}
		}
	}
}

type player struct {
	conn    net.Conn
	r       *bufio.Reader
	buf     []byte
	id      string
	cookies string
}

// heading is what the player needs of an answer's head.
type heading struct {
	status   int
	location string
	length   int64
	chunked  bool
}

// answer reads one answer to its end, as light as can be: the cores are the server's.
func (p *player) answer() (h heading, err error) {
	line, err := p.r.ReadSlice('\n')
	if err != nil || len(line) < 12 {
		return h, errors.Join(err, fmt.Errorf("no status line: %q", line))
	}
	if h.status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return h, err
	}
	for {
		if line, err = p.r.ReadSlice('\n'); err != nil {
			return h, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		if v, ok := bytes.CutPrefix(line, []byte("Location: ")); ok {
			h.location = string(v)
		} else if v, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			if h.length, err = strconv.ParseInt(string(v), 10, 64); err != nil {
				return h, err
			}
		} else if bytes.Equal(line, []byte("Transfer-Encoding: chunked")) {
			h.chunked = true
		} else if v, ok := bytes.CutPrefix(line, []byte("Set-Cookie: ")); ok {
			pair, _, _ := strings.Cut(string(v), ";")
			if p.cookies != "" {
				p.cookies += "; "
			}
			p.cookies += pair
		}
	}
	if !h.chunked {
		_, err = p.r.Discard(int(h.length))
		return h, err
	}
	for {
		if line, err = p.r.ReadSlice('\n'); err != nil {
			return h, err
		}
		size, err := strconv.ParseInt(string(bytes.TrimRight(line, "\r\n")), 16, 32)
		if err != nil {
			return h, err
		}
		if _, err := p.r.Discard(int(size) + 2); err != nil || size == 0 {
			return h, err
		}
	}
}

// send writes one request and reads its answer, which must be the one written down.
func (p *player) send(st step) error {
	b := append(p.buf[:0], st.method...)
	b = append(b, ' ')
	b = append(b, strings.Replace(st.path, idMark, p.id, 1)...)
	b = append(b, " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Language: uk\r\nAccept-Encoding: gzip\r\n"...)
	if p.cookies != "" {
		b = append(append(append(b, "Cookie: "...), p.cookies...), "\r\n"...)
	}
	if st.method == http.MethodPost {
		b = append(b, "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "...)
		b = append(strconv.AppendInt(b, int64(len(st.body)), 10), "\r\n\r\n"...)
		b = append(b, st.body...)
	} else {
		b = append(b, "\r\n"...)
	}
	p.buf = b
	if _, err := p.conn.Write(b); err != nil {
		return err
	}
	head, err := p.answer()
	if err != nil {
		return err
	}
	if head.status != st.status {
		return fmt.Errorf("status %d, want %d", head.status, st.status)
	}
	next := head.location
	if p.id == "" {
		p.id = uuids.FindString(next)
	}
	if want := strings.Replace(st.next, idMark, p.id, 1); next != want {
		return fmt.Errorf("leads to %q, want %q", next, want)
	}
	return nil
}
