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
      if (kept) return piece(kept, request.headers.get('Range'));
      throw new Error('away');
    }),
  );
});

// A player asks for a piece of a film; what was kept is the whole.
async function piece(kept: Response, range: string | null): Promise<Response> {
  const asked = /^bytes=(\d+)-(\d*)$/.exec(range || '');
  if (!asked) return kept;
  const all = await kept.blob();
  const from = Number(asked[1]);
  const to = Math.min(asked[2] ? Number(asked[2]) : all.size - 1, all.size - 1);
  if (from > to) return new Response(null, { status: 416, headers: { 'Content-Range': `bytes */${all.size}` } });
  const type = kept.headers.get('Content-Type') || all.type;
  return new Response(all.slice(from, to + 1, type), {
    status: 206,
    headers: { 'Content-Type': type, 'Content-Length': String(to + 1 - from), 'Content-Range': `bytes ${from}-${to}/${all.size}`, 'Accept-Ranges': 'bytes' },
  });
}
