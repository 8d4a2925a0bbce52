import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { GENERATED } from './generated.js';

/** Seen from dist/test/docs/write. */
const ROOT = resolve(import.meta.dirname, '../../../..');

/** `npm run document`: writes what documents hold of the code. */
for (const { path, render } of GENERATED) {
  const file = join(ROOT, path);
  const standing = readFileSync(file, 'utf8');
  const text = await render(standing);
  if (text !== standing) writeFileSync(file, text);
  console.log(`${text === standing ? 'unchanged' : 'written  '} ${path}`);
}
// What was put together to be described may still hold timers.
process.exit(0);
