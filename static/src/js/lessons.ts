// The worker of lessons that were kept on this device: with a network pages come from
// the site, without one from what was kept. It keeps nothing by itself.

const worker = self as unknown as {
  addEventListener(type: string, act: (event: any) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
};

worker.addEventListener('install', () => worker.skipWaiting());
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener('fetch', (event) => {
  const request: Request = event.request;
  if (request.method !== 'GET' || new URL(request.url).origin !== location.origin) return;
  event.respondWith(
    fetch(request).catch(async () => {
      const kept = await caches.match(request, { ignoreVary: true });
      if (kept) return kept;
      throw new Error('away');
    }),
  );
});
