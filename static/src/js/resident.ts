// Everything here is an addition: each page does its whole job without it.
import { keepForms } from './keep';
import { reading } from './read';

const inApp = /Viber|FBAN|FBAV|FB_IAB|Instagram|Telegram|; wv\)/i.test(navigator.userAgent);

function each<T extends Element>(root: ParentNode, selector: string, act: (one: T) => void): void {
  root.querySelectorAll<T>(selector).forEach(act);
}

// Buttons that need the device appear only where it can do the thing.
function devices(root: ParentNode): void {
  each<HTMLButtonElement>(root, '[data-does=share]', (button) => {
    if (!navigator.share) return;
    button.hidden = false;
    button.addEventListener('click', () => {
      const url = new URL(button.dataset.url || location.pathname, location.href).href;
      navigator.share({ text: button.dataset.text || document.title, url }).catch(() => undefined);
    });
  });
  each<HTMLButtonElement>(root, '[data-does=print]', (button) => {
    if (inApp || !window.print) return;
    button.hidden = false;
    button.addEventListener('click', () => window.print());
  });
  each<HTMLButtonElement>(root, '[data-does=read]', reading);
}

// «Нічого з цього» and «Не знаю» untick the others, and the others untick them; words
// typed into a field untick them too, and are kept when they are ticked.
function alone(root: ParentNode): void {
  const mark = '[data-alone], .os-choice--or input';
  each<HTMLFormElement>(root, 'form', (form) => {
    if (!form.querySelector(mark)) return;
    // A set with such a choice of its own is a world of its own.
    const world = (one: Element): Element => {
      const set = one.closest('fieldset');
      return set && set.querySelector(mark) ? set : form;
    };
    const settle = (event: Event): void => {
      const changed = event.target as HTMLInputElement;
      const choice = changed.type === 'checkbox' || changed.type === 'radio';
      if (choice ? !changed.checked : !changed.value) return;
      const isAlone = changed.matches(mark);
      each<HTMLInputElement>(form, '.os-choice__in', (other) => {
        if (other !== changed && (isAlone || other.matches(mark)) && world(other) === world(changed)) other.checked = false;
      });
    };
    form.addEventListener('change', settle);
    form.addEventListener('input', settle);
  });
}

// The summary of errors takes the focus; its links take it to the field.
function errors(root: ParentNode): void {
  const summary = root.querySelector<HTMLElement>('#os-error');
  if (!summary) return;
  summary.focus();
  summary.addEventListener('click', (event) => {
    const link = (event.target as Element).closest('a');
    const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!field) return;
    event.preventDefault();
    const set = field.closest('fieldset, .os-field');
    (set || field).scrollIntoView();
    field.focus({ preventScroll: true });
  });
}

function notice(): void {
  const strip = document.getElementById('os-inapp');
  const known = 'os-inapp';
  let seen = false;
  try {
    seen = sessionStorage.getItem(known) !== null;
  } catch {
    // A browser without storage shows the notice on every page.
  }
  if (!strip || !inApp || seen) return;
  strip.hidden = false;
  const button = strip.querySelector('button');
  if (!button) return;
  button.addEventListener('click', () => {
    strip.hidden = true;
    try {
      sessionStorage.setItem(known, '1');
    } catch {
      // See above.
    }
  });
}

document.addEventListener('click', (event) => {
  const button = (event.target as Element).closest<HTMLElement>('[data-confirm]');
  if (button && !window.confirm(button.dataset.confirm)) event.preventDefault();
});

function wake(root: ParentNode): void {
  devices(root);
  alone(root);
  errors(root);
}

// On the first page the site keeps what to do without a network; not where somebody saves data.
function away(): void {
  const net = (navigator as { connection?: { saveData?: boolean } }).connection;
  if (location.pathname !== '/' || !('serviceWorker' in navigator) || (net && net.saveData)) return;
  window.addEventListener('load', () => navigator.serviceWorker.register('/sw.js').catch(() => undefined));
}

notice();
away();
wake(document);
keepForms(wake);
