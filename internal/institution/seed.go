package institution

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"osvitlo/internal/yamldoc"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/store"
)

type shippedFile struct {
	Source       string    `yaml:"source"`
	Institutions []shipped `yaml:"institutions"`
}

type shipped struct {
	Code     string `yaml:"code"`
	Kind     Kind   `yaml:"kind"`
	State    State  `yaml:"state"`
	Name     string `yaml:"name"`
	Type     string `yaml:"type"`
	Address  string `yaml:"address"`
	District string `yaml:"district"`
}

// Files reads the institutions of a folder's YAML files in the order of their names. The
// error names file and line.
func Files(fsys fs.FS, folder string, districts []string) (list []*Institution, err error) {
	names, err := fs.Glob(fsys, path.Join(folder, "*.yaml"))
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	codes := map[string]string{}
	for _, name := range names {
		raw, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		var f shippedFile
		if err := yamldoc.Strict(raw, &f); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for _, one := range f.Institutions {
			i := &Institution{Doc: store.Doc{ID: "edebo-" + one.Code}, Code: one.Code, Kind: one.Kind, State: one.State, Names: []Name{{Name: i18n.Text{UK: one.Name}}},
				Type: i18n.Text{UK: one.Type}, Address: i18n.Text{UK: one.Address}, District: one.District, Source: f.Source}
			if err := i.Check(districts); err != nil {
				return nil, fmt.Errorf("%s: institution %s: %w", name, one.Code, err)
			}
			if other, twice := codes[one.Code]; twice || one.Code == "" {
				return nil, fmt.Errorf("%s: code %q stands twice or is empty (see %s)", name, one.Code, other)
			}
			codes[one.Code] = name
			list = append(list, i)
		}
	}
	return list, nil
}

// Seed enters institutions that are not in the store yet. What was changed or taken out
// there stays as it is. The number is that of institutions entered.
func (s *Service) Seed(ctx context.Context, list []*Institution) (n int, err error) {
	defer fault.Wrap(&err, "institution.Seed")
	for _, i := range list {
		if _, ok := s.ByID(i.ID); ok {
			continue
		}
		one := *i
		one.Made, one.Changed = store.At(s.o.Now()), s.mirror.Stamp()
		switch err := s.docs.Insert(ctx, &one); {
		case fault.Is(err, fault.Conflict): // taken out before, or another replica was first
			continue
		case err != nil:
			return n, err
		}
		s.mirror.Put(&one)
		n++
	}
	return n, nil
}
