package place

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Outlines reads districts from GeoJSON: a FeatureCollection of Polygons and
// MultiPolygons with a property id (or district) and name.
func Outlines(raw []byte) (list []District, err error) {
	var fc struct {
		Type     string `json:"type"`
		Features []struct {
			Properties map[string]any `json:"properties"`
			Geometry   struct {
				Type        string          `json:"type"`
				Coordinates json.RawMessage `json:"coordinates"`
			} `json:"geometry"`
		} `json:"features"`
	}
	if err := json.Unmarshal(raw, &fc); err != nil {
		return nil, err
	}
	if fc.Type != "FeatureCollection" || len(fc.Features) == 0 {
		return nil, fmt.Errorf("a FeatureCollection with districts is needed")
	}
	for i, f := range fc.Features {
		d := District{}
		for _, k := range []string{"id", "district"} {
			if s, ok := f.Properties[k].(string); ok && d.ID == "" {
				d.ID = s
			}
		}
		d.Name, _ = f.Properties["name"].(string) // may be absent
		var polygons [][][][]float64
		switch f.Geometry.Type {
		case "Polygon":
			var one [][][]float64
			if err := json.Unmarshal(f.Geometry.Coordinates, &one); err != nil {
				return nil, fmt.Errorf("feature %d: %w", i+1, err)
			}
			polygons = [][][][]float64{one}
		case "MultiPolygon":
			if err := json.Unmarshal(f.Geometry.Coordinates, &polygons); err != nil {
				return nil, fmt.Errorf("feature %d: %w", i+1, err)
			}
		}
		for _, poly := range polygons {
			for _, ring := range poly {
				var r Ring
				for _, c := range ring {
					if len(c) < 2 || !(Point{c[1], c[0]}).Valid() {
						return nil, fmt.Errorf("feature %d: a position is not longitude, latitude", i+1)
					}
					r = append(r, Point{c[1], c[0]})
				}
				if len(r) > 3 {
					d.Rings = append(d.Rings, r)
				}
			}
		}
		if d.ID == "" || len(d.Rings) == 0 {
			return nil, fmt.Errorf("feature %d: an id and a polygon are needed", i+1)
		}
		list = append(list, d)
	}
	return list, nil
}

// Population reads points where people live from CSV with the columns lat, lon, people
// and, if there are, district and name.
func Population(raw []byte) (list []Populated, err error) {
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\xEF\xBB\xBF"))))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		return nil, err
	}
	if len(rows) < 2 {
		return nil, fmt.Errorf("a head and rows are needed")
	}
	at := map[string]int{}
	for i, name := range rows[0] {
		at[strings.ToLower(strings.TrimSpace(name))] = i
	}
	for _, need := range []string{"lat", "lon", "people"} {
		if _, ok := at[need]; !ok {
			return nil, fmt.Errorf("the column %s is missing", need)
		}
	}
	for i, row := range rows[1:] {
		get := func(name string) string {
			if k, ok := at[name]; ok && k < len(row) {
				return strings.TrimSpace(row[k])
			}
			return ""
		}
		lat, err1 := strconv.ParseFloat(get("lat"), 64)
		lon, err2 := strconv.ParseFloat(get("lon"), 64)
		n, err3 := strconv.ParseFloat(get("people"), 64)
		p := Populated{Point: Point{lat, lon}, People: n, District: get("district"), Name: get("name")}
		if err1 != nil || err2 != nil || err3 != nil || !p.Point.Valid() || !(n >= 0 && n < 1e8) {
			return nil, fmt.Errorf("row %d: lat, lon and people must be numbers", i+2)
		}
		list = append(list, p)
	}
	return list, nil
}
