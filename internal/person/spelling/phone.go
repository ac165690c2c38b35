package spelling

import (
	"strings"
	"unicode"

	"osvitlo/internal/fault"
)

// maxPhone bounds a typed phone number, in bytes.
const maxPhone = 60

// Phone brings a typed number to E.164. Numbers without a plus are Ukrainian:
// 050 123 45 67, 380501234567 and 80501234567 are one number. Errors: Invalid with
// the field "phone".
func Phone(text string) (string, error) {
	bad := func(key string) error { return fault.InvalidFields(fault.Field{Pointer: "phone", Key: key}) }
	text = strings.TrimSpace(text)
	if text == "" {
		return "", bad("person.phone_empty")
	}
	if len(text) > maxPhone {
		return "", bad("person.phone_digits")
	}
	var digits []byte
	plus := false
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			digits = append(digits, byte(r))
		case r == '+' || r == '＋':
			if plus || len(digits) > 0 {
				return "", bad("person.phone_digits")
			}
			plus = true
		case unicode.IsSpace(r), strings.ContainsRune("()-–—‑./", r), unicode.Is(unicode.Cf, r):
		default:
			return "", bad("person.phone_digits")
		}
	}
	n := string(digits)
	if !plus {
		switch {
		case strings.HasPrefix(n, "00") && len(n) > 10:
			n, plus = n[2:], true
		case len(n) == 10 && n[0] == '0':
			n = "38" + n
		case len(n) == 11 && strings.HasPrefix(n, "80"):
			n = "3" + n
		case len(n) == 9 && n[0] != '0':
			n = "380" + n
		case len(n) == 12 && strings.HasPrefix(n, "380"):
		default:
			return "", bad("person.phone_digits")
		}
	}
	if strings.HasPrefix(n, "380") && (len(n) != 12 || n[3] == '0') {
		return "", bad("person.phone_digits")
	}
	if len(n) < 8 || len(n) > 15 || n[0] == '0' {
		return "", bad("person.phone_digits")
	}
	return "+" + n, nil
}

// Tail is the last four digits of a number in E.164.
func Tail(phone string) string {
	if len(phone) < 4 {
		return ""
	}
	return phone[len(phone)-4:]
}
