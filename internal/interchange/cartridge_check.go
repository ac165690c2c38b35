package interchange

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"

	"osvitlo/internal/instrument"
)

// question is one item of the profile of QTI 1.2 that cartridges allow: choose one, or
// choose several.
type question struct {
	id, stem string
	options  []instrument.Option
	right    []string
	many     bool
	explain  string
}

// questions makes of an item what the profile can ask. Pairs become one question for each
// left side, an order one question for each place: nothing is lost but the common score.
func (x *cartridge) questions(it *instrument.Item) []question {
	stem := x.in(it.Stem)
	if lead := x.in(it.Lead); lead != "" {
		stem = lead + "\n" + stem
	}
	base := question{id: it.ID, stem: stem, explain: x.in(it.Explain)}
	switch it.Type {
	case instrument.Single:
		base.options, base.right = it.Options, it.Key.IDs
		return []question{base}
	case instrument.Multiple, instrument.Spot:
		base.options, base.right, base.many = it.Options, it.Key.IDs, true
		return []question{base}
	case instrument.Matching:
		x.split(it.ID)
		var out []question
		for _, left := range it.Left {
			q := base
			q.id, q.stem, q.options, q.right = it.ID+"-"+left.ID, stem+"\n"+x.in(left.Text), it.Right, []string{it.Key.Pairs[left.ID]}
			out = append(out, q)
		}
		return out
	case instrument.Ordering:
		x.split(it.ID)
		var out []question
		for i, id := range it.Key.IDs {
			q := base
			q.id, q.options, q.right = it.ID+"-"+strconv.Itoa(i+1), it.Options, []string{id}
			q.stem = stem + "\n" + x.say("Що має бути номером ", "What should be number ") + strconv.Itoa(i+1) + "?"
			out = append(out, q)
		}
		return out
	}
	x.report.add(it.ID, "", 0, true, "такого виду завдань картридж не має", "a cartridge has no such kind of item")
	return nil
}

func (x *cartridge) split(id string) {
	x.report.add(id, "", 0, false, "завдання розділено на кілька з одним вибором", "the item became several with a single choice")
}

// assessment writes a file of QTI 1.2 in the profile of Common Cartridge 1.3. pass is the
// share needed in percent, 0 for a self-check.
func (x *cartridge) assessment(id, title string, items []*instrument.Item, pass int) []byte {
	var b bytes.Buffer
	field := func(name, value string) {
		b.WriteString("<qtimetadatafield><fieldlabel>" + name + "</fieldlabel><fieldentry>" + escape(value) + "</fieldentry></qtimetadatafield>\n")
	}
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8"?>
<questestinterop xmlns="%s" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="%s http://www.imsglobal.org/profile/cc/ccv1p3/ccv1p3_qtiasiv1p2p1_v1p0.xsd">
<assessment ident="%s" title="%s">
<qtimetadata>
`, qtiSpace, qtiSpace, escape(id), escape(title))
	field("cc_profile", "cc.exam.v0p1")
	field("qmd_assessmenttype", "Examination")
	field("qmd_scoretype", "Percentage")
	field("qmd_feedbackpermitted", "Yes")
	field("qmd_hintspermitted", "No")
	field("qmd_solutionspermitted", "Yes")
	if pass == 0 {
		field("cc_maxattempts", "unlimited")
	}
	b.WriteString("</qtimetadata>\n<section ident=\"root_section\">\n")
	for _, it := range items {
		for _, q := range x.questions(it) {
			x.question(&b, q)
		}
	}
	b.WriteString("</section>\n</assessment>\n</questestinterop>\n")
	return b.Bytes()
}

func (x *cartridge) question(b *bytes.Buffer, q question) {
	profile, card := "cc.multiple_choice.v0p1", "Single"
	if q.many {
		profile, card = "cc.multiple_response.v0p1", "Multiple"
	}
	material := func(s string) {
		b.WriteString("<material><mattext texttype=\"text/plain\">" + escape(s) + "</mattext></material>")
	}
	fmt.Fprintf(b, `<item%s>
<itemmetadata><qtimetadata><qtimetadatafield><fieldlabel>cc_profile</fieldlabel><fieldentry>%s</fieldentry></qtimetadatafield></qtimetadata></itemmetadata>
<presentation>`, attr("ident", identifier(q.id)), profile)
	material(q.stem)
	b.WriteString("\n<response_lid ident=\"r\"" + attr("rcardinality", card) + "><render_choice>\n")
	for _, o := range q.options {
		b.WriteString("<response_label" + attr("ident", identifier(o.ID)) + ">")
		material(x.in(o.Text))
		b.WriteString("</response_label>\n")
	}
	b.WriteString("</render_choice></response_lid></presentation>\n<resprocessing>\n<outcomes><decvar maxvalue=\"100\" minvalue=\"0\" varname=\"SCORE\" vartype=\"Decimal\"/></outcomes>\n")
	for _, o := range q.options {
		if x.in(o.Reason) != "" {
			b.WriteString("<respcondition continue=\"Yes\"><conditionvar><varequal respident=\"r\">" + escape(identifier(o.ID)) + "</varequal></conditionvar><displayfeedback feedbacktype=\"Response\"" + attr("linkrefid", "f-"+o.ID) + "/></respcondition>\n")
		}
	}
	b.WriteString("<respcondition continue=\"No\"><conditionvar>")
	if q.many {
		b.WriteString("<and>")
		for _, o := range q.options {
			v := "<varequal respident=\"r\">" + escape(identifier(o.ID)) + "</varequal>"
			if !slices.Contains(q.right, o.ID) {
				v = "<not>" + v + "</not>"
			}
			b.WriteString(v)
		}
		b.WriteString("</and>")
	} else if len(q.right) > 0 {
		b.WriteString("<varequal respident=\"r\">" + escape(identifier(q.right[0])) + "</varequal>")
	}
	b.WriteString("</conditionvar><setvar action=\"Set\" varname=\"SCORE\">100</setvar>")
	if q.explain != "" {
		b.WriteString("<displayfeedback feedbacktype=\"Response\" linkrefid=\"general_fb\"/>")
	}
	b.WriteString("</respcondition>\n</resprocessing>\n")
	feedback := func(id, s string) {
		if s != "" {
			b.WriteString("<itemfeedback" + attr("ident", id) + "><flow_mat>")
			material(s)
			b.WriteString("</flow_mat></itemfeedback>\n")
		}
	}
	for _, o := range q.options {
		feedback("f-"+o.ID, x.in(o.Reason))
	}
	feedback("general_fb", q.explain)
	b.WriteString("</item>\n")
}
