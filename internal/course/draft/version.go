package draft

import (
	"cmp"
	"context"
	"encoding/json"
	"io/fs"
	"path"
	"slices"
	"strconv"

	"osvitlo/internal/course/lesson"
	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// Origin says where a version comes from.
type Origin string

// The origins.
const (
	FromOffice  Origin = "office"  // written in the browser
	FromFiles   Origin = "files"   // of the program, reviewed
	FromShipped Origin = "shipped" // of the program, not reviewed: its words may still be mended by the next program
)

// Mark is what may change without another version: status, reviews and days.
type Mark struct {
	Status     string              `json:"status,omitempty"`
	Reviews    []instrument.Review `json:"reviews,omitempty"`
	CheckedOn  string              `json:"checked_on,omitempty"`
	ValidUntil string              `json:"valid_until,omitempty"`
}

// Version is a published course. It never changes.
type Version struct {
	store.Doc                 // "slug@n"
	Slug      string          `json:"slug"`
	Number    int             `json:"number"`
	Hash      string          `json:"hash"`
	Origin    Origin          `json:"origin"`
	Document  json.RawMessage `json:"document"` // lesson.Course.Document
	Mark      Mark            `json:"mark"`
	Lessons   map[string]Mark `json:"lessons,omitempty"`
	Files     []Named         `json:"files"` // as they lie in content/courses/<slug>
	Published Hand            `json:"published"`
	Writers   []Hand          `json:"writers,omitempty"`
	Review    *Signed         `json:"review,omitempty"`
	Again     int             `json:"again,omitempty"` // the older version that was published again
}

// Head is a version without its words.
type Head struct {
	Slug   string
	Number int
	Hash   string
	Origin Origin
}

func versionID(slug string, n int) string { return slug + "@" + strconv.Itoa(n) }

// Course is the version as learners see it. Errors: Internal, when what is stored is not
// what was published.
func (v *Version) Course() (*lesson.Course, error) {
	c, err := lesson.FromDocument(v.Document)
	if err != nil {
		return nil, fault.From(err, fault.Internal, "")
	}
	if c.Hash != v.Hash {
		return nil, fault.Newf(fault.Internal, "", "%s: the stored words have another hash", v.ID)
	}
	c.Status, c.Reviews, c.CheckedOn, c.ValidUntil = v.Mark.Status, v.Mark.Reviews, v.Mark.CheckedOn, v.Mark.ValidUntil
	for _, l := range c.Lessons {
		m := v.Lessons[l.Slug]
		l.Status, l.Reviews, l.CheckedOn, l.ValidUntil = m.Status, m.Reviews, m.CheckedOn, m.ValidUntil
	}
	return c, nil
}

// versionOf makes the document of a loaded course.
func versionOf(c *lesson.Course, origin Origin, files []Named) (*Version, error) {
	raw, err := c.Document()
	if err != nil {
		return nil, err
	}
	v := &Version{Doc: store.Doc{ID: c.Name()}, Slug: c.Slug, Number: c.Version, Hash: c.Hash, Origin: origin, Document: raw, Files: files,
		Mark: Mark{c.Status, c.Reviews, c.CheckedOn, c.ValidUntil}}
	for _, l := range c.Lessons {
		if m := (Mark{l.Status, l.Reviews, l.CheckedOn, l.ValidUntil}); m.Status != "" || len(m.Reviews) > 0 || m.CheckedOn != "" || m.ValidUntil != "" {
			if v.Lessons == nil {
				v.Lessons = map[string]Mark{}
			}
			v.Lessons[l.Slug] = m
		}
	}
	return v, nil
}

// shipped is the version that the program's files hold.
func (s *Service) shipped(c *lesson.Course) (*Version, error) {
	dir := "courses/" + c.Slug
	entries, err := fs.ReadDir(s.o.Files, dir)
	if err != nil {
		return nil, fault.From(err, fault.Internal, "")
	}
	var files []Named
	for _, e := range entries {
		if _, ok := fileOf(e.Name()); !ok {
			continue
		}
		raw, err := fs.ReadFile(s.o.Files, path.Join(dir, e.Name()))
		if err != nil {
			return nil, fault.From(err, fault.Internal, "")
		}
		files = append(files, Named{e.Name(), string(raw)})
	}
	origin := FromFiles
	if !c.Reviewed() {
		origin = FromShipped
	}
	v, err := versionOf(c, origin, files)
	if err == nil {
		v.Published.At = store.At(s.o.Now())
	}
	return v, err
}

// shelf is the catalogue at one moment. It is never changed.
type shelf struct {
	list  []*lesson.Course
	heads map[string][]Head // by slug, ascending
	ids   map[string]*lesson.Course
}

func (h *shelf) course(slug string) *lesson.Course {
	i, ok := slices.BinarySearchFunc(h.list, slug, func(c *lesson.Course, slug string) int { return cmp.Compare(c.Slug, slug) })
	if !ok {
		return nil
	}
	return h.list[i]
}

// Refresh sees what other replicas published. It reads an index and the versions that
// are new; a version that cannot be read leaves the one before.
func (s *Service) Refresh(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "draft.Refresh")
	s.refresh.Lock()
	defer s.refresh.Unlock()
	old := s.shelf.Load()
	next := &shelf{heads: map[string][]Head{}, ids: map[string]*lesson.Course{}}
	for k, err := range s.versions.Keys(ctx, store.Query{Index: indexSlug}) {
		if err != nil {
			return err
		}
		h, ok := headOf(k.Values)
		if ok {
			next.heads[h.Slug] = append(next.heads[h.Slug], h)
		}
	}
	newest := map[string]*lesson.Course{}
	for _, c := range s.o.Library.Courses() {
		newest[c.Slug] = c
		h := Head{c.Slug, c.Version, c.Hash, FromShipped}
		if c.Reviewed() {
			h.Origin = FromFiles
		}
		list := next.heads[c.Slug]
		switch i := slices.IndexFunc(list, func(x Head) bool { return x.Number == c.Version }); {
		case i < 0:
			next.heads[c.Slug] = append(list, h)
		case list[i].Origin == FromShipped && i == len(list)-1:
			list[i] = h // the next program has mended its words
		}
	}
	for slug, list := range next.heads {
		slices.SortFunc(list, func(a, b Head) int { return cmp.Compare(a.Number, b.Number) })
		last := list[len(list)-1]
		if c := newest[slug]; c != nil && c.Version == last.Number && (c.Hash == last.Hash || last.Origin == FromShipped) {
			continue
		}
		id := versionID(slug, last.Number)
		c := old.ids[id]
		if c == nil {
			v, err := s.versions.Get(ctx, id)
			if err == nil {
				c, err = v.Course()
			}
			if err != nil {
				if fault.Is(err, fault.Unavailable) || ctx.Err() != nil {
					return err
				}
				s.o.Log.ErrorContext(ctx, "a published course cannot be read", "course", id, "error", err.Error())
				if c = old.course(slug); c == nil {
					continue
				}
			}
		}
		newest[slug], next.ids[id] = c, c
	}
	for _, c := range newest {
		next.list = append(next.list, c)
	}
	slices.SortFunc(next.list, func(a, b *lesson.Course) int { return cmp.Compare(a.Slug, b.Slug) })
	s.shelf.Store(next)
	return nil
}

func headOf(values []any) (h Head, ok bool) {
	if len(values) != 4 {
		return h, false
	}
	n, ok := values[1].(int64)
	h.Slug, _ = values[0].(string)
	h.Number = int(n)
	h.Hash, _ = values[2].(string)
	origin, _ := values[3].(string)
	h.Origin = Origin(origin)
	return h, ok && h.Slug != ""
}

// Courses lists the newest version of every course by slug.
func (s *Service) Courses() []*lesson.Course { return slices.Clone(s.shelf.Load().list) }

// Course is the newest version of a course. Errors: NotFound.
func (s *Service) Course(slug string) (*lesson.Course, error) {
	if c := s.shelf.Load().course(slug); c != nil {
		return c, nil
	}
	return nil, fault.Newf(fault.NotFound, "", "no course %q", slug)
}

// Versions lists the versions of a course, the newest first.
func (s *Service) Versions(slug string) []Head {
	list := slices.Clone(s.shelf.Load().heads[slug])
	slices.Reverse(list)
	return list
}

// Version is one version with its files. Errors: NotFound.
func (s *Service) Version(ctx context.Context, slug string, n int) (v *Version, err error) {
	defer fault.Wrap(&err, "draft.Version")
	c, fileErr := s.o.Library.Course(slug)
	v, err = s.versions.Get(ctx, versionID(slug, n))
	if err == nil && v.Origin == FromShipped && fileErr == nil && c.Version == n && s.newest(slug) == n {
		return s.shipped(c)
	}
	if fault.Is(err, fault.NotFound) && fileErr == nil && c.Version == n {
		return s.shipped(c)
	}
	return v, err
}

// newest is the number of the newest version, 0 when there is none.
func (s *Service) newest(slug string) int {
	if list := s.shelf.Load().heads[slug]; len(list) > 0 {
		return list[len(list)-1].Number
	}
	return 0
}

// publishFiles puts the reviewed courses of the program among the versions. Whatever the
// files say under a version that was published otherwise is refused: learners were
// taught by the stored one.
func (s *Service) publishFiles(ctx context.Context) error {
	for _, c := range s.o.Library.Courses() {
		i := slices.IndexFunc(s.shelf.Load().heads[c.Slug], func(h Head) bool { return h.Number == c.Version })
		stored := s.shelf.Load().heads[c.Slug][i]
		switch {
		case stored.Hash != c.Hash && stored.Origin == FromShipped:
			s.o.Log.WarnContext(ctx, "the words of a shipped course were mended after editors went on from it", "course", c.Name())
		case stored.Hash != c.Hash:
			return fault.Newf(fault.Conflict, "", "%s: файл відрізняється від опублікованої версії; зробіть версію %d / the file differs from the published version; make it version %d",
				c.Name(), s.newest(c.Slug)+1, s.newest(c.Slug)+1)
		case c.Reviewed():
			v, err := s.shipped(c)
			if err != nil {
				return err
			}
			if err := s.versions.Insert(ctx, v); err != nil && !fault.Is(err, fault.Conflict) {
				return err
			}
		}
	}
	return nil
}

// publish stores a version behind the newest one, once: whoever else publishes at the
// same moment gets Conflict. An unreviewed course of the files is kept as history first.
func (s *Service) publish(ctx context.Context, v *Version) error {
	if err := s.Refresh(ctx); err != nil {
		return err
	}
	if n := s.newest(v.Slug); n != v.Number-1 {
		return fault.New(fault.Conflict, "courseedit.fault.behind")
	}
	if c, err := s.o.Library.Course(v.Slug); err == nil && c.Version == v.Number-1 {
		before, err := s.shipped(c)
		if err != nil {
			return err
		}
		if err := s.versions.Insert(ctx, before); err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	err := s.versions.Insert(ctx, v)
	if fault.Is(err, fault.Conflict) {
		return fault.New(fault.Conflict, "courseedit.fault.behind")
	}
	if err != nil {
		return err
	}
	return s.Refresh(ctx)
}

// Again publishes an older version as the newest one: the way to undo a publication.
// Reviews stay with the words they were signed for. Errors: NotFound; Conflict (it is
// the newest already, or somebody published at the same moment).
func (s *Service) Again(ctx context.Context, a *person.Actor, name, slug string, n int) (v *Version, err error) {
	defer fault.Wrap(&err, "draft.Again")
	if err := s.may(a, person.CoursePublish); err != nil {
		return nil, err
	}
	newest := s.newest(slug)
	if n == newest {
		return nil, fault.New(fault.Conflict, "courseedit.fault.same")
	}
	from, err := s.Version(ctx, slug, n)
	if err != nil {
		return nil, err
	}
	c, err := from.Course()
	if err != nil {
		return nil, err
	}
	c.Version = newest + 1
	if err := c.Seal(); err != nil {
		return nil, err
	}
	files := slices.Clone(from.Files)
	for i, f := range files {
		if f.Name != CourseFile+".yaml" {
			continue
		}
		tree, err := Parse(f.Name, f.Text)
		if err != nil {
			return nil, err
		}
		tree["version"] = float64(c.Version)
		files[i].Text = Write(tree)
	}
	if v, err = versionOf(c, FromOffice, files); err != nil {
		return nil, err
	}
	v.Published, v.Writers, v.Review, v.Again = s.hand(a, name), from.Writers, from.Review, n
	if err := s.audit(ctx, a, "publish.again", slug, c.Version); err != nil {
		return nil, err
	}
	if err := s.publish(ctx, v); err != nil {
		return nil, err
	}
	return v, s.rebase(ctx, slug, c.Version)
}

// rebase lets a draft that is being written go on behind a version that was published
// beside it. What was signed rests on another version then, and is read again.
func (s *Service) rebase(ctx context.Context, slug string, base int) error {
	_, err := s.change(ctx, slug, func(d *Draft, rev int64) error {
		d.Base, d.Review = base, nil
		if d.Step == Reviewed || d.Step == Asked {
			d.Step = Writing
		}
		f := d.File(CourseFile)
		if f == nil {
			return nil
		}
		if tree, err := Parse(CourseFile, f.Text); err == nil {
			tree["version"] = float64(base + 1)
			f.Text, f.Rev = Write(tree), rev
		}
		return nil
	})
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}
