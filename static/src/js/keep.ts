// Sends the forms marked data-keep without leaving the page, so that an answer is never
// lost: when the network or the server is away the page stays, says so, and tries again.

const away = new Set([502, 503, 504]);
const longest = 30_000;

type Sent = { form: HTMLFormElement; button: HTMLButtonElement | null };

export function keepForms(wake: (root: ParentNode) => void): void {
  const strip = document.getElementById('os-offline');
  if (!window.fetch || !window.AbortController || !window.DOMParser || !strip) return;
  const again = strip.querySelector('button');
  let pressed: HTMLButtonElement | null = null;
  let waiting: Sent | null = null;
  let flying = false;
  let pause = 3_000;
  let timer = 0;

  function busy(button: HTMLButtonElement | null, on: boolean): void {
    if (!button || !button.dataset.busy) return;
    if (on && !button.dataset.idle) {
      button.dataset.idle = button.textContent || '';
      button.textContent = button.dataset.busy;
    } else if (!on && button.dataset.idle) {
      button.textContent = button.dataset.idle;
      delete button.dataset.idle;
    }
  }

  function wait(sent: Sent): void {
    waiting = sent;
    busy(sent.button, false);
    strip!.hidden = false;
    if (again) again.hidden = false;
    clearTimeout(timer);
    timer = window.setTimeout(retry, pause);
    pause = Math.min(pause * 2, longest);
  }

  function retry(): void {
    if (!waiting || flying) return;
    clearTimeout(timer);
    send(waiting);
  }

  function calm(): void {
    waiting = null;
    pause = 3_000;
    clearTimeout(timer);
    strip!.hidden = true;
  }

  function body(sent: Sent): URLSearchParams {
    const values = new URLSearchParams();
    new FormData(sent.form).forEach((value, name) => {
      if (typeof value === 'string') values.append(name, value);
    });
    if (sent.button && sent.button.name) values.append(sent.button.name, sent.button.value);
    return values;
  }

  async function send(sent: Sent): Promise<void> {
    const to = (sent.button && sent.button.getAttribute('formaction')) || sent.form.getAttribute('action') || location.href;
    flying = true;
    busy(sent.button, true);
    const stop = new AbortController();
    const late = window.setTimeout(() => stop.abort(), longest);
    try {
      const answer = await fetch(to, { method: 'POST', body: body(sent), headers: { 'Os-Fetch': '1' }, credentials: 'same-origin', signal: stop.signal });
      if (away.has(answer.status)) return wait(sent);
      const next = answer.headers.get('Os-Next') || (answer.redirected ? answer.url : '');
      if (next) {
        calm();
        location.assign(next);
        return;
      }
      show(await answer.text(), sent);
    } catch {
      wait(sent);
    } finally {
      clearTimeout(late);
      flying = false;
    }
  }

  // The same page with its errors, or an explanation: only the inside changes, so the
  // address stays and a reload asks again.
  function show(html: string, sent: Sent): void {
    calm();
    const page = new DOMParser().parseFromString(html, 'text/html');
    const fresh = page.querySelector('.os-page');
    const old = document.querySelector('.os-page');
    if (!fresh || !old) {
      busy(sent.button, false);
      HTMLFormElement.prototype.submit.call(sent.form);
      return;
    }
    document.title = page.title;
    old.replaceWith(fresh);
    window.scrollTo(0, 0);
    wake(fresh);
    if (!fresh.querySelector('#os-error')) fresh.querySelector('main')?.focus();
  }

  document.addEventListener('click', (event) => {
    pressed = (event.target as Element).closest<HTMLButtonElement>('button[type=submit]');
  });
  document.addEventListener('submit', (event) => {
    const form = event.target as HTMLFormElement;
    if (event.defaultPrevented || !form.hasAttribute('data-keep') || form.enctype === 'multipart/form-data') return;
    event.preventDefault();
    const button = pressed && pressed.form === form ? pressed : null;
    pressed = null;
    if (flying) return;
    const sent = { form, button };
    if (navigator.onLine === false) wait(sent);
    else send(sent);
  });
  window.addEventListener('online', retry);
  if (again) again.addEventListener('click', retry);
  window.addEventListener('beforeunload', (event) => {
    if (!waiting) return;
    event.preventDefault();
    event.returnValue = '';
  });
  // Coming back with the browser's own button: nothing is on its way any more.
  window.addEventListener('pageshow', () => {
    flying = false;
    document.querySelectorAll<HTMLButtonElement>('button[data-idle]').forEach((button) => busy(button, false));
  });
}
