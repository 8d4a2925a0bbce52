import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type FakeJenkins, startFakeJenkins } from '#connectors/cicd/testing/fake-jenkins.js';
import type { RunView, StepView } from '#contracts/rest/runs.js';
import type { JsonObject } from '#domain/json.js';
import { listCanaries, startWithFakes } from '../cicd/connected-fakes.js';
import type { TestPlatform } from '../platform.js';

const TARGET =
  '{ integration: jenkins, project: team, pipeline: shop, ref: main, inputs: { environment: staging, dry: true } }';

const DEFINITION = `
sluice: 1
name: build
stages:
  build:
    steps:
      shop:
        uses: pipeline/run
        with: ${TARGET}
`;

describe('steps of pipelines', () => {
  let jenkins: FakeJenkins;
  let platform: TestPlatform;
  let workflow: string;

  beforeAll(async () => {
    jenkins = await startFakeJenkins();
    platform = await startWithFakes({ jenkins });
    workflow = (await platform.save(DEFINITION)).id;
  });
  afterAll(async () => {
    await platform?.close();
    await jenkins?.close();
  });
  beforeEach(() => jenkins.faults.clear());

  const run = async (id = workflow): Promise<RunView> => platform.waitForEnd((await platform.execute(id)).id);
  const stepOf = async (id: string, key = 'shop'): Promise<StepView> => {
    const step = (await platform.steps(id)).find((each) => each.key === key);
    if (step === undefined) throw new Error(`no step ${key}`);
    return step;
  };
  const executions = () => jenkins.executions.list.length;

  it('runs one, with its jobs and times as the output', async () => {
    jenkins.executions.playOn({ queuedMs: 50, runningMs: 200 });
    const { id, status } = await run();
    const { output } = await stepOf(id);
    expect({ status, output }).toMatchObject({
      status: 'succeeded',
      output: { platform: 'jenkins', state: 'succeeded', native: 'SUCCESS', failed: [] },
    });
    const { execution } = output as JsonObject;
    expect(jenkins.executions.startedByKey(String(execution))).toBe(1);
  });

  it('fails with what its log tells, and shows the lines', async () => {
    jenkins.executions.playOn({ queuedMs: 10, runningMs: 600_000 });
    const before = executions();
    const { id } = await platform.execute(workflow);
    await platform.waitFor(id, () => executions() > before);
    const started = jenkins.executions.list.at(-1)!;
    started.jobs
      .at(-1)
      ?.log.write(
        'npm ERR! code ENOTFOUND\nnpm ERR! network request to https://registry.npmjs.org/left-pad failed\n',
      );
    jenkins.executions.advance(started.id, 'failed');
    expect((await platform.waitForEnd(id)).status).toBe('failed');
    const { error } = await stepOf(id);
    expect(error).toMatchObject({ code: 'pipeline-failed', diagnosis: { line: expect.any(Number) } });
    expect((await platform.logs(id)).map(({ text }) => text)).toContain('npm ERR! code ENOTFOUND');
  });

  it('cancels it with its run', async () => {
    jenkins.executions.playOn({ queuedMs: 10, runningMs: 600_000 });
    const before = executions();
    const { id } = await platform.execute(workflow);
    await platform.waitFor(
      id,
      () => executions() > before && jenkins.executions.list.at(-1)?.state === 'running',
    );
    await platform.request('POST', `/runs/${id}/cancel`, {});
    expect((await platform.waitForEnd(id)).status).toBe('canceled');
    expect(jenkins.executions.list.at(-1)?.state).toBe('canceled');
    expect(executions()).toBe(before + 1);
  });

  it('starts it once though the answer to the start is lost', async () => {
    jenkins.executions.playOn({ queuedMs: 10, runningMs: 100 });
    jenkins.faults.plan({ kind: 'lost' }, { when: (request) => jenkins.isTrigger(request) });
    const before = executions();
    const { id } = await platform.execute(
      (
        await platform.save(
          DEFINITION.replace('name: build', 'name: again').replace(
            'uses: pipeline/run',
            'uses: pipeline/run\n        retry: { attempts: 2, delay: 10ms }',
          ),
        )
      ).id,
    );
    expect((await platform.waitForEnd(id)).status).toBe('succeeded');
    expect(executions()).toBe(before + 1);
    // The attempt itself finds what it has started.
    expect((await stepOf(id)).attempts).toHaveLength(1);
  });

  it('is started by one step, waited for by another, and its artifacts are taken by a third', async () => {
    jenkins.executions.playOn({ queuedMs: 10, runningMs: 600_000 });
    const before = executions();
    const { id: saved } = await platform.save(`
sluice: 1
name: in-parts
stages:
  build:
    steps:
      begin: { uses: pipeline/trigger, with: ${TARGET} }
      end:
        uses: pipeline/wait
        with: { execution: "\${{ steps.begin.output.execution }}", logs: all }
      take:
        uses: pipeline/artifacts
        with: { execution: "\${{ steps.begin.output.execution }}" }
      show: { uses: command/run, with: { run: [sh, -c, "cat artifacts/*.txt artifacts/*/*.txt 2>/dev/null || true"] } }
      late: { uses: pipeline/cancel, with: { execution: "\${{ steps.begin.output.execution }}" } }
output: "\${{ steps.show.output.stdout }}"
`);
    const { id } = await platform.execute(saved);
    await platform.waitFor(id, () => executions() > before);
    const started = jenkins.executions.list.at(-1)!;
    jenkins.executions.addArtifact(started.id, 'target/report.txt', Buffer.from('all is well'));
    jenkins.executions.advance(started.id, 'running');
    jenkins.executions.advance(started.id, 'succeeded');
    const ended = await platform.waitForEnd(id);
    expect(ended).toMatchObject({ status: 'succeeded', output: 'all is well' });
    expect((await stepOf(id, 'late')).output).toEqual({ asked: false, state: 'succeeded' });
  });

  it('refuses inputs that it does not take before anything is started', async () => {
    const before = executions();
    const [wrong] = jenkins.wrongInputs![0]!;
    const { id: saved } = await platform.save(
      DEFINITION.replace('name: build', 'name: wrong').replace(
        /inputs: \{ environment.*\} \}/,
        `inputs: ${JSON.stringify(wrong)} }`,
      ),
    );
    const { id } = await run(saved);
    expect((await stepOf(id)).error?.code).toBe('pipeline-inputs-refused');
    expect(executions()).toBe(before);
  });

  it('shows none of its credentials', async () => {
    const { dataSource } = platform.database;
    const tables: { name: string }[] = await dataSource.query(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
    );
    for (const canary of listCanaries({ jenkins })) {
      for (const { name } of tables) {
        const [{ found }] = await dataSource.query(
          `SELECT count(*)::integer AS found FROM "${name}" t WHERE t::text LIKE '%' || $1 || '%'`,
          [canary],
        );
        expect([canary, name, found]).toEqual([canary, name, 0]);
      }
      expect(platform.worker.printed).not.toContain(canary);
      expect(platform.api.printed).not.toContain(canary);
    }
  });
});
