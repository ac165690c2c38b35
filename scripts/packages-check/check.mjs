// Checks with tools of others: xAPI statements with Learning Locker's validator, and makes
// SCORM packages with a packager that knows nothing of us, for our reader to take.
//   node check.mjs FOLDER    FOLDER holds statements.json; packages come into FOLDER/foreign
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import validation from 'xapi-validation';
import packager from 'simple-scorm-packager';

const out = process.argv[2];
const validate = validation.default;
const statements = JSON.parse(readFileSync(join(out, 'statements.json'), 'utf8'));
let faults = 0;
for (const one of statements) {
  for (const fault of validate(one)) {
    faults += 1;
    console.error(`${one.id}: ${fault.path ? fault.path.join('.') : ''} ${fault.constructor.name}`);
  }
}
// A validator that passes everything would prove nothing.
const broken = [{ ...statements[0], id: 'x' }, { ...statements[0], actor: {} }, { ...statements[0], verb: { id: 'no address' } }, { ...statements[0], result: { score: { scaled: 2 } } }, { ...statements[0], timestamp: 'yesterday' }];
for (const one of broken) {
  if (validate(one).length === 0) {
    faults += 1;
    console.error('the validator takes a broken statement');
  }
}

const source = join(out, 'source');
mkdirSync(source, { recursive: true });
writeFileSync(join(source, 'index.html'), '<!DOCTYPE html><html><head><title>Foreign</title></head><body><p>Foreign</p></body></html>');
const made = join(out, 'foreign');
mkdirSync(made, { recursive: true });
for (const version of ['1.2', '2004 3rd Edition', '2004 4th Edition']) {
  await new Promise((done, fail) => {
    const late = setTimeout(() => fail(new Error(`${version}: no package`)), 20_000);
    packager({
      version, organization: 'Osvitlo', title: `Foreign ${version}`, language: 'uk', source,
      package: { version: '1.0.0', zip: true, outputFolder: made, name: `foreign-${version.replace(/\W+/g, '-').toLowerCase()}`, author: 'Osvitlo', description: 'For a check', keywords: ['check'], vcard: { author: 'Osvitlo', org: 'Osvitlo', mail: 'nobody@example.org', tel: '', address: '', url: '' } },
    }, () => { clearTimeout(late); done(); });
  });
}
console.log(`${statements.length} statements, ${faults} faults`);
process.exit(statements.length > 5 && faults === 0 ? 0 : 1);
