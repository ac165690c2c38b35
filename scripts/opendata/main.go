// Command opendata writes what a demo city gives to other people's programs into a folder,
// so that these check it: the files of a release, the microdata of its closed wave and the
// calendars of what is on.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"osvitlo/internal/app"
	"osvitlo/internal/config"
	"osvitlo/internal/export"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "opendata: name a folder")
		os.Exit(2)
	}
	if err := write(context.Background(), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "opendata:", err)
		os.Exit(1)
	}
}

// settings of the invented city.
func settings(data string) func(string) string {
	vars := map[string]string{"OSVITLO_DATA": data, "OSVITLO_DEMO": "true", "OSVITLO_DEMO_PEOPLE": "1500", "OSVITLO_PUBLIC_URL": "https://osvitlo.example"}
	return func(name string) string { return vars[name] }
}

func write(ctx context.Context, dir string) (err error) {
	data, err := os.MkdirTemp("", "osvitlo-opendata-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(data)) }()
	c, _, err := config.Load("serve", nil, settings(data), io.Discard)
	if err != nil {
		return err
	}
	a, err := app.New(ctx, c, app.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	view := a.Index.Snapshot().View
	if len(view.Releases) == 0 {
		return fmt.Errorf("the demo city has no release")
	}
	for _, part := range []string{"release", "microdata", "feeds"} {
		if err := os.MkdirAll(filepath.Join(dir, part), 0o750); err != nil {
			return err
		}
	}
	for _, f := range view.Releases[0].Files {
		body, err := a.Index.ReleaseFile(ctx, view.Releases[0].ID, f.Name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, "release", f.Name), body.Body, 0o600); err != nil {
			return err
		}
	}
	if err := writeMicrodata(ctx, a, filepath.Join(dir, "microdata")); err != nil {
		return err
	}
	return writeFeeds(ctx, a, filepath.Join(dir, "feeds"))
}

// writeMicrodata writes those of the first wave, which is over.
func writeMicrodata(ctx context.Context, a *app.App, dir string) error {
	m, err := a.Microdata(ctx, a.Waves.Waves()[0].ID)
	if err != nil {
		return err
	}
	about, err := m.Package()
	if err != nil {
		return err
	}
	for name, body := range map[string][]byte{export.MicroFile: m.CSV(), export.MicroPackage: about} {
		if err := os.WriteFile(filepath.Join(dir, name), body, 0o600); err != nil {
			return err
		}
	}
	return nil
}
