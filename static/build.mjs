// Builds dist/ from src/: styles, script, pictures, hashed names, compressed twins.
// The same sources give the same bytes on every machine.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { constants, gzipSync } from 'node:zlib';
import * as esbuild from 'esbuild';
import * as sass from 'sass';
import { faultsOfScript, faultsOfStyle } from './floor.mjs';

const root = dirname(fileURLToPath(import.meta.url));
const src = join(root, 'src');
const dist = process.argv[2] ?? join(root, 'dist');
const targets = ['chrome79', 'firefox78'];
const compressed = new Set(['.css', '.js', '.svg', '.webmanifest']);

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
const manifest = {};

function put(name, bytes) {
  const data = Buffer.from(bytes);
  const hash = createHash('sha256').update(data).digest('hex').slice(0, 10);
  const ext = extname(name);
  const hashed = `${basename(name, ext)}.${hash}${ext}`;
  writeFileSync(join(dist, hashed), data);
  if (compressed.has(ext)) {
    const small = gzipSync(data, { level: constants.Z_BEST_COMPRESSION });
    small[9] = 255; // operating system: unknown, so that machines agree
    if (small.length < data.length) writeFileSync(join(dist, `${hashed}.gz`), small);
  }
  manifest[name] = hashed;
}

function refuse(name, faults) {
  if (faults.length === 0) return;
  for (const fault of faults) console.error(`${name}: ${fault}`);
  process.exit(1);
}

async function style(name) {
  const made = sass.compile(join(src, 'css', `${name}.scss`), {
    loadPaths: [join(root, 'node_modules', 'govuk-frontend', 'dist'), join(root, 'node_modules')],
    style: 'expanded',
    quietDeps: true,
  });
  const small = await esbuild.transform(made.css, { loader: 'css', minify: true, target: targets, legalComments: 'none' });
  refuse(`${name}.css`, faultsOfStyle(small.code));
  put(`${name}.css`, small.code);
}

async function script(name) {
  const made = await esbuild.build({
    entryPoints: [join(src, 'js', `${name}.ts`)],
    bundle: true, minify: true, write: false, format: 'iife', target: targets, charset: 'utf8', legalComments: 'none',
  });
  const code = made.outputFiles[0].text;
  refuse(`${name}.js`, await faultsOfScript(code));
  put(`${name}.js`, code);
}

await style('resident');
await style('staff');
await style('help');
await style('learning');
await style('edit');
await style('places');
await style('services');
await style('events');
await style('map');
await style('episode');
await style('package');
await style('schools');
await style('slips');
await style('paper');
await style('calls');
await script('resident');
await script('account');
await script('help');
await script('learning');
await script('episode');
await script('lessons');
await script('offline');
await script('media');
await script('places');
await script('map');
await script('package');
await script('scorm12');
await script('scorm2004');
await script('h5p');
for (const file of readdirSync(join(src, 'img')).sort()) put(file, readFileSync(join(src, 'img', file)));
const site = JSON.parse(readFileSync(join(src, 'site.webmanifest'), 'utf8'));
for (const icon of site.icons) icon.src = `/static/${manifest[icon.src]}`;
put('site.webmanifest', `${JSON.stringify(site)}\n`);

const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(join(dist, 'manifest.json'), `${JSON.stringify(sorted, null, 2)}\n`);
for (const name of ['resident.css', 'resident.js']) {
  const bytes = gzipSync(readFileSync(join(dist, manifest[name])), { level: 9 }).length;
  console.log(`${name}: ${(bytes / 1000).toFixed(1)} kB gzip`);
}
