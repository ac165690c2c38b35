package coursepack

import (
	"archive/zip"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"osvitlo/internal/fault"
)

// archive is a package that is read within its bounds.
type archive struct {
	files map[string]*zip.File // by clean path
	names []string             // sorted
}

// bad is a fault of the uploaded file.
func bad(key string, args map[string]any) error {
	return fault.InvalidFields(fault.Field{Pointer: "file", Key: "package.bad." + key, Args: args})
}

// open looks at all names and sizes before a byte is unpacked.
func open(r io.ReaderAt, size int64) (*archive, error) {
	if size > MaxPackage {
		return nil, bad("large", map[string]any{"MB": MaxPackage >> 20})
	}
	z, err := zip.NewReader(r, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, bad("zip", nil)
	}
	a := &archive{files: map[string]*zip.File{}}
	var sum uint64
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/") || strings.HasSuffix(f.Name, `\`) {
			continue // a folder
		}
		name, ok := clean(f.Name)
		switch {
		case !ok:
			return nil, bad("path", map[string]any{"Name": clip(f.Name)})
		case f.Mode()&fs.ModeType != 0:
			return nil, bad("link", map[string]any{"Name": clip(name)})
		case f.Flags&1 != 0:
			return nil, bad("locked", nil)
		case a.files[name] != nil:
			return nil, bad("twice", map[string]any{"Name": clip(name)})
		case f.UncompressedSize64 > 1<<20 && f.UncompressedSize64/MaxRatio > f.CompressedSize64:
			return nil, bad("bomb", map[string]any{"Name": clip(name)})
		}
		if sum += f.UncompressedSize64; sum > MaxUnpacked || f.UncompressedSize64 > MaxUnpacked {
			return nil, bad("unpacked", map[string]any{"MB": MaxUnpacked >> 20})
		}
		if len(a.files) == MaxFiles {
			return nil, bad("files", map[string]any{"Max": MaxFiles})
		}
		a.files[name] = f
		a.names = append(a.names, name)
	}
	slices.Sort(a.names)
	return a, nil
}

// clean refuses names that lead out of the package. Old programs for Windows write
// backslashes; they are folders.
func clean(name string) (string, bool) {
	name = strings.ReplaceAll(name, `\`, "/")
	if !utf8.ValidString(name) || len(name) > MaxPath || name == "" || path.IsAbs(name) || strings.Contains(name, ":") {
		return "", false
	}
	for i := range len(name) {
		if name[i] < 0x20 || name[i] == 0x7f {
			return "", false
		}
	}
	c := path.Clean(name)
	return c, fs.ValidPath(c) && c != "."
}

// small reads one file of at most max bytes. ok is false when it is not there.
func (a *archive) small(name string, max int64) (raw []byte, ok bool, err error) {
	f := a.files[name]
	if f == nil {
		return nil, false, nil
	}
	if f.UncompressedSize64 > uint64(max) {
		return nil, true, bad("manifest.large", map[string]any{"Name": name})
	}
	r, err := f.Open()
	if err != nil {
		return nil, true, bad("broken", map[string]any{"Name": clip(name)})
	}
	defer func() { _ = r.Close() }() // read to its end or refused
	raw, err = io.ReadAll(io.LimitReader(r, max+1))
	if err != nil || int64(len(raw)) > max {
		return nil, true, bad("broken", map[string]any{"Name": clip(name)})
	}
	return raw, true, nil
}

func clip(s string) string {
	s = strings.ToValidUTF8(s, "?")
	if r := []rune(s); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return s
}
