package interchange

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// node is an element, or a text where name is empty.
type node struct {
	name string // local name
	attr map[string]string
	text string
	kids []*node
	line int
	ours string // the option's id that the reader gave it
}

// parseXML reads a file within the bounds. Entities other than XML's five are errors,
// and a document type is refused: nothing is looked up anywhere.
func parseXML(file string, raw []byte) (*node, error) {
	d := xml.NewDecoder(bytes.NewReader(raw))
	d.CharsetReader = func(charset string, in io.Reader) (io.Reader, error) {
		return nil, errors.New("the encoding must be UTF-8, not " + charset)
	}
	root := &node{}
	stack := []*node{root}
	count := 0
	for {
		line, _ := d.InputPos()
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			line, _ = d.InputPos()
			return nil, bad(file, line, "%v", err)
		}
		top := stack[len(stack)-1]
		if count++; count > maxNodes {
			return nil, bad(file, line, "more than %d elements", maxNodes)
		}
		switch t := tok.(type) {
		case xml.Directive:
			if strings.HasPrefix(strings.ToUpper(string(t)), "DOCTYPE") {
				return nil, bad(file, line, "a document type is not taken")
			}
		case xml.StartElement:
			if len(stack) > maxDepth {
				return nil, bad(file, line, "elements are nested deeper than %d", maxDepth)
			}
			n := &node{name: t.Name.Local, line: line}
			for _, a := range t.Attr {
				if a.Name.Space == "xmlns" || a.Name.Local == "xmlns" {
					continue
				}
				if n.attr == nil {
					n.attr = map[string]string{}
				}
				name := a.Name.Local
				if strings.HasSuffix(a.Name.Space, "/namespace") {
					name = "xml:" + name
				}
				n.attr[name] = a.Value
			}
			top.kids = append(top.kids, n)
			stack = append(stack, n)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if len(stack) > 1 {
				top.kids = append(top.kids, &node{text: string(t), line: line})
			}
		}
	}
	for _, k := range root.kids {
		if k.name != "" {
			return k, nil
		}
	}
	return nil, bad(file, 1, "there is no element")
}

// first finds the first element of a name below n.
func (n *node) first(names ...string) *node {
	var found *node
	n.walk(func(k *node) bool {
		for _, name := range names {
			if found == nil && k.name == name {
				found = k
			}
		}
		return found == nil
	})
	return found
}

// all lists the elements of a name below n, those inside a found one left out.
func (n *node) all(name string) []*node {
	var out []*node
	for _, k := range n.kids {
		if k.name == name {
			out = append(out, k)
		} else {
			out = append(out, k.all(name)...)
		}
	}
	return out
}

// walk visits the elements below n, parents first, until visit says stop.
func (n *node) walk(visit func(*node) bool) bool {
	for _, k := range n.kids {
		if k.name == "" {
			continue
		}
		if !visit(k) || !k.walk(visit) {
			return false
		}
	}
	return true
}

// child is the first element of a name right below n.
func (n *node) child(name string) *node {
	for _, k := range n.kids {
		if k.name == name {
			return k
		}
	}
	return nil
}

// raw is the text below n as it stands.
func (n *node) raw() string {
	if n == nil {
		return ""
	}
	if n.name == "" {
		return n.text
	}
	var b strings.Builder
	for _, k := range n.kids {
		b.WriteString(k.raw())
	}
	return b.String()
}

// blocks begin and end a line of text.
var blocks = map[string]bool{"p": true, "div": true, "li": true, "ul": true, "ol": true, "tr": true, "table": true, "blockquote": true,
	"h1": true, "h2": true, "h3": true, "h4": true, "pre": true, "dd": true, "dt": true, "qti-content-body": true, "qti-html-content": true}

// words is the text below n as people read it: lines at breaks and blocks, white
// space between words made one, elements that skip names left out.
func (n *node) words(skip func(*node) bool) string {
	var b strings.Builder
	fresh, space := true, false // at the start of a line; a space is owed
	broken := false             // the line was ended by a block: the next block ends nothing
	newline := func(block bool) {
		if block && (broken || b.Len() == 0) {
			space = false
			return
		}
		b.WriteByte('\n')
		fresh, space, broken = true, false, block
	}
	var visit func(*node)
	visit = func(k *node) {
		if k.name == "" {
			for _, r := range k.text {
				if r == ' ' || r == '\n' || r == '\t' || r == '\r' {
					space = true
					continue
				}
				if space && !fresh {
					b.WriteByte(' ')
				}
				b.WriteRune(r)
				fresh, space, broken = false, false, false
			}
			return
		}
		if skip != nil && skip(k) {
			return
		}
		switch {
		case k.name == "br":
			newline(false)
		case blocks[k.name]:
			newline(true)
			for _, kid := range k.kids {
				visit(kid)
			}
			newline(true)
		default:
			for _, kid := range k.kids {
				visit(kid)
			}
		}
	}
	for _, k := range n.kids {
		visit(k)
	}
	return strings.Trim(b.String(), "\n")
}
