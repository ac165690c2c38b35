package s3_test

import (
	"context"
	"crypto/rand"
	"os"
	"strings"
	"testing"

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
