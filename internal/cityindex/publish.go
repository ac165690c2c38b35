package cityindex

import (
	"context"
	"crypto/ed25519"
	"slices"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/store"
)

// ReleaseInfo is what lists of releases tell.
type ReleaseInfo struct {
	ID        string     `json:"id"`
	Wave      string     `json:"wave"`
	Revision  int        `json:"revision"`
	AsOf      time.Time  `json:"as_of"` // the step its figures are of
	Cut       time.Time  `json:"cut"`   // when it was made
	Path      string     `json:"path"`
	Latest    bool       `json:"latest"` // of its wave
	Withdrawn *Note      `json:"withdrawn,omitempty"`
	Errata    []Note     `json:"errata,omitempty"`
	Files     []FileInfo `json:"files"`
}

// Preview computes the release that could be cut of a wave now ("" for the
// current one) and stores nothing. blocked says why it may not be cut yet; the
// figures are given all the same where they can be made. For staff only.
func (s *Service) Preview(wave string) (r Release, blocked error, err error) {
	defer fault.Wrap(&err, "cityindex.Preview")
	s.mu.Lock()
	defer s.mu.Unlock()
	if wave == "" {
		wave = s.current()
	}
	st := s.shown[wave]
	if st == nil || st.Number == 0 {
		return r, notReleasable("index.release_too_few", "nothing of wave %q is public yet", wave), nil
	}
	set := s.deps.Settings
	b, err := build(s.f.cells.layout, st.wave, set.Margins, set.Margins.Variant(set.Margins.Default), set)
	if fault.Is(err, fault.Conflict) {
		return r, err, nil
	}
	if err != nil {
		return r, nil, err
	}
	return b.release, allowed(s.list, st, b.counts), nil
}

func infoOf(d *releaseDoc, latest bool) ReleaseInfo {
	return ReleaseInfo{ID: d.ID, Wave: d.Wave, Revision: d.Revision, AsOf: d.Body.AsOf, Cut: d.At.Time,
		Path: "/open-data/releases/" + d.ID + "/", Latest: latest, Withdrawn: d.Withdrawn, Errata: d.Errata, Files: d.Files}
}

// maxNotes bounds the errata of one release.
const maxNotes = 100

// Withdraw marks a release as withdrawn, publicly and with a reason. Its files
// stay where they are, so that whoever used them can see what they used.
func (s *Service) Withdraw(ctx context.Context, id string, reason i18n.Text) (err error) {
	defer fault.Wrap(&err, "cityindex.Withdraw")
	if reason.UK == "" {
		return fault.InvalidFields(fault.Field{Pointer: "/reason", Key: "fault.required"})
	}
	return s.note(ctx, id, func(d *releaseDoc) error {
		if d.Withdrawn != nil {
			return fault.New(fault.Conflict, "index.withdrawn")
		}
		d.Withdrawn = &Note{At: store.At(s.deps.Now()), Text: reason}
		return nil
	})
}

// Correct adds an erratum to a release: a public text beside figures that never change.
func (s *Service) Correct(ctx context.Context, id string, text i18n.Text) (err error) {
	defer fault.Wrap(&err, "cityindex.Correct")
	if text.UK == "" {
		return fault.InvalidFields(fault.Field{Pointer: "/text", Key: "fault.required"})
	}
	return s.note(ctx, id, func(d *releaseDoc) error {
		if len(d.Errata) >= maxNotes {
			return fault.New(fault.Conflict, "index.errata_full")
		}
		d.Errata = append(d.Errata, Note{At: store.At(s.deps.Now()), Text: text})
		return nil
	})
}

func (s *Service) note(ctx context.Context, id string, change func(*releaseDoc) error) error {
	if err := s.arch.note(ctx, id, change); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refresh(ctx)
}

// ReleaseFile reads one file of a release.
func (s *Service) ReleaseFile(ctx context.Context, id, name string) (f File, err error) {
	defer fault.Wrap(&err, "cityindex.ReleaseFile")
	snap := s.snap.Load()
	i := slices.IndexFunc(snap.list, func(d *releaseDoc) bool { return d.ID == id })
	if i < 0 || !validName(name) {
		return f, fault.New(fault.NotFound, "")
	}
	return s.arch.file(ctx, snap.list[i], name)
}

// PublicKey is the published key in PEM form.
func (s *Service) PublicKey() []byte { return PublicPEM(s.key.Public().(ed25519.PublicKey)) }

// StaffCount is the internal count of a wave: what has come, public or not.
// Only people with the right see it.
type StaffCount struct {
	Wave         string
	Counted      int64 // index rows, with or without a class
	Unweightable int64
	Tested       int64 // of those with a class
	Offline      int64
	Held         int64
	Excluded     int64
	Other        int64
	Public       int64 // rows the public figure shows
	Waiting      int64 // rows that came since and are not public yet
	Damaged      int   // entries of the index that could not be read
}

// Staff gives the internal count of a wave ("" for the current one).
func (s *Service) Staff(wave string) StaffCount {
	s.mu.Lock()
	defer s.mu.Unlock()
	if wave == "" {
		wave = s.current()
	}
	out := StaffCount{Wave: wave, Damaged: s.f.damaged}
	w, l := s.f.cells.waves[wave], s.f.cells.layout
	if w == nil {
		return out
	}
	out.Tested = w.n(l, gateTested) + w.n(l, gateTestedNoNet)
	out.Offline, out.Unweightable = w.n(l, gateOffline), w.n(l, gateUnweightable)
	out.Counted = out.Tested + out.Offline + out.Unweightable
	out.Held, out.Excluded, out.Other = w.other[countHeld], w.other[countExcluded], w.other[countOther]
	if st := s.shown[wave]; st != nil {
		out.Public = countsOf(st.N).n
	}
	for g := range gates {
		out.Waiting += int64(len(s.f.pending(wave).came[g]))
	}
	return out
}
