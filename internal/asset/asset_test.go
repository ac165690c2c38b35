package asset

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	_ "image/jpeg"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/job"
	"osvitlo/internal/media"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

func read(t *testing.T, r *rig, f Served) []byte {
	t.Helper()
	o := r.Open(context.Background(), f)
	b, err := io.ReadAll(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	return b
}

// TestMinIOPictures runs on both engines: what an editor uploads comes back drawn anew.
func TestMinIOPictures(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, files media.Store) {
		r := newRig(t, files)
		ctx := context.Background()
		raw := withExif(jpegOf(t, drawing(2000, 1000)), 6)
		if !bytes.Contains(raw, []byte(secretPlace)) || !bytes.Contains(raw, []byte("Exif")) {
			t.Fatal("the sample has no metadata")
		}
		a := r.receive(t, `C:\фото\школа.jpg`, "image/jpeg", raw)
		if a.State != Ready || a.Title != "школа.jpg" || a.Published || len(a.Files) != 3 { // 960 is nearly 1000
			t.Fatalf("%+v", a)
		}
		if left := r.names(t, partsFolder); left != nil {
			t.Errorf("parts stayed: %v", left)
		}
		a.Alt.UK = "Школа"
		if err := r.Describe(ctx, r.editor, a.ID, a.Alt); err != nil {
			t.Fatal(err)
		}
		if err := r.Publish(ctx, r.editor, a.ID, true); err != nil {
			t.Fatal(err)
		}
		for _, file := range a.Files {
			f, err := r.Serve(ctx, file.Name, "", "")
			if err != nil || !f.Public {
				t.Fatal(err)
			}
			b := read(t, r, f)
			if bytes.Contains(b, []byte(secretPlace)) || bytes.Contains(b, []byte("Exif")) {
				t.Error("metadata stayed")
			}
			m, kind, err := image.Decode(bytes.NewReader(b))
			if err != nil || kind != "jpeg" || m.Bounds().Dx() != f.Width || m.Bounds().Dy() != f.Height || int64(len(b)) != f.Size {
				t.Fatalf("%s: %v %v", f.Name, m.Bounds(), err)
			}
			// turned by a quarter: the red corner of the top left stands at the top right
			if m.Bounds().Dy() < m.Bounds().Dx() {
				t.Error("the picture lies on its side")
			}
			if red, _, blue, _ := m.At(m.Bounds().Dx()*3/4, m.Bounds().Dy()/4).RGBA(); red < blue {
				t.Error("the corner is not where it belongs")
			}
		}
	})
}

func TestWidths(t *testing.T) {
	t.Parallel()
	for w, want := range map[int][]int{100: {100}, 320: {320}, 700: {700, 320}, 1000: {1000, 640, 320}, 1600: {1600, 960, 640, 320}, 9000: {1600, 960, 640, 320}} {
		if got := widths(w); !slices.Equal(got, want) {
			t.Errorf("%d: %v", w, got)
		}
	}
}

// TestMinIOParts runs on both engines: parts come in any order, beside each other, twice,
// after a break; the whole is the file.
func TestMinIOParts(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, files media.Store) {
		r := newRig(t, files)
		ctx := context.Background()
		raw := append([]byte("RIFF\x00\x00\x50\x00WAVEfmt "), make([]byte, 5<<20)...)
		gen := rand.New(rand.NewPCG(1, 2))
		for i := 64; i < len(raw); i++ {
			raw[i] = byte(gen.Uint32())
		}
		a, err := r.Begin(ctx, r.editor, Sent{Name: "звук.wav", Type: "audio/x-wav", Size: int64(len(raw))})
		if err != nil {
			t.Fatal(err)
		}
		part := func(n int) []byte { return raw[n*PartSize : min(len(raw), (n+1)*PartSize)] }
		if err := r.Put(ctx, r.editor, a.ID, 2, bytes.NewReader(part(2))); err != nil {
			t.Fatal(err)
		}
		// the network breaks within a part: nothing of it stays
		if err := r.Put(ctx, r.editor, a.ID, 1, bytes.NewReader(part(1)[:1000])); !fault.Is(err, fault.Invalid) {
			t.Errorf("half a part: %v", err)
		}
		if _, err := r.Finish(ctx, r.editor, a.ID); !fault.Is(err, fault.Conflict) {
			t.Errorf("finished without all parts: %v", err)
		}
		u, err := r.Upload(ctx, r.editor, a.ID)
		if err != nil || !slices.Equal(u.Have, []int{2}) || u.Count != 3 {
			t.Fatalf("%+v %v", u, err)
		}
		var wg sync.WaitGroup
		for i := range 6 {
			wg.Go(func() {
				if err := r.Put(ctx, r.editor, a.ID, i%3, bytes.NewReader(part(i%3))); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, n := range []int{-1, 3} {
			if err := r.Put(ctx, r.editor, a.ID, n, bytes.NewReader(nil)); !fault.Is(err, fault.Invalid) {
				t.Errorf("part %d: %v", n, err)
			}
		}
		other := editor("pother234567")
		if err := r.Put(ctx, other, a.ID, 0, bytes.NewReader(part(0))); !fault.Is(err, fault.NotFound) {
			t.Errorf("somebody else's upload: %v", err)
		}
		if _, err := r.Serve(ctx, partName(a.ID, 0), "", ""); !fault.Is(err, fault.NotFound) {
			t.Errorf("a part is served: %v", err)
		}
		if a, err = r.Finish(ctx, r.editor, a.ID); err != nil || a.State != Ready {
			t.Fatalf("%+v %v", a, err)
		}
		if again, err := r.Finish(ctx, r.editor, a.ID); err != nil || again.State != Ready {
			t.Errorf("asked again: %v", err)
		}
		if err := r.Put(ctx, r.editor, a.ID, 0, bytes.NewReader(part(0))); !fault.Is(err, fault.Conflict) {
			t.Errorf("a part after the end: %v", err)
		}
		if got := read(t, r, Served{File: *a.Main()}); !bytes.Equal(got, raw) {
			t.Error("the file came back different")
		}
		if !slices.Contains(a.Remarks, MetadataKept) || !slices.Contains(a.Remarks, NotScanned) {
			t.Errorf("remarks %v", a.Remarks)
		}
		o := r.Open(ctx, Served{File: *a.Main()})
		defer o.Close()
		if _, err := o.Seek(3_000_000, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, 1000)
		if _, err := io.ReadFull(o, got); err != nil || !bytes.Equal(got, raw[3_000_000:3_001_000]) {
			t.Errorf("from the middle: %v", err)
		}
	})
}

// unread fails the test when somebody reads it.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("it was read")
	return 0, io.EOF
}

func TestSizesAreRefusedUnread(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	ctx := context.Background()
	for name, want := range map[string]fault.Kind{"film.mp4": fault.TooLarge, "film.bin": fault.Invalid, "": fault.Invalid} {
		if _, err := r.Begin(ctx, r.editor, Sent{Name: name, Size: 5 << 30}); !fault.Is(err, want) {
			t.Errorf("%q: %v", name, err)
		}
		if _, err := r.Receive(ctx, r.editor, Sent{Name: name, Size: 5 << 30}, unread{t}); err == nil {
			t.Errorf("%q was taken whole", name)
		}
	}
	for _, k := range Kinds() {
		ext := map[Kind]string{Image: ".png", Video: ".webm", Audio: ".mp3", PDF: ".pdf"}[k]
		if _, err := r.Begin(ctx, r.editor, Sent{Name: "a" + ext, Size: k.Limit() + 1}); !fault.Is(err, fault.TooLarge) {
			t.Errorf("%s over its limit: %v", k, err)
		}
		if _, err := r.Begin(ctx, r.editor, Sent{Name: "a" + ext, Size: k.Limit()}); err != nil {
			t.Errorf("%s at its limit: %v", k, err)
		}
	}
	for range maxOpen {
		_, _ = r.Begin(ctx, r.editor, Sent{Name: "a.png", Size: 1})
	}
	if _, err := r.Begin(ctx, r.editor, Sent{Name: "a.png", Size: 1}); !fault.Is(err, fault.TooMany) {
		t.Errorf("too many uploads: %v", err)
	}
	visitor := &person.Actor{Where: "web"}
	if _, err := r.Begin(ctx, visitor, Sent{Name: "a.png", Size: 1}); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("a visitor: %v", err)
	}
}

// bomb is a PNG head of w×h without a picture behind it.
func bomb(w, h uint32) []byte {
	head := append(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte("IHDR"), w), h), 8, 6, 0, 0, 0)
	out := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d")
	out = append(out, head...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(head))
}

func TestBadFilesAreRefusedAndLeaveNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	picture := pngOf(t, drawing(40, 40))
	for name, c := range map[string]struct {
		file, kind, why string
		raw             []byte
	}{
		"a page that says it is a picture":  {"a.jpg", "image/jpeg", "asset.unknown", []byte("<html><script>alert(1)</script></html>")},
		"a PNG that says it is a JPEG":      {"a.jpg", "image/jpeg", "asset.lie", picture},
		"a picture that says it is a PDF":   {"a.pdf", "application/pdf", "asset.lie", picture},
		"a PDF named as a picture":          {"a.png", "", "asset.lie", []byte("%PDF-1.7\nxx\n%%EOF\n")},
		"a PDF without an end":              {"a.pdf", "", "asset.unknown", []byte("%PDF-1.7\nxx")},
		"a bomb":                            {"a.png", "image/png", "asset.bomb", bomb(20_000, 20_000)},
		"a long bomb":                       {"a.png", "image/png", "asset.bomb", bomb(1<<31-1, 1)},
		"half a picture":                    {"a.png", "image/png", "asset.broken", picture[:len(picture)/2]},
		"a script":                          {"a.png", "image/png", "asset.unknown", []byte("#!/bin/sh\n")},
		"a drawing":                         {"a.png", "", "asset.unknown", []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`)},
		"a broken WebP":                     {"a.webp", "", "asset.broken", []byte("RIFF\xff\x00\x00\x00WEBPVP8 aaaa")},
		"an empty recording with tags only": {"a.mp3", "", "asset.broken", []byte("ID3\x04\x00\x00\x00\x00\x00\x02ab")},
	} {
		_, err := r.Receive(context.Background(), r.editor, Sent{Name: c.file, Type: c.kind, Size: int64(len(c.raw))}, bytes.NewReader(c.raw))
		f := fault.As(err)
		if f == nil || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Pointer != "file" || f.Fields[0].Key != c.why {
			t.Errorf("%s: %v", name, err)
		}
	}
	if left := r.names(t, ""); left != nil {
		t.Errorf("left behind: %v", left)
	}
	list, _, err := r.Find(context.Background(), r.editor, Filter{})
	if err != nil || len(list) != 0 {
		t.Errorf("%d documents, %v", len(list), err)
	}
}

func TestOtherKinds(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	ctx := context.Background()
	moving := &gif.GIF{}
	for range 3 {
		moving.Image = append(moving.Image, image.NewPaletted(image.Rect(0, 0, 30, 20), color.Palette{color.Black, color.White}))
		moving.Delay = append(moving.Delay, 10)
	}
	var g bytes.Buffer
	if err := gif.EncodeAll(&g, moving); err != nil {
		t.Fatal(err)
	}
	if a := r.receive(t, "a.gif", "image/gif", g.Bytes()); !slices.Contains(a.Remarks, FirstFrame) || a.Main().Type != "image/png" {
		t.Errorf("%+v", a)
	}
	frame := append([]byte{0xFF, 0xFB, 0x90, 0x00}, make([]byte, 413)...) // 128 kbit/s, 44.1 kHz: 417 bytes
	sound := bytes.Repeat(frame, 4)
	tagged := append([]byte("ID3\x04\x00\x00\x00\x00\x00\x28"), []byte(secretPlace)...)
	tagged = append(append(tagged, sound...), append([]byte("TAG"), make([]byte, 125)...)...)
	for name, raw := range map[string][]byte{"plain": sound, "tagged": tagged} {
		a := r.receive(t, name+".mp3", "audio/mp3", raw)
		if got := read(t, r, Served{File: *a.Main()}); !bytes.Equal(got, sound) {
			t.Errorf("%s: %d bytes of %d", name, len(got), len(sound))
		}
	}
	chunk := func(name string, body []byte) []byte {
		out := binary.LittleEndian.AppendUint32([]byte(name), uint32(len(body)))
		out = append(out, body...)
		if len(body)&1 == 1 {
			out = append(out, 0)
		}
		return out
	}
	inside := bytes.Join([][]byte{chunk("VP8X", []byte{0x2c, 0, 0, 0, 9, 0, 0, 4, 0, 0}), chunk("ICCP", []byte("profile")),
		chunk("VP8L", []byte{0x2f, 9, 0, 1, 0}), chunk("EXIF", []byte(secretPlace)), chunk("XMP ", []byte(secretPlace))}, nil)
	raw := append([]byte("RIFF"), binary.LittleEndian.AppendUint32(nil, uint32(len(inside)+4))...)
	raw = append(append(raw, "WEBP"...), inside...)
	a := r.receive(t, "a.webp", "image/webp", raw)
	got := read(t, r, Served{File: *a.Main()})
	if bytes.Contains(got, []byte(secretPlace)) || bytes.Contains(got, []byte("ICCP")) || !bytes.Contains(got, []byte("VP8L")) || got[20] != 0 ||
		int(binary.LittleEndian.Uint32(got[4:])) != len(got)-8 || a.Main().Width != 10 || a.Main().Height != 5 {
		t.Errorf("%q %+v", got, a.Main())
	}
	if _, err := r.Get(ctx, r.editor, "nothing"); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
}

func TestVideoWithoutFFmpegIsKeptAsItIsWithoutItsPlace(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	ctx := context.Background()
	a := r.receive(t, "film.mp4", "video/mp4", clip())
	if a.State != Received {
		t.Fatalf("state %s", a.State)
	}
	if err := r.Work(ctx, job.Run{}); err != nil {
		t.Fatal(err)
	}
	a, err := r.Get(ctx, r.editor, a.ID)
	if err != nil || a.State != Ready || !slices.Contains(a.Remarks, AsItIs) {
		t.Fatalf("%+v %v", a, err)
	}
	got := read(t, r, Served{File: *a.Main()})
	if bytes.Contains(got, []byte(secretPlace)) || len(got) != len(clip()) || !bytes.Contains(got, []byte("filmfilm")) {
		t.Error("the place stayed, or the film did not")
	}
	broken := clip()
	broken = broken[:len(broken)-100]
	b := r.receive(t, "film.mp4", "video/mp4", broken)
	if err := r.Work(ctx, job.Run{}); err != nil {
		t.Fatal(err)
	}
	if b, err = r.Get(ctx, r.editor, b.ID); err != nil || b.State != Refused || b.Trouble != "asset.broken" {
		t.Errorf("%+v %v", b, err)
	}
}

func TestNothingIsPublishedWithoutWordsOrDeletedInUse(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	ctx := context.Background()
	a := r.receive(t, "a.png", "image/png", pngOf(t, drawing(50, 50)))
	wrong := func(err error) (fields []string) {
		if f := fault.As(err); f != nil {
			for _, one := range f.Fields {
				fields = append(fields, one.Pointer)
			}
		}
		return fields
	}
	if got := wrong(r.Publish(ctx, r.editor, a.ID, false)); !slices.Equal(got, []string{"alt_uk", "seen"}) {
		t.Errorf("%v", got)
	}
	if err := r.Describe(ctx, r.editor, a.ID, i18n.Text{EN: "only English"}); err != nil {
		t.Fatal(err)
	}
	if got := wrong(r.Publish(ctx, r.editor, a.ID, true)); !slices.Equal(got, []string{"alt_uk"}) {
		t.Errorf("%v", got)
	}
	if got := wrong(r.Describe(ctx, r.editor, a.ID, i18n.Text{UK: strings.Repeat("я", MaxAlt+1)})); !slices.Equal(got, []string{"alt_uk"}) {
		t.Errorf("%v", got)
	}
	name := a.Main().Name
	if _, err := r.Serve(ctx, name, "", ""); !fault.Is(err, fault.NotFound) {
		t.Errorf("a draft is served: %v", err)
	}
	// a signed link opens a draft until its time is over, and no other file
	link, _ := strings.CutPrefix(r.Link(a, a.Main()), Path+name+"?until=")
	until, sign, _ := strings.Cut(link, "&sign=")
	if f, err := r.Serve(ctx, name, until, sign); err != nil || f.Public {
		t.Errorf("a signed link: %v", err)
	}
	if _, err := r.Serve(ctx, name, until+"0", sign); !fault.Is(err, fault.NotFound) {
		t.Errorf("a longer time: %v", err)
	}
	r.clock = noon.Add(3 * time.Hour)
	if _, err := r.Serve(ctx, name, until, sign); !fault.Is(err, fault.Gone) {
		t.Errorf("a late link: %v", err)
	}
	if err := r.Describe(ctx, r.editor, a.ID, i18n.Text{UK: "Квадрат"}); err != nil {
		t.Fatal(err)
	}
	if err := r.Publish(ctx, r.editor, a.ID, true); err != nil {
		t.Fatal(err)
	}
	if got := wrong(r.Describe(ctx, r.editor, a.ID, i18n.Text{})); !slices.Equal(got, []string{"alt_uk"}) {
		t.Errorf("words of a published file were taken: %v", got)
	}
	r.used = []string{"Безпека: урок 1"}
	for _, act := range []func(context.Context, *person.Actor, string) error{r.Delete, r.Withdraw} {
		if err := act(ctx, r.editor, a.ID); !fault.Is(err, fault.Conflict) {
			t.Errorf("in use: %v", err)
		}
	}
	r.used = nil
	if list, _, _ := r.Find(ctx, r.editor, Filter{Show: ShowOrphans, Words: "КВАДРАТ"}); len(list) != 1 {
		t.Errorf("%d orphans", len(list))
	}
	mentor := &person.Actor{Person: "pmentor23456", Grants: []person.Grant{{Role: person.Mentor}}, Strong: true, Fresh: true, Where: "web"}
	if err := r.Delete(ctx, mentor, a.ID); err == nil {
		t.Error("a mentor deleted it")
	}
	if err := r.Delete(ctx, r.editor, a.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Serve(ctx, name, "", ""); !fault.Is(err, fault.NotFound) {
		t.Errorf("still served: %v", err)
	}
	if left := r.names(t, ""); left != nil {
		t.Errorf("left: %v", left)
	}
	if want := []string{"media.upload", "media.describe", "media.describe", "media.publish", "media.delete"}; !slices.Equal(r.log.acts, want) {
		t.Errorf("the log has %v", r.log.acts)
	}
}

// TestMinIOKilled runs on both engines: a process that dies in the middle leaves nothing
// half-visible, the next one ends the work, and what nobody ends is swept.
func TestMinIOKilled(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, files media.Store) {
		r := newRig(t, files)
		ctx := context.Background()
		raw := pngOf(t, drawing(700, 500))
		// killed after all parts were taken and before the work: the job does it
		a, err := r.Begin(ctx, r.editor, Sent{Name: "a.png", Size: int64(len(raw))})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Put(ctx, r.editor, a.ID, 0, bytes.NewReader(raw)); err != nil {
			t.Fatal(err)
		}
		a.State = Checked
		if err := r.docs.Replace(ctx, a); err != nil {
			t.Fatal(err)
		}
		// killed after bytes were stored and before the document: nobody can name them
		orphan := Folder + "mdead-0123456789abcdef0123.png"
		if err := r.media.Put(ctx, orphan, "image/png", bytes.NewReader(raw), int64(len(raw))); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Serve(ctx, orphan, "", ""); !fault.Is(err, fault.NotFound) {
			t.Errorf("an orphan is served: %v", err)
		}
		// an upload that stands still
		still, err := r.Begin(ctx, r.editor, Sent{Name: "b.png", Size: 3 * PartSize})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Put(ctx, r.editor, still.ID, 0, bytes.NewReader(make([]byte, PartSize))); err != nil {
			t.Fatal(err)
		}
		now := time.Now()
		set := func(at time.Time) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.clock = at
		}
		set(now) // files carry the true time
		if err := r.Sweep(ctx, job.Run{}); err != nil {
			t.Fatal(err)
		}
		if len(r.names(t, partsFolder)) != 2 || len(r.names(t, Folder)) != 1 {
			t.Errorf("fresh things were swept: %v", r.names(t, ""))
		}
		if err := r.Work(ctx, job.Run{}); err != nil {
			t.Fatal(err)
		}
		if a, err = r.Get(ctx, r.editor, a.ID); err != nil || a.State != Ready {
			t.Fatalf("%+v %v", a, err)
		}
		set(now.Add(KeepParts + time.Hour))
		if err := r.Sweep(ctx, job.Run{}); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Get(ctx, r.editor, still.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("a stale upload stayed: %v", err)
		}
		want := slices.Clone(a.Names)
		slices.Sort(want)
		if got := r.names(t, ""); !slices.Equal(got, want) {
			t.Errorf("left %v, want %v", got, want)
		}
	})
}

func TestFindPages(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	ctx := context.Background()
	for i := range 7 {
		a := &Asset{Doc: store.Doc{ID: fmt.Sprintf("m%d", i)}, Title: fmt.Sprintf("файл %d.png", i), Kind: Image, State: Ready, Made: store.At(noon.Add(time.Duration(i) * time.Minute))}
		if i == 3 {
			a.Kind, a.State = PDF, Refused
		}
		if err := r.docs.Insert(ctx, a); err != nil {
			t.Fatal(err)
		}
	}
	list, more, err := r.Find(ctx, r.editor, Filter{Limit: 3, Skip: 3})
	if err != nil || !more || len(list) != 3 || list[0].ID != "m3" {
		t.Errorf("%v %v %v", list, more, err)
	}
	if list, more, _ = r.Find(ctx, r.editor, Filter{Show: ShowWaiting}); len(list) != 1 || more {
		t.Errorf("%v", list)
	}
	if list, _, _ = r.Find(ctx, r.editor, Filter{Kind: Image, Words: "ФАЙЛ 5"}); len(list) != 1 || list[0].ID != "m5" {
		t.Errorf("%v", list)
	}
}
