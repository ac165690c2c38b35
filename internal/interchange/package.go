package interchange

import (
	"archive/zip"
	"bytes"
	"io"
	"path"
	"strings"

	"osvitlo/internal/fault"
)

// archive is a package that is read within its bounds.
type archive struct {
	files map[string]*zip.File // by clean path
	left  int64                // bytes that may still be unpacked
}

func openPackage(raw []byte) (*archive, error) {
	if len(raw) > MaxPackage {
		return nil, fault.Newf(fault.TooLarge, "", "a package has at most %d bytes", MaxPackage)
	}
	r, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return nil, fault.Newf(fault.Invalid, "", "not a zip package: %v", err)
	}
	if len(r.File) > MaxFiles {
		return nil, fault.Newf(fault.TooLarge, "", "a package has at most %d files, not %d", MaxFiles, len(r.File))
	}
	a := &archive{files: map[string]*zip.File{}, left: MaxUnpacked}
	for _, f := range r.File {
		name, ok := clean(f.Name)
		if !ok {
			return nil, fault.Newf(fault.Invalid, "", "a file of the package has the name %q", f.Name)
		}
		a.files[name] = f
	}
	return a, nil
}

// clean refuses names that lead out of the package.
func clean(name string) (string, bool) {
	if strings.ContainsAny(name, "\\\x00") || path.IsAbs(name) || len(name) > 400 {
		return "", false
	}
	c := path.Clean(name)
	return c, c != ".." && !strings.HasPrefix(c, "../")
}

// read unpacks one file.
func (a *archive) read(name string) ([]byte, error) {
	f, ok := a.files[name]
	if !ok {
		return nil, fault.Newf(fault.Invalid, "", "%s: the package has no such file", name)
	}
	limit := min(MaxFile, a.left)
	if f.UncompressedSize64 > uint64(limit) || f.UncompressedSize64 > 64<<10 && f.UncompressedSize64 > MaxRatio*max(f.CompressedSize64, 1) {
		return nil, fault.Newf(fault.TooLarge, "", "%s: %d bytes unpacked, from %d", name, f.UncompressedSize64, f.CompressedSize64)
	}
	r, err := f.Open()
	if err != nil {
		return nil, fault.Newf(fault.Invalid, "", "%s: %v", name, err)
	}
	defer func() { _ = r.Close() }() // it was read to its end or will not be used
	raw, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, fault.Newf(fault.Invalid, "", "%s: %v", name, err)
	}
	if int64(len(raw)) > limit {
		return nil, fault.Newf(fault.TooLarge, "", "%s: more than it says", name)
	}
	a.left -= int64(len(raw))
	return raw, nil
}
