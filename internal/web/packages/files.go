package packages

import (
	"bytes"
	"context"
	"html/template"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/coursepack"
	"osvitlo/internal/fault"
	"osvitlo/static"
)

var hostForm = regexp.MustCompile(`^[A-Za-z0-9.-]+(:[0-9]{1,5})?$|^\[[0-9a-fA-F:]+\](:[0-9]{1,5})?$`)

// at is where packages are served, as a source of a policy. The word 'self' would mean
// nothing: in a sandbox a page has no origin.
func (h *Handlers) at(c *gin.Context) (string, error) {
	if h.o.Origin != "" {
		return strings.TrimSuffix(h.o.Origin, "/"), nil
	}
	host := c.Request.Host
	if !hostForm.MatchString(host) {
		return "", fault.New(fault.Invalid, "")
	}
	if h.o.OverTLS {
		return "https://" + host, nil
	}
	return "http://" + host, nil // in a policy it means https as well
}

// here refuses what is asked at another origin than that of packages.
func (h *Handlers) here(c *gin.Context) error {
	if h.host != "" && !strings.EqualFold(c.Request.Host, h.host) {
		return fault.New(fault.NotFound, "")
	}
	return nil
}

// guard sets the headers under which everything of a package stands; pages of errors keep
// those of the site. own is the folder it may fetch from.
func (h *Handlers) guard(c *gin.Context, own string) error {
	origin, err := h.at(c)
	if err != nil {
		return err
	}
	all := origin + "/packages/"
	head := c.Writer.Header()
	head.Set("Content-Security-Policy", "sandbox allow-scripts allow-forms; default-src 'none'; script-src "+all+" 'unsafe-inline' 'unsafe-eval'; style-src "+all+" 'unsafe-inline'; "+
		"img-src "+all+" data: blob:; font-src "+all+" data:; media-src "+all+" data: blob:; connect-src "+origin+own+"; frame-src "+all+"; form-action 'none'; base-uri 'none'")
	// A frame without an origin is another site to all of them.
	head.Set("Cross-Origin-Resource-Policy", "cross-origin")
	head.Set("Access-Control-Allow-Origin", "*")
	head.Set("Referrer-Policy", "no-referrer")
	head.Set("X-Robots-Tag", "noindex")
	head.Del("Cross-Origin-Opener-Policy")
	head.Del("Vary") // the same for everybody
	return nil
}

const forGood = "public, max-age=31536000, immutable"

// File serves a file of a package.
func (h *Handlers) File(c *gin.Context) error {
	id, sum := c.Param("id"), c.Param("sum")
	if err := h.here(c); err != nil {
		return err
	}
	name := strings.TrimPrefix(c.Param("path"), "/")
	ctx := c.Request.Context()
	zipped := strings.Contains(c.GetHeader("Accept-Encoding"), "gzip")
	// A film takes longer than a page; what stops it is a reader who takes nothing.
	f, err := h.o.Packages.Open(context.WithoutCancel(ctx), id, sum, name, zipped)
	if err != nil {
		return err
	}
	defer func() { _ = f.Body.Close() }() // read to its end, or the reader has left
	if err := h.guard(c, Files+id+"/"+sum+"/"); err != nil {
		return err
	}
	head := c.Writer.Header()
	head.Set("Cache-Control", forGood)
	head.Set("Content-Type", f.Type)
	tag := sum
	if f.Gzip {
		tag += "z"
		head.Set("Content-Encoding", "gzip")
		c.Request.Header.Del("Range") // of the bytes as they are, not as they are sent
	}
	head.Set("Vary", "Accept-Encoding")
	head.Set("ETag", `"`+tag+`"`)
	http.ServeContent(&patient{ResponseWriter: c.Writer, control: http.NewResponseController(c.Writer)}, c.Request, "", time.Time{}, f.Body)
	return nil
}

// patience is how long a reader may take for one piece.
const patience = time.Minute

// patient moves the deadline with every piece that is taken.
type patient struct {
	http.ResponseWriter
	control *http.ResponseController
	next    time.Time
}

func (p *patient) Write(b []byte) (int, error) {
	if now := time.Now(); now.After(p.next) {
		_ = p.control.SetWriteDeadline(now.Add(patience)) // a writer that cannot keeps the server's
		p.next = now.Add(patience / 4)
	}
	return p.ResponseWriter.Write(b)
}

// Runtime serves the scripts that answer a package. Their address stays; what stands
// there changes with the program, so it is asked for again each day.
func (h *Handlers) Runtime(c *gin.Context) error {
	if err := h.here(c); err != nil {
		return err
	}
	name := c.Param("name")
	known := false
	for _, one := range coursepack.Scripts {
		known = known || one == name
	}
	hashed := strings.TrimPrefix(static.Path(name), static.Prefix)
	if !known || hashed == "" {
		return fault.New(fault.NotFound, "")
	}
	if err := h.guard(c, coursepack.Runtime); err != nil {
		return err
	}
	head := c.Writer.Header()
	head.Set("Content-Type", "text/javascript; charset=utf-8")
	head.Set("Cache-Control", "public, max-age=86400")
	head.Set("Vary", "Accept-Encoding")
	tag := strings.TrimSuffix(hashed, path.Ext(hashed))
	if strings.Contains(c.GetHeader("Accept-Encoding"), "gzip") {
		if raw, err := fs.ReadFile(static.FS(), hashed+".gz"); err == nil {
			head.Set("Content-Encoding", "gzip")
			return h.bytes(c, tag+"z", raw)
		}
	}
	raw, err := fs.ReadFile(static.FS(), hashed)
	if err != nil {
		return fault.From(err, fault.NotFound, "")
	}
	return h.bytes(c, tag, raw)
}

func (h *Handlers) bytes(c *gin.Context, tag string, raw []byte) error {
	c.Writer.Header().Set("ETag", `"`+tag+`"`)
	http.ServeContent(c.Writer, c.Request, "", time.Time{}, bytes.NewReader(raw))
	return nil
}

// playerPage is the page in the frame of an H5P package.
var playerPage = template.Must(template.New("h5p").Parse(`<!doctype html>
<html lang="{{.Lang}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>{{.Title}}</title>
<link rel="stylesheet" href="/packages/player/styles/h5p.css"></head>
<body style="margin:0"><div id="h5p" data-content="{{.Content}}" data-frame="/packages/player/frame.bundle.js" data-style="/packages/player/styles/h5p.css" data-broken="{{.Broken}}"></div>
<script src="/packages/player/main.bundle.js"></script><script src="{{.Script}}"></script></body></html>
`))

// Plays tells whether a package can be shown here: an H5P one needs the operator's player.
func (h *Handlers) Plays(kind coursepack.Kind) bool {
	return kind != coursepack.H5P || h.o.Player != nil
}

// Player is the page in the frame of an H5P package.
func (h *Handlers) Player(c *gin.Context) error {
	id, sum := c.Param("id"), c.Param("sum")
	content := Files + url.PathEscape(id) + "/" + url.PathEscape(sum)
	if err := h.here(c); err != nil {
		return err
	}
	p, err := h.o.Packages.ByID(c.Request.Context(), id)
	if err != nil {
		return err
	}
	if p.Sum != sum || p.Kind != coursepack.H5P || h.o.Player == nil {
		return fault.New(fault.NotFound, "")
	}
	if err := h.guard(c, content+"/"); err != nil {
		return err
	}
	v := h.see(c)
	var b bytes.Buffer
	err = playerPage.Execute(&b, map[string]string{"Lang": v.lang, "Title": p.Title, "Content": content, "Broken": v.t("broken"), "Script": coursepack.Runtime + coursepack.Scripts[coursepack.H5P]})
	if err != nil {
		return fault.From(err, fault.Internal, "")
	}
	c.Header("Cache-Control", "no-store")
	c.Data(http.StatusOK, "text/html; charset=utf-8", b.Bytes())
	return nil
}

// maxPlayer bounds a file of the player.
const maxPlayer = 16 << 20

// PlayerFile serves the operator's H5P player.
func (h *Handlers) PlayerFile(c *gin.Context) error {
	if err := h.here(c); err != nil {
		return err
	}
	name := strings.TrimPrefix(c.Param("path"), "/")
	if h.o.Player == nil || !fs.ValidPath(name) {
		return fault.New(fault.NotFound, "")
	}
	f, err := h.o.Player.Open(name)
	if err != nil {
		return fault.New(fault.NotFound, "")
	}
	defer func() { _ = f.Close() }() // only read
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxPlayer {
		return fault.New(fault.NotFound, "")
	}
	raw, err := io.ReadAll(io.LimitReader(f, maxPlayer))
	if err != nil {
		return fault.From(err, fault.Unavailable, "")
	}
	if err := h.guard(c, "/packages/player/"); err != nil {
		return err
	}
	kind := mime.TypeByExtension(path.Ext(name))
	if kind == "" {
		kind = "application/octet-stream"
	}
	c.Header("Content-Type", kind)
	c.Header("Cache-Control", "public, max-age=3600")
	return h.bytes(c, strconv.FormatInt(info.Size(), 36)+strconv.FormatInt(info.ModTime().Unix(), 36), raw)
}
