package credential

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"hash/crc32"
	"strings"

	"osvitlo/internal/fault"
)

const pngHead = "\x89PNG\r\n\x1a\n"

// pngKeyword is the keyword of the iTXt chunk that holds a badge (Open Badges 3.0 §5.3.1).
const pngKeyword = "openbadgecredential"

// headerEnd is where the first chunk of a PNG, IHDR, ends: signature, length, name, 13
// bytes, checksum.
const headerEnd = len(pngHead) + 4 + 4 + 13 + 4

// BakePNG puts a signed credential into a picture, behind its header. Errors: Invalid
// when it is no PNG.
func BakePNG(picture, signed []byte) ([]byte, error) {
	if len(picture) < headerEnd || !bytes.HasPrefix(picture, []byte(pngHead)) || string(picture[12:16]) != "IHDR" {
		return nil, fault.Newf(fault.Invalid, "", "no PNG")
	}
	data := []byte("iTXt" + pngKeyword + "\x00\x00\x00\x00\x00") // not compressed, no language, no translated keyword
	data = append(data, signed...)
	out := append([]byte{}, picture[:headerEnd]...)
	out = binary.BigEndian.AppendUint32(out, uint32(len(data)-4))
	out = append(out, data...)
	out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(data))
	return append(out, picture[headerEnd:]...), nil
}

// UnbakePNG takes the credential out of a picture. Errors: NotFound, Invalid.
func UnbakePNG(picture []byte) ([]byte, error) {
	if !bytes.HasPrefix(picture, []byte(pngHead)) {
		return nil, fault.Newf(fault.Invalid, "", "no PNG")
	}
	for rest := picture[len(pngHead):]; len(rest) >= 12; {
		size := binary.BigEndian.Uint32(rest)
		if uint64(size)+12 > uint64(len(rest)) {
			return nil, fault.Newf(fault.Invalid, "", "a chunk is cut off")
		}
		chunk := rest[4 : 8+size]
		if binary.BigEndian.Uint32(rest[8+size:]) != crc32.ChecksumIEEE(chunk) {
			return nil, fault.Newf(fault.Invalid, "", "a checksum is wrong")
		}
		if text, ok := bytes.CutPrefix(chunk, []byte("iTXt"+pngKeyword+"\x00\x00\x00\x00\x00")); ok {
			return text, nil
		}
		rest = rest[12+size:]
	}
	return nil, fault.Newf(fault.NotFound, "", "no credential in the picture")
}

// svgSpace is the namespace of a baked SVG.
const svgSpace = "https://purl.imsglobal.org/ob/v3p0"

// BakeSVG puts a signed credential into a drawing, as the first child of its root.
// Errors: Invalid when the root is not written as "<svg …>".
func BakeSVG(drawing, signed []byte) ([]byte, error) {
	text := string(drawing)
	at := strings.Index(text, "<svg ")
	if at < 0 {
		return nil, fault.Newf(fault.Invalid, "", "no SVG")
	}
	end := strings.IndexByte(text[at:], '>')
	if end < 0 || text[at+end-1] == '/' {
		return nil, fault.Newf(fault.Invalid, "", "the root of the SVG holds nothing")
	}
	end += at
	// A "]]>" in the data would end it: it is cut in two sections.
	data := strings.ReplaceAll(string(signed), "]]>", "]]]]><![CDATA[>")
	return []byte(text[:at] + `<svg xmlns:openbadges="` + svgSpace + `" ` + text[at+len("<svg "):end+1] +
		"<openbadges:credential><![CDATA[" + data + "]]></openbadges:credential>" + text[end+1:]), nil
}

// UnbakeSVG takes the credential out of a drawing. Errors: NotFound, Invalid.
func UnbakeSVG(drawing []byte) ([]byte, error) {
	d := xml.NewDecoder(bytes.NewReader(drawing))
	for {
		token, err := d.Token()
		if err != nil {
			return nil, fault.Newf(fault.NotFound, "", "no credential in the drawing")
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Space != svgSpace || start.Name.Local != "credential" {
			continue
		}
		var in struct {
			Text string `xml:",chardata"`
		}
		if err := d.DecodeElement(&in, &start); err != nil {
			return nil, fault.From(err, fault.Invalid, "")
		}
		return []byte(strings.TrimSpace(in.Text)), nil
	}
}
