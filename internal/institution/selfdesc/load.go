package selfdesc

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"osvitlo/internal/yamldoc"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
)

// Pattern names the files of a folder that hold versions of the form: the newest in
// self-description.yaml, older ones in self-description.v<version>.yaml.
const Pattern = "self-description*.yaml"

// maxFile bounds a file, in bytes.
const maxFile = 1 << 20

// Load reads and checks all versions in a folder. Errors: Invalid, every fault of every
// file in the text, file by file; NotFound if there is no file.
func Load(fsys fs.FS, folder string) (_ *Book, err error) {
	defer fault.Wrap(&err, "selfdesc.Load")
	names, err := fs.Glob(fsys, path.Join(folder, Pattern))
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, fault.Newf(fault.NotFound, "", "no %s in %s", Pattern, folder)
	}
	b := &Book{}
	var wrong []string
	for _, name := range names {
		d, err := one(fsys, name)
		if err != nil {
			wrong = append(wrong, err.Error())
			continue
		}
		base := path.Base(name)
		if want := fmt.Sprintf("self-description.v%d.yaml", d.Version); base != "self-description.yaml" && base != want {
			wrong = append(wrong, fmt.Sprintf("%s: version %d belongs into %s", name, d.Version, want))
		}
		for _, f := range d.Lint() {
			wrong = append(wrong, name+": "+f)
		}
		b.versions = append(b.versions, d)
	}
	slices.SortFunc(b.versions, func(x, y *Definition) int { return x.Version - y.Version })
	for i := 1; i < len(b.versions); i++ {
		if b.versions[i].Version == b.versions[i-1].Version {
			wrong = append(wrong, fmt.Sprintf("%s: version %d stands twice", folder, b.versions[i].Version))
		}
	}
	if len(wrong) > 0 {
		return nil, fault.Newf(fault.Invalid, "", "%s", strings.Join(wrong, "\n"))
	}
	return b, nil
}

func one(fsys fs.FS, name string) (*Definition, error) {
	raw, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(raw) > maxFile {
		return nil, fmt.Errorf("%s: longer than %d bytes", name, maxFile)
	}
	d := &Definition{}
	if err := yamldoc.Strict(raw, d); err != nil {
		said, _, _ := strings.Cut(err.Error(), "\n") // without the picture of the lines
		return nil, fmt.Errorf("%s: %s", name, said)
	}
	return d, nil
}

var (
	idShape   = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)
	kindShape = regexp.MustCompile(`^[a-z]{3,20}$`)
)

// Lint lists what is wrong with a definition, none if it may be used.
func (d *Definition) Lint() []string {
	l := &linter{d: d, seen: map[string]*Field{}, ids: map[string]bool{}}
	if d.Version < 1 {
		l.say("version: wanted 1 or more")
	}
	if d.Status == "" {
		l.say("status: wanted draft until a named person has checked it")
	}
	if len(d.Kinds) == 0 {
		l.say("kinds: nobody is asked")
	}
	for _, k := range d.Kinds {
		if !kindShape.MatchString(k) {
			l.say("kinds: %q is no kind", k)
		}
	}
	l.both("title", d.Title, true)
	l.both("lead", d.Lead, true)
	l.both("sign", d.Sign, true)
	if len(d.Sections) == 0 {
		l.say("sections: the form is empty")
	}
	for i := range d.Sections {
		s := &d.Sections[i]
		l.id("section "+s.ID, s.ID)
		l.both("section "+s.ID+": title", s.Title, true)
		if len(s.Fields) == 0 {
			l.say("section %s has no fields", s.ID)
		}
		for j := range s.Fields {
			l.field(&s.Fields[j])
		}
	}
	for i := range d.Ratios {
		l.ratio(&d.Ratios[i])
	}
	return l.out
}

type linter struct {
	d    *Definition
	seen map[string]*Field // fields above
	ids  map[string]bool
	out  []string
}

func (l *linter) say(format string, args ...any) { l.out = append(l.out, fmt.Sprintf(format, args...)) }

func (l *linter) both(what string, t i18n.Text, needed bool) {
	switch {
	case t.UK == "" && t.EN == "" && !needed:
	case t.UK == "" || t.EN == "":
		l.say("%s: wanted in both languages", what)
	}
}

func (l *linter) id(what, id string) {
	if !idShape.MatchString(id) {
		l.say("%s: the id is not kebab-case", what)
	}
	if l.ids[id] {
		l.say("%s: the id stands twice", what)
	}
	l.ids[id] = true
}

func (l *linter) field(f *Field) {
	at := "field " + f.ID
	l.id(at, f.ID)
	l.both(at+": label", f.Label, true)
	l.both(at+": hint", f.Hint, false)
	l.both(at+": unit", f.Unit, false)
	for _, k := range f.For {
		if !slices.Contains(l.d.Kinds, k) {
			l.say("%s: for: %q is not among kinds", at, k)
		}
	}
	closed := f.Type == Choice || f.Type == Choices
	if closed != (len(f.Options) > 0) || (closed && len(f.Options) < 2) {
		l.say("%s: options: two or more belong to choice and choices, none to others", at)
	}
	seen := map[string]bool{}
	for _, o := range f.Options {
		if !idShape.MatchString(o.ID) || seen[o.ID] {
			l.say("%s: option %q: the id is not kebab-case or stands twice", at, o.ID)
		}
		seen[o.ID] = true
		l.both(at+": option "+o.ID, o.Text, true)
	}
	for _, id := range f.Exclusive {
		if f.Type != Choices || !seen[id] {
			l.say("%s: exclusive: %q is not an option of choices", at, id)
		}
	}
	switch f.Type {
	case YesNo, Choice, Choices, Date:
	case Number:
		if f.Min < 0 || f.Max <= f.Min || f.Decimals < 0 || f.Decimals > 3 {
			l.say("%s: wanted 0 ≤ min < max and decimals from 0 to 3", at)
		}
	case Text:
		if f.MaxLength < 1 || f.MaxLength > 4000 {
			l.say("%s: max_length: wanted 1 to 4000", at)
		}
	default:
		l.say("%s: type %q is unknown", at, f.Type)
	}
	if f.When != nil {
		l.when(at, f)
	}
	l.seen[f.ID] = f
}

func (l *linter) when(at string, f *Field) {
	on, above := l.seen[f.When.Field]
	if !above {
		l.say("%s: when: %q is not a field above", at, f.When.Field)
		return
	}
	if f.Open && !on.Open {
		l.say("%s: when: an answer that may be published would tell what %s says, which may not", at, on.ID)
	}
	if len(f.When.In) == 0 {
		l.say("%s: when: in is empty", at)
	}
	for _, v := range f.When.In {
		_, option := on.Option(v)
		if !option && (on.Type != YesNo || (v != Yes && v != No)) {
			l.say("%s: when: %q is no answer to %s", at, v, on.ID)
		}
	}
	// a kind that is not asked the first field could never be asked the second
	for _, k := range l.d.Kinds {
		asked := func(x *Field) bool { return len(x.For) == 0 || slices.Contains(x.For, k) }
		if asked(f) && !asked(on) {
			l.say("%s: when: %s is not asked of %q", at, on.ID, k)
		}
	}
}

func (l *linter) ratio(r *Ratio) {
	at := "ratio " + r.ID
	l.id(at, r.ID)
	l.both(at+": label", r.Label, true)
	l.both(at+": unit", r.Unit, false)
	for _, id := range []string{r.Of, r.By} {
		if f := l.seen[id]; f == nil || f.Type != Number {
			l.say("%s: %q is no field of numbers", at, id)
		}
	}
	if r.Times <= 0 || r.Decimals < 0 || r.Decimals > 3 || r.Of == r.By {
		l.say("%s: wanted times > 0, decimals from 0 to 3 and two different fields", at)
	}
}
