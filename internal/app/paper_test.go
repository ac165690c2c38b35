package app

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"osvitlo/internal/institution"
	"osvitlo/internal/person"
	"osvitlo/internal/testkit"
)

// Every document is a page in both languages with the same Ukrainian text, and a file.
func TestDocumentsOfARoundAreReadAndTakenAlong(t *testing.T) {
	t.Parallel()
	m := newMonitoring(t)
	body := m.school(t, "Ліцей «Документ»", map[institution.Role]int{teachers: 12, institution.Graduate: 20})
	other := m.school(t, "Ліцей «Інший»", map[institution.Role]int{teachers: 12})
	r := m.opened(t, false, body)
	office := map[string]*testkit.Visitor{"uk": m.staff(t, person.Analyst, "uk"), "en": m.staff(t, person.Analyst, "en")}
	own := map[string]*testkit.Visitor{"uk": m.coordinator(t, "uk", body), "en": m.coordinator(t, "en", body)}
	for _, c := range []struct {
		who   map[string]*testkit.Visitor
		at    string
		kinds []string
	}{
		{office, "/office/rounds/" + r.ID + "/documents/", []string{"order", "letter", "destroyed", "certificates", "requirement"}},
		{own, "/school/at/" + body.ID + "/" + r.ID + "/documents/", []string{"destroyed", "certificates"}},
	} {
		for _, kind := range c.kinds {
			uk := sound(t, c.who["uk"].Get(c.at+kind).Want(t, http.StatusOK))
			en := sound(t, c.who["en"].Get(c.at+kind).Want(t, http.StatusOK))
			if text := uk.Text(".os-paper"); len(text) < 300 || text != en.Text(".os-paper") {
				t.Errorf("%s: %d letters, or another text for English readers", kind, len(text))
			}
			if has(t, en, "Download the DOCX file").Doc().Find(".os-paper[lang=uk]").Length() != 1 {
				t.Errorf("%s: its language is not named", kind)
			}
			file := c.who["uk"].Get(c.at+kind+"/file").Want(t, http.StatusOK)
			raw, err := io.ReadAll(bytes.NewReader(file.Body))
			if err != nil {
				t.Fatal(err)
			}
			z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
			if err != nil || len(z.File) < 8 || !strings.Contains(file.Header.Get("Content-Disposition"), kind+"-2026-27.docx") {
				t.Errorf("%s: %v, %s", kind, err, file.Header.Get("Content-Disposition"))
			}
		}
		c.who["uk"].Get(c.at+"nothing").Want(t, http.StatusNotFound)
		c.who["uk"].Get(c.at+"results").Want(t, http.StatusNotFound) // no results yet
	}
	has(t, sound(t, office["uk"].Get("/office/rounds/"+r.ID+"/documents").Want(t, http.StatusOK)), "Наказ про моніторинг", "Довідка й протокол з’являться")
	has(t, sound(t, office["en"].Get("/office/rounds/"+r.ID+"/documents").Want(t, http.StatusOK)), "Order on the monitoring")
	has(t, office["uk"].Get("/office/rounds/"+r.ID+"/documents/order").Want(t, http.StatusOK), "Відповіді не впливають на атестацію, премію чи навантаження", "Ліцей «Документ»")
	// another school's coordinator does not read them
	stranger := m.coordinator(t, "uk", other)
	if got := stranger.Get("/school/at/" + body.ID + "/" + r.ID + "/documents/destroyed").Status; got != http.StatusForbidden && got != http.StatusNotFound {
		t.Errorf("a stranger reads: %d", got)
	}
	// the signed order leaves as a file, to staff only
	signed := office["uk"].Get("/office/rounds/"+r.ID+"/order").Want(t, http.StatusOK)
	if !strings.HasPrefix(signed.Header.Get("Content-Disposition"), "attachment") || signed.Header.Get("Content-Type") != "image/png" {
		t.Error(signed.Header)
	}
	if got := own["uk"].Get("/office/rounds/" + r.ID + "/order").Status; got != http.StatusForbidden && got != http.StatusNotFound {
		t.Errorf("a coordinator reads the city's file: %d", got)
	}
}
