package app

import (
	"context"

	"osvitlo/internal/export"
	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
)

// Microdata makes the microdata of a wave that is over, and remembers that they were
// given. Errors: those of export.MakeMicrodata.
func (a *App) Microdata(ctx context.Context, wave string) (m *export.Microdata, err error) {
	defer fault.Wrap(&err, "app.Microdata")
	ledger, err := export.OpenLedger(a.engine)
	if err != nil {
		return nil, err
	}
	return export.MakeMicrodata(ctx, export.MicroDeps{
		Sittings: a.Sittings, Waves: a.Waves, Ledger: ledger, Districts: a.margins.DistrictIDs(), Demo: a.config.Demo, Now: a.now,
	}, wave)
}

// Answers makes tables of answers, for staff and for the operator.
func (a *App) Answers() (*export.Tables, error) {
	return export.NewTables(export.Config{Sittings: a.Sittings, Words: a.words, Secret: a.secret, Demo: a.config.Demo, Bank: a.choosable()})
}

// choosable are the items that adaptive tests choose from.
func (a *App) choosable() (list []*instrument.Item) {
	for _, it := range a.Library.Items() {
		if it.Scored() && it.DontKnow {
			list = append(list, it)
		}
	}
	return list
}
