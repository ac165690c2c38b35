package eservice_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	files "osvitlo/content"
	"osvitlo/internal/audit"
	"osvitlo/internal/content"
	"osvitlo/internal/eservice"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/store/sqlite"
)

var noon = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

type acts struct {
	mu   sync.Mutex
	list []string
}

func (a *acts) Record(_ context.Context, e audit.Event) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.list = append(a.list, e.Action+" "+e.Subject)
	return e.Check()
}

type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

var library = sync.OnceValue(func() *content.Library {
	lib, _ := content.LoadAt(files.FS, noon)
	return lib
})

type rig struct {
	*eservice.Service
	acts  *acts
	clock *clock
	o     eservice.Options
}

func open(t testing.TB) *rig {
	t.Helper()
	e, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "t.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	if err := e.Migrate(t.Context(), eservice.Specs()); err != nil {
		t.Fatal(err)
	}
	r := &rig{acts: &acts{}, clock: &clock{t: noon}}
	r.o = eservice.Options{Engine: e, Library: library(), Audit: r.acts, Now: r.clock.now}
	if r.Service, err = eservice.Open(t.Context(), r.o); err != nil {
		t.Fatal(err)
	}
	return r
}

func as(role person.Role) *person.Actor {
	return &person.Actor{Person: "p-test", Grants: []person.Grant{{Role: role}}, Strong: true, Fresh: true, Where: "web"}
}

var editor, cdto, resident = as(person.Editor), as(person.CDTO), &person.Actor{Person: "p-2", Where: "web"}

func fieldsOf(err error) []fault.Field {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Fields
	}
	return nil
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

const slug = "pension-portal"

func TestAConfirmationHoldsForTheTextThatWasRead(t *testing.T) {
	t.Parallel()
	r := open(t)
	e := must(r.Get(slug))
	if e.Confirmed != nil || !e.Fresh(noon) {
		t.Fatal("a new manual is not confirmed and fresh")
	}
	c := eservice.Confirmation{Rev: e.Rev(), Hash: eservice.HashOf(e), Name: "О. Коваль, відділ послуг", Source: "https://portal.pfu.gov.ua", On: "2026-11-22", Until: "2027-01-31"}
	if err := r.Verify(t.Context(), resident, slug, c); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a resident confirms: %v", err)
	}
	stale := *editor
	stale.Fresh = false
	if err := r.Verify(t.Context(), &stale, slug, c); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("a confirmation without a fresh sign-in: %v", err)
	}
	if err := r.Verify(t.Context(), editor, slug, c); err != nil {
		t.Fatal(err)
	}
	e = must(r.Get(slug))
	if e.Confirmed == nil || e.Confirmed.Name != c.Name || e.Checked() != "2026-11-22" {
		t.Fatalf("%+v", e.Confirmed)
	}
	if e.Fresh(time.Date(2027, 2, 1, 0, 0, 0, 0, i18n.Kyiv)) || !e.Fresh(time.Date(2027, 1, 31, 23, 0, 0, 0, i18n.Kyiv)) {
		t.Error("the new last day does not count")
	}
	// a correction is a new version, and nobody has confirmed it
	if err := r.Correct(t.Context(), editor, slug, eservice.Correction{Rev: e.Rev(), Step: "open", Text: i18n.Text{UK: "Наберіть адресу порталу самі.", EN: "Type the address yourself."}}); err != nil {
		t.Fatal(err)
	}
	e = must(r.Get(slug))
	if e.Confirmed != nil || e.Step("open").Text.EN != "Type the address yourself." || e.Record.Version != 1 {
		t.Errorf("after a correction: %+v", e.Record)
	}
	// another replica sees it
	other := must(eservice.Open(t.Context(), r.o))
	if must(other.Get(slug)).Step("open").Text.EN != "Type the address yourself." {
		t.Error("the correction is not stored")
	}
	if err := r.Restore(t.Context(), editor, slug, e.Rev()); err != nil {
		t.Fatal(err)
	}
	e = must(r.Get(slug))
	if e.Confirmed == nil {
		t.Error("the confirmed text is back, its confirmation is not")
	}
	want := "service.verified service:pension-portal|service.corrected service:pension-portal|service.restored service:pension-portal"
	if got := strings.Join(r.acts.list, "|"); got != want {
		t.Errorf("written down: %s", got)
	}
}

func TestConfirmationsThatAreRefused(t *testing.T) {
	t.Parallel()
	r := open(t)
	e := must(r.Get(slug))
	sound := eservice.Confirmation{Hash: eservice.HashOf(e), Name: "О. Коваль", Source: "https://portal.pfu.gov.ua", On: "2026-11-22"}
	for name, c := range map[string]func(eservice.Confirmation) eservice.Confirmation{
		"name":   func(c eservice.Confirmation) eservice.Confirmation { c.Name = " "; return c },
		"source": func(c eservice.Confirmation) eservice.Confirmation { c.Source = "portal"; return c },
		"on":     func(c eservice.Confirmation) eservice.Confirmation { c.On = "2026-11-23"; return c },
		"until":  func(c eservice.Confirmation) eservice.Confirmation { c.Until = "2026-11-22"; return c },
	} {
		err := r.Verify(t.Context(), editor, slug, c(sound))
		if fields := fieldsOf(err); len(fields) != 1 || fields[0].Pointer != name {
			t.Errorf("%s: %v", name, err)
		}
	}
	sound.Hash = "other"
	if err := r.Verify(t.Context(), editor, slug, sound); !fault.Is(err, fault.Conflict) {
		t.Errorf("another text: %v", err)
	}
	if err := r.Hide(t.Context(), editor, slug, 7, true); !fault.Is(err, fault.Conflict) {
		t.Errorf("another revision: %v", err)
	}
	if len(r.acts.list) != 0 {
		t.Errorf("refused acts are written down as done: %v", r.acts.list)
	}
}

func TestHiddenInstructionsLeaveTheManual(t *testing.T) {
	t.Parallel()
	r := open(t)
	all := len(r.Shown())
	if err := r.Hide(t.Context(), editor, slug, 0, true); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Get(slug); !fault.Is(err, fault.Gone) || len(r.Shown()) != all-1 || len(r.All()) != all {
		t.Errorf("hidden: %v, %d of %d shown", err, len(r.Shown()), all)
	}
	for _, e := range r.Find("пенсія", 50) {
		if e.Slug == slug {
			t.Error("the search finds what is hidden")
		}
	}
	if err := r.Hide(t.Context(), editor, slug, must(r.Any(slug)).Rev(), false); err != nil || len(r.Shown()) != all {
		t.Errorf("shown again: %v", err)
	}
	if err := r.Expire(t.Context(), editor, slug, must(r.Any(slug)).Rev()); err != nil || must(r.Get(slug)).Fresh(noon) {
		t.Errorf("expired: %v", err)
	}
}

func TestACorrectionObeysTheLint(t *testing.T) {
	t.Parallel()
	r := open(t)
	for name, x := range map[string]struct {
		text   i18n.Text
		detail i18n.Text
		field  string
	}{
		"two sentences": {i18n.Text{UK: "Відкрийте. Увійдіть.", EN: "Open."}, i18n.Text{}, "text"},
		"an amount":     {i18n.Text{UK: "Відкрийте портал.", EN: "Open."}, i18n.Text{UK: "Це коштує 50 грн.", EN: "It costs."}, "detail"},
		"one language":  {i18n.Text{UK: "Відкрийте портал."}, i18n.Text{}, "text_en"},
		"nothing":       {i18n.Text{}, i18n.Text{}, "text"},
	} {
		err := r.Correct(t.Context(), editor, slug, eservice.Correction{Step: "open", Text: x.text, Detail: x.detail})
		if fields := fieldsOf(err); len(fields) == 0 || fields[0].Pointer != x.field {
			t.Errorf("%s: %v %v", name, err, fields)
		}
	}
	if err := r.Correct(t.Context(), editor, slug, eservice.Correction{Step: "nothing"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("an unknown step: %v", err)
	}
}

func TestWarningsExpireByThemselves(t *testing.T) {
	t.Parallel()
	r := open(t)
	d := eservice.Draft{Title: i18n.Text{UK: "Дзвінки «перевірте лічильник»"}, Looks: i18n.Text{UK: "Дзвонять і просять код."}, Act: i18n.Text{UK: "Покладіть слухавку."}, Scheme: 12, Days: 3}
	w, err := r.Warn(t.Context(), editor, d)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Warnings()) != 1 || r.Warnings()[0].Title.In("en") != d.Title.UK {
		t.Errorf("%+v", r.Warnings())
	}
	r.clock.add(72*time.Hour - time.Second)
	if len(r.Warnings()) != 1 {
		t.Error("it is gone before its time")
	}
	r.clock.add(time.Second)
	if len(r.Warnings()) != 0 || len(r.AllWarnings()) != 1 {
		t.Error("it does not expire")
	}
	d.Rev = w.Rev
	if err := r.Edit(t.Context(), editor, w.ID, d); err != nil || len(r.Warnings()) != 1 {
		t.Errorf("edited: %v", err)
	}
	if err := r.Withdraw(t.Context(), editor, w.ID, w.Rev); !fault.Is(err, fault.Conflict) {
		t.Errorf("an old revision: %v", err)
	}
	if err := r.Withdraw(t.Context(), editor, w.ID, must(r.Warning(w.ID)).Rev); err != nil || len(r.Warnings()) != 0 {
		t.Errorf("withdrawn: %v", err)
	}
	if _, err := r.Warn(t.Context(), cdto, d); !fault.Is(err, fault.Forbidden) {
		t.Errorf("who is no editor: %v", err)
	}
	bad := eservice.Draft{Scheme: 13, Picture: "https://elsewhere/x.png", Days: 100}
	if fields := fieldsOf(second(r.Warn(t.Context(), editor, bad))); len(fields) != 7 {
		t.Errorf("%d faults: %v", len(fields), fields)
	}
}

func second[T any](_ T, err error) error { return err }

func TestUseKnowsServicesAndDaysOnly(t *testing.T) {
	t.Parallel()
	r := open(t)
	for range 12 {
		r.Opened(slug)
	}
	url, err := r.Out(slug, 0)
	if err != nil || url != "https://portal.pfu.gov.ua" {
		t.Errorf("%s %v", url, err)
	}
	if _, err := r.Out(slug, 9); !fault.Is(err, fault.NotFound) {
		t.Errorf("an address that is not listed: %v", err)
	}
	for _, x := range []struct {
		yes  bool
		step string
	}{{true, ""}, {false, "sign-in"}, {false, "sign-in"}, {false, ""}} {
		if err := r.Helped(t.Context(), slug, x.yes, x.step); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Helped(t.Context(), slug, false, "nowhere"); !fault.Is(err, fault.Invalid) {
		t.Errorf("an unknown step: %v", err)
	}
	r.clock.add(31 * 24 * time.Hour)
	r.Opened(slug)
	rows, _, err := r.ReadCounts(strings.NewReader("Місяць;Послуга;Онлайн;У вікні;З допомогою\n11.2026;Портал Пенсійного фонду;5;40;7\n12.2026;Інше;;1 200;\n"))
	if err != nil || len(rows) != 2 {
		t.Fatalf("%v %v", rows, err)
	}
	if err := r.SaveCounts(t.Context(), cdto, rows); err != nil {
		t.Fatal(err)
	}
	series, err := r.Series(t.Context(), 2)
	if err != nil || len(series) != 2 || series[0].Month != "2026-11" {
		t.Fatalf("%+v %v", series, err)
	}
	nov := series[0].Uses[0]
	if nov.Open != 12 || nov.Out != 1 || nov.Yes != 1 || nov.No != 3 || nov.Stops["sign-in"] != 2 || nov.Desk != 40 || nov.Helped != 7 || !nov.Counted {
		t.Errorf("November: %+v", nov)
	}
	if dec := series[1]; dec.Sum.Open != 1 || dec.Sum.Desk != 1200 || len(dec.Uses) != 2 {
		t.Errorf("December: %+v", dec)
	}
	if err := r.SaveCounts(t.Context(), editor, rows); !fault.Is(err, fault.Forbidden) {
		t.Errorf("who may not: %v", err)
	}
	if got, known := eservice.Rounded(9); known || got != 0 {
		t.Error("nine is shown")
	}
	if got, _ := eservice.Rounded(14); got != 10 {
		t.Errorf("14 is shown as %d", got)
	}
}

func TestCountsFile(t *testing.T) {
	t.Parallel()
	r := open(t)
	cp1251 := "\xcc\xb3\xf1\xff\xf6\xfc\t\xcf\xee\xf1\xeb\xf3\xe3\xe0\t\xd3 \xe2\xb3\xea\xed\xb3\n2026-10\t\xcf\xee\xf0\xf2\xe0\xeb\t3\n"
	rows, bad, err := r.ReadCounts(strings.NewReader(cp1251))
	if err != nil || len(bad) != 0 || len(rows) != 1 || rows[0].Service != "Портал" || rows[0].Desk != 3 {
		t.Errorf("cp1251: %+v %v %v", rows, bad, err)
	}
	text := "month,service,online,desk\n2026-10,4,1,2\n2026-10,pension-portal,1,2\n2027-01,x,1,2\n2026-13,x,1,2\n2026-09,,1,2\n2026-09,x,-1,2\n2026-09,x,1,b\n"
	rows, bad, err = r.ReadCounts(strings.NewReader(text))
	if err != nil || len(rows) != 1 || !rows[0].Known || rows[0].Service != slug {
		t.Fatalf("%+v %v", rows, err)
	}
	var keys []string
	for _, b := range bad {
		keys = append(keys, strings.TrimPrefix(b.Key, "service.counts."))
	}
	if got := strings.Join(keys, " "); got != "twice future month service number number" || bad[0].Line != 3 {
		t.Errorf("faults: %s %+v", got, bad)
	}
	for name, text := range map[string]string{"empty": "", "no head": "a,b\n1,2\n", "large": strings.Repeat("x", eservice.MaxCountsFile+1)} {
		if _, _, err := r.ReadCounts(strings.NewReader(text)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzReadCounts(f *testing.F) {
	r := open(f)
	f.Add([]byte("month,service,online,desk\n2026-10,4,1,2\n"))
	f.Add([]byte("\xef\xbb\xbfМісяць;Послуга;У вікні\n\"10.2026;x;1\n"))
	f.Add([]byte{0xcc, 0xb3, ';', 0, '\n'})
	f.Fuzz(func(t *testing.T, raw []byte) {
		rows, bad, err := r.ReadCounts(strings.NewReader(string(raw)))
		if err != nil && !fault.Is(err, fault.Invalid) {
			t.Fatal(err)
		}
		for _, row := range rows {
			if len(row.Month) != 7 || row.Desk < 0 || row.Online < 0 || row.Helped < 0 || row.Service == "" {
				t.Fatalf("%+v", row)
			}
		}
		for _, b := range bad {
			if b.Key == "" {
				t.Fatal("a fault without words")
			}
		}
	})
}

func TestSearchTakesTheWordsPeopleType(t *testing.T) {
	t.Parallel()
	r := open(t)
	for q, want := range map[string]string{"пенсія": slug, "пенсионный фонд": slug, "стаж": slug, "pensiia": slug, "gtycsz": slug,
		"субсидия": "subsidy", "рецепт": "e-prescription", "мошенники": "city-appeals", "водительские права": "driver", "детский сад": "nursery-school", "прописка": "residence",
		"нет света": "power-cuts", "эцп": "e-signature", "переселенцы": "displaced", "убежище": "air-alert", "работа": "job-service", "войти через банк": "bankid"} {
		var found []string
		for _, e := range r.Find(q, 5) {
			found = append(found, e.Slug)
		}
		if len(found) == 0 || found[0] != want {
			t.Errorf("«%s» finds %v, wanted %s first", q, found, want)
		}
	}
}
