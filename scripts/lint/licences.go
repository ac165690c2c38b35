package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
)

// families are the licences whose code may stand in the program, with words that the
// text of each always has. MPL-2.0 binds only changes of its own files. The order
// matters: the longer text is looked for first.
var families = []struct {
	id   string
	says []string
}{
	{"Apache-2.0", []string{"apache license", "version 2.0"}},
	{"MPL-2.0", []string{"mozilla public license", "version 2.0"}},
	{"ISC", []string{"permission to use, copy, modify, and", "distribute this software for any purpose with or without fee is hereby granted"}},
	{"MIT", []string{"permission is hereby granted, free of charge, to any person obtaining a copy", "the software is provided \"as is\""}},
	{"BSD", []string{"redistribution and use in source and binary forms", "disclaimer"}},
	{"public domain", []string{"has been dedicated to the public domain by the authors", "anyone is free to copy, modify, publish, use"}},
	{"Unlicense", []string{"free and unencumbered software released into the public domain"}},
}

// copyleft would bind the whole program: no such words may stand in a licence.
var copyleft = regexp.MustCompile(`gnu (affero |lesser |library )?general public license|server side public license|business source license|creative commons attribution-(noncommercial|sharealike)`)

// secondary is where MPL-2.0 names the GNU licences it can be combined with: that is
// leave, not a bond.
var secondary = regexp.MustCompile(`means either the gnu general public license[^.]*\.[^.]*\.[^.]*\.[^.]*later versions of those licenses`)

// apart are files that say nothing about the code.
var apart = map[string]string{
	"modernc.org/memory/LICENSE-LOGO": "where the picture of its readme comes from",
}

var spaces = regexp.MustCompile(`[\s*#>/]+`)

// family names the licence of a text, or says why it may not be used.
func family(text string) (string, error) {
	text = strings.ToLower(spaces.ReplaceAllString(text, " "))
	text = secondary.ReplaceAllString(text, "")
	text = strings.NewReplacer("“", `"`, "”", `"`, "``", `"`, "''", `"`).Replace(text)
	for _, f := range families {
		all := true
		for _, words := range f.says {
			all = all && strings.Contains(text, words)
		}
		if !all {
			continue
		}
		if copyleft.MatchString(text) {
			return "", fmt.Errorf("speaks of %q", copyleft.FindString(text))
		}
		return f.id, nil
	}
	if found := copyleft.FindString(text); found != "" {
		return "", fmt.Errorf("%s", found)
	}
	return "", errors.New("no licence that is known here")
}

type module struct {
	Path, Version, Dir string
}

// licences reads the licence of every module whose packages are linked into the
// program, on the machines it is built for.
func licences(out io.Writer) error {
	mods := map[string]module{}
	for _, arch := range []string{"amd64", "arm64"} {
		if err := linked(arch, mods); err != nil {
			return err
		}
	}
	if len(mods) < 20 {
		return fmt.Errorf("only %d modules were found: the list is broken", len(mods))
	}
	names := make([]string, 0, len(mods))
	for name := range mods {
		names = append(names, name)
	}
	sort.Strings(names)
	count, bad := map[string]int{}, 0
	for _, name := range names {
		m := mods[name]
		id, err := moduleLicence(m)
		if err != nil {
			bad++
			fmt.Fprintf(out, "%s %s: %v\n", m.Path, m.Version, err)
			continue
		}
		count[id]++
	}
	fmt.Fprintf(out, "licences: %d modules in the program: %v\n", len(mods), count)
	if bad > 0 {
		return fmt.Errorf("%d modules whose licence does not fit", bad)
	}
	return nil
}

// linked adds the modules behind the packages of the program.
func linked(arch string, mods map[string]module) error {
	cmd := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Version}}\t{{.Dir}}{{end}}{{end}}", "./cmd/...")
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH="+arch, "CGO_ENABLED=0")
	var failed bytes.Buffer
	cmd.Stderr = &failed
	raw, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("go list: %w: %s", err, failed.String())
	}
	for _, line := range strings.Split(string(raw), "\n") {
		if part := strings.Split(line, "\t"); len(part) == 3 {
			mods[part[0]] = module{Path: part[0], Version: part[1], Dir: part[2]}
		}
	}
	return nil
}

// moduleLicence reads every licence file in the root of a module: all must fit.
func moduleLicence(m module) (string, error) {
	files, err := os.ReadDir(m.Dir)
	if err != nil {
		return "", err
	}
	first := ""
	for _, f := range files {
		name := strings.ToUpper(f.Name())
		if f.IsDir() || !(strings.HasPrefix(name, "LICEN") || strings.HasPrefix(name, "COPYING") || strings.HasPrefix(name, "UNLICENSE")) {
			continue
		}
		if _, about := apart[m.Path+"/"+f.Name()]; about {
			continue
		}
		text, err := os.ReadFile(filepath.Join(m.Dir, f.Name()))
		if err != nil {
			return "", err
		}
		id, err := family(string(text))
		if err != nil {
			return "", fmt.Errorf("%s: %w", f.Name(), err)
		}
		if first == "" {
			first = id
		}
	}
	if first == "" {
		return "", errors.New("no licence file")
	}
	return first, nil
}
