package coursepack

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path"
	"strings"

	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// The files of a package lie in one blob, each at its offset; a table of paths lies
// beside it. Two objects instead of thousands: written in a moment, deleted in one, and
// any path may be used, which names of media may not.
const folder = "packages/"

func blobName(p *Package) string  { return folder + p.ID + "." + p.Sum + ".blob" }
func tableName(p *Package) string { return folder + p.ID + "." + p.Sum + ".json" }

// nameOf reads a name of blob or table.
func nameOf(name string) (id, sum string, ok bool) {
	parts := strings.Split(strings.TrimPrefix(name, folder), ".")
	if len(parts) != 3 {
		return "", "", false
	}
	return parts[0], parts[1], true
}

// File is a file of a package as it lies in the blob.
type File struct {
	At     int64  `json:"a"`
	Size   int64  `json:"s"`           // bytes in the blob
	Gzip   bool   `json:"z,omitempty"` // compressed there
	Type   string `json:"t"`
	Length int64  `json:"n,omitempty"` // of what is compressed
}

type table struct {
	Files map[string]File `json:"files"`
}

// types is what a file is served as: told by its name, never by what it says of itself.
var types = map[string]string{
	".html": "text/html; charset=utf-8", ".htm": "text/html; charset=utf-8", ".xhtml": "application/xhtml+xml",
	".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
	".json": "application/json", ".xml": "application/xml", ".xsd": "application/xml", ".dtd": "application/xml-dtd", ".txt": "text/plain; charset=utf-8", ".vtt": "text/vtt; charset=utf-8", ".srt": "text/plain; charset=utf-8",
	".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp", ".avif": "image/avif", ".ico": "image/x-icon", ".bmp": "image/bmp",
	".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".ogg": "audio/ogg", ".oga": "audio/ogg", ".wav": "audio/wav", ".mp4": "video/mp4", ".m4v": "video/mp4", ".webm": "video/webm", ".ogv": "video/ogg",
	".woff": "font/woff", ".woff2": "font/woff2", ".ttf": "font/ttf", ".otf": "font/otf", ".eot": "application/vnd.ms-fontobject", ".pdf": "application/pdf", ".wasm": "application/wasm",
}

const unknownType = "application/octet-stream"

func typeOf(name string) string {
	if t := types[strings.ToLower(path.Ext(name))]; t != "" {
		return t
	}
	return unknownType
}

// packable are types that shrink.
func packable(kind string) bool {
	return strings.HasPrefix(kind, "text/") || strings.HasPrefix(kind, "application/json") || strings.HasPrefix(kind, "application/xml") ||
		strings.HasPrefix(kind, "application/xhtml") || kind == "image/svg+xml" || kind == "font/ttf" || kind == "application/wasm"
}

// maxText is the size up to which a file of text is packed or gets the runtime.
const maxText = 8 << 20

// Sent is an upload: the name that lessons will call it by, and the file.
type Sent struct {
	Name  string // of the package
	Title string // empty: the one it says itself
	Size  int64  // of the file; -1 when it is not known
}

// Add takes a package in: all of it or nothing. Errors: Invalid with the field "file" or
// "name", Forbidden, Conflict "package.taken", Unavailable.
func (s *Service) Add(ctx context.Context, a *person.Actor, sent Sent, r io.Reader) (p *Package, err error) {
	defer fault.Wrap(&err, "coursepack.Add")
	if err := s.may(ctx, a, person.ContentEdit, "", ""); err != nil {
		return nil, err
	}
	if sent.Size > MaxPackage {
		return nil, bad("large", map[string]any{"MB": MaxPackage >> 20})
	}
	if !nameForm.MatchString(sent.Name) {
		return nil, fault.InvalidFields(fault.Field{Pointer: "name", Key: "package.bad.name"})
	}
	if _, err := s.docs.Get(ctx, sent.Name); err == nil {
		return nil, taken()
	} else if !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return nil, fault.From(ctx.Err(), fault.Unavailable, "")
	}
	up, err := s.scratch("package-*")
	if err != nil {
		return nil, err
	}
	defer discard(up)
	hash := sha256.New()
	size, err := io.Copy(io.MultiWriter(up, hash), io.LimitReader(r, MaxPackage+1))
	switch {
	case err != nil:
		return nil, fault.From(err, fault.Invalid, "package.bad.broken_off")
	case size > MaxPackage:
		return nil, bad("large", map[string]any{"MB": MaxPackage >> 20})
	case size == 0:
		return nil, bad("zip", nil)
	}
	z, err := open(up, size)
	if err != nil {
		return nil, err
	}
	if p, err = read(z); err != nil {
		return nil, err
	}
	if s.o.Scanner != nil {
		virus, err := s.o.Scanner.Scan(ctx, up.Name())
		if err != nil {
			return nil, err
		}
		if virus != "" {
			return nil, bad("virus", map[string]any{"Name": clip(virus)})
		}
		p.Scanned = true
	}
	p.ID, p.Size, p.Files, p.Sum, p.By, p.Made = sent.Name, size, len(z.names), hex.EncodeToString(hash.Sum(nil))[:16], a.Person, store.At(s.o.Now())
	if t := cut(sent.Title, maxTitle); t != "" {
		p.Title = t
	}
	if p.Title == "" {
		p.Title = p.ID
	}
	if err := s.store(ctx, p, z); err != nil {
		return nil, err
	}
	if err := s.may(ctx, a, person.ContentEdit, "add", p.ID); err != nil {
		return nil, err
	}
	// From here on it is seen. A crash before leaves two files that the sweep takes.
	if err := s.docs.Insert(ctx, p); fault.Is(err, fault.Conflict) {
		return nil, taken()
	} else if err != nil {
		return nil, err
	}
	return p, nil
}

func taken() error {
	return fault.InvalidFields(fault.Field{Pointer: "name", Key: "package.taken"})
}

func (s *Service) scratch(pattern string) (*os.File, error) {
	f, err := os.CreateTemp(s.o.Scratch, pattern)
	return f, fault.From(err, fault.Unavailable, "")
}

func discard(f *os.File) {
	_ = f.Close() // it is thrown away
	_ = os.Remove(f.Name())
}

// store writes blob and table.
func (s *Service) store(ctx context.Context, p *Package, z *archive) error {
	blob, err := s.scratch("blob-*")
	if err != nil {
		return err
	}
	defer discard(blob)
	t := &table{Files: make(map[string]File, len(z.names))}
	at, left := int64(0), int64(MaxUnpacked)
	for _, name := range z.names {
		if err := ctx.Err(); err != nil {
			return fault.From(err, fault.Unavailable, "")
		}
		f, read, err := s.one(blob, z, name, left, p.Kind)
		if err != nil {
			return err
		}
		f.At = at
		at, left = at+f.Size, left-read
		t.Files[name] = f
	}
	if _, err := blob.Seek(0, io.SeekStart); err != nil {
		return fault.From(err, fault.Unavailable, "")
	}
	if err := s.o.Media.Put(ctx, blobName(p), unknownType, blob, at); err != nil {
		return err
	}
	raw, err := json.Marshal(t)
	if err != nil {
		return err
	}
	return s.o.Media.Put(ctx, tableName(p), "application/json", bytes.NewReader(raw), int64(len(raw)))
}

// one unpacks one file into the blob. What it says of its size is not believed.
func (s *Service) one(w io.Writer, z *archive, name string, left int64, kind Kind) (f File, read int64, err error) {
	src := z.files[name]
	r, err := src.Open()
	if err != nil {
		return f, 0, bad("broken", map[string]any{"Name": clip(name)})
	}
	defer func() { _ = r.Close() }() // read to its end or refused
	f.Type = typeOf(name)
	limited := io.LimitReader(r, left+1)
	if src.UncompressedSize64 <= maxText && packable(f.Type) {
		raw, err := io.ReadAll(limited)
		if err != nil || int64(len(raw)) > left {
			return f, 0, bad("broken", map[string]any{"Name": clip(name)})
		}
		read = int64(len(raw))
		if kind != H5P && strings.HasPrefix(f.Type, "text/html") {
			raw = withRuntime(raw, kind)
		}
		if len(raw) > 512 {
			var small bytes.Buffer
			g, _ := gzip.NewWriterLevel(&small, gzip.BestCompression) // the level is one
			_, err := g.Write(raw)
			if err = errors.Join(err, g.Close()); err != nil {
				return f, 0, err
			}
			if small.Len() < len(raw) {
				f.Gzip, f.Length, raw = true, int64(len(raw)), small.Bytes()
			}
		}
		f.Size = int64(len(raw))
		_, err = w.Write(raw)
		return f, read, fault.From(err, fault.Unavailable, "")
	}
	n, err := io.Copy(w, limited)
	if err != nil || n > left {
		return f, 0, bad("broken", map[string]any{"Name": clip(name)})
	}
	f.Size = n
	return f, n, nil
}

// Runtime is the folder of the scripts that answer a package. The one of SCORM stands
// first in every page of a package: in a frame of an origin of its own a SCO cannot reach
// the API in the page around it, where it would look for it.
const Runtime = "/packages/runtime/"

// Scripts are the names below Runtime.
var Scripts = map[Kind]string{SCORM12: "scorm12.js", SCORM2004: "scorm2004.js", H5P: "h5p.js"}

// withRuntime puts the script behind <head>, else before everything but the document
// type. Bytes of the page's own encoding stay as they are.
func withRuntime(raw []byte, kind Kind) []byte {
	runtimeTag := `<script src="` + Runtime + Scripts[kind] + `"></script>`
	if bytes.HasPrefix(raw, []byte("\xff\xfe")) || bytes.HasPrefix(raw, []byte("\xfe\xff")) {
		return raw // UTF-16: as it came
	}
	lower := bytes.ToLower(raw[:min(len(raw), 64<<10)])
	at := 0
	for _, tag := range []string{"<head", "<html", "<!doctype"} {
		i := bytes.Index(lower, []byte(tag))
		if i < 0 || tag == "<head" && i+5 < len(lower) && !strings.ContainsRune("> \t\r\n", rune(lower[i+5])) {
			continue
		}
		if end := bytes.IndexByte(lower[i:], '>'); end >= 0 {
			at = i + end + 1
			break
		}
	}
	out := make([]byte, 0, len(raw)+len(runtimeTag))
	return append(append(append(out, raw[:at]...), runtimeTag...), raw[at:]...)
}
