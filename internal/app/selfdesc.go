package app

import (
	"context"

	"osvitlo/internal/institution/portrait"
)

// openPortraits opens the self-descriptions of institutions. It comes after the register.
func (a *App) openPortraits(ctx context.Context) error {
	o := portrait.Options{Engine: a.engine, Book: a.Library.SelfDescription(), Bodies: a.Institutions, Now: a.now}
	if a.Audit != nil {
		o.Audit = a.Audit
	}
	var err error
	a.Portraits, err = portrait.New(ctx, o)
	return err
}
