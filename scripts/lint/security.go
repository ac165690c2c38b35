package main

import (
	"bufio"
	"fmt"
	"io"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"sort"
	"strings"

	"github.com/securego/gosec/v2"
	"github.com/securego/gosec/v2/analyzers"
	"github.com/securego/gosec/v2/rules"
)

// off are rules that say nothing here, each with why.
var off = map[string]string{
	"G104": "errors that are dropped are dropped in words (_ =, _, _ =)",
	"G115": "the rule does not see bounds that were checked elsewhere; decoders of outside numbers have fuzz targets",
}

// security runs gosec over the packages below the directories.
func security(dirs []string) error {
	if err := unreasoned(dirs); err != nil {
		return err
	}
	list, err := readAccepted()
	if err != nil {
		return err
	}
	var packages []string
	for _, dir := range dirs {
		found, err := gosec.PackagePaths(dir+"/...", gosec.ExcludedDirsRegExp([]string{"node_modules", "testdata"}))
		if err != nil {
			return err
		}
		packages = append(packages, found...)
	}
	if len(packages) == 0 {
		return fmt.Errorf("no packages in %v", dirs)
	}
	ids := make([]string, 0, len(off))
	for id := range off {
		ids = append(ids, id)
	}
	rs := rules.Generate(false, rules.NewRuleFilter(true, ids...))
	as := analyzers.Generate(false, analyzers.NewAnalyzerFilter(true, ids...))
	a := gosec.NewAnalyzer(gosec.NewConfig(), false, true, false, runtime.NumCPU(), log.New(io.Discard, "", 0))
	a.LoadRules(rs.RulesInfo())
	a.LoadAnalyzers(as.AnalyzersInfo())
	if err := a.Process(nil, packages...); err != nil {
		return err
	}
	issues, metrics, failed := a.Report()
	for file, faults := range failed {
		for _, f := range faults {
			fmt.Printf("%s:%d: %s\n", file, f.Line, f.Err)
		}
	}
	sort.Slice(issues, func(i, j int) bool {
		return issues[i].File+issues[i].Line < issues[j].File+issues[j].Line
	})
	root, err := os.Getwd()
	if err != nil {
		return err
	}
	open := 0
	for _, i := range issues {
		name, err := filepath.Rel(root, i.File)
		if err != nil {
			name = i.File
		}
		if list.takes(i.RuleID, filepath.ToSlash(name)) {
			continue
		}
		open++
		fmt.Printf("%s:%s: %s %s (%s, %s)\n", name, i.Line, i.RuleID, i.What, strings.ToLower(i.Severity.String()), strings.ToLower(i.Confidence.String()))
	}
	list.idle()
	fmt.Printf("gosec: %d files, %d lines, %d findings with a reason, %d without\n", metrics.NumFiles, metrics.NumLines, len(issues)-open, open)
	if metrics.NumFiles == 0 {
		return fmt.Errorf("gosec read no file")
	}
	if open > 0 || len(failed) > 0 {
		return fmt.Errorf("%d findings, %d files that could not be read", open, len(failed))
	}
	return nil
}

// reasoned is how a finding is set aside: the rule, two dashes and why.
var reasoned = regexp.MustCompile(`#nosec( G[0-9]{3})+ -- \S.{9,}`)

// unreasoned finds marks that do not say which rule and why.
func unreasoned(dirs []string) error {
	var bad []string
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") {
				return err
			}
			f, err := os.Open(name)
			if err != nil {
				return err
			}
			defer f.Close()
			lines := bufio.NewScanner(f)
			lines.Buffer(nil, 1<<20)
			for n := 1; lines.Scan(); n++ {
				if text := lines.Text(); strings.Contains(text, "#nosec") && !reasoned.MatchString(text) {
					bad = append(bad, fmt.Sprintf("%s:%d", name, n))
				}
			}
			return lines.Err()
		})
		if err != nil {
			return err
		}
	}
	if len(bad) > 0 {
		return fmt.Errorf("marks without a rule and a reason: %s", strings.Join(bad, ", "))
	}
	return nil
}
