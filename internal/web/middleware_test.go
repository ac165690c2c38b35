package web

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
)

// TestPicturesMayComeFromTheStorage: the storage's origin is let in for pictures and
// media, and for nothing else.
func TestPicturesMayComeFromTheStorage(t *testing.T) {
	t.Parallel()
	for media, want := range map[string]int{"": 0, "https://files.example.ua/bucket": 2, "no address": 0, "https://x; script-src *": 0} {
		w := httptest.NewRecorder()
		c, _ := gin.CreateTestContext(w)
		secure(true, media)(c)
		got := w.Header().Get("Content-Security-Policy")
		if strings.Count(got, "https://files.example.ua") != want || strings.Contains(got, "bucket") || strings.Count(got, "script-src") != 1 ||
			!strings.Contains(got, "script-src 'self';") || !strings.Contains(got, "media-src 'self'") {
			t.Errorf("%q: %s", media, got)
		}
	}
}
