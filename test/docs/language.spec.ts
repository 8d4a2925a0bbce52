import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { MAX_ATTEMPTS, ON_FAILURE, RETRY_KEYS } from '#domain/definition/common-keys.js';
import { CONCURRENCY_KEYS, POLICIES } from '#domain/definition/concurrency.js';
import type { StepKind } from '#domain/definition/definition.js';
import { STEP_KINDS } from '#domain/definition/kinds/table.js';
import { DEFAULTS_KEYS } from '#domain/definition/read.js';
import { KIND_SCHEMAS } from '#domain/definition/schema/kinds/table.js';
import { MAX_SECRETS, SECRET_FORMS, SECRET_KEYS } from '#domain/definition/secrets.js';
import { COMPENSATION_KEYS, MAX_LOCKS, RESOURCE_KEYS } from '#domain/definition/step-keys.js';
import { MAX_INBOX } from '#domain/execution/inbox.js';
import type { Json } from '#domain/json.js';
import { codesIn, findBlocks, findTables, proseOf, ROOT, readDocument, sectionOf } from './markdown.js';

const text = proseOf(readDocument('docs/language.md'));

/** The section that tells of a kind, beside the list under "Kinds of steps". */
const SECTIONS: { readonly [K in StepKind]: string | undefined } = {
  uses: undefined,
  set: undefined,
  wait: undefined,
  waitFor: '### Events',
  emit: '### Events',
  approval: '### Approval',
  raise: undefined,
  switch: undefined,
  parallel: undefined,
  forEach: '### Matrix',
  loop: '### Loop',
  try: '### Try',
  workflow: '### Workflow',
};

const [intro = ''] = sectionOf(text, '## Kinds of steps').split('\n### ');
const items = intro.split(/\n\n|\n(?=- )/).filter((item) => item.startsWith('- '));

/** All that is told of a kind. */
function proseAbout(kind: StepKind): string {
  const heading = SECTIONS[kind];
  return [
    ...items.filter((item) => codesIn(item).includes(kind)),
    heading === undefined ? '' : sectionOf(text, heading),
  ].join('\n');
}

/** The words in backticks. */
function wordsIn(prose: string): Set<string> {
  return new Set(codesIn(prose).flatMap((code) => code.match(/[A-Za-z]+/g) ?? []));
}

interface Member {
  readonly key: string;
  readonly schema: Readonly<Record<string, Json>>;
}

/** Every key that is written out in the schema, at any depth. */
function membersOf(schema: Json | undefined): Member[] {
  if (typeof schema !== 'object' || schema === null) return [];
  if (Array.isArray(schema)) return schema.flatMap((each: Json) => membersOf(each));
  const { properties = {}, items: inner, anyOf, additionalProperties } = schema as Record<string, Json>;
  const own = Object.entries(properties as Record<string, Json>).flatMap(([key, value]) => [
    { key, schema: value as Member['schema'] },
    ...membersOf(value),
  ]);
  return [...own, ...[inner, anyOf, additionalProperties].flatMap(membersOf)];
}

describe.each(STEP_KINDS)('docs/language.md about %s', (kind) => {
  const prose = proseAbout(kind);
  const { value, beside = {} } = KIND_SCHEMAS[kind];
  const members = [...membersOf(value), ...membersOf({ properties: beside })];

  it('has every key', () => {
    const told = wordsIn(prose);
    expect(told.has(kind)).toBe(true);
    expect(members.map(({ key }) => key).filter((key) => !told.has(key))).toEqual([]);
  });

  it('has every default, choice and upper limit of a key', () => {
    const untold = members.flatMap(({ key, schema }) =>
      [schema['default'], ...((schema['enum'] as Json[] | undefined) ?? []), limitOf(schema)]
        .filter((each) => each !== undefined && !tells(prose, each))
        .map((each) => [key, each]),
    );
    expect(untold).toEqual([]);
  });
});

/** One that only keeps numbers sane is not told. */
function limitOf({ maximum, maxItems }: Member['schema']): Json | undefined {
  return typeof maximum === 'number' && maximum >= 1_000_000_000 ? undefined : (maximum ?? maxItems);
}

function tells(prose: string, value: Json): boolean {
  if (typeof value !== 'number') return prose.includes(`\`${value}\``);
  return new RegExp(`(?<![\\d,])${value.toLocaleString('en-US')}(?!,?\\d)`).test(prose);
}

describe('README.md', () => {
  it('names every kind of step', () => {
    const told = wordsIn(sectionOf(proseOf(readDocument('README.md')), '## What a definition can say'));
    expect(STEP_KINDS.filter((kind) => !told.has(kind))).toEqual([]);
  });
});

describe('docs/language.md about editors', () => {
  const blocks = findBlocks(readDocument('docs/language.md')).map((block) => block.text);

  it('shows the line with which every example begins, and that leads to the schema', () => {
    const line = blocks.find((block) => block.startsWith('# yaml-language-server:'))!;
    const folder = join(ROOT, 'examples');
    for (const name of readdirSync(folder).filter((each) => each.endsWith('.yaml'))) {
      const own = name.endsWith('.test.yaml') ? line.replace('definition.schema', 'tests.schema') : line;
      expect([name, readFileSync(join(folder, name), 'utf8').split('\n')[0]]).toEqual([name, own]);
    }
    expect(existsSync(join(folder, line.replace(/^.*\$schema=/, '')))).toBe(true);
  });

  it('shows settings that are JSON, with an address of the API', () => {
    const settings = blocks.find((block) => block.includes('yaml.schemas'))!;
    const [address] = Object.keys(JSON.parse(settings)['yaml.schemas']);
    const requests = findTables(sectionOf(readDocument('docs/operations.md'), '## The API')).flat();
    expect(requests.map(([request]) => request)).toContain(`\`GET ${new URL(address!).pathname}\``);
  });
});

describe('docs/language.md about what many steps share', () => {
  it.each<[string, readonly string[]]>([
    ['## A definition', DEFAULTS_KEYS],
    ['## Stages and steps', [...RETRY_KEYS, ...ON_FAILURE]],
    ['## Concurrency', [...CONCURRENCY_KEYS, ...POLICIES]],
    ['## Compensation', COMPENSATION_KEYS],
    ['## Locks and resources', RESOURCE_KEYS],
    ['## Secrets', [...SECRET_KEYS, ...SECRET_FORMS]],
  ])('%s has all its keys', (heading, keys) => {
    const told = wordsIn(sectionOf(text, heading));
    expect(keys.filter((key) => !told.has(key))).toEqual([]);
  });

  it('has what a failure may mean, each in its row', () => {
    const [, , table] = findTables(sectionOf(text, '## Stages and steps'));
    expect(table!.flatMap(([cell]) => codesIn(cell!))).toEqual([...ON_FAILURE]);
  });

  it.each([
    ['## Stages and steps', MAX_ATTEMPTS],
    ['## Stages and steps', MAX_LOCKS],
    ['## Secrets', MAX_SECRETS],
    ['### Events', MAX_INBOX],
  ])('%s has the limit %d', (heading, limit) => {
    expect(tells(sectionOf(text, heading), limit)).toBe(true);
  });
});
