import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import { readWorkflow } from '#domain/front-ends/read-workflow.js';
import { FINDING_CODES } from '#domain/validation/codes.js';
import { readDocument } from '../docs/markdown.js';

const DATA = join(process.env['SLUICE_TEST_DATA'] ?? '../shared/data', 'open-workflow-spec');

/** Examples of the standard that use what is not supported, by the finding that says so; all others compile. */
const REFUSED: Readonly<Record<string, readonly string[]>> = {
  'open-workflow-authentication': [
    'authentication-oauth2-secret',
    'authentication-oauth2',
    'authentication-oidc-secret',
    'authentication-oidc',
  ],
  'open-workflow-call': [
    'call-asyncapi-publish',
    'call-asyncapi-subscribe-consume-amount',
    'call-asyncapi-subscribe-consume-forever-foreach',
    'call-asyncapi-subscribe-consume-until',
    'call-asyncapi-subscribe-consume-while',
    'call-grpc',
    'call-mcp',
  ],
  'open-workflow-catalog': ['call-custom-function-cataloged'],
  'open-workflow-container': [
    'run-container-cleanup-always',
    'run-container-cleanup-eventually',
    'run-container-stdin-and-arguments',
    'run-container-with-name',
    'run-container-with-pull-policy',
    'run-container',
    'run-return-all',
    'run-return-code',
    'run-return-none',
    'run-return-stderr',
  ],
  'open-workflow-extension': ['mock-service-extension'],
  'open-workflow-schedule': ['schedule-cron', 'schedule-event-driven', 'set-expression', 'set'],
};

const describeData = existsSync(DATA) ? describe : describe.skip;

const filesOf = (folder: string) =>
  existsSync(DATA) ? readdirSync(join(DATA, folder)).filter((name) => name.endsWith('.yaml')) : [];

const read = (folder: string, name: string) =>
  readWorkflow(readFileSync(join(DATA, folder, name), 'utf8'), ACTIONS);

describeData('examples of the Open Workflow Specification', () => {
  it.each(filesOf('examples').map((name) => [name]))(
    '%s fits the standard, and compiles or is refused for what it uses',
    (name) => {
      const { findings, workflow } = read('examples', name);
      const expected = Object.keys(REFUSED).find((code) =>
        REFUSED[code]!.includes(name.replace('.yaml', '')),
      );
      expect([...new Set(findings.map(({ code }) => code))]).toEqual(
        expected === undefined ? [] : [expected],
      );
      if (expected === undefined) expect(workflow!.compile(() => 1).digest).toMatch(/^sha256:/);
    },
  );

  it('names no example that is gone', () => {
    const names = filesOf('examples').map((name) => name.replace('.yaml', ''));
    expect(
      Object.values(REFUSED)
        .flat()
        .filter((name) => !names.includes(name)),
    ).toEqual([]);
  });

  it.each(filesOf('invalid').map((name) => [name]))('%s is refused', (name) => {
    const { findings, workflow } = read('invalid', name);
    expect(workflow).toBeUndefined();
    expect(findings.map(({ code }) => code)).toContain('open-workflow-invalid');
  });
});

describe('docs/open-workflow.md', () => {
  it('names every finding about what is not taken over, and no other', () => {
    const named = readDocument('docs/open-workflow.md').match(/\bopen-workflow-[a-z]+(?=`)/g) ?? [];
    const known = Object.keys(FINDING_CODES).filter((code) => code.startsWith('open-workflow-'));
    expect([...new Set(named)].sort()).toEqual(known.sort());
  });
});
