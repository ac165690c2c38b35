package app

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"osvitlo/internal/person"
)

// sent posts a file with fields as a form without a script does.
func sent(t *testing.T, a *App, who *http.Cookie, path string, raw []byte, fields ...string) *httptest.ResponseRecorder {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for i := 0; i+1 < len(fields); i += 2 {
		if err := m.WriteField(fields[i], fields[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	f, err := m.CreateFormFile("file", "course.zip")
	if err == nil {
		_, err = f.Write(raw)
	}
	if err != nil || m.Close() != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, path, &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.AddCookie(who)
	w := httptest.NewRecorder()
	a.site.ServeHTTP(w, r)
	return w
}

func TestCoursesAreCarriedOutAndIn(t *testing.T) {
	t.Parallel()
	a := small(t)
	editor := signedIn(t, a, person.Editor)
	const slug = "parents"
	for _, lang := range []string{"uk", "en"} {
		for _, path := range []string{"/office/exchange", "/office/packages"} {
			w := get(a, path+"?lang="+lang, editor)
			if w.Code != http.StatusOK || strings.Contains(w.Body.String(), ">package.") {
				t.Errorf("%s %s: %d, or a key without words", path, lang, w.Code)
			}
		}
	}
	zip := get(a, "/office/exchange/"+slug+".zip", editor)
	if zip.Code != http.StatusOK || !strings.Contains(zip.Header().Get("Content-Disposition"), slug+".zip") {
		t.Fatalf("%d %v", zip.Code, zip.Header())
	}
	if w := sent(t, a, editor, "/office/exchange", zip.Body.Bytes()); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "/office/courses/"+slug+"/edit") {
		t.Fatalf("the zip: %d %s", w.Code, w.Body)
	}
	d, err := a.Drafts.Get(t.Context(), slug)
	if err != nil {
		t.Fatal(err)
	}
	v, err := a.Drafts.Version(t.Context(), slug, 1)
	if err != nil {
		t.Fatal(err)
	}
	same := 0
	for _, f := range v.Files {
		for _, x := range d.Files {
			if x.Text == f.Text {
				same++
			}
		}
	}
	if same < len(v.Files)-1 { // the course file says another version
		t.Errorf("%d of %d files came back as they were", same, len(v.Files))
	}
	if n := a.Drafts.Check(d).Errors(); n != 0 {
		t.Errorf("the draft has %d errors", n)
	}
	if w := sent(t, a, editor, "/office/exchange", zip.Body.Bytes()); w.Code != http.StatusConflict {
		t.Errorf("over a draft: %d", w.Code)
	}
	cc := get(a, "/office/exchange/"+slug+".imscc?words=en", editor)
	if w := sent(t, a, editor, "/office/exchange", cc.Body.Bytes(), "words", "en"); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "f-slug") {
		t.Errorf("a cartridge without an address: %d", w.Code)
	}
	if w := sent(t, a, editor, "/office/exchange", cc.Body.Bytes(), "words", "en", "slug", "for-mothers"); w.Code != http.StatusOK {
		t.Errorf("a cartridge: %d %s", w.Code, w.Body)
	}
	if _, err := a.Drafts.Get(t.Context(), "for-mothers"); err != nil {
		t.Error(err)
	}
	if w := get(a, "/courses/for-mothers", nil); w.Code != http.StatusNotFound {
		t.Errorf("learners see what was brought: %d", w.Code)
	}
	for name, raw := range map[string][]byte{"a lie": []byte("%PDF-1.7"), "nothing": nil, "cut off": zip.Body.Bytes()[:900]} {
		for _, path := range []string{"/office/exchange", "/office/packages"} {
			if w := sent(t, a, editor, path, raw, "slug", "x-y", "name", "x-y"); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `id="f-file-error"`) {
				t.Errorf("%s to %s: %d", name, path, w.Code)
			}
		}
	}
	r := httptest.NewRequest(http.MethodPost, "/office/packages", neverRead{t})
	r.ContentLength = 5 << 30
	r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	r.AddCookie(editor)
	w := httptest.NewRecorder()
	a.site.ServeHTTP(w, r)
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `id="f-file-error"`) {
		t.Errorf("5 GB: %d", w.Code)
	}
}

type neverRead struct{ t *testing.T }

func (n neverRead) Read([]byte) (int, error) {
	n.t.Error("it was read")
	return 0, io.EOF
}

func TestStatementsAreForAnalysts(t *testing.T) {
	t.Parallel()
	a := small(t)
	analyst := signedIn(t, a, person.Analyst)
	if w := get(a, "/office/xapi", analyst); w.Code != http.StatusOK {
		t.Errorf("the form: %d", w.Code)
	}
	w := get(a, "/office/xapi/statements.json?from=2026-01-01", analyst)
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/json; charset=utf-8" || !strings.HasPrefix(w.Body.String(), "[") {
		t.Errorf("%d %v %.80s", w.Code, w.Header(), w.Body)
	}
	for path, want := range map[string]int{"?from=yesterday": http.StatusUnprocessableEntity, "?course=none": http.StatusNotFound} {
		if w := get(a, "/office/xapi/statements.json"+path, analyst); w.Code != want {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if w := get(a, "/office/xapi/statements.json", signedIn(t, a, person.Editor)); w.Code != http.StatusForbidden {
		t.Errorf("an editor: %d", w.Code)
	}
}
