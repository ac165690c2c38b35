package s3_test

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/media"
	"osvitlo/internal/media/mediatest"
	"osvitlo/internal/media/s3"
)

// TestMinIOBehaves runs against a real MinIO that scripts/minio starts.
func TestMinIOBehaves(t *testing.T) {
	t.Parallel()
	endpoint := os.Getenv("S3_TEST_ENDPOINT")
	if endpoint == "" {
		t.Skip("S3_TEST_ENDPOINT is not set; scripts/minio starts one and runs this")
	}
	mediatest.Run(t, func(t *testing.T) media.Store {
		s, err := s3.Open(context.Background(), s3.Config{
			Endpoint: endpoint, Bucket: "t-" + strings.ToLower(rand.Text()[:16]), Region: "us-east-1",
			AccessKey: os.Getenv("S3_TEST_ACCESS_KEY"), SecretKey: os.Getenv("S3_TEST_SECRET_KEY"),
		})
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}

func TestAServiceThatIsAwayIsUnavailable(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(context.Background(), 3_000_000_000)
	defer cancel()
	_, err := s3.Open(ctx, s3.Config{Endpoint: "127.0.0.1:1", Bucket: "osvitlo", AccessKey: "a", SecretKey: "b"})
	if !fault.Is(err, fault.Unavailable) {
		t.Fatalf("got %v", err)
	}
}

// TestMinIOGivesReadersAnAddress: a signed address opens one file for a short time, and
// serves ranges; without a public address there is none.
func TestMinIOGivesReadersAnAddress(t *testing.T) {
	t.Parallel()
	endpoint := os.Getenv("S3_TEST_ENDPOINT")
	if endpoint == "" {
		t.Skip("S3_TEST_ENDPOINT is not set; scripts/minio starts one and runs this")
	}
	ctx := context.Background()
	c := s3.Config{Endpoint: endpoint, Bucket: "t-" + strings.ToLower(rand.Text()[:16]), Region: "us-east-1",
		AccessKey: os.Getenv("S3_TEST_ACCESS_KEY"), SecretKey: os.Getenv("S3_TEST_SECRET_KEY")}
	plain, err := s3.Open(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	if at, err := plain.Link(ctx, "a.txt", time.Minute); at != "" || err != nil {
		t.Errorf("without a public address: %q %v", at, err)
	}
	c.Public = "http://" + endpoint
	s, err := s3.Open(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Put(ctx, "a.txt", "text/plain", strings.NewReader("0123456789"), 10); err != nil {
		t.Fatal(err)
	}
	at, err := s.Link(ctx, "a.txt", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]int{at: http.StatusPartialContent, strings.Replace(at, "a.txt", "b.txt", 1): http.StatusForbidden} {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Range", "bytes=3-5")
		answer, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(answer.Body)
		if err = errors.Join(err, answer.Body.Close()); err != nil || answer.StatusCode != want || (want == http.StatusPartialContent && string(b) != "345") {
			t.Errorf("%d %q %v", answer.StatusCode, b, err)
		}
	}
}
