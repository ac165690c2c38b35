package content_test

import (
	"testing"

	files "osvitlo/content"
	"osvitlo/internal/content"
)

func TestContentOfThisRepository(t *testing.T) {
	t.Parallel()
	lib, problems := content.Load(files.FS)
	for _, p := range problems {
		t.Log(p)
	}
	if content.Failed(problems) {
		t.Error("the content has errors")
	}
	_ = lib
}
