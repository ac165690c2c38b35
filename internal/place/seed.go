package place

import (
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"

	"osvitlo/internal/yamldoc"

	"osvitlo/internal/i18n"
	"osvitlo/internal/store"
)

// shipped is a place in a file of content.
type shipped struct {
	ID        string     `yaml:"id"`
	Kind      Kind       `yaml:"kind"`
	Name      i18n.Text  `yaml:"name"`
	Summary   i18n.Text  `yaml:"summary"`
	Address   i18n.Text  `yaml:"address"`
	District  string     `yaml:"district"`
	Point     *Point     `yaml:"coordinates"` // null: nobody has set it
	Offers    []Offer    `yaml:"offers"`
	Hours     string     `yaml:"hours"` // as ParseWeek reads it; empty: unknown
	Access    []Access   `yaml:"access"`
	NoPower   Tri        `yaml:"works_without_power"`
	Shelter   Tri        `yaml:"shelter"`
	Speaks    []string   `yaml:"languages"`
	Phone     string     `yaml:"phone"`
	Email     string     `yaml:"email"`
	Web       string     `yaml:"web"`
	AreaM2    float64    `yaml:"area_m2"`
	Verified  bool       `yaml:"verified"`
	Certainty Certainty  `yaml:"certainty"`
	Sources   []string   `yaml:"sources"`
	Notes     *i18n.Text `yaml:"notes"` // for editors; not shown
}

// Files reads the places of a folder, one YAML file each, in the order of names. The
// error names the file.
func Files(fsys fs.FS, folder string) (list []*Place, err error) {
	names, err := fs.Glob(fsys, path.Join(folder, "*.yaml"))
	if err != nil {
		return nil, err
	}
	sort.Strings(names)
	for _, name := range names {
		raw, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		p, err := parseFile(raw)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if want := strings.TrimSuffix(path.Base(name), ".yaml"); p.ID != want {
			return nil, fmt.Errorf("%s: id is %q, the file's name says %q", name, p.ID, want)
		}
		list = append(list, p)
	}
	return list, nil
}

func parseFile(raw []byte) (*Place, error) {
	var f shipped
	if err := yamldoc.Strict(raw, &f); err != nil {
		return nil, err
	}
	if f.ID == "" || len(f.Sources) == 0 || f.Certainty == "" {
		return nil, fmt.Errorf("id, certainty and sources are needed")
	}
	p := &Place{Doc: store.Doc{ID: f.ID}, Slug: f.ID, Kind: f.Kind, Name: f.Name, Summary: f.Summary, Address: f.Address, District: f.District, Point: f.Point,
		Offers: f.Offers, Access: f.Access, NoPower: f.NoPower, Shelter: f.Shelter, Speaks: f.Speaks, Phone: f.Phone, Email: f.Email, Web: f.Web,
		Area: f.AreaM2, Verified: f.Verified, Certainty: f.Certainty, Sources: f.Sources}
	if f.Hours != "" {
		week, ok := ParseWeek(f.Hours)
		if !ok {
			return nil, fmt.Errorf("hours cannot be read: %q", f.Hours)
		}
		p.Hours.Week, p.Hours.Known = week, true
	}
	return p, nil
}
