// Package s3 keeps media in a bucket of MinIO or another S3 service. It is the
// only importer of minio-go. An upload becomes visible when it is complete.
package s3

import (
	"context"
	"errors"
	"io"
	"iter"
	"net/http"
	"net/url"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"osvitlo/internal/fault"
	"osvitlo/internal/media"
)

// Config says where the bucket is.
type Config struct {
	Endpoint  string // host:port
	Bucket    string
	Region    string
	AccessKey string
	SecretKey string
	TLS       bool
	Public    string // address of the service as readers reach it, with its scheme; empty: they do not
}

// Store is a bucket of media.
type Store struct {
	client *minio.Client
	public *minio.Client // signs addresses for readers; nil without one
	bucket string
}

var (
	_ media.Store  = (*Store)(nil)
	_ media.Linker = (*Store)(nil)
)

// Open connects and makes the bucket if it is not there.
func Open(ctx context.Context, c Config) (s *Store, err error) {
	defer fault.Wrap(&err, "s3.Open")
	client, err := minio.New(c.Endpoint, &minio.Options{
		Creds: credentials.NewStaticV4(c.AccessKey, c.SecretKey, ""), Secure: c.TLS, Region: c.Region, MaxRetries: 3,
	})
	if err != nil {
		return nil, fault.From(err, fault.Invalid, "")
	}
	there, err := client.BucketExists(ctx, c.Bucket)
	if err != nil {
		return nil, translate(err)
	}
	if !there {
		err := client.MakeBucket(ctx, c.Bucket, minio.MakeBucketOptions{Region: c.Region})
		if code := minio.ToErrorResponse(err).Code; err != nil && code != "BucketAlreadyOwnedByYou" {
			return nil, translate(err)
		}
	}
	s = &Store{client: client, bucket: c.Bucket}
	if c.Public != "" {
		at, err := url.Parse(c.Public)
		if err != nil || at.Host == "" {
			return nil, fault.Newf(fault.Invalid, "", "public address of the bucket")
		}
		// The region is given, so that signing asks nobody.
		if s.public, err = minio.New(at.Host, &minio.Options{
			Creds: credentials.NewStaticV4(c.AccessKey, c.SecretKey, ""), Secure: at.Scheme == "https", Region: c.Region,
		}); err != nil {
			return nil, fault.From(err, fault.Invalid, "")
		}
	}
	return s, nil
}

// Link implements media.Linker.
func (s *Store) Link(ctx context.Context, name string, ttl time.Duration) (_ string, err error) {
	defer fault.Wrap(&err, "s3.Link")
	if err := media.CheckName(name); err != nil || s.public == nil {
		return "", err
	}
	at, err := s.public.PresignedGetObject(ctx, s.bucket, name, ttl, nil)
	if err != nil {
		return "", translate(err)
	}
	return at.String(), nil
}

// Put implements media.Store.
func (s *Store) Put(ctx context.Context, name, contentType string, r io.Reader, size int64) (err error) {
	defer fault.Wrap(&err, "s3.Put")
	if err := errors.Join(media.CheckName(name), media.CheckSize(size)); err != nil {
		return err
	}
	// The size is not given to the client: it would stop reading after size bytes
	// and a source that goes on would be cut silently.
	_, err = s.client.PutObject(ctx, s.bucket, name, media.Exact(r, size), -1, minio.PutObjectOptions{
		ContentType: contentType, PartSize: 8 << 20, SendContentMd5: true,
	})
	return translate(err)
}

// Open implements media.Store.
func (s *Store) Open(ctx context.Context, name string, offset int64) (_ io.ReadCloser, _ media.Info, err error) {
	defer fault.Wrap(&err, "s3.Open")
	if err := media.CheckName(name); err != nil {
		return nil, media.Info{}, err
	}
	o, err := s.client.GetObject(ctx, s.bucket, name, minio.GetObjectOptions{})
	if err != nil {
		return nil, media.Info{}, translate(err)
	}
	st, err := o.Stat()
	if err == nil && (offset < 0 || offset > st.Size) {
		err = fault.New(fault.Invalid, "media.bad_offset")
	}
	if err == nil && offset > 0 {
		_, err = o.Seek(offset, io.SeekStart)
	}
	if err != nil {
		_ = o.Close() // the first error says more
		return nil, media.Info{}, translate(err)
	}
	return o, info(st), nil
}

// Stat implements media.Store.
func (s *Store) Stat(ctx context.Context, name string) (_ media.Info, err error) {
	defer fault.Wrap(&err, "s3.Stat")
	if err := media.CheckName(name); err != nil {
		return media.Info{}, err
	}
	st, err := s.client.StatObject(ctx, s.bucket, name, minio.StatObjectOptions{})
	if err != nil {
		return media.Info{}, translate(err)
	}
	return info(st), nil
}

// Delete implements media.Store.
func (s *Store) Delete(ctx context.Context, name string) (err error) {
	defer fault.Wrap(&err, "s3.Delete")
	if err := media.CheckName(name); err != nil {
		return err
	}
	return translate(s.client.RemoveObject(ctx, s.bucket, name, minio.RemoveObjectOptions{}))
}

// List implements media.Store.
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[media.Info, error] {
	return func(yield func(media.Info, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel() // ends the client's listing when the reader stops early
		for o := range s.client.ListObjects(ctx, s.bucket, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
			if o.Err != nil {
				yield(media.Info{}, translate(o.Err))
				return
			}
			if !yield(info(o), nil) {
				return
			}
		}
		if err := ctx.Err(); err != nil {
			yield(media.Info{}, fault.From(err, fault.Unavailable, ""))
		}
	}
}

// Ping implements media.Store.
func (s *Store) Ping(ctx context.Context) error {
	_, err := s.client.BucketExists(ctx, s.bucket)
	return translate(err)
}

func info(o minio.ObjectInfo) media.Info {
	return media.Info{Name: o.Key, Size: o.Size, ContentType: o.ContentType, Modified: o.LastModified.UTC()}
}

// translate turns the service's answers into faults.
func translate(err error) error {
	if err == nil {
		return nil
	}
	var own *fault.Error
	if errors.As(err, &own) {
		return own
	}
	if r := minio.ToErrorResponse(err); r.StatusCode == http.StatusNotFound || r.Code == "NoSuchKey" {
		return fault.New(fault.NotFound, "")
	}
	return fault.From(err, fault.Unavailable, "")
}
