import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isUnsupported, type OrUnsupported, type PlatformClient } from '../platform.js';
import { uuidOf } from '../testing/circleci-shapes.js';
import { DEFINITION, type FakeCircleCi, startFakeCircleCi } from '../testing/fake-circleci.js';
import { connectTo, type TestedConnection } from '../testing/fake-connection.js';
import type { FakeRequest } from '../testing/fake-server.js';
import { circleci } from './circleci.js';

let fake: FakeCircleCi;
let tested: TestedConnection;
let client: PlatformClient;

beforeEach(async () => {
  fake = await startFakeCircleCi();
  tested = connectTo(fake);
  client = circleci.connect(tested.connection);
});

afterEach(async () => {
  await tested.close();
  await fake.close();
});

const start = (more: Partial<Parameters<PlatformClient['trigger']>[0]> = {}) =>
  client.trigger({ ...fake.target, inputs: {}, key: 'key-1', keyInput: 'sluice_key', ...more });

const sent = () => fake.requests.filter((each) => fake.isTrigger(each));
const bodies = () => sent().map(({ body }) => JSON.parse(body) as unknown);
const asks = (end: string) => ({ when: ({ path }: FakeRequest) => path.endsWith(end) });

const require = <T>(answer: OrUnsupported<T>): T => {
  if (isUnsupported(answer)) throw new Error(answer.instead);
  return answer;
};

describe('what a start takes', () => {
  it('is the branch, and parameters with the key among them', async () => {
    await start({ inputs: { dry: true, level: 2 } });
    expect(bodies()).toEqual([{ branch: 'main', parameters: { dry: true, level: 2, sluice_key: 'key-1' } }]);
    expect(sent()[0]!.path).toBe('/api/v2/project/gh%2Facme%2Fapp/pipeline');
  });

  it('is sent once more without the key where the configuration does not declare it', async () => {
    await start({ project: 'gh/acme/plain' });
    expect(bodies()).toEqual([{ branch: 'main', parameters: { sluice_key: 'key-1' } }, { branch: 'main' }]);
    expect(fake.executions.list).toHaveLength(1);
  });

  it('is sent once more without a key that is declared as something else', async () => {
    const json = { message: 'Type error for argument sluice_key: expected type: integer' };
    fake.faults.plan({ kind: 'answer', status: 400, json }, { when: (each) => fake.isTrigger(each) });
    const execution = await start({ inputs: { dry: true } });
    expect(execution).not.toHaveProperty('key');
    expect(bodies().at(-1)).toEqual({ branch: 'main', parameters: { dry: true } });
  });

  it('is refused at once, however long the words of the refusal are', async () => {
    const json = { message: `${'tag '.repeat(200_000)}is gone` };
    fake.faults.plan({ kind: 'answer', status: 400, json }, { when: (each) => fake.isTrigger(each) });
    await expect(start({})).rejects.toMatchObject({ code: 'platform-refused' });
    expect(sent()).toHaveLength(1);
  });

  it('goes to a pipeline definition that is named, by its id or its name', async () => {
    const execution = await start({ pipeline: DEFINITION });
    const at = { branch: 'main' };
    const body = { definition_id: DEFINITION, config: at, checkout: at, parameters: { sluice_key: 'key-1' } };
    expect(bodies()).toEqual([body]);
    expect(sent()[0]!.path).toBe('/api/v2/project/gh/acme/app/pipeline/run');
    expect(execution.reference.pipeline).toBe(DEFINITION);
    await start({ pipeline: 'usual', ref: 'next' });
    expect(bodies().at(-1)).toMatchObject({ definition_id: DEFINITION, config: { branch: 'next' } });
  });

  it('knows no definition of another name, nor which of several is meant', async () => {
    const refused = { code: 'platform-not-found', message: expect.stringContaining(`usual (${DEFINITION})`) };
    await expect(start({ pipeline: 'deploy' })).rejects.toMatchObject(refused);
    fake.manner.definitions = [...fake.manner.definitions, { id: uuidOf('other', 78), name: 'usual' }];
    await expect(start({ pipeline: 'usual' })).rejects.toMatchObject(refused);
    expect(sent()).toEqual([]);
  });

  it('may be a tag, said or not', async () => {
    await start({ ref: 'refs/tags/v1' });
    await start({ ref: 'v1', key: 'key-2' });
    await start({ ref: 'refs/heads/next', key: 'key-3' });
    expect(bodies()).toMatchObject([{ tag: 'v1' }, { branch: 'v1' }, { tag: 'v1' }, { branch: 'next' }]);
    expect(fake.executions.list).toHaveLength(3);
  });

  it('says what is not declared, or of another type', async () => {
    await expect(start({ inputs: { colour: 'red' } })).rejects.toMatchObject({
      code: 'pipeline-inputs-refused',
      message: expect.stringMatching(/colour is not declared\.$/),
    });
    await expect(start({ inputs: { dry: 'x' } })).rejects.toMatchObject({
      code: 'pipeline-inputs-refused',
      message: expect.stringContaining('expected type: boolean'),
    });
    expect(sent()).toHaveLength(2);
  });

  it('is told when nothing was started, though the status is one of success', async () => {
    const json = { message: 'No pipeline was triggered: filtered' };
    fake.faults.plan({ kind: 'answer', status: 200, json });
    await expect(start({ pipeline: DEFINITION })).rejects.toMatchObject({
      code: 'pipeline-not-started',
      message: expect.stringContaining('filtered'),
    });
  });

  it('names its parameters, as the latest pipeline of the branch had them', async () => {
    const inputs = require(await client.inputs(fake.target));
    expect(inputs.map(({ name, type, required, choices }) => [name, type, required, choices])).toEqual([
      ['sluice_key', 'text', false, undefined],
      ['environment', 'choice', false, ['staging', 'production']],
      ['dry', 'boolean', false, undefined],
      ['level', 'number', false, undefined],
    ]);
    fake.faults.plan({ kind: 'answer', status: 200, json: { items: [], next_page_token: null } });
    expect(await client.inputs(fake.target)).toMatchObject({ unsupported: 'inputs' });
  });
});

describe('what was started is found again', () => {
  const find = (more: Partial<Parameters<PlatformClient['find']>[0]> = {}) =>
    client.find({ ...fake.target, key: 'key-1', keyInput: 'sluice_key', since: Date.now() - 1_000, ...more });

  it('whatever name of its project it is asked by', async () => {
    const { reference } = await start({ project: 'github/acme/app' });
    expect(reference.project).toBe('gh/acme/app');
    expect(await find({ project: 'github/acme/app' })).toMatchObject({
      outcome: 'found',
      execution: { reference, key: 'key-1' },
    });
  });

  it('and not what a push started, or somebody without a key', async () => {
    fake.executions.start({ pipeline: '', ref: 'main', inputs: {}, trigger: 'push' });
    fake.executions.start({ pipeline: '', ref: 'main', inputs: {} });
    expect(await find()).toEqual({ outcome: 'absent' });
  });

  it('and is uncertain where values are not shown', async () => {
    await start();
    fake.faults.plan({ kind: 'answer', status: 404, json: {} }, asks('/values'));
    expect(await find()).toMatchObject({ outcome: 'uncertain', candidates: [{}] });
  });

  const listed = (at: object, created_at: string) => ({
    id: uuidOf('pipeline', 9),
    number: 9,
    project_slug: 'gh/acme/app',
    state: 'created',
    trigger: { type: 'api' },
    vcs: at,
    created_at,
  });

  it.each([
    ['a tag of that name', { tag: 'v1' }, 'v1', 'uncertain'],
    ['another tag', { tag: 'v2' }, 'v1', 'absent'],
    ['a branch where a tag is meant', { branch: 'v1' }, 'refs/tags/v1', 'absent'],
    ['the tag that is meant', { tag: 'v1' }, 'refs/tags/v1', 'uncertain'],
    ['a place that is not told', undefined, 'v1', 'uncertain'],
  ])('or may be, at %s', async (_what, at, ref, outcome) => {
    const items = [listed(at as object, new Date().toISOString())];
    fake.faults.plan({ kind: 'answer', status: 200, json: { items } }, asks('/pipeline'));
    fake.faults.plan({ kind: 'answer', status: 200, json: {} }, asks('/values'));
    expect((await find({ ref })).outcome).toBe(outcome);
  });

  it('and not among those of long before', async () => {
    const items = [listed({ branch: 'main' }, '2001-01-01T00:00:00Z')];
    fake.faults.plan({ kind: 'answer', status: 200, json: { items, next_page_token: 'more' } });
    expect(await find()).toEqual({ outcome: 'absent' });
    expect(fake.requests).toHaveLength(1);
  });

  it('and not by a start of another definition', async () => {
    const { reference } = await start({ pipeline: DEFINITION });
    const json = { 'pipeline.definition.id': DEFINITION };
    fake.faults.plan({ kind: 'answer', status: 200, json }, { ...asks('/values'), times: 2 });
    expect(await find({ pipeline: uuidOf('other', 78) })).toEqual({ outcome: 'absent' });
    expect(await find({ pipeline: DEFINITION })).toMatchObject({
      outcome: 'uncertain',
      candidates: [{ reference }],
    });
  });
});
