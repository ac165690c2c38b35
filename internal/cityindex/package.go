package cityindex

import (
	"archive/zip"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"osvitlo/internal/fault"
)

// Names of the files of a release.
const (
	FileIndex     = "index.json"
	FileFigures   = "index.csv"
	FileCells     = "cells.csv"
	FilePackage   = "datapackage.json"
	FileCatalog   = "catalog.jsonld"
	FileReadme    = "README.md"
	FileSignature = "datapackage.json.sig"
	FileZip       = "release.zip"
	FileDrivers   = "drivers.json"
	FileDriverCSV = "drivers.csv"
	FileChanges   = "changes.json"
)

// File is one file of a release.
type File struct {
	Name        string
	ContentType string
	Body        []byte
}

// Hash is the SHA-256 of the body in hex.
func (f *File) Hash() string {
	h := sha256.Sum256(f.Body)
	return hex.EncodeToString(h[:])
}

type dataPackage struct {
	Profile     string        `json:"profile"`
	Name        string        `json:"name"`
	ID          string        `json:"id,omitempty"` // the release's address, where the site knows its own
	Title       string        `json:"title"`
	Description string        `json:"description"`
	Version     string        `json:"version"`
	Created     time.Time     `json:"created"`
	Homepage    string        `json:"homepage,omitempty"`
	Demo        bool          `json:"demo"`
	Licenses    []license     `json:"licenses"`
	Sources     []titled      `json:"sources"`
	Contributor []contributor `json:"contributors,omitempty"`
	Resources   []resource    `json:"resources"`
}

type license struct {
	Name  string `json:"name"`
	Path  string `json:"path"`
	Title string `json:"title"`
}

type titled struct {
	Title string `json:"title"`
	Path  string `json:"path,omitempty"`
}

type contributor struct {
	Title string `json:"title"`
	Role  string `json:"role"`
}

type resource struct {
	Name      string  `json:"name"`
	Path      string  `json:"path"`
	Title     string  `json:"title"`
	Profile   string  `json:"profile"`
	Format    string  `json:"format"`
	MediaType string  `json:"mediatype"`
	Encoding  string  `json:"encoding"`
	Bytes     int     `json:"bytes"`
	Hash      string  `json:"hash"`
	Schema    *schema `json:"schema,omitempty"`
}

type schema struct {
	Fields     []field  `json:"fields"`
	PrimaryKey []string `json:"primaryKey,omitempty"`
	Missing    []string `json:"missingValues"`
}

type field struct {
	Name        string `json:"name"`
	Type        string `json:"type"`
	Description string `json:"description"`
}

func fieldsOf(names []string, meaning map[string][2]string) (out []field) {
	for _, n := range names {
		out = append(out, field{Name: n, Type: meaning[n][0], Description: meaning[n][1]})
	}
	return out
}

var cellMeaning = map[string][2]string{
	"table":       {"string", "index: classes of the index; areas: classes of the six areas"},
	"class":       {"string", "sex and joined ages"},
	"sex":         {"string", "female, male, or all where both had to be taken together"},
	"ages":        {"string", "ages of the class; under ten tested people are joined with a neighbouring age"},
	"population":  {"integer", "people of the class in the population margins"},
	"n":           {"integer", "all weighted people of the class, also those without a score"},
	"weight":      {"number", "weight of one of them: population / n"},
	"variable":    {"string", "score: overall score; ua1 to ua6: area score; 0 to 100"},
	"n_variable":  {"integer", "people of the class who have the variable"},
	"sum":         {"number", "sum of the variable over them, in points, exact"},
	"sum_squares": {"number", "sum of its squares, exact"},
}

var figureMeaning = map[string][2]string{
	"figure":      {"string", "people, index, at_least_basic, no_internet, level, area or a breakdown"},
	"id":          {"string", "which group"},
	"estimate":    {"string", "count, effective, mean (0 to 100) or share (0 to 1)"},
	"value":       {"number", "the figure; empty when it is held back"},
	"se":          {"number", "standard error, with the weighting in it"},
	"low":         {"number", "lower end of the model-based 95 % interval"},
	"high":        {"number", "upper end"},
	"n":           {"integer", "people behind the figure"},
	"n_effective": {"number", "Kish's effective number of them"},
	"suppressed":  {"boolean", "held back to protect people"},
	"reason":      {"string", "why there is no figure"},
}

// jsonBody writes indented JSON with a newline at the end.
func jsonBody(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return nil, fault.From(err, fault.Internal, "")
	}
	return b.Bytes(), nil
}

// makeFiles writes the files of a release and signs them: datapackage.json
// holds the hash of every other file, the signature covers datapackage.json.
func makeFiles(b *built, set Settings, key ed25519.PrivateKey) ([]File, error) {
	r := &b.release
	open := OpenIndex{
		Demo: set.Demo, Status: StatusFinal, Method: r.Method, Wave: r.Wave, AsOf: r.AsOf,
		N: r.N, Unweightable: r.Unweightable, Weighted: r.Weighted, NEffective: r.NEffective, Weighting: r.Weighting.Rung, Alerts: r.Alerts,
		Index: r.Index, AtLeastBasic: r.AtLeastBasic, NoInternet: r.NoInternet, Release: r,
	}
	index, err := jsonBody(open)
	if err != nil {
		return nil, err
	}
	home := ""
	if set.PublicURL != "" {
		home = set.PublicURL + "/open-data/releases/" + r.ID + "/"
	}
	catalog, err := jsonBody(catalogOf(r, set, home))
	if err != nil {
		return nil, err
	}
	files := []File{
		{FileIndex, "application/json", index},
		{FileFigures, "text/csv; charset=utf-8", figuresCSV(r)},
		{FileCells, "text/csv; charset=utf-8", cellsCSV(b.cells)},
		{FileCatalog, "application/ld+json", catalog},
		{FileReadme, "text/markdown; charset=utf-8", []byte(readme(r, set))},
		{fileKey, "application/x-pem-file", PublicPEM(key.Public().(ed25519.PublicKey))},
	}
	more, err := moreFiles(b)
	if err != nil {
		return nil, err
	}
	files = append(files, more...)
	p := dataPackage{
		Profile: "data-package", Name: strings.ToLower("osvitlo-" + r.ID), ID: home, Title: title(set), Version: fmt.Sprint(r.ID),
		Description: set.Margins.Sentence.UK + " " + set.Margins.Sentence.EN,
		Created:     r.AsOf, Homepage: home, Demo: set.Demo,
		Licenses: []license{{"CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/", "Creative Commons Attribution 4.0"}},
		Sources:  []titled{{Title: set.Margins.Publication.Title + ", " + set.Margins.Publication.Table}},
	}
	if set.Owner.UK != "" {
		p.Contributor = []contributor{{set.Owner.UK, "publisher"}}
	}
	about := map[string]resource{
		FileIndex:     {Name: "index-json", Title: "Figures with their errors, unrounded", Profile: "data-resource", Format: "json"},
		FileFigures:   {Name: "index", Title: "Figures, one a row", Profile: "tabular-data-resource", Format: "csv", Schema: &schema{Fields: fieldsOf(figureColumns, figureMeaning), PrimaryKey: []string{"figure", "id"}, Missing: []string{""}}},
		FileCells:     {Name: "cells", Title: "Classes from which the figures can be recomputed", Profile: "tabular-data-resource", Format: "csv", Schema: &schema{Fields: fieldsOf(cellColumns, cellMeaning), PrimaryKey: []string{"table", "class", "variable"}, Missing: []string{""}}},
		FileCatalog:   {Name: "catalog", Title: "Description for catalogues, DCAT", Profile: "data-resource", Format: "jsonld"},
		fileKey:       {Name: "release-key", Title: "Public key of the signature; compare it with the publisher's site", Profile: "data-resource", Format: "pem"},
		FileDrivers:   {Name: "drivers-json", Title: "What goes together with the score: association, not cause", Profile: "data-resource", Format: "json"},
		FileDriverCSV: {Name: "drivers", Title: "The same, one row a group", Profile: "tabular-data-resource", Format: "csv", Schema: &schema{Fields: fieldsOf(driverColumns, driverMeaning), PrimaryKey: []string{"factor", "group"}, Missing: []string{""}}},
		FileChanges:   {Name: "changes", Title: "Differences from the wave before, with errors and Holm's correction", Profile: "data-resource", Format: "json"},
		FileReadme:    {Name: "readme", Title: "How to read and recompute", Profile: "data-resource", Format: "md"},
	}
	for i := range files {
		f := &files[i]
		res := about[f.Name]
		res.Path, res.Bytes, res.Hash, res.Encoding = f.Name, len(f.Body), "sha256:"+f.Hash(), "utf-8"
		res.MediaType, _, _ = strings.Cut(f.ContentType, ";")
		p.Resources = append(p.Resources, res)
	}
	body, err := jsonBody(p)
	if err != nil {
		return nil, err
	}
	files = append(files, File{FilePackage, "application/json", body}, File{FileSignature, "text/plain; charset=utf-8", signer(key)(body)})
	packed, err := zipOf(files, r.AsOf)
	if err != nil {
		return nil, err
	}
	return append(files, File{FileZip, "application/zip", packed}), nil
}

// moreFiles are the files that are made from rows and from earlier releases.
func moreFiles(b *built) ([]File, error) {
	var out []File
	if b.drivers != nil {
		body, err := jsonBody(b.drivers)
		if err != nil {
			return nil, err
		}
		out = append(out, File{FileDrivers, "application/json", body}, File{FileDriverCSV, "text/csv; charset=utf-8", driversCSV(b.drivers)})
	}
	if b.changes != nil {
		body, err := jsonBody(b.changes)
		if err != nil {
			return nil, err
		}
		out = append(out, File{FileChanges, "application/json", body})
	}
	return out, nil
}

func title(set Settings) string {
	t := "Цифрова грамотність: " + set.City.UK + " / Digital literacy: " + set.City.EN
	if set.Demo {
		t = "[ДЕМО, вигадані дані / DEMO, invented data] " + t
	}
	return t
}

// zipOf packs files in order; the same files give the same bytes.
func zipOf(files []File, at time.Time) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		w, err := z.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: at.UTC().Truncate(2 * time.Second)})
		if err != nil {
			return nil, fault.From(err, fault.Internal, "")
		}
		if _, err := w.Write(f.Body); err != nil {
			return nil, fault.From(err, fault.Internal, "")
		}
	}
	if err := z.Close(); err != nil {
		return nil, fault.From(err, fault.Internal, "")
	}
	return b.Bytes(), nil
}

// Words of the vocabularies that DCAT-AP asks for.
const (
	mediaTypes = "http://www.iana.org/assignments/media-types/"
	authority  = "http://publications.europa.eu/resource/authority/"
)

// catalogOf describes the release in the words of DCAT-AP: its mandatory properties and
// those a harvester looks for. scripts/opendata-lint holds it against shapes.
func catalogOf(r *Release, set Settings, home string) map[string]any {
	id := func(iri string) map[string]string { return map[string]string{"@id": iri} }
	var dist []map[string]any
	for _, f := range [...][3]string{{FileIndex, "application/json", "JSON"}, {FileFigures, "text/csv", "CSV"}, {FileCells, "text/csv", "CSV"}, {FileZip, "application/zip", "ZIP"}} {
		dist = append(dist, map[string]any{
			"@type": "dcat:Distribution", "dct:title": f[0], "dcat:mediaType": id(mediaTypes + f[1]), "dct:format": id(authority + "file-type/" + f[2]),
			"dcat:accessURL": id(home + f[0]), "dcat:downloadURL": id(home + f[0]), "dct:license": id("https://creativecommons.org/licenses/by/4.0/"),
		})
	}
	words := func(uk, en string) []map[string]string {
		return []map[string]string{{"@language": "uk", "@value": uk}, {"@language": "en", "@value": en}}
	}
	day := map[string]string{"@type": "xsd:dateTime", "@value": r.AsOf.Format(time.RFC3339)}
	languages := []map[string]string{id(authority + "language/UKR"), id(authority + "language/ENG")}
	description := words(set.Margins.Sentence.UK, set.Margins.Sentence.EN)
	owner := words(orBlank(set.Owner.UK, title(set)), orBlank(set.Owner.EN, title(set)))
	publisher := map[string]any{"@id": "_:publisher", "@type": "foaf:Agent", "foaf:name": owner}
	if set.PublicURL != "" {
		publisher["@id"] = set.PublicURL + "/#publisher"
	}
	data := map[string]any{
		"@type": "dcat:Dataset", "@id": orBlank(home, "_:dataset"),
		"dct:identifier":    r.ID,
		"dct:title":         words(title(set), title(set)),
		"dct:description":   description,
		"dct:issued":        day,
		"dct:license":       id("https://creativecommons.org/licenses/by/4.0/"),
		"dct:accessRights":  id(authority + "access-right/PUBLIC"),
		"dct:language":      languages,
		"dct:publisher":     publisher,
		"dcat:theme":        id(authority + "data-theme/EDUC"),
		"dcat:keyword":      []map[string]string{{"@language": "uk", "@value": "цифрова грамотність"}, {"@language": "en", "@value": "digital literacy"}, {"@language": "en", "@value": "DigComp"}},
		"dcat:version":      r.ID,
		"dcat:distribution": dist,
	}
	return map[string]any{
		"@context": map[string]string{"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/", "xsd": "http://www.w3.org/2001/XMLSchema#"},
		"@type":    "dcat:Catalog", "dct:title": words(title(set), title(set)), "dct:description": description, "dct:publisher": publisher,
		"dct:language": languages, "dct:issued": day, "dcat:dataset": []any{data},
	}
}

func orBlank(s, blank string) string {
	if s == "" {
		return blank
	}
	return s
}

func readme(r *Release, set Settings) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s · %s\n\n", title(set), r.ID, r.AsOf.Format(time.RFC3339))
	if set.Demo {
		b.WriteString("**Демонстраційні дані, усе вигадано. Demo data, all invented.**\n\n")
	}
	fmt.Fprintf(&b, "%s\n\n%s\n\n", set.Margins.Sentence.UK, set.Margins.Sentence.EN)
	b.WriteString(`## Як перерахувати
Люди відповідали за бажанням. Це зважена неймовірнісна вибірка, інтервали модельні.
Рядки cells.csv з table=index і variable=score дають показник міста:

    показник = Σ weight·sum / Σ weight·n_variable

Похибка. Для класу c: z = (y − показник)/Σ weight·n_variable для тих, хто має бал, і 0 для решти n.
V = n/(n−1) · Σ weight²·(Σz² − (Σz)²/n_c), де n — усі зважені. Інтервал: показник ± t(n−1)·√V.
Ефективна кількість: (Σ weight·n)² / Σ weight²·n. Напрями ua1–ua6 рахують так само за рядками table=areas.
Напрями відомі лише в тих, хто пройшов усі завдання. Тому їхнє середнє не дорівнює показнику.
Усе це робить ` + "`osvitlo index verify`" + `. Він також перевіряє хеші та підпис.
changes.json порівнює з попередньою хвилею: різниця ± 1,96·√(SE₁² + SE₂² − 2·коваріація), p за Голмом у кожній родині.
drivers.csv показує, що пов'язане з балом. Це зв'язок, а не причина. Кількість людей там округлено до десятків.
Рівнів за класами тут немає навмисно: так ніхто не дізнається чужого результату.

## How to recompute
People answered by choice. This is a weighted non-probability sample; the intervals are model-based.
Rows of cells.csv with table=index and variable=score give the city's figure:

    index = Σ weight·sum / Σ weight·n_variable

Error. In class c: z = (y − index)/Σ weight·n_variable for those with a score, 0 for the rest of n.
V = n/(n−1) · Σ weight²·(Σz² − (Σz)²/n_c), n being all weighted people. Interval: index ± t(n−1)·√V.
Effective number: (Σ weight·n)² / Σ weight²·n. Areas ua1–ua6 work the same way with table=areas.
Areas are known only of those who took the whole test, so their mean is not the index.
` + "`osvitlo index verify`" + ` does all this and checks hashes and signature.
changes.json compares with the wave before: difference ± 1.96·√(SE₁² + SE₂² − 2·covariance), p by Holm inside each family.
drivers.csv shows what goes together with the score: association, not cause. Numbers of people there are to the nearest ten.
Level counts per class are left out on purpose, so that nobody learns another person's result.

## Signature
datapackage.json holds the SHA-256 of every file. datapackage.json.sig is its Ed25519 signature in base64.
The key stands at /.well-known/osvitlo-release-key of the publishing site. Take it from there, not from here.

    base64 -d datapackage.json.sig > sig.bin
    openssl pkeyutl -verify -pubin -inkey osvitlo-release-key -rawin -in datapackage.json -sigfile sig.bin
`)
	return b.String()
}
