package round

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"image"
	_ "image/jpeg" // orders are photographed
	_ "image/png"
	"io"
	"net/http"
	"os"
	"path"
	"strings"
	"unicode/utf8"

	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// MaxOrder bounds the file of an order in bytes.
const MaxOrder = 20 << 20

// Scanner looks for viruses in a file. A found one is its name, not an error.
type Scanner interface {
	Scan(ctx context.Context, file string) (virus string, err error)
}

// endings are those of the files an order may come as.
var endings = map[string]string{"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}

// maxPixels bounds a picture when it is unfolded.
const maxPixels = 60_000_000

// kindOf is the content type that the bytes of an order say; empty for what is not taken.
func kindOf(raw []byte) string {
	kind := http.DetectContentType(raw)
	switch kind {
	case "application/pdf":
		if !bytes.Contains(raw[max(0, len(raw)-2048):], []byte("%%EOF")) {
			return "" // it broke off
		}
	case "image/jpeg", "image/png":
		if c, _, err := image.DecodeConfig(bytes.NewReader(raw)); err != nil || c.Width*c.Height > maxPixels {
			return ""
		}
	default:
		return ""
	}
	return kind
}

// orders is the folder of orders in package media. Nothing of it is served to visitors.
const orders = "rounds/orders/"

// KeepOrder keeps the file of the signed order with its round: a PDF or a picture, told
// by its bytes. Before the round opens it may be replaced; afterwards only one that is
// missing is taken. Errors: Invalid (nothing, too large, not a PDF or picture, a virus),
// Conflict (one is kept already; changed meanwhile), Unavailable (the scanner is away),
// NotFound, Forbidden.
func (s *Service) KeepOrder(ctx context.Context, a *person.Actor, id string, rev int64, name string, raw []byte) (r *Round, err error) {
	defer fault.Wrap(&err, "round.KeepOrder")
	if err := may(a); err != nil {
		return nil, err
	}
	refuse := func(key string) error {
		return fault.InvalidFields(fault.Field{Pointer: "order_file", Key: key, Args: map[string]any{"MB": MaxOrder >> 20}})
	}
	kind := kindOf(raw)
	switch {
	case len(raw) == 0:
		return nil, refuse("round.order_file")
	case len(raw) > MaxOrder:
		return nil, refuse("round.order_large")
	case kind == "":
		return nil, refuse("round.order_kind")
	}
	have, ok := s.ByID(id)
	if !ok {
		return nil, fault.New(fault.NotFound, "round.gone")
	}
	if have.Order.Paper.File != "" && have.State != Planned || have.State == Thrown {
		return nil, fault.New(fault.Conflict, "round.order_kept")
	}
	if err := s.scan(ctx, raw); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(raw)
	paper := OrderPaper{File: orders + id + "-" + hex.EncodeToString(sum[:8]) + endings[kind], Name: orderName(name, endings[kind]), Type: kind, Size: int64(len(raw)), At: store.At(s.now())}
	// the file first: a crash leaves a file nobody names, never a name without a file
	if err := s.o.Media.Put(ctx, paper.File, kind, bytes.NewReader(raw), paper.Size); err != nil {
		return nil, err
	}
	old := ""
	r, err = s.change(ctx, a, "order", id, rev, func(r *Round) error {
		if r.Order.Paper.File != "" && r.State != Planned || r.State == Thrown {
			return fault.New(fault.Conflict, "round.order_kept")
		}
		old = r.Order.Paper.File
		r.Order.Paper = paper
		return nil
	})
	if err != nil {
		return nil, err
	}
	if old != "" && old != paper.File {
		err = s.o.Media.Delete(ctx, old)
	}
	return r, err
}

// scan writes the file where the scanner can read it, and forgets it.
func (s *Service) scan(ctx context.Context, raw []byte) error {
	if s.o.Scanner == nil {
		return nil
	}
	f, err := os.CreateTemp("", "order-*")
	if err != nil {
		return fault.From(err, fault.Unavailable, "")
	}
	defer func() { _ = os.Remove(f.Name()) }() // a left-over the system's folder loses
	_, err = f.Write(raw)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fault.From(err, fault.Unavailable, "")
	}
	virus, err := s.o.Scanner.Scan(ctx, f.Name())
	if err == nil && virus != "" {
		err = fault.InvalidFields(fault.Field{Pointer: "order_file", Key: "round.order_virus"})
	}
	return err
}

// orderName is a file's name without a folder and without what names may not hold.
func orderName(name, ending string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), `\`, "/"))
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || strings.ContainsRune(`"<>|:*?/`, r) {
			return -1
		}
		return r
	}, name))
	if name == "" || name == "." {
		name = "order" + ending
	}
	if n := utf8.RuneCountInString(name); n > 120 {
		name = string([]rune(name)[n-120:])
	}
	return name
}

// OrderPaper opens the file of a round's order; the caller closes it. Errors: NotFound,
// Forbidden.
func (s *Service) OrderPaper(ctx context.Context, a *person.Actor, id string) (f io.ReadCloser, p OrderPaper, err error) {
	defer fault.Wrap(&err, "round.OrderPaper")
	if a == nil {
		return nil, p, fault.New(fault.Unauthenticated, "person.sign_in_first")
	}
	if err := person.Can(a, person.SchoolCount, person.City).Err(); err != nil {
		return nil, p, err
	}
	r, ok := s.ByID(id)
	if !ok || r.Order.Paper.File == "" {
		return nil, p, fault.New(fault.NotFound, "round.no_order")
	}
	f, _, err = s.o.Media.Open(ctx, r.Order.Paper.File, 0)
	return f, r.Order.Paper, err
}
