package course

import (
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
)

// Fields is every kind of data this package holds about a person, for the table that
// a lawyer reads (person.Fields).
func Fields() []person.Field {
	agreed := i18n.Text{UK: "згода людини на облік навчання", EN: "consent of the person to a record of learning"}
	nobody := i18n.Text{UK: "нікому", EN: "nobody"}
	mentor := i18n.Text{UK: "ментор групи", EN: "the mentor of the group"}
	editors := i18n.Text{UK: "редактори курсів, без особи", EN: "editors of courses, without the person"}
	return []person.Field{
		{Kind: "learning", Stored: "course_tracks", What: i18n.Text{UK: "пройдені уроки, результати вправ, підсумкові спроби", EN: "lessons taken, results of activities, tries of final checks"}, Basis: agreed, Recipient: nobody},
		{Kind: "learning", Stored: "course_proofs", What: i18n.Text{UK: "результати перевірки до і після курсу", EN: "results of the check before and after a course"}, Basis: agreed, Recipient: nobody},
		{Kind: "learning", Stored: "course_feedback", What: i18n.Text{UK: "чи допоміг урок, коментар без номерів і адрес", EN: "whether a lesson helped, a comment without numbers and addresses"}, Basis: agreed, Recipient: editors},
		{Kind: "learning", Stored: "course_enrolments, course_claims, course_attendance", What: i18n.Text{UK: "місце в групі, відвідування занять", EN: "seat in a group, attendance"}, Basis: agreed, Recipient: mentor},
	}
}

// Periods is how long they are kept (person.Periods).
func Periods() []person.Period {
	return []person.Period{{Kind: "learning", Keep: i18n.Text{
		UK: "поки існує рахунок; без рахунку — 400 днів після останнього уроку на пристрої",
		EN: "as long as the account; without an account 400 days after the last lesson on the device"}, For: KeepDevice}}
}
