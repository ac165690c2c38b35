package xapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"osvitlo/internal/fault"
)

// LRS is a Learning Record Store, spoken to as xAPI 1.0.3 Communication has it.
type LRS struct {
	address, key, secret string
	client               *http.Client
}

// sendTime bounds one statement: an LRS that is slow is tried again later.
const sendTime = 5 * time.Second

// NewLRS prepares a store at an address such as "https://lrs.example/xapi". timeout 0
// means 5 seconds. Errors: no address.
func NewLRS(address, key, secret string, timeout time.Duration) (*LRS, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, errors.New("xapi: the address of the LRS is none")
	}
	if timeout <= 0 {
		timeout = sendTime
	}
	return &LRS{address: strings.TrimSuffix(address, "/") + "/statements", key: key, secret: secret,
		client: &http.Client{Timeout: timeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}, nil
}

// Send stores a statement. One that the LRS has already is stored. Errors: Invalid when
// it refuses this statement for good, Unavailable when it should be tried again. Neither
// holds the words of the LRS: they may repeat what was sent.
func (l *LRS) Send(ctx context.Context, st Statement) (err error) {
	defer fault.Wrap(&err, "xapi.Send")
	body, err := json.Marshal([]Statement{st})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, l.address, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Experience-API-Version", Version)
	req.SetBasicAuth(l.key, l.secret)
	answer, err := l.client.Do(req)
	if err != nil {
		return fault.Newf(fault.Unavailable, "", "the LRS does not answer")
	}
	defer func() { _ = answer.Body.Close() }() // what it says is not used
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 64<<10))
	switch code := answer.StatusCode; {
	case code >= 200 && code < 300, code == http.StatusConflict:
		return nil // 409: a statement of this id is there
	case code == http.StatusBadRequest, code == http.StatusRequestEntityTooLarge, code == http.StatusUnprocessableEntity:
		return fault.Newf(fault.Invalid, "", "the LRS answers %d", code)
	default: // also 401, 403 and 404: keys and addresses are mended by the operator
		return fault.Newf(fault.Unavailable, "", "the LRS answers %d", code)
	}
}

func sortByTime(list []Statement) {
	slices.SortStableFunc(list, func(a, b Statement) int { return a.at.Compare(b.at) })
}
