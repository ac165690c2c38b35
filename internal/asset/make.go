package asset

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/job"
	"osvitlo/internal/store"
)

// scratch begins the names of the folders in which files are worked on.
const scratch = "osvitlo-media-"

// make brings a received file to Ready or Refused. It may be run again after it was
// broken off: the parts stay until the document says Ready. An Unavailable error leaves
// the file waiting.
func (s *Service) make(ctx context.Context, a *Asset) (err error) {
	defer fault.Wrap(&err, "asset.make")
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return fault.From(ctx.Err(), fault.Unavailable, "")
	}
	dir, err := os.MkdirTemp(s.o.Scratch, scratch)
	if err != nil {
		return fault.From(err, fault.Unavailable, "")
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	file := filepath.Join(dir, "in")
	if err := s.assemble(ctx, a, file); err != nil {
		return err
	}
	if err := s.check(ctx, a, file); err != nil || a.State == Refused {
		return err
	}
	made, err := s.render(ctx, a, file, dir)
	switch {
	case errors.Is(err, errBomb):
		return s.refuse(ctx, a, "asset.bomb")
	case errors.Is(err, errBroken):
		s.o.Log.InfoContext(ctx, "asset refused", "asset", a.ID, "error", err.Error())
		return s.refuse(ctx, a, "asset.broken")
	case err != nil:
		return err
	}
	a.Files, a.Names = made, nil
	for _, f := range made {
		a.Names = append(a.Names, f.Name)
	}
	a.State, a.Changed = Ready, store.At(s.o.Now())
	if err := s.keep(ctx, a); err != nil {
		return err
	}
	return s.dropParts(ctx, a.ID)
}

// assemble writes the parts into one file.
func (s *Service) assemble(ctx context.Context, a *Asset, file string) (err error) {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fault.From(err, fault.Unavailable, "")
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	for n := range parts(a.Size) {
		r, info, err := s.o.Media.Open(ctx, partName(a.ID, n), 0)
		if err != nil {
			return err
		}
		_, err = io.Copy(f, r)
		if err = errors.Join(err, r.Close()); err != nil {
			return fault.From(err, fault.Unavailable, "")
		}
		if info.Size != partLen(a.Size, n) {
			return fault.Newf(fault.Internal, "", "part %d of %s has %d bytes", n, a.ID, info.Size)
		}
	}
	return nil
}

// check looks at what the file is and whether a virus is known in it.
func (s *Service) check(ctx context.Context, a *Asset, file string) error {
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // what was written is read again through its name
	a.Remarks = nil
	if a.Type, err = sniff(f, a.Size); err != nil {
		return err
	}
	found, declared := types[a.Type], a.Declared
	if a.Type == "video/webm" && declared == "audio/webm" {
		a.Type, found = declared, types[declared]
	}
	switch {
	case found.kind == "":
		return s.refuse(ctx, a, "asset.unknown")
	case declared != "" && declared != a.Type, found.kind != a.Kind:
		return s.refuse(ctx, a, "asset.lie")
	case a.Size > found.kind.Limit():
		return s.refuse(ctx, a, "asset.large."+string(found.kind))
	}
	if s.o.Scanner == nil {
		a.Remarks = append(a.Remarks, NotScanned)
	} else {
		virus, err := s.o.Scanner.Scan(ctx, file)
		if err != nil {
			return err
		}
		if virus != "" {
			s.o.Log.WarnContext(ctx, "virus", "asset", a.ID, "virus", virus)
			return s.refuse(ctx, a, "asset.virus")
		}
	}
	if a.Type == "video/mp4" || a.Type == "audio/mp4" {
		if err := stripBoxes(f, a.Size); errors.Is(err, errBroken) {
			return s.refuse(ctx, a, "asset.broken")
		} else if err != nil {
			return err
		}
	}
	a.State, a.Changed = Checked, store.At(s.o.Now())
	return s.keep(ctx, a)
}

// refuse ends the way of a file; its bytes go.
func (s *Service) refuse(ctx context.Context, a *Asset, why string) error {
	a.State, a.Trouble, a.Changed = Refused, why, store.At(s.o.Now())
	if err := s.keep(ctx, a); err != nil {
		return err
	}
	return s.dropParts(ctx, a.ID)
}

// render makes the files that are served and stores them.
func (s *Service) render(ctx context.Context, a *Asset, file, dir string) (list []File, err error) {
	keep := func(role Role, d drawn) error {
		f := File{Role: role, Type: d.kind, Size: int64(len(d.bytes)), Width: d.width, Height: d.height}
		f.Name = fmt.Sprintf("%s%s-%s-%d%s", Folder, a.ID, sum(d.bytes), d.width, d.ext)
		list = append(list, f)
		return s.o.Media.Put(ctx, f.Name, f.Type, bytes.NewReader(d.bytes), f.Size)
	}
	switch {
	case a.Type == "image/webp":
		raw, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		out, w, h, err := webp(raw)
		if err != nil {
			return nil, err
		}
		if err := fits(w, h, nil); err != nil {
			return nil, err
		}
		if s.o.Film != nil { // a moving one, which it does not read, stays as it is
			if still, err := s.o.Film.unwebp(ctx, file, dir); err == nil {
				return s.pictures(ctx, a, still, "image/png", dir, keep, &list)
			}
		}
		a.Remarks = append(a.Remarks, OneWidth)
		return list, errors.Join(keep(RoleWidth, drawn{out, ".webp", a.Type, w, h}), err)
	case a.Kind == Image:
		if a.Type == "image/gif" {
			a.Remarks = append(a.Remarks, FirstFrame)
		}
		return s.pictures(ctx, a, file, a.Type, dir, keep, &list)
	case a.Kind == Video && s.o.Film != nil:
		m, err := s.o.Film.make(ctx, file, a.Type, dir)
		if err != nil {
			return nil, err
		}
		a.Seconds = m.seconds
		for i, one := range []struct {
			role Role
			name string
		}{{RoleMain, m.full}, {RoleSmall, m.small}} {
			f, err := s.keepFile(ctx, a, one.role, "video/mp4", ".mp4", one.name, 0, -1)
			if err != nil {
				return nil, err
			}
			f.Width, f.Height = m.sizes[i][0], m.sizes[i][1]
			list = append(list, f)
		}
		stills, err := redraw(m.poster, "image/jpeg", nil)
		if err != nil {
			return nil, err
		}
		return list, errors.Join(keep(RolePoster, stills[0]))
	}
	from, to := int64(0), int64(-1)
	switch a.Type {
	case "audio/mpeg":
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		from, to, err = mp3Body(f, a.Size)
		if err = errors.Join(err, f.Close()); err != nil {
			return nil, err
		}
	case "video/mp4", "audio/mp4": // stripped in its place
	default:
		a.Remarks = append(a.Remarks, MetadataKept)
	}
	if a.Kind == Video {
		a.Remarks = append(a.Remarks, AsItIs)
	}
	f, err := s.keepFile(ctx, a, RoleMain, a.Type, types[a.Type].ext, file, from, to)
	return []File{f}, err
}

// pictures draws a picture in its widths, as WebP too where ffmpeg is there.
func (s *Service) pictures(ctx context.Context, a *Asset, file, kind, dir string, keep func(Role, drawn) error, list *[]File) ([]File, error) {
	var as modern
	if s.o.Film == nil {
		a.Remarks = append(a.Remarks, NoWebP)
	} else {
		as = func(p *image.RGBA) ([]byte, error) {
			out, err := s.o.Film.webp(ctx, p, dir)
			if fault.Is(err, fault.Unavailable) && ctx.Err() == nil { // this ffmpeg has no libwebp: the fallback serves
				if !slices.Contains(a.Remarks, NoWebP) {
					a.Remarks = append(a.Remarks, NoWebP)
				}
				return nil, nil
			}
			return out, err
		}
	}
	drawings, err := redraw(file, kind, as)
	if err != nil {
		return nil, err
	}
	for _, d := range drawings {
		if err := keep(RoleWidth, d); err != nil {
			return nil, err
		}
	}
	return *list, nil
}

// keepFile stores the bytes [from, to) of a file; to < 0 means its end.
func (s *Service) keepFile(ctx context.Context, a *Asset, role Role, kind, ext, name string, from, to int64) (out File, err error) {
	f, err := os.Open(name)
	if err != nil {
		return out, err
	}
	defer func() { _ = f.Close() }() // only read
	if to < 0 {
		st, err := f.Stat()
		if err != nil {
			return out, err
		}
		to = st.Size()
	}
	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(f, from, to-from)); err != nil {
		return out, err
	}
	out = File{Role: role, Type: kind, Size: to - from, Name: Folder + a.ID + "-" + hex.EncodeToString(h.Sum(nil))[:20] + ext}
	return out, s.o.Media.Put(ctx, out.Name, kind, io.NewSectionReader(f, from, to-from), out.Size)
}

func sum(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])[:20]
}

// Work makes waiting files ready, one after another: large ones, video, and those whose
// work was broken off. It is the body of a job.
func (s *Service) Work(ctx context.Context, _ job.Run) (err error) {
	defer fault.Wrap(&err, "asset.Work")
	var wait []*Asset
	for _, state := range []State{Received, Checked} {
		for a, err := range s.docs.Find(ctx, store.Query{Index: indexState, Eq: []any{string(state)}, Limit: 100}) {
			if err != nil {
				return err
			}
			// A small file is being worked on by the request that brought it.
			if a.Size > QuickSize || a.Kind == Video || s.o.Now().Sub(a.Changed.Time) > quickTime {
				wait = append(wait, a)
			}
		}
	}
	var last error
	for _, a := range wait {
		err := s.make(ctx, a)
		switch {
		case fault.Is(err, fault.Conflict), fault.Is(err, fault.NotFound): // somebody else was here, or it was deleted
		case err != nil:
			s.o.Log.WarnContext(ctx, "asset waits", "asset", a.ID, "error", err.Error())
			last = err
		}
	}
	return last
}

// quickTime is how long a request may work on a small file.
const quickTime = 2 * time.Minute

// dropParts deletes the parts of an upload.
func (s *Service) dropParts(ctx context.Context, id string) error {
	var names []string
	for i, err := range s.o.Media.List(ctx, partsFolder+id+"/") {
		if err != nil {
			return err
		}
		names = append(names, i.Name)
	}
	for _, n := range slices.Backward(names) {
		if err := s.o.Media.Delete(ctx, n); err != nil {
			return err
		}
	}
	return nil
}
