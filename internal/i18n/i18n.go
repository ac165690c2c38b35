// Package i18n gives messages, numbers and dates in the language of the reader.
//
// Messages live in locales/<area>.<lang>.toml (go-i18n); Ukrainian is the first
// language and the fall-back. A message that is missing shows its key, so that
// nothing breaks on a page, and a test proves that no key is missing.
//
// The package does not translate content: that carries its own Text.
package i18n

import (
	"fmt"
	"io/fs"
	"sort"
	"strings"

	"github.com/BurntSushi/toml"
	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// The two languages. Ukrainian is the default.
const (
	Ukrainian = "uk"
	English   = "en"
)

// Languages lists the languages in the order they are offered.
var Languages = []string{Ukrainian, English}

// Known tells whether lang is one of Languages.
func Known(lang string) bool { return lang == Ukrainian || lang == English }

// Bundle holds all messages of all languages. It is immutable after Load.
type Bundle struct {
	localizers map[string]*Localizer
	keys       map[string][]string
}

// Load reads every <area>.<lang>.toml in the root of fsys. A file that cannot be
// read, a message twice or an unknown language is an error naming the file.
func Load(fsys fs.FS) (*Bundle, error) {
	bundle := goi18n.NewBundle(language.Ukrainian)
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	names, err := fs.Glob(fsys, "*.toml")
	if err != nil {
		return nil, fmt.Errorf("locales: %w", err)
	}
	seen := map[string]string{}
	b := &Bundle{localizers: map[string]*Localizer{}, keys: map[string][]string{}}
	for _, name := range names {
		parts := strings.Split(name, ".")
		if len(parts) != 3 || !Known(parts[1]) {
			return nil, fmt.Errorf("locales/%s: the name must be <area>.<uk|en>.toml", name)
		}
		raw, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("locales/%s: %w", name, err)
		}
		file, err := bundle.ParseMessageFileBytes(raw, "x."+parts[1]+".toml")
		if err != nil {
			return nil, fmt.Errorf("locales/%s: %w", name, err)
		}
		for _, m := range file.Messages {
			at := parts[1] + " " + m.ID
			if first, twice := seen[at]; twice {
				return nil, fmt.Errorf("locales/%s: message %q stands already in %s", name, m.ID, first)
			}
			seen[at] = name
			b.keys[parts[1]] = append(b.keys[parts[1]], m.ID)
		}
	}
	for _, lang := range Languages {
		sort.Strings(b.keys[lang])
		b.localizers[lang] = &Localizer{
			Language: lang,
			inner:    goi18n.NewLocalizer(bundle, lang, Ukrainian),
		}
	}
	return b, nil
}

// Lang returns the localizer of a language, Ukrainian for an unknown one.
func (b *Bundle) Lang(lang string) *Localizer {
	if l, ok := b.localizers[lang]; ok {
		return l
	}
	return b.localizers[Ukrainian]
}

// Keys lists the message keys of a language, sorted; for tests.
func (b *Bundle) Keys(lang string) []string { return b.keys[lang] }

// Localizer speaks one language. It is safe for concurrent use.
type Localizer struct {
	Language string
	inner    *goi18n.Localizer
}

// T returns the message of key with its values; the key itself if there is none.
func (l *Localizer) T(key string, args map[string]any) string {
	return l.localize(&goi18n.LocalizeConfig{MessageID: key, TemplateData: args}, key)
}

// N returns the plural form of key for count; {{.Count}} holds the count as the language writes it.
func (l *Localizer) N(key string, count int64, args map[string]any) string {
	data := make(map[string]any, len(args)+1)
	for k, v := range args {
		data[k] = v
	}
	data["Count"] = l.Int(count)
	return l.localize(&goi18n.LocalizeConfig{MessageID: key, TemplateData: data, PluralCount: count}, key)
}

func (l *Localizer) localize(cfg *goi18n.LocalizeConfig, key string) string {
	s, err := l.inner.Localize(cfg)
	if err != nil && s == "" {
		return key
	}
	return s
}
