package app

import "context"

// Reseal seals everything that names people under the first key of the configuration.
// left counts, by key, what still stands under another: an old key may be taken out a
// day after nothing does. A job runs it hourly; so does the operator's command.
func (a *App) Reseal(ctx context.Context) (done int, left map[string]int, err error) {
	if done, err = a.People.Reseal(ctx); err != nil {
		return done, nil, err
	}
	if left, err = a.People.Sealed(ctx); err != nil {
		return done, nil, err
	}
	for _, part := range []func(context.Context) (int, map[string]int, error){a.Events.Reseal, a.Help.Reseal, a.Credentials.Reseal} {
		n, still, err := part(ctx)
		if done += n; err != nil {
			return done, nil, err
		}
		for key, count := range still {
			left[key] += count
		}
	}
	return done, left, nil
}
