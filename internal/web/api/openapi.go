package api

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"regexp"

	"github.com/gin-gonic/gin"

	"osvitlo/content"
)

// openAPIBase describes every address of this package. Where an example stands
// it names a file of content/fixture, and a test sends each of them.
//
//go:embed openapi.json
var openAPIBase []byte

var fixtureName = regexp.MustCompile(`"fixture:([a-z0-9/.-]+)"`)

// Document is the description with its examples put in, as /api/openapi.json serves it.
func Document() ([]byte, error) {
	var failed error
	whole := fixtureName.ReplaceAllFunc(openAPIBase, func(m []byte) []byte {
		raw, err := content.FS.ReadFile("fixture/" + string(fixtureName.FindSubmatch(m)[1]))
		if err != nil {
			failed = err
		}
		return raw
	})
	if failed != nil {
		return nil, fmt.Errorf("openapi: %w", failed)
	}
	var out bytes.Buffer
	if err := json.Compact(&out, whole); err != nil {
		return nil, fmt.Errorf("openapi: %w", err)
	}
	return out.Bytes(), nil
}

func (h *handlers) openAPI(c *gin.Context) error { return h.document.serve(c) }
