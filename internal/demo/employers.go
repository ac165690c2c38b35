package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/store"
)

// Employer is an invented body with as many invented people as have enrolled.
type Employer struct {
	Body     *institution.Institution
	Enrolled int
	Skill    float64 // 0…1: how far its people are
	Listed   bool
}

// DemoEmployer is the body of the demo's second coordinator.
const DemoEmployer = "demo-enterprise-1"

// Employers draws the invented employers: two enterprises, one of which has the mark, and
// three departments, one of which is too small to be shown.
func Employers(year int) (list []Employer) {
	add := func(id string, kind institution.Kind, uk, en string, frame, enrolled int, skill float64, listed bool) {
		role := institution.RolesOf(kind)[0]
		i := &institution.Institution{Doc: store.Doc{ID: id}, Kind: kind, State: institution.Working, Names: []institution.Name{{Name: i18n.Text{UK: uk, EN: en}}},
			District: demoDistricts[len(list)%2].id, Source: demoSource}
		i.Point = doorOf(i)
		for y := year - 1; y <= year; y++ {
			i.Frames = append(i.Frames, institution.Frame{Year: y, Count: map[institution.Role]int{role: frame}, Source: demoSource})
		}
		list = append(list, Employer{i, enrolled, skill, listed})
	}
	add(DemoEmployer, institution.Enterprise, "Завод «Вітряк» (вигаданий)", "Vitriak works (invented)", 84, 63, 0.88, true)
	add("demo-enterprise-2", institution.Enterprise, "Пекарня «Скоринка» (вигадана)", "Skorynka bakery (invented)", 40, 24, 0.45, false)
	add("demo-department-1", institution.Department, "Управління з питань благоустрою (вигадане)", "Department of improvement (invented)", 52, 47, 0.7, false)
	add("demo-department-2", institution.Department, "Відділ звернень громадян (вигаданий)", "Department of citizens’ requests (invented)", 31, 26, 0.55, false)
	add("demo-department-3", institution.Department, "Архівний відділ (вигаданий)", "Archive department (invented)", 8, 6, 0.6, false)
	return list
}

// staffPrefix begins the numbers of invented employees: no account has such a number.
const staffPrefix = "pdemo"

// Employee is the number of an invented employee.
func Employee(body string, n int) string {
	r := rand.New(rand.NewPCG(uint64(n), uint64(len(body))*31+uint64(body[len(body)-1])))
	letters := make([]byte, 21)
	for i := range letters {
		letters[i] = byte('a' + r.IntN(26))
	}
	return fmt.Sprintf("%s%s-%s-%d", staffPrefix, letters, body, n)
}

// Employed tells how far an invented employee is; false for everybody else.
func Employed(id string) (begun bool, done []string, level string, ok bool) {
	rest, ok := strings.CutPrefix(id, staffPrefix)
	if !ok || len(rest) < 23 || rest[21] != '-' {
		return false, nil, "", false
	}
	skill, sum := 0.5, uint64(0)
	for _, e := range Employers(2026) {
		if strings.HasPrefix(rest[22:], e.Body.ID+"-") {
			skill = e.Skill
		}
	}
	for _, b := range []byte(rest) {
		sum = sum*131 + uint64(b)
	}
	r := rand.New(rand.NewPCG(sum, 11))
	if begun = r.Float64() < skill+0.1; begun && r.Float64() < skill+0.05 {
		done = append(done, "first-steps")
		if r.Float64() < skill {
			done = append(done, "officials")
		}
	}
	if r.Float64() < skill+0.08 {
		level = []string{"A1", "A2", "B1", "B2", "C1"}[min(4, max(0, int(skill*2.6+r.NormFloat64()*0.7+0.6)))]
	}
	if begun && r.Float64() < skill+0.2 {
		done = append(done, "fraud-protection/call-from-bank") // one lesson of a course
	}
	return begun, done, level, true
}
