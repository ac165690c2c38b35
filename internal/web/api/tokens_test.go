package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"osvitlo/internal/audit"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/job"
	"osvitlo/internal/person"
	"osvitlo/internal/person/vault"
	"osvitlo/internal/sitting"
)

// readTokens is the pair of people and sittings as the program joins them.
type readTokens struct{ people *person.Service }

func (r readTokens) Helper(ctx context.Context, token string) (*sitting.Helper, error) {
	t, err := r.people.Verify(ctx, token)
	if err != nil {
		return nil, err
	}
	return &sitting.Helper{Kind: sitting.HelperKind(t.Kind), Venue: t.Place, Person: string(t.Person), Token: t.ID[:16]}, nil
}

// withPeople is the whole stack with people and their tokens.
func withPeople(t *testing.T, change ...func(*sitting.Config)) *rig {
	t.Helper()
	return newRigWith(t, func(r *rig) Tokens {
		ctx, dir := t.Context(), t.TempDir()
		if err := r.engine.Migrate(ctx, slices.Concat(person.Specs(), audit.Specs(), job.Specs())); err != nil {
			t.Fatal(err)
		}
		key, err := audit.LoadKey(filepath.Join(dir, "key"))
		if err != nil {
			t.Fatal(err)
		}
		now := func() time.Time { return noon }
		log, err := audit.New(ctx, r.engine, audit.Config{Seals: filepath.Join(dir, "seals"), Key: key, Now: now})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = log.Close() })
		outbox, err := job.NewOutbox(r.engine, "test", nil, now)
		if err != nil {
			t.Fatal(err)
		}
		ring, err := vault.New([]vault.Key{{ID: "a", Secret: []byte(strings.Repeat("k", 32))}})
		if err != nil {
			t.Fatal(err)
		}
		r.people, err = person.New(r.engine, person.Config{Ring: ring, Secret: []byte(strings.Repeat("p", 32)), Audit: log, Outbox: outbox,
			Sittings: sitting.ForPeople(r.service), Tombstones: person.NewTombstoneFile(filepath.Join(dir, "stones")),
			Notice: person.Notice{Version: 1, Owner: i18n.Text{UK: "Управління", EN: "Department"}, Contact: "0522"}, Now: now})
		if err != nil {
			t.Fatal(err)
		}
		return readTokens{r.people}
	}, change...)
}

func (r *rig) issue(t *testing.T, kind person.TokenKind, place string, who person.ID) (token, id string) {
	t.Helper()
	token, doc, err := r.people.IssueToken(t.Context(), person.Operator("test"), kind, place, who, "", 0)
	if err != nil {
		t.Fatal(err)
	}
	return token, doc.ID
}

func (r *rig) adult(t *testing.T) person.ID {
	t.Helper()
	out, err := r.people.Register(t.Context(), person.Operator("test"), person.Registration{Adult: true})
	if err != nil {
		t.Fatal(err)
	}
	return out.Person.ID
}

func inMode(t *testing.T, mode string) string {
	return strings.Replace(fixture(t, "sitting-whole.json"), `"mode": "self"`, `"mode": "`+mode+`"`, 1)
}

// CONTRACT §4: mentor, paper and phone need a venue's or operator's token.
func TestModesNeedTheirToken(t *testing.T) {
	t.Parallel()
	r := withPeople(t)
	venue, venueID := r.issue(t, person.VenueToken, "lib-1", "")
	device, _ := r.issue(t, person.DeviceToken, "lib-1", "")
	who := r.adult(t)
	if err := r.people.Grant(t.Context(), person.Operator("test"), who, person.HelpOperator, "", time.Time{}); err != nil {
		t.Fatal(err)
	}
	operator, _ := r.issue(t, person.OperatorToken, "", who)
	want := map[string]map[string]int{
		"":                     {"self": 201, "mentor": 403, "paper": 403, "phone": 403},
		venue:                  {"self": 201, "mentor": 201, "paper": 201, "phone": 201},
		operator:               {"self": 403, "mentor": 403, "paper": 403, "phone": 201},
		device:                 {"self": 201, "mentor": 403, "paper": 403, "phone": 403},
		"osvitlo_forged":       {"self": 403, "mentor": 403, "paper": 403, "phone": 403},
		venue[:30] + "x":       {"self": 403, "mentor": 403, "paper": 403, "phone": 403},
		strings.ToUpper(venue): {"self": 403, "mentor": 403, "paper": 403, "phone": 403},
	}
	for token, modes := range want {
		for mode, code := range modes {
			var header []string
			if token != "" {
				header = []string{"Authorization", "Bearer " + token}
			}
			id := uuid.NewString()
			w := r.put(id, inMode(t, mode), header...)
			if w.Code != code {
				t.Errorf("%.14s in %s: %d %s", token, mode, w.Code, w.Body)
				continue
			}
			if code == 403 {
				if p := parse[problem](t, w); p.Status != 403 || p.Detail == "" || w.Header().Get("Content-Type") != typeProblem {
					t.Errorf("%.14s in %s: %+v", token, mode, p)
				}
				continue
			}
			key := parse[Receipt](t, w).ResultKey
			if again := r.put(id, inMode(t, mode), header...); again.Code != 200 || parse[Receipt](t, again).ResultKey != key {
				t.Errorf("%s again: %d", mode, again.Code)
			}
			// the key of the result still opens and erases, and is no helper's token
			for _, method := range []string{http.MethodGet, http.MethodDelete} {
				if w := r.do(method, "/api/v1/sittings/"+id, nil, "Authorization", "Bearer "+key); w.Code >= 300 {
					t.Errorf("%s %s: %d", method, mode, w.Code)
				}
				if token != "" && method == http.MethodGet {
					if w := r.do(method, "/api/v1/sittings/"+id, nil, header...); w.Code != 404 {
						t.Errorf("a helper's token reads the sitting: %d", w.Code)
					}
				}
			}
		}
	}
	id := uuid.NewString()
	key := parse[Receipt](t, r.put(id, inMode(t, "self"))).ResultKey
	if w := r.put(id, inMode(t, "self"), "Authorization", "Bearer "+key); w.Code != 200 {
		t.Errorf("a replay with its own key: %d", w.Code)
	}
	if err := r.people.RevokeToken(t.Context(), person.Operator("test"), venueID); err != nil {
		t.Fatal(err)
	}
	if w := r.put(uuid.NewString(), inMode(t, "mentor"), "Authorization", "Bearer "+venue); w.Code != 403 {
		t.Errorf("a revoked token: %d", w.Code)
	}
}

// Who helped is in the document and in its export; not in the tally, not in the receipt.
func TestWhoHelpedStaysInTheDocument(t *testing.T) {
	t.Parallel()
	r := withPeople(t)
	venue, _ := r.issue(t, person.VenueToken, "lib-secret", "")
	id := uuid.NewString()
	w := r.put(id, inMode(t, "mentor"), "Authorization", "Bearer "+venue)
	if w.Code != 201 || strings.Contains(w.Body.String(), "lib-secret") {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	for e, err := range r.service.Entries(t.Context(), 0) {
		if err != nil || strings.Contains(e.Tally, "lib-secret") {
			t.Fatalf("%v %v", e, err)
		}
		row, err := sitting.ParseTally(e.Tally)
		if err != nil || row.Now.Evidence != sitting.EvidenceVenue || row.Now.Mode != sitting.ModeMentor || row.Now.State != sitting.Counted {
			t.Fatalf("%+v %v", row.Now, err)
		}
	}
	held, err := sitting.ForPeople(r.service).Export(t.Context(), id)
	raw, _ := json.Marshal(held)
	if err != nil || !strings.Contains(string(raw), `"venue":"lib-secret"`) || strings.Contains(string(raw), venue) {
		t.Fatalf("%s %v", raw, err)
	}
}

// USERS 7: 35 pupils on 12 computers and 20 older learners on one tablet all
// count, in guarded admission too, within minutes.
func TestAClassAndATabletAllCount(t *testing.T) {
	t.Parallel()
	r := withPeople(t, func(c *sitting.Config) { c.Guarded = true })
	school, _ := r.issue(t, person.DeviceToken, "school-7", "")
	library, _ := r.issue(t, person.VenueToken, "lib-1", "")
	pupil := strings.NewReplacer(`"60-69"`, `"14-17"`, `"age": 63`, `"age": 15`).Replace(inMode(t, "self"))
	if !strings.Contains(pupil, `"age": 15`) {
		t.Fatal("the example has changed")
	}
	for i := range 35 {
		w := r.put(uuid.NewString(), pupil, "Authorization", "Bearer "+school, "X-Device", "computer-"+strconv.Itoa(i%12))
		if got := parse[Receipt](t, w); w.Code != 201 || got.State != "counted" {
			t.Fatalf("pupil %d: %d %s %v", i, w.Code, got.State, got.Reasons)
		}
	}
	var last string
	for i := range 20 {
		last = uuid.NewString()
		w := r.put(last, inMode(t, "mentor"), "Authorization", "Bearer "+library, "X-Device", "tablet")
		if got := parse[Receipt](t, w); w.Code != 201 || got.State != "counted" {
			t.Fatalf("learner %d: %d %s %v", i, w.Code, got.State, got.Reasons)
		}
	}
	// the same answers in one venue are told to an analyst and count against nobody
	held, err := sitting.ForPeople(r.service).Export(t.Context(), last)
	raw, _ := json.Marshal(held)
	if err != nil || !strings.Contains(string(raw), `"code":"dictation","points":0`) || strings.Contains(string(raw), `"code":"duplicate"`) {
		t.Fatalf("%s %v", raw, err)
	}
	// a stranger on the same tablet without the token is under the device rule
	for i, want := range []string{"counted", "excluded"} {
		w := r.put(uuid.NewString(), inMode(t, "self"), "X-Device", "tablet")
		if got := parse[Receipt](t, w); got.State != want {
			t.Errorf("stranger %d: %s %v", i, got.State, got.Reasons)
		}
	}
}

func TestLimitsGoByToken(t *testing.T) {
	t.Parallel()
	r := withPeople(t, func(c *sitting.Config) { c.PerToken = 3 })
	a, _ := r.issue(t, person.VenueToken, "lib-1", "")
	b, _ := r.issue(t, person.VenueToken, "lib-1", "")
	first := uuid.NewString()
	for i := range 3 {
		id := uuid.NewString()
		if i == 0 {
			id = first
		}
		if w := r.put(id, inMode(t, "paper"), "Authorization", "Bearer "+a); w.Code != 201 {
			t.Fatalf("%d: %d", i, w.Code)
		}
	}
	w := r.put(uuid.NewString(), inMode(t, "paper"), "Authorization", "Bearer "+a)
	if s, err := strconv.Atoi(w.Header().Get("Retry-After")); w.Code != 429 || err != nil || s < 1 || s > 3600 {
		t.Fatalf("%d %v", w.Code, w.Header())
	}
	if w := r.put(first, inMode(t, "paper"), "Authorization", "Bearer "+a); w.Code != 200 {
		t.Errorf("a replay at the limit: %d", w.Code)
	}
	if w := r.put(uuid.NewString(), inMode(t, "paper"), "Authorization", "Bearer "+b); w.Code != 201 {
		t.Errorf("another token of the same venue and address: %d", w.Code)
	}
	if w := r.put(uuid.NewString(), inMode(t, "self")); w.Code != 201 {
		t.Errorf("somebody without a token at the same address: %d", w.Code)
	}
}

// The pair: a sitting is attached once, by its key or cookie, never by its id.
func TestAttachingARealSitting(t *testing.T) {
	t.Parallel()
	r := withPeople(t)
	id := uuid.NewString()
	key := parse[Receipt](t, r.put(id, inMode(t, "self"))).ResultKey
	other := parse[Receipt](t, r.put(uuid.NewString(), strings.Replace(inMode(t, "self"), `"uk"`, `"en"`, 1))).ResultKey
	me, thief := r.adult(t), r.adult(t)
	as := func(p person.ID) person.Actor { return person.Actor{Person: p, Fresh: true, Where: "web"} }
	for _, proof := range []string{"", id, other, key[:21], key + "x", "osvitlo_x"} {
		if err := r.people.Attach(t.Context(), as(thief), id, proof); !fault.Is(err, fault.NotFound) {
			t.Fatalf("proof %q: %v", proof, err)
		}
	}
	for _, unknown := range []string{uuid.NewString(), "x", ""} {
		if err := r.people.Attach(t.Context(), as(thief), unknown, key); !fault.Is(err, fault.NotFound) {
			t.Fatalf("id %q: %v", unknown, err)
		}
	}
	for range 2 {
		if err := r.people.Attach(t.Context(), as(me), id, key); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.people.Attach(t.Context(), as(thief), id, key); !fault.Is(err, fault.NotFound) {
		t.Fatalf("attached twice: %v", err)
	}
	ids, err := r.people.Sittings(t.Context(), me)
	if err != nil || !slices.Equal(ids, []string{id}) {
		t.Fatal(ids, err)
	}
	list, err := r.service.Summaries(t.Context(), append(ids, uuid.NewString()))
	if err != nil || len(list) != 1 || list[0].Title.UK == "" || list[0].Level == "" || list[0].State != sitting.Counted ||
		list[0].Link != "/results/"+id+"?key="+key || list[0].Submitted.IsZero() {
		t.Fatalf("%+v %v", list, err)
	}
	if err := sitting.ForPeople(r.service).Erase(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if err := sitting.ForPeople(r.service).Erase(t.Context(), id); err != nil {
		t.Fatal("erased twice:", err)
	}
	if w := r.put(id, inMode(t, "self")); w.Code != 410 {
		t.Fatal(w.Code)
	}
	if list, err := r.service.Summaries(t.Context(), ids); err != nil || len(list) != 0 {
		t.Fatal(list, err)
	}
	if err := r.people.Attach(t.Context(), as(thief), id, key); !fault.Is(err, fault.NotFound) {
		t.Fatal("an erased sitting was attached")
	}
}

// CONTRACT §4 names every member; whatever else comes is refused by its pointer,
// at every level, so that nobody sets what the server decides.
func TestMassAssignment(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	whole := fixture(t, "sitting-whole.json")
	for _, at := range []struct{ open, pointer string }{{`{`, "/"}, {`"respondent": {`, "/respondent/"}} {
		for _, name := range []string{"id", "_id", "rev", "state", "score", "seq", "tally", "wave", "evidence", "helper", "account", "device",
			"quality", "decision", "reasons", "method", "role", "hash", "key_hash", "body_hash", "result_key", "erased", "expires", "received",
			"spent", "person", "name", "phone", "address", "__proto__", "constructor", "Mode", "mode "} {
			body := strings.Replace(whole, at.open, at.open+fmt.Sprintf("%q: %q, ", name, "x"), 1)
			id := uuid.NewString()
			w := r.put(id, body)
			p := parse[problem](t, w)
			if w.Code != 422 || !slices.ContainsFunc(p.Errors, func(e problemField) bool { return e.Pointer == at.pointer+name && e.Code == "json.unknown" }) {
				t.Errorf("%s%s: %d %+v", at.pointer, name, w.Code, p.Errors)
			}
			if w := r.put(id, whole); w.Code != 201 {
				t.Errorf("%s%s left something behind: %d", at.pointer, name, w.Code)
			}
		}
	}
	for _, of := range []string{`{"dont_know": true, "score": 1}`, `{"refused": true, "right": true}`, `{"dont_know": 1}`} {
		if w := r.put(uuid.NewString(), strings.Replace(whole, `"scroll-page": "d"`, `"scroll-page": `+of, 1)); w.Code != 422 {
			t.Errorf("%s: %d", of, w.Code)
		}
	}
}
