package asset

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/draw"
	_ "image/gif" // pictures that are taken
	"image/jpeg"
	"image/png"
	"os"
)

// MaxPixels bounds a picture when it is unfolded: 40 megapixels.
const MaxPixels = 40_000_000

// maxSide bounds width and height: nothing on a screen needs more.
const maxSide = 30_000

// Widths are those a picture is drawn in, as far as it is that wide. They serve a
// telephone, a telephone with a dense screen, a column, and a column with a dense screen.
var Widths = []int{1600, 960, 640, 320}

var errBomb = errors.New("the picture is too large when unfolded")

// drawn is a picture ready to be stored.
type drawn struct {
	bytes         []byte
	ext, kind     string
	width, height int
}

// modern draws a picture in a smaller format; nil bytes when it cannot.
type modern func(*image.RGBA) ([]byte, error)

// redraw reads a picture and draws it in every width that it fills, the widest first, and
// beside each the same as WebP when that is smaller and as can make it. Nothing but pixels
// goes from the one into the others; of a moving GIF the first frame.
func redraw(name, kind string, as modern) (list []drawn, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read
	c, _, err := image.DecodeConfig(f)
	if err != nil {
		return nil, errBroken
	}
	if err := fits(c.Width, c.Height, c.ColorModel); err != nil {
		return nil, err
	}
	turn := 1
	if kind == "image/jpeg" {
		if turn, err = orientation(f); err != nil {
			return nil, err
		}
	}
	if _, err := f.Seek(0, 0); err != nil {
		return nil, err
	}
	src, _, err := image.Decode(f)
	if err != nil {
		return nil, errBroken
	}
	w := src.Bounds().Dx()
	if turn >= 5 {
		w = src.Bounds().Dy()
	}
	asJPEG := kind == "image/jpeg"
	var last *image.RGBA
	for _, width := range widths(w) {
		if last == nil {
			// A turned picture is scaled first: its width is then the height of the source.
			if turn >= 5 {
				last = scale(src, src.Bounds().Dx()*width/w, width)
			} else {
				last = scale(src, width, src.Bounds().Dy()*width/w)
			}
			src, last = nil, turned(last, turn)
		} else {
			last = scale(last, width, last.Rect.Dy()*width/last.Rect.Dx())
		}
		d := drawn{width: last.Rect.Dx(), height: last.Rect.Dy(), ext: ".png", kind: "image/png"}
		var b bytes.Buffer
		if asJPEG {
			d.ext, d.kind = ".jpg", "image/jpeg"
			err = jpeg.Encode(&b, last, &jpeg.Options{Quality: 82})
		} else {
			err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, last)
		}
		if err != nil {
			return nil, err
		}
		d.bytes = b.Bytes()
		list = append(list, d)
		if as == nil {
			continue
		}
		small, err := as(last)
		if err != nil {
			return nil, err
		}
		if len(small) > 0 && len(small) < len(d.bytes) {
			list = append(list, drawn{small, ".webp", "image/webp", d.width, d.height})
		}
	}
	return list, nil
}

// fits refuses a picture that would take too much memory. Deep colour counts double.
func fits(w, h int, m color.Model) error {
	most := int64(MaxPixels)
	if m == color.RGBA64Model || m == color.NRGBA64Model || m == color.Gray16Model {
		most /= 2
	}
	if w <= 0 || h <= 0 || w > maxSide || h > maxSide || int64(w)*int64(h) > most {
		return errBomb
	}
	return nil
}

// widths lists the widths for a picture of width w: its own first if none is that small.
func widths(w int) []int {
	var list []int
	if w < Widths[0] {
		list = append(list, w)
	}
	for _, one := range Widths {
		if one < w || (one == w && len(list) == 0) {
			if len(list) == 1 && list[0]-one < 80 && list[0] != one {
				continue // nearly the same picture twice
			}
			list = append(list, one)
		}
	}
	return list
}

// scale averages the pixels of src that fall on each pixel of the result. It never makes
// a picture larger than src in either direction.
func scale(src image.Image, w, h int) *image.RGBA {
	b := src.Bounds()
	w, h = max(1, min(w, b.Dx())), max(1, min(h, b.Dy()))
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	row := image.NewRGBA(image.Rect(0, 0, b.Dx(), 1))
	sums := make([]uint32, 4*w)
	for y := range h {
		clear(sums)
		from, to := y*b.Dy()/h, (y+1)*b.Dy()/h
		for sy := from; sy < to; sy++ {
			draw.Draw(row, row.Rect, src, image.Pt(b.Min.X, b.Min.Y+sy), draw.Src)
			for x := range w {
				sum := sums[4*x : 4*x+4]
				for i := 4 * (x * b.Dx() / w); i < 4*((x+1)*b.Dx()/w); i += 4 {
					p := row.Pix[i : i+4]
					sum[0] += uint32(p[0])
					sum[1] += uint32(p[1])
					sum[2] += uint32(p[2])
					sum[3] += uint32(p[3])
				}
			}
		}
		line := out.Pix[y*out.Stride:]
		for x := range w {
			n := uint32((to - from) * ((x+1)*b.Dx()/w - x*b.Dx()/w))
			for k := range 4 {
				line[4*x+k] = uint8((sums[4*x+k] + n/2) / n)
			}
		}
	}
	return out
}

// turned puts a picture upright by its EXIF orientation, 1…8 (CIPA DC-008 §4.6.4).
func turned(src *image.RGBA, turn int) *image.RGBA {
	if turn <= 1 || turn > 8 {
		return src
	}
	w, h := src.Rect.Dx(), src.Rect.Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if turn >= 5 {
		out = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			tx, ty := x, y
			switch turn {
			case 2:
				tx = w - 1 - x
			case 3:
				tx, ty = w-1-x, h-1-y
			case 4:
				ty = h - 1 - y
			case 5:
				tx, ty = y, x
			case 6:
				tx, ty = h-1-y, x
			case 7:
				tx, ty = h-1-y, w-1-x
			case 8:
				tx, ty = y, w-1-x
			}
			copy(out.Pix[ty*out.Stride+4*tx:][:4], src.Pix[y*src.Stride+4*x:][:4])
		}
	}
	return out
}

// orientation reads how a JPEG was held, 1 when it does not say.
func orientation(f *os.File) (int, error) {
	head := make([]byte, 128<<10)
	n, err := f.ReadAt(head, 0)
	if n == 0 {
		return 0, err
	}
	b := head[:n]
	for at := 2; at+4 <= len(b) && b[at] == 0xFF; {
		marker, size := b[at+1], int(binary.BigEndian.Uint16(b[at+2:]))
		if marker == 0xDA || size < 2 || at+2+size > len(b) {
			break
		}
		body := b[at+4 : at+2+size]
		if marker == 0xE1 && len(body) > 14 && string(body[:6]) == "Exif\x00\x00" {
			return exifTurn(body[6:]), nil
		}
		at += 2 + size
	}
	return 1, nil
}

// exifTurn reads tag 0x0112 of the first directory of a TIFF head.
func exifTurn(b []byte) int {
	var order binary.ByteOrder = binary.LittleEndian
	if string(b[:2]) == "MM" {
		order = binary.BigEndian
	}
	at := int64(order.Uint32(b[4:]))
	if at+2 > int64(len(b)) {
		return 1
	}
	count := int(order.Uint16(b[at:]))
	for i := range count {
		e := at + 2 + int64(12*i)
		if e+12 > int64(len(b)) {
			return 1
		}
		if order.Uint16(b[e:]) == 0x0112 {
			if v := int(order.Uint16(b[e+8:])); v >= 1 && v <= 8 {
				return v
			}
			return 1
		}
	}
	return 1
}
