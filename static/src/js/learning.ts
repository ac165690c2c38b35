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
    said(false);
  } catch {
    // Still away; the next page or the network's return tries again.
  }
}

function said(on: boolean): void {
  const strip = document.getElementById('os-queued');
  if (strip) strip.hidden = !on;
}

let pressed: Element | null = null;

document.addEventListener('click', (event) => {
  pressed = (event.target as Element).closest('button[type=submit]');
}, true);

function queue(form: HTMLFormElement): void {
  form.addEventListener('submit', (event) => {
    if (navigator.onLine !== false || (pressed && pressed.hasAttribute('formaction'))) return;
    const where = /^\/courses\/([^/]+)\/([^/]+)\/step\/([^/]+)$/.exec(new URL(form.action).pathname);
    if (!where) return;
    const values = new URLSearchParams();
    new FormData(form).forEach((value, name) => {
      if (typeof value === 'string') values.append(name, value);
    });
    const kept = { course: where[1], lesson: where[2], activity: where[3], at: Date.now(), form: values.toString() };
    if (!hold([...held(), kept])) return;
    event.preventDefault();
    said(true);
    const next = form.dataset.next;
    if (!next || !window.caches) return;
    // A lesson that was kept on this device goes on without the network.
    caches.match(next).then((found) => {
      if (found) location.assign(next);
    });
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

// A video goes on where it was left, at the chosen speed.
function player(video: HTMLVideoElement): void {
  const key = `os-video:${location.pathname}`;
  const bar = document.querySelector<HTMLElement>('[data-speed]');
  try {
    const at = Number(localStorage.getItem(key));
    if (at > 0) video.addEventListener('loadedmetadata', () => (video.currentTime = Math.min(at, Math.max(0, video.duration - 1))), { once: true });
    video.addEventListener('timeupdate', () => localStorage.setItem(key, String(Math.floor(video.currentTime))));
  } catch {
    // No storage: it begins at the beginning.
  }
  if (!bar) return;
  bar.hidden = false;
  bar.querySelectorAll('button').forEach((button) => button.addEventListener('click', () => (video.playbackRate = Number(button.value))));
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
document.querySelectorAll<HTMLVideoElement>('video[data-video]').forEach(player);
document.querySelectorAll<HTMLButtonElement>('button[data-keep-lessons]').forEach(keep);
window.addEventListener('online', flush);
if (held().length) said(navigator.onLine === false);
flush();
