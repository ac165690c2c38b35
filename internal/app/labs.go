package app

import (
	"context"

	"osvitlo/internal/institution/lab"
)

// openLabs opens the register of digital laboratories. It comes after the institutions.
func (a *App) openLabs(ctx context.Context) (err error) {
	o := lab.Options{Engine: a.engine, Bodies: a.Institutions, Now: a.now}
	if a.Audit != nil {
		o.Audit = a.Audit
	}
	a.Labs, err = lab.New(ctx, o)
	return err
}
