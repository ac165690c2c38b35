package notify_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/job"
	"osvitlo/internal/notify"
	"osvitlo/internal/person/vault"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
)

var noon = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)

type rig struct {
	engine store.Engine
	outbox *job.Outbox
	ring   *vault.Ring
	mu     sync.Mutex
	t      time.Time
}

func (r *rig) now() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.t
}

func (r *rig) pass(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.t = r.t.Add(d)
}

func newRig(t *testing.T) *rig {
	t.Helper()
	ctx := context.Background()
	e, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(t.TempDir(), "t.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	if err := e.Migrate(ctx, append(job.Specs(), notify.Specs()...)); err != nil {
		t.Fatal(err)
	}
	r := &rig{engine: e, t: noon}
	if r.outbox, err = job.NewOutbox(e, "test", nil, r.now); err != nil {
		t.Fatal(err)
	}
	if r.ring, err = vault.New([]vault.Key{{ID: "a", Secret: make([]byte, 32)}}); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *rig) post(t *testing.T, s notify.Sender) *notify.Post {
	t.Helper()
	p, err := notify.New(r.outbox, r.ring, s, r.now)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var letter = notify.Mail{ID: "code:1", To: "Olena@Example.org", Subject: "Ваш код для входу", Text: "Код: 482 913\nДіє 10 хвилин.", Lang: "uk"}

func TestTheDemoInboxShowsWhatWasSentOnce(t *testing.T) {
	t.Parallel()
	ctx, r := context.Background(), newRig(t)
	inbox, err := notify.NewInbox(r.engine, r.now)
	if err != nil {
		t.Fatal(err)
	}
	p := r.post(t, inbox)
	for range 2 {
		if err := p.Queue(ctx, letter); err != nil {
			t.Fatal(err)
		}
		if _, err := r.outbox.Work(ctx); err != nil {
			t.Fatal(err)
		}
		if err := inbox.Send(ctx, letter); err != nil { // handed over again after a lost acknowledgement
			t.Fatal(err)
		}
	}
	page, err := inbox.List(ctx, "", 10)
	if err != nil || len(page.Items) != 1 || page.Items[0].To != "olena@example.org" || page.Items[0].Text != letter.Text {
		t.Fatalf("%+v, %v", page.Items, err)
	}
	r.pass(8 * 24 * time.Hour)
	if n, err := inbox.Sweep(ctx); err != nil || n != 1 {
		t.Fatalf("swept %d, %v", n, err)
	}
}

func TestWhatWaitsIsSealed(t *testing.T) {
	t.Parallel()
	ctx, r := context.Background(), newRig(t)
	inbox, _ := notify.NewInbox(r.engine, r.now)
	if err := r.post(t, inbox).Queue(ctx, letter); err != nil {
		t.Fatal(err)
	}
	raw, err := r.engine.Raw(job.OutboxSpec)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := raw.Get(ctx, letter.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, open := range []string{"olena", "482", "код"} {
		if strings.Contains(strings.ToLower(string(doc.Body)), open) {
			t.Fatalf("%q stands open in %s", open, doc.Body)
		}
	}
}

func TestWithoutAServerNothingIsDroppedInSilence(t *testing.T) {
	t.Parallel()
	p := newRig(t).post(t, nil)
	if err := p.Queue(context.Background(), letter); !fault.Is(err, fault.Unavailable) || p.Ready() {
		t.Fatalf("got %v", err)
	}
}

func TestBadMailsAreRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	inbox, _ := notify.NewInbox(r.engine, r.now)
	p := r.post(t, inbox)
	for name, change := range map[string]func(*notify.Mail){
		"a second header":  func(m *notify.Mail) { m.Subject = "x\r\nBcc: a@b.co" },
		"a second address": func(m *notify.Mail) { m.To = "a@b.co, c@d.co" },
		"a look-alike":     func(m *notify.Mail) { m.To = "оlena@example.org" },
		"no id":            func(m *notify.Mail) { m.ID = "" },
		"no text":          func(m *notify.Mail) { m.Text = "" },
		"too long":         func(m *notify.Mail) { m.Text = strings.Repeat("a", notify.MaxText+1) },
	} {
		m := letter
		change(&m)
		if err := p.Queue(context.Background(), m); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAMailPastItsEndIsNotSent(t *testing.T) {
	t.Parallel()
	ctx, r := context.Background(), newRig(t)
	inbox, _ := notify.NewInbox(r.engine, r.now)
	m := letter
	m.Expires = noon.Add(10 * time.Minute)
	if err := r.post(t, inbox).Queue(ctx, m); err != nil {
		t.Fatal(err)
	}
	r.pass(11 * time.Minute)
	if _, err := r.outbox.Work(ctx); err != nil {
		t.Fatal(err)
	}
	if page, err := inbox.List(ctx, "", 10); err != nil || len(page.Items) != 0 {
		t.Fatalf("sent: %+v, %v", page.Items, err)
	}
	if dead, err := r.outbox.Dead(ctx, "", 10); err != nil || len(dead.Items) != 1 {
		t.Fatalf("dead: %+v, %v", dead.Items, err)
	}
}

// server is a mail server that speaks just enough SMTP. answer gives the code for
// the n-th DATA.
func server(t *testing.T, answer func(n int) string) (port int, got func() []string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	var mu sync.Mutex
	var mails []string
	n := 0
	talk := func(c net.Conn) {
		defer func() { _ = c.Close() }()
		in := bufio.NewReader(c)
		say := func(s string) { _, _ = fmt.Fprintf(c, "%s\r\n", s) }
		say("220 test")
		for {
			line, err := in.ReadString('\n')
			if err != nil {
				return
			}
			switch verb := strings.ToUpper(strings.TrimSpace(line)); {
			case strings.HasPrefix(verb, "EHLO"):
				say("250-test\r\n250 8BITMIME")
			case strings.HasPrefix(verb, "DATA"):
				say("354 go")
				var body strings.Builder
				for {
					line, err := in.ReadString('\n')
					if err != nil {
						return
					}
					if line == ".\r\n" {
						break
					}
					body.WriteString(line)
				}
				mu.Lock()
				n++
				reply := answer(n)
				if strings.HasPrefix(reply, "250") {
					mails = append(mails, body.String())
				}
				mu.Unlock()
				say(reply)
			case strings.HasPrefix(verb, "QUIT"):
				say("221 bye")
				return
			default:
				say("250 ok")
			}
		}
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go talk(c)
		}
	}()
	return l.Addr().(*net.TCPAddr).Port, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return append([]string(nil), mails...)
	}
}

func sender(t *testing.T, port int) *notify.SMTP {
	t.Helper()
	s, err := notify.NewSMTP(notify.SMTPConfig{Host: "127.0.0.1", Port: port, TLS: notify.Plain, From: "noreply@example.org", FromName: "Освітло", Timeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAMailReachesTheServerAndARetryIsTheSameMessage(t *testing.T) {
	t.Parallel()
	ctx, r := context.Background(), newRig(t)
	port, got := server(t, func(n int) string {
		if n == 1 {
			return "451 try later"
		}
		return "250 taken"
	})
	s := sender(t, port)
	p := r.post(t, s)
	if err := p.Queue(ctx, letter); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := r.outbox.Work(ctx); err != nil {
			t.Fatal(err)
		}
		r.pass(time.Minute)
	}
	if err := s.Send(ctx, letter); err != nil {
		t.Fatal(err)
	}
	mails := got()
	if len(mails) != 2 {
		t.Fatalf("%d mails", len(mails))
	}
	id := func(m string) string {
		for line := range strings.SplitSeq(m, "\r\n") {
			if strings.HasPrefix(line, "Message-ID:") {
				return line
			}
		}
		return ""
	}
	if id(mails[0]) == "" || id(mails[0]) != id(mails[1]) {
		t.Fatalf("ids %q and %q", id(mails[0]), id(mails[1]))
	}
	if !strings.Contains(mails[0], "<olena@example.org>") || strings.Contains(mails[0], "Bcc") {
		t.Fatalf("mail %s", mails[0])
	}
}

func TestARefusalForGoodIsADeadLetterAtOnce(t *testing.T) {
	t.Parallel()
	ctx, r := context.Background(), newRig(t)
	port, _ := server(t, func(int) string { return "550 no such box" })
	if err := r.post(t, sender(t, port)).Queue(ctx, letter); err != nil {
		t.Fatal(err)
	}
	if _, err := r.outbox.Work(ctx); err != nil {
		t.Fatal(err)
	}
	if dead, err := r.outbox.Dead(ctx, "", 10); err != nil || len(dead.Items) != 1 || dead.Items[0].Try != 1 {
		t.Fatalf("dead: %+v, %v", dead.Items, err)
	}
}

func TestConfigurationOfTheServerIsChecked(t *testing.T) {
	t.Parallel()
	good := notify.SMTPConfig{Host: "mail.example.org", Port: 587, From: "a@example.org"}
	if _, err := notify.NewSMTP(good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*notify.SMTPConfig){
		"plain abroad": func(c *notify.SMTPConfig) { c.TLS = notify.Plain },
		"unknown TLS":  func(c *notify.SMTPConfig) { c.TLS = "maybe" },
		"no sender":    func(c *notify.SMTPConfig) { c.From = "" },
		"bad port":     func(c *notify.SMTPConfig) { c.Port = 70000 },
		"no host":      func(c *notify.SMTPConfig) { c.Host = "" },
	} {
		c := good
		change(&c)
		if _, err := notify.NewSMTP(c); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNobodyIsWrittenToAtNight(t *testing.T) {
	t.Parallel()
	for hour, quiet := range map[int]bool{0: true, 7: true, 8: false, 12: false, 20: false, 21: true, 23: true} {
		at := time.Date(2026, 10, 24, hour, 30, 0, 0, i18n.Kyiv) // the clocks go back in the night that follows
		if notify.Quiet(at) != quiet {
			t.Errorf("%d: %v", hour, !quiet)
		}
		if a := notify.Awake(at); notify.Quiet(a) || a.Before(at) || !quiet && !a.Equal(at) || quiet && (a.Hour() != 8 || a.Sub(at) > 12*time.Hour) {
			t.Errorf("%d: awake at %s", hour, a)
		}
	}
}

// away is a server that does not answer for a while.
type away struct {
	back time.Time
	r    *rig
	sent []time.Time
	try  int
}

func (a *away) Send(context.Context, notify.Mail) error {
	a.try++
	if a.r.now().Before(a.back) {
		return fault.Newf(fault.Unavailable, "", "nobody answers")
	}
	a.sent = append(a.sent, a.r.now())
	return nil
}

// A reminder that could not be sent until the evening is sent the next morning, once, and
// never at night; what is urgent is not held back by the night, and what is past its end
// is not sent.
func TestAReminderOutlivesAServerThatIsAway(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		back    time.Duration // after noon
		expires time.Duration
		byDay   bool
		want    string // day and hour at which it is sent; empty: never
	}{
		{"back in the afternoon", 4 * time.Hour, 48 * time.Hour, true, "21 16"}, {"back at night", 14 * time.Hour, 48 * time.Hour, true, "22 08"}, {"away for two days", 45 * time.Hour, 48 * time.Hour, true, "23 09"},
		{"past its end", 20 * time.Hour, 11 * time.Hour, true, ""}, {"urgent", 14*time.Hour - 12*time.Hour, 0, false, "21 14"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			s := &away{r: r, back: noon.Add(c.back)}
			p, m := r.post(t, s), letter
			m.ByDay = c.byDay
			if c.expires > 0 {
				m.Expires = noon.Add(c.expires)
			}
			if err := p.Queue(t.Context(), m); err != nil {
				t.Fatal(err)
			}
			for range 60 * 4 {
				if _, err := r.outbox.Work(t.Context()); err != nil {
					t.Fatal(err)
				}
				r.pass(15 * time.Minute)
			}
			got := ""
			for _, at := range s.sent {
				got += at.In(i18n.Kyiv).Format("02 15")
			}
			if got != c.want || s.try > 70 {
				t.Errorf("sent at %q after %d tries, want %q", got, s.try, c.want)
			}
		})
	}
}
