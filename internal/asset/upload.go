package asset

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"mime"
	"path"
	"strings"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

const (
	PartSize   = 2 << 20        // bytes of every part but the last; 60 s on a line of 280 kbit/s
	QuickSize  = 20 << 20       // up to here a file may come in one form, and is made ready at once
	KeepParts  = 24 * time.Hour // how long an unfinished upload waits
	maxOpen    = 20             // unfinished uploads of one person
	partLayout = "%s%s/%04d"
)

// Sent describes a file before its first byte.
type Sent struct {
	Name string // the file's name
	Type string // content type the sender gives; may be empty
	Size int64  // bytes
}

// Upload tells how far an upload is.
type Upload struct {
	ID    string
	State State
	Size  int64
	Part  int64 // bytes of every part but the last
	Have  []int // parts that are there, ascending from 0
	Count int   // of parts in all
}

func parts(size int64) int { return int((size + PartSize - 1) / PartSize) }

// partLen is the size of part n.
func partLen(size int64, n int) int64 { return min(PartSize, size-int64(n)*PartSize) }

func partName(id string, n int) string { return fmt.Sprintf(partLayout, partsFolder, id, n) }

// Begin opens an upload. Nothing of the file is read: a size over the bound of its kind is
// refused here. Errors: those of person.Can for ContentEdit; Invalid (name, size, kind);
// TooLarge; TooMany (unfinished uploads of the same person).
func (s *Service) Begin(ctx context.Context, who *person.Actor, f Sent) (a *Asset, err error) {
	defer fault.Wrap(&err, "asset.Begin")
	if err := s.may(ctx, who, person.ContentEdit, "", ""); err != nil {
		return nil, err
	}
	title, declared := cleanTitle(f.Name), plainType(f.Type)
	kind := kindOf(declared, title)
	switch {
	case title == "" || f.Size <= 0:
		return nil, refused("asset.nothing", nil)
	case kind == "":
		return nil, refused("asset.kind", nil)
	case f.Size > kind.Limit():
		return nil, tooLarge(kind)
	}
	open := 0
	for d, err := range s.docs.Find(ctx, store.Query{Index: indexState, Eq: []any{string(Uploading)}, Desc: true, Limit: 1000}) {
		if err != nil {
			return nil, err
		}
		if d.By == who.Person {
			open++
		}
	}
	if open >= maxOpen {
		return nil, fault.New(fault.TooMany, "asset.many")
	}
	now := store.At(s.o.Now())
	a = &Asset{Doc: store.Doc{ID: "m" + strings.ToLower(rand.Text()[:20])}, Title: title, Kind: kind, State: Uploading, Declared: declared,
		Size: f.Size, By: who.Person, Made: now, Changed: now}
	if err := s.may(ctx, who, person.ContentEdit, "upload", a.ID); err != nil {
		return nil, err
	}
	return a, s.docs.Insert(ctx, a)
}

func tooLarge(k Kind) error {
	e := fault.New(fault.TooLarge, "asset.large."+string(k))
	e.Args = map[string]any{"MB": k.Limit() >> 20}
	return e
}

// own reads an upload that is going on and belongs to the actor.
func (s *Service) own(ctx context.Context, who *person.Actor, id string) (*Asset, error) {
	if err := s.may(ctx, who, person.ContentEdit, "", ""); err != nil {
		return nil, err
	}
	a, err := s.docs.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if a.By != who.Person {
		return nil, fault.New(fault.NotFound, "")
	}
	return a, nil
}

// Put stores part n (from 0) of an upload. It may come again and beside other parts.
// Errors: NotFound (no such upload of the actor); Conflict (it has ended); Invalid (no
// such part, or not exactly its bytes); Unavailable.
func (s *Service) Put(ctx context.Context, who *person.Actor, id string, n int, r io.Reader) (err error) {
	defer fault.Wrap(&err, "asset.Put")
	a, err := s.own(ctx, who, id)
	if err != nil {
		return err
	}
	if a.State != Uploading {
		return fault.New(fault.Conflict, "asset.ended")
	}
	if n < 0 || n >= parts(a.Size) {
		return refused("asset.part", nil)
	}
	// A part is held in memory, so that a slow sender holds no file open and a broken one
	// leaves nothing behind.
	want := partLen(a.Size, n)
	var b bytes.Buffer
	b.Grow(int(want) + 1)
	got, err := io.Copy(&b, io.LimitReader(r, want+1))
	if err != nil || got != want {
		return refused("asset.part", nil)
	}
	return s.o.Media.Put(ctx, partName(id, n), "application/octet-stream", &b, want)
}

// Upload tells which parts of an upload are there. Errors: as Put.
func (s *Service) Upload(ctx context.Context, who *person.Actor, id string) (u Upload, err error) {
	defer fault.Wrap(&err, "asset.Upload")
	a, err := s.own(ctx, who, id)
	if err != nil {
		return u, err
	}
	u = Upload{ID: a.ID, State: a.State, Size: a.Size, Part: PartSize, Count: parts(a.Size)}
	if a.State == Uploading {
		u.Have, err = s.have(ctx, a)
	}
	return u, err
}

// have lists the whole parts of an upload.
func (s *Service) have(ctx context.Context, a *Asset) (list []int, err error) {
	for i, err := range s.o.Media.List(ctx, partsFolder+a.ID+"/") {
		if err != nil {
			return nil, err
		}
		var n int
		if _, err := fmt.Sscanf(path.Base(i.Name), "%d", &n); err == nil && n < parts(a.Size) && i.Size == partLen(a.Size, n) {
			list = append(list, n)
		}
	}
	return list, nil
}

// Finish ends an upload. A small file is checked and made ready at once; a large one and
// every video waits for Work. Errors: as Put; Conflict with parts missing; Invalid with
// the field "file" when the file is refused, and then nothing of it stays.
func (s *Service) Finish(ctx context.Context, who *person.Actor, id string) (a *Asset, err error) {
	defer fault.Wrap(&err, "asset.Finish")
	a, err = s.own(ctx, who, id)
	if err != nil {
		return nil, err
	}
	if a.State != Uploading {
		return a, nil // the answer to the first asking was lost
	}
	have, err := s.have(ctx, a)
	if err != nil {
		return nil, err
	}
	if len(have) != parts(a.Size) {
		return nil, fault.New(fault.Conflict, "asset.missing")
	}
	a.State, a.Changed = Received, store.At(s.o.Now())
	if err := s.keep(ctx, a); err != nil {
		return nil, err
	}
	if a.Size > QuickSize || a.Kind == Video {
		return a, nil
	}
	err = s.make(ctx, a)
	switch {
	case a.State == Refused:
		key := a.Trouble
		return nil, errorsFirst(s.remove(ctx, a), refused(key, a.args()))
	case fault.Is(err, fault.Unavailable):
		s.o.Log.WarnContext(ctx, "asset waits", "asset", a.ID, "error", err.Error())
		return a, nil // Work will try again
	}
	return a, err
}

func errorsFirst(list ...error) error {
	for _, err := range list {
		if err != nil {
			return err
		}
	}
	return nil
}

// args are the values of the message of a refusal.
func (a *Asset) args() map[string]any {
	return map[string]any{"MB": a.Kind.Limit() >> 20, "Found": a.Type}
}

// Receive takes a whole small file, as a form without a script sends it. Errors: as
// Begin, Put and Finish. What is refused leaves nothing behind.
func (s *Service) Receive(ctx context.Context, who *person.Actor, f Sent, r io.Reader) (a *Asset, err error) {
	defer fault.Wrap(&err, "asset.Receive")
	if f.Size > QuickSize {
		return nil, refused("asset.script", map[string]any{"MB": QuickSize >> 20})
	}
	a, err = s.Begin(ctx, who, f)
	if err != nil {
		return nil, err
	}
	for n := range parts(a.Size) {
		if err := s.Put(ctx, who, a.ID, n, io.LimitReader(r, partLen(a.Size, n))); err != nil {
			return nil, errorsFirst(err, s.remove(ctx, a))
		}
	}
	return s.Finish(ctx, who, a.ID)
}

// plainType is a content type without parameters, in the one spelling we use.
func plainType(t string) string {
	t, _, err := mime.ParseMediaType(t)
	if err != nil || len(t) > 80 {
		return ""
	}
	if plain, ok := aliases[t]; ok {
		return plain
	}
	return t
}

var aliases = map[string]string{
	"application/octet-stream": "", "image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "image/x-png": "image/png",
	"audio/mp3": "audio/mpeg", "audio/x-mp3": "audio/mpeg", "audio/x-mpeg": "audio/mpeg", "audio/x-wav": "audio/wav", "audio/wave": "audio/wav", "audio/vnd.wave": "audio/wav",
	"audio/m4a": "audio/mp4", "audio/x-m4a": "audio/mp4", "video/x-m4v": "video/mp4", "application/ogg": "audio/ogg", "application/x-pdf": "application/pdf",
}

// types are the content types that are taken, with kind and ending.
var types = map[string]struct {
	kind Kind
	ext  string
}{
	"image/jpeg": {Image, ".jpg"}, "image/png": {Image, ".png"}, "image/gif": {Image, ".gif"}, "image/webp": {Image, ".webp"},
	"video/mp4": {Video, ".mp4"}, "video/webm": {Video, ".webm"},
	"audio/mpeg": {Audio, ".mp3"}, "audio/ogg": {Audio, ".ogg"}, "audio/wav": {Audio, ".wav"}, "audio/mp4": {Audio, ".m4a"}, "audio/webm": {Audio, ".webm"},
	"application/pdf": {PDF, ".pdf"},
}

// kindOf tells the kind from what the sender says; "" for what is not taken.
func kindOf(declared, name string) Kind {
	if declared != "" {
		return types[declared].kind
	}
	ext := strings.ToLower(path.Ext(name))
	if ext == ".jpeg" {
		ext = ".jpg"
	}
	for _, t := range []string{"image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4", "video/webm", "audio/mpeg", "audio/ogg", "audio/wav", "audio/mp4", "application/pdf"} {
		if types[t].ext == ext {
			return types[t].kind
		}
	}
	return ""
}
