package register

import (
	"net/http"
	"testing"

	"osvitlo/internal/fault"
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
		r.post(at, http.StatusSeeOther, append(rest, "lat", "", "lon", "")...)
		if now, _ := r.bodies.ByID(one.ID); now.Point != nil {
			t.Errorf("the point stays: %v", now.Point)
		}
	})
}
