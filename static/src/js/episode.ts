// The player of an episode: goes on where it stopped, on this device or in the account,
// at the chosen speed and in the chosen quality. Nothing plays by itself, and the
// browser's own controls do the whole job without this script.

const kept = 'os-marks'; // the queue of learning.ts, which sends it
const quality = 'os-film-quality';

function read(key: string): string {
  try {
    return localStorage.getItem(key) || '';
  } catch {
    return ''; // a browser that keeps nothing
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // as above
  }
}

function player(box: HTMLElement): void {
  const video = box.querySelector<HTMLVideoElement>('video')!;
  const says = box.querySelector<HTMLElement>('[data-went]')!;
  const picks = Array.from(box.querySelectorAll<HTMLAnchorElement>('[data-pick]'));
  const here = `os-film:${location.pathname}`;
  const where = /^\/courses\/([^/]+)\/([^/]+)(?:\/step\/([^/]+))?$/.exec(location.pathname);
  const form = document.querySelector<HTMLFormElement>('form[data-learn]');
  const activity = form ? form.action.split('/').pop() || '' : where ? where[3] || '' : '';
  let told = 0;

  const own = read(here);
  let at = own === '' ? Number(box.dataset.at || 0) : Number(own);
  if (!(at > 2)) at = 0;
  if (at) {
    says.textContent = says.dataset.went!;
    says.hidden = false;
  }

  function seek(to: number): void {
    if (video.readyState > 0) video.currentTime = Math.max(0, to);
    else at = Math.max(0, to);
  }
  video.addEventListener('loadedmetadata', () => {
    if (at > 0) video.currentTime = Math.min(at, Math.max(0, video.duration - 1));
    at = 0;
  });

  // Where the person is: on the device at once, for the account when they stop.
  function tell(): void {
    if (video.readyState === 0 || !where || !activity) return;
    const now = video.ended ? 0 : Math.floor(video.currentTime);
    if (now === told) return;
    told = now;
    write(here, String(now));
    const mark = { course: where[1], lesson: where[2], activity, at: Date.now(), form: `position=${now}` };
    try {
      const list = (JSON.parse(read(kept) || '[]') as (typeof mark)[]).filter((one) => one.activity !== activity || one.form.indexOf('position=') !== 0);
      write(kept, JSON.stringify([...list, mark]));
    } catch {
      // The queue is not ours to mend; the place on this device stays.
    }
    if (navigator.sendBeacon) navigator.sendBeacon('/courses/marks', new Blob([JSON.stringify({ marks: [mark] })], { type: 'application/json' }));
  }
  video.addEventListener('timeupdate', () => write(here, String(video.ended ? 0 : Math.floor(video.currentTime))));
  video.addEventListener('pause', tell);
  video.addEventListener('ended', tell);
  window.addEventListener('pagehide', tell);

  function choose(name: string, keep: boolean): void {
    const pick = picks.filter((one) => one.dataset.pick === name)[0];
    if (!pick || pick.getAttribute('aria-current')) return;
    picks.forEach((one) => one.removeAttribute('aria-current'));
    pick.setAttribute('aria-current', 'true');
    if (keep) write(quality, name);
    const playing = !video.paused && !video.ended;
    const speed = video.playbackRate;
    if (video.readyState > 0) at = video.currentTime;
    video.src = pick.dataset.src!;
    video.playbackRate = speed;
    if (playing) video.play().catch(() => undefined); // the browser says no: the button is there
  }
  picks.forEach((one) =>
    one.addEventListener('click', (event) => {
      event.preventDefault();
      choose(one.dataset.pick!, true);
    }),
  );
  const net = (navigator as unknown as { connection?: { saveData?: boolean; effectiveType?: string } }).connection;
  const slow = !!net && (net.saveData || /2g|^3g/.test(net.effectiveType || ''));
  if (!/[?&]video=/.test(location.search)) choose(read(quality) || (slow ? 'small' : ''), false);

  // A rendition that is not to be had: without a network the light one may be on the device.
  let tried = false;
  video.addEventListener(
    'error',
    () => {
      if (!tried) {
        tried = true;
        const other = picks.filter((one) => !one.getAttribute('aria-current'))[0];
        if (other) return choose(other.dataset.pick!, false);
      }
      says.textContent = says.dataset.away!;
      says.hidden = false;
    },
    true,
  );

  const bar = box.querySelector<HTMLElement>('[data-bar]')!;
  bar.hidden = false;
  bar.querySelectorAll<HTMLElement>('[data-seek]').forEach((one) =>
    one.addEventListener('click', () => {
      says.hidden = true;
      seek(one.dataset.seek === 'start' ? 0 : (video.readyState ? video.currentTime : at) + Number(one.dataset.seek));
    }),
  );
  const speeds = Array.from(bar.querySelectorAll<HTMLElement>('[data-speed]'));
  speeds.forEach((one) =>
    one.addEventListener('click', () => {
      video.playbackRate = Number(one.dataset.speed);
      speeds.forEach((other) => other.setAttribute('aria-pressed', String(other === one)));
    }),
  );
}

document.querySelectorAll<HTMLElement>('[data-film]').forEach(player);
