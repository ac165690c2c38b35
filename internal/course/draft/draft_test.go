package draft_test

import (
	"strconv"
	"strings"
	"sync"
	"testing"

	"osvitlo/internal/content"
	"osvitlo/internal/course/draft"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
)

func TestACopyOfAPublishedCourseIsSound(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	d := r.copy()
	c := r.s.Check(d)
	if c.Errors() > 0 || c.Course == nil || len(c.Course.Lessons) != 6 || c.Course.Final == nil {
		t.Fatalf("%d errors: %+v", c.Errors(), c.Faults)
	}
	if c.Course.Version != 2 || d.Base != 1 {
		t.Errorf("version %d over %d", c.Course.Version, d.Base)
	}
	if again := r.copy(); again.Rev != d.Rev {
		t.Error("a second copy changed the draft")
	}
}

// Who wrote meanwhile is told, and neither text is lost.
func TestTwoWritersOfOneFile(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	d := r.copy()
	rev := d.File("call-from-bank").Rev
	r.write(petro, "call-from-bank", title("Заголовок Петра"))
	_, err := r.s.Write(ctx, olena, "Олена", slug, draft.Edit{File: "call-from-bank", Rev: rev}, title("Заголовок Олени"))
	c := conflict(t, err)
	if c.Theirs.Last.By != petro.Person || !strings.Contains(c.Theirs.Text, "Заголовок Петра") || c.Gone {
		t.Errorf("theirs: %+v", c.Theirs.Last)
	}
	// another file may be written on the older revision
	if _, err := r.s.Write(ctx, olena, "Олена", slug, draft.Edit{File: "family-in-trouble", Rev: rev}, title("Інший урок")); err != nil {
		t.Fatal(err)
	}
	// with the newer revision mine goes in
	if _, err := r.s.Write(ctx, olena, "Олена", slug, draft.Edit{File: "call-from-bank", Rev: c.Theirs.Rev}, title("Заголовок Олени")); err != nil {
		t.Fatal(err)
	}
	if _, err := r.s.RemoveFile(ctx, petro, "Петро", slug, "call-from-bank"); err != nil {
		t.Fatal(err)
	}
	if _, err = r.s.Write(ctx, olena, "Олена", slug, draft.Edit{File: "call-from-bank", Rev: c.Theirs.Rev}, title("Ще")); !conflict(t, err).Gone {
		t.Error("a deleted file was written")
	}
}

func TestEveryActIsUndone(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	first := r.copy()
	hash := r.s.Check(first).Course.Hash
	r.write(olena, "call-from-bank", title("Інакше"))
	if _, err := r.s.MoveLesson(ctx, olena, "Олена", slug, "call-from-bank", 1); err != nil {
		t.Fatal(err)
	}
	if _, err := r.s.AddLesson(ctx, olena, "Олена", slug, "new-one", i18n.Text{UK: "Новий"}, nil); err != nil {
		t.Fatal(err)
	}
	d, err := r.s.RemoveFile(ctx, olena, "Олена", slug, "family-in-trouble")
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(d.Lessons(), " "); got != "call-from-bank aid-pension-copies buying-renting number-and-door easy-money-errands new-one" {
		t.Errorf("lessons: %s", got)
	}
	for _, want := range []string{"lesson.remove", "lesson.new", "lesson.move", "save"} {
		var what string
		if d, what, err = r.s.Revert(ctx, olena, "Олена", slug); err != nil || what != want {
			t.Fatalf("%q %v, want %q", what, err, want)
		}
	}
	if got := r.s.Check(d).Course.Hash; got != hash {
		t.Error("undone and yet another course")
	}
	_, _, err = r.s.Revert(ctx, olena, "Олена", slug)
	kind(t, err, fault.Conflict, "courseedit.fault.nothing")
}

// A lesson with a fault is neither sent to a reader nor published, and the fault names
// its field.
func TestFaultsRefusePublication(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.copy()
	at := ""
	d := r.write(olena, "call-from-bank", func(tree draft.Tree) error {
		for i, a := range draft.List(tree, "/activities") {
			if draft.Text(a, "/type") == "check" && at == "" {
				at = "/activities/" + strconv.Itoa(i) + "/item"
			}
		}
		draft.Put(tree, at+"/key", []any{})
		draft.Put(tree, "/handout/uk", "Мало слів.")
		return nil
	})
	c := r.s.Check(d)
	found := map[string]bool{}
	for _, f := range c.Of("call-from-bank") {
		found[f.Pointer] = true
	}
	if !found["/handout"] || !found[at] || c.Errors() < 2 {
		t.Fatalf("faults: %+v", c.Faults)
	}
	_, err := r.s.Ask(ctx, olena, "Олена", slug, "")
	kind(t, err, fault.Conflict, "courseedit.fault.errors")
	_, err = r.s.Publish(ctx, olena, "Олена", slug)
	kind(t, err, fault.Conflict, "courseedit.fault.unreviewed")
	// a text that is no YAML is kept, and says its line
	if d, err = r.s.WriteText(ctx, olena, "Олена", slug, draft.Edit{File: "call-from-bank"}, "slug: a\nslug: b\n"); err != nil {
		t.Fatal(err)
	}
	if got := r.s.Check(d).Of("call-from-bank"); len(got) != 1 || got[0].Line != 2 {
		t.Errorf("%+v", got)
	}
	_, err = r.s.Write(ctx, olena, "Олена", slug, draft.Edit{File: "call-from-bank"}, title("x"))
	kind(t, err, fault.Invalid, "")
}

func TestAReviewIsOfAnotherPersonAndOfTheseWords(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.copy()
	d := r.write(olena, "call-from-bank", title("Дзвінок"))
	hash := r.s.Check(d).Course.Hash
	_, err := r.s.Sign(ctx, petro, "Петро", slug, hash, "")
	kind(t, err, fault.Conflict, "courseedit.fault.unasked")
	if _, err := r.s.Ask(ctx, olena, "Олена", slug, ""); err != nil {
		t.Fatal(err)
	}
	_, err = r.s.Sign(ctx, olena, "Олена Авторка", slug, hash, "")
	kind(t, err, fault.Forbidden, "courseedit.fault.own")
	_, err = r.s.Sign(ctx, petro, " ", slug, hash, "")
	kind(t, err, fault.Invalid, "courseedit.fault.name")
	_, err = r.s.Sign(ctx, petro, "Петро", slug, "other", "")
	kind(t, err, fault.Conflict, "courseedit.fault.changed")
	if d, err = r.s.Sign(ctx, petro, "Петро Рецензент", slug, hash, ""); err != nil || d.Step != draft.Reviewed {
		t.Fatal(err)
	}
	// one more change, and nobody has read it
	if d = r.write(olena, "call-from-bank", title("Дзвінок знов")); d.Step != draft.Writing || d.Review != nil {
		t.Errorf("%s %v", d.Step, d.Review)
	}
	_, err = r.s.Publish(ctx, olena, "Олена", slug)
	kind(t, err, fault.Conflict, "courseedit.fault.unreviewed")
	_, err = r.s.Return(ctx, petro, "Петро", slug, "Виправте")
	kind(t, err, fault.Conflict, "courseedit.fault.unasked")
}

func TestPublishServeCompareUndo(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	other := r.again()
	r.copy()
	r.write(olena, "call-from-bank", title("Дзвінок із невідомого номера"))
	v := r.publish()
	if v.Number != 2 || v.Mark.Status != "reviewed" || len(v.Mark.Reviews) != 1 || v.Mark.Reviews[0].By != "Петро Рецензент" {
		t.Errorf("%d %+v", v.Number, v.Mark)
	}
	c, err := r.s.Course(slug)
	if err != nil || c.Version != 2 || c.Lessons[0].Title.UK != "Дзвінок із невідомого номера" || !c.Reviewed() {
		t.Fatalf("%+v %v", c, err)
	}
	if c, _ := other.Course(slug); c.Version != 1 || c.Reviewed() {
		t.Error("another replica knew it before it looked")
	}
	if err := other.Refresh(ctx); err != nil {
		t.Fatal(err)
	}
	if c, _ := other.Course(slug); c.Version != 2 || c.Hash != v.Hash {
		t.Error("another replica does not serve the new version")
	}
	if _, err := r.s.Get(ctx, slug); !fault.Is(err, fault.NotFound) {
		t.Errorf("the draft is still there: %v", err)
	}
	old, err := r.s.Version(ctx, slug, 1)
	if err != nil {
		t.Fatal(err)
	}
	a, errA := old.FilesOf()
	b, errB := v.FilesOf()
	if errA != nil || errB != nil {
		t.Fatal(errA, errB)
	}
	d := draft.Compare(a, b)
	if len(d) != 1 || d[0].File != "call-from-bank" || strings.Join(d[0].Path, "/") != "title/uk" || d[0].New != "Дзвінок із невідомого номера" {
		t.Errorf("%+v", d)
	}
	// undo: the older words are the newest version, and nobody has read those
	back, err := r.s.Again(ctx, admin, "Адмін", slug, 1)
	if err != nil || back.Number != 3 || back.Again != 1 {
		t.Fatal(back, err)
	}
	if c, _ := r.s.Course(slug); c.Version != 3 || c.Reviewed() || c.Lessons[0].Title.UK != "Дзвінок «із банку»" {
		t.Errorf("%s %v", c.Name(), c.Reviewed())
	}
	_, err = r.s.Again(ctx, admin, "Адмін", slug, 3)
	kind(t, err, fault.Conflict, "courseedit.fault.same")
	// a program that starts anew serves the same
	if c, _ := r.again().Course(slug); c.Version != 3 || c.Hash != back.Hash {
		t.Error("another start serves another version")
	}
	var acts []string
	for _, a := range r.journal.acts {
		if !strings.HasPrefix(a, "course.draft.write") {
			acts = append(acts, a)
		}
	}
	want := "course.draft.copy course:fraud-protection/1|course.review.ask course:fraud-protection|course.review.sign course:fraud-protection|course.publish course:fraud-protection/2|course.publish.again course:fraud-protection/3|course.publish.again course:fraud-protection/4"
	if got := strings.Join(acts, "|"); !strings.HasPrefix(want, got) || len(acts) < 5 {
		t.Error(got)
	}
}

// Many publish at once: one version comes of it, everybody else hears why.
func TestPublishedOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.copy()
	r.write(olena, "call-from-bank", title("Один раз"))
	r.sign()
	replicas := []*draft.Service{r.s, r.again(), r.again()}
	var wg sync.WaitGroup
	var mu sync.Mutex
	done := 0
	for i := range 9 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			v, err := replicas[i%3].Publish(ctx, olena, "Олена", slug)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil && v.Number == 2:
				done++
			case err == nil:
				t.Errorf("version %d", v.Number)
			case !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound):
				t.Error(err)
			}
		}()
	}
	wg.Wait()
	if done == 0 {
		t.Error("nobody published")
	}
	if err := r.s.Refresh(ctx); err != nil {
		t.Fatal(err)
	}
	if list := r.s.Versions(slug); len(list) != 2 || list[0].Number != 2 || list[0].Origin != draft.FromOffice {
		t.Errorf("%+v", list)
	}
}

func TestADraftBehindANewerVersionIsReadAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.copy()
	r.write(olena, "call-from-bank", title("Два"))
	r.publish()
	r.copy()
	r.write(olena, "call-from-bank", title("Три"))
	r.sign()
	if _, err := r.s.Again(ctx, admin, "Адмін", slug, 1); err != nil {
		t.Fatal(err)
	}
	d, err := r.s.Get(ctx, slug)
	if err != nil || d.Base != 3 || d.Step != draft.Writing || d.Review != nil {
		t.Fatalf("%+v %v", d, err)
	}
	if c := r.s.Check(d); c.Errors() > 0 || c.Course.Version != 4 {
		t.Errorf("%+v", c.Faults)
	}
	if v := r.publish(); v.Number != 4 {
		t.Errorf("version %d", v.Number)
	}
}

// What the program ships is refused when something else was published under its version.
func TestAFileUnderAPublishedVersionIsRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.copy()
	r.write(olena, "call-from-bank", title("Два"))
	r.publish()
	lib, _ := content.LoadAt(bumped(t), noon)
	if c, err := lib.Course(slug); err != nil || c.Version != 2 {
		t.Fatal(c, err)
	}
	_, err := r.open(lib)
	kind(t, err, fault.Conflict, "")
	if !strings.Contains(err.Error(), "fraud-protection@2") {
		t.Error(err)
	}
}

func TestOnlyEditorsWrite(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.copy()
	for _, role := range []person.Role{person.Mentor, person.Analyst, person.CDTO, person.HelpOperator} {
		a := actor("other", role)
		for name, act := range map[string]func() error{
			"copy":    func() error { _, err := r.s.Copy(ctx, a, "", "first-steps", 0); return err },
			"new":     func() error { _, err := r.s.New(ctx, a, "", "x", i18n.Text{UK: "X"}); return err },
			"write":   func() error { _, err := r.s.WriteText(ctx, a, "", slug, draft.Edit{File: "course"}, "x"); return err },
			"ask":     func() error { _, err := r.s.Ask(ctx, a, "", slug, ""); return err },
			"sign":    func() error { _, err := r.s.Sign(ctx, a, "Хтось", slug, "", ""); return err },
			"publish": func() error { _, err := r.s.Publish(ctx, a, "", slug); return err },
			"again":   func() error { _, err := r.s.Again(ctx, a, "", slug, 1); return err },
			"away":    func() error { _, err := r.s.PutAway(ctx, a, "", slug, true); return err },
			"undo":    func() error { _, _, err := r.s.Revert(ctx, a, "", slug); return err },
			"remove":  func() error { _, err := r.s.RemoveFile(ctx, a, "", slug, "call-from-bank"); return err },
		} {
			if err := act(); !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.NotFound) {
				t.Errorf("%s by %s: %v", name, role, err)
			}
		}
	}
	stale := *olena
	stale.Fresh = false
	if _, err := r.s.Publish(ctx, &stale, "", slug); err == nil || fault.Is(err, fault.Conflict) {
		t.Errorf("published without a fresh sign-in: %v", err)
	}
}

func TestNewCourses(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for bad, key := range map[string]string{"new": "courseedit.fault.reserved", "Великі": "courseedit.fault.slug", slug: "courseedit.fault.taken", "a--b": "courseedit.fault.slug"} {
		_, err := r.s.New(ctx, olena, "Олена", bad, i18n.Text{UK: "Назва"})
		kind(t, err, fault.Invalid, key)
	}
	d, err := r.s.New(ctx, olena, "Олена", "card-games", i18n.Text{UK: "Картки"})
	if err != nil {
		t.Fatal(err)
	}
	if d, err = r.s.AddLesson(ctx, olena, "Олена", "card-games", "first", i18n.Text{UK: "Перший", EN: "First"}, nil); err != nil {
		t.Fatal(err)
	}
	_, err = r.s.AddLesson(ctx, olena, "Олена", "card-games", "proof", i18n.Text{UK: "Доказ"}, nil)
	kind(t, err, fault.Invalid, "courseedit.fault.reserved")
	if c := r.s.Check(d); c.Errors() == 0 || len(c.Of("first")) == 0 {
		t.Errorf("an empty lesson is sound: %+v", c.Faults)
	}
	if _, err := r.s.Course("card-games"); !fault.Is(err, fault.NotFound) {
		t.Error("learners see a draft")
	}
}
