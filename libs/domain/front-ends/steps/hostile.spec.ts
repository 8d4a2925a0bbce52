import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ACTIONS } from '../../../contracts/catalogue/catalogue.js';
import { type Imported, importText } from '../import-text.js';

const FOLDER = new URL('../../../../test/corpora/steps/', import.meta.url);
const DOCUMENTS = readdirSync(FOLDER)
  .filter((name) => /\.(yaml|json)$/.test(name))
  .map((name) => readFileSync(new URL(name, FOLDER)));

function importAll(content: Uint8Array): readonly Imported[] {
  const imported = importText({ path: 'x.yaml', content }, ACTIONS);
  for (const { text, findings, notes } of imported) {
    for (const { line, column, message, hint } of findings) {
      expect([line >= 1, column >= 1, message !== '', hint !== '']).toEqual([true, true, true, true]);
    }
    for (const { line, column } of notes) expect([line >= 1, column >= 1]).toEqual([true, true]);
    expect(text === undefined).toBe(findings.some(({ severity }) => severity === 'error'));
  }
  expect(imported.length).toBeGreaterThan(0);
  return imported;
}

const bytes = (text: string) => new TextEncoder().encode(text);

describe('whatever the text', () => {
  it('is answered when bytes of a document are replaced', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...DOCUMENTS),
        fc.array(fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }) }), { maxLength: 8 }),
        (document, edits) => {
          const changed = Uint8Array.from(document);
          for (const { at, byte } of edits) changed[at % changed.length] = byte;
          importAll(changed);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is answered when lines are left out, doubled and moved', () => {
    fc.assert(
      fc.property(fc.constantFrom(...DOCUMENTS), fc.array(fc.nat(), { maxLength: 12 }), (document, picks) => {
        const lines = document.toString().split('\n');
        for (const pick of picks) {
          const at = pick % lines.length;
          if (pick % 3 === 0) lines.splice(at, 1);
          else lines.splice((pick * 7) % (lines.length + 1), 0, lines[at] ?? '');
        }
        importAll(bytes(lines.join('\n')));
      }),
      { numRuns: 300 },
    );
  });

  it('is answered when steps hold any values under the keys that are known', () => {
    const key = fc.constantFrom(
      ...'id name type command url condition dependencies onSuccess onFailure retryPolicy timeout config steps items branches then else cases forEach env headers body rollback variables until event approvers parallelGroup expectedStatus auth'.split(
        ' ',
      ),
    );
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.constantFrom(
        'a',
        'b',
        'always',
        'command',
        'parallel',
        'loop',
        '{{a.output}}',
        '${x} == 1 && !y',
        '{{',
        '${',
        '0',
        1e9,
        -1,
      ),
    );
    const step = fc.dictionary(key, value, { maxKeys: 8 });
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 5 }),
        fc.dictionary(
          fc.constantFrom(
            'variables',
            'errorHandling',
            'parallelGroups',
            'finally',
            'output',
            'notifications',
            'timeout',
            'mode',
          ),
          value,
        ),
        (steps, rest) => {
          importAll(bytes(JSON.stringify({ name: 'x', steps, ...rest })));
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    ['UTF-16', Uint8Array.from([0xff, 0xfe, 0x61, 0x00]), 'encoding-unsupported'],
    ['Latin-1', Uint8Array.from([0x6e, 0x61, 0x6d, 0x65, 0x3a, 0x20, 0xe9]), 'encoding-unsupported'],
    ['an image', Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x00, 0x01]), 'encoding-unsupported'],
    ['nothing', new Uint8Array(), 'format-unknown'],
    ['a list of texts', bytes('- a\n- b\n'), 'format-unknown'],
    ['more than 1 MiB', bytes(`steps: [{ command: "${'x'.repeat(1024 * 1024)}" }]`), 'text-too-large'],
    [
      'too much by aliases',
      bytes(`a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [${'*a,'.repeat(50)}*a]\nsteps: [${'*b,'.repeat(50)}*b]\n`),
      'alias-expansion',
    ],
    [
      'steps in steps without end',
      bytes(`steps: ${'[{type: sequence, steps: '.repeat(60)}[{command: a}]${'}]'.repeat(60)}`),
      'nesting-too-deep',
    ],
    [
      'GitHub Actions',
      bytes('on: push\njobs: { a: { runs-on: x, steps: [{ run: make }] } }\n'),
      'format-unknown',
    ],
    ['Argo', bytes('apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nspec: {}\n'), 'format-unknown'],
    ['docker-compose', bytes('services: { a: { image: x } }\n'), 'format-unknown'],
    ['Serverless Workflow 0.8', bytes('id: x\nspecVersion: "0.8"\nstart: a\nstates: []\n'), 'format-unknown'],
  ])('%s is refused with its code', (_, content, code) => {
    expect(importAll(content)[0]!.findings.map((finding) => finding.code)).toContain(code);
  });

  it.each(['{{', '${', '${{', '<%=', "{{'"])('gives up a text of many %s that nothing closes', (open) => {
    const [imported] = importAll(
      bytes(JSON.stringify({ name: 'x', steps: [{ command: open.repeat(150_000) }] })),
    );
    expect(imported!.findings.map(({ code }) => code)).toEqual(['steps-expression-unknown']);
  });

  it('takes a mark of UTF-8 at its beginning', () => {
    const marked = Uint8Array.from([0xef, 0xbb, 0xbf, ...bytes('name: x\nsteps: [{ command: make }]\n')]);
    expect(importAll(marked)[0]!.text).toContain('name: x');
  });

  it('takes several workflows of one file', () => {
    const text = 'workflows:\n  - { name: a, steps: [{ command: a }] }\n  - { steps: [{ command: b }] }\n';
    expect(importAll(bytes(text)).map(({ name }) => name)).toEqual(['a', 'x-2']);
  });

  it('grows with the text, not with its square', () => {
    const steps = Array.from({ length: 5_000 }, (_, n) => ({
      id: `s${n}`,
      command: 'a',
      ...(n > 0 ? { dependencies: [`s${n - 1}`] } : {}),
      onFailure: 'undo',
    }));
    const imported = importAll(
      bytes(JSON.stringify({ name: 'many', steps: [...steps, { id: 'undo', command: 'u' }] })),
    );
    expect(imported[0]!.findings.map(({ code }) => code)).toEqual(['expression-too-long']);
  });
});
