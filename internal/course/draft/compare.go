package draft

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"osvitlo/internal/fault"
)

// Difference is one value that two versions hold otherwise.
type Difference struct {
	File    string   // of a draft: "course", "final" or a lesson's slug
	Path    []string // the way to the value: names of members, ids or numbers of entries
	Old     string
	New     string
	OldGone bool // there was no such value
	NewGone bool
}

// Files are the trees of one version by the names of a draft's files.
type Files map[string]Tree

// FilesOf reads the files of a version.
func (v *Version) FilesOf() (Files, error) { return filesOf(v.Files) }

// FilesOf reads the files of a draft; one that cannot be read is left out.
func (d *Draft) FilesOf() Files {
	out := Files{}
	for _, f := range d.Files {
		if tree, err := Parse(f.Name, f.Text); err == nil {
			out[f.Name] = tree
		}
	}
	return out
}

func filesOf(list []Named) (Files, error) {
	out := Files{}
	for _, n := range list {
		name, ok := fileOf(n.Name)
		if !ok {
			continue
		}
		tree, err := Parse(n.Name, n.Text)
		if err != nil {
			return nil, err
		}
		out[name] = tree
	}
	return out, nil
}

// unread are members that say nothing to a reader of a comparison.
var unread = []string{"version", "status", "reviews", "checked_on"}

// Compare lists what differs, the course first, then its lessons in the order of the
// newer side, then the final check.
func Compare(older, newer Files) (list []Difference) {
	for _, name := range filesInOrder(older, newer) {
		a, b := older[name], newer[name]
		switch {
		case a == nil:
			list = append(list, Difference{File: name, New: titleOf(b), OldGone: true})
		case b == nil:
			list = append(list, Difference{File: name, Old: titleOf(a), NewGone: true})
		default:
			diff(name, nil, a, b, &list)
		}
	}
	return list
}

func titleOf(t Tree) string { return Text(t, "/title/uk") }

func filesInOrder(older, newer Files) []string {
	out := []string{CourseFile}
	for _, side := range []Files{newer, older} {
		for _, v := range List(side[CourseFile], "/lessons") {
			if s, ok := v.(string); ok && !slices.Contains(out, s) && (older[s] != nil || newer[s] != nil) {
				out = append(out, s)
			}
		}
	}
	var rest []string
	for _, side := range []Files{newer, older} {
		for name := range side {
			if name != FinalFile && !slices.Contains(out, name) && !slices.Contains(rest, name) {
				rest = append(rest, name)
			}
		}
	}
	slices.Sort(rest)
	out = append(out, rest...)
	if older[FinalFile] != nil || newer[FinalFile] != nil {
		out = append(out, FinalFile)
	}
	return out
}

func diff(file string, path []string, a, b any, list *[]Difference) {
	switch x := a.(type) {
	case map[string]any:
		if y, ok := b.(map[string]any); ok {
			both := map[string]any{}
			for k := range x {
				both[k] = nil
			}
			for k := range y {
				both[k] = nil
			}
			for _, k := range keysOf(both) {
				if len(path) == 0 && slices.Contains(unread, k) {
					continue
				}
				va, inA := x[k]
				vb, inB := y[k]
				one(file, append(slices.Clone(path), k), va, vb, !inA, !inB, list)
			}
			return
		}
	case []any:
		if y, ok := b.([]any); ok {
			diffLists(file, path, x, y, list)
			return
		}
	}
	if said(a) != said(b) {
		*list = append(*list, Difference{File: file, Path: path, Old: said(a), New: said(b)})
	}
}

func one(file string, path []string, a, b any, goneA, goneB bool, list *[]Difference) {
	switch {
	case goneA:
		*list = append(*list, Difference{File: file, Path: path, New: said(b), OldGone: true})
	case goneB:
		*list = append(*list, Difference{File: file, Path: path, Old: said(a), NewGone: true})
	default:
		diff(file, path, a, b, list)
	}
}

// diffLists pairs entries that have ids by them, others by their places.
func diffLists(file string, path []string, a, b []any, list *[]Difference) {
	idA, idB := ids(a), ids(b)
	if idA == nil || idB == nil {
		if said(a) == said(b) {
			return
		}
		if plain(a) && plain(b) {
			*list = append(*list, Difference{File: file, Path: path, Old: said(a), New: said(b)})
			return
		}
		for i := range max(len(a), len(b)) {
			at := append(slices.Clone(path), strconv.Itoa(i+1))
			switch {
			case i >= len(a):
				one(file, at, nil, b[i], true, false, list)
			case i >= len(b):
				one(file, at, a[i], nil, false, true, list)
			default:
				diff(file, at, a[i], b[i], list)
			}
		}
		return
	}
	var kept []string
	for i, id := range idB {
		at := append(slices.Clone(path), id)
		if j := slices.Index(idA, id); j >= 0 {
			diff(file, at, a[j], b[i], list)
			kept = append(kept, id)
		} else {
			one(file, at, nil, b[i], true, false, list)
		}
	}
	var before []string
	for i, id := range idA {
		if slices.Contains(idB, id) {
			before = append(before, id)
		} else {
			one(file, append(slices.Clone(path), id), a[i], nil, false, true, list)
		}
	}
	if !slices.Equal(before, kept) {
		*list = append(*list, Difference{File: file, Path: append(slices.Clone(path), "order"), Old: strings.Join(before, ", "), New: strings.Join(kept, ", ")})
	}
}

// ids lists the ids of entries; nil when one has none or two have the same.
func ids(list []any) []string {
	out := []string{}
	for _, v := range list {
		id := Text(v, "/id")
		if id == "" || slices.Contains(out, id) {
			return nil
		}
		out = append(out, id)
	}
	return out
}

func plain(list []any) bool {
	return !slices.ContainsFunc(list, func(v any) bool {
		switch v.(type) {
		case map[string]any, []any:
			return true
		}
		return false
	})
}

// said is a value in words.
func said(v any) string {
	switch t := v.(type) {
	case nil:
		return ""
	case string:
		return strings.TrimRight(t, "\n")
	case bool, float64:
		return fmt.Sprint(t)
	case []any:
		if plain(t) {
			words := make([]string, len(t))
			for i, e := range t {
				words[i] = said(e)
			}
			return strings.Join(words, ", ")
		}
	case map[string]any:
		uk, en := t["uk"], t["en"]
		if n := len(t); uk != nil && (n == 1 || n == 2 && en != nil) {
			if en == nil {
				return said(uk)
			}
			return said(uk) + " / " + said(en)
		}
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return readable(v, string(raw))
}

// readable writes a larger thing as the Ukrainian texts in it, or as it is.
func readable(v any, otherwise string) string {
	var words []string
	var walk func(any)
	walk = func(v any) {
		switch t := v.(type) {
		case map[string]any:
			if s, ok := t["uk"].(string); ok {
				words = append(words, strings.TrimSpace(s))
				return
			}
			for _, k := range keysOf(t) {
				walk(t[k])
			}
		case []any:
			for _, e := range t {
				walk(e)
			}
		}
	}
	walk(v)
	if len(words) == 0 {
		return otherwise
	}
	return strings.Join(words, "\n")
}

// Piece is a run of words that stayed, went or came.
type Piece struct {
	Text string
	Was  bool // in the older text
	Is   bool // in the newer text
}

// maxWords bounds a comparison word by word; longer texts stand as wholes.
const maxWords = 1200

// Words compares two texts word by word.
func Words(older, newer string) []Piece {
	a, b := cut(older), cut(newer)
	if len(a) > maxWords || len(b) > maxWords || len(a)*len(b) > 600_000 {
		return join(nil, Piece{older, true, false}, Piece{newer, false, true})
	}
	// the longest common run of words
	best := make([][]int16, len(a)+1)
	for i := range best {
		best[i] = make([]int16, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				best[i][j] = best[i+1][j+1] + 1
			} else {
				best[i][j] = max(best[i+1][j], best[i][j+1])
			}
		}
	}
	var out []Piece
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			out = join(out, Piece{a[i], true, true})
			i, j = i+1, j+1
		case i < len(a) && (j == len(b) || best[i+1][j] >= best[i][j+1]):
			out = join(out, Piece{a[i], true, false})
			i++
		default:
			out = join(out, Piece{b[j], false, true})
			j++
		}
	}
	return out
}

func join(list []Piece, more ...Piece) []Piece {
	for _, p := range more {
		if n := len(list); n > 0 && list[n-1].Was == p.Was && list[n-1].Is == p.Is {
			list[n-1].Text += p.Text
		} else if p.Text != "" {
			list = append(list, p)
		}
	}
	return list
}

// cut splits a text into words with the spaces behind them.
func cut(s string) (out []string) {
	start := 0
	space := false
	for i, r := range s {
		is := r == ' ' || r == '\n'
		if space && !is {
			out = append(out, s[start:i])
			start = i
		}
		space = is
	}
	if start < len(s) {
		out = append(out, s[start:])
	}
	return out
}

// Exported is a course as files of content/courses.
type Exported struct {
	Slug  string
	Line  string // for content.sum
	Files []Named
}

// Export lists the courses whose newest version was written in the browser, as files
// that the loader takes back with the same hash.
func (s *Service) Export(ctx context.Context) (list []Exported, err error) {
	defer fault.Wrap(&err, "draft.Export")
	for _, c := range s.Courses() {
		heads := s.Versions(c.Slug)
		if len(heads) == 0 || heads[0].Origin != FromOffice {
			continue
		}
		v, err := s.versions.Get(ctx, versionID(c.Slug, heads[0].Number))
		if err != nil {
			return nil, err
		}
		e := Exported{Slug: c.Slug, Files: v.Files}
		if c.Status != "draft" {
			e.Line = "course/" + v.ID + " " + v.Hash
		}
		list = append(list, e)
	}
	return list, nil
}
