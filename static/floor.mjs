// Refuses styles and scripts that need more than the floor: Chrome and WebView 79,
// Firefox 78 (USERS finding 8). Run as a program it tests itself with samples that must
// be caught, then checks the files of dist/.
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import postcss from 'postcss';

const floor = ['chrome79', 'firefox78'];

// Properties that came later and change the layout or the sense of a page. Those that
// only make a line prettier (text-underline-offset and the like) are not here.
const properties = new Map(Object.entries({
  gap: 'flex gap came with Chrome 84; use margins, or grid-gap in a grid',
  'row-gap': 'see gap', 'column-gap': 'see gap',
  inset: 'Chrome 87', 'inset-block': 'Chrome 87', 'inset-inline': 'Chrome 87',
  'margin-inline': 'Chrome 87', 'margin-block': 'Chrome 87', 'padding-inline': 'Chrome 87', 'padding-block': 'Chrome 87',
  'border-inline': 'Chrome 87', 'border-block': 'Chrome 87',
  'aspect-ratio': 'Chrome 88', 'accent-color': 'Chrome 93', 'content-visibility': 'Chrome 85',
  translate: 'Chrome 104', rotate: 'Chrome 104', scale: 'Chrome 104',
  container: 'Chrome 105', 'container-type': 'Chrome 105', 'container-name': 'Chrome 105',
  'animation-timeline': 'Chrome 115', 'view-transition-name': 'Chrome 111', 'field-sizing': 'Chrome 123',
  'grid-template-masonry': 'not shipped', 'anchor-name': 'Chrome 125', 'mask-image': 'unprefixed in Chrome 120', mask: 'unprefixed in Chrome 120',
}));

const values = [
  [/(^|[\s(,*/+-])-?[\d.]+(d|s|l)v(h|w|b|i|min|max)\b/i, 'dynamic viewport units: Chrome 108'],
  [/(^|[\s(,*/+-])-?[\d.]+cq(w|h|i|b|min|max)\b/i, 'container units: Chrome 105'],
  [/(^|[\s(,*/+-])-?[\d.]+r?lh\b/i, 'lh: Chrome 109'],
  [/\b(color-mix|oklch|oklab|lab|lch|hwb|light-dark|color)\(/i, 'newer colours: Chrome 101 and later'],
  [/\bconic-gradient\(/i, 'Firefox 83'],
  [/(^|[^-])\bimage-set\(/i, 'Chrome 113'],
  [/\b(round|mod|rem|sin|cos|tan|pow|sqrt|hypot|abs|sign)\(/i, 'mathematics in styles: Chrome 125'],
  [/\banchor\(/i, 'Chrome 125'],
];

const declarations = [
  [(d) => d.prop === 'overflow' && /\bclip\b/.test(d.value), 'overflow: clip came with Chrome 90'],
  [(d) => d.prop === 'overflow-wrap' && d.value === 'anywhere', 'overflow-wrap: anywhere came with Chrome 80'],
  [(d) => d.prop === 'text-decoration' && /\d/.test(d.value.replace(/#[\da-f]+/gi, '')), 'a thickness inside text-decoration: Chrome 89'],
  [(d) => /^(min-|max-)?(width|height)$/.test(d.prop) && /^(fit-content|stretch)$/.test(d.value), 'Firefox 94'],
  [(d) => d.prop === 'appearance' && !d.parent.some((o) => o.prop === '-webkit-appearance'), 'appearance without prefix: Chrome 84'],
  [(d) => d.prop === 'display' && /\s/.test(d.value), 'two-word display: Chrome 115'],
];

const selectors = [
  [/:has\(/, ':has: Chrome 105'],
  [/:is\(|:where\(/, ':is, :where: Chrome 88'],
  [/:not\([^()]*,/, 'a list inside :not: Chrome 88'],
  [/:user-(in)?valid|:modal|:popover-open|:dir\(|:state\(/, 'a newer pseudo-class'],
  [/::(marker-|part\(|backdrop-|view-transition|highlight)/, 'a newer pseudo-element'],
  [/&/, 'nesting: Chrome 112'],
];

const atRules = new Map(Object.entries({
  layer: 'Chrome 99', container: 'Chrome 105', property: 'Chrome 85', scope: 'Chrome 118', 'starting-style': 'Chrome 117',
  'position-try': 'Chrome 125', 'view-transition': 'Chrome 126',
}));

/** Names what a finished style sheet needs above the floor. */
export function faultsOfStyle(css) {
  const faults = [];
  const say = (node, why) => faults.push(`${node.type === 'decl' ? `${node.prop}: ${node.value}` : node.selector ?? `@${node.name} ${node.params}`} — ${why}`);
  postcss.parse(css).walk((node) => {
    if (node.type === 'atrule') {
      if (atRules.has(node.name)) say(node, atRules.get(node.name));
      if (node.name === 'media' && /[<>]=?/.test(node.params)) say(node, 'a range in a media query: Chrome 104');
      if (node.parent.type === 'rule') say(node, 'nesting: Chrome 112');
    } else if (node.type === 'rule') {
      if (node.parent.type === 'rule') say(node, 'nesting: Chrome 112');
      for (const [pattern, why] of selectors) if (pattern.test(node.selector)) say(node, why);
      // Where :focus-visible is unknown the whole rule is dropped. That is right only for a
      // rule that takes the ring away from mouse clicks and stands alone.
      const rest = node.selector.replace(/:focus:not\(:focus-visible\)/g, '');
      if (/:focus-visible/.test(rest)) say(node, ':focus-visible: Chrome 86');
    } else if (node.type === 'decl' && !node.prop.startsWith('--')) {
      if (properties.has(node.prop)) say(node, properties.get(node.prop));
      for (const [pattern, why] of values) if (pattern.test(node.value)) say(node, why);
      for (const [test, why] of declarations) if (test(node)) say(node, why);
    }
  });
  return faults;
}

const calls = [
  [/\.replaceAll\(/, 'replaceAll: Chrome 85'],
  [/\.at\(/, 'at: Chrome 92'],
  [/\bstructuredClone\b/, 'Chrome 98'],
  [/\bObject\.(hasOwn|groupBy)\b/, 'Chrome 93 and later'],
  [/\.(findLast|findLastIndex|toSorted|toReversed|toSpliced)\(/, 'Chrome 97 and later'],
  [/\.replaceChildren\(/, 'Chrome 86'],
  [/\.submitter\b/, 'Chrome 81'],
  [/\bPromise\.(any|withResolvers|try)\b/, 'Chrome 85 and later'],
  [/\bAbortSignal\.(timeout|any)\b/, 'Chrome 103 and later'],
  [/\brandomUUID\b/, 'Chrome 92'],
  [/\bWeakRef\b|\bFinalizationRegistry\b/, 'Chrome 84'],
  [/\bIntl\.(Segmenter|ListFormat|DisplayNames)\b/, 'Firefox 78 has none or part of it'],
  [/\.(showPopover|togglePopover|startViewTransition|checkVisibility)\(/, 'Chrome 105 and later'],
  [/\bcookieStore\b|\bnavigation\.navigate\b/, 'Chrome 87 and later'],
];

/** Names what a finished script needs above the floor. */
export async function faultsOfScript(code) {
  const faults = calls.filter(([pattern]) => pattern.test(code)).map(([, why]) => why);
  const print = (target) => esbuild.transform(code, { target, minify: false, legalComments: 'none', logLevel: 'silent' });
  try {
    // Lowering to the floor must change nothing: then no newer syntax is in it.
    const [low, high] = await Promise.all([print(floor), print('esnext')]);
    if (low.code !== high.code) faults.push('syntax above the floor');
  } catch (error) {
    faults.push(`syntax above the floor: ${error.errors?.[0]?.text ?? error.message}`);
  }
  return faults;
}

const badStyles = [
  '.a{display:flex;gap:8px}', '.a{inset:0}', '.a:has(b){color:red}', '.a:is(b,c){color:red}', '.a{height:100dvh}',
  '.a{& b{color:red}}', '.a{aspect-ratio:1}', '.a:focus-visible{color:red}', '.a{color:color-mix(in srgb,red,blue)}',
  '@layer x{.a{color:red}}', '@media (width >= 40em){.a{color:red}}', '.a{accent-color:red}', '.a{overflow:clip}',
  '.a{text-decoration:underline 2px}', '.a{width:fit-content}', '.a{appearance:none}', '.a:not(b,c){color:red}',
];
const goodStyles = [
  '.a{margin-left:8px;width:max(1px,2vw)}', '.a:focus:not(:focus-visible){outline:0}', '.a{display:grid;grid-gap:8px}',
  '.a{-webkit-appearance:none;appearance:none}', '@media (min-width:40em){.a{color:var(--x)}}', '.a{clip-path:inset(50%)}',
];
const badScripts = ['a?.b', 'a ??= b', 'class A { #x = 1 }', 'await fetch("/")', '"a".replaceAll("a","b")', '[1].at(-1)', 'x = 1_000n ** 2n; y = a || (a ||= 1)'];
const goodScripts = ['const f=async()=>{for(const a of await g())h({...a})};f()', '(()=>{try{a()}catch{b()}})()'];

async function selfTest() {
  const wrong = [];
  for (const css of badStyles) if (faultsOfStyle(css).length === 0) wrong.push(`let through: ${css}`);
  for (const css of goodStyles) for (const fault of faultsOfStyle(css)) wrong.push(`refused: ${css} (${fault})`);
  for (const js of badScripts) if ((await faultsOfScript(js)).length === 0) wrong.push(`let through: ${js}`);
  for (const js of goodScripts) for (const fault of await faultsOfScript(js)) wrong.push(`refused: ${js} (${fault})`);
  return wrong;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const dist = join(dirname(fileURLToPath(import.meta.url)), 'dist');
  const wrong = await selfTest();
  let checked = 0;
  for (const file of readdirSync(dist).sort()) {
    const text = () => readFileSync(join(dist, file), 'utf8');
    if (file.endsWith('.css')) wrong.push(...faultsOfStyle(text()).map((f) => `${file}: ${f}`));
    else if (file.endsWith('.js')) wrong.push(...(await faultsOfScript(text())).map((f) => `${file}: ${f}`));
    else continue;
    checked++;
  }
  for (const line of wrong) console.error(line);
  if (checked < 2) wrong.push('no files to check');
  console.log(`floor: ${badStyles.length + badScripts.length} forbidden samples caught, ${checked} files checked`);
  process.exit(wrong.length === 0 ? 0 : 1);
}
