import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { TemplateView } from '#contracts/rest/templates.js';
import { type ContractServer, startContractServer } from '../testing/contract-server.js';
import { aProblem } from '../testing/problems.js';
import { runCommand } from '../testing/run-command.js';
import { aWorkflow } from '../testing/views.js';

const TEXT = `template: 1
name: greeting
description: Greets somebody.
variables:
  who: { type: string, description: Whom. }
  often: { type: integer, default: 2 }
definition:
  sluice: 1
  name: greet
  stages: { s: { steps: { say: { set: { text: "hello $[[ who ]]", often: "$[[ often ]]" } } } } }
`;
const VIEW: TemplateView = {
  name: 'greeting',
  description: 'Greets \u001b[31msomebody.',
  tags: ['try'],
  variables: { who: { type: 'string', description: 'Whom.' }, often: { type: 'integer', default: 2 } },
  builtIn: true,
  source: TEXT,
};

let folder: string;
let server: ContractServer;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-templates-'));
  await writeFile(join(folder, 'greeting.yaml'), TEXT);
  server = await startContractServer({
    answers: {
      'GET /templates': [VIEW, { ...VIEW, name: 'other', tags: [], builtIn: false, createdBy: 'ada' }],
      'GET /templates/greeting': VIEW,
      'POST /templates': VIEW,
      'DELETE /templates/greeting': undefined,
      'POST /templates/greeting/instantiate': {
        definition: 'sluice: 1\n',
        workflow: aWorkflow({ name: 'greet' }),
      },
    },
  });
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const sluice = (...argv: string[]) => runCommand({ argv, env: { SLUICE_URL: server.url } });
const file = () => join(folder, 'greeting.yaml');

describe('templates', () => {
  it('lists them, those of a tag, and as JSON', async () => {
    const { code, out } = await sluice('templates');
    expect(code).toBe(0);
    expect(out).toContain('greeting  try   built in  Greets somebody.');
    expect(out).toContain('other           ada');
    expect((await sluice('templates', '--tag', 'try')).out).not.toContain('other');
    expect(JSON.parse((await sluice('templates', '--json')).out).items).toHaveLength(2);
  });
});

describe('template', () => {
  it.each(['greeting', 'file'])('shows what %s takes', async (name) => {
    const { code, out } = await sluice('template', 'show', name === 'file' ? file() : name);
    expect(code).toBe(0);
    expect(out).toMatch(/who {7}string {3}required {2}Whom\.\noften {5}integer {2}2/);
  });

  it('instantiates a file without a server, and writes it where that is asked for', async () => {
    const made = await runCommand({
      argv: ['template', 'instantiate', file(), '--set', 'who=Ada', '--set', 'often=3'],
    });
    expect(made).toMatchObject({ code: 0, err: '' });
    expect(made.out).toContain('{ text: hello Ada, often: 3 }');
    const out = join(folder, 'made.yaml');
    expect(await sluice('template', 'instantiate', file(), '--set', 'who=Ada', '--out', out)).toMatchObject({
      code: 0,
      out: `${out} holds the definition\n`,
    });
    expect(await readFile(out, 'utf8')).toContain('often: 2');
  });

  it('says what is wrong with values, and with a template', async () => {
    expect(await sluice('template', 'instantiate', file(), '--set', 'whom=Ada')).toMatchObject({
      code: 2,
      err: expect.stringContaining('Did you mean "who"?'),
    });
    await writeFile(file(), TEXT.replace('$[[ who ]]', '$[[ whom ]]'));
    expect(await sluice('template', 'instantiate', file(), '--set', 'who=Ada')).toMatchObject({
      code: 1,
      err: expect.stringContaining('template-variable-unknown'),
    });
  });

  it('instantiates one of the server, stores the definition, saves and removes templates', async () => {
    expect(await sluice('template', 'instantiate', 'greeting', '--set', 'who=Ada', '--save')).toMatchObject({
      code: 0,
      out: 'workflow greet has version 1\n',
    });
    expect(server.received.at(-1)).toMatchObject({ body: '{"values":{"who":"Ada"},"save":true}' });
    expect(await sluice('template', 'save', file())).toMatchObject({ out: 'template greeting is saved\n' });
    expect(await sluice('template', 'remove', 'greeting')).toMatchObject({
      out: 'template greeting is removed\n',
    });
    server.script.refusals['DELETE /templates/greeting'] = aProblem({
      status: 409,
      code: 'template-built-in',
    });
    expect((await sluice('template', 'remove', 'greeting')).code).toBe(5);
  });

  it('makes one of a definition: says what may vary, then leaves that open', async () => {
    const definition = join(folder, 'shop.yaml');
    await writeFile(
      definition,
      'sluice: 1\nname: shop\nstages: { s: { steps: { a: { wait: 1s, timeout: 5m } } } }\n',
    );
    const said = await runCommand({ argv: ['template', 'create', definition] });
    expect(said.out).toContain('timeout   duration  "5m"    stages.s.steps.a.timeout');
    const made = await runCommand({
      argv: [
        'template',
        'create',
        definition,
        '--variable',
        'limit=stages.s.steps.a.timeout',
        '--name',
        'shops',
      ],
    });
    expect(made.out).toContain('timeout: "$[[ limit ]]"');
    const wrong = await runCommand({
      argv: ['template', 'create', definition, '--variable', 'limit=stages.s'],
    });
    expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('is no value') });
  });
});
