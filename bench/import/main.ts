import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import { importText } from '#domain/front-ends/import-text.js';
import { printRows } from '../report.js';
import { median } from '../statistics.js';

/*
 * A thousand lists of steps taken over: read, translated, checked, compiled and written in our own language. They are
 * those of test/corpora/steps, in turn, each by a name of its own.
 */
const DOCUMENTS = 1_000;
const ROUNDS = 3;

const FOLDER = join(
  import.meta.dirname,
  import.meta.filename.endsWith('.ts') ? '../..' : '../../..',
  'test/corpora/steps',
);

const sources = readdirSync(FOLDER)
  .filter((name) => /\.(yaml|json)$/.test(name))
  .map((name) => readFileSync(join(FOLDER, name), 'utf8'));

const documents = Array.from({ length: DOCUMENTS }, (_, index) => ({
  path: `document-${index}.yaml`,
  content: new TextEncoder().encode(sources[index % sources.length]),
}));

function measure(): { readonly seconds: number; readonly taken: number } {
  const began = performance.now();
  const taken = documents
    .flatMap((document) => importText(document, ACTIONS))
    .filter(({ text }) => text !== undefined).length;
  return { seconds: (performance.now() - began) / 1_000, taken };
}

measure();
const rounds = Array.from({ length: ROUNDS }, measure);
const seconds = median(rounds.map((round) => round.seconds));
printRows('import', [
  {
    figure: `${DOCUMENTS.toLocaleString('en')} lists of steps, of which ${rounds[0]!.taken} can be taken over (s)`,
    value: seconds.toFixed(2),
    aim: '< 10',
    reference: `${((seconds * 1_000) / DOCUMENTS).toFixed(2)} ms each`,
    ratio: '',
  },
]);
