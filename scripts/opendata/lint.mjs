// Two validators that share nothing with this project: Frictionless (datapackage) reads
// every table by its schema, shacl-engine holds the catalogue against dcat-ap.ttl. Both
// are shown to notice damage before their word is taken.
//
// shacl-engine's SPARQL module is not used, so package.json replaces its heavy
// dependencies by a small package.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import dataModel from '@rdfjs/data-model';
import datasetFactory from '@rdfjs/dataset';
import { JsonLdParser } from 'jsonld-streaming-parser';
import { Parser } from 'n3';
import { Validator } from 'shacl-engine';
import frictionless from 'datapackage';

const faults = [];
const fault = (text) => { faults.push(text); console.error(text); };
const unix = (text) => text.replaceAll('\r\n', '\n');

// tables reads every resource of a data package and returns what is wrong.
async function tables(dir) {
  const wrong = [];
  const file = join(dir, 'datapackage.json');
  const descriptor = JSON.parse(readFileSync(file, 'utf8'));
  const pack = await frictionless.Package.load(file);
  if (!pack.valid) wrong.push(...pack.errors.map((e) => `${file}: ${e.message}`));
  let rows = 0;
  for (const resource of pack.resources) {
    const about = descriptor.resources.find((r) => r.name === resource.name);
    const body = readFileSync(join(dir, about.path));
    const hash = 'sha256:' + createHash('sha256').update(body).digest('hex');
    if (about.hash !== hash || about.bytes !== body.length) wrong.push(`${about.path}: bytes or hash differ`);
    if (!resource.valid) wrong.push(...resource.errors.map((e) => `${about.path}: ${e.message}`));
    if (!resource.tabular) continue;
    const head = unix(body.toString('utf8')).split('\n', 1)[0].replace(/^\ufeff/, '').split(',');
    const fields = about.schema.fields.map((f) => f.name);
    if (head.join() !== fields.join()) wrong.push(`${about.path}: columns ${head} instead of ${fields}`);
    try {
      const all = await resource.read({ keyed: true });
      rows += all.length;
      if (all.length === 0) wrong.push(`${about.path}: no rows`);
      const keys = about.schema.primaryKey ?? [];
      if (keys.length > 0 && new Set(all.map((r) => keys.map((k) => r[k]).join('\t'))).size !== all.length) wrong.push(`${about.path}: a key stands twice`);
    } catch (e) {
      wrong.push(`${about.path}: ${e.message} ${(e.errors ?? []).slice(0, 3).map((x) => x.message).join('; ')}`);
    }
  }
  return { wrong, rows, count: pack.resources.length };
}

function quads(text, base) {
  return new Promise((done, fail) => {
    const out = datasetFactory.dataset();
    Readable.from([text]).pipe(new JsonLdParser({ dataFactory: dataModel, baseIRI: base }))
      .on('data', (q) => out.add(q)).on('error', fail).on('end', () => done(out));
  });
}

const shapes = datasetFactory.dataset(new Parser({ factory: dataModel }).parse(readFileSync(new URL('dcat-ap.ttl', import.meta.url), 'utf8')));
const validator = new Validator(shapes, { factory: { ...dataModel, ...factoryOf(), dataset: datasetFactory.dataset } });
function factoryOf() {
  const f = {};
  for (const name of ['namedNode', 'blankNode', 'literal', 'variable', 'defaultGraph', 'quad']) f[name] = dataModel[name].bind(dataModel);
  return f;
}

async function catalogue(dataset) {
  const report = await validator.validate({ dataset });
  return report.results.map((r) => `${r.focusNode?.value} ${r.path?.[0]?.predicates?.[0]?.value ?? ''}: ${r.constraintComponent?.value.split('#')[1]}`);
}

// noticed shows that the checks can fail: each mandatory property taken away, one cell
// made a word, one byte changed.
async function noticed(dir, dataset) {
  const dcat = 'http://www.w3.org/ns/dcat#';
  const dct = 'http://purl.org/dc/terms/';
  for (const gone of [dct + 'title', dct + 'description', dct + 'publisher', dct + 'license', dcat + 'accessURL', dcat + 'dataset', dcat + 'distribution', 'http://xmlns.com/foaf/0.1/name']) {
    const less = datasetFactory.dataset([...dataset].filter((q) => q.predicate.value !== gone));
    if (less.size === dataset.size) fault(`catalogue: there is no ${gone}`);
    else if ((await catalogue(less)).length === 0) fault(`the shapes do not miss ${gone}`);
  }
  const spoilt = mkdtempSync(join(tmpdir(), 'opendata-'));
  try {
    cpSync(dir, spoilt, { recursive: true });
    const cells = join(spoilt, 'cells.csv');
    writeFileSync(cells, readFileSync(cells, 'utf8').replace(/,[0-9]+,/, ',many,'));
    const { wrong } = await tables(spoilt);
    if (!wrong.some((w) => w.includes('hash'))) fault('a changed byte was not noticed');
    if (!wrong.some((w) => w.startsWith('cells.csv') && !w.includes('hash'))) fault('a word in a column of numbers was not noticed');
  } finally {
    rmSync(spoilt, { recursive: true });
  }
}

for (const dir of process.argv.slice(2)) {
  const { wrong, rows, count } = await tables(dir);
  wrong.forEach(fault);
  if (wrong.length === 0) console.log(`datapackage: ${count} resources, ${rows} rows read by their schemas, valid`);
  const file = join(dir, 'catalog.jsonld');
  if (!existsSync(file)) continue;
  const base = JSON.parse(readFileSync(join(dir, 'datapackage.json'), 'utf8')).id || 'https://example.invalid/release/';
  const dataset = await quads(readFileSync(file, 'utf8'), base);
  const found = await catalogue(dataset);
  found.forEach((f) => fault('catalogue: ' + f));
  if (found.length === 0) console.log(`shacl: ${dataset.size} statements fit ${shapes.size} statements of the shapes`);
  await noticed(dir, dataset);
}
if (process.argv.length < 3) fault('name a folder of a release');
process.exit(faults.length > 0 ? 1 : 0);
