package learning

import (
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/web/page"
)

// newCourse is the form of a course that is not there yet.
func (v *view) newCourse(typed url.Values, bad []fault.Field) error {
	p := v.editSheet("", v.e("new.title"))
	p.Lead = v.e("new.lead")
	f := page.Form{Action: OfficeAddress + "/new", Card: true, Buttons: []page.Button{{Text: v.e("new.go")}}, Parts: v.nameParts(typed, bad, "new.slug.hint")}
	p.Blocks = []page.Block{{Form: &f}}
	status := http.StatusOK
	if len(bad) > 0 {
		sum := page.Summary(v.w, bad, nil)
		p.Errors, p.Failed, status = &sum, true, http.StatusUnprocessableEntity
	}
	return v.showEdit(status, p)
}

// nameParts are the fields of a name and an address.
func (v *view) nameParts(typed url.Values, bad []fault.Field, hint string) []any {
	field := func(name string, plain bool, hint string) page.Field {
		f := page.Field{ID: page.FieldID(name), Name: name, Label: v.e("new." + name), Value: typed.Get(name), MaxLength: 200, Plain: plain, Error: page.FaultText(v.w, bad, name)}
		if hint != "" {
			f.Hint = v.e(hint)
		}
		return f
	}
	return []any{field("title_uk", false, ""), field("title_en", false, ""), field("slug", true, hint)}
}

func refusedFields(err error) []fault.Field {
	if f := fault.As(err); f != nil && f.Kind == fault.Invalid {
		return f.Fields
	}
	return nil
}

func (v *view) makeCourse() error {
	values, err := v.editForm()
	if err != nil {
		return err
	}
	a, name := v.editor()
	slug := values.Get("slug")
	if slug = strings.TrimSpace(slug); slug == "" {
		slug = slugOf(values.Get("title_en"), values.Get("title_uk"))
	}
	d, err := v.h.o.Drafts.New(v.ctx, a, name, slug, i18n.Text{UK: strings.TrimSpace(values.Get("title_uk")), EN: strings.TrimSpace(values.Get("title_en"))})
	if bad := refusedFields(err); len(bad) > 0 {
		return v.newCourse(values, bad)
	}
	if err != nil {
		return err
	}
	return v.done(atOffice(d.ID, "edit"), "made", "")
}

// latin writes Ukrainian letters in Latin ones, as passports do inside a word.
var latin = map[rune]string{'а': "a", 'б': "b", 'в': "v", 'г': "h", 'ґ': "g", 'д': "d", 'е': "e", 'є': "ie", 'ж': "zh", 'з': "z", 'и': "y", 'і': "i", 'ї': "i", 'й': "i",
	'к': "k", 'л': "l", 'м': "m", 'н': "n", 'о': "o", 'п': "p", 'р': "r", 'с': "s", 'т': "t", 'у': "u", 'ф': "f", 'х': "kh", 'ц': "ts", 'ч': "ch", 'ш': "sh", 'щ': "shch", 'ь': "", 'ю': "iu", 'я': "ia", '’': "", '\'': ""}

// slugOf makes an address of the first title that gives one.
func slugOf(titles ...string) string {
	for _, t := range titles {
		var b strings.Builder
		for _, r := range strings.ToLower(t) {
			switch s, ok := latin[r]; {
			case ok:
				b.WriteString(s)
			case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)):
				b.WriteRune(r)
			default:
				b.WriteByte(' ')
			}
		}
		slug := strings.Join(strings.Fields(b.String()), "-")
		if len(slug) > 48 {
			slug = strings.TrimRight(slug[:48], "-")
		}
		if slug != "" {
			return slug
		}
	}
	return ""
}
