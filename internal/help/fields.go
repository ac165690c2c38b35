package help

import (
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
)

// Fields is what the hotline holds about people, for the table that a lawyer reads.
func Fields() []person.Field {
	asked := i18n.Text{UK: "прохання людини відповісти їй", EN: "the person's request for an answer"}
	operators := i18n.Text{UK: "оператор, який тримає звернення; читання записано", EN: "the operator who holds the question; readings are recorded"}
	return []person.Field{
		{Kind: "help", Stored: "help_questions.sealed", What: i18n.Text{UK: "текст звернення, ім’я (якщо назвали), телефон або пошта для відповіді — зашифровано", EN: "text of the question, name if given, phone or e-mail for the answer: encrypted"}, Basis: asked, Recipient: operators},
		{Kind: "help", Stored: "help_questions.masked, help_questions.topic, help_questions.notes, help_questions.answer", What: i18n.Text{UK: "звернення без чисел і адрес, тема, нотатки й відповідь операторів (зашифровано)", EN: "the question without numbers and addresses, topic, notes and answer of operators (encrypted)"}, Basis: asked,
			Recipient: i18n.Text{UK: "оператори лінії допомоги", EN: "operators of the help line"}},
		{Kind: "help", Stored: "help_questions.by, help_questions.who, help_articles.by, help_settings.by", What: i18n.Text{UK: "хто з персоналу записав, відповів, змінив", EN: "who of the staff wrote down, answered, changed"},
			Basis: i18n.Text{UK: "доказ дій персоналу", EN: "proof of what staff did"}, Recipient: i18n.Text{UK: "оператори й редактори міста", EN: "the city's operators and editors"}},
	}
}

// Periods is how long it is kept.
func Periods() []person.Period {
	return []person.Period{{Kind: "help", Keep: i18n.Text{
		UK: "звернення з усім текстом — 90 днів після відповіді, без відповіді — 180 днів; людина стирає його сама на сторінці звернення; далі лише підрахунки за місяцями",
		EN: "a question with all of its text 90 days after the answer, 180 days without one; the person erases it on its page; then counts by month only"}}}
}
