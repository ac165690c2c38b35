package api

import (
	_ "embed"

	"github.com/gin-gonic/gin"
)

// openAPIDocument describes every address of this package. Its examples are the
// files of content/fixture/api, and a test sends them.
//
//go:embed openapi.json
var openAPIDocument []byte

func (h *handlers) openAPI(c *gin.Context) error { return h.document.serve(c) }
