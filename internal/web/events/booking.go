package events

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/event"
	"osvitlo/internal/fault"
	"osvitlo/internal/web/page"
)

// BookingPage is a booking as whoever made it sees it.
type BookingPage struct {
	page.Base
	State   page.Note
	Code    string
	Facts   []page.Row
	Accept  string
	Leave   string
	Say     string
	Said    bool
	Meeting *page.Link
	Done    string
	Phone   string
	Other   *page.Link
}

// Booking shows a booking by its secret address.
func (h *Handlers) Booking(c *gin.Context) error {
	v := h.see(c)
	t, err := h.o.Events.ByToken(v.ctx, c.Param("token"))
	if err != nil {
		return err
	}
	path := Booking + "/" + t.Secret
	p := &BookingPage{Base: v.base(v.t("booking.title"), path), Code: t.Code.In(v.lang), Phone: h.o.City.Phone}
	p.NoIndex, p.Back = true, &page.Link{Href: Address, Text: v.t("back")}
	if d := c.Query("done"); d == "left" || d == "accepted" || d == "said" {
		p.Done = v.t("done." + d)
	}
	over := false
	id, key, _ := strings.Cut(t.Ref, ":")
	if e, ok := h.o.Events.ByID(id); ok && e.Occurrence(key) != nil {
		o := e.Occurrence(key)
		f := h.o.Events.Public(v.ctx, o)
		if t.State == event.Seated || t.State == event.Offered {
			f = h.o.Events.Booked(v.ctx, o)
		}
		state := o.Now(v.now)
		over = state != event.Planned && state != event.Shelter
		p.Facts = []page.Row{{Key: v.t("fact.what"), Value: v.in(e.Title), Href: Address + "/" + e.Slug, Change: v.t("fact.more")}, {Key: v.t("fact.when"), Value: v.when(&f)}, {Key: v.t("fact.where"), Value: v.where(&f, true)}}
		if bring := v.in(e.Bring); bring != "" {
			p.Facts = append(p.Facts, page.Row{Key: v.t("fact.bring"), Value: bring})
		}
		if t.State == event.Seated && e.Online != "" && !over {
			p.Meeting = &page.Link{Href: e.Online, Text: v.t("booking.online")}
		}
		if state == event.Cancelled || state == event.Moved || state == event.Shelter {
			p.State = page.Note{Kind: "sun", Title: v.t("state." + string(state)), Text: []string{v.t("state." + string(state) + ".text")}}
		}
		if state == event.Ended && t.State == event.Seated {
			p.Say = path + "/say"
			p.State = page.Note{Title: v.t("state.ended"), Text: []string{v.t("booking.thanks")}}
			for _, m := range e.Materials {
				p.Facts = append(p.Facts, page.Row{Key: v.t("fact.material"), Value: m.Title, Href: m.Href, Change: v.t("fact.open")})
			}
		}
	} else if d, ok := h.o.Events.Desk(id); ok {
		over = t.Starts.Before(v.now)
		venue, _ := h.o.Venues.Venue(d.Place)
		where := strings.Trim(v.in(venue.Name)+", "+v.in(venue.Address), ", ")
		p.Facts = []page.Row{{Key: v.t("fact.what"), Value: v.in(d.Name)}, {Key: v.t("fact.when"), Value: v.w.DateTime(t.Starts.Time) + ", " + v.weekday(t.Starts.Time, false)}, {Key: v.t("fact.where"), Value: where}}
		if d.Screen {
			p.Facts = append(p.Facts, page.Row{Key: v.t("desk.screen"), Value: v.t("desk.screen.text")})
		}
	}
	if p.State.Title == "" {
		p.State = v.standing(t)
	}
	if !over {
		switch t.State {
		case event.Offered:
			p.Accept, p.Leave = path+"/accept", path+"/leave"
		case event.Seated, event.Waiting:
			p.Leave = path + "/leave"
		}
	}
	v.private()
	return v.render(http.StatusOK, "booking", p)
}

func (v *view) standing(t *event.Ticket) page.Note {
	switch t.State {
	case event.Seated:
		return page.Note{Kind: "good", Title: v.t("booking.seated"), Text: []string{v.t("booking.seated.text")}}
	case event.Offered:
		return page.Note{Kind: "sun", Title: v.t("booking.offered"), Text: []string{v.t("booking.offered.text", "Until", v.w.DateTime(t.OfferEnds()))}}
	case event.Waiting:
		return page.Note{Kind: "sun", Title: v.t("booking.waiting"), Text: []string{v.n("booking.before", t.Before), v.t("booking.waiting.text")}}
	case event.Lapsed:
		return page.Note{Title: v.t("booking.lapsed"), Text: []string{v.t("booking.lapsed.text")}}
	}
	return page.Note{Title: v.t("booking.left"), Text: []string{v.t("booking.left.text")}}
}

// act does something with the booking of the address and shows it again.
func (h *Handlers) act(c *gin.Context, done string, do func(*view, *event.Ticket) error) error {
	v := h.see(c)
	t, err := h.o.Events.ByToken(v.ctx, c.Param("token"))
	if err != nil {
		return err
	}
	path := Booking + "/" + t.Secret
	switch err := do(v, t); {
	case fault.Is(err, fault.Gone), fault.Is(err, fault.Conflict):
		return v.to(path) // the page says how things stand
	case err != nil:
		return err
	}
	return v.to(path + "?done=" + done)
}

// Leave gives the seat back.
func (h *Handlers) Leave(c *gin.Context) error {
	return h.act(c, "left", func(v *view, t *event.Ticket) error { return h.o.Events.Leave(v.ctx, t.ID) })
}

// Accept takes the seat that was offered.
func (h *Handlers) Accept(c *gin.Context) error {
	return h.act(c, "accepted", func(v *view, t *event.Ticket) error { return h.o.Events.Accept(v.ctx, t.ID) })
}

// Say stores whether it helped.
func (h *Handlers) Say(c *gin.Context) error {
	return h.act(c, "said", func(v *view, t *event.Ticket) error {
		return h.o.Events.Say(v.ctx, t.Booking, c.PostForm("helped") == "yes")
	})
}
