package deploycheck

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// stages parses the Dockerfile with the parser and the linter of BuildKit.
func stages(t *testing.T) []instructions.Stage {
	t.Helper()
	ast, err := parser.Parse(strings.NewReader(read(t, "Dockerfile")))
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range ast.Warnings {
		t.Errorf("Dockerfile: %s", w.Short)
	}
	lint := linter.New(&linter.Config{Warn: func(rule, _, _, message string, at []parser.Range) {
		t.Errorf("Dockerfile:%v: %s: %s", at, rule, message)
	}})
	list, args, err := instructions.Parse(ast.AST, lint)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 2 || len(args) != 0 {
		t.Fatalf("%d stages and %d arguments, want a build and an image", len(list), len(args))
	}
	return list
}

func commands[T any](s instructions.Stage) (out []T) {
	for _, c := range s.Commands {
		if v, ok := c.(T); ok {
			out = append(out, v)
		}
	}
	return out
}

// buildLine is how every static binary of the project is built.
var buildLine = regexp.MustCompile(`CGO_ENABLED=0 go build -trimpath -o (\S+) \./cmd/osvitlo`)

func TestTheBinaryIsTheOneThatIsTested(t *testing.T) {
	t.Parallel()
	build := stages(t)[0]
	found := 0
	for _, run := range commands[*instructions.RunCommand](build) {
		line := strings.Join(run.CmdLine, " ")
		if !strings.Contains(line, "go build") {
			continue
		}
		found++
		if m := buildLine.FindString(line); m == "" || m != strings.TrimSpace(line) {
			t.Errorf("the image is built by %q, not by %s alone", line, buildLine)
		}
	}
	if found != 1 {
		t.Errorf("%d build lines in the Dockerfile, want 1", found)
	}
	if n := len(buildLine.FindAllString(read(t, "scripts/test"), -1)); n != 1 {
		t.Errorf("scripts/test builds the static binary %d times by that line, want once", n)
	}
	// The version of Go is the one the module asks for.
	wanted := regexp.MustCompile(`(?m)^go (\S+)$`).FindStringSubmatch(read(t, "go.mod"))
	if wanted == nil || build.BaseName != "golang:"+wanted[1] {
		t.Errorf("the build runs on %s, the module asks for Go %v", build.BaseName, wanted)
	}
}

// TestTheImageBuildsFromWhatItCopies asks the Go tool which files the program is made
// of and looks for each among the copied folders.
func TestTheImageBuildsFromWhatItCopies(t *testing.T) {
	t.Parallel()
	var copied []string
	for _, c := range commands[*instructions.CopyCommand](stages(t)[0]) {
		copied = append(copied, c.SourcePaths...)
		for _, p := range c.SourcePaths {
			if found, err := filepath.Glob(filepath.Join(root, p)); err != nil || len(found) == 0 {
				t.Errorf("the Dockerfile copies %s, which is not there", p)
			}
		}
	}
	has := func(file string) bool {
		return slices.ContainsFunc(copied, func(p string) bool {
			match, err := filepath.Match(p, file)
			return err == nil && match || strings.HasPrefix(file, p+"/")
		})
	}
	list := exec.Command("go", "list", "-deps", "-json=Dir,Module,GoFiles,EmbedFiles,CgoFiles", "./cmd/osvitlo")
	list.Dir = root
	list.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	top, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	files, dec := 0, json.NewDecoder(strings.NewReader(string(out)))
	for {
		var pkg struct {
			Dir                           string
			Module                        *struct{ Main bool }
			GoFiles, EmbedFiles, CgoFiles []string
		}
		if err := dec.Decode(&pkg); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if pkg.Module == nil || !pkg.Module.Main {
			continue
		}
		for _, f := range slices.Concat(pkg.GoFiles, pkg.EmbedFiles, pkg.CgoFiles) {
			rel, err := filepath.Rel(top, filepath.Join(pkg.Dir, f))
			if err != nil {
				t.Fatal(err)
			}
			if files++; !has(filepath.ToSlash(rel)) {
				t.Errorf("the program needs %s, which the Dockerfile does not copy", rel)
			}
		}
	}
	if files < 100 {
		t.Fatalf("the program is made of %d files only: the list is broken", files)
	}
	for _, need := range []string{"go.mod", "go.sum"} {
		if !has(need) {
			t.Errorf("the Dockerfile does not copy %s", need)
		}
	}
}

func TestTheImageRunsWithLittle(t *testing.T) {
	t.Parallel()
	image := stages(t)[1]
	if image.BaseName != "scratch" {
		t.Errorf("the image stands on %s, want nothing", image.BaseName)
	}
	user := commands[*instructions.UserCommand](image)
	if len(user) != 1 || !regexp.MustCompile(`^[1-9][0-9]*:[1-9][0-9]*$`).MatchString(user[0].User) {
		t.Fatalf("USER is not one number that is not root's: %+v", user)
	}
	if v := commands[*instructions.VolumeCommand](image); len(v) != 1 || !slices.Equal(v[0].Volumes, []string{"/data"}) {
		t.Errorf("the data folder is not the only volume: %+v", v)
	}
	owned := false
	for _, c := range commands[*instructions.CopyCommand](image) {
		if c.DestPath == "/data" {
			owned = c.Chown == user[0].User
		}
		if c.From != "build" {
			t.Errorf("%v is not copied from the build", c.SourcePaths)
		}
	}
	if !owned {
		t.Error("the data folder does not belong to the user")
	}
	env := map[string]string{}
	for _, c := range commands[*instructions.EnvCommand](image) {
		for _, kv := range c.Env {
			env[kv.Key] = kv.Value
		}
	}
	if env["OSVITLO_DATA"] != "/data" || !strings.HasSuffix(env["OSVITLO_LISTEN"], ":8080") {
		t.Errorf("the environment is %v", env)
	}
	if e := commands[*instructions.ExposeCommand](image); len(e) != 1 || !slices.Equal(e[0].Ports, []string{"8080"}) {
		t.Errorf("exposed ports %+v, want the site's alone", e)
	}
	health := commands[*instructions.HealthCheckCommand](image)
	if len(health) != 1 || !slices.Equal(health[0].Health.Test, []string{"CMD", "/osvitlo", "healthcheck"}) {
		t.Errorf("health check %+v", health)
	}
	entry, cmd := commands[*instructions.EntrypointCommand](image), commands[*instructions.CmdCommand](image)
	if len(entry) != 1 || len(cmd) != 1 || entry[0].PrependShell || cmd[0].PrependShell ||
		strings.Join(slices.Concat(entry[0].CmdLine, cmd[0].CmdLine), " ") != "/osvitlo serve" {
		t.Errorf("starts %+v %+v", entry, cmd)
	}
	if len(commands[*instructions.RunCommand](image)) > 0 {
		t.Error("nothing can be run on an empty image")
	}
}
