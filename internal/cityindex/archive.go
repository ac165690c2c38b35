package cityindex

import (
	"context"
	"encoding/base64"
	"slices"
	"strings"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/store"
)

// ReleaseSpec declares the releases, FileSpec their files.
var (
	ReleaseSpec = store.Spec{Name: "index_releases"}
	FileSpec    = store.Spec{Name: "index_files"}
)

// Specs lists what the engine must migrate for this package.
func Specs() []store.Spec {
	return []store.Spec{CheckpointSpec, StepSpec, ReleaseSpec, FileSpec, KeySpec}
}

// Note is a dated text about a release: its withdrawal or an erratum.
type Note struct {
	At   store.Time `json:"at"`
	Text i18n.Text  `json:"text"`
}

// FileInfo describes one file of a release.
type FileInfo struct {
	Name        string `json:"name"`
	ContentType string `json:"type"`
	Bytes       int    `json:"bytes"`
	Hash        string `json:"sha256"`
}

// releaseDoc is a stored release. Its figures and files never change; notes may
// be added. The files are written before it, under names that hold their hash:
// a crash in between leaves files that nothing points to, and two replicas that
// cut at once cannot mix theirs, for only one of them inserts the document.
type releaseDoc struct {
	store.Doc
	Wave      string           `json:"wave"`
	Revision  int              `json:"revision"`
	At        store.Time       `json:"at"`
	Step      int64            `json:"step"`
	Body      Release          `json:"body"`
	Counts    map[string]int64 `json:"counts"`
	Files     []FileInfo       `json:"files"`
	Layout    int              `json:"layout"`
	Districts []string         `json:"districts"`
	Flushed   [gates]int64     `json:"flushed"`
	Sums      [gates]string    `json:"sums"`
	Drivers   *Drivers         `json:"drivers,omitempty"`
	Changes   *Changes         `json:"changes,omitempty"`
	Withdrawn *Note            `json:"withdrawn,omitempty"`
	Errata    []Note           `json:"errata,omitempty"`
}

type fileDoc struct {
	store.Doc        // release/name:hash
	Type      string `json:"type"`
	Body      string `json:"body"` // base64
}

// headDoc counts the changes of the archive, so that replicas notice them.
type headDoc struct {
	store.Doc
	Changes int64 `json:"changes"`
}

const archiveHead = "archive"

// maxStoredFile keeps a file in base64 under the bound of a document.
const maxStoredFile = 700_000

type archive struct {
	docs  *store.Collection[releaseDoc, *releaseDoc]
	heads *store.Collection[headDoc, *headDoc]
	files *store.Collection[fileDoc, *fileDoc]
}

func openArchive(e store.Engine) (a *archive, err error) {
	a = &archive{}
	if a.docs, err = store.Open[releaseDoc](e, ReleaseSpec); err != nil {
		return nil, err
	}
	if a.heads, err = store.Open[headDoc](e, KeySpec); err != nil {
		return nil, err
	}
	a.files, err = store.Open[fileDoc](e, FileSpec)
	return a, err
}

// changes is a number that grows with every change of the archive.
func (a *archive) changes(ctx context.Context) (int64, error) {
	h, err := a.heads.Get(ctx, archiveHead)
	if fault.Is(err, fault.NotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return h.Changes, nil
}

func (a *archive) touch(ctx context.Context) error {
	_, err := a.heads.Add(ctx, archiveHead, map[string]int64{"changes": 1})
	return err
}

// all reads every release, oldest first.
func (a *archive) all(ctx context.Context) (list []*releaseDoc, err error) {
	for d, err := range a.docs.Find(ctx, store.Query{Index: store.BuiltinID}) {
		if err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	slices.SortStableFunc(list, func(x, y *releaseDoc) int { return x.At.Compare(y.At.Time) })
	return list, nil
}

func fileID(release string, f FileInfo) string { return release + "/" + f.Name + ":" + f.Hash[:16] }

// add stores a release. Conflict says that its number is taken.
func (a *archive) add(ctx context.Context, d *releaseDoc, files []File) error {
	for i := range files {
		f := &files[i]
		if len(f.Body) > maxStoredFile {
			return fault.Newf(fault.TooLarge, "", "file %s of %d bytes", f.Name, len(f.Body))
		}
		info := FileInfo{Name: f.Name, ContentType: f.ContentType, Bytes: len(f.Body), Hash: f.Hash()}
		d.Files = append(d.Files, info)
		doc := &fileDoc{Doc: store.Doc{ID: fileID(d.ID, info)}, Type: f.ContentType, Body: base64.StdEncoding.EncodeToString(f.Body)}
		if err := a.files.Upsert(ctx, doc); err != nil {
			return err
		}
	}
	if err := a.docs.Insert(ctx, d); err != nil {
		return err
	}
	return a.touch(ctx)
}

// file reads one file of a release.
func (a *archive) file(ctx context.Context, d *releaseDoc, name string) (File, error) {
	i := slices.IndexFunc(d.Files, func(f FileInfo) bool { return f.Name == name })
	if i < 0 {
		return File{}, fault.New(fault.NotFound, "")
	}
	doc, err := a.files.Get(ctx, fileID(d.ID, d.Files[i]))
	if err != nil {
		return File{}, err
	}
	body, err := base64.StdEncoding.DecodeString(doc.Body)
	f := File{Name: name, ContentType: doc.Type, Body: body}
	if err != nil || f.Hash() != d.Files[i].Hash {
		return File{}, fault.Newf(fault.Internal, "", "stored file %s of %s is damaged", name, d.ID)
	}
	return f, nil
}

// note changes the notes of a release by revision.
func (a *archive) note(ctx context.Context, id string, change func(*releaseDoc) error) error {
	for range 5 {
		d, err := a.docs.Get(ctx, id)
		if err != nil {
			return err
		}
		if err := change(d); err != nil {
			return err
		}
		err = a.docs.Replace(ctx, d)
		if fault.Is(err, fault.Conflict) {
			continue
		}
		if err != nil {
			return err
		}
		return a.touch(ctx)
	}
	return fault.New(fault.Conflict, "")
}

// wave decodes the sums a release was cut from.
func (d *releaseDoc) wave() (layout, *Wave, error) {
	l := newLayout(d.Districts)
	if d.Layout != layoutVersion {
		return l, nil, fault.Newf(fault.Unavailable, "", "release of layout %d", d.Layout)
	}
	w := newWave(l)
	var err error
	for g := range d.Sums {
		if w.sums[g], err = decodeSums(d.Sums[g], l.gateLen(gate(g))); err != nil {
			return l, nil, err
		}
	}
	return l, w, nil
}

// allowed tells whether these figures may stand beside all releases of the wave
// that are public: not only the last one can be subtracted.
func allowed(list []*releaseDoc, st *step, counts map[string]int64) error {
	for _, d := range list {
		if d.Wave != st.ID {
			continue
		}
		if d.Step == st.Number {
			return notReleasable("index.release_no_change", "nothing has changed since %s", d.ID)
		}
		if err := moved(d.Counts, counts); err != nil {
			return err
		}
	}
	return nil
}

// formerOf finds the latest release of a wave.
func formerOf(list []*releaseDoc, wave string) (out *releaseDoc) {
	for _, d := range list {
		if d.Wave == wave && (out == nil || d.Revision > out.Revision) {
			out = d
		}
	}
	return out
}

// validName keeps a file name from the address plain.
func validName(name string) bool {
	return name != "" && len(name) < 100 && !strings.ContainsAny(name, `/\`) && name[0] != '.'
}
