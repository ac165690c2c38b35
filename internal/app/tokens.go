package app

import (
	"context"

	"osvitlo/internal/person"
	"osvitlo/internal/sitting"
)

// venueTokens reads the tokens of people for the sittings of the API.
type venueTokens struct{ people *person.Service }

// Helper tells who stands behind a token; its hash is cut to what limits need.
func (v venueTokens) Helper(ctx context.Context, token string) (*sitting.Helper, error) {
	t, err := v.people.Verify(ctx, token)
	if err != nil {
		return nil, err
	}
	return &sitting.Helper{Kind: sitting.HelperKind(t.Kind), Venue: t.Place, Person: string(t.Person), Token: t.ID[:16]}, nil
}
