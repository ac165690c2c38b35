package resident

import (
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/sitting"
	"osvitlo/internal/web/page"
)

// Names and lives of the cookies. A browser may hold several sittings: a family
// shares a telephone.
const (
	sittingCookie = "s_" // with the sitting's id behind it
	sittingLife   = 180 * 24 * 3600
	sittingsKept  = 6
	deviceCookie  = "device"
	deviceLife    = 180 * 24 * 3600
)

// visit is a person at one sitting: its id, and what opens it.
type visit struct {
	id     string
	access sitting.Access
	call   bool // an operator enters what somebody says by telephone
}

// visit reads the id of the address, the cookie of this sitting and the result key.
func (h *Handlers) visit(c *gin.Context) (visit, error) {
	id, err := sitting.ParseID(c.Param("sitting"))
	if err != nil {
		return visit{}, fault.New(fault.NotFound, "sitting.no_such_sitting")
	}
	v := visit{id: id, call: strings.HasPrefix(c.FullPath(), Calls)}
	if v.call {
		v.access.Token, _ = c.Cookie(callCookie)
		return v, nil
	}
	v.access.Token, _ = c.Cookie(sittingCookie + id)
	if c.Request.URL.RawQuery != "" {
		v.access.Key = c.Query("key")
	}
	return v, nil
}

// at is an address of this sitting's test. What was opened with a key goes on with
// it: inside another app there may be no cookie.
func (v visit) at(parts ...string) string {
	if v.call {
		return v.address(Calls+"/", parts)
	}
	return v.address("/s/", parts)
}

// result is an address of this sitting's result.
func (v visit) result(parts ...string) string {
	if v.call {
		return v.address(Calls+"/", append([]string{"result"}, parts...))
	}
	return v.address("/results/", parts)
}

func (v visit) address(root string, parts []string) string {
	a := root + v.id
	for _, p := range parts {
		if p != "" {
			a += "/" + p
		}
	}
	if v.access.Key != "" {
		a += "?key=" + url.QueryEscape(v.access.Key)
	}
	return a
}

// remember gives the browser the sealed token of a sitting and forgets the oldest
// ones beyond a handful (ids of version 7 sort by time).
func (h *Handlers) remember(c *gin.Context, id, sealed string) {
	var held []string
	for _, k := range c.Request.Cookies() {
		if strings.HasPrefix(k.Name, sittingCookie) && k.Name != sittingCookie+id {
			held = append(held, k.Name)
		}
	}
	slices.Sort(held)
	for i := 0; i+sittingsKept <= len(held); i++ {
		h.cookie(c, held[i], "", -1)
	}
	h.cookie(c, sittingCookie+id, sealed, sittingLife)
}

func (h *Handlers) cookie(c *gin.Context, name, value string, life int) {
	http.SetCookie(c.Writer, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: life,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: h.o.OverTLS})
}

// Device reads the cookie by which one browser counts once in a wave; empty
// without one. It is a random word that stands for nothing else.
func Device(c *gin.Context) string {
	v, err := c.Cookie(deviceCookie)
	if err != nil || len(v) != deviceLength {
		return ""
	}
	return v
}

const deviceLength = 22

// device reads the cookie, or gives the browser one.
func (h *Handlers) device(c *gin.Context) string {
	if v := Device(c); v != "" {
		return v
	}
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	v := base64.RawURLEncoding.EncodeToString(b[:])
	h.cookie(c, deviceCookie, v, deviceLife)
	return v
}

// see sends the reader on with GET.
func see(c *gin.Context, address string) error {
	page.SeeOther(c.Writer, c.Request, address)
	return nil
}

// origin is the site's own address for what people write down or send.
func (h *Handlers) origin(c *gin.Context) string {
	if h.o.Origin != "" {
		return h.o.Origin
	}
	scheme := "http://"
	if h.o.OverTLS || c.Request.TLS != nil {
		scheme = "https://"
	}
	return scheme + c.Request.Host
}
