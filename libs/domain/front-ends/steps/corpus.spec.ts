import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ACTIONS } from '../../../contracts/catalogue/catalogue.js';
import { compile } from '../../plan/compile.js';
import { readDefinition } from '../../validation/validate.js';
import { importText } from '../import-text.js';
import { readWorkflow } from '../read-workflow.js';

const FOLDER = new URL('../../../../test/corpora/steps/', import.meta.url);
const EXPECTED = new URL('expected/', FOLDER);

const FILES = readdirSync(FOLDER).filter((name) => /\.(yaml|json)$/.test(name));

/** `SLUICE_RECORD_CORPUS=1` writes down what comes out, to be read before it is kept. */
const RECORDS = process.env['SLUICE_RECORD_CORPUS'] === '1';

describe('documents of many spellings', () => {
  it('are many', () => {
    expect(FILES.length).toBeGreaterThanOrEqual(40);
  });

  it.each(FILES)('%s comes to what is expected', (name) => {
    const content = readFileSync(new URL(name, FOLDER));
    const [imported, ...others] = importText({ path: name, content }, ACTIONS);
    expect(others).toEqual([]);
    const { text, findings, notes, format } = imported!;
    expect(format).toBe('steps');
    const lines = [
      ...(text === undefined ? [] : [text.trimEnd()]),
      ...findings.map((each) => `# ${each.line}:${each.column} ${each.code} ${each.path}: ${each.message}`),
      ...notes.map((each) => `# ${each.line} ${each.kind} ${each.path}: ${each.message}`),
    ];
    const expected = new URL(`${name.replace(/\.\w+$/, '')}.txt`, EXPECTED);
    if (RECORDS) {
      mkdirSync(EXPECTED, { recursive: true });
      writeFileSync(expected, `${lines.join('\n')}\n`);
    }
    expect(`${lines.join('\n')}\n`).toBe(readFileSync(expected, 'utf8'));
  });

  it.each(FILES)('%s means the same when it is run as it stands', (name) => {
    const source = readFileSync(new URL(name, FOLDER));
    const [imported] = importText({ path: name, content: source }, ACTIONS);
    if (imported?.text === undefined) return;
    const { definition, findings } = readDefinition(imported.text, ACTIONS);
    expect(findings).toEqual([]);
    const native = readWorkflow(source.toString(), ACTIONS).workflow;
    // A document without a name gets that of its file, which nobody knows here.
    if (native === undefined) return;
    expect(compile(definition!, ACTIONS, () => 1).digest).toBe(native.compile(() => 1).digest);
  });
});
