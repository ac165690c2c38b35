package notify

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"
	"unicode/utf8"

	"osvitlo/internal/fault"
	"osvitlo/internal/job"
	"osvitlo/internal/person/spelling"
)

// SMS is a short message to one telephone. It has no link: people are told not to tap
// any.
type SMS struct {
	ID      string    `json:"id"` // deterministic: the same act makes the same id
	To      string    `json:"to"` // E.164, as spelling.Phone gives it
	Text    string    `json:"text"`
	Lang    string    `json:"lang"`    // uk or en
	Expires time.Time `json:"expires"` // not sent from then on; zero means never
	// ByDay says that it is not urgent: it is not sent at night.
	ByDay bool `json:"by_day,omitempty"`
}

// SMSSender hands a short message over. A fault of kind Invalid will not pass with
// time; everything else is tried again.
type SMSSender interface {
	SendSMS(ctx context.Context, m SMS) error
}

// TopicSMS is the outbox topic of short messages.
const TopicSMS = "sms"

// MaxSMS bounds the text, in characters: three parts of a message in Cyrillic.
const MaxSMS = 201

// UseSMS registers who takes short messages; nil leaves them switched off. It is
// called once, before the outbox works.
func (p *Post) UseSMS(sender SMSSender) (err error) {
	defer fault.Wrap(&err, "notify.UseSMS")
	if sender == nil {
		return nil
	}
	p.sms = sender
	return p.outbox.Handle(TopicSMS, p.deliverSMS)
}

// SMSReady tells whether short messages can be sent at all.
func (p *Post) SMSReady() bool { return p.sms != nil }

// QueueSMS puts a short message into the outbox; one whose id is known is left as it
// is. Errors: Invalid, Unavailable (no gateway is configured).
func (p *Post) QueueSMS(ctx context.Context, m SMS) (err error) {
	defer fault.Wrap(&err, "notify.QueueSMS")
	if p.sms == nil {
		return fault.New(fault.Unavailable, "notify.no_sms")
	}
	if m.To, err = spelling.Phone(m.To); err != nil {
		return err
	}
	if n := utf8.RuneCountInString(m.Text); m.ID == "" || n == 0 || n > MaxSMS || !utf8.ValidString(m.Text) {
		return fault.Newf(fault.Invalid, "", "a short message needs an id and 1 to %d characters", MaxSMS)
	}
	raw, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return p.outbox.Add(ctx, job.Message{ID: m.ID, Topic: TopicSMS, Payload: envelope{p.ring.Seal(raw, sealContext(m.ID))}})
}

func (p *Post) deliverSMS(ctx context.Context, d job.Delivery) (err error) {
	defer fault.Wrap(&err, "notify.deliverSMS")
	var m SMS
	if err := p.open(d, &m); err != nil {
		return err
	}
	now := p.now()
	if !m.Expires.IsZero() && !now.Before(m.Expires) {
		return fault.New(fault.Gone, "notify.expired")
	}
	if m.ByDay && Quiet(now) {
		return job.Later(Awake(now), nil)
	}
	return p.sms.SendSMS(ctx, m)
}

// WebhookConfig says where short messages go.
type WebhookConfig struct {
	URL     string // https, or http on this machine
	Secret  []byte // at least 16 bytes; signs each request
	Timeout time.Duration
	Now     func() time.Time
}

// Headers of a request to the gateway. The signature is the hex of HMAC-SHA256 under
// the secret over the time, a dot and the body; the gateway checks it, refuses times
// that are more than some minutes off, and drops a second request under one key.
const (
	SignatureHeader = "Osvitlo-Signature"
	TimeHeader      = "Osvitlo-Time" // Unix seconds
	OnceHeader      = "Idempotency-Key"
)

// MinWebhookSecret is the shortest secret, in bytes.
const MinWebhookSecret = 16

// Webhook posts short messages to the city's gateway as JSON: {"to","text","lang"}.
type Webhook struct {
	cfg    WebhookConfig
	client *http.Client
}

// NewWebhook checks the configuration; it does not connect. Errors: Invalid.
func NewWebhook(cfg WebhookConfig) (w *Webhook, err error) {
	defer fault.Wrap(&err, "notify.NewWebhook")
	u, err := url.Parse(cfg.URL)
	if err != nil || u.Host == "" || u.User != nil {
		return nil, fault.Newf(fault.Invalid, "", "the gateway of short messages needs an address")
	}
	ip := net.ParseIP(u.Hostname())
	here := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	if u.Scheme != "https" && !(u.Scheme == "http" && here) {
		return nil, fault.Newf(fault.Invalid, "", "short messages go over https, without it to this machine only")
	}
	if len(cfg.Secret) < MinWebhookSecret {
		return nil, fault.Newf(fault.Invalid, "", "the secret of short messages has at least %d bytes", MinWebhookSecret)
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = 15 * time.Second
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Webhook{cfg: cfg, client: &http.Client{Timeout: cfg.Timeout, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse // what is signed for one address is not carried to another
	}}}, nil
}

// Sign is the signature of a body sent at a moment, for the header.
func Sign(secret []byte, at time.Time, body []byte) string {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(strconv.FormatInt(at.Unix(), 10) + "."))
	h.Write(body)
	return hex.EncodeToString(h.Sum(nil))
}

// SendSMS implements SMSSender. Answers 4xx are Invalid but for 408, 409, 425 and 429;
// those, 5xx, redirects and silence are Unavailable. Errors never hold the message.
func (w *Webhook) SendSMS(ctx context.Context, m SMS) (err error) {
	defer fault.Wrap(&err, "notify.SendSMS")
	body, err := json.Marshal(struct {
		To   string `json:"to"`
		Text string `json:"text"`
		Lang string `json:"lang"`
	}{m.To, m.Text, m.Lang})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.cfg.URL, bytes.NewReader(body))
	if err != nil {
		return fault.Newf(fault.Invalid, "", "the gateway's address cannot be asked")
	}
	at, sum := w.cfg.Now(), sha256.Sum256([]byte(m.ID))
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set(TimeHeader, strconv.FormatInt(at.Unix(), 10))
	req.Header.Set(SignatureHeader, Sign(w.cfg.Secret, at, body))
	req.Header.Set(OnceHeader, hex.EncodeToString(sum[:16]))
	res, err := w.client.Do(req)
	if err != nil {
		return fault.Newf(fault.Unavailable, "", "the gateway of short messages does not answer")
	}
	defer func() { _ = res.Body.Close() }()
	_, _ = io.CopyN(io.Discard, res.Body, 4096) // so that the connection can be used again
	switch c := res.StatusCode; {
	case c >= 200 && c < 300:
		return nil
	case c >= 400 && c < 500 && c != 408 && c != 409 && c != 425 && c != 429:
		return fault.Newf(fault.Invalid, "notify.refused", "the gateway refused for good with status %d", c)
	default:
		return fault.Newf(fault.Unavailable, "", "the gateway answered with status %d", c)
	}
}
