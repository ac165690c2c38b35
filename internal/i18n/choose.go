package i18n

import (
	"context"

	"golang.org/x/text/language"
)

type contextKey struct{}

// NewContext carries the reader's language.
func NewContext(ctx context.Context, lang string) context.Context {
	return context.WithValue(ctx, contextKey{}, lang)
}

// FromContext tells the reader's language; Ukrainian when nothing was said.
func FromContext(ctx context.Context) string {
	if lang, ok := ctx.Value(contextKey{}).(string); ok {
		return lang
	}
	return Ukrainian
}

var matcher = language.NewMatcher([]language.Tag{language.Ukrainian, language.English})

// Choose picks the language: what was asked in the address, else the cookie, else
// the browser's wish, else Ukrainian. A wish for Russian is answered in Ukrainian.
func Choose(asked, cookie, acceptLanguage string) string {
	if Known(asked) {
		return asked
	}
	if Known(cookie) {
		return cookie
	}
	if len(acceptLanguage) > 256 {
		return Ukrainian
	}
	tags, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil || len(tags) == 0 {
		return Ukrainian
	}
	_, i, confidence := matcher.Match(tags...)
	if i == 1 && confidence >= language.High {
		return English
	}
	return Ukrainian
}
