package page

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	texttemplate "text/template"
	"text/template/parse"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
)

//go:embed templates/*.html
var ownFiles embed.FS

// Set is a folder of page templates. Each file NAME.html becomes the page
// "<Set.Name>/NAME" and must define the template "main"; it may define "head"
// (more of the head) and "tool" (instead of the row with the way back). Files whose
// name begins with "_" hold partials that all pages of the set share.
type Set struct {
	Name string
	FS   fs.FS // .html files in its root
}

// Options are what New needs.
type Options struct {
	Words *i18n.Bundle
	Site  Site
	Sets  []Set
	// Funcs are more functions for the templates of the sets; they may not replace
	// those of this package.
	Funcs template.FuncMap
}

// Renderer writes pages. It is safe for concurrent use.
type Renderer struct {
	site    Site
	pages   map[string]map[string]*template.Template // language -> name -> page
	words   *i18n.Bundle
	buffers sync.Pool
	funcs   template.FuncMap // of the sets
}

// maxKept bounds the buffers that go back to the pool (1 MiB).
const maxKept = 1 << 20

// New parses and escapes every template of every set in both languages. The error
// names the template: a missing word, an unknown partial or markup whose context
// cannot be told.
func New(o Options) (*Renderer, error) {
	r := &Renderer{site: o.Site, words: o.Words, pages: map[string]map[string]*template.Template{}, funcs: o.Funcs}
	r.buffers.New = func() any { return new(bytes.Buffer) }
	own, err := fs.Sub(ownFiles, "templates")
	if err != nil {
		return nil, fmt.Errorf("page: %w", err)
	}
	sets := append([]Set{{Name: "page", FS: own}}, o.Sets...)
	for _, lang := range i18n.Languages {
		r.pages[lang] = map[string]*template.Template{}
		speaker, err := newSpeaker(o.Words.Lang(lang), &r.site)
		if err != nil {
			return nil, fmt.Errorf("page: %w", err)
		}
		frame := template.New("frame").Funcs(o.Funcs).Funcs(speaker.funcs())
		if frame, err = parseShared(frame, own); err != nil {
			return nil, fmt.Errorf("page: %w", err)
		}
		for _, set := range sets {
			if err := r.addSet(lang, speaker, frame, set); err != nil {
				return nil, err
			}
		}
	}
	return r, nil
}

func (r *Renderer) addSet(lang string, speaker *speaker, frame *template.Template, set Set) error {
	shared, err := frame.Clone()
	if err != nil {
		return fmt.Errorf("page %s: %w", set.Name, err)
	}
	if set.Name != "page" {
		if shared, err = parseShared(shared, set.FS); err != nil {
			return fmt.Errorf("page %s: %w", set.Name, err)
		}
	}
	files, err := fs.Glob(set.FS, "*.html")
	if err != nil {
		return fmt.Errorf("page %s: %w", set.Name, err)
	}
	for _, file := range files {
		if strings.HasPrefix(file, "_") {
			continue
		}
		name := set.Name + "/" + strings.TrimSuffix(path.Base(file), ".html")
		if _, twice := r.pages[lang][name]; twice {
			return fmt.Errorf("page %s: stands twice", name)
		}
		one, err := parsePage(shared, set.FS, file, speaker, r.funcs, speaker.funcs())
		if err != nil {
			return fmt.Errorf("page %s (%s): %w", name, lang, err)
		}
		r.pages[lang][name] = one
	}
	return nil
}

func parseShared(t *template.Template, files fs.FS) (*template.Template, error) {
	shared, err := fs.Glob(files, "_*.html")
	if err != nil || len(shared) == 0 {
		return t, err
	}
	return t.ParseFS(files, shared...)
}

func parsePage(shared *template.Template, files fs.FS, file string, speaker *speaker, funcs ...template.FuncMap) (*template.Template, error) {
	t, err := shared.Clone()
	if err != nil {
		return nil, err
	}
	if t, err = t.ParseFS(files, file); err != nil {
		return nil, err
	}
	if m := t.Lookup("main"); m == nil || m.Tree == nil {
		return nil, errors.New(`the template "main" is not defined`)
	}
	if err := bake(t, speaker); err != nil {
		return nil, err
	}
	layout, err := reached(t, "layout", funcs)
	if err != nil {
		return nil, err
	}
	// Executing once without data makes html/template find every context now. What
	// the missing data breaks is expected; an escaping error is not.
	var exec texttemplate.ExecError
	if err := layout.Execute(io.Discard, nil); err != nil && !errors.As(err, &exec) {
		return nil, err
	}
	return layout, nil
}

// reached makes a set of the templates that a page can come to from its layout, so that
// a hundred pages do not each hold every partial.
func reached(t *template.Template, from string, funcs []template.FuncMap) (*template.Template, error) {
	page := template.New(from)
	for _, f := range funcs {
		page.Funcs(f)
	}
	names, seen := []string{from}, map[string]bool{from: true}
	for len(names) > 0 {
		name := names[0]
		names = names[1:]
		one := t.Lookup(name)
		if one == nil || one.Tree == nil {
			continue // execution names what is missing
		}
		if _, err := page.AddParseTree(name, one.Tree); err != nil {
			return nil, err
		}
		for _, called := range calls(one.Tree.Root) {
			if !seen[called] {
				seen[called] = true
				names = append(names, called)
			}
		}
	}
	return page.Lookup(from), nil
}

// calls lists the templates that a list of nodes calls.
func calls(list *parse.ListNode) (names []string) {
	if list == nil {
		return nil
	}
	branch := func(b *parse.BranchNode) {
		names = append(append(names, calls(b.List)...), calls(b.ElseList)...)
	}
	for _, node := range list.Nodes {
		switch n := node.(type) {
		case *parse.TemplateNode:
			names = append(names, n.Name)
		case *parse.IfNode:
			branch(&n.BranchNode)
		case *parse.RangeNode:
			branch(&n.BranchNode)
		case *parse.WithNode:
			branch(&n.BranchNode)
		}
	}
	return names
}

// Names lists the pages known in a language, for tests.
func (r *Renderer) Names(lang string) []string {
	names := make([]string, 0, len(r.pages[lang]))
	for name := range r.pages[lang] {
		names = append(names, name)
	}
	return names
}

// Words returns the words of a language, for handlers that make titles.
func (r *Renderer) Words(lang string) *i18n.Localizer { return r.words.Lang(lang) }

// Render writes the page name with its status. Nothing is written when the page
// cannot be rendered: the caller may still answer with another one. Headers set
// by the caller stay, except Content-Type and Content-Length.
func (r *Renderer) Render(w http.ResponseWriter, status int, name string, data Page) (err error) {
	defer fault.Wrap(&err, "page.Render")
	buf := r.buffers.Get().(*bytes.Buffer)
	defer func() {
		if buf.Cap() <= maxKept {
			buf.Reset()
			r.buffers.Put(buf)
		}
	}()
	buf.Reset()
	viewer := ViewerOf(w)
	data.base().viewer = viewer
	if err := r.Execute(buf, name, data); err != nil {
		return err
	}
	body := buf.Bytes()
	if viewer.Easy {
		body = bytes.ReplaceAll(body, []byte(termsClosed), []byte(termsOpen))
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", data.base().Lang)
	if h.Get("Content-Encoding") == "" {
		h.Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(status)
	_, err = w.Write(body)
	return err
}

// Part renders a page without its frame: a piece of other pages that is the same for
// everybody and is kept in memory. An unknown name is an Internal fault.
func (r *Renderer) Part(lang, name string, data any) (_ template.HTML, err error) {
	defer fault.Wrap(&err, "page.Part")
	t, ok := r.pages[lang][name]
	if !ok {
		return "", fault.Newf(fault.Internal, "", "no page template %q", name)
	}
	var b strings.Builder
	if err := t.ExecuteTemplate(&b, "main", data); err != nil {
		return "", fault.From(err, fault.Internal, "")
	}
	return template.HTML(b.String()), nil //nolint:gosec // the engine has escaped it
}

// Execute renders the page into w: for pages that are kept in memory, and tests.
// An unknown language is Ukrainian; an unknown name is an Internal fault.
func (r *Renderer) Execute(w io.Writer, name string, data Page) error {
	b := data.base()
	if !i18n.Known(b.Lang) {
		b.Lang = i18n.Ukrainian
	}
	t, ok := r.pages[b.Lang][name]
	if !ok {
		return fault.Newf(fault.Internal, "", "no page template %q", name)
	}
	b.site = &r.site
	if err := t.Execute(w, data); err != nil {
		return fault.From(err, fault.Internal, "")
	}
	return nil
}
