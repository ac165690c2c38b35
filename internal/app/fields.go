package app

import (
	"slices"

	"osvitlo/internal/course"
	"osvitlo/internal/course/draft"
	"osvitlo/internal/coursepack"
	"osvitlo/internal/credential"
	"osvitlo/internal/eservice"
	"osvitlo/internal/event"
	"osvitlo/internal/help"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution/lab"
	"osvitlo/internal/institution/portrait"
	"osvitlo/internal/institution/staffing"
	"osvitlo/internal/itembank"
	"osvitlo/internal/person"
	"osvitlo/internal/xapi"
)

// fields are the data about people that other packages hold, for the table that a
// lawyer reads. The package of people adds its own.
func fields() []person.Field {
	return slices.Concat(answerFields(), course.Fields(), draft.Fields(), coursepack.Fields(), xapi.Fields(), credential.Fields(), itembank.Fields(), eservice.Fields(), help.Fields(), event.Fields(), roundFields(), staffing.Fields(), planFields(), lab.Fields(), portrait.Fields(), []person.Field{mediaField, placeField})
}

// mediaField is who brought a file: as long as the file, like acts on items.
var mediaField = person.Field{Kind: "items", Stored: "assets.by", What: i18n.Text{UK: "хто з персоналу додав файл", EN: "who of the staff brought a file"},
	Basis: i18n.Text{UK: "доказ дій персоналу", EN: "proof of what staff did"}, Recipient: i18n.Text{UK: "редактори міста", EN: "the city's editors"}}

// placeField is who of the staff answers for a place, confirmed or hid it, who imported.
var placeField = person.Field{Kind: "items", Stored: "places.lead, places.confirmed_by, places.hidden, places.photos, place_imports.by, place_import_rows, institution_imports.by",
	What:  i18n.Text{UK: "хто з персоналу відповідає за місце, підтвердив чи сховав його, хто імпортував", EN: "who of the staff answers for a place, confirmed or hid it, who imported"},
	Basis: i18n.Text{UK: "доказ дій персоналу", EN: "proof of what staff did"}, Recipient: i18n.Text{UK: "персонал міста", EN: "the city's staff"}}

// periods is how long they are kept.
func periods() []person.Period {
	return slices.Concat(answerPeriods(), course.Periods(), credential.Periods(), help.Periods(), itembank.Periods(), roundPeriods(), staffing.Periods())
}

// answerFields are the sittings: they know no person. Who attached one to an account is
// a claim of the package of people.
func answerFields() []person.Field {
	statistics := i18n.Text{UK: "згода на статистику перед тестом", EN: "consent to statistics before the test"}
	published := i18n.Text{UK: "лише зведені дані від 10 осіб; знеособлені рядки дослідникам за окремою згодою", EN: "only aggregates of 10 people and more; rows without identity to researchers under a consent of its own"}
	nobody := i18n.Text{UK: "нікому", EN: "nobody"}
	return []person.Field{
		{Kind: "answers", Stored: "sittings.answers", What: i18n.Text{UK: "відповіді тесту без імені", EN: "answers of the test without a name"}, Basis: statistics, Recipient: published},
		{Kind: "answers", Stored: "sittings.respondent", What: i18n.Text{UK: "вік за групами, стать, район, чи є інтернет, де живе — кожне можна не сказати", EN: "age group, sex, district, internet, where the person lives: each may be refused"}, Basis: statistics, Recipient: published},
		{Kind: "answers", Stored: "sittings.score, sittings.tally", What: i18n.Text{UK: "результат тесту", EN: "result of the test"}, Basis: statistics, Recipient: published},
		{Kind: "answers", Stored: "sitting_claims, sittings.device, sittings.account, sittings.spent, sittings.quality, sittings.log", What: i18n.Text{UK: "відбиток пристрою чи рахунку в межах хвилі, час відповідей, ознаки якості", EN: "hash of the device or account within a wave, times of answers, flags of quality"}, Basis: statistics, Recipient: nobody},
		{Kind: "answers", Stored: "sittings.helper, sittings.decision", What: i18n.Text{UK: "під чиїм кодом записано відповіді, хто з аналітиків вирішив щодо затриманих", EN: "under whose token the answers came, which analyst decided on held ones"},
			Basis: i18n.Text{UK: "доказ дій персоналу", EN: "proof of what staff did"}, Recipient: nobody},
	}
}

func answerPeriods() []person.Period {
	return []person.Period{{Kind: "answers", Keep: i18n.Text{
		UK: "незавершений тест — 14 днів; завершений — безстроково для порівняння хвиль, без особи; людина стирає їх сама за посиланням результату або з рахунком",
		EN: "an unfinished test 14 days; a finished one without end, to compare waves, without a person; the person erases them at the address of the result or with the account"}}}
}
