package draft

import (
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
)

// Fields is what this package holds about people, for the table that a lawyer reads
// (person.Fields): who of the staff wrote and signed a course.
func Fields() []person.Field {
	return []person.Field{{Kind: "items", Stored: "course_drafts, course_versions",
		What:      i18n.Text{UK: "хто з персоналу писав, перевіряв і публікував курс; ім’я того, хто перевірив, видно всім", EN: "who of the staff wrote, reviewed and published a course; everybody sees the reviewer’s name"},
		Basis:     i18n.Text{UK: "доказ дій персоналу", EN: "proof of what staff did"},
		Recipient: i18n.Text{UK: "редактори міста; ім’я рецензента — усі", EN: "the city’s editors; the reviewer’s name: everybody"}}}
}
