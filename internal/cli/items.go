package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"osvitlo/internal/app"
	inner "osvitlo/internal/content"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
	"osvitlo/internal/interchange"
)

// Formats of items that other programs know.
const (
	formatQTI  = "qti"
	formatGIFT = "gift"
)

// itemsExport writes knowledge items for other programs, and tells what they lose.
func itemsExport(_ context.Context, t *term) (err error) {
	format, lang, name, only, err := t.itemFlags()
	if err != nil {
		return err
	}
	if len(t.args) > 0 {
		return fmt.Errorf("%w: %s", errUsage, strings.Join(t.args, " "))
	}
	if format == "" {
		return fmt.Errorf("%w: --format qti|gift", errUsage)
	}
	lib, problems := app.Shipped(time.Now())
	if inner.Failed(problems) {
		return fault.Newf(fault.Invalid, "", "%s", t.say("запитання мають помилки: content check", "the items have errors: content check"))
	}
	var items []*instrument.Item
	for _, it := range lib.Items() {
		if it.Scored() && (only == "" || it.Competence == only || strings.HasPrefix(it.Competence, only+".")) {
			items = append(items, it)
		}
	}
	if len(items) == 0 {
		return fault.Newf(fault.NotFound, "", t.say("немає запитань для «%s»", "no items for %q"), only)
	}
	w, closing, err := t.toFile(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closing()) }()
	var report interchange.Report
	if format == formatQTI {
		report, err = interchange.ExportQTI(w, items)
	} else {
		slices.SortStableFunc(items, func(a, b *instrument.Item) int { return strings.Compare(a.Competence, b.Competence) })
		report, err = interchange.ExportGIFT(w, items, lang)
	}
	if err != nil {
		return err
	}
	t.report(t.err, report)
	fmt.Fprintf(t.err, t.say("Записано запитань: %d, не записано: %d.\n", "Items written: %d, left out: %d.\n"), len(items)-report.Lost(), report.Lost())
	return nil
}

// itemsImport reads items of other programs and writes drafts in our own form.
func itemsImport(_ context.Context, t *term) (err error) {
	format, lang, name, _, err := t.itemFlags()
	if err != nil {
		return err
	}
	onlyReport := t.cut("--report")
	if len(t.args) != 1 {
		return fmt.Errorf("%w: %s", errUsage, t.say("один файл", "one file"))
	}
	file := t.args[0]
	raw, err := readBounded(file, max(interchange.MaxPackage, interchange.MaxGIFT))
	if err != nil {
		return err
	}
	if format == "" {
		format = formatGIFT
		if ext := strings.ToLower(filepath.Ext(file)); ext == ".zip" || ext == ".xml" || strings.HasPrefix(string(raw), "PK") {
			format = formatQTI
		}
	}
	var got interchange.Imported
	if format == formatQTI {
		got, err = interchange.ImportQTI(raw, lang)
	} else {
		got, err = interchange.ImportGIFT(filepath.Base(file), raw, lang)
	}
	if err != nil {
		return err
	}
	drafts := &strings.Builder{}
	if err := interchange.WriteYAML(drafts, got.Items); err != nil {
		return err
	}
	to := t.err
	if onlyReport {
		to = t.out
	}
	t.report(to, got.Report)
	if err := t.wanting(to, drafts.String(), got.Items); err != nil {
		return err
	}
	fmt.Fprintf(to, t.say("Прочитано запитань: %d, не перенесено: %d.\n", "Items read: %d, left out: %d.\n"), len(got.Items), got.Report.Lost())
	if onlyReport {
		return nil
	}
	w, closing, err := t.toFile(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closing()) }()
	_, err = io.WriteString(w, drafts.String())
	return err
}

// itemFlags takes the flags that both commands know.
func (t *term) itemFlags() (format, lang, name, only string, err error) {
	for _, f := range []struct {
		flag, otherwise string
		to              *string
	}{{"--format", "", &format}, {"--lang", t.lang, &lang}, {"--out", "-", &name}, {"--competence", "", &only}} {
		if *f.to, err = t.option(f.flag, f.otherwise); err != nil {
			return "", "", "", "", err
		}
	}
	if format != "" && format != formatQTI && format != formatGIFT {
		return "", "", "", "", fmt.Errorf("%w: --format %s", errUsage, format)
	}
	if !i18n.Known(lang) {
		return "", "", "", "", fmt.Errorf("%w: --lang %s", errUsage, lang)
	}
	return format, lang, name, only, nil
}

func (t *term) report(w io.Writer, r interchange.Report) {
	for _, n := range r.Notes {
		fmt.Fprintln(w, n.In(t.lang))
	}
}

// wanting tells what a draft lacks to be an item of the bank, and which ids are taken.
func (t *term) wanting(w io.Writer, drafts string, items []*instrument.Item) error {
	lib, _ := app.Shipped(time.Now())
	d, err := inner.Parse("drafts.yaml", []byte(drafts))
	if err != nil {
		return err
	}
	for i, it := range items {
		if _, err := lib.Item(it.ID); err == nil {
			fmt.Fprintf(w, t.say("%s: таке запитання вже є в банку\n", "%s: the bank has such an item already\n"), it.ID)
		}
		for _, p := range inner.CheckItem(d, fmt.Sprintf("/items/%d", i), time.Now()) {
			if p.Severity == instrument.Error {
				fmt.Fprintln(w, p)
			}
		}
	}
	return nil
}

// readBounded reads a file of at most so many bytes.
func readBounded(name string, most int64) (raw []byte, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fault.From(err, fault.NotFound, "")
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	raw, err = io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(raw)) > most {
		err = fault.Newf(fault.TooLarge, "", "%s: > %d bytes", filepath.Base(name), most)
	}
	return raw, err
}
