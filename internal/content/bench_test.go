package content_test

import (
	"testing"

	"osvitlo/internal/content"
)

func BenchmarkLoadBase(b *testing.B) {
	tree := baseTree(b)
	for b.Loop() {
		content.LoadAt(tree, day)
	}
}
