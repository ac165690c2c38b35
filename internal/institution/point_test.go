package institution

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"osvitlo/internal/fault"
)

func TestAPointIsReadAsPeopleWriteIt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ lat, lon, want string }{
		{"", " ", ""}, {"48.5106", "32.26", "48.510600, 32.260000"}, {"48,5106", "32,26", "48.510600, 32.260000"}, {"48.51062345", "-0.5", "48.510623, -0.500000"},
		{"48.5106, 32.2600", "", "48.510600, 32.260000"}, {"48.5106,32.26", "", "48.510600, 32.260000"}, {"(48,5106; 32,26)", "", "48.510600, 32.260000"},
		{"48.5", "", "lat institution.point_half"}, {"", "32", "lat institution.point_half"}, {"північ", "32", "lat institution.point_number"},
		{"48.5", "32°15′", "lon institution.point_number"}, {"48°30′ 32°15′", "", "lat institution.point_half"}, {"1e9", "Inf", "lat institution.point_number"},
	} {
		p, err := ReadPoint(c.lat, c.lon)
		got := p.String()
		if err != nil {
			got = fault.As(err).Fields[0].Pointer + " " + fault.As(err).Fields[0].Key
		}
		if got != c.want {
			t.Errorf("%q, %q is read as %q, want %q", c.lat, c.lon, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		p := &Point{rapid.Float64Range(-90, 90).Draw(t, "lat"), rapid.Float64Range(-180, 180).Draw(t, "lon")}
		once, err := ReadPoint(p.String(), "")
		if err != nil {
			t.Fatal(err)
		}
		lat, lon := once.Cells()
		if again, err := ReadPoint(lat, lon); err != nil || !again.is(once) {
			t.Fatalf("%v was written as %s, %s and read as %v, %v", once, lat, lon, again, err)
		}
		_, _ = ReadPoint(rapid.String().Draw(t, "x"), rapid.String().Draw(t, "y")) // never panics
	})
}

func TestARowWithoutADistrictFindsItsInstitutionByName(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	one := add(t, s, school("", "гімназія «Барвінок»", "fortechnyi"))
	add(t, s, school("", "школа № 1", "fortechnyi"))
	add(t, s, school("", "школа № 1", "podilskyi"))
	add(t, s, school("5", "школа № 5", "podilskyi"))
	imp := upload(t, s, []byte("Код;Назва;Вид;Учителів\r\n78;Гімназія «Барвінок»;школа;31\r\n;школа № 1;школа;20\r\n6;школа № 5;школа;\r\n"))
	_, plan := look(t, s, imp.ID)
	if r := plan.Rows; r[0].Fate != FateChange || r[0].ID != one.ID || r[1].Fate != FateFault || r[2].Fate != FateAdd {
		t.Errorf("%+v", r)
	}
	if f := plan.Faults; len(f) != 1 || f[0].Key != "institution.import_several" || f[0].Args["N"] != 2 {
		t.Errorf("%+v", f)
	}
}

// inCity is a city of one degree.
func inCity(lat, lon float64) []fault.Field {
	if lat < 48 || lat > 49 || lon < 32 || lon > 33 {
		return []fault.Field{{Pointer: "lat", Key: "place.point_outside"}}
	}
	return nil
}

func TestPointsAndEnglishNamesAreEditedImportedAndTakenBack(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	s.o.Inside = inCity
	one := school("9", "школа № 9", "")
	one.Point = &Point{50.45, 30.52}
	if _, err := s.Add(t.Context(), analyst, one); fault.As(err) == nil || fault.As(err).Fields[0].Key != "place.point_outside" {
		t.Errorf("a school was put outside the city: %v", err)
	}
	one.Point = &Point{48.5, 32.2}
	nine := add(t, s, one)
	edit := *nine
	edit.Point = &Point{48.6, 32.3}
	if nine, err := s.Edit(t.Context(), analyst, nine.Rev, edit); err != nil || !nine.Point.is(&Point{48.6, 32.3}) {
		t.Fatalf("moved to %v, %v", nine, err)
	}
	imp := upload(t, s, []byte("Код;Назва;Назва англійською;Вид;Координати;Найширота;Довгота\r\n"+
		"9;школа № 9;School 9;;48.5001, 32.2001;;\r\n10;школа № 10;School 10;школа;\"48,51; 32,21\";;\r\n11;школа № 11;;школа;50.45 30.52;;\r\n12;школа № 12;;школа;десь;;\r\n13;школа № 13;;школа;;;32,2\r\n"))
	if c := imp.Columns; c["point"] != "Координати" || c["name_en"] != "Назва англійською" || c["name"] != "Назва" || c["lon"] != "Довгота" {
		t.Fatalf("columns %v", c)
	}
	imp, plan := look(t, s, imp.ID)
	var said []string
	for _, f := range plan.Faults {
		said = append(said, f.Column+" "+f.Key)
	}
	if got := strings.Join(said, ", "); got != "point place.point_outside, point institution.point_half, lat institution.point_half" {
		t.Errorf("faults: %s", got)
	}
	if c := plan.Rows[0].Changes; len(c) != 2 || c[0] != (Change{"name_en", "", "School 9"}) || c[1] != (Change{"point", "48.600000, 32.300000", "48.500100, 32.200100"}) {
		t.Errorf("row 2 changes %+v", c)
	}
	if _, err := s.Apply(t.Context(), analyst, imp.ID, plan.Digest()); err != nil {
		t.Fatal(err)
	}
	if now, _ := s.ByCode("9"); !now.Point.is(&Point{48.5001, 32.2001}) || now.Name().EN != "School 9" || len(now.Names) != 1 {
		t.Errorf("after the import %v %+v", now.Point, now.Names)
	}
	if _, err := s.Undo(t.Context(), analyst, imp.ID); err != nil {
		t.Fatal(err)
	}
	if now, _ := s.ByCode("9"); !now.Point.is(&Point{48.6, 32.3}) || now.Name().EN != "" {
		t.Errorf("after the undo %v %+v", now.Point, now.Names)
	}
}
