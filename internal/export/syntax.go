package export

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Bounds of the programs: bytes of a variable label and of a value label in SPSS,
// characters of a variable label in Stata.
const (
	spssLabel  = 240
	spssValue  = 120
	spssText   = 2000 // widest text column
	stataLabel = 80
)

// Numbers that stand for «не знаю» and a refusal in SPSS.
const (
	spssDontKnow = -97
	spssRefused  = -98
)

// writeSPSS writes syntax that reads the CSV of the same name and labels it. It keeps
// to commands that PSPP knows too.
func (t *Table) writeSPSS(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "* %s.\n* %s.\n", oneLine(t.say("export.syntax.lead")), oneLine(t.say("export.syntax.beside")))
	b.WriteString("SET DECIMAL=DOT.\n")
	fmt.Fprintf(b, "GET DATA /TYPE=TXT /FILE=%s\n /ENCODING='UTF8' /ARRANGEMENT=DELIMITED /DELIMITERS=',' /QUALIFIER='\"' /FIRSTCASE=2\n /VARIABLES=\n", spssQuote(t.Name()+".csv"))
	for _, v := range t.Variables {
		fmt.Fprintf(b, "  %s %s\n", v.read(), v.spssFormat())
	}
	b.WriteString(" .\n")
	for _, v := range t.Variables {
		if v.Kind == Number && v.Unknown {
			fmt.Fprintf(b, "RECODE %s (CONVERT) ('dont_know'=%d) ('refused'=%d) INTO %s.\n", v.read(), spssDontKnow, spssRefused, v.Name)
			fmt.Fprintf(b, "DELETE VARIABLES %s.\n", v.read())
			fmt.Fprintf(b, "MISSING VALUES %s (%d, %d).\n", v.Name, spssRefused, spssDontKnow)
		}
	}
	for _, v := range t.Variables {
		fmt.Fprintf(b, "VARIABLE LABELS %s\n %s.\n", v.Name, spssQuote(cutBytes(oneLine(v.Label), spssLabel)))
		labels := v.Values
		if v.Kind == Number && v.Unknown {
			labels = append(append([]Value{}, labels...),
				Value{fmt.Sprint(spssDontKnow), t.say("export.value.unknown.dont_know")}, Value{fmt.Sprint(spssRefused), t.say("export.value.unknown.refused")})
		}
		if len(labels) == 0 {
			continue
		}
		fmt.Fprintf(b, "VALUE LABELS %s", v.Name)
		for _, code := range labels {
			value := code.Code
			if v.Kind != Number {
				value = spssQuote(value)
			}
			fmt.Fprintf(b, "\n %s %s", value, spssQuote(cutBytes(oneLine(code.Label), spssValue)))
		}
		b.WriteString(".\n")
	}
	b.WriteString("EXECUTE.\n")
	return b.Flush()
}

// read is the name a column is read under: one that holds words beside numbers is
// read as text first.
func (v *Variable) read() string {
	if v.Kind == Number && v.Unknown {
		return cutBytes(v.Name, maxName-2) + "_t"
	}
	return v.Name
}

func (v *Variable) spssFormat() string {
	switch {
	case v.Kind == Number && v.Unknown:
		return "A20"
	case v.Kind == Number:
		return "F12.4"
	case v.Kind == Code:
		width := len(DontKnow)
		for _, code := range v.Values {
			width = max(width, len(code.Code)+1)
		}
		return fmt.Sprintf("A%d", width)
	case v.Group == GroupFree:
		return fmt.Sprintf("A%d", spssText)
	}
	return "A80"
}

// writeStata writes a do-file that reads the CSV of the same name and labels it.
// Everything is read as text and made numbers here, so nothing is guessed.
func (t *Table) writeStata(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "* %s\n* %s\n", oneLine(t.say("export.syntax.lead")), oneLine(t.say("export.syntax.beside")))
	fmt.Fprintf(b, "version 14\nclear\nimport delimited using %s, delimiters(\",\") varnames(1) case(preserve) encoding(\"utf-8\") bindquote(strict) stringcols(_all)\n", stataQuote(t.Name()+".csv"))
	for _, v := range t.Variables {
		switch v.Kind {
		case Number:
			if v.Unknown {
				fmt.Fprintf(b, "replace %[1]s = \".d\" if %[1]s == \"dont_know\"\nreplace %[1]s = \".r\" if %[1]s == \"refused\"\n", v.Name)
			}
			fmt.Fprintf(b, "destring %s, replace\n", v.Name)
		case Code:
			fmt.Fprintf(b, "generate long os__c = .\n")
			for i, code := range v.Values {
				fmt.Fprintf(b, "replace os__c = %s if %s == %s\n", stataCode(i, code.Code), v.Name, stataQuote(code.Code))
			}
			fmt.Fprintf(b, "order os__c, after(%[1]s)\ndrop %[1]s\nrename os__c %[1]s\n", v.Name)
		}
		fmt.Fprintf(b, "label variable %s %s\n", v.Name, stataQuote(cutRunes(oneLine(v.Label), stataLabel)))
		if len(v.Values) == 0 && !v.Unknown || v.Kind == Text {
			continue
		}
		for i, code := range v.Values {
			value := code.Code
			if v.Kind == Code {
				value = stataCode(i, code.Code)
			}
			fmt.Fprintf(b, "label define %s %s %s, modify\n", v.Name, value, stataQuote(oneLine(code.Label)))
		}
		if v.Kind == Number && v.Unknown {
			fmt.Fprintf(b, "label define %s .d %s .r %s, modify\n", v.Name,
				stataQuote(t.say("export.value.unknown.dont_know")), stataQuote(t.say("export.value.unknown.refused")))
		}
		fmt.Fprintf(b, "label values %[1]s %[1]s\n", v.Name)
	}
	return b.Flush()
}

// stataCode is the number of a code; what was not answered in words is missing.
func stataCode(i int, code string) string {
	switch code {
	case DontKnow:
		return ".d"
	case Refused:
		return ".r"
	}
	return fmt.Sprint(i + 1)
}

func (t *Table) say(key string) string { return t.tables.cfg.Words.Lang(t.Lang).T(key, nil) }

// spssQuote writes a text in apostrophes.
func spssQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// stataQuote writes a text in compound quotes; a quote inside cannot end it and
// nothing in it is expanded.
func stataQuote(s string) string {
	s = strings.NewReplacer("`", "’", `"'`, `" '`, "$", `\$`).Replace(s)
	return "`\"" + s + "\"'"
}

// oneLine keeps a text from ending a command: no line breaks, no full stop at its end.
func oneLine(s string) string {
	return strings.TrimRight(strings.Join(strings.Fields(s), " "), ". ")
}

// cutBytes cuts to at most n bytes between letters.
func cutBytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// cutRunes cuts to at most n letters.
func cutRunes(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}
