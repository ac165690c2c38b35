package itembank

import (
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
)

// Fields is what this package holds about people, for the table that a lawyer reads
// (person.Fields): who of the staff said what about an item.
func Fields() []person.Field {
	return []person.Field{{Kind: "items", Stored: "item_events",
		What:      i18n.Text{UK: "хто з персоналу рецензував, зупинив чи затвердив завдання, з поясненням", EN: "who of the staff reviewed, held back or approved an item, with the reason"},
		Basis:     i18n.Text{UK: "доказ дій персоналу", EN: "proof of what staff did"},
		Recipient: i18n.Text{UK: "редактори й аналітики міста", EN: "the city's editors and analysts"}}}
}

// Periods is how long it is kept (person.Periods).
func Periods() []person.Period {
	return []person.Period{{Kind: "items", Keep: i18n.Text{UK: "поки існує завдання чи файл; після стирання людини лишається номер без особи", EN: "as long as the item or file; after an erasure of the person a number without a person is left"}}}
}
