// The interactive map over a list of places or institutions. The server joins them into marks, so
// that an answer is small however many there are; the list below stays in step.
import * as L from 'leaflet';

interface Named { id: string; href: string; name: string; where: string; state: string }
// A mark may have a shape and a letter of its own (look, sign) and words that say what it is.
interface Mark { at: [number, number]; n: number; box?: [number, number, number, number]; names?: Named[]; title?: string; look?: string; sign?: string }
interface Answer { total: number; marks: Mark[]; lines?: [number, number][][] }

const box = document.getElementById('map') as HTMLElement;
const words = box.dataset;

function line(kind: string, text: string): HTMLElement {
  const p = document.createElement(kind);
  p.textContent = text;
  return p;
}

function popup(names: Named[]): HTMLElement {
  const all = document.createElement('div');
  for (const one of names) {
    const p = document.createElement('p');
    const a = document.createElement('a');
    a.href = one.href;
    a.textContent = one.name;
    p.appendChild(a);
    all.appendChild(p);
    if (one.where) all.appendChild(line('p', one.where));
    if (one.state) all.appendChild(line('p', one.state));
  }
  return all;
}

// signed is a mark that tells its group by shape and letter, not by colour alone.
function signed(look: string, sign: string): HTMLElement {
  const shape = document.createElement('span');
  shape.className = `os-sign os-sign--${look}`;
  shape.appendChild(line('b', sign));
  return shape;
}

function start(): void {
  const ground = box.querySelector('.os-map__ground') as HTMLElement;
  const old = (words.box || '').split(',').map(Number);
  const live = document.createElement('div');
  live.className = 'os-map__live';
  live.id = 'live-map';
  live.setAttribute('role', 'region');
  live.setAttribute('aria-label', words.label || '');
  ground.replaceWith(live);
  const link = box.querySelector('.os-map__open') as HTMLElement | null;
  if (link) link.hidden = true;

  const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  const map = L.map(live, { minZoom: 8, maxZoom: 18, zoomAnimation: !still, fadeAnimation: !still, markerZoomAnimation: !still, zoomControl: false, attributionControl: true });
  map.attributionControl.setPrefix(false);
  L.control.zoom({ zoomInTitle: words.in, zoomOutTitle: words.out }).addTo(map);
  if (words.tiles) L.tileLayer(words.tiles, { maxZoom: 18, attribution: words.attribution }).addTo(map);

  const shown = L.layerGroup().addTo(map);
  const cards = new Map<string, HTMLElement>();
  const points: [number, number][] = [];
  document.querySelectorAll<HTMLElement>('.os-door').forEach((card) => {
    cards.set(card.dataset.place || '', card);
    const at = (card.dataset.at || '').split(',').map(Number);
    if (at.length === 2) points.push([at[0], at[1]]);
  });
  if (points.length > 0) map.fitBounds(L.latLngBounds(points).pad(0.2), { maxZoom: 16, animate: false });
  else map.fitBounds([[old[0], old[1]], [old[2], old[3]]], { animate: false });

  const query = new URLSearchParams(window.location.search);
  for (const name of ['page', 'lang', 'near', 'at']) query.delete(name);
  let turn = 0;
  let lines = !words.tiles;
  let chosen = '';

  function light(id: string): void {
    cards.forEach((card, of) => card.classList.toggle('os-door--on', of === id));
    chosen = id;
  }

  // open shows what stands at a mark. The popup is not bound to the mark: marks are drawn
  // anew whenever the map moves, as it does to make room for the popup.
  function open(at: [number, number], names: Named[], keys: boolean): void {
    const content = popup(names);
    L.popup({ autoPanPadding: [20, 20], offset: [0, -8] }).setLatLng(at).setContent(content).openOn(map);
    if (names.length === 1) {
      light(names[0].id);
      const card = cards.get(names[0].id);
      if (card && !keys) card.scrollIntoView({ block: 'nearest', behavior: still ? 'auto' : 'smooth' });
    }
    const first = content.querySelector('a');
    if (keys && first) first.focus();
  }

  function draw(marks: Mark[]): void {
    const focus = document.activeElement && live.contains(document.activeElement) ? (document.activeElement as HTMLElement).title : '';
    shown.clearLayers();
    for (const m of marks) {
      const one = m.names && m.names.length === 1 ? m.names[0] : undefined;
      const title = m.title || (one ? one.name : (words.several || '').replace('{N}', String(m.n)));
      const on = one && one.id === chosen ? ' os-mark--on' : '';
      const icon = m.look && m.sign
        ? { className: `os-mark os-mark--sign${on}`, html: signed(m.look, m.sign) }
        : { className: one ? `os-mark os-mark--one${on}` : 'os-mark', html: one ? '' : String(m.n) };
      const mark = L.marker(m.at, {
        icon: L.divIcon(icon),
        title, alt: title, keyboard: true, riseOnHover: true,
      });
      const act = (keys: boolean): void => {
        if (m.names) open(m.at, m.names, keys);
        else if (m.box) map.fitBounds([[m.box[0], m.box[1]], [m.box[2], m.box[3]]], { maxZoom: 18, padding: [40, 40], animate: !still });
      };
      mark.on('click', () => act(false));
      shown.addLayer(mark);
      const el = mark.getElement();
      if (el) {
        el.setAttribute('role', 'button');
        el.setAttribute('aria-label', title);
        el.addEventListener('keydown', (e) => {
          if (e.key !== 'Enter' && e.key !== ' ') return;
          e.preventDefault();
          e.stopPropagation(); // the map has keys of its own
          act(true);
        });
        if (focus && title === focus) el.focus();
      }
    }
  }

  async function load(): Promise<void> {
    const mine = ++turn;
    const b = map.getBounds().pad(0.1);
    query.set('bbox', [b.getSouth(), b.getWest(), b.getNorth(), b.getEast()].map((x) => x.toFixed(5)).join(','));
    query.set('zoom', String(Math.round(map.getZoom())));
    if (lines) query.set('lines', '1');
    else query.delete('lines');
    try {
      const answer = await fetch(`${words.points}?${query.toString()}`, { credentials: 'same-origin' });
      if (!answer.ok) throw new Error(String(answer.status));
      const said = (await answer.json()) as Answer;
      if (mine !== turn) return;
      if (said.lines) {
        for (const ring of said.lines) L.polygon(ring, { className: 'os-map__line', weight: 1.5, interactive: false }).addTo(map);
      }
      lines = false;
      draw(said.marks);
      say(said.marks.length === 0 ? words.empty || '' : '');
    } catch (away) {
      if (mine === turn) say(words.failed || '');
    }
  }

  const note = document.createElement('p');
  note.className = 'os-small';
  note.setAttribute('role', 'status');
  box.appendChild(note);
  function say(text: string): void {
    note.textContent = text;
  }

  if (words.pick) pick(map, say);
  map.on('popupclose', () => light(''));
  map.on('moveend', () => void load());
  cards.forEach((card, id) => {
    const at = (card.dataset.at || '').split(',').map(Number);
    if (at.length !== 2) return;
    card.addEventListener('focusin', () => {
      light(id);
      if (!map.getBounds().contains([at[0], at[1]])) map.panTo([at[0], at[1]], { animate: !still });
    });
  });
  live.focus();
  void load();
}

// pick sets the point of a form: by a tap, by dragging the mark, or by Enter, which takes
// the middle of the map.
function pick(map: L.Map, say: (text: string) => void): void {
  const lat = document.getElementById('f-lat') as HTMLInputElement | null;
  const lon = document.getElementById('f-lon') as HTMLInputElement | null;
  if (!lat || !lon) return;
  const number = (field: HTMLInputElement): number => Number(field.value.trim().replace(',', '.'));
  let mark: L.Marker | undefined;
  const put = (at: L.LatLng): void => {
    lat.value = at.lat.toFixed(6);
    lon.value = at.lng.toFixed(6);
    if (mark) mark.setLatLng(at);
    else {
      mark = L.marker(at, { draggable: true, title: words.here, alt: words.here, icon: L.divIcon({ className: 'os-mark os-mark--one os-mark--on' }), zIndexOffset: 1000 }).addTo(map);
      mark.on('dragend', () => mark && put(mark.getLatLng()));
    }
    say(`${words.here}: ${lat.value}, ${lon.value}`);
  };
  if (lat.value && lon.value && !isNaN(number(lat)) && !isNaN(number(lon))) {
    const at = L.latLng(number(lat), number(lon));
    put(at);
    map.setView(at, 16, { animate: false });
  }
  map.on('click', (e: L.LeafletMouseEvent) => put(e.latlng));
  map.getContainer().addEventListener('keydown', (e) => {
    if (e.key === 'Enter' && e.target === map.getContainer()) {
      e.preventDefault();
      put(map.getCenter());
    }
  });
}

start();
