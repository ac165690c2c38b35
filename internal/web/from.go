package web

import (
	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/sitting"
	"osvitlo/internal/web/account"
	"osvitlo/internal/web/api"
	"osvitlo/internal/web/gate"
)

// From tells the residents' pages whose device or account a visitor answers on. On
// an enrolled device of a venue the device counts for nobody, so that a class can
// share it; a token that was revoked is as good as none. A resident who has signed
// in counts once under the account. Whoever has a role of staff does not: a mentor
// may have signed in on the tablet and handed it over.
func From(tokens api.Tokens) func(*gin.Context) (sitting.From, error) {
	return func(c *gin.Context) (from sitting.From, err error) {
		if token := account.VenueToken(c); token != "" {
			from.Helper, err = tokens.Helper(c.Request.Context(), token)
			if err != nil && !fault.Is(err, fault.Unauthenticated) {
				return from, err
			}
			if from.Helper != nil && !from.Helper.Allows(sitting.ModeSelf) {
				from.Helper = nil
			}
		}
		if who := gate.Actor(c); len(who.Grants) == 0 {
			from.Account = string(who.Person)
		}
		return from, nil
	}
}
