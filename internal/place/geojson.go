package place

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"

	"osvitlo/internal/fault"
	"osvitlo/internal/sheet"
)

// Bounds of an imported file.
const (
	MaxImport     = 32 << 20 // bytes
	maxImportRows = 60_000
)

// FormatGeoJSON is the format of a file that is no table.
const FormatGeoJSON = sheet.JSON

// geoHead are the columns a feature's geometry makes.
const (
	geoLat = "lat"
	geoLon = "lon"
)

type geoFeature struct {
	Properties map[string]any `json:"properties"`
	Geometry   *struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	} `json:"geometry"`
}

// readGeoJSON streams the features of a collection as rows under a head; the head itself
// is the first row, number 0. Features are counted from 1.
func readGeoJSON(r io.Reader, head []string) iter.Seq2[sheet.Row, error] {
	return func(yield func(sheet.Row, error) bool) {
		bad := func(err error) { yield(sheet.Row{}, fault.From(err, fault.Invalid, "place.import_geojson")) }
		d := json.NewDecoder(sheet.Decode(r, sheet.UTF8))
		if err := toFeatures(d); err != nil {
			bad(err)
			return
		}
		n := 0
		var first []geoFeature
		for head == nil && d.More() && len(first) < 50 {
			var f geoFeature
			if err := d.Decode(&f); err != nil {
				bad(err)
				return
			}
			first = append(first, f)
		}
		if head == nil {
			head = headOf(first)
		}
		if !yield(sheet.Row{Cells: head}, nil) {
			return
		}
		for _, f := range first {
			if n++; !yield(f.row(n, head), nil) {
				return
			}
		}
		for d.More() {
			var f geoFeature
			if err := d.Decode(&f); err != nil {
				bad(err)
				return
			}
			if n++; !yield(f.row(n, head), nil) {
				return
			}
		}
	}
}

// toFeatures reads up to the first feature of the collection.
func toFeatures(d *json.Decoder) error {
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return fmt.Errorf("no object: %w", errors.Join(err))
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		if key == "features" {
			t, err := d.Token()
			if err == nil && t != json.Delim('[') {
				err = errors.New("features is no list")
			}
			return err
		}
		var skip json.RawMessage
		if err := d.Decode(&skip); err != nil {
			return err
		}
	}
	return errors.New("no features")
}

func headOf(list []geoFeature) []string {
	head := []string{geoLat, geoLon}
	have := map[string]bool{geoLat: true, geoLon: true}
	for _, f := range list {
		keys := make([]string, 0, len(f.Properties))
		for k := range f.Properties {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			if !have[k] && len(head) < sheet.MaxColumns {
				have[k], head = true, append(head, k)
			}
		}
	}
	return head
}

func (f geoFeature) row(n int, head []string) sheet.Row {
	out := sheet.Row{N: n, Cells: make([]string, len(head))}
	var at []float64
	if f.Geometry != nil {
		if f.Geometry.Type != "Point" {
			out.Broken = "place.row_geometry"
		} else if err := json.Unmarshal(f.Geometry.Coordinates, &at); err != nil || len(at) < 2 {
			out.Broken = "place.row_geometry"
		}
	}
	for i, name := range head {
		switch {
		case name == geoLat && len(at) > 1:
			out.Cells[i] = strconv.FormatFloat(at[1], 'f', -1, 64)
		case name == geoLon && len(at) > 1:
			out.Cells[i] = strconv.FormatFloat(at[0], 'f', -1, 64)
		default:
			out.Cells[i] = plain(f.Properties[name])
		}
	}
	return out
}

func plain(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return x
	case bool:
		return strconv.FormatBool(x)
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	case []any:
		parts := make([]string, len(x))
		for i, one := range x {
			parts[i] = plain(one)
		}
		return strings.Join(parts, ", ")
	}
	return ""
}

// rows streams a file by its format, the head first.
func rows(_ context.Context, r io.Reader, imp *Import) iter.Seq2[sheet.Row, error] {
	if imp.Format == FormatGeoJSON {
		return readGeoJSON(r, imp.Head)
	}
	return sheet.Rows(r, imp.Format, imp.Charset, imp.Comma, MaxImport)
}
