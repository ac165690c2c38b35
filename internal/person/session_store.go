package person

import (
	"context"
	"time"

	"github.com/alexedwards/scs/v2"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// sessionStore implements scs.CtxStore over the document store.
type sessionStore struct{ s *Service }

var _ scs.CtxStore = (*sessionStore)(nil)

// Find implements scs.Store.
func (t *sessionStore) Find(token string) ([]byte, bool, error) {
	return t.FindCtx(context.Background(), token)
}

// Commit implements scs.Store.
func (t *sessionStore) Commit(token string, b []byte, expiry time.Time) error {
	return t.CommitCtx(context.Background(), token, b, expiry)
}

// Delete implements scs.Store.
func (t *sessionStore) Delete(token string) error { return t.DeleteCtx(context.Background(), token) }

// FindCtx implements scs.CtxStore.
func (t *sessionStore) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	defer fault.Wrap(&err, "person.sessions.Find")
	if token == "" || len(token) > maxToken {
		return nil, false, nil
	}
	doc, err := t.s.sessions.Get(ctx, hashToken(token))
	if fault.Is(err, fault.NotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	now := t.s.now()
	if doc.Over || expired(doc.Expires, now) || now.Sub(doc.Seen.Time) >= sessionLimits[doc.Kind].idle {
		return nil, false, nil
	}
	if age := now.Sub(doc.Seen.Time); age >= seenEvery || doc.Kind == kindShared && age >= 10*time.Second {
		doc.Seen = store.At(now)
		if err := t.s.sessions.Replace(ctx, doc); err != nil && !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound) {
			return nil, false, err
		}
	}
	return doc.Data, true, nil
}

// CommitCtx implements scs.CtxStore. A session that was ended meanwhile stays ended.
func (t *sessionStore) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) (err error) {
	defer fault.Wrap(&err, "person.sessions.Commit")
	_, values, err := scs.GobCodec{}.Decode(data)
	if err != nil {
		return fault.From(err, fault.Internal, "")
	}
	text := func(key string) string { v, _ := values[key].(string); return v }
	for range retries {
		now := t.s.now()
		doc, err := t.s.sessions.Get(ctx, hashToken(token))
		fresh := fault.Is(err, fault.NotFound)
		if fresh {
			doc, err = &session{Doc: store.Doc{ID: hashToken(token)}, Made: store.At(now)}, nil
		}
		if err != nil {
			return err
		}
		if doc.Over {
			return nil
		}
		doc.Data, doc.Expires, doc.Seen = data, store.At(expiry).String(), store.At(now)
		doc.Person, doc.Kind, doc.Label, doc.Via = ID(text(valuePerson)), text(valueKind), text(valueLabel), Via(text(valueVia))
		if doc.Kind == "" {
			doc.Kind = kindVisitor
		}
		if fresh {
			err = t.s.sessions.Insert(ctx, doc)
		} else {
			err = t.s.sessions.Replace(ctx, doc)
		}
		if !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return fault.New(fault.Unavailable, "")
}

// DeleteCtx implements scs.CtxStore. It leaves a mark until the session would have
// ended anyway.
func (t *sessionStore) DeleteCtx(ctx context.Context, token string) (err error) {
	defer fault.Wrap(&err, "person.sessions.Delete")
	return t.s.endSession(ctx, hashToken(token))
}

func (s *Service) endSession(ctx context.Context, id string) error {
	for range retries {
		doc, err := s.sessions.Get(ctx, id)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if doc.Over {
			return nil
		}
		over := &session{Doc: doc.Doc, Over: true, Made: doc.Made, Seen: doc.Seen, Expires: doc.Expires}
		if err := s.sessions.Replace(ctx, over); !fault.Is(err, fault.Conflict) {
			return ignoreMissing(err)
		}
	}
	return fault.New(fault.Unavailable, "")
}

// endSessions ends all sessions of these ids but one.
func (s *Service) endSessions(ctx context.Context, ids []ID, but string) error {
	for _, id := range ids {
		for k, err := range s.sessions.Keys(ctx, store.Query{Index: indexPerson, Eq: []any{id}}) {
			if err != nil {
				return err
			}
			if k.ID == but {
				continue
			}
			if err := s.endSession(ctx, k.ID); err != nil {
				return err
			}
		}
	}
	return nil
}
