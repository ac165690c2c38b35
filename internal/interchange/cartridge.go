package interchange

import (
	"archive/zip"
	"bytes"
	"fmt"
	"html"
	"io"
	"slices"
	"strings"

	"github.com/yuin/goldmark"

	"osvitlo/internal/course/lesson"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
)

// Names of IMS Common Cartridge 1.3 (1EdTech) and of its profile of QTI 1.2.1.
const (
	ccSpace   = "http://www.imsglobal.org/xsd/imsccv1p3/imscp_v1p1"
	ccLOM     = "http://ltsc.ieee.org/xsd/imsccv1p3/LOM/manifest"
	ccSchema  = "IMS Common Cartridge"
	ccVersion = "1.3.0"
	ccCheck   = "imsqti_xmlv1p2/imscc_xmlv1p3/assessment"
	ccPage    = "webcontent"
	qtiSpace  = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
)

// ExportCartridge writes a course as a Common Cartridge 1.3 in one language: lessons as
// pages, their self-checks and the final check as assessments. media gives a picture of
// content/media; nil, or an error, leaves its description. What a cartridge cannot carry
// is listed. The same course gives the same bytes.
func ExportCartridge(w io.Writer, c *lesson.Course, lang string, media func(string) ([]byte, error)) (report Report, err error) {
	defer fault.Wrap(&err, "interchange.ExportCartridge")
	x := &cartridge{z: zip.NewWriter(w), lang: lang, media: media, seen: map[string]bool{}, report: &report}
	var items []string
	for i, l := range c.Lessons {
		name := fmt.Sprintf("lessons/%02d-%s.html", i+1, l.Slug)
		files, page := x.page(c, l)
		if err := x.put(name, page); err != nil {
			return report, err
		}
		id := "lesson-" + l.Slug
		x.resource(id, ccPage, name, files, "")
		row := item("i-"+id, id, x.in(l.Title), "")
		if l.Mentor.UK != "" || l.Mentor.EN != "" {
			plan := fmt.Sprintf("plans/%02d-%s.html", i+1, l.Slug)
			if err := x.put(plan, x.frame(x.in(l.Title), markdown(x.in(l.Mentor)))); err != nil {
				return report, err
			}
			x.resource("plan-"+l.Slug, ccPage, plan, nil, ` intendeduse="lessonplan"`)
		}
		if checks := l.Checks(); len(checks) > 0 {
			name := fmt.Sprintf("checks/%02d-%s.xml", i+1, l.Slug)
			if err := x.put(name, x.assessment("check-"+l.Slug, x.in(l.Title), checks, 0)); err != nil {
				return report, err
			}
			x.resource("check-"+l.Slug, ccCheck, name, nil, "")
			row += item("i-check-"+l.Slug, "check-"+l.Slug, x.say("Перевірте себе: ", "Check yourself: ")+x.in(l.Title), "")
		}
		items = append(items, item("i-folder-"+l.Slug, "", x.in(l.Title), row))
	}
	if c.Final != nil && len(c.Final.Items) > 0 {
		if err := x.put("checks/final.xml", x.assessment("final", x.in(c.Title), c.Final.Items, c.Final.Pass)); err != nil {
			return report, err
		}
		x.resource("final", ccCheck, "checks/final.xml", nil, "")
		items = append(items, item("i-final", "final", x.say("Підсумкова перевірка", "Final check"), ""))
	}
	if err := x.put(manifest, x.manifest(c, items)); err != nil {
		return report, err
	}
	return report, fault.From(x.z.Close(), fault.Unavailable, "")
}

type cartridge struct {
	z         *zip.Writer
	lang      string
	media     func(string) ([]byte, error)
	seen      map[string]bool // files that are there
	resources []string
	report    *Report
}

func (x *cartridge) in(t i18n.Text) string {
	if s := t.In(x.lang); s != "" {
		return s
	}
	return t.UK
}

func (x *cartridge) say(uk, en string) string {
	if x.lang == i18n.English {
		return en
	}
	return uk
}

func (x *cartridge) put(name string, raw []byte) error {
	if x.seen[name] {
		return nil
	}
	x.seen[name] = true
	return store(x.z, name, raw)
}

func (x *cartridge) resource(id, kind, href string, more []string, attrs string) {
	var b strings.Builder
	b.WriteString(`    <resource` + attr("identifier", id) + attr("type", kind))
	if kind == ccPage {
		b.WriteString(attr("href", href))
	}
	b.WriteString(attrs + ">\n      <file" + attr("href", href) + "/>\n")
	for _, f := range more {
		b.WriteString("      <file" + attr("href", f) + "/>\n")
	}
	b.WriteString("    </resource>\n")
	x.resources = append(x.resources, b.String())
}

func item(id, ref, title, inside string) string {
	s := `<item` + attr("identifier", id)
	if ref != "" {
		s += attr("identifierref", ref)
	}
	return s + "><title>" + escape(title) + "</title>" + inside + "</item>\n"
}

func (x *cartridge) manifest(c *lesson.Course, items []string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="course-%s" xmlns="%s" xmlns:lomimscc="%s" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="%s http://www.imsglobal.org/profile/cc/ccv1p3/ccv1p3_imscp_v1p2_v1p0.xsd %s http://www.imsglobal.org/profile/cc/ccv1p3/LOM/ccv1p3_lommanifest_v1p0.xsd">
  <metadata>
    <schema>%s</schema>
    <schemaversion>%s</schemaversion>
    <lomimscc:lom><lomimscc:general><lomimscc:title><lomimscc:string language="%s">%s</lomimscc:string></lomimscc:title><lomimscc:language>%s</lomimscc:language><lomimscc:description><lomimscc:string language="%s">%s</lomimscc:string></lomimscc:description></lomimscc:general></lomimscc:lom>
  </metadata>
  <organizations>
    <organization identifier="org" structure="rooted-hierarchy">
<item identifier="root">
`, escape(c.Slug), ccSpace, ccLOM, ccSpace, ccLOM, ccSchema, ccVersion, x.lang, escape(x.in(c.Title)), x.lang, x.lang, escape(x.in(c.Summary)))
	for _, it := range items {
		b.WriteString(it)
	}
	b.WriteString("</item>\n    </organization>\n  </organizations>\n  <resources>\n")
	for _, r := range x.resources {
		b.WriteString(r)
	}
	b.WriteString("  </resources>\n</manifest>\n")
	return b.Bytes()
}

// markdown turns the Markdown of lessons into HTML. Raw HTML in it is left out.
func markdown(s string) string {
	var b bytes.Buffer
	if err := goldmark.Convert([]byte(s), &b); err != nil {
		return "<p>" + html.EscapeString(s) + "</p>"
	}
	return b.String()
}

func (x *cartridge) frame(title, body string) []byte {
	return []byte(`<!DOCTYPE html>
<html lang="` + x.lang + `"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>` + html.EscapeString(title) + `</title>
<style>body{max-width:42rem;margin:0 auto;padding:16px;font:18px/1.5 sans-serif}.q{color:#46586a}.f{border:3px solid #14283c;padding:0 12px}</style></head>
<body><h1>` + html.EscapeString(title) + "</h1>\n" + body + "</body></html>\n")
}

// page is a lesson as one page, with the files it shows.
func (x *cartridge) page(c *lesson.Course, l *lesson.Lesson) (files []string, raw []byte) {
	var b strings.Builder
	p := func(class, s string) {
		if s != "" {
			b.WriteString("<p" + class + ">" + html.EscapeString(s) + "</p>\n")
		}
	}
	p("", x.in(l.Goal))
	for i := range l.Activities {
		a := &l.Activities[i]
		b.WriteString("<section id=\"" + a.ID + "\">\n")
		if t := x.in(a.Title); t != "" {
			b.WriteString("<h2>" + html.EscapeString(t) + "</h2>\n")
		}
		switch k := a.Body.(type) {
		case *lesson.Text:
			b.WriteString(markdown(x.in(k.Text)))
		case *lesson.Package:
			x.report.add(c.Slug, "", 0, false, "урок «"+l.Slug+"»: вправу «"+k.Package+"» передано словами", "lesson «"+l.Slug+"»: the exercise «"+k.Package+"» is carried in words")
			b.WriteString(markdown(x.in(k.Words)))
		case *lesson.Picture:
			if name, ok := x.picture(k.File); ok {
				files = append(files, name)
				b.WriteString(`<p><img src="../` + name + `" alt="` + html.EscapeString(x.in(k.Alt)) + "\" style=\"max-width:100%\"></p>\n")
			} else {
				p(` class="q"`, x.in(k.Alt))
			}
			p("", x.in(k.Caption))
		case *lesson.Video:
			if k.Clip != "" {
				x.report.add(c.Slug, "", 0, false, "урок «"+l.Slug+"»: відео передано сценами й текстом", "lesson «"+l.Slug+"»: the film is carried as scenes and text")
			}
			for _, f := range k.Storyboard {
				p(` class="q"`, x.in(f.Shows))
				p("", x.in(f.Says))
			}
			b.WriteString(markdown(x.in(k.Transcript)))
		case *lesson.Imitation:
			p("", x.in(k.Task))
			b.WriteString(`<div class="f">`)
			p("", x.say("Навчальний приклад", "An example for learning")+": "+k.Brand)
			for _, e := range k.Elements {
				p("", x.in(e.Text))
			}
			b.WriteString("</div>\n<details><summary>" + x.say("Відповідь", "Answer") + "</summary>\n")
			for _, e := range k.Elements {
				if f := x.in(e.Feedback); f != "" {
					b.WriteString("<p><b>" + html.EscapeString(x.in(e.Text)) + "</b> " + html.EscapeString(f) + "</p>\n")
				}
			}
			p("", x.in(k.Feedback))
			b.WriteString("</details>\n")
		case *lesson.Check:
			p("", x.in(k.Item.Stem))
			p(` class="q"`, x.say("Відповідайте в перевірці цього уроку.", "Answer in the check of this lesson."))
		case *lesson.Cards:
			for _, card := range k.Cards {
				b.WriteString("<details><summary>" + html.EscapeString(x.in(card.Front)) + "</summary><p>" + html.EscapeString(x.in(card.Back)) + "</p></details>\n")
			}
		case *lesson.Checklist:
			b.WriteString("<ul>\n")
			for _, t := range k.Items {
				b.WriteString("<li>" + html.EscapeString(x.in(t.Text)) + "</li>\n")
			}
			b.WriteString("</ul>\n")
		case *lesson.Summary:
			b.WriteString("<ul>\n")
			for _, t := range k.Sentences {
				b.WriteString("<li>" + html.EscapeString(x.in(t)) + "</li>\n")
			}
			b.WriteString("</ul>\n")
		}
		b.WriteString("</section>\n")
	}
	if h := x.in(l.Handout); h != "" {
		b.WriteString("<section id=\"handout\"><h2>" + x.say("Пам’ятка", "Handout") + "</h2>\n" + markdown(h) + "</section>\n")
	}
	return files, x.frame(x.in(l.Title), b.String())
}

// picture puts a file of content/media beside the pages.
func (x *cartridge) picture(file string) (name string, ok bool) {
	if file == "" || x.media == nil {
		return "", false
	}
	raw, err := x.media(file)
	if err != nil {
		return "", false
	}
	name = mediaFolder + file
	return name, x.put(name, raw) == nil
}

// mediaOf lists the pictures of a course, each once.
func mediaOf(c *lesson.Course) (list []string) {
	for _, l := range c.Lessons {
		for _, name := range l.Pictures() {
			if pictureName.MatchString(name) && !slices.Contains(list, name) {
				list = append(list, name)
			}
		}
	}
	return list
}

// Pictures lists the pictures and subtitles of content/media that a course shows, each
// once. Films are not among them: they go their own way.
func Pictures(c *lesson.Course) []string { return mediaOf(c) }
