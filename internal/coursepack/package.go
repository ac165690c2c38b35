package coursepack

import (
	"net/url"
	"regexp"
	"strings"

	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// Kind is the standard of a package.
type Kind string

// The kinds.
const (
	SCORM12   Kind = "scorm-1.2"
	SCORM2004 Kind = "scorm-2004"
	H5P       Kind = "h5p"
)

// Bounds of a package.
const (
	MaxPackage  = 100 << 20 // bytes of the file
	MaxUnpacked = 300 << 20 // bytes of all files
	MaxFiles    = 3000
	MaxRatio    = 200     // unpacked over packed, of a file over 1 MB
	MaxManifest = 1 << 20 // bytes
	MaxPath     = 200     // bytes of a path inside
	MaxParts    = 50
	MaxDepth    = 20 // items inside one another
	maxTitle    = 160
)

// Package is an uploaded package. Its id is the name the editor gave it.
type Package struct {
	store.Doc
	Title   string     `json:"title"`
	Kind    Kind       `json:"kind"`
	Parts   []Part     `json:"parts"` // in order; one of an H5P package
	Main    string     `json:"main,omitempty"`
	Sum     string     `json:"sum"` // first letters of the SHA-256 of the file
	Size    int64      `json:"size"`
	Files   int        `json:"files"`
	Scanned bool       `json:"scanned,omitempty"` // looked at for viruses
	By      person.ID  `json:"by,omitempty"`
	Made    store.Time `json:"made"`
}

// Part is what a learner opens: a SCO or an asset of SCORM.
type Part struct {
	ID     string `json:"id"`
	Title  string `json:"title"`
	Launch string `json:"launch"`          // path inside the package
	Query  string `json:"query,omitempty"` // "?…" or "#…" behind the path
	Tells  bool   `json:"tells"`           // it speaks to the runtime: has a result
}

// Part finds a part by its id; the first one for "".
func (p *Package) Part(id string) *Part {
	for i := range p.Parts {
		if id == "" || p.Parts[i].ID == id {
			return &p.Parts[i]
		}
	}
	return nil
}

// Spec is the collection of packages.
var Spec = store.Spec{Name: "course_packages", Indexes: []store.Index{{Name: "made", Fields: []string{"made"}}}}

// Specs lists what the engine must migrate for this package.
func Specs() []store.Spec { return []store.Spec{Spec, StateSpec} }

var nameForm = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{1,38}[a-z0-9])$`)

// Addresses of what stands in a frame.
const (
	FilesPath = "/packages/files/"
	PlayPath  = "/packages/play/"
)

// Src is the address of a part. origin is that of packages, empty for this site's own.
func (p *Package) Src(origin string, part *Part) string {
	origin = strings.TrimSuffix(origin, "/")
	if p.Kind == H5P {
		return origin + PlayPath + p.ID + "/" + p.Sum
	}
	return origin + FilesPath + p.ID + "/" + p.Sum + "/" + (&url.URL{Path: part.Launch}).EscapedPath() + part.Query
}
