package asset

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/media"
)

// Path is where the files are served: Path + File.Name.
const Path = "/media/"

// linkTime is how long a signed link opens a file that is not public, at least.
const linkTime = time.Hour

// Link is the address of a stored form: plain when the asset is published, else signed
// and good for one to two hours, the same address within an hour.
func (s *Service) Link(a *Asset, f *File) string {
	if a.Published {
		return Path + f.Name
	}
	end := strconv.FormatInt(s.o.Now().Truncate(linkTime).Add(2*linkTime).Unix(), 10)
	return Path + f.Name + "?until=" + end + "&sign=" + s.sign(f.Name, end)
}

func (s *Service) sign(name, until string) string {
	m := hmac.New(sha256.New, s.o.Secret)
	_, _ = m.Write([]byte("media:" + until + ":" + name)) // a hash never fails
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil)[:18])
}

// Served is a file that may be read now.
type Served struct {
	File
	Public bool // anybody may keep it; else only the reader
}

// Serve tells what stands under a name, as Named knows it: a player asks for many pieces. until and sign are those of a signed link, or
// empty. Errors: NotFound for a name that is not there, not ready, or not the reader's
// to see; Gone for a link whose time is over.
func (s *Service) Serve(ctx context.Context, name, until, sign string) (f Served, err error) {
	defer fault.Wrap(&err, "asset.Serve")
	if !strings.HasPrefix(name, Folder) || media.CheckName(name) != nil {
		return f, fault.New(fault.NotFound, "")
	}
	id, _, _ := strings.Cut(strings.TrimPrefix(name, Folder), "-")
	a, err := s.Named(ctx, Folder+id)
	if err != nil {
		return f, err
	}
	at := slices.IndexFunc(a.Files, func(one File) bool { return one.Name == name })
	switch {
	case at < 0:
		return f, fault.New(fault.NotFound, "")
	case a.Published:
		return Served{a.Files[at], true}, nil
	case until == "" || !hmac.Equal([]byte(sign), []byte(s.sign(name, until))):
		return f, fault.New(fault.NotFound, "")
	}
	if end, err := strconv.ParseInt(until, 10, 64); err != nil || s.o.Now().Unix() >= end {
		return f, fault.New(fault.Gone, "asset.link")
	}
	return Served{a.Files[at], false}, nil
}

// Open reads a served file from any place: a seeker over package media that opens it when
// the first byte is asked for. The caller closes it.
func (s *Service) Open(ctx context.Context, f Served) io.ReadSeekCloser {
	return media.NewSection(ctx, s.o.Media, f.Name, 0, f.Size)
}

// Direct is an address at which the reader gets the bytes from the storage itself, for a
// short time; empty when the storage has none to give.
func (s *Service) Direct(ctx context.Context, f Served) (string, error) {
	if d, ok := s.o.Media.(media.Linker); ok {
		return d.Link(ctx, f.Name, directTime)
	}
	return "", nil
}

// directTime is long enough to begin; a player that seeks later asks us again.
const directTime = 6 * time.Hour
