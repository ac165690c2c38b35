// The list of places: near me, chips that act at once, and the map on tap. Without this
// script the form has a button and the list is whole.

export {};

const form = document.getElementById('find') as HTMLFormElement | null;

// A position on a grid of about 100 m: the exact one never leaves the device.
function rounded(lat: number, lon: number): string {
  return `${(Math.round(lat * 1000) / 1000).toFixed(4)},${(Math.round(lon * 700) / 700).toFixed(4)}`;
}

function nearMe(form: HTMLFormElement): void {
  const button = document.getElementById('near-me') as HTMLButtonElement | null;
  const state = document.getElementById('near-state');
  const note = document.getElementById('near-note');
  const at = form.elements.namedItem('at') as HTMLInputElement | null;
  if (!button || !state || !note || !at || !('geolocation' in navigator)) return;
  button.hidden = false;
  note.hidden = false;
  button.addEventListener('click', () => {
    state.textContent = button.dataset.wait || '';
    navigator.geolocation.getCurrentPosition(
      (here) => {
        at.disabled = false;
        at.value = rounded(here.coords.latitude, here.coords.longitude);
        const near = form.elements.namedItem('near') as HTMLInputElement | null;
        if (near) near.value = '';
        form.submit();
      },
      () => {
        state.textContent = button.dataset.no || '';
      },
      { enableHighAccuracy: false, timeout: 15000, maximumAge: 600000 },
    );
  });
}

function mapOnTap(): void {
  const box = document.getElementById('map');
  const open = document.getElementById('open-map') as HTMLButtonElement | null;
  if (!box || !open || !open.parentElement) return;
  open.parentElement.hidden = false;
  open.addEventListener('click', () => {
    open.disabled = true;
    const style = document.createElement('link');
    style.rel = 'stylesheet';
    style.href = box.dataset.style || '';
    const script = document.createElement('script');
    script.src = box.dataset.script || '';
    const failed = (): void => {
      open.disabled = false;
      open.textContent = box.dataset.failed || '';
    };
    style.onerror = failed;
    script.onerror = failed;
    style.onload = () => document.head.appendChild(script);
    document.head.appendChild(style);
  });
}

if (form) {
  nearMe(form);
  // a position stays only as long as the search by words does not name another one
  form.addEventListener('submit', () => {
    const near = form.elements.namedItem('near') as HTMLInputElement | null;
    const at = form.elements.namedItem('at') as HTMLInputElement | null;
    if (near && at && near.value.trim() !== '') at.disabled = true;
  });
}
mapOnTap();
