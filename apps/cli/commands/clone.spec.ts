import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type ContractServer, startContractServer } from '../testing/contract-server.js';
import { runCommand } from '../testing/run-command.js';
import { aWorkflow } from '../testing/views.js';

const SOURCE = `# A shop.
sluice: 1
name: shop # its name
stages: { s: { steps: { a: { wait: 1s } } } }
`;

let server: ContractServer;

beforeEach(async () => {
  server = await startContractServer({
    workflow: aWorkflow({ name: 'market' }),
    answers: { 'GET /workflows/shop/versions': { items: [{ version: 3, source: SOURCE, format: 'yaml' }] } },
  });
});
afterEach(() => server.close());

const sluice = (...argv: string[]) => runCommand({ argv, env: { SLUICE_URL: server.url } });

it('prints the definition under another name, comments kept', async () => {
  const { code, out } = await sluice('clone', 'shop', 'market');
  expect({ code, out }).toEqual({ code: 0, out: SOURCE.replace('name: shop', 'name: market') });
});

it('stores it where that is asked for', async () => {
  expect(await sluice('clone', 'shop', 'market', '--save')).toMatchObject({
    code: 0,
    out: 'workflow market has version 1\n',
  });
  expect(server.received.at(-1)).toMatchObject({
    route: 'POST /workflows',
    body: expect.stringContaining('name: market'),
  });
});

it('refuses a name that is none, and what is written in another language', async () => {
  expect(await sluice('clone', 'shop', 'My Market')).toMatchObject({
    code: 2,
    err: expect.stringContaining('cannot be the name of a definition'),
  });
  server.script.answers['GET /workflows/shop/versions'] = {
    items: [{ version: 1, source: 'document: {}\n' }],
  };
  expect((await sluice('clone', 'shop', 'market')).code).toBe(2);
});
