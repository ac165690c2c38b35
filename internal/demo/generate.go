package demo

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"osvitlo/internal/cityindex"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
	"osvitlo/internal/sitting"
	"osvitlo/internal/store"
	"osvitlo/internal/survey"
)

// Campaign is the campaign of all invented waves.
const Campaign = "demo"

// Slugs of the instruments that are answered.
const (
	slugTest   = "resident-test"
	slugShort  = "short-form"
	slugSurvey = "resident-survey"
)

// Sittings takes finished sittings; sitting.Service does.
type Sittings interface {
	Bulk(ctx context.Context, list []sitting.Finished) error
	Catalogue() *sitting.Catalogue
}

// Waves plans waves; survey.Service does.
type Waves interface {
	Add(ctx context.Context, w survey.Wave) error
}

// Deps is what the city is drawn into.
type Deps struct {
	Sittings Sittings
	Waves    Waves
	Margins  *cityindex.Margins
	// BasicFrom is the lowest score of the basic level: 20 for A2.
	BasicFrom float64
}

// Options say which city.
type Options struct {
	People   int   // sittings of the present wave
	Seed     int64 // the same seed gives the same city
	Now      time.Time
	Progress func(done, all int) // nil: nobody listens
}

// earlier bounds the earlier waves: they show dynamics and need not grow with the city.
const earlier = 1000

// plan is one invented wave.
type plan struct {
	wave   survey.Wave
	until  time.Time // last sitting
	growth float64   // skill against the present, in logits
	people int
}

// plans makes three waves: thirteen and seven months ago, and the present one,
// which stays open for a year so that visitors of the demo are counted.
func plans(o Options) []plan {
	now := o.Now.In(i18n.Kyiv)
	month := func(back int) time.Time { return survey.Day(now.Year(), now.Month()-time.Month(back), 1) }
	var out []plan
	for _, p := range []struct {
		back, days int
		growth     float64
	}{{13, 30, -0.30}, {7, 30, -0.16}} {
		opens := month(p.back)
		closes := opens.AddDate(0, 0, p.days)
		out = append(out, plan{wave: waveOf(opens, closes, ""), until: closes.Add(-time.Hour), growth: p.growth, people: min(o.People, earlier)})
	}
	opens := survey.Day(now.Year(), now.Month(), now.Day()-20)
	return append(out, plan{wave: waveOf(opens, opens.AddDate(1, 0, 0), fmt.Sprintf("%d-demo", now.Year())), until: o.Now.Add(-time.Minute), people: o.People})
}

func waveOf(opens, closes time.Time, id string) survey.Wave {
	uk, en := "осінь", "autumn"
	switch m := opens.In(i18n.Kyiv).Month(); {
	case m >= time.March && m <= time.May:
		uk, en = "весна", "spring"
	case m >= time.June && m <= time.August:
		uk, en = "літо", "summer"
	case m == time.December || m <= time.February:
		uk, en = "зима", "winter"
	}
	year := opens.In(i18n.Kyiv).Year()
	if id == "" {
		id = fmt.Sprintf("%d-%s-demo", year, en)
	}
	return survey.Wave{Doc: store.Doc{ID: id}, Campaign: Campaign, Title: i18n.Text{UK: fmt.Sprintf("%s %d", uk, year), EN: fmt.Sprintf("%s %d", en, year)},
		Opens: store.At(opens), Closes: store.At(closes)}
}

// Truths tells what the city of these options really is, one row per wave,
// oldest first, without drawing anybody.
func Truths(d Deps, o Options) (out []Truth, err error) {
	defer fault.Wrap(&err, "demo.Truths")
	f, err := newForms(d)
	if err != nil {
		return nil, err
	}
	list := classes(d.Margins)
	for _, p := range plans(o) {
		t := f.measure.truth(list, p.growth)
		t.Wave, t.Title, t.People = p.wave.ID, p.wave.Title, p.people
		out = append(out, t)
	}
	return out, nil
}

// batch is how many sittings go to the store at once.
const batch = 500

// Generate draws the city and stores it. A run that was cut short is finished by
// running it again with the same options, the moment included: ids repeat, what
// is there stays.
func Generate(ctx context.Context, d Deps, o Options) (truth []Truth, err error) {
	defer fault.Wrap(&err, "demo.Generate")
	if o.People < 0 || o.Now.IsZero() || d.Margins == nil {
		return nil, fault.Newf(fault.Invalid, "", "a demo city of %d people at %v", o.People, o.Now)
	}
	f, err := newForms(d)
	if err != nil {
		return nil, err
	}
	all, done := 0, 0
	for _, p := range plans(o) {
		all += p.people
	}
	list := classes(d.Margins)
	for w, p := range plans(o) {
		if err := d.Waves.Add(ctx, p.wave); err != nil {
			return nil, err
		}
		r := rand.New(rand.NewPCG(uint64(o.Seed), uint64(w)+1))
		draw := newDrawer(r, list, p.growth)
		span := p.until.Sub(p.wave.Opens.Time)
		var pack []sitting.Finished
		flush := func() error {
			err := d.Sittings.Bulk(ctx, pack)
			if err != nil && !fault.Is(err, fault.Conflict) {
				return err
			}
			pack = pack[:0]
			if o.Progress != nil {
				o.Progress(done, all)
			}
			return nil
		}
		for i := range p.people {
			// Evenly through the wave, in the order they are received.
			at := p.wave.Opens.Add(time.Duration(float64(span) * (float64(i) + r.Float64()) / float64(p.people)))
			one := draw.person()
			pack = append(pack, f.sitting(r, one, at.Truncate(time.Second)))
			if r.Float64() < 0.08 {
				pack = append(pack, f.survey(r, one, at.Truncate(time.Second)))
			}
			done++
			if len(pack) >= batch {
				if err := flush(); err != nil {
					return nil, err
				}
			}
		}
		if err := flush(); err != nil {
			return nil, err
		}
	}
	return Truths(d, o)
}

// forms are the instruments, prepared.
type forms struct {
	test, short, poll sitting.Published
	pairs             map[string]pair
	measure           *measure
}

func newForms(d Deps) (*forms, error) {
	f := &forms{pairs: map[string]pair{}}
	for slug, to := range map[string]*sitting.Published{slugTest: &f.test, slugShort: &f.short, slugSurvey: &f.poll} {
		p, ok := d.Sittings.Catalogue().Current(slug)
		if !ok {
			return nil, fault.Newf(fault.NotFound, "", "the demo city needs the instrument %s", slug)
		}
		*to = p
	}
	for _, it := range f.test.Items() {
		if !it.Scored() {
			continue
		}
		p := pairOf(it)
		if p.right.IsZero() {
			return nil, fault.Newf(fault.Invalid, "", "no right answer to %s could be found", it.ID)
		}
		f.pairs[it.ID] = p
	}
	var err error
	f.measure, err = newMeasure(f.test.Instrument, d.BasicFrom)
	return f, err
}

// newID makes a version 4 id from the seed.
func newID(r *rand.Rand) string {
	var u uuid.UUID
	binary.BigEndian.PutUint64(u[:8], r.Uint64())
	binary.BigEndian.PutUint64(u[8:], r.Uint64())
	u[6], u[8] = u[6]&0x0f|0x40, u[8]&0x3f|0x80
	return u.String()
}

// base is what all sittings of a person have in common.
func base(r *rand.Rand, p person, in sitting.Published, at time.Time, minutes float64) sitting.Finished {
	took := time.Duration(minutes * (0.6 + 1.6*r.Float64()) * float64(time.Minute)).Truncate(time.Second)
	f := sitting.Finished{ID: newID(r), Instrument: in.Slug, Version: in.Version, Language: i18n.Ukrainian, Mode: p.mode, Evidence: p.evidence,
		Campaign: Campaign, Answers: instrument.Answers{}, Started: at.Add(-took), Received: at}
	if p.english {
		f.Language = i18n.English
	}
	f.Age = p.years
	f.Respondent = sitting.Respondent{Sex: p.class.sex, District: p.group.district, Lives: sitting.LivesCommunity, Internet: p.group.internet}
	if r.Float64() < elsewhere {
		f.Respondent.Lives, f.Respondent.District = sitting.LivesElsewhere, ""
	}
	refuse := func(chance float64, question string, clear func()) {
		if r.Float64() < chance {
			f.Respondent.Refused = append(f.Respondent.Refused, question)
			clear()
		}
	}
	refuse(refusesSex, sitting.AskSex, func() { f.Respondent.Sex = "" })
	refuse(refusesAge, sitting.AskAge, func() { f.Age = 0 })
	if f.Respondent.Lives == sitting.LivesCommunity {
		refuse(refusesPlace, sitting.AskDistrict, func() { f.Respondent.District = "" })
	}
	return f
}

// sitting is the test of a person, or the short form of one without the internet.
func (f *forms) sitting(r *rand.Rand, p person, at time.Time) sitting.Finished {
	if p.group.internet == sitting.InternetNo {
		s := base(r, p, f.short, at, 6)
		f.opinions(r, &s, f.short.Items())
		return s
	}
	s := base(r, p, f.test, at, 9+14*math.Exp(-p.theta/2))
	for _, it := range f.test.Items() {
		if !it.Scored() {
			if v, ok := opinion(r, it); ok {
				s.Answers[it.ID] = v
			}
			continue
		}
		if p.stopped && !f.test.InFirst(it.ID) {
			continue
		}
		q := f.pairs[it.ID]
		if r.Float64() < right(p.theta, it.Difficulty) {
			s.Answers[it.ID] = q.right
		} else {
			s.Answers[it.ID] = q.wrong[r.IntN(len(q.wrong))]
		}
	}
	return s
}

func (f *forms) survey(r *rand.Rand, p person, at time.Time) sitting.Finished {
	if p.group.internet == sitting.InternetNo {
		p.group.internet = sitting.InternetHelp
	}
	s := base(r, p, f.poll, at, 14)
	f.opinions(r, &s, f.poll.Items())
	return s
}

// opinions answers every item on the path that has no key.
func (f *forms) opinions(r *rand.Rand, s *sitting.Finished, items []*instrument.Item) {
	for _, it := range items {
		if v, ok := opinion(r, it); ok {
			s.Answers[it.ID] = v
		}
	}
}
