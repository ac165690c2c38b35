package place

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"time"

	"osvitlo/internal/i18n"
)

// Column is a column of the open data, in the order of the file.
type Column struct {
	Name string
	Type string // as in a Frictionless table schema
	Text i18n.Text
	of   func(f *Face) string
}

func joined[T ~string](list []T) string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = string(x)
	}
	return strings.Join(out, " ")
}

func coordinate(f *Face, of func(Point) float64) string {
	if f.Point == nil {
		return ""
	}
	return strconv.FormatFloat(of(*f.Point), 'f', 6, 64)
}

// hoursLine writes a week so that OpenStreetMap's readers understand it.
func hoursLine(h *Hours) string {
	if h == nil || !h.Known {
		return ""
	}
	names := [7]string{"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"}
	var parts []string
	for i := 0; i < 7; {
		j := i
		for j+1 < 7 && sameSpans(h.Week[j+1], h.Week[i]) {
			j++
		}
		if len(h.Week[i]) > 0 {
			days := names[i]
			if j > i {
				days += "-" + names[j]
			}
			spans := make([]string, len(h.Week[i]))
			for k, s := range h.Week[i] {
				spans[k] = pad(s.From) + "-" + pad(s.To)
			}
			parts = append(parts, days+" "+strings.Join(spans, ","))
		}
		i = j + 1
	}
	if len(parts) == 0 {
		return "off"
	}
	return strings.Join(parts, "; ")
}

func pad(m int) string {
	s := clock(m)
	if len(s) < 5 {
		return "0" + s
	}
	return s
}

func sameSpans(a, b []Span) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func flag(b bool) string { return strconv.FormatBool(b) }

var columns = []Column{
	{"id", "string", i18n.Text{UK: "Номер місця", EN: "Id of the place"}, func(f *Face) string { return f.ID }},
	{"slug", "string", i18n.Text{UK: "Назва в адресі сторінки", EN: "Name in the page's address"}, func(f *Face) string { return f.Slug }},
	{"kind", "string", i18n.Text{UK: "Вид місця", EN: "Kind of place"}, func(f *Face) string { return string(f.Kind) }},
	{"name_uk", "string", i18n.Text{UK: "Назва", EN: "Name in Ukrainian"}, func(f *Face) string { return f.Name.UK }},
	{"name_en", "string", i18n.Text{UK: "Назва англійською", EN: "Name in English"}, func(f *Face) string { return f.Name.EN }},
	{"address_uk", "string", i18n.Text{UK: "Адреса входу", EN: "Address of the entrance, in Ukrainian"}, func(f *Face) string { return f.Address.UK }},
	{"address_en", "string", i18n.Text{UK: "Адреса входу англійською", EN: "Address of the entrance, in English"}, func(f *Face) string { return f.Address.EN }},
	{"district", "string", i18n.Text{UK: "Район", EN: "District"}, func(f *Face) string { return f.District }},
	{"lat", "number", i18n.Text{UK: "Широта, WGS 84; порожньо, якщо точку не поставлено", EN: "Latitude, WGS 84; empty when nobody has set the point"}, func(f *Face) string { return coordinate(f, func(p Point) float64 { return p.Lat }) }},
	{"lon", "number", i18n.Text{UK: "Довгота, WGS 84", EN: "Longitude, WGS 84"}, func(f *Face) string { return coordinate(f, func(p Point) float64 { return p.Lon }) }},
	{"offers", "string", i18n.Text{UK: "Що тут є, через пробіл", EN: "What there is, separated by spaces"}, func(f *Face) string { return joined(f.Offers) }},
	{"opening_hours", "string", i18n.Text{UK: "Звичайний тиждень у записі OpenStreetMap", EN: "The usual week as OpenStreetMap writes it"}, func(f *Face) string { return hoursLine(f.Hours) }},
	{"power_schedule", "boolean", i18n.Text{UK: "Працює за графіком відключень", EN: "Hours follow the power cuts"}, func(f *Face) string { return flag(f.Hours != nil && f.Hours.Outages) }},
	{"access", "string", i18n.Text{UK: "Доступність, через пробіл", EN: "Accessibility, separated by spaces"}, func(f *Face) string { return joined(f.Access) }},
	{"no_power", "string", i18n.Text{UK: "Працює без світла: yes, no або невідомо", EN: "Works without mains power: yes, no, or unknown"}, func(f *Face) string { return string(f.NoPower) }},
	{"shelter", "string", i18n.Text{UK: "Укриття поруч: yes, no або невідомо", EN: "A shelter is near: yes, no, or unknown"}, func(f *Face) string { return string(f.Shelter) }},
	{"languages", "string", i18n.Text{UK: "Мови", EN: "Languages"}, func(f *Face) string { return joined(f.Speaks) }},
	{"phone", "string", i18n.Text{UK: "Телефон", EN: "Telephone"}, func(f *Face) string { return f.Phone }},
	{"email", "string", i18n.Text{UK: "Пошта", EN: "E-mail"}, func(f *Face) string { return f.Email }},
	{"web", "string", i18n.Text{UK: "Сайт", EN: "Site"}, func(f *Face) string { return f.Web }},
	{"confirmed", "date", i18n.Text{UK: "Коли востаннє підтверджено", EN: "Last confirmed on"}, func(f *Face) string {
		if f.Confirmed == 0 {
			return ""
		}
		return time.Unix(f.Confirmed, 0).In(i18n.Kyiv).Format(time.DateOnly)
	}},
	{"verified", "boolean", i18n.Text{UK: "Перевірено містом", EN: "Checked by the city"}, func(f *Face) string { return flag(f.Verified) }},
	{"demo", "boolean", i18n.Text{UK: "Вигадане місце демонстрації", EN: "Invented, of the demonstration"}, func(f *Face) string { return flag(f.Demo) }},
}

// Columns lists the columns of the open data.
func Columns() []Column { return columns }

// WriteCSV writes the public faces: RFC 4180, UTF-8 with a byte order mark so that
// spreadsheets read Ukrainian. Texts that a spreadsheet would take for a formula get an
// apostrophe before them.
func WriteCSV(w io.Writer, list []Hit) error {
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	row := make([]string, len(columns))
	for i, c := range columns {
		row[i] = c.Name
	}
	if err := out.Write(row); err != nil {
		return err
	}
	for _, h := range list {
		for i, c := range columns {
			row[i] = c.of(h.Face)
			if c.Type == "string" {
				row[i] = tame(row[i])
			}
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// tame keeps a spreadsheet from running a text.
func tame(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

type feature struct {
	Type       string         `json:"type"`
	ID         string         `json:"id"`
	Geometry   *geometry      `json:"geometry"`
	Properties map[string]any `json:"properties"`
}

type geometry struct {
	Type        string     `json:"type"`
	Coordinates [2]float64 `json:"coordinates"`
}

// WriteGeoJSON writes the public faces as a FeatureCollection (RFC 7946): longitude
// first, six decimals; places without a point have a null geometry.
func WriteGeoJSON(w io.Writer, list []Hit) error {
	if _, err := io.WriteString(w, `{"type":"FeatureCollection","features":[`); err != nil {
		return err
	}
	for i, h := range list {
		f := feature{Type: "Feature", ID: h.Face.ID, Properties: map[string]any{}}
		if p := h.Face.Point; p != nil {
			f.Geometry = &geometry{"Point", [2]float64{six(p.Lon), six(p.Lat)}}
		}
		for _, c := range columns {
			if c.Name == "lat" || c.Name == "lon" || c.Name == "id" {
				continue
			}
			text := c.of(h.Face)
			switch {
			case c.Type == "boolean":
				f.Properties[c.Name] = text == "true"
			case text == "":
				f.Properties[c.Name] = nil
			default:
				f.Properties[c.Name] = text
			}
		}
		raw, err := json.Marshal(f)
		if err != nil {
			return err
		}
		sep := ",\n"
		if i == 0 {
			sep = "\n"
		}
		if _, err := io.WriteString(w, sep); err != nil {
			return err
		}
		if _, err := w.Write(raw); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, "\n]}\n")
	return err
}

func six(x float64) float64 {
	v, err := strconv.ParseFloat(strconv.FormatFloat(x, 'f', 6, 64), 64)
	if err != nil {
		return x // a finite number is always read again
	}
	return v
}

// DataPackage describes the files of the open data (Frictionless Data Package). base is
// the site's address without a slash at the end; it may be empty.
func DataPackage(base string, title i18n.Text, updated time.Time) ([]byte, error) {
	type field struct {
		Name        string `json:"name"`
		Type        string `json:"type"`
		Description string `json:"description"`
		Title       string `json:"title"`
	}
	var fields []field
	for _, c := range columns {
		fields = append(fields, field{c.Name, c.Type, c.Text.EN, c.Text.UK})
	}
	return json.MarshalIndent(map[string]any{
		"profile": "data-package", "name": "osvitlo-places", "title": title.UK, "description": title.EN,
		"homepage": base + "/map", "updated": updated.UTC().Format(time.RFC3339),
		"licenses": []map[string]string{{"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}},
		"resources": []map[string]any{
			{"name": "places", "path": base + "/places.csv", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8", "profile": "tabular-data-resource",
				"schema": map[string]any{"fields": fields, "primaryKey": "id", "missingValues": []string{""}}},
			{"name": "places-geojson", "path": base + "/places.geojson", "format": "geojson", "mediatype": "application/geo+json"},
		},
	}, "", "  ")
}
