// Package typeface holds the letters that PDFs are written with, and fits texts to them.
//
// Noto Sans, regular and bold, cut down to Cyrillic, Latin without accents and the signs
// of our pages (SIL Open Font License, OFL.txt). It draws nothing.
package typeface

import (
	_ "embed" // the letters
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Regular and Bold are TrueType files; do not change the bytes.
var (
	//go:embed NotoSans-Regular.ttf
	Regular []byte
	//go:embed NotoSans-Bold.ttf
	Bold []byte
)

// signs are the covered characters outside ASCII and the Cyrillic of Europe.
const signs = "\u00a0§«\u00ad°·»×Ґґ‐‑‒–—―‘’‚‛“”„•…₴№"

// likes are letters that do not come apart into a letter and a mark.
var likes = strings.NewReplacer("ł", "l", "Ł", "L", "đ", "d", "Đ", "D", "ø", "o", "Ø", "O", "ß", "ss", "æ", "ae", "Æ", "AE", "œ", "oe", "Œ", "OE",
	"ı", "i", "ð", "d", "Ð", "D", "þ", "th", "Þ", "Th", "−", "–", "ʼ", "’", "ʹ", "’")

func covered(r rune) bool {
	return r >= ' ' && r <= '~' || r >= 'Ѐ' && r <= 'џ' || strings.ContainsRune(signs, r)
}

// Fit writes a text with the letters that are there: accents of foreign names are
// dropped, narrow spaces become usual ones, control characters and what has no likeness
// become a point in the middle.
func Fit(text string) string {
	var out strings.Builder
	for _, r := range norm.NFC.String(likes.Replace(text)) {
		switch {
		case covered(r):
			out.WriteRune(r)
		case unicode.IsSpace(r):
			out.WriteRune('\u00a0')
		default:
			wrote := false
			for _, part := range norm.NFKD.String(string(r)) {
				if covered(part) {
					out.WriteRune(part)
					wrote = true
				}
			}
			if !wrote && !unicode.Is(unicode.Mn, r) && !unicode.Is(unicode.Cf, r) {
				out.WriteRune('·')
			}
		}
	}
	return out.String()
}
