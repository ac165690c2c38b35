// Command openapi prints the OpenAPI description that the site serves.
package main

import (
	"fmt"
	"os"

	"osvitlo/internal/web/api"
)

func main() {
	raw, err := api.Document()
	if err == nil {
		_, err = os.Stdout.Write(raw)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "openapi:", err)
		os.Exit(1)
	}
}
