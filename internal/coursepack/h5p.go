package coursepack

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// Files of an H5P package (h5p.org, specification of the package).
const (
	h5pManifest = "h5p.json"
	h5pContent  = "content/content.json"
)

type h5pFile struct {
	Title        string       `json:"title"`
	Main         string       `json:"mainLibrary"`
	Dependencies []h5pLibrary `json:"preloadedDependencies"`
}

type h5pLibrary struct {
	Name  string  `json:"machineName"`
	Major version `json:"majorVersion"`
	Minor version `json:"minorVersion"`
}

// version is written as a number or as a text of one.
type version int

// UnmarshalJSON reads both.
func (v *version) UnmarshalJSON(raw []byte) error {
	_, err := fmt.Sscanf(strings.Trim(string(raw), `" `), "%d", (*int)(v))
	return err
}

// readH5P reads h5p.json and checks that what it needs is in the package.
func readH5P(a *archive, raw []byte) (*Package, error) {
	var h h5pFile
	if err := json.Unmarshal(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf")), &h); err != nil {
		return nil, bad("h5p", map[string]any{"Error": clip(err.Error())})
	}
	if h.Main == "" || len(h.Dependencies) == 0 || len(h.Dependencies) > 200 {
		return nil, bad("h5p", map[string]any{"Error": "mainLibrary, preloadedDependencies"})
	}
	content, ok, err := a.small(h5pContent, 8<<20)
	if err != nil {
		return nil, err
	}
	if !ok || !json.Valid(bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))) {
		return nil, bad("missing", map[string]any{"Name": h5pContent})
	}
	p := &Package{Kind: H5P, Title: cut(h.Title, maxTitle)}
	for _, d := range h.Dependencies {
		folder := fmt.Sprintf("%s-%d.%d", d.Name, d.Major, d.Minor)
		if a.files[folder+"/library.json"] == nil && a.files[d.Name+"/library.json"] == nil {
			return nil, bad("library", map[string]any{"Name": clip(folder)})
		}
		if d.Name == h.Main {
			p.Main = fmt.Sprintf("%s %d.%d", d.Name, d.Major, d.Minor)
		}
	}
	if p.Main == "" {
		return nil, bad("library", map[string]any{"Name": clip(h.Main)})
	}
	p.Parts = []Part{{ID: "p1", Title: p.Title, Tells: true}}
	return p, nil
}

// read finds out what an archive is.
func read(a *archive) (*Package, error) {
	if raw, ok, err := a.small(scormManifest, MaxManifest); ok || err != nil {
		if err != nil {
			return nil, err
		}
		return readSCORM(a, raw)
	}
	if raw, ok, err := a.small(h5pManifest, MaxManifest); ok || err != nil {
		if err != nil {
			return nil, err
		}
		return readH5P(a, raw)
	}
	for _, name := range a.names {
		if strings.HasSuffix(name, "/"+scormManifest) || strings.HasSuffix(name, "/"+h5pManifest) {
			return nil, bad("folder", map[string]any{"Name": clip(name)}) // zipped one folder too high
		}
	}
	return nil, bad("unknown", nil)
}
