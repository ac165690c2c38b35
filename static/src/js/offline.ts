// The worker of the whole site: without a network a page that was asked for becomes the
// page that says what works offline. It keeps that one page and its files, nothing of
// anybody's.

export {};

const worker = self as unknown as {
  addEventListener(type: string, act: (event: any) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
};
const shelf = 'os-offline';
const shown = '/offline';

async function shelve(): Promise<void> {
  const answer = await fetch(shown, { credentials: 'omit', cache: 'no-cache' });
  if (!answer.ok) return;
  const page = await answer.clone().text();
  const files = Array.from(page.matchAll(/(?:href|src)="(\/static\/[^"]+\.(?:css|js|svg))"/g), (found) => found[1]);
  const cache = await caches.open(shelf);
  await Promise.all([cache.put(shown, answer), ...files.map((file) => cache.add(file))]);
}

worker.addEventListener('install', (event) => {
  event.waitUntil(shelve());
  worker.skipWaiting();
});
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener('fetch', (event) => {
  const request: Request = event.request;
  if (request.method !== 'GET' || new URL(request.url).origin !== location.origin) return;
  const page = request.mode === 'navigate';
  if (!page && new URL(request.url).pathname.indexOf('/static/') !== 0) return;
  event.respondWith(
    fetch(request).catch(async (away) => {
      const cache = await caches.open(shelf);
      const kept = await cache.match(page ? shown : request, { ignoreVary: true });
      if (kept) return kept;
      throw away;
    }),
  );
});
