// Lessons without a network, and imitations that keep real data away. Every page does
// its whole job without this script.

type Kept = { course: string; lesson: string; activity: string; at: number; form: string };

const store = 'os-marks';
const most = 200;

function held(): Kept[] {
  try {
    const list = JSON.parse(localStorage.getItem(store) || '[]');
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}

function hold(list: Kept[]): boolean {
  try {
    if (list.length) localStorage.setItem(store, JSON.stringify(list.slice(-most)));
    else localStorage.removeItem(store);
    return true;
  } catch {
    return false; // no storage: the page itself goes on trying
  }
}

// What was kept goes up in one piece; sent twice it changes nothing.
async function flush(): Promise<void> {
  const list = held();
  if (!list.length || navigator.onLine === false) return;
  try {
    const answer = await fetch('/courses/marks', {
      method: 'POST', credentials: 'same-origin', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ marks: list }),
    });
    if (!answer.ok) return;
    const sent = new Set(list.map((one) => JSON.stringify(one)));
    hold(held().filter((one) => !sent.has(JSON.stringify(one))));
    saidSo(false);
  } catch {
    // Still away; the next page or the network's return tries again.
  }
}

function saidSo(on: boolean): void {
  const strip = document.getElementById('os-queued');
  if (strip) strip.hidden = !on;
}

const away = new Set([502, 503, 504]);
const patience = 12_000;
let pressed: HTMLButtonElement | null = null;

document.addEventListener('click', (event) => {
  pressed = (event.target as Element).closest<HTMLButtonElement>('button[type=submit]');
}, true);

function values(form: HTMLFormElement, button: HTMLButtonElement | null): URLSearchParams {
  const out = new URLSearchParams();
  new FormData(form).forEach((value, name) => {
    if (typeof value === 'string') out.append(name, value);
  });
  if (button && button.name) out.append(button.name, button.value);
  return out;
}

// An activity is sent like any form. When the network or the site is away it is kept on
// this device, and a lesson whose pages were kept goes on.
function queue(form: HTMLFormElement): void {
  const where = /^\/courses\/([^/]+)\/([^/]+)\/step\/([^/]+)$/.exec(new URL(form.action).pathname);
  if (!where || !window.fetch || !window.AbortController) return;

  async function keepIt(alarm: boolean): Promise<boolean> {
    const said = values(form, null);
    const chose = Array.from(said.keys()).some((name) => /^(answer|mark|tick)/.test(name));
    if (!alarm || chose) {
      const kept = { course: where![1], lesson: where![2], activity: where![3], at: Date.now(), form: said.toString() };
      if (!hold([...held(), kept])) return false;
    }
    const next = alarm ? `/courses/${where![1]}/${where![2]}/safe` : form.dataset.next;
    saidSo(true);
    if (next && window.caches && (await caches.match(next, { ignoreVary: true }))) location.assign(next);
    return true;
  }

  form.addEventListener('submit', async (event) => {
    const button = pressed && pressed.form === form ? pressed : null;
    const alarm = !!button && button.hasAttribute('formaction');
    pressed = null;
    event.preventDefault();
    if (form.dataset.flying) return;
    form.dataset.flying = '1';
    const stop = new AbortController();
    const late = window.setTimeout(() => stop.abort(), patience);
    try {
      if (navigator.onLine === false) throw new Error('away');
      const answer = await fetch((alarm && button!.getAttribute('formaction')) || form.action, {
        method: 'POST', body: values(form, button), headers: { 'Os-Fetch': '1' }, credentials: 'same-origin', signal: stop.signal,
      });
      if (away.has(answer.status)) throw new Error('away');
      const next = answer.headers.get('Os-Next') || (answer.redirected ? answer.url : '');
      if (next) location.assign(next);
      else HTMLFormElement.prototype.submit.call(form); // the same page again, with what is missing
    } catch {
      if (!(await keepIt(alarm))) HTMLFormElement.prototype.submit.call(form);
    } finally {
      clearTimeout(late);
      delete form.dataset.flying;
    }
  });
}

// A field of an imitation can be typed in only with this script, has no name, and loses
// whatever looks real the moment it is typed.
const real: RegExp[] = [
  /\d{4}/, // a card, a code, a tax number, a phone
  /\+?\d[\d\s().-]{5,}/,
  /\S+@\S+\.\S+/,
  /(?=\S*\d)(?=\S*[a-zа-яіїєґ])\S{6,}/i, // a password
];

function guard(field: HTMLInputElement): void {
  const warning = document.getElementById(`${field.id}-no`);
  field.readOnly = false;
  field.removeAttribute('name');
  field.addEventListener('input', () => {
    if (!real.some((one) => one.test(field.value)) && field.value.replace(/\D/g, '').length < 3) return;
    field.value = '';
    if (warning) warning.hidden = false;
  });
  if (field.form) field.form.addEventListener('submit', () => (field.value = ''));
  window.addEventListener('pagehide', () => (field.value = ''));
}

// The button that keeps the lessons of a course on this device.
function keep(button: HTMLButtonElement): void {
  if (!('serviceWorker' in navigator) || !window.caches) return;
  button.hidden = false;
  const says = document.getElementById('os-kept');
  button.addEventListener('click', async () => {
    button.disabled = true;
    let all = true;
    try {
      await navigator.serviceWorker.register('/courses/sw.js', { scope: '/courses/' });
      const cache = await caches.open('os-lessons');
      const list = (await (await fetch(button.dataset.list || '', { credentials: 'same-origin' })).json()) as string[];
      const files = Array.from(document.querySelectorAll<HTMLElement>('link[rel=stylesheet], link[rel=icon], script[src]'))
        .map((one) => one.getAttribute('href') || one.getAttribute('src') || '');
      for (const one of [...list, ...files]) {
        const answer = await fetch(one, { credentials: 'same-origin' });
        if (answer.ok) await cache.put(one, answer);
        else all = false;
      }
    } catch {
      all = false;
    }
    button.disabled = false;
    if (says) says.textContent = (all ? button.dataset.done : button.dataset.bad) || '';
  });
}

document.querySelectorAll<HTMLFormElement>('form[data-learn]').forEach(queue);
document.querySelectorAll<HTMLInputElement>('input[data-imit]').forEach(guard);
document.querySelectorAll<HTMLButtonElement>('button[data-keep-lessons]').forEach(keep);
window.addEventListener('online', flush);
if (held().length) saidSo(navigator.onLine === false);
flush();
