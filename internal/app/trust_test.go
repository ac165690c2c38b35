package app

import (
	"net/http/httptest"
	"strings"
	"testing"

	"osvitlo/internal/person"
)

// TestThePromiseOfNoNamesIsForThoseItIsTrueFor: whoever signed in may have left a name.
func TestThePromiseOfNoNamesIsForThoseItIsTrueFor(t *testing.T) {
	t.Parallel()
	a := small(t)
	read := func(known bool) string {
		r := httptest.NewRequest("GET", "/surveys/resident-test?lang=en", nil)
		if known {
			r.AddCookie(signedIn(t, a, person.Resident))
		}
		w := httptest.NewRecorder()
		a.site.ServeHTTP(w, r)
		return w.Body.String()
	}
	const promise, apart = "We do not record your name", "Your name and your answers lie apart"
	for _, known := range []bool{false, true, false} {
		text := read(known)
		if strings.Contains(text, promise) == known || strings.Contains(text, apart) != known {
			t.Errorf("signed in: %v; the promise stands: %v, the other text: %v", known, strings.Contains(text, promise), strings.Contains(text, apart))
		}
	}
}
