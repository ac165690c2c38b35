// Two linters that share no code: the official JSON Schema of OpenAPI 3.1, and
// Redocly's rules. Any error of either fails; warnings are printed.
import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { createConfig, lintFromString } from '@redocly/openapi-core';

const file = process.argv[2];
const text = readFileSync(file, 'utf8');
let failed = false;

const validator = new Validator();
const schema = await validator.validate(JSON.parse(text));
if (!schema.valid) {
  failed = true;
  console.error('openapi schema:', JSON.stringify(schema.errors, null, 1));
} else if (validator.version !== '3.1') {
  failed = true;
  console.error('openapi schema: checked as', validator.version, 'instead of 3.1');
} else {
  console.log('openapi schema 3.1: valid');
}

const config = await createConfig({ extends: ['recommended'], rules: { 'no-server-example.com': 'off' } });
const problems = await lintFromString({ source: text, absoluteRef: file, config });
for (const p of problems) {
  const at = p.location?.[0]?.pointer ?? '';
  console.error(`redocly ${p.severity}: ${p.ruleId}: ${p.message} ${at}`);
  if (p.severity === 'error') failed = true;
}
if (!problems.some((p) => p.severity === 'error')) console.log(`redocly: no errors, ${problems.length} warnings`);
process.exit(failed ? 1 : 0);
