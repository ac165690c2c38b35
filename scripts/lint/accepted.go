package main

import (
	_ "embed"
	"fmt"
	"regexp"
	"strings"
)

//go:embed accepted.txt
var acceptedText string

type accepted struct {
	rule, path, why string
	used            bool
}

type acceptances []accepted

var acceptedLine = regexp.MustCompile(`^(G[0-9]{3}) (\S+) -- (\S.{9,})$`)

// readAccepted reads the findings that are no fault, each with its reason.
func readAccepted() (list acceptances, err error) {
	for n, line := range strings.Split(acceptedText, "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		m := acceptedLine.FindStringSubmatch(line)
		if m == nil {
			return nil, fmt.Errorf("accepted.txt:%d: a rule, a path, two dashes and a reason are needed", n+1)
		}
		list = append(list, accepted{rule: m[1], path: m[2], why: m[3]})
	}
	return list, nil
}

// takes tells whether a finding was set aside.
func (l acceptances) takes(rule, name string) bool {
	for i := range l {
		a := &l[i]
		if a.rule == rule && (name == a.path || strings.HasSuffix(a.path, "/") && strings.HasPrefix(name, a.path)) {
			a.used = true
			return true
		}
	}
	return false
}

// idle reports lines that fit nothing.
func (l acceptances) idle() {
	for _, a := range l {
		if !a.used {
			fmt.Printf("accepted.txt: %s %s fits nothing any more\n", a.rule, a.path)
		}
	}
}
