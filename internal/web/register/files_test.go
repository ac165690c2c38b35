package register

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
)

// The list of every kind of institution is written as it is filtered, and read again it
// changes nothing.
func TestTheListIsAFileThatCanBeImportedAgain(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		for n, kind := range institution.Kinds() {
			count := map[institution.Role]int{institution.RolesOf(kind)[0]: n}
			i := institution.Institution{Code: "0" + string(rune('1'+n)), Kind: kind, Names: []institution.Name{{Name: i18n.Text{UK: "Заклад «" + string(kind) + "»; другий", EN: "Body"}}}, Address: i18n.Text{UK: "вул. Нова, 3"},
				Type: i18n.Text{UK: "ліцей"}, District: "fortechnyi", Group: "small/1", Point: &institution.Point{Lat: 48.510623, Lon: 32.2}, Frames: []institution.Frame{{Year: 2026, Count: count, Carried: false}}}
			if n%2 == 1 {
				i.Point, i.District = nil, ""
			}
			if _, err := r.bodies.Add(t.Context(), &analyst, i); err != nil {
				t.Fatal(err)
			}
		}
		href := r.get(Institutions+"?sort=-name&q=small", http.StatusOK).Find(`a[href*="list."]`)
		if href.Length() != 0 {
			t.Error("an empty list is offered as a file")
		}
		href = r.get(Institutions+"?sort=-name&state=working", http.StatusOK).Find(`a[href*="list."]`)
		if href.Length() != 2 {
			t.Fatalf("%d files", href.Length())
		}
		for n := range 2 {
			w := httptest.NewRecorder()
			r.site.ServeHTTP(w, httptest.NewRequest(http.MethodGet, href.Eq(n).AttrOr("href", ""), nil))
			if w.Code != http.StatusOK || w.Header().Get("Cache-Control") != "no-store" {
				t.Fatalf("%d %v", w.Code, w.Header())
			}
			doc := r.file(w.Body.String(), http.StatusSeeOther)
			at, _ := url.Parse(doc.Url.Path)
			doc = r.get(at.Path+"?fate=same", http.StatusOK)
			if got := doc.Find("#shown tbody tr").Length(); got != len(institution.Kinds()) {
				t.Errorf("%s: %d rows are the same:\n%s", href.Eq(n).AttrOr("href", ""), got, r.get(at.Path, http.StatusOK).Find("#shown tbody").Text())
			}
		}
	})
}
