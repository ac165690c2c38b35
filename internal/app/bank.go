package app

import (
	"context"
	"errors"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/itembank"
	"osvitlo/internal/job"
	"osvitlo/internal/sitting"
	"osvitlo/internal/web"
	"osvitlo/internal/web/items"
)

// openBank opens the item bank: what adaptive tests may give, and what staff say of items.
func (a *App) openBank(ctx context.Context, catalogue *sitting.Catalogue) (err error) {
	defer fault.Wrap(&err, "app.openBank")
	o := itembank.Options{Engine: a.engine, Library: a.Library, Catalogue: catalogue, Now: a.now}
	if a.Audit != nil {
		o.Audit = a.Audit
	}
	a.Bank, err = itembank.New(ctx, o)
	return err
}

// bankJobs are the statistics of items and their calibration.
func (a *App) bankJobs() error {
	return errors.Join(
		a.Jobs.Add(job.Job{Name: "item-statistics", When: job.Daily(1, 30), Lease: 10 * time.Minute, Run: func(ctx context.Context, _ job.Run) error {
			return a.Bank.Compute(ctx, a.Sittings)
		}}),
		a.Jobs.Add(job.Job{Name: "item-calibration", When: job.Every(7 * 24 * time.Hour), Lease: 10 * time.Minute, Run: func(ctx context.Context, _ job.Run) error {
			_, err := a.Bank.Calibrate(ctx, a.Sittings)
			return err
		}}),
	)
}

func (a *App) itemPages(s site) (web.Part, error) {
	return items.New(items.Options{Pages: s.pages, Words: a.words, Library: a.Library, Bank: a.Bank,
		Catalogue: a.Sittings.Catalogue(), Menu: a.desk.Menu, Now: a.now})
}
