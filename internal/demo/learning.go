package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"osvitlo/internal/course"
	"osvitlo/internal/course/lesson"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
	people "osvitlo/internal/person"
	"osvitlo/internal/store"
)

// Clock is a clock that the drawing sets: learners of the demo city have a past.
type Clock struct{ at time.Time }

// Now is the moment that was set last.
func (c *Clock) Now() time.Time { return c.at }

// Learning is what the learners of the city are drawn into.
type Learning struct {
	Courses   *course.Service // on Clock
	Clock     *Clock
	Catalogue course.Catalogue
	Bank      []*instrument.Item // for the proofs
	Learners  []course.Learner   // people of the first venue, invented and named so
	Venues    []string           // at least one
	Mentor    people.ID
}

// LearnerNames are the invented people who learn at the first venue.
var LearnerNames = []string{"Олена Вигадана", "Микола Вигаданий", "Ганна Вигадана", "Степан Вигаданий", "Ніна Вигадана",
	"Борис Вигаданий", "Раїса Вигадана", "Тамара Вигадана", "Юрій Вигаданий", "Лідія Вигадана"}

// comments are what invented learners say of a lesson.
var comments = []string{"Нарешті зрозуміло, навіщо той код.", "Дуже дрібні літери на картинці.", "Показала сусідці, вона теж пройшла.",
	"Хотілося б більше прикладів.", "Усе просто й без поспіху.", "Не зрозумів останнє завдання.", "Дякую, тепер не боюся.", "Довго, але корисно."}

// busy are the courses that many take, with how many learners of a hundred.
var busy = []struct {
	slug  string
	share int
}{{"fraud-protection", 30}, {"first-steps", 22}, {"public-services", 16}, {"safety-area", 10}, {"parents", 7}, {"officials", 8}, {"teachers", 7}}

// maxLearners bounds the learners without an account, so that a start stays quick.
const maxLearners = 120

// DrawLearning draws progress, final checks, proofs, feedback and three groups. The same
// options draw the same, but for ids and codes that the services choose. Courses that
// the catalogue lacks are left out.
func DrawLearning(ctx context.Context, d Learning, o Options) (err error) {
	defer fault.Wrap(&err, "demo.DrawLearning")
	r := rand.New(rand.NewPCG(uint64(o.Seed), 5)) //nolint:gosec // a seed, not a secret
	n := 0
	for _, b := range busy {
		c, err := d.Catalogue.Course(b.slug)
		if err != nil {
			continue
		}
		for range min(o.People/4, maxLearners) * b.share / 100 {
			l := course.OfDevice(fmt.Sprintf("demo-%d-%d", o.Seed, n))
			n++
			if err := d.learn(ctx, r, l, c, o.Now.Add(-time.Duration(12*24+r.IntN(50*24))*time.Hour)); err != nil {
				return err
			}
		}
	}
	for i, l := range d.Learners {
		c, err := d.Catalogue.Course(busy[i%2].slug)
		if err != nil {
			continue
		}
		if err := d.learn(ctx, r, l, c, o.Now.Add(-time.Duration(15+i)*24*time.Hour)); err != nil {
			return err
		}
	}
	return d.groups(ctx, o.Now)
}

// learn draws one learner's way through a course, from its first tasks to the tasks of a
// week later. Whoever learnt more answers better.
func (d *Learning) learn(ctx context.Context, r *rand.Rand, l course.Learner, c *course.Course, at time.Time) error {
	d.Clock.at = at
	skill := 0.35 + 0.3*r.Float64()
	pairs := lesson.Pairs(d.Bank, c.Competences, 2)
	before, after := course.Forms(pairs[:min(len(pairs), 6)], l, c.Slug)
	proof := len(before) > 0 && r.Float64() < 0.7
	if proof {
		if err := d.Courses.Before(ctx, l, c.Slug, before, after, answers(r, before, skill)); fault.Is(err, fault.Conflict) {
			return nil // drawn before a start was cut off
		} else if err != nil {
			return err
		}
	}
	done := len(c.Lessons)
	if r.Float64() > 0.65 {
		done = 1 + r.IntN(done)
	}
	for _, one := range c.Lessons[:done] {
		d.Clock.at = d.Clock.at.Add(time.Duration(6+r.IntN(20)) * time.Hour)
		if _, err := d.Courses.Record(ctx, l, marks(r, c, one, d.Clock.at, skill+0.25)); err != nil {
			return err
		}
		if r.Float64() < 0.4 {
			said := ""
			if r.Float64() < 0.4 {
				said = comments[r.IntN(len(comments))]
			}
			if err := d.Courses.Say(ctx, l, c.Slug, one.Slug, r.Float64() < 0.85, said); err != nil {
				return err
			}
		}
	}
	if done < len(c.Lessons) || c.Final == nil {
		return nil
	}
	passed := false
	for try := 0; try < 3 && !passed; try++ {
		out, err := d.Courses.Finish(ctx, l, c.Slug, fmt.Sprintf("demo-%d", try), answers(r, c.Final.Items, skill+0.4))
		if err != nil {
			return err
		}
		passed = out.Passed
	}
	if !passed || !proof || r.Float64() < 0.2 {
		return nil
	}
	d.Clock.at = d.Clock.at.Add(course.ProofAfter + time.Duration(1+r.IntN(60))*time.Hour)
	return d.Courses.After(ctx, l, c.Slug, after, answers(r, after, skill+0.2))
}

// answers solves each item with a probability.
func answers(r *rand.Rand, items []*instrument.Item, p float64) instrument.Answers {
	out := instrument.Answers{}
	for _, it := range items {
		one := pairOf(it)
		if right := one.right; r.Float64() < p && !right.IsZero() {
			out[it.ID] = right
		} else if len(one.wrong) > 0 {
			out[it.ID] = one.wrong[r.IntN(len(one.wrong))]
		}
	}
	return out
}

// marks are what is told of a lesson that was gone through.
func marks(r *rand.Rand, c *course.Course, l *course.Lesson, at time.Time, p float64) []course.Mark {
	out := []course.Mark{{Kind: course.Opened, Course: c.Slug, Lesson: l.Slug, At: at}}
	for _, a := range l.Activities {
		m := course.Mark{Kind: course.Done, Course: c.Slug, Lesson: l.Slug, Activity: a.ID, At: at}
		switch b := a.Body.(type) {
		case *lesson.Check:
			m.Kind = course.Answered
			for _, v := range answers(r, []*instrument.Item{b.Item}, p) {
				m.Answer, _ = json.Marshal(v) // a value writes itself
			}
		case *lesson.Imitation:
			m.Kind = course.Answered
			for _, e := range b.Elements {
				if e.Suspicious && r.Float64() < p {
					m.Chosen = append(m.Chosen, e.ID)
				}
			}
		}
		out = append(out, m)
	}
	return out
}

// groups draws one group that is under way, one that begins and one that has ended.
func (d *Learning) groups(ctx context.Context, now time.Time) error {
	there, err := d.Courses.Cohorts(ctx, course.ByMentor, string(d.Mentor), true, store.Cursor(""), 1)
	if err != nil || len(there.Items) > 0 { // drawn before a start was cut off
		return err
	}
	last := d.Venues[len(d.Venues)-1]
	for _, g := range []struct {
		slug, venue        string
		day, count, length int // of the first meeting from now; meetings; minutes
		seats, people      int
		hour               int
	}{
		{"fraud-protection", d.Venues[0], -15, 6, 60, 8, 10, 11},
		{"first-steps", d.Venues[0], 4, 6, 90, 10, 4, 15},
		{"public-services", last, -60, 5, 60, 6, 5, 10},
	} {
		c, err := d.Catalogue.Course(g.slug)
		if err != nil {
			continue
		}
		day := now.In(i18n.Kyiv)
		first := time.Date(day.Year(), day.Month(), day.Day(), g.hour, 0, 0, 0, i18n.Kyiv).AddDate(0, 0, g.day)
		d.Clock.at = first.AddDate(0, 0, -7)
		if d.Clock.at.After(now) {
			d.Clock.at = now
		}
		k := course.Cohort{Course: c.Slug, Venue: g.venue, Mentor: d.Mentor, Language: i18n.Ukrainian, Seats: g.seats}
		for i := range g.count {
			m := course.Meeting{At: store.At(first.AddDate(0, 0, 7*i)), Minutes: g.length, Room: "читальна зала"}
			if i < len(c.Lessons) {
				m.Lesson = c.Lessons[i].Slug
			}
			k.Meetings = append(k.Meetings, m)
		}
		made, err := d.Courses.NewCohort(ctx, k)
		if err != nil {
			return err
		}
		if err := d.attend(ctx, made, g.people, now); err != nil {
			return err
		}
	}
	return nil
}

// attend fills a group and marks the meetings that are over: one was moved by an alarm.
func (d *Learning) attend(ctx context.Context, g *course.Cohort, people int, now time.Time) error {
	for i := range people {
		l := course.OfDevice(fmt.Sprintf("demo-group-%s-%d", g.Course, i))
		if g.Venue == d.Venues[0] && i < len(d.Learners) {
			l = d.Learners[i]
		}
		if _, err := d.Courses.Join(ctx, g.ID, l); err != nil {
			return err
		}
		d.Clock.at = d.Clock.at.Add(time.Minute) // the order of the waiting list
	}
	seated, _, err := d.Courses.Roster(ctx, g.ID)
	if err != nil {
		return err
	}
	for i, m := range g.Meetings {
		if m.At.After(now) {
			break
		}
		d.Clock.at = m.At.Add(2 * time.Hour)
		state, was := course.Held, map[course.Learner]course.Presence{}
		if i == 1 {
			state = course.MovedByAlarm
		} else {
			for n, e := range seated {
				was[e.Learner] = course.Present
				if (n+i)%4 == 3 {
					was[e.Learner] = course.Absent
				}
			}
		}
		if err := d.Courses.Attend(ctx, d.Mentor, g.ID, i+1, state, was); err != nil {
			return err
		}
	}
	return nil
}
