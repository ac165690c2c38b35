package api

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
)

func TestPutGetEraseJourney(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := uuid.Must(uuid.NewV7()).String()
	whole := fixture(t, "sitting-whole.json")
	w := r.put(id, whole, "Content-Type", "application/json")
	first := parse[Receipt](t, w)
	if w.Code != 201 || w.Header().Get("Location") != "/api/v1/sittings/"+id || w.Header().Get("Cache-Control") != "no-store" ||
		first.ID != id || len(first.Score.Areas) != 6 || first.Links.Result != "/results/"+id+"?key="+first.ResultKey {
		t.Fatalf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	if w := r.put(strings.ToUpper(id), whole); w.Code != 200 || parse[Receipt](t, w).ResultKey != first.ResultKey {
		t.Fatalf("again: %d %s", w.Code, w.Body)
	}
	if w := r.put(id, strings.Replace(whole, `"uk"`, `"en"`, 1)); w.Code != 409 {
		t.Fatalf("other content: %d %s", w.Code, w.Body)
	}
	path := "/api/v1/sittings/" + id
	for _, header := range [][]string{nil, {"Authorization", "Bearer wrong"}, {"Authorization", "Basic " + first.ResultKey}, {"Authorization", first.ResultKey}} {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodDelete} {
			if w := r.do(method, path, nil, header...); w.Code != 404 {
				t.Fatalf("%s %v: %d", method, header, w.Code)
			}
		}
	}
	bearer := []string{"Authorization", "bearer " + first.ResultKey}
	got := parse[Whole](t, r.do(http.MethodGet, path, nil, bearer...))
	if got.State != "counted" || got.Instrument != "resident-test" || len(got.Answers) != 31 || got.Respondent.AgeBand != "60-64" || got.StartedAt != "2026-11-21T10:00:00.000000Z" {
		t.Fatalf("%+v", got)
	}
	if w := r.do(http.MethodGet, path+"?key="+first.ResultKey, nil); w.Code != 200 || w.Header().Get("Cache-Control") != "no-store" {
		t.Fatalf("by address: %d", w.Code)
	}
	if w := r.do(http.MethodDelete, path, nil, bearer...); w.Code != 204 || w.Body.Len() > 0 {
		t.Fatalf("erase: %d %s", w.Code, w.Body)
	}
	for name, w := range map[string]*httptest.ResponseRecorder{"read": r.do(http.MethodGet, path, nil, bearer...), "erase": r.do(http.MethodDelete, path, nil, bearer...),
		"put": r.put(id, whole), "put another": r.put(id, "{}")} {
		if w.Code != 410 {
			t.Errorf("%s after the erasure: %d", name, w.Code)
		}
	}
	if strings.Contains(r.log.String(), id) || strings.Contains(r.log.String(), first.ResultKey) {
		t.Fatalf("the log names a sitting: %s", r.log)
	}
}

// Every bad body of the order gets its status, a problem document and a pointer.
func TestBadInput(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	whole := fixture(t, "sitting-whole.json")
	with := func(old, new string) string {
		if !strings.Contains(whole, old) {
			t.Fatalf("the example has no %s", old)
		}
		return strings.Replace(whole, old, new, 1)
	}
	for name, c := range map[string]struct {
		body    string
		status  int
		pointer string
		code    string
	}{
		"empty":             {"", 422, "", "json.syntax"},
		"form":              {"a=b", 422, "", "json.syntax"},
		"a list":            {"[]", 422, "", "json.object"},
		"null":              {"null", 422, "", "json.object"},
		"missing":           {with(`"purpose": "measurement",`, ``), 422, "/purpose", "json.required"},
		"empty object":      {"{}", 422, "/answers", "json.required"},
		"too long":          {with(`"крапка"`, `"`+strings.Repeat("ж", 9000)+`"`), 422, "/answers/at-sign", "answer.too_long"},
		"long for the item": {with(`"крапка"`, `"`+strings.Repeat("ж", 900)+`"`), 422, "/answers/at-sign", "answer.too_long"},
		"unknown option":    {with(`"scroll-page": "d"`, `"scroll-page": "zzz"`), 422, "/answers/scroll-page", "answer.unknown_option"},
		"unknown item":      {with(`"scroll-page"`, `"scroll-pages"`), 422, "/answers/scroll-pages", "answer.unknown_item"},
		"list for a single": {with(`"scroll-page": "d"`, `"scroll-page": ["d"]`), 422, "/answers/scroll-page", "answer.want_option"},
		"list of lists":     {with(`"scroll-page": "d"`, `"scroll-page": [["d"]]`), 422, "/answers/scroll-page", "answer.malformed"},
		"answer null":       {with(`"scroll-page": "d"`, `"scroll-page": null`), 422, "/answers/scroll-page", "answer.malformed"},
		"wrong version":     {with(`"version": 1`, `"version": 99`), 422, "/version", "sitting.no_such_version"},
		"version zero":      {with(`"version": 1`, `"version": 0`), 422, "/version", "json.range"},
		"huge version":      {with(`"version": 1`, `"version": 1e300`), 422, "/version", "json.range"},
		"endless version":   {with(`"version": 1`, `"version": 1e400`), 422, "/version", "json.overflow"},
		"no instrument":     {with(`"resident-test"`, `"resident"`), 422, "/instrument", "sitting.no_such_instrument"},
		"broken UTF-8":      {with(`"resident-test"`, "\"resident\xff\""), 422, "/instrument", "json.utf8"},
		"lone surrogate":    {with(`"крапка"`, `"\ud800"`), 422, "/answers/at-sign", "json.utf8"},
		"name twice":        {with(`"version": 1`, `"version": 1, "version": 1`), 422, "/version", "json.duplicate"},
		"answer twice":      {with(`"scroll-page": "d"`, `"scroll-page": "d", "scroll-page": "d"`), 422, "/answers/scroll-page", "json.duplicate"},
		"NaN":               {with(`"age": 63`, `"age": NaN`), 422, "/respondent/age", "json.syntax"},
		"deep":              {strings.Repeat(`{"answers":`, 20000), 422, strings.Repeat("/answers", 32), "json.depth"},
		"deep lists":        {strings.Repeat(`[`, 200000), 422, strings.Repeat("/0", 32), "json.depth"},
		"trailing":          {whole + "x", 422, "", "json.trailing"},
		"two bodies":        {whole + whole, 422, "", "json.trailing"},
		"unknown member":    {with(`"mode"`, `"phone_number": "0", "mode"`), 422, "/phone_number", "json.unknown"},
		"member with slash": {with(`"mode"`, `"a/b": 1, "mode"`), 422, "/a~1b", "json.unknown"},
		"age conflict":      {with(`"age": 63`, `"age": 59`), 422, "/respondent/age", "respondent.age_conflict"},
		"age text":          {with(`"age": 63`, `"age": "63"`), 422, "/respondent/age", "json.integer"},
		"future":            {with(`"submitted_at": "2026-11-21`, `"submitted_at": "2026-12-30`), 422, "/submitted_at", "time.future"},
		"backward":          {with(`"submitted_at": "2026-11-21`, `"submitted_at": "2026-11-20`), 422, "/submitted_at", "time.order"},
		"no zone":           {with(`10:00:00Z`, `10:00:00`), 422, "/started_at", "time.form"},
		"31 February":       {with(`"2026-11-21T10:00:00Z"`, `"2026-02-31T10:00:00Z"`), 422, "/started_at", "time.form"},
		"mentor":            {with(`"self"`, `"mentor"`), 403, "", ""},
		"10 MB":             {with(`"крапка"`, `"`+strings.Repeat("a", 10<<20)+`"`), 413, "", ""},
		"over 256 kB":       {with(`"крапка"`, `"`+strings.Repeat("a", 256<<10)+`"`), 413, "", ""},
	} {
		for _, lang := range []string{"uk", "en"} {
			w := r.put("0198c5a0-7f3e-7c11-9d52-3a1f0e6b8d47", c.body, "Accept-Language", lang)
			if w.Code != c.status || w.Header().Get("Content-Type") != typeProblem || w.Header().Get("Content-Language") != lang {
				t.Errorf("%s: %d %v %.200s", name, w.Code, w.Header(), w.Body)
				continue
			}
			p := parse[problem](t, w)
			if p.Status != c.status || p.Title == "" || p.Detail == "" || !strings.HasPrefix(p.Type, typePrefix) {
				t.Errorf("%s: %+v", name, p)
			}
			if c.code != "" && !slices.ContainsFunc(p.Errors, func(e problemField) bool { return e.Pointer == c.pointer && e.Code == c.code }) {
				t.Errorf("%s: %+v, want %s at %q", name, p.Errors, c.code, c.pointer)
			}
			for _, e := range p.Errors {
				if e.Detail == e.Code || strings.Contains(e.Detail, "<no value>") {
					t.Errorf("%s: no words for %s: %s", name, e.Code, e.Detail)
				}
			}
		}
	}
	for _, id := range []string{"1", "0198c5a0-7f3e-1c11-9d52-3a1f0e6b8d47", "%00", strings.Repeat("a", 2000)} {
		if w := r.put(id, whole); w.Code != 422 {
			t.Errorf("id %.40s: %d", id, w.Code)
		}
		if w := r.do(http.MethodGet, "/api/v1/sittings/"+id, nil); w.Code != 404 {
			t.Errorf("id %.40s: %d", id, w.Code)
		}
	}
	if w := r.put("0198c5a0-7f3e-7c11-9d52-3a1f0e6b8d47", whole); w.Code != 201 {
		t.Fatalf("a bad body left something behind: %d", w.Code)
	}
}

// A long body is refused over a real connection before it is read.
func TestLongBodyIsNotRead(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	srv := httptest.NewServer(r.handler)
	defer srv.Close()
	for _, declared := range []bool{true, false} {
		conn, err := net.Dial("tcp", srv.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
		head := "PUT /api/v1/sittings/0198c5a0-7f3e-7c11-9d52-3a1f0e6b8d47 HTTP/1.1\r\nHost: x\r\n"
		if declared {
			fmt.Fprintf(conn, "%sContent-Length: %d\r\n\r\n", head, 10<<20) // and not a byte of it
		} else {
			fmt.Fprintf(conn, "%sTransfer-Encoding: chunked\r\n\r\n", head)
			chunk := strings.Repeat("a", 64<<10)
			for range 5 {
				fmt.Fprintf(conn, "%x\r\n%s\r\n", len(chunk), chunk)
			}
		}
		answer := make([]byte, 512)
		n, err := io.ReadAtLeast(conn, answer, 12)
		if err != nil || !strings.HasPrefix(string(answer[:n]), "HTTP/1.1 413") {
			t.Fatalf("declared %v: %.60s %v", declared, answer[:n], err)
		}
		_ = conn.Close()
	}
}

func TestInstruments(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	list := parse[struct{ Instruments []map[string]any }](t, r.do(http.MethodGet, "/api/v1/instruments", nil))
	if len(list.Instruments) < 3 {
		t.Fatalf("%d instruments", len(list.Instruments))
	}
	for _, of := range list.Instruments {
		slug := of["slug"].(string)
		current := r.do(http.MethodGet, "/api/v1/instruments/"+slug, nil)
		versioned := r.do(http.MethodGet, fmt.Sprintf("/api/v1/instruments/%s/%v", slug, of["version"]), nil)
		if current.Code != 200 || versioned.Code != 200 || current.Body.String() != versioned.Body.String() {
			t.Fatalf("%s: %d %d", slug, current.Code, versioned.Code)
		}
		if cc := versioned.Header().Get("Cache-Control"); !strings.Contains(cc, "immutable") || strings.Contains(current.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: cache %q", slug, cc)
		}
		tag := versioned.Header().Get("ETag")
		for _, match := range []string{tag, "W/" + tag, `"x", ` + tag, strings.TrimSuffix(tag, `"`) + `-gz"`, "*"} {
			if w := r.do(http.MethodGet, "/api/v1/instruments/"+slug, nil, "If-None-Match", match); w.Code != 304 || w.Body.Len() > 0 {
				t.Errorf("%s with %s: %d", slug, match, w.Code)
			}
		}
		if w := r.do(http.MethodHead, "/api/v1/instruments/"+slug, nil); w.Code != 200 || w.Body.Len() > 0 || w.Header().Get("ETag") != tag {
			t.Errorf("HEAD %d", w.Code)
		}
		var in struct {
			Slug, Hash string
			Version    int
			Title      map[string]string
			Items      []map[string]any
		}
		if err := json.Unmarshal(versioned.Body.Bytes(), &in); err != nil {
			t.Fatal(err)
		}
		if len(in.Hash) != 64 || in.Title["uk"] == "" || in.Title["en"] == "" || len(in.Items) == 0 {
			t.Fatalf("%s: %+v", slug, in)
		}
		for _, it := range in.Items {
			for _, never := range []string{"key", "accept", "explain", "difficulty", "level", "can", "reason"} {
				if _, leaks := it[never]; leaks {
					t.Errorf("%s %s shows %s", slug, it["id"], never)
				}
			}
			for _, always := range []string{"id", "type", "competence", "required", "stem"} {
				if _, ok := it[always]; !ok {
					t.Errorf("%s %s lacks %s", slug, it["id"], always)
				}
			}
		}
	}
	for _, path := range []string{"/api/v1/instruments/none", "/api/v1/instruments/resident-test/9", "/api/v1/instruments/resident-test/01", "/api/v1/instruments/resident-test/x"} {
		if w := r.do(http.MethodGet, path, nil); w.Code != 404 || w.Header().Get("Content-Type") != typeProblem {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

// 300 people behind one address, such as a school or a mobile operator.
func TestThreeHundredFromOneAddress(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	srv := httptest.NewServer(r.handler)
	defer srv.Close()
	whole := fixture(t, "sitting-whole.json")
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 300}}
	var wg sync.WaitGroup
	for range 300 {
		wg.Go(func() {
			req, err := http.NewRequest(http.MethodPut, srv.URL+"/api/v1/sittings/"+uuid.NewString(), strings.NewReader(whole))
			if err != nil {
				t.Error(err)
				return
			}
			res, err := client.Do(req)
			if err != nil {
				t.Error(err)
				return
			}
			_ = res.Body.Close()
			if res.StatusCode != 201 {
				t.Errorf("status %d", res.StatusCode)
			}
		})
	}
	wg.Wait()
}

func TestThousandReplaysAtOnceLeaveOneRecord(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := uuid.NewString()
	whole := fixture(t, "sitting-whole.json")
	var mu sync.Mutex
	statuses := map[int]int{}
	keys := map[string]bool{}
	var wg sync.WaitGroup
	for range 1000 {
		wg.Go(func() {
			w := r.put(id, whole)
			var got Receipt
			_ = json.Unmarshal(w.Body.Bytes(), &got)
			mu.Lock()
			defer mu.Unlock()
			statuses[w.Code]++
			keys[got.ResultKey] = true
		})
	}
	wg.Wait()
	if statuses[201] != 1 || statuses[200] != 999 || len(keys) != 1 {
		t.Fatalf("%v, %d keys", statuses, len(keys))
	}
	n := 0
	for _, err := range r.service.Entries(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 1 {
		t.Fatalf("%d records", n)
	}
}
