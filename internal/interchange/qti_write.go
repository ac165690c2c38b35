package interchange

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

// Names of QTI 3.0 and its packages.
const (
	nsItem      = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
	nsPackage   = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
	nsMeta      = "urn:osvitlo:item:1" // element "item": what QTI has no place for
	itemType    = "imsqti_item_xmlv3p0"
	manifest    = "imsmanifest.xml"
	translation = "ext:translation" // support of a catalog card that holds the other language
	response    = "RESPONSE"
	explainID   = "explain"
)

// ExportQTI writes a QTI 3.0 package: a manifest and one assessment item per item.
// Words stand in Ukrainian, the English ones in catalog cards. The same items give
// the same bytes.
func ExportQTI(w io.Writer, items []*instrument.Item) (report Report, err error) {
	defer fault.Wrap(&err, "interchange.ExportQTI")
	if len(items) > MaxItems {
		return report, fault.Newf(fault.TooLarge, "", "a package has at most %d items", MaxItems)
	}
	z := zip.NewWriter(w)
	m := &builder{}
	m.line(`<?xml version="1.0" encoding="UTF-8"?>`)
	m.line(`<manifest xmlns="` + nsPackage + `" xmlns:o="` + nsMeta + `" identifier="osvitlo-items">`)
	m.line(`<metadata><schema>QTI Package</schema><schemaversion>3.0.0</schemaversion></metadata>`)
	m.line(`<organizations/>`)
	m.line(`<resources>`)
	names := unique{}
	for _, it := range items {
		doc, ok := qtiItem(it, &report)
		if !ok {
			continue
		}
		name := "items/" + names.take(it.ID) + ".xml"
		meta, err := metaOf(it)
		if err != nil {
			return report, err
		}
		m.put(`<resource`, attr("identifier", identifier(it.ID)), attr("type", itemType), attr("href", name), `><metadata><o:item>`)
		m.text(string(meta))
		m.put(`</o:item></metadata><file`, attr("href", name), "/></resource>\n")
		if err := store(z, name, doc); err != nil {
			return report, err
		}
	}
	m.line(`</resources>`)
	m.line(`</manifest>`)
	if err := store(z, manifest, m.Bytes()); err != nil {
		return report, err
	}
	return report, z.Close()
}

// store packs a file with a fixed date, so that packages can be compared.
func store(z *zip.Writer, name string, raw []byte) error {
	f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		return err
	}
	_, err = f.Write(raw)
	return err
}

// builder writes XML; every text goes through text or attr.
type builder struct {
	bytes.Buffer
	cards []card
}

// card is the other language of a text.
type card struct{ id, en string }

func (b *builder) put(parts ...string) {
	for _, p := range parts {
		b.WriteString(p)
	}
}

func (b *builder) line(s string) { b.put(s, "\n") }

func (b *builder) text(s string) { b.WriteString(escape(s)) }

func escape(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a buffer takes everything
	return b.String()
}

func attr(name, value string) string { return ` ` + name + `="` + escape(value) + `"` }

// words writes an element with a text in Ukrainian, lines parted by <br/>, and keeps
// the English one for its card.
func (b *builder) words(element, attrs, id string, t i18n.Text) {
	id = "t-" + id
	b.put("<", element, attrs)
	if t.EN != "" {
		b.put(attr("data-catalog-idref", id))
		b.cards = append(b.cards, card{id, t.EN})
	}
	b.put(">")
	b.lines(t.UK)
	b.put("</", element, ">")
}

func (b *builder) lines(s string) {
	for i, l := range strings.Split(s, "\n") {
		if i > 0 {
			b.put("<br/>")
		}
		b.text(l)
	}
}

// identifier makes a QTI identifier of an id: it begins with a letter and holds no +.
func identifier(id string) string { return "i-" + strings.ReplaceAll(id, "+", ".plus.") }

// fromIdentifier is the id that identifier was made of; false for a foreign one.
func fromIdentifier(s string) (string, bool) {
	id, ours := strings.CutPrefix(s, "i-")
	return strings.ReplaceAll(id, ".plus.", "+"), ours
}

// qtiItem writes one item; false when QTI has no such thing.
func qtiItem(it *instrument.Item, report *Report) ([]byte, bool) {
	if it.Type == instrument.Info {
		report.add(it.ID, "", 0, true, "довідка — не запитання, її не передано", "an information block is not a question and was left out")
		return nil, false
	}
	b := &builder{}
	b.line(`<?xml version="1.0" encoding="UTF-8"?>`)
	b.put(`<qti-assessment-item xmlns="`, nsItem, `"`, attr("identifier", identifier(it.ID)), attr("title", title(it.Stem.UK, it.ID)),
		` adaptive="false" time-dependent="false" xml:lang="uk">`, "\n")
	declare(b, it)
	b.line(`<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"><qti-default-value><qti-value>0</qti-value></qti-default-value></qti-outcome-declaration>`)
	reasons := hasReasons(it)
	if reasons {
		b.put(`<qti-outcome-declaration identifier="FEEDBACK"`, attr("cardinality", cardinality(it)), ` base-type="identifier"/>`, "\n")
	}
	b.line(`<qti-outcome-declaration identifier="SOLUTION" cardinality="single" base-type="identifier"/>`)
	b.line(`<qti-item-body>`)
	if !it.Lead.IsZero() {
		b.words("div", attr("class", "osvitlo-lead"), "lead", it.Lead)
		b.line("")
	}
	if it.Scene != nil && !it.Scene.Title.IsZero() {
		b.words("div", attr("class", "osvitlo-scene"), "scene", it.Scene.Title)
		b.line("")
	}
	if !it.Hint.IsZero() {
		b.words("div", attr("class", "osvitlo-hint"), "hint", it.Hint)
		b.line("")
	}
	interaction(b, it)
	b.line(`</qti-item-body>`)
	feedback := &builder{}
	if reasons {
		for _, o := range it.Options {
			if !o.Reason.IsZero() {
				modal(feedback, "FEEDBACK", identifier(o.ID), "reason-"+identifier(o.ID), o.Reason)
			}
		}
	}
	if !it.Explain.IsZero() {
		modal(feedback, "SOLUTION", explainID, "explain", it.Explain)
	}
	if cards := append(b.cards, feedback.cards...); len(cards) > 0 {
		b.line(`<qti-catalog-info>`)
		for _, c := range cards {
			b.put(`<qti-catalog`, attr("id", c.id), `><qti-card`, attr("support", translation), `><qti-card-entry xml:lang="en" default="true"><qti-html-content><span>`)
			b.lines(c.en)
			b.put("</span></qti-html-content></qti-card-entry></qti-card></qti-catalog>\n")
		}
		b.line(`</qti-catalog-info>`)
	}
	processing(b, it, reasons)
	b.Write(feedback.Bytes())
	b.line(`</qti-assessment-item>`)
	qtiNotes(it, report)
	return b.Bytes(), true
}

func title(stem, id string) string {
	if stem == "" {
		return id
	}
	return strings.ReplaceAll(stem, "\n", " ")
}

func hasReasons(it *instrument.Item) bool {
	for _, o := range it.Options {
		if !o.Reason.IsZero() {
			return it.Type != instrument.Ordering
		}
	}
	return false
}

func modal(b *builder, outcome, id, text string, t i18n.Text) {
	b.put(`<qti-modal-feedback`, attr("outcome-identifier", outcome), attr("identifier", id), ` show-hide="show"><qti-content-body>`)
	b.words("p", "", text, t)
	b.put("</qti-content-body></qti-modal-feedback>\n")
}

func cardinality(it *instrument.Item) string {
	switch it.Type {
	case instrument.Multiple, instrument.Spot, instrument.Matching:
		return "multiple"
	case instrument.Ordering:
		return "ordered"
	}
	return "single"
}

func baseType(it *instrument.Item) string {
	switch it.Type {
	case instrument.Matching:
		return "directedPair"
	case instrument.Number:
		return "float"
	case instrument.Text:
		return "string"
	}
	return "identifier"
}

// declare writes the response: what is right, and how much of it (METHOD §1). A
// mapping with the lower bound 0 is the same as our share of right less share of wrong.
func declare(b *builder, it *instrument.Item) {
	b.put(`<qti-response-declaration identifier="`, response, `"`, attr("cardinality", cardinality(it)), attr("base-type", baseType(it)), `>`)
	var right []string
	switch {
	case it.Type == instrument.Matching:
		for _, l := range it.Left {
			if r, ok := it.Key.Pairs[l.ID]; ok {
				right = append(right, identifier(l.ID)+" "+identifier(r))
			}
		}
	case it.Type == instrument.Number:
		if it.Key.Range != nil {
			right = append(right, number(it.Key.Range.Min))
		}
	case it.Type == instrument.Text:
		right = it.Accept[:min(1, len(it.Accept))]
	default:
		for _, id := range it.Key.IDs {
			right = append(right, identifier(id))
		}
	}
	if len(right) > 0 {
		b.put(`<qti-correct-response>`)
		for _, r := range right {
			b.put(`<qti-value>`, escape(r), `</qti-value>`)
		}
		b.put(`</qti-correct-response>`)
	}
	switch {
	case it.Type == instrument.Text && len(it.Accept) > 0:
		b.put(`<qti-mapping default-value="0">`)
		for _, a := range it.Accept {
			b.put(`<qti-map-entry`, attr("map-key", a), ` mapped-value="1" case-sensitive="false"/>`)
		}
		b.put(`</qti-mapping>`)
	case it.Type == instrument.Matching && len(right) > 0:
		b.put(`<qti-mapping default-value="0" lower-bound="0" upper-bound="1">`)
		for _, r := range right {
			b.put(`<qti-map-entry`, attr("map-key", r), attr("mapped-value", number(1/float64(len(right)))), `/>`)
		}
		b.put(`</qti-mapping>`)
	case (it.Type == instrument.Multiple || it.Type == instrument.Spot) && len(right) > 0:
		b.put(`<qti-mapping default-value="0" lower-bound="0" upper-bound="1">`)
		wrong := len(it.Options) - len(it.Key.IDs)
		for _, o := range it.Options {
			share := -1 / float64(max(wrong, 1))
			if has(it.Key.IDs, o.ID) {
				share = 1 / float64(len(it.Key.IDs))
			}
			b.put(`<qti-map-entry`, attr("map-key", identifier(o.ID)), attr("mapped-value", number(share)), `/>`)
		}
		b.put(`</qti-mapping>`)
	}
	b.line(`</qti-response-declaration>`)
}

func has(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func number(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

func interaction(b *builder, it *instrument.Item) {
	choices := func(element string, options []instrument.Option, attrs, prefix string) {
		for _, o := range options {
			b.words(element, attr("identifier", identifier(o.ID))+attrs, prefix+identifier(o.ID), o.Text)
			b.line("")
		}
	}
	open := func(element, attrs string) {
		b.put("<", element, ` response-identifier="`, response, `"`, attrs, ">\n")
		b.words("qti-prompt", "", "stem", it.Stem)
		b.line("")
	}
	switch it.Type {
	case instrument.Ordering:
		open("qti-order-interaction", ` shuffle="true"`)
		choices("qti-simple-choice", it.Options, "", "option-")
		b.line(`</qti-order-interaction>`)
	case instrument.Matching:
		open("qti-match-interaction", ` shuffle="true"`+attr("max-associations", strconv.Itoa(len(it.Left))))
		b.line(`<qti-simple-match-set>`)
		choices("qti-simple-associable-choice", it.Left, ` match-max="1"`, "left-")
		b.line(`</qti-simple-match-set>`)
		b.line(`<qti-simple-match-set>`)
		choices("qti-simple-associable-choice", it.Right, attr("match-max", strconv.Itoa(len(it.Left))), "right-")
		b.line(`</qti-simple-match-set>`)
		b.line(`</qti-match-interaction>`)
	case instrument.Number, instrument.Text:
		b.words("div", attr("class", "osvitlo-stem"), "stem", it.Stem)
		b.put(`<p><qti-text-entry-interaction response-identifier="`, response, `"/>`)
		if !it.Unit.IsZero() {
			b.put(" ")
			b.words("span", attr("class", "osvitlo-unit"), "unit", it.Unit)
		}
		b.line(`</p>`)
	default:
		most := "1"
		if cardinality(it) == "multiple" {
			most = "0" // as many as one likes
		}
		open("qti-choice-interaction", attr("shuffle", strconv.FormatBool(it.Shuffle))+attr("max-choices", most))
		choices("qti-simple-choice", it.Options, "", "option-")
		b.line(`</qti-choice-interaction>`)
	}
}

// processing writes how the answer is scored and which feedback is shown.
func processing(b *builder, it *instrument.Item, reasons bool) {
	b.line(`<qti-response-processing>`)
	score := func(x string) {
		b.put(`<qti-set-outcome-value identifier="SCORE"><qti-base-value base-type="float">`, x, `</qti-base-value></qti-set-outcome-value>`)
	}
	condition := func(test string) {
		b.put(`<qti-response-condition><qti-response-if>`, test)
		score("1")
		b.put(`</qti-response-if><qti-response-else>`)
		score("0")
		b.line(`</qti-response-else></qti-response-condition>`)
	}
	variable := `<qti-variable identifier="` + response + `"/>`
	switch {
	case it.Type == instrument.Number && it.Key.Range != nil:
		bound := func(x float64) string { return `<qti-base-value base-type="float">` + number(x) + `</qti-base-value>` }
		condition(`<qti-and><qti-gte>` + variable + bound(it.Key.Range.Min) + `</qti-gte><qti-lte>` + variable + bound(it.Key.Range.Max) + `</qti-lte></qti-and>`)
	case it.Type == instrument.Text && len(it.Accept) > 0,
		(it.Type == instrument.Multiple || it.Type == instrument.Spot || it.Type == instrument.Matching) && !it.Key.IsZero():
		b.line(`<qti-response-condition><qti-response-if><qti-is-null>` + variable + `</qti-is-null><qti-set-outcome-value identifier="SCORE"><qti-base-value base-type="float">0</qti-base-value></qti-set-outcome-value></qti-response-if>` +
			`<qti-response-else><qti-set-outcome-value identifier="SCORE"><qti-map-response identifier="` + response + `"/></qti-set-outcome-value></qti-response-else></qti-response-condition>`)
	case !it.Key.IsZero():
		condition(`<qti-match>` + variable + `<qti-correct identifier="` + response + `"/></qti-match>`)
	}
	if reasons {
		b.line(`<qti-set-outcome-value identifier="FEEDBACK">` + variable + `</qti-set-outcome-value>`)
	}
	b.line(`<qti-set-outcome-value identifier="SOLUTION"><qti-base-value base-type="identifier">` + explainID + `</qti-base-value></qti-set-outcome-value>`)
	b.line(`</qti-response-processing>`)
}

// qtiNotes tells what other programs will not show or score as we do.
func qtiNotes(it *instrument.Item, r *Report) {
	note := func(uk, en string) { r.add(it.ID, "", 0, false, uk, en) }
	switch it.Type {
	case instrument.Spot:
		note("фрагменти сцени передано як варіанти з кількома правильними", "the fragments of the scene travel as options with several right ones")
	case instrument.Ordering:
		note("інша програма зараховує лише повністю правильний порядок", "another program counts only the whole order as right")
		for _, o := range it.Options {
			if !o.Reason.IsZero() {
				note("пояснення до окремих кроків не передано", "the explanations of single steps were not carried")
				break
			}
		}
	case instrument.Text:
		note("інша програма звіряє слова буквально, без наших поблажок до написання", "another program compares words to the letter, without our leniency")
	case instrument.Scale:
		note("пункти шкали інша програма побачить як звичайні варіанти", "another program sees the points of the scale as plain options")
	}
	if it.Picture != nil {
		note("картинку «"+it.Picture.Media+"» не вкладено, передано лише її назву", "the picture “"+it.Picture.Media+"” is not in the package, only its name")
	}
	for _, l := range [][]instrument.Option{it.Left, it.Right} {
		for _, o := range l {
			if !o.Reason.IsZero() {
				note(fmt.Sprintf("пояснення до «%s» не передано", o.ID), fmt.Sprintf("the explanation of “%s” was not carried", o.ID))
			}
		}
	}
	if it.DontKnow {
		note("«Не знаю» інша програма не покаже", "another program shows no “I don't know”")
	}
}
