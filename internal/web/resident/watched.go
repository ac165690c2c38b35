package resident

import (
	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
	"osvitlo/internal/sitting"
)

// Level is where tests for a certificate begin and go on; another package answers it.
const Level = "/me/level"

// unwatched is the key of the fault that stops a test for a certificate: nobody watches
// it now.
const unwatched = "credential.level.unwatched"

// safe leads to the calm page after «Тривога: зберегти й вийти». A test under watch is
// interrupted: it goes on with new PINs, within its fourteen days.
func (h *Handlers) safe(c *gin.Context, at visit, tail string) error {
	if h.o.Interrupted != nil {
		watched, err := h.o.Interrupted(c.Request.Context(), at.id)
		if err != nil {
			return err
		}
		if watched {
			return see(c, Level+"?done=alarm")
		}
	}
	return see(c, at.at("safe")+tail)
}

// stopped tells whether an error says that nobody watches a test that must be watched.
func stopped(err error) bool {
	f := fault.As(err)
	return f != nil && f.Kind == fault.Forbidden && f.Key == unwatched
}

// certifies tells whether an instrument is the form for a certificate.
func certifies(in *instrument.Instrument) bool {
	block, ok := in.Adaptive()
	return ok && block.Block.Adaptive == sitting.Certificate
}

// Remember gives the browser what opens a sitting that was begun elsewhere on the site,
// and tells where it goes on.
func (h *Handlers) Remember(c *gin.Context, id, sealed string) (address string) {
	h.remember(c, id, sealed)
	return visit{id: id}.at()
}
