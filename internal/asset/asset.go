package asset

import (
	"strings"

	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// Kind is what a file is for.
type Kind string

// The kinds.
const (
	Image Kind = "image"
	Video Kind = "video"
	Audio Kind = "audio"
	PDF   Kind = "pdf"
)

// Kinds lists the kinds in the order of pages.
func Kinds() []Kind { return []Kind{Image, Video, Audio, PDF} }

// Limit is the largest file of a kind in bytes; 0 for an unknown kind.
func (k Kind) Limit() int64 {
	switch k {
	case Image:
		return 25 << 20
	case Video:
		return 2 << 30
	case Audio:
		return 200 << 20
	case PDF:
		return 50 << 20
	}
	return 0
}

// State is how far a file has come.
type State string

// The states, in order; Refused ends the way of a file that is not what it says.
const (
	Uploading State = "uploading" // parts are coming
	Received  State = "received"  // all parts are here, nobody has looked
	Checked   State = "checked"   // it is what it says and no virus is known in it
	Ready     State = "ready"     // it can be served
	Refused   State = "refused"   // Trouble says why
)

// Remark says something about how a file was made ready.
type Remark string

// The remarks; each has words on the page.
const (
	NotScanned   Remark = "not_scanned"   // no scanner is set up
	AsItIs       Remark = "as_it_is"      // video without renditions: ffmpeg is not there
	OneWidth     Remark = "one_width"     // WebP keeps its size; its metadata is taken out
	NoWebP       Remark = "no_webp"       // only JPEG or PNG: ffmpeg with libwebp is not there
	FirstFrame   Remark = "first_frame"   // of a moving GIF
	MetadataKept Remark = "metadata_kept" // this format is stored as it came
)

// File is one stored form of an asset.
type File struct {
	Name   string `json:"name"` // in package media, and behind /media/
	Role   Role   `json:"role"`
	Type   string `json:"type"`
	Lang   string `json:"lang,omitempty"` // of subtitles: "uk", "en"
	Size   int64  `json:"size"`           // bytes
	Width  int    `json:"width,omitempty"`
	Height int    `json:"height,omitempty"`
}

// Role is what a stored form is for.
type Role string

// The roles. Pictures have several of RoleWidth.
const (
	RoleMain   Role = "main"   // video in full, audio, PDF
	RoleSmall  Role = "small"  // video for a slow network
	RolePoster Role = "poster" // the still of a video
	RoleWidth  Role = "width"  // a picture in one width; WebP stands after its fallback
	RoleWords  Role = "words"  // subtitles of a video in one language, WebVTT
)

// Asset is an uploaded file with everything known of it.
type Asset struct {
	store.Doc
	Title     string     `json:"title"` // the file's name as it came
	Kind      Kind       `json:"kind"`
	State     State      `json:"state"`
	Declared  string     `json:"declared,omitempty"` // content type the sender gave
	Type      string     `json:"type,omitempty"`     // content type its bytes say
	Size      int64      `json:"size"`               // bytes, as uploaded
	By        person.ID  `json:"by"`
	Made      store.Time `json:"made"`
	Changed   store.Time `json:"changed"`
	Alt       i18n.Text  `json:"alt"` // what it shows or says, for those who do not see or hear it
	Published bool       `json:"published,omitempty"`
	Files     []File     `json:"files,omitempty"`
	Names     []string   `json:"names,omitempty"` // of Files
	Seconds   float64    `json:"seconds,omitempty"`
	Episode   *Episode   `json:"episode,omitempty"` // of video, what stands beside it
	Remarks   []Remark   `json:"remarks,omitempty"`
	Trouble   string     `json:"trouble,omitempty"` // message key of the refusal
}

// File returns the stored form with a role (for pictures the widest); nil without one.
func (a *Asset) File(r Role) *File {
	var best *File
	for i := range a.Files {
		if f := &a.Files[i]; f.Role == r && (best == nil || f.Width > best.Width) {
			best = f
		}
	}
	return best
}

// Main is the form that stands for the whole: the widest picture, or the file in full.
func (a *Asset) Main() *File {
	if a.Kind == Image {
		return a.File(RoleWidth)
	}
	return a.File(RoleMain)
}

const (
	indexMade  = "made"
	indexState = "state"
	indexNames = "names"
)

// Spec declares the collection.
var Spec = store.Spec{Name: "assets", Indexes: []store.Index{
	{Name: indexMade, Fields: []string{"made"}},
	{Name: indexState, Fields: []string{"state", "made"}},
	{Name: indexNames, Fields: []string{"names"}, Array: true},
}}

// Specs lists what the engine must migrate for this package.
func Specs() []store.Spec { return []store.Spec{Spec} }

// Folders of package media.
const (
	Folder      = "assets/"  // finished files
	partsFolder = "uploads/" // parts
)

// cleanTitle makes of a file's name what may be shown: the last part of the path, without
// control characters, at most 120 letters.
func cleanTitle(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\uFFFD' || (r >= 0x202A && r <= 0x202E) || (r >= 0x2066 && r <= 0x2069) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	name = strings.TrimSpace(name)
	if runes := []rune(name); len(runes) > 120 {
		name = string(runes[:120])
	}
	return name
}
