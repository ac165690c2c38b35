// Package yamldoc reads YAML that people wrote. It stands between the program and
// the library, which panics on some broken documents (a mapping where a list is
// expected, an anchor without a value): whatever is written, the answer is an error.
// It knows no field and no rule of any file.
package yamldoc

import (
	"bytes"
	"fmt"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Strict reads one document into dst and refuses keys that dst does not have.
func Strict(raw []byte, dst any) error {
	return caught(func() error { return yaml.UnmarshalWithOptions(raw, dst, yaml.Strict()) })
}

// Loose reads one document into dst and passes over keys that dst does not have.
// An empty file is io.EOF.
func Loose(raw []byte, dst any) error {
	return caught(func() error { return yaml.NewDecoder(bytes.NewReader(raw)).Decode(dst) })
}

// Parse reads the documents of a file as a tree with the place of every value.
func Parse(raw []byte) (f *ast.File, err error) {
	err = caught(func() error {
		f, err = parser.ParseBytes(raw, 0)
		return err
	})
	return f, err
}

// caught turns a panic of the library into an error.
func caught(read func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("this is not YAML that can be read (%v)", p)
		}
	}()
	return read()
}
