package asset

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"osvitlo/internal/course/lesson"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// Bounds of what stands beside a video.
const (
	MaxTranscript = 8000    // letters
	MaxPoster     = 8 << 20 // bytes
)

// Episode is what stands beside a video for those who do not hear or see it.
type Episode struct {
	Transcript i18n.Text `json:"transcript,omitzero"` // Markdown: what is said and shown
	Sign       string    `json:"sign,omitempty"`      // id of the video in sign language
}

// Beside is what an editor gives a video. Files that are nil stay as they are.
type Beside struct {
	Episode
	Subtitles map[string][]byte // WebVTT by language, "uk" or "en"
	Drop      []string          // languages whose subtitles go
	Poster    []byte            // JPEG or PNG
}

// Subtitles is the file of subtitles in a language; nil without one.
func (a *Asset) Subtitles(lang string) *File {
	for i := range a.Files {
		if f := &a.Files[i]; f.Role == RoleWords && f.Lang == lang {
			return f
		}
	}
	return nil
}

// Dress puts subtitles, poster, transcript and the video in sign language beside a
// video, all of it or nothing. Errors: as Get; Conflict (no ready video, or changed
// meanwhile); Invalid with the fields subtitles_uk, subtitles_en, poster, transcript_uk,
// transcript_en, sign; taking away the Ukrainian subtitles or the transcript of a
// published video is one of them.
func (s *Service) Dress(ctx context.Context, who *person.Actor, id string, b Beside) (err error) {
	defer fault.Wrap(&err, "asset.Dress")
	a, err := s.Get(ctx, who, id)
	if err != nil {
		return err
	}
	if a.Kind != Video || a.State != Ready {
		return fault.New(fault.Conflict, "asset.not_ready")
	}
	b.Transcript = i18n.Text{UK: tidy(b.Transcript.UK), EN: tidy(b.Transcript.EN)}
	bad, err := s.besideFaults(ctx, a, b)
	if err != nil {
		return err
	}
	var still []drawn
	if b.Poster != nil && len(bad) == 0 {
		if still, err = s.poster(b.Poster); err != nil {
			if !errors.Is(err, errBroken) && !errors.Is(err, errBomb) {
				return err
			}
			bad = append(bad, fault.Field{Pointer: "poster", Key: "asset.poster"})
		}
	}
	if len(bad) > 0 {
		return fault.InvalidFields(bad...)
	}
	if err := s.may(ctx, who, person.ContentEdit, "dress", id); err != nil {
		return err
	}
	var old []string
	take := func(is func(File) bool) {
		a.Files = slices.DeleteFunc(a.Files, func(f File) bool {
			if is(f) {
				old = append(old, f.Name)
				return true
			}
			return false
		})
	}
	for _, lang := range b.Drop {
		take(func(f File) bool { return f.Role == RoleWords && f.Lang == lang })
	}
	add := func(f File, raw []byte) error {
		f.Size = int64(len(raw))
		a.Files = append(a.Files, f)
		return s.o.Media.Put(ctx, f.Name, f.Type, bytes.NewReader(raw), f.Size)
	}
	for _, lang := range []string{i18n.Ukrainian, i18n.English} {
		raw := b.Subtitles[lang]
		if raw == nil {
			continue
		}
		take(func(f File) bool { return f.Role == RoleWords && f.Lang == lang })
		f := File{Name: fmt.Sprintf("%s%s-%s-%s.vtt", Folder, a.ID, sum(raw), lang), Role: RoleWords, Type: "text/vtt; charset=utf-8", Lang: lang}
		if err := add(f, raw); err != nil {
			return err
		}
	}
	for i, d := range still {
		if i == 0 {
			take(func(f File) bool { return f.Role == RolePoster })
			f := File{Name: fmt.Sprintf("%s%s-%s-%d%s", Folder, a.ID, sum(d.bytes), d.width, d.ext), Role: RolePoster, Type: d.kind, Width: d.width, Height: d.height}
			if err := add(f, d.bytes); err != nil {
				return err
			}
		}
	}
	a.Names = nil
	for _, f := range a.Files {
		a.Names = append(a.Names, f.Name)
	}
	a.Episode, a.Changed = &b.Episode, store.At(s.o.Now())
	if err := s.keep(ctx, a); err != nil {
		return err
	}
	for _, n := range old {
		if !slices.Contains(a.Names, n) {
			if err := s.o.Media.Delete(ctx, n); err != nil {
				return err // the sweep takes it
			}
		}
	}
	return nil
}

func tidy(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }

// besideFaults looks at everything but the poster.
func (s *Service) besideFaults(ctx context.Context, a *Asset, b Beside) (bad []fault.Field, err error) {
	for lang, raw := range b.Subtitles {
		field := "subtitles_" + lang
		if lang != i18n.Ukrainian && lang != i18n.English {
			return nil, fault.New(fault.Invalid, "")
		}
		var wrong *lesson.BadSubtitles
		if _, err := lesson.ReadSubtitles(raw); errors.As(err, &wrong) {
			bad = append(bad, fault.Field{Pointer: field, Key: "asset.subtitles." + wrong.What, Args: map[string]any{"Line": wrong.Line, "KB": lesson.MaxSubtitles >> 10}})
		}
	}
	for _, t := range []struct{ field, text string }{{"transcript_uk", b.Transcript.UK}, {"transcript_en", b.Transcript.EN}} {
		if utf8.RuneCountInString(t.text) > MaxTranscript {
			bad = append(bad, fault.Field{Pointer: t.field, Key: "page.form.long", Args: map[string]any{"Max": MaxTranscript}})
		}
	}
	if a.Published && len(s.Uses(ctx, a)) > 0 { // a lesson counts on them
		if slices.Contains(b.Drop, i18n.Ukrainian) && b.Subtitles[i18n.Ukrainian] == nil {
			bad = append(bad, fault.Field{Pointer: "subtitles_uk", Key: "asset.subtitles.used"})
		}
		if b.Transcript.UK == "" && a.Episode != nil && a.Episode.Transcript.UK != "" {
			bad = append(bad, fault.Field{Pointer: "transcript_uk", Key: "asset.subtitles.used"})
		}
	}
	if len(b.Poster) > MaxPoster {
		bad = append(bad, fault.Field{Pointer: "poster", Key: "asset.poster"})
	}
	if b.Sign != "" {
		other, err := s.docs.Get(ctx, b.Sign)
		switch {
		case fault.Is(err, fault.NotFound), err == nil && (other.Kind != Video || other.State != Ready || other.ID == a.ID):
			bad = append(bad, fault.Field{Pointer: "sign", Key: "asset.sign"})
		case err != nil:
			return nil, err
		}
	}
	return bad, nil
}

// poster draws a still anew, so that nothing but pixels stays.
func (s *Service) poster(raw []byte) ([]drawn, error) {
	dir, err := os.MkdirTemp(s.o.Scratch, scratch)
	if err != nil {
		return nil, fault.From(err, fault.Unavailable, "")
	}
	defer func() { _ = os.RemoveAll(dir) }() // what stays, the sweep takes
	file := filepath.Join(dir, "in")
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		return nil, fault.From(err, fault.Unavailable, "")
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, fault.From(err, fault.Unavailable, "")
	}
	kind, err := sniff(f, int64(len(raw)))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	if kind != "image/jpeg" && kind != "image/png" {
		return nil, errBroken
	}
	return redraw(file, kind, nil)
}
