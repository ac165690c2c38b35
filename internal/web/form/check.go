package form

import (
	"errors"
	"reflect"
	"strings"

	"github.com/go-playground/validator/v10"

	"osvitlo/internal/fault"
)

// rules is the validator; it caches what it learns of a struct and is safe for
// concurrent use.
var rules = newRules()

func newRules() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(func(f reflect.StructField) string {
		name, _, _ := strings.Cut(f.Tag.Get("form"), ",")
		return name
	})
	return v
}

// check runs the validate tags. Fields in skip could not be read and have their fault already.
func check(dst any, skip map[string]bool) ([]fault.Field, error) {
	err := rules.Struct(dst)
	if err == nil {
		return nil, nil
	}
	var wrong validator.ValidationErrors
	if !errors.As(err, &wrong) {
		return nil, fault.From(err, fault.Internal, "")
	}
	var faults []fault.Field
	for _, one := range wrong {
		if skip[one.Field()] {
			continue
		}
		key, args := explain(one, choiceOf(dst, one.StructField()))
		faults = append(faults, fault.Field{Pointer: one.Field(), Key: key, Args: args})
	}
	return faults, nil
}

// choiceOf tells whether the field is filled by choosing.
func choiceOf(dst any, field string) bool {
	f, ok := reflect.TypeOf(dst).Elem().FieldByName(field)
	if !ok {
		return false
	}
	_, mode, _ := strings.Cut(f.Tag.Get("form"), ",")
	return mode == "choice"
}

func explain(one validator.FieldError, choice bool) (string, map[string]any) {
	limit := func(name string) map[string]any { return map[string]any{name: one.Param()} }
	number := false
	switch one.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Float64:
		number = true
	}
	list := one.Kind() == reflect.Slice || one.Kind() == reflect.Map
	switch one.Tag() {
	case "required", "required_if", "required_with", "required_without":
		if choice {
			return KeyChoose, nil
		}
		return KeyRequired, nil
	case "oneof":
		return KeyChoice, nil
	case "max", "lte":
		switch {
		case list:
			return KeyMany, limit("Max")
		case number:
			return KeyLarge, limit("Max")
		}
		return KeyLong, limit("Max")
	case "min", "gte":
		switch {
		case list:
			return KeyChoose, nil
		case number:
			return KeySmall, limit("Min")
		}
		return KeyShort, limit("Min")
	}
	return KeyBad, nil
}
