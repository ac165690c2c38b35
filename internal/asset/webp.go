package asset

import (
	"encoding/binary"
)

// webp takes the metadata out of a WebP picture and tells its size (RFC 9649). The
// program has no decoder for WebP, so the picture itself stays as it is: chunks with
// EXIF, XMP, colour profiles and unknown ones are left out.
func webp(b []byte) (out []byte, width, height int, err error) {
	if len(b) < 20 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WEBP" || int64(binary.LittleEndian.Uint32(b[4:]))+8 > int64(len(b)) {
		return nil, 0, 0, errBroken
	}
	out = append(out, b[:12]...)
	end := int(binary.LittleEndian.Uint32(b[4:])) + 8
	picture := false
	for at := 12; at < end; {
		if end-at < 8 {
			return nil, 0, 0, errBroken
		}
		name, n := string(b[at:at+4]), int64(binary.LittleEndian.Uint32(b[at+4:]))
		padded := n + n&1
		if n > int64(end-at-8) {
			return nil, 0, 0, errBroken
		}
		body := b[at+8 : at+8+int(n)]
		w, h := 0, 0
		switch name {
		case "VP8X":
			if n < 10 {
				return nil, 0, 0, errBroken
			}
			w, h = int(body[4])|int(body[5])<<8|int(body[6])<<16, int(body[7])|int(body[8])<<8|int(body[9])<<16
			w, h = w+1, h+1
		case "VP8 ":
			if n < 10 || body[3] != 0x9d || body[4] != 0x01 || body[5] != 0x2a {
				return nil, 0, 0, errBroken
			}
			w, h = int(binary.LittleEndian.Uint16(body[6:]))&0x3fff, int(binary.LittleEndian.Uint16(body[8:]))&0x3fff
			picture = true
		case "VP8L":
			if n < 5 || body[0] != 0x2f {
				return nil, 0, 0, errBroken
			}
			bits := binary.LittleEndian.Uint32(body[1:])
			w, h = int(bits&0x3fff)+1, int(bits>>14&0x3fff)+1
			picture = true
		case "ANMF":
			picture = true
		}
		width, height = max(width, w), max(height, h)
		switch name {
		case "VP8X", "VP8 ", "VP8L", "ALPH", "ANIM", "ANMF":
			from := len(out)
			out = append(out, b[at:at+8]...)
			out = append(out, body...)
			if n&1 == 1 {
				out = append(out, 0)
			}
			if name == "VP8X" {
				out[from+8] &^= 0x20 | 0x08 | 0x04 // colour profile, EXIF, XMP
			}
		}
		at += 8 + int(min(padded, int64(end-at-8)))
	}
	if !picture || width == 0 || height == 0 {
		return nil, 0, 0, errBroken
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out, width, height, nil
}
