// What stands in the frame of a package beside the package itself: it speaks to the
// lesson's page by messages only, because the frame has an origin of its own.

export type Given = { osvitlo: 1; part: string; lang: string; kept?: unknown };
export type Told = { part: string; done: boolean; score: number | null; kept?: unknown };

// A page of a package may ask for its parent, so the real one is remembered first.
const page = window.parent;

// The lesson's page gives everything in the frame's name: a SCO asks at once, before a
// message could arrive.
export function given(): Given | null {
  try {
    const value = JSON.parse(window.name) as Given;
    return value && value.osvitlo === 1 && typeof value.part === 'string' ? value : null;
  } catch {
    return null;
  }
}

export function tell(told: Told): void {
  page.postMessage({ osvitlo: 1, told }, '*');
}

export function tall(height: number): void {
  page.postMessage({ osvitlo: 1, height }, '*');
}

// The next page of the same package finds what the last one kept.
export function keep(part: string, lang: string, kept: unknown): void {
  window.name = JSON.stringify({ osvitlo: 1, part, lang, kept });
}

// A frame of no origin has no storage and no cookies, and asking for them is an error
// that stops many packages. They get some that lasts as long as the page.
export function pretend(): void {
  for (const name of ['localStorage', 'sessionStorage']) {
    try {
      if ((window as unknown as Record<string, unknown>)[name]) continue;
    } catch {
      const held = new Map<string, string>();
      const store = {
        get length() { return held.size; },
        key: (i: number) => Array.from(held.keys())[i] ?? null,
        getItem: (key: string) => held.get(String(key)) ?? null,
        setItem: (key: string, value: string) => { held.set(String(key), String(value)); },
        removeItem: (key: string) => { held.delete(String(key)); },
        clear: () => { held.clear(); },
      };
      Object.defineProperty(window, name, { configurable: true, value: store });
    }
  }
  try {
    void document.cookie;
  } catch {
    let jar = '';
    Object.defineProperty(document, 'cookie', {
      configurable: true,
      get: () => jar,
      set: (value: string) => {
        const pair = String(value).split(';')[0];
        const name = pair.split('=')[0];
        jar = [...jar.split('; ').filter((one) => one && one.split('=')[0] !== name), pair].join('; ');
      },
    });
  }
}

// A SCO looks for its API in the pages around it. Those are of another origin, so it is
// given a parent that holds nothing but the API.
export function stand(apis: Record<string, unknown>): void {
  Object.assign(window, apis);
  const parent: Record<string, unknown> = { ...apis, name: '', closed: false, length: 0, postMessage: page.postMessage.bind(page) };
  parent.parent = parent;
  parent.top = parent;
  parent.opener = null;
  try {
    Object.defineProperty(window, 'parent', { configurable: true, value: parent });
    Object.defineProperty(window, 'opener', { configurable: true, writable: true, value: null });
  } catch {
    // A browser that does not let itself be told: the API stands in the window itself.
  }
}

// later calls a function once after many asks, and at the latest when the page goes.
export function later(act: () => void, wait: number): () => void {
  let timer = 0;
  const now = (): void => {
    if (!timer) return;
    window.clearTimeout(timer);
    timer = 0;
    act();
  };
  window.addEventListener('pagehide', now);
  return () => {
    if (!timer) timer = window.setTimeout(now, wait);
  };
}
