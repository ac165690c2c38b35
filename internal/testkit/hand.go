package testkit

import (
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// spot is where an element can be touched.
type spot struct {
	Found   bool
	X, Y    float64
	Covered string // what lies over it
}

// places finds an element and the middle of the part of it that can be seen. The
// element is given as a function that returns it.
const places = `(find => {
  const e = find();
  if (!e) return {Found: false};
  e.scrollIntoView({block: 'center', behavior: 'instant'});
  const boxes = [...e.getClientRects()].filter(b => b.width > 0 && b.height > 0);
  if (!boxes.length) return {Found: false};
  const b = boxes[0], x = b.left + b.width / 2, y = b.top + b.height / 2;
  const top = document.elementFromPoint(x, y);
  const mine = top && (e === top || e.contains(top) || top.contains(e) || top.closest('label')?.control === e);
  return {Found: true, X: x, Y: y, Covered: mine ? '' : top ? top.outerHTML.slice(0, 120) : 'nothing'};
})`

// byWords finds what can be pressed by its words.
const byWords = `() => {
  const plain = s => s.replace(/\s+/g, ' ').trim();
  const all = [...document.querySelectorAll('a, button, summary, label')]
    .filter(e => e.getClientRects().length && getComputedStyle(e).visibility === 'visible' && !e.closest('.os-hidden'));
  const want = %s;
  return all.find(e => plain(e.innerText) === want) || all.find(e => plain(e.innerText).startsWith(want));
}`

// Press presses a link, button or label by its words, and stays on the page.
func (tab *Tab) Press(words string) {
	tab.t.Helper()
	tab.step = "press " + words
	tab.must(tab.touch(fmt.Sprintf(byWords, quoted(Plain(words)))))
}

// Follow presses what leads to another page, and waits for it.
func (tab *Tab) Follow(words string) int {
	tab.t.Helper()
	tab.step = "follow " + words
	tab.leave(func() error { return tab.touch(fmt.Sprintf(byWords, quoted(Plain(words)))) })
	return tab.Status()
}

// FollowTo presses what the selector finds, and waits for another page.
func (tab *Tab) FollowTo(selector string) int {
	tab.t.Helper()
	tab.step = "follow " + selector
	tab.leave(func() error { return tab.touch(`() => document.querySelector(` + quoted(selector) + `)`) })
	return tab.Status()
}

// Touch presses what the selector finds, and stays on the page.
func (tab *Tab) Touch(selector string) {
	tab.t.Helper()
	tab.step = "touch " + selector
	tab.must(tab.touch(`() => document.querySelector(` + quoted(selector) + `)`))
}

func (tab *Tab) touch(find string) error {
	at, err := eval[spot](tab, places+`(`+find+`)`)
	switch {
	case err != nil:
		return err
	case !at.Found:
		return fmt.Errorf("there is nothing to press")
	case at.Covered != "":
		return fmt.Errorf("it cannot be pressed: over it lies %s", at.Covered)
	}
	return chromedp.Do(tab.limited(), chromedp.MouseClickXY(at.X, at.Y))
}

// Type puts the cursor into a field and types over what is there.
func (tab *Tab) Type(selector, text string) {
	tab.t.Helper()
	tab.step = "type " + text
	tab.must(tab.touch(`() => document.querySelector(` + quoted(selector) + `)`))
	tab.Key("a", chromedp.ModifierCtrl)
	tab.Key(text)
}

// Key presses keys. Special keys stand in package kb.
func (tab *Tab) Key(keys string, with ...chromedp.Modifier) {
	tab.t.Helper()
	var o []chromedp.KeyOption
	if len(with) > 0 {
		o = append(o, chromedp.KeyModifiers(with...))
	}
	tab.must(chromedp.Do(tab.limited(), chromedp.KeyEvent(keys, o...)))
}

// Enter presses Enter and waits for another page.
func (tab *Tab) Enter() int {
	tab.t.Helper()
	tab.leave(func() error { return chromedp.Do(tab.limited(), chromedp.KeyEvent(kb.Enter)) })
	return tab.Status()
}

// Answer answers the question on the screen with a hand: the first choice (of the
// ages a grown-up's), the lists by arrow keys, a number or a word. It returns what kind it was: radio,
// checkbox, select, text or none.
func (tab *Tab) Answer() string {
	tab.t.Helper()
	tab.step = "answer " + tab.Path()
	kind := Eval[string](tab, `(() => {
    const f = document.querySelector('#answer');
    if (!f) return 'none';
    if (f.querySelector('select')) return 'select';
    const c = [...f.querySelectorAll('input[name=answer]')].find(e => !e.value.startsWith('@') || e.type === 'text');
    return c ? c.type : 'none';
  })()`)
	switch kind {
	case "radio", "checkbox":
		tab.must(tab.touch(`() => { const all = [...document.querySelectorAll('#answer input[name=answer]')];
      return (all.find(e => e.value === '30-39') || all.find(e => !e.value.startsWith('@'))).labels[0] }`))
	case "select":
		n := Eval[int](tab, `document.querySelectorAll('#answer select').length`)
		for i := range n {
			Eval[bool](tab, fmt.Sprintf(`(e => { e.scrollIntoView({block: 'center'}); e.focus(); return document.activeElement === e })(document.querySelectorAll('#answer select')[%d])`, i))
			offered := Eval[int](tab, fmt.Sprintf(`document.querySelectorAll('#answer select')[%d].options.length`, i)) - 1
			tab.Key(strings.Repeat(kb.ArrowDown, i%offered+1))
		}
	case "none":
	default:
		tab.Type(`#answer input[name=answer]`, "1")
		kind = "text"
	}
	return kind
}

// TabTo goes through the page with the Tab key until the focus stands on something
// with these words, and checks on the way that the focus can be seen.
func (tab *Tab) TabTo(words string) {
	tab.t.Helper()
	tab.step = "tab to " + words
	for range 120 {
		tab.Key(kb.Tab)
		f := tab.Focus()
		if f.Words == words || strings.HasPrefix(f.Words, words) && f.Tag != "body" {
			return
		}
	}
	tab.Fail("the Tab key does not lead there")
}

// Focused is what has the focus.
type Focused struct {
	Tag, Type, Words, Value, Name, ID string
	Ring                              bool // the focus can be seen
	Inside                            bool // and is inside the screen
}

// Focus tells what has the focus; it fails when that cannot be seen.
func (tab *Tab) Focus() Focused {
	tab.t.Helper()
	f := Eval[Focused](tab, `(() => {
    const e = document.activeElement, plain = s => (s || '').replace(/\s+/g, ' ').trim();
    const shown = e.labels && e.labels[0] || e;
    const s = getComputedStyle(e), l = getComputedStyle(shown), r = shown.getBoundingClientRect();
    const ring = x => x.outlineStyle !== 'none' && parseFloat(x.outlineWidth) >= 2 || x.boxShadow !== 'none';
    return {Tag: e.tagName.toLowerCase(), Type: e.type || '', Words: plain(shown.innerText) || e.getAttribute('aria-label') || '',
      Value: e.value || '', Name: e.name || '', ID: e.id || '',
      Ring: ring(s) || ring(l), Inside: r.bottom > 0 && r.top < innerHeight && r.right > 0 && r.left < innerWidth};
  })()`)
	if f.Tag == "body" || f.Tag == "html" {
		return f
	}
	if !f.Ring {
		tab.Fail(fmt.Sprintf("the focus on <%s> %q cannot be seen", f.Tag, f.Words))
	}
	for end := time.Now().Add(time.Second); !f.Inside; time.Sleep(20 * time.Millisecond) {
		f.Inside = Eval[bool](tab, `(() => { const e = document.activeElement, r = (e.labels && e.labels[0] || e).getBoundingClientRect();
      return r.bottom > 0 && r.top < innerHeight && r.right > 0 && r.left < innerWidth })()`)
		if !f.Inside && time.Now().After(end) {
			tab.Fail(fmt.Sprintf("the focus on <%s> %q is outside the screen", f.Tag, f.Words))
		}
	}
	return f
}
