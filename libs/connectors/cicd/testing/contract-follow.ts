import { expect, it } from '@jest/globals';
import { isOver, type PipelineState } from '#contracts/cicd/execution.js';
import { type ContractBench, readBytes } from './contract-bench.js';

/** What becomes of an execution. */
export function describeStates(bench: ContractBench): void {
  it.each<[PipelineState[]]>([
    [['running']],
    [['running', 'succeeded']],
    [['running', 'failed']],
    [['running', 'canceled']],
  ])('tells the state: %j', async (states) => {
    const { execution } = await bench.beginUntil(...states);
    const state = states.at(-1)!;
    expect(execution).toMatchObject({ state, native: expect.any(String), url: expect.any(String) });
    expect(execution.native).not.toBe('');
    expect(execution.createdAt).toBeGreaterThan(Date.now() - 60_000);
    expect(execution.endedAt === undefined).toBe(!isOver(state));
  });

  it('asks once for a state that is known by its number', async () => {
    const { reference } = await bench.beginUntil('running');
    const before = bench.fake.requests.length;
    await bench.client.status(reference);
    expect(bench.fake.requests.length - before).toBe(1);
  });

  it('has no execution of another number', async () => {
    const { reference } = await bench.beginUntil('running');
    const other = { ...reference, id: reference.id.replace(/\d(?=\D*$)/, (digit) => `${digit}99999`) };
    expect((await bench.refusalOf(bench.client.status(other))).code).toBe('platform-not-found');
    const hostile = { ...reference, id: '../..' };
    expect((await bench.refusalOf(bench.client.status(hostile))).code).toBe('platform-not-found');
  });

  it('lists executions, those not started here too', async () => {
    const { client, fake } = bench;
    const { reference } = await bench.beginUntil('running', 'succeeded');
    const pushed = { pipeline: fake.target.pipeline, ref: 'next', inputs: {}, trigger: 'push' } as const;
    // What waits in a queue is an execution on some platforms only.
    fake.executions.advance(fake.executions.start(pushed).id, 'running');
    const { items } = await client.executions(fake.target, {});
    expect(items).toHaveLength(2);
    expect(items[1]).toMatchObject({ reference, state: 'succeeded' });
    const late = await client.executions(fake.target, { since: Date.now() + 3_600_000 });
    expect(late.items).toEqual([]);
  });

  it('tells jobs and steps, and which of them failed', async () => {
    const { reference } = await bench.beginUntil('running', 'failed');
    const jobs = await bench.client.jobs(reference);
    expect(jobs.map(({ name, state }) => [name, state])).toEqual([
      ['build', 'succeeded'],
      ['test', 'failed'],
    ]);
    expect(new Set(jobs.map(({ id }) => id)).size).toBe(2);
    const steps = await bench.answerOf('steps', bench.client.steps(reference, jobs[1]!.id));
    if (steps !== undefined) expect(steps.map(({ state }) => state)).toContain('failed');
  });
}

export function describeLogs(bench: ContractBench): void {
  const LINES = 'first line\nzweite Zeile: größer als 1 Byte ✓\n\u001b[31mred\u001b[0m\nlast line\n';

  it('gives the log of a job, from any offset on, exactly', async () => {
    const { id, reference } = await bench.beginUntil('running');
    bench.fake.executions.jobOf(id, 'build').log.write(LINES);
    bench.fake.executions.advance(id, 'succeeded');
    const [{ id: job = '' } = {}] = await bench.client.jobs(reference);
    const read = async (offset: number) => {
      const part = await bench.answerOf('logs', bench.client.logs(reference, job, offset));
      return part === undefined ? undefined : { bytes: await readBytes(part.bytes), complete: part.complete };
    };
    const whole = await read(0);
    if (whole === undefined) return;
    expect(whole.complete).toBe(true);
    for (const line of LINES.trim().split('\n')) expect(whole.bytes.toString()).toContain(line);
    if (!bench.supports('logs-by-offset')) return;
    const { length } = whole.bytes;
    for (const offset of [1, 11, 20, Math.floor(length / 2), length - 1, length]) {
      const rest = await read(offset);
      expect(rest?.bytes.toString('hex')).toBe(whole.bytes.subarray(offset).toString('hex'));
    }
  });

  it('says that more may come while the job goes on', async () => {
    const { id, reference } = await bench.beginUntil('running');
    bench.fake.executions.jobOf(id, 'build').log.write(LINES);
    const [{ id: job = '' } = {}] = await bench.client.jobs(reference);
    const part = await bench.answerOf('logs', bench.client.logs(reference, job, 0));
    if (part === undefined) return;
    await readBytes(part.bytes);
    expect(part.complete).toBe(false);
  });

  it('passes a log of 100 MB without holding it, and ends the transfer when nobody reads on', async () => {
    const size = 100 * 1024 * 1024;
    const { id, reference } = await bench.beginUntil('running');
    const { log } = bench.fake.executions.jobOf(id, 'build');
    log.fill(size);
    bench.fake.executions.advance(id, 'succeeded');
    const [{ id: job = '' } = {}] = await bench.client.jobs(reference);
    const part = await bench.answerOf('logs', bench.client.logs(reference, job, 0));
    if (part === undefined) return;
    let [read, held] = [0, 0];
    for await (const bytes of part.bytes) {
      read += bytes.length;
      held = Math.max(held, log.handedOut - read);
    }
    expect(read).toBeGreaterThanOrEqual(size);
    expect(held).toBeLessThan(size / 5);
    const again = await bench.answerOf('logs', bench.client.logs(reference, job, 0));
    for await (const bytes of again!.bytes) {
      expect(bytes.length).toBeGreaterThan(0);
      break;
    }
  });
}

export function describeInterference(bench: ContractBench): void {
  it('cancels what goes on, and leaves alone what is over', async () => {
    const { client, fake } = bench;
    const { id, reference } = await bench.beginUntil('running');
    const answer = await client.cancel(reference);
    if (!bench.supports('cancel')) {
      expect(answer).toMatchObject({ unsupported: 'cancel' });
      return;
    }
    expect(fake.executions.require(id).state).toBe('canceled');
    expect((await client.status(reference)).state).toBe('canceled');
    await client.cancel(reference);
    const done = await bench.beginUntil('running', 'succeeded');
    await client.cancel(done.reference);
    expect((await client.status(done.reference)).state).toBe('succeeded');
  });

  it.each(['all', 'failed'] as const)('does it again: %s', async (what) => {
    const { client, fake } = bench;
    const { reference } = await bench.beginUntil('running', 'failed');
    const again = await bench.answerOf(`retry-${what}`, client.retry(reference, what));
    if (again === undefined) return;
    expect(isOver(again.state)).toBe(false);
    const isAnother = again.attempt > 1 || again.reference.id !== reference.id;
    expect(isAnother).toBe(fake.countsNoAttempts !== true);
    const latest = fake.executions.list.at(-1)!;
    fake.executions.advance(latest.id, 'succeeded');
    expect((await client.status(again.reference)).state).toBe('succeeded');
  });

  it('lists artifacts, and hands them over', async () => {
    const { client, fake } = bench;
    const { id, reference } = await bench.beginUntil('running', 'succeeded');
    const bytes = Buffer.from('PK\u0005\u0006 as if it were an archive ✓');
    const kept = fake.executions.addArtifact(id, 'report', bytes);
    const artifacts = await bench.answerOf('artifacts', client.artifacts(reference));
    if (artifacts === undefined) return;
    const [artifact] = artifacts;
    expect(artifacts).toHaveLength(1);
    expect(artifact!.name).toContain('report');
    const download = await bench.answerOf('artifacts', client.download(reference, artifact!));
    expect((await readBytes(download!)).toString('hex')).toBe(bytes.toString('hex'));
    kept.expired = true;
    const error = await bench.refusalOf(client.download(reference, artifact!) as Promise<unknown>);
    expect(['artifact-expired', 'platform-not-found']).toContain(error.code);
  });
}
