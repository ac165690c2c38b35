package app

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"osvitlo/internal/institution/report"
	"osvitlo/internal/person"
	"osvitlo/internal/web/api"
)

// What the data service gives fits its description, and a shut round gives nothing.
func TestTheDataServiceGivesOpenRounds(t *testing.T) {
	t.Parallel()
	a := small(t)
	raw, err := api.Document()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(raw)
	if err != nil {
		t.Fatal(err)
	}
	get := doc.Paths.Value("/api/v1/rounds/{round}/figures")
	path := strings.Replace("/api/v1/rounds/{round}/figures", "{round}", get.Parameters[0].Value.Example.(string), 1) +
		"?role=" + get.Get.Parameters[0].Value.Example.(string)
	read := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		a.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w
	}
	w := read(path)
	if w.Code != http.StatusOK {
		t.Fatalf("the example answers %d: %s", w.Code, w.Body)
	}
	var plain any
	if err := json.Unmarshal(w.Body.Bytes(), &plain); err != nil {
		t.Fatal(err)
	}
	if err := doc.Components.Schemas["RoundFigures"].Value.VisitJSON(plain, openapi3.EnableJSONSchema2020(), openapi3.MultiErrors()); err != nil {
		t.Error(err)
	}
	var got api.RoundFigures
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Rows) < 10 {
		t.Errorf("only %d rows", len(got.Rows))
	}
	for _, row := range append(got.Rows, got.Total) {
		if row.N < report.K || len(row.Institutions) == 0 || row.Institutions[0].Name.UK == "" {
			t.Errorf("a row of %d people: %+v", row.N, row.Institutions)
		}
		for name, f := range row.Figures {
			if f.N < report.K || f.Mean == nil || (f.N < 20) != (f.Quartiles == nil) {
				t.Errorf("%s: %+v", name, f)
			}
		}
	}
	who := person.Operator("test")
	if _, err := a.Rounds.Publish(t.Context(), &who, got.Round, false); err != nil {
		t.Fatal(err)
	}
	if w := read(path); w.Code != http.StatusNotFound {
		t.Errorf("a shut round answers %d", w.Code)
	}
	if w := read("/api/v1/rounds"); w.Code != http.StatusOK || strings.Contains(w.Body.String(), got.Round) {
		t.Errorf("the list names a shut round: %d", w.Code)
	}
}
