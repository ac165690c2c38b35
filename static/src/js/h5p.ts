// Starts the operator's H5P player in its frame and tells the lesson's page what came of it.
import { given, pretend, tall, tell } from './packageframe';

type Statement = {
  verb?: { id?: string };
  result?: { completion?: boolean; score?: { scaled?: number; raw?: number; max?: number; min?: number } };
  context?: { contextActivities?: { parent?: unknown[] } };
};
type Player = { H5P: new (el: Element, options: Record<string, unknown>) => Promise<unknown> };
type Core = { externalDispatcher?: { on: (type: string, act: (event: { data: { statement: Statement } }) => void) => void } };

pretend();
const box = document.getElementById('h5p');
const start = given();
const player = (window as unknown as { H5PStandalone?: Player }).H5PStandalone;

function listen(): void {
  const core = (window as unknown as { H5P?: Core }).H5P;
  if (!core || !core.externalDispatcher || !start) return;
  core.externalDispatcher.on('xAPI', (event) => {
    const s = event.data.statement;
    const inner = s.context && s.context.contextActivities && s.context.contextActivities.parent;
    if (!s.result || (inner && inner.length)) return; // of a part of the exercise
    const verb = (s.verb && s.verb.id) || '';
    const score = s.result.score;
    let value = score && typeof score.scaled === 'number' ? score.scaled : null;
    if (value === null && score && score.max) value = ((score.raw || 0) - (score.min || 0)) / (score.max - (score.min || 0));
    const done = s.result.completion === true || /\/(answered|completed|passed|failed|mastered)$/.test(verb);
    tell({ part: start.part, done, score: value === null || !isFinite(value) ? null : Math.min(1, Math.max(0, value)) });
  });
}

if (box && player) {
  const data = box.dataset;
  new player.H5P(box, {
    h5pJsonPath: data.content, frameJs: data.frame, frameCss: data.style, embedType: 'div', frame: false, copyright: false, export: false, icon: false,
  }).then(() => {
    listen();
    new ResizeObserver(() => tall(document.documentElement.scrollHeight)).observe(document.body);
  }).catch(() => {
    box.textContent = data.broken || '';
  });
}
