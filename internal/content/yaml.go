package content

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"osvitlo/internal/fault"
	"osvitlo/internal/yamldoc"
)

// maxFile bounds a content file in bytes, maxNested its depth.
const (
	maxFile   = 1 << 20
	maxNested = 40
)

// Document is one YAML file as plain values, with the line of each of them.
type Document struct {
	File   string
	value  any
	lines  map[string]int // JSON pointer to line
	blocks map[string]int // JSON pointer of a block of text («|») to its first line
}

// Decode reads the document, or the part a JSON pointer names, into dst by its
// JSON tags. Errors: NotFound for a pointer that leads nowhere, Invalid otherwise.
func (d *Document) Decode(pointer string, dst any) error {
	v, ok := d.at(pointer)
	if !ok {
		return fault.Newf(fault.NotFound, "", "%s has nothing at %s", d.File, pointer)
	}
	raw, err := marshal(v)
	if err != nil {
		return fault.Newf(fault.Invalid, "", "%s: %w", d.File, err)
	}
	if err := json.Unmarshal(raw, dst); err != nil {
		return fault.Newf(fault.Invalid, "", "%s: %w", d.File, err)
	}
	return nil
}

func marshal(v any) ([]byte, error) { return json.Marshal(v) }

// Line is the line of a JSON pointer, or of the nearest thing above it. A mark «#2»
// behind the pointer means the third line of a block of text.
func (d *Document) Line(pointer string) int {
	if i := strings.LastIndexByte(pointer, '#'); i >= 0 {
		if offset, err := strconv.Atoi(pointer[i+1:]); err == nil {
			pointer = pointer[:i]
			if first, ok := d.blocks[pointer]; ok {
				return first + offset
			}
		}
	}
	for {
		if n, ok := d.lines[pointer]; ok {
			return n
		}
		i := strings.LastIndexByte(pointer, '/')
		if i < 0 {
			return 1
		}
		pointer = pointer[:i]
	}
}

var unescape = strings.NewReplacer("~1", "/", "~0", "~")

func (d *Document) at(pointer string) (any, bool) {
	v := d.value
	if pointer == "" {
		return v, true
	}
	for _, part := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		part = unescape.Replace(part)
		switch t := v.(type) {
		case map[string]any:
			next, ok := t[part]
			if !ok {
				return nil, false
			}
			v = next
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i < 0 || i >= len(t) {
				return nil, false
			}
			v = t[i]
		default:
			return nil, false
		}
	}
	return v, true
}

// lineError is a syntax error with its place.
type lineError struct {
	line int
	text string
	fix  string
}

func (e *lineError) Error() string { return fmt.Sprintf("line %d: %s", e.line, e.text) }

var (
	yamlPlace = regexp.MustCompile(`^\[(\d+):\d+\]\s*`)
	errEmpty  = errors.New("the file is empty")
)

// parse reads one YAML document. Anchors, aliases, tags and merge keys are not
// content and are refused.
func parse(file string, raw []byte) (*Document, error) {
	if len(raw) > maxFile {
		return nil, &lineError{1, "the file is over " + strconv.Itoa(maxFile>>10) + " kB", "split it"}
	}
	f, err := yamldoc.Parse(raw)
	if err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		line := 1
		if m := yamlPlace.FindStringSubmatch(first); m != nil {
			line, _ = strconv.Atoi(m[1])
			first = strings.TrimPrefix(first, m[0])
		}
		return nil, &lineError{line, "not YAML: " + first, "correct the indentation, the quotes or the brackets"}
	}
	d := &Document{File: file, lines: map[string]int{}, blocks: map[string]int{}}
	for _, doc := range f.Docs {
		if doc.Body == nil {
			continue
		}
		if _, comment := doc.Body.(*ast.CommentGroupNode); comment {
			continue
		}
		if d.value != nil {
			return nil, &lineError{line(doc.Body), "a second document in one file", "remove the line ---"}
		}
		if d.value, err = d.walk(doc.Body, "", 0); err != nil {
			return nil, err
		}
	}
	if d.value == nil {
		return nil, &lineError{1, errEmpty.Error(), "write something or remove the file"}
	}
	return d, nil
}

func line(n ast.Node) int {
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return 1
	}
	return n.GetToken().Position.Line
}

func (d *Document) walk(n ast.Node, pointer string, depth int) (any, error) {
	if depth > maxNested {
		return nil, &lineError{line(n), "nested too deep", "flatten it"}
	}
	if _, set := d.lines[pointer]; !set {
		d.lines[pointer] = line(n)
	}
	switch t := n.(type) {
	case *ast.MappingNode:
		return d.mapping(t.Values, pointer, depth)
	case *ast.MappingValueNode:
		return d.mapping([]*ast.MappingValueNode{t}, pointer, depth)
	case *ast.SequenceNode:
		out := make([]any, 0, len(t.Values))
		for i, v := range t.Values {
			e, err := d.walk(v, pointer+"/"+strconv.Itoa(i), depth+1)
			if err != nil {
				return nil, err
			}
			out = append(out, e)
		}
		return out, nil
	case *ast.StringNode:
		return t.Value, nil
	case *ast.LiteralNode:
		if strings.HasPrefix(t.Start.Value, "|") {
			d.blocks[pointer] = line(n) + 1
		}
		return t.Value.Value, nil
	case *ast.BoolNode:
		return t.Value, nil
	case *ast.NullNode:
		return nil, nil
	case *ast.IntegerNode:
		switch x := t.Value.(type) {
		case int64:
			return float64(x), nil
		case uint64:
			return float64(x), nil
		}
	case *ast.FloatNode:
		if !math.IsNaN(t.Value) && !math.IsInf(t.Value, 0) {
			return t.Value, nil
		}
	}
	return nil, &lineError{line(n), "YAML of this kind (" + n.Type().String() + ") is not used in content", "write plain values, lists and maps"}
}

func (d *Document) mapping(values []*ast.MappingValueNode, pointer string, depth int) (any, error) {
	out := make(map[string]any, len(values))
	for _, v := range values {
		key, ok := keyText(v.Key)
		if !ok {
			return nil, &lineError{line(v.Key), "a key that is not a word", "write a plain key"}
		}
		if _, twice := out[key]; twice {
			return nil, &lineError{line(v.Key), "key " + key + " stands twice", "remove one of them"}
		}
		at := pointer + "/" + escape.Replace(key)
		d.lines[at] = line(v.Key)
		e, err := d.walk(v.Value, at, depth+1)
		if err != nil {
			return nil, err
		}
		out[key] = e
	}
	return out, nil
}

var escape = strings.NewReplacer("~", "~0", "/", "~1")

func keyText(k ast.MapKeyNode) (string, bool) {
	switch t := k.(type) {
	case *ast.StringNode:
		return t.Value, true
	case *ast.IntegerNode, *ast.BoolNode:
		return k.GetToken().Value, true
	}
	return "", false
}
