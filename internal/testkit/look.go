package testkit

import (
	"fmt"
	"slices"
	"strings"
)

// Wider tells what reaches over the right edge of the screen, or hides a part of its
// words: a page must fit the screen at any size of text. What scrolls inside a frame
// of its own (.os-scroll) may be wider.
func (tab *Tab) Wider() []string {
	tab.t.Helper()
	return Eval[[]string](tab, `(() => {
    const out = [], root = document.scrollingElement;
    if (root.scrollWidth > root.clientWidth) out.push('the page is ' + root.scrollWidth + ' wide on ' + root.clientWidth);
    const name = e => e.tagName.toLowerCase() + (e.className && e.className.baseVal === undefined ? '.' + e.className : '') + ' «' + (e.innerText || '').slice(0, 40) + '»';
    for (const e of document.body.querySelectorAll('*')) {
      if (e.closest('.os-hidden, .os-skip, .os-scroll, svg, [hidden], script, template, [class*=scroll]')) continue;
      const r = e.getBoundingClientRect(), s = getComputedStyle(e);
      if (!r.width || !r.height || s.visibility === 'hidden') continue;
      if (r.right > root.clientWidth + 1 || r.left < -1) out.push('over the edge: ' + name(e));
      if (s.overflowX === 'hidden' && e.scrollWidth > e.clientWidth + 1) out.push('cut: ' + name(e));
      if (s.overflowY === 'hidden' && e.scrollHeight > e.clientHeight + 1 && e.clientHeight > 1) out.push('cut below: ' + name(e));
      if (s.textOverflow === 'ellipsis' && e.scrollWidth > e.clientWidth) out.push('shortened: ' + name(e));
    }
    return [...new Set(out)].slice(0, 12);
  })()`)
}

// Clipped tells which lists show only the beginning of what is chosen in them, without
// the whole of it standing elsewhere on the page.
func (tab *Tab) Clipped() []string {
	tab.t.Helper()
	return Eval[[]string](tab, `(() => {
    const out = [], plain = s => s.replace(/\s+/g, ' ').trim(), pen = document.createElement('canvas').getContext('2d');
    const all = [...document.querySelectorAll('main li, main p, main label')].map(e => plain(e.innerText));
    for (const e of document.querySelectorAll('select')) {
      if (e.closest('details:not([open]) > :not(summary)')) continue; // nobody sees it yet
      const s = getComputedStyle(e), room = e.clientWidth - parseFloat(s.paddingLeft) - parseFloat(s.paddingRight);
      pen.font = s.font;
      for (const o of e.options) if (pen.measureText(o.text).width > room && !all.includes(plain(o.text))) out.push(plain(o.text));
    }
    return [...new Set(out)];
  })()`)
}

// Small tells which targets are under size CSS pixels high, or wide; a link of words
// is as wide as its words. Links inside a sentence are not targets of their own.
func (tab *Tab) Small(size int) []string {
	tab.t.Helper()
	return Eval[[]string](tab, fmt.Sprintf(`(() => {
    const out = [], plain = s => (s || '').replace(/\s+/g, ' ').trim();
    for (const e of document.querySelectorAll('a[href], button, select, summary, input:not([type=hidden])')) {
      if (e.closest('.os-hidden, .os-skip, [hidden], details:not([open]) > :not(summary)')) continue;
      const shown = e.labels && e.labels.length && (e.type === 'radio' || e.type === 'checkbox') ? e.labels[0] : e;
      const boxes = [...shown.getClientRects()].filter(b => b.width && b.height);
      if (!boxes.length || getComputedStyle(shown).visibility === 'hidden') continue;
      let r = shown.getBoundingClientRect();
      const text = e.tagName === 'A' && getComputedStyle(e).display.startsWith('inline');
      if (text && /block|list-item/.test(getComputedStyle(e.parentElement).display) && plain(e.parentElement.innerText) !== plain(e.innerText)) continue; // in a sentence
      const after = getComputedStyle(e, '::after');
      if (after.content !== 'none' && after.position === 'absolute') continue; // its whole card is the target
      if (r.height < %[1]d - 0.5 || r.width < (text ? 24 : %[1]d) - 0.5) out.push(Math.round(r.width) + '×' + Math.round(r.height) + ' ' + e.tagName.toLowerCase() + ' «' + plain(e.innerText || e.value || e.name).slice(0, 40) + '»');
    }
    return out;
  })()`, size))
}

// Keys are message keys that stand on the page instead of their words.
func (tab *Tab) Keys() []string {
	tab.t.Helper()
	return Eval[[]string](tab, `(document.documentElement.innerText + ' ' + document.title + ' ' +
    [...document.querySelectorAll('[aria-label],[alt],[placeholder],[title]')].map(e => ['aria-label', 'alt', 'placeholder', 'title'].map(a => e.getAttribute(a) || '').join(' ')).join(' '))
    .match(/\b(page|resident|core|sitting|answer|index|fault|chart|survey|opendata)\.[a-z][a-z0-9_.]+|<no value>|%!\w|\{\{|undefined|\[object/g) || []`)
}

// Headings are the words of every h1 on the page.
func (tab *Tab) Headings() []string {
	tab.t.Helper()
	list := Eval[[]string](tab, `[...document.querySelectorAll('h1')].map(e => e.innerText)`)
	for i := range list {
		list[i] = Plain(list[i])
	}
	return list
}

// Foreign are the words in the letters of the other language that a reader sees:
// Latin ones on a Ukrainian page, Cyrillic ones on an English page. Allowed words,
// and what the page itself marks as another language, are left out.
func (tab *Tab) Foreign(allowed ...string) []string {
	tab.t.Helper()
	words := Eval[[]string](tab, `(() => {
    const out = new Set(), walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const here = document.documentElement.lang, of = here === 'uk' ? /[A-Za-z][A-Za-z’'.-]{2,}/g : /[А-Яа-яЄєІіЇїҐґ]{2,}/g;
    for (let n; n = walk.nextNode();) {
      const e = n.parentElement, said = e.closest('[lang]');
      if (e.closest('script, style, [translate=no], code, pre, .os-mono') || said && said.lang !== here) continue;
      if (!e.getClientRects().length) continue;
      for (const m of n.data.match(of) || []) out.add(m);
    }
    return [...out];
  })()`)
	return slices.DeleteFunc(words, func(w string) bool { return slices.Contains(allowed, strings.Trim(w, ".-’'")) })
}
