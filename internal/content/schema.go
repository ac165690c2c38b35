package content

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"slices"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	files "osvitlo/content"
)

// schemas are the JSON Schemas of content/schema, compiled once.
type schemas struct{ byName map[string]*jsonschema.Schema }

var compileSchemas = sync.OnceValues(func() (*schemas, error) {
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	var names []string
	err := fs.WalkDir(files.FS, "schema", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".json") {
			return err
		}
		raw, err := fs.ReadFile(files.FS, path)
		if err != nil {
			return err
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		names = append(names, strings.TrimSuffix(strings.TrimPrefix(path, "schema/"), ".json"))
		return c.AddResource("osvitlo:///"+path, doc)
	})
	if err != nil {
		return nil, err
	}
	s := &schemas{byName: map[string]*jsonschema.Schema{}}
	for _, n := range names {
		compiled, err := c.Compile("osvitlo:///schema/" + n + ".json")
		if err != nil {
			return nil, fmt.Errorf("schema/%s.json: %w", n, err)
		}
		s.byName[n] = compiled
	}
	return s, nil
})

// schemaFault is one leaf of a validation error.
type schemaFault struct{ pointer, message, fix string }

// check lists the faults of a value, none if it fits. Of an unknown schema every
// value is a fault.
func (s *schemas) check(name string, v any) []schemaFault {
	schema, ok := s.byName[name]
	if !ok {
		return []schemaFault{{"", "there is no schema " + name, "use a known type"}}
	}
	err := schema.Validate(v)
	var ve *jsonschema.ValidationError
	if !errors.As(err, &ve) {
		return nil
	}
	var out []schemaFault
	leaves(ve, &out)
	return out
}

func leaves(e *jsonschema.ValidationError, out *[]schemaFault) {
	if len(e.Causes) > 0 {
		for _, c := range e.Causes {
			leaves(c, out)
		}
		return
	}
	pointer := ""
	for _, p := range e.InstanceLocation {
		pointer += "/" + escape.Replace(p)
	}
	say := func(at, message, fix string) {
		f := schemaFault{at, message, fix}
		if !slices.Contains(*out, f) {
			*out = append(*out, f)
		}
	}
	name := "the file"
	if n := len(e.InstanceLocation); n > 0 {
		name = "«" + e.InstanceLocation[n-1] + "»"
	}
	switch k := e.ErrorKind.(type) {
	case *kind.Required:
		for _, m := range k.Missing {
			say(pointer+"/"+escape.Replace(m), "«"+m+"» is missing", "add "+m+":")
		}
	case *kind.AdditionalProperties:
		slices.Sort(k.Properties)
		for _, p := range k.Properties {
			say(pointer+"/"+escape.Replace(p), "«"+p+"» is not a field here", "remove it or correct its name")
		}
	case *kind.Type:
		say(pointer, name+" is "+k.Got+", wanted "+strings.Join(k.Want, " or "), "correct the value")
	case *kind.Enum:
		say(pointer, name+" is "+fmt.Sprint(k.Got)+", which is not allowed", "use one of "+list(k.Want))
	case *kind.Const:
		say(pointer, name+" must be "+fmt.Sprint(k.Want), "correct the value")
	case *kind.Pattern:
		say(pointer, name+" is "+fmt.Sprintf("%q", k.Got)+", which has the wrong shape", "it must match "+k.Want)
	case *kind.MinLength:
		say(pointer, name+" is empty or too short", "write at least "+fmt.Sprint(k.Want)+" characters")
	case *kind.MaxLength:
		say(pointer, name+" has "+fmt.Sprint(k.Got)+" characters", "write at most "+fmt.Sprint(k.Want))
	case *kind.MinItems:
		say(pointer, name+" has "+fmt.Sprint(k.Got)+" entries", "write at least "+fmt.Sprint(k.Want))
	case *kind.MaxItems:
		say(pointer, name+" has "+fmt.Sprint(k.Got)+" entries", "write at most "+fmt.Sprint(k.Want))
	case *kind.Minimum:
		say(pointer, name+" is "+plain(k.Got)+", too small", "write at least "+plain(k.Want))
	case *kind.Maximum:
		say(pointer, name+" is "+plain(k.Got)+", too large", "write at most "+plain(k.Want))
	case *kind.MinProperties:
		say(pointer, name+" is empty", "write at least one field")
	default:
		say(pointer, name+" does not fit the schema", "see content/schema")
	}
}

func list(values []any) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = fmt.Sprint(v)
	}
	return strings.Join(words, ", ")
}

func plain(r *big.Rat) string {
	f, _ := r.Float64()
	return fmt.Sprint(f)
}
