package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLicencesAreToldApart(t *testing.T) {
	t.Parallel()
	const mit = "Permission is hereby granted, free of charge, to any person obtaining a copy of this software … THE SOFTWARE IS PROVIDED \"AS IS\", WITHOUT"
	for text, want := range map[string]string{
		mit: "MIT",
		"Apache License\n   Version 2.0, January 2004": "Apache-2.0",
		"Mozilla Public License Version 2.0 … 1.12. “Secondary License” means either the GNU General Public License, Version 2.0, the GNU Lesser General Public License, Version 2.1, the GNU Affero General Public License, Version 3.0, or any later versions of those licenses.": "MPL-2.0",
		"Redistribution and use in source and binary forms … DISCLAIMED, disclaimer": "BSD",
	} {
		if got, err := family(text); err != nil || got != want {
			t.Errorf("%.40q: %q, %v; want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "All rights reserved.", "GNU GENERAL PUBLIC LICENSE\nVersion 3", "GNU Affero General Public License",
		mit + "\n\nParts are under the GNU Lesser General Public License.", "Server Side Public License"} {
		if got, err := family(text); err == nil {
			t.Errorf("%.40q was taken for %s", text, got)
		}
	}
}

func TestAModuleWithoutALicenceIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := moduleLicence(module{Path: "x", Dir: dir}); err == nil {
		t.Error("a module without a licence was taken")
	}
	if err := os.WriteFile(filepath.Join(dir, "COPYING"), []byte("GNU General Public License"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := moduleLicence(module{Path: "x", Dir: dir}); err == nil {
		t.Error("a copyleft module was taken")
	}
}

func TestMarksNeedARuleAndAReason(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(text string) {
		if err := os.WriteFile(filepath.Join(dir, "a.go"), []byte("package a\n"+text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("// #nosec G304 -- the operator names the file")
	if err := unreasoned([]string{dir}); err != nil {
		t.Error(err)
	}
	for _, text := range []string{"// #nosec", "// #nosec G304", "// #nosec -- because", "// #nosec G304 -- ok"} {
		write(text)
		if err := unreasoned([]string{dir}); err == nil || !strings.Contains(err.Error(), "a.go:2") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestTheListIsReadable(t *testing.T) {
	t.Parallel()
	list, err := readAccepted()
	if err != nil || len(list) == 0 {
		t.Fatalf("%d lines, %v", len(list), err)
	}
	if list.takes("G999", "internal/app/x.go") || !list.takes("G304", "internal/app/x.go") || list.takes("G304", "internal/apple/x.go") {
		t.Error("the list takes what it does not name, or not what it names")
	}
}

func TestGosecFindsWhatIsPlanted(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module planted\n\ngo 1.26\n",
		"a.go": "package planted\n\nimport \"crypto/md5\"\n\n// Sum is weak.\nfunc Sum(b []byte) [16]byte { return md5.Sum(b) }\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	if err := security([]string{"."}); err == nil || !strings.Contains(err.Error(), "findings") {
		t.Fatalf("got %v", err)
	}
}
