package asset

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
)

// errBroken says that a file is not built as its kind is.
var errBroken = errors.New("the file is broken")

// stripBoxes empties the boxes of an ISO file that hold words about it: titles, places,
// devices (udta, meta, uuid). Each becomes free space of the same length, so that no
// offset inside the file moves. It refuses a file whose boxes do not fill it or that has
// no moov.
func stripBoxes(f *os.File, size int64) error {
	seen := false
	err := boxes(f, 0, size, 0, func(name string, at, head, n int64, depth int) (bool, error) {
		switch name {
		case "moov":
			seen = true
			return true, nil
		case "trak":
			return depth == 1, nil
		case "udta", "meta", "uuid":
			if depth > 2 {
				return false, nil
			}
			if _, err := f.WriteAt([]byte("free"), at+4); err != nil {
				return false, err
			}
			return false, zero(f, at+head, n-head)
		}
		return false, nil
	})
	if err == nil && !seen {
		err = errBroken
	}
	return err
}

// maxBoxes bounds the boxes of one level.
const maxBoxes = 100_000

// boxes walks the boxes between from and to; visit tells whether to go inside.
func boxes(f io.ReaderAt, from, to int64, depth int, visit func(name string, at, head, n int64, depth int) (bool, error)) error {
	var h [16]byte
	for at, count := from, 0; at < to; count++ {
		if count > maxBoxes || to-at < 8 {
			return errBroken
		}
		if _, err := f.ReadAt(h[:8], at); err != nil {
			return errBroken
		}
		n, head := int64(binary.BigEndian.Uint32(h[:4])), int64(8)
		switch n {
		case 0:
			n = to - at
		case 1:
			if _, err := f.ReadAt(h[:16], at); err != nil {
				return errBroken
			}
			n, head = int64(binary.BigEndian.Uint64(h[8:])), 16
		}
		if n < head || n > to-at {
			return errBroken
		}
		inside, err := visit(string(h[4:8]), at, head, n, depth)
		if err != nil {
			return err
		}
		if inside {
			if err := boxes(f, at+head, at+n, depth+1, visit); err != nil {
				return err
			}
		}
		at += n
	}
	return nil
}

func zero(f *os.File, at, n int64) error {
	blank := make([]byte, 32<<10)
	for n > 0 {
		k := min(n, int64(len(blank)))
		if _, err := f.WriteAt(blank[:k], at); err != nil {
			return err
		}
		at, n = at+k, n-k
	}
	return nil
}

// mp3Body is the stretch of an MP3 file between its ID3v2 and ID3v1 tags (id3.org).
func mp3Body(f io.ReaderAt, size int64) (from, to int64, err error) {
	var h [10]byte
	to = size
	for from+10 <= size {
		if _, err := f.ReadAt(h[:], from); err != nil {
			return 0, 0, err
		}
		if string(h[:3]) != "ID3" {
			break
		}
		n := int64(h[6]&0x7f)<<21 | int64(h[7]&0x7f)<<14 | int64(h[8]&0x7f)<<7 | int64(h[9]&0x7f)
		from += 10 + n
		if h[5]&0x10 != 0 {
			from += 10 // a footer
		}
	}
	if to-from >= 128 {
		var tag [3]byte
		if _, err := f.ReadAt(tag[:], to-128); err != nil {
			return 0, 0, err
		}
		if string(tag[:]) == "TAG" {
			to -= 128
		}
	}
	if to-from < 4 {
		return 0, 0, errBroken
	}
	return from, to, nil
}
