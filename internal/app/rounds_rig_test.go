package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"osvitlo/internal/config"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/instrument"
	"osvitlo/internal/person"
	"osvitlo/internal/testkit"
)

// monitoring is a site with schools of its own and a clock that the test moves.
type monitoring struct {
	*App
	*httptest.Server
	clock *testkit.Clock
}

func newMonitoring(t *testing.T) *monitoring {
	t.Helper()
	c, _, err := config.Load("serve", []string{"--demo", "--demo-people", "0", "--data", t.TempDir()}, func(string) string { return "" }, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	m := &monitoring{clock: testkit.NewClock()}
	if m.App, err = New(context.Background(), c, Options{Log: slog.New(slog.DiscardHandler), Now: m.clock.Now}); err != nil {
		t.Fatal(err)
	}
	m.Server = httptest.NewServer(m.Handler())
	t.Cleanup(func() {
		m.Server.Close()
		_ = m.App.Close()
	})
	return m
}

// school enters a school with people by role.
func (m *monitoring) school(t *testing.T, name string, count map[institution.Role]int) *institution.Institution {
	t.Helper()
	op := person.Operator("test")
	i, err := m.Institutions.Add(t.Context(), &op, institution.Institution{Kind: institution.School, Names: []institution.Name{{Name: i18n.Text{UK: name, EN: name + " (en)"}}},
		Frames: []institution.Frame{{Year: institution.YearOf(m.clock.Now()), Count: count}}})
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// staff signs in somebody of the demo by role; coordinator somebody new of some schools.
func (m *monitoring) staff(t *testing.T, role person.Role, lang string) *testkit.Visitor {
	t.Helper()
	v := testkit.NewVisitor(t, m.URL, lang)
	v.Hold(signedIn(t, m.App, role))
	return v
}

func (m *monitoring) coordinator(t *testing.T, lang string, schools ...*institution.Institution) *testkit.Visitor {
	t.Helper()
	op := person.Operator("test")
	added, err := m.People.AddStaff(t.Context(), op, person.Coordinator, schools[0].ID, "test")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range schools[1:] {
		if err := m.People.Grant(t.Context(), op, added.ID, person.Coordinator, s.ID, time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	v := testkit.NewVisitor(t, m.URL, lang)
	v.Hold(session(t, m.App, added.ID, true))
	return v
}

var asked = []round.Asked{{Role: institution.Administration, Instrument: "head-round"}, {Role: institution.Teacher, Instrument: "teacher-round"},
	{Role: institution.Graduate, Instrument: "graduate-round"}}

// opened is a round that some schools are asked in, open for two weeks from now.
func (m *monitoring) opened(t *testing.T, pilot bool, schools ...*institution.Institution) *round.Round {
	t.Helper()
	return m.openedOn(t, m.clock.Now(), pilot, schools...)
}

func (m *monitoring) openedOn(t *testing.T, now time.Time, pilot bool, schools ...*institution.Institution) *round.Round {
	t.Helper()
	op := person.Operator("test")
	p := round.Round{Year: institution.YearOf(now), Title: i18n.Text{UK: "Збір для перевірки", EN: "A round for the test"}, Pilot: pilot, Asked: asked,
		Order: round.Order{Number: "15-о", Date: "2026-11-10", Promise: true}}
	p.Opens.Time, p.Closes.Time = now, now.AddDate(0, 0, 14)
	for _, s := range schools {
		p.Bodies = append(p.Bodies, s.ID)
	}
	made, err := m.Rounds.Plan(t.Context(), &op, p)
	if err != nil {
		t.Fatal(err)
	}
	order, err := demoOrder()
	if err != nil {
		t.Fatal(err)
	}
	if made, err = m.Rounds.KeepOrder(t.Context(), &op, made.ID, made.Rev, "nakaz.png", order); err != nil {
		t.Fatal(err)
	}
	if made, err = m.Rounds.Open(t.Context(), &op, made.ID, made.Rev); err != nil {
		t.Fatal(err)
	}
	return made
}

// codes are codes in Latin letters without a dash.
func (m *monitoring) codes(t *testing.T, r *round.Round, s *institution.Institution, role institution.Role, n int) (list []string) {
	t.Helper()
	op := person.Operator("test")
	made, err := m.Rounds.Codes(t.Context(), &op, r.ID, s.ID, role, n)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range made {
		list = append(list, strings.ReplaceAll(c.Latin, "-", ""))
	}
	return list
}

// sheetOf is a whole questionnaire as a browser that was offline sends it.
func (m *monitoring) sheetOf(t *testing.T, slug, code string) []byte {
	t.Helper()
	pub, ok := m.Sittings.Catalogue().Current(slug)
	if !ok {
		t.Fatal(slug)
	}
	answers := map[string]any{}
	for _, it := range pub.Instrument.Items() {
		switch it.Type {
		case instrument.Scale, instrument.Single:
			answers[it.ID] = it.Options[len(it.Options)/2].ID
		case instrument.Multiple:
			answers[it.ID] = []string{it.Options[0].ID}
		}
	}
	now := m.clock.Now().UTC().Truncate(time.Second)
	raw, err := json.Marshal(map[string]any{"instrument": slug, "version": pub.Version, "language": "uk", "mode": "self", "purpose": "measurement", "invitation": code,
		"consent": []string{}, "respondent": map[string]any{}, "started_at": now.Add(-20 * time.Minute), "submitted_at": now.Add(-time.Minute), "answers": answers})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// sent sends a whole questionnaire and gives the status.
func (m *monitoring) sent(t *testing.T, slug, code string) int {
	t.Helper()
	return m.put(t, uuid.Must(uuid.NewV7()).String(), m.sheetOf(t, slug, code))
}

func (m *monitoring) put(t *testing.T, id string, body []byte) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, m.URL+"/api/v1/sittings/"+id, strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	resp, err := m.Server.Client().Do(r)
	if err != nil {
		t.Error(err)
		return 0
	}
	defer func() { _ = resp.Body.Close() }()
	said, _ := io.ReadAll(resp.Body)
	if resp.StatusCode >= 400 {
		t.Logf("PUT: %d %.300s", resp.StatusCode, said)
	}
	return resp.StatusCode
}

// began goes from the slip to the first question.
func (m *monitoring) began(t *testing.T, v *testkit.Visitor, code string) *testkit.Answered {
	t.Helper()
	page := v.Get("/join/"+code).Want(t, http.StatusOK)
	action, values := page.Form("main form[method=post]")
	return v.Post(action, values).Want(t, http.StatusOK)
}

// step answers the screen that is shown.
func step(t *testing.T, v *testkit.Visitor, page *testkit.Answered) *testkit.Answered {
	t.Helper()
	action, values := page.Form("#answer")
	if action == "" {
		t.Fatalf("%s: nothing to answer: %.300s", page.Path, page.Text("main"))
	}
	page.Fill(values)
	return v.Post(action, values)
}

// ended answers to the end, hands in and gives the page of the result.
func ended(t *testing.T, v *testkit.Visitor, page *testkit.Answered) *testkit.Answered {
	t.Helper()
	for range 80 {
		if page.Doc().Find("#answer").Length() == 0 {
			action, values := page.Form("main form[method=post]")
			return v.Post(action, values)
		}
		page = step(t, v, page).Want(t, http.StatusOK)
	}
	t.Fatal("the questionnaire has no end")
	return nil
}

var messageKey = regexp.MustCompile(`\b(school|rounds|round|resident|institution|employer)\.[a-z_]+(\.[a-z_0-9]+)*\b`)

// sound fails for what no page may have: keys instead of words, no heading or several.
func sound(t *testing.T, page *testkit.Answered) *testkit.Answered {
	t.Helper()
	if key := messageKey.FindString(page.Text("body")); key != "" {
		t.Errorf("%s: %s stands on the page", page.Path, key)
	}
	if n := page.Doc().Find("h1").Length(); n != 1 {
		t.Errorf("%s: %d headings of the first rank", page.Path, n)
	}
	return page
}

// has fails unless the page says the words.
func has(t *testing.T, page *testkit.Answered, words ...string) *testkit.Answered {
	t.Helper()
	text := page.Text("body")
	for _, w := range words {
		if !strings.Contains(text, testkit.Plain(w)) {
			t.Errorf("%s does not say «%s»: %.1500s", page.Path, w, page.Text("main"))
		}
	}
	return page
}

// filled reads a form of a page and sets some of its values.
func filled(page *testkit.Answered, selector string, pairs ...string) (action string, values url.Values) {
	action, values = page.Form(selector)
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return action, values
}

// uploaded is a form with a signed order, and its type.
func uploaded(t *testing.T, rev string) (body []byte, kind string) {
	t.Helper()
	order, err := demoOrder()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	file, err := w.CreateFormFile("order_file", "nakaz.png")
	if err == nil {
		_, err = file.Write(order)
	}
	if err = errors.Join(err, w.WriteField("rev", rev), w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), w.FormDataContentType()
}
