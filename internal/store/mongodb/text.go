package mongodb

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// pack turns a checked JSON text into the stored document.
func pack(id string, rev int64, body []byte) (bson.Raw, error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("not a JSON object")
	}
	at, doc := bsoncore.AppendDocumentStart(make([]byte, 0, len(body)+len(id)+64))
	doc = bsoncore.AppendStringElement(doc, "_id", id)
	doc = bsoncore.AppendInt64Element(doc, "rev", rev)
	p := packer{dec: dec}
	doc, err := p.members(doc)
	if err != nil {
		return nil, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("text behind the document")
	}
	doc, err = bsoncore.AppendDocumentEnd(doc, at)
	return bson.Raw(doc), err
}

// packer reads tokens and appends their BSON.
type packer struct {
	dec   *json.Decoder
	depth int
}

// members appends the members of an object up to its closing brace.
func (p *packer) members(doc []byte) ([]byte, error) {
	if p.depth++; p.depth > store.MaxDepth {
		return nil, errors.New("nested too deep")
	}
	seen := names{}
	for p.dec.More() {
		t, err := p.dec.Token()
		if err != nil {
			return nil, err
		}
		key, _ := t.(string)
		if key == "" || key[0] == '$' || strings.IndexByte(key, 0) >= 0 {
			return nil, errors.New("a field name may not be empty, start with $ or hold a zero byte")
		}
		if !seen.add(key) {
			return nil, errors.New("a field is named twice")
		}
		if doc, err = p.value(doc, key); err != nil {
			return nil, err
		}
	}
	p.depth--
	_, err := p.dec.Token()
	return doc, err
}

// elements appends the elements of an array up to its closing bracket.
func (p *packer) elements(doc []byte) (_ []byte, err error) {
	if p.depth++; p.depth > store.MaxDepth {
		return nil, errors.New("nested too deep")
	}
	for i := 0; p.dec.More(); i++ {
		if doc, err = p.value(doc, strconv.Itoa(i)); err != nil {
			return nil, err
		}
	}
	p.depth--
	_, err = p.dec.Token()
	return doc, err
}

func (p *packer) value(doc []byte, key string) ([]byte, error) {
	t, err := p.dec.Token()
	if err != nil {
		return nil, err
	}
	switch v := t.(type) {
	case string:
		return bsoncore.AppendStringElement(doc, key, v), nil
	case bool:
		return bsoncore.AppendBooleanElement(doc, key, v), nil
	case json.Number:
		return packNumber(doc, key, string(v))
	case json.Delim:
		var at int32
		if v == '{' {
			at, doc = bsoncore.AppendDocumentElementStart(doc, key)
			doc, err = p.members(doc)
		} else {
			at, doc = bsoncore.AppendArrayElementStart(doc, key)
			doc, err = p.elements(doc)
		}
		if err != nil {
			return nil, err
		}
		return bsoncore.AppendDocumentEnd(doc, at)
	}
	return nil, errors.New("null is not stored: leave the field out")
}

// packNumber keeps whole numbers whole: one with a point or an exponent is a double.
func packNumber(doc []byte, key, text string) ([]byte, error) {
	if strings.ContainsAny(text, ".eE") {
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, errors.New("a number is out of range")
		}
		return bsoncore.AppendDoubleElement(doc, key, f), nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n > store.MaxInt || n < -store.MaxInt {
		return nil, errors.New("an integer is outside ±2^53")
	}
	return bsoncore.AppendInt64Element(doc, key, n), nil
}

// names finds a name that comes twice in an object.
type names struct {
	few  []string
	many map[string]bool
}

func (n *names) add(key string) bool {
	if n.many != nil {
		if n.many[key] {
			return false
		}
		n.many[key] = true
		return true
	}
	if slices.Contains(n.few, key) {
		return false
	}
	if n.few = append(n.few, key); len(n.few) > 16 {
		n.many = make(map[string]bool, 64)
		for _, k := range n.few {
			n.many[k] = true
		}
	}
	return true
}

// unpack turns a stored document into the port's: id, revision and JSON text.
func unpack(doc bson.Raw) (store.RawDoc, error) {
	out := store.RawDoc{Body: make([]byte, 0, len(doc))}
	elements, err := doc.Elements()
	if err != nil {
		return out, broken(err.Error())
	}
	out.Body = append(out.Body, '{')
	for _, e := range elements {
		switch key, v := e.Key(), e.Value(); key {
		case "_id":
			out.ID, _ = v.StringValueOK()
		case "rev":
			out.Rev, _ = v.AsInt64OK()
		default:
			if len(out.Body) > 1 {
				out.Body = append(out.Body, ',')
			}
			out.Body = append(quote(out.Body, key), ':')
			if out.Body, err = unpackValue(out.Body, v, 1); err != nil {
				return out, err
			}
		}
	}
	if out.ID == "" || out.Rev < 1 {
		return out, broken("no id or no revision")
	}
	out.Body = append(out.Body, '}')
	return out, nil
}

func broken(reason string) error {
	return fault.Newf(fault.Internal, "", "a stored document was not written by this program: %s", reason)
}

func unpackValue(out []byte, v bson.RawValue, depth int) ([]byte, error) {
	if depth > 2*store.MaxDepth {
		return nil, broken("nested too deep")
	}
	switch v.Type {
	case bson.TypeString:
		return quote(out, v.StringValue()), nil
	case bson.TypeBoolean:
		return strconv.AppendBool(out, v.Boolean()), nil
	case bson.TypeInt64:
		return strconv.AppendInt(out, v.Int64(), 10), nil
	case bson.TypeInt32:
		return strconv.AppendInt(out, int64(v.Int32()), 10), nil
	case bson.TypeDouble:
		return number(out, v.Double())
	case bson.TypeEmbeddedDocument, bson.TypeArray:
		elements, err := bson.Raw(v.Value).Elements()
		if err != nil {
			return nil, broken(err.Error())
		}
		open, end := byte('{'), byte('}')
		if v.Type == bson.TypeArray {
			open, end = '[', ']'
		}
		out = append(out, open)
		for i, e := range elements {
			if i > 0 {
				out = append(out, ',')
			}
			if open == '{' {
				out = append(quote(out, e.Key()), ':')
			}
			if out, err = unpackValue(out, e.Value(), depth+1); err != nil {
				return nil, err
			}
		}
		return append(out, end), nil
	}
	return nil, broken("it holds a " + v.Type.String())
}

// number writes a double so that it is read as one again: 2 as 2.0.
func number(out []byte, f float64) ([]byte, error) {
	if f-f != 0 {
		return nil, broken("it holds a number without a value")
	}
	from := len(out)
	form := byte('f')
	if a := max(f, -f); a != 0 && (a < 1e-6 || a >= 1e21) {
		form = 'e'
	}
	out = strconv.AppendFloat(out, f, form, -1, 64)
	if form == 'f' && bytes.IndexByte(out[from:], '.') < 0 {
		out = append(out, ".0"...)
	}
	return out, nil
}

// quote appends a JSON string. < > & stay as they are, like in the typed face.
func quote(out []byte, s string) []byte {
	const hex = "0123456789abcdef"
	out = append(out, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' {
				i++
				continue
			}
			out = append(out, s[from:i]...)
			switch c {
			case '"', '\\':
				out = append(out, '\\', c)
			case '\n':
				out = append(out, '\\', 'n')
			case '\t':
				out = append(out, '\\', 't')
			case '\r':
				out = append(out, '\\', 'r')
			default:
				out = append(out, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
			}
			i++
			from = i
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			out = append(append(out, s[from:i]...), "\uFFFD"...)
			from = i + 1
		}
		i += n
	}
	return append(append(out, s[from:]...), '"')
}
