package manual

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

var day = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

func both(s string) i18n.Text { return i18n.Text{UK: s, EN: "Something plain."} }

func sound() *Instruction {
	return &Instruction{Number: 1, Slug: "portal", Title: both("Портал"), Short: both("Подати заяву."), Kind: State, LifeEvents: []string{"pension"},
		Purpose: both("Тут подають заяву."), Who: both("Кожна людина."), Prepare: []i18n.Text{both("Паспорт.")},
		Steps: []Step{{ID: "one", Text: both("Відкрийте портал.")}, {ID: "two", Text: both("Увійдіть."), Picture: "sign-in"}, {ID: "three", Text: both("Надішліть заяву.")}},
		Wrong: []Trouble{{both("Не входить."), both("Спробуйте пізніше або телефонуйте 102.")}}, Offline: []i18n.Text{both("Прийдіть до центру.")},
		Never: []i18n.Text{both("Код із SMS."), both("Гроші.")}, Addresses: []Address{{URL: "https://portal.pfu.gov.ua", Name: both("Портал")}},
		Schemes: []int{1}, Competences: []string{"ua4.3"}, Owner: "Редакція", ValidUntil: "2027-05-21"}
}

// Each edit of a sound instruction is found at its place with its words, and nothing else.
func TestLint(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		edit func(*Instruction)
		want []string // "pointer: message"
	}{
		"sound":               {func(*Instruction) {}, nil},
		"an ending in a text": {func(in *Instruction) { in.Purpose = both("Назва закінчується на gov.ua.") }, nil},
		"one language":        {func(in *Instruction) { in.Who.EN = "" }, []string{"/who/en: the text is missing in en"}},
		"an amount":           {func(in *Instruction) { in.Purpose = both("Це коштує 50 грн.") }, []string{"/purpose/uk: the text names an amount: 50 грн"}},
		"a share":             {func(in *Instruction) { in.Purpose = both("Знижка 20 % для всіх.") }, []string{"/purpose/uk: the text names an amount: 20 %"}},
		"a deadline":          {func(in *Instruction) { in.Wrong[0].Act = both("Чекайте 10 робочих днів.") }, []string{"/wrong/0/act/uk: the text names a deadline: 10 робочих"}},
		"a year":              {func(in *Instruction) { in.Who = both("Діє з 2026 року.") }, []string{"/who/uk: the text names a deadline: 2026 року", "/who/uk: the text names a year: 2026"}},
		"an address":          {func(in *Instruction) { in.Steps[0].Detail = both("Це portal.pfu.gov.ua тут.") }, []string{"/steps/0/detail/uk: the text names an internet address: portal.pfu.gov.ua"}},
		"a phone":             {func(in *Instruction) { in.Offline[0] = both("Телефонуйте 0522 24-55-99 зараз.") }, []string{"/offline/0/uk: the text names a number: 0522 24-55-99"}},
		"a shout":             {func(in *Instruction) { in.Short = both("Подайте!") }, []string{"/short/uk: the text has an exclamation mark"}},
		"not our word":        {func(in *Instruction) { in.Who = both("Кожен користувач.") }, []string{"/who/uk: the text says «користувач»"}},
		"two sentences":       {func(in *Instruction) { in.Steps[1].Text = both("Відкрийте. Увійдіть.") }, []string{"/steps/1/text/uk: the step has 2 sentences"}},
		"a long step":         {func(in *Instruction) { in.Steps[1].Text = both(strings.Repeat("слово ", 21) + "тут.") }, []string{"/steps/1/text/uk: the step has 22 words"}},
		"a step twice":        {func(in *Instruction) { in.Steps[2].ID = "one" }, []string{"/steps/2/id: step «one» stands twice"}},
		"a picture":           {func(in *Instruction) { in.Steps[1].Picture = "cat" }, []string{"/steps/1/picture: there is no picture «cat»"}},
		"no code":             {func(in *Instruction) { in.Never[0] = both("Фото.") }, []string{"/never: the list does not name codes or passwords"}},
		"a scheme twice":      {func(in *Instruction) { in.Schemes = []int{1, 2, 1} }, []string{"/schemes/2: scheme 1 stands twice"}},
		"not https":           {func(in *Instruction) { in.Addresses[0].URL = "http://pfu.gov.ua" }, []string{"/addresses/0/url: the address «http://pfu.gov.ua» does not begin with https://"}},
		"another host":        {func(in *Instruction) { in.Addresses[0].URL = "https://pfu.gov.ua.example.com" }, []string{"/addresses/0/url: the address «https://pfu.gov.ua.example.com» is on a host that is not known as official"}},
		"a like host":         {func(in *Instruction) { in.Addresses[0].URL = "https://pfu-gov.ua" }, []string{"/addresses/0/url: the address «https://pfu-gov.ua» is on a host that is not known as official"}},
		"somebody's name":     {func(in *Instruction) { in.Addresses[0].URL = "https://pfu.gov.ua@evil.example" }, []string{"/addresses/0/url: the address «https://pfu.gov.ua@evil.example» holds more than a host and a path"}},
		"an unseen phone":     {func(in *Instruction) { in.Phone = &Phone{Number: "0522 24-55-99", Name: both("Довідка")} }, []string{"/phone: the phone number was not seen on an official page"}},
		"seen tomorrow":       {func(in *Instruction) { in.Addresses[0].Seen = "2026-11-23" }, []string{"/addresses/0/seen: «2026-11-23» lies in the future"}},
		"no day":              {func(in *Instruction) { in.CheckedOn = "yesterday" }, []string{"/checked_on: «yesterday» is not a date"}},
		"verified by a file":  {func(in *Instruction) { in.Verified = true }, []string{"/verified: a file calls itself verified"}},
		"expired":             {func(in *Instruction) { in.ValidUntil = "2026-11-21" }, []string{"/valid_until: it was valid until 2026-11-21"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := sound()
			c.edit(in)
			var got []string
			for _, f := range in.Lint(day) {
				if f.Fix == "" {
					t.Errorf("%s: no word on how to mend it", f.Message)
				}
				if f.Rule != "long-sentence" {
					got = append(got, f.Pointer+": "+f.Message)
				}
			}
			slices.Sort(got)
			if slices.Sort(c.want); !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

// The last day counts in full, in Kyiv.
func TestExpiry(t *testing.T) {
	t.Parallel()
	in := sound()
	in.ValidUntil = "2026-11-22"
	if in.Expired(time.Date(2026, 11, 22, 21, 59, 0, 0, time.UTC)) || !in.Expired(time.Date(2026, 11, 22, 22, 0, 0, 0, time.UTC)) {
		t.Error("the day does not end at midnight in Kyiv")
	}
	in.ValidUntil = "some day"
	if !in.Expired(day) {
		t.Error("a text without a day never expires")
	}
}

func TestACloneIsAnother(t *testing.T) {
	t.Parallel()
	in := sound()
	in.Phone = &Phone{Number: "102"}
	c := in.Clone()
	c.Steps[0].Text, c.Never[0], c.Schemes[0], c.Phone.Number, c.Addresses[0].URL, c.Wrong[0].What = both("x"), both("x"), 9, "1", "x", both("x")
	a, _ := json.Marshal(in)
	again := sound()
	again.Phone = &Phone{Number: "102"}
	if b, _ := json.Marshal(again); string(a) != string(b) {
		t.Errorf("the original changed: %s", a)
	}
}

// No text makes the lint panic, and whatever it finds points at something.
func FuzzLint(f *testing.F) {
	f.Add("Відкрийте портал. 10 днів", "Open 50 UAH www.x.com", "https://pfu.gov.ua", "2026-11-22")
	f.Add("\xff", "", "://", "0000-00-00")
	f.Fuzz(func(t *testing.T, uk, en, address, date string) {
		in := sound()
		in.Steps[0].Text = i18n.Text{UK: uk, EN: en}
		in.Addresses[0].URL, in.Addresses[0].Seen, in.ValidUntil = address, date, date
		for _, x := range in.Lint(day) {
			if x.Message == "" || x.Pointer == "" && x.Severity == instrument.Error {
				t.Fatalf("%+v", x)
			}
		}
	})
}
