package app

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/lab"
	"osvitlo/internal/institution/portrait"
	"osvitlo/internal/institution/selfdesc"
	"osvitlo/internal/store"
)

// drawRooms fills the demo city's schools with invented rooms, requests and
// self-descriptions: the same for the same seed. What is there stays.
func (a *App) drawRooms(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "app.drawRooms")
	if !a.Demo() || a.keys == nil {
		return nil
	}
	made := a.kind.Made.Time
	r := rand.New(rand.NewPCG(uint64(a.kind.Seed), 5631))
	var rooms []*lab.Lab
	var requests []*lab.Request
	for k := 1; ; k++ {
		i, ok := a.Institutions.ByID(fmt.Sprintf("demo-school-%d", k))
		if !ok {
			break
		}
		first := demoRoom(r, i.ID, 1, lab.Informatics, fmt.Sprintf("Кабінет № %d", 10+k), made)
		rooms = append(rooms, first)
		if k%3 == 1 {
			kinds := []struct {
				purpose lab.Purpose
				name    string
			}{{lab.Robotics, "Гурток робототехніки"}, {lab.Mobile, "Переносні планшети"}, {lab.Media, "Студія звуку й відео"}}
			more := kinds[k/3%len(kinds)]
			rooms = append(rooms, demoRoom(r, i.ID, 2, more.purpose, more.name, made))
		}
		if k%4 == 1 {
			requests = append(requests, demoRequest(k, first, made))
		}
	}
	if err := a.Labs.Draw(ctx, rooms, requests); err != nil {
		return err
	}
	return a.drawPortraits(ctx, made)
}

func demoRoom(r *rand.Rand, body string, n int, purpose lab.Purpose, name string, made time.Time) *lab.Lab {
	l := &lab.Lab{Doc: store.Doc{ID: fmt.Sprintf("demo-lab-%s-%d", body, n)}, Institution: body, Name: name, Purpose: purpose, Seats: 12 + r.IntN(5)*2, State: lab.Good,
		Hours: lab.Hours{Lessons: 6 + r.IntN(22), Clubs: r.IntN(7), Community: r.IntN(3)}, Responsible: "учитель інформатики", Made: store.At(made)}
	if n > 1 {
		l.Hours, l.Responsible = lab.Hours{Lessons: r.IntN(8), Clubs: 2 + r.IntN(5)}, "керівник гуртка"
	}
	year := made.In(i18n.Kyiv).Year()
	line := func(kind lab.Kind, count, age int, c lab.Condition) {
		l.Lines = append(l.Lines, lab.Line{ID: fmt.Sprintf("demo-line-%d", len(l.Lines)+1), Kind: kind, Count: count, Year: year - age, Condition: c})
	}
	switch purpose {
	case lab.Mobile:
		line(lab.Tablet, 16+r.IntN(14), 1+r.IntN(4), lab.Works)
	case lab.Robotics:
		line(lab.Robots, 6+r.IntN(6), 2, lab.Works)
		line(lab.Laptop, 6+r.IntN(4), 1+r.IntN(8), lab.Works)
	case lab.Media:
		line(lab.Camera, 2+r.IntN(3), 3, lab.Works)
		line(lab.Laptop, 4, 2, lab.Works)
	default:
		line([]lab.Kind{lab.Desktop, lab.Laptop}[r.IntN(2)], l.Seats-3, 1+r.IntN(11), lab.Works)
		line(lab.Screen, 1, 2+r.IntN(6), lab.Works)
		if r.IntN(2) == 0 {
			line(lab.Desktop, 1+r.IntN(4), 9+r.IntN(4), lab.Repair)
		}
		if r.IntN(4) == 0 {
			line(lab.Printer, 1, 12, lab.Scrap)
		}
		l.Programs = []lab.Program{{Name: "Середовище програмування"}, {Name: "Захист від вірусів", Until: made.AddDate(0, r.IntN(14)-3, 0).Format(time.DateOnly)}}
	}
	if d := r.IntN(5); d > 0 { // every fifth was never looked through
		l.Checked = made.AddDate(0, -d*4, 0).Format(time.DateOnly)
	}
	if r.IntN(9) == 0 {
		l.State = lab.Mending
	}
	return l
}

// demoRequests are invented needs.
var demoRequests = []lab.Request{
	{Kind: lab.Laptop, What: "Ноутбуки для уроків інформатики", Why: "Половина комп’ютерів старша за вісім років, тому учні працюють по двоє", Needs: "Працює від батареї щонайменше 6 годин\nЕкран, з якого видно текст із метра", Count: 12, Priority: lab.Urgent},
	{Kind: lab.Screen, What: "Екран для показу завдань", Why: "З останніх парт не видно, що показує вчитель", Needs: "Видно вдень без штор", Count: 1, Priority: lab.Usual},
	{Kind: lab.Robots, What: "Набори для гуртка", Why: "На гурток записалося вдвічі більше дітей, ніж є наборів", Count: 6, Priority: lab.Later},
}

func demoRequest(k int, l *lab.Lab, made time.Time) *lab.Request {
	r := demoRequests[k/4%len(demoRequests)]
	r.Doc, r.Institution, r.Lab = store.Doc{ID: "demo-request-" + strconv.Itoa(k)}, l.Institution, l.ID
	step := func(days int, st lab.Stage, reason string) {
		r.Stage = st
		r.Steps = append(r.Steps, lab.Step{Stage: st, At: store.At(made.AddDate(0, 0, days)), By: "operator", Reason: reason})
	}
	step(-60+k, lab.Asked, "")
	switch k / 4 % 4 {
	case 1:
		step(-30, lab.Weighed, "")
	case 2:
		step(-30, lab.Weighed, "")
		step(-14, lab.Agreed, "Передбачено в заявці до бюджету на наступний рік")
	case 3:
		step(-20, lab.Refused, "У закладі є другий екран, його можна перенести")
	}
	return &r
}

// drawPortraits signs last year's self-description in every demo school and this year's in
// most of them; some of last year's are published.
func (a *App) drawPortraits(ctx context.Context, made time.Time) error {
	year := institution.YearOf(made)
	form := a.Portraits.Form()
	var list []*portrait.Portrait
	for n, i := range a.Institutions.List(institution.Filter{State: institution.Working}) {
		if !a.Portraits.Asks(i) {
			continue
		}
		r := rand.New(rand.NewPCG(uint64(a.kind.Seed)+uint64(n), 17))
		learners, base := 120+r.IntN(700), 3+r.IntN(12)
		for y := year - 1; y <= year; y++ {
			if y == year && n%4 == 1 && i.ID != demoSchool {
				continue // not yet
			}
			answers := demoAnswers(r, form, i, learners, base+2*(y-year+1))
			p := &portrait.Portrait{Institution: i.ID, Year: y, Form: form.Version}
			if y == year && i.ID == demoSchool {
				p.Open, p.Draft = true, selfdesc.Answers{"learners": answers["learners"], "educators": answers["educators"]}
			} else {
				at := time.Date(y, 10, 1+n%20, 12, 0, 0, 0, i18n.Kyiv)
				if at.After(made) {
					at = made
				}
				p.Signed = []portrait.Version{{N: 1, Form: form.Version, Kind: i.Kind, Answers: answers, Name: "Ім’я Вигадане", Post: "керівник закладу", Day: at.Format(time.DateOnly), At: store.At(at), By: "operator"}}
				if y < year && n%2 == 0 {
					p.Published = &portrait.Published{N: 1, Decision: "наказ управління освіти (вигаданий)", At: store.At(at.AddDate(0, 2, 0)), By: "operator"}
				}
			}
			list = append(list, p)
		}
	}
	return a.Portraits.Draw(ctx, list)
}

// demoAnswers fills a form in: numbers that fit together, the rest at random.
func demoAnswers(r *rand.Rand, d *selfdesc.Definition, i *institution.Institution, learners, per int) selfdesc.Answers {
	devices := learners * per / 100
	known := map[string]int{"learners": learners, "learners-distance": learners / (9 + r.IntN(20)), "educators": learners/13 + 4, "educators-trained": learners / (26 + r.IntN(30)), "speed-down": 20 + r.IntN(180), "speed-up": 10 + r.IntN(80),
		"devices-learners": devices, "devices-old": devices * r.IntN(60) / 100, "devices-lend": devices / 12, "devices-educators": learners / 20, "rooms": learners/24 + 2, "rooms-screen": learners / 40, "power-hours": 2 + r.IntN(7), "repair-days": 3 + r.IntN(40)}
	values := map[string][]string{}
	for _, s := range d.For(string(i.Kind)) {
		for k := range s.Fields {
			f := &s.Fields[k]
			switch f.Type {
			case selfdesc.Number:
				if n, ok := known[f.ID]; ok {
					values[f.ID] = []string{strconv.Itoa(n)}
				}
			case selfdesc.YesNo:
				values[f.ID] = []string{[]string{selfdesc.Yes, selfdesc.No}[r.IntN(2)]}
			case selfdesc.Choice, selfdesc.Choices:
				values[f.ID] = []string{f.Options[r.IntN(len(f.Options))].ID}
			}
		}
	}
	out, err := d.Read(string(i.Kind), values)
	if err != nil {
		return selfdesc.Answers{"learners": {strconv.Itoa(learners)}} // the form has grown fields that these numbers do not fit
	}
	return out
}
