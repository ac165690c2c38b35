package i18n

// Text is a human text of the content in both languages.
type Text struct {
	UK string `yaml:"uk" json:"uk"`
	EN string `yaml:"en" json:"en"`
}

// In returns the text in a language; Ukrainian where the other is empty.
func (t Text) In(lang string) string {
	if lang == English && t.EN != "" {
		return t.EN
	}
	return t.UK
}

// IsZero tells whether there is no text at all.
func (t Text) IsZero() bool { return t.UK == "" && t.EN == "" }
