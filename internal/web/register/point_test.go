package register

import (
	"net/http"
	"strings"
	"testing"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
)

func inCity(lat, lon float64) []fault.Field {
	if lat < 48 || lat > 49 || lon < 32 || lon > 33 {
		return []fault.Field{{Pointer: "lat", Key: "place.point_outside"}}
	}
	return nil
}

func TestAPointIsTypedInOrSetOnTheMap(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		one := r.add("1", "Школа № 1", institution.School)
		at := Institutions + "/" + one.ID
		for _, path := range []string{at, Institutions + "/new"} {
			doc := r.get(path, http.StatusOK)
			if doc.Find("#f-lat").Length() != 1 || doc.Find("#f-lon").Length() != 1 || doc.Find("#map[data-pick]").AttrOr("data-box", "") != "48,32,49,33" || doc.Find(`script[src*="/places."]`).Length() != 1 {
				t.Errorf("%s: no fields or no map", path)
			}
		}
		rest := []string{"kind", "school", "code", "1", "state", "working", "rev", "1"}
		for _, bad := range [][2]string{{"50.45", "30.52"}, {"48.5", ""}, {"48.5", "схід"}} {
			doc := r.post(at, http.StatusUnprocessableEntity, append(rest, "lat", bad[0], "lon", bad[1])...)
			if doc.Find("#f-lat[aria-invalid=true], #f-lon[aria-invalid=true]").Length() == 0 || doc.Find("#f-lat").AttrOr("value", "") != bad[0] {
				t.Errorf("%v: nothing stands at the field, or it forgot what was typed", bad)
			}
		}
		doc := r.post(at, http.StatusSeeOther, append(rest, "lat", "48,5106 32,26", "lon", "")...)
		if doc.Find("#f-lat").AttrOr("value", "") != "48.510600" || doc.Find("#f-lon").AttrOr("value", "") != "32.260000" {
			t.Errorf("stored as %q", doc.Find("#f-lat").AttrOr("value", ""))
		}
		rest[len(rest)-1] = "2"
		doc = r.post(at, http.StatusSeeOther, append(rest, "lat", "", "lon", "", "current_en", "School No 1", "verified", "1.9.2026")...)
		now, _ := r.bodies.ByID(one.ID)
		if now.Verified != "2026-09-01" || now.Point != nil || now.Name() != (i18n.Text{UK: "Школа № 1", EN: "School No 1"}) || len(now.Names) != 1 {
			t.Errorf("the point or the name stays: %v %+v", now.Point, now.Names)
		}
		if got, want := strings.ReplaceAll(doc.Find("h1").Text(), "\u00a0", " "), now.Name().In(r.lang); got != want {
			t.Errorf("the page is headed %q, want %q", got, want)
		}
	})
}
