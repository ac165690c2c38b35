package coursepack

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path"
	"strings"

	"golang.org/x/text/encoding/charmap"
)

const scormManifest = "imsmanifest.xml"

// manifest is what is read of imsmanifest.xml (IMS CP 1.1.2 and 1.1.4 with ADL's
// attributes). Names are matched in any namespace: programs write many of them.
type manifest struct {
	Space    string `xml:"xmlns,attr"`
	Base     string `xml:"base,attr"`
	Metadata struct {
		Schema  string `xml:"schema"`
		Version string `xml:"schemaversion"`
	} `xml:"metadata"`
	Organizations struct {
		Default string         `xml:"default,attr"`
		List    []organization `xml:"organization"`
	} `xml:"organizations"`
	Resources struct {
		Base string     `xml:"base,attr"`
		List []resource `xml:"resource"`
	} `xml:"resources"`
}

type organization struct {
	ID    string `xml:"identifier,attr"`
	Title string `xml:"title"`
	Items []item `xml:"item"`
}

type item struct {
	ID         string `xml:"identifier,attr"`
	Ref        string `xml:"identifierref,attr"`
	Parameters string `xml:"parameters,attr"`
	Visible    string `xml:"isvisible,attr"`
	Title      string `xml:"title"`
	Items      []item `xml:"item"`
}

type resource struct {
	ID    string     `xml:"identifier,attr"`
	Href  string     `xml:"href,attr"`
	Base  string     `xml:"base,attr"`
	Attrs []xml.Attr `xml:",any,attr"` // adlcp:scormtype (1.2), adlcp:scormType (2004)
	Files []struct {
		Href string `xml:"href,attr"`
	} `xml:"file"`
}

func (r *resource) sco() bool {
	for _, a := range r.Attrs {
		if strings.EqualFold(a.Name.Local, "scormtype") {
			return strings.EqualFold(a.Value, "sco")
		}
	}
	return false
}

// readManifest parses a manifest within its bounds; no entity or address in it is
// ever fetched.
func readManifest(raw []byte) (*manifest, error) {
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	if err := shallow(raw); err != nil {
		return nil, bad("manifest", map[string]any{"Error": err.Error()})
	}
	m := &manifest{}
	if err := decoder(raw).Decode(m); err != nil {
		return nil, bad("manifest", map[string]any{"Error": clip(err.Error())})
	}
	return m, nil
}

func decoder(raw []byte) *xml.Decoder {
	d := xml.NewDecoder(bytes.NewReader(raw))
	d.CharsetReader = func(name string, in io.Reader) (io.Reader, error) {
		switch strings.ToLower(name) {
		case "utf-8", "us-ascii":
			return in, nil
		case "windows-1251":
			return charmap.Windows1251.NewDecoder().Reader(in), nil
		case "windows-1252", "iso-8859-1":
			return charmap.Windows1252.NewDecoder().Reader(in), nil
		}
		return nil, errors.New("encoding " + clip(name))
	}
	return d
}

// shallow refuses a document type and elements nested without end.
func shallow(raw []byte) error {
	d := decoder(raw)
	for depth, count := 0, 0; ; count++ {
		tok, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return errors.New(clip(err.Error()))
		}
		switch t := tok.(type) {
		case xml.Directive:
			if bytes.HasPrefix(bytes.ToUpper(t), []byte("DOCTYPE")) {
				return errors.New("DOCTYPE")
			}
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		}
		if depth > 4*MaxDepth || count > 200_000 {
			return errors.New("depth")
		}
	}
}

// version tells 1.2 from 2004; "" for neither.
func (m *manifest) version() Kind {
	v := strings.ToLower(strings.TrimSpace(m.Metadata.Version))
	switch {
	case v == "1.2":
		return SCORM12
	case strings.HasPrefix(v, "2004"), strings.HasPrefix(v, "cam 1.3"), v == "1.3":
		return SCORM2004
	case strings.Contains(m.Space, "imscp_rootv1p1p2"):
		return SCORM12
	}
	return ""
}

// readSCORM reads the manifest and finds what a learner opens. Errors name what is
// missing.
func readSCORM(a *archive, raw []byte) (*Package, error) {
	m, err := readManifest(raw)
	if err != nil {
		return nil, err
	}
	p := &Package{Kind: m.version()}
	if p.Kind == "" {
		if strings.Contains(strings.ToLower(m.Metadata.Schema), "common cartridge") {
			return nil, bad("cartridge", nil)
		}
		return nil, bad("version", map[string]any{"Schema": clip(strings.TrimSpace(m.Metadata.Schema + " " + m.Metadata.Version))})
	}
	byID := map[string]*resource{}
	for i := range m.Resources.List {
		byID[m.Resources.List[i].ID] = &m.Resources.List[i]
	}
	org := m.organization()
	if org != nil {
		p.Title = strings.TrimSpace(org.Title)
		if err := m.parts(a, p, org.Items, byID, 0); err != nil {
			return nil, err
		}
	}
	if len(p.Parts) == 0 {
		return nil, bad("nothing", nil)
	}
	return p, nil
}

// organization is the default one, else the first.
func (m *manifest) organization() *organization {
	for i := range m.Organizations.List {
		if o := &m.Organizations.List[i]; o.ID == m.Organizations.Default {
			return o
		}
	}
	if len(m.Organizations.List) > 0 {
		return &m.Organizations.List[0]
	}
	return nil
}

func (m *manifest) parts(a *archive, p *Package, items []item, byID map[string]*resource, depth int) error {
	if depth > MaxDepth {
		return bad("manifest", map[string]any{"Error": "depth"})
	}
	for i := range items {
		it := &items[i]
		if it.Ref != "" && it.Visible != "false" {
			r := byID[it.Ref]
			if r == nil {
				return bad("resource", map[string]any{"Name": clip(it.Ref)})
			}
			part, err := m.part(a, it, r)
			if err != nil {
				return err
			}
			if len(p.Parts) == MaxParts {
				return bad("parts", map[string]any{"Max": MaxParts})
			}
			part.ID = fmt.Sprintf("p%d", len(p.Parts)+1)
			p.Parts = append(p.Parts, *part)
		}
		if err := m.parts(a, p, it.Items, byID, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// part resolves the launch address of an item: xml:base of three levels, the file, and
// the parameters of the item (SCORM 2004 CAM 3.4.1.11; 1.2 says the same in other words).
func (m *manifest) part(a *archive, it *item, r *resource) (*Part, error) {
	base := join(join(m.Base, m.Resources.Base), r.Base)
	for _, f := range r.Files {
		if name, _, ok := inside(base, f.Href); !ok || a.files[name] == nil {
			return nil, bad("missing", map[string]any{"Name": clip(f.Href)})
		}
	}
	name, query, ok := inside(base, r.Href)
	if !ok || a.files[name] == nil {
		return nil, bad("missing", map[string]any{"Name": clip(r.Href)})
	}
	title := strings.TrimSpace(it.Title)
	if title == "" {
		title = path.Base(name)
	}
	return &Part{Title: cut(title, maxTitle), Launch: name, Query: launchQuery(query, it.Parameters), Tells: r.sco()}, nil
}

func join(base, more string) string {
	switch {
	case base == "":
		return more
	case more == "":
		return base
	}
	return strings.TrimSuffix(base, "/") + "/" + more
}

// inside makes a path in the package of an address in the manifest.
func inside(base, href string) (name, query string, ok bool) {
	u, err := url.Parse(strings.ReplaceAll(strings.TrimSpace(href), `\`, "/"))
	if err != nil || u.Scheme != "" || u.Host != "" || u.Path == "" {
		return "", "", false
	}
	b, err := url.PathUnescape(strings.ReplaceAll(base, `\`, "/"))
	if err != nil {
		return "", "", false
	}
	if u.RawQuery != "" {
		query = "?" + u.RawQuery
	}
	if u.Fragment != "" {
		query += "#" + u.EscapedFragment()
	}
	name, ok = clean(join(b, u.Path))
	return name, query, ok
}

func launchQuery(query, more string) string {
	more = strings.TrimLeft(strings.TrimSpace(more), "?&")
	if more == "" || len(more) > 1000 {
		return query
	}
	if strings.HasPrefix(more, "#") {
		if strings.Contains(query, "#") {
			return query
		}
		return query + more
	}
	q, fragment, cut := strings.Cut(query, "#")
	if q == "" {
		q = "?" + more
	} else {
		q += "&" + more
	}
	if cut {
		q += "#" + fragment
	}
	return q
}

func cut(s string, most int) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ")
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
