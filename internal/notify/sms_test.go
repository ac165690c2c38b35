package notify_test

import (
	"context"
	"crypto/hmac"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/job"
	"osvitlo/internal/notify"
)

// gateway is the other side: it checks signatures as the city's would.
type gateway struct {
	mu     sync.Mutex
	secret []byte
	now    func() time.Time
	status []int // answers in their order; the last one stays
	bodies []string
	keys   []string
	forged int
	hang   chan struct{}
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if g.hang != nil {
		<-g.hang
		return
	}
	body, _ := io.ReadAll(r.Body)
	g.mu.Lock()
	defer g.mu.Unlock()
	sec, _ := strconv.ParseInt(r.Header.Get(notify.TimeHeader), 10, 64)
	at := time.Unix(sec, 0)
	if !hmac.Equal([]byte(notify.Sign(g.secret, at, body)), []byte(r.Header.Get(notify.SignatureHeader))) || g.now().Sub(at).Abs() > time.Minute {
		g.forged++
		w.WriteHeader(http.StatusForbidden)
		return
	}
	g.bodies, g.keys = append(g.bodies, string(body)), append(g.keys, r.Header.Get(notify.OnceHeader))
	status := g.status[0]
	if len(g.status) > 1 {
		g.status = g.status[1:]
	}
	w.WriteHeader(status)
}

func (g *gateway) open(t *testing.T, secret string, timeout time.Duration) *notify.Webhook {
	t.Helper()
	site := httptest.NewServer(g)
	t.Cleanup(site.Close)
	w, err := notify.NewWebhook(notify.WebhookConfig{URL: site.URL + "/send", Secret: []byte(secret), Timeout: timeout, Now: g.now})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

const shared = "a secret of two sides"

var short = notify.SMS{ID: "told:1", To: "050 123 45 67", Text: "Освітло: видано картку.", Lang: "uk"}

// A message is signed, tried again under the same key while the gateway is ill, and
// sent once when it is well.
func TestAShortMessageIsSignedAndTriedAgain(t *testing.T) {
	t.Parallel()
	ctx, r := context.Background(), newRig(t)
	g := &gateway{secret: []byte(shared), now: r.now, status: []int{503, 302, 429, 202}}
	p := r.post(t, nil)
	if p.SMSReady() {
		t.Fatal("ready without a gateway")
	}
	if err := p.QueueSMS(ctx, short); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("queued without a gateway: %v", err)
	}
	if err := p.UseSMS(g.open(t, shared, 0)); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the same act twice
		if err := p.QueueSMS(ctx, short); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := r.engine.Raw(job.OutboxSpec)
	if err != nil {
		t.Fatal(err)
	}
	if doc, err := raw.Get(ctx, short.ID); err != nil || strings.Contains(string(doc.Body), "123") {
		t.Fatalf("what waits is open: %s, %v", doc.Body, err)
	}
	for range 6 {
		if _, err := r.outbox.Work(ctx); err != nil {
			t.Fatal(err)
		}
		r.pass(2 * time.Hour)
	}
	if len(g.bodies) != 4 || g.forged != 0 {
		t.Fatalf("%d requests, %d forged", len(g.bodies), g.forged)
	}
	for i := range g.bodies {
		if g.keys[i] != g.keys[0] || g.keys[i] == "" || g.bodies[i] != `{"to":"+380501234567","text":"Освітло: видано картку.","lang":"uk"}` {
			t.Fatalf("request %d: key %s, %s", i, g.keys[i], g.bodies[i])
		}
	}
}

func TestAGatewayThatRefusesOrIsSilent(t *testing.T) {
	t.Parallel()
	ctx, r := context.Background(), newRig(t)
	refuses := &gateway{secret: []byte(shared), now: r.now, status: []int{400}}
	if err := refuses.open(t, shared, 0).SendSMS(ctx, short); !fault.Is(err, fault.Invalid) {
		t.Errorf("a refusal for good is %v", err)
	}
	if err := refuses.open(t, "another secret here", 0).SendSMS(ctx, short); !fault.Is(err, fault.Invalid) || refuses.forged != 1 {
		t.Errorf("a wrong signature was taken: %v", err)
	}
	hang := make(chan struct{})
	silent := &gateway{hang: hang}
	w := silent.open(t, shared, 50*time.Millisecond)
	t.Cleanup(func() { close(hang) })
	began := time.Now()
	err := w.SendSMS(ctx, short)
	if !fault.Is(err, fault.Unavailable) || time.Since(began) > 5*time.Second {
		t.Errorf("silence is %v after %v", err, time.Since(began))
	}
	if strings.Contains(err.Error(), "501234567") || strings.Contains(err.Error(), "50 123") {
		t.Errorf("the error holds the number: %v", err)
	}
}

func TestBadGatewaysAndMessagesAreRefused(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"", "http://sms.example.org/", "ftp://127.0.0.1/", "https://a:b@sms.example.org/", "sms"} {
		if _, err := notify.NewWebhook(notify.WebhookConfig{URL: address, Secret: []byte(shared)}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", address, err)
		}
	}
	if _, err := notify.NewWebhook(notify.WebhookConfig{URL: "https://sms.example.org/", Secret: []byte("short")}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a short secret: %v", err)
	}
	r := newRig(t)
	g := &gateway{secret: []byte(shared), now: r.now, status: []int{200}}
	p := r.post(t, nil)
	if err := p.UseSMS(g.open(t, shared, 0)); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*notify.SMS){
		"no number": func(m *notify.SMS) { m.To = "0522" }, "no id": func(m *notify.SMS) { m.ID = "" },
		"no text": func(m *notify.SMS) { m.Text = "" }, "too long": func(m *notify.SMS) { m.Text = strings.Repeat("є", notify.MaxSMS+1) },
	} {
		m := short
		change(&m)
		if err := p.QueueSMS(context.Background(), m); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	late := short
	late.Expires = noon.Add(time.Minute)
	if err := p.QueueSMS(context.Background(), late); err != nil {
		t.Fatal(err)
	}
	r.pass(time.Hour)
	if _, err := r.outbox.Work(context.Background()); err != nil || len(g.bodies) != 0 {
		t.Fatalf("sent past its end: %v, %v", g.bodies, err)
	}
}

type gate struct {
	r    *rig
	sent []time.Time
}

func (g *gate) SendSMS(context.Context, notify.SMS) error {
	g.sent = append(g.sent, g.r.now())
	return nil
}

// What is not urgent and was written in the evening goes out once, in the morning.
func TestAShortMessageWaitsForTheMorning(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p, g := r.post(t, nil), &gate{r: r}
	if err := p.UseSMS(g); err != nil {
		t.Fatal(err)
	}
	r.pass(10 * time.Hour) // ten in the evening
	m := short
	m.ByDay, m.Expires = true, r.now().Add(48*time.Hour)
	if err := p.QueueSMS(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	for range 4 * 24 {
		if _, err := r.outbox.Work(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.pass(15 * time.Minute)
	}
	if len(g.sent) != 1 || g.sent[0].In(i18n.Kyiv).Format("02 15") != "22 08" {
		t.Errorf("sent at %v", g.sent)
	}
}
