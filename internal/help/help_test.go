package help

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"osvitlo/internal/audit"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/notify"
	"osvitlo/internal/person"
	"osvitlo/internal/person/vault"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
)

type rig struct {
	*Service
	t     *testing.T
	ctx   context.Context
	now   time.Time
	mu    sync.Mutex
	acts  []string
	mails []notify.Mail
}

func (r *rig) Record(_ context.Context, e audit.Event) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := e.Check(); err != nil {
		return err
	}
	r.acts = append(r.acts, e.Action)
	return nil
}

func (r *rig) Ready() bool { return true }

func (r *rig) Queue(_ context.Context, m notify.Mail) error {
	r.mails = append(r.mails, m)
	return nil
}

func open(t *testing.T) *rig {
	t.Helper()
	r := &rig{t: t, ctx: context.Background(), now: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)} // a Monday, 10:00 in Kyiv
	engine, err := sqlite.Open(r.ctx, sqlite.Config{Path: filepath.Join(t.TempDir(), "t.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Close() })
	if err := engine.Migrate(r.ctx, Specs()); err != nil {
		t.Fatal(err)
	}
	ring, err := vault.New([]vault.Key{{ID: "a", Secret: []byte(strings.Repeat("k", 32))}})
	if err != nil {
		t.Fatal(err)
	}
	shipped, err := Read(os.DirFS("../../content/help"))
	if err != nil {
		t.Fatal(err)
	}
	r.Service, err = New(r.ctx, Options{Engine: engine, Ring: ring, Secret: []byte(strings.Repeat("s", 32)), Shipped: shipped, Audit: r, Post: r,
		Letter: func(_, number, answer string) (string, string) { return number, answer }, Now: func() time.Time { return r.now }})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func staff(id person.ID, role person.Role, place string) *person.Actor {
	return &person.Actor{Person: id, Strong: true, Fresh: true, Where: "web", Grants: []person.Grant{{Role: role, Place: place}}}
}

var (
	olena  = staff("poperator1", person.HelpOperator, "")
	petro  = staff("poperator2", person.HelpOperator, "")
	editor = staff("peditor", person.Editor, "")
	mentor = staff("pmentor", person.Mentor, "lib-1")
)

func (r *rig) ask(change func(*Asking)) *Asked {
	r.t.Helper()
	a := Asking{Once: "0123456789abcdef", Text: "Забула пароль від пошти", Topic: "account", Reply: OnPage, Lang: "uk", Way: ByForm}
	if change != nil {
		change(&a)
	}
	out, err := r.Ask(r.ctx, &person.Actor{}, a)
	if err != nil {
		r.t.Fatal(err)
	}
	return out
}

func (r *rig) is(err error, kind fault.Kind) {
	r.t.Helper()
	if err == nil || !fault.Is(err, kind) {
		r.t.Fatalf("%v, want a fault of kind %v", err, kind)
	}
}

func (r *rig) ok(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func TestAskIsIdempotent(t *testing.T) {
	t.Parallel()
	r := open(t)
	first := r.ask(nil)
	again := r.ask(nil)
	if !again.Again || again.ID != first.ID || again.Code != first.Code || again.Token != first.Token {
		t.Errorf("the same form made %v and %v", first.Question, again.Question)
	}
	other := r.ask(func(a *Asking) { a.Text = "Інше питання" })
	if other.ID == first.ID || other.Again {
		t.Error("another text of the same form is another question")
	}
	if Figures(first.ID) != first.ID || Figures(first.Code) != first.Code || Figures(first.Spoken()) != first.ID {
		t.Errorf("number %q code %q", first.ID, first.Code)
	}
	months, err := r.Months(r.ctx, olena, 3)
	if err != nil || len(months) != 1 || months[0].Asked() != 2 || months[0].Ways["form"] != 2 || months[0].Areas["ua5"] != 2 {
		t.Errorf("%v %+v", err, months)
	}
}

func TestAskTwentyAtOnce(t *testing.T) {
	t.Parallel()
	r := open(t)
	var wg sync.WaitGroup
	ids := make([]string, 20)
	for i := range ids {
		wg.Go(func() {
			out, err := r.Ask(r.ctx, &person.Actor{}, Asking{Once: "0123456789abcdef", Text: "Одне", Topic: "other", Reply: OnPage, Way: ByForm})
			if err == nil {
				ids[i] = out.ID
			}
		})
	}
	wg.Wait()
	if len(slices.Compact(ids)) != 1 || ids[0] == "" {
		t.Errorf("one form sent twenty times at once made %v", ids)
	}
}

func TestBadQuestions(t *testing.T) {
	t.Parallel()
	r := open(t)
	for name, change := range map[string]func(*Asking){
		"text":  func(a *Asking) { a.Text = " \n " },
		"topic": func(a *Asking) { a.Topic = "weather" },
		"reply": func(a *Asking) { a.Reply = "pigeon" },
		"phone": func(a *Asking) { a.Reply, a.Contact = ByCall, "12" },
		"email": func(a *Asking) { a.Reply, a.Contact = ByEmail, "no" },
		"name":  func(a *Asking) { a.Name = strings.Repeat("а", 81) },
	} {
		a := Asking{Once: "0123456789abcdef", Text: "Що", Topic: "account", Reply: OnPage, Way: ByForm}
		change(&a)
		_, err := r.Ask(r.ctx, &person.Actor{}, a)
		f := fault.As(err)
		if f == nil || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Pointer != name {
			t.Errorf("%s: %v", name, err)
		}
	}
	long := Asking{Once: "0123456789abcdef", Text: strings.Repeat("слово ", 1700), Topic: "account", Reply: OnPage}
	if _, err := r.Ask(r.ctx, &person.Actor{}, long); !fault.Is(err, fault.Invalid) {
		t.Errorf("10,000 letters: %v", err)
	}
	// a visitor cannot say that an operator wrote it down
	_, err := r.Ask(r.ctx, &person.Actor{}, Asking{Once: "0123456789abcdef", Text: "Що", Topic: "account", Reply: OnPage, Way: ByPhone})
	r.is(err, fault.Unauthenticated)
	// a mentor writes at the own desk only
	at := Asking{Once: "0123456789abcdef", Text: "Що", Topic: "account", Reply: InDesk, Way: AtDesk, Place: "lib-2"}
	_, err = r.Ask(r.ctx, mentor, at)
	r.is(err, fault.NotFound)
	at.Place = "lib-1"
	out, err := r.Ask(r.ctx, mentor, at)
	r.ok(err)
	if out.Place != "lib-1" || out.By != mentor.Person {
		t.Errorf("%+v", out.Question)
	}
}

// Nothing of what somebody wrote stands readable in the store, but for the masked text.
func TestPersonalDataIsSealed(t *testing.T) {
	t.Parallel()
	r := open(t)
	q := r.ask(func(a *Asking) {
		a.Text, a.Name, a.Reply, a.Contact = "Мій паспорт ВМ 123456, картка 5168 7422 1234 5678. Як отримати субсидію?", "Ганна", ByCall, "050 123 45 67"
	})
	raw, err := r.o.Engine.Raw(QuestionSpec)
	r.ok(err)
	doc, err := raw.Get(r.ctx, q.ID)
	r.ok(err)
	for _, secret := range []string{"123456", "5168", "Ганна", "501234567", q.Code, q.Token} {
		if strings.Contains(string(doc.Body), secret) {
			t.Errorf("%q stands in the store: %s", secret, doc.Body)
		}
	}
	list, err := r.List(r.ctx, olena, Waiting, "", 10)
	r.ok(err)
	if len(list.Items) != 1 || list.Items[0].Masked != "Мій паспорт [документ], картка [картка]. Як отримати субсидію?" || len(list.Items[0].Found) != 2 {
		t.Errorf("the queue shows %q", list.Items[0].Masked)
	}
	if _, err := r.Read(r.ctx, olena, q.ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("whoever does not hold it reads it: %v", err)
	}
	r.ok(r.Take(r.ctx, olena, q.ID))
	o, err := r.Read(r.ctx, olena, q.Spoken())
	r.ok(err)
	if o.Secret.Contact != "+380501234567" || o.Secret.Name != "Ганна" || !slices.Contains(r.acts, "help.read") {
		t.Errorf("%+v %v", o.Secret, r.acts)
	}
}

func TestCodes(t *testing.T) {
	t.Parallel()
	r := open(t)
	mine, other := r.ask(nil), r.ask(func(a *Asking) { a.Text = "Чуже" })
	for _, pair := range [][2]string{{mine.ID, other.Code}, {"999999", mine.Code}, {"abc", "def"}, {"", ""}, {mine.ID, ""}} {
		_, _, err := r.Status(r.ctx, pair[0], pair[1])
		r.is(err, fault.NotFound)
	}
	o, token, err := r.Status(r.ctx, mine.Spoken(), Grouped(mine.Code))
	r.ok(err)
	if token != mine.Token || o.Secret.Text != "Забула пароль від пошти" {
		t.Errorf("%q %+v", token, o.Secret)
	}
	_, err = r.Mine(r.ctx, mine.ID, other.Token)
	r.is(err, fault.NotFound)
	if _, err := r.Mine(r.ctx, mine.ID, mine.Token); err != nil {
		t.Error(err)
	}
	// guessing is stopped, the asker's own browser still reads
	tries, stopped := 0, false
	for range 200 {
		_, _, err := r.Status(r.ctx, mine.ID, "100000")
		if fault.Is(err, fault.TooMany) {
			if stopped = true; tries >= MaxWrong {
				break
			}
			r.now = r.now.Add(slowWrong + time.Second)
			continue
		}
		tries++
	}
	if !stopped || tries > MaxWrong {
		t.Errorf("%d wrong codes were looked at", tries)
	}
	if _, _, err := r.Status(r.ctx, mine.ID, mine.Code); !fault.Is(err, fault.TooMany) {
		t.Errorf("after %d wrong codes: %v", tries, err)
	}
	if _, err := r.Mine(r.ctx, mine.ID, mine.Token); err != nil {
		t.Error(err)
	}
}

func TestOneOperatorAtATime(t *testing.T) {
	t.Parallel()
	r := open(t)
	q := r.ask(nil)
	r.ok(r.Take(r.ctx, olena, q.ID))
	r.is(r.Take(r.ctx, petro, q.ID), fault.Conflict)
	r.is(r.Answer(r.ctx, petro, q.ID, "Ось так"), fault.Conflict)
	r.is(r.HandOver(r.ctx, olena, q.ID, "  "), fault.Invalid)
	r.ok(r.HandOver(r.ctx, olena, q.ID, "Шукала в спамі, листа немає"))
	r.ok(r.Take(r.ctx, petro, q.ID))
	o, err := r.Read(r.ctx, petro, q.ID)
	r.ok(err)
	if len(o.Notes) != 1 || o.Notes[0].Text != "Шукала в спамі, листа немає" || o.Notes[0].By != olena.Person {
		t.Errorf("%+v", o.Notes)
	}
	// the hold runs out
	r.now = r.now.Add(Held + time.Second)
	r.is(r.Answer(r.ctx, petro, q.ID, "Ось так"), fault.Conflict)
	r.ok(r.Take(r.ctx, olena, q.ID))
	r.ok(r.Sort(r.ctx, olena, q.ID, "device", "ua1"))
	r.is(r.Sort(r.ctx, olena, q.ID, "weather", ""), fault.Invalid)
	r.ok(r.Answer(r.ctx, olena, q.ID, "Натисніть «Забули пароль»."))
	r.is(r.Answer(r.ctx, olena, q.ID, "Ще раз"), fault.Conflict)
	mine, err := r.Mine(r.ctx, q.ID, q.Token)
	r.ok(err)
	if mine.Answer != "Натисніть «Забули пароль»." || mine.State != Answered || mine.Late {
		t.Errorf("%+v", mine)
	}
	r.ok(r.Helped(r.ctx, q.ID, q.Token, true))
	r.ok(r.Helped(r.ctx, q.ID, q.Token, false)) // the first word counts
	months, _ := r.Months(r.ctx, olena, 1)
	if m := months[0]; m.Topics["account"] != 0 || m.Topics["device"] != 1 || m.OnTime["device"] != 1 || m.Helped["yes"] != 1 || m.Helped["no"] != 0 {
		t.Errorf("%+v", m)
	}
	done, err := r.List(r.ctx, olena, Done, "", 10)
	r.ok(err)
	waiting, _ := r.List(r.ctx, olena, Waiting, "", 10)
	if len(done.Items) != 1 || len(waiting.Items) != 0 {
		t.Errorf("%d done, %d waiting", len(done.Items), len(waiting.Items))
	}
}

func TestAnswerByMail(t *testing.T) {
	t.Parallel()
	r := open(t)
	q := r.ask(func(a *Asking) { a.Reply, a.Contact = ByEmail, "hanna@example.org" })
	r.ok(r.Take(r.ctx, olena, q.ID))
	r.ok(r.Answer(r.ctx, olena, q.ID, "Ось так"))
	if len(r.mails) != 1 || r.mails[0].To != "hanna@example.org" || r.mails[0].Text != "Ось так" {
		t.Errorf("%+v", r.mails)
	}
}

// Two clicks from a question to a public answer, with personal data out of it.
func TestFromAQuestionToAPublicAnswer(t *testing.T) {
	t.Parallel()
	r := open(t)
	q := r.ask(func(a *Asking) {
		a.Text, a.Name = "Ганна питає: як змінити номер 050 123 45 67 у субсидії? Дуже треба.", "Ганна"
	})
	_, err := r.Propose(r.ctx, olena, q.ID)
	r.is(err, fault.Conflict)
	r.ok(r.Take(r.ctx, olena, q.ID))
	r.ok(r.Answer(r.ctx, olena, q.ID, "Пані Ганна, напишіть заяву. Код 4821 не кажіть. Телефон установи 0522 24 24 24."))
	p, err := r.Propose(r.ctx, olena, q.ID)
	r.ok(err)
	text := p.Article.Title.UK + p.Article.Text.UK
	for _, secret := range []string{"Ганна", "050", "4821", "24 24"} {
		if strings.Contains(text, secret) {
			t.Errorf("%q is left in %q", secret, text)
		}
	}
	if p.Article.Title.UK != "[ім’я] питає: як змінити номер [телефон] у субсидії?" {
		t.Errorf("title %q", p.Article.Title.UK)
	}
	if _, err := r.Propose(r.ctx, petro, q.ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("another operator sees what was there: %v", err)
	}
	a := p.Article
	a.Owner = "Лінія допомоги"
	a.Title.UK = "Змінити номер у субсидії"
	a.Text.UK = "Напишіть заяву. Телефон установи 0522 24 24 24."
	r.is(r.Save(r.ctx, olena, a, Saving{Checked: true, New: true}), fault.Invalid) // a telephone is in it
	r.ok(r.Save(r.ctx, olena, a, Saving{Checked: true, New: true, Sure: true}))
	got, err := r.Article(a.ID)
	r.ok(err)
	if got.CheckedBy != olena.Person || got.From != q.ID || got.Stale(r.now) {
		t.Errorf("%+v", got)
	}
	if hits := r.Find("изменить номер субсидия", 3); len(hits) == 0 || hits[0].ID != a.ID {
		t.Errorf("not found: %v", hits)
	}
	mine, _ := r.Mine(r.ctx, q.ID, q.Token)
	if mine.Public != a.ID {
		t.Errorf("the asker is not led to it: %q", mine.Public)
	}
}

func TestArticles(t *testing.T) {
	t.Parallel()
	r := open(t)
	if n := len(r.Articles()); n < 20 || n > 30 {
		t.Errorf("%d articles come with the program", n)
	}
	for _, a := range r.Articles() {
		if a.Title.EN == "" || a.Text.EN == "" || a.CheckedBy != "" || a.CheckedOn != "" || len(a.Links) == 0 || len(Parts(a.Text.UK)) < 2 {
			t.Errorf("%s is not whole, or claims a check", a.ID)
		}
		if m, found := Mask(a.Title.UK + a.Text.UK + a.Text.EN); len(found) > 0 {
			t.Errorf("%s holds what looks personal: %s", a.ID, m)
		}
		if hits := r.Find(a.Title.UK, 3); !slices.ContainsFunc(hits, func(x *Article) bool { return x.ID == a.ID }) {
			t.Errorf("%s is not found by its own title", a.ID)
		}
	}
	if a := r.Articles()[0]; a.Topic != Fraud {
		t.Errorf("%s comes before fraud", a.Topic)
	}
	for query, want := range map[string]string{"пароль забыла": "forgot-password", "gfhjkm": "forgot-password", "мене обдурили назвала код": "told-a-code", "света нет": "power-cut", "эцп": "electronic-signature", "буквы мелкие": "large-letters"} {
		if hits := r.Suggest(query, 3); !slices.ContainsFunc(hits, func(x *Article) bool { return x.ID == want }) {
			t.Errorf("%q does not suggest %s", query, want)
		}
	}
	// a change takes the place of the shipped one; a stale form is told
	a, err := r.Get(r.ctx, editor, "forgot-password")
	r.ok(err)
	x := *a
	x.Title.UK = "Пароль забуто"
	r.ok(r.Save(r.ctx, editor, x, Saving{}))
	got, _ := r.Article("forgot-password")
	if got.Title.UK != "Пароль забуто" || got.CheckedBy != "" || got.Shipped {
		t.Errorf("%+v", got)
	}
	r.is(r.Save(r.ctx, editor, x, Saving{}), fault.Conflict)
	y := *got
	y.Stage = Withdrawn
	r.ok(r.Save(r.ctx, editor, y, Saving{}))
	_, err = r.Article("forgot-password")
	r.is(err, fault.Gone)
	_, _, err = r.Staff(r.ctx, mentor, Filter{})
	r.is(err, fault.Forbidden)
	for name, change := range map[string]func(*Article){
		"slug": func(a *Article) { a.ID = "Ask" }, "title_uk": func(a *Article) { a.Title.UK = "" }, "links": func(a *Article) { a.Links = []Link{{Href: "//evil.example"}} },
		"source": func(a *Article) { a.Source = "javascript:1" }, "valid_until": func(a *Article) { a.CheckedOn, a.ValidUntil = "2026-11-01", "2030-01-01" }, "topic": func(a *Article) { a.Topic = "" },
	} {
		bad := Article{Doc: store.Doc{ID: "new-one"}, Title: i18n.Text{UK: "Назва"}, Text: i18n.Text{UK: "Текст"}, Topic: "other", Stage: Draft, Owner: "Лінія"}
		change(&bad)
		f := fault.As(r.Save(r.ctx, editor, bad, Saving{New: true}))
		if f == nil || f.Kind != fault.Invalid || f.Fields[0].Pointer != name {
			t.Errorf("%s: %v", name, f)
		}
	}
}

func TestPublicCountsHideFew(t *testing.T) {
	t.Parallel()
	r := open(t)
	for i := range 12 {
		r.ask(func(a *Asking) { a.Text = strings.Repeat("питання ", i+1) })
	}
	for i := range 9 {
		r.ask(func(a *Asking) { a.Text, a.Topic = strings.Repeat("світло ", i+1), "device" })
	}
	n := func(topic string) int64 {
		list, err := r.PublicCounts(r.ctx)
		r.ok(err)
		for _, k := range list {
			if k.Topic == topic {
				return k.N
			}
		}
		return -1
	}
	if n("account") != 0 {
		t.Error("the present month is public")
	}
	r.now = r.now.AddDate(0, 1, 0)
	if n("account") != 12 || n("device") != 0 {
		t.Errorf("account %d, device %d", n("account"), n("device"))
	}
}

func TestSweepErases(t *testing.T) {
	t.Parallel()
	r := open(t)
	answered, left := r.ask(nil), r.ask(func(a *Asking) { a.Text = "Без відповіді" })
	r.ok(r.Take(r.ctx, olena, answered.ID))
	r.ok(r.Answer(r.ctx, olena, answered.ID, "Так"))
	r.now = r.now.Add(Keep - time.Hour)
	if gone, err := r.Sweep(r.ctx); gone != 0 || err != nil {
		t.Fatal(gone, err)
	}
	r.now = r.now.Add(2 * time.Hour)
	if gone, err := r.Sweep(r.ctx); gone != 1 || err != nil {
		t.Fatal(gone, err)
	}
	_, err := r.Mine(r.ctx, answered.ID, answered.Token)
	r.is(err, fault.NotFound)
	r.ok(r.Erase(r.ctx, left.ID, left.Token))
	_, err = r.Mine(r.ctx, left.ID, left.Token)
	r.is(err, fault.NotFound)
}

// Whoever asked to be called and did not pick up gets a short message, by day, that says
// nothing of the question; without a gateway nothing is stored.
func TestNobodyPickedUp(t *testing.T) {
	t.Parallel()
	r := open(t)
	q := r.ask(func(a *Asking) { a.Reply, a.Contact = ByCall, "050 111-22-33" })
	r.ok(r.Take(r.ctx, olena, q.ID))
	r.is(r.AnswerMissed(r.ctx, olena, q.ID, "Заяву приймають у вікні 3"), fault.Unavailable)
	gate := &texts{}
	r.o.Texts = gate
	r.o.Note = func(lang, number string) string { return lang + " " + number }
	r.ok(r.AnswerMissed(r.ctx, olena, q.ID, "Заяву приймають у вікні 3"))
	if len(gate.sent) != 1 {
		t.Fatalf("%d messages", len(gate.sent))
	}
	m := gate.sent[0]
	if m.To != "+380501112233" || m.Text != "uk "+q.Spoken() || !m.ByDay || !m.Expires.After(r.now.Add(24*time.Hour)) {
		t.Errorf("%+v", m)
	}
	if o, err := r.Mine(r.ctx, q.ID, q.Token); err != nil || o.State != Answered || o.Answer != "Заяву приймають у вікні 3" {
		t.Errorf("%+v, %v", o, err)
	}
	silent := r.ask(func(a *Asking) { a.Text = "Інше питання" })
	r.ok(r.Take(r.ctx, olena, silent.ID))
	r.is(r.AnswerMissed(r.ctx, olena, silent.ID, "Так"), fault.Unavailable)
}

type texts struct{ sent []notify.SMS }

func (x *texts) SMSReady() bool { return true }
func (x *texts) QueueSMS(_ context.Context, m notify.SMS) error {
	x.sent = append(x.sent, m)
	return nil
}

// A new key seals what is kept; the old one may go.
func TestResealing(t *testing.T) {
	t.Parallel()
	r := open(t)
	q := r.ask(nil)
	both, err := vault.New([]vault.Key{{ID: "b", Secret: []byte(strings.Repeat("n", 32))}, {ID: "a", Secret: []byte(strings.Repeat("k", 32))}})
	r.ok(err)
	r.o.Ring = both
	for want := 1; want >= 0; want-- { // the second time there is nothing to do
		if done, left, err := r.Reseal(r.ctx); done != want || len(left) > 0 || err != nil {
			t.Fatal(done, left, err)
		}
	}
	r.o.Ring, err = vault.New([]vault.Key{{ID: "b", Secret: []byte(strings.Repeat("n", 32))}})
	r.ok(err)
	if o, err := r.Mine(r.ctx, q.ID, q.Token); err != nil || o.Secret.Text == "" {
		t.Errorf("%v", err)
	}
}

func TestDue(t *testing.T) {
	t.Parallel()
	s := usual()
	s.Closed = []string{"2026-11-25"}
	s.Levels["services"] = 12
	at := func(text string) time.Time {
		x, err := time.ParseInLocation("2006-01-02 15:04", text, kyiv)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	for _, c := range []struct{ topic, asked, due string }{
		{Fraud, "2026-11-23 10:00", "2026-11-23 11:00"},
		{Fraud, "2026-11-23 17:30", "2026-11-24 09:30"},
		{Fraud, "2026-11-21 12:00", "2026-11-23 10:00"},      // a Saturday
		{"services", "2026-11-23 17:00", "2026-11-26 11:00"}, // 1 h, 9 h, a day off, 2 h
		{Fraud, "2026-11-24 18:00", "2026-11-26 10:00"},
	} {
		if got := s.Due(c.topic, at(c.asked)); !got.Equal(at(c.due)) {
			t.Errorf("%s asked %s: due %s, want %s", c.topic, c.asked, got, c.due)
		}
	}
	if !s.OpenAt(at("2026-11-23 09:00")) || s.OpenAt(at("2026-11-23 18:00")) || s.OpenAt(at("2026-11-25 12:00")) || s.OpenAt(at("2026-11-22 12:00")) {
		t.Error("open at a wrong moment")
	}
	if got := s.Opens(at("2026-11-24 19:00")); !got.Equal(at("2026-11-26 09:00")) {
		t.Errorf("opens %s", got)
	}
	var never Settings
	if !never.Opens(at("2026-11-24 19:00")).IsZero() || !never.Due(Fraud, at("2026-11-24 19:00")).After(at("2026-11-24 19:00")) {
		t.Error("a line without hours")
	}
}

// A promise is never before the question, lies within opening hours, and a later question
// is never promised earlier.
func TestDueProperties(t *testing.T) {
	t.Parallel()
	s := usual()
	rapid.Check(t, func(t *rapid.T) {
		a := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 365*24*60).Draw(t, "minute")) * time.Minute)
		b := a.Add(time.Duration(rapid.IntRange(0, 5000).Draw(t, "later")) * time.Minute)
		topic := rapid.SampledFrom(topics).Draw(t, "topic").ID
		x, y := s.Due(topic, a), s.Due(topic, b)
		if x.Before(a.Add(time.Hour)) || y.Before(x) || !s.OpenAt(x.Add(-time.Minute)) {
			t.Fatalf("asked %s due %s; asked %s due %s", a, x, b, y)
		}
	})
}

func TestSettings(t *testing.T) {
	t.Parallel()
	r := open(t)
	s, err := r.Settings(r.ctx)
	r.ok(err)
	if s.Known() {
		t.Error("nobody has set anything")
	}
	x := *s
	x.Levels = map[string]int{Fraud: 2}
	r.is(r.SaveSettings(r.ctx, mentor, x), fault.Forbidden)
	r.ok(r.SaveSettings(r.ctx, olena, x))
	r.is(r.SaveSettings(r.ctx, olena, x), fault.Conflict) // the form is old
	s, _ = r.Settings(r.ctx)
	if !s.Known() || s.Level(Fraud) != 2 || s.Level("account") != 8 {
		t.Errorf("%+v", s)
	}
	x = *s
	x.Week[0] = Span{600, 500}
	x.Levels = map[string]int{"device": -1}
	f := fault.As(r.SaveSettings(r.ctx, olena, x))
	if f == nil || len(f.Fields) != 2 || f.Fields[0].Pointer != "day0" || f.Fields[1].Pointer != "level.device" {
		t.Errorf("%+v", f)
	}
}

func TestParts(t *testing.T) {
	t.Parallel()
	parts := Parts("Перший\nабзац.\n\n1. Раз\n2. Два\n\n- так\n- ні\nКінець 2026. Усе")
	if len(parts) != 4 || parts[0].Text != "Перший абзац." || !parts[1].Steps || len(parts[1].List) != 2 || parts[2].Steps || parts[3].Text != "Кінець 2026. Усе" {
		t.Errorf("%+v", parts)
	}
}

// A flood of questions is slowed down, and a replay costs nothing.
func TestRush(t *testing.T) {
	t.Parallel()
	r := open(t)
	taken, refused := 0, 0
	for i := range 60 {
		_, err := r.Ask(r.ctx, &person.Actor{}, Asking{Once: "0123456789abcdef", Text: strings.Repeat("ж", i+1), Topic: "other", Reply: OnPage, Way: ByForm})
		switch {
		case err == nil:
			taken++
		case fault.Is(err, fault.TooMany):
			refused++
		default:
			t.Fatal(err)
		}
	}
	if taken != rushMost || refused != 60-rushMost {
		t.Errorf("%d taken, %d refused", taken, refused)
	}
}
