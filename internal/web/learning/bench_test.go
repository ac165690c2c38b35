package learning

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"osvitlo/internal/course"
)

// BenchmarkCourseList reads the list of courses as somebody in the middle of three of
// them. It reports the 99th of a hundred; the order allows 10 ms.
func BenchmarkCourseList(b *testing.B) {
	r := newRig(b)
	v := r.browser("visitor")
	for i, c := range r.h.o.Catalogue.Courses() {
		if i < 3 {
			v.post(atStep(c.Slug, c.Lessons[0].Slug, c.Lessons[0].Activities[0].ID), nil).to()
		}
	}
	r.time(b, v, "/courses")
}

// BenchmarkStep reads one activity.
func BenchmarkStep(b *testing.B) {
	r := newRig(b)
	v := r.browser("visitor")
	c, l := first(b)
	r.time(b, v, atStep(c.Slug, l.Slug, l.Activities[0].ID))
}

// BenchmarkDo stores one activity durably.
func BenchmarkDo(b *testing.B) {
	r := newRig(b)
	c, l := first(b)
	at := atStep(c.Slug, l.Slug, l.Activities[0].ID)
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			q := httptest.NewRequest("POST", at, nil)
			q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			q.AddCookie(&http.Cookie{Name: learnerCookie, Value: course.NewDeviceKey()})
			w := httptest.NewRecorder()
			r.site.ServeHTTP(w, q)
			if w.Code != http.StatusSeeOther {
				b.Fatal(w.Code)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
}

func (r *rig) time(b *testing.B, v *browser, path string) {
	b.Helper()
	var took []time.Duration
	for b.Loop() {
		q := httptest.NewRequest("GET", path, nil)
		for name, value := range v.jar {
			q.AddCookie(&http.Cookie{Name: name, Value: value})
		}
		w := httptest.NewRecorder()
		from := time.Now()
		r.site.ServeHTTP(w, q)
		took = append(took, time.Since(from))
		if w.Code != http.StatusOK {
			b.Fatal(w.Code)
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}
