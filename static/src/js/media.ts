// Sends a file in parts, so that a lost network loses one part. What was sent stays on
// the server for a day: choosing the same file again goes on. Without this script the
// form sends small files whole.

interface Progress {
  id?: string;
  state?: string;
  part?: number;
  count?: number;
  have: number[];
  next?: string;
  error?: string;
}

class Refused extends Error {}
class SignIn extends Error {}

const tries = 5;
const wait = (ms: number): Promise<void> => new Promise((go) => setTimeout(go, ms));

async function ask(url: string, init?: RequestInit): Promise<Progress> {
  for (let n = 1; ; n++) {
    let answer: Response | null = null;
    try {
      answer = await fetch(url, { credentials: 'same-origin', ...init });
    } catch (away) {
      if (n === tries) throw away;
    }
    if (answer && answer.status < 500) {
      const kind = answer.headers.get('Content-Type') || '';
      if (answer.redirected || kind.indexOf('json') < 0) throw new SignIn();
      const said = (await answer.json()) as Progress;
      if (!answer.ok) throw new Refused(said.error || '');
      return said;
    }
    if (n === tries) throw new Error('away');
    await wait(500 * 2 ** n);
  }
}

const nameOf = (file: File): string => `os-up:${file.name}:${file.size}:${file.lastModified}`;

function recall(name: string): string {
  try {
    return localStorage.getItem(name) || '';
  } catch {
    return ''; // a browser that keeps nothing begins anew
  }
}

function remember(name: string, id: string): void {
  try {
    if (id) localStorage.setItem(name, id);
    else localStorage.removeItem(name);
  } catch {
    // as above
  }
}

async function begin(base: string, file: File): Promise<Progress> {
  const id = recall(nameOf(file));
  if (id) {
    try {
      return await ask(`${base}/${id}`);
    } catch (e) {
      if (!(e instanceof Refused)) throw e; // the server has forgotten it
    }
  }
  const body = new URLSearchParams({ name: file.name, type: file.type, size: String(file.size) });
  const made = await ask(base, { method: 'POST', body });
  remember(nameOf(file), made.id || '');
  return made;
}

async function send(form: HTMLFormElement, file: File, tell: (share: number, text: string) => void): Promise<void> {
  const base = form.dataset.parts!;
  const up = await begin(base, file);
  const size = up.part || 1;
  const count = up.count || 0;
  if (up.state === 'uploading') {
    const have = new Set(up.have);
    for (let n = 0; n < count; n++) {
      if (!have.has(n)) {
        const body = file.slice(n * size, Math.min(file.size, (n + 1) * size));
        await ask(`${base}/${up.id}?part=${n}`, { method: 'POST', body, headers: { 'Content-Type': 'application/octet-stream' } });
      }
      tell((n + 1) / count, form.dataset.busy!);
    }
  }
  tell(1, form.dataset.check!);
  const end = await ask(`${base}/${up.id}/done`, { method: 'POST' });
  remember(nameOf(file), '');
  if (end.next) location.assign(end.next);
}

const form = document.querySelector<HTMLFormElement>('form[data-parts]');
const input = form && form.querySelector<HTMLInputElement>('input[type=file]');
const state = form && form.querySelector<HTMLElement>('.os-upload__state');
if (form && input && state) {
  const bar = state.querySelector('progress')!;
  const words = state.querySelector('span')!;
  const button = form.querySelector('button')!;
  form.addEventListener('submit', async (event) => {
    const file = input.files && input.files[0];
    if (!file) return;
    event.preventDefault();
    button.disabled = true;
    state.hidden = false;
    bar.hidden = false;
    const tell = (share: number, text: string): void => {
      bar.value = Math.round(100 * share);
      const line = `${text}: ${bar.value} %`;
      if (words.textContent !== line) words.textContent = line;
    };
    tell(0, form.dataset.busy!);
    try {
      await send(form, file, tell);
    } catch (e) {
      bar.hidden = true;
      if (e instanceof Refused) {
        remember(nameOf(file), '');
        words.textContent = e.message || form.dataset.broken!;
      } else {
        words.textContent = e instanceof SignIn ? form.dataset.signin! : form.dataset.broken!;
      }
    } finally {
      button.disabled = false;
    }
  });
}
