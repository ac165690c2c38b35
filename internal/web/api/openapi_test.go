package api

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/gin-gonic/gin"
)

func document(t *testing.T, r *rig) *openapi3.T {
	t.Helper()
	w := r.do(http.MethodGet, "/api/openapi.json", nil)
	if w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") {
		t.Fatalf("%d", w.Code)
	}
	doc, err := openapi3.NewLoader().LoadFromData(w.Body.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestOpenAPIIsValid(t *testing.T) {
	t.Parallel()
	doc := document(t, newRig(t))
	if doc.OpenAPI != "3.1.1" {
		t.Fatal(doc.OpenAPI)
	}
	if err := doc.Validate(t.Context(), openapi3.EnableExamplesValidation()); err != nil {
		t.Fatal(err)
	}
}

// The description and the routes name the same addresses.
func TestOpenAPIDescribesEveryRoute(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	doc := document(t, r)
	var described, routed []string
	for path, item := range doc.Paths.Map() {
		if strings.HasPrefix(path, "/open-data/") { // served by package opendata
			continue
		}
		for method := range item.Operations() {
			described = append(described, method+" "+path)
		}
	}
	param := regexp.MustCompile(`:(\w+)`)
	for _, route := range r.handler.(*gin.Engine).Routes() {
		if route.Method != http.MethodHead && route.Path != "/api/openapi.json" {
			routed = append(routed, route.Method+" "+param.ReplaceAllString(route.Path, "{$1}"))
		}
	}
	slices.Sort(described)
	slices.Sort(routed)
	if !slices.Equal(described, routed) {
		t.Fatalf("described %v\nrouted    %v", described, routed)
	}
}

// What is really sent and answered fits the schemas.
func TestOpenAPISchemasFitTheWire(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	doc := document(t, r)
	check := func(schema, text string) {
		t.Helper()
		var v any
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			t.Fatal(err)
		}
		if err := doc.Components.Schemas[schema].Value.VisitJSON(v, openapi3.EnableJSONSchema2020(), openapi3.MultiErrors()); err != nil {
			t.Errorf("%s: %v", schema, err)
		}
	}
	for _, e := range examples {
		body := fixture(t, e.file)
		check("Sitting", body)
		w := r.put(e.id, body)
		check("Receipt", w.Body.String())
		key := parse[Receipt](t, w).ResultKey
		check("Whole", r.do(http.MethodGet, "/api/v1/sittings/"+e.id, nil, "Authorization", "Bearer "+key).Body.String())
		in := r.do(http.MethodGet, "/api/v1/instruments/"+e.instrument, nil).Body.String()
		check("Instrument", in)
	}
	check("Index", fixture(t, "index.json"))
	check("Problem", r.put("x", "").Body.String())
	check("Problem", r.put(examples[0].id, "{}").Body.String())
	// and the schema refuses what the server refuses
	for _, bad := range []string{strings.Replace(fixture(t, "sitting-whole.json"), `"self"`, `"robot"`, 1), `{}`, faulty(t)} {
		var v any
		_ = json.Unmarshal([]byte(bad), &v)
		if doc.Components.Schemas["Sitting"].Value.VisitJSON(v, openapi3.EnableJSONSchema2020()) == nil {
			t.Errorf("the schema takes %.80s", bad)
		}
	}
}
