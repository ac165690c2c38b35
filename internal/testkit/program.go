package testkit

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Root is the top of the module, found from the working folder of the test.
func Root() (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		if _, serr := os.Stat(filepath.Join(dir, "go.mod")); serr == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			err = errors.New("testkit: no go.mod above the working folder")
		}
		dir = up
	}
	return "", err
}

// Build makes the binary in dir and returns its path. OSVITLO_E2E_BINARY names one
// that is built already, such as the one to be shipped.
func Build(ctx context.Context, dir string) (string, error) {
	if ready := os.Getenv("OSVITLO_E2E_BINARY"); ready != "" {
		return filepath.Abs(ready)
	}
	root, err := Root()
	if err != nil {
		return "", err
	}
	binary := filepath.Join(dir, "osvitlo")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", binary, "./cmd/osvitlo")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("testkit: build: %w\n%s", err, out)
	}
	return binary, nil
}

// Program is the binary running on its own data folder.
type Program struct {
	Site, Admin string        // addresses, such as http://127.0.0.1:41234
	Data        string        // data folder
	Ready       time.Duration // from start to the line that says it serves

	binary string
	extra  []string
	cmd    *exec.Cmd
	said   *tail
	ended  chan struct{}
	err    error // of Wait, once ended
}

// readyLine is printed by serve when it answers.
var readyLine = regexp.MustCompile(`^OSVITLO_READY site=(\S+) admin=(\S+)`)

// readyWithin bounds a start; a demo city is drawn in it.
const readyWithin = 2 * time.Minute

// Serve starts `osvitlo serve` on free loopback ports over the folder data. extra
// are further flags, such as --demo.
func Serve(binary, data string, extra ...string) (*Program, error) {
	p := &Program{Data: data, binary: binary, extra: extra}
	return p, p.start("127.0.0.1:0", "127.0.0.1:0")
}

// Again starts a program that ended at the same addresses on the same data.
func (p *Program) Again() error {
	select {
	case <-p.ended:
	default:
		return errors.New("testkit: the program still runs")
	}
	site, err := host(p.Site)
	if err != nil {
		return err
	}
	admin, err := host(p.Admin)
	if err != nil {
		return err
	}
	return p.start(site, admin)
}

func host(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	return u.Host, nil
}

func (p *Program) start(site, admin string) error {
	args := append([]string{"serve", "--listen", site, "--admin-listen", admin, "--data", p.Data}, p.extra...)
	p.cmd = exec.Command(p.binary, args...)
	p.cmd.Env = environment()
	p.said = &tail{}
	p.cmd.Stderr = p.said
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	began := time.Now()
	if err := p.cmd.Start(); err != nil {
		return fmt.Errorf("testkit: %w", err)
	}
	found := make(chan [2]string, 1)
	read := make(chan struct{})
	go func() {
		defer close(read)
		lines := bufio.NewScanner(out)
		lines.Buffer(make([]byte, 64<<10), 1<<20)
		for lines.Scan() {
			fmt.Fprintln(p.said, lines.Text())
			if m := readyLine.FindStringSubmatch(lines.Text()); m != nil {
				select {
				case found <- [2]string{m[1], m[2]}:
				default:
				}
			}
		}
		_, _ = io.Copy(io.Discard, out) // an overlong line must not stop the program
	}()
	cmd, ended := p.cmd, make(chan struct{})
	p.ended = ended
	go func() {
		<-read
		p.err = cmd.Wait()
		close(ended)
	}()
	select {
	case at := <-found:
		p.Site, p.Admin, p.Ready = at[0], at[1], time.Since(began)
		return nil
	case <-ended:
		return fmt.Errorf("testkit: the program ended before it was ready: %w\n%s", p.err, p.said)
	case <-time.After(readyWithin):
		return errors.Join(fmt.Errorf("testkit: not ready within %v\n%s", readyWithin, p.said), p.Kill())
	}
}

// environment is the child's: what a program needs to run and nothing that would
// configure it.
func environment() []string {
	var env []string
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "SSL_CERT_FILE", "GOCOVERDIR"} {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}

// Stop asks the program to end and waits for it. An exit code other than 0 is an error.
func (p *Program) Stop() error {
	if p == nil || p.ended == nil {
		return nil
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-p.ended:
		if p.err != nil {
			return fmt.Errorf("testkit: stopped with %w\n%s", p.err, p.said)
		}
		return nil
	case <-time.After(30 * time.Second):
		return errors.Join(fmt.Errorf("testkit: did not stop within 30 s\n%s", p.said), p.Kill())
	}
}

// Kill ends the program at once, as a power cut does.
func (p *Program) Kill() error {
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-p.ended
	return nil
}

// Said is the end of what the program wrote to its outputs.
func (p *Program) Said() string { return p.said.String() }

// Resident is the memory that the program holds now, in bytes.
func (p *Program) Resident() (int64, error) {
	raw, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(p.cmd.Process.Pid), "status"))
	if err != nil {
		return 0, err
	}
	for _, line := range strings.Split(string(raw), "\n") {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			return kb << 10, err
		}
	}
	return 0, errors.New("testkit: no VmRSS")
}

// FreePort is a loopback port that was free a moment ago.
func FreePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// tail keeps the last of what was written.
type tail struct {
	mu sync.Mutex
	b  []byte
}

const tailKept = 64 << 10

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.b = append(t.b, b...)
	if len(t.b) > tailKept {
		t.b = bytes.Clone(t.b[len(t.b)-tailKept:])
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.b)
}
