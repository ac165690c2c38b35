package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"osvitlo/internal/app"
	"osvitlo/internal/event"
	"osvitlo/internal/i18n"
)

// listed is an event as the site shows it: a whole day without an hour.
type listed struct {
	UID     string `json:"uid"`
	Start   string `json:"start"`
	End     string `json:"end"`
	Summary string `json:"summary"`
}

// writeFeeds writes the calendar of everything, of each place and of each subject, and
// list.json with what each of them holds.
func writeFeeds(ctx context.Context, a *app.App, dir string) error {
	now := time.Now()
	chosen := map[string]event.Filter{"all": {}}
	for _, o := range a.Events.Occurrences(event.Filter{}) {
		if f := a.Events.Public(ctx, o); f.Place.ID != "" {
			chosen["place="+f.Place.ID] = event.Filter{Place: f.Place.ID}
		}
	}
	for _, s := range event.Subjects() {
		chosen["subject="+s] = event.Filter{Subject: s}
	}
	lists := map[string][]listed{}
	for name, f := range chosen {
		ask, file := "/events.ics", strings.ReplaceAll(name, "=", "-")+".ics"
		if name != "all" {
			ask += "?" + name
		}
		w := httptest.NewRecorder()
		a.Handler().ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, ask, nil))
		if w.Code != http.StatusOK {
			return fmt.Errorf("%s answers %d", ask, w.Code)
		}
		if err := os.WriteFile(filepath.Join(dir, file), w.Body.Bytes(), 0o600); err != nil {
			return err
		}
		// a month back and a year ahead
		f.From, f.To, f.Limit = now.Add(-31*24*time.Hour), now.Add(366*24*time.Hour), 2000
		lists[file] = []listed{}
		for _, o := range a.Events.Occurrences(f) {
			lists[file] = append(lists[file], list(a.Events.Public(ctx, o)))
		}
	}
	if len(lists["all.ics"]) == 0 {
		return fmt.Errorf("nothing is on in the demo city")
	}
	raw, err := json.MarshalIndent(lists, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "list.json"), raw, 0o600)
}

// host is the name of the demo city's address in settings.
func host() string {
	u, err := url.Parse(settings("")("OSVITLO_PUBLIC_URL"))
	if err != nil {
		return ""
	}
	return u.Hostname()
}

func list(f event.Face) listed {
	l := listed{UID: f.ID + "-" + f.Key + "@" + host(), Summary: f.Title.UK}
	if f.Start.IsZero() {
		day := f.Day.In(i18n.Kyiv)
		l.Start, l.End = day.Format(time.DateOnly), day.AddDate(0, 0, 1).Format(time.DateOnly)
		return l
	}
	l.Start, l.End = f.Start.UTC().Format("2006-01-02T15:04:05Z"), f.End.UTC().Format("2006-01-02T15:04:05Z")
	return l
}
