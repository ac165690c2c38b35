package notify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"osvitlo/internal/fault"
)

// TLS says how the connection to the server is protected.
type TLS string

// The ways. Plain is for a server on this machine only.
const (
	StartTLS TLS = "starttls" // mandatory; the usual one, port 587
	Implicit TLS = "tls"      // from the first byte, port 465
	Plain    TLS = "none"
)

// SMTPConfig says where mails go.
type SMTPConfig struct {
	Host     string
	Port     int
	TLS      TLS
	User     string // empty: no sign-in
	Password string
	From     string // address of the sender
	FromName string
	Timeout  time.Duration // of one mail; 0 means 20 s
}

// SMTP sends through one server.
type SMTP struct {
	cfg    SMTPConfig
	client *mail.Client
}

// NewSMTP checks the configuration; it does not connect. Errors: Invalid.
func NewSMTP(cfg SMTPConfig) (s *SMTP, err error) {
	defer fault.Wrap(&err, "notify.NewSMTP")
	if cfg.Timeout <= 0 {
		cfg.Timeout = 20 * time.Second
	}
	options := []mail.Option{mail.WithPort(cfg.Port), mail.WithTimeout(cfg.Timeout)}
	switch cfg.TLS {
	case StartTLS, "":
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	case Implicit:
		options = append(options, mail.WithSSL())
	case Plain:
		if ip := net.ParseIP(cfg.Host); cfg.Host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			return nil, fault.Newf(fault.Invalid, "", "mail without TLS goes to this machine only")
		}
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	default:
		return nil, fault.Newf(fault.Invalid, "", "mail TLS is starttls, tls or none, not %q", cfg.TLS)
	}
	if cfg.User != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(cfg.User), mail.WithPassword(cfg.Password))
	}
	client, err := mail.NewClient(cfg.Host, options...)
	if err != nil {
		return nil, fault.From(err, fault.Invalid, "")
	}
	s = &SMTP{cfg: cfg, client: client}
	if _, err := s.message(Mail{ID: "check", To: "check@example.org", Subject: "x", Text: "x"}); err != nil {
		return nil, err
	}
	return s, nil
}

// message writes the mail. Its Message-ID comes from the id, so that a retry is the
// same message.
func (s *SMTP) message(m Mail) (*mail.Msg, error) {
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := msg.FromFormat(s.cfg.FromName, s.cfg.From); err != nil {
		return nil, fault.From(err, fault.Invalid, "")
	}
	if err := msg.To(m.To); err != nil {
		return nil, fault.From(err, fault.Invalid, "")
	}
	sum := sha256.Sum256([]byte(m.ID))
	_, domain, _ := strings.Cut(s.cfg.From, "@")
	msg.SetMessageIDWithValue(hex.EncodeToString(sum[:16]) + "@" + domain)
	msg.SetDate()
	msg.Subject(m.Subject)
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	if m.Lang != "" {
		msg.SetGenHeader("Content-Language", m.Lang)
	}
	msg.SetBodyString(mail.TypeTextPlain, m.Text)
	return msg, nil
}

// Send implements Sender. A refusal for good (5xx) is Invalid, anything else
// Unavailable. Errors never hold the text of the mail.
func (s *SMTP) Send(ctx context.Context, m Mail) (err error) {
	defer fault.Wrap(&err, "notify.Send")
	msg, err := s.message(m)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Timeout)
	defer cancel()
	err = s.client.DialAndSendWithContext(ctx, msg)
	if err == nil {
		return nil
	}
	var refused *mail.SendError
	if errors.As(err, &refused) && !refused.IsTemp() && refused.ErrorCode() >= 500 {
		return fault.Newf(fault.Invalid, "notify.refused", "the mail server refused for good with code %d", refused.ErrorCode())
	}
	return fault.Newf(fault.Unavailable, "", "the mail server did not take the message")
}
