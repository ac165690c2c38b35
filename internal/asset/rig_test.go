package asset

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"osvitlo/internal/audit"
	"osvitlo/internal/media"
	"osvitlo/internal/media/disk"
	"osvitlo/internal/media/s3"
	"osvitlo/internal/person"
	"osvitlo/internal/store/sqlite"
)

var noon = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)

// journal is an audit log that takes what the real one takes.
type journal struct {
	mu   sync.Mutex
	acts []string
}

func (j *journal) Record(_ context.Context, e audit.Event) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.acts = append(j.acts, e.Action)
	return e.Check()
}

type rig struct {
	*Service
	media  media.Store
	log    *journal
	editor *person.Actor
	mu     sync.Mutex
	clock  time.Time
	used   []string
}

func editor(id string) *person.Actor {
	return &person.Actor{Person: person.ID(id), Grants: []person.Grant{{Role: person.Editor}}, Strong: true, Fresh: true, Where: "web"}
}

func newRig(t testing.TB, files media.Store, change ...func(*Options)) *rig {
	t.Helper()
	ctx := context.Background()
	if files == nil {
		d, err := disk.Open(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Close() })
		files = d
	}
	e, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(t.TempDir(), "t.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	if err := e.Migrate(ctx, Specs()); err != nil {
		t.Fatal(err)
	}
	r := &rig{media: files, log: &journal{}, editor: editor("pabcdefghijk"), clock: noon}
	o := Options{Engine: e, Media: files, Audit: r.log, Secret: []byte("0123456789abcdef"), Scratch: t.TempDir(),
		Uses: func(context.Context, *Asset) []string { return r.used },
		Now: func() time.Time {
			r.mu.Lock()
			defer r.mu.Unlock()
			return r.clock
		}}
	for _, c := range change {
		c(&o)
	}
	if r.Service, err = New(o); err != nil {
		t.Fatal(err)
	}
	return r
}

// engines runs a test on a folder and, when scripts/minio has started one, on MinIO.
func engines(t *testing.T, test func(t *testing.T, files media.Store)) {
	t.Helper()
	t.Run("disk", func(t *testing.T) {
		t.Parallel()
		test(t, nil)
	})
	endpoint := os.Getenv("S3_TEST_ENDPOINT")
	if endpoint == "" {
		return
	}
	t.Run("minio", func(t *testing.T) {
		t.Parallel()
		s, err := s3.Open(context.Background(), s3.Config{Endpoint: endpoint, Bucket: "a-" + strings.ToLower(rand.Text()[:16]), Region: "us-east-1",
			AccessKey: os.Getenv("S3_TEST_ACCESS_KEY"), SecretKey: os.Getenv("S3_TEST_SECRET_KEY")})
		if err != nil {
			t.Fatal(err)
		}
		test(t, s)
	})
}

// names lists what is stored under a prefix.
func (r *rig) names(t *testing.T, prefix string) (list []string) {
	t.Helper()
	for i, err := range r.media.List(context.Background(), prefix) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, i.Name)
	}
	return list
}

func (r *rig) receive(t *testing.T, name, kind string, raw []byte) *Asset {
	t.Helper()
	a, err := r.Receive(context.Background(), r.editor, Sent{Name: name, Type: kind, Size: int64(len(raw))}, bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return a
}

// drawing is a picture of w×h whose corner is red and the rest blue.
func drawing(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{0, 0, 255, 255}
			if x < w/2 && y < h/2 {
				c = color.RGBA{255, 0, 0, 255}
			}
			m.SetRGBA(x, y, c)
		}
	}
	return m
}

func jpegOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// secretPlace stands in the metadata of test files.
const secretPlace = "48.5079N 32.2623E Kropyvnytskyi school 7"

// withExif puts an EXIF segment with an orientation, a GPS directory and words into a JPEG.
func withExif(raw []byte, turn uint16) []byte {
	le := binary.LittleEndian
	tiff := []byte("II*\x00\x08\x00\x00\x00")
	tiff = le.AppendUint16(tiff, 3)
	entry := func(tag, kind uint16, n, value uint32) {
		tiff = le.AppendUint16(tiff, tag)
		tiff = le.AppendUint16(tiff, kind)
		tiff = le.AppendUint32(tiff, n)
		tiff = le.AppendUint32(tiff, value)
	}
	words := uint32(8 + 2 + 3*12 + 4)
	entry(0x010E, 2, uint32(len(secretPlace)), words)
	entry(0x0112, 3, 1, uint32(turn))
	entry(0x8825, 4, 1, words+uint32(len(secretPlace)))
	tiff = le.AppendUint32(tiff, 0)
	tiff = append(tiff, secretPlace...)
	tiff = append(tiff, 1, 0)
	entry(0x0001, 2, 2, uint32('N'))
	body := append([]byte("Exif\x00\x00"), tiff...)
	out := append([]byte{}, raw[:2]...)
	out = append(out, 0xFF, 0xE1)
	out = binary.BigEndian.AppendUint16(out, uint16(len(body)+2))
	out = append(out, body...)
	return append(out, raw[2:]...)
}

// box makes a box of an ISO file.
func box(name string, body ...[]byte) []byte {
	all := bytes.Join(body, nil)
	out := binary.BigEndian.AppendUint32(nil, uint32(8+len(all)))
	return append(append(out, name...), all...)
}

// clip is a small MP4 as far as its boxes go, with a place in its metadata.
func clip() []byte {
	return bytes.Join([][]byte{
		box("ftyp", []byte("isom\x00\x00\x02\x00isommp41")),
		box("moov", box("mvhd", make([]byte, 100)), box("trak", box("tkhd", make([]byte, 84)), box("udta", []byte(secretPlace))), box("udta", box("\xa9xyz", []byte(secretPlace)))),
		box("mdat", bytes.Repeat([]byte("film"), 1000)),
	}, nil)
}
