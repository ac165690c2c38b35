package cityindex

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"slices"
	"strings"

	"osvitlo/internal/fault"
)

// VerifyOptions say what to check a download against.
type VerifyOptions struct {
	// Key is the publisher's key, taken from its site or data folder. Without it
	// the key inside the download is used, and Report.KeyTrusted is false.
	Key ed25519.PublicKey
	// Data recomputes the rest from the stored tallies; nil: only the download.
	Data *DataCheck
	// IgnoreHashes and IgnoreSignature leave those checks out; a test uses them
	// to show that the recomputation stands on its own.
	IgnoreHashes, IgnoreSignature bool
}

// Check is one thing that was looked at.
type Check struct {
	Name   string // file or figure, such as "cells.csv" or "areas/ua3/se"
	OK     bool
	Detail string // what was wrong
}

// Report is the outcome of a verification.
type Report struct {
	Release     string
	Wave        string
	Demo        bool
	Fingerprint string // of the key the signature was checked with
	KeyTrusted  bool   // that key came from VerifyOptions and not from the download
	Checks      []Check
	// Recomputed names the figures that were computed anew, NotRecomputed those
	// that this download does not allow to.
	Recomputed    []string
	NotRecomputed []string
}

// OK tells whether everything that was checked holds.
func (r Report) OK() bool { return r.First() == nil }

// First is the first check that failed, nil if none did.
func (r Report) First() *Check {
	for i := range r.Checks {
		if !r.Checks[i].OK {
			return &r.Checks[i]
		}
	}
	return nil
}

// Figure is the first figure that does not hold, nil if all do: where a file was
// changed, it says which number of it.
func (r Report) Figure() *Check {
	for i := range r.Checks {
		if c := &r.Checks[i]; !c.OK && !slices.Contains(plainFiles[:], c.Name) {
			return c
		}
	}
	return nil
}

var plainFiles = [...]string{FileIndex, FileFigures, FileCells, FilePackage, FileCatalog, FileReadme, FileSignature, fileKey, FileDrivers, FileDriverCSV, FileChanges}

// Bounds of a download. A release has under ten files of some tens of kilobytes.
const (
	maxFile      = 8 << 20
	maxResources = 50
	tolerance    = 1e-9 // relative
	fileKey      = "release-key.pem"
)

type verifier struct {
	Report
	fsys fs.FS
	opts VerifyOptions
}

func (v *verifier) check(name string, ok bool, format string, args ...any) bool {
	c := Check{Name: name, OK: ok}
	if !ok {
		c.Detail = fmt.Sprintf(format, args...)
	}
	v.Checks = append(v.Checks, c)
	return ok
}

// near compares a published figure with a recomputed one to 1e-9 relative.
func (v *verifier) near(name string, published *float64, want float64) {
	if published == nil {
		v.check(name, false, "is missing, recomputed %v", want)
		return
	}
	v.check(name, closeTo(*published, want), "published %v, recomputed %v", *published, want)
}

func closeTo(a, b float64) bool {
	if math.IsNaN(a) || math.IsNaN(b) {
		return false
	}
	return math.Abs(a-b) <= tolerance*max(math.Abs(a), math.Abs(b), 1e-12)
}

func (v *verifier) same(name string, published *int64, want int64) {
	if published == nil {
		v.check(name, false, "is missing, recomputed %d", want)
		return
	}
	v.check(name, *published == want, "published %d, recomputed %d", *published, want)
}

// Verify checks a downloaded release: hashes, signature, and every figure that
// its own cells let anyone recompute, to 1e-9 relative. The error is about
// reading; whether the release holds is Report.OK.
func Verify(ctx context.Context, fsys fs.FS, opts VerifyOptions) (r Report, err error) {
	defer fault.Wrap(&err, "cityindex.Verify")
	v := &verifier{fsys: fsys, opts: opts}
	files := v.files()
	if files == nil {
		return v.Report, nil
	}
	var open OpenIndex
	dec := json.NewDecoder(bytes.NewReader(files[FileIndex]))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&open); err != nil || open.Release == nil {
		v.check(FileIndex, false, "cannot be read: %v", err)
		return v.Report, nil
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		v.check(FileIndex, false, "holds more than one body")
		return v.Report, nil
	}
	v.Release, v.Wave, v.Demo = open.Release.ID, open.Wave, open.Demo
	cells, err := parseCells(files[FileCells])
	if err != nil {
		v.check(FileCells+"/rows", false, "%v", err)
		return v.Report, nil
	}
	v.header(&open)
	v.figures(files[FileFigures], open.Release)
	v.recompute(&open, cells)
	v.consistency(open.Release)
	v.modes(open.Release)
	v.changes(files[FileChanges], open.Release, cells)
	v.drivers(files[FileDrivers], files[FileDriverCSV], open.Release)
	v.NotRecomputed = slices.Clone(open.Release.CheckedByOperator)
	if opts.Data != nil {
		if err := v.data(ctx, open, files); err != nil {
			return v.Report, err
		}
	}
	return v.Report, nil
}

// read takes a file of the download whole, within the bound.
func (v *verifier) read(name string) ([]byte, error) {
	if !fs.ValidPath(name) || strings.ContainsAny(name, `/\`) {
		return nil, fault.Newf(fault.Invalid, "", "the name %q is no plain file name", name)
	}
	f, err := v.fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // read only
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, fault.Newf(fault.Invalid, "", "%s is no plain file", name)
	}
	// The size a directory of an archive names is not to be believed.
	body, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(body) > maxFile {
		return nil, fault.Newf(fault.TooLarge, "", "%s is over %d bytes", name, maxFile)
	}
	return body, nil
}

// files reads the package, checks hashes and signature and returns the bodies;
// nil when something needed cannot be read.
func (v *verifier) files() map[string][]byte {
	body, err := v.read(FilePackage)
	if err != nil {
		v.check(FilePackage, false, "%v", err)
		return nil
	}
	var p dataPackage
	if err := json.Unmarshal(body, &p); err != nil {
		v.check(FilePackage, false, "cannot be read: %v", err)
		return nil
	}
	if len(p.Resources) > maxResources {
		v.check(FilePackage, false, "lists %d files", len(p.Resources))
		return nil
	}
	out := map[string][]byte{}
	for _, res := range p.Resources {
		b, err := v.read(res.Path)
		if err != nil {
			v.check(res.Path, false, "%v", err)
			return nil
		}
		if _, twice := out[res.Path]; twice {
			v.check(res.Path, false, "is listed twice")
			return nil
		}
		out[res.Path] = b
		f := File{Body: b}
		if v.opts.IgnoreHashes {
			continue
		}
		if v.check(res.Path, res.Bytes == len(b), "has %d bytes, the package says %d", len(b), res.Bytes) {
			v.check(res.Path, res.Hash == "sha256:"+f.Hash(), "its SHA-256 is not the one in %s", FilePackage)
		}
	}
	for _, need := range []string{FileIndex, FileFigures, FileCells, FileCatalog, FileReadme, fileKey} {
		if out[need] == nil {
			v.check(need, false, "is not in %s", FilePackage)
			return nil
		}
	}
	if !v.opts.IgnoreSignature {
		v.signature(body, out[fileKey])
	}
	return out
}

func (v *verifier) signature(body, pem []byte) {
	own, err := ParsePublicPEM(pem)
	if err != nil {
		v.check(fileKey, false, "%v", err)
		return
	}
	key := own
	if v.opts.Key != nil {
		key, v.KeyTrusted = v.opts.Key, true
		if !v.check(fileKey, own.Equal(key), "is not the publisher's key") {
			return
		}
	}
	v.Fingerprint = Fingerprint(key)
	sig, err := v.read(FileSignature)
	if err != nil {
		v.check(FileSignature, false, "%v", err)
		return
	}
	v.check(FileSignature, signed(key, body, sig), "%s was not signed with this key", FilePackage)
}
