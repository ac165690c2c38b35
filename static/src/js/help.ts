// Offers ready answers while somebody writes. The text goes in the body of a request to
// this site only; without this script the page after the form offers the same.

interface Hit {
  href: string;
  title: string;
}

const pause = 600;
const enough = 8;

document.querySelectorAll<HTMLElement>('[data-suggest]').forEach((box) => {
  const form = box.closest('form');
  const field = form && form.querySelector<HTMLTextAreaElement>('textarea');
  const list = box.querySelector('ul');
  const to = box.dataset.suggest;
  if (!field || !list || !to || !window.fetch) return;
  let timer = 0;
  let asked = '';

  const show = (hits: Hit[]): void => {
    list.textContent = '';
    hits.forEach((hit) => {
      const item = document.createElement('li');
      const link = document.createElement('a');
      link.href = hit.href;
      link.target = '_blank';
      link.rel = 'noopener';
      link.textContent = hit.title;
      item.appendChild(link);
      list.appendChild(item);
    });
    box.hidden = hits.length === 0;
  };

  const ask = async (): Promise<void> => {
    const text = field.value.trim();
    if (text === asked) return;
    asked = text;
    if (text.length < enough) return show([]);
    try {
      const answer = await fetch(to, { method: 'POST', body: new URLSearchParams({ text }), credentials: 'same-origin' });
      if (answer.ok && asked === text) show(await answer.json());
    } catch {
      // Nothing is offered; the form works on.
    }
  };

  field.addEventListener('input', () => {
    clearTimeout(timer);
    timer = window.setTimeout(ask, pause);
  });
});
