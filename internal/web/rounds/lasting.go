package rounds

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/person"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// lasting is an act that cannot be undone. It has a page that says so before it is done,
// so that no single press does it, with scripts or without.
type lasting struct {
	act, kind string
	may       func(*round.Round, time.Time) bool
}

var lastings = []lasting{
	{"discard", "bad", func(r *round.Round, _ time.Time) bool { return r.State == round.Planned }},
	{"cut", "", func(r *round.Round, now time.Time) bool { return r.State == round.Open && r.Due(now) }},
	{"throw", "bad", func(r *round.Round, _ time.Time) bool {
		return r.Pilot && (r.State == round.Open || r.State == round.Reported)
	}},
}

func (h *Handlers) lastingRoutes() (list []gate.Route) {
	for _, l := range lastings {
		list = append(list, gate.Route{Method: http.MethodGet, Path: Rounds + "/:round/" + l.act, Need: gate.May(person.RoundOpen),
			Do: func(c *gin.Context) error { return h.see(c).ask(l) }})
	}
	return list
}

// ask is the page before a lasting act.
func (v *view) ask(l lasting) error {
	r, err := v.find(person.RoundOpen)
	if err != nil {
		return err
	}
	if !l.may(r, v.h.o.Now()) {
		return v.notNow(fault.New(fault.Conflict, "rounds.not_now"))
	}
	at := Rounds + "/" + r.ID
	s := v.sheet("rounds", at+"/"+l.act, v.t(l.act), v.rounds(), v.link(r))
	s.Lead = v.t(l.act + ".sure")
	s.Blocks = []page.Block{{Form: &page.Form{Action: at + "/" + l.act, Hidden: rev(r.Rev),
		Buttons: []page.Button{{Text: v.t(l.act + ".do"), Kind: l.kind, Small: true}, {Text: v.t("cancel"), Href: at, Kind: "quiet", Small: true}}}}}
	return v.show(http.StatusOK, s)
}

// notNow answers with the page of the round, which says why, where an act came too early or
// too late: somebody else was quicker, or the page was old.
func (v *view) notNow(err error) error {
	if fault.Is(err, fault.Conflict) {
		return v.roundPage(err)
	}
	return err
}
