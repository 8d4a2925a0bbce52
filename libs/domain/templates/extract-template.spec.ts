import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import { parse } from '../definition/parse.js';
import { toJson } from '../definition/tree.js';
import { extractTemplate } from './extract-template.js';
import { instantiate } from './instantiate.js';
import { proposeVariables } from './propose-variables.js';
import { readTemplate } from './read-template.js';

const EXAMPLES = new URL('../../../examples/', import.meta.url);
const FILES = readdirSync(EXAMPLES).filter((name) => /^[\w-]+\.yaml$/.test(name));

const DEFINITION = `# What it is for.
sluice: 1
name: shop
stages:
  build:
    steps:
      fetch:
        uses: git/checkout
        with: { repository: "https://git.example.com/shop.git", ref: main }
        timeout: 5m # enough
        retry: { attempts: 3 }
      say:
        uses: log/write
        with: { message: "$[[ literal ]]" }
        if: steps.fetch.status == "succeeded"
      again:
        uses: git/checkout
        with: { repository: "https://git.example.com/shop.git", directory: other }
`;

describe('proposeVariables', () => {
  it('proposes what varies: name, addresses, durations, counts, and what is repeated', () => {
    expect(proposeVariables(parse(DEFINITION).tree!)).toEqual([
      { name: 'name', paths: ['name'], value: 'shop', because: 'name' },
      {
        name: 'repository',
        paths: ['stages.build.steps.fetch.with.repository', 'stages.build.steps.again.with.repository'],
        value: 'https://git.example.com/shop.git',
        because: 'address',
      },
      { name: 'ref', paths: ['stages.build.steps.fetch.with.ref'], value: 'main', because: 'address' },
      { name: 'timeout', paths: ['stages.build.steps.fetch.timeout'], value: '5m', because: 'duration' },
      { name: 'attempts', paths: ['stages.build.steps.fetch.retry.attempts'], value: 3, because: 'count' },
    ]);
  });
});

describe('extractTemplate', () => {
  it.each(FILES)('of %s, with all that is proposed, makes what it was made of', (file) => {
    const definition = readFileSync(new URL(file, EXAMPLES), 'utf8');
    const choices = proposeVariables(parse(definition).tree!);
    expect(choices.length).toBeGreaterThan(0);
    const extracted = extractTemplate(definition, { name: 'made', choices });
    if (!extracted.ok) throw new Error(JSON.stringify(extracted.errors));
    const { template, findings } = readTemplate(extracted.text);
    expect(findings).toEqual([]);
    expect(Object.keys(template!.variables)).toEqual(choices.map(({ name }) => name));
    const made = instantiate(template!, {}, ACTIONS);
    if (!made.ok) throw new Error(JSON.stringify(made, null, 2));
    expect(toJson(parse(made.text).tree!.root)).toEqual(toJson(parse(definition).tree!.root));
  });

  it('keeps comments, and characters that mean something in templates', () => {
    const extracted = extractTemplate(DEFINITION, {
      name: 'made',
      description: 'Made of the shop.',
      choices: [{ name: 'limit', paths: ['stages.build.steps.fetch.timeout'] }],
    });
    const { text } = extracted as { text: string };
    expect(text).toContain('# What it is for.');
    expect(text).toContain('timeout: "$[[ limit ]]" # enough');
    expect(text).toContain('"$$[[ literal ]]"');
    const made = instantiate(readTemplate(text).template!, { limit: '1h' }, ACTIONS);
    expect(made).toMatchObject({ ok: true, text: expect.stringContaining('timeout: 1h') });
    expect((made as { text: string }).text).toContain('message: "$[[ literal ]]"');
  });

  it.each([
    ['a path that is none', ['stages.build.steps.fetch.timeot'], 'Did you mean'],
    ['a condition', ['stages.build.steps.say.if'], 'is no value'],
    ['a map', ['stages'], 'is no value'],
    ['nothing', [], 'stands nowhere'],
    ['different values', ['name', 'stages.build.steps.fetch.timeout'], 'not the same value'],
    ['the same twice', ['name', 'name'], 'chosen twice'],
  ])('refuses %s', (_, paths, words) => {
    const extracted = extractTemplate(DEFINITION, { name: 'made', choices: [{ name: 'v', paths }] });
    expect(extracted.ok).toBe(false);
    const { errors } = extracted as { errors: readonly { message: string }[] };
    expect(errors.map(({ message }) => message).join()).toContain(words);
  });

  it.each(['My Shop', '', 'a_b', '-a'])('refuses the name %j', (name) => {
    const extracted = extractTemplate(DEFINITION, { name, choices: [] });
    expect(extracted).toMatchObject({ ok: false, errors: [{ path: 'name' }] });
  });

  it('refuses a value that stands behind an alias', () => {
    const aliased = DEFINITION.replace('retry: { attempts: 3 }', 'retry: &again { attempts: 3 }').replace(
      'directory: other }',
      'directory: other }\n        retry: *again',
    );
    const paths = ['stages.build.steps.again.retry.attempts'];
    const extracted = extractTemplate(aliased, { name: 'made', choices: [{ name: 'v', paths }] });
    expect(extracted).toMatchObject({
      ok: false,
      errors: [{ path: paths[0], message: expect.stringContaining('alias') }],
    });
  });
});

it('names that are taken get the name of the step', () => {
  const steps = ['a', 'b', 'c'].map(
    (stage) =>
      `  ${stage}:\n    steps:\n      ${stage}1: { parallel: { branches: { x: { steps: { same-${stage}: { wait: 1s, timeout: ${stage.charCodeAt(0)}m } } } } } }\n`,
  );
  const { tree } = parse(`sluice: 1\nname: shop\nstages:\n${steps.join('')}`);
  const names = proposeVariables(tree!).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toEqual(expect.arrayContaining(['timeout', 'same_b_timeout']));
});

it('names that are taken even so get numbers', () => {
  const steps = ['first', 'a-b', 'a_b', 'a--b', 'a_-b'].map(
    (id, index) => `${id}: { wait: 1s, timeout: ${index + 1}m }`,
  );
  const { tree } = parse(`sluice: 1\nname: shop\nstages: { s: { steps: { ${steps.join(', ')} } } }\n`);
  const names = proposeVariables(tree!).map(({ name }) => name);
  expect(names).toEqual(['name', 'timeout', 'a_b_timeout', 'timeout_2', 'a__b_timeout', 'timeout_3']);
});
