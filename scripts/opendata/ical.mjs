// Two calendar readers that share nothing with each other or with this project, ical.js
// and node-ical, read every feed of a folder and must find just what list.json names:
//   node scripts/opendata/ical.mjs DIR
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ICAL from 'ical.js';
import nodeIcal from 'node-ical';

const day = (d) => `${d.getFullYear()}-${String(d.getMonth() + 1).padStart(2, '0')}-${String(d.getDate()).padStart(2, '0')}`;
const moment = (d) => d.toISOString().slice(0, 19) + 'Z';

// what each reader finds: uid, begin, end and heading, a whole day without an hour
const readers = {
  'ical.js': (text) => new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent').map((one) => {
    const e = new ICAL.Event(one);
    const at = (t) => (t.isDate ? t.toString() : moment(t.toJSDate()));
    return { uid: e.uid, start: at(e.startDate), end: at(e.endDate), summary: e.summary };
  }),
  'node-ical': (text) => Object.values(nodeIcal.sync.parseICS(text)).filter((e) => e.type === 'VEVENT').map((e) => {
    const at = (d) => (e.datetype === 'date' ? day(d) : moment(d));
    return { uid: e.uid, start: at(e.start), end: at(e.end), summary: e.summary };
  }),
};

const sorted = (list) => [...list].sort((a, b) => (a.uid < b.uid ? -1 : 1));
const different = (text, want) => Object.entries(readers).filter(([, read]) => {
  try {
    return JSON.stringify(sorted(read(text))) !== JSON.stringify(sorted(want));
  } catch {
    return true;
  }
}).map(([name]) => name);

const dir = process.argv[2];
const feeds = Object.entries(JSON.parse(readFileSync(join(dir, 'list.json'), 'utf8')));
let events = 0;
let faults = 0;
for (const [file, want] of feeds) {
  const text = readFileSync(join(dir, file), 'utf8');
  for (const name of different(text, want)) {
    console.error(`${file}: ${name} reads something else than the site shows`);
    faults++;
  }
  if (text.split('\r\n').some((line) => Buffer.byteLength(line) > 75)) {
    console.error(`${file}: a line of more than 75 bytes`);
    faults++;
  }
  events += want.length;
}
// the check notices a lost event and a moved one before its word is taken
const [file, want] = feeds.find(([, list]) => list.length > 1);
const text = readFileSync(join(dir, file), 'utf8');
if (different(text, want.slice(1)).length !== 2 || different(text, [{ ...want[0], start: '2001-01-01T00:00:00Z' }, ...want.slice(1)]).length !== 2) {
  console.error('the check does not notice a lost or moved event');
  faults++;
}
console.log(`calendars: ${feeds.length} feeds, ${events} events, the same in ${Object.keys(readers).join(' and ')}, ${faults} faults`);
process.exit(faults > 0 ? 1 : 0);
