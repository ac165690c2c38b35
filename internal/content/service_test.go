package content_test

import (
	"strings"
	"testing/fstest"
)

// soundService is an instruction without a fault.
const soundService = `number: 1
slug: portal
title: {uk: "Портал", en: "The portal"}
short: {uk: "Подати заяву без черги.", en: "Apply without queueing."}
kind: state
life_events: [pension]
purpose: {uk: "Тут подають заяву.", en: "Here you apply."}
who: {uk: "Кожна людина.", en: "Everybody."}
prepare:
  - {uk: "Паспорт.", en: "Passport."}
steps:
  - {id: one, text: {uk: "Відкрийте портал.", en: "Open the portal."}}
  - {id: two, text: {uk: "Увійдіть.", en: "Sign in."}}
  - {id: three, text: {uk: "Надішліть заяву.", en: "Send it."}}
wrong:
  - what: {uk: "Не входить.", en: "It does not sign in."}
    act: {uk: "Спробуйте пізніше.", en: "Try later."}
offline:
  - {uk: "Прийдіть до центру.", en: "Come to the centre."}
never:
  - {uk: "Код із SMS.", en: "A code from an SMS."}
  - {uk: "Гроші.", en: "Money."}
schemes: [1]
competences: [ua4.3]
lessons: [fraud-protection/call-from-bank]
glossary: [site]
owner: "Редакція"
valid_until: "2027-05-21"
verified: false
`

const soundLifeEvents = `life_events:
  - {id: pension, title: {uk: "Пенсія", en: "Pension"}}
`

// services puts a manual of two files into a tree, with an edit of the instruction.
func services(name string, pairs ...string) func(fstest.MapFS) {
	return func(t fstest.MapFS) {
		put("services/life-events.yaml", soundLifeEvents)(t)
		put("services/"+name, strings.NewReplacer(pairs...).Replace(soundService))(t)
	}
}

func init() {
	type edit = struct {
		name string
		edit func(fstest.MapFS)
		want []string
	}
	edits = append(edits,
		edit{"instruction of a missing lesson", services("01-portal.yaml"), []string{
			"services/01-portal.yaml:25: there is no lesson «fraud-protection/call-from-bank»; write course/lesson as their slugs, without the number of the file",
		}},
		edit{"instruction that names what is not there", services("02-x.yaml", "lessons: [fraud-protection/call-from-bank]\n", "", "[pension]", "[moving]", "[site]", "[brauser]", "ua4.3", "ua4.9"), []string{
			"services/02-x.yaml:2: instruction «portal» stands in 02-x.yaml; rename the file to 01-portal.yaml",
			"services/02-x.yaml:6: there is no life event «moving»; use an id of services/life-events.yaml",
			"services/02-x.yaml:24: there is no competence «ua4.9»; use one of ua-citizens-2021",
			"services/02-x.yaml:25: there is no word «brauser» in the glossary; use an id of glossary.yaml",
		}},
		edit{"two instructions of one number", func(t fstest.MapFS) {
			services("01-portal.yaml", "lessons: [fraud-protection/call-from-bank]\n", "")(t)
			services("01-twin.yaml", "lessons: [fraud-protection/call-from-bank]\n", "", "slug: portal", "slug: twin")(t)
			put("services/life-events.yaml", soundLifeEvents+"  - {id: pension, title: {uk: \"Пенсія\", en: \"Pension\"}}\n")(t)
		}, []string{
			"services/01-twin.yaml:1: number 1 is also that of services/01-portal.yaml; give it another number",
			"services/life-events.yaml:3: life event «pension» stands twice; remove one of them",
		}},
		edit{"instruction that does not fit its schema", services("01-portal.yaml", "lessons: [fraud-protection/call-from-bank]\n", "", "schemes: [1]", "schemes: [0]", "verified: false", "verified: true"), []string{
			"services/01-portal.yaml:23: «0» is 0, too small; write at least 1",
			"services/01-portal.yaml:28: «verified» must be false; correct the value",
		}},
		edit{"list of services to ask about in one language", put("services/to-check.yaml", "services:\n  - {id: queue, title: {uk: Черга}, ask: {uk: \"Де?\", en: \"Where?\"}}\n"), []string{
			"services/life-events.yaml:1: the file cannot be read; write it",
			"services/to-check.yaml:2: «en» is missing; add en:",
		}},
	)
}
