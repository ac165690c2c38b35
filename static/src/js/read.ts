// Reads the page aloud with a voice of the page's language; without one the button
// stays hidden, because a wrong voice reads nonsense.

function voice(): SpeechSynthesisVoice | undefined {
  const lang = document.documentElement.lang;
  return speechSynthesis.getVoices().find((one) => one.lang.toLowerCase().replace('_', '-').split('-')[0] === lang);
}

function pieces(): string[] {
  const main = document.getElementById('main');
  if (!main) return [];
  const out: string[] = [];
  main.querySelectorAll<HTMLElement>('h1, h2, legend, label, p, li, dt, dd').forEach((one) => {
    if (one.closest('[hidden], .os-hidden, .os-resume, .os-noread, details:not([open]), [aria-hidden=true]')) return;
    if (one.querySelector('h1, h2, p, li, label')) return;
    const text = (one.textContent || '').replace(/\s+/g, ' ').trim();
    if (text) out.push(text);
  });
  return out;
}

export function reading(button: HTMLButtonElement): void {
  if (!('speechSynthesis' in window)) return;
  const start = button.querySelector<HTMLElement>('.os-read__start');
  const stop = button.querySelector<HTMLElement>('.os-read__stop');

  function say(on: boolean): void {
    if (start) start.hidden = on;
    if (stop) stop.hidden = !on;
  }

  function offer(): void {
    button.hidden = !voice();
  }

  button.addEventListener('click', () => {
    const speaks = speechSynthesis.speaking;
    speechSynthesis.cancel();
    say(false);
    const chosen = voice();
    if (speaks || !chosen) return;
    const all = pieces();
    say(all.length > 0);
    all.forEach((text, i) => {
      const words = new SpeechSynthesisUtterance(text);
      words.voice = chosen;
      words.lang = chosen.lang;
      words.rate = 0.95;
      if (i === all.length - 1) words.onend = () => say(false);
      speechSynthesis.speak(words);
    });
  });
  window.addEventListener('pagehide', () => speechSynthesis.cancel());
  if (speechSynthesis.addEventListener) speechSynthesis.addEventListener('voiceschanged', offer);
  offer();
}
