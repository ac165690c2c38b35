// Package form reads a browser's form into a typed struct and says which fields are wrong.
//
// Guarantees: nothing is read beyond the bounds of Limits; every text in the struct is
// valid UTF-8 without control characters; numbers may be typed with a decimal comma and
// spaces; what can be read is set even when other fields are wrong, so a page can show
// again all that was typed; every fault names its field and a message that exists in
// both languages.
//
// The package knows shape only. What a value means is checked by the domain; words and
// pages are made by package page.
package form

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"

	"osvitlo/internal/fault"
)

// Limits bound a body.
type Limits struct {
	Bytes  int64 // of the whole body
	Fields int   // values in all
	Value  int   // bytes of one value
}

// Usual are the bounds of Decode: 64 KiB, 400 values, 16 KiB a value.
var Usual = Limits{Bytes: 64 << 10, Fields: 400, Value: 16 << 10}

// Message keys of this package, in locales/page.*.toml.
const (
	KeyRequired = "page.form.required"
	KeyChoose   = "page.form.choose"
	KeyChoice   = "page.form.choice"
	KeyLong     = "page.form.long"
	KeyShort    = "page.form.short"
	KeyNumber   = "page.form.number"
	KeySmall    = "page.form.small"
	KeyLarge    = "page.form.large"
	KeyMany     = "page.form.many"
	KeyText     = "page.form.text"
	KeyBad      = "page.form.bad"
)

// Decode reads the body of a POST (urlencoded or multipart without files) into dst, a
// pointer to a struct, within Usual, and validates it.
//
// Fields are named by tags: `form:"name"`. A second word changes the reading: "raw"
// keeps the spaces around a text, "choice" says a missing value with «Виберіть один
// варіант». `form:"pair.*"` on a map[string]string takes all fields with that prefix,
// by the rest of their names. Kinds: string, bool, signed integers, float64, pointers
// to numbers (nil when empty), []string and map[string]string. Rules are validator/v10
// tags (`validate:"required,max=40"`); a rule is not checked for a field that could not
// be read.
//
// Errors: Invalid with Fields (Pointer is the form's field name), Invalid without
// Fields for a body that is no form, TooLarge.
func Decode(r *http.Request, dst any) error { return DecodeWithin(r, dst, Usual) }

// DecodeWithin is Decode with other bounds.
func DecodeWithin(r *http.Request, dst any, limits Limits) (err error) {
	defer fault.Wrap(&err, "form.Decode")
	if r.Body != nil {
		r.Body = http.MaxBytesReader(nil, r.Body, limits.Bytes)
	}
	if err := parse(r, limits); err != nil {
		return err
	}
	return fill(r.PostForm, dst, limits)
}

// DecodeQuery is Decode for the query of a GET.
func DecodeQuery(r *http.Request, dst any) (err error) {
	defer fault.Wrap(&err, "form.DecodeQuery")
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return fault.Newf(fault.Invalid, "", "query: %w", err)
	}
	return fill(values, dst, Usual)
}

// Typed is what the person typed into a field, cleaned of what cannot be shown; for a
// field whose value could not be read. Call it after Decode.
func Typed(r *http.Request, name string) string {
	text := r.PostForm.Get(name)
	if len(text) > Usual.Value {
		text = text[:Usual.Value]
	}
	return strings.Map(func(c rune) rune {
		if c == utf8.RuneError || bad(c) {
			return -1
		}
		return c
	}, strings.ToValidUTF8(text, ""))
}

func parse(r *http.Request, limits Limits) error {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	var err error
	switch strings.ToLower(strings.TrimSpace(kind)) {
	case "multipart/form-data":
		err = r.ParseMultipartForm(limits.Bytes)
		if r.MultipartForm != nil {
			defer r.MultipartForm.RemoveAll()
			r.PostForm = r.MultipartForm.Value
		}
	case "application/x-www-form-urlencoded", "":
		err = r.ParseForm()
	default:
		return fault.Newf(fault.Invalid, "", "content type %q is no form", kind)
	}
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return fault.From(err, fault.TooLarge, "")
	case err != nil:
		return fault.From(err, fault.Invalid, "")
	}
	count := 0
	for _, all := range r.PostForm {
		count += len(all)
	}
	if count > limits.Fields {
		return fault.Newf(fault.Invalid, "", "%d values, at most %d", count, limits.Fields)
	}
	return nil
}

// fill sets the fields of dst and checks the rules of those that could be read.
func fill(values url.Values, dst any, limits Limits) error {
	v := reflect.ValueOf(dst)
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct {
		return fault.Newf(fault.Internal, "", "form: %T is not a pointer to a struct", dst)
	}
	v = v.Elem()
	var faults []fault.Field
	unread := map[string]bool{}
	for i := range v.NumField() {
		tag, ok := v.Type().Field(i).Tag.Lookup("form")
		if !ok || tag == "-" || !v.Field(i).CanSet() {
			continue
		}
		name, mode, _ := strings.Cut(tag, ",")
		if prefix, all := strings.CutSuffix(name, "*"); all {
			faults = append(faults, readMap(values, prefix, v.Field(i), limits)...)
			continue
		}
		key, args, err := read(values[name], v.Field(i), mode == "raw", limits)
		if err != nil {
			return fault.Newf(fault.Internal, "", "form: field %s: %w", v.Type().Field(i).Name, err)
		}
		if key != "" {
			unread[name] = true
			faults = append(faults, fault.Field{Pointer: name, Key: key, Args: args})
		}
	}
	checked, err := check(dst, unread)
	if err != nil {
		return err
	}
	faults = append(faults, checked...)
	if len(faults) == 0 {
		return nil
	}
	return fault.InvalidFields(inOrder(v.Type(), faults)...)
}

// inOrder puts the faults into the order of the struct's fields: the order of the page.
func inOrder(t reflect.Type, faults []fault.Field) []fault.Field {
	out := make([]fault.Field, 0, len(faults))
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("form"), ",")
		prefix, all := strings.CutSuffix(name, "*")
		for _, f := range faults {
			if name != "" && (f.Pointer == name || all && strings.HasPrefix(f.Pointer, prefix)) {
				out = append(out, f)
			}
		}
	}
	return out
}

// clean gives the text of a value, or the key of what is wrong with it.
func clean(text string, raw bool, limits Limits) (string, string, map[string]any) {
	if len(text) > limits.Value {
		return "", KeyLong, map[string]any{"Max": fmt.Sprint(limits.Value / 2)}
	}
	if !utf8.ValidString(text) || strings.ContainsFunc(text, bad) {
		return "", KeyText, nil
	}
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if !raw {
		text = strings.TrimSpace(text)
	}
	return text, "", nil
}

// bad tells control characters that no keyboard types into a form.
func bad(c rune) bool { return unicode.IsControl(c) && c != '\n' && c != '\r' && c != '\t' }
