package app

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"osvitlo/internal/cityindex"
	"osvitlo/internal/config"
	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// Demo tells whether everything in this store is invented.
func (a *App) Demo() bool { return a.kind.Kind == kindDemo }

// IsDemo tells of what kind an existing store is, for commands that take it as it is.
func IsDemo(ctx context.Context, c *config.Config) (demo bool, err error) {
	defer fault.Wrap(&err, "app.IsDemo")
	if c.MongoURI == "" {
		// Asking must not make a folder.
		if _, err := os.Stat(filepath.Join(c.Data, databaseFile)); errors.Is(err, fs.ErrNotExist) {
			return false, noData()
		}
	}
	a := &App{config: c}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := a.openStores(ctx, c.MongoURI == ""); err != nil {
		return false, err
	}
	settings, err := store.Open[installation](a.engine, settingsSpec)
	if err != nil {
		return false, err
	}
	in, err := settings.Get(ctx, installationID)
	if fault.Is(err, fault.NotFound) {
		return false, noData()
	}
	return err == nil && in.Kind == kindDemo, err
}

func noData() error {
	return fault.Newf(fault.NotFound, "", "тут ще немає даних; спершу запустіть serve / there are no data yet; run serve first")
}

// VerifyOptions let a download be checked against this store and its key.
func (a *App) VerifyOptions(ctx context.Context) (cityindex.VerifyOptions, error) {
	key, err := cityindex.ReadPublicKey(ctx, a.engine)
	return cityindex.VerifyOptions{
		Key:  key,
		Data: &cityindex.DataCheck{Engine: a.engine, Source: a.Sittings, Settings: a.indexSettings(), Forms: a.forms()},
	}, err
}
