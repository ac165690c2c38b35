package app

import (
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/person"
	"osvitlo/internal/web"
	"osvitlo/internal/web/answers"
	"osvitlo/internal/web/assets"
	"osvitlo/internal/web/credential"
	"osvitlo/internal/web/employers"
	"osvitlo/internal/web/events"
	webhelp "osvitlo/internal/web/help"
	"osvitlo/internal/web/labs"
	"osvitlo/internal/web/learning"
	"osvitlo/internal/web/mentor"
	"osvitlo/internal/web/office"
	"osvitlo/internal/web/packages"
	"osvitlo/internal/web/places"
	"osvitlo/internal/web/plans"
	"osvitlo/internal/web/register"
	"osvitlo/internal/web/resident"
	"osvitlo/internal/web/rounds"
	"osvitlo/internal/web/school"
	"osvitlo/internal/web/schools"
	"osvitlo/internal/web/selfdesc"
	"osvitlo/internal/web/services"
	"osvitlo/internal/web/waves"
)

// officePages builds the pages of the office; the menu it makes stands on the staff
// pages of other packages too.
func (a *App) officePages(s site) (web.Part, error) {
	venues := func() (list []office.Place) {
		for _, v := range a.Venues() {
			list = append(list, office.Place{ID: v.ID, Name: v.Name})
		}
		for _, i := range a.Institutions.List(institution.Filter{State: institution.Working}) {
			list = append(list, office.Place{ID: i.ID, Name: i.Name(), Kind: person.Institution})
		}
		if _, known := a.Institutions.ByID(demoSchool); a.Demo() && !known {
			list = append(list, office.Place{ID: demoSchool, Name: demoSchoolName, Kind: person.Institution})
		}
		return list
	}
	h, err := office.New(office.Options{Pages: s.pages, Words: a.words, People: a.People, Audit: a.Audit, Jobs: a.Jobs, Outbox: a.Outbox,
		Inbox: a.Inbox, Sittings: a.Sittings, Index: a.Index, Waves: a.Waves, Places: venues, City: s.city,
		More: []office.Section{
			{ID: "waves", Href: waves.Address, Text: i18n.Text{UK: "Хвилі", EN: "Waves"}, Act: person.IndexInternal},
			{ID: "items", Href: "/office/items", Text: i18n.Text{UK: "Завдання", EN: "Items"}, Act: person.ContentEdit},
			{ID: "certificates", Href: credential.Office, Text: certificates, Act: person.ContentEdit},
			{ID: "courses", Href: learning.OfficeAddress, Text: i18n.Text{UK: "Курси", EN: "Courses"}, Act: person.CourseEdit},
			{ID: "places", Href: places.Office, Text: i18n.Text{UK: "Місця", EN: "Places"}, Act: person.PlaceHide},
			{ID: "events", Href: events.Office, Text: i18n.Text{UK: "Події", EN: "Events"}, Act: person.EventBook},
			{ID: "services", Href: services.Office, Text: i18n.Text{UK: "Інструкції", EN: "Instructions"}, Act: person.ContentEdit},
			{ID: "warnings", Href: services.OfficeWarn, Text: i18n.Text{UK: "Увага, шахраї", EN: "Fraud warnings"}, Act: person.ContentEdit},
			{ID: "service-use", Href: services.Office + "/use", Text: i18n.Text{UK: "Користування е-послугами", EN: "Use of e-services"}, Act: person.OfficeRead},
			{ID: "media", Href: assets.Address, Text: i18n.Text{UK: "Файли", EN: "Files"}, Act: person.ContentEdit},
			{ID: "exchange", Href: packages.Exchange, Text: i18n.Text{UK: "Перенесення курсів", EN: "Carrying courses"}, Act: person.CourseEdit},
			{ID: "xapi", Href: packages.Statements, Text: i18n.Text{UK: "Дії навчання (xAPI)", EN: "Learning acts (xAPI)"}, Act: person.IndexInternal},
			{ID: "packages", Href: packages.Address, Text: i18n.Text{UK: "Вправи SCORM і H5P", EN: "SCORM and H5P"}, Act: person.ContentEdit},
			{ID: "help", Href: webhelp.Office, Text: i18n.Text{UK: "Звернення", EN: "Questions"}, Act: person.HelpAnswer},
			{ID: "help-new", Href: webhelp.Office + "/new", Text: i18n.Text{UK: "Записати питання", EN: "Write a question down"}, Act: person.HelpTake},
			{ID: "calls", Href: resident.Calls, Text: i18n.Text{UK: "Тест телефоном", EN: "The test by phone"}, Act: person.SittingPhone},
			{ID: "help-articles", Href: webhelp.Articles, Text: i18n.Text{UK: "Відповіді для всіх", EN: "Answers for everybody"}, Act: person.HelpEdit},
			{ID: "help-stats", Href: webhelp.Stats, Text: i18n.Text{UK: "Що питають", EN: "What people ask"}, Act: person.OfficeRead},
			{ID: "answers", Href: answers.Address, Text: i18n.Text{UK: "Відповіді", EN: "Answers"}, Act: person.IndexInternal},
		},
		Bodies: []office.Section{
			{ID: "school", Href: school.Address, Text: i18n.Text{UK: "Мій заклад", EN: "My institution"}, Act: person.SchoolRead},
			{ID: "plan", Href: plans.Own, Text: i18n.Text{UK: "План цифровізації", EN: "Plan of digitalisation"}, Act: person.SchoolRead},
			{ID: "employer", Href: employers.Address, Text: i18n.Text{UK: "Мої працівники", EN: "My people"}, Act: person.SchoolRead},
			{ID: "officials", Href: employers.Officials, Text: i18n.Text{UK: "Посадовці й роботодавці", EN: "Officials and employers"}, Act: person.ProgrammeEdit},
			{ID: "schools", Href: schools.Office, Text: i18n.Text{UK: "Результати закладів", EN: "Results of institutions"}, Act: person.IndexInternal},
			{ID: "plans", Href: plans.Office, Text: i18n.Text{UK: "Плани закладів", EN: "Plans of institutions"}, Act: person.IndexInternal},
			{ID: "self-description", Href: selfdesc.School, Text: i18n.Text{UK: "Самоопис закладу", EN: "Self-description"}, Act: person.SchoolRead},
			{ID: "labs", Href: labs.School, Text: i18n.Text{UK: "Цифрові лабораторії", EN: "Digital laboratories"}, Act: person.SchoolRead},
			{ID: "self-descriptions", Href: selfdesc.Office, Text: i18n.Text{UK: "Самоописи закладів", EN: "Self-descriptions"}, Act: person.IndexInternal},
			{ID: "office-labs", Href: labs.Office, Text: i18n.Text{UK: "Лабораторії закладів", EN: "Laboratories of institutions"}, Act: person.IndexInternal},
			{ID: "rounds", Href: rounds.Rounds, Text: i18n.Text{UK: "Моніторинг закладів", EN: "Monitoring of institutions"}, Act: person.RoundOpen},
			{ID: "institutions", Href: register.Institutions, Text: i18n.Text{UK: "Реєстр закладів", EN: "Register of institutions"}, Act: person.InstitutionEdit},
		},
		Origin: a.config.PublicURL, Log: a.log, Now: a.now})
	if err != nil {
		return nil, err
	}
	a.desk = h
	return h, nil
}

func (a *App) mentorPages(s site) (web.Part, error) {
	places := func() (list []mentor.Place) {
		for _, v := range a.Venues() {
			list = append(list, mentor.Place{ID: v.ID, Name: v.Name})
		}
		return list
	}
	return mentor.New(mentor.Options{Pages: s.pages, Warnings: a.fraud, Words: a.words, People: a.People, Places: places, City: s.city,
		Origin: a.config.PublicURL, OverTLS: s.overTLS, Log: a.log, Now: a.now})
}

func (a *App) wavePages(s site) (web.Part, error) {
	var list []waves.Instrument
	for _, slug := range a.Sittings.Catalogue().Slugs() {
		list = append(list, waves.Instrument{Slug: slug, Title: a.instrumentTitle(slug)})
	}
	return waves.New(waves.Options{Pages: s.pages, Words: a.words, Plans: a.Waves, Index: a.Index, Audit: a.Audit,
		Instruments: list, Districts: a.margins.Districts, Menu: a.desk.Menu, Now: a.now})
}

// instrumentTitle is what an instrument is called, by its newest version.
func (a *App) instrumentTitle(slug string) i18n.Text {
	if all := a.Sittings.Catalogue().Versions(slug); len(all) > 0 {
		return all[len(all)-1].Instrument.Title
	}
	return i18n.Text{UK: slug, EN: slug}
}
