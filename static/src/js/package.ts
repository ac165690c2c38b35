// A package of another program in a lesson. It stands in a frame without our origin; this
// page gives it what it kept, hears what it says by messages, and sends that on. Without
// this script the lesson shows the same thing in words.

export {};

type Kept = { id: string; done?: boolean; score?: number; kept?: string };
type Told = { part: string; done: boolean; score: number | null; kept?: unknown };

const wait = 5000;

function start(box: HTMLElement): void {
  const place = box.querySelector<HTMLElement>('[data-frame]');
  const status = box.querySelector<HTMLElement>('[role=status]');
  const buttons = Array.from(box.querySelectorAll<HTMLButtonElement>('button[data-part]'));
  if (!place || !status || !buttons.length) return;
  const at = box.dataset.at || '';
  let parts: Record<string, Kept> = {};
  let frame: HTMLIFrameElement | null = null;
  let open = '';
  const waiting: Record<string, Told> = {};
  let sending = false;

  const say = (key: string): void => {
    status.textContent = box.dataset[key] || '';
    status.hidden = !status.textContent;
  };
  const shown = (one: { done?: boolean; score?: number | null }): void => {
    if (!one.done) return;
    if (typeof one.score === 'number') {
      status.textContent = (box.dataset.scored || '').replace('%', String(Math.round(one.score * 100)));
      status.hidden = false;
    } else say('done');
  };

  async function send(leaving = false): Promise<void> {
    if (!at || (sending && !leaving)) return;
    const part = Object.keys(waiting)[0];
    if (!part) return;
    const told = waiting[part];
    sending = true;
    try {
      const body = JSON.stringify(told);
      const answer = await fetch(at, {
        method: 'POST', credentials: 'same-origin', keepalive: leaving && body.length < 60_000, headers: { 'Content-Type': 'application/json' }, body,
      });
      if (!answer.ok && answer.status >= 500) throw new Error(String(answer.status));
      if (waiting[part] === told) delete waiting[part];
      if (answer.ok) shown(await answer.json());
      else say('refused');
    } catch {
      say('away');
      window.setTimeout(() => { void send(); }, wait);
      sending = false;
      return;
    }
    sending = false;
    if (Object.keys(waiting).length) void send();
  }

  window.addEventListener('message', (event) => {
    if (!frame || event.source !== frame.contentWindow) return;
    const data = event.data as { osvitlo?: number; told?: Told; height?: number };
    if (!data || data.osvitlo !== 1) return;
    if (typeof data.height === 'number' && data.height > 0) {
      frame.style.height = `${Math.min(2000, Math.max(200, Math.ceil(data.height)))}px`;
    }
    if (!data.told || data.told.part !== open) return;
    if (!at) {
      shown(data.told);
      return;
    }
    waiting[open] = data.told;
    parts[open] = { ...parts[open], id: open, kept: JSON.stringify(data.told.kept ?? null) };
    void send();
  });
  window.addEventListener('pagehide', () => { void send(true); });
  window.addEventListener('beforeunload', (event) => {
    if (Object.keys(waiting).length) event.preventDefault();
  });

  function show(button: HTMLButtonElement): void {
    if (frame) frame.remove();
    open = button.dataset.part || '';
    frame = document.createElement('iframe');
    frame.setAttribute('sandbox', 'allow-scripts allow-forms');
    frame.setAttribute('referrerpolicy', 'no-referrer');
    frame.title = button.dataset.title || button.textContent || '';
    frame.className = 'os-pack__frame';
    if (box.dataset.height) frame.style.height = `${box.dataset.height}px`;
    const known = parts[open];
    let kept: unknown;
    try {
      kept = known && known.kept ? JSON.parse(known.kept) : undefined;
    } catch {
      kept = undefined;
    }
    frame.name = JSON.stringify({ osvitlo: 1, part: open, lang: document.documentElement.lang, kept: kept || undefined });
    frame.src = button.dataset.src || '';
    place!.appendChild(frame);
    for (const one of buttons) one.setAttribute('aria-pressed', String(one === button));
    if (buttons.length === 1) button.hidden = true;
    frame.focus();
  }

  async function ready(): Promise<void> {
    if (at) {
      try {
        const answer = await fetch(at, { credentials: 'same-origin' });
        if (answer.ok) {
          const list = ((await answer.json()) as { parts?: Kept[] }).parts || [];
          parts = Object.fromEntries(list.map((one) => [one.id, one]));
          const last = list[list.length - 1];
          if (last) shown(last);
        }
      } catch {
        // Without a network it begins anew; what is done is told when the network is back.
      }
    }
    for (const button of buttons) {
      button.hidden = false;
      button.addEventListener('click', () => show(button));
    }
  }

  box.querySelectorAll<HTMLElement>('[data-bare]').forEach((one) => { one.hidden = true; });
  void ready();
}

document.querySelectorAll<HTMLElement>('[data-package]').forEach(start);
