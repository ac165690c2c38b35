package main

import (
	"errors"
	"html/template"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"osvitlo/internal/i18n"
	"osvitlo/internal/web/page"
	"osvitlo/internal/web/resident"
)

// captured is a page of another kind than a question: its inside as it was.
type captured struct {
	page.Base
	Inside template.HTML
}

// capture turns a page that was shown into the value it was rendered from, so that
// the bare handler renders the same template with as much in it.
func capture(doc *goquery.Document) (any, error) {
	doc = goquery.CloneDocument(doc) // it is taken apart
	title, _, _ := strings.Cut(doc.Find("title").Text(), " – ")
	base := page.Base{Lang: i18n.Ukrainian, Title: title, NoIndex: true, Back: &page.Link{Href: "/"}}
	main := doc.Find("main")
	form := main.Find("form#answer")
	actions := form.Find(".os-actions")
	if form.Length() == 0 || actions.Length() == 0 || form.HasClass("os-actions") {
		inside, err := main.Html()
		return &captured{Base: base, Inside: template.HTML(inside)}, err
	}
	var errs []error
	html := func(s *goquery.Selection, outer bool) template.HTML {
		if s.Length() == 0 {
			return ""
		}
		read := s.Html
		if outer {
			read = func() (string, error) { return goquery.OuterHtml(s) }
		}
		text, err := read()
		errs = append(errs, err)
		return template.HTML(text)
	}
	base.Alarm = &page.Alarm{Action: form.AttrOr("action", ""), Form: "answer", Name: "alarm", Value: "1"}
	q := &resident.Question{Base: base, Go: html(actions, false), Resume: html(main.Find(".os-resume"), true)}
	q.Top = html(main.Find(".os-progress, .os-part").First(), true)
	for _, node := range form.PrevAll().EachIter() {
		if !node.Is(".os-progress, .os-part") {
			q.Intro = html(node, true) + q.Intro
		}
	}
	hidden := form.Find("input[type=hidden]")
	open := strings.Builder{}
	open.WriteString(`<form method="post" id="answer" data-keep novalidate action="` + form.AttrOr("action", "") + `">`)
	for _, in := range hidden.EachIter() {
		open.WriteString(string(html(in, true)))
	}
	q.Open = template.HTML(open.String())
	hidden.Remove()
	actions.Remove()
	if set := form.Find("fieldset:has(select)"); set.Length() > 0 {
		q.Legend, q.Hint = set.Find("legend").Text(), set.Find(".os-hint").Text()
		q.Intro += html(set.Find(".os-letters"), true)
		for _, list := range set.Find("select").EachIter() {
			one := page.Select{ID: list.AttrOr("id", ""), Name: list.AttrOr("name", ""), Label: list.Closest(".os-field").Find("label").Text()}
			for _, o := range list.Find("option").EachIter() {
				one.Options = append(one.Options, page.Option{Value: o.AttrOr("value", ""), Text: o.Text()})
			}
			q.Selects = append(q.Selects, one)
		}
		set.Remove()
	}
	q.Body = html(form, false)
	return q, errors.Join(errs...)
}
