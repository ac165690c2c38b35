package i18n_test

import (
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"osvitlo/internal/i18n"
	"osvitlo/locales"
)

func TestEveryMessageIsInBothLanguages(t *testing.T) {
	t.Parallel()
	b, err := i18n.Load(locales.FS)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(b.Keys("uk"), b.Keys("en")); diff != "" {
		t.Fatalf("keys differ (-uk +en):\n%s", diff)
	}
	if len(b.Keys("uk")) == 0 {
		t.Fatal("no messages at all")
	}
}

func TestPluralsFollowTheLanguage(t *testing.T) {
	t.Parallel()
	b, err := i18n.Load(fstest.MapFS{
		"a.uk.toml": {Data: []byte("[people]\none = \"{{.Count}} людина\"\nfew = \"{{.Count}} людини\"\nmany = \"{{.Count}} людей\"\nother = \"{{.Count}} людини\"\n")},
		"a.en.toml": {Data: []byte("[people]\none = \"{{.Count}} person\"\nother = \"{{.Count}} people\"\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range map[int64]string{1: "1 людина", 3: "3 людини", 11: "11 людей", 21: "21 людина", 12345: "12\u202f345 людей"} {
		if got := b.Lang("uk").N("people", n, nil); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
	if got := b.Lang("en").N("people", 1, nil); got != "1 person" {
		t.Errorf("en: %q", got)
	}
	if got := b.Lang("de").T("no.such", nil); got != "no.such" {
		t.Errorf("missing key: %q", got)
	}
}

func TestNumbersAndDates(t *testing.T) {
	t.Parallel()
	b, err := i18n.Load(locales.FS)
	if err != nil {
		t.Fatal(err)
	}
	uk, en := b.Lang("uk"), b.Lang("en")
	night := time.Date(2026, 11, 20, 22, 30, 0, 0, time.UTC) // half past midnight in Kyiv
	for _, c := range []struct{ got, want string }{
		{uk.Number(47.25, 1), "47,2"},
		{uk.Number(-1234567.5, 1), "−1\u202f234\u202f567,5"},
		{uk.Number(-0.01, 1), "0,0"},
		{en.Number(12345.6, 1), "12,345.6"},
		{uk.Int(1200), "1\u202f200"},
		{uk.Int(-9223372036854775808), "−9\u202f223\u202f372\u202f036\u202f854\u202f775\u202f808"},
		{uk.Date(night), "21\u00a0листопада\u00a02026"},
		{en.DateTime(night), "21\u00a0November\u00a02026, 00:30"},
		{uk.Date(time.Time{}), "–"},
		{i18n.NoBreak("у місті — це не все"), "у\u00a0місті\u00a0— це\u00a0не\u00a0все"},
		{i18n.NoBreak("чого ви хотіли б навчитися"), "чого ви\u00a0хотіли\u00a0б навчитися"},
		{i18n.NoBreak("від 81 до 84, за 30 днів"), "від 81 до\u00a084, за\u00a030\u00a0днів"},
		{i18n.NoBreak("потрібно 70 %, вийшло 100 %."), "потрібно 70\u00a0%, вийшло 100\u00a0%."},
		{i18n.NoBreak("у групах до 10 відповідей"), "у\u00a0групах до\u00a010 відповідей"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestBadLocaleFileIsNamed(t *testing.T) {
	t.Parallel()
	for name, files := range map[string]fstest.MapFS{
		"language": {"a.xx.toml": {Data: []byte("")}},
		"syntax":   {"a.uk.toml": {Data: []byte("[[[")}},
		"twice":    {"a.uk.toml": {Data: []byte("[x]\nother='1'\n")}, "b.uk.toml": {Data: []byte("[x]\nother='2'\n")}},
	} {
		if _, err := i18n.Load(files); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
