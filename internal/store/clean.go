package store

import "bytes"

// clean returns the text of a document as it is stored: without the reserved
// top-level fields and without null members. The usual text, with the reserved
// fields in front and no null, is cut without a walk.
func clean(body []byte) ([]byte, error) {
	if !bytes.Contains(body, []byte("null")) {
		if cut, ok := cutMeta(body); ok {
			return cut, nil
		}
	}
	out := bytes.NewBuffer(make([]byte, 0, len(body)))
	s := scan{b: body, out: out}
	if err := s.document(nil); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// cutMeta cuts `{"_id":"…","rev":1,` from the front and writes the brace anew, in place.
func cutMeta(body []byte) ([]byte, bool) {
	const id, rev = `{"_id":"`, `","rev":`
	if !bytes.HasPrefix(body, []byte(id)) {
		return nil, false
	}
	q := bytes.IndexByte(body[len(id):], '"')
	if q < 0 || bytes.IndexByte(body[len(id):len(id)+q], '\\') >= 0 {
		return nil, false
	}
	rest := body[len(id)+q:]
	if !bytes.HasPrefix(rest, []byte(rev)) {
		return nil, false
	}
	rest = rest[len(rev):]
	i := 0
	for i < len(rest) && (rest[i] == '-' || rest[i] >= '0' && rest[i] <= '9') {
		i++
	}
	switch {
	case i == 0 || i == len(rest):
		return nil, false
	case rest[i] == ',':
		rest = rest[i:]
	case rest[i] == '}' && i > 0:
		rest = rest[i-1:]
	default:
		return nil, false
	}
	rest[0] = '{'
	return rest, true
}
