package account

import (
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/web/page"
)

// deviceLife is how long a venue's device stays enrolled in its browser; the token may
// end earlier.
const deviceLife = 366 * 24 * time.Hour

// queryOf reads an address of this site; a broken one is empty.
func queryOf(address string) *url.URL {
	u, err := url.Parse(address)
	if err != nil {
		return &url.URL{}
	}
	return u
}

// enrol keeps the token of a venue's device in its browser, for the sign-in and for
// the sittings that are answered there; an empty one forgets it.
func (h *Handlers) enrol(c *gin.Context, token string) {
	h.cookie(c, cookieDevice, token, signInFolder, deviceLife)
	h.cookie(c, cookieDevice, token, sittingFolder, deviceLife)
	mark := ""
	if token != "" {
		mark = "1"
	}
	h.cookie(c, cookieVenue, mark, "/", deviceLife)
}

// VenueToken is the token of the enrolled device this browser is, where sittings are
// answered; empty on any other device.
func VenueToken(c *gin.Context) string { return cookie(c, cookieDevice) }

// Device is the door of a venue's own device: find yourself, then the second secret.
// On any other device it asks for the token that a venue lead has issued.
func (h *Handlers) Device(c *gin.Context) error {
	if cookie(c, cookieDevice) == "" {
		return h.enrolForm(c, nil)
	}
	return h.whoForm(c, h.door(c), "", nil, nil)
}

func (h *Handlers) enrolForm(c *gin.Context, err error) error {
	w := h.words(c)
	list, again := faults(err, "token")
	if err != nil && !again {
		return h.fail(c, err)
	}
	s := &Sheet{Base: h.base(c, "account.enrol.title", "/sign-in"), Lead: []string{w.T("account.enrol.lead", nil), w.T("account.enrol.text", nil)}}
	wrong(&s.Base, &s.Errors, w, list)
	f := field(w, list, "token", "account.enrol.token", "")
	f.Plain, f.MaxLength, f.Autocomplete = true, 100, "off"
	s.Forms = []Form{{Action: "/sign-in/device", Parts: []any{f}, Buttons: []page.Button{button(w, "account.enrol.go")}}}
	return h.sheet(c, status(c, err), s)
}

// EnrolDevice takes the token, or a name to find oneself by.
func (h *Handlers) EnrolDevice(c *gin.Context) error {
	var in struct {
		Back  string `form:"back"`
		Token string `form:"token"`
		Q     string `form:"q"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	d := door{Back: in.Back}.here(c)
	held := cookie(c, cookieDevice)
	if held == "" {
		t, err := h.o.People.Verify(c.Request.Context(), in.Token)
		if err == nil && t.Kind != person.DeviceToken {
			err = fault.New(fault.Unauthenticated, "person.token_unknown")
		}
		if err != nil {
			return h.enrolForm(c, err)
		}
		h.enrol(c, in.Token)
		return see(c, "/sign-in/device")
	}
	found, err := h.o.People.OnDevice(c.Request.Context(), held, in.Q)
	return h.whoForm(c, d, clip(in.Q, 100), found, err)
}

func (h *Handlers) whoForm(c *gin.Context, d door, typed string, found []person.DeviceRow, err error) error {
	w := h.words(c)
	if f := fault.As(err); f != nil && f.Key == "person.token_unknown" {
		h.enrol(c, "")
		return h.fail(c, err)
	}
	list, again := faults(err, "q")
	if err != nil && !again {
		return h.fail(c, err)
	}
	s := &Sheet{Base: h.base(c, "account.who.title", d.to("/sign-in")), Lead: []string{w.T("account.who.lead", nil)}}
	wrong(&s.Base, &s.Errors, w, list)
	f := field(w, list, "q", "account.who.name", typed)
	f.MaxLength, f.Autocomplete, f.Plain = 100, "off", true
	s.Forms = []Form{{Action: "/sign-in/device", Hidden: d.hidden(), Parts: []any{f}, Buttons: []page.Button{button(w, "account.who.find")}}}
	for i, one := range found {
		pick := Form{Action: "/sign-in/device/secret", Hidden: append(d.hidden(), Hidden{"person", string(one.ID)}, Hidden{"kind", string(one.Kind)}),
			Buttons: []page.Button{second(w, "account.who.me")}}
		pick.Buttons[0].Text = one.Label
		if i == 0 {
			pick.Title = w.T("account.who.list", nil)
		}
		s.Forms = append(s.Forms, pick)
	}
	if typed != "" && len(found) == 0 && err == nil {
		s.Notes = []page.Note{{Kind: "sun", Title: w.T("account.who.nobody", nil), Text: []string{w.T("account.who.nobody.text", nil)}}}
	}
	return h.sheet(c, status(c, err), s)
}

// DeviceSecret signs in with the second secret alone, on an enrolled device.
func (h *Handlers) DeviceSecret(c *gin.Context) error {
	var in secretForm
	if err := read(c, &in); err != nil {
		return err
	}
	d := door{Back: in.Back, Shared: true}.here(c)
	held := cookie(c, cookieDevice)
	if held == "" {
		return see(c, "/sign-in/device")
	}
	kind := person.SecretKind(in.Kind)
	if kind != person.Words && kind != person.Digits {
		kind = person.Pictures
	}
	s := in.secret(kind)
	hidden := []Hidden{{"person", clip(in.Person, 40)}, {"kind", string(kind)}}
	if !s.whole() {
		var err error
		if asked(c) { // else the person comes from the list
			err = in.missing(&s)
		}
		return h.secretPage(c, d, s, "/sign-in/device/secret", hidden, err)
	}
	got, err := h.o.People.SignInSecret(c.Request.Context(), held, person.ID(in.Person), s.list(), s.stamp)
	if err != nil {
		return h.secretPage(c, d, s, "/sign-in/device/secret", hidden, err)
	}
	return h.enter(c, got, d)
}

// asked tells whether the form had a field for the secret at all.
func asked(c *gin.Context) bool {
	_, ok := c.Request.PostForm["secret"]
	return ok
}
