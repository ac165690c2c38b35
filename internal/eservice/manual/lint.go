package manual

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

// maxStep bounds a step, in words: it is one sentence read while doing something else.
const maxStep = 20

// Hosts lists addresses outside .gov.ua that an instruction may name.
var Hosts = []string{"apps.apple.com", "play.google.com", "ukrposhta.ua", "city.kr.ua", "bank.gov.ua", "legalaid.gov.ua"}

var (
	amount     = regexp.MustCompile(`(?i)(^|[^\p{L}\d])\d[\d  ]*([.,]\d+)?[  -]?(тис\p{L}*\.? )?(грн|гривень|гривн\p{L}+|₴|\$|€|євро|долар\p{L}*|uah|hryvnia\p{L}*|dollars?|euros?|%)`)
	deadline   = regexp.MustCompile(`(?i)(^|[^\p{L}\d])\d+([–-]\d+)?[  ]*(дн[іїя]\p{L}*|день|робоч\p{L}*|календарн\p{L}*|тижн\p{L}*|місяц\p{L}*|рок\p{L}*|рік|годин\p{L}*|(working |calendar )?days?|weeks?|months?|years?|hours?)`)
	year       = regexp.MustCompile(`(^|[^\d])20[2-3]\d([^\d]|$)`)
	link       = regexp.MustCompile(`(?i)https?://|www\.|([a-z0-9-]+\.)+(gov\.ua|com|ua|org|net)([^\p{L}]|$)`)
	bareEnding = regexp.MustCompile(`(^|[\s«“(])\.?gov\.ua`)
	digits     = regexp.MustCompile(`(\+38[\s(]*)?\(?0[\s-]?\d{2,3}[\s)-]*\d[\d\s()-]{4,}\d|\b\d{3,4}\b`)
	// emergency numbers hold everywhere in the country
	emergency = []string{"101", "102", "103", "112"}
	secret    = regexp.MustCompile(`(?i)(код|парол|code|password)`)
)

// Lint reports what a schema cannot say about one instruction that fits its schema.
func (in *Instruction) Lint(now time.Time) []instrument.Finding {
	r := &instrument.Report{}
	in.Texts(func(pointer string, t i18n.Text) { lintText(r, pointer, t) })
	ids := map[string]bool{}
	for i, s := range in.Steps {
		at := "/steps/" + strconv.Itoa(i)
		if ids[s.ID] {
			r.Error(at+"/id", "step-twice", "step «"+s.ID+"» stands twice", "give it another id")
		}
		ids[s.ID] = true
		if n := sentences(s.Text.UK); n > 1 {
			r.Error(at+"/text/uk", "step-sentences", "the step has "+strconv.Itoa(n)+" sentences", "leave one, move the rest to detail:")
		}
		if n := len(strings.Fields(s.Text.UK)); n > maxStep {
			r.Error(at+"/text/uk", "step-long", "the step has "+strconv.Itoa(n)+" words", "leave at most "+strconv.Itoa(maxStep))
		}
		if s.Picture != "" && !slices.Contains(Pictures, s.Picture) {
			r.Error(at+"/picture", "picture-unknown", "there is no picture «"+s.Picture+"»", "use one of "+strings.Join(Pictures, " "))
		}
	}
	if !slices.ContainsFunc(in.Never, func(t i18n.Text) bool { return secret.MatchString(t.UK) }) {
		r.Error("/never", "never-code", "the list does not name codes or passwords", "add «код із SMS» or «пароль»")
	}
	seen := map[int]bool{}
	for i, n := range in.Schemes {
		if seen[n] {
			r.Error("/schemes/"+strconv.Itoa(i), "scheme-twice", "scheme "+strconv.Itoa(n)+" stands twice", "remove one of them")
		}
		seen[n] = true
	}
	for i, a := range in.Addresses {
		at := "/addresses/" + strconv.Itoa(i)
		if why := unsafe(a.URL); why != "" {
			r.Error(at+"/url", "address-unsafe", "the address «"+a.URL+"» "+why, "use an https address under gov.ua or a host of the list in internal/eservice/manual")
		}
		lintDay(r, at+"/seen", a.Seen, now)
	}
	if in.Phone != nil {
		lintDay(r, "/phone/seen", in.Phone.Seen, now)
		if in.Phone.Seen == "" && !slices.Contains(emergency, in.Phone.Number) {
			r.Error("/phone", "phone-unseen", "the phone number was not seen on an official page", "add seen: with the day, or leave the number out")
		}
	}
	lintDay(r, "/checked_on", in.CheckedOn, now)
	if in.Verified {
		r.Error("/verified", "verified", "a file calls itself verified", "write verified: false; a named person confirms in the office")
	}
	switch {
	case in.Until().IsZero():
		r.Error("/valid_until", "date", "valid_until is not a date", "write \"2027-05-21\"")
	case in.Expired(now):
		r.Warn("/valid_until", "expired", "it was valid until "+in.ValidUntil, "open the official page again and set a new valid_until")
	}
	return r.Findings
}

// unsafe says why an address may not be named, empty if it may.
func unsafe(raw string) string {
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Host == "" || u.Opaque != "":
		return "cannot be read"
	case u.Scheme != "https":
		return "does not begin with https://"
	case u.User != nil || u.Port() != "" || u.RawQuery != "" && u.Host != "play.google.com":
		return "holds more than a host and a path"
	case u.Host != strings.ToLower(u.Host):
		return "has capitals in its host"
	case u.Host == "gov.ua" || strings.HasSuffix(u.Host, ".gov.ua"):
		return ""
	}
	for _, h := range Hosts {
		if u.Host == h || strings.HasSuffix(u.Host, "."+h) {
			return ""
		}
	}
	return "is on a host that is not known as official"
}

func lintDay(r *instrument.Report, at, day string, now time.Time) {
	if day == "" {
		return
	}
	d, err := time.ParseInLocation(time.DateOnly, day, i18n.Kyiv)
	switch {
	case err != nil:
		r.Error(at, "date", "«"+day+"» is not a date", "write \"2026-11-21\"")
	case d.After(now):
		r.Error(at, "date", "«"+day+"» lies in the future", "write the day it was seen, or leave it out")
	}
}

// lintText checks one text: both languages, signs, our words, and nothing in it that
// changes with every decree: amounts, deadlines, years, addresses, phone numbers.
func lintText(r *instrument.Report, at string, t i18n.Text) {
	r.Findings = append(r.Findings, instrument.LintText(at, t, 0)...)
	for _, f := range instrument.LintVoice(at, t) {
		f.Severity = instrument.Error
		r.Findings = append(r.Findings, f)
	}
	for _, l := range []struct{ lang, s string }{{"uk", t.UK}, {"en", t.EN}} {
		where := at + "/" + l.lang
		found := func(re *regexp.Regexp, rule, what, fix string) {
			if m := re.FindString(l.s); m != "" {
				r.Error(where, rule, "the text names "+what+": "+strings.TrimSpace(strings.Trim(m, "«»()., ")), fix)
			}
		}
		found(amount, "amount", "an amount", "leave it out and name the official source")
		found(deadline, "deadline", "a deadline", "leave it out and name the official source")
		found(year, "year", "a year", "leave it out and name the official source")
		// the bare ending is a rule people learn, not an address
		if m := link.FindString(bareEnding.ReplaceAllString(l.s, "$1")); m != "" {
			r.Error(where, "link", "the text names an internet address: "+strings.TrimSpace(m), "move it to addresses:")
		}
		for _, m := range digits.FindAllString(l.s, -1) {
			if m = strings.TrimSpace(m); !slices.Contains(emergency, m) && !strings.HasPrefix(m, "20") {
				r.Error(where, "phone", "the text names a number: "+m, "move a phone to phone:, leave other numbers out")
			}
		}
	}
}

var ends = regexp.MustCompile(`[.!?…]+[»”")]*(\s|$)`)

// sentences counts what a full stop, a question or an ellipsis ends.
func sentences(s string) int {
	n := len(ends.FindAllString(s, -1))
	if tail := strings.TrimSpace(ends.ReplaceAllString(s, "\x00")); tail != "" && !strings.HasSuffix(tail, "\x00") {
		n++
	}
	return n
}
