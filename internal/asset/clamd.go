package asset

import (
	"bufio"
	"context"
	"encoding/binary"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"osvitlo/internal/fault"
)

// Clamd is a ClamAV daemon, asked with INSTREAM (clamd(8)). It is safe for concurrent use.
type Clamd struct {
	network, address string
	timeout          time.Duration
}

// NewClamd makes the scanner of an address: "host:port", or the path of a socket. timeout
// bounds one file; 0 means five minutes.
func NewClamd(address string, timeout time.Duration) *Clamd {
	c := &Clamd{network: "tcp", address: address, timeout: timeout}
	if path, ok := strings.CutPrefix(address, "unix:"); ok || strings.HasPrefix(address, "/") {
		c.network, c.address = "unix", path
	}
	if c.timeout <= 0 {
		c.timeout = 5 * time.Minute
	}
	return c
}

// Scan implements Scanner. Errors: Unavailable when the daemon is away, refuses the file's
// size, or answers something else.
func (c *Clamd) Scan(ctx context.Context, file string) (virus string, err error) {
	defer fault.Wrap(&err, "asset.Scan")
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // only read
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, c.network, c.address)
	if err != nil {
		return "", fault.From(err, fault.Unavailable, "")
	}
	defer func() { _ = conn.Close() }() // the answer is read
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	sent := instream(conn, f)
	// A daemon that has had enough answers before the end and closes: its words say more
	// than the broken pipe.
	answer, err := bufio.NewReader(io.LimitReader(conn, 4096)).ReadString(0)
	answer = strings.TrimSpace(strings.TrimSuffix(answer, "\x00"))
	switch {
	case answer == "stream: OK" && sent == nil:
		return "", nil
	case strings.HasSuffix(answer, " FOUND"):
		return strings.TrimSuffix(strings.TrimPrefix(answer, "stream: "), " FOUND"), nil
	case answer != "":
		return "", fault.Newf(fault.Unavailable, "", "clamd: %.100q", answer)
	case sent != nil:
		return "", fault.From(sent, fault.Unavailable, "")
	}
	return "", fault.From(err, fault.Unavailable, "")
}

func instream(w io.Writer, r io.Reader) error {
	if _, err := io.WriteString(w, "zINSTREAM\x00"); err != nil {
		return err
	}
	chunk := make([]byte, 4+64<<10)
	for {
		n, err := io.ReadFull(r, chunk[4:])
		if n > 0 {
			binary.BigEndian.PutUint32(chunk, uint32(n))
			if _, err := w.Write(chunk[:4+n]); err != nil {
				return err
			}
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			_, err := w.Write([]byte{0, 0, 0, 0})
			return err
		}
		if err != nil {
			return err
		}
	}
}
