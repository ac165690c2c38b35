package person

import (
	"encoding/csv"
	"io"
	"strings"

	"osvitlo/internal/i18n"
)

// Notice says who answers for the data (law 2297-VI asks for it). Version grows with
// every change of the text, also of the tables in the code: it is set in the
// configuration by whoever had the text read.
type Notice struct {
	Version   int
	Owner     i18n.Text // володілець
	Processor i18n.Text // розпорядник; empty: the owner itself
	Contact   string    // how to reach whoever answers
	CheckedBy string    // lawyer who signed, with the date; empty: nobody has
}

// Notice is who asks, as configured: pages show the texts of its version.
func (s *Service) Notice() Notice { return s.cfg.Notice }

// Field is one kind of data in the table that a lawyer reads.
type Field struct {
	Kind      string    // as in Periods
	Stored    string    // collection and member
	What      i18n.Text // in plain words
	Basis     i18n.Text
	Recipient i18n.Text
}

func both(uk, en string) i18n.Text { return i18n.Text{UK: uk, EN: en} }

var (
	basisConsent = both("згода людини", "consent of the person")
	basisDuty    = both("обов’язок перед людиною: безпека рахунку", "duty to the person: safety of the account")
	basisRecord  = both("доказ згоди й дій персоналу", "proof of consent and of what staff did")
	nobody       = both("нікому", "nobody")
	mentors      = both("ментори місця, де людина навчається", "mentors of the venue where the person learns")
)

// Fields is every kind of data that this package holds about a person.
func Fields() []Field {
	return []Field{
		{"account", "people._id", both("номер рахунку без імені", "number of the account without a name"), basisConsent, nobody},
		{"account", "people.sealed.name", both("ім’я, якщо людина його назвала", "name, if the person gave one"), basisConsent, mentors},
		{"account", "people.sealed.born", both("рік народження", "year of birth"), basisConsent, mentors},
		{"account", "people.sealed.adult", both("слова людини, що їй є 18", "the person's word to be 18"), basisConsent, mentors},
		{"account", "people.sealed.phone", both("номер телефону", "phone number"), basisConsent, mentors},
		{"account", "people.sealed.email", both("електронна адреса", "e-mail address"), basisConsent, mentors},
		{"account", "people.terms", both("ключовані відбитки для пошуку", "keyed hashes for search"), basisConsent, nobody},
		{"account", "people.places", both("місця, де людина навчається", "venues where the person learns"), basisConsent, mentors},
		{"account", "people.lang, people.prefs", both("мова та зручності читання", "language and reading preferences"), basisConsent, nobody},
		{"account", "people.made, people.seen", both("день створення та останнього входу", "day of making and of the last sign-in"), basisDuty, nobody},
		{"account", "person_claims", both("відбитки телефону, адреси, входу через службу; номери прикріплених тестів", "hashes of phone, address and identity; numbers of attached sittings"), basisConsent, nobody},
		{"consents", "person_consents", both("на що і коли людина погодилась, хто засвідчив", "what the person agreed to and when, who witnessed"), basisRecord, nobody},
		{"secrets", "person_cards, person_secrets, person_codes", both("відбитки карток, кодів, ключів входу", "hashes of cards, codes, keys"), basisDuty, nobody},
		{"sessions", "sessions", both("де людина увійшла: пристрій і час", "where the person is signed in: device and time"), basisDuty, nobody},
		{"staff", "person_accounts", both("ролі персоналу", "roles of staff"), basisRecord, nobody},
		{"merges", "person_merges, person_pairs", both("хто з ким об’єднаний", "who was joined to whom"), basisRecord, mentors},
		{"receipts", "person_receipts", both("номер квитанції про стирання, без особи", "number of the receipt of an erasure, without a person"), basisRecord, nobody},
		{"audit", "audit", both("хто що робив із даними, за номерами", "who did what with data, by numbers"), basisRecord, nobody},
		{"mail", "outbox", both("листи й SMS, які чекають надсилання, запечатані", "mails and short messages that wait to be sent, sealed"), basisDuty, both("поштовий сервер міста; служба SMS, якщо вона є", "the city's mail server; the service of short messages, if there is one")},
	}
}

// Fields is every kind of data about people on the site: this package's and others'.
func (s *Service) Fields() []Field { return append(Fields(), s.cfg.Fields...) }

// WriteFields writes the file for the city's lawyer: every field of the site with its
// basis, period and recipient, in one language.
func (s *Service) WriteFields(w io.Writer, lang string) error {
	out, n := csv.NewWriter(w), s.cfg.Notice
	checked := n.CheckedBy
	if checked == "" {
		checked = "—"
	}
	rows := [][]string{
		{both("Володілець", "Owner").In(lang), n.Owner.In(lang)},
		{both("Розпорядник", "Processor").In(lang), n.Processor.In(lang)},
		{both("Перевірено юристом", "Checked by a lawyer").In(lang), checked},
		{both("дані", "data").In(lang), both("де", "where").In(lang), both("підстава", "basis").In(lang), both("строк", "period").In(lang), both("кому передають", "recipient").In(lang)},
	}
	terms := map[string]string{}
	for _, p := range s.Periods() {
		terms[p.Kind] = p.Keep.In(lang)
	}
	for _, f := range s.Fields() {
		rows = append(rows, []string{f.What.In(lang), f.Stored, f.Basis.In(lang), terms[f.Kind], f.Recipient.In(lang)})
	}
	for _, row := range rows {
		for i := range row {
			row[i] = Cell(row[i])
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// Cell makes a text safe as a cell of CSV: a spreadsheet takes one that begins with
// = + - @ or a tab for a formula, so such a text gets an apostrophe in front.
func Cell(text string) string {
	trimmed := strings.TrimLeft(text, " \u00a0\ufeff")
	if trimmed != "" && strings.ContainsRune("=+-@\t\r\n|%＝＋－＠", firstRune(trimmed)) {
		return "'" + text
	}
	return text
}

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}
