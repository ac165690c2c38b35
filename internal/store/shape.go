package store

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"osvitlo/internal/fault"
)

// Shape is a checked Spec, made ready for engines: it checks documents, takes the
// index values out of them and resolves queries. It is immutable.
type Shape struct {
	Spec  Spec
	Paths []string // every path some index names, once each; Check fills values in this order

	indexes map[string]*Index
	slots   map[string]int
	arrays  map[string]bool
	root    *node
}

// node is one step of the index paths: a tree over all paths of a collection.
type node struct {
	key      string
	slot     int // place in Paths, -1 for a step in between
	array    bool
	children []*node
}

var (
	nameRule = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)
	pathRule = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}(\.[A-Za-z0-9_-]{1,64}){0,7}$`)
)

// Compile checks a spec. A wrong spec is a fault in the program: Invalid, with the
// collection, the index and the reason.
func Compile(spec Spec) (*Shape, error) {
	s := &Shape{
		Spec:    spec,
		indexes: map[string]*Index{},
		slots:   map[string]int{},
		arrays:  map[string]bool{},
		root:    &node{slot: -1},
	}
	if !nameRule.MatchString(spec.Name) {
		return nil, fault.Newf(fault.Invalid, "", "collection %q: the name must be snake_case", spec.Name)
	}
	if len(spec.Indexes) > MaxIndexes {
		return nil, fault.Newf(fault.Invalid, "", "collection %s: more than %d indexes", spec.Name, MaxIndexes)
	}
	s.indexes[BuiltinID] = &Index{Name: BuiltinID, Fields: []string{BuiltinID}}
	for i := range spec.Indexes {
		if err := s.addIndex(&spec.Indexes[i]); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *Shape) addIndex(ix *Index) error {
	bad := func(reason string) error {
		return fault.Newf(fault.Invalid, "", "collection %s, index %q: %s", s.Spec.Name, ix.Name, reason)
	}
	if !nameRule.MatchString(ix.Name) {
		return bad("the name must be snake_case")
	}
	if s.indexes[ix.Name] != nil {
		return bad("declared twice")
	}
	if len(ix.Fields) == 0 || len(ix.Fields) > MaxFields {
		return bad("needs between 1 and 8 fields")
	}
	seen := map[string]bool{}
	for i, path := range ix.Fields {
		array := ix.Array && i == 0
		switch {
		case !pathRule.MatchString(path):
			return bad("field " + path + " is not a dotted path of letters, digits, _ and -")
		case path == "_id" || path == "rev":
			return bad("field " + path + " cannot be indexed")
		case seen[path]:
			return bad("field " + path + " is named twice")
		}
		seen[path] = true
		if _, ok := s.slots[path]; ok {
			if s.arrays[path] != array {
				return bad("field " + path + " is an array in one index and a value in another")
			}
			continue
		}
		s.slots[path] = len(s.Paths)
		s.arrays[path] = array
		s.Paths = append(s.Paths, path)
		if !s.root.add(strings.Split(path, "."), len(s.Paths)-1, array) {
			return bad("field " + path + " lies inside another indexed field")
		}
	}
	s.indexes[ix.Name] = ix
	return nil
}

// add hangs a path under the node; false when one path would lie inside another.
func (n *node) add(steps []string, slot int, array bool) bool {
	if n.slot >= 0 {
		return false
	}
	if len(steps) == 0 {
		if len(n.children) > 0 {
			return false
		}
		n.slot, n.array = slot, array
		return true
	}
	for _, c := range n.children {
		if c.key == steps[0] {
			return c.add(steps[1:], slot, array)
		}
	}
	c := &node{key: steps[0], slot: -1}
	n.children = append(n.children, c)
	return c.add(steps[1:], slot, array)
}

// Index returns a declared index, or the built-in one over ids; nil when there is none.
func (s *Shape) Index(name string) *Index { return s.indexes[name] }

// Slot tells where a path stands in Paths; -1 when no index names it.
func (s *Shape) Slot(path string) int {
	if i, ok := s.slots[path]; ok {
		return i
	}
	return -1
}

// IsArray tells whether a path names an array.
func (s *Shape) IsArray(path string) bool { return s.arrays[path] }

// Check refuses a document that breaks a rule of the port and returns the values of
// the indexed fields in the order of Paths: string, int64, float64 or bool, nil where
// missing. Of an array only its form is checked; its value is nil.
func (s *Shape) Check(id string, body []byte) ([]any, error) {
	if err := CheckID(id); err != nil {
		return nil, err
	}
	if len(body) > MaxBody {
		return nil, fault.Newf(fault.Invalid, "", "collection %s: a document of %d bytes is over the bound of %d", s.Spec.Name, len(body), MaxBody)
	}
	if !utf8.Valid(body) {
		return nil, fault.Newf(fault.Invalid, "", "collection %s: the document is not UTF-8", s.Spec.Name)
	}
	sc := scan{b: body}
	if len(s.Paths) > 0 {
		sc.values = make([]any, len(s.Paths))
	}
	if err := sc.document(s.root); err != nil {
		return nil, fault.Newf(fault.Invalid, "", "collection %s: %w", s.Spec.Name, err)
	}
	return sc.values, nil
}

// CheckID refuses an id that is empty, too long, not UTF-8 or holds a zero byte.
func CheckID(id string) error {
	if id == "" || len(id) > MaxID || !utf8.ValidString(id) || strings.IndexByte(id, 0) >= 0 {
		return fault.Newf(fault.Invalid, "", "an id must have 1 to %d bytes of UTF-8 without zero bytes", MaxID)
	}
	return nil
}

// CheckDelta refuses an Add that names no field, a field that is no dotted path or
// reserved, two fields of which one lies inside the other, or a step over MaxInt.
func CheckDelta(delta map[string]int64) error {
	if len(delta) == 0 || len(delta) > 1000 {
		return fault.Newf(fault.Invalid, "", "Add needs between 1 and 1000 fields")
	}
	for path, n := range delta {
		if !pathRule.MatchString(path) || path == "_id" || path == "rev" ||
			strings.HasPrefix(path, "_id.") || strings.HasPrefix(path, "rev.") {
			return fault.Newf(fault.Invalid, "", "Add: %q is not a dotted path", path)
		}
		if n > MaxInt || n < -MaxInt {
			return fault.Newf(fault.Invalid, "", "Add: the step of %s is over the bound", path)
		}
		for i := range path {
			if path[i] != '.' {
				continue
			}
			if _, ok := delta[path[:i]]; ok {
				return fault.Newf(fault.Invalid, "", "Add: %s lies inside %s", path, path[:i])
			}
		}
	}
	return nil
}
