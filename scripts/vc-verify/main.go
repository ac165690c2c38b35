// Command vc-verify runs a demo site, lets it issue badges as it does for learners, and
// writes down what a holder and anybody else get from it: badges as JSON-LD, VC-JWT, PNG
// and SVG, the issuer's did document, the status list, the badge's description.
//
//	vc-verify DIR
//
// verify.mjs beside it then checks the files with software that shares nothing with ours.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"osvitlo/internal/app"
	"osvitlo/internal/config"
	"osvitlo/internal/course"
	"osvitlo/internal/credential"
	"osvitlo/internal/job"
	"osvitlo/internal/person"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "vc-verify DIR")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "vc-verify:", err)
		os.Exit(1)
	}
}

// demo is the running site and where its files go.
type demo struct {
	*app.App
	site, out string
	slug      string // of a course
}

func run(out string) (err error) {
	data, err := os.MkdirTemp("", "osvitlo-vc")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(data)) }()
	c, _, err := config.Load("serve", []string{"--demo", "--demo-people", "0", "--data", data, "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"},
		func(string) string { return "" }, io.Discard)
	if err != nil {
		return err
	}
	at, err := app.Listen(c)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	a, err := app.New(ctx, c, app.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return errors.Join(err, at.Close())
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	served := make(chan error, 1)
	go func() { served <- a.Serve(ctx, at) }()
	defer func() { stop(); err = errors.Join(err, <-served) }()
	d := &demo{App: a, site: "http://" + at.Site.Addr().String(), out: out}
	for range 100 {
		if a.Credentials.Ready() == nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	courses := a.Library.Courses()
	if len(courses) == 0 {
		return errors.New("there is no course to complete")
	}
	d.slug = courses[0].Slug
	return d.collect(ctx)
}

func (d *demo) collect(ctx context.Context) error {
	good, goodKey, err := d.complete(ctx)
	if err != nil {
		return err
	}
	for _, file := range []string{"badge.json", "badge.jwt", "badge.png", "badge.svg"} {
		if err := d.fetch("/verify/"+good+"/"+file, "good-"+file, goodKey); err != nil {
			return err
		}
	}
	if err := d.Credentials.Rotate(ctx, person.Operator("vc-verify")); err != nil {
		return err
	}
	later, laterKey, err := d.complete(ctx)
	if err != nil {
		return err
	}
	if err := d.fetch("/verify/"+later+"/badge.json", "later-badge.json", laterKey); err != nil {
		return err
	}
	if err := d.fetch("/verify/"+later+"/badge.jwt", "later-badge.jwt", laterKey); err != nil {
		return err
	}
	if err := d.named(ctx); err != nil {
		return err
	}
	gone, goneKey, err := d.complete(ctx)
	if err != nil {
		return err
	}
	if err := d.fetch("/verify/"+gone+"/badge.json", "revoked-badge.json", goneKey); err != nil {
		return err
	}
	if err := d.Credentials.Revoke(ctx, person.Operator("vc-verify"), gone, credential.Mistake); err != nil {
		return err
	}
	b, err := d.Library.CourseBadge(d.slug)
	if err != nil {
		return err
	}
	return errors.Join(d.fetch("/credentials/status/1", "status.json", ""), d.fetch("/.well-known/did.json", "did.json", ""),
		d.fetch("/badges/"+b.Slug+"/achievement.json", "achievement.json", ""))
}

// complete tells of a device that completed the course, as the courses tell it, and waits
// for the badge.
func (d *demo) complete(ctx context.Context) (id, key string, err error) {
	key = course.NewDeviceKey()
	l := course.OfDevice(key)
	c, err := d.Library.Course(d.slug)
	if err != nil {
		return "", "", err
	}
	if err := d.Outbox.Add(ctx, job.Message{ID: "course-completed:" + string(l) + ":" + d.slug, Topic: course.TopicCompleted, Payload: course.Completion{
		Learner: l, Course: d.slug, Version: c.Version, At: time.Now(), Score: 1, Lessons: len(c.Lessons), Minutes: c.Minutes(), Competences: c.Competences}}); err != nil {
		return "", "", err
	}
	for range 500 {
		href, err := d.Credentials.Of(ctx, l, d.slug)
		if err != nil {
			return "", "", err
		}
		if href != "" {
			return strings.TrimPrefix(href, "/verify/"), key, nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return "", "", errors.New("the completion was not heard within ten seconds")
}

// named issues a badge to somebody who wants a name of 120 letters on it, the longest an account takes.
func (d *demo) named(ctx context.Context) error {
	added, err := d.People.AddStaff(ctx, person.Operator("vc-verify"), person.Resident, "", "Osvitlo")
	if err != nil {
		return err
	}
	self := person.Actor{Person: added.ID, Where: "cli", Why: "own"}
	if err := d.People.Edit(ctx, self, added.ID, person.Contact{Name: strings.Repeat("Ї", 60) + " " + strings.Repeat("я", 59), Adult: true}); err != nil {
		return err
	}
	doc, err := d.Credentials.IssueCourse(ctx, course.Completion{Learner: course.OfPerson(added.ID), Course: d.slug, Version: 1, At: time.Now(), Lessons: 6, Minutes: 40})
	if err != nil {
		return err
	}
	if err := d.Credentials.ShowName(ctx, self, doc.ID, true); err != nil {
		return err
	}
	text, err := d.Credentials.Signed(ctx, doc.ID)
	if err != nil {
		return err
	}
	return d.write("named-badge.json", text)
}

// maxFile bounds what is fetched.
const maxFile = 4 << 20

// fetch gets a file as the device with this key does; without a key as anybody.
func (d *demo) fetch(path, name, key string) error {
	r, err := http.NewRequest(http.MethodGet, d.site+path, nil)
	if err != nil {
		return err
	}
	if key != "" {
		r.AddCookie(&http.Cookie{Name: "learner", Value: key})
	}
	w, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = w.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(w.Body, maxFile))
	if err != nil {
		return err
	}
	if w.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", path, w.Status)
	}
	if strings.HasSuffix(name, ".json") && !json.Valid(body) {
		return fmt.Errorf("%s: no JSON", path)
	}
	return d.write(name, body)
}

func (d *demo) write(name string, body []byte) error {
	return os.WriteFile(filepath.Join(d.out, name), body, 0o600)
}
