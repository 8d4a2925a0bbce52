import { expect, it } from '@jest/globals';
import type { ContractBench } from './contract-bench.js';

/** What can be started, and that it is started once. */
export function describeDiscovery(bench: ContractBench): void {
  it('is well, and says to whom it answers', async () => {
    const health = await bench.client.health();
    expect(health).toMatchObject({ missing: [] });
  });

  it('finds projects, pipelines and branches, by a part of the name in any case', async () => {
    const { client, fake } = bench;
    const { project, pipeline, ref } = fake.target;
    const searches = [
      ['projects', project, (text: string) => client.projects({ text })],
      ['pipelines', pipeline, (text: string) => client.pipelines(project, { text })],
      ['branches', ref, (text: string) => client.branches(project, { text })],
    ] as const;
    for (const [capability, name, search] of searches) {
      const found = await bench.answerOf(capability, search(name.toUpperCase()));
      if (found === undefined) continue;
      expect(found.items.map((item) => item.name)).toContain(name);
      const none = await bench.answerOf(capability, search('nothing is called so'));
      expect(none?.items).toEqual([]);
    }
  });

  it('says what a pipeline takes', async () => {
    const inputs = await bench.answerOf('inputs', bench.client.inputs(bench.fake.target));
    if (inputs === undefined) return;
    const names = inputs.map(({ name }) => name);
    for (const name of Object.keys(bench.fake.inputs)) expect(names).toContain(name);
  });

  it('has no project of another name, whatever is in it', async () => {
    for (const project of ['acme/nothing', '../../user', 'a/../..', '', '%2e%2e/x', 'a'.repeat(5_000)]) {
      const error = await bench.refusalOf(bench.client.trigger({ ...bench.requestFor('k'), project }));
      expect([project.slice(0, 20), error.code]).toEqual([project.slice(0, 20), 'platform-not-found']);
    }
    expect(bench.fake.executions.list).toEqual([]);
  });
}

export function describeStart(bench: ContractBench): void {
  it('starts a pipeline once, with its inputs and the key', async () => {
    const { client, fake } = bench;
    const execution = await client.trigger(bench.requestFor('key-of-one-start'));
    expect(fake.executions.list).toHaveLength(1);
    expect(fake.executions.startedByKey('key-of-one-start')).toBe(1);
    expect(execution).toMatchObject({
      key: 'key-of-one-start',
      attempt: 1,
      reference: { project: fake.target.project, pipeline: fake.target.pipeline },
    });
    expect(['queued', 'running']).toContain(execution.state);
    const [{ inputs, ref } = { inputs: {}, ref: '' }] = fake.executions.list;
    expect(ref).toBe(fake.target.ref);
    const asText = (values: object) => Object.entries(values).map(([name, value]) => [name, String(value)]);
    expect(asText(inputs)).toEqual(expect.arrayContaining(asText(fake.inputs)));
  });

  it('leaves the key out where the pipeline does not take it', async () => {
    const { client, fake } = bench;
    if (fake.unkeyed === undefined) return;
    const execution = await client.trigger(bench.requestFor('left-out', fake.unkeyed));
    expect([fake.executions.list.length, fake.executions.startedByKey('left-out')]).toEqual([1, 0]);
    expect(execution).not.toHaveProperty('key');
  });

  it('sends nothing that the pipeline does not take', async () => {
    const { client, fake } = bench;
    for (const [inputs, words] of fake.wrongInputs ?? []) {
      const request = { ...bench.requestFor('k'), inputs: { ...fake.inputs, ...inputs } };
      const error = await bench.refusalOf(client.trigger(request));
      expect(error).toMatchObject({
        code: 'pipeline-inputs-refused',
        message: expect.stringContaining(words),
      });
    }
    expect(fake.executions.list).toEqual([]);
    expect(fake.requests.filter((request) => fake.isTrigger(request))).toEqual([]);
  });

  it('says that the branch is not there, or not any more', async () => {
    const { client, fake } = bench;
    const error = await bench.refusalOf(client.trigger({ ...bench.requestFor('k'), ref: 'no-such-branch' }));
    expect(error).toMatchObject({ code: 'pipeline-ref-not-found', fault: 'user' });
    expect(error.message).toContain('no-such-branch');
    fake.renameBranch();
    const renamed = await bench.refusalOf(client.trigger(bench.requestFor('k')));
    expect(renamed.code).toBe('pipeline-ref-not-found');
    expect(fake.executions.list).toEqual([]);
  });

  it('says that the pipeline is gone', async () => {
    bench.fake.removePipeline();
    const error = await bench.refusalOf(bench.client.trigger(bench.requestFor('k')));
    expect(error).toMatchObject({ code: 'platform-not-found', fault: 'user' });
    expect(bench.fake.executions.list).toEqual([]);
  });

  it('names the permission that is missing', async () => {
    const permission = bench.fake.withdrawPermission();
    const error = await bench.refusalOf(bench.client.trigger(bench.requestFor('k')));
    expect(error).toMatchObject({ code: 'platform-permission-missing', details: { class: 'auth' } });
    expect(error.message).toContain(permission);
  });
}

export function describeFind(bench: ContractBench): void {
  it('finds what carries the key, and nothing else', async () => {
    const { client, fake } = bench;
    const since = Date.now();
    const search = (key: string) => client.find({ ...bench.requestFor(key), since });
    if (!bench.supports('find')) return;
    expect(await search('first-key')).toEqual({ outcome: 'absent' });
    await client.trigger(bench.requestFor('first-key'));
    await client.trigger(bench.requestFor('second-key'));
    for (const [index, key] of ['first-key', 'second-key'].entries()) {
      const { reference } = await client.status(fake.referenceOf(fake.executions.list[index]!.id));
      expect(await search(key)).toMatchObject({ outcome: 'found', execution: { key, reference } });
    }
    expect(await search('third-key')).toEqual({ outcome: 'absent' });
  });

  it('starts once though the answer was lost, by whoever looks first', async () => {
    const { client, fake } = bench;
    if (!bench.supports('find')) return;
    const since = Date.now();
    fake.faults.plan({ kind: 'lost' }, { when: (request) => fake.isTrigger(request) });
    const startOnce = async () => {
      const found = await client.find({ ...bench.requestFor('lost-key'), since });
      if (found.outcome === 'absent') return client.trigger(bench.requestFor('lost-key'));
      return found.outcome === 'found' ? found.execution : undefined;
    };
    const error = await bench.refusalOf(startOnce());
    expect(error.details).toMatchObject({ retryable: true });
    for (const _ of [1, 2, 3]) expect(await startOnce()).toMatchObject({ key: 'lost-key' });
    expect(fake.executions.startedByKey('lost-key')).toBe(1);
    expect(fake.executions.list).toHaveLength(1);
  });

  it('is sure of nothing where what was started carries no key', async () => {
    const { client, fake } = bench;
    const { unkeyed } = fake;
    if (unkeyed === undefined || !bench.supports('find')) return;
    const search = () => client.find({ ...bench.requestFor('k', unkeyed), since: Date.now() - 1_000 });
    expect(await search()).toEqual({ outcome: 'absent' });
    const { reference } = await client.trigger(bench.requestFor('k', unkeyed));
    expect(await search()).toMatchObject({
      outcome: 'uncertain',
      candidates: [{ reference: { project: reference.project } }],
    });
  });
}
