package help

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/search"
	"osvitlo/internal/store"
)

// MaxArticles bounds the knowledge base.
const MaxArticles = 20_000

const indexChanged = "changed"

var kyiv = i18n.Kyiv

func inLang(lang, s string) i18n.Text {
	if lang == i18n.English {
		return i18n.Text{EN: s}
	}
	return i18n.Text{UK: s}
}

// base is all articles in memory: those that came with the program and those written
// here, which take the place of a shipped one of the same address.
type base struct {
	all    []*Article // by topic, then title
	at     map[string]*Article
	public *search.Index
	staff  *search.Index
}

func (s *Service) build(written []*Article) *base {
	b := &base{at: map[string]*Article{}}
	for _, a := range s.o.Shipped {
		b.at[a.ID] = a
	}
	for _, a := range written {
		b.at[a.ID] = a
	}
	for _, a := range b.at {
		b.all = append(b.all, a)
	}
	place := map[string]int{}
	for i, t := range topics {
		place[t.ID] = i
	}
	keys := map[string]string{}
	for _, a := range b.all {
		keys[a.ID] = store.CollationKey(a.Title.UK)
	}
	slices.SortFunc(b.all, func(x, y *Article) int {
		return cmp.Or(place[x.Topic]-place[y.Topic], strings.Compare(keys[x.ID], keys[y.ID]), strings.Compare(x.ID, y.ID))
	})
	var public, staff []search.Doc
	for _, a := range b.all {
		d := search.Doc{ID: a.ID, Fields: []search.Field{{Text: a.Title.UK + " " + a.Title.EN, Weight: 4}, {Text: a.Words, Weight: 3}, {Text: a.Text.UK + " " + a.Text.EN, Weight: 1}}}
		if a.Stage == Public {
			public = append(public, d)
		}
		if a.Stage != Withdrawn {
			staff = append(staff, d)
		}
	}
	b.public, b.staff = search.New(public), search.New(staff)
	return b
}

// Find lists public articles that fit what somebody types, best first. Nothing of the
// query is kept.
func (s *Service) Find(query string, limit int) []*Article {
	b := s.base()
	return b.of(b.public.Find(query, limit))
}

// likely is how much worse than the best a suggestion may be.
const likely = 0.35

// Suggest lists the few public articles that probably answer a question; none when
// nothing fits well.
func (s *Service) Suggest(question string, limit int) []*Article {
	var left strings.Builder
	for _, p := range Pieces(question) {
		if p.Kind == "" {
			left.WriteString(p.Text)
		}
		left.WriteByte(' ')
	}
	b := s.base()
	hits := b.public.Find(left.String(), limit)
	for i, h := range hits {
		if h.Score < hits[0].Score*likely {
			hits = hits[:i]
			break
		}
	}
	return b.of(hits)
}

func (b *base) of(hits []search.Hit) (list []*Article) {
	for _, h := range hits {
		list = append(list, b.at[h.ID])
	}
	return list
}

// Articles lists the public ones, by topic and title. Shared: read only.
func (s *Service) Articles() (list []*Article) {
	for _, a := range s.base().all {
		if a.Stage == Public {
			list = append(list, a)
		}
	}
	return list
}

// Article is a public article. Errors: NotFound; Gone for a withdrawn one.
func (s *Service) Article(slug string) (*Article, error) {
	a := s.base().at[slug]
	switch {
	case a == nil || a.Stage == Draft:
		return nil, fault.New(fault.NotFound, "help.no_article")
	case a.Stage == Withdrawn:
		return nil, fault.New(fault.Gone, "help.no_article")
	}
	return a, nil
}

// Filter chooses articles for staff.
type Filter struct {
	Words string
	Stage Stage // empty: all
	Stale bool  // only those whose check has run out, or that nobody has checked
	Skip  int
	Limit int
}

// Staff lists articles of every stage. more tells that others follow. Errors: those of
// person.Can for HelpEdit.
func (s *Service) Staff(ctx context.Context, who *person.Actor, f Filter) (list []*Article, more bool, err error) {
	defer fault.Wrap(&err, "help.Staff")
	if err := s.may(ctx, who, person.HelpEdit, person.City, "", ""); err != nil {
		return nil, false, err
	}
	b := s.base()
	from := b.all
	if strings.TrimSpace(f.Words) != "" {
		from = b.of(b.staff.Find(f.Words, 200))
	}
	now := s.o.Now()
	for _, a := range from {
		if f.Stage != "" && a.Stage != f.Stage || f.Stale && (a.Stage != Public || !a.Stale(now) && a.CheckedBy != "") {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		if len(list) >= max(f.Limit, 1) {
			return list, true, nil
		}
		list = append(list, a)
	}
	return list, false, nil
}

// Get reads an article of any stage for staff. Errors: those of person.Can for HelpEdit,
// NotFound.
func (s *Service) Get(ctx context.Context, who *person.Actor, slug string) (a *Article, err error) {
	defer fault.Wrap(&err, "help.Get")
	if err := s.may(ctx, who, person.HelpEdit, person.City, "", ""); err != nil {
		return nil, err
	}
	if a = s.base().at[slug]; a == nil {
		return nil, fault.New(fault.NotFound, "help.no_article")
	}
	return a, nil
}

// Saving is what an editor decides with the text.
type Saving struct {
	Checked bool // "I have read it against the source today"
	Sure    bool // what looks like personal data is none: a public telephone
	New     bool // the address must be free
}

// Save stores an article. Rev is what the form was made from, 0 for a new or a shipped
// one. A public text that holds what looks like personal data is refused until the
// editor says that it is none. Errors: those of person.Can for HelpEdit; Invalid with
// fields named as in the form, and sure; Conflict.
func (s *Service) Save(ctx context.Context, who *person.Actor, x Article, how Saving) (err error) {
	defer fault.Wrap(&err, "help.Save")
	if err := s.may(ctx, who, person.HelpEdit, person.City, "", ""); err != nil {
		return err
	}
	x.Title, x.Text = i18n.Text{UK: clean(x.Title.UK), EN: clean(x.Title.EN)}, i18n.Text{UK: clean(x.Text.UK), EN: clean(x.Text.EN)}
	x.Words, x.Owner = clean(x.Words), clean(x.Owner)
	now := s.o.Now()
	if how.Checked {
		x.CheckedBy, x.CheckedOn = who.Person, now.In(kyiv).Format(time.DateOnly)
		if x.ValidUntil == "" {
			x.ValidUntil = now.Add(ValidFor(x.Topic)).In(kyiv).Format(time.DateOnly)
		}
	}
	if err := x.Check(); err != nil {
		return err
	}
	old := s.base().at[x.ID]
	if how.New && old != nil {
		return fault.InvalidFields(fault.Field{Pointer: "slug", Key: "help.bad.taken"})
	}
	if x.Stage == Public && !how.Sure {
		if _, found := Mask(x.Title.UK + "\n" + x.Title.EN + "\n" + x.Text.UK + "\n" + x.Text.EN); len(found) > 0 {
			return fault.InvalidFields(fault.Field{Pointer: "sure", Key: "help.bad.personal"})
		}
	}
	if old != nil && !how.Checked {
		x.CheckedBy = old.CheckedBy
		if x.CheckedOn != old.CheckedOn {
			x.CheckedBy = "" // a day without a look is nobody's check
		}
	}
	if x.From != "" {
		if q, err := s.find(ctx, x.From); err != nil || q.State != Answered {
			x.From = ""
		}
	} else if old != nil {
		x.From = old.From
	}
	if err := s.may(ctx, who, person.HelpEdit, person.City, "article."+string(x.Stage), "help:"+x.ID); err != nil {
		return err
	}
	x.By, x.At, x.Changed, x.Shipped = who.Person, store.At(now), s.articles.Stamp(), false
	if x.Rev == 0 {
		err = s.written.Insert(ctx, &x)
	} else {
		err = s.written.Replace(ctx, &x)
	}
	if fault.Is(err, fault.Conflict) {
		return fault.New(fault.Conflict, "help.changed_meanwhile")
	}
	if err != nil {
		return err
	}
	s.articles.Put(&x)
	if x.From == "" {
		return nil
	}
	q, err := s.find(ctx, x.From)
	if err != nil || q.Public == x.ID {
		return nil // the question may have been erased meanwhile
	}
	q.Public = x.ID
	if err := s.questions.Replace(ctx, q); err != nil && !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound) {
		return err
	}
	return nil
}
