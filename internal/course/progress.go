package course

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// KeepDevice is how long an anonymous device's progress is kept after its last use.
const KeepDevice = 400 * 24 * time.Hour

// Recorded says what became of an upload. A mark that fits no course, such as one of
// a lesson that is gone, is skipped; the others are stored.
type Recorded struct {
	Taken   int    `json:"taken"`
	Skipped []Skip `json:"skipped,omitempty"`
}

// Record joins marks into the learner's progress: one durable write per course. An
// upload may be sent again. Errors: Invalid (no learner, too many marks),
// Unavailable.
func (s *Service) Record(ctx context.Context, l Learner, marks []Mark) (r Recorded, err error) {
	defer fault.Wrap(&err, "course.Record")
	if !l.ok() {
		return r, badLearner()
	}
	if len(marks) > MaxMarks {
		return r, fault.InvalidFields(fault.Field{Pointer: "/marks", Key: "course.too_many_marks", Args: map[string]any{"Max": MaxMarks}})
	}
	now := s.now()
	var order []string
	byCourse := map[string][]int{}
	for i, m := range marks {
		if byCourse[m.Course] == nil {
			order = append(order, m.Course)
		}
		byCourse[m.Course] = append(byCourse[m.Course], i)
	}
	for _, slug := range order {
		c, err := s.cfg.Catalogue.Course(slug)
		if fault.Is(err, fault.NotFound) {
			for _, i := range byCourse[slug] {
				r.Skipped = append(r.Skipped, Skip{i, "course.no_course"})
			}
			continue
		}
		if err != nil {
			return r, err
		}
		var skipped []Skip
		_, err = s.change(ctx, l, slug, func(t *Track) error {
			skipped = skipped[:0]
			for _, i := range byCourse[slug] {
				if key := t.apply(c, marks[i], now); key != "" {
					skipped = append(skipped, Skip{i, key})
				}
			}
			return nil
		})
		if err != nil {
			return r, err
		}
		r.Skipped = append(r.Skipped, skipped...)
		r.Taken += len(byCourse[slug]) - len(skipped)
	}
	return r, nil
}

// change reads, changes and stores a track, again if somebody came between. A
// change that changes nothing is not written.
func (s *Service) change(ctx context.Context, l Learner, course string, do func(*Track) error) (*Track, error) {
	id := trackID(l, course)
	defer s.rows.lock(id)()
	for range retries {
		t, err := s.tracks.Get(ctx, id)
		fresh := fault.Is(err, fault.NotFound)
		if err != nil && !fresh {
			return nil, err
		}
		var before []byte
		if fresh {
			t = &Track{Doc: store.Doc{ID: id}, Learner: l, Course: course}
		} else if before, err = json.Marshal(t); err != nil {
			return nil, err
		}
		if err := do(t); err != nil {
			return nil, err
		}
		if fresh && t.empty() {
			return t, nil
		}
		if l.Anonymous() {
			// by days: an upload that is sent again changes nothing
			t.Expires = store.At(s.now().Truncate(24 * time.Hour).Add(KeepDevice)).String()
		}
		if fresh {
			err = s.tracks.Insert(ctx, t)
		} else {
			after, merr := json.Marshal(t)
			if merr != nil {
				return nil, merr
			}
			if bytes.Equal(before, after) {
				return t, nil
			}
			err = s.tracks.Replace(ctx, t)
		}
		if err == nil {
			s.heard(before, t)
			return t, nil
		}
		if !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
	}
	return nil, fault.Newf(fault.Unavailable, "", "track %s is written too often", course)
}

func (t *Track) empty() bool {
	return len(t.Lessons) == 0 && len(t.Hidden) == 0 && len(t.Tries) == 0
}

// Track is a learner's progress in a course; an empty one when there is none.
func (s *Service) Track(ctx context.Context, l Learner, course string) (t *Track, err error) {
	defer fault.Wrap(&err, "course.Track")
	if !l.ok() {
		return nil, badLearner()
	}
	t, err = s.tracks.Get(ctx, trackID(l, course))
	if fault.Is(err, fault.NotFound) {
		return &Track{Learner: l, Course: course}, nil
	}
	return t, err
}

// maxTracks bounds what is listed of one learner.
const maxTracks = 1000

// Tracks lists a learner's progress by course slug.
func (s *Service) Tracks(ctx context.Context, l Learner) (list map[string]*Track, err error) {
	defer fault.Wrap(&err, "course.Tracks")
	if !l.ok() {
		return nil, badLearner()
	}
	list = map[string]*Track{}
	for t, err := range s.tracks.Find(ctx, store.Query{Index: indexLearner, Eq: []any{l}, Limit: maxTracks}) {
		if err != nil {
			return nil, err
		}
		list[t.Course] = t
	}
	return list, nil
}

// Adopt joins everything of one learner into another: a device into the person who
// signed in on it, or a person into the one they were merged with. It may be run
// again after a crash.
func (s *Service) Adopt(ctx context.Context, from, into Learner) (err error) {
	defer fault.Wrap(&err, "course.Adopt")
	if !from.ok() || !into.ok() {
		return badLearner()
	}
	if from == into {
		return nil
	}
	tracks, err := s.Tracks(ctx, from)
	if err != nil {
		return err
	}
	for _, t := range tracks {
		if err := s.adoptTrack(ctx, t, into); err != nil {
			return err
		}
	}
	if err := s.adoptFeedback(ctx, from, into); err != nil {
		return err
	}
	if err := s.adoptSeats(ctx, from, into); err != nil {
		return err
	}
	return s.adoptProofs(ctx, from, into)
}

// adoptTrack joins a track into another learner's and removes it at the revision that
// was joined: what the device told meanwhile is joined too.
func (s *Service) adoptTrack(ctx context.Context, t *Track, into Learner) error {
	for range retries {
		joined, err := s.change(ctx, into, t.Course, func(mine *Track) error {
			had := mine.Completed != 0
			mine.Join(t)
			if !had && mine.Completed != 0 && !into.Anonymous() {
				mine.Pending = pendingCompleted // what a device has passed becomes the person's
			}
			return nil
		})
		if err != nil {
			return err
		}
		if joined.Pending != "" {
			if err := s.announce(ctx, joined); err != nil {
				return err
			}
		}
		err = s.tracks.Delete(ctx, t.ID, t.Rev)
		if err == nil || fault.Is(err, fault.NotFound) {
			return nil
		}
		if !fault.Is(err, fault.Conflict) {
			return err
		}
		id := t.ID
		if t, err = s.tracks.Get(ctx, id); fault.Is(err, fault.NotFound) {
			return nil
		} else if err != nil {
			return err
		}
	}
	return fault.Newf(fault.Unavailable, "", "track is written too often")
}

// Sweep removes devices that were not used for KeepDevice; it returns how many
// tracks went.
func (s *Service) Sweep(ctx context.Context) (gone int, err error) {
	defer fault.Wrap(&err, "course.Sweep")
	now := store.At(s.now()).String()
	for k, err := range s.tracks.Keys(ctx, store.Query{Index: indexExpires, After: "", To: now, Limit: 10_000}) {
		if err != nil {
			return gone, err
		}
		t, err := s.tracks.Get(ctx, k.ID)
		if fault.Is(err, fault.NotFound) || err == nil && t.Expires >= now {
			continue // used again meanwhile
		}
		if err != nil {
			return gone, err
		}
		if err := s.tracks.Delete(ctx, t.ID, t.Rev); err == nil {
			gone++
		} else if !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound) {
			return gone, err
		}
	}
	return gone, nil
}
