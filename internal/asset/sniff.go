package asset

import (
	"bytes"
	"encoding/binary"
	"io"
	"net/http"
	"os"
	"slices"
)

// sniff tells the content type of a file from its bytes; "" for what is not taken.
func sniff(f *os.File, size int64) (string, error) {
	head := make([]byte, 4096)
	n, err := f.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return "", err
	}
	head = head[:n]
	switch t := http.DetectContentType(head); {
	case bytes.HasPrefix(head, []byte("ID3")), mp3Frame(head):
		return "audio/mpeg", nil
	case len(head) >= 16 && string(head[4:8]) == "ftyp":
		return ftyp(head), nil
	case t == "video/webm":
		if bytes.Contains(head[:min(n, 64)], []byte("webm")) {
			return "video/webm", nil
		}
	case t == "application/ogg" && size > 58:
		return "audio/ogg", nil
	case t == "audio/wave":
		return "audio/wav", nil
	case t == "application/pdf":
		tail := make([]byte, min(size, 2048))
		if _, err := f.ReadAt(tail, size-int64(len(tail))); err != nil && err != io.EOF {
			return "", err
		}
		if bytes.Contains(tail, []byte("%%EOF")) {
			return t, nil
		}
	case t == "image/jpeg", t == "image/png", t == "image/gif", t == "image/webp":
		return t, nil
	}
	return "", nil
}

// ftyp reads the brands of an ISO file (ISO/IEC 14496-12 §4.3). HEIC, AVIF and MOV are
// not taken: no browser of the floor shows them all.
func ftyp(head []byte) string {
	end := min(int(binary.BigEndian.Uint32(head)), len(head))
	if end < 16 {
		return ""
	}
	brands := []string{string(head[8:12])}
	for at := 16; at+4 <= end; at += 4 {
		brands = append(brands, string(head[at:at+4]))
	}
	switch brands[0] {
	case "M4A ", "M4B ":
		return "audio/mp4"
	case "heic", "heix", "mif1", "msf1", "avif", "avis", "qt  ":
		return ""
	}
	for _, b := range brands {
		if slices.Contains([]string{"isom", "iso2", "iso4", "iso5", "iso6", "mp41", "mp42", "avc1", "M4V ", "dash"}, b) {
			return "video/mp4"
		}
	}
	return ""
}

// mp3Frame tells whether two MPEG audio frames of layer III stand at the beginning.
func mp3Frame(b []byte) bool {
	n := mp3Len(b)
	return n > 0 && len(b) > n+4 && mp3Len(b[n:]) > 0
}

// mp3Len is the length of the frame at the beginning of b (ISO/IEC 11172-3 §2.4); 0 for none.
func mp3Len(b []byte) int {
	if len(b) < 4 || b[0] != 0xFF || b[1]&0xE6 != 0xE2 {
		return 0
	}
	version, rate, hz := b[1]>>3&3, int(b[2]>>4), int(b[2]>>2&3)
	if version == 1 || rate == 0 || rate == 15 || hz == 3 {
		return 0
	}
	kbits := [...]int{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320}[rate]
	samples := [...]int{44100, 48000, 32000}[hz]
	factor := 144
	if version != 3 { // MPEG 2 and 2.5: half the rates
		kbits = [...]int{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}[rate]
		samples /= 2
		if version == 0 {
			samples /= 2
		}
		factor = 72
	}
	return factor*kbits*1000/samples + int(b[2]>>1&1)
}
