package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"osvitlo/internal/asset"
	"osvitlo/internal/audit"
	"osvitlo/internal/cityindex"
	"osvitlo/internal/config"
	"osvitlo/internal/course"
	"osvitlo/internal/course/draft"
	"osvitlo/internal/coursepack"
	"osvitlo/internal/credential"
	"osvitlo/internal/eservice"
	"osvitlo/internal/event"
	"osvitlo/internal/export"
	"osvitlo/internal/fault"
	"osvitlo/internal/help"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/lab"
	"osvitlo/internal/institution/plan"
	"osvitlo/internal/institution/portrait"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/institution/staffing"
	"osvitlo/internal/itembank"
	"osvitlo/internal/job"
	"osvitlo/internal/media/disk"
	"osvitlo/internal/media/s3"
	"osvitlo/internal/notify"
	"osvitlo/internal/person"
	"osvitlo/internal/place"
	"osvitlo/internal/sitting"
	"osvitlo/internal/store"
	"osvitlo/internal/store/mongodb"
	"osvitlo/internal/store/sqlite"
	"osvitlo/internal/survey"
)

// specs lists every collection of the program, in the order they are migrated.
func specs() []store.Spec {
	all := append([]store.Spec{settingsSpec, publishedSpec}, survey.Specs()...)
	for _, more := range [][]store.Spec{sitting.Specs(), cityindex.Specs(), audit.Specs(), job.Specs(), notify.Specs(), person.Specs(), export.Specs(), itembank.Specs(), course.Specs(), draft.Specs(), credential.Specs(), asset.Specs(), eservice.Specs(), place.Specs(), coursepack.Specs(), help.Specs(), event.Specs(), institution.Specs(), round.Specs(), staffing.Specs(), {plan.Spec}, lab.Specs(), {portrait.Spec}} {
		all = append(all, more...)
	}
	return all
}

// Migrate prepares the store for this version of the program and nothing else.
func Migrate(ctx context.Context, c *config.Config) (err error) {
	defer fault.Wrap(&err, "app.Migrate")
	a := &App{config: c}
	return errors.Join(a.openStores(ctx, true), a.Close())
}

// databaseFile is the embedded store in the data folder.
const databaseFile = "osvitlo.db"

func (a *App) openStores(ctx context.Context, migrate bool) (err error) {
	if a.config.MongoURI == "" || a.config.S3Endpoint == "" {
		if err := os.MkdirAll(a.config.Data, 0o750); err != nil {
			return fault.From(err, fault.Unavailable, "")
		}
	}
	if a.config.MongoURI != "" {
		a.engine, err = mongodb.Open(ctx, mongodb.Config{URI: a.config.MongoURI.Reveal(), Database: a.config.MongoDatabase})
	} else {
		a.engine, err = sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(a.config.Data, databaseFile)})
	}
	if err != nil {
		return err
	}
	a.closers = append(a.closers, a.engine.Close)
	if migrate {
		if err := a.engine.Migrate(ctx, specs()); err != nil {
			return err
		}
	} else if err := a.engine.Check(ctx, specs()); err != nil {
		return err
	}
	if a.config.S3Endpoint != "" {
		a.media, err = s3.Open(ctx, s3.Config{
			Endpoint: a.config.S3Endpoint, Bucket: a.config.S3Bucket, Region: a.config.S3Region,
			AccessKey: a.config.S3AccessKey.Reveal(), SecretKey: a.config.S3SecretKey.Reveal(), TLS: a.config.S3TLS, Public: a.config.S3Public,
		})
		return err
	}
	folder, err := disk.Open(filepath.Join(a.config.Data, "media"))
	if err != nil {
		return err
	}
	a.media, a.closers = folder, append(a.closers, folder.Close)
	return nil
}
